"""A workbook of one's own: header found by name, merged cells, dates as numbers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from lodestone.errors import Faults, LodestoneError
from lodestone.facts.ingest import ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from tests.facts.readers.excel_sample import sound_workbook


def flows_of(store: Path) -> list[tuple[object, ...]]:
    (partition,) = read_manifest(store)
    path = store / PARTS / partition.folder / "flows.parquet"
    return duckdb.sql(f"SELECT importer, exporter, month, value, quantity FROM '{path}' ORDER BY ALL").fetchall()


def test_header_merged_cells_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "own-HS17.xlsx"
    path.write_bytes(sound_workbook())
    report = ingest("excel", [path], tmp_path / "store", data_folder())
    assert (report.rows_read, report.rows_kept, report.nomenclature) == (4, 4, "HS17")
    assert flows_of(tmp_path / "store") == [
        ("JPN", "CHN", 1, 800.5, 20.0),
        ("JPN", "CHN", 2, 12.0, None),
        ("JPN", "KOR", 2, 5.0, 0.1),
        ("JPN", "VNM", 3, 7.0, 1.0),
    ]


def test_a_wrong_date_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    path.write_bytes(sound_workbook(last_date="soon"))
    with pytest.raises(LodestoneError, match=r"another period(.|\n)*own\.xlsx:9  soon"):
        ingest("excel", [path], tmp_path / "store", data_folder())


def test_a_sheet_without_the_columns_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["year", "importer", "product"])
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(Faults, match="no sheet has a row with the columns' names"):
        ingest("excel", [tmp_path / "own.xlsx"], tmp_path / "store", data_folder())


@pytest.mark.parametrize("content", [b"", b"year,importer", b"PK\x03\x04"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.xlsx").write_bytes(content)
    with pytest.raises(Faults, match="is no workbook"):
        ingest("excel", [tmp_path / "own.xlsx"], tmp_path / "store", data_folder())


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "own.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 201_000_000)
    with pytest.raises(Faults, match="unpacks to 201,000,000 bytes"):
        ingest("excel", [tmp_path / "own.xlsx"], tmp_path / "store", data_folder())


def test_years_in_a_column_of_their_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Year", "Importer", "Exporter", "Product", "Value"])
    book.active.append([2022.0, "Japan", "China", "850511", "800.5"])
    book.active.append([2022, "JPN", "KOR", 850511, 3])
    book.save(tmp_path / "own.xlsx")
    ingest("excel", [tmp_path / "own.xlsx"], tmp_path / "store", data_folder())
    assert [row[3] for row in flows_of(tmp_path / "store")] == [800.5, 3.0]
