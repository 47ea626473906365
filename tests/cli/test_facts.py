"""``lodestone facts`` and the front of the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lodestone.cli import COMMANDS
from tests.cli.command import told_by as run


def test_list_prints_ids_and_counts(capsys):
    code, out, _ = run(capsys, "facts", "list", "--variable", "quota", "--economy", "CHN")
    assert code == 0
    assert "press-2026/quota/0001" in out
    assert "8 facts as of 2026-11-30." in out


def test_list_as_json_carries_all_columns_and_the_sources(capsys):
    code, out, _ = run(capsys, "facts", "list", "--variable", "basket_share", "--tier", "A", "--json")
    document = json.loads(out)
    assert code == 0
    assert {fact["tier"] for fact in document["facts"]} == {"A"}
    assert {fact["source"] for fact in document["facts"]} == set(document["sources"])


def test_an_earlier_date_lists_fewer_facts(capsys):
    _, late, _ = run(capsys, "facts", "list", "--variable", "mine_production", "--json")
    _, early, _ = run(capsys, "facts", "list", "--variable", "mine_production", "--as-of", "2025-06-30", "--json")
    assert 0 < len(json.loads(early)["facts"]) < len(json.loads(late)["facts"])


def test_the_listings_of_the_tutorial_show_rows(capsys):
    page = (Path(__file__).parents[2] / "docs" / "tutorial" / "first-brief.md").read_text(encoding="utf-8")
    commands = re.findall(r"\$ lodestone (facts list .*)", page)
    assert len(commands) == 2
    for command in commands:
        code, out, _ = run(capsys, *command.split())
        assert code == 0 and not out.splitlines()[-1].startswith("0 facts"), command


def test_a_partner_is_not_the_economy_of_a_row(capsys):
    _, out, _ = run(capsys, "facts", "list", "--variable", "trade_value", "--partner", "JPN", "--json")
    assert {fact["partner"] for fact in json.loads(out)["facts"]} == {"JPN"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--variable", "qouta"), "Nearest: quota"),
        (("--as-of", "June"), "Write it as YYYY-MM-DD"),
        (("--tier", "Z"), "tier 'Z'"),
        (("--economy", "JNP"), "economy 'JNP' is not known. Did you mean .*JPN"),
        (("--partner", "ZZZ"), "economy 'ZZZ' is not known"),
        (("--element", "dy"), "element 'dy' is not known. Did you mean .*Dy"),
        (("--data", "/nowhere"), "holds no"),
    ],
)
def test_bad_input_gives_one_message_and_exit_code_2(capsys, words, message):
    code, out, err = run(capsys, "facts", "list", *words)
    assert (code, out) == (2, "")
    assert re.search(message, err)
    assert "Traceback" not in err


def test_check_says_that_nothing_is_wrong(capsys):
    code, out, _ = run(capsys, "facts", "check")
    assert code == 0
    assert out.startswith("No fault found in ")


def test_check_prints_all_faults_and_leaves_with_2(capsys, tmp_path: Path):
    import shutil

    from lodestone.facts import data_folder

    folder = tmp_path / "data"
    for part in ("labels", "usgs/mcs2025", "oec/2022"):
        shutil.copytree(data_folder() / part, folder / part)
    for part in ("usgs/mcs2025", "oec/2022"):
        path = folder / part / "facts.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(",A,", ",Q,", 1), encoding="utf-8")
    code, _, err = run(capsys, "facts", "check", "--data", str(folder))
    assert code == 2
    assert "4 faults found" in err  # a tier and a checksum in each
    assert "oec/2022/facts.csv:2 [tier]" in err
    assert "usgs/mcs2025/facts.csv:2 [tier]" in err


def test_an_unknown_command_is_a_usage_error(capsys):
    code, _, err = run(capsys, "fatcs")
    assert code == 2
    assert "No such command" in err


def test_the_version_is_printed(capsys):
    assert run(capsys, "--version")[1].strip().count(".") == 2


def test_help_names_every_command_and_imports_nothing_heavy():
    words = [sys.executable, "-m", "lodestone.cli", "--help"]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert all(entry.name in text for entry in COMMANDS)
    told = [sys.executable, "-X", "importtime", *words[1:]]
    imported = subprocess.run(told, capture_output=True, text=True, check=True).stderr
    heavy = {"numpy", "pandas", "scipy", "xarray", "numba", "altair"}
    assert not heavy & {line.rsplit("|", 1)[-1].strip() for line in imported.splitlines()}


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_has_a_help_text(capsys, entry):
    code, out, _ = run(capsys, entry.name, "--help")
    assert code == 0
    assert "Usage: lodestone" in out


def test_raw_lists_what_a_correction_takes_out(capsys):
    words = ("facts", "list", "--variable", "trade_quantity", "--product", "85051110", "--json")
    chosen = {fact["value"] for fact in json.loads(run(capsys, *words)[1])["facts"]}
    published = {fact["value"] for fact in json.loads(run(capsys, *words, "--raw")[1])["facts"]}
    assert 58120.0 in published - chosen
