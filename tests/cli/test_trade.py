"""``lodestone ingest``, ``exposure trade`` and ``exposure ranking`` as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import told_by as run
from tests.facts.readers.baci_sample import FLOWS, write_release, zip_release


@pytest.fixture
def store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    code, out, _ = run(capsys, "ingest", "baci", str(zip_release(tmp_path)), "--store", str(tmp_path / "store"))
    assert code == 0
    assert "7 rows read" in out and "CEPII 202401b HS92, 2022: stored." in out
    return str(tmp_path / "store")


def test_one_product(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, out, _ = run(capsys, "exposure", "trade", "--hs", "850511", "--importer", "JPN", "--store", store)
    assert code == 0
    assert "Largest supplier CHN with 80.0 % by value; Herfindahl-Hirschman index 0.661 by value." in out
    assert "known from 2024-01-31" in out


def test_one_product_for_machines(capsys: pytest.CaptureFixture[str], store: str) -> None:
    words = ("exposure", "trade", "--hs", "850511", "--importer", "JPN", "--store", store, "--json")
    document = json.loads(run(capsys, *words)[1])
    assert document["top_supplier"] == "CHN"
    assert document["suppliers"][2]["quantity"] is None
    assert document["source"]["known_from"] == "2024-01-31"


def test_the_ranking(capsys: pytest.CaptureFixture[str], store: str) -> None:
    words = ("exposure", "ranking", "--importer", "JPN", "--store", store, "--least-value", "0")
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["850511", "284690"]
    table = json.loads(run(capsys, *words, "--json")[1])["table"]
    assert [row["product"] for row in table] == ["850511", "284690"]


def test_every_importer_into_a_file(capsys: pytest.CaptureFixture[str], store: str, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "exposure", "ranking", "--store", store, "--out", str(tmp_path / "all.parquet"))
    assert (code, out.startswith("4 rows written")) == (0, True)


def test_a_dry_run_makes_no_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "ingest", "baci", str(zip_release(tmp_path)), "--dry-run", "--json")
    document = json.loads(out)
    assert (code, document["rows_read"], document["stored"]) == (0, 7, False)
    assert not (tmp_path / "store").exists()


def test_wrong_rows_leave_with_2_a_report_and_no_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paths = write_release(tmp_path / "in", flows=[*FLOWS, "2022,156,392,850511,-1,1"])
    words = ("ingest", "baci", *map(str, paths), "--store", str(tmp_path / "store"))
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert "1 x negative" in err and "BACI_HS92_Y2022_V202401b.csv:9" in err and "Traceback" not in err
    code, out, _ = run(capsys, *words, "--json")
    assert (code, json.loads(out)["left_out"][0]["reason"]) == (2, "negative")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingest", "baci"), "Give the files and --store FOLDER"),
        (("ingest", "bacci", "x", "--dry-run"), "'bacci' is no kind of table. Known: baci"),
        (("ingest", "baci", "nowhere.csv", "--dry-run"), "nowhere.csv: there is no such file"),
        (("exposure", "ranking", "--store", "nowhere"), "Give --importer"),
        (("exposure", "trade", "--hs", "1", "--importer", "JPN", "--store", "nowhere"), "holds no such table"),
    ],
)
def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2 and said in err and "Traceback" not in err


def test_the_list_of_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "ingest", "list")
    assert code == 0 and out.startswith("baci ")
