"""Two slow ways to a nucleolus that share nothing with the fast one.

`exact_nucleolus` works in fractions with a simplex of its own (Bland's rule) and asks of each coalition, one programme
each, whether it can be slack in any optimum. `kohlberg_fails` takes a division and looks for the balanced
collections that Kohlberg's theorem asks for, with another solver.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog

Row = tuple[list[Fraction], Fraction]


def maximise(goal: list[Fraction], at_most: list[Row], equal: list[Row]) -> tuple[Fraction, list[Fraction]]:
    """The largest goal x with rows x <= b, rows x = b, x free, in fractions; it must have a solution and an end.

    Free variables are split, equalities doubled, and the start made feasible by one variable that starts below nothing.
    """
    rows = [*at_most, *equal, *(([-a for a in row], -b) for row, b in equal)]
    count, width = len(rows), 2 * len(goal) + 1  # the last column lifts every row
    table = [[*row, *(-a for a in row), Fraction(-1)] for row, _ in rows]
    right = [b for _, b in rows]
    basis = list(range(width, width + count))
    for i in range(count):
        table[i] += [Fraction(int(i == j)) for j in range(count)]
    if min(right) < 0:
        pivot(table, right, basis, right.index(min(right)), width - 1)
        lift = [Fraction(0)] * (width + count)
        lift[width - 1] = Fraction(-1)
        assert climb(table, right, basis, lift) == 0, "no solution"
        if width - 1 in basis:
            row = basis.index(width - 1)
            column = next((j for j in range(width + count) if j != width - 1 and table[row][j] != 0), None)
            if column is not None:
                pivot(table, right, basis, row, column)
    for row in table:
        row[width - 1] = Fraction(0)
    climb(table, right, basis, [*goal, *(-g for g in goal), Fraction(0), *[Fraction(0)] * count])
    held = dict(zip(basis, right, strict=True))
    x = [held.get(j, Fraction(0)) - held.get(j + len(goal), Fraction(0)) for j in range(len(goal))]
    return sum((g * a for g, a in zip(goal, x, strict=True)), Fraction(0)), x


def pivot(table: list[list[Fraction]], right: list[Fraction], basis: list[int], row: int, column: int) -> None:
    by = table[row][column]
    table[row] = [a / by for a in table[row]]
    right[row] /= by
    for i, other in enumerate(table):
        if i != row and (times := other[column]) != 0:
            table[i] = [a - times * b for a, b in zip(other, table[row], strict=True)]
            right[i] -= times * right[row]
    basis[row] = column


def climb(table: list[list[Fraction]], right: list[Fraction], basis: list[int], goal: list[Fraction]) -> Fraction:
    while True:
        reduced = [g - sum(goal[b] * row[j] for b, row in zip(basis, table, strict=True)) for j, g in enumerate(goal)]
        column = next((j for j, r in enumerate(reduced) if r > 0), None)
        if column is None:
            return sum((goal[b] * r for b, r in zip(basis, right, strict=True)), Fraction(0))
        leaving = [(right[i] / row[column], basis[i], i) for i, row in enumerate(table) if row[column] > 0]
        assert leaving, "no end"
        pivot(table, right, basis, min(leaving)[2], column)


def exact_nucleolus(value: list[int], rational: bool, per_capita: bool = False) -> list[Fraction]:
    """The nucleolus of a game of whole numbers, by bit mask, in fractions."""
    n = len(value).bit_length() - 1
    everyone = len(value) - 1
    inside = {mask: [Fraction(mask >> i & 1) for i in range(n)] for mask in range(1, len(value))}
    weight = {mask: Fraction(mask.bit_count() if per_capita else 1) for mask in inside}
    equal: list[Row] = [([*inside[everyone], Fraction(0)], Fraction(value[-1]))]
    floor = (
        [([*(-a for a in inside[1 << i]), Fraction(0)], -Fraction(value[1 << i])) for i in range(n)] if rational else []
    )
    open_ones = [mask for mask in inside if mask != everyone]
    while True:
        at_most = [([*(-a for a in inside[m]), -weight[m]], -Fraction(value[m])) for m in open_ones]
        level, x = maximise([Fraction(0)] * n + [Fraction(-1)], [*floor, *at_most], equal)
        level = -level
        tight = []
        for mask in open_ones:  # the most it can get in any optimum of this stage
            held = [*equal, ([Fraction(0)] * n + [Fraction(1)], level)]
            most, _ = maximise(
                [*inside[mask], Fraction(0)], [*floor, *at_most, ([*inside[mask], Fraction(0)], Fraction(10**9))], held
            )
            if most + weight[mask] * level == value[mask]:
                tight.append(mask)
        assert tight
        equal += [([*inside[m], Fraction(0)], value[m] - weight[m] * level) for m in tight]
        open_ones = [m for m in open_ones if m not in tight]
        matrix = np.array([[float(a) for a in row[:-1]] for row, _ in equal])
        if np.linalg.matrix_rank(matrix) == n or not open_ones:
            return x[:-1]


def kohlberg_fails(value: np.ndarray, division: np.ndarray, rational: bool, per_capita: bool = False) -> str:
    """Why a division is not the nucleolus (blank: it is), by Kohlberg's theorem on balanced collections."""
    n = len(division)
    masks = np.arange(1, len(value) - 1)
    inside = (masks[:, None] >> np.arange(n) & 1).astype(float)
    excess = (value[masks] - inside @ division) / (inside.sum(axis=1) if per_capita else 1.0)
    scale = max(1.0, float(np.abs(value).max()))
    if abs(division.sum() - value[-1]) > 1e-9 * scale:
        return "does not add up"
    alone = value[1 << np.arange(n)]
    if rational and (division < alone - 1e-9 * scale).any():
        return "not individually rational"
    floor = np.flatnonzero(division <= alone + 1e-9 * scale) if rational else np.zeros(0, dtype=int)
    order = np.sort(np.unique(excess))[::-1]
    levels = [a for a, b in pairwise([*order, -np.inf]) if a - b > 1e-8 * scale]
    for level in levels:
        chosen = inside[excess >= level - 1e-9 * scale]
        if not balanced(chosen, np.eye(n)[floor]):
            return f"coalitions with excess {level:g} or more are not balanced"
        if np.linalg.matrix_rank(np.vstack([chosen, np.ones(n)])) == n:
            break  # any collection that holds a balanced one of full rank is balanced
    return ""


def balanced(chosen: np.ndarray, floor: np.ndarray) -> bool:
    """Whether weights above zero on ``chosen`` and of zero or more on ``floor`` cover every member once.

    One programme finds the largest least weight: with weights summing to anything, scaled so that all is covered.
    """
    rows = np.vstack([chosen, floor])
    k, n = len(chosen), rows.shape[1]
    matrix = np.hstack([rows.T, np.zeros((n, 1))])
    least = np.hstack([-np.eye(k), np.zeros((k, len(floor))), np.ones((k, 1))])
    goal = np.zeros(len(rows) + 1)
    goal[-1] = -1.0
    bounds = [(0, None)] * len(rows) + [(0, 1)]
    found = linprog(goal, A_ub=least, b_ub=np.zeros(k), A_eq=matrix, b_eq=np.ones(n), bounds=bounds, method="highs-ds")
    return found.status == 0 and -found.fun > 1e-9
