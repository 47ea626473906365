"""What a newer edition of a table changes: flows, their total, and the concentrations that a reader would have quoted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lodestone.facts.stage import MEMORY
from lodestone.facts.store import PARTS
from lodestone.facts.trade_nouns import Partition

LEAST_VALUE = 1_000.0  # thousand of the currency: smaller purchases make no headline
LEAST_MOVE = 0.05  # of the index or of the largest share
MOST_SHOWN = 10


@dataclass(frozen=True)
class MovedHeadline:
    """One importer and product whose largest supplier changes, or whose share or index moves by `LEAST_MOVE`."""

    importer: str
    product: str
    value: float
    top_supplier_before: str
    top_supplier_after: str
    top_share_before: float
    top_share_after: float
    hhi_before: float
    hhi_after: float


@dataclass(frozen=True)
class EditionChange:
    """One year of an edition beside the edition before it. [value: the table's unit]"""

    year: int
    edition_before: str
    edition_after: str
    flows_added: int
    flows_removed: int
    flows_changed: int
    value_before: float
    value_after: float
    headlines: int
    headlines_moved: int
    largest: tuple[MovedHeadline, ...]


def edition_changes(
    store: Path, before: Iterable[Partition], folders: dict[int, Path], layout: tuple[str, str, str, str]
) -> tuple[EditionChange, ...]:
    """Each new year beside the newest other edition the store holds of it.

    Parameters
    ----------
    store : Path
    before : iterable of Partition
        What the store holds.
    folders : dict year -> Path
        Finished folders of the new edition.
    layout : (kind, nomenclature, frequency, edition)
        Of the new edition.

    Returns
    -------
    tuple of EditionChange
        None for a year that the store did not hold.
    """
    kind, nomenclature, frequency, edition = layout
    changes = []
    for year, folder in sorted(folders.items()):
        older = [
            held
            for held in before
            if (held.kind, held.nomenclature, held.frequency, held.year) == (kind, nomenclature, frequency, year)
            and held.edition != edition
        ]
        if older:
            newest = max(older, key=lambda held: (held.known_from, held.edition))
            changes.append(_change(store / PARTS / newest.folder, folder, newest, edition))
    return tuple(changes)


def _change(old: Path, new: Path, before: Partition, edition: str) -> EditionChange:
    import duckdb

    with duckdb.connect(config={"temp_directory": str(new), "memory_limit": MEMORY}) as database:
        flows = {"old": str(old / "flows.parquet"), "new": str(new / "flows.parquet")}
        groups = {"old": str(old / "groups.parquet"), "new": str(new / "groups.parquet")}
        (added, removed, changed, was, now) = database.execute(_FLOWS, flows).fetchall()[0]
        (headlines,) = database.execute(_HEADLINES, groups | {"least": LEAST_VALUE}).fetchall()[0]
        moved = database.execute(_MOVED, groups | {"least": LEAST_VALUE, "move": LEAST_MOVE}).fetchall()
    return EditionChange(
        year=before.year,
        edition_before=before.edition,
        edition_after=edition,
        flows_added=added,
        flows_removed=removed,
        flows_changed=changed,
        value_before=was or 0.0,
        value_after=now or 0.0,
        headlines=headlines,
        headlines_moved=len(moved),
        largest=tuple(MovedHeadline(*row) for row in moved[:MOST_SHOWN]),
    )


_FLOWS = """
    SELECT count(*) FILTER (before.importer IS NULL), count(*) FILTER (after.importer IS NULL),
           count(*) FILTER (before.importer IS NOT NULL AND after.importer IS NOT NULL AND (
               before.value IS DISTINCT FROM after.value OR before.quantity IS DISTINCT FROM after.quantity)),
           sum(before.value), sum(after.value)
    FROM read_parquet($old) AS before FULL JOIN read_parquet($new) AS after
         ON before.importer = after.importer AND before.product = after.product
            AND before.exporter = after.exporter AND before.month = after.month
            AND before.reported_by = after.reported_by
"""
_BOTH = """
    FROM read_parquet($old) AS before JOIN read_parquet($new) AS after USING (importer, product)
    WHERE greatest(before.value, after.value) >= $least
"""
_HEADLINES = f"SELECT count(*) {_BOTH}"
_MOVED = f"""
    SELECT importer, product, after.value, before.top_supplier, after.top_supplier, before.top_share, after.top_share,
           before.herfindahl_hirschman_index, after.herfindahl_hirschman_index
    {_BOTH} AND (
        before.top_supplier <> after.top_supplier OR abs(before.top_share - after.top_share) >= $move
        OR abs(before.herfindahl_hirschman_index - after.herfindahl_hirschman_index) >= $move)
    ORDER BY after.value DESC, importer, product
"""
