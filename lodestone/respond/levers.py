"""What could be held, bought, built, recycled, saved or found out: the levers of a material, read and checked.

Ours stand in ``data/levers/<material>.csv``; a user's file adds levers or replaces some by id. The how-to on adding
a lever describes every column, the reference page says what each figure rests on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lodestone.baseline.topology import read_topology
from lodestone.errors import Faults, LabelError
from lodestone.facts.catalogues import read_facilities
from lodestone.facts.read import read_facts
from lodestone.labels import load_labels
from lodestone.respond.lever_checks import FACILITY, LeverLabels, levers_of
from lodestone.respond.lever_rows import BASES, read_lever_rows
from lodestone.respond.nouns import Lever


def read_levers(
    folder: Path,
    material: str,
    own: Path | None = None,
    horizon_months: float | None = None,
    as_of: dt.date | None = None,
) -> tuple[Lever, ...]:
    """The levers of a material, with a user's own added or put in place of ours.

    Parameters
    ----------
    folder : Path
        A data folder; ours stand in ``levers/<material>.csv`` below it.
    material : str
    own : Path, optional
        A user's ``.csv`` or ``.yaml`` file. A row with an id of ours replaces it.
    horizon_months : float, optional
        Length of the plan: a lever of the user's that would deliver nothing within it is a fault. [months]
    as_of : date, optional
        Levers of ours that rest on a fact or site known later are left out.

    Returns
    -------
    tuple of Lever
        Ours in the order of the file, then what the user added.

    Raises
    ------
    LabelError
        If there are no levers for the material.
    Faults
        Everything wrong in both files, each with its file and row.

    Examples
    --------
    >>> from lodestone.baseline.place import default_material
    >>> from lodestone.facts.place import data_folder
    >>> levers = read_levers(data_folder(), default_material(data_folder()))
    >>> len(levers) >= 25
    True
    """
    place = folder / "levers" / f"{material}.csv"
    if not material or not place.is_file():
        known = ", ".join(sorted(path.stem for path in (folder / "levers").glob("*.csv"))) or "none"
        raise LabelError(f"there are no levers for '{material}'. Materials with a table in levers/: {known}.")
    labels = _labels(folder, material)
    ours, faults = levers_of(place, *read_lever_rows(place), labels)
    added: list[Lever] = []
    if own is not None:
        try:
            added, found = levers_of(own, *read_lever_rows(own), labels, own=True, horizon_months=horizon_months)
        except Faults as stop:
            found = list(stop.faults)
        faults += found
    if faults:
        raise Faults(faults)
    if as_of is not None:
        ours = _known(ours, folder, as_of)
    replaced = {lever.lever: lever for lever in added}
    kept = [replaced.pop(lever.lever, lever) for lever in ours]
    return (*kept, *replaced.values())


def rest_on(levers: Iterable[Lever]) -> pd.DataFrame:
    """How many levers rest on what, for capacity, cost and lead time each.

    Returns
    -------
    DataFrame
        Rows sourced, transferred, assumed; columns capacity, cost, lead. [count]

    Examples
    --------
    >>> int(rest_on([]).sum().sum())
    0
    """
    held = list(levers)
    return pd.DataFrame(
        {
            what: [sum(getattr(lever, f"basis_{what}") == basis for lever in held) for basis in BASES]
            for what in ("capacity", "cost", "lead")
        },
        index=list(BASES),
    )


def _labels(folder: Path, material: str) -> LeverLabels:
    topology = read_topology(folder, material)
    products = frozenset(topology.products["product"])
    makes = {
        str(row.process): frozenset(p for p in products if _matches(p, str(row.output)))
        for row in topology.processes.itertuples()
    }
    economies = load_labels(folder / "labels", "economies")
    facts = read_facts(folder, corrected=False).rows.index
    sites = read_facilities(folder)
    return LeverLabels(
        products=products,
        makes=makes,
        economies=frozenset(economies.index[economies["kind"] != "aggregate"]),
        facts=frozenset([*facts, *(f"{FACILITY}{site}" for site in sites["id"])]),
    )


def _matches(product: str, pattern: str) -> bool:
    return product == pattern or (pattern.endswith("*") and product.startswith(pattern[:-1]))


def _known(levers: Iterable[Lever], folder: Path, as_of: dt.date) -> list[Lever]:
    """Levers all of whose facts and sites were known on a date; those that rest on none are kept."""
    sites = read_facilities(folder, as_of)
    known = {*read_facts(folder, as_of, corrected=False).rows.index, *(f"{FACILITY}{site}" for site in sites["id"])}
    return [lever for lever in levers if set(lever.facts) <= known]
