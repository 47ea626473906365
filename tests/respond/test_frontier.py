"""Security against cost on the small world: the programme kept in the solver says what one written anew says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lodestone.errors import PlanError
from lodestone.respond.frontier import Point, frontier
from lodestone.respond.options import Rules
from lodestone.respond.plan import Plan, spending, tell
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved
from tests.respond.test_programme import CUT, HOME, options, plan, terms


def told(solved: Solved) -> Plan:
    return tell(solved, CUT, HOME, options(), terms())


def drawn(points: int) -> tuple[Point, ...]:
    return frontier(programme(HOME, options(), terms(), Rules(budget=1.0)), CUT.tree, CUT.data, told, points)


def test_a_larger_budget_costs_more_and_loses_less_all_along_the_frontier() -> None:
    found = drawn(6)
    assert [point.budget for point in found] == sorted(point.budget for point in found)
    assert found[0].cost == pytest.approx(0.0, abs=1e-6)
    for fewer, more in pairwise(found):
        assert more.objective <= fewer.objective + 1e-6
        assert more.loss <= fewer.loss + 1e-6
    assert found[0].loss > 1.2 * found[-1].loss
    assert found[-1].objective == pytest.approx(plan(CUT).objective)


def test_points_of_the_frontier_are_those_of_a_programme_written_anew() -> None:
    found = drawn(6)
    for point in (found[1], found[3]):
        anew = plan(CUT, rules=Rules(budget=point.budget))
        assert point.objective == pytest.approx(anew.objective, rel=1e-6)
        assert point.cost == pytest.approx(spending(told(anew)), rel=1e-3)


def test_a_frontier_needs_a_budget_and_three_points() -> None:
    with pytest.raises(PlanError, match="at least 3"):
        drawn(2)
    with pytest.raises(PlanError, match="no budget"):
        frontier(programme(HOME, options(), terms(), Rules()), CUT.tree, CUT.data, told, 3)
