"""Weeks until what one country ships is replaced: sites elsewhere, from `alternative`, in the units of the sites table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.errors import FactError
from lodestone.exposure.alternative import months_to_alternative
from lodestone.exposure.stage_balance import headline_stage, stages_of
from lodestone.facts.assumptions import Assumption
from lodestone.units import oxide_to_element

WEEKS_A_MONTH = 52.0 / 12.0
MAIN = 0.2  # of the largest mass: below it an element only accompanies the others


def core_elements(network: Network, elements: Sequence[str]) -> list[str]:
    """Those of some elements the headline stage is made for, by its output; all of them where it holds none."""
    stage_at = network.products.set_index("product")["stage"]
    rows = network.outputs[(stage_at.loc[network.outputs["product"]] == headline_stage(network)).to_numpy()]
    made = network.nodes.set_index("node")["activity"].loc[rows["node"]].to_numpy() * rows["coefficient"].to_numpy()
    held = network.composition.sel(product=rows["product"].to_numpy(), element=list(elements)).values
    amount = made @ held
    kept = [str(e) for e, mass in zip(elements, amount, strict=True) if mass > MAIN * amount.max()]
    return kept or list(elements)


def site_elements(network: Network, sites: pd.DataFrame, group: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The elements a group of the sites table counts: those it names, else the core of an element group, else all."""
    named = sorted({element for words in sites["elements"] for element in str(words).split(";") if element})
    if named:
        return named
    if group in groups:
        return core_elements(network, groups[group])
    return [str(e) for e in network.composition["element"].to_numpy()]


def contained_per_unit(network: Network, unit: str, stage: str, elements: Sequence[str], folder: Path) -> float:
    """Contained element in a unit of a site's capacity: "t oxide", "t gross", "t" or "t Xx" (contained), "a year".

    Raises
    ------
    FactError
        If the unit is none of the three.
    """
    words = unit.removesuffix(" a year").split()
    if words == ["t", "oxide"]:
        table = (
            pd.read_csv(folder / "labels" / "elements.csv", keep_default_na=False)
            .set_index("label")
            .loc[list(elements)]
        )
        parts = [
            oxide_to_element(float(r.atomic_weight), int(r.metal_atoms), int(r.oxygen_atoms))
            for r in table.itertuples()
            if r.metal_atoms != ""
        ]
        return float(np.mean(parts)) if parts else 1.0
    if words == ["t", "gross"]:
        return float(network.products.loc[network.products["stage"] == stage, "content"].mean())
    held = {"contained", *(str(e) for e in network.composition["element"].to_numpy())}
    if words[:1] == ["t"] and (len(words) == 1 or words[1] in held):
        return 1.0
    raise FactError(
        f"the sites table counts capacity in '{unit}'. Use 't oxide a year', 't gross a year' or 't a year'."
    )


def need_elsewhere(network: Network, country: str, stage: str, elements: Sequence[str]) -> float:
    """What a country ships abroad that a stage's sites elsewhere would have to make. [t contained a year]

    Its products of the stage, and of the stages after it as long as a product is one element: past that
    the element is in a grade, and sites of another stage are asked for.
    """
    single = network.composition.max("element").to_series() > 1.0 - 1e-9
    stages = stages_of(network)
    after = set(stages[stages.index(stage) :]) if stage in stages else {stage}
    products = network.products
    counted = products["stage"].eq(stage) | (products["stage"].isin(after) & single.loc[products["product"]].to_numpy())
    trade = network.trade
    kept = trade["product"].isin(products.loc[counted, "product"]) & (trade["origin"] == country)
    kept = (kept & (trade["destination"] != country)).to_numpy()
    mass = network.composition.sel(element=list(elements)).sum("element").to_series().loc[trade["product"]].to_numpy()
    return float((trade["flow"].to_numpy() * mass)[kept].sum())


def need_of_sites(
    network: Network,
    sites: pd.DataFrame,
    country: str,
    group: str,
    groups: Mapping[str, Sequence[str]],
    folder: Path,
) -> float:
    """What the sites of one group and stage would have to replace, in the unit of their capacity. [a year]

    Parameters
    ----------
    sites : rows of one group, stage and unit of `lodestone.exposure.alternative.read_sites`
    country : str
        Who ships it today.
    group : str
    groups : name -> elements
    folder : Path
        Data folder, for oxide formulas.

    Raises
    ------
    FactError
        If the rows are of several stages or units, or of a unit that is not known.
    """
    kinds = sites[["stage", "unit"]].drop_duplicates()
    if len(kinds) != 1:
        raise FactError(
            f"the sites of group '{group}' mix stages or units ({len(kinds)} kinds). Give each its own group in sites.csv."
        )
    stage, unit = (str(word) for word in kinds.iloc[0])
    elements = site_elements(network, sites, group, groups)
    return need_elsewhere(network, country, stage, elements) / contained_per_unit(
        network, unit, stage, elements, folder
    )


def weeks_to_alternative(
    network: Network,
    sites: pd.DataFrame,
    country: str,
    groups: Mapping[str, Sequence[str]],
    start: dt.date,
    assumptions: Mapping[str, Assumption],
    folder: Path,
    draws: int,
    seed: int = 1,
) -> dict[tuple[str, str], np.ndarray]:
    """Weeks until sites outside a country replace what it ships, by group and stage of the sites table.

    Parameters
    ----------
    network : Network
    sites : as `lodestone.exposure.alternative.read_sites`
        Those that begin after the network's year count.
    country : str
    groups : name -> elements
    start : date
        Week 0.
    assumptions : by id
        ``site.delay_months``, ``site.ramp_months``, ``site.delivered_share``.
    folder : Path
        Data folder, for oxide formulas.

    Returns
    -------
    dict of (group, stage) to array (draw,)
        Infinite where they never do within fifteen years.
    """
    new = sites[sites["start"].str[:4].astype(int) > network.year]
    found = {}
    for (group, stage), rows in new.groupby(["group", "stage"], sort=True):
        need = need_of_sites(network, rows, country, str(group), groups, folder)
        part = months_to_alternative(new, str(group), country, need, start, assumptions, draws, seed)
        found[str(group), str(stage)] = part.months * WEEKS_A_MONTH
    return found
