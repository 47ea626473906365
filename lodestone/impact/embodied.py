"""Whose value added is in what an economy buys: the table looked through, for one buyer, without an inverse.

The Leontief inverse of a table of thousands of industries takes minutes and gigabytes, and one buyer
needs one column's worth of it: one linear system, solved by products with the table as it stands.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse.linalg import LinearOperator, gmres

from lodestone.errors import LabelError, SolverError
from lodestone.impact.table import Array, InputOutputTable

TOLERANCE = 1e-12


def required_output(table: InputOutputTable, demand: Array) -> Array:
    """Output of every industry that a final demand needs, all tiers together: L y.

    Parameters
    ----------
    demand : array (industry)
        [unit of the table, a year]

    Returns
    -------
    array (industry)
        [unit of the table, a year]; the residual is below 1e-11 of the demand.

    Raises
    ------
    LabelError
        If the demand has not one number for each industry.
    SolverError
        If the system does not converge, which a table whose inputs cost less than its output cannot cause.

    Examples
    --------
    New demand in the table of Miller and Blair:

    >>> from lodestone.impact.table import make_table
    >>> table = make_table(
    ...     pd.MultiIndex.from_tuples([("ALB", "farms"), ("ALB", "mills")]),
    ...     np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([[350.0], [1700.0]]), ["ALB"],
    ...     unit="million", year=1985, source="textbook")
    >>> required_output(table, np.array([600.0, 1500.0])).round(1).tolist()
    [1247.5, 1841.6]
    """
    demand = np.asarray(demand, dtype=float)
    count = len(table.industries)
    if demand.shape != (count,):
        raise LabelError(f"demand has shape {demand.shape}; give one number for each of {count} industries.")
    output = table.output
    per_output = np.divide(1.0, output, out=np.zeros_like(output), where=output > 0.0)

    def without_inputs(made: Array) -> Array:
        made = made.ravel()
        return np.asarray(made - table.intermediate @ (made * per_output))

    system = LinearOperator((count, count), matvec=without_inputs, dtype=float)
    found, _ = gmres(system, demand, rtol=TOLERANCE, restart=60, maxiter=5)
    missed = float(np.abs(without_inputs(found) - demand).sum())
    if not missed <= 10.0 * TOLERANCE * max(float(np.abs(demand).sum()), np.finfo(float).tiny) * np.sqrt(count):
        raise SolverError(
            f"looking the table through did not converge (a residual of {missed:g} {table.unit}). "
            "Check that no industry's inputs cost more than its output."
        )
    return np.asarray(found)


def embodied_value_added(table: InputOutputTable, economy: str) -> pd.Series:
    """Value added by industry in what an economy buys for final use; sums to its final demand.

    Returns
    -------
    Series indexed by (economy, industry_sector)
        Where the money ends up, through however many tiers. [unit of the table, a year]

    Raises
    ------
    LabelError
        If no such economy buys.
    SolverError
        As of `required_output`.
    """
    if economy not in table.final_economies:
        raise LabelError(f"economy '{economy}' buys nothing in the table. There: {', '.join(table.final_economies)}.")
    output = table.output
    demand = table.final_demand[:, table.final_economies.index(economy)]
    rate = np.divide(table.value_added, output, out=np.zeros_like(output), where=output > 0.0)
    return pd.Series(rate * required_output(table, demand), index=table.industries, name="value_added")
