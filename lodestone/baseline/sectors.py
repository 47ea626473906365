"""How the world's use of a sector is split over economies: by a published driver, or a written table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lodestone.baseline.topology import DriverRow, Topology
from lodestone.errors import FactError
from lodestone.facts.nouns import FactTable

INDUSTRY = "value_added"


class SectorSplit(NamedTuple):
    """Share of each sector by economy, and what it rests on.

    ``share``: index sector, columns economy, rows sum to 1 [fraction]. ``origin``: (sector, economy) -> ids of
    facts, empty where the split is assumed. ``stand_ins``: sectors split by their industry, in words.
    """

    share: pd.DataFrame
    origin: dict[tuple[str, str], tuple[str, ...]]
    stand_ins: tuple[str, ...]


class _Industry(NamedTuple):
    """The value added of a sector's industry as a driver."""

    sector: str
    product: str
    period: str
    source: str
    variable: str = INDUSTRY

    @property
    def world_source(self) -> str:
        return self.source


def read_industries(folder: Path, material: str) -> pd.DataFrame:
    """The industry each sector is a share of: ``value.csv``, or no row where a material has none.

    Returns
    -------
    DataFrame, index sector
        product, period, source of its value added.
    """
    path = folder / "topology" / material / "value.csv"
    columns = list(_Industry._fields[:4])
    table = pd.read_csv(path, dtype=str, keep_default_na=False) if path.is_file() else pd.DataFrame(columns=columns)
    return table[columns].set_index("sector", drop=False)


def sector_split(
    topology: Topology, facts: FactTable, economies: pd.DataFrame, industries: pd.DataFrame
) -> SectorSplit:
    """How the world's use of each sector is split over economies.

    A driver is a fact variable (value added, units produced) whose economies get their share of the
    world's figure; what they leave goes to the ``fill`` table. A sector marked ``table`` takes the
    written weights. An economy with members (the other members of a union) gets its union's figure
    less the members named on their own, or the sum of its members. In a view from an earlier date, a sector
    whose driver has no figure of the world yet is split by the value added of its industry.

    Parameters
    ----------
    topology : Topology
    facts : FactTable
    economies : DataFrame with label, kind, members
        The label table; ``aggregate`` rows are unions that never have cells of their own.
    industries : DataFrame
        As `read_industries` gives it.

    Returns
    -------
    SectorSplit

    Raises
    ------
    FactError
        If a driver has no figure of the world known by the date, nor its industry one.
    """
    labels = economies.loc[economies["kind"] != "aggregate", "label"].tolist()
    share = pd.DataFrame(0.0, index=topology.drivers["sector"], columns=labels)
    origin: dict[tuple[str, str], tuple[str, ...]] = {}
    told = []
    for driver in topology.drivers.itertuples():
        sector = str(driver.sector)
        if driver.variable == "table":
            rows = topology.sector_weights[topology.sector_weights["sector"] == sector]
            weight = rows.groupby("economy")["weight"].sum()
            share.loc[sector, weight.index] = weight / weight.sum()
            continue
        found = _driver(driver, facts, economies)
        if found is None and facts.dropped and sector in industries.index:
            other = _Industry(*industries.loc[sector])
            found = _driver(other, facts, economies)
            told.append(
                f"{sector}: {other.variable} of {other.product} {other.period} for {driver.product} {driver.period}"
            )
        if found is None:
            raise FactError(
                f"no world figure of '{driver.product}' {driver.period} known by {facts.as_of}. "
                "Name another driver in drivers.csv or take a later date."
            )
        value, ids, world = found
        for label, amount in value.items():
            share.loc[sector, label] = amount / world
            origin[sector, label] = ids[label]
        rest = 1.0 - share.loc[sector].sum()
        open_fill = topology.fill[~topology.fill["economy"].isin(list(value))]
        weight = open_fill.set_index("economy")["weight"]
        if rest > 0 and len(weight):
            share.loc[sector, weight.index] += rest * weight / weight.sum()
        share.loc[sector] /= share.loc[sector].sum()
    return SectorSplit(share, origin, tuple(told))


def _driver(
    driver: DriverRow, facts: FactTable, economies: pd.DataFrame
) -> tuple[dict[str, float], dict[str, tuple[str, ...]], float] | None:
    """Figures of a driver by economy with their facts, and the world's; None if that is not known."""
    wanted = facts.rows
    wanted = wanted[
        (wanted["variable"] == driver.variable)
        & (wanted["product"] == driver.product)
        & (wanted["period"] == driver.period)
        & wanted["source"].isin([driver.source, driver.world_source])
        & wanted["value"].notna()
    ]
    by_economy = wanted.drop_duplicates("economy").reset_index().set_index("economy")
    unions = economies[economies["kind"] == "aggregate"].set_index("label")["members"].str.split()
    world = max(unions.index, key=lambda label: len(unions[label]))
    if world not in by_economy.index:
        return None
    value: dict[str, float] = {}
    ids: dict[str, tuple[str, ...]] = {}
    for row in economies[economies["kind"] != "aggregate"].itertuples():
        label = str(row.label)
        if label in by_economy.index:
            value[label], ids[label] = (
                float(by_economy.loc[label, "value"]),
                (str(by_economy.loc[label, "id"]),),
            )
            continue
        members = str(row.members).split()
        union = _union_of(label, unions.drop(world), by_economy)
        if union is not None:
            named = [member for member in unions[union] if member != label]
            value[label] = float(by_economy.loc[union, "value"] - by_economy.loc[named, "value"].sum())
            ids[label] = tuple(str(by_economy.loc[part, "id"]) for part in [union, *named])
        else:
            present = [member for member in members if member in by_economy.index]
            if present:
                value[label] = float(by_economy.loc[present, "value"].sum())
                ids[label] = tuple(str(by_economy.loc[member, "id"]) for member in present)
    return value, ids, float(by_economy.loc[world, "value"])


def _union_of(label: str, unions: pd.Series, known: pd.DataFrame) -> str | None:
    for union, members in unions.items():
        others = [member for member in members if member != label]
        if label in members and union in known.index and all(other in known.index for other in others):
            return str(union)
    return None
