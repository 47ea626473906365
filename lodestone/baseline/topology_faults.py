"""What can be wrong in a material's tables, found before anything is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from lodestone.baseline.hosts import RECOVER
from lodestone.errors import Fault

EXTRACTIVE = ("mine", RECOVER)  # nothing in, a product out; what is recovered is bound by its host
RULES = (*EXTRACTIVE, "separate", "convert", "blend", "shape", "assemble")
COMPOSITIONS = ("element", "deposit", "grade", "mix")
CELLS = ("trade", "output", "input", "use", "use_element")
MODES = ("total", "share", "total_at_most", "share_at_most")  # at most: a limit, silent below it
BASES = ("amount", "supply_share")
MEASURES = ("contained", "oxide", "gross", "value")  # or the label of an element
DRIVER_TABLE = "table"  # a driver that is the written weights

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "products": (
        "product", "kind", "stage", "form", "hs", "content_low", "content", "content_high", "composition",
        "home_share",
    ),
    "grades": ("grade", "element", "low", "central", "high"),
    "mixes": ("component", "grade", "share"),
    "processes": (
        "process", "stage", "rule", "input", "output", "yield_low", "yield", "yield_high", "scrap",
        "scrap_collected",
    ),
    "makers": ("process", "economy", "weight", "amount_reo"),
    "uses": ("sector", "product", "basis", "low", "central", "high", "essential"),
    "drivers": ("sector", "variable", "product", "period", "source", "world_source"),
    "sector_weights": ("sector", "economy", "weight"),
    "fill": ("economy", "weight"),
    "observations": (
        "name", "mode", "value", "variable", "product", "element", "economy", "partner", "period", "source",
        "cell", "products", "origin", "destination", "processes", "measure", "factor", "sd_rel",
        "over_products", "over_origin", "over_destination", "over_processes",
    ),
}  # fmt: skip
NUMERIC = frozenset(
    (
        "content_low", "content", "content_high", "home_share", "low", "central", "high", "yield_low",
        "yield", "yield_high", "scrap_collected", "weight", "amount_reo", "share", "factor", "sd_rel",
        "value",
    )
)  # fmt: skip
UNIQUE = (("products", "product"), ("processes", "process"), ("observations", "name"), ("drivers", "sector"))
ORDERED = (("grades", "low", "central", "high"), ("uses", "low", "central", "high"))

Tables = Mapping[str, pd.DataFrame]


def column_faults(material: str, name: str, table: pd.DataFrame) -> list[Fault]:
    """Columns that are missing, and texts where a number belongs.

    Parameters
    ----------
    table : DataFrame
        As read, all cells text.
    """
    missing = [column for column in COLUMNS[name] if column not in table]
    if missing:
        return [_fault(material, name, 1, ", ".join(missing), "the column is missing", "Add it.")]
    return [
        _fault(material, name, line, column, f"'{text}' is not a number", "Write a number, or leave it blank.")
        for column in COLUMNS[name]
        if column in NUMERIC
        for line, text in enumerate(table[column], start=2)
        if text != "" and not np.isfinite(pd.to_numeric(text, errors="coerce"))
    ]


def reference_faults(material: str, tables: Tables, elements: Iterable[str], economies: Iterable[str]) -> list[Fault]:
    """Labels that no table defines, labels that come twice, ranges out of order.

    Parameters
    ----------
    tables : mapping name -> DataFrame
        The tables of `COLUMNS`, numbers read.
    elements, economies : labels
        What may be named. Leave unions out of the economies: one that contains another is refused.

    Returns
    -------
    list of Fault
    """
    products, processes = set(tables["products"]["product"]), set(tables["processes"]["process"])
    grades, components = set(tables["grades"]["grade"]), set(tables["mixes"]["component"])
    sectors, symbols, places = set(tables["drivers"]["sector"]), set(elements), set(economies)
    compositions = {"element": symbols, "grade": grades, "mix": components}
    checks = [
        ("grades", "element", symbols, "element"),
        ("mixes", "grade", grades, "grade"),
        ("processes", "input", products, "product"),
        ("processes", "output", products, "product"),
        ("processes", "scrap", products, "product"),
        ("processes", "rule", set(RULES), "rule"),
        ("makers", "process", processes, "process"),
        ("makers", "economy", places, "economy"),
        ("uses", "product", products, "product"),
        ("uses", "sector", sectors, "sector among the drivers"),
        ("uses", "basis", set(BASES), "basis"),
        ("sector_weights", "sector", sectors, "sector among the drivers"),
        ("sector_weights", "economy", places, "economy"),
        ("fill", "economy", places, "economy"),
        ("observations", "mode", set(MODES), "mode"),
        ("observations", "cell", set(CELLS), "kind of cell"),
        ("observations", "measure", {*MEASURES, *symbols}, "measure"),
    ]
    lists = [
        (column, allowed, noun)
        for over in ("", "over_")
        for column, allowed, noun in (
            (f"{over}products", products, "product"),
            (f"{over}origin", places, "economy"),
            (f"{over}destination", places, "economy"),
            (f"{over}processes", processes | sectors | {"use"}, "process or sector"),
        )
    ]
    return [
        *_composition_faults(material, tables["products"], compositions),
        *(f for check in checks for f in _label_faults(material, tables, *check)),
        *(
            f
            for column, allowed, noun in lists
            for f in _list_faults(material, tables["observations"], column, allowed, noun)
        ),
        *(f for table, column in UNIQUE for f in _twice(material, table, tables[table], [column])),
        *_twice(material, "makers", tables["makers"], ["process", "economy"]),
        *(f for table, *range_ in ORDERED for f in _range_faults(material, table, tables[table], range_)),
    ]


def _fault(material: str, table: str, line: int, column: str, what: str, next_step: str) -> Fault:
    return Fault(f"{material}/{table}.csv", line, column, what, next_step)


def _label_faults(
    material: str, tables: Tables, table: str, column: str, allowed: set[str], noun: str
) -> Iterator[Fault]:
    for line, value in enumerate(tables[table][column], start=2):
        if value and "*" not in value and value not in allowed:
            yield _fault(material, table, line, column, f"no {noun} '{value}'", _advice(allowed, noun))


def _list_faults(material: str, table: pd.DataFrame, column: str, allowed: set[str], noun: str) -> Iterator[Fault]:
    for line, patterns in enumerate(table[column], start=2):
        for value in patterns.lstrip("!").split(";"):
            if value and "*" not in value and value not in allowed:
                yield _fault(material, "observations", line, column, f"no {noun} '{value}'", _advice(allowed, noun))


def _advice(allowed: set[str], noun: str) -> str:
    return f"Use one of {', '.join(sorted(allowed))}." if len(allowed) <= 8 else f"Define the {noun} first."


def _composition_faults(material: str, products: pd.DataFrame, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for line, text in enumerate(products["composition"], start=2):
        kind, _, name = text.partition(":")
        if kind not in COMPOSITIONS:
            advice = f"Begin with one of {', '.join(f'{word}:' for word in COMPOSITIONS)}."
            yield _fault(material, "products", line, "composition", f"'{text}' is no composition", advice)
        elif kind in known and name not in known[kind]:
            what = f"no {'component' if kind == 'mix' else kind} '{name}'"
            yield _fault(material, "products", line, "composition", what, "Define it, or name another.")


def _twice(material: str, name: str, table: pd.DataFrame, columns: list[str]) -> Iterator[Fault]:
    for line, again in enumerate(table.duplicated(columns), start=2):
        if again:
            yield _fault(material, name, line, ", ".join(columns), "the label comes twice", "Keep one row.")


def _range_faults(material: str, name: str, table: pd.DataFrame, columns: list[str]) -> Iterator[Fault]:
    low, central, high = (table[column] for column in columns)
    ordered = (low <= central) & (central <= high)
    for line, good in enumerate(ordered, start=2):
        if not good:
            yield _fault(material, name, line, columns[1], "is outside low..high", "Order the range.")
