"""From rows as a reader yields them to one sorted Parquet file a year, with every row accounted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lodestone.facts.trade_nouns import FLOW_COLUMNS, REASONS, LeftOut, Row, SetAside, TakenUp, TradeRow

BATCH = 100_000
MOST_SHOWN = 20
MEMORY = "2GB"


@dataclass
class Tally:
    """Counts while files are read; each reason keeps its first rows as (file, line, detail)."""

    rows: int = 0
    no_value: int = 0
    no_quantity: int = 0
    years: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    first: dict[str, list[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def leave_out(self, file: str, row: SetAside) -> None:
        """Count a row that is left out."""
        self.counts[row.reason] += 1
        if len(self.first[row.reason]) < MOST_SHOWN:
            self.first[row.reason].append((file, row.line, row.detail))

    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out by reason: faults first, the largest first."""
        held = (
            LeftOut(reason, REASONS[reason].text, REASONS[reason].fault, count, tuple(self.first[reason]))
            for reason, count in self.counts.items()
        )
        return tuple(sorted(held, key=lambda one: (not one.fault, -one.rows, one.reason)))


def stage_rows(name: str, rows: Iterable[Row], target: Path, tally: Tally) -> int:
    """Write the rows that are kept to a Parquet file, as they come; count the others.

    Parameters
    ----------
    name : str
        What the file is called in the report.
    rows : iterable of TradeRow, SetAside or TakenUp
    target : Path
        Written even if no row is kept.
    tally : Tally
        Gains every row.

    Returns
    -------
    int
        Rows kept.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(pa)
    kept, batch = 0, list[TradeRow]()
    with pq.ParquetWriter(target, schema) as writer:
        for row in rows:
            tally.rows += 1
            if isinstance(row, SetAside):
                tally.leave_out(name, row)
                continue
            if isinstance(row, TakenUp):
                kept += 1
                continue
            batch.append(row)
            if len(batch) == BATCH:
                kept += _write(pa, writer, schema, name, batch, tally)
        kept += _write(pa, writer, schema, name, batch, tally)
    return kept


def take_out_duplicates(staged: list[Path], tally: Tally) -> None:
    """Count rows as duplicates that are alike in all but their figures; the first of each stays.

    Parameters
    ----------
    staged : list of Path
        Files of `stage_rows`.
    tally : Tally
        Gains a fault for each.
    """
    import duckdb

    if not staged:
        return
    with duckdb.connect(config=_config(staged[0].parent)) as database:
        found = database.execute(
            """
            SELECT file, line, product, importer, exporter FROM (
                SELECT file, line, product, importer, exporter, row_number() OVER (
                    PARTITION BY year, month, importer, exporter, product, reported_by, part ORDER BY file, line) AS place
                FROM read_parquet($files))
            WHERE place > 1 ORDER BY file, line
            """,
            {"files": [str(path) for path in staged]},
        ).fetchall()
    for file, line, product, importer, exporter in found:
        tally.leave_out(file, SetAside(line, "duplicate", f"{product} {exporter} to {importer}"))


def write_year(sources: list[Path], year: int, folder: Path) -> int:
    """One year's flows, sorted by importer, product and exporter, parts added up; returns their number.

    A sum of which a part is not known is not known: it is null, never the sum of the others.

    Parameters
    ----------
    sources : list of Path
        Files of `stage_rows`.
    year : int
    folder : Path
        Gains ``flows.parquet`` with the columns of `FLOW_COLUMNS`.
    """
    import duckdb

    with duckdb.connect(config=_config(folder)) as database:
        database.execute(
            f"""
            COPY (
                SELECT importer, product, exporter, year::USMALLINT AS year, month::UTINYINT AS month,
                       CASE WHEN count(value) = count(*) THEN sum(value) END AS value,
                       CASE WHEN count(quantity) = count(*) THEN sum(quantity) END AS quantity, reported_by
                FROM read_parquet($files) WHERE year = $year
                GROUP BY importer, product, exporter, year, month, reported_by
                ORDER BY importer, product, exporter, month, reported_by
            ) TO '{quoted(folder / "flows.parquet")}' (FORMAT parquet, COMPRESSION zstd)
            """,  # nosec B608: a path of the store, quoted
            {"files": [str(path) for path in sources], "year": year},
        )
        counted = f"SELECT count(*) FROM '{quoted(folder / 'flows.parquet')}'"  # nosec B608: a path of the store, quoted
        (count,) = database.execute(counted).fetchall()[0]
    return int(count)


def holds_duplicates(flows: Path) -> bool:
    """Whether a sorted file of flows holds one twice."""
    import duckdb

    with duckdb.connect(config=_config(flows.parent)) as database:
        found = database.execute(
            """
            SELECT 1 FROM (SELECT importer = lag(importer) OVER () AND product = lag(product) OVER ()
                           AND exporter = lag(exporter) OVER () AS again FROM read_parquet($flows))
            WHERE again LIMIT 1
            """,
            {"flows": str(flows)},
        ).fetchall()
    return bool(found)


def _schema(pa: Any) -> Any:
    text, number = pa.string(), pa.float64()
    kinds = {"year": pa.int16(), "month": pa.uint8(), "value": number, "quantity": number, "line": pa.int64()}
    names = ("file", "line", *FLOW_COLUMNS, "part")
    return pa.schema([(name, kinds.get(name, text)) for name in names])


def _write(pa: Any, writer: Any, schema: Any, name: str, batch: list[TradeRow], tally: Tally) -> int:
    """Write and empty a batch; returns its rows."""
    count = len(batch)
    if count:
        columns: dict[str, Any] = dict(zip(TradeRow._fields, zip(*batch, strict=True), strict=True)) | {
            "file": [name] * count
        }
        tally.no_value += sum(value is None for value in columns["value"])
        tally.no_quantity += sum(quantity is None for quantity in columns["quantity"])
        tally.years |= set(columns["year"])
        writer.write_table(pa.table([columns[key] for key in schema.names], schema=schema))
        batch.clear()
    return count


def _config(folder: Path) -> dict[str, Any]:
    return {"temp_directory": str(folder), "memory_limit": MEMORY}


def quoted(path: Path) -> str:
    """A path between single quotes of SQL."""
    return str(path).replace("'", "''")
