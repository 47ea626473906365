"""Divisions of a game's value by rule: Shapley value, Gately point, and the simple keys ministries use."""

from __future__ import annotations

from math import factorial

import numpy as np

from lodestone.coordinate.game import ROUNDING, alone, grand, marginal_contributions, scale, sizes
from lodestone.coordinate.nouns import Game
from lodestone.errors import GameError


def shapley_value(game: Game) -> np.ndarray:
    """What each member adds, on the mean over all orders in which they may join [1]_.

    Parameters
    ----------
    game : Game

    Returns
    -------
    array (n,)
        Adds up to the value of all. Fair by its axioms; nothing says that it is in the core.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> glove = make_game("LRS", {"L": 0, "R": 0, "S": 0, "L+R": 1, "L+S": 1, "R+S": 0, "L+R+S": 1})
    >>> shapley_value(glove).round(6).tolist()
    [0.666667, 0.166667, 0.166667]

    References
    ----------
    .. [1] L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II, 1953.
    """
    count = len(game.members)
    joins = np.array([factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)])
    size = sizes(count)
    with_member = np.append(0.0, joins)[size] * game.value  # S holds i: |S| - 1 were there before
    without = np.append(joins, 0.0)[size] * game.value
    share = np.empty(count)
    for i in range(count):
        halves = (-1, 2, 1 << i)
        share[i] = with_member.reshape(halves)[:, 1].sum() - without.reshape(halves)[:, 0].sum()
    return share


def gately_point(game: Game) -> tuple[np.ndarray, float]:
    """The division at which all members have the same propensity to disrupt [1]_.

    Parameters
    ----------
    game : Game
        With M_i = v(N) - v(N - i), the sum of M_i - v(i) must be above zero.

    Returns
    -------
    array (n,) and float
        The division; the propensity: what the others lose when a member leaves, over what it loses itself.

    Raises
    ------
    GameError
        If no member adds more to the others than it is worth alone, on the sum.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> point, propensity = gately_point(make_game("AB", {"A": 1, "B": 0, "A+B": 3}))
    >>> point.tolist(), propensity
    ([2.0, 1.0], 1.0)

    References
    ----------
    .. [1] D. Gately, "Sharing the gains from regional cooperation", Int. Econ. Rev., vol. 15, no. 1, 1974.
    """
    last = marginal_contributions(game.value)
    adds = last - alone(game)
    gain = grand(game) - alone(game).sum()
    if adds.sum() <= ROUNDING * scale(game) or gain <= ROUNDING * scale(game):
        raise GameError(
            "no Gately point: members add nothing to each other on the sum. Look at the values of the pairs."
        )
    return alone(game) + gain * adds / adds.sum(), float(adds.sum() / gain - 1.0)


def shares_by_key(game: Game, weight: np.ndarray, *, beyond_alone: bool = False) -> np.ndarray:
    """The value of all divided in proportion to a weight: equal, by output, by use.

    Parameters
    ----------
    game : Game
    weight : array (n,)
        0 or more, not all 0.
    beyond_alone : bool
        Whether each member first gets what it is worth alone, and only the gain is divided.

    Returns
    -------
    array (n,)

    Raises
    ------
    GameError
        If a weight is missing or below zero, or all are zero.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> pair = make_game("AB", {"A": 1, "B": 0, "A+B": 3})
    >>> shares_by_key(pair, np.ones(2)).tolist(), shares_by_key(pair, np.ones(2), beyond_alone=True).tolist()
    ([1.5, 1.5], [2.0, 1.0])
    """
    given = np.asarray(weight, dtype=float)
    if given.shape != (len(game.members),) or not (np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0):
        raise GameError(f"weights {given.tolist()} divide nothing. Give each of {', '.join(game.members)} 0 or more.")
    first = alone(game) if beyond_alone else np.zeros(len(game.members))
    return first + (grand(game) - first.sum()) * given / given.sum()
