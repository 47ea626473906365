"""Eurostat's Comext, bulk and SDMX-CSV: groups, secret partners and codes, procedures, value and weight apart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.comext_sample import (
    BULK,
    OLDER_BULK_HEADER,
    SDMX,
    SDMX_ASIDE,
    WEIGHT,
    as_bulk,
    as_sdmx,
    bulk,
    one,
    sdmx,
)


def read(folder: Path, content: bytes) -> IngestReport:
    return ingest("comext", one(folder / "in", content), folder / "store", data_folder())


def flows_of(store: Path) -> pd.DataFrame:
    (partition,) = read_manifest(store)
    return duckdb.sql(f"FROM '{store / PARTS / partition.folder / 'flows.parquet'}'").df()


def test_bulk_rows_are_accounted_for(tmp_path: Path) -> None:
    report = read(tmp_path, as_bulk())
    assert report.rows_read == len(BULK) == report.rows_kept + sum(one.rows for one in report.left_out)
    assert {one.reason: one.rows for one in report.left_out} == {"confidential": 1, "own trade": 1}


def test_procedures_are_added_up_and_secret_partners_are_places_not_named(tmp_path: Path) -> None:
    read(tmp_path, as_bulk())
    flows = flows_of(tmp_path / "store").set_index(["importer", "exporter", "product"])
    assert flows.at[("DEU", "CHN", "85051110"), "value"] == 1_500
    assert flows.at[("DEU", "CHN", "85051110"), "quantity"] == 29
    assert flows.at[("DEU", "NES", "85051110"), "value"] == 10
    assert pd.isna(flows.at[("DEU", "NES", "85051110"), "quantity"])  # one of the two was not weighed
    assert flows.at[("USA", "DEU", "85051110"), "reported_by"] == "exporter"
    assert flows.at[("DEU", "GBR", "85051110"), "value"] == pytest.approx(2.6)  # XU and XI
    assert ("DEU", "FRA", "01012100") in flows.index


def test_parts_of_a_partner_are_set_aside_where_the_whole_stands(tmp_path: Path) -> None:
    report = read(tmp_path, as_bulk((bulk(2_600, 31, partner="GB"), bulk(2_500, 30, partner="XU"))))
    assert [(one.reason, one.rows) for one in report.left_out] == [("breakdown", 1)]


def test_a_total_over_regimes_is_not_added_to_them(tmp_path: Path) -> None:
    rows = (bulk(10_000, 10, procedure="4"), bulk(8_000, 8), bulk(2_000, 2, procedure="2"))
    report = read(tmp_path, as_bulk(rows))
    assert flows_of(tmp_path / "store")["value"].tolist() == [10]
    assert [(one.reason, one.rows) for one in report.left_out] == [("breakdown", 2)]


def test_the_older_bulk_layout(tmp_path: Path) -> None:
    row = "004,DE,720,CN,E,85051110,77881,,27902,,22,411,16,1,1,A,201903,1000000,20000,0"
    read(tmp_path, as_bulk((row,), OLDER_BULK_HEADER))
    assert flows_of(tmp_path / "store")[["importer", "exporter", "value", "quantity"]].to_numpy().tolist() == [
        ["DEU", "CHN", 1_000, 20]
    ]


def test_month_52_is_the_year(tmp_path: Path) -> None:
    read(tmp_path, as_bulk((bulk(period="202352"),)))
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.year, partition.frequency, str(partition.known_from)) == (2023, "year", "2024-06-30")


def test_sdmx_rows_are_accounted_for(tmp_path: Path) -> None:
    report = read(tmp_path, as_sdmx())
    assert report.rows_read == len(SDMX) == report.rows_kept + sum(one.rows for one in report.left_out)
    assert {one.reason: one.rows for one in report.left_out} == SDMX_ASIDE
    assert (report.rows_kept, report.flows) == (6, 4)  # two weights are joined to their values


def test_sdmx_values_and_weights_are_joined(tmp_path: Path) -> None:
    read(tmp_path, as_sdmx())
    flows = flows_of(tmp_path / "store").set_index(["importer", "exporter"])
    assert flows.loc[("DEU", "CHN"), ["value", "quantity"]].tolist() == [1_500, 29]
    assert flows.loc[("USA", "DEU"), ["value", "quantity"]].tolist() == [40, 0.7]
    assert pd.isna(flows.at[("DEU", "JPN"), "quantity"])
    assert pd.isna(flows.at[("DEU", "TWN"), "value"]) and flows.at[("DEU", "TWN"), "quantity"] == 5.5


def test_values_and_weights_in_a_file_each_are_joined_too(tmp_path: Path) -> None:
    values, weights = tmp_path / "values.csv", tmp_path / "weights.csv"
    values.write_bytes(as_sdmx((sdmx(1_500_000),)))
    weights.write_bytes(as_sdmx((sdmx(290, WEIGHT),)))
    ingest("comext", [values, weights], tmp_path / "store", data_folder())
    assert flows_of(tmp_path / "store")[["value", "quantity"]].to_numpy().tolist() == [[1_500, 29]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (as_bulk((bulk(), bulk())), "duplicate"),
        (as_bulk((bulk(-1),)), "negative"),
        (as_bulk((bulk("1 000"),)), "not a number"),
        (as_bulk((bulk(partner="ZZ"),)), "unknown economy"),
        (as_bulk((bulk(flow="3"),)), "unknown code"),
        (as_bulk((bulk(product="8505"[:3]),)), "unknown product"),
        (as_bulk((bulk(period="202413"),)), "another period"),
        (as_bulk((bulk(period="209901"),)), "future"),
        (as_sdmx((sdmx(1), sdmx(1))), "duplicate"),
        (as_sdmx((sdmx(1), sdmx(1, WEIGHT), sdmx(2, WEIGHT))), "duplicate"),
        (as_sdmx((sdmx(1, WEIGHT), sdmx(2, WEIGHT))), "duplicate"),
        (as_sdmx((sdmx("x"),)), "not a number"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, content)
    assert [one.reason for one in refused.value.report.left_out if one.fault] == [reason]


def test_a_header_of_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="the header is of no form of Comext: a, b"):
        read(tmp_path, b"a,b\n1,2\n")
