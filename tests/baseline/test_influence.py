"""How far each fact and each prior cell moves a headline, against re-solving with that one thing moved."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from lodestone.baseline.build import Ingredients, Reconciled, reconcile_once
from lodestone.baseline.cells import balance_matrix
from lodestone.baseline.influence import InfluenceSolver, share_gradient, trade_selector
from lodestone.baseline.make import cell_labels
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.solve import solve
from tests.baseline.small_material import HERE, THERE

STEP = 1e-3  # of a standard deviation: far from letting a cell reach zero


@pytest.fixture(params=PRIORS)
def pair(small, request) -> tuple[Ingredients, Reconciled]:
    small.magnets("a", 30.0)
    small.magnets("b", 34.0, tier="B")
    small.see(
        "oxide", "trade_quantity", "oxides", 20.0, economy=HERE, partner=THERE, products="oxide_*", origin=HERE,
        destination=THERE,
    )  # fmt: skip
    base = small.gather()
    return base, reconcile_once(base, request.param)


def resolved(base: Ingredients, done: Reconciled, fact: int | None = None, cause: int | None = None) -> np.ndarray:
    """The cells when one fact, or one prior cause, moves by a step of its standard deviation."""
    seen, prior = done.observations, done.prior
    value = seen.table["value"].to_numpy(dtype=float).copy()
    sd = np.maximum(seen.table["relative_sd"].to_numpy() * np.abs(value), 1e-6)
    centre = prior.centre.copy()
    if fact is not None:
        value[fact] += STEP * sd[fact]
    if cause is not None:
        centre = centre + STEP * np.asarray(prior.spread[:, [cause]].todense()).ravel()
    balance = sp.csr_matrix(balance_matrix(base.cells, done.recipe))
    return solve(balance, centre, prior.spread, seen.matrix, value, sd).x


def headline(base: Ingredients) -> np.ndarray:
    """All that BBB takes from AAA, magnets and parts."""
    return trade_selector(base, {"magnet_hot": 1.0, "component_motor": 1.0}, HERE, THERE, False)


def test_shares_sum_to_one_and_are_sorted(pair):
    base, done = pair
    told = InfluenceSolver(base, done, cell_labels(base)).influence(headline(base))
    assert told.sources["share"].sum() == pytest.approx(1.0)
    assert told.sources["share"].is_monotonic_decreasing
    assert (told.sources["share"] >= 0).all()


def test_what_a_fact_moves_is_what_resolving_says(pair):
    base, done = pair
    gradient = headline(base)
    told = InfluenceSolver(base, done, cell_labels(base)).influence(gradient)
    by_name = told.sources[told.sources["kind"] == "fact"].set_index("name")["share"]
    for row, name in enumerate(done.observations.table["name"]):
        moved = gradient @ (resolved(base, done, fact=row) - done.solution.x) / STEP
        assert moved**2 == pytest.approx(by_name[name] * told.sd**2, rel=2e-3, abs=1e-6), name


def test_what_all_facts_and_prior_causes_move_by_resolving_adds_up_to_the_variance(pair):
    base, done = pair
    gradient = headline(base)
    told = InfluenceSolver(base, done, cell_labels(base)).influence(gradient)
    ways = [{"fact": row} for row in range(len(done.observations.table))]
    ways += [{"cause": cause} for cause in range(done.prior.spread.shape[1])]
    moved = [gradient @ (resolved(base, done, **way) - done.solution.x) / STEP for way in ways]
    assert np.sum(np.square(moved)) == pytest.approx(told.sd**2, rel=5e-3)


def test_data_remove_a_share_of_the_prior_variance(pair):
    base, done = pair
    solver = InfluenceSolver(base, done, cell_labels(base))
    for gradient in np.eye(len(done.solution.x)):
        told = solver.influence(gradient)
        assert 0.0 <= told.removed <= 1.0
        assert told.sd <= told.prior_sd * (1 + 1e-6)


def test_a_fact_of_its_own_removes_nearly_all_and_none_removes_little(small):
    small.assumed["baseline.sd.tier.A"] = 0.001
    small.magnets("a", 30.0)
    base = small.gather()
    done = reconcile_once(base, "proportional")
    solver = InfluenceSolver(base, done, cell_labels(base))
    seen = trade_selector(base, {"magnet_hot": 1.0}, HERE, THERE, False)
    unseen = trade_selector(base, {"metal_dy": 1.0}, HERE, THERE, False)
    assert solver.influence(seen).removed > 0.99
    assert solver.influence(unseen).removed < 0.6


def test_the_gradient_of_a_share_is_its_derivative(pair):
    base, done = pair
    part, whole = headline(base), trade_selector(base, {"magnet_hot": 1.0, "component_motor": 1.0}, None, THERE, True)
    x = done.solution.x
    gradient = share_gradient(base, x, part, whole)
    step = 1e-5 * np.random.default_rng(1).standard_normal(len(x))
    moved = (part @ (x + step)) / (whole @ (x + step)) - (part @ x) / (whole @ x)
    assert moved == pytest.approx(gradient @ step, rel=1e-4)


def test_a_cell_held_at_zero_has_no_variance_to_share_out(small):
    small.magnets("a", 30.0)
    base = small.gather()
    done = reconcile_once(base, "sparse")
    held = np.flatnonzero(done.solution.held)
    gradient = np.zeros(len(done.solution.x))
    gradient[held[0]] = 1.0
    told = InfluenceSolver(base, done, cell_labels(base)).influence(gradient)
    assert (told.sd, told.prior_sd, told.removed, told.sources["share"].sum()) == (0.0, 0.0, 0.0, 0.0)


def test_a_selector_may_leave_out_what_stays_at_home(small):
    base = small.gather()
    everything = trade_selector(base, {"magnet_hot": 2.0}, None, None, True)
    abroad = trade_selector(base, {"magnet_hot": 2.0}, None, None, False)
    assert (everything.sum(), abroad.sum()) == (8.0, 4.0)
