"""Two-stage programmes taken apart: one small programme a scenario, joined by cuts (the L-shaped method [1]_).

    min c'x + sum_s p_s Q_s(x),  A x <= b,  x >= 0,     Q_s(x) = min { q_s'y : W_s y = h_s - T_s x, y >= 0 }

Each scenario's programme stays in the solver from one iteration to the next; only its right-hand side moves. A
start from where the last one ended can go wrong in HiGHS, so no answer is taken on trust: its prices
must be feasible (which alone makes a cut valid) and its plan must be feasible at the same cost; an answer that fails is
solved again from nothing.

References
----------
.. [1] R. M. Van Slyke and R. Wets, "L-shaped linear programs with applications to optimal control and
   stochastic programming", SIAM J. Appl. Math., vol. 17, no. 4, pp. 638-663, 1969.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from lodestone.errors import InfeasiblePlan, PlanError, SolverError
from lodestone.respond.highs import quiet, run, set_options

if TYPE_CHECKING:
    from highspy import Highs

Matrix: TypeAlias = Any  # two-dimensional, dense or of scipy.sparse
CUTS = ("multi", "single")
EXACT = 1e-7  # by which a price, a plan or a cost may be off, relative to its size


@dataclass(frozen=True)
class TwoStage:
    """A programme in the letters of its formula; a tuple holds one entry a scenario.

    ``first_cost`` c (decision,), ``first_rows`` A (limit, decision), ``limits`` b (limit,);
    ``probability`` p (scenario,) [fraction; sums to 1]; ``technology`` T, ``recourse`` W, ``right`` h,
    ``recourse_cost`` q. Costs in one unit.
    """

    first_cost: np.ndarray
    first_rows: Matrix
    limits: np.ndarray
    probability: np.ndarray
    technology: tuple[Matrix, ...]
    recourse: tuple[Matrix, ...]
    right: tuple[np.ndarray, ...]
    recourse_cost: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Decomposed:
    """``first``: the first decision. ``objective``: its expected cost; ``bound``: no decision costs less.

    ``gap``: (objective - bound) / |objective|, or their difference where the objective is below 1.
    ``optimal``: whether the gap asked for was reached. ``bounds``: the bound after each iteration.
    ``cut_count``: cuts made; ``cold_count``: answers that failed their check and were solved from nothing.
    """

    first: np.ndarray
    objective: float
    bound: float
    gap: float
    optimal: bool
    bounds: tuple[float, ...]
    cut_count: int
    cold_count: int


@dataclass(frozen=True)
class _Answer:
    """What a scenario says to a first decision: its cost (infinite if it cannot be met), and a cut.

    The cut: cost >= constant + slope @ x, or 0 >= constant + slope @ x where it cannot be met.
    """

    cost: float
    constant: float
    slope: np.ndarray
    cold: bool


def decompose(
    problem: TwoStage,
    cuts: str = "multi",
    gap: float = 1e-6,
    floor: Sequence[float] | None = None,
    most_iterations: int = 500,
) -> Decomposed:
    """Solve a two-stage programme by cuts.

    Parameters
    ----------
    problem : TwoStage
    cuts : str
        "multi": a cut a scenario in each iteration; "single": one for their mean.
    gap : float
        Relative gap at which to stop.
    floor : sequence of float or None
        What p_s Q_s(x) is never below, a number a scenario; if None, the least each reaches with a first
        decision of its own.
    most_iterations : int
        After which the best decision so far is returned with its gap.

    Returns
    -------
    Decomposed

    Raises
    ------
    PlanError
        If ``cuts`` is unknown or the parts of the problem do not fit each other.
    InfeasiblePlan
        If no first decision can be met in every scenario.
    SolverError
        If the cost has no lower end, or the solver gives no answer that stands its check.
    """
    _fits(problem, cuts)
    every = range(len(problem.probability))
    least = np.array([_own_least(problem, s) for s in every] if floor is None else floor, dtype=float)
    groups = [[s] for s in every] if cuts == "multi" else [list(every)]
    master = _programme(
        np.concatenate([problem.first_cost, np.ones(len(groups))]),
        sp.hstack([problem.first_rows, sp.csr_array((len(problem.limits), len(groups)))]),
        np.full(len(problem.limits), -np.inf),
        problem.limits,
        np.concatenate([np.zeros(len(problem.first_cost)), [least[group].sum() for group in groups]]),
    )
    scenarios = [
        _programme(problem.recourse_cost[s], problem.recourse[s], problem.right[s], problem.right[s]) for s in every
    ]
    size = len(problem.first_cost)
    best, objective, bounds, cut_count, cold_count = np.zeros(size), np.inf, [], 0, 0
    for _ in range(most_iterations):
        found = _master_answer(master)
        x = found[:size]
        bounds.append(float(master.getInfo().objective_function_value))
        answers = [_answer(scenarios[s], problem, s, x) for s in every]
        cold_count += sum(answer.cold for answer in answers)
        cost = float(problem.first_cost @ x) + sum(
            p * a.cost for p, a in zip(problem.probability, answers, strict=True)
        )
        if cost < objective:
            best, objective = x, cost
        if _gap(objective, bounds[-1]) <= gap:
            break
        cut_count += _add_cuts(master, problem, groups, answers)
    reached = _gap(objective, bounds[-1])
    return Decomposed(best, objective, bounds[-1], reached, reached <= gap, tuple(bounds), cut_count, cold_count)


def _gap(objective: float, bound: float) -> float:
    return (objective - bound) / max(abs(objective), 1.0) if np.isfinite(objective) else np.inf


def _fits(problem: TwoStage, cuts: str) -> None:
    size, count = len(problem.first_cost), len(problem.probability)
    parts = (problem.technology, problem.recourse, problem.right, problem.recourse_cost)
    if cuts not in CUTS:
        raise PlanError(f"no cuts '{cuts}'. Known: {', '.join(CUTS)}.")
    if any(len(part) != count for part in parts):
        raise PlanError(
            f"{count} probabilities, but {', '.join(str(len(part)) for part in parts)} entries. Give as many."
        )
    if problem.first_rows.shape != (len(problem.limits), size):
        raise PlanError(
            f"first rows of shape {problem.first_rows.shape}, not {(len(problem.limits), size)}. Mend them."
        )
    for s, (t, w, h, q) in enumerate(zip(*parts, strict=True)):
        if t.shape != (len(h), size) or w.shape != (len(h), len(q)):
            raise PlanError(f"scenario {s}: T of {t.shape}, W of {w.shape}, h of {len(h)}, q of {len(q)}. Mend these.")


def _programme(
    cost: np.ndarray, rows: Matrix, lower: np.ndarray, upper: np.ndarray, least: np.ndarray | None = None
) -> Highs:
    """min cost @ z, lower <= rows z <= upper, z >= least (0), kept in the solver."""
    highs, matrix = quiet(), sp.csr_array(rows)
    # Presolve would hand back neither the basis to go on from nor the ray of what cannot be met.
    set_options(highs, {"solver": "simplex", "presolve": "off"})
    count = len(cost)
    highs.addVars(count, np.zeros(count) if least is None else least, np.full(count, np.inf))
    highs.changeColsCost(count, np.arange(count, dtype=np.int32), np.asarray(cost, dtype=float))
    highs.addRows(len(lower), lower, upper, matrix.nnz, matrix.indptr, matrix.indices, matrix.data)
    return highs


def _own_least(problem: TwoStage, s: int) -> float:
    """The least p_s Q_s reaches when the first decision serves scenario s alone and costs nothing."""
    size, limits, right = len(problem.first_cost), problem.limits, problem.right[s]
    rows = sp.block_array([[sp.csr_array(problem.first_rows), None], [problem.technology[s], problem.recourse[s]]])
    highs = _programme(
        np.concatenate([np.zeros(size), problem.recourse_cost[s]]),
        rows,
        np.concatenate([np.full(len(limits), -np.inf), right]),
        np.concatenate([limits, right]),
    )
    words = run(highs)
    if words == "Infeasible":
        raise InfeasiblePlan(f"no first decision can be met in scenario {s}. Relax a limit, or add recourse.")
    if words != "Optimal":
        raise SolverError(
            f"the least cost of scenario {s} ended with '{words.lower()}'. Give floor, or bound its recourse."
        )
    return float(problem.probability[s] * highs.getInfo().objective_function_value)


def _master_answer(master: Highs) -> np.ndarray:
    words = run(master)
    if words == "Infeasible":
        raise InfeasiblePlan("no first decision can be met in every scenario. Relax a limit, or add recourse.")
    if words != "Optimal":
        raise SolverError(f"the first stage ended with '{words.lower()}'. Bound the first decisions.")
    return np.array(master.getSolution().col_value)


def _answer(highs: Highs, problem: TwoStage, s: int, x: np.ndarray) -> _Answer:
    """Solve scenario s at x from where its last solve ended; from nothing where that answer fails its check."""
    right = problem.right[s] - problem.technology[s] @ x
    for k, value in enumerate(right):
        highs.changeRowBounds(k, float(value), float(value))
    for cold in (False, True):
        if cold:
            highs.clearSolver()
        words = run(highs)
        prices = _checked_prices(highs, problem, s, right) if words == "Optimal" else None
        if prices is not None:
            cost = float(highs.getInfo().objective_function_value)
            return _Answer(cost, float(prices @ problem.right[s]), -(problem.technology[s].T @ prices), cold)
        ray = _checked_ray(highs, problem, s, right) if words == "Infeasible" else None
        if ray is not None:
            return _Answer(np.inf, float(ray @ problem.right[s]), -(problem.technology[s].T @ ray), cold)
    raise SolverError(
        f"scenario {s} ended with '{words.lower()}' and no answer that stands its check. Bound its recourse."
    )


def _checked_prices(highs: Highs, problem: TwoStage, s: int, right: np.ndarray) -> np.ndarray | None:
    """Row prices of an answer if prices and plan are feasible at one cost, else None."""
    solution = highs.getSolution()
    prices, plan = np.array(solution.row_dual), np.array(solution.col_value)
    cost, rows = problem.recourse_cost[s], problem.recourse[s]
    paid, worth = float(cost @ plan), float(prices @ right)
    left = cost - rows.T @ prices
    missed = np.abs(rows @ plan - right)
    fair = left.min(initial=0.0) >= -EXACT * (1.0 + np.abs(cost).max(initial=0.0))
    met = missed.max(initial=0.0) <= EXACT * (1.0 + np.abs(right).max(initial=0.0)) and plan.min(initial=0.0) >= -EXACT
    return prices if fair and met and abs(paid - worth) <= EXACT * (1.0 + abs(paid)) else None


def _checked_ray(highs: Highs, problem: TwoStage, s: int, right: np.ndarray) -> np.ndarray | None:
    """A direction of prices that proves that the scenario cannot be met, if it does, else None."""
    _, there, found = highs.getDualRay()  # type: ignore[attr-defined]
    if not there:
        return None
    ray = np.array(found) / max(float(np.abs(found).max(initial=0.0)), 1e-300)
    ray = ray if ray @ right > 0.0 else -ray
    proves = (problem.recourse[s].T @ ray).max(initial=0.0) <= EXACT and ray @ right > EXACT
    return ray if proves else None


def _add_cuts(master: Highs, problem: TwoStage, groups: list[list[int]], answers: list[_Answer]) -> int:
    """Add what the answers say to the first stage; where one cannot be met, only what forbids that."""
    size, made = len(problem.first_cost), 0
    unmet = [answer for answer in answers if not np.isfinite(answer.cost)]
    for answer in unmet:
        _add_row(master, -answer.slope, np.arange(size), answer.constant)
        made += 1
    for k, group in enumerate([] if unmet else groups):
        weight = problem.probability[group]
        constant = float(weight @ [answers[s].constant for s in group])
        slope = weight @ np.array([answers[s].slope for s in group])
        _add_row(master, np.append(-slope, 1.0), np.append(np.arange(size), size + k), constant)
        made += 1
    return made


def _add_row(master: Highs, entries: np.ndarray, columns: np.ndarray, lower: float) -> None:
    kept = np.flatnonzero(entries)
    master.addRow(lower, np.inf, len(kept), columns[kept].astype(np.int32), entries[kept].astype(float))
