"""Few routes instead of all: a reweighted L1 transport problem with given totals."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from lodestone.errors import SolverError

# Weights span six orders of magnitude: at the solver's usual tolerance two answers count as equally good whose
# weights differ, and which of them comes out then hangs on the order of the rows.
EXACT = {"dual_feasibility_tolerance": 1e-10, "primal_feasibility_tolerance": 1e-10}


def sparse_routes(table: np.ndarray, rounds: int = 4) -> np.ndarray:
    """Meet the row and column sums of ``table`` with few positive entries.

    Minimises the sum of flow / (flow of the round before + small), so that small routes close and
    large ones stay. The first weights, and the tie-break of every round, come from the flows of
    ``table`` alone; no label enters, so relabelling rows or columns relabels the answer.

    Parameters
    ----------
    table : array (maker, user)
        Flows of the proportional version. [t]
    rounds : int
        How often the weights are renewed.

    Returns
    -------
    array (maker, user)
        Same sums, at most makers + users - 1 positive entries in the generic case. [t]

    Raises
    ------
    SolverError
        If the transport problem is not solved to optimality.

    Examples
    --------
    >>> sparse_routes(np.array([[4.0, 2.0], [2.0, 1.0]])).round(6).sum(axis=0).tolist()
    [6.0, 3.0]
    """
    makers, users = table.shape
    total = table.sum()
    if total <= 0 or makers == 1 or users == 1:
        return table.copy()
    rows = sp.kron(sp.eye(makers), np.ones((1, users)))
    columns = sp.kron(np.ones((1, makers)), sp.eye(users))
    balance = sp.vstack([rows, columns]).tocsr()
    sums = np.concatenate([table.sum(axis=1), table.sum(axis=0)]) / total
    start = table.ravel() / total
    flow = start
    for _ in range(rounds):
        weight = 1.0 / (flow + 1e-3 * start + 1e-6) + 1e-3 / (start + 1e-6)
        answer = linprog(weight / weight.max(), A_eq=balance, b_eq=sums, method="highs-ds", options=EXACT)
        if answer.status != 0:
            raise SolverError(f"the sparse prior's transport problem ended with '{answer.message}'. Report the table.")
        flow = answer.x
    return np.asarray(flow.reshape(makers, users) * total)
