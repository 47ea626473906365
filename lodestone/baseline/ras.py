"""RAS: scale a table's rows and columns to given totals. It keeps zeros, and has no uncertainty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lodestone.errors import BalanceError, SolverError

Table = NDArray[np.float64]


def ras(seed: Table, row_totals: Table, column_totals: Table, tolerance: float = 1e-12, most: int = 10_000) -> Table:
    """The table of the form r_i a_ij s_j whose rows and columns add up to the given totals.

    Zeros stay zero for ever, so a supplier that is new since the seed can never appear; every odds
    ratio a_ij a_kl / (a_il a_kj) is that of the seed.

    Parameters
    ----------
    seed : array (row, column)
        Not below zero. [any]
    row_totals, column_totals : arrays (row), (column)
        Not below zero; equal sums. [unit of the result]
    tolerance : float
        Largest relative miss of a row total at the end. [fraction]
    most : int
        Rounds after which to give up.

    Returns
    -------
    array (row, column)
        [unit of the totals]

    Raises
    ------
    BalanceError
        If a number is NaN or negative, shapes do not fit, the totals differ in sum, or a total
        above zero has only zeros in the seed.
    SolverError
        If the zeros of the seed allow no such table.

    Examples
    --------
    >>> table = ras(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    >>> table.round(6).tolist()
    [[1.5, 1.5], [0.5, 0.5]]

    References
    ----------
    .. [1] M. Bacharach, "Biproportional matrices and input-output change", 1970.
    """
    _check(seed, row_totals, column_totals)
    table = np.array(seed, dtype=float)
    size = max(float(row_totals.sum()), np.finfo(float).tiny)
    for _ in range(most):
        table *= _factor(row_totals, table.sum(axis=1))[:, None]
        table *= _factor(column_totals, table.sum(axis=0))
        if np.abs(table.sum(axis=1) - row_totals).max() <= tolerance * size:
            return table
    raise SolverError(
        f"rows still miss their totals after {most} rounds: the zeros of the seed allow no such table. "
        "Put a small value where a flow is possible."
    )


def odds_ratio(table: Table, rows: tuple[int, int], columns: tuple[int, int]) -> float:
    """a_ij a_kl / (a_il a_kj), which RAS leaves as it found it.

    Examples
    --------
    >>> odds_ratio(np.array([[4.0, 1.0], [1.0, 2.0]]), (0, 1), (0, 1))
    8.0
    """
    (i, k), (j, m) = rows, columns
    return float(table[i, j] * table[k, m] / (table[i, m] * table[k, j]))


def _factor(wanted: Table, have: Table) -> Table:
    return np.divide(wanted, have, out=np.zeros_like(have), where=have > 0)


def _check(seed: Table, row_totals: Table, column_totals: Table) -> None:
    if seed.shape != (len(row_totals), len(column_totals)):
        raise BalanceError(
            f"the seed has shape {seed.shape}, the totals ask for ({len(row_totals)}, {len(column_totals)}). "
            "Give one total a row and one a column."
        )
    for name, array in (("seed", seed), ("row totals", row_totals), ("column totals", column_totals)):
        if not np.all(np.isfinite(array)) or (array < 0).any():
            raise BalanceError(f"the {name} hold NaN or a negative number. RAS takes neither.")
    rows, columns = float(row_totals.sum()), float(column_totals.sum())
    if abs(rows - columns) > 1e-9 * max(rows, columns):
        raise BalanceError(
            f"row totals sum to {rows:.6g}, column totals to {columns:.6g}. "
            "Scale one to the other, and say which you trust."
        )
    for axis, totals, name in ((1, row_totals, "row"), (0, column_totals, "column")):
        empty = (seed.sum(axis=axis) == 0) & (totals > 0)
        if empty.any():
            raise BalanceError(
                f"{name} {int(np.argmax(empty))} holds only zeros but shall sum to "
                f"{totals[empty][0]:.6g}. RAS cannot create a flow; put a small value in the seed."
            )
