"""Security against cost: one programme solved again as the yearly budget runs from nothing to more than it wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from lodestone.errors import PlanError
from lodestone.respond.held import Held, hold, resolve, row_values, set_right
from lodestone.respond.plan import Plan, loss_if_it_comes, spending
from lodestone.respond.solve import Solved
from lodestone.respond.tree import ScenarioTree

if TYPE_CHECKING:
    from linopy import Model

BEYOND = 1.25  # of what the free plan spends in its dearest stage: the last point
LEAST_POINTS = 3  # nothing, what the plan wants, and more than that
AMPLE = 1e9  # million USD a year: more than any plan spends


@dataclass(frozen=True)
class Point:
    """A plan under a budget. ``budget``: million USD of 2024 a year. ``cost``, ``loss``: of the plan and of value added,
    expected and discounted; ``loss_if_it_comes``: mean over scenarios with a curb, not discounted; ``objective``: what
    is minimised. All infinite where no plan meets the other rules within the budget."""

    budget: float
    cost: float
    loss: float
    loss_if_it_comes: float
    objective: float


def frontier(
    build: Callable[[ScenarioTree, xr.Dataset], Model],
    tree: ScenarioTree,
    data: xr.Dataset,
    told: Callable[[Solved], Plan],
    points: int,
    time_limit: float | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> tuple[Point, ...]:
    """Plans under budgets from zero to more than the free plan spends, one programme in the solver throughout.

    Budgets lie close together where they are small: the k-th is the cube of its share of the way to what the free plan
    spends a year in its dearest stage, and the last is beyond that.

    Parameters
    ----------
    build : function of (ScenarioTree, Dataset) to linopy.Model
        Of `lodestone.respond.programme.programme`, under rules with a budget (any).
    tree : ScenarioTree
    data : Dataset
        Of an outlook.
    told : function of Solved to Plan
    points : int
        At least 3.
    time_limit : float or None
        Seconds for each solve.
    tick : function of (done, total), optional

    Returns
    -------
    tuple of Point
        From the smallest budget to the largest.

    Raises
    ------
    PlanError
        If there are fewer than three points, or the rules have no budget.
    """
    if points < LEAST_POINTS:
        raise PlanError(f"a frontier of {points} points is none. Ask for at least {LEAST_POINTS}.")
    held = hold(build(tree, data))
    if "budget" not in held.model.constraints:
        raise PlanError("the rules of this programme have no budget. Give one, of any size.")
    years = data["weeks"].sum("part") / 52.0
    free = at_budget(held, AMPLE, years, told, time_limit)
    peak = float((row_values(held, "budget") / years).max())
    shares = (np.arange(points - 1) / (points - 2)) ** 3
    budgets = [*(peak * shares).tolist(), BEYOND * peak]
    found = []
    for done, budget in enumerate(reversed(budgets), 1):  # downwards: each starts from a plan near its own
        if budget >= peak:
            found.append(Point(budget, free.cost, free.loss, free.loss_if_it_comes, free.objective))
        else:
            found.append(at_budget(held, float(budget), years, told, time_limit))
        if tick is not None:
            tick(done, points)
    return tuple(reversed(found))


def at_budget(
    held: Held, budget: float, years: xr.DataArray, told: Callable[[Solved], Plan], time_limit: float | None = None
) -> Point:
    """The plan of a held programme under another budget.

    Parameters
    ----------
    held : Held
    budget : float
        Million USD of 2024 a year.
    years : DataArray, dims (node,)
        Length of each node's stage.
    told : function of Solved to Plan
    time_limit : float or None
    """
    set_right(held, "budget", years * budget)
    if budget == 0.0:  # far from every other plan: a start from there takes longer than one from nothing
        held.highs.clearSolver()
    solved = resolve(held, time_limit)
    if solved is None:
        return Point(budget, *(float("inf"),) * 4)
    plan = told(solved)
    return Point(
        budget, spending(plan), float(plan.costs["loss of value added"]), loss_if_it_comes(plan), plan.objective
    )
