"""The US Census Bureau's answers, and a plain table of one's own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults, LodestoneError
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.census_sample import EXPORT_HEADER, IMPORTS, IMPORTS_ASIDE, as_json, imported
from tests.facts.readers.comtrade_sample import write
from tests.facts.readers.plain_sample import PLAIN


def read(folder: Path, kind: str, content: bytes, name: str = "answer.json") -> IngestReport:
    return ingest(kind, [write(folder / "in" / name, content)], folder / "store", data_folder())


def flows_of(store: Path) -> pd.DataFrame:
    (partition,) = read_manifest(store)
    return duckdb.sql(f"FROM '{store / PARTS / partition.folder / 'flows.parquet'}'").df()


def test_census_rows_are_accounted_for(tmp_path: Path) -> None:
    report = read(tmp_path, "census", as_json())
    assert report.rows_read == len(IMPORTS) == report.rows_kept + sum(one.rows for one in report.left_out)
    assert {one.reason: one.rows for one in report.left_out} == IMPORTS_ASIDE


def test_census_totals_by_hand(tmp_path: Path) -> None:
    read(tmp_path, "census", as_json())
    flows = flows_of(tmp_path / "store").set_index("exporter")
    assert flows["value"].to_dict() == {"CHN": 900, "KOR": 80, "JPN": 7}
    assert flows.at["CHN", "quantity"] == 20 and flows.at["KOR", "quantity"] == 40  # the second quantity is the weight
    assert pd.isna(flows.at["JPN", "quantity"])
    assert set(flows["importer"]) == {"USA"}


def test_census_exports_domestic_and_foreign(tmp_path: Path) -> None:
    rows = (
        ["5880", "JAPAN", "5000", "70", "KG", "DET", "-", "2805300000", "HS10", "2024-03"],
        ["5880", "JAPAN", "4000", "60", "KG", "DET", "1", "2805300000", "HS10", "2024-03"],
        ["4280", "GERMANY", "900", "9", "KG", "DET", "1", "2805300000", "HS10", "2024-03"],
        ["4280", "GERMANY", "100", "1", "KG", "DET", "2", "2805300000", "HS10", "2024-03"],
    )
    read(tmp_path, "census", as_json(rows, EXPORT_HEADER))
    flows = flows_of(tmp_path / "store").set_index("importer")
    assert flows["value"].to_dict() == {"JPN": 5, "DEU": 1}
    assert flows["quantity"].to_dict() == pytest.approx({"JPN": 0.07, "DEU": 0.01})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (imported("900000"), "duplicate"),
        (imported("x", country=("5490", "THAILAND")), "not a number"),
        (imported("-5", country=("5490", "THAILAND")), "negative"),
        (imported("5", country=("9999", "ATLANTIS")), "unknown economy"),
        (imported("5", code="85051100701"), "unknown product"),
        (imported("5", month="13"), "another period"),
        ([*imported("5")[:-1], "2805300000"], "broken row"),
        (imported("5")[:-1], "broken row"),
    ],
)
def test_a_wrong_census_row_is_named(tmp_path: Path, row: list[str], reason: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, "census", as_json((imported("900000"), row)))
    faults = [one for one in refused.value.report.left_out if one.fault]
    assert [(one.reason, one.first[0][1]) for one in faults] == [(reason, 3)]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"[1]", b'[["a"]]', b'{"error": "no key"}'])
def test_no_answer_of_the_census(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Faults):
        read(tmp_path, "census", content)


def test_a_plain_table(tmp_path: Path) -> None:
    report = read(tmp_path, "plain", PLAIN, "magnets-HS17-EUR.csv")
    assert (report.rows_read, report.rows_kept) == (6, 4)
    assert {one.reason for one in report.left_out} == {"partner aggregate", "no figure"}
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.nomenclature, partition.value_unit) == ("HS17", "thousand EUR")
    flows = flows_of(tmp_path / "store").set_index(["exporter", "reported_by"])
    assert pd.isna(flows.at[("VNM", "importer"), "quantity"]) and flows.at[("KOR", "importer"), "quantity"] == 0
    assert report.mirror[2023].value_of_exporters == 750


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b"year,", b"jahr,"), "year.*the column is missing"),
        ((b",", b";"), "the column is missing"),
        ((b"850511,800,20", b"850511,800.5.1,20"), "not a number"),
        ((b"850511,800,20", b"850511,800,20,1"), "broken row"),
        ((b"JPN,CHN", b"JPN,CHX"), "unknown economy"),
        ((b"2023,,JPN,CHN,850511,800", b"2023,14,JPN,CHN,850511,800"), "another period"),
        ((b"19,exporter,", b"19,importer,"), "duplicate"),
    ],
)
def test_a_wrong_plain_table(tmp_path: Path, change: tuple[bytes, bytes], said: str) -> None:
    with pytest.raises(LodestoneError, match=said):
        read(tmp_path, "plain", PLAIN.replace(*change))
    assert not (tmp_path / "store").exists()
