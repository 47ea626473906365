"""One stock held for several, against what all of them may need at once: what pooling saves under any joint distribution.

A stock is bought before needs are known. What is left over costs ``holding`` a tonne, what is missing ``shortage``. The
best stock of a coalition is a quantile of the *sum* of its members' needs, so all that counts is how needs move
together: under a common embargo they rise as one, the quantile of the sum is the sum of the quantiles, and
pooling saves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from lodestone.coordinate.game import MOST_MEMBERS, savings_game
from lodestone.coordinate.nouns import Game
from lodestone.errors import GameError

NODES = 200  # of the quadrature below the critical quantile; its error is below 1e-9 of a standard deviation


@dataclass(frozen=True, eq=False)
class NormalNeeds:
    """Needs of the members, jointly normal: ``mean`` (n,) and ``covariance`` (n, n). [t, t^2]"""

    members: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True, eq=False)
class DrawnNeeds:
    """Needs of the members in scenarios or draws: ``need`` (draw, n) with ``probability`` (draw,). [t, fraction]"""

    members: tuple[str, ...]
    need: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True, eq=False)
class PooledStock:
    """By coalition, as bit mask, of shape (2^n,): the best ``stock`` and its expected ``cost``; the ``savings`` as a game."""

    stock: np.ndarray
    cost: np.ndarray
    savings: Game


def normal_needs(
    members: Sequence[str], mean: Sequence[float], sd: Sequence[float], correlation: np.ndarray
) -> NormalNeeds:
    """Jointly normal needs from standard deviations and a correlation matrix.

    Raises
    ------
    GameError
        If sizes do not match or the matrix is no correlation matrix.
    """
    names, spread, rho = tuple(members), np.asarray(sd, dtype=float), np.asarray(correlation, dtype=float)
    n = len(names)
    if spread.shape != (n,) or rho.shape != (n, n) or np.shape(mean) != (n,) or not (spread >= 0).all():
        raise GameError(f"{n} members need {n} means, {n} standard deviations of 0 or more and a matrix {n} x {n}.")
    if not np.allclose(rho, rho.T) or not np.allclose(np.diag(rho), 1.0) or np.linalg.eigvalsh(rho).min() < -1e-9:
        raise GameError(
            "the correlations are those of no joint distribution. Make the matrix symmetric, with 1 on its diagonal."
        )
    return NormalNeeds(names, np.asarray(mean, dtype=float), spread[:, None] * rho * spread)


def drawn_needs(members: Sequence[str], need: np.ndarray, probability: np.ndarray | None = None) -> DrawnNeeds:
    """Needs by draw, equally likely if no probability is given.

    Raises
    ------
    GameError
        If sizes do not match, or probabilities are below zero or do not sum to 1.
    """
    names, rows = tuple(members), np.asarray(need, dtype=float)
    if rows.ndim != 2 or rows.shape[1] != len(names) or not len(rows) or not np.isfinite(rows).all():
        raise GameError(f"needs must be a table of draws by {len(names)} members, all finite.")
    chance = np.full(len(rows), 1.0 / len(rows)) if probability is None else np.asarray(probability, dtype=float)
    if chance.shape != (len(rows),) or (chance < 0).any() or abs(chance.sum() - 1.0) > 1e-9:
        raise GameError(f"{len(rows)} draws need as many probabilities of 0 or more that sum to 1.")
    return DrawnNeeds(names, rows, chance)


def pooled_stock(needs: NormalNeeds | DrawnNeeds, holding: float, shortage: float) -> PooledStock:
    """The best stock of every coalition, what it costs, and what the coalition saves over each member holding its own.

    Parameters
    ----------
    needs : NormalNeeds or DrawnNeeds
    holding, shortage : float
        Cost of a tonne left over and of a tonne missing, both above zero. [money/t]

    Returns
    -------
    PooledStock

    Raises
    ------
    GameError
        If a cost is not above zero, or there are too many members.

    Examples
    --------
    A common embargo takes from all at once, a selective one from one or the other:

    >>> common = drawn_needs("AB", [[0, 0], [10, 20]], [0.8, 0.2])
    >>> pooled_stock(common, 1.0, 9.0).savings.value[-1].item()
    0.0
    >>> selective = drawn_needs("AB", [[0, 0], [10, 0], [0, 10]], [0.6, 0.2, 0.2])
    >>> round(pooled_stock(selective, 1.0, 9.0).savings.value[-1].item(), 9)
    10.0
    """
    if not (0.0 < holding < np.inf and 0.0 < shortage < np.inf):
        raise GameError(f"holding {holding:g} and shortage {shortage:g} must be above 0. Give both in money a tonne.")
    if not 2 <= len(needs.members) <= MOST_MEMBERS:
        raise GameError(f"{len(needs.members)} members. Name 2 to {MOST_MEMBERS}.")
    critical = shortage / (shortage + holding)
    if isinstance(needs, NormalNeeds):
        stock, cost = _normal(needs, critical, holding, shortage)
    else:
        stock, cost = _drawn(needs, critical, holding, shortage)
    savings = savings_game(needs.members, cost)
    rounded = np.where(np.abs(savings.value) < 1e-12 * max(1.0, float(cost.max())), 0.0, savings.value)
    return PooledStock(stock, cost, Game(savings.members, rounded))


def _normal(needs: NormalNeeds, critical: float, holding: float, shortage: float) -> tuple[np.ndarray, np.ndarray]:
    """Cost from the quantile function of the sum: shortage x mean less (holding + shortage) x its integral to the critical one."""
    inside = (np.arange(1 << len(needs.members))[:, None] >> np.arange(len(needs.members)) & 1).astype(float)
    mean = inside @ needs.mean
    sd = np.sqrt(np.maximum(0.0, np.einsum("si,ij,sj->s", inside, needs.covariance, inside)))
    below = _integral_of_quantile(critical)
    cost = shortage * mean - (holding + shortage) * (critical * mean + sd * below)
    cost[0] = 0.0
    return mean + sd * ndtri(critical), cost


def _integral_of_quantile(critical: float) -> float:
    """The standard normal quantile integrated from 0 to the critical one, by Gauss-Legendre after u = critical x t^4."""
    node, weight = np.polynomial.legendre.leggauss(NODES)
    t = (node + 1.0) / 2.0
    return float((weight / 2.0 * ndtri(critical * t**4) * 4.0 * critical * t**3).sum())


def _drawn(needs: DrawnNeeds, critical: float, holding: float, shortage: float) -> tuple[np.ndarray, np.ndarray]:
    count = 1 << len(needs.members)
    stock, cost = np.zeros(count), np.zeros(count)
    bits = np.arange(len(needs.members))
    for mask in range(1, count):
        total = needs.need[:, (mask >> bits & 1) > 0].sum(axis=1)
        order = np.argsort(total, kind="stable")
        reached = np.cumsum(needs.probability[order])
        place = min(int(np.searchsorted(reached, critical - 1e-12)), len(order) - 1)
        stock[mask] = total[order[place]]
        over = total - stock[mask]
        cost[mask] = needs.probability @ (holding * np.maximum(-over, 0.0) + shortage * np.maximum(over, 0.0))
    return stock, cost


def covariance_allocation(needs: NormalNeeds, pooled: PooledStock) -> np.ndarray:
    """The cost of all, divided by how much each member's need moves with that of all; in the core, shape (n,).

    Parameters
    ----------
    needs : NormalNeeds
        With means of zero, or costs that do not depend on them.
    pooled : PooledStock

    Returns
    -------
    array (n,)
        Adds up to the cost of all.
    """
    moves = needs.covariance.sum(axis=1)
    if moves.sum() <= 0.0:
        raise GameError("the needs of all together do not vary. Divide the cost by another key.")
    return float(pooled.cost[-1]) * moves / moves.sum()
