"""A programme handed to HiGHS, and its answer with what is needed to trust it.

Programmes are written with linopy, under its strict rules for labels (`new_model`), and always minimise.
What conflicts in a programme without an answer is worked out in `conflict`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from lodestone.errors import SolverError
from lodestone.respond.conflict import Rule, conflict
from lodestone.respond.highs import DEVEX, Option, in_solver, run, set_options

if TYPE_CHECKING:
    from highspy import Highs
    from linopy import Model

METHODS = ("simplex", "ipm")
UNCLEAR = "Primal infeasible or unbounded"
LADDER = (
    (25_610, 1.4, 0.47),
    (141_090, 37.4, 0.71),
)  # variables, seconds, GB: ends of the ladder of benchmarks/plan.py
GAP = 1e-6  # relative gap at which a mixed-integer programme counts as solved


@dataclass(frozen=True)
class Solved:
    """A plan and how sure the solver is of it.

    ``status``: in words. ``optimal``: whether the gap asked for was reached. ``objective``: cost of the
    plan; ``bound``: no plan costs less; ``gap``: (objective - bound) / |objective|, or their difference
    where the objective is below 1, infinite where there is no bound. [unit of the objective; fraction]
    ``build_seconds``: turning labels into the solver's matrix; ``solve_seconds``. ``values``: each variable
    by name. ``duals``: each group of rows by name, what the objective rises by when the right-hand side
    rises by one; empty where variables are whole numbers.
    """

    status: str
    optimal: bool
    objective: float
    bound: float
    gap: float
    build_seconds: float
    solve_seconds: float
    row_count: int
    column_count: int
    nonzero_count: int
    values: Mapping[str, xr.DataArray]
    duals: Mapping[str, xr.DataArray]


def expected(variables: int) -> tuple[float, float]:
    """What a planning programme of so many variables takes by simplex on one core: seconds and GB of the process.

    Straight between the ends of the measured ladder, seconds in logarithms; a programme of another shape takes what it takes.

    Parameters
    ----------
    variables : int

    Returns
    -------
    seconds, gigabytes : float

    Examples
    --------
    >>> [round(one, 1) for one in expected(141_090)]
    [37.4, 0.7]
    """
    (few, quick, small), (many, slow, large) = LADDER
    size = max(variables, 1)
    steep = np.log(slow / quick) / np.log(many / few)
    return float(quick * (size / few) ** steep), small + (large - small) * (size - few) / (many - few)


def new_model() -> Model:
    """An empty programme in which labels match exactly or the code raises, and a NaN raises.

    Returns
    -------
    linopy.Model
    """
    import linopy

    linopy.options(semantics="v1")
    return linopy.Model()


def solve(
    model: Model,
    *,
    method: str = "simplex",
    time_limit: float | None = None,
    gap: float = GAP,
    rules: Sequence[Rule] = (),
    options: Mapping[str, Option] | None = None,
) -> Solved:
    """Solve a programme on one thread.

    Parameters
    ----------
    model : linopy.Model
        One that minimises.
    method : str
        One of `METHODS`; of a programme with whole numbers, the method of its relaxations.
    time_limit : float or None
        Seconds after which the best plan so far is returned, labelled with its gap.
    gap : float
        Relative gap at which a programme with whole numbers counts as solved.
    rules : sequence of Rule
        Groups of rows with names, by which a conflict is told.
    options : mapping of str to value
        Further options of HiGHS.

    Returns
    -------
    Solved

    Raises
    ------
    InfeasiblePlan
        If nothing meets all rows: with the rules that conflict, and the nearest value of each.
    SolverError
        If an option is refused, the model maximises, its cost has no lower end, or the time passed before any plan.

    Examples
    --------
    >>> model = new_model()
    >>> tonnes = model.add_variables(lower=0, coords={"form": ["oxide", "metal"]}, name="tonnes")
    >>> _ = model.add_constraints(tonnes.sum() >= 10, name="need")
    >>> model.add_objective((tonnes * xr.DataArray([2.0, 3.0], {"form": ["oxide", "metal"]}, ("form",))).sum())
    >>> found = solve(model)
    >>> found.status, found.objective, found.duals["need"].item()
    ('optimal', 20.0, 2.0)
    """
    if model.sense != "min":
        raise SolverError("the programme maximises. Write it as the least cost: turn the sign of its objective.")
    begun = time.perf_counter()
    highs = in_solver(model)
    built = time.perf_counter()
    whole = bool(len(model.binaries) + len(model.integers))
    chosen = _chosen(method, whole, gap, time_limit) | dict(options or {})
    set_options(highs, chosen)
    words = run(highs)
    if words == UNCLEAR:  # presolve may not tell a programme without an answer from one without an end
        set_options(highs, {"presolve": "off"})
        words = run(highs)
    solved = time.perf_counter()
    if words == "Infeasible":
        raise conflict(model, rules)
    if words == "Unbounded":
        raise SolverError("the cost has no lower end: something pays for itself without limit. Give it a capacity.")
    optimal = words in ("Optimal", "Empty")
    info = highs.getInfo()
    if not optimal and (words != "Time limit reached" or info.primal_solution_status != 2):
        raise SolverError(f"the solver ended with '{words.lower()}' and no plan. Give it more time or another method.")
    objective, bound, reached = _distance(info, whole, optimal)
    status = "optimal" if optimal else f"time limit reached: the best plan so far, {_gap_words(reached)}"
    values, duals = labelled(model, highs, with_duals=optimal and not whole)
    return Solved(
        status=status,
        optimal=optimal,
        objective=objective,
        bound=bound,
        gap=reached,
        build_seconds=built - begun,
        solve_seconds=solved - built,
        row_count=highs.getNumRow(),
        column_count=highs.getNumCol(),
        nonzero_count=highs.getNumNz(),
        values=values,
        duals=duals,
    )


def _chosen(method: str, whole: bool, gap: float, time_limit: float | None) -> dict[str, Option]:
    if method not in METHODS:
        raise SolverError(f"no method '{method}'. Known: {', '.join(METHODS)}.")
    # "solver" with a method of linear programmes would drop that variables are whole numbers.
    chosen: dict[str, Option] = DEVEX | {"mip_lp_solver" if whole else "solver": method, "mip_rel_gap": gap}
    return chosen if time_limit is None else chosen | {"time_limit": float(time_limit)}


def _distance(info: Any, whole: bool, optimal: bool) -> tuple[float, float, float]:
    objective = float(info.objective_function_value)
    if whole:
        bound = float(info.mip_dual_bound)
    else:
        bound = objective if optimal else -np.inf
    return objective, bound, float((objective - bound) / max(abs(objective), 1.0))


def _gap_words(gap: float) -> str:
    return f"at most {gap:.2%} above the cheapest" if np.isfinite(gap) else "with no bound on a cheaper one"


def labelled(model: Model, highs: Highs, with_duals: bool) -> tuple[dict[str, xr.DataArray], dict[str, xr.DataArray]]:
    """The values of the variables and the duals of the rows of a solved programme, by name and label."""
    solution = highs.getSolution()
    columns = np.full(model._xCounter, np.nan)
    columns[model.variables.label_index.vlabels] = solution.col_value
    values = {name: spread(columns, variable.labels) for name, variable in model.variables.items()}
    if not with_duals:
        return values, {}
    rows = np.full(model._cCounter, np.nan)
    rows[model.constraints.label_index.clabels] = solution.row_dual
    return values, {name: spread(rows, group.labels) for name, group in model.constraints.items()}


def spread(numbers: np.ndarray, labels: xr.DataArray) -> xr.DataArray:
    """Numbers by label in the shape of the labels; NaN where a cell is masked."""
    taken = np.where(labels.values >= 0, np.append(numbers, np.nan)[labels.values], np.nan)
    return xr.DataArray(taken, {d: labels[d] for d in labels.dims if d in labels.coords}, labels.dims)
