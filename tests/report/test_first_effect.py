"""When the first measure takes effect, said where the scenario starts before it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from lodestone.report.words import first_effect

START = dt.date(2023, 9, 1)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([dt.date(2023, 12, 1), dt.date(2024, 1, 5)], "takes effect on 2023-12-01; weeks count from the start"),
        ([dt.date(2023, 8, 1), dt.date(2023, 12, 1)], ""),  # one is in force already
        ([START], ""),
        ([], ""),
    ],
)
def test_a_day_is_named_only_where_no_measure_is_in_force_at_the_start(days, said):
    measures = [SimpleNamespace(effective=day) for day in days]
    told = first_effect(SimpleNamespace(scenario=SimpleNamespace(start=START, measures=measures)))
    assert said in told and bool(told) == bool(said)
