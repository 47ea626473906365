"""What a headline rests on: its variance split over single facts and prior cells, by the algebra of least squares.

At the point the reconciled x is linear in the facts and in the prior's deviations (cells at zero stay at
zero). For a headline with gradient g the multipliers of the balances give, in one solve, how far one
standard deviation of each fact and of each prior cause moves it; these squares add up to its variance.
Parameters (yields, compositions) are not in it: what the draws spread further is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
import scipy.sparse.linalg as spla

from lodestone.baseline.build import Ingredients, Reconciled
from lodestone.baseline.cells import balance_matrix

FIXED_BELOW = 1e-18  # of the variance a headline would have without balances


@dataclass(frozen=True)
class Influence:
    """``sources``: kind ("fact" or "prior"), id, and variance share, largest first; shares sum
    to 1, or to 0 where the headline cannot move (a cell held at zero).

    ``sd`` is the headline's standard deviation from facts and prior, ``prior_sd`` the same had no fact
    been known; ``removed`` is the share of the prior variance that data removed.
    """

    sources: pd.DataFrame
    sd: float
    prior_sd: float
    removed: float


class InfluenceSolver:
    """The factorisation at one point, shared by all headlines.

    Parameters
    ----------
    base, done
        What was reconciled, and how it came out.
    labels : array of str (cells,)
        Figure id of every cell, as `make.cell_labels` gives it.
    """

    def __init__(self, base: Ingredients, done: Reconciled, labels: np.ndarray) -> None:
        spread = done.prior.spread
        sd = np.sqrt(np.asarray(spread.multiply(spread).sum(axis=1)).ravel())
        balance = sp.csr_matrix(balance_matrix(base.cells, done.recipe) @ spread)
        norm = np.sqrt(np.asarray(balance.multiply(balance).sum(axis=1)).ravel())
        balance = sp.diags(1.0 / norm[norm > 0]) @ balance[norm > 0]
        held = sp.diags(1.0 / sd) @ spread
        table = done.observations.table
        share = (table["mode"] == "share").to_numpy()
        value = table["value"].to_numpy(dtype=float)
        matrix = done.observations.matrix - sp.diags(np.where(share, value, 0.0)) @ done.observations.whole
        facts = sp.diags(1.0 / done.fact_sd) @ sp.csr_matrix(matrix) @ spread
        self.fixed = sp.vstack([balance, held[done.solution.held]], format="csr")
        self.rows = sp.vstack([self.fixed, facts], format="csr")
        self.spread, self.labels = spread, labels
        self.facts, self.observations = table["fact"].to_numpy(), table["name"].to_numpy()
        self.causes = np.concatenate([labels, [f"use-total:{row}" for row in range(spread.shape[1] - len(labels))]])
        self.solve_all = _factor(self.rows, self.fixed.shape[0])
        self.solve_fixed = _factor(self.fixed, self.fixed.shape[0])

    def influence(self, gradient: np.ndarray) -> Influence:
        """Variance of a headline by source.

        Parameters
        ----------
        gradient : array (cells,)
            Derivative of the headline by each cell at the point. [headline unit per t]

        Returns
        -------
        Influence
            ``sd`` and ``prior_sd`` in the headline's unit.
        """
        pulled = self.spread.T @ gradient
        multiplier = self.solve_all(self.rows @ pulled)
        by_fact = multiplier[self.fixed.shape[0] :] ** 2
        by_cause = (pulled - self.rows.T @ multiplier) ** 2
        alone = pulled - self.fixed.T @ self.solve_fixed(self.fixed @ pulled)
        prior_variance = float(alone @ alone)
        if prior_variance <= FIXED_BELOW * float(pulled @ pulled):  # balances leave it no freedom: rounding is left
            by_fact, by_cause, prior_variance = np.zeros_like(by_fact), np.zeros_like(by_cause), 0.0
        total = float(by_fact.sum() + by_cause.sum())
        table = pd.concat(
            [
                pd.DataFrame({"kind": "fact", "id": self.facts, "name": self.observations, "variance": by_fact}),
                pd.DataFrame({"kind": "prior", "id": self.causes, "name": self.causes, "variance": by_cause}),
            ],
            ignore_index=True,
        )
        table["share"] = table["variance"] / total if total > 0 else 0.0
        table = table.sort_values("share", ascending=False, ignore_index=True)
        removed = min(max(1.0 - total / prior_variance, 0.0), 1.0) if prior_variance > 0 else 0.0
        return Influence(table.drop(columns="variance"), total**0.5, prior_variance**0.5, removed)


def _factor(rows: sp.csr_matrix, exact: int) -> Callable[[np.ndarray], np.ndarray]:
    count = rows.shape[0]
    gram = (rows @ rows.T).tocsc() + sp.diags(np.r_[np.zeros(exact), np.ones(count - exact)], format="csc")
    factor = spla.splu(gram + sp.diags(np.r_[np.full(exact, 1e-11), np.zeros(count - exact)], format="csc"))

    def solve(right: np.ndarray) -> np.ndarray:
        answer = factor.solve(right)
        for _ in range(4):
            answer += factor.solve(right - gram @ answer)
        return np.asarray(answer)

    return solve


def share_gradient(base: Ingredients, x: np.ndarray, part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Gradient of (part @ x) / (whole @ x).

    Parameters
    ----------
    x, part, whole : array (cells,)
        The point, and the weights of the cells in part and whole. [t, -, -]

    Returns
    -------
    array (cells,)
        [per t]
    """
    total = float(whole @ x)
    return (part - (part @ x) / total * whole) / total


def trade_selector(
    base: Ingredients, weight: dict[str, float], origin: str | None, destination: str | None, home: bool
) -> np.ndarray:
    """A row over all cells: product weights on the trade cells between two places (None: any).

    Parameters
    ----------
    weight : dict product -> weight
        Such as the share of an element. [fraction]
    origin, destination : str or None
    home : bool
        False leaves out what an economy ships to itself.

    Returns
    -------
    array (cells,)
    """
    row = np.zeros(int(base.cells.starts[-1]))
    trade = base.cells.trade
    keep = trade["product"].isin(list(weight)).to_numpy()
    if origin is not None:
        keep = keep & (trade["origin"] == origin).to_numpy()
    if destination is not None:
        keep = keep & (trade["destination"] == destination).to_numpy()
    if not home:
        keep = keep & (trade["origin"] != trade["destination"]).to_numpy()
    index = np.flatnonzero(keep)
    row[base.cells.starts[1] + index] = trade["product"].iloc[index].map(weight).to_numpy(dtype=float)
    return row
