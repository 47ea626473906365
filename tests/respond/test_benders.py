"""Taken apart and put together give one answer, and no answer of the solver is taken on trust."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from lodestone.errors import InfeasiblePlan, PlanError, SolverError
from lodestone.evidence.plan_instances import farmer_arrays, farmer_data
from lodestone.facts import data_folder
from lodestone.respond import benders
from lodestone.respond.benders import CUTS, TwoStage, decompose


def whole(problem):
    """The least cost of the same programme in one piece, by another road to the solver."""
    size, count = len(problem.first_cost), len(problem.probability)
    weighted = [p * q for p, q in zip(problem.probability, problem.recourse_cost, strict=True)]
    rows = sp.hstack([sp.vstack([sp.csr_array(t) for t in problem.technology]), sp.block_diag(problem.recourse)])
    recourse = sum(len(q) for q in problem.recourse_cost)
    found = linprog(
        np.concatenate([problem.first_cost, *weighted]),
        A_ub=sp.hstack([sp.csr_array(problem.first_rows), sp.csr_array((len(problem.limits), recourse))]),
        b_ub=problem.limits,
        A_eq=rows,
        b_eq=np.concatenate(problem.right),
    )
    assert size + recourse == rows.shape[1] and count
    return found


def stocks(seed, goods, scenarios, missing=True):
    """Goods stocked within a common room, each short or left over later; ``missing``: what lacks can be bought."""
    generator = np.random.default_rng(seed)
    eye = np.eye(goods)
    mixed = generator.random((goods, goods)) * (generator.random((goods, goods)) < 0.5) + eye
    recourse = np.hstack([eye, -eye] if missing else [-eye])
    return TwoStage(
        first_cost=generator.uniform(1.0, 3.0, goods),
        first_rows=np.ones((1, goods)),
        limits=np.array([3.0 * goods]),
        probability=(weight := generator.random(scenarios)) / weight.sum(),
        technology=(mixed,) * scenarios,
        recourse=(recourse,) * scenarios,
        right=tuple(generator.uniform(0.0, 4.0 if missing else 2.0, goods) for _ in range(scenarios)),
        recourse_cost=tuple(
            np.concatenate([generator.uniform(2.0, 9.0, goods)] * missing + [generator.uniform(0.0, 1.0, goods)])
            for _ in range(scenarios)
        ),
    )


@pytest.mark.parametrize("cuts", CUTS)
def test_the_farmer_in_one_piece_and_by_cuts(cuts):
    tree, values, crops = farmer_data(data_folder() / "checks" / "farmer")
    problem = farmer_arrays(crops, values, tree, 500.0)
    found = decompose(problem, cuts, gap=1e-9)
    assert found.optimal and found.objective == pytest.approx(-108390.0, rel=1e-9) == whole(problem).fun
    assert found.first == pytest.approx([170.0, 80.0, 250.0])
    assert list(found.bounds) == sorted(found.bounds)
    published = decompose(problem, cuts, floor=[-432000.0] * 3)
    assert published.bounds[0] == pytest.approx(-1296000.0)
    assert published.bound == pytest.approx(-108390.0, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 6), st.sampled_from(CUTS), st.booleans())
def test_random_programmes_cost_the_same_in_one_piece(seed, goods, scenarios, cuts, missing):
    problem = stocks(seed, goods, scenarios, missing)
    one = whole(problem)
    if one.status == 2:
        with pytest.raises(InfeasiblePlan):
            decompose(problem, cuts)
        return
    found = decompose(problem, cuts, gap=1e-8)
    assert found.objective == pytest.approx(one.fun, rel=1e-6, abs=1e-6)
    assert found.bound <= found.objective + 1e-9 and list(found.bounds) == sorted(found.bounds)


def test_what_no_first_decision_can_meet_is_told():
    problem = replace(stocks(1, 2, 2, missing=False), right=(np.full(2, 1.0), np.full(2, 99.0)))
    with pytest.raises(InfeasiblePlan, match="scenario 1"):
        decompose(problem)
    with pytest.raises(InfeasiblePlan, match="every scenario"):
        decompose(problem, floor=[0.0, 0.0])


def test_an_answer_that_fails_its_check_is_solved_from_nothing(monkeypatch):
    problem, checked, calls = stocks(3, 3, 4), benders._checked_prices, []

    def doubt_every_third(*given):
        calls.append(given)
        return None if len(calls) % 3 == 1 else checked(*given)

    right = decompose(problem)
    monkeypatch.setattr(benders, "_checked_prices", doubt_every_third)
    found = decompose(problem)
    assert right.cold_count == 0 < found.cold_count
    assert found.objective == pytest.approx(right.objective)
    monkeypatch.setattr(benders, "_checked_prices", lambda *_: None)
    with pytest.raises(SolverError, match="stands its check"):
        decompose(problem)


def test_prices_a_plan_or_a_cost_that_is_off_fails_its_check():
    problem = stocks(2, 2, 1)
    right, cost = problem.right[0], problem.recourse_cost[0]
    highs = benders._programme(cost, problem.recourse[0], right, right)
    highs.run()
    prices, plan = np.array(highs.getSolution().row_dual), np.array(highs.getSolution().col_value)
    unused = np.where(plan == 0.0, -1e3, 0.0)
    unfair = replace(problem, recourse_cost=(cost + unused,))  # the same cost of the plan, prices that no longer hold
    apart = right + np.array([prices[1], -prices[0]])  # the same worth of the rows, a plan that misses them
    assert benders._checked_prices(highs, problem, 0, right) is not None
    assert (cost + unused) @ plan == pytest.approx(prices @ right) == prices @ apart
    assert benders._checked_prices(highs, unfair, 0, right) is None
    assert benders._checked_prices(highs, problem, 0, apart) is None
    assert benders._checked_prices(highs, replace(problem, recourse_cost=(cost * 1.5,)), 0, right) is None


def test_the_best_decision_so_far_is_kept():
    problem = stocks(4, 4, 6)
    steps = [decompose(problem, "single", most_iterations=k).objective for k in range(1, 12)]
    assert steps == sorted(steps, reverse=True)


def test_too_few_iterations_give_the_best_so_far_with_its_gap():
    found = decompose(stocks(4, 4, 6), most_iterations=2)
    assert not found.optimal and found.gap > 0.0 and len(found.bounds) == 2


def test_parts_that_do_not_fit_are_refused():
    problem = stocks(1, 2, 2)
    with pytest.raises(PlanError, match="no cuts 'few'"):
        decompose(problem, "few")
    with pytest.raises(PlanError, match="2 probabilities, but 1, 2, 2, 2"):
        decompose(replace(problem, technology=problem.technology[:1]))
    with pytest.raises(PlanError, match="first rows of shape"):
        decompose(replace(problem, limits=np.ones(3)))
    with pytest.raises(PlanError, match="scenario 0: T of"):
        decompose(replace(problem, right=(np.ones(3), np.ones(2))))
