"""Fewer scenarios for the same distribution: which to keep, and how far the rest is from them.

The distance is that of Kantorovich between the two distributions: what it costs to move the probability of
every scenario that is dropped to the nearest one kept. It bounds the error of a plan's cost up to a constant of the
programme, so it ranks reductions; it is no error in money. Both rules are those of Heitsch and Roemisch [1]_.

References
----------
.. [1] H. Heitsch and W. Roemisch, "Scenario reduction algorithms in stochastic programming", Comput. Optim.
   Appl., vol. 24, pp. 187-206, 2003.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lodestone.errors import BalanceError, PlanError
from lodestone.respond.tree import ScenarioTree, leaves, paths, probability

RULES = ("forward", "backward")
TOLERANCE = 1e-9  # by which probabilities may miss 1


@dataclass(frozen=True)
class Reduction:
    """``kept``: positions of the scenarios kept, in their old order. ``probability``: of each of these [fraction].

    ``nearest``: for every old scenario the position of the one that carries its probability now.
    ``distance``: the Kantorovich distance between the old distribution and the new. [unit of the scenarios]
    """

    kept: np.ndarray
    probability: np.ndarray
    nearest: np.ndarray
    distance: float


def reduce_scenarios(points: np.ndarray, probability: np.ndarray, keep: int, rule: str = "forward") -> Reduction:
    """Keep a few of many scenarios.

    Parameters
    ----------
    points : array (scenario, value)
        In units in which a difference of 1 counts alike in every column: scale them before.
    probability : array (scenario,)
        [fraction; sums to 1]
    keep : int
        How many stay.
    rule : str
        "forward" adds one at a time (better where few stay), "backward" drops one at a time.

    Returns
    -------
    Reduction
        Where two scenarios do equally well, the one that stands first.

    Raises
    ------
    PlanError
        If none or more than all are to be kept, or the rule is unknown.
    BalanceError
        If the probabilities do not sum to 1.

    Examples
    --------
    >>> few = reduce_scenarios(np.array([[0.0], [1.0], [10.0]]), np.array([0.2, 0.4, 0.4]), 2)
    >>> few.kept.tolist(), [round(float(p), 2) for p in few.probability], round(few.distance, 2)
    ([1, 2], [0.6, 0.4], 0.2)
    """
    if rule not in RULES or not 1 <= keep <= len(points):
        raise PlanError(
            f"cannot keep {keep} of {len(points)} by rule '{rule}'. Keep 1 or more, by {' or '.join(RULES)}."
        )
    if len(points) != len(probability) or not abs(probability.sum() - 1.0) <= TOLERANCE or (probability < 0.0).any():
        raise BalanceError(
            f"probabilities of {len(points)} scenarios sum to {probability.sum():.6g}, not 1. Mend them."
        )
    cost = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    kept = np.sort((_forward if rule == "forward" else _backward)(cost, probability, keep))
    nearest = kept[np.argmin(cost[:, kept], axis=1)]
    nearest[kept] = kept
    carried = np.bincount(nearest, weights=probability, minlength=len(points))[kept]
    return Reduction(kept, carried, nearest, float(probability @ cost[np.arange(len(points)), nearest]))


def reduce_tree(
    tree: ScenarioTree, points: np.ndarray, keep: int, rule: str = "forward"
) -> tuple[ScenarioTree, Reduction]:
    """The part of a tree that a few of its scenarios pass through, with the probability of all.

    Where one of two branches goes, what is left of the tree knows too early which way it goes: its plan is too cheap. What its
    decisions cost in the whole tree is the error that counts.

    Parameters
    ----------
    tree : ScenarioTree
    points : array (scenario, value)
        In the order of the tree's leaves; as of `reduce_scenarios`.
    keep : int
    rule : str

    Returns
    -------
    ScenarioTree, Reduction
        Labels of nodes are kept, so that data and decisions of the whole tree can be looked up by them.

    Examples
    --------
    >>> import pandas as pd
    >>> from lodestone.respond.tree import TREE_COLUMNS, scenario_tree
    >>> rows = [("now", "", 0, 1.0), ("a", "now", 1, 0.5), ("b", "now", 1, 0.3), ("c", "now", 1, 0.2)]
    >>> whole = scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))
    >>> few, _ = reduce_tree(whole, np.array([[0.0], [9.0], [10.0]]), 2)
    >>> few.node, few.conditional_probability
    (('now', 'a', 'b'), (1.0, 0.5, 0.5))
    """
    ends = list(leaves(tree))
    found = reduce_scenarios(points, probability(tree).sel(node=ends).values, keep, rule)
    walks = paths(tree).sel(scenario=[ends[k] for k in found.kept]).transpose("scenario", "stage").values
    carried: dict[str, float] = {}
    for walk, chance in zip(walks, found.probability, strict=True):
        for node in walk:
            carried[str(node)] = carried.get(str(node), 0.0) + float(chance)
    kept = [k for k, node in enumerate(tree.node) if node in carried]
    before = [tree.parent[k] for k in kept]
    return ScenarioTree(
        tuple(tree.node[k] for k in kept),
        tuple(before),
        tuple(tree.stage[k] for k in kept),
        tuple(
            carried[tree.node[k]] / (carried[parent] if parent else 1.0) for k, parent in zip(kept, before, strict=True)
        ),
        tuple(tree.state[k] for k in kept),
    ), found


def _forward(cost: np.ndarray, probability: np.ndarray, keep: int) -> np.ndarray:
    """Add the scenario that leaves the least to move, again and again."""
    kept: list[int] = []
    reach = np.full(len(cost), np.inf)
    for _ in range(keep):
        left = probability @ np.minimum(reach[:, None], cost)
        left[kept] = np.inf
        kept.append(int(np.argmin(left)))
        reach = np.minimum(reach, cost[:, kept[-1]])
    return np.array(kept)


def _backward(cost: np.ndarray, probability: np.ndarray, keep: int) -> np.ndarray:
    """Drop the scenario whose loss, with all dropped before it, leaves the least to move, again and again."""
    kept = list(range(len(cost)))
    while len(kept) > keep:
        near = np.sort(cost[:, kept], axis=1)[:, :2]
        own = cost[:, kept] <= near[:, :1]
        reach = np.where(own, near[:, 1:2], near[:, :1])  # nearest kept one if the column's scenario goes
        del kept[int(np.argmin(probability @ reach))]
    return np.array(kept)
