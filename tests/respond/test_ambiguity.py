"""The worst of the distributions near one: by hand, by moving probability about, and as the aim of a plan."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import PlanError
from lodestone.respond.plan import spending, tell
from lodestone.respond.risk import worst_expectation
from lodestone.respond.solve import solve
from lodestone.respond.tree import TREE_COLUMNS, leaves, probability, scenario_tree
from tests.respond.small_plan import SHORT, stock_plan, worlds
from tests.respond.test_programme import CUT, HOME, options, plan, terms
from tests.respond.test_risk import OUTCOMES, split

RADII = (0.0, 0.05, 0.3, 0.9)


def moved(losses: np.ndarray, chance: np.ndarray, radius: float) -> float:
    """The worst mean, found by taking probability from the smallest losses, one after the other, to the largest."""
    now, left = chance.copy(), radius
    for k in np.argsort(losses):
        taken = min(now[k], left)
        now[k] -= taken
        left -= taken
    now[np.argmax(losses)] += radius - left
    return float(now @ losses)


@settings(deadline=None, max_examples=200)
@given(OUTCOMES, st.sampled_from([*RADII, 1.0]))
def test_the_worst_mean_moves_probability_from_the_smallest_losses_to_the_largest(
    outcomes: list[tuple[int, int]], radius: float
) -> None:
    losses, chance = split(outcomes)
    assert worst_expectation(losses, chance, radius) == pytest.approx(moved(losses, chance, radius), abs=1e-6)


def test_no_distribution_within_the_radius_is_worse() -> None:
    luck = np.random.default_rng(1)
    losses, chance = np.array([3.0, 9.0, 1.0, 7.0]), np.array([0.4, 0.1, 0.3, 0.2])
    worst = worst_expectation(losses, chance, 0.2)
    near = [q for q in luck.dirichlet(np.ones(4), size=4000) if np.abs(q - chance).sum() / 2.0 <= 0.2]
    assert len(near) > 50
    assert max(float(q @ losses) for q in near) <= worst + 1e-9
    with pytest.raises(PlanError, match="no share of probability"):
        worst_expectation(losses, chance, 1.5)


def test_a_plan_is_the_best_of_all_against_the_worst_distribution() -> None:
    need, price = np.array([2.0, 12.0, 5.0]), np.array([30.0, 45.0, 60.0])
    chance = np.array([0.5, 0.1, 0.4])
    rows = [("now", "", 0, 1.0), *((f"s{k}", "now", 1, p) for k, p in enumerate(chance))]
    tree = scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))
    nodes = {"node": list(tree.node)}
    values = xr.Dataset({"need": ("node", [0.0, *need]), "price": ("node", [20.0, *price])}, nodes)
    for radius in (0.1, 0.25):
        found = solve(stock_plan(radius=radius)(tree, values)).objective

        def cost(bought: float, radius: float = radius) -> float:
            losses = 20.0 * bought + np.minimum(price, SHORT) * np.maximum(need - bought, 0.0)
            return worst_expectation(losses, chance, radius)

        tried = [cost(bought) for bought in np.linspace(0.0, 12.0, 1201)]
        assert found == pytest.approx(min(tried), abs=0.01 * SHORT)
        assert found <= min(tried) + 1e-6


@settings(deadline=None, max_examples=4)
@given(worlds())
def test_no_ambiguity_is_the_plain_plan_and_more_never_costs_less(world: tuple[object, xr.Dataset]) -> None:
    tree, values = world
    costs = [solve(stock_plan(radius=radius)(tree, values)).objective for radius in (0.0, 1e-9, 0.3)]
    assert costs[1] == pytest.approx(costs[0], abs=1e-4)
    assert all(b >= a - 1e-6 for a, b in pairwise(costs))


def test_what_the_worst_probabilities_add_is_no_spending() -> None:
    plain = tell(plan(CUT), CUT, HOME, options(), terms())
    doubtful = terms(ambiguity=0.2)
    solved = plan(CUT, told=doubtful)
    told = tell(solved, CUT, HOME, options(), doubtful)
    chance = probability(CUT.tree).sel(node=list(leaves(CUT.tree))).values
    total = solved.values["cost total"].values
    assert told.objective == pytest.approx(worst_expectation(total, chance, 0.2), rel=1e-6)
    assert spending(told) + float(told.costs["loss of value added"]) == pytest.approx(float(total @ chance), rel=1e-6)
    assert float(told.costs["weight on the tail"]) > 0.0
    assert told.objective > plain.objective
