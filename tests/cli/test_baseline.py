"""``lodestone baseline``: what it prints, stores and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodestone.baseline.store import read_baseline
from lodestone.cli.progress import progress
from tests.baseline.small_material import SmallMaterial
from tests.cli.command import told_by

KEYS = {
    "material", "year", "known", "inputs_digest", "draws", "draws_digest", "facts_used",
    "observations_without_fact_or_cell", "earlier_figures", "left_to_prior", "economies", "elements", "sectors", "cells", "trade_cells_by_product",
    "adjustments_past_three_sd", "tier_a_missed_by_more_than_10_percent", "conflicting_tier_a_facts", "undeterminable", "undeterminable_elements",
    "balance_error",
}  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallMaterial:
    """The small material as the only data folder there is."""
    small = SmallMaterial(tmp_path / "data")
    small.magnets("a", 30.0)
    small.magnets("later", 34.0, known_from="2025-09-01")
    small.write()
    monkeypatch.setenv("LODESTONE_DATA", str(small.folder))
    return small


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return told_by(capsys, "baseline", *words)


def test_json_has_the_promised_keys(capsys):
    code, out, _ = run(capsys, "--json")
    told = json.loads(out)
    assert code == 0
    assert set(told) == KEYS
    assert told["balance_error"] < 1e-9
    assert told["draws"] == 200
    assert {"observation", "fact", "tier", "published", "ours", "off_percent", "adjustment_sd"} == set(
        told["tier_a_missed_by_more_than_10_percent"][0]
    )


def test_text_says_the_same_as_json(capsys):
    told = json.loads(run(capsys, "--json")[1])
    text = run(capsys)[1]
    assert f"{told['economies']} economies, {told['elements']} elements, {told['sectors']} sectors" in text
    assert f"tier A facts missed by more than 10 %: {len(told['tier_a_missed_by_more_than_10_percent'])}" in text


def test_a_rebuild_is_stored_and_gives_the_same_digest_again(toy, capsys):
    first = json.loads(run(capsys, "--rebuild", "--draws", "2", "--json")[1])
    again = json.loads(run(capsys, "--rebuild", "--draws", "2", "--json")[1])
    assert first["draws_digest"] == again["draws_digest"]
    assert json.loads(run(capsys, "--json")[1]) == first
    assert read_baseline(toy.folder / "baseline" / "toy" / "2024").draws.size == 2


def test_a_view_from_an_earlier_date_knows_less_and_is_not_stored(toy, capsys):
    told = json.loads(run(capsys, "--as-of", "2025-06-30", "--draws", "0", "--json")[1])
    assert told["observations_without_fact_or_cell"] == ["later"]
    assert told["known"] == "2025-06-30"
    assert not (toy.folder / "baseline").exists()


def test_out_stores_elsewhere_and_never_over_something_else(toy, capsys, tmp_path):
    assert run(capsys, "--rebuild", "--draws", "0", "--out", str(tmp_path / "mine"))[0] == 0
    assert (tmp_path / "mine" / "baseline.json").is_file()
    assert not (toy.folder / "baseline").exists()
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear", encoding="utf-8")
    code, _, error = run(capsys, "--rebuild", "--draws", "0", "--out", str(tmp_path / "letters"))
    assert code == 2 and "is not a baseline" in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--as-of", "June 2025"), "Write it as YYYY-MM-DD"),
        (("--as-of", "2025-02-30"), "Write it as YYYY-MM-DD"),
        (("--as-of", "1990-01-01"), "take a later date"),
        (("unobtainium",), "Use one of: "),
        (("unobtainium", "--rebuild"), "Use one of: "),
        (("--year", "1850"), "--year 1850 --rebuild"),
        (("--draws", "-1"), "--draws"),
    ],
)
def test_bad_input_gives_one_message_exit_code_2_and_no_traceback(capsys, words, message):
    code, out, error = run(capsys, *words)
    assert (code, out) == (2, "")
    assert message in error
    assert "Traceback" not in error


def test_faults_of_a_table_reach_the_user_with_their_line(toy, capsys):
    toy.edit("makers", "dig,AAA", "dug,AAA")
    toy.write()
    code, _, error = run(capsys, "--rebuild", "--draws", "0")
    assert code == 2
    assert "toy/makers.csv:2 [process]: no process 'dug'" in error


def test_facts_that_cannot_balance_are_named_together(toy, capsys):
    toy.magnets("far", 1e9)
    toy.magnets("farther", 1e10)
    toy.write()
    code, out, error = run(capsys, "--rebuild", "--draws", "0")
    assert (code, out) == (2, "")
    assert "cannot balance" in error and "'far' (" in error and "'farther' (" in error
    assert not (toy.folder / "baseline").exists()


def test_facts_that_contradict_each_other_are_named_with_what_they_give(toy, capsys):
    toy.magnets("more", 40.0)
    toy.write()
    told = json.loads(run(capsys, "--rebuild", "--draws", "0", "--json")[1])
    assert "more" in [row["observation"] for row in told["conflicting_tier_a_facts"]]
    assert told["conflicting_tier_a_facts"][0]["gives_way_sd"] < -1
    assert "gives way by" in run(capsys)[1]


def test_the_element_no_fact_limits_is_said_to_be_undeterminable(capsys):
    told = json.loads(run(capsys, "--json")[1])
    assert told["undeterminable_elements"] == ["Sc"]
    assert "no tier A fact limits the volume of: Sc" in run(capsys)[1]


def test_progress_is_silent_where_nobody_watches(capsys):
    with progress("reconciling", 3) as tick:
        for done in range(1, 4):
            tick(done, 3)
    assert capsys.readouterr().err == ""


def test_progress_redraws_one_line_and_wipes_it(capsys, monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr("lodestone.cli.progress.time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress("reconciling", 2) as tick:
        tick(1, 2)
        tick(2, 2)
    told = capsys.readouterr().err
    assert told.startswith("\rreconciling ...")  # a step without parts is announced too
    assert "\rreconciling: 1 of 2, about 1 s left" in told
    assert "reconciling: 2 of 2, about 0 s left" in told
    assert told.endswith("\r") and "\n" not in told
