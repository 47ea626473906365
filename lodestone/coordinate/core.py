"""Which divisions hold: the core, the coalitions that block a division, and what tempts a member to leave."""

from __future__ import annotations

import numpy as np

from lodestone.coordinate.game import ROUNDING, alone, coalition_sums, grand, named, scale
from lodestone.coordinate.nouns import Blocking, Core, Exits, Game
from lodestone.coordinate.nucleolus import least_core
from lodestone.errors import GameError


def core(game: Game) -> Core:
    """Whether the core is empty, and a point of it where it is not.

    Parameters
    ----------
    game : Game

    Returns
    -------
    Core
        An ``epsilon`` within 1e-9 of the largest value counts as zero.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> pairs = {"A": 0, "B": 0, "C": 0, "A+B": 0.8, "A+C": 0.8, "B+C": 0.8, "A+B+C": 1}
    >>> found = core(make_game("ABC", pairs))
    >>> found.empty, round(found.epsilon, 6), found.point
    (True, 0.133333, None)
    """
    found = least_core(game)
    empty = found.epsilon > ROUNDING * scale(game)
    return Core(empty, found.epsilon, None if empty else found.division)


def blocking_coalitions(game: Game, division: np.ndarray, most: int = 20) -> tuple[tuple[Blocking, ...], int]:
    """The coalitions that a division gives less than they are worth alone.

    Parameters
    ----------
    game : Game
    division : array (n,)
        Adds up to the value of all (tolerance 1e-6 of the largest value).
    most : int
        How many to name, the largest excess first.

    Returns
    -------
    tuple of Blocking, and int
        Those named; how many there are. None: the division is in the core.

    Raises
    ------
    GameError
        If the division does not add up.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> glove = make_game("LRS", {"L": 0, "R": 0, "S": 0, "L+R": 1, "L+S": 1, "R+S": 0, "L+R+S": 1})
    >>> blocking_coalitions(glove, np.array([0.5, 0.25, 0.25]), most=1)
    ((Blocking(coalition=('L', 'R'), excess=0.25),), 2)
    """
    given = checked_division(game, division)
    excess = game.value - coalition_sums(given)
    excess[[0, -1]] = 0.0
    bad = np.flatnonzero(excess > ROUNDING * scale(game))
    worst = bad[np.argsort(-excess[bad], kind="stable")[:most]].tolist()
    return tuple(Blocking(named(game.members, mask), float(excess[mask])) for mask in worst), bad.size


def exits(game: Game, division: np.ndarray, outside: np.ndarray | None = None) -> Exits:
    """Each member's temptation to leave, and the deposit that removes it.

    Parameters
    ----------
    game : Game
    division : array (n,)
    outside : array (n,), optional
        What each member gets when it leaves and the others stay, from the partition that this makes. Without it, what
        the member is worth alone: that is too little where the others' action helps outsiders too.

    Returns
    -------
    Exits

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> pair = make_game("AB", {"A": 1, "B": 0, "A+B": 3})
    >>> found = exits(pair, np.array([1.5, 1.5]), outside=np.array([2.0, 1.0]))
    >>> found.temptation.tolist(), found.deposit.tolist()
    ([0.5, -0.5], [0.5, 0.0])
    """
    share = checked_division(game, division)
    away = alone(game) if outside is None else np.asarray(outside, dtype=float)
    if away.shape != share.shape or not np.isfinite(away).all():
        raise GameError(f"{away.size} values outside for {share.size} members. Give each member a finite number.")
    tempts = away - share
    return Exits(game.members, share, away, tempts, np.maximum(tempts, 0.0))


def checked_division(game: Game, division: np.ndarray) -> np.ndarray:
    """The division as an array, refused where it is not one of the value of all."""
    given = np.asarray(division, dtype=float)
    if given.shape != (len(game.members),) or not np.isfinite(given).all():
        raise GameError(f"{given.size} shares for {len(game.members)} members. Give each member a finite one.")
    if abs(given.sum() - grand(game)) > 1e-6 * scale(game):
        raise GameError(f"the shares add up to {given.sum():g}, not to {grand(game):g}. Divide the value of all.")
    return given
