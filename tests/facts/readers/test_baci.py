"""CEPII BACI: every documented trap, every row accounted for, totals equal to an independent computation."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults, LodestoneError
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.readers import baci
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import Document, TradeRow
from lodestone.facts.trade_partners import read_partners
from tests.facts.readers.baci_sample import (
    COUNTRIES_BEFORE_2024,
    FLOWS,
    write_release,
    zip_release,
)


def flows_of(store: Path) -> pd.DataFrame:
    (partition,) = read_manifest(store)
    return duckdb.sql(f"FROM '{store / PARTS / partition.folder / 'flows.parquet'}'").df()


def edition_of(paths: list[Path]) -> baci.Edition:
    documents = tuple(Document(path.name, path, "") for path in paths)
    return baci.edition_of(documents, read_partners(data_folder()))


def test_the_archive_as_published_is_kept_whole(tmp_path: Path) -> None:
    report = ingest("baci", [zip_release(tmp_path)], tmp_path / "store", data_folder())
    assert (report.rows_read, report.rows_kept, report.no_quantity, report.left_out) == (7, 7, 1, ())
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.edition, partition.nomenclature, partition.year) == ("202401b", "HS92", 2022)
    assert str(partition.known_from) == "2024-01-31"  # the release's month, not the day it was read


def test_totals_equal_those_of_the_decimal_arithmetic_of_the_text(tmp_path: Path) -> None:
    ingest("baci", write_release(tmp_path / "in"), tmp_path / "store", data_folder())
    cells = [row.split(",") for row in FLOWS]
    value = sum(Decimal(row[4]) for row in cells)
    quantity = sum(Decimal(row[5]) for row in cells if "NA" not in row[5])
    flows = flows_of(tmp_path / "store")
    assert flows["value"].sum() == pytest.approx(float(value), abs=1e-9)
    assert flows["quantity"].sum() == pytest.approx(float(quantity), abs=1e-9)


def test_a_missing_weight_is_absent_and_a_rounded_one_is_zero(tmp_path: Path) -> None:
    ingest("baci", write_release(tmp_path / "in"), tmp_path / "store", data_folder())
    flows = flows_of(tmp_path / "store").set_index(["importer", "product", "exporter"])["quantity"]
    assert pd.isna(flows["JPN", "850511", "USA"])
    assert flows["JPN", "284690", "CHN"] == 0


def test_numbers_are_those_of_the_united_nations(tmp_path: Path) -> None:
    ingest("baci", write_release(tmp_path / "in"), tmp_path / "store", data_folder())
    assert set(flows_of(tmp_path / "store")["exporter"]) == {"CHN", "TWN", "USA", "CHE", "JPN"}


def test_the_older_table_of_countries_is_read_too(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in", countries=COUNTRIES_BEFORE_2024)
    ingest("baci", paths, tmp_path / "store", data_folder())
    assert "TWN" in set(flows_of(tmp_path / "store")["exporter"])


def test_a_code_that_lost_its_zero_is_given_it_back(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in", flows=["2022,392,842,10121,12.125,3"])
    ingest("baci", paths, tmp_path / "store", data_folder())
    assert list(flows_of(tmp_path / "store")["product"]) == ["010121"]


def test_the_fast_way_is_taken_and_gives_the_same_flows(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in")
    edition = edition_of(paths)
    found = baci.fast(edition.documents[0], edition, tmp_path / "fast.parquet")
    assert found is not None and (found.rows, found.no_quantity) == (7, 1)
    fast = duckdb.sql(f"SELECT importer, product, exporter, value, quantity FROM '{tmp_path / 'fast.parquet'}'").df()
    slow = pd.DataFrame(baci.rows_of(edition.documents[0], edition))[list(fast.columns)]
    slow = slow.sort_values(["importer", "product", "exporter"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(fast.astype(slow.dtypes), slow, check_dtype=False)


WRONG = {
    "2022,156,392,850511,x,1": "not a number",
    "2022,156,392,850511,NaN,1": "not a number",
    "2022,156,392,850511,1_0,1": "not a number",
    "2022,156,392,850511,-5,1": "negative",
    "2022,156,392,850511,5,-1": "negative",
    "2022,156,392,850511,5e12,1": "absurd",
    "2022,156,392,850511,5,1e11": "absurd",
    "2022,36,392,850511,5,1": "unknown economy",
    "2022,156,1e2,850511,5,1": "unknown economy",
    "2022,156,392,850599,5,1": "unknown product",
    "2022,156,392,8505,5,1": "unknown product",
    "2021,156,392,850511,5,1": "another period",
    "2022,156,392,850511,5": "broken row",
    "2022,156,392,850511,5,1,": "broken row",
    '2022,156,392,850511,5,"1': "broken row",
    "": "broken row",
    "2022;156;392;850511;5,1;2": "broken row",
    FLOWS[0]: "duplicate",
}


@pytest.mark.parametrize(("row", "reason"), WRONG.items())
def test_a_wrong_row_is_named_with_its_line_and_nothing_is_stored(tmp_path: Path, row: str, reason: str) -> None:
    paths = write_release(tmp_path / "in", flows=[*FLOWS, row, "2022,842,392,284690,1,1"])
    with pytest.raises(IngestRefused) as refused:
        ingest("baci", paths, tmp_path / "store", data_folder())
    report = refused.value.report
    (one,) = report.left_out
    assert (one.reason, one.fault, one.rows) == (reason, True, 1)
    assert one.first[0][1] == len(FLOWS) + 2
    assert report.rows_read == report.rows_kept + one.rows == len(FLOWS) + 2
    assert f"{paths[0].name}:{len(FLOWS) + 2}" in str(refused.value)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("row", [row for row in WRONG if row != FLOWS[0]])
def test_the_fast_way_leaves_a_wrong_row_to_the_careful_one(tmp_path: Path, row: str) -> None:
    edition = edition_of(write_release(tmp_path / "in", flows=["2022,842,392,284690,1,1", row]))
    assert baci.fast(edition.documents[0], edition, tmp_path / "fast.parquet") is None


def test_the_careful_way_gives_a_code_its_zero_back_too(tmp_path: Path) -> None:
    edition = edition_of(write_release(tmp_path / "in", flows=["2022,392,842,10121,12.125,3"]))
    (row,) = baci.rows_of(edition.documents[0], edition)
    assert isinstance(row, TradeRow) and row.product == "010121"


def test_trade_with_oneself_is_set_aside(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in", flows=[*FLOWS, "2022,392,392,850511,1,1"])
    report = ingest("baci", paths, tmp_path / "store", data_folder())
    assert [(one.reason, one.fault, one.rows) for one in report.left_out] == [("own trade", False, 1)]
    assert "JPN" not in flows_of(tmp_path / "store").query("importer == 'JPN'")["exporter"].tolist()


def test_all_wrong_rows_come_together(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in", flows=[*FLOWS, *WRONG])
    with pytest.raises(IngestRefused) as refused:
        ingest("baci", paths, tmp_path / "store", data_folder())
    assert sum(one.rows for one in refused.value.report.left_out) == len(WRONG)
    assert {one.reason for one in refused.value.report.left_out} == set(WRONG.values())


def test_mixed_encodings_are_named_by_line(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in")
    paths[0].write_bytes(paths[0].read_bytes() + "2022,156,392,850511,5,１\n".encode("utf-16-le"))
    with pytest.raises(IngestRefused, match="not text"):
        ingest("baci", paths, tmp_path / "store", data_folder())


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"header": "t,hs6,i,j,v,q"}, "the header is not this layout's: t, hs6, i, j, v, q"),
        ({"header": "t;i;j;k;v;q"}, "the header is not this layout's"),
        ({"countries": "code,name\n156,China\n"}, "no columns country_code and country_iso3"),
        ({"year": 2099, "flows": ["2099,156,392,850511,5,1"]}, "future"),
    ],
)
def test_a_file_of_another_layout_or_year_is_refused(tmp_path: Path, terms: dict[str, object], said: str) -> None:
    with pytest.raises(LodestoneError, match=said):
        ingest("baci", write_release(tmp_path / "in", **terms), tmp_path / "store", data_folder())  # type: ignore[arg-type]
    assert not (tmp_path / "store").exists()


def test_releases_and_years_are_not_mixed(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "a") + write_release(tmp_path / "b", release="202501")
    with pytest.raises(Faults, match="releases 202401b, 202501"):
        ingest("baci", paths, tmp_path / "store", data_folder())


def test_the_same_year_given_twice_is_a_duplicate(tmp_path: Path) -> None:
    paths = write_release(tmp_path / "a") + write_release(tmp_path / "b")[:1]
    with pytest.raises(LodestoneError, match="given twice"):
        ingest("baci", paths, tmp_path / "store", data_folder())


def test_the_table_of_countries_must_come_along(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="the table of countries is missing"):
        ingest("baci", write_release(tmp_path / "in")[:1], tmp_path / "store", data_folder())
