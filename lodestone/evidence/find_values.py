"""What an economy's user sectors earn, and the figures that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.build import Ingredients
from lodestone.baseline.explain import Explainer
from lodestone.errors import FactError
from lodestone.evidence.setting import Setting
from lodestone.impact.direct import SectorValue, Weight, electric_share, sector_values
from lodestone.money import BASE_YEAR
from lodestone.record.figure import Figure

SPREAD = "assumption:impact.spread"  # which makers stop first: of a loss, not of what is earned


def find_values(
    setting: Setting, base: Ingredients, explainer: Explainer, economy: str, origin: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[SectorValue, ...], dict[str, tuple[str, ...]], dict[str, Figure]]:
    """What the economy's sectors earn, the ids each loss rests on, and the figures of facts and assumptions below.

    All three are empty where no value added of a sector that the economy has is published.
    """
    if not _valued(setting, economy) & set(origin):  # what the economy does not use, it cannot lose
        return (), {}, {}
    units, below_units = _electric_units(setting, base, explainer, economy)
    weighed = {sector: explainer.weight(sector, economy) for sector, place in explainer.weight_rows if place == economy}
    values = sector_values(
        setting.folder, setting.network.material, economy, setting.facts, _economies(setting),
        electric_share(units, setting.assumptions, tuple(figure.id for figure in below_units)), to_2024(setting),
        {sector: Weight(float(figure.value or 0.0), figure.id) for sector, figure in weighed.items()},
    )  # fmt: skip
    values = tuple(value for value in values if value.sector in origin)
    figures = {figure.id: figure for figure in below_units}
    for name in ("impact.spread", "impact.electric_value", "impact.electric_units"):
        figures[f"assumption:{name}"] = explainer.assumption(name)
    below = {}
    for value in values:
        share = explainer.industry_share(value.sector, value.low, value.central, value.high, value.reason)
        figures[share.id] = share
        figures |= {one.id: one for one in weighed.values() if one.id in value.rests_on}
        for fact in (*value.facts, *((value.people.fact,) if value.people else ())):
            figures[f"fact:{fact}"] = explainer.fact(fact)
        facts = tuple(f"fact:{fact}" for fact in value.facts)
        below[value.sector] = (*origin[value.sector], *facts, share.id, *value.rests_on, SPREAD)
    return values, below, figures


def earned_alone(
    figures: Iterable[Figure], below: Mapping[str, tuple[str, ...]], origin: Mapping[str, tuple[str, ...]]
) -> list[Figure]:
    """Figures of an impact, with what a sector earns a year resting on its value alone, not on the run."""
    told = []
    for figure in figures:
        _, earns, sector = figure.id.rpartition(".earns.")
        if earns:
            kept = tuple(one for one in below[sector] if one not in (*origin[sector], SPREAD))
            figure = replace(figure, origin=kept)
        told.append(figure)
    return told


def refuse_unvalued(setting: Setting, economy: str) -> None:
    """Refuse a question about money where no value added is published, naming the economies that have one.

    It asks the facts and the network's uses alone, so it can stand before anything is simulated.

    Raises
    ------
    FactError
        If no sector that the economy has in the network has a value added.
    """
    uses = setting.network.nodes[setting.network.nodes["kind"] == "use"]
    by_economy = uses["node"].str.rpartition("@")[0].groupby(uses["economy"], sort=True)
    own = {str(label): set(sectors) for label, sectors in by_economy}
    if _valued(setting, economy) & own.get(economy, set()):
        return
    known = [label for label, sectors in own.items() if _valued(setting, label) & sectors]
    raise FactError(
        f"no value added of '{economy}' is known by {setting.facts.as_of}, so its loss has no money. Choose one of "
        f"{', '.join(known) or 'none: no economy of this network has one'}; 'lodestone brief {economy}' says "
        "what falls short, without money."
    )


def _valued(setting: Setting, economy: str) -> set[str]:
    """Sectors of an economy whose industry has a published value added."""
    try:
        values = sector_values(
            setting.folder, setting.network.material, economy, setting.facts, _economies(setting),
            electric_share(None, setting.assumptions), lambda _year: 1.0,
        )  # fmt: skip
    except FactError:  # it has none: nothing else of a fact is asked for here
        return set()
    return {value.sector for value in values}


def _economies(setting: Setting) -> pd.DataFrame:
    return pd.read_csv(setting.folder / "labels" / "economies.csv", dtype=str, keep_default_na=False)


def _electric_units(
    setting: Setting, base: Ingredients, explainer: Explainer, economy: str
) -> tuple[float | None, tuple[Figure, ...]]:
    """Electric-drive cars over all vehicles built, from the written weights and the production facts, if known."""
    rows = pd.read_csv(
        setting.folder / "topology" / setting.network.material / "value.csv", dtype=str, keep_default_na=False
    )
    split = rows.loc[rows["high"].astype(float) == 0.0, "sector"].tolist()
    if len(split) < 2:
        return None, ()  # no row of the material divides an industry this way
    electric, whole = split[:2]
    weights = base.topology.sector_weights
    mine = weights[(weights["sector"] == electric) & (weights["economy"] == economy)]["weight"].sum()
    driver = base.topology.drivers.set_index("sector").loc[whole]
    known = setting.facts.rows
    known = known[
        (known["variable"] == driver["variable"])
        & (known["product"] == driver["product"])
        & (known["period"] == driver["period"])
        & (known["economy"] == economy)
    ]
    if known.empty or mine == 0:
        return None, ()
    below = (explainer.weight(electric, economy), explainer.fact(str(known.index[0])))
    return float(min(mine * 1000.0 / known["value"].iloc[0], 1.0)), below


def to_2024(setting: Setting) -> Any:
    """Year -> factor from USD of that year to USD of 2024, by the yearly changes of the US deflator.

    The economy whose price level is published as an index beside its yearly changes is the one whose
    currency all money is in. In a view from an earlier date, a year whose change is not out yet takes that of an
    index of the same economy that is.
    """
    rows = setting.facts.rows
    rows = rows[(rows["variable"] == "deflator") & rows["value"].notna()]
    levels = rows[rows["unit"] == "index"]
    home = levels["economy"]
    changes = rows[(rows["unit"] == "% per year") & rows["economy"].isin(home)]
    growth = dict[int, float]()
    for _, index in levels.groupby("product"):
        level = index.set_index(index["period"].astype(int))["value"].sort_index()
        step = 100.0 * (level / level.shift(1) - 1.0)
        growth |= step[level.index.to_series().diff() == 1].to_dict()
    growth |= {int(period): value for period, value in zip(changes["period"], changes["value"], strict=True)}

    def factor(year: int) -> float:
        missing = [y for y in range(year + 1, BASE_YEAR + 1) if y not in growth]
        if missing:
            raise FactError(f"no US deflator of {missing[0]} is known by {setting.facts.as_of}. Take a later --as-of.")
        return float(np.prod([1.0 + growth[y] / 100.0 for y in range(year + 1, BASE_YEAR + 1)]))

    return factor
