"""SDMX: four forms of one table give the same flows; status and multiplier are respected; the mapping is checked whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lodestone.errors import Faults
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.comtrade_sample import write
from tests.facts.readers.sdmx_sample import ASIDE, FLOWS, KEPT, MAPPING, ROWS, csv_1, csv_2, ml_generic, ml_specific


def read(folder: Path, content: bytes, mapping: bytes = MAPPING, name: str = "trade.csv") -> IngestReport:
    files = [write(folder / "in" / name, content), write(folder / "in" / "sdmx_mapping.yaml", mapping)]
    return ingest("sdmx", files, folder / "store", data_folder())


def flows(store: Path) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    folders = [str(store / PARTS / partition.folder / "flows.parquet") for partition in read_manifest(store)]
    held = duckdb.sql(f"SELECT importer, exporter, value, quantity FROM read_parquet({folders})").fetchall()
    return {(importer, exporter): (value, quantity) for importer, exporter, value, quantity in held}


@pytest.mark.parametrize("form", [csv_1, lambda: csv_1(labels=True), csv_2, ml_generic, ml_specific])
def test_every_form_gives_the_same_flows(tmp_path: Path, form: Callable[[], bytes]) -> None:
    report = read(tmp_path, form())
    assert flows(tmp_path / "store") == FLOWS
    assert {one.reason: one.rows for one in report.left_out} == ASIDE
    assert report.rows_read == len(ROWS) == report.rows_kept + sum(ASIDE.values())
    assert (report.rows_kept, report.flows, report.value_unit, report.nomenclature) == (KEPT, 4, "thousand USD", "HS17")


def test_value_and_quantity_as_columns(tmp_path: Path) -> None:
    content = b"DATAFLOW,A,B,C,T,V,Q\r\nX:Y(1),JPN,CHN,850511,2023-M02,4500,30\r\nX:Y(1),JPN,KOR,850511,2023-02,,5\r\n"
    mapping = b"{reporter: A, partner: B, product: C, period: T, value: V, quantity: Q, currency: EUR}"
    assert read(tmp_path, content, mapping).value_unit == "thousand EUR"
    assert flows(tmp_path / "store") == {("JPN", "CHN"): (4.5, 30.0), ("JPN", "KOR"): (None, 5.0)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b",1.5,A,6", b",1.5,A,six", "not a number"),
        (b",1.5,A,6", b",-1.5,A,6", "negative"),
        (b",1.5,A,6", b",1.5,A,16", "absurd"),
        (b",1.5,A,6", b",1.5,Z,6", "unknown code"),
        (b"M,VAL,2023,1.5", b"M,VAL,2023-Q1,1.5", "another period"),
        (b"M,VAL,2023,1.5", b"M,VAL,2093,1.5", "future"),
        (b"JP,VN", b"JP,VX", "unknown economy"),
        (b"JP,VN", b"JP,CN", "duplicate"),
        (b"RESTW,850511,M,NETW", b"CN,850511,M,NETW", "duplicate"),
        (b"KR,850511,X,VAL", b"KR,850511,Y,VAL", "unknown code"),
        (b"M,VAL,2023,250000,P,0", b"M,VAL,2023,250000", "broken row"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_stored(tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    assert csv_1().count(old) == 1
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, csv_1().replace(old, new))
    assert {one.reason for one in refused.value.report.left_out if one.fault} == {reason}
    assert not (tmp_path / "store").exists()


def test_a_deletion_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="ACTION D"):
        read(tmp_path, csv_2().replace(b";I;", b";D;", 1))


def test_all_faults_of_a_mapping_are_told_together(tmp_path: Path) -> None:
    wrong = b"{reporter: [A], partner: B, product: C, flow: F, colour: red, measure: M, figure: O, units: {value: no}, "
    wrong += b"economies: {X: ZZZ}}"
    with pytest.raises(Faults) as found:
        read(tmp_path, csv_1(), wrong)
    assert {fault.column for fault in found.value.faults} == {
        "reporter", "period", "flows", "measures", "colour", "units", "economies",
    }  # fmt: skip
    with pytest.raises(Faults, match="0 mappings were given"):
        ingest("sdmx", [write(tmp_path / "a.csv", csv_1())], tmp_path / "store", data_folder())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (csv_1().replace(b"COMMODITY", b"GOODS"), "the column is missing"),
        (b"a,b\n1,2\n", "is no SDMX-CSV"),
        (ml_generic()[:-40], "is no SDMX-ML data message"),
        (b"<html></html>", "is no SDMX-ML data message"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + ml_generic(), "declares a document type"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(Faults, match=what):
        read(tmp_path, content)


def test_values_and_weights_in_two_files(tmp_path: Path) -> None:
    head, *rows = csv_1().decode().splitlines()
    parts = {word: "\r\n".join([head, *(row for row in rows if f",{word}," in row)]) for word in ("VAL", "NETW", "IDX")}
    files = [write(tmp_path / f"{word}.csv", text.encode()) for word, text in parts.items()]
    mapping = write(tmp_path / "sdmx_mapping.yaml", MAPPING)
    report = ingest("sdmx", [*files, mapping], tmp_path / "store", data_folder())
    assert flows(tmp_path / "store") == FLOWS and report.rows_read == len(ROWS)


AT_SET = b'<g:Attributes><g:Value id="UNIT_MULT" value="6"/></g:Attributes>'
AT_GROUP = b'<g:Group type="G"><g:GroupKey><g:Value id="REF_AREA" value="JP"/></g:GroupKey>' + AT_SET + b"</g:Group>"


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        (ml_specific, b"<m:DataSet ", b'<m:DataSet UNIT_MULT="6" '),
        (ml_generic, b"<g:Series>", AT_SET + b"<g:Series>"),
        (ml_generic, b"<g:Series>", AT_GROUP + b"<g:Series>"),
    ],
)
def test_a_multiplier_of_the_whole_set_or_of_a_group(
    tmp_path: Path, form: Callable[[], bytes], old: bytes, new: bytes
) -> None:
    content = form().replace(b' UNIT_MULT="6"', b"").replace(AT_SET, b"")
    read(tmp_path, content.replace(old, new, 1), name="trade.xml")
    assert flows(tmp_path / "store")["JPN", "CHN"] == FLOWS["JPN", "CHN"]


def test_groups_that_the_library_would_lose_are_refused(tmp_path: Path) -> None:
    content = ml_specific().replace(b"<Obs ", b'<Group xsi:type="n:G" REF_AREA="JP" UNIT_MULT="6"/><Obs ', 1)
    with pytest.raises(Faults, match="attributes of groups are lost"):
        read(tmp_path, content, name="trade.xml")
