"""Families of codes over revisions, and content factors."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodestone.cli import main
from lodestone.errors import Faults, LabelError
from lodestone.exposure.trade import trade_exposure
from lodestone.facts.concord import codes_in, read_families
from lodestone.facts.content_factors import contained, read_content_factors
from lodestone.facts.ingest import ingest
from lodestone.facts.place import data_folder
from tests.facts.readers.baci_sample import write_release


def table(folder: Path, name: str, *rows: str) -> Path:
    (folder / name).write_text("\n".join(rows) + "\n")
    return folder / name


def test_a_family_closes_over_all_revisions(tmp_path: Path) -> None:
    new = table(tmp_path, "a.csv", "HS22,HS17", "111111,100001", "111112,100001", "111112,100002", "222222,222222")
    old = table(tmp_path, "b.csv", "HS17,HS12", "100002,090000", "100003,090000", "222222,222222")
    families = read_families([new, old])
    assert codes_in(families, ("HS22", "111111"), "HS17") == ("100001", "100002", "100003")
    assert codes_in(families, ("HS22", "111111"), "HS12") == ("090000",)
    assert codes_in(families, ("HS12", "090000"), "HS22") == ("111111", "111112")
    assert codes_in(families, ("HS22", "2222"), "HS12") == ("222222",)


def test_what_the_tables_do_not_hold(tmp_path: Path) -> None:
    families = read_families([table(tmp_path, "a.csv", "HS22,HS17", "111111,100001")])
    with pytest.raises(LabelError, match="no table holds 999999 of HS22"):
        codes_in(families, ("HS22", "999999"), "HS17")
    with pytest.raises(LabelError, match="no table leads from 111111 of HS22 to HS07"):
        codes_in(families, ("HS22", "111111"), "HS07")


def test_all_faults_of_the_tables_come_together(tmp_path: Path) -> None:
    one = table(tmp_path, "a.csv", "HS22,HS17", "111111,10001", "x,1", "1,2,3")
    other = table(tmp_path, "b.csv", "from")
    with pytest.raises(Faults) as refused:
        read_families([one, other])
    assert [fault.line for fault in refused.value.faults] == [2, 3, 4, 1]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    flows = ["2022,156,392,850511,90,9", "2022,842,392,284690,10,1", "2022,842,156,850511,5,1"]
    ingest("baci", write_release(tmp_path / "in", flows=flows), tmp_path / "store", data_folder())
    return tmp_path / "store"


def test_a_question_in_another_revision_counts_the_family(store: Path, tmp_path: Path) -> None:
    families = read_families([table(tmp_path, "a.csv", "HS22,HS92", "850599,850511", "850599,284690")])
    found = trade_exposure(store, data_folder(), "850599", "JPN", families=(families, "HS22"))
    assert (found.value, found.hhi_low) == (100, pytest.approx(0.82))
    assert "In HS92 these codes cannot be told apart from 850599: 284690, 850511." in found.remarks


def test_content_with_its_range(store: Path, tmp_path: Path) -> None:
    path = table(
        tmp_path, "c.csv", "product,element,low,central,high,source", "85,Nd,0.1,0.2,0.3,wide",
        "850511,Nd,0.2,0.25,0.3,narrow", "850511,Dy,0,0.01,0.04,narrow",
    )  # fmt: skip
    factors = read_content_factors(path)
    found = trade_exposure(store, data_folder(), "850511", "JPN", factors=factors).contained
    assert {(one.element, one.source) for one in found} == {("Nd", "narrow"), ("Dy", "narrow")}
    held = {one.element: (one.low, one.central, one.high) for one in found}
    assert held["Nd"] == pytest.approx((1.8, 2.25, 2.7)) and held["Dy"] == pytest.approx((0, 0.09, 0.36))
    assert contained(factors, "850511", None) == ()


def test_wrong_factors(tmp_path: Path) -> None:
    path = table(tmp_path, "c.csv", "product,element,low,central,high,source", "85,Nd,0.5,0.2,0.6,a", "85,Nd,0,0.9,1,a")
    with pytest.raises(Faults) as refused:
        read_content_factors(path)
    said = str(refused.value)
    assert "lies outside low to high" in said and "comes twice" in said and "make 1.100 of its weight" in said


def test_the_command_takes_both(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    concord = table(tmp_path, "a.csv", "HS22,HS92", "850599,850511")
    content = table(tmp_path, "c.csv", "product,element,low,central,high,source", "8505,Nd,0.2,0.25,0.3,a study")
    words = ["exposure", "trade", "--hs", "850599", "--importer", "JPN", "--store", str(store)]
    with pytest.raises(SystemExit) as end:
        main([*words, "--concord", str(concord), "--written-in", "HS22", "--content", str(content)])
    out = capsys.readouterr().out
    assert end.value.code == 0 and "Contained Nd: 2.25 t, between 1.8 and 2.7 (a study)" in out
    with pytest.raises(SystemExit) as end:
        main([*words, "--concord", str(concord)])
    assert end.value.code == 2
