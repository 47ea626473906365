"""Scenarios kept stand for those dropped, at a distance that is told."""

from itertools import combinations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import BalanceError, PlanError
from lodestone.respond.reduce import RULES, reduce_scenarios, reduce_tree
from lodestone.respond.tree import leaves, probability
from tests.respond.small_plan import grown

POINTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 5)), min_size=2, max_size=7)


def split(rows):
    table = np.array(rows, dtype=float)
    return table[:, :2], table[:, 2] / table[:, 2].sum()


def distance(points, chance, kept):
    return sum(p * min(np.linalg.norm(x - points[k]) for k in kept) for x, p in zip(points, chance, strict=True))


@settings(deadline=None, max_examples=100)
@given(POINTS, st.sampled_from(RULES), st.integers(1, 7))
def test_probability_is_kept_and_the_distance_is_that_of_the_nearest(rows, rule, keep):
    points, chance = split(rows)
    keep = min(keep, len(points))
    few = reduce_scenarios(points, chance, keep, rule)
    assert len(set(few.kept.tolist())) == keep
    assert few.probability.sum() == pytest.approx(1.0)
    assert few.distance == pytest.approx(distance(points, chance, few.kept))
    best = min(distance(points, chance, kept) for kept in combinations(range(len(points)), keep))
    assert few.distance >= best - 1e-9
    if (rule == "forward" and keep == 1) or keep >= len(points) - (rule == "backward"):
        assert few.distance == pytest.approx(best)  # one step of either rule is exact
    if keep == len(points):
        assert few.distance == 0.0 and few.probability == pytest.approx(chance)


@pytest.mark.parametrize("rule", RULES)
def test_fewer_scenarios_are_never_nearer(rule):
    generator = np.random.default_rng(5)
    points, chance = generator.normal(size=(40, 3)), np.full(40, 1 / 40)
    far = [reduce_scenarios(points, chance, keep, rule).distance for keep in (1, 3, 10, 25, 40)]
    assert far == sorted(far, reverse=True)


def test_what_cannot_be_kept_is_refused():
    points, chance = np.zeros((2, 1)), np.full(2, 0.5)
    with pytest.raises(PlanError, match="cannot keep 3 of 2"):
        reduce_scenarios(points, chance, 3)
    with pytest.raises(PlanError, match="by rule 'best'"):
        reduce_scenarios(points, chance, 1, "best")
    with pytest.raises(BalanceError, match=r"sum to 0\.8"):
        reduce_scenarios(points, np.full(2, 0.4), 1)


def test_a_reduced_tree_keeps_the_probability_of_every_stage_and_all_of_it_is_the_whole_tree():
    tree = grown((2, 3, 2), iter(range(1, 100)))
    points = np.random.default_rng(3).normal(size=(len(leaves(tree)), 4))
    for keep in (1, 5, len(points)):
        few, found = reduce_tree(tree, points, keep)
        assert leaves(few) == tuple(leaves(tree)[k] for k in found.kept)
        by_stage = probability(few).groupby(xr.DataArray(list(few.stage), dims="node", name="stage")).sum()
        assert by_stage.values == pytest.approx(1.0)
        assert probability(few).sel(node=list(leaves(few))).values == pytest.approx(found.probability)
    assert few.node == tree.node
    assert few.conditional_probability == pytest.approx(tree.conditional_probability)
