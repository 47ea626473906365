"""The market view over draws: no cut costs nothing, a deeper one never less, gains are taken off, labels do not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from lodestone.impact.market import UsingIndustry, value_lost_to_shortage
from lodestone.impact.market_view import PARTS, MarketDraw, by_value, market_view, value_lost


@st.composite
def markets(draw: st.DrawFn) -> MarketDraw:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    elements, suppliers, industries = (draw(st.integers(1, 3)) for _ in range(3))
    made, room = rng.uniform(0.1, 2.0, (elements, suppliers)), rng.uniform(0.0, 0.5, (elements, suppliers))
    use = rng.uniform(0.1, 1.0, (industries, elements)) * rng.integers(0, 2, (industries, elements))
    return MarketDraw(
        made, room, rng.uniform(0.1, 5.0, elements), rng.uniform(0.1, 1.0, elements),
        rng.uniform(0.05, 0.5), -rng.uniform(0.1, 0.6), rng.uniform(4.0, 40.0),
        use, rng.uniform(0.0, 100.0, industries), rng.uniform(0.0, 0.3, industries), made[:, 0], room[:, 0], rng.uniform(0.0, 2.0),
    )  # fmt: skip


@given(draw=markets())
def test_no_cut_costs_nothing(draw):
    view = market_view([replace(draw, stopped=np.zeros(len(draw.issuer)))])
    assert (view.cut[0], view.price[0], view.rationed[0]) == (0.0, pytest.approx(1.0), 0.0)
    assert view.prices == pytest.approx(1.0)
    assert [view.losses[part][0] for part in PARTS] == pytest.approx([0.0] * 5, abs=1e-9)
    assert view.total[0] == pytest.approx(0.0, abs=1e-9)


@given(draw=markets(), share=st.floats(0.0, 1.0))
def test_a_deeper_cut_is_never_cheaper_for_users(draw, share):
    deep, mild = market_view([draw]), market_view([replace(draw, stopped=share * draw.stopped)])
    assert (deep.prices >= mild.prices - 1e-9).all()
    assert deep.cut[0] >= mild.cut[0]
    for part in ("using_industries", "downstream"):
        assert deep.losses[part][0] >= mild.losses[part][0] - 1e-7


@given(draw=markets())
def test_the_total_is_the_sum_and_what_producers_gain_is_taken_off(draw):
    view = market_view([draw])
    assert view.total[0] == pytest.approx(sum(view.losses[part][0] for part in PARTS), abs=1e-12)
    assert view.price.size == 1 and (view.prices > 1.0).all()
    assert view.losses["producers_earn"][0] < 0.0
    assert view.losses["producers_expand"][0] < 0.0
    assert view.losses["prices_paid"][0] >= 0.0 and view.losses["using_industries"][0] >= 0.0


@given(draw=markets(), seed=st.integers(0, 100))
def test_the_order_of_suppliers_industries_and_elements_does_not_matter(draw, seed):
    rng = np.random.default_rng(seed)
    e, s, i = (rng.permutation(n) for n in (len(draw.issuer), draw.made.shape[1], len(draw.use)))
    other = replace(
        draw, made=draw.made[e][:, s], room=draw.room[e][:, s], issuer=draw.issuer[e], stopped=draw.stopped[e],
        use=draw.use[i][:, e], value_added=draw.value_added[i], thrift=draw.thrift[i], domestic=draw.domestic[e],
        domestic_room=draw.domestic_room[e],
    )  # fmt: skip
    one, two = market_view([draw]), market_view([other])
    for word in ("issuer_share", "stopped", "price", "quantity", "rationed", "total"):
        assert getattr(one, word)[0] == pytest.approx(getattr(two, word)[0], abs=1e-7)


def test_an_element_that_nobody_supplies_outside_changes_nothing():
    none, one = np.zeros(1), np.ones(1)
    draw = MarketDraw(none[:, None], none[:, None], none, one, 0.2, -0.3, 9.0, one[:, None], one, none, none, none, 0.0)
    assert market_view([draw]).total[0] == 0.0


@given(draw=markets(), seed=st.integers(0, 100))
def test_what_is_lost_to_several_shortages_is_the_optimum(draw, seed):
    had = np.random.default_rng(seed).uniform(0.0, 1.0, len(draw.issuer))
    need = draw.use * (1.0 - draw.thrift)[:, None]
    solved = linprog(-draw.value_added, A_ub=need.T, b_ub=had * draw.use.sum(axis=0), bounds=(0.0, 1.0))
    found = value_lost(draw.use, draw.value_added, draw.thrift, had)
    assert found == pytest.approx(draw.value_added.sum() + solved.fun, abs=1e-6)
    alone = [
        value_lost_to_shortage(
            [UsingIndustry(*row) for row in zip(draw.use[:, e], draw.value_added, draw.thrift, strict=True)],
            had[e] * draw.use[:, e].sum(),
        )
        for e in range(len(had))
    ]
    assert max(alone) - 1e-6 <= found <= sum(alone) + 1e-6


def test_slices_follow_the_lorenz_curve_of_the_direct_loss():
    # The least valuable half of the tonnes earns 0.5 ** 2 of the value added.
    assert by_value(80.0, 2.0)[:5].sum() == pytest.approx(20.0)
    assert by_value(80.0, 1.0) == pytest.approx(8.0)


@given(draw=markets())
def test_who_uses_nothing_meets_the_dearest_price_of_what_is_supplied(draw):
    view = market_view([replace(draw, use=np.zeros_like(draw.use))])
    assert view.dearest[0] == view.prices.max() >= view.price[0] - 1e-9
