"""Who stands behind the supplier: an absorbing chain over the intake of every node, back to the mine.

Walk back from a node to the node its intake was drawn from, with the intake's shares as
probabilities; mines end the walk. Origin is where walks end, throughput is where they pass. The two
answer different questions and are never added. Arrays are sparse: thousands of nodes are small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
import scipy.sparse.linalg as spla
import xarray as xr
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order

from lodestone.errors import BalanceError, LabelError

Vector = NDArray[np.float64]
TOLERANCE = 1e-6


@dataclass(frozen=True)
class LookThrough:
    """Dependence of each buyer, all in fractions of its intake.

    ``first_tier`` (buyer, economy): shipped by. ``origin`` (buyer, economy): mined in; sums to 1.
    ``throughput`` (buyer, stage, economy): passes at least once through that stage there; sums to
    more than 1 over economies where material crosses several at one stage. ``touches``
    (buyer, economy): passes through the economy at any stage, the mine included.
    """

    first_tier: xr.DataArray
    origin: xr.DataArray
    throughput: xr.DataArray
    touches: xr.DataArray


def never_touching(intake: sp.spmatrix | sp.sparray, barred: NDArray[np.bool_]) -> Vector:
    """Share of each state's intake whose whole way from the mine avoids the barred states.

    The barred states and mines are deleted and the origin shares of what is left are summed [1]_.
    One minus this is the probability of hitting the barred set; for a single state v it equals
    N_uv / N_vv, the form that stays a share when there are loops.

    Parameters
    ----------
    intake : sparse matrix (state, state)
        Share of a state's intake drawn from another; rows sum to 1, rows of mines are empty. [fraction]
    barred : array of bool (state)
        States to avoid.

    Returns
    -------
    array (state)
        0 for barred states themselves. [fraction]

    Raises
    ------
    BalanceError
        If a row that is not empty does not sum to 1, or a loop draws from no mine.

    Examples
    --------
    State 0 draws from a maker (1) and a mine (2); the maker draws from mine 3:

    >>> intake = sp.csr_array([[0, 0.6, 0.4, 0], [0, 0, 0, 1.0], [0, 0, 0, 0], [0, 0, 0, 0]])
    >>> never_touching(intake, np.array([False, True, False, False])).tolist()
    [0.4, 0.0, 1.0, 1.0]

    References
    ----------
    .. [1] J. G. Kemeny and J. L. Snell, "Finite Markov Chains", chapter 3, 1960.
    """
    matrix = _checked(intake)
    passes = sp.diags_array((~np.asarray(barred, bool)).astype(float))
    mine = (np.diff(matrix.indptr) == 0) & ~np.asarray(barred, bool)
    system = sp.eye_array(matrix.shape[0], format="csc") - passes @ matrix
    return _solve(sp.csc_array(system), mine.astype(float))


def mined_at(intake: sp.spmatrix | sp.sparray, drawn: Vector) -> Vector:
    """Where an intake was mined: the row drawn . N R of the absorbing chain.

    Parameters
    ----------
    intake : sparse matrix (state, state)
        As in `never_touching`. [fraction]
    drawn : array (state)
        What a buyer draws from each state. [any mass unit]

    Returns
    -------
    array (state)
        Zero outside mines; sums to the sum of ``drawn``. [unit of ``drawn``]

    Raises
    ------
    BalanceError
        As `never_touching`.

    Examples
    --------
    >>> intake = sp.csr_array([[0, 0.6, 0.4, 0], [0, 0, 0, 1.0], [0, 0, 0, 0], [0, 0, 0, 0]])
    >>> mined_at(intake, np.array([10.0, 0.0, 0.0, 0.0])).tolist()
    [0.0, 0.0, 4.0, 6.0]
    """
    matrix = _checked(intake)
    return _visits(matrix, drawn) * (np.diff(matrix.indptr) == 0)


def expected_visits(intake: sp.spmatrix | sp.sparray, drawn: Vector) -> Vector:
    """How often material passes each state: the row drawn . N. Not a share where there are loops.

    Divide by the visits a state gets from itself to have the probability of passing it at all.

    Parameters
    ----------
    intake, drawn
        As in `mined_at`.

    Returns
    -------
    array (state)
        Can exceed the sum of ``drawn``. [unit of ``drawn``]

    Raises
    ------
    BalanceError
        As `never_touching`.

    Examples
    --------
    Half of state 0's intake is its own scrap, so it is passed twice on average:

    >>> expected_visits(sp.csr_array([[0.5, 0.5], [0, 0]]), np.array([1.0, 0.0])).tolist()
    [2.0, 1.0]
    """
    return _visits(_checked(intake), drawn)


def look_through(intake: pd.DataFrame, nodes: pd.DataFrame, buyers: Sequence[str] | None = None) -> LookThrough:
    """First tier, origin, throughput and what touches each economy, for buyers of a labelled chain.

    Parameters
    ----------
    intake : DataFrame with node, draws_from, share
        Share of a node's intake drawn from another; sums to 1 by node. A node that draws from
        nobody is a mine. [fraction]
    nodes : DataFrame with node, economy, stage
        One row a node.
    buyers : sequence of str, optional
        Nodes to report; all if not given. A buyer's own place counts only if its intake comes back.

    Returns
    -------
    LookThrough

    Raises
    ------
    LabelError
        If a node of ``intake`` is not in ``nodes``, a node stands twice, or a buyer is unknown.
    BalanceError
        If shares of a node do not sum to 1, are NaN or negative, or a loop draws from no mine.

    Examples
    --------
    >>> intake = pd.DataFrame(
    ...     [("buyer", "smelter", 1.0), ("smelter", "pit", 1.0)], columns=["node", "draws_from", "share"]
    ... )
    >>> nodes = pd.DataFrame(
    ...     [("buyer", "A", "use"), ("smelter", "B", "metal"), ("pit", "A", "mine")],
    ...     columns=["node", "economy", "stage"],
    ... )
    >>> result = look_through(intake, nodes, ["buyer"])
    >>> result.first_tier.sel(economy="B").item(), result.origin.sel(economy="A").item()
    (1.0, 1.0)
    """
    matrix, labels = intake_matrix(intake, nodes)
    wanted = list(labels) if buyers is None else list(buyers)
    unknown = [buyer for buyer in wanted if buyer not in labels]
    if unknown:
        raise LabelError(f"no node '{unknown[0]}' to look through. Use a node of the table.")
    rows = sp.csr_array(matrix[labels.get_indexer(wanted)])
    place = nodes.set_index("node").loc[labels]
    economies = sorted(place["economy"].unique())
    stages = list(dict.fromkeys(place["stage"]))
    here = {name: (place["economy"] == name).to_numpy() for name in economies}
    at = {name: (place["stage"] == name).to_numpy() for name in stages}
    ends = np.vstack([mined_at(matrix, row) for row in rows.toarray()])
    passing = np.stack([[_drawn_through(matrix, rows, at[s] & here[e]) for e in economies] for s in stages])
    any_stage = np.stack([_drawn_through(matrix, rows, here[e]) for e in economies])
    by_economy = np.column_stack([here[name] for name in economies]).astype(float)
    coords = {"buyer": wanted, "stage": stages, "economy": economies}
    two = {k: coords[k] for k in ("buyer", "economy")}
    return LookThrough(
        first_tier=xr.DataArray(rows @ by_economy, two, ("buyer", "economy")),
        origin=xr.DataArray(ends @ by_economy, two, ("buyer", "economy")),
        throughput=xr.DataArray(passing.transpose(2, 0, 1), coords, ("buyer", "stage", "economy")),
        touches=xr.DataArray(any_stage.T, two, ("buyer", "economy")),
    )


def intake_matrix(intake: pd.DataFrame, nodes: pd.DataFrame) -> tuple[sp.csr_array, pd.Index]:
    """The sparse matrix of a labelled chain and the labels of its rows.

    Parameters
    ----------
    intake, nodes : DataFrame
        As in `look_through`.

    Returns
    -------
    (csr_array (state, state), Index of str)

    Raises
    ------
    LabelError, BalanceError
        As in `look_through`.

    Examples
    --------
    >>> intake = pd.DataFrame([("smelter", "pit", 1.0)], columns=["node", "draws_from", "share"])
    >>> nodes = pd.DataFrame(
    ...     [("smelter", "B", "metal"), ("pit", "A", "mine")], columns=["node", "economy", "stage"]
    ... )
    >>> matrix, labels = intake_matrix(intake, nodes)
    >>> matrix.toarray().tolist(), labels.tolist()
    ([[0.0, 1.0], [0.0, 0.0]], ['smelter', 'pit'])
    """
    labels = pd.Index(nodes["node"])
    if labels.has_duplicates:
        raise LabelError(f"node '{labels[labels.duplicated()][0]}' stands twice. Keep one row a node.")
    place = {end: labels.get_indexer(pd.Index(intake[end])) for end in ("node", "draws_from")}
    for end, found in place.items():
        if (found < 0).any():
            missing = intake[end].to_numpy()[found < 0][0]
            raise LabelError(f"node '{missing}' has no economy and stage. Add it to the table of nodes.")
    share = intake["share"].to_numpy(float)
    wrong = ~(np.isfinite(share) & (share >= 0))
    if wrong.any():
        row = intake[wrong].iloc[0]
        raise BalanceError(
            f"'{row['node']}' draws {row['share']} of its intake from '{row['draws_from']}'. "
            "A share is a number from 0 to 1; leave the row out if nothing is drawn."
        )
    shape = (len(labels), len(labels))
    matrix = sp.csr_array(sp.coo_array((share, (place["node"], place["draws_from"])), shape=shape))
    matrix.eliminate_zeros()
    return _checked(matrix, labels), labels


def _drawn_through(matrix: sp.csr_array, rows: sp.csr_array, group: NDArray[np.bool_]) -> Vector:
    return np.asarray(1.0 - rows @ never_touching(matrix, group)) if group.any() else np.zeros(rows.shape[0])


def _visits(matrix: sp.csr_array, drawn: Vector) -> Vector:
    system = sp.eye_array(matrix.shape[0], format="csc") - sp.csc_array(matrix.T)
    return _solve(sp.csc_array(system), np.asarray(drawn, float))


def _solve(system: sp.csc_array, right: Vector) -> Vector:
    return np.asarray(spla.splu(system).solve(right))


def _checked(intake: sp.spmatrix | sp.sparray, labels: pd.Index | None = None) -> sp.csr_array:
    matrix = sp.csr_array(intake)
    if (matrix.data == 0).any():
        matrix = matrix.copy()
        matrix.eliminate_zeros()
    filled = np.diff(matrix.indptr) > 0
    total = np.asarray(matrix.sum(axis=1)).ravel()
    off = filled & ~(np.abs(total - 1.0) <= TOLERANCE)
    if off.any():
        k = int(np.argmax(off))
        raise BalanceError(
            f"the intake shares of {_named(k, labels)} sum to {total[k]:.4f}, not 1. "
            "Add a node for the origin that is not known rather than leave it out."
        )
    stuck = _without_mine(matrix, filled)
    if stuck.any():
        raise BalanceError(
            f"{_named(int(np.argmax(stuck)), labels)} draws only from a loop that no mine feeds. "
            "Add the primary material that enters it."
        )
    return matrix


def _without_mine(matrix: sp.csr_array, filled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """States from which no walk ends: found by walking forward from all mines at once."""
    size = matrix.shape[0]
    mines = np.flatnonzero(~filled)
    start = sp.csr_array((np.ones(len(mines)), (np.zeros(len(mines), int), mines)), shape=(1, size))
    gate = sp.csr_array((size, 1))
    graph = sp.block_array([[sp.csr_array(matrix.T), gate], [start, None]], format="csr")
    seen = breadth_first_order(graph, size, return_predecessors=False)
    stuck = np.ones(size + 1, bool)
    stuck[seen] = False
    return stuck[:size]


def _named(place: int, labels: pd.Index | None) -> str:
    return f"state {place}" if labels is None else f"'{labels[place]}'"
