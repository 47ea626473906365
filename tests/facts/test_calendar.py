"""When a figure was out."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodestone.errors import FactError
from lodestone.facts import data_folder
from lodestone.facts.calendar import (
    PublicationCalendar,
    first_day,
    last_day,
    publication_day,
    read_calendars,
)

CUSTOMS = PublicationCalendar("customs", "", 20, 6, "assumed")
periods = st.one_of(
    st.integers(1990, 2040).map(str),
    st.tuples(st.integers(1990, 2040), st.integers(1, 12)).map(lambda p: f"{p[0]}-{p[1]:02d}"),
    st.tuples(st.integers(1990, 2040), st.integers(1, 4)).map(lambda p: f"{p[0]}-Q{p[1]}"),
    st.tuples(st.integers(1990, 2040), st.integers(1, 2)).map(lambda p: f"{p[0]}-H{p[1]}"),
    st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1)).map(str),
)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-04..2025-03", "2024-04-01", "2025-03-31"),
    ],
)
def test_a_period_begins_and_ends_on_the_calendar(period, first, last):
    assert (first_day(period).isoformat(), last_day(period).isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-Q5", "spring", "2024-1"])
def test_a_text_that_is_no_period_is_refused(text):
    with pytest.raises(FactError, match="is no period"):
        last_day(text)


@given(period=periods)
def test_a_period_never_ends_before_it_begins_nor_is_out_before_it_ends(period):
    assert first_day(period) <= last_day(period) < publication_day(CUSTOMS, period)


def test_customs_months_are_out_twenty_days_after_and_years_after_six_months():
    customs = read_calendars(data_folder())["customs"]
    assert publication_day(customs, "2024-12") == dt.date(2025, 1, 20)
    assert publication_day(customs, "2023") == dt.date(2024, 6, 30)


def test_a_calendar_without_a_rule_for_months_says_so():
    with pytest.raises(FactError, match="no rule"):
        publication_day(PublicationCalendar("accounts", "", None, 6, "assumed"), "2024-05")
