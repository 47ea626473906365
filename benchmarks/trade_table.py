"""A year of 11 M rows in CEPII's layout and thirty of them: our reader and store beside pandas, Polars and DuckDB.

Each case runs in a process of its own, several times, the peers between ours; seconds by the clock and memory at its
peak. From CSV all do the same: read the file, group by importer and product, find the largest supplier and its share.
Ours also checks every row. ``--years 30`` makes a store of 330 M rows (about 4 GB, removed afterwards) by drawing each
year's values anew on the first year's pairs, and asks it for one importer's ranking.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks._trade_made import write_codes, write_year

YEAR = 2022
IMPORTER = "JPN"


def in_pandas(flows: Path, _: Path) -> int:
    import pandas as pd

    table = pd.read_csv(flows, usecols=["i", "j", "k", "v"], dtype={"i": "int16", "j": "int16", "k": "int32"})
    groups = table.groupby(["j", "k"], sort=False)["v"]
    top = table.loc[groups.idxmax(), ["j", "k", "i", "v"]].set_index(["j", "k"])
    return len(top.assign(share=top["v"] / groups.sum()))


def in_polars(flows: Path, _: Path) -> int:
    import polars as pl

    kinds = {"i": pl.Int16, "j": pl.Int16, "k": pl.Int32, "v": pl.Float64}
    lazy = pl.scan_csv(flows, schema_overrides=kinds).select("i", "j", "k", "v")
    top = lazy.group_by("j", "k").agg(
        top=pl.col("i").get(pl.col("v").arg_max()), share=pl.col("v").max() / pl.col("v").sum()
    )
    return top.collect().height


def in_duckdb(flows: Path, _: Path) -> int:
    import duckdb

    return len(
        duckdb.sql(
            "SELECT j, k, arg_max(i, v) AS top, max(v) / sum(v) AS share FROM read_csv($path, header = true,"
            " auto_detect = false, columns = {'t': 'SMALLINT', 'i': 'SMALLINT', 'j': 'SMALLINT', 'k': 'INTEGER',"
            " 'v': 'DOUBLE', 'q': 'VARCHAR'}) GROUP BY j, k",
            params={"path": str(flows)},
        ).to_arrow_table()
    )


def ours_from_csv(flows: Path, _: Path) -> int:
    import duckdb

    from lodestone.facts.place import data_folder
    from lodestone.facts.readers import baci
    from lodestone.facts.trade_nouns import Document
    from lodestone.facts.trade_partners import read_partners

    paths = [flows, *flows.parent.glob("*_codes_*.csv")]
    edition = baci.edition_of(tuple(Document(path.name, path, "") for path in paths), read_partners(data_folder()))
    database = duckdb.connect(config={"preserve_insertion_order": False})
    sql = baci.flows_sql(database, edition.context, YEAR)
    return len(
        database.sql(
            f"SELECT importer, product, arg_max(exporter, value) AS top, max(value) / sum(value) AS share"
            f" FROM ({sql}) GROUP BY ALL",
            params={"path": str(flows)},
        ).to_arrow_table()
    )


def ingest_it(flows: Path, store: Path) -> int:
    from lodestone.facts.ingest import ingest
    from lodestone.facts.place import data_folder

    shutil.rmtree(store, ignore_errors=True)
    return ingest("baci", [flows, *flows.parent.glob("*_codes_*.csv")], store, data_folder()).rows_kept


def all_groups(_: Path, store: Path) -> int:
    import duckdb

    from lodestone.facts.store import partitions_of, paths_of

    paths = paths_of(store, partitions_of(store)[-1:], "groups.parquet")
    return len(duckdb.sql("FROM read_parquet($paths)", params={"paths": paths}).to_arrow_table())


def all_groups_again(_: Path, store: Path) -> int:
    import duckdb

    from lodestone.facts.store import partitions_of, paths_of

    paths = paths_of(store, partitions_of(store)[-1:], "flows.parquet")
    return len(
        duckdb.sql(
            "SELECT importer, product, arg_max(exporter, value) AS top, max(value) / sum(value) AS share"
            " FROM read_parquet($paths) GROUP BY ALL",
            params={"paths": paths},
        ).to_arrow_table()
    )


def one_importer(_: Path, store: Path) -> int:
    import duckdb

    from lodestone.facts.store import partitions_of, paths_of

    paths = paths_of(store, partitions_of(store)[-1:], "flows.parquet")
    return len(
        duckdb.sql(
            "SELECT product, arg_max(exporter, value) AS top, max(value) / sum(value) AS share"
            " FROM read_parquet($paths) WHERE importer = $importer GROUP BY ALL",
            params={"paths": paths, "importer": IMPORTER},
        ).to_arrow_table()
    )


def ranking(_: Path, store: Path) -> int:
    from lodestone.exposure.trade_ranking import trade_ranking
    from lodestone.facts.place import data_folder

    return trade_ranking(store, data_folder(), IMPORTER, least_value=0).products


def one_product(_: Path, store: Path) -> int:
    from lodestone.exposure.trade import trade_exposure
    from lodestone.facts.place import data_folder

    return len(trade_exposure(store, data_folder(), "010100", IMPORTER).suppliers)


FROM_CSV = {
    "pandas": in_pandas,
    "Polars": in_polars,
    "DuckDB": in_duckdb,
    "Lodestone, every row checked": ours_from_csv,
}
if not find_spec("polars"):  # a peer of benchmarks/requirements-peers.in
    del FROM_CSV["Polars"]
INGEST = {"Lodestone, into the store": ingest_it}
FROM_STORE = {
    "all groups, kept at ingest": all_groups,
    "all groups, from the flows": all_groups_again,
    "one importer": one_importer,
    "ranking of one importer": ranking,
    "one product": one_product,
}


def measured(case: Callable[[Path, Path], int], flows: Path, store: Path) -> tuple[float, float, int]:
    """Seconds, GB at the peak beyond what imports need, and the answer's size; in a fresh process."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs, case, flows, store))
    process.start()
    found = ours.recv()
    process.join()
    return found


def _run(pipe: object, case: Callable[[Path, Path], int], flows: Path, store: Path) -> None:
    for module in ("duckdb", "pandas", "polars", "pyarrow.parquet", "lodestone.exposure.trade_ranking"):
        if find_spec(module.split(".")[0]):
            import_module(module)  # a start is not what is measured
    base = _peak()
    start = time.perf_counter()
    size = case(flows, store)
    seconds = time.perf_counter() - start
    pipe.send((seconds, (_peak() - base) / 1e6, size))  # type: ignore[attr-defined]


def _peak() -> float:
    """Memory at its peak, thousand bytes: of this program alone, not of the one that started it, where the system tells."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def compare(cases: dict[str, Callable[[Path, Path], int]], flows: Path, store: Path, repeats: int) -> list[dict]:
    """Each case in turn, several rounds; the best and the worst of each."""
    rounds = [{name: measured(case, flows, store) for name, case in cases.items()} for _ in range(repeats)]
    return [
        {
            "case": name,
            "seconds": round(min(one[name][0] for one in rounds), 3),
            "slowest": round(max(one[name][0] for one in rounds), 3),
            "GB": round(max(one[name][1] for one in rounds), 2),
            "rows": rounds[0][name][2],
        }
        for name in cases
    ]


def add_years(store: Path, years: int) -> int:
    """Partitions of earlier years beside the one there is, values drawn anew; returns the rows of the store."""
    import dataclasses

    import duckdb

    from lodestone.facts.store import PARTS, commit, folder_checksum, read_manifest, write_derived

    before = read_manifest(store)
    (newest,) = before
    flows = store / PARTS / newest.folder / "flows.parquet"
    made = []
    for back in range(1, years):
        folder = store / f"year-{back}"
        folder.mkdir()
        with duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(store)}) as database:
            database.execute(
                f"COPY (SELECT importer, product, exporter, (year - {back})::USMALLINT AS year, month,"
                f" value * (0.2 + hash(exporter, product, {back}) / 1e19) AS value, quantity, reported_by FROM '{flows}')"
                f" TO '{folder / 'flows.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
            )
        write_derived(folder)
        changed = {"year": newest.year - back, "folder": f"{newest.folder}-{back}", "checksum": folder_checksum(folder)}
        made.append((folder, dataclasses.replace(newest, **changed)))
    commit(store, made, before)
    return sum(partition.rows for partition in read_manifest(store))


def main() -> None:
    """Print the tables, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=11_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--years", type=int, default=1, help="years in the store for the ranking")
    parser.add_argument("--folder", type=Path, help="keep the made files here and use them again")
    parser.add_argument("--quick", action="store_true", help="small, once, two years")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.quick:
        given.rows, given.repeats, given.years = 50_000, 1, 2
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parent.parent))
    with tempfile.TemporaryDirectory() as held:
        folder = given.folder or Path(held)
        folder.mkdir(parents=True, exist_ok=True)
        flows = next(iter(folder.glob(f"BACI_HS92_Y{YEAR}_*.csv")), None)
        if flows is None:
            write_codes(folder)
            flows = write_year(folder, YEAR, given.rows)
        store = Path(held) / "store"
        tables = {
            "from CSV": compare(FROM_CSV, flows, store, given.repeats),
            "ingest": compare(INGEST, flows, store, 1),
            "from the store": compare(FROM_STORE, flows, store, given.repeats),
        }
        if given.years > 1:
            rows = add_years(store, given.years)
            tables[f"{given.years} years, {rows:,} rows"] = compare({"ranking": ranking}, flows, store, given.repeats)
    if given.json:
        print(json.dumps(tables, indent=1))
        return
    for title, table in tables.items():
        print(f"\n{title}\n{'':<34}{'best s':>9}{'worst s':>9}{'GB':>7}{'rows':>12}")
        for row in table:
            print(f"{row['case']:<34}{row['seconds']:>9}{row['slowest']:>9}{row['GB']:>7}{row['rows']:>12,}")


if __name__ == "__main__":
    main()
