"""A curb that answers to the plan, and one made by a side that knows it, on the small world."""

from __future__ import annotations

import dataclasses

import pytest

from lodestone.respond.answering import DETERRED, NEAR, PROVOKED, _settled, answering, leader, removed_share, strikes
from lodestone.respond.held import hold, resolve
from lodestone.respond.options import Rules
from lodestone.respond.outlook import Curb, Outlook, build_outlook
from lodestone.respond.plan import Plan, tell
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved
from tests.respond.test_programme import CUT, CUT_CURB, HOME, IDLE, ONSETS, STAGES, options, plan, terms


def outlook_of(curb: Curb) -> Outlook:
    return build_outlook(curb, STAGES, ONSETS)


def told(solved: Solved, seen: Outlook) -> Plan:
    return tell(solved, seen, HOME, options(), terms())


NOTHING = tell(plan(CUT, IDLE), CUT, HOME, IDLE, terms())


def test_a_fixed_point_is_one_in_a_programme_written_for_it() -> None:
    held = hold(programme(HOME, options(), terms(), Rules())(CUT.tree, CUT.data))
    before = resolve(held).objective
    found = {one.sense: one for one in answering(held, CUT, CUT_CURB, told, NOTHING, (0.4,), outlook_of)}
    assert resolve(held).objective == pytest.approx(before)
    assert found[DETERRED].yearly < CUT_CURB.yearly < found[PROVOKED].yearly
    for one, sign in ((found[DETERRED], -1.0), (found[PROVOKED], 1.0)):
        seen = outlook_of(dataclasses.replace(CUT_CURB, yearly=one.yearly))
        anew = told(plan(seen), seen)
        assert one.removed == pytest.approx(removed_share(anew, NOTHING), abs=1e-4)
        assert one.brings == pytest.approx(CUT_CURB.yearly * (1.0 + sign * 0.4 * one.removed))
        assert one.brings == pytest.approx(one.yearly, abs=2.0 * NEAR * CUT_CURB.yearly)
        assert one.loss == pytest.approx(float(anew.costs["loss of value added"]), rel=1e-4)


def test_a_curb_that_does_not_answer_keeps_its_probability() -> None:
    held = hold(programme(HOME, options(), terms(), Rules())(CUT.tree, CUT.data))
    for one in answering(held, CUT, CUT_CURB, told, NOTHING, (0.0,), outlook_of):
        assert one.yearly == pytest.approx(CUT_CURB.yearly)


def test_a_falling_answer_is_halved_and_a_rising_one_climbed_to_the_smallest() -> None:
    assert _settled(lambda p: 0.1 - 0.9 * p, 0.1, falling=True) == pytest.approx(0.1 / 1.9, abs=1e-3)
    step = _settled(lambda p: 0.02 if p > 0.06 else 0.1, 0.1, falling=True)
    assert step == pytest.approx(0.06, abs=1e-3)  # at a jump there is none: the place of the jump
    assert _settled(lambda p: 0.1 + 0.2 * p, 0.1, falling=False) == pytest.approx(0.125, abs=1e-3)


def test_who_knows_the_plan_hurts_more_than_the_mean_and_less_than_where_nothing_is_done() -> None:
    mine = told(plan(CUT), CUT)
    found = leader(mine, NOTHING, CUT)
    every = strikes(mine, CUT)
    assert [(one.years, one.level) for one in every] == [(0.25, "deep"), (0.5, "deep")]
    assert found.worst.loss == max(one.loss for one in every) >= found.expected
    assert found.worst.loss < found.worst_of_nothing.loss
    deep = [end for end in mine.loss_in_curb.index if ":1:" in end]
    by_hand = (mine.loss_in_curb[deep] * mine.chance[deep]).sum() / mine.chance[deep].sum()
    assert every[0].loss == pytest.approx(by_hand)
