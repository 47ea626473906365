"""Corrections: a reason for each choice, applied from the day it could be known, never silently stale."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import FactError
from lodestone.facts import read_facts

PREFER = """\
corrections:
- what: the office over the gazette
  where: {variable: output, source: office}
  action: prefer
  over: {variable: output, source: gazette}
  match: [economy, period]
  reason: the gazette rounds
  provider: Office
  status: open
  known_from: 2025-07-01
"""


def test_prefer_takes_out_the_rows_it_is_preferred_over(place):
    place.write(corrections=PREFER)
    assert "one/output/4" not in read_facts(place.folder).rows.index
    assert "one/output/4" in read_facts(place.folder, corrected=False).rows.index


def test_prefer_with_match_leaves_rows_without_a_counterpart(place):
    place.with_row(3, period="2022")
    rows = (place.edition / "facts.csv").read_text().splitlines()[1:]
    place.write(tuple(rows), corrections=PREFER)
    assert "one/output/4" in read_facts(place.folder).rows.index


def test_a_correction_known_later_is_left_out_and_counted(place):
    place.write(corrections=PREFER)
    early = read_facts(place.folder, dt.date(2025, 6, 30))
    assert "one/output/4" in early.rows.index
    assert early.dropped == {"corrections": 1}


def test_prefer_keeps_the_other_row_while_the_preferred_is_not_known_yet(place):
    place.write(corrections=PREFER.replace("2025-07-01", "2025-06-01"))
    assert "one/output/4" in read_facts(place.folder, dt.date(2025, 6, 15)).rows.index


def test_drop_takes_rows_out(place):
    place.write(corrections=PREFER.replace("prefer", "drop").replace("source: office", "id: one/output/2"))
    assert "one/output/2" not in read_facts(place.folder).rows.index


def test_replace_sets_columns_and_leaves_the_published_row_alone(place):
    text = PREFER.replace("prefer", "replace").replace("source: office", "value: 100")
    place.write(corrections=text.replace("  match: [economy, period]", "  set: {value: 110, low: 100}"))
    assert read_facts(place.folder).rows.loc["one/output/1", "value"] == 110.0
    assert read_facts(place.folder, corrected=False).rows.loc["one/output/1", "value"] == 100.0


@pytest.mark.parametrize("key", ["where", "over"])
def test_an_entry_that_no_longer_matches_fails_with_file_and_entry(place, key):
    old = {"where": "source: office", "over": "source: gazette"}[key]
    place.write(corrections=PREFER.replace(old, "source: office, economy: ZZZ"))
    with pytest.raises(FactError, match=rf"corrections\.yaml, entry 1 .*'{key}' matches no fact"):
        read_facts(place.folder)


def test_an_entry_that_no_longer_matches_fails_even_under_an_earlier_date(place):
    place.write(corrections=PREFER.replace("source: office", "value: 777"))
    with pytest.raises(FactError, match="matches no fact"):
        read_facts(place.folder, dt.date(2024, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  reason: the gazette rounds\n", "", "lacks reason"),
        ("action: prefer", "action: forget", "none of prefer, drop, replace"),
        ("  over: {variable: output, source: gazette}\n", "", "needs 'over'"),
        ("match: [economy, period]", "matches: [economy]", "unknown keys matches"),
        ("{variable: output, source: office}", "{variabel: output}", "unknown columns variabel"),
        ("2025-07-01", "soon", "is not a date"),
        ("{variable: output, source: office}", "{value: many}", "no number for value"),
        ("  match: [economy, period]", "  set: {known_from: 2020-01-01}", "may not change known_from"),
        ("corrections:\n", "correction:\n", "has no list 'corrections'"),
    ],
)
def test_a_broken_entry_is_refused_with_what_is_wrong(place, old, new, words):
    place.write(corrections=PREFER.replace(old, new))
    with pytest.raises(FactError, match=words):
        read_facts(place.folder)


def test_corrections_do_not_change_the_input(place):
    from lodestone.facts.correct import apply_corrections, read_corrections

    raw = read_facts(place.folder, corrected=False).rows
    before = raw.copy()
    place.write(corrections=PREFER.replace("  match:", "  set: {note: seen}\n  match:"))
    apply_corrections(raw, np.ones(5, dtype=bool), read_corrections(place.edition), dt.date(2026, 1, 1))
    pd.testing.assert_frame_equal(raw, before)
