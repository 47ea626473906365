"""A date nobody here can know of is refused by every command that takes one, before anything is computed."""

from __future__ import annotations

import datetime as dt

import pytest

from lodestone.facts.read import newest_reading, read_facts
from tests.cli.command import told_by

GRAPHITE = "graphite-december-2023"
COMMANDS = (
    ("facts", "list"),
    ("scenarios", "list"),
    ("scenarios", "show", GRAPHITE),
    ("baseline", "gallium"),
    ("simulate", GRAPHITE),
    ("impact", GRAPHITE, "--economy", "JPN"),
    ("sensitivity", GRAPHITE, "--economy", "JPN"),
    ("backtest", GRAPHITE),
    ("brief", "JPN", "--scenario", GRAPHITE),
)


@pytest.fixture(scope="module")
def newest() -> dt.date:
    return newest_reading(read_facts().sources)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_date_past_the_newest_source_is_refused_and_that_day_named(capsys, newest, words):
    code, out, err = told_by(capsys, *words, "--as-of", (newest + dt.timedelta(days=1)).isoformat())
    assert (code, out) == (2, "")
    assert f"the newest source was read on {newest}" in err
    assert "Traceback" not in err


def test_the_day_of_the_newest_source_knows_all_there_is(capsys, newest):
    assert told_by(capsys, "scenarios", "list", "--as-of", newest.isoformat())[0] == 0
    assert "known only later" not in told_by(capsys, "facts", "list", "--as-of", newest.isoformat())[1]
