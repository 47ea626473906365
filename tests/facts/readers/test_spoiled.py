"""Spoiled files of every kind: no crash, no hang, every row kept or named, the store all or nothing.

The quick form runs with the other tests; the long one with make proof.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodestone.errors import LodestoneError
from lodestone.facts import ingest as ingest_module
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.readers import LAYOUTS, layout_of
from lodestone.facts.store import PARTS, read_manifest
from lodestone.facts.trade_nouns import IngestReport, Layout
from tests.facts.readers import (
    baci_sample,
    census_sample,
    china_sample,
    comext_sample,
    comtrade_sample,
    iea_sample,
    japan_sample,
    sdmx_sample,
    usgs_sample,
    wmd_sample,
)
from tests.facts.readers.excel_sample import sound_workbook
from tests.facts.readers.plain_sample import PLAIN
from tests.facts.readers.spoil import spoiled

LONGEST = 20.0  # seconds; an honest file of this size takes a tenth of one
SAME = bool(os.environ.get("LODESTONE_CI"))  # the same files each time where a change is judged; others by hand
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=SAME)
MANY = settings(
    max_examples=200 if SAME else 600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=SAME
)


def baci_files(folder: Path, content: bytes | None = None) -> list[Path]:
    paths = baci_sample.write_release(folder)
    if content is not None:
        paths[0].write_bytes(content)
    return paths


def one_file(name: str, sound: bytes) -> Callable[[Path, bytes | None], list[Path]]:
    return lambda folder, content=None: [comtrade_sample.write(folder / name, sound if content is None else content)]


def sdmx_files(name: str, sound: bytes) -> Callable[[Path, bytes | None], list[Path]]:
    def files(folder: Path, content: bytes | None = None) -> list[Path]:
        mapping = comtrade_sample.write(folder / "sdmx_mapping.yaml", sdmx_sample.MAPPING)
        return [comtrade_sample.write(folder / name, sound if content is None else content), mapping]

    return files


# kind, files of a release with the first of them replaced, its sound content, and whether a line is a row
SAMPLES = {
    "baci": ("baci", baci_files, None, True),
    "comtrade-csv": ("comtrade", one_file("a.csv", comtrade_sample.as_csv()), comtrade_sample.as_csv(), True),
    "comtrade-json": ("comtrade", one_file("a.json", comtrade_sample.as_json()), comtrade_sample.as_json(), False),
    "comext-bulk": ("comext", one_file("a.dat", comext_sample.as_bulk()), comext_sample.as_bulk(), True),
    "comext-sdmx": ("comext", one_file("a.csv", comext_sample.as_sdmx()), comext_sample.as_sdmx(), True),
    "census": ("census", one_file("a.json", census_sample.as_json()), census_sample.as_json(), False),
    "usgs": ("usgs", one_file("MCS2025_World_Data.csv", usgs_sample.as_csv()), usgs_sample.as_csv(), False),
    "wmd": ("wmd", one_file("6.4.xlsx", wmd_sample.workbook()), wmd_sample.workbook(), False),
    "iea": ("iea", one_file("CM_Data_Explorer.xlsx", iea_sample.workbook()), iea_sample.workbook(), False),
    "sdmx-csv": ("sdmx", sdmx_files("a.csv", sdmx_sample.csv_1()), sdmx_sample.csv_1(), True),
    "sdmx-ml": ("sdmx", sdmx_files("a.xml", sdmx_sample.ml_generic()), sdmx_sample.ml_generic(), False),
    "china": ("china", china_sample.files, china_sample.as_csv(), True),
    "excel": ("excel", one_file("own.xlsx", sound_workbook()), sound_workbook(), False),
    "plain": ("plain", one_file("own.csv", PLAIN), PLAIN, True),
    "japan": ("japan", japan_sample.files, japan_sample.as_csv(), False),
}


def outcome(kind: str, paths: list[Path], store: Path) -> IngestReport | None:
    """The report; None if the files were refused before their rows."""
    start = time.monotonic()
    try:
        report = ingest(kind, paths, store, data_folder())
    except IngestRefused as refused:
        report = refused.report
        assert not store.exists()
    except LodestoneError:
        assert not store.exists()
        return None
    finally:
        assert time.monotonic() - start < LONGEST
    assert report.rows_read == report.rows_kept + sum(one.rows for one in report.left_out)
    return report


def flows_of(store: Path) -> list[tuple[object, ...]]:
    folders = [str(store / PARTS / partition.folder / "flows.parquet") for partition in read_manifest(store)]
    return duckdb.sql(f"FROM read_parquet({folders}) ORDER BY ALL").fetchall()


def spoil_and_check(name: str, data: st.DataObject) -> None:
    kind, files, sound, by_line = SAMPLES[name]
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        content = data.draw(spoiled(sound or files(folder / "sound")[0].read_bytes()))
        paths = files(folder / "in", content)
        report = outcome(kind, paths, folder / "store")
        if report is None:
            return
        if by_line:
            assert report.rows_read == content.count(b"\n") + (not content.endswith(b"\n")) - 1
        if report.stored and isinstance(layout_of(kind), Layout):
            assert report.flows == len(flows_of(folder / "store"))
        if getattr(layout_of(kind), "fast", None) is not None:
            careful(kind, paths, folder, report)


def careful(kind: str, paths: list[Path], folder: Path, report: IngestReport) -> None:
    """The careful way alone gives the same counts and flows as with the fast way before it."""
    layout = dataclasses.replace(layout_of(kind), fast=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest_module, "layout_of", lambda _: layout)
        again = outcome(kind, paths, folder / "careful")
    assert again is not None
    assert (again.rows_kept, again.no_quantity, again.left_out) == (
        report.rows_kept,
        report.no_quantity,
        report.left_out,
    )
    if report.stored:
        assert flows_of(folder / "careful") == flows_of(folder / "store")


def test_every_kind_has_a_sample() -> None:
    assert {kind for kind, *_ in SAMPLES.values()} == set(LAYOUTS)


@pytest.mark.parametrize("name", SAMPLES)
@FEW
@given(data=st.data())
def test_a_few_spoiled_files(name: str, data: st.DataObject) -> None:
    spoil_and_check(name, data)


@pytest.mark.proof
@pytest.mark.parametrize("name", SAMPLES)
@MANY
@given(data=st.data())
def test_many_spoiled_files(name: str, data: st.DataObject) -> None:
    spoil_and_check(name, data)
