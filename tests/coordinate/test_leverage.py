"""Both sides of a curb, by hand, and what must hold for any flows."""

import numpy as np
import pytest

from lodestone.coordinate.leverage import (
    break_even,
    by_period,
    ces_loss,
    ces_price_ratio,
    duty,
    own_loss,
    present_value,
    target_loss_that_pays_not,
)
from lodestone.errors import GameError


def test_two_products_by_hand():
    base = np.array([[10.0], [4.0]])
    sent = np.array([[[10.0, 5.0]], [[4.0, 0.0]]])
    price = np.array([[[1.0, 1.5]], [[1.0, 9.0]]])
    found = own_loss(base, sent, np.array([2.0, 3.0]), price)
    assert found.forgone.tolist() == [[0.0, 5 * 2 + 4 * 3]]
    assert found.dearer.tolist() == [[0.0, 5 * 2 * 0.5]]
    assert found.net.tolist() == [[0.0, 17.0]]


def test_no_curb_costs_nothing_and_quarters_add_up():
    rng = np.random.default_rng(1)
    base = rng.uniform(1, 5, (3, 4))
    still = own_loss(base, np.repeat(base[:, :, None], 20, 2), rng.uniform(1, 2, 3), np.ones((3, 4, 20)))
    assert np.abs(still.net).max() < 1e-12
    weekly = rng.normal(size=(4, 20))
    assert by_period(weekly, 13).sum(axis=1) == pytest.approx(weekly.sum(axis=1))


def test_a_curb_that_earns_more_than_it_forgoes_pays_at_any_probability():
    assert break_even(np.array([-2.0]), np.array([5.0]))[0] < 0.0
    assert target_loss_that_pays_not(np.array([-2.0]), 0.5)[0] == 0.0


def test_at_the_loss_that_pays_not_the_break_even_is_the_probability():
    own = np.array([3.0, 7.0])
    for chance in (0.1, 0.5, 1.0):
        assert break_even(own, target_loss_that_pays_not(own, chance)) == pytest.approx([chance, chance])


def test_a_level_amount_discounted_adds_up_over_time():
    whole = present_value(3.0, 1.0, 9.0, 0.035)
    assert whole == pytest.approx(present_value(3.0, 1.0, 4.0, 0.035) + present_value(3.0, 4.0, 9.0, 0.035))
    assert present_value(3.0, 1.0, 2.0, 0.035) == pytest.approx(3.0 / 1.035**1.5, rel=1e-4)


def test_no_duty_costs_nobody_and_a_large_one_stops_the_trade():
    assert [float(x[0]) for x in duty(np.array([9.0]), np.array([0.0]), np.array([2.0]))] == [0.0, 0.0]
    paid, lost = duty(np.array([9.0]), np.array([1e6]), np.array([2.0]))
    assert paid[0] < 1e-4 and lost[0] == pytest.approx(9.0)


def test_power_grows_fastest_at_the_last_points_of_a_share():
    losses = np.array([ces_loss(share, 2.0, 0.001) for share in (0.5, 0.6, 0.7, 0.8, 0.9)])
    assert (np.diff(losses, 2) > 0).all()
    assert losses[-1] == pytest.approx(0.001 * np.log(10.0))
    assert ces_price_ratio(0.0, 3.0) == 1.0


@pytest.mark.parametrize(("share", "elasticity", "told"), [(0.5, 1.0, "essential"), (1.0, 2.0, "no other source")])
def test_where_the_form_does_not_hold_it_says_so(share, elasticity, told):
    with pytest.raises(GameError, match=told):
        ces_price_ratio(share, elasticity)
