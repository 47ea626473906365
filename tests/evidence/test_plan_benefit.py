"""What the benefit of a plan rests on, on the small world."""

from __future__ import annotations

import pytest

from lodestone.evidence.plan_benefit import RESERVE, shares_by, weaker
from tests.evidence.plan_world import LEVERS, answered, lever


def test_each_lever_avoids_what_is_lost_more_without_it() -> None:
    found = answered(LEVERS, rests_on=True)
    benefit = found.answers.benefit
    rows = benefit.by_lever.set_index("lever")["avoided"]
    assert RESERVE in rows.index
    assert (rows >= 0.0).all() and rows[RESERVE] > 0.0
    assert rows.max() <= benefit.avoided * 1.001
    assert benefit.avoided == pytest.approx(
        float(found.nothing.costs["loss of value added"] - found.plan.costs["loss of value added"])
    )
    assert float(benefit.shares.sum()) == pytest.approx(1.0)
    assert float(found.answers.cost_rests_on.sum()) == pytest.approx(1.0)


def test_a_lever_rests_on_the_weaker_of_its_size_and_its_lead_time() -> None:
    one = lever("mine", "supplier", {"oxide_heavy": 1.0}, 5.0, "transferred")
    assert weaker(one) == "transferred"
    assert shares_by({}).isna().all()
