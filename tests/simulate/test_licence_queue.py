"""The licence desk and holds at the border, each against a queue worked out by hand.

Ten tonnes a week are ordered in every case; what crosses the border is the answer.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from lodestone.simulate.controls import Control
from tests.simulate.two_nodes import control, crossed, licence


def test_an_application_waits_its_review_and_then_ships():
    # filed in week 0, answered in week 3
    assert crossed(licence(), weeks=6) == [0, 0, 0, 10, 10, 10]


def test_a_desk_that_ramps_up_catches_up_with_its_backlog():
    # review 1 week, 15 t a week after 4 weeks; pace 2/4, 3/4, then full: week 1 answers 7.5 of 10,
    # week 2 11.25 of 12.5, week 3 the 1.25 left and the 10 new ones, and so on
    desk = licence(review_weeks=1.0, review_capacity=1.5, ramp_weeks=4.0)
    assert crossed(desk, weeks=6) == [0, 7.5, 11.25, 11.25, 10, 10]


def test_a_desk_no_faster_than_orders_keeps_its_backlog():
    # week 1: 5 of 10; week 2: 7.5 of 15; from week 3 on 10 a week, 7.5 t behind for good
    desk = licence(review_weeks=1.0, review_capacity=1.0, ramp_weeks=4.0)
    assert crossed(desk, weeks=6) == [0, 5, 7.5, 10, 10, 10]


def test_returned_applications_come_again_and_refused_ones_do_not():
    # four in five approved; half of the others returned: of 10 t, 8 in week 2; 1 t comes back in week 4
    # beside 10 new ones: 0.8 x 11 = 8.8, of which 1.1 t come back in week 6: 0.8 x 11.1
    desk = licence(review_weeks=2.0, share_applications_approved=0.8, share_returned=0.5)
    assert crossed(desk, weeks=8) == [0, 0, 8, 8, 8.8, 8.8, 8.88, 8.88]


def test_tonnes_cut_from_an_approved_application_are_not_filed_again_by_themselves():
    # all approved at half the tonnes: nothing is returned, whatever the share of returns
    desk = licence(review_weeks=2.0, share_tonnes_of_approved=0.5, share_returned=1.0)
    assert crossed(desk, weeks=8) == [0, 0, 5, 5, 5, 5, 5, 5]


def test_cut_and_returned_shares_act_on_their_own_part():
    # 0.8 approved at half the tonnes = 4 t; 0.2 x 10 = 2 t come again: 0.4 x 12 = 4.8, 0.2 x 12 = 2.4 again
    desk = licence(review_weeks=2.0, share_applications_approved=0.8, share_tonnes_of_approved=0.5, share_returned=1.0)
    assert crossed(desk, weeks=8) == [0, 0, 4, 4, 4.8, 4.8, 4.96, 4.96]


def test_a_queue_outlives_a_change_of_terms_and_the_backlog_ships():
    # a closed desk for four weeks, then one that answers 40 t a week: 0..2 matured by week 4 with review 2,
    # week 4 answers weeks 0, 1 and 2 (30 t), then 10 a week
    closed = licence(0, 4, review_weeks=2.0, review_capacity=0.0)
    opened = licence(4, 99, review_weeks=2.0, review_capacity=4.0)
    dated = [_dated(closed, 1), _dated(opened, 2)]
    assert crossed(*dated, weeks=7) == [0, 0, 0, 0, 30, 10, 10]


def test_a_licence_that_cannot_be_used_expires():
    # filed in week 0 and granted in week 1, when a ban closes the border until week 4: a licence good for
    # four weeks loses a quarter of what is left each week
    desk = licence(review_weeks=1.0, valid_weeks=4.0)
    ban = control("blocked", 1, 4, {"share": 1.0}, "BAN")
    assert crossed(desk, ban, weeks=6) == [0, 0, 0, 0, 10 * 0.75**3, 10]


def test_applications_lapse_with_the_measure_and_orders_are_free_again():
    assert crossed(licence(0, 3, review_weeks=2.0), weeks=6) == [0, 0, 10, 10, 10, 10]


def test_buyers_who_mind_their_stock_order_again_what_was_refused():
    # half refused for good: with no eye on stock 5 t a week cross, with one the same need is filed again
    desk = licence(review_weeks=1.0, share_applications_approved=0.5)
    assert crossed(desk, weeks=40)[-1] == 5
    assert crossed(desk, weeks=40, pins={"reorder_weeks": 4.0})[-1] > 9.5


def test_a_neighbour_held_by_share_crosses_later_and_none_is_lost():
    # 0.5 held, a quarter of what is held freed each week: 5 + 1.25, then 5 + (3.75 + 5)/4 ...
    held = control("held", 0, 99, {"share": 0.5, "weeks": 4.0})
    assert crossed(held, weeks=3) == [6.25, 7.1875, 7.890625]


def test_two_measures_hold_one_after_the_other_and_never_more_than_there_is():
    # 0.8 of 10, then 0.8 of the 2 that passed; each frees a quarter: 0.4 + 8/4 + 1.6/4
    first = control("held", 0, 99, {"share": 0.8, "weeks": 4.0}, "ONE")
    second = control("held", 0, 99, {"share": 0.8, "weeks": 4.0}, "TWO")
    assert crossed(first, second, weeks=1) == [pytest.approx(0.4 + 2.0 + 0.4)]


def _dated(one: Control, number: int) -> Control:
    return replace(one, id=f"{one.id}:{number}")
