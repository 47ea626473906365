"""The shape of one material's network, read from its folder: what is made of what, by whom, for whom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.errors import Fault, Faults, LabelError

RULES = ("mine", "separate", "convert", "blend", "shape", "assemble")
TABLES = (
    "products",
    "grades",
    "mixes",
    "processes",
    "makers",
    "uses",
    "drivers",
    "sector_weights",
    "fill",
    "observations",
)


@dataclass(frozen=True)
class Topology:
    """The tables of ``data/topology/<material>/``, one attribute each, as `docs/how-to/add-a-material`
    describes them. ``elements`` are the labels the material holds, in the order of the label table."""

    material: str
    elements: tuple[str, ...]
    products: pd.DataFrame
    grades: pd.DataFrame
    mixes: pd.DataFrame
    processes: pd.DataFrame
    makers: pd.DataFrame
    uses: pd.DataFrame
    drivers: pd.DataFrame
    sector_weights: pd.DataFrame
    fill: pd.DataFrame
    observations: pd.DataFrame
    checksum: str


def _read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in table.columns:
        filled = table[column] != ""
        number = pd.to_numeric(table[column].where(filled), errors="coerce")
        if column in _NUMERIC:
            table[column] = number
    return table


_NUMERIC = frozenset(
    [
        "content_low",
        "content",
        "content_high",
        "home_share",
        "low",
        "central",
        "high",
        "yield_low",
        "yield",
        "yield_high",
        "scrap_collected",
        "weight",
        "amount_reo",
        "share",
        "factor",
        "sd_rel",
        "value",
    ]
)


def read_topology(folder: Path, material: str) -> Topology:
    """Read and check the folder of one material.

    Raises
    ------
    LabelError
        If there is no such folder.
    Faults
        If a table is missing, or names a product, process or grade that no table defines.
    """
    place = folder / "topology" / material
    if not place.is_dir():
        known = sorted(entry.name for entry in (folder / "topology").iterdir() if entry.is_dir())
        raise LabelError(f"no material '{material}' in {folder.name}/topology. Use one of: {', '.join(known)}.")
    faults = [
        Fault(
            f"{material}/{name}.csv",
            None,
            None,
            "the table is missing",
            "Add it; see the how-to on materials.",
        )
        for name in TABLES
        if not (place / f"{name}.csv").is_file()
    ]
    if faults:
        raise Faults(faults)
    tables = {name: _read(place / f"{name}.csv") for name in TABLES}
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update((place / f"{name}.csv").read_bytes())
    elements = pd.read_csv(folder / "labels" / "elements.csv", dtype=str, keep_default_na=False)
    held = _elements_of(tables, elements["label"].tolist())
    faults = _reference_faults(material, tables)
    if faults:
        raise Faults(faults)
    return Topology(material=material, elements=held, checksum=digest.hexdigest(), **tables)


def _elements_of(tables: dict[str, pd.DataFrame], order: list[str]) -> tuple[str, ...]:
    named = {text.split(":", 1)[1] for text in tables["products"]["composition"] if text.startswith("element:")}
    return tuple(label for label in order if label in named)


def _reference_faults(material: str, tables: dict[str, pd.DataFrame]) -> list[Fault]:
    faults: list[Fault] = []
    products = set(tables["products"]["product"])
    processes = set(tables["processes"]["process"])

    def check(table: str, column: str, allowed: set[str], noun: str) -> None:
        for line, value in enumerate(tables[table][column], start=2):
            if value and "*" not in value and value not in allowed:
                faults.append(
                    Fault(
                        f"{material}/{table}.csv",
                        line,
                        column,
                        f"no {noun} '{value}'",
                        f"Define it in {noun}s.",
                    )
                )

    check("processes", "input", products, "product")
    check("processes", "output", products, "product")
    check("processes", "scrap", products, "product")
    check("processes", "rule", set(RULES), "rule")
    check("makers", "process", processes, "process")
    check("uses", "product", products, "product")
    for table, column in (("products", "product"), ("processes", "process")):
        for line, twice in enumerate(tables[table][column].duplicated(), start=2):
            if twice:
                faults.append(Fault(f"{material}/{table}.csv", line, column, "the label comes twice", "Keep one."))
    for table in ("grades", "uses"):
        rows = tables[table]
        bad = ~((rows["low"] <= rows["central"]) & (rows["central"] <= rows["high"]))
        for line in (np.flatnonzero(bad.to_numpy()) + 2).tolist():
            faults.append(Fault(f"{material}/{table}.csv", line, "central", "is outside low..high", "Order it."))
    return faults


def match(labels: pd.Series | list[str], patterns: str) -> np.ndarray:
    """Which labels a ``;``-list of labels, ``*`` wildcards and a leading ``!`` (all but these) selects.

    >>> match(["oxide_a", "oxide_b", "metal_a"], "oxide_*").tolist()
    [True, True, False]
    >>> match(["X", "Y", "Z"], "!X;Y").tolist()
    [False, False, True]
    """
    column = pd.Series(list(labels), dtype=object)
    negate = patterns.startswith("!")
    chosen = np.zeros(len(column), dtype=bool)
    for pattern in patterns.lstrip("!").split(";"):
        if pattern == "*":
            chosen[:] = True
        elif pattern.endswith("*"):
            chosen = chosen | column.str.startswith(pattern[:-1]).to_numpy()
        else:
            chosen = chosen | (column == pattern).to_numpy()
    return ~chosen if negate else chosen
