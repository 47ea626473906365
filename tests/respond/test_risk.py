"""The tail is weighed exactly, in both directions, and in a programme as outside it."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import BalanceError, PlanError
from lodestone.respond.risk import (
    add_conditional_value_at_risk,
    add_nested,
    conditional_value_at_risk,
    conditional_value_at_risk_of_rewards,
    convex_combination,
    expected_plus_weighted,
    value_at_risk,
)
from lodestone.respond.solve import new_model, solve
from tests.respond.small_plan import grown

OUTCOMES = st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), min_size=1, max_size=8)
LEVELS = st.sampled_from([0.0, 0.2, 0.5, 0.6, 0.8, 0.95])


def split(outcomes):
    size, weight = (np.array(column, dtype=float) for column in zip(*outcomes, strict=True))
    return size, weight / weight.sum()


@settings(deadline=None, max_examples=200)
@given(OUTCOMES, LEVELS)
def test_the_tail_is_the_mean_over_exactly_the_worst_share(outcomes, level):
    size, chance = split(outcomes)
    left, total = 1.0 - level, 0.0
    for k in np.argsort(-size):
        taken = min(left, chance[k])
        total, left = total + taken * size[k], left - taken
    assert conditional_value_at_risk(size, chance, level) == pytest.approx(total / (1.0 - level), abs=1e-6)
    assert conditional_value_at_risk_of_rewards(-size, chance, level) == pytest.approx(-total / (1.0 - level), abs=1e-6)
    assert conditional_value_at_risk(size, chance, level) >= size @ chance - 1e-9
    assert conditional_value_at_risk(size, chance, level) >= value_at_risk(size, chance, level) - 1e-9


@settings(deadline=None, max_examples=15)
@given(OUTCOMES, LEVELS)
def test_a_programme_finds_the_same_tail(outcomes, level):
    size, chance = split(outcomes)
    label = {"scenario": [f"s{k}" for k in range(len(size))]}
    model = new_model()
    loss = model.add_variables(lower=xr.DataArray(size, label, ("scenario",)), name="loss of a scenario")
    tail = add_conditional_value_at_risk(model, 1.0 * loss, xr.DataArray(chance, label, ("scenario",)), level)
    model.add_objective(tail)
    assert solve(model).objective == pytest.approx(conditional_value_at_risk(size, chance, level), abs=1e-6)


def test_the_two_conventions_differ_and_say_where_they_end():
    assert expected_plus_weighted(10.0, 40.0, 2.0) == 90.0
    assert convex_combination(10.0, 40.0, 0.5) == 25.0
    assert expected_plus_weighted(10.0, 40.0, 0.0) == convex_combination(10.0, 40.0, 0.0) == 10.0
    assert convex_combination(10.0, 40.0, 1.0) == 40.0
    with pytest.raises(PlanError, match="rewards risk"):
        expected_plus_weighted(1.0, 1.0, -1.0)
    with pytest.raises(PlanError, match="no fraction"):
        convex_combination(1.0, 1.0, 2.0)


def test_what_cannot_be_weighed_is_refused():
    with pytest.raises(PlanError, match="leaves no tail"):
        conditional_value_at_risk(np.ones(2), np.full(2, 0.5), 1.0)
    with pytest.raises(BalanceError, match=r"sum to 0\.9"):
        conditional_value_at_risk(np.ones(2), np.array([0.5, 0.4]), 0.5)
    with pytest.raises(PlanError, match="3 outcomes have 2 probabilities"):
        value_at_risk(np.ones(3), np.full(2, 0.5), 0.5)


@pytest.mark.parametrize(("share", "level"), [(0.0, 0.5), (0.5, 0.5), (1.0, 0.5), (1.0, 0.8)])
def test_nested_risk_is_worked_backwards(share, level):
    tree = grown([2, 2], [1, 1, 1, 3, 1, 1])
    cost = dict(zip(tree.node, [1.0, 2.0, 5.0, 10.0, 0.0, 7.0, 3.0], strict=True))

    def value(node):
        children = [k for k, parent in enumerate(tree.parent) if parent == node]
        if not children:
            return cost[node]
        later = np.array([value(tree.node[k]) for k in children])
        chance = np.array([tree.conditional_probability[k] for k in children])
        tail = conditional_value_at_risk(later, chance, level)
        return cost[node] + convex_combination(float(later @ chance), tail, share)

    model, nodes = new_model(), {"node": list(tree.node)}
    fixed = xr.DataArray(list(cost.values()), nodes, ("node",))
    spent = model.add_variables(lower=fixed, upper=fixed, name="spent")
    model.add_objective(add_nested(model, 1.0 * spent, tree, share, level))
    assert solve(model).objective == pytest.approx(value("now"))
    with pytest.raises(PlanError, match="nested risk needs"):
        add_nested(model, 1.0 * spent, tree, 2.0, level)
