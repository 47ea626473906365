"""A stock whose release helps others too: what members hold, what each gets, and which clubs hold together.

Economies decide in two stages who joins, then how much each holds. Members of a club hold what is best for the club,
everybody else what is best for itself, at the same time. A tonne that is released lowers prices for all: only what is
excludable stays with the club.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.coordinate.game import label, named
from lodestone.coordinate.sides import sides
from lodestone.errors import GameError

MOST_CLUB_MEMBERS = 12  # 2^n clubs are solved
MOST_SWEEPS = 100_000
STILL = 1e-13  # relative change of stocks that counts as none


@dataclass(frozen=True, eq=False)
class PublicStock:
    """What a released stock is worth to each economy and costs it, all of shape (n,).

    With Q the stock that reaches economy i, its payoff is benefit x Q - satiation / 2 x Q^2 - cost / 2 x own stock^2.
    ``excludable``: the share of a tonne that reaches none outside the coalition of its holder, 0 (price relief) to 1
    (access to the reserve). [benefit: money/t; satiation, cost: money/t^2; excludable: fraction]
    """

    members: tuple[str, ...]
    benefit: np.ndarray
    satiation: np.ndarray
    cost: np.ndarray
    excludable: float = 0.0


@dataclass(frozen=True, eq=False)
class Held:
    """Stocks and payoffs where each coalition of a partition does what is best for itself, both of shape (n,)."""

    stock: np.ndarray
    payoff: np.ndarray


@dataclass(frozen=True, eq=False)
class Membership:
    """Every club of a public stock, by bit mask of its members; arrays of shape (2^n, n) or (2^n,).

    ``stock`` and ``payoff``: where that club forms and the rest stay alone. ``elsewhere``: what an economy gets when it
    alone changes sides: a member leaves, an outsider joins. ``internally_stable``: no member gains by leaving;
    ``externally_stable``: no outsider gains by joining. ``stable_with_transfers``: the club has enough to pay every
    member what it would get outside.
    """

    members: tuple[str, ...]
    stock: np.ndarray
    payoff: np.ndarray
    elsewhere: np.ndarray
    internally_stable: np.ndarray
    externally_stable: np.ndarray
    stable_with_transfers: np.ndarray


def public_stock(
    members: Sequence[str],
    benefit: Sequence[float],
    cost: Sequence[float],
    satiation: Sequence[float] | None = None,
    excludable: float = 0.0,
) -> PublicStock:
    """A public stock from its numbers.

    Parameters
    ----------
    members : sequence of str
    benefit, cost, satiation : sequence of float (n,)
        Cost above zero; the others zero or more. No satiation: the next tonne is worth as much as the first.
    excludable : float
        0 to 1.

    Returns
    -------
    PublicStock

    Raises
    ------
    GameError
        If a number is missing or out of range.
    """
    names = tuple(members)
    given = [
        np.asarray(x, dtype=float) for x in (benefit, np.zeros(len(names)) if satiation is None else satiation, cost)
    ]
    if not names or len(set(names)) < len(names) or any(x.shape != (len(names),) for x in given):
        raise GameError(f"{len(names)} members need different names and one benefit, cost and satiation each.")
    if not all(np.isfinite(x).all() and (x >= 0).all() for x in given) or not (given[2] > 0).all():
        raise GameError(
            "benefit and satiation must be 0 or more and cost above 0, all finite. Check their signs and units."
        )
    if not 0.0 <= excludable <= 1.0:
        raise GameError(f"excludable is {excludable:g}. Give the share of a tonne that outsiders cannot reach, 0 to 1.")
    return PublicStock(names, given[0], given[1], given[2], float(excludable))


def held_under(case: PublicStock, partition: Sequence[int]) -> Held:
    """What each economy holds and gets when every coalition of a partition does what is best for itself.

    Parameters
    ----------
    case : PublicStock
    partition : sequence of int
        Bit masks; together each member exactly once.

    Returns
    -------
    Held

    Raises
    ------
    GameError
        If that is no partition, or stocks do not settle.

    Examples
    --------
    >>> case = public_stock("ABC", benefit=[1, 1, 1], cost=[1, 1, 1])
    >>> found = held_under(case, [0b011, 0b100])
    >>> found.stock.tolist(), found.payoff.tolist()
    ([2.0, 2.0, 1.0], [3.0, 3.0, 4.5])
    """
    n = len(case.members)
    inside = np.array([[mask >> i & 1 for i in range(n)] for mask in partition], dtype=bool).reshape(-1, n)
    if not (inside.sum(axis=0) == 1).all() or any(not 0 < mask < 1 << n for mask in partition):
        raise GameError(f"{list(partition)} is no partition of {n} members. Name each in one coalition.")
    together = inside.T @ inside
    reach = np.where(together, 1.0, 1.0 - case.excludable)  # [i, j]: of j's tonne what i has
    gain = np.where(together, reach, 0.0)  # what of it counts for j's coalition
    right = gain.T @ case.benefit
    matrix = gain.T @ (case.satiation[:, None] * reach) + np.diag(case.cost)
    stock = np.zeros(n)
    for _ in range(MOST_SWEEPS):
        before = stock.copy()
        for j in range(n):
            rest = right[j] - matrix[j] @ stock + matrix[j, j] * stock[j]
            stock[j] = max(0.0, rest / matrix[j, j])
        if np.abs(stock - before).max() <= STILL * max(1.0, stock.max()):
            break
    else:
        raise GameError(
            "stocks do not settle: what one coalition holds drives another's up and down. Lower the satiation."
        )
    reached = reach @ stock
    payoff = case.benefit * reached - case.satiation / 2.0 * reached**2 - case.cost / 2.0 * stock**2
    return Held(stock, payoff)


def membership(case: PublicStock, minimum_participation: int = 1) -> Membership:
    """Every club, what its members and the others get, and whether it holds under each partition's own payoffs.

    Parameters
    ----------
    case : PublicStock
        Of at most 12 members.
    minimum_participation : int
        A club of fewer members dissolves: all stay alone.

    Returns
    -------
    Membership

    Raises
    ------
    GameError
        If there are too many members to solve every club.

    Examples
    --------
    >>> found = membership(public_stock("ABCD", benefit=[1] * 4, cost=[1] * 4))
    >>> [bool(found.internally_stable[mask]) for mask in (0b0011, 0b0111, 0b1111)]
    [True, True, False]
    """
    n = len(case.members)
    if n > MOST_CLUB_MEMBERS:
        raise GameError(f"{n} members make {1 << n} clubs. Take at most {MOST_CLUB_MEMBERS}, or join some beforehand.")
    stock, payoff = np.empty((1 << n, n)), np.empty((1 << n, n))
    for mask in range(1 << n):
        club = mask if mask.bit_count() >= max(2, minimum_participation) else 0
        singles = [1 << i for i in range(n) if not club >> i & 1]
        found = held_under(case, [*([club] if club else []), *singles])
        stock[mask], payoff[mask] = found.stock, found.payoff
    moves = sides(case.members, payoff)
    return Membership(
        case.members, stock, payoff, moves.elsewhere,
        moves.internally_stable, moves.externally_stable, moves.stable_with_transfers,
    )  # fmt: skip


def by_size(found: Membership) -> list[dict[str, float | int | str | bool | None]]:
    """The clubs of alike members as one row a size: payoffs, who would leave or join, and the sum of all payoffs.

    Parameters
    ----------
    found : Membership

    Returns
    -------
    list of dict
        ``coalition_size``, ``total_stock``, ``member_payoff``, ``outsider_payoff``, ``payoff_of_a_member_who_leaves``,
        ``payoff_of_an_outsider_who_joins``, ``internally_stable``, ``externally_stable``, ``stable_with_transfers``,
        ``total_welfare``; None where there is nobody to ask.

    Raises
    ------
    GameError
        If two clubs of one size differ: members are not alike.
    """
    n = len(found.members)
    rows: list[dict[str, float | int | str | bool | None]] = []
    for size in range(1, n + 1):
        clubs = [mask for mask in range(1 << n) if mask.bit_count() == size]
        first = _club_row(found, clubs[0], size)
        for mask in clubs[1:]:
            other = _club_row(found, mask, size)
            if any(not np.isclose(float(a or 0), float(other[k] or 0), rtol=1e-9) for k, a in first.items()):
                raise GameError(
                    f"{label(found.members, mask)} differs from {label(found.members, clubs[0])}: members are not alike. "
                    "Look at the clubs one by one."
                )
        rows.append(first)
    return rows


def _club_row(found: Membership, mask: int, size: int) -> dict[str, float | int | str | bool | None]:
    n = len(found.members)
    member, outsider = (next((i for i in range(n) if (mask >> i & 1) == wanted), None) for wanted in (1, 0))
    alone = size == 1  # a club of one is none: nobody can leave it
    return {
        "coalition_size": size,
        "total_stock": float(found.stock[mask].sum()),
        "member_payoff": float(found.payoff[mask, member]),
        "outsider_payoff": None if outsider is None else float(found.payoff[mask, outsider]),
        "payoff_of_a_member_who_leaves": None if alone else float(found.elsewhere[mask, member]),
        "payoff_of_an_outsider_who_joins": None if outsider is None else float(found.elsewhere[mask, outsider]),
        "internally_stable": None if alone else bool(found.internally_stable[mask]),
        "externally_stable": bool(found.externally_stable[mask]),
        "stable_with_transfers": bool(found.stable_with_transfers[mask]),
        "total_welfare": float(found.payoff[mask].sum()),
    }


def largest_stable(found: Membership) -> tuple[tuple[str, ...], ...]:
    """The largest clubs that hold by themselves, internally and externally stable, of two members or more."""
    held = np.flatnonzero(found.internally_stable & found.externally_stable)
    most = max((int(mask).bit_count() for mask in held), default=0)
    return tuple(named(found.members, int(mask)) for mask in held if int(mask).bit_count() == most and most > 1)
