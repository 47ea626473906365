"""Least core and nucleolus by a sequence of linear programmes, coalitions brought in as they bind.

Stage k minimises the largest excess v(S) - x(S) over the coalitions whose share is not yet determined. Its dual
prices say which coalitions are tight in *every* optimum: those with a price above zero, however degenerate the
programme (the rest may be tight in the optimum found and slack in another). They are fixed, every coalition in the span of
what is fixed is determined with them and drops out, and the next stage begins; at most n - 1 stages. Of the 2^n coalitions
only those that are violated enter the programme.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from lodestone.coordinate.game import ROUNDING, alone, coalition_sums, grand, scale
from lodestone.coordinate.nouns import Game, LeastCore
from lodestone.errors import GameError, SolverError
from lodestone.respond.highs import quiet, run, set_options

if TYPE_CHECKING:
    from highspy import Highs

TIGHT = 1e-10  # tolerance of the programmes, on values scaled to 1
PRICED = 1e-7  # a dual price above this is one
SPANNED = 1e-8  # what is left of a coalition outside a span below this is nothing
LEAST = -2.0  # no largest excess of scaled values is below -1.5
DIGITS = 1e-13  # of the largest value: what is lost of it in sums
AGREED = 1e-7  # the programmes and the equations they end in must agree to this, on values scaled to 1


def least_core(game: Game) -> LeastCore:
    """The smallest epsilon with x(S) >= v(S) - epsilon for every proper coalition, and a division that attains it.

    Parameters
    ----------
    game : Game

    Returns
    -------
    LeastCore
        Below zero where the core has an inside, above zero where the core is empty. Of several divisions, one.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> estate = make_game("ABC", {"A": 0, "B": 0, "C": 0, "A+B": 0, "A+C": 100, "B+C": 200, "A+B+C": 300})
    >>> round(least_core(estate).epsilon, 6)
    -50.0
    """
    scaled, base, unit = _scaled(game)
    if unit == 0.0:  # nobody adds anything to anybody
        return LeastCore(0.0, base)
    stages = _Stages(scaled, per_capita=False, floor=False)
    stages.advance()
    return LeastCore(stages.level * unit, base + stages.share * unit)


def nucleolus(game: Game, *, per_capita: bool = False, individually_rational: bool = True) -> np.ndarray:
    """The division whose excesses, from the largest down, are lexicographically smallest [1]_, [2]_.

    Parameters
    ----------
    game : Game
    per_capita : bool
        Whether an excess is divided by the number of members of its coalition.
    individually_rational : bool
        Whether only divisions that give no member less than it is worth alone are looked at. Without it: the
        prenucleolus.

    Returns
    -------
    array (n,)
        In the core whenever that is not empty.

    Raises
    ------
    GameError
        If it must be individually rational and members are worth more alone than all together.

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> estate = make_game("ABC", {"A": 0, "B": 0, "C": 0, "A+B": 0, "A+C": 100, "B+C": 200, "A+B+C": 300})
    >>> nucleolus(estate).round(6).tolist()
    [50.0, 100.0, 150.0]

    References
    ----------
    .. [1] D. Schmeidler, "The nucleolus of a characteristic function game", SIAM J. Appl. Math., vol. 17, no. 6, 1969.
    .. [2] M. Maschler, B. Peleg, L. S. Shapley, "Geometric properties of the kernel, nucleolus, and related solution
       concepts", Math. Oper. Res., vol. 4, no. 4, 1979.
    """
    scaled, base, unit = _scaled(game)
    if individually_rational and scaled[-1] * unit < -max(ROUNDING * unit, DIGITS * scale(game)):
        raise GameError(
            f"members are worth {alone(game).sum():g} alone and {grand(game):g} together: no division gives each what it "
            "has alone. Look for a value that is wrong, or ask for the prenucleolus."
        )
    if unit == 0.0:
        return base
    stages = _Stages(scaled, per_capita, floor=individually_rational)
    while stages.rank < len(base):
        stages.advance()
    return base + stages.solved() * unit


def _scaled(game: Game) -> tuple[np.ndarray, np.ndarray, float]:
    """Values with members worth 0 alone and none past 1, what members are worth alone, and the unit; 0: no gain at all."""
    base = alone(game)
    gain = game.value - coalition_sums(base)
    unit = float(np.abs(gain).max())
    if unit <= 1e-14 * np.abs(game.value).max():
        return np.zeros_like(gain), base, 0.0
    return gain / unit, base, unit


class _Stages:
    """The programme as it stands: rows generated so far, coalitions fixed, and the division of the last optimum."""

    def __init__(self, value: np.ndarray, per_capita: bool, floor: bool) -> None:
        self.value = value.copy()  # minus infinity where the share of a coalition is determined
        self.given = value
        self.count = int(value.size).bit_length() - 1
        self.per_capita = per_capita
        self.floor = (
            min(0.0, float(value[-1]) / self.count) if floor else -np.inf
        )  # rounding may leave less than nothing
        self.level, self.stage = 0.0, 0
        self.share = np.zeros(self.count)
        self.rows: dict[int, int] = {}  # row of each coalition that has one
        self.spanned = np.ones((1, self.count)) / np.sqrt(self.count)  # orthonormal
        self.equations = [np.append(np.ones(self.count), np.zeros(self.count))]  # x(S) + weight x level = right
        self.right = [value[-1]]
        self.value[[0, -1]] = -np.inf
        self.highs = self._programme()

    @property
    def rank(self) -> int:
        return len(self.spanned)

    def _programme(self) -> Highs:
        highs, n = quiet(), self.count
        set_options(
            highs, {"primal_feasibility_tolerance": TIGHT, "dual_feasibility_tolerance": TIGHT, "presolve": "off"}
        )
        lower = np.append(np.full(n, self.floor), LEAST)
        highs.addVars(n + 1, lower, np.full(n + 1, np.inf))
        highs.changeColCost(n, 1.0)
        highs.addRow(self.given[-1], self.given[-1], n, np.arange(n, dtype=np.int32), np.ones(n))
        single = 1 << np.arange(n)
        self._add(highs, [*single.tolist(), *((self.given.size - 1) ^ single).tolist()])
        return highs

    def _add(self, highs: Highs, masks: Iterable[int]) -> None:
        for mask in masks:
            if mask in self.rows:
                continue
            inside = np.flatnonzero(mask >> np.arange(self.count) & 1)
            weight = float(len(inside)) if self.per_capita else 1.0
            columns = np.append(inside, self.count).astype(np.int32)
            highs.addRow(self.value[mask], np.inf, len(columns), columns, np.append(np.ones(len(inside)), weight))
            self.rows[mask] = 1 + len(self.rows)

    def advance(self) -> None:
        """Solve a stage to its end, fix the coalitions that are tight in every optimum, drop what they determine."""
        while True:
            if (words := run(self.highs)) != "Optimal":
                raise SolverError(
                    f"a programme of the nucleolus ended with '{words.lower()}'. Check the scale of the values."
                )
            found = self.highs.getSolution()
            column = np.array(found.col_value)
            self.share, self.level = column[:-1], float(column[-1])
            violated = [mask for mask in self._violated() if mask not in self.rows]
            if not violated:
                break
            self._add(self.highs, violated)
        self._fix(np.array(found.row_dual), np.array(found.col_dual)[:-1])

    def _violated(self) -> list[int]:
        """The worst coalition of each block of them, where it is worse than the level found."""
        per_head = self.share + self.level if self.per_capita else self.share
        low = self.count // 2
        short = self.value.reshape(-1, 1 << low) - coalition_sums(per_head[:low])
        worst = short.argmax(axis=1)
        excess = short[np.arange(len(short)), worst] - coalition_sums(per_head[low:])
        over = np.flatnonzero(excess > (0.0 if self.per_capita else self.level) + TIGHT)
        most = over[np.argsort(-excess[over], kind="stable")[: 2 * self.count]]
        return [int(block << low | worst[block]) for block in most]

    def _fix(self, prices: np.ndarray, floor_prices: np.ndarray) -> None:
        fixed = [mask for mask, row in self.rows.items() if prices[row] > PRICED and self.value[mask] > -np.inf]
        kept: set[int] = set()
        for mask in fixed:
            inside = (mask >> np.arange(self.count) & 1).astype(float)
            weight = inside.sum() if self.per_capita else 1.0
            level = np.zeros(self.count)
            level[self.stage] = weight
            self.equations.append(np.append(inside, level))
            self.right.append(self.given[mask])
            rest = inside - self.spanned.T @ (self.spanned @ inside)
            rest -= self.spanned.T @ (self.spanned @ rest)
            if (length := float(np.linalg.norm(rest))) <= SPANNED:
                continue
            self.spanned = np.vstack([self.spanned, rest / length])
            row = self.rows[mask]
            self.highs.changeCoeff(row, self.count, 0.0)
            bound = self.given[mask] - weight * self.level
            self.highs.changeRowBounds(row, bound, bound)
            self.value[mask] = -np.inf
            kept.add(row)
        if not kept:
            raise SolverError("a stage of the nucleolus fixed no coalition. Check the scale of the values.")
        for i in np.flatnonzero(floor_prices > PRICED):
            self.equations.append(np.append(np.eye(self.count)[i], np.zeros(self.count)))
            self.right.append(self.floor)
        self.stage += 1
        self._drop(kept)

    def _drop(self, kept: set[int]) -> None:
        """Take the coalitions in the span of those fixed out of the programme."""
        if self.rank == self.count:
            return
        free = np.linalg.svd(self.spanned)[2][self.rank :]
        probe = coalition_sums(free.T @ np.sqrt(np.arange(2.0, 2.0 + len(free))))
        near = np.flatnonzero((np.abs(probe) < SPANNED) & (self.value > -np.inf))
        inside = (near[:, None] >> np.arange(self.count) & 1).astype(float)
        spanned = near[(np.abs(inside @ free.T) < SPANNED).all(axis=1)]
        self.value[spanned] = -np.inf
        for mask in spanned.tolist():  # a fixed coalition is in the span of those kept, whose rows now are equations
            if mask in self.rows and self.rows[mask] not in kept:
                self.highs.changeRowBounds(self.rows[mask], -np.inf, np.inf)

    def solved(self) -> np.ndarray:
        """The division from the equations of all that was fixed, free of the tolerance of the programmes."""
        matrix = np.array(self.equations)[:, : self.count + self.stage]
        exact = np.linalg.lstsq(matrix, np.array(self.right), rcond=None)[0][: self.count]
        if np.abs(exact - self.share).max() > AGREED:
            raise SolverError(
                "the programmes of the nucleolus and their equations differ. Check the scale of the values."
            )
        return exact
