"""Downloads of the Chinese customs: separators of thousands, two quantities, ways of trading, the side in the name."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lodestone.errors import Faults
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from tests.facts.readers.china_sample import HEADER, ROWS, as_csv, files


def flows_of(store: Path) -> pd.DataFrame:
    (partition,) = read_manifest(store)
    return duckdb.sql(f"FROM '{store / PARTS / partition.folder / 'flows.parquet'}'").df()


def test_rows_and_totals_by_hand(tmp_path: Path) -> None:
    report = ingest("china", files(tmp_path / "in"), tmp_path / "store", data_folder())
    assert (report.rows_read, report.rows_kept, report.flows, report.no_quantity) == (7, 7, 6, 1)
    flows = flows_of(tmp_path / "store")
    assert flows["value"].sum() == pytest.approx(5000.25 + 70 + 45 + 600 + 9 + 0.5 + 8)
    held = flows.set_index(["importer", "product", "month"])["quantity"]
    assert held["JPN", "85051110", 3] == pytest.approx(122)
    assert held["USA", "85051110", 4] == 12 and held["DEU", "85051900", 3] == pytest.approx(0.25)
    assert pd.isna(held["JPN", "85051900", 3]) and held["DEU", "01012100", 3] == pytest.approx(0.9)
    assert set(flows["exporter"]) == {"CHN"} and set(flows["reported_by"]) == {"exporter"}


def test_imports_in_yuan_and_utf8(tmp_path: Path) -> None:
    content = as_csv().decode("gb18030").replace("美元", "人民币").encode("utf-8-sig")
    ingest("china", files(tmp_path / "in", content, "import-2024.csv"), tmp_path / "store", data_folder())
    (partition,) = read_manifest(tmp_path / "store")
    assert (partition.value_unit, partition.frequency) == ("thousand CNY", "month")
    assert set(flows_of(tmp_path / "store")["importer"]) == {"CHN"}


def test_a_weight_of_zero_beside_an_amount_is_not_a_weight(tmp_path: Path) -> None:
    content = as_csv((ROWS[2].replace("900,千克", "0,千克"),))
    report = ingest("china", files(tmp_path / "in", content), tmp_path / "store", data_folder())
    assert report.no_quantity == 1 and flows_of(tmp_path / "store")["quantity"].isna().all()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("900,千克", "-900,千克", "negative"),
        ('"45,000"', '"45,00"', "not a number"),
        ("502,美国", "999,美国", "unknown economy"),
        ("202404", "202413", "another period"),
        ("202404", "209901", "future"),
        ("85051900,其他永磁体,304", "850519,其他永磁体,304", "unknown product"),
        ("116,日本,14", "116,日本,10", "duplicate"),
        ('"45,000",', "45,000,", "broken row"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    content = as_csv().decode("gb18030").replace(old, new).encode("gb18030")
    with pytest.raises(IngestRefused) as refused:
        ingest("china", files(tmp_path / "in", content), tmp_path / "store", data_folder())
    assert [one.reason for one in refused.value.report.left_out if one.fault] == [reason]


def test_side_and_currency_must_be_told(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="does not say import or export"):
        ingest("china", files(tmp_path / "a", name="query.csv"), tmp_path / "store", data_folder())
    with pytest.raises(Faults, match="no currency we know"):
        content = as_csv(ROWS, HEADER.replace("美元", "欧元"))
        ingest("china", files(tmp_path / "b", content), tmp_path / "store", data_folder())


def test_a_unit_whose_figure_has_lost_its_name_is_refused(tmp_path: Path) -> None:
    content = as_csv(header=HEADER.replace("第二数量", ""))
    with pytest.raises(Faults, match="第二数量"):
        ingest("china", files(tmp_path / "in", content), tmp_path / "store", data_folder())
    assert not (tmp_path / "store").exists()
