"""The shape of one material's network, read from its folder: what is made of what, by whom, for whom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from lodestone.baseline.topology_faults import COLUMNS, NUMERIC, column_faults, reference_faults
from lodestone.errors import Fault, Faults, LabelError

TABLES = tuple(COLUMNS)


@dataclass(frozen=True)
class Topology:
    """The tables of ``data/topology/<material>/``, one attribute each.

    The how-to on adding a material describes every column. ``elements`` are the labels the material
    holds, in the order of the label table; ``checksum`` is the digest of all tables.
    """

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


class ProcessRow(Protocol):
    """A row of ``processes`` as ``itertuples`` gives it."""

    process: str
    stage: str
    rule: str
    input: str
    output: str
    scrap: str


class DriverRow(Protocol):
    """A row of ``drivers`` as ``itertuples`` gives it: which facts split a sector over economies."""

    @property
    def variable(self) -> str:
        """What the facts are on."""

    @property
    def product(self) -> str:
        """Of the facts."""

    @property
    def period(self) -> str:
        """Of the facts."""

    @property
    def source(self) -> str:
        """Of the economies' figures."""

    @property
    def world_source(self) -> str:
        """Of the world's figure."""


class ObservationRow(Protocol):
    """A row of ``observations`` as ``itertuples`` gives it, as far as it chooses a fact."""

    name: str
    value: float
    element: str
    period: str
    source: str


def read_topology(folder: Path, material: str) -> Topology:
    """Read and check the folder of one material.

    Parameters
    ----------
    folder : Path
        Data folder; the tables stand in ``topology/<material>/`` below it.
    material : str

    Returns
    -------
    Topology

    Raises
    ------
    LabelError
        If there is no such folder.
    Faults
        If a table or column is missing, a number is none, a label comes twice or is defined nowhere,
        or a range is out of order: all such places together.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> from lodestone.baseline.place import default_material
    >>> len(read_topology(data_folder(), default_material(data_folder())).elements)
    16
    """
    place = folder / "topology" / material
    if not material or not place.is_dir():
        known = sorted(entry.name for entry in (folder / "topology").iterdir() if entry.is_dir())
        raise LabelError(f"no material '{material}' in {folder.name}/topology. Use one of: {', '.join(known)}.")
    tables, faults = _read_tables(place, material)
    if faults:
        raise Faults(faults)
    elements = _labels(folder, "elements")["label"].tolist()
    economies = _labels(folder, "economies")
    single = economies.loc[economies["kind"] != "aggregate", "label"]
    faults = reference_faults(material, tables, elements, single)
    if faults:
        raise Faults(faults)
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update((place / f"{name}.csv").read_bytes())
    held = _elements_of(tables, elements)
    return Topology(material=material, elements=held, checksum=digest.hexdigest(), **tables)


def _read_tables(place: Path, material: str) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name in TABLES:
        path = place / f"{name}.csv"
        if not path.is_file():
            advice = "Add it; see the how-to on materials."
            faults.append(Fault(f"{material}/{name}.csv", None, None, "the table is missing", advice))
            continue
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (ValueError, OSError) as error:
            what = f"cannot be read as a table ({str(error).strip()})"
            faults.append(Fault(f"{material}/{name}.csv", None, None, what, "Write comma-separated UTF-8 text."))
            continue
        found = column_faults(material, name, table)
        faults += found
        if not found:
            numbers = [column for column in table.columns if column in NUMERIC]
            tables[name] = table.assign(
                **{c: pd.to_numeric(table[c].where(table[c] != ""), errors="coerce") for c in numbers}
            )
    return tables, faults


def _labels(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "labels" / f"{name}.csv", dtype=str, keep_default_na=False)


def _elements_of(tables: dict[str, pd.DataFrame], order: list[str]) -> tuple[str, ...]:
    named = {text.split(":", 1)[1] for text in tables["products"]["composition"] if text.startswith("element:")}
    return tuple(label for label in order if label in named)


def match(labels: pd.Series | list[str], patterns: str) -> np.ndarray:
    """Which labels a ``;``-list of labels, ``*`` wildcards and a leading ``!`` (all but these) selects.

    Parameters
    ----------
    labels : sequence of str
    patterns : str

    Returns
    -------
    array of bool (label)

    Examples
    --------
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
