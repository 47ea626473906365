"""Published figures as linear statements about the cells: a row, a value and a standard deviation each.

The rows come from ``observations.csv``: a selector that must meet exactly one known fact, and the sum
of cells it speaks of. A share becomes part - share x whole = 0. The standard deviation follows from
tier, status, age and what the row itself adds for basis; tier C never enters.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.cells import Cells, Coefficients
from lodestone.baseline.earlier import SERIES, last_year, nearest
from lodestone.baseline.parameters import Parameters
from lodestone.baseline.topology import ObservationRow, Topology, match
from lodestone.errors import Fault, Faults
from lodestone.facts.assumptions import Assumption
from lodestone.facts.nouns import FactTable

AT_MOST = "_at_most"
NO_CELL = " (no cell)"  # ends the name of a statement that meets no cell


@dataclass(frozen=True)
class Observations:
    """Statements ``matrix @ x ~ value`` with ``sd``; ``whole`` holds the denominators of shares.

    ``table`` has a row each: name, fact, tier, mode ("total" or "share"), at_most (true of a figure that
    counts more than the cells do: it binds only where they pass it), value (of the fact, shares as
    fractions), and relative_sd. ``skipped`` says which rows had no fact known by the date.
    """

    table: pd.DataFrame
    matrix: sp.csr_matrix
    whole: sp.csr_matrix
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The facts behind the rows of an observation table.

    ``table``: row (of the observation table), name, fact, tier, status, period, value (as published).
    ``skipped``: names of rows without a usable fact, those whose fact is of tier C among them.
    ``stand_ins``: rows that rest on an earlier fact than they name, in words.
    """

    table: pd.DataFrame
    skipped: tuple[str, ...]
    stand_ins: tuple[str, ...] = ()


def find_facts(topology: Topology, facts: FactTable, year: int) -> Found:
    """The fact behind each observation row.

    In a view from an earlier date a row whose fact is not known yet takes the nearest of its series that is
    (see `earlier.nearest`), unless it is chosen by value. A row without one is left out by name.

    Parameters
    ----------
    year : int
        The baseline year.

    Raises
    ------
    Faults
        If a selector meets more than one fact: all such rows together.
    """
    known = facts.rows[facts.rows[["value", "low", "high"]].notna().any(axis=1)].reset_index()
    asked = topology.observations
    series = dict(iter(_about(known, asked, SERIES).groupby(SERIES, sort=False)))
    key = [*SERIES, "period", "source"]
    groups = dict(iter(_about(known, asked, key).groupby(key, sort=False)))
    found, late, skipped, faults = {}, [], [], []
    for line, row in enumerate(asked.itertuples(index=False), start=2):
        part = _of_row(groups.get(tuple(getattr(row, column) for column in key)), row)
        if part is None or part.empty:
            late.append((line, row))
        elif len(part) > 1:
            faults.append(
                Fault(
                    f"{topology.material}/observations.csv",
                    line,
                    "value",
                    f"'{row.name}' meets {len(part)} facts ({', '.join(part['id'])})",
                    "Add the element or the value that tells them apart.",
                )
            )
        elif part.iloc[0]["tier"] == "C":
            skipped.append((line, str(row.name)))
        else:
            found[line] = (row.name, part.iloc[0])
    if faults:
        raise Faults(faults)
    told = []
    for line, row in late:
        one = None
        if facts.dropped and np.isnan(row.value):  # without a date left out, a row that meets nothing is a slip
            part = _of_row(series.get(tuple(getattr(row, column) for column in SERIES)), row)
            taken = {fact["id"] for _, fact in found.values()}
            one = None if part is None else nearest(part, row.period, year, taken)
        if one is None:
            skipped.append((line, str(row.name)))
            continue
        found[line] = (row.name, one)
        told.append(f"{row.name}: {one['id']} ({one['period']}) for {row.period} of {row.source}")
    rows = [
        (line - 2, name, fact["id"], fact["tier"], fact["status"], fact["period"], _published(fact))
        for line, (name, fact) in sorted(found.items())
    ]
    columns = ["row", "name", "fact", "tier", "status", "period", "value"]
    return Found(pd.DataFrame(rows, columns=columns), tuple(name for _, name in sorted(skipped)), tuple(told))


def _about(known: pd.DataFrame, asked: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return known[pd.MultiIndex.from_frame(known[key]).isin(pd.MultiIndex.from_frame(asked[key]))]


def _of_row(part: pd.DataFrame | None, row: ObservationRow) -> pd.DataFrame | None:
    """Of facts with the labels of a row, those that its element and value choose."""
    if part is not None and row.element:
        part = part[part["element"] == row.element]
    if part is not None and not np.isnan(row.value):
        part = part[np.isclose(part["value"], row.value)]
    return part


def _published(fact: pd.Series) -> float:
    return float(fact["value"] if pd.notna(fact["value"]) else np.nanmean([fact["low"], fact["high"]]))


def leave_out_unpriced(topology: Topology, found: Found, waiting: Collection[str]) -> Found:
    """Leave out, by name, statements on value that need a price not known by the date.

    Parameters
    ----------
    waiting : labels
        Products whose price is among the tables and not among the facts known (see `prices.waiting`).
    """
    rows = topology.observations.iloc[found.table["row"].to_numpy()]
    names = sorted(waiting)
    lacks = [
        m == "value" and bool(match(names, p).any()) for m, p in zip(rows["measure"], rows["products"], strict=True)
    ]
    gone = np.array(lacks, dtype=bool)
    told = tuple(f"{name} (no price)" for name in found.table["name"][gone])
    kept = tuple(text for text in found.stand_ins if f"{text.split(':')[0]} (no price)" not in told)
    return Found(found.table[~gone].reset_index(drop=True), found.skipped + told, kept)


def observe(
    topology: Topology,
    found: Found,
    cells: Cells,
    recipe: Coefficients,
    parameters: Parameters,
    assumptions: dict[str, Assumption],
    year: int,
    price: np.ndarray,
) -> Observations:
    """All usable observations of a material as linear statements about its cells.

    ``found`` comes from `find_facts`, once for all draws.

    Masses of statements are tonnes as published (oxide, gross weight or contained element), so the
    conversion stands in the matrix and moves with the parameters. A statement of measure ``value`` is in
    thousand USD: each product by its price, an oxide by the mass of its oxide; one without a price adds none.

    Parameters
    ----------
    recipe, parameters
        Of the same draw.
    assumptions : dict id -> Assumption
        Read for ``baseline.sd.tier.*``, ``baseline.sd.derived`` and ``baseline.sd.age``. [fraction]
    year : int
        The baseline year, from which a fact's age is counted.
    price : array (products,)
        Unit values in the order of ``topology.products``; NaN where none is known. [USD per kg]

    Returns
    -------
    Observations
        Statements that meet no cell are left out, named in ``skipped``.
    """
    table, skipped = found.table.copy(), found.skipped
    rows = topology.observations.iloc[table["row"].to_numpy()].reset_index(drop=True)
    weight = _Weights(topology, cells, recipe, parameters, price)
    part = [weight.row(r.cell, r.products, r.origin, r.destination, r.processes, r.measure) for r in rows.itertuples()]
    matrix = sp.diags(rows["factor"].to_numpy(dtype=float)) @ sp.vstack(part, format="csr")
    limit = rows["mode"].str.endswith(AT_MOST)
    rows["mode"] = rows["mode"].str.removesuffix(AT_MOST)
    share = (rows["mode"] == "share").to_numpy()
    empty = sp.csr_matrix((1, int(cells.starts[-1])))
    whole = sp.vstack(
        [
            weight.row(r.cell, r.over_products, r.over_origin, r.over_destination, r.over_processes, r.measure)
            if r.mode == "share"
            else empty
            for r in rows.itertuples()
        ],
        format="csr",
    )
    table = table.assign(mode=rows["mode"].to_numpy(), at_most=limit.to_numpy())
    table.loc[share, "value"] = table.loc[share, "value"] / 100.0
    tier_sd = table["tier"].map(lambda tier: assumptions[f"baseline.sd.tier.{tier}"].central)
    derived = table["status"].ne("reported") * assumptions["baseline.sd.derived"].central
    age = (year - table["period"].map(last_year)).abs() * assumptions["baseline.sd.age"].central
    table["relative_sd"] = np.sqrt(tier_sd**2 + derived**2 + age**2 + rows["sd_rel"].to_numpy() ** 2)
    empty_rows = np.asarray(abs(matrix).sum(axis=1)).ravel() == 0
    if empty_rows.any():
        skipped += tuple(f"{name}{NO_CELL}" for name in table["name"][empty_rows])
        keep = ~empty_rows
        table, matrix, whole = table[keep].reset_index(drop=True), matrix[keep], whole[keep]
    return Observations(table, sp.csr_matrix(matrix), sp.csr_matrix(whole), skipped)


class _Weights:
    """Builds one statement at a time; holds the lookups that all statements share."""

    def __init__(
        self, topology: Topology, cells: Cells, recipe: Coefficients, parameters: Parameters, price: np.ndarray
    ) -> None:
        self.cells, self.recipe = cells, recipe
        self.product = topology.products["product"].tolist()
        self.composition = parameters.composition.loc[self.product]
        self.oxide = (self.composition / parameters.oxide_factor).sum(axis=1).to_numpy()
        self.gross = 1.0 / parameters.content.loc[self.product].to_numpy()
        as_oxide = (topology.products["kind"] == "oxide").to_numpy()
        self.value = np.nan_to_num(price) * np.where(as_oxide, self.oxide, self.gross)
        self.codes: dict[tuple[int, str], tuple[np.ndarray, list[str]]] = {}
        node = cells.nodes
        self.outputs = recipe.outputs.assign(
            process=node["process"].to_numpy()[recipe.outputs["node"]],
            economy=node["economy"].to_numpy()[recipe.outputs["node"]],
        )
        self.inputs = recipe.inputs.assign(
            process=node["process"].to_numpy()[recipe.inputs["node"]],
            economy=node["economy"].to_numpy()[recipe.inputs["node"]],
        )

    def which(self, table: pd.DataFrame, column: str, patterns: str) -> np.ndarray:
        """Rows of a table whose label in ``column`` the patterns select; labels are matched once each."""
        key = (id(table), column)
        if key not in self.codes:
            code, labels = pd.factorize(table[column])
            self.codes[key] = (code, list(labels))
        code, labels = self.codes[key]
        return match(labels, patterns or "*")[code]

    def scale(self, table: pd.DataFrame, keep: np.ndarray, measure: str) -> np.ndarray:
        if measure == "contained":
            return np.ones(int(keep.sum()))
        code = pd.Index(self.product).get_indexer(table["product"].to_numpy()[keep])
        if measure in self.composition.columns:
            return self.composition[measure].to_numpy()[code]
        return {"oxide": self.oxide, "gross": self.gross, "value": self.value}[measure][code]

    def row(
        self, cell: str, products: str, origin: str, destination: str, processes: str, measure: str
    ) -> sp.csr_matrix:
        first = self.cells.starts
        if cell == "trade":
            table = self.cells.trade
            keep = self.which(table, "product", products) & self.which(table, "origin", origin)
            keep = keep & self.which(table, "destination", destination)
            columns, value = first[1] + np.flatnonzero(keep), np.ones(int(keep.sum()))
        elif cell in ("output", "input"):
            table = self.outputs if cell == "output" else self.inputs
            keep = self.which(table, "product", products) & self.which(table, "process", processes)
            keep = keep & self.which(table, "economy", origin if cell == "output" else destination)
            columns, value = table["node"].to_numpy()[keep], table["coefficient"].to_numpy()[keep]
        else:  # "use" and "use_element": what sectors take
            table = self.cells.use
            keep = self.which(table, "product", products) & self.which(table, "economy", destination)
            keep = keep & self.which(table, "sector", processes)
            columns, value = first[3] + np.flatnonzero(keep), np.ones(int(keep.sum()))
        own = self._sparse(columns, value * self.scale(table, keep, measure))
        if cell == "input" and "use" in processes.split(";"):
            return own + self.row("use", products, origin, destination, "", measure)
        return own

    def _sparse(self, columns: np.ndarray, values: np.ndarray) -> sp.csr_matrix:
        shape = (1, int(self.cells.starts[-1]))
        return sp.csr_matrix((values, (np.zeros(len(columns), dtype=int), columns)), shape=shape)
