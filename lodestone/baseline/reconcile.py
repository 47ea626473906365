"""Nonlinear data reconciliation of a flow system: measurements, constants, unknowns, constraints.

The method of Cencic (2016), which tools for material-flow analysis use: move the measurements as
little as their standard deviations allow until every constraint holds, and say of each variable
whether the data determine it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import chdtrc

from lodestone.baseline.constraints import Constraint, gradient, residual
from lodestone.baseline.elimination import Elimination, Matrix, eliminate_unknowns, independent_rows
from lodestone.baseline.starting_values import starting_values
from lodestone.errors import BalanceError, LabelError, SolverError

CONSTANT = "constant"
REDUNDANT = "measured redundant"
NON_REDUNDANT = "measured non-redundant"
DETERMINABLE = "unobserved determinable"
UNDETERMINABLE = "undeterminable"

MOST_ITERATIONS = 200
STEP_TOLERANCE = 1e-11
SMALLEST, LARGEST = 1e-60, 1e60  # beyond, products and squares of a system leave the range of doubles
RESIDUAL_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Variable:
    """A flow, stock change or transfer coefficient.

    Measured when it has a value and a standard deviation, constant when it has a value alone,
    unknown when it has neither.
    """

    name: str
    value: float | None = None
    sd: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Reconciliation:
    """A flow system whose constraints hold.

    ``table`` is indexed by variable: ``observed``, ``observed_sd``, ``value``, ``sd``,
    ``adjustment`` (value - observed), ``statistic`` (adjustment over its standard deviation, a
    standard normal when the data are right), ``observability`` and ``unit``; NaN where a column
    does not apply. ``covariance`` has dims (variable, other) and holds what is determined.
    ``objective`` is a chi-square variable with ``degrees_of_redundancy`` degrees of freedom.
    """

    table: pd.DataFrame
    covariance: xr.DataArray
    objective: float
    degrees_of_redundancy: int
    p_value: float
    iterations: int
    first_iteration: pd.Series
    residuals: pd.Series


def reconcile(variables: Sequence[Variable], constraints: Sequence[Constraint]) -> Reconciliation:
    """Most consistent values, their standard deviations, and what the data determine.

    Minimises the sum of ((value - observed)/sd)^2 subject to the constraints, linearised again
    around each new point [1]_. Unknowns leave through the null space of their derivatives, so a
    variable the data do not determine is reported as such and has no value.

    Parameters
    ----------
    variables : sequence of Variable
        Names unique; ``sd`` above zero; any unit, as long as each constraint is in one.
    constraints : sequence of Constraint
        As `parse_constraint` reads them.

    Returns
    -------
    Reconciliation

    Raises
    ------
    LabelError
        If a name appears twice, or a constraint names a variable that is not declared.
    BalanceError
        If a value is NaN or beyond what can be reckoned with, an ``sd`` is not above zero, or constants and structure contradict
        each other so that no values meet the constraints.
    SolverError
        If the iteration does not settle, or its numbers lie too far apart.

    Examples
    --------
    Two readings of one flow, 10 apart with equal standard deviations, move 5 each:

    >>> from lodestone.baseline.constraints import parse_constraint
    >>> result = reconcile(
    ...     [Variable("inflow", 100.0, 3.0), Variable("outflow", 110.0, 3.0)],
    ...     [parse_constraint("inflow = outflow")],
    ... )
    >>> result.table["value"].round(6).tolist()
    [105.0, 105.0]
    >>> result.table["sd"].round(4).tolist()
    [2.1213, 2.1213]

    References
    ----------
    .. [1] O. Cencic, "Nonlinear data reconciliation in material flow analysis with software
       STAN", Sustain. Environ. Res., vol. 26, no. 6, pp. 291-298, 2016.
    """
    _check(variables, constraints)
    try:
        with np.errstate(over="raise"):
            system = _System(variables, constraints)
            value, iterations, first = _iterate(system)
            linear = _linearise(system, value)
            _refuse_contradiction(system, linear)
            return _assemble(system, value, linear, iterations, first)
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        sizes = {v.name: max(abs(v.value or 0.0), v.sd or 0.0) for v in variables}
        largest = max(sizes, key=lambda name: sizes[name])
        raise SolverError(
            f"the numbers are too far apart to reconcile; the largest is {sizes[largest]:g}, of '{largest}'. Check its "
            "unit, or write the system in larger units."
        ) from error


class _System:
    """The system as arrays: order of variables, measurements, which are unknown."""

    def __init__(self, variables: Sequence[Variable], constraints: Sequence[Constraint]) -> None:
        self.variables = tuple(variables)
        self.constraints = tuple(constraints)
        self.names = [v.name for v in variables]
        self.place = {name: k for k, name in enumerate(self.names)}
        self.observed = np.array([np.nan if v.value is None else v.value for v in variables], float)
        self.sd = np.array([np.nan if v.sd is None else v.sd for v in variables], float)
        self.unknown = np.isnan(self.observed)
        self.measured = ~np.isnan(self.sd)
        self.start = starting_values(
            {v.name: v.value for v in variables if v.value is not None}, self.names, constraints
        )

    def residuals(self, value: Matrix) -> Matrix:
        named = dict(zip(self.names, value.tolist(), strict=True))
        return np.array([residual(c, named) for c in self.constraints], float)

    def jacobian(self, value: Matrix) -> Matrix:
        named = dict(zip(self.names, value.tolist(), strict=True))
        matrix = np.zeros((len(self.constraints), len(self.names)))
        for row, constraint in enumerate(self.constraints):
            for name, slope in gradient(constraint, named).items():
                matrix[row, self.place[name]] = slope
        return matrix

    def column_scale(self, value: Matrix) -> Matrix:
        typical = float(np.median(np.abs(value[value != 0]))) if np.any(value) else 1.0
        size = np.maximum(np.abs(value), np.where(self.measured, self.sd, 0.0))
        return np.where(size > 0, size, typical)


@dataclass(frozen=True)
class _Linear:
    """The constraints around one point, scaled by column and row.

    ``tie`` holds the independent constraints among measurements, in units of their sd;
    ``combine`` makes them out of all constraints, ``vanish`` those that no variable can mend.
    """

    residuals: Matrix
    jacobian_measured: Matrix
    scale: Matrix
    elimination: Elimination
    combine: Matrix
    vanish: Matrix
    tie: Matrix
    sd: Matrix


def _linearise(system: _System, value: Matrix) -> _Linear:
    scale = system.column_scale(value)
    jacobian = system.jacobian(value) * scale
    rows = np.abs(jacobian).max(axis=1, initial=0.0)
    rows = np.where(rows > 0, rows, 1.0)
    jacobian /= rows[:, None]
    elimination = eliminate_unknowns(jacobian[:, system.unknown])
    measured = jacobian[:, system.measured]
    free = elimination.left_null @ measured
    combine, vanish = independent_rows(free)
    combine, vanish = combine @ elimination.left_null, vanish @ elimination.left_null
    sd = system.sd[system.measured] / scale[system.measured]
    return _Linear(
        residuals=system.residuals(value) / rows,
        jacobian_measured=measured,
        scale=scale,
        elimination=elimination,
        combine=combine,
        vanish=vanish,
        tie=(combine @ measured) * sd,
        sd=sd,
    )


def _iterate(system: _System) -> tuple[Matrix, int, Matrix]:
    value = system.start.copy()
    first = value
    for iteration in range(1, MOST_ITERATIONS + 1):
        following, step = _one_step(system, value)
        if iteration == 1:
            first = following
        value = following
        if not np.all(np.isfinite(value)):
            break
        if step < STEP_TOLERANCE:
            return value, iteration, first
    raise SolverError(
        f"the reconciliation did not settle in {MOST_ITERATIONS} iterations. "
        "Give values closer to a consistent state, or a value and a wide sd to an unknown that "
        "multiplies another."
    )


def _one_step(system: _System, value: Matrix) -> tuple[Matrix, float]:
    linear = _linearise(system, value)
    measured, unknown = system.measured, system.unknown
    away = (system.observed - value)[measured] / linear.scale[measured]
    gap = linear.combine @ (linear.residuals + linear.jacobian_measured @ away)
    moved = away - linear.sd * (np.linalg.pinv(linear.tie) @ gap)
    left = linear.residuals + linear.jacobian_measured @ moved
    step = np.zeros_like(value)
    step[measured] = moved
    step[unknown] = -linear.elimination.solve @ left
    return value + step * linear.scale, float(np.abs(step).max(initial=0.0))


def _refuse_contradiction(system: _System, linear: _Linear) -> None:
    for weights in linear.vanish:
        if abs(float(weights @ linear.residuals)) <= RESIDUAL_TOLERANCE:
            continue
        involved = [f"'{system.constraints[k].text}'" for k in np.argsort(-np.abs(weights)) if abs(weights[k]) > 1e-6]
        raise BalanceError(
            "no values meet these constraints together, because only constants could mend them: "
            f"{', '.join(sorted(involved))}. "
            "Correct a constant, or give it a standard deviation so that it may move."
        )
    worst = float(np.abs(linear.residuals).max(initial=0.0))
    if worst > RESIDUAL_TOLERANCE:
        text = system.constraints[int(np.argmax(np.abs(linear.residuals)))].text
        raise SolverError(
            f"'{text}' is still off by {worst:.1e} (relative) where the iteration settled. "
            "Give values closer to a consistent state."
        )


def _assemble(system: _System, value: Matrix, linear: _Linear, iterations: int, first: Matrix) -> Reconciliation:
    covariance = _covariance(system, linear)
    kind = _observability(system, linear)
    hidden = kind == UNDETERMINABLE
    value = np.where(hidden, np.nan, value)
    covariance[hidden, :] = covariance[:, hidden] = np.nan
    table = _table(system, value, np.diag(covariance), kind)
    scaled = ((table["adjustment"] / table["observed_sd"]) ** 2)[system.measured]
    degrees = linear.tie.shape[0]
    objective = float(scaled.sum())
    names = system.names
    return Reconciliation(
        table=table,
        covariance=xr.DataArray(covariance, dims=("variable", "other"), coords={"variable": names, "other": names}),
        objective=objective,
        degrees_of_redundancy=degrees,
        p_value=float(chdtrc(degrees, objective)) if degrees else float("nan"),
        iterations=iterations,
        first_iteration=pd.Series(np.where(hidden, np.nan, first), index=names),
        residuals=pd.Series(linear.residuals, index=[c.text for c in system.constraints]),
    )


def _covariance(system: _System, linear: _Linear) -> Matrix:
    explained = np.linalg.pinv(linear.tie) @ linear.tie
    remaining = linear.sd[:, None] * (np.eye(len(linear.sd)) - explained) * linear.sd
    spread = np.zeros((len(system.names), len(linear.sd)))
    spread[system.measured] = np.eye(len(linear.sd))
    spread[system.unknown] = -linear.elimination.solve @ linear.jacobian_measured
    scale = linear.scale
    return scale[:, None] * (spread @ remaining @ spread.T) * scale


def _observability(system: _System, linear: _Linear) -> np.ndarray:
    kind = np.full(len(system.names), CONSTANT, dtype=object)
    tied = np.abs(linear.combine @ linear.jacobian_measured).max(axis=0, initial=0.0) > 1e-8
    kind[system.measured] = np.where(tied, REDUNDANT, NON_REDUNDANT)
    kind[system.unknown] = np.where(linear.elimination.determinable, DETERMINABLE, UNDETERMINABLE)
    return kind


def _table(system: _System, value: Matrix, variance: Matrix, kind: np.ndarray) -> pd.DataFrame:
    sd = np.sqrt(np.maximum(variance, 0.0))
    moved = np.where(system.measured, value - system.observed, np.nan)
    freedom = np.sqrt(np.maximum(system.sd**2 - sd**2, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where(kind == REDUNDANT, moved / freedom, np.nan)
    return pd.DataFrame(
        {
            "observed": system.observed,
            "observed_sd": system.sd,
            "value": value,
            "sd": sd,
            "adjustment": moved,
            "statistic": statistic,
            "observability": kind,
            "unit": [v.unit for v in system.variables],
        },
        index=pd.Index(system.names, name="variable"),
    )


def _check(variables: Sequence[Variable], constraints: Sequence[Constraint]) -> None:
    names: set[str] = set()
    for variable in variables:
        if variable.name in names:
            raise LabelError(f"variable '{variable.name}' is declared twice. Keep one of the two.")
        names.add(variable.name)
        _check_numbers(variable)
    for constraint in constraints:
        for name in sorted(constraint.variables - names):
            raise LabelError(
                f"'{constraint.text}' names '{name}', which is not a variable of the system. "
                "Declare it, without a value if it is unknown."
            )


def _check_numbers(variable: Variable) -> None:
    if variable.value is not None and not np.isfinite(variable.value):
        raise BalanceError(
            f"the value of '{variable.name}' is {variable.value}, not a number to reconcile. "
            "Leave the value out if it is unknown."
        )
    for part, number in (("value", variable.value), ("sd", variable.sd)):
        if number and np.isfinite(number) and not SMALLEST <= abs(number) <= LARGEST:
            raise BalanceError(
                f"the {part} of '{variable.name}' is {number:g}; what can be reckoned with lies between {SMALLEST:g} and "
                f"{LARGEST:g}. Check its unit, or write 0."
            )
    if variable.sd is None:
        return
    if variable.value is None or not (np.isfinite(variable.sd) and variable.sd > 0):
        raise BalanceError(
            f"'{variable.name}' has value {variable.value} and sd {variable.sd}. A measured "
            "variable needs a value and an sd above zero; leave the sd out for a constant."
        )
