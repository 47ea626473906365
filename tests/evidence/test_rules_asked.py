"""What a minister asks for reaches the programme under its own name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from lodestone.errors import PlanError
from lodestone.evidence.find_plan import rules_asked
from lodestone.evidence.requests import PlanRequest
from lodestone.respond.options import Rules
from tests.world import small_network

NETWORK = SimpleNamespace(nodes=small_network().nodes, products=pd.DataFrame({"form": ["oxide", "metal", "magnet"]}))
SETTING: Any = SimpleNamespace(network=NETWORK, scenario=SimpleNamespace(start=dt.date(2026, 1, 1)))
BARE = PlanRequest("toy", "BOR")


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        ({"allotted": True}, Rules(allotted=True)),
        ({"standard": True}, Rules(standard=True)),
        ({"kept_open": 0.25}, Rules(kept_open=0.25)),
        ({"budget": 7.0}, Rules(budget=7.0)),
    ],
)
def test_each_rule_is_the_one_that_was_asked_for(asked: dict[str, Any], rules: Rules) -> None:
    assert rules_asked(SETTING, replace(BARE, **asked)) == replace(rules, ceiling_forms=BARE.ceiling_forms)


def test_a_ceiling_is_to_be_met_and_not_missed_at_a_fine() -> None:
    found = rules_asked(SETTING, replace(BARE, ceiling=0.6, ceiling_by="2029-01-01", ceiling_forms=("oxide",)))
    assert found == Rules(ceiling=0.6, ceiling_years=found.ceiling_years, ceiling_forms=("oxide",))
    assert found.ceiling_years == pytest.approx(3.0, abs=0.01) and found.fine is None


def test_a_frontier_of_too_few_points_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(PlanError, match="budget -1.*frontier of 2 points is none"):
        rules_asked(SETTING, replace(BARE, frontier=2, budget=-1.0))


def test_what_is_no_date_is_told_with_all_else_that_is_wrong() -> None:
    with pytest.raises(PlanError, match="budget -1.*'tomorrow' is not a date"):
        rules_asked(SETTING, replace(BARE, ceiling=0.6, ceiling_by="tomorrow", budget=-1.0))


def test_a_risk_weight_beside_which_the_mean_is_lost_is_refused() -> None:
    with pytest.raises(PlanError, match="risk weight 1e\\+09 is not 0 to 1000"):
        rules_asked(SETTING, replace(BARE, risk_weight=1e9))
