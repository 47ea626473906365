"""What a cooperative game and its answers are made of. A coalition is a bit mask: bit i stands for member i."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Game:
    """Members, and what each coalition of them is worth: the characteristic function.

    ``value``, shape (2^n,): element ``mask`` is the value of the coalition with the members whose bits are set in
    ``mask``; the empty coalition is worth 0. [one unit throughout, above zero where it is a gain]
    """

    members: tuple[str, ...]
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class LeastCore:
    """The smallest ``epsilon`` for which no proper coalition loses more than ``epsilon`` by a ``division``, and one such.

    ``epsilon``: the core is empty when it is above zero. [unit of the value] ``division``, shape (n,).
    """

    epsilon: float
    division: np.ndarray


@dataclass(frozen=True, eq=False)
class Core:
    """Whether any division is safe from every coalition: ``empty``, ``epsilon`` of the least core, a ``point`` or None."""

    empty: bool
    epsilon: float
    point: np.ndarray | None


@dataclass(frozen=True)
class Blocking:
    """A coalition that a division gives less than it is worth alone, and how much less: ``excess`` > 0."""

    coalition: tuple[str, ...]
    excess: float


@dataclass(frozen=True)
class Violation:
    """Two coalitions that together are worth less than a property of games asks for, by ``shortfall`` > 0.

    Of superadditivity: ``first`` and ``second`` share no member and are worth more apart. Of convexity: they differ
    from what they share by one member each, and a member adds less to more.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    shortfall: float


@dataclass(frozen=True, eq=False)
class Exits:
    """What each member gains by leaving, all of shape (n,), in the unit of the value.

    ``share``: what it gets by staying; ``outside``: what it gets when it leaves; ``temptation`` = outside - share;
    ``deposit``: the smallest one that is lost on leaving and makes staying no worse, 0 where nothing tempts.
    """

    members: tuple[str, ...]
    share: np.ndarray
    outside: np.ndarray
    temptation: np.ndarray
    deposit: np.ndarray
