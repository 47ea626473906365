"""A programme that stays in the solver: limits, bounds and costs move, and the last plan is where the next starts.

A start from where the last one ended can go wrong in HiGHS, so an answer counts only where the solver's own measure of
what it violates is small; another is solved again from nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from lodestone.errors import SolverError
from lodestone.respond.highs import DEVEX, Option, in_solver, run, set_options
from lodestone.respond.solve import Solved, labelled, spread

if TYPE_CHECKING:
    from highspy import Highs
    from linopy import Model

TOLERANCE = 1e-6  # by which rows, bounds and prices may be missed, in the solver's own units
NO_PLAN = ("Infeasible", "Primal infeasible or unbounded")


@dataclass(frozen=True)
class Held:
    """A linear programme in the solver. ``column``, ``row``: place in the solver of each label of the model, -1 where the
    label is not in use. ``build_seconds``: until it was there."""

    model: Model
    highs: Highs
    column: np.ndarray
    row: np.ndarray
    build_seconds: float


def hold(model: Model, options: Mapping[str, Option] | None = None) -> Held:
    """Load a linear programme into a solver that is kept.

    Parameters
    ----------
    model : linopy.Model
        One that minimises, without whole numbers.
    options : mapping of str to value, optional
        Of HiGHS.

    Returns
    -------
    Held

    Raises
    ------
    SolverError
        If the programme maximises or holds whole numbers, or an option is refused.

    Examples
    --------
    >>> from lodestone.respond.solve import new_model
    >>> model = new_model()
    >>> tonnes = model.add_variables(lower=0, coords={"form": ["oxide"]}, name="tonnes")
    >>> _ = model.add_constraints(tonnes.sum() >= 10, name="need")
    >>> model.add_objective((2.0 * tonnes).sum())
    >>> kept = hold(model)
    >>> set_right(kept, "need", xr.DataArray(25.0))
    >>> resolve(kept).objective
    50.0
    """
    if model.sense != "min" or len(model.binaries) + len(model.integers):
        raise SolverError("only a linear programme that minimises is kept in the solver. Solve others with `solve`.")
    begun = time.perf_counter()
    highs = in_solver(model)
    set_options(highs, DEVEX | {"solver": "simplex"} | dict(options or {}))
    places = []
    for size, labels in (
        (model._xCounter, model.variables.label_index.vlabels),
        (model._cCounter, model.constraints.label_index.clabels),
    ):
        place = np.full(size + 1, -1, dtype=np.int32)  # the last one answers for the label -1 of a masked cell
        place[labels] = np.arange(len(labels), dtype=np.int32)
        places.append(place)
    column, row = places
    return Held(model, highs, column, row, time.perf_counter() - begun)


def columns(held: Held, name: str) -> xr.DataArray:
    """Place in the solver of each cell of a variable; -1 where it has none."""
    labels = held.model.variables[name].labels
    return labels.copy(data=held.column[labels.values])


def rows(held: Held, name: str) -> xr.DataArray:
    """Place in the solver of each row of a group; -1 where it has none."""
    labels = held.model.constraints[name].labels
    return labels.copy(data=held.row[labels.values])


def set_right(held: Held, name: str, right: xr.DataArray) -> None:
    """Give the rows of a group other right-hand sides; their sense stays.

    Parameters
    ----------
    right : DataArray
        With the labels of the group's rows, or a scalar for all.
    """
    group = held.model.constraints[name]
    place, sense = rows(held, name), group.sign
    if right.dims:
        place, right, sense = xr.align(place, right, sense.broadcast_like(place), join="exact")
    numbers = right.broadcast_like(place).transpose(*place.dims).values.ravel()
    kind = sense.broadcast_like(place).transpose(*place.dims).values.ravel().astype(str)
    used = place.values.ravel() >= 0
    at, numbers, kind = place.values.ravel()[used], numbers[used].astype(float), kind[used]
    lower = np.where(kind == "<=", -np.inf, numbers)
    upper = np.where(kind == ">=", np.inf, numbers)
    for one, low, high in zip(at, lower, upper, strict=True):
        held.highs.changeRowBounds(int(one), float(low), float(high))


def set_bounds(held: Held, place: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Give columns other bounds.

    Parameters
    ----------
    place, lower, upper : array
        Places in the solver and a bound for each.
    """
    for one, low, high in zip(np.ravel(place), np.ravel(lower), np.ravel(upper), strict=True):
        held.highs.changeColBounds(int(one), float(low), float(high))


def set_costs(held: Held, cost: np.ndarray) -> None:
    """Give every column another cost, in the solver's order."""
    place = np.arange(len(cost), dtype=np.int32)
    held.highs.changeColsCost(len(place), place, np.asarray(cost, float))


def resolve(held: Held, time_limit: float | None = None) -> Solved | None:
    """Solve what is in the solver, from where the last solve ended.

    Parameters
    ----------
    time_limit : float or None
        Seconds.

    Returns
    -------
    Solved or None
        None where nothing meets all rows.

    Raises
    ------
    SolverError
        If the solver ends without an optimal plan, also from nothing.
    """
    begun = time.perf_counter()
    objective = cost_of(held, time_limit)
    if objective is None:
        return None
    values, duals = labelled(held.model, held.highs, with_duals=True)
    return Solved(
        status="optimal", optimal=True, objective=objective, bound=objective, gap=0.0,
        build_seconds=held.build_seconds, solve_seconds=time.perf_counter() - begun,
        row_count=held.highs.getNumRow(), column_count=held.highs.getNumCol(), nonzero_count=held.highs.getNumNz(),
        values=values, duals=duals,
    )  # fmt: skip


def cost_of(held: Held, time_limit: float | None = None) -> float | None:
    """The objective alone of what `resolve` finds; None where nothing meets all rows."""
    if time_limit is not None:  # HiGHS counts from the first solve on
        set_options(held.highs, {"time_limit": float(held.highs.getRunTime() + time_limit)})
    words = run(held.highs)
    if (words == "Optimal" and not _trusted(held.highs)) or words not in ("Optimal", *NO_PLAN):
        held.highs.clearSolver()
        words = run(held.highs)
    if words in NO_PLAN:
        return None
    if words != "Optimal":
        raise SolverError(f"the solver ended with '{words.lower()}' and no plan. Give it more time.")
    return float(held.highs.getInfo().objective_function_value)


def reduced_costs(held: Held, name: str) -> xr.DataArray:
    """What the objective of the last plan rises by when a cell of a variable is raised by one; NaN where it has none."""
    prices = np.full(len(held.column) - 1, np.nan)
    prices[held.model.variables.label_index.vlabels] = held.highs.getSolution().col_dual
    return spread(prices, held.model.variables[name].labels)


def row_values(held: Held, name: str) -> xr.DataArray:
    """What the left-hand side of each row of a group came to in the last plan; constants are on the right."""
    values = np.full(len(held.row) - 1, np.nan)
    values[held.model.constraints.label_index.clabels] = held.highs.getSolution().row_value
    return spread(values, held.model.constraints[name].labels)


def _trusted(highs: Highs) -> bool:
    info = highs.getInfo()
    return max(info.max_primal_infeasibility, info.max_dual_infeasibility) <= TOLERANCE
