"""Least squares under exact balances: the reconciled cells nearest to prior and facts together.

Residual form (minimise y'y + r'r with y = (x - centre)/sd and r = (A x - b)/sd): the expanded form loses
digits. The interior-point answer is then polished: cells at zero are held there and the equality-constrained
problem on the rest is solved directly, so balances hold to rounding and nothing is clipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import clarabel
import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spla

from lodestone.errors import BalanceError, SolverError

HELD_BELOW = 1e-6  # relative to the prior sd of a cell: what the interior point calls zero


@dataclass(frozen=True)
class Solution:
    """``x`` [t a year], the residual of each observation in standard deviations, and the worst imbalance."""

    x: np.ndarray
    residual: np.ndarray
    objective: float
    balance_error: float
    held: np.ndarray


def solve(
    balance: sp.csr_matrix,
    centre: np.ndarray,
    spread: sp.csr_matrix,
    matrix: sp.csr_matrix,
    value: np.ndarray,
    value_sd: np.ndarray,
) -> Solution:
    """Reconcile once.

    Parameters
    ----------
    balance : sparse (balances, cells)
        ``balance @ x = 0``.
    centre : array (cells,)
        Prior centre. [t]
    spread : sparse (cells, causes)
        Prior deviations: x = centre + spread @ y with independent y of variance 1. A cause may move one
        cell, or many together (the world total of a use moves every economy's part of it). [t]
    matrix, value, value_sd : (observations, cells), (observations,), (observations,)
        Statements ``matrix @ x ~ value``.

    Returns
    -------
    Solution

    Raises
    ------
    SolverError
        If the quadratic programme does not reach its tolerances.
    BalanceError
        If balances cannot hold together.

    Examples
    --------
    One cell splits into two; the prior is off by 3 and each cell gives way by its variance:

    >>> split = sp.csr_matrix([[1.0, -1.0, -1.0]])
    >>> none = sp.csr_matrix((0, 3)), np.zeros(0), np.zeros(0)
    >>> solve(split, np.array([10.0, 4.0, 3.0]), sp.eye(3, format="csr"), *none).x.round(6).tolist()
    [9.0, 5.0, 4.0]
    """
    sd = np.sqrt(np.asarray(spread.multiply(spread).sum(axis=1)).ravel())
    equal = sp.csr_matrix(balance @ spread)
    norm = np.sqrt(np.asarray(equal.multiply(equal).sum(axis=1)).ravel())
    keep = norm > 0
    equal = sp.csr_matrix(sp.diags(1.0 / norm[keep]) @ equal[keep])
    target = -(balance[keep] @ centre) / norm[keep]
    seen = sp.csr_matrix(sp.diags(1.0 / value_sd) @ matrix @ spread)
    gap = (value - matrix @ centre) / value_sd
    unit = sp.csr_matrix(sp.diags(1.0 / sd) @ spread)
    floor = -centre / sd
    y = _interior(equal, target, seen, gap, unit, floor)
    held = unit @ y - floor < HELD_BELOW
    for _ in range(20):
        y = _equality(sp.vstack([equal, unit[held]]), np.concatenate([target, floor[held]]), seen, gap)
        negative = (unit @ y - floor < -1e-10) & ~held
        if not negative.any():
            break
        held |= negative
    else:
        raise SolverError("cells keep turning negative while polishing. Report the facts and priors of this run.")
    x = np.where(held, 0.0, np.maximum(centre + spread @ y, 0.0))
    size = abs(balance) @ x
    error = float(np.max(np.abs(balance @ x) / np.maximum(size, 1e-3)))
    if error > 1e-7:
        worst = int(np.argmax(np.abs(balance @ x) / np.maximum(size, 1e-3)))
        raise BalanceError(f"balance {worst} cannot be met (relative error {error:.1e}). Check makers and uses there.")
    residual = (matrix @ x - value) / value_sd
    objective = float(residual @ residual + y @ y)
    return Solution(x, residual, objective, error, held)


def _interior(
    equal: sp.csr_matrix,
    target: np.ndarray,
    seen: sp.csr_matrix,
    gap: np.ndarray,
    unit: sp.csr_matrix,
    floor: np.ndarray,
) -> np.ndarray:
    """``min y'y + r'r`` with ``equal y = target``, ``seen y - r = gap``, ``unit y >= floor``; returns y."""
    causes, facts, cells = equal.shape[1], seen.shape[0], unit.shape[0]
    constraints = sp.vstack(
        [
            sp.hstack([equal, sp.csr_matrix((equal.shape[0], facts))]),
            sp.hstack([seen, -sp.eye(facts)]),
            sp.hstack([-unit, sp.csr_matrix((cells, facts))]),
        ],
        format="csc",
    )
    right = np.concatenate([target, gap, -floor])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    cones = [clarabel.ZeroConeT(equal.shape[0] + facts), clarabel.NonnegativeConeT(cells)]
    quadratic = sp.eye(causes + facts, format="csc")
    answer = clarabel.DefaultSolver(quadratic, np.zeros(causes + facts), constraints, right, cones, settings).solve()
    if "Solved" not in str(answer.status):
        raise SolverError(f"the reconciliation ended as '{answer.status}'. Look for facts that contradict each other.")
    return np.asarray(answer.x)[:causes]


def _equality(equal: sp.csr_matrix, target: np.ndarray, seen: sp.csr_matrix, gap: np.ndarray) -> np.ndarray:
    """The same problem without the bounds, by one sparse factorisation in the multipliers.

    Balances that became redundant once cells are held carry a tiny weight, refined away.
    """
    m, n = equal.shape[0], seen.shape[0]
    rows = sp.vstack([equal, seen], format="csr")
    gram = (rows @ rows.T).tocsc()
    exact = gram + sp.diags(np.concatenate([np.zeros(m), np.ones(n)]), format="csc")
    factor = spla.splu(exact + sp.diags(np.concatenate([np.full(m, 1e-11), np.zeros(n)]), format="csc"))
    right = np.concatenate([target, gap])
    multiplier = factor.solve(right)
    for _ in range(5):
        multiplier += factor.solve(right - exact @ multiplier)
    return np.asarray(rows.T @ multiplier)
