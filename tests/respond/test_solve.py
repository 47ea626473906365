"""The solver's answer is asked for before its numbers, and a plan that does not exist is explained."""

import subprocess
import sys
import time
from pathlib import Path

import highspy
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import InfeasiblePlan, SolverError
from lodestone.respond import conflict as conflicts
from lodestone.respond.conflict import Rule
from lodestone.respond.highs import quiet, set_options
from lodestone.respond.solve import METHODS, new_model, solve
from tests.respond.small_plan import stock_plan, worlds

ROOT = Path(__file__).parents[2]
YEARS, SOURCES = {"year": [2027, 2028]}, {"source": ["home", "abroad"]}
RULES = (
    Rule("need of industry", ("need",), "t"),
    Rule("single-country ceiling", ("ceiling",), "t"),
    Rule("budget", ("budget",), "million"),
)


def supply(need=100.0, ceiling=60.0, budget=900.0, home=30.0):
    model = new_model()
    bought = model.add_variables(lower=0, coords=YEARS | SOURCES, name="bought")
    model.add_constraints(bought.sel(source="home") <= home, name="capacity")
    model.add_constraints(bought.sum("source") >= need, name="need")
    model.add_constraints(bought.sel(source="abroad") <= ceiling, name="ceiling")
    price = xr.DataArray([5.0, 1.0], SOURCES, ("source",))
    model.add_constraints((bought * price).sum() <= budget, name="budget")
    model.add_objective((bought * price).sum())
    return model


@pytest.mark.parametrize("method", METHODS)
def test_published_first_example_with_its_size_and_shadow_prices(method):
    model = new_model()
    x, y = (model.add_variables(lower=0, name=name) for name in ("x", "y"))
    model.add_constraints(3 * x + 7 * y >= 10, name="first")
    model.add_constraints(5 * x + 2 * y >= 3, name="second")
    model.add_objective(x + 2 * y)
    found = solve(model, method=method)
    assert found.status == "optimal" and found.optimal and found.gap == 0.0
    assert found.objective == pytest.approx(2.8620689655) == found.bound
    assert found.values["y"].item() == pytest.approx(1.4137931034)
    assert (found.row_count, found.column_count, found.nonzero_count) == (2, 2, 4)
    price = {name: found.duals[name].item() for name in ("first", "second")}
    assert 10 * price["first"] + 3 * price["second"] == pytest.approx(found.objective)
    assert found.build_seconds > 0.0 and found.solve_seconds > 0.0


@pytest.mark.parametrize(
    "options", [{"solver": "hipo"}, {"solver": "no such"}, {"no_such": 1}, {"mip_rel_gap": -1.0}, {"threads": "two"}]
)
def test_an_option_that_is_refused_is_an_error_and_not_the_default(options):
    with pytest.raises(SolverError, match=f"refused the option {next(iter(options))}"):
        solve(supply(home=80.0), options=options)


def test_all_refused_options_are_named_and_the_others_hold():
    highs = quiet()
    with pytest.raises(SolverError, match="no_such = 1, presolve = 'maybe'"):
        set_options(highs, {"no_such": 1, "threads": 1, "presolve": "maybe"})
    assert highs.getOptionValue("threads")[1] == 1


def test_an_option_that_holds_but_is_not_accepted_or_the_reverse_is_refused():
    class Doubtful:
        def __init__(self, answer, held):
            self.answer, self.held = answer, held

        def setOptionValue(self, name, value):
            return self.answer

        def getOptionValue(self, name):
            return highspy.HighsStatus.kOk, self.held

    for answer, held in ((highspy.HighsStatus.kWarning, 1), (highspy.HighsStatus.kOk, 2)):
        with pytest.raises(SolverError, match="threads = 1"):
            set_options(Doubtful(answer, held), {"threads": 1})
    set_options(Doubtful(highspy.HighsStatus.kOk, 1), {"threads": 1})


def test_nothing_is_printed():
    lines = "from tests.respond.test_solve import solve, supply; solve(supply(home=80.0))"
    run = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == ""


def test_another_number_of_threads_in_the_process_is_told():
    lines = """
import highspy
from tests.respond.test_solve import solve, supply
other = highspy.Highs()
other.setOptionValue("threads", 3)
other.addVars(2, [0.0, 0.0], [1.0, 1.0])
other.addRow(0.0, 1.0, 2, [0, 1], [1.0, 1.0])
other.run()
solve(supply(home=80.0))
"""
    run = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "SolverError: HiGHS did not start" in run.stderr


def test_a_mask_is_empty_in_the_plan_and_labels_come_back():
    model = new_model()
    mask = xr.DataArray([True, False], SOURCES, ("source",))
    bought = model.add_variables(lower=3, coords=SOURCES, mask=mask, name="bought")
    model.add_objective((bought * 2.0).sum())
    found = solve(model)
    assert found.values["bought"].sel(source="home").item() == 3.0
    assert np.isnan(found.values["bought"].sel(source="abroad").item())


def test_labels_that_do_not_match_raise():
    model = new_model()
    bought = model.add_variables(lower=0, coords=SOURCES, name="bought")
    with pytest.raises(ValueError, match="mismatch"):
        bought * xr.DataArray([1.0, 2.0], {"source": ["home", "elsewhere"]}, ("source",))


def test_conflicting_rules_are_named_with_the_nearest_value_of_each():
    with pytest.raises(InfeasiblePlan) as raised:
        solve(supply(), rules=RULES)
    assert raised.value.rules == ("need of industry", "single-country ceiling")
    told = str(raised.value)
    assert "need of industry: asks at least 100 t at 2027, nearest 90 t" in told
    assert "single-country ceiling: asks at most 60 t at 2027, nearest 70 t" in told
    assert "need of industry (asks at least 100 t at 2027, then 90 t" in told  # ten of a hundred beats ten of sixty


def test_a_budget_that_nothing_else_contradicts_is_the_only_one_named_with_need():
    with pytest.raises(InfeasiblePlan) as raised:
        solve(supply(ceiling=200.0, budget=150.0), rules=RULES)
    assert raised.value.rules == ("need of industry", "budget")
    assert "budget: asks at most 150 million, nearest 200 million" in str(raised.value)


def test_without_names_the_groups_of_rows_are_the_rules():
    with pytest.raises(InfeasiblePlan) as raised:
        solve(supply())
    assert raised.value.rules == ("capacity", "need", "ceiling")


def test_a_rule_that_the_rest_contradicts_is_named_alone():
    model = new_model()
    made = model.add_variables(lower=0, upper=7, name="made")
    model.add_constraints(made >= 10, name="need")
    model.add_objective(1.0 * made)
    with pytest.raises(InfeasiblePlan, match="this rule:\n  need: asks at least 10 t, nearest 7 t") as raised:
        solve(model, rules=[Rule("need", ("need",), "t")])
    assert raised.value.rules == ("need",)


def test_the_fewest_rules_are_named_although_dropping_one_by_one_leaves_more():
    model = new_model()
    x, y, z = (model.add_variables(lower=-100, upper=100, name=name) for name in "xyz")
    for name, row in {
        "a": x >= 10, "b": y - x >= 0, "c": z - y >= 0, "d": z <= 5, "e": x <= 5,
    }.items():  # fmt: skip
        model.add_constraints(row, name=name)
    model.add_objective(1.0 * x)
    order = ["e", "a", "b", "c", "d"]  # e goes first, and leaves a, b, c, d
    with pytest.raises(InfeasiblePlan) as raised:
        solve(model, rules=[Rule(name, (name,)) for name in order])
    assert set(raised.value.rules) == {"a", "e"}


def test_past_the_most_trials_none_of_the_named_rules_can_be_left_out(monkeypatch):
    monkeypatch.setattr(conflicts, "MOST_TRIALS", 0)
    with pytest.raises(InfeasiblePlan) as raised:
        solve(supply(), rules=RULES)
    assert raised.value.rules == ("need of industry", "single-country ceiling")


def test_limits_of_single_variables_that_contradict_are_told():
    model = new_model()
    made = model.add_variables(lower=0.2, upper=0.8, integer=True, name="made")
    model.add_constraints(made <= 3, name="capacity")
    model.add_objective(1.0 * made)
    with pytest.raises(InfeasiblePlan, match="limits of single variables"):
        solve(model)


def test_what_is_not_linear_is_refused_and_not_dropped():
    model = new_model()
    made = model.add_variables(lower=0, name="made")
    model.add_objective(made * made)
    with pytest.raises(SolverError, match="not linear"):
        solve(model)
    model = new_model()
    model.add_variables(lower=1, upper=3, semi_continuous=True, name="made")
    model.add_objective(1.0 * model.variables["made"])
    with pytest.raises(SolverError, match="not linear"):
        solve(model)


def test_what_cannot_be_solved_says_why():
    model = new_model()
    made = model.add_variables(lower=0, name="made")
    model.add_objective(-1.0 * made)
    with pytest.raises(SolverError, match="no lower end"):
        solve(model)
    model.objective.sense = "max"
    with pytest.raises(SolverError, match="maximises"):
        solve(model)
    with pytest.raises(SolverError, match="no method 'guess'"):
        solve(supply(), method="guess")
    with pytest.raises(SolverError, match="names rows 'none'"):
        solve(supply(), rules=[Rule("none", ("none",))])


def knapsack(size):
    generator = np.random.default_rng(3)
    model, items = new_model(), {"item": list(range(size))}
    taken = model.add_variables(coords=items, binary=True, name="taken")
    worth = xr.DataArray(generator.integers(900, 1100, size).astype(float), items, ("item",))
    for row in range(6):
        weight = xr.DataArray(generator.integers(900, 1100, size).astype(float), items, ("item",))
        model.add_constraints((weight * taken).sum() <= 1000.0 * size / 3, name=f"limit {row}")
    model.add_objective((-worth * taken).sum())
    return model


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_stay_whole_with_either_method(method):
    found = solve(knapsack(12), method=method)
    assert set(np.round(found.values["taken"].values, 9)) == {0.0, 1.0}
    assert found.gap <= 1e-6 and found.bound <= found.objective + 1e-6 and not found.duals


def test_the_time_limit_gives_the_best_plan_so_far_with_its_gap():
    begun = time.monotonic()
    found = solve(knapsack(200), time_limit=1.0, gap=0.0)
    assert time.monotonic() - begun < 20.0
    assert not found.optimal and 0.0 < found.gap < 0.5 and found.bound < found.objective
    assert found.status == f"time limit reached: the best plan so far, at most {found.gap:.2%} above the cheapest"


def test_the_time_limit_before_any_plan_is_an_error():
    with pytest.raises(SolverError, match="no plan. Give it more time"):
        solve(knapsack(200), time_limit=0.0)


@settings(deadline=None, max_examples=15)
@given(worlds(), st.sampled_from([0.0, 1.0]), st.integers(0, 200), st.integers(0, 200))
def test_a_larger_budget_is_never_worse_and_dropping_a_rule_never_costs(world, weight, small, more):
    tight, wide = (solve(stock_plan(budget, 20.0, weight)(*world)).objective for budget in (small, small + more))
    free = solve(stock_plan(np.inf, 20.0, weight)(*world)).objective
    freer = solve(stock_plan(np.inf, np.inf, weight)(*world)).objective
    assert tight >= wide - 1e-6 >= free - 2e-6 >= freer - 3e-6


@settings(deadline=None, max_examples=15)
@given(worlds(), st.sampled_from([0.0, 2.0]))
def test_other_units_change_nothing(world, weight):
    plain = solve(stock_plan(300.0, 15.0, weight)(*world))
    scaled = solve(stock_plan(300.0, 15.0, weight, unit=1e3, money=1e6)(*world))
    assert scaled.objective * 1e6 == pytest.approx(plain.objective, rel=1e-6, abs=1e-5)


@settings(deadline=None, max_examples=15)
@given(worlds())
def test_no_weight_on_risk_gives_the_cheapest_plan_and_more_weight_a_milder_tail(world):
    cheapest = solve(stock_plan()(*world)).objective
    assert solve(stock_plan(share=0.0)(*world)).objective == pytest.approx(cheapest, abs=1e-6)
    tail = solve(stock_plan(share=1.0)(*world)).objective
    half = solve(stock_plan(share=0.5)(*world)).objective
    assert cheapest - 1e-6 <= half <= tail + 1e-6
    assert half >= (cheapest + tail) / 2 - 1e-6  # the least of a sum is no less than the sum of the least


@settings(deadline=None, max_examples=10)
@given(worlds(), st.sampled_from([0.0, 2.0]))
def test_both_methods_agree(world, weight):
    one, two = (solve(stock_plan(400.0, 15.0, weight)(*world), method=method).objective for method in METHODS)
    assert one == pytest.approx(two, rel=1e-6, abs=1e-5)
