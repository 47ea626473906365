"""Time to survive against time to recover, supply site by supply site: the programmes of `recover`.

A site is a plant of the sites table that ran in the base year, or all the rest of what an economy makes
at the stage as one aggregate: for the largest maker nearly everything is aggregate, and the label says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.exposure.recover import risk_exposure_index, supply_case

WEEKS = 52.0
LISTED = 0.005  # of the intake: smaller suppliers stand together as one
OTHERS = "others"
COVERS = ("low", "central", "high")


@dataclass(frozen=True)
class Recovery:
    """Weeks until a lost site's supply is back, by how it is lost: low, central, high. [weeks]

    ``site`` for any single site (repair or re-opening), ``country`` for the country asked about (until
    capacity elsewhere meets the need).
    """

    site: tuple[float, float, float]
    country: tuple[float, float, float]


def supply_sites(supply: xr.DataArray, produced: xr.DataArray, known: pd.DataFrame, spare: float) -> pd.DataFrame:
    """Who supplies an economy at a stage, plant by plant where plants are known, with capacity for it.

    Parameters
    ----------
    supply : DataArray, dims (economy,)
        What the economy takes by origin, its own output included. [t contained a year]
    produced : DataArray, dims (economy,)
        Output of the stage by economy. [t contained a year]
    known : DataFrame (site, economy, capacity)
        Plants that ran in the base year. [t contained a year]
    spare : float
        Capacity above what is supplied today. [fraction of it]

    Returns
    -------
    DataFrame (site, economy, supply, capacity)
        A plant's part of its economy's supply is its capacity over the economy's output, at most all;
        what is left is one aggregate. [t contained a week]

    Examples
    --------
    >>> line = lambda *values: xr.DataArray(list(values), {"economy": ["A", "B"]}, ("economy",))
    >>> known = pd.DataFrame({"site": ["P"], "economy": ["B"], "capacity": [25.0]})
    >>> sites = supply_sites(line(52.0, 104.0), line(100.0, 100.0), known, 0.1)
    >>> sites[["site", "supply"]].to_numpy().tolist()
    [['A, all', 1.0], ['P', 0.5], ['B, other than known sites', 1.5]]
    """
    rows = []
    total = float(supply.sum())
    for economy in supply["economy"].values:
        amount = float(supply.sel(economy=economy))
        if amount <= LISTED * total:
            continue
        made = float(produced.sel(economy=economy)) if economy in produced["economy"].values else 0.0
        plants = known[known["economy"] == economy]
        left = 1.0
        for plant in plants.itertuples():
            part = min(float(plant.capacity) / made, left) if made > 0 else 0.0
            if part > 0:
                rows.append((str(plant.site), str(economy), amount * part))
                left -= part
        if left > 0:
            rest = "other than known sites" if len(plants) else "all"
            rows.append((f"{economy}, {rest}", str(economy), amount * left))
    small = total - sum(row[2] for row in rows)
    if small > 1e-9 * total:
        rows.append((OTHERS, OTHERS, small))
    table = pd.DataFrame(rows, columns=["site", "economy", "supply"])
    table["supply"] /= WEEKS
    return table.assign(capacity=table["supply"] * (1.0 + spare))


def site_risk(sites: pd.DataFrame, country: str, cover: Mapping[str, float], recovery: Recovery) -> pd.DataFrame:
    """Each site down alone: how long nothing need be lost, beside how long it takes to come back.

    Parameters
    ----------
    sites : DataFrame
        From `supply_sites`.
    country : str
        All its sites together are one more row: the cut of a country.
    cover : low, central, high -> weeks of need in stock
    recovery : Recovery

    Returns
    -------
    DataFrame (site, economy, share, survive, survive_low, survive_high, recover, recover_low,
    recover_high, exposed, risk_exposure_index)
        ``survive`` under central, low and high cover, infinite where the other sites' spare capacity
        meets the need; ``exposed`` where it is shorter than the central time to recover. [weeks]

    Examples
    --------
    >>> sites = pd.DataFrame({
    ...     "site": ["A, all", "P"], "economy": ["A", "B"], "supply": [3.0, 1.0], "capacity": [3.0, 1.0]
    ... })
    >>> weeks = Recovery((4.0, 10.0, 39.0), (20.0, 30.0, 40.0))
    >>> risk = site_risk(sites, "A", {"low": 3.0, "central": 6.0, "high": 9.0}, weeks)
    >>> risk[["site", "survive", "recover", "exposed"]].to_numpy().tolist()
    [['A, all', 8.0, 30.0, True], ['P', 24.0, 10.0, False]]
    """
    merged = _one_for_the_country(sites, country)
    need = float(merged["supply"].sum())
    merged[["supply", "capacity"]] /= need  # weeks do not depend on the unit, and a programme in shares is well scaled
    results = {}
    for level, name in enumerate(COVERS):
        case = supply_case(
            _line(merged["site"], merged["capacity"], "site"),
            _one(1.0), _one(cover[name]), _one(1.0),
        )  # fmt: skip
        waits = [(recovery.country if e == country else recovery.site)[level] for e in merged["economy"]]
        finite = np.where(np.isfinite(waits), waits, 1e4)
        results[name] = risk_exposure_index(case, _line(merged["site"], finite, "site")).assign(time_to_recover=waits)
    low, central, high = (results[name].reset_index(drop=True) for name in COVERS)
    return pd.DataFrame(
        {
            "site": merged["site"], "economy": merged["economy"], "share": merged["supply"],
            "survive": central["time_to_survive"], "survive_low": low["time_to_survive"],
            "survive_high": high["time_to_survive"], "recover": central["time_to_recover"],
            "recover_low": low["time_to_recover"], "recover_high": high["time_to_recover"],
            "exposed": central["time_to_survive"] < central["time_to_recover"],
            "risk_exposure_index": central["risk_exposure_index"],
        }
    ).sort_values("share", ascending=False, kind="stable").reset_index(drop=True)  # fmt: skip


def _one_for_the_country(sites: pd.DataFrame, country: str) -> pd.DataFrame:
    here = sites["economy"] == country
    if here.sum() < 2:
        return sites.reset_index(drop=True)
    whole = pd.DataFrame(
        [(f"{country}, all", country, sites.loc[here, "supply"].sum(), sites.loc[here, "capacity"].sum())],
        columns=["site", "economy", "supply", "capacity"],
    )
    return pd.concat([whole, sites[~here]], ignore_index=True)


def _line(labels: pd.Series, values: object, dim: str) -> xr.DataArray:
    return xr.DataArray(np.asarray(values, float), {dim: list(labels)}, (dim,))


def _one(value: float) -> xr.DataArray:
    return xr.DataArray([value], {"product": ["need"]}, ("product",))
