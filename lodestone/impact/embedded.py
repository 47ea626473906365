"""The input-output table that comes with Lodestone: an old structure at the newest level, and saying so.

The flows are those of a published year; each industry's value added is brought to the newest published
one, and the flows follow in the least obtrusive way (RAS), so that the accounts hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.ras import ras
from lodestone.errors import FactError
from lodestone.facts.documents import read_yaml
from lodestone.facts.nouns import FactTable
from lodestone.impact.table import Array, InputOutputTable, make_table, settle, times
from lodestone.labels import expand
from lodestone.money import BASE_YEAR

PERSONS = {"persons": 1.0, "thousand persons": 1e3, "million persons": 1e6}
ROUNDING = 150.0  # million USD; the published table misses by 108 at most, in an industry of 29,000


@dataclass(frozen=True)
class EmbeddedTable:
    """A published table of the data folder and how it is tied to newer figures and to our sectors.

    ``table`` as published, settled. ``concordance`` has a row for each industry sector: name, isic_rev3,
    isic_rev4, ``scaled_by`` and ``less`` (products of value-added facts, added and taken off),
    industries (of the value tables) and sectors (of use) that are a part of it, makes, stops, and a reason
    for each. ``jobs`` names the facts that count an industry's jobs.
    """

    table: InputOutputTable
    concordance: pd.DataFrame
    jobs: pd.DataFrame


def read_embedded(folder: Path) -> EmbeddedTable:
    """The table under ``<folder>``, checked and settled.

    Parameters
    ----------
    folder : Path
        Holds ``intermediate.parquet``, ``final.parquet``, ``industries.csv``, ``concordance.csv``,
        ``jobs.csv`` and ``source.yaml``; its name is the year of the table.

    Raises
    ------
    FactError
        If a file is missing, or the concordance lacks an industry.
    BalanceError
        If the table does not balance within its rounding.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> table = read_embedded(data_folder() / "wiod" / "2011").table
    >>> len(table.economies), len(table.sectors), table.year
    (41, 35, 2011)
    """
    names = ("intermediate.parquet", "final.parquet", "industries.csv", "concordance.csv", "jobs.csv", "source.yaml")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FactError(f"{folder} lacks {', '.join(missing)}. Restore the folder of the embedded table.")
    flows = pd.read_parquet(folder / "intermediate.parquet").set_index("seller")
    final = pd.read_parquet(folder / "final.parquet").set_index("seller").loc[flows.index]
    listed = pd.read_csv(folder / "industries.csv").set_index("region_sector").loc[flows.index]
    concordance = _text(folder / "concordance.csv").set_index("industry_sector")
    unknown = sorted(set(listed["sector"]) - set(concordance.index))
    if unknown:
        raise FactError(f"{folder / 'concordance.csv'} has no row for {', '.join(unknown)}. Add one each.")
    industries = pd.MultiIndex.from_arrays([listed["iso3"], listed["sector"]])
    buyers = final.T.groupby(final.columns.str.split(".").str[0], sort=False).sum().T
    source = read_yaml(folder / "source.yaml")["sources"][0]
    intermediate = flows.to_numpy(float)
    settled, output, notes = settle(
        industries,
        intermediate,
        buyers.to_numpy(float),
        listed["output_musd"].to_numpy(float),
        "million USD",
        ROUNDING,
    )
    table = make_table(
        industries,
        intermediate,
        settled,
        list(buyers.columns),
        output=output,
        unit="million USD",
        year=int(folder.name),
        source=str(source["id"]),
        notes=notes,
    )
    return EmbeddedTable(table, concordance, _text(folder / "jobs.csv"))


def essential_flags(embedded: EmbeddedTable) -> np.ndarray:
    """Whether an industry stops without an input, by (sector of the table, industry), from the concordance.

    Column ``stops`` of the input says whom its lack stops: all, goods (industries whose own row says
    that they make goods) or none.
    """
    rows = embedded.concordance
    stops = rows["stops"].loc[list(embedded.table.sectors)].to_numpy()[:, None]
    makes = rows["makes"].loc[list(embedded.table.industries.get_level_values(1))].to_numpy()[None, :]
    return np.asarray((stops == "all") | ((stops == "goods") & (makes == "goods")))


def at_newest_level(
    embedded: EmbeddedTable, facts: FactTable, economies: pd.DataFrame, to_base: Callable[[int], float]
) -> InputOutputTable:
    """The table with each industry's value added at its newest published level, in USD of 2024.

    Industries that one fact covers together share it as they did in the table's year. An economy
    without a figure of its own shares what is left of the smallest union around it that has one.
    Inputs keep their weight in output; RAS makes flows and final demand add up again.

    Parameters
    ----------
    facts : FactTable
        Read for ``value_added`` [million USD] and ``employment``.
    economies : DataFrame
        Label table with ``members``.
    to_base : callable
        Year -> factor from USD of that year to USD of 2024.

    Returns
    -------
    InputOutputTable
        Its notes say how old structure and level are. Where no newer value added was known by the
        date of the facts, the published level stands.

    Raises
    ------
    FactError
        If facts leave a group of industries with less than nothing.
    """
    table, rows = embedded.table, facts.rows
    rows = rows[(rows["variable"] == "value_added") & (rows["unit"] == "million USD")]
    wanted = set(_products(embedded.concordance["scaled_by"])) | set(_products(embedded.concordance["less"]))
    rows = rows[rows["product"].isin(wanted) & (rows["period"].astype(str) > str(table.year))]
    jobs = _jobs(embedded, facts)
    if rows.empty:
        scaled = times(table, to_base(table.year), table.unit, BASE_YEAR)
        note = f"structure and level of {table.year}: no newer value added is known by {facts.as_of}"
        return replace(scaled, jobs=jobs, notes=(*table.notes, note))
    period = max(rows["period"].astype(str))
    known = rows[rows["period"].astype(str) == period].pivot_table(index="economy", columns="product", values="value")
    growth = _growth(embedded, known, economies)
    note = (
        f"structure of {table.year}, level of {period} (value added by industry, current USD moved to USD of {BASE_YEAR}); "
        f"who buys from whom is {BASE_YEAR - table.year} years older than the money"
    )
    scaled = times(_rescaled(table, growth), to_base(int(period)), table.unit, BASE_YEAR)
    return replace(scaled, jobs=jobs, notes=(*table.notes, note))


def _growth(embedded: EmbeddedTable, known: pd.DataFrame, economies: pd.DataFrame) -> Array:
    """Newest over published value added, by industry."""
    table, concordance = embedded.table, embedded.concordance
    areas = _areas(table.economies, list(known.index), economies)
    economy = np.asarray(table.industries.get_level_values(0))
    sector = np.asarray(table.industries.get_level_values(1))
    growth = np.ones(len(sector))
    for (added, less), members in concordance.groupby(["scaled_by", "less"], sort=False).groups.items():
        newest = known[_split(added)].sum(axis=1, skipna=False) - known[_split(less)].sum(axis=1, skipna=False)
        in_group = np.isin(sector, list(members))
        for inside, plus, minus in areas:
            place = in_group & np.isin(economy, inside)
            amount, before = float(newest[plus] - newest[minus].sum()), float(table.value_added[place].sum())
            if not amount >= 0.0:
                raise FactError(
                    f"value added of {added} less {less or 'nothing'} in {plus} less {', '.join(minus) or 'nobody'} is "
                    f"{amount:g}. Mend the facts, or the row of the concordance."
                )
            growth[place] = amount / before if before > 0.0 else 1.0
    return growth


def _areas(
    held: Sequence[str], known: Sequence[str], economies: pd.DataFrame
) -> list[tuple[list[str], str, list[str]]]:
    """(economies of the table, label of the figure, labels to take off it), smallest figure first.

    Labels without a row of their own that no figure covers keep the level they have.
    """
    reach = {label: expand(label, economies) for label in known}
    done: set[str] = set()
    areas: list[tuple[list[str], str, list[str]]] = []
    taken: list[str] = []
    for label in sorted(known, key=lambda name: (len(reach[name]), name)):
        inside = [name for name in held if name in reach[label] and name not in done]
        under = [name for name in taken if reach[name] < reach[label]]
        top = [name for name in under if not any(reach[name] < reach[other] for other in under)]
        if inside:
            areas.append((inside, label, top))
            done.update(inside)
        taken.append(label)
    return areas


def _rescaled(table: InputOutputTable, growth: Array) -> InputOutputTable:
    """Output and value added times growth; flows and final demand follow by RAS from the old coefficients."""
    output, value_added = table.output * growth, table.value_added * growth
    count = len(output)
    mine = np.array([table.industries.get_level_values(0) == name for name in table.final_economies], dtype=float)
    weight = table.final_demand.sum(axis=0) * _ratio(mine @ value_added, mine @ table.value_added)
    spent = weight * value_added.sum() / weight.sum()
    seed = np.hstack([table.intermediate * growth, table.final_demand * _ratio(spent, table.final_demand.sum(axis=0))])
    whole = ras(seed, output, np.concatenate([output - value_added, spent]), tolerance=1e-9)
    flows, final = whole[:, :count], whole[:, count:]
    # What RAS leaves over (a billionth of the world) goes to final sales, so that output is exact.
    scale = _ratio(output - flows.sum(axis=1), final.sum(axis=1))
    return make_table(
        table.industries,
        flows,
        final * scale[:, None],
        table.final_economies,
        unit=table.unit,
        year=table.year,
        source=table.source,
        notes=table.notes,
    )


def _jobs(embedded: EmbeddedTable, facts: FactTable) -> Array:
    """Jobs by industry where each product of the row is counted; NaN elsewhere."""
    rows = facts.rows
    rows = rows[(rows["variable"] == "employment") & rows["unit"].isin(PERSONS)]
    counted = {
        (str(row.economy), str(row.product), str(row.period)): float(row.value) * PERSONS[str(row.unit)]
        for row in rows.itertuples()
    }
    jobs = pd.Series(np.nan, index=embedded.table.industries)
    for row in embedded.jobs.itertuples():
        parts = [counted.get((str(row.economy), product, str(row.period))) for product in _split(str(row.products))]
        if all(part is not None for part in parts):
            jobs.loc[(row.economy, row.industry_sector)] = sum(part for part in parts if part is not None)
    return jobs.to_numpy()


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.ones_like(below), where=below > 0.0)


def _split(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _products(cells: Iterable[str]) -> list[str]:
    return [product for cell in cells for product in _split(cell)]


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
