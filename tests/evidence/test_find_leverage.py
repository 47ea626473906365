"""Plans of several members beside each other: of one plant nobody takes what another has taken."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from lodestone.evidence import find_leverage
from lodestone.evidence.find_leverage import left_by
from lodestone.evidence.plan_case import solve_case
from lodestone.respond.lever_rows import YEARLY
from lodestone.respond.options import Rules
from tests.evidence.plan_world import LEVERS, small_case, watch

PLACED = tuple(replace(one, economy="DOR", unit=YEARLY) for one in LEVERS)
LEAST = 1e-6


def committed(case: Any) -> pd.Series:
    return solve_case(case, Rules()).values["commit"].sel(node="0").to_series()


def scarce() -> Any:
    """The small case, in which 1 t a year is there of either plant."""
    return left_by(small_case(PLACED), pd.Series({"mine": 19.0, "plant": 19.0}))


def test_what_others_took_of_a_plant_is_not_there() -> None:
    assert scarce().ready.options.levers["most"].to_dict() == {"mine": 1.0, "plant": 1.0}
    assert committed(scarce())["mine"] > 0.5
    left = left_by(scarce(), pd.Series({"mine": 0.75, "elsewhere": 3.0}))
    assert left.ready.options.levers["most"].to_dict() == {"mine": 0.25, "plant": 1.0}
    assert committed(left)["mine"] <= 0.25 + LEAST
    assert left_by(scarce(), pd.Series({"mine": 99.0})).ready.options.levers.loc["mine", "most"] == 0.0


def test_two_plans_take_no_more_of_one_plant_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_leverage, "find_case", lambda *_: scarce())  # the same curb for both
    setting: Any = SimpleNamespace(scenario=SimpleNamespace(name="small"), network=SimpleNamespace(material="ore"))
    request: Any = SimpleNamespace(draws=3, seed=1, rule="pro_rata", threads=1, time_limit=None)
    taken, each = pd.Series(dtype=float), []
    for member in ("BOR", "COR"):
        _, cost, takes = find_leverage._planned(setting, member, "ALB", PLACED, taken, request, watch)
        each.append(takes)
        taken = taken.add(takes, fill_value=0.0)
        assert cost > 0.0
    assert each[0]["mine"] > 0.5 + LEAST  # so that twice as much is not there
    assert taken["mine"] <= 1.0 + LEAST
