"""The market view: price after a cut by hand and in general, shortage by rank, five parts of a loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from lodestone.errors import ScenarioError
from lodestone.impact.market import MarketBalance, UsingIndustry, market_balance, market_loss, value_lost_to_shortage


def test_a_price_between_two_capacities_by_hand():
    # Of 0.8 left, 0.4 makes no more and 0.4 as it likes: 0.4 + 0.4 p = 1 / p gives 0.4 p^2 + 0.4 p = 1.
    found = market_balance([0.4, 0.4], [0.0, np.inf], 1.0, -1.0)
    assert found.price == pytest.approx((-0.4 + np.sqrt(0.16 + 1.6)) / 0.8)
    assert found.quantity == pytest.approx(1.0 / found.price)
    assert found.rationed == 0.0


@given(
    left=st.lists(st.floats(0.05, 0.3), min_size=1, max_size=3), room=st.floats(0.0, 2.0),
    supply=st.floats(0.05, 1.0), demand=st.floats(-1.0, -0.1), choke=st.floats(1.5, 20.0),
)  # fmt: skip
def test_the_market_clears_or_is_rationed_at_the_choke_price(left, room, supply, demand, choke):
    found = market_balance(left, [room] * len(left), supply, demand, choke)
    assert 1.0 <= found.price <= choke
    offered = sum(one * min(found.price**supply, 1.0 + room) for one in left)
    assert found.quantity == pytest.approx(offered, rel=1e-9)
    assert found.quantity + found.rationed == pytest.approx(found.price**demand, rel=1e-9)
    assert found.rationed == 0.0 or found.price == choke
    more = market_balance(left, [room + 0.1] * len(left), supply, demand, choke)
    assert more.price <= found.price * (1 + 1e-9)


def test_a_whole_cut_needs_a_choke_price():
    with pytest.raises(ScenarioError, match=r"with 0 of supply left no price.*Give a choke price"):
        market_balance([0.0], [0.0], 0.3, -0.3)
    found = market_balance([0.0], [0.0], 0.3, -0.5, 4.0)
    assert (found.price, found.quantity, found.rationed) == pytest.approx((4.0, 0.0, 0.5))


def test_every_fault_is_named_at_once():
    with pytest.raises(ScenarioError) as refused:
        market_balance([0.9, 0.9], [-1.0, 0.0], -0.3, 0.3, 0.5)
    for words in ("supply left is 1.8", "spare capacity", "supply elasticity", "demand elasticity", "choke price"):
        assert words in str(refused.value)
    with pytest.raises(ScenarioError, match="one spare capacity for each supplier"):
        market_balance([0.5], [0.1, 0.2], 0.3, -0.3)


INDUSTRY = st.builds(UsingIndustry, st.floats(0.1, 10.0), st.floats(0.0, 100.0), st.floats(0.0, 0.5))


@given(industries=st.lists(INDUSTRY, min_size=1, max_size=6), share=st.floats(0.0, 1.2))
def test_shortage_by_rank_is_the_optimum(industries, share):
    available = share * sum(one.use for one in industries)
    solved = linprog(
        [-one.value_added for one in industries], A_ub=[[one.use * (1 - one.thrift) for one in industries]],
        b_ub=[available], bounds=(0.0, 1.0),
    )  # fmt: skip
    whole = sum(one.value_added for one in industries)
    assert value_lost_to_shortage(industries, available) == pytest.approx(whole + solved.fun, abs=1e-6)


def test_the_five_parts_by_hand():
    balance = MarketBalance(price=2.0, quantity=0.5, rationed=0.0)
    industries = [UsingIndustry(10.0, 100.0), UsingIndustry(10.0, 20.0)]
    # Ten of twenty tonnes left: the cheap industry stops. At elasticity 1 home output would double; room for a fifth.
    loss = market_loss(balance, industries, 3.0, 5.0, 0.2, 1.0, 0.25)
    assert loss.using_industries == pytest.approx(20.0)
    assert loss.downstream == pytest.approx(5.0)
    assert loss.prices_paid == pytest.approx(3.0 * 10.0)
    assert loss.producers_expand == pytest.approx(-2.0 * 3.0 * 1.0)
    assert loss.producers_earn == pytest.approx(-3.0 * 5.0)
    assert loss.total == pytest.approx(20.0 + 5.0 + 30.0 - 6.0 - 15.0)
