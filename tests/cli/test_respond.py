"""``lodestone respond`` as a user runs it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from tests.cli.command import told_by

WORDS = ("respond", "october-2025-resumed", "--economy", "JPN", "--members", "12")


def test_a_plan_costs_less_than_doing_nothing_and_holds_in_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told_by(capsys, *WORDS, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["status"] == "optimal"
    assert 0.0 < told["plan"]["objective"] < told["nothing"]["objective"]
    assert told["nothing"]["cost"] == pytest.approx(0.0, abs=1e-6)
    assert told["simulated"]["with"][1] < told["simulated"]["without"][1]
    assert sum(row["probability"] for row in told["plan"]["scenarios"]) == pytest.approx(1.0)
    assert {row["lever"] for row in told["left_out"]} >= {"research_heavy_free"}


def test_rules_that_are_none_are_refused_together(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told_by(
        capsys, *WORDS, "--ceiling", "1.5", "--budget=-1", "--ceiling-by", "2020-01-01", "--ceiling-form", "phlogiston"
    )
    assert (code, out) == (2, "")
    for word in ("ceiling 1.5", "budget -1", "2020-01-01", "phlogiston"):
        assert word in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--budget", "nan"), "budget nan"),
        (("--risk-weight", "inf"), "risk weight inf"),
        (("--risk-weight", "1", "--ambiguity", "0.1"), "two ways of caution"),
        (("--ceiling-by", "2030-01-01"), "no ceiling"),
        (("--ceiling", "0.6", "--ceiling-by", "2034-01-01"), "past the plan's last stage"),
        (("--probability", "1"), "leaves no calm"),
        (("--ceiling-form", "magnet"), "no ceiling"),
    ],
)
def test_what_is_no_number_and_a_ceiling_without_its_height_are_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    code, out, err = told_by(capsys, *WORDS, *words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_lever_file_with_faults_names_them_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ours = Path("data/levers/rare_earths.csv").read_text(encoding="utf-8").splitlines()
    cells = ours[1].split(",")
    wrong = [",".join([f"mine_{k}", *cells[1:]]) for k in range(2)]
    late = ",".join(["late", *cells[1:]]).replace(",0,0,0,1,3,9,", ",0,0,0,200,210,220,")
    mine = tmp_path / "mine.csv"
    mine.write_text(
        "\n".join([ours[0], *(row.replace("0.0001,0.0005", "-1,0.0005") for row in wrong), late]), encoding="utf-8"
    )
    code, out, err = told_by(capsys, *WORDS, "--levers", str(mine))
    assert (code, out) == (2, "")
    assert ":2 [capex_low]" in err and ":3 [capex_low]" in err
    assert ":4 [lead_months_low]: the shortest lead time of 200 months is past the plan's 108" in err


def test_an_economy_without_value_added_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told_by(capsys, "respond", "october-2025-resumed", "--economy", "VNM", "--members", "12")
    assert code == 2
    assert "no value added" in err


@pytest.mark.proof
def test_a_page_of_a_plan_is_written_whole_and_its_numbers_lead_somewhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = tmp_path / "plan"
    code, text, err = told_by(capsys, *WORDS, "--risk-weight", "1", "--out", str(place))
    assert code == 0, err
    assert {path.name for path in place.iterdir()} >= {
        "brief.html",
        "brief.pdf",
        "summary.json",
        "figures.json",
        "tables.xlsx",
    }
    page = (place / "brief.html").read_text(encoding="utf-8")
    for words in (
        "What to hold",
        "weeks of the economy's use",
        "What it rests on",
        "rests besides on the yearly probability",
    ):
        assert words in unescape(page)
    assert not re.search(r"\b(JPN|CHN|[a-z]+_[a-z_]+)\b", text), "a label in the text"
    held = {one["id"]: one for one in json.loads((place / "figures.json").read_text(encoding="utf-8"))}
    printed = next(line for line in text.splitlines() if "cost of the plan" in line).split()[4]
    assert round(1000.0 * held["plan:JPN.cost"]["value"]) == int(printed.replace(",", ""))  # without the tail's weight
    code, out, _ = told_by(capsys, "why", "plan:JPN.loss", "--run", str(place))
    assert code == 0
    for word in ("plan.curb_probability", "value added", "thrift_limit", "cover_weeks", "Argus"):
        assert word in out
