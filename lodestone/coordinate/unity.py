"""What every coalition is worth: what its members pay acting alone less what they pay together, from one programme that stays solved.

**Alone.** Members act one after another, in a stated order, each as far as those before it leave projects and cheap purchases. What
each then takes is a Nash equilibrium of acting alone on shared limits: nobody does better with what the others leave.

**Two games.** In *same tonnes*, everybody outside a coalition takes what it takes where all act alone, and the coalition has the
rest. In *respond*, a coalition acts when the turn of its first member comes, knows what those before it took, and those outside
it that come later plan anew, one by one, with what is left. All together is the same in both.

Costs are expected and discounted, million USD of 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.coordinate.game import coalition_sums, make_game
from lodestone.coordinate.nouns import Game
from lodestone.coordinate.stack import (
    Answer,
    Mechanisms,
    Stack,
    Takes,
    by_onset,
    fix,
    no_takes,
    set_left,
    set_state,
    solved,
    stack_of,
)

SAME, RESPOND = "same tonnes", "respond"
GAMES = (SAME, RESPOND)
SAMPLE = 16  # every so many coalitions are solved again from nothing


@dataclass(frozen=True, eq=False)
class Table:
    """Members ready to act: the ``stack`` of all, one ``single`` for each, and ``alone`` what happens where all act alone.

    ``order``: positions of members in the order in which they act. ``cost`` (member) and ``takes`` where all act alone.
    """

    stack: Stack
    single: tuple[Stack, ...]
    order: tuple[int, ...]
    cost: np.ndarray
    takes: Takes


@dataclass(frozen=True, eq=False)
class Values:
    """Every coalition's worth in one game with some mechanisms on, by bit mask.

    ``game``: one of `GAMES`. ``payoff`` (2^n, n): what each member pays less than where all act alone, before any transfer; of
    members of the coalition and of those outside it. ``value`` (2^n,): the sum over the coalition's members. ``outsiders``
    (2^n,): the sum over the others. ``gap``: the largest relative distance of a plan from its dual bound. ``cold``: how many
    had to be solved from nothing; ``checked``: how many were solved again from nothing to compare, and ``apart``: the largest
    relative difference of their costs.
    """

    game: str
    on: Mechanisms
    members: tuple[str, ...]
    payoff: np.ndarray
    value: np.ndarray
    outsiders: np.ndarray
    gap: float
    cold: int
    checked: int
    apart: float

    def as_game(self) -> Game:
        """The values as a game; what rounding leaves of nobody's is nothing."""
        return make_game(self.members, self.value)


def set_table(stack: Stack, rank: np.ndarray) -> Table:
    """Let all act alone, one after another.

    Parameters
    ----------
    stack : Stack
    rank : array (member,)
        Who acts first: the member with the largest. Say what it is: what is at stake, or use. Equal ranks act in the order of
        members.

    Returns
    -------
    Table
    """
    order = tuple(int(i) for i in np.argsort(-np.asarray(rank, dtype=float), kind="stable"))
    single = tuple(stack_of([block], {}, stack) for block in stack.blocks)
    takes, cost = no_takes(stack), np.zeros(len(single))
    for one in single:
        zero = no_takes(one)
        set_state(one, [True], Mechanisms(True, True), zero, zero)
    table = Table(stack, single, order, cost, takes)
    for i in order:
        found = _alone(table, i, takes)
        cost[i] = found.cost[0]
        takes.projects[i], takes.buys[i] = found.takes.projects[0], found.takes.buys[0]
    return table


def _alone(table: Table, member: int, taken: Takes) -> Answer:
    """A member's own plan with what all others leave."""
    others = np.arange(len(table.single)) != member
    set_left(
        table.single[member],
        np.maximum(table.stack.levers.to_numpy() - taken.projects[others].sum(axis=0), 0.0),
        np.maximum(table.stack.purchases.to_numpy() - taken.buys[others].sum(axis=0), 0.0),
    )
    return solved(table.single[member])


def gray_code(count: int) -> list[int]:
    """All coalitions of so many members but the empty one, each one member away from the one before.

    >>> [format(mask, "03b") for mask in gray_code(3)]
    ['001', '011', '010', '110', '111', '101', '100']
    """
    return [k ^ k >> 1 for k in range(1, 1 << count)]


def together(table: Table, mask: int, on: Mechanisms, game: str, cold: bool = False) -> Answer:
    """The best plan of a coalition, others as its game says; see the module."""
    n = len(table.single)
    inside = [bool(mask >> i & 1) for i in range(n)]
    counted = [True] * n
    if game == RESPOND:
        first = next(place for place, i in enumerate(table.order) if inside[i])
        for i in table.order[first:]:
            counted[i] = False
    set_state(table.stack, inside, on, table.takes, table.takes, counted)
    return solved(table.stack, cold)


def payoffs(table: Table, mask: int, found: Answer, game: str) -> np.ndarray:
    """What each member pays less than where all act alone, in and outside a coalition with a plan, shape (member,)."""
    n = len(table.single)
    inside = np.array([bool(mask >> i & 1) for i in range(n)])
    gain = np.where(inside, table.cost - found.cost, 0.0)
    if game == SAME or inside.all():
        return gain
    first = next(place for place, i in enumerate(table.order) if inside[i])
    taken = Takes(found.takes.projects.copy(), found.takes.buys.copy())
    early = [i for i in table.order[:first] if not inside[i]]
    taken.projects[early], taken.buys[early] = table.takes.projects[early], table.takes.buys[early]
    for i in table.order[first:]:
        if not inside[i]:
            answer = _alone(table, i, taken)
            taken.projects[i], taken.buys[i] = answer.takes.projects[0], answer.takes.buys[0]
            gain[i] = table.cost[i] - answer.cost[0]
    return gain


def find_values(table: Table, on: Mechanisms, game: str, sample: int = SAMPLE) -> Values:
    """The value of every coalition, each solved from where the one before it, a member away, ended.

    Parameters
    ----------
    table : Table
    on : Mechanisms
    game : str
        One of `GAMES`.
    sample : int
        Every so many coalitions are solved again from nothing and compared; 0: none.

    Returns
    -------
    Values
    """
    n = len(table.single)
    payoff = np.zeros((1 << n, n))
    gap, cold, checked, apart = 0.0, 0, 0, 0.0
    for place, mask in enumerate(gray_code(n)):
        found = together(table, mask, on, game)
        payoff[mask] = payoffs(table, mask, found, game)
        gap, cold = max(gap, found.gap), cold + found.cold
        if sample and place % sample == 0:
            again = together(table, mask, on, game, cold=True)
            checked += 1
            apart = max(apart, abs(again.cost.sum() - found.cost.sum()) / max(abs(found.cost.sum()), 1.0))
    inside = (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(bool)
    value = np.where(inside, payoff, 0.0).sum(axis=1)
    return Values(
        game, on, table.stack.members, payoff, value, payoff.sum(axis=1) - value, gap, cold, checked, apart
    )  # fmt: skip


def shared_cost_game(members: Sequence[str], worth: np.ndarray, cost: float) -> np.ndarray:
    """What sharing a programme adds for each coalition over each member paying for its own, shape (2^n,).

    A member alone pays for it where its worth is above the cost; together they pay once, and all have what is found.

    Parameters
    ----------
    members : sequence of str
    worth : array (member,)
        Of what the programme finds, to each. [money]
    cost : float
        Of the programme. [money]

    Examples
    --------
    Worth 8 and 5 to two, it costs 6: one would pay alone, together both have it for 6.

    >>> shared_cost_game("AB", np.array([8.0, 5.0]), 6.0).tolist()
    [0.0, 0.0, 0.0, 5.0]
    """
    assert len(members) == len(worth)
    jointly = np.maximum(coalition_sums(np.asarray(worth, dtype=float)) - cost, 0.0)
    return jointly - coalition_sums(np.maximum(np.asarray(worth, dtype=float) - cost, 0.0))


def walking_away(table: Table, found: Answer) -> pd.DataFrame:
    """What each member gains by keeping its own tonnes once a curb has come, at each onset and depth, all that was decided in calm kept.

    What it commits to from then on is at most what the others leave of each project where all act together.

    Parameters
    ----------
    table : Table
    found : Answer
        Of all together.

    Returns
    -------
    DataFrame
        Columns member, onset, chance, gains: expected once that curb has come [million USD of 2024, discounted to now]; below zero where
        staying is better.
    """
    rows = []
    stays = by_onset(table.stack, found)
    for i, block in enumerate(table.stack.blocks):
        own = found.values[table.stack.offset[i] : table.stack.offset[i + 1]]
        kept = np.flatnonzero(block.onset == "")
        single = stack_of([block], {}, table.stack)
        fix(single, kept, own[kept])
        others = np.arange(len(table.single)) != i
        set_left(
            single,
            np.maximum(table.stack.levers.to_numpy() - found.takes.projects[others].sum(axis=0), 0.0),
            np.maximum(table.stack.purchases.to_numpy() - found.takes.buys[others].sum(axis=0), 0.0),
        )
        away = by_onset(single, solved(single))[0]
        for onset, chance in block.chance.items():
            saved = float(stays[i].get(onset, 0.0) - away.get(onset, 0.0))
            rows.append((block.member, str(onset), float(chance), saved / float(chance)))
    return pd.DataFrame(rows, columns=["member", "onset", "chance", "gains"])
