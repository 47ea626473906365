"""The linear algebra of reconciliation: what the data say once unknowns are taken out.

All arrays are plain NumPy and already scaled, so that one tolerance serves every column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
RANK_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Elimination:
    """Linearised constraints split into what ties measurements and what yields unknowns.

    ``left_null`` combines constraints so that unknowns drop out; ``solve`` gives the unknowns of
    least norm; ``determinable`` says which unknowns follow uniquely.
    """

    left_null: Matrix
    solve: Matrix
    determinable: NDArray[np.bool_]


def eliminate_unknowns(jacobian_unknown: Matrix) -> Elimination:
    """Split the constraints by the singular vectors of their derivatives by the unknowns.

    Parameters
    ----------
    jacobian_unknown : array (constraint, unknown)
        Scaled derivatives of the residuals by the unknowns.

    Returns
    -------
    Elimination
        ``left_null`` (free constraint, constraint), ``solve`` (unknown, constraint),
        ``determinable`` (unknown).

    Examples
    --------
    Two unknowns of which only the sum is tied are both undeterminable:

    >>> eliminate_unknowns(np.array([[1.0, 1.0]])).determinable
    array([False, False])
    """
    constraints, unknowns = jacobian_unknown.shape
    if unknowns == 0 or constraints == 0:
        return Elimination(np.eye(constraints), np.zeros((unknowns, constraints)), np.zeros(unknowns, dtype=bool))
    u, s, vt = np.linalg.svd(jacobian_unknown, full_matrices=True)
    rank = int((s > RANK_TOLERANCE * max(s[0], 1.0)).sum())
    solve = vt[:rank].T @ (u[:, :rank] / s[:rank]).T
    free = np.abs(vt[rank:]).max(axis=0, initial=0.0)
    return Elimination(u[:, rank:].T, solve, free < 1e-7)


def independent_rows(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """Combine rows so that the independent ones remain, and say which combinations vanish.

    Parameters
    ----------
    matrix : array (free constraint, measured)
        Constraints among measurements, scaled.

    Returns
    -------
    (combine, vanish) : arrays (independent, free constraint), (vanishing, free constraint)
        ``combine @ matrix`` has full row rank; ``vanish @ matrix`` is zero.

    Examples
    --------
    >>> combine, vanish = independent_rows(np.array([[1.0, 2.0], [2.0, 4.0]]))
    >>> combine.shape, vanish.shape
    ((1, 2), (1, 2))
    """
    rows, columns = matrix.shape
    if rows == 0 or columns == 0:
        return np.zeros((0, rows)), np.eye(rows)
    u, s, _ = np.linalg.svd(matrix, full_matrices=True)
    rank = int((s > RANK_TOLERANCE * max(s[0], 1.0)).sum())
    return u[:, :rank].T, u[:, rank:].T
