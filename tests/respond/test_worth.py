"""What knowing is worth: the order of the four trees, and the published cases."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import PlanError
from lodestone.evidence.plan_instances import air_conditioning, embargo_stock, farmer, farmer_data
from lodestone.facts import data_folder
from lodestone.respond.solve import new_model, solve
from lodestone.respond.worth import worth
from tests.respond.small_plan import grown, stock_plan, worlds

FIRST = ("bought", "held", "missing")


@settings(deadline=None, max_examples=20)
@given(worlds(), st.sampled_from([(0.0, None), (2.0, None), (0.0, 0.5)]), st.sampled_from([np.inf, 400.0]))
def test_knowing_less_never_costs_less(world, risk, budget):
    weight, share = risk
    found = worth(stock_plan(budget, 15.0, weight, share), *world, FIRST)
    order = (found.wait_and_see, found.fan, found.recourse_problem, found.expected_result_of_expected_value)
    assert all(low <= high + 1e-6 * (1.0 + abs(low)) for low, high in pairwise(order)), order


@settings(deadline=None, max_examples=10)
@given(worlds())
def test_where_nothing_is_uncertain_nothing_is_worth_knowing(world):
    tree, values = world
    same = xr.Dataset({name: values[name] * 0 + 7.0 for name in values}, {"node": list(tree.node)})
    found = worth(stock_plan(), tree, same, FIRST)
    for cost in (found.wait_and_see, found.expected_result_of_expected_value, found.expected_value_problem):
        assert cost == pytest.approx(found.recourse_problem)


def test_two_stages_have_nothing_left_to_know_after_the_first():
    tree, values, crops = farmer_data(data_folder() / "checks" / "farmer")
    found = worth(farmer(crops, 500.0), tree, values, ["acres"])
    assert found.value_of_knowing_the_rest == pytest.approx(0.0, abs=1e-6)
    assert found.value_of_stochastic_solution == pytest.approx(1150.0, rel=1e-6)
    assert found.expected_value_of_perfect_information == pytest.approx(7015.5556, rel=1e-6)


def test_every_programme_is_solved_as_asked():
    tree, values, crops = farmer_data(data_folder() / "checks" / "farmer")
    asked = []
    found = worth(farmer(crops, 500.0), tree, values, ["acres"], lambda model: asked.append(model) or solve(model))
    assert len(asked) == 5 and found.recourse_problem == pytest.approx(-108390.0)


def test_three_stages_tell_the_fan_from_the_tree():
    tree, values, build = air_conditioning(data_folder() / "checks" / "air-conditioning")
    found = worth(build, tree, values, ["made", "overtime", "stored"])
    assert found.recourse_problem == pytest.approx(62500.0)
    assert found.fan == pytest.approx(61250.0)  # 200 made and 75 stored on average once all is known
    assert found.wait_and_see == pytest.approx(58750.0)


def test_a_first_decision_that_meets_no_plan_costs_without_limit():
    tree = grown([2], [1, 1])
    values = xr.Dataset({"need": ("node", [0.0, 0.0, 10.0])}, {"node": list(tree.node)})

    def build(tree, values):
        model = new_model()
        ahead = model.add_variables(lower=0, coords={"node": ["now"]}, name="ahead")
        later = list(tree.node[1:])
        stock = ahead.sel(node=["now"] * len(later)).assign_coords(node=later)
        model.add_constraints(stock >= values["need"].sel(node=later), name="need")
        model.add_objective((1.0 * ahead).sum())
        return model

    found = worth_on_one_root(build, tree, values)
    assert found.recourse_problem == pytest.approx(10.0)
    assert found.expected_result_of_expected_value == np.inf
    assert found.value_of_stochastic_solution == np.inf


def worth_on_one_root(build, tree, values):
    """The programme above names its first node; where there are several it is one programme a node."""

    def any_root(tree, values):
        roots = [node for node, parent in zip(tree.node, tree.parent, strict=True) if not parent]
        if roots == ["now"]:
            return build(tree, values)
        model = new_model()
        ahead = model.add_variables(lower=0, coords={"node": list(tree.node)}, name="ahead")
        pairs = [(n, p) for n, p in zip(tree.node, tree.parent, strict=True) if p]
        later, before = [n for n, _ in pairs], [p for _, p in pairs]
        model.add_constraints(
            ahead.sel(node=before).assign_coords(node=later) >= values["need"].sel(node=later), name="need"
        )
        model.add_objective((0.5 * ahead).sum())
        return model

    return worth(any_root, tree, values, ["ahead"])


def test_a_first_decision_that_is_not_there_is_named():
    tree, values, crops = farmer_data(data_folder() / "checks" / "farmer")
    with pytest.raises(PlanError, match="no variable 'sold' with node 'now'"):
        worth(farmer(crops, 500.0), tree, values, ["sold"])


def test_no_stock_is_held_against_an_embargo_that_costs_less_than_holding():
    tree, values, build = embargo_stock(np.array([0.5, 2.0]), 0.1, 1.0, 0.2, 100.0)
    found = solve(build(tree, values))
    assert found.values["stock"].item() == 0.0
    assert found.objective == pytest.approx(0.1 * 125.0)
