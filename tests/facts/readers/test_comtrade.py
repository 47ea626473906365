"""UN Comtrade, CSV and JSON: every documented way of counting twice, and totals by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults
from lodestone.exposure.trade import trade_exposure
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.comtrade_sample import ASIDE, KEPT, RECORDS, as_csv, as_json, record, write

BOTH = pytest.mark.parametrize("form", [as_csv, as_json])


def read(folder: Path, form: object, *records: dict[str, object]) -> IngestReport:
    path = write(folder / "in" / "answer.txt", form(records or RECORDS))  # type: ignore[operator]
    return ingest("comtrade", [path], folder / "store", data_folder())


def flows_of(store: Path) -> pd.DataFrame:
    folders = [str(store / PARTS / partition.folder / "flows.parquet") for partition in read_manifest(store)]
    return duckdb.sql(f"FROM read_parquet({folders})").df()


@BOTH
def test_every_record_is_kept_or_set_aside_for_its_reason(tmp_path: Path, form: object) -> None:
    report = read(tmp_path, form)
    assert report.rows_read == len(RECORDS) == report.rows_kept + sum(one.rows for one in report.left_out)
    told = {(line, one.reason) for one in report.left_out for _, line, _ in one.first}
    first = len(KEPT) + (2 if form is as_csv else 1)
    assert told == {(first + place, reason) for place, (_, reason) in enumerate(ASIDE)}


@BOTH
def test_totals_are_those_of_the_kept_records(tmp_path: Path, form: object) -> None:
    read(tmp_path, form)
    flows = flows_of(tmp_path / "store")
    assert flows["value"].sum() == pytest.approx(sum(float(str(one["primaryValue"])) for one in KEPT) / 1e3)
    assert flows["quantity"].sum() == pytest.approx((2_000_000 + 40 + 1 + 1_900_000 + 500 + 0.5) / 1e3)


@BOTH
def test_a_weight_of_zero_beside_a_value_is_not_a_weight(tmp_path: Path, form: object) -> None:
    report = read(tmp_path, form)
    flows = flows_of(tmp_path / "store").set_index(["exporter", "reported_by"])["quantity"]
    assert pd.isna(flows["TWN", "importer"]) and pd.isna(flows["USA", "importer"])
    assert flows["CHE", "importer"] == pytest.approx(0.04)  # from qty in kilograms
    assert report.no_quantity == 2


def test_both_sides_of_a_flow_show_the_mirror_gap(tmp_path: Path) -> None:
    report = read(tmp_path, as_json)
    gap = report.mirror[2022]
    assert (gap.flows, gap.value_of_importers, gap.value_of_exporters) == (1, 80_000, 72_000)
    assert (gap.quantity_of_importers, gap.quantity_of_exporters) == (2000, 1900)
    found = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN")
    assert found.suppliers["mirror_gap"].iloc[0] == pytest.approx((80 - 72) / 80)


def test_places_not_named_make_the_concentration_an_interval(tmp_path: Path) -> None:
    read(tmp_path, as_json, record(primaryValue=700.0), record(partnerCode=899, primaryValue=300.0))
    found = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN")
    assert (found.hhi_low, found.hhi_high) == (pytest.approx(0.49), pytest.approx(1.0))


def test_places_not_named_under_several_numbers_are_added_up(tmp_path: Path) -> None:
    report = read(
        tmp_path, as_json, record(partnerCode=899, primaryValue=1.0), record(partnerCode=568, primaryValue=2.0)
    )
    assert (report.rows_kept, report.flows) == (2, 1)


def test_months_stay_months_and_say_when_they_are_not_a_year(tmp_path: Path) -> None:
    months = [record(freqCode="M", period=f"2022{month:02d}", primaryValue=1000.0 * month) for month in (1, 2, 3)]
    read(tmp_path, as_csv, *months)
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.frequency, str(partition.known_from)) == ("month", "2022-04-20")
    found = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN")
    assert (found.value, found.months) == (6.0, 3)
    assert "3 of 12 months are in the table: this is not a year." in found.remarks


def test_revisions_are_named(tmp_path: Path) -> None:
    read(tmp_path, as_json, record(), record(period="2021", classificationCode="H5"))
    assert {partition.nomenclature for partition in read_manifest(tmp_path / "store")} == {"HS17+HS22"}


@BOTH
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"customsCode": "C01"}, "part without whole"),
        ({"flowCode": "Z"}, "unknown code"),
        ({"reporterCode": 999}, "unknown economy"),
        ({"partnerCode": "CHN"}, "unknown economy"),
        ({"cmdCode": "magnets"}, "unknown product"),
        ({"primaryValue": -1.0}, "negative"),
        ({"primaryValue": "12,5"}, "not a number"),
        ({"netWgt": 1e20}, "absurd"),
        ({"period": "2099"}, "future"),
        ({"period": "202201"}, "another period"),
    ],
)
def test_a_wrong_record_is_named_and_nothing_is_stored(
    tmp_path: Path, form: object, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, form, record(partnerCode=36), record(**changed))
    (one,) = refused.value.report.left_out
    assert (one.reason, one.rows, one.first[0][1]) == (reason, 1, 3 if form is as_csv else 2)
    assert not (tmp_path / "store").exists()


@BOTH
def test_a_record_given_twice_is_a_fault(tmp_path: Path, form: object) -> None:
    with pytest.raises(IngestRefused, match="duplicate"):
        read(tmp_path, form, record(), record())


@BOTH
def test_yearly_and_monthly_are_not_mixed(tmp_path: Path, form: object) -> None:
    with pytest.raises(Faults, match="yearly and monthly records are mixed"):
        read(tmp_path, form, record(), record(freqCode="M", period="202201"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"data": [', "is no JSON"),
        (b'{"data": [{"primaryValue": NaN}]}', "NaN is no figure"),
        (b'{"data": 5}', "no list of records"),
        (b'{"data": [], "error": "quota exceeded"}', "an error of the database: quota exceeded"),
        (b'{"data": []}', "no record was given"),
        (b"[" * 100_000, "is no JSON"),
        (as_csv().replace(b",", b";"), "the column is missing"),
        (b"", "the column is missing"),
    ],
)
def test_a_file_that_is_no_answer_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = write(tmp_path / "answer", content)
    with pytest.raises(Faults, match=said):
        ingest("comtrade", [path], tmp_path / "store", data_folder())


def test_lines_of_two_encodings_are_named(tmp_path: Path) -> None:
    text = (
        as_csv()
        + as_csv((record(partnerCode=792, partnerDesc="Türkiye", period="2021"),))
        .split(b"\r\n", 1)[1]
        .decode("latin-1")
        .encode()
    )
    path = write(tmp_path / "mixed.csv", text)
    with pytest.raises(IngestRefused, match="not text"):
        ingest("comtrade", [path], tmp_path / "store", data_folder())


def test_other_files_of_the_same_edition_do_not_push_out_what_is_there(tmp_path: Path) -> None:
    read(tmp_path, as_json, record())
    with pytest.raises(Faults, match="from other files"):
        read(tmp_path, as_json, record(cmdCode="284690"))
    assert set(flows_of(tmp_path / "store")["product"]) == {"850511"}
