"""How far a solved programme keeps a ceiling on what comes from one economy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.respond.home import Home
from lodestone.respond.options import Options, Terms
from lodestone.respond.outlook import Outlook
from lodestone.respond.solve import Solved
from lodestone.respond.tree import probability


def shares_of_forms(solved: Solved, home: Home, options: Options, slot: str, forms: Sequence[str]) -> pd.Series:
    """The issuer's share of what is bought or brought in a slot, by form. [0..1]"""
    buys = solved.values["buys"].sel(slot=slot).to_series()
    product = [str(route).split("<")[0] for route in buys.index]
    issuer = np.array([str(route).endswith(f"<{home.imports['source'].values[0]}") for route in buys.index])
    form = home.form.to_series()
    bought = pd.DataFrame(
        {"form": form.loc[product].to_numpy(), "all": buys.to_numpy(), "issuer": buys.to_numpy() * issuer}
    )
    brought = (solved.values["brings"].sel(slot=slot) * options.delivers).sum("lever").to_series()
    sums = bought.groupby("form").sum()
    every = sums["all"].add(brought.groupby(form.loc[brought.index].to_numpy()).sum(), fill_value=0.0)
    return (sums["issuer"] / every).reindex(list(forms))


def over_ceiling(solved: Solved, outlook: Outlook, terms: Terms) -> xr.DataArray:
    """Tonnes above the ceiling, dims (form, slot), each times the discount and the probability of its node."""
    over = solved.values["over"]
    nodes = [str(slot).rpartition("/")[0] for slot in over["slot"].values]
    factor = (probability(outlook.tree) * (1.0 + terms.discount) ** -outlook.data["begins"]).sel(node=nodes)
    return over * factor.rename(node="slot").assign_coords(slot=over["slot"].values)
