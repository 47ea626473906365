"""Making a game, walking over its coalitions, and whether it is superadditive and convex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lodestone.coordinate.nouns import Game, Violation
from lodestone.errors import GameError

MOST_MEMBERS = 20
JOIN = "+"
ROUNDING = 1e-9  # of the largest value: differences below this are rounding
LOW_MEMBERS = 9  # pairs of coalitions of so many members are compared at once


def make_game(members: Sequence[str], value: Mapping[str, float] | np.ndarray) -> Game:
    """A game from the value of each coalition.

    Parameters
    ----------
    members : sequence of str
        2 to 20 different names.
    value : mapping of str to float, or array (2^n,)
        By coalition, its members joined by ``+`` in any order; or by bit mask. The empty coalition is worth 0
        and may be left out of a mapping.

    Returns
    -------
    Game

    Raises
    ------
    GameError
        If members are too few, too many or named twice, a coalition is missing, given twice or holds a stranger, or a
        value is no finite number.

    Examples
    --------
    >>> glove = make_game("LRS", {"L": 0, "R": 0, "S": 0, "L+R": 1, "L+S": 1, "R+S": 0, "L+R+S": 1})
    >>> glove.value.tolist()
    [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    """
    names = tuple(members)
    if not 2 <= len(names) <= MOST_MEMBERS or len(set(names)) < len(names):
        raise GameError(f"{len(set(names))} different members of {len(names)}. Name 2 to {MOST_MEMBERS}, each once.")
    held = np.array(_by_mask(names, value) if isinstance(value, Mapping) else value, dtype=float)
    if held.shape != (1 << len(names),):
        raise GameError(
            f"{held.size} values for {len(names)} members. Give one for each of {1 << len(names)} coalitions."
        )
    if bad := np.flatnonzero(~np.isfinite(held)).tolist():
        raise GameError(
            f"the value of {label(names, bad[0])} is no finite number ({len(bad)} such). Give each coalition one."
        )
    if held[0] != 0.0:
        raise GameError(
            f"nobody is worth {held[0]:g}. The empty coalition is worth 0: take off what is there without them."
        )
    held.flags.writeable = False
    return Game(names, held)


def savings_game(members: Sequence[str], cost: Mapping[str, float] | np.ndarray) -> Game:
    """The gain of a coalition over each of its members paying alone: sum of c(i) less c(S).

    Parameters
    ----------
    members : sequence of str
    cost : mapping of str to float, or array (2^n,)
        As the values of `make_game`.

    Returns
    -------
    Game

    Examples
    --------
    >>> savings_game("AB", {"A": 3, "B": 4, "A+B": 5}).value.tolist()
    [0.0, 0.0, 0.0, 2.0]
    """
    costs = make_game(members, cost)
    return make_game(members, coalition_sums(alone(costs)) - costs.value)


def alone(game: Game) -> np.ndarray:
    """What each member is worth alone, shape (n,)."""
    return game.value[1 << np.arange(len(game.members))]


def marginal_contributions(value: np.ndarray) -> np.ndarray:
    """The value of all less that of all the others, for each member: its marginal contribution to the grand coalition.

    Parameters
    ----------
    value : array (..., 2^n)
        By bit mask.

    Returns
    -------
    array (..., n)

    Examples
    --------
    >>> marginal_contributions(np.array([0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 1.0, 4.0])).tolist()
    [3.0, 3.0, 2.0]
    """
    members = int(value.shape[-1]).bit_length() - 1
    whole = (1 << members) - 1
    return np.asarray(value[..., [whole]] - value[..., whole - (1 << np.arange(members))])


def grand(game: Game) -> float:
    """What all members are worth together."""
    return float(game.value[-1])


def scale(game: Game) -> float:
    """The size rounding is measured by: the largest value, or 1 where all are 0."""
    return float(np.nanmax(np.abs(game.value))) or 1.0


def coalition_sums(amount: np.ndarray) -> np.ndarray:
    """The sum of an amount over the members of every coalition, shape (2^n,), by bit mask.

    Examples
    --------
    >>> coalition_sums(np.array([1.0, 10.0, 100.0])).tolist()
    [0.0, 1.0, 10.0, 11.0, 100.0, 101.0, 110.0, 111.0]
    """
    sums = np.zeros(1, dtype=amount.dtype)
    for one in amount:
        sums = np.concatenate([sums, sums + one])
    return sums


def sizes(count: int) -> np.ndarray:
    """How many members each coalition of ``count`` members has, shape (2^count,), by bit mask."""
    return coalition_sums(np.ones(count, dtype=np.int64))


def named(members: Sequence[str], mask: int) -> tuple[str, ...]:
    """The members of a coalition."""
    return tuple(member for i, member in enumerate(members) if mask >> i & 1)


def label(members: Sequence[str], mask: int) -> str:
    """A coalition as text, its members joined by ``+``."""
    return JOIN.join(named(members, mask)) or "nobody"


def superadditivity_violations(game: Game, most: int = 20) -> tuple[tuple[Violation, ...], int]:
    """Coalitions without a common member that are worth more apart than together.

    All 3^n pairs are looked at: a fraction of a second at 14 members, some seconds at 20.

    Parameters
    ----------
    game : Game
    most : int
        How many to name, the largest shortfall first.

    Returns
    -------
    tuple of Violation, and int
        Those named; how many there are. A shortfall below 1e-9 of the largest value is rounding.

    Examples
    --------
    >>> found, count = superadditivity_violations(make_game("AB", {"A": 1, "B": 1, "A+B": 1.5}))
    >>> found[0], count
    (Violation(first=('B',), second=('A',), shortfall=0.5), 1)
    """
    low = min(LOW_MEMBERS, len(game.members))
    pairs = _disjoint_pairs(low)
    gaps: list[tuple[float, int, int]] = []
    count = 0
    blocks = game.value.reshape(-1, 1 << low)
    tolerance = ROUNDING * scale(game)
    for high_first, high_second in _disjoint_pairs(len(game.members) - low).T.tolist():
        if high_first < high_second:
            continue  # the same pair the other way round
        first, second, both = blocks[high_first], blocks[high_second], blocks[high_first | high_second]
        short = first[pairs[0]] + second[pairs[1]] - both[pairs[0] | pairs[1]]
        if high_first == high_second:  # both empty above
            short[pairs[0] < pairs[1]] = 0.0
        bad = np.flatnonzero(short > tolerance)
        count += bad.size
        for k in bad[np.argsort(-short[bad], kind="stable")[:most]].tolist():
            gaps.append((-float(short[k]), high_first << low | int(pairs[0, k]), high_second << low | int(pairs[1, k])))
    return _worst(game, gaps, most), count


def convexity_violations(game: Game, most: int = 20) -> tuple[tuple[Violation, ...], int]:
    """Pairs S+i and S+j for which v(S+i) + v(S+j) > v(S+i+j) + v(S).

    Parameters
    ----------
    game : Game
    most : int
        How many to name, the largest shortfall first.

    Returns
    -------
    tuple of Violation, and int
        Those named; how many there are.

    Examples
    --------
    >>> majority = make_game("ABC", {"A": 0, "B": 0, "C": 0, "A+B": 1, "A+C": 1, "B+C": 1, "A+B+C": 1})
    >>> found, count = convexity_violations(majority)
    >>> found[0], count
    (Violation(first=('A', 'B'), second=('A', 'C'), shortfall=1.0), 3)
    """
    masks = np.arange(game.value.size)
    gaps: list[tuple[float, int, int]] = []
    count = 0
    for i in range(len(game.members)):
        for j in range(i + 1, len(game.members)):
            base = masks[(masks & (1 << i | 1 << j)) == 0]
            one, other = base | 1 << i, base | 1 << j
            short = game.value[one] + game.value[other] - game.value[one | other] - game.value[base]
            bad = np.flatnonzero(short > ROUNDING * scale(game))
            count += bad.size
            for k in bad[np.argsort(-short[bad], kind="stable")[:most]].tolist():
                gaps.append((-float(short[k]), int(one[k]), int(other[k])))
    return _worst(game, gaps, most), count


def _worst(game: Game, gaps: list[tuple[float, int, int]], most: int) -> tuple[Violation, ...]:
    return tuple(
        Violation(named(game.members, first), named(game.members, second), -short)
        for short, first, second in sorted(gaps)[:most]
    )


def _disjoint_pairs(count: int) -> np.ndarray:
    """All ordered pairs of coalitions without a common member, shape (2, 3^count)."""
    pairs = np.zeros((2, 1), dtype=np.int64)
    for i in range(count):
        bit = np.array([[1 << i], [0]])
        pairs = np.hstack([pairs, pairs + bit, pairs + bit[::-1]])
    return pairs


def _by_mask(members: tuple[str, ...], value: Mapping[str, float]) -> np.ndarray:
    place = {member: 1 << i for i, member in enumerate(members)}
    held = np.full(1 << len(members), np.nan)
    held[0] = 0.0
    seen: set[int] = set()
    for coalition, worth in value.items():
        inside = [name for name in coalition.split(JOIN) if name]
        if strangers := [name for name in inside if name not in place]:
            raise GameError(f"'{strangers[0]}' of coalition '{coalition}' is no member. Members: {', '.join(members)}.")
        mask = sum(place[name] for name in dict.fromkeys(inside))
        if len(set(inside)) < len(inside) or mask in seen:
            raise GameError(f"coalition '{coalition}' stands twice or names a member twice. Keep one.")
        seen.add(mask)
        held[mask] = worth
    if missing := [label(members, mask) for mask in range(1, held.size) if mask not in seen]:
        raise GameError(f"{len(missing)} coalitions have no value: {', '.join(missing[:8])}. Give each of them one.")
    return held
