"""The solver: a programme handed over to HiGHS, and options that are known to hold.

HiGHS refuses an option it does not know and then runs with the old one, so the answer to every option is
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lodestone.errors import SolverError

if TYPE_CHECKING:
    from highspy import Highs
    from linopy import Model

Option = str | int | float | bool
DEVEX: dict[str, Option] = {
    "simplex_dual_edge_weight_strategy": 1
}  # real cases take two thirds of the time of steepest edge


def quiet() -> Highs:
    """An empty HiGHS that prints nothing and runs on one thread.

    All solves of a process must ask for one number of threads: HiGHS fixes it at the first, also where that
    one asked for none.

    Returns
    -------
    highspy._Highs
        The class below ``highspy.Highs``, whose constructor writes a banner to the standard output before any
        option can be set.
    """
    import highspy

    highs: Highs = highspy._Highs()  # type: ignore[attr-defined]
    set_options(highs, {"output_flag": False, "threads": 1})
    return highs


def run(highs: Highs) -> str:
    """Solve what is loaded, and read how it ended.

    Parameters
    ----------
    highs : highspy._Highs

    Returns
    -------
    str
        HiGHS's words for the status of the model, such as "Optimal", "Infeasible".

    Raises
    ------
    SolverError
        If the solver did not start.
    """
    import highspy

    if highs.run() == highspy.HighsStatus.kError and highs.getModelStatus() == highspy.HighsModelStatus.kNotset:
        raise SolverError(
            "HiGHS did not start: something else in this process may have used it with another number of threads. "
            "Run the plan in a process of its own."
        )
    return str(highs.modelStatusToString(highs.getModelStatus()))


def in_solver(model: Model) -> Highs:
    """A linear programme, also with whole numbers, as HiGHS holds it.

    Parameters
    ----------
    model : linopy.Model
        One that minimises.

    Returns
    -------
    highspy._Highs
        Columns and rows in the order of linopy's labels in use.

    Raises
    ------
    SolverError
        If the programme holds what is neither: a quadratic objective, a variable that is zero or above a limit,
        an ordered set, a row that holds only sometimes.
    """
    kinds = (len(model.semi_continuous), bool(model.variables.sos), len(model.indicator_constraints))
    if model.is_quadratic or any(kinds):
        raise SolverError("the programme is not linear. Write it with rows, limits and whole numbers alone.")
    matrix, highs = model.matrices, quiet()
    columns = np.arange(len(matrix.vlabels), dtype=np.int32)
    highs.addVars(len(columns), matrix.lb, matrix.ub)
    highs.changeColsCost(len(columns), columns, matrix.c)
    whole = columns[np.isin(matrix.vtypes, ("B", "I"))]
    highs.changeColsIntegrality(len(whole), whole, np.ones(len(whole), dtype=np.uint8))
    if matrix.A is not None:
        rows = matrix.A.tocsr()
        lower = np.where(matrix.sense == "<", -np.inf, matrix.b)
        upper = np.where(matrix.sense == ">", np.inf, matrix.b)
        highs.addRows(len(lower), lower, upper, rows.nnz, rows.indptr, rows.indices, rows.data)
    return highs


def set_options(highs: Highs, options: Mapping[str, Option]) -> None:
    """Set options of HiGHS and read back that each holds.

    Parameters
    ----------
    highs : highspy._Highs
    options : mapping of str to value

    Raises
    ------
    SolverError
        Naming every option that was refused; the solver would have gone on with the old ones.

    Examples
    --------
    >>> set_options(quiet(), {"solver": "no such method"})
    Traceback (most recent call last):
    ...
    lodestone.errors.SolverError: HiGHS refused the option solver = 'no such method'. ...
    """
    import highspy

    refused = []
    for name, value in options.items():
        answer = highs.setOptionValue(name, value)
        read, held = highs.getOptionValue(name)
        if answer != highspy.HighsStatus.kOk or read != highspy.HighsStatus.kOk or held != value:
            refused.append(f"{name} = {value!r}")
    if refused:
        raise SolverError(
            f"HiGHS refused the option {', '.join(refused)}. Take it out, or give a value that the installed HiGHS knows."
        )
