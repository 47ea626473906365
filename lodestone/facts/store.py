"""The store of trade tables: a folder of sorted Parquet partitions and the one list of those that count.

    <store>/manifest.json                    what counts: one entry a year of an edition, with checksums
    <store>/parts/<partition>/flows.parquet  importer, product, exporter, year, month, value, quantity,
                                             reported_by
    <store>/parts/<partition>/totals.parquet year, product, economy, and what it imports and exports of it
    <store>/parts/<partition>/products.parquet product, and the middle and spread of its unit values
    <store>/parts/<partition>/groups.parquet importer, product, year, and how concentrated what it buys is

Nothing reads a folder that the manifest does not name, and the manifest is replaced in one step: an ingest that
stops half-way leaves the store as it was. A newer edition of a year stands beside the older ones.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lodestone.errors import FactError
from lodestone.facts.stage import MEMORY, quoted
from lodestone.facts.trade_nouns import Partition

MANIFEST = "manifest.json"
PARTS = "parts"
FORMAT = 1
FILES = ("flows.parquet", "totals.parquet", "products.parquet", "groups.parquet")
LARGEST_MANIFEST = 50_000_000


def read_manifest(store: Path) -> tuple[Partition, ...]:
    """All partitions of a store, older editions too; none if there is no store yet.

    Raises
    ------
    FactError
        If the manifest is broken, of another format, or names a folder outside the store.
    """
    path = store / MANIFEST
    if not path.exists():
        return ()
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise ValueError("it is too large")
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']}, not {FORMAT}")
        partitions = tuple(_partition(entry) for entry in document["partitions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FactError(f"{path}: cannot be read ({error}). Ingest the tables into a new folder.") from None
    for partition in partitions:
        if Path(partition.folder).name != partition.folder:
            raise FactError(f"{path}: '{partition.folder}' lies outside the store. Ingest into a new folder.")
    return partitions


def partitions_of(
    store: Path, kind: str = "", nomenclature: str = "", as_of: dt.date | None = None
) -> tuple[Partition, ...]:
    """The partitions a question is answered from: the newest edition of each year that was known, by year.

    Parameters
    ----------
    store : Path
    kind, nomenclature : str
        Which table; may be left out where the store holds one only.
    as_of : date, optional
        Editions with a later ``known_from`` are left out.

    Raises
    ------
    FactError
        If there is nothing, or several tables answer.
    """
    every = [p for p in read_manifest(store) if as_of is None or p.known_from <= as_of]
    held = [p for p in every if kind in ("", p.kind) and nomenclature in ("", p.nomenclature)]
    if not held:
        known = ", ".join(sorted({f"{p.kind} {p.nomenclature}" for p in every})) or "nothing"
        raise FactError(f"{store} holds no such table. It holds: {known}. Add one with 'lodestone ingest'.")
    tables = sorted({(p.kind, p.nomenclature, p.frequency) for p in held})
    if len(tables) > 1:
        yearly = [table for table in tables if table[2] == "year"]
        if len({table[:2] for table in tables}) > 1 or not yearly:
            named = "; ".join(f"--table {k} --nomenclature {n}" for k, n, _ in tables)
            raise FactError(f"{store} holds several tables. Name one: {named}.")
        held = [p for p in held if p.frequency == "year"]
    newest: dict[int, Partition] = {}
    for partition in sorted(held, key=lambda p: (p.known_from, p.edition)):
        newest[partition.year] = partition
    return tuple(newest[year] for year in sorted(newest))


def paths_of(store: Path, partitions: Iterable[Partition], name: str) -> list[str]:
    """The files of some partitions, one each.

    Raises
    ------
    FactError
        If one is missing.
    """
    paths = [store / PARTS / partition.folder / name for partition in partitions]
    for path in paths:
        if not path.is_file():
            raise FactError(f"{path} is missing. Ingest that year again.")
    return [str(path) for path in paths]


_YEARLY = """(
    SELECT importer, product, exporter, year, sum(value) AS value FROM '{flows}'
    WHERE reported_by <> 'exporter' GROUP BY ALL)"""


def write_derived(folder: Path) -> None:
    """Beside a partition's flows: what each economy imports and exports of a product, and its unit values.

    Imports are those the importer reports, exports those the exporter reports (or both agree on); an economy
    whose side is not in the table has a null. A total of which a weight is missing has a null as its quantity.
    Groups count what the importer reports. The spread of unit values is the median absolute deviation of their logarithms.
    """
    import duckdb

    flows, totals, products, groups = (quoted(folder / name) for name in FILES)
    side = """
        SELECT year, product, {side} AS economy, sum(value) AS {word}_value,
               CASE WHEN count(quantity) = count(*) THEN sum(quantity) END AS {word}_quantity
        FROM '{flows}' WHERE reported_by IN ('{side}', 'both') GROUP BY ALL
    """
    imports = side.format(side="importer", word="imports", flows=flows)
    exports = side.format(side="exporter", word="exports", flows=flows)
    with duckdb.connect(config={"temp_directory": str(folder), "memory_limit": MEMORY}) as database:
        database.execute(f"""
            COPY (SELECT * FROM ({imports}) FULL JOIN ({exports}) USING (year, product, economy) ORDER BY product, economy)
            TO '{totals}' (FORMAT parquet, COMPRESSION zstd)
        """)  # nosec B608: a path of the store, quoted
        database.execute(f"""
            COPY (SELECT product, count(*) AS flows, median(ln(value / quantity)) AS middle,
                         mad(ln(value / quantity)) AS spread
                  FROM '{flows}' WHERE value > 0 AND quantity > 0 GROUP BY product ORDER BY product)
            TO '{products}' (FORMAT parquet, COMPRESSION zstd)
        """)  # nosec B608: a path of the store, quoted
        asked = f"SELECT max(month) > 0 FROM '{flows}'"  # nosec B608: a path of the store, quoted
        (monthly,) = database.execute(asked).fetchall()[0]
        flow = _YEARLY.format(flows=flows) if monthly else f"'{flows}' WHERE reported_by <> 'exporter'"
        database.execute(f"""
            COPY (SELECT importer, product, year, sum(value) AS value, count(*) AS suppliers,
                         arg_max(exporter, value) AS top_supplier, max(value) / sum(value) AS top_share,
                         sum(value * value) / sum(value) ** 2 AS herfindahl_hirschman_index
                  FROM {flow} GROUP BY importer, product, year HAVING sum(value) > 0 ORDER BY importer, product)
            TO '{groups}' (FORMAT parquet, COMPRESSION zstd)
        """)  # nosec B608: a path of the store, quoted


def folder_checksum(folder: Path) -> str:
    """``sha256:`` over the Parquet files of a partition, in the order of `FILES`."""
    digest = hashlib.sha256()
    for name in FILES:
        with (folder / name).open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "sha256").digest())
    return "sha256:" + digest.hexdigest()


def commit(store: Path, made: Iterable[tuple[Path, Partition]], before: tuple[Partition, ...]) -> None:
    """Take finished partitions into a store, all or none.

    Parameters
    ----------
    store : Path
        Made if it is not there.
    made : iterable of (folder, Partition)
        Folders on the same file system as the store; they are moved.
    before : tuple of Partition
        The manifest the partitions were made beside.

    Raises
    ------
    FactError
        If another ingest changed the store in the meantime.
    """
    made = list(made)
    parts = store / PARTS
    parts.mkdir(parents=True, exist_ok=True)
    if read_manifest(store) != before:
        raise FactError(f"{store} was changed by another ingest in the meantime. Run this one again.")
    replaced = {_key(partition) for _, partition in made}
    kept = [partition for partition in before if _key(partition) not in replaced]
    for folder, partition in made:
        target = parts / partition.folder
        if not target.exists():  # its name holds its checksum: what is there is the same
            os.replace(folder, target)
    _write_manifest(store, [*kept, *(partition for _, partition in made)])
    named = {partition.folder for partition in read_manifest(store)}
    for stale in parts.iterdir():
        if stale.name not in named:
            shutil.rmtree(stale, ignore_errors=True)


def _key(partition: Partition) -> tuple[object, ...]:
    return (partition.kind, partition.edition, partition.nomenclature, partition.frequency, partition.year)


def _write_manifest(store: Path, partitions: list[Partition]) -> None:
    entries = [dataclasses.asdict(partition) for partition in sorted(partitions, key=lambda p: p.folder)]
    text = json.dumps({"format": FORMAT, "partitions": entries}, indent=1, default=str, ensure_ascii=False)
    draft = store / f"{MANIFEST}.new"
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, store / MANIFEST)


def _partition(entry: dict[str, Any]) -> Partition:
    return Partition(
        **{
            **entry,
            "known_from": dt.date.fromisoformat(entry["known_from"]),
            "read": dt.date.fromisoformat(entry["read"]),
            "files": tuple((name, checksum) for name, checksum in entry["files"]),
        }
    )
