"""``lodestone exposure``: what it shows, what it refuses, and that nothing of a firm's file stays."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import told_by

BILL = Path("examples/bill-of-materials/drive-unit.csv")
HEAD = "part,material,quantity,unit,supplier,stage,stock_weeks\n"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return told_by(capsys, "exposure", *words)


def test_show_gives_every_indicator_with_its_interval(capsys):
    code, out, _ = run(capsys, "show", "JPN", "--json")
    told = json.loads(out)
    assert code == 0
    found = {one["indicator"]: one for one in told["indicators"]}
    wanted = {
        "never_touches", "look_through_origin", "throughput", "import_share", "n_minus_1", "herfindahl_hirschman_index",
        "net_import_reliance", "distance_to_ceiling", "time_to_survive", "time_to_recover", "needs_issuer_technology",
        "days_of_cover",
    }  # fmt: skip
    assert set(found) == wanted
    for one in found.values():
        assert one["definition"].endswith(".")
        assert one["rows"], one["indicator"]
        for row in one["rows"]:
            assert row["low"] is not None, (one["indicator"], row)
            assert row["high"] is not None


def test_show_by_element_brings_the_indices_of_others(capsys):
    code, out, _ = run(capsys, "show", "DEU", "--element", "Dy", "--json")
    found = {one["indicator"]: one for one in json.loads(out)["indicators"]}
    assert code == 0
    assert {row["elements"] for row in found["import_share"]["rows"]} == {"Dy"}
    assert {"published for the EU", "on our network"} == {row["label"] for row in found["eu_supply_risk"]["rows"]}
    assert found["geopolrisk"]["rows"]


def test_shares_of_imports_stand_under_their_own_name(capsys):
    code, out, _ = run(capsys, "show", "JPN")
    assert code == 0
    assert "\nIMPORT SHARE\nShare of imports by the economy that ships them" in out
    assert "FIRST TIER" not in out


def test_all_brings_the_sites(capsys):
    code, out, _ = run(capsys, "show", "USA", "--all")
    assert code == 0
    for heading in ("TIME TO SURVIVE BY SITE", "TIME TO RECOVER BY SITE", "EU SUPPLY RISK", "GEOPOLRISK"):
        assert heading in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("JPX",), "Did you mean JPN"),
        (("MMR",), "nothing arrives in 'MMR'"),
        (("JPN", "--element", "Dz"), "element 'Dz' is not known"),
        (("JPN", "--country", "ATL"), "ships nothing"),
        (("JPN", "--material", "unobtainium"), "no material"),
        (("JPN", "--year", "1066"), "no baseline"),
    ],
)
def test_bad_input_gives_one_message_and_exit_code_2(capsys, words, message):
    code, out, err = run(capsys, "show", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_bom_gives_origin_weeks_and_alternatives(capsys):
    code, out, _ = run(capsys, "bom", str(BILL), "--json")
    told = json.loads(out)
    assert code == 0
    for element in told["elements"]:
        rows = [row for row in told["origin"] if row["element"] == element["element"]]
        assert 0.9 < sum(row["share"] for row in rows) <= 1.0 + 1e-9
    stops = {(row["part"], row["element"]): row for row in told["stops"]}
    assert stops["pump", "Dy"]["stop_weeks"] is None  # the stock is not known
    assert stops["rotor", "Dy"]["stop_weeks"] == pytest.approx(6.0 / stops["rotor", "Dy"]["touches"])
    assert {row["part"] for row in told["alternatives"]} == {"rotor", "pump"}
    assert told["country"] not in {row["economy"] for row in told["alternatives"]}


@pytest.mark.parametrize(
    ("row", "said"),
    [("rotor,Dy,5,g,,separation,4", "world mix"), ("rotor,Dy,5,g,JPN,magnet,", "stock not known")],
)
def test_a_supplier_or_stock_that_is_not_known_is_said_to_be(capsys, tmp_path, row, said):
    bill = tmp_path / "bill.csv"
    bill.write_text(f"{HEAD}{row}\n", encoding="utf-8")
    code, out, _ = run(capsys, "bom", str(bill))
    assert code == 0
    assert said in out


def test_all_faults_of_a_bill_come_together(capsys, tmp_path):
    bill = tmp_path / "bill.csv"
    rows = [
        "a,Dy,5,g,JPX,magnet,4", "b,Kryptonite,5,g,JPN,magnet,4", "c,Dy,5,g,JPN,cooking,4",
        "d,Dy,many,g,JPX,magnet,4", "e,magnet_smco,5,g,JPN,,4", "f,Dy,5,g", "g,Lu,5,g,JPN,magnet,4",
    ]  # fmt: skip
    bill.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    code, out, err = run(capsys, "bom", str(bill))
    assert (code, out) == (2, "")
    told = [place for place, _ in re.findall(r"(:\d+( \[\w+\])?): ", err)]
    assert told == [
        ":2 [supplier]", ":3 [material]", ":4 [stage]", ":5 [quantity]", ":5 [supplier]", ":6 [stage]", ":7",
        ":8 [supplier]",
    ]  # fmt: skip
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("part,material\nrotor,Dy\n", "no column 'quantity'"),
        (HEAD + "rotor,Dy,-5,g,JPN,magnet,4\n", "outside 0"),
        (HEAD + "rotor,Dy,many,g,JPN,magnet,4\n", "not a finite number"),
        (HEAD + "rotor,Dy,5,stone,JPN,magnet,4\n", "'stone' is not known"),
        (HEAD + "rotor,Lu,5,g,JPN,magnet,4\n", "no magnet with Lu is known to be made in JPN"),
    ],
)
def test_a_bill_that_cannot_be_read_says_where(capsys, tmp_path, text, message):
    bill = tmp_path / "bill.csv"
    bill.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, "bom", str(bill))
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_nothing_of_a_bill_is_kept(capsys, tmp_path, monkeypatch):
    bill = tmp_path / "bill.csv"
    bill.write_bytes(BILL.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "bom", str(bill))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["bill.csv"]
