"""Lowest and highest value of a share that agrees with the tier A facts as far as they agree with each other.

No prior enters, no capacity, and no fact of another tier. What binds the cells: every balance, recipes at
their central coefficients, no cell below zero, and no cell where the tables name no maker or no user. The
facts conflict, so each has a slack, counted in its standard deviations; the least total slack is found
first, and a share's ends at that slack. A share is a ratio of two sums of cells, which two linear
programmes bound after all cells are scaled so that its whole is one amount (Charnes and Cooper, 1962).

Volumes need no box: the mined total is a tier A fact, and all else draws on it or, where it does not
(scandium), may grow without end, which a share survives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import OptimizeResult, linprog

from lodestone.baseline.build import Ingredients, Reconciled, statement_sd
from lodestone.baseline.cells import balance_matrix
from lodestone.errors import SolverError

WIDE = 0.30  # bounds further apart than this say: assumed, not observed
TIER = "A"
ROOM = 1e-3  # share by which the total slack may pass its least, so that rounding cuts nothing off
WHOLE = 1000.0  # the amount a share's whole is scaled to [t]
ENDLESS = 1e-9  # scale at which a thousand tonnes stand for a sum without end
DIGITS = 6  # beyond them a share is the solver's rounding
NAMED = 5  # facts named at each end
FELT = 1e-4  # a fact whose standard deviation moves an end by less than this does not bind it


@dataclass(frozen=True)
class FactsProgramme:
    """The linear programme shared by all headlines of one baseline; columns are cells, slacks, and one scale.

    ``equal``: balances, and each fact as statement - excess + shortfall - scale x published = 0, in
    standard deviations. ``cost``: what a unit of each column adds to the total slack. ``slack``: the least
    total. ``names``, ``facts``, ``off``: observation, fact, and at the least slack by how much it is off
    (above zero: the cells pass it); ``strain``: what the least total gains when the published figure rises
    by one. [standard deviations]
    """

    equal: sp.csr_matrix
    cost: np.ndarray
    slack: float
    names: tuple[str, ...]
    facts: tuple[str, ...]
    off: np.ndarray
    strain: np.ndarray


@dataclass(frozen=True)
class Bounds:
    """``lower``, ``upper`` of a share [fraction], NaN where no cell speaks of its whole.

    ``slack``: the total slack at which they hold [standard deviations]. ``lower_facts``, ``upper_facts``:
    observations that would move that end if they moved, the strongest first; none where structure alone
    holds it. A further fact that agrees with the others narrows the ends or leaves them; one that does not
    may also shift them, for the facts then give way in another place.
    """

    lower: float
    upper: float
    slack: float
    lower_facts: tuple[str, ...]
    upper_facts: tuple[str, ...]

    @property
    def wide(self) -> bool:
        """Whether the ends lie so far apart that the share is assumed, not observed."""
        return not self.upper - self.lower <= WIDE


def least_slack(base: Ingredients, done: Reconciled) -> FactsProgramme:
    """Lay the programme out and find the least total slack of the tier A facts.

    Parameters
    ----------
    base : Ingredients
    done : Reconciled
        The point: its recipes are the central ones. Of its cells only the whole of a published share is
        read, as the weight of that fact's slack.

    Returns
    -------
    FactsProgramme

    Raises
    ------
    SolverError
        If the solver ends without an answer.
    """
    table = done.observations.table
    known = (table["tier"] == TIER).to_numpy()
    share = (table["mode"] == "share").to_numpy()
    value = table["value"].to_numpy(dtype=float)
    sd = statement_sd(done.observations, done.solution.x)
    matrix = sp.csr_matrix(done.observations.matrix - sp.diags(np.where(share, value, 0.0)) @ done.observations.whole)
    matrix = sp.csr_matrix(sp.diags(1.0 / sd) @ matrix)[known]
    target = (np.where(share, 0.0, value) / sd)[known]
    balance = sp.csr_matrix(balance_matrix(base.cells, done.recipe))
    places, cells = balance.shape
    facts = int(known.sum())
    equal = sp.bmat(
        [
            [balance, sp.csr_matrix((places, 2 * facts)), None],
            [matrix, sp.hstack([-sp.eye(facts), sp.eye(facts)]), sp.csr_matrix(-target[:, None])],
        ],
        format="csr",
    )
    shortfall = np.where(table["at_most"].to_numpy(dtype=bool)[known], 0.0, 1.0)  # a limit is never fallen short of
    cost = np.concatenate([np.zeros(cells), np.ones(facts), shortfall, [0.0]])
    answer = _solve(cost, equal, None, np.append(np.zeros(cells + 2 * facts), 1.0), 1.0)
    if answer is None:
        raise SolverError("no year balances in this network. Look for a use without a maker.")
    excess, below = answer.x[cells : cells + facts], answer.x[cells + facts : cells + 2 * facts] * shortfall
    named = table[known]
    strain = answer.eqlin.marginals[places : places + facts]
    least = float(max(answer.fun, 0.0))
    return FactsProgramme(equal, cost, least, tuple(named["name"]), tuple(named["fact"]), excess - below, strain)


def share_bounds(programme: FactsProgramme, part: np.ndarray, whole: np.ndarray) -> Bounds:
    """Lowest and highest value of (part @ x) / (whole @ x) at the least total slack.

    Parameters
    ----------
    programme : FactsProgramme
    part, whole : array (cells,)
        Weights of the cells; ``part`` nowhere above ``whole``, none below zero.

    Returns
    -------
    Bounds

    Raises
    ------
    SolverError
        If the solver ends without an answer.
    """
    if not whole.any():
        return Bounds(np.nan, np.nan, programme.slack, (), ())
    padding = len(programme.cost) - len(whole)
    scaled, goal = np.append(whole, np.zeros(padding)), np.append(part, np.zeros(padding))
    room = programme.cost.copy()
    room[-1] = -(programme.slack * (1.0 + ROOM) + ROOM)
    ends = []
    for sign in (1.0, -1.0):
        answer = _solve(sign * goal, programme.equal, room, scaled, WHOLE)
        if answer is None:  # no year that balances has any of the whole
            return Bounds(np.nan, np.nan, programme.slack, (), ())
        moved = answer.eqlin.marginals[-1 - len(programme.names) : -1] + answer.ineqlin.marginals[0] * programme.strain
        pull = np.abs(moved) * answer.x[-1] / WHOLE
        first = [int(i) for i in np.argsort(-pull, kind="stable")[:NAMED] if pull[i] > FELT]
        value = min(max(sign * float(answer.fun) / WHOLE, 0.0), 1.0)
        ends.append((round(value, DIGITS), tuple(programme.names[i] for i in first)))
    (lower, lower_facts), (upper, upper_facts) = ends
    return Bounds(lower, upper, programme.slack, lower_facts, upper_facts)


def grows_without_end(programme: FactsProgramme, row: np.ndarray) -> bool:
    """Whether balances, recipes and tier A facts leave the sum ``row @ x`` without an upper end.

    Parameters
    ----------
    programme : FactsProgramme
    row : array (cells,)
        Weights, none below zero.

    Returns
    -------
    bool
        False where no cell speaks of the sum.
    """
    padding = len(programme.cost) - len(row)
    room = programme.cost.copy()
    room[-1] = -(programme.slack * (1.0 + ROOM) + ROOM)
    goal = np.zeros(len(room))
    goal[-1] = 1.0  # the scale a year is divided by: none is needed where the sum may be as large as one likes
    answer = _solve(goal, programme.equal, room, np.append(row, np.zeros(padding)), WHOLE) if row.any() else None
    return answer is not None and bool(answer.fun < ENDLESS)


def _solve(
    goal: np.ndarray, equal: sp.csr_matrix, room: np.ndarray | None, scaled: np.ndarray, amount: float
) -> OptimizeResult | None:
    """Minimise the goal with ``equal`` at zero and ``scaled`` at the amount; None where nothing meets them."""
    answer = linprog(
        goal,
        A_ub=None if room is None else sp.csr_matrix(room[None, :]),
        b_ub=None if room is None else [0.0],
        A_eq=sp.vstack([equal, sp.csr_matrix(scaled[None, :])], format="csc"),
        b_eq=np.append(np.zeros(equal.shape[0]), amount),
        method="highs-ds",
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise SolverError(f"the bounds of a share ended with '{answer.message}'. Report the facts of this run.")
    return answer


def output_selector(base: Ingredients, done: Reconciled, weight: dict[str, float], economy: str | None) -> np.ndarray:
    """A row over all cells: what processes put out of some products, in one economy or anywhere (None).

    Parameters
    ----------
    weight : dict product -> weight
        Such as the share of an element. [fraction]
    economy : str or None

    Returns
    -------
    array (cells,)
    """
    out = done.recipe.outputs
    mass = out["coefficient"].to_numpy() * out["product"].map(pd.Series(weight, dtype=float)).fillna(0.0).to_numpy()
    if economy is not None:
        mass = mass * (base.cells.nodes["economy"].to_numpy()[out["node"]] == economy)
    row = np.zeros(int(base.cells.starts[-1]))
    np.add.at(row, out["node"].to_numpy(), mass)
    return row
