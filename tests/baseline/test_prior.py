"""The two priors: they meet totals, and the sparse one does it with few routes and no label."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.baseline.build import reconcile_once
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.sparse_prior import sparse_routes

SMALL = settings(max_examples=40)


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Flows of up to five makers to up to six users, above zero and of mixed size. [t]"""
    shape = draw(st.integers(2, 5)), draw(st.integers(2, 6))
    size = shape[0] * shape[1]
    flows = draw(st.lists(st.floats(0.01, 1000.0), min_size=size, max_size=size, unique=True))
    return np.array(flows).reshape(shape)


@SMALL
@given(tables())
def test_sparse_routes_keep_the_totals_of_makers_and_users(table):
    routes = sparse_routes(table)
    assert np.allclose(routes.sum(axis=0), table.sum(axis=0), rtol=1e-7, atol=1e-7 * table.sum())
    assert np.allclose(routes.sum(axis=1), table.sum(axis=1), rtol=1e-7, atol=1e-7 * table.sum())
    assert routes.min() >= 0


@SMALL
@given(tables())
def test_sparse_routes_are_fewer_than_makers_and_users_together(table):
    routes = sparse_routes(table)
    assert (routes > 1e-9 * table.sum()).sum() <= sum(table.shape) - 1


@SMALL
@given(tables(), st.randoms(use_true_random=False))
def test_sparse_routes_carry_no_label(table, luck):
    rows, columns = (luck.sample(range(n), n) for n in table.shape)
    shuffled = sparse_routes(table[np.ix_(rows, columns)])
    assert np.allclose(shuffled, sparse_routes(table)[np.ix_(rows, columns)], atol=1e-6 * table.sum())


@pytest.mark.parametrize("seed", range(5))
def test_sparse_routes_of_much_alike_flows_carry_no_label(seed):
    table = np.random.default_rng(seed).uniform(1.0, 2.0, (4, 5))
    assert np.allclose(sparse_routes(table[::-1, ::-1]), sparse_routes(table)[::-1, ::-1], atol=1e-9)


def test_two_nearly_equal_answers_are_told_apart_whatever_the_order():
    table = np.array([[2, 3, 4], [5, 6, 7], [8, 0.5, 0.25], [0.125, 208.5, 213], [1, 530, 560]])
    for columns in permutations(range(3)):
        shuffled = sparse_routes(table[::-1, columns])
        assert np.allclose(shuffled, sparse_routes(table)[::-1, columns], atol=1e-9), columns


def test_one_maker_leaves_no_choice():
    table = np.array([[3.0, 0.0, 5.0]])
    assert np.array_equal(sparse_routes(table), table)


@pytest.mark.parametrize("version", PRIORS)
def test_prior_trade_meets_what_is_made_and_needed(small, version):
    base = small.gather()
    done = reconcile_once(base, version)
    cells, first, centre = base.cells, base.cells.starts, done.prior.centre
    flow = cells.trade.assign(flow=centre[first[1] : first[2]])
    taken = done.recipe.inputs
    need = pd.DataFrame(
        {
            "product": pd.concat([taken["product"], cells.use["product"]]),
            "destination": [*cells.nodes["economy"].to_numpy()[taken["node"]], *cells.use["economy"]],
            "need": [*(centre[taken["node"]] * taken["coefficient"]), *centre[first[3] :]],
        }
    )
    keys = ["product", "destination"]
    arriving, needed = flow.groupby(keys)["flow"].sum(), need.groupby(keys)["need"].sum()
    assert np.allclose(arriving, needed.reindex(arriving.index), rtol=1e-9)
    given, piled = done.recipe.outputs, cells.stock.rename(columns={"economy": "origin"})
    makers = pd.DataFrame(
        {
            "product": [*given["product"], *piled["product"]],
            "origin": [*cells.nodes["economy"].to_numpy()[given["node"]], *piled["origin"]],
            "made": [*(centre[given["node"]] * given["coefficient"]), *-centre[first[2] : first[3]]],
        }
    )
    leaving, made = (
        flow.groupby(["product", "origin"])["flow"].sum(),
        makers.groupby(["product", "origin"])["made"].sum(),
    )
    assert np.allclose(share_within(leaving), share_within(made.reindex(leaving.index)), rtol=1e-9)


def share_within(table: pd.Series) -> pd.Series:
    """Share of each maker in its product."""
    return table / table.groupby(level=0).transform("sum")


def test_both_priors_hold_the_same_totals_and_other_routes(small):
    base = small.gather()
    first = base.cells.starts
    one, other = (reconcile_once(base, version).prior.centre for version in PRIORS)
    trade = slice(first[1], first[2])
    assert np.allclose(np.delete(one, np.r_[trade]), np.delete(other, np.r_[trade]))
    assert one[trade].sum() == pytest.approx(other[trade].sum())
    assert not np.allclose(one[trade], other[trade])
    assert (other[trade] > 0).sum() < (one[trade] > 0).sum()


def test_what_nobody_needs_piles_up_where_it_is_made(small):
    base = small.gather()
    centre = reconcile_once(base, "proportional").prior.centre
    first = base.cells.starts
    piled = base.cells.stock.assign(change=centre[first[2] : first[3]]).groupby("product")["change"].sum()
    assert piled["oxide_dy"] > 1.0  # the basket holds more dysprosium than the magnets need


def test_a_world_use_moves_its_economies_together(small):
    prior = reconcile_once(small.gather(), "proportional").prior
    shared = prior.spread[:, prior.spread.shape[0] :]
    assert shared.shape[1] == 3  # a cause for each row of the uses table
    assert (np.diff(shared.tocsc().indptr) == 2).all()  # and each moves both economies


@pytest.mark.parametrize("version", PRIORS)
def test_an_empty_route_opens_by_no_more_than_a_share_of_what_its_user_takes(small, version):
    base = small.gather()
    floor = replace(base.assumptions["baseline.sd.prior.floor"], central=0.5)  # more than all a small user takes
    base = replace(base, assumptions={**base.assumptions, floor.id: floor})
    prior = reconcile_once(base, version).prior
    first = base.cells.starts
    flow = pd.Series(prior.centre[first[1] : first[2]])
    own = prior.spread.diagonal()[first[1] : first[2]]
    relative = base.assumptions["baseline.sd.prior.trade"].central * flow
    room = np.sqrt(np.maximum(own**2 - relative**2, 0.0))
    pair = base.cells.trade
    taken = flow.groupby([pair["product"], pair["destination"]]).transform("sum")
    share = room / np.maximum(taken, 1e-9)
    assert share[taken > 1.0].max() <= base.assumptions["baseline.sd.prior.opening"].central + 1e-9
    assert (room[flow == 0] > 0).any() or version == "proportional"  # which leaves no route empty
