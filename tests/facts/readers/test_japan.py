"""Trade Statistics of Japan: months beside the year so far, two quantities, the customs' own country numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from tests.facts.readers.japan_sample import MAGNETS, ROWS, as_csv, files, row


def flows_of(store: Path) -> pd.DataFrame:
    (partition,) = read_manifest(store)
    return duckdb.sql(f"FROM '{store / PARTS / partition.folder / 'flows.parquet'}'").df()


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_a_row_is_its_months_and_the_year_so_far(tmp_path: Path, encoding: str) -> None:
    report = ingest("japan", files(tmp_path / "in", as_csv(encoding=encoding)), tmp_path / "store", data_folder())
    assert report.rows_read == 13 * len(ROWS)
    assert {one.reason: one.rows for one in report.left_out} == {"cumulative": 5, "no trade": 60 - 7}
    assert (report.rows_kept, report.no_quantity) == (7, 1)


def test_totals_by_hand(tmp_path: Path) -> None:
    ingest("japan", files(tmp_path / "in"), tmp_path / "store", data_folder())
    flows = flows_of(tmp_path / "store")
    assert flows["value"].sum() == 650_000 + 500_250 + 3 + 9_000 + 1_000 + 70_000 + 8_000
    assert flows["quantity"].sum() == pytest.approx(120 + 90.5 + 0 + 0.7 + 2 + 0.3)  # KG, and MT are tonnes
    assert set(flows["product"]) == {"850511000", "284690100"}


def test_sides_and_currency(tmp_path: Path) -> None:
    ingest("japan", files(tmp_path / "in"), tmp_path / "store", data_folder())
    flows = flows_of(tmp_path / "store")
    assert set(flows.loc[flows["reported_by"] == "exporter", "exporter"]) == {"JPN"}
    assert set(flows.loc[flows["reported_by"] == "importer", "exporter"]) == {"CHN", "KOR", "USA"}
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.value_unit, partition.frequency, str(partition.known_from)) == (
        "thousand JPY", "month", "2024-04-20",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "reason", "rows"),
    [
        ({"year_value": 1_150_300}, "does not add up", 1),
        ({"hs": "'85051100'"}, "unknown product", 13),
        ({"country": "'999'"}, "unknown economy", 13),
        ({"flow": "3"}, "unknown code", 13),
        ({"year": 2099}, "future", 3),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, changed: dict[str, object], reason: str, rows: int) -> None:
    paths = files(tmp_path / "in", as_csv((ROWS[1], row(MAGNETS, **changed))))  # type: ignore[arg-type]
    with pytest.raises(IngestRefused) as refused:
        ingest("japan", paths, tmp_path / "store", data_folder())
    (one,) = [one for one in refused.value.report.left_out if one.fault]
    assert (one.reason, one.rows, one.first[0][1]) == (reason, rows, 3)


def test_the_table_of_countries_must_come_along(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="the table of country codes is missing"):
        ingest("japan", files(tmp_path / "in")[:1], tmp_path / "store", data_folder())


def test_a_country_nobody_knows_is_named(tmp_path: Path) -> None:
    paths = files(tmp_path / "in")
    paths[1].write_text("code,name\n105,Cathay\n")
    with pytest.raises(Faults, match=r"country_codes\.csv:2 \[label\]: no economy is known for 'Cathay'"):
        ingest("japan", paths, tmp_path / "store", data_folder())
