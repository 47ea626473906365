"""``lodestone scenarios``: what it prints, and exit code 2 with all faults on stderr."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lodestone.facts.read import newest_reading, read_facts
from tests.cli.command import told_by


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return told_by(capsys, "scenarios", *words)


def test_the_list_names_every_scenario_with_its_title(capsys):
    code, out, _ = run(capsys, "list")
    assert code == 0 and "october-2025-resumed" in out and "No shock" in out


def test_the_list_as_json(capsys):
    _, out, _ = run(capsys, "list", "--json")
    assert {"name": "no-shock", "title": "No shock"} in json.loads(out)


def test_the_list_as_of_a_date_says_what_was_announced_later(capsys):
    code, out, _ = run(capsys, "list", "--as-of", "2025-05-01", "--json")
    found = {row["name"]: row["left_out"] for row in json.loads(out)}
    assert code == 0 and found["no-shock"] == [] and "CN-2025-57" in found["october-2025-resumed"]
    assert "total-cutoff-one-year" not in found
    _, text, _ = run(capsys, "list", "--as-of", "2025-05-01")
    assert "not listed, all of it announced later: " in text and "total-cutoff-one-year" in text
    assert re.search(r"october-2025-resumed .*\(left out, announced later: .*CN-2025-57", text)
    code, _, err = run(capsys, "list", "--as-of", "soon")
    assert code == 2 and "'soon' is not a date" in err


def test_show_says_what_is_in_force_and_what_is_unknown(capsys):
    _, out, _ = run(capsys, "show", "october-2025-resumed")
    assert "CN-2025-57" in out and "tatus unknown as of the last source" in " ".join(out.split()).replace("S", "s")


def test_show_as_of_leaves_out_what_came_later(capsys):
    _, out, _ = run(capsys, "show", "october-2025-resumed", "--as-of", "2025-05-01", "--json")
    found = json.loads(out)
    assert [measure["id"] for measure in found["measures"]] == ["CN-2025-18"]
    assert "CN-2025-57" in found["left_out"]


def test_the_day_of_the_newest_source_shows_what_no_date_shows(capsys, tmp_path):
    path = tmp_path / "later.yaml"
    # announced after that day, yet assumed: a story of what may come is not a fact that came too late
    text = Path("scenarios/total-cutoff-one-year.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("2026-11-10", "2099-01-01").replace("2027-11-09", "2099-12-31"), encoding="utf-8")
    newest = newest_reading(read_facts().sources).isoformat()
    plain, newest_day = (
        run(capsys, "show", str(path), *more, "--json")
        for more in ((), ("--as-of", newest))
    )  # fmt: skip
    assert json.loads(plain[1])["measures"] and newest_day == plain


def test_check_is_quiet_about_sound_files(capsys):
    code, out, err = run(capsys, "check", "no-shock", "april-2025-controls")
    assert (code, err) == (0, "") and "No fault" in out


def test_check_prints_all_faults_of_all_files_on_stderr_and_ends_with_two(capsys, tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("titel: x\n", encoding="utf-8")
    two.write_text("- x\n", encoding="utf-8")
    code, out, err = run(capsys, "check", str(one), str(two))
    assert code == 2 and out == ""
    assert "one.yaml:1 [titel]: unknown key 'titel'. Did you mean 'title'?" in err and "two.yaml:1" in err


def test_check_as_json_puts_the_faults_on_stdout(capsys, tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text("titel: x\n", encoding="utf-8")
    code, out, _ = run(capsys, "check", str(path), "--json")
    assert code == 2 and json.loads(out)["faults"][0]["line"] == 1


@pytest.mark.parametrize("words", [("show", "october"), ("show", "no-shock", "--as-of", "soon")])
def test_a_wrong_word_gives_one_message_and_no_traceback(capsys, words):
    code, _, err = run(capsys, *words)
    assert code == 2 and "Traceback" not in err and err.strip()
