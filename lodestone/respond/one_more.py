"""What one more tonne in reserve, or one more week of what companies hold, would be worth to a plan: solved both ways.

The plan is free to answer. The cost is convex in what there is, so a dual at the plan's own point bounds what more can
gain; only those are solved again whose bound is among the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lodestone.respond.held import Held, columns, cost_of, rows, set_bounds
from lodestone.respond.home import Home, home_use
from lodestone.respond.options import WEEKS_A_YEAR, Options, Terms
from lodestone.respond.programme import KG
from lodestone.respond.solve import Solved

TONNE, WEEK = "t in reserve now", "week of company cover"
STEP = 0.1  # share of the most that may be held: what is solved where a tonne is more than that
TOP = 10
LEAST = 1e-3  # million USD of 2024: what is worth less is left out


@dataclass(frozen=True)
class OneMore:
    """What one more is worth. [million USD of 2024]

    ``of``: a tonne in reserve now, or a week of company cover, which is ``tonnes``. ``more``: what the objective falls by
    with one more; ``less``: what it rises by with one less, None where nobody can have less. ``builds_fixed``: the dual
    with the commitments of the plan fixed. ``price``: of those tonnes, NaN where none is known; in part it comes back when
    they are sold.
    """

    product: str
    of: str
    tonnes: float
    more: float
    less: float | None
    builds_fixed: float
    price: float


@dataclass(frozen=True)
class _Change:
    """One more of something in the solver: a tonne moves the right-hand side of ``row`` by ``per_tonne`` and the upper
    bounds of the columns ``room`` by one. ``step``: tonnes that are solved up, ``back``: tonnes down."""

    told: OneMore
    step: float
    back: float
    row: int
    per_tonne: float
    room: np.ndarray


def one_more(
    held: Held,
    plan: Solved,
    home: Home,
    options: Options,
    terms: Terms,
    time_limit: float | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> tuple[OneMore, ...]:
    """The most valuable tonnes in reserve and weeks of cover, ten of each at most.

    Parameters
    ----------
    held : Held
        A programme of `lodestone.respond.programme.programme`, just solved; its rows are as they were when this returns.
    plan : Solved
        Its plan.
    home : Home
    options : Options
    terms : Terms
    time_limit : float or None
        Seconds for each solve.
    tick : function of (done, total), optional

    Returns
    -------
    tuple of OneMore
        Tonnes first, each by what one more is worth above its price, largest first; worthless ones are left out.
    """
    cost, free = plan.objective, _prices(held)
    commits, fixed = columns(held, "commit").values.ravel(), plan.values["commit"].values.ravel()
    set_bounds(held, commits, fixed, fixed)
    cost_of(held, time_limit)
    bound = _prices(held)
    set_bounds(held, commits, np.zeros_like(fixed), np.full_like(fixed, np.inf))
    found, done = list[OneMore](), 0
    for group in (_tonnes(held, options), _weeks(held, home, terms)):
        best = list[_Change]()
        for one in sorted(group, key=lambda one: _slope(one, free) - _paid(one), reverse=True):
            most = _slope(one, free) - _paid(one)
            if most <= LEAST or (len(best) >= TOP and most <= best[TOP - 1].told.more - _paid(best[TOP - 1])):
                break
            risen = _rise(held, one, one.step, time_limit, cost) or 0.0
            told = replace(one.told, more=-risen * one.told.tonnes / one.step, builds_fixed=_slope(one, bound))
            best = sorted([*best, replace(one, told=told)], key=lambda k: k.told.more - _paid(k), reverse=True)
            done += 1
            if tick is not None:
                tick(min(done, 4 * TOP - 1), 4 * TOP)
        for one in best[:TOP]:
            risen_less = _rise(held, one, -one.back, time_limit, cost) if one.back > 0.0 else None
            less = None if risen_less is None else risen_less * one.told.tonnes / one.back
            found.append(replace(one.told, less=less))
    return tuple(found)


def _tonnes(held: Held, options: Options) -> list[_Change]:
    """A tonne more of each product in reserve in the first slot; what ages within that slot is left aside."""
    place, room = rows(held, "reserve"), columns(held, "reserve")
    first = str(place["slot"].values[0])
    found = []
    for product in options.stockable["stocked"].values:
        step = min(1.0, STEP * float(options.most_held.sel(stocked=product)))
        price = float(options.stockable.sel(stocked=product)) * KG
        told = OneMore(str(product), TONNE, 1.0, 0.0, None, 0.0, price)
        found.append(
            _Change(
                told, step, step, int(place.sel(slot=first, stocked=product)), 1.0,
                room.sel(stocked=product).values.ravel(),
            )
        )  # fmt: skip
    return found


def _weeks(held: Held, home: Home, terms: Terms) -> list[_Change]:
    """A week more of each product that companies hold, there from the start."""
    use = home_use(home) / WEEKS_A_YEAR
    place, room = rows(held, "balance"), columns(held, "working")
    first = str(place["slot"].values[0])
    found = []
    for product in room["held"].values:
        tonnes, now = float(use.sel(product=product)), float(terms.cover.sel(product=product))
        if tonnes <= 0.0:
            continue
        price = float(home.price.sel(product=product)) * KG * tonnes
        told = OneMore(str(product), WEEK, tonnes, 0.0, None, 0.0, price)
        at = int(place.sel(slot=first, product=product))
        found.append(_Change(told, tonnes, min(tonnes, now), at, -1.0, room.sel(held=product).values.ravel()))
    return found


def _paid(one: _Change) -> float:
    """What is taken off before reserves are ranked; cover is compared by what it is worth alone, for its price may be unknown."""
    return one.told.price if one.told.of == TONNE else 0.0


def _prices(held: Held) -> tuple[np.ndarray, np.ndarray]:
    solution = held.highs.getSolution()
    return np.array(solution.row_dual), np.array(solution.col_dual)


def _slope(one: _Change, prices: tuple[np.ndarray, np.ndarray]) -> float:
    """What the objective would fall by with one more at given prices."""
    row, column = prices
    at_limit = np.minimum(column[one.room], 0.0).sum()  # below zero where a column stands at its upper bound
    return float(-(row[one.row] * one.per_tonne + at_limit) * one.told.tonnes)


def _rise(held: Held, one: _Change, tonnes: float, time_limit: float | None, cost: float) -> float | None:
    """What the objective rises by with so many tonnes more; None where that cannot be. The solver is put back."""
    _, lower, upper, _ = held.highs.getRow(one.row)
    room = [held.highs.getCol(int(column)) for column in one.room]
    low, high = (np.array([column[k] for column in room]) for k in (2, 3))
    moved = tonnes * one.per_tonne
    held.highs.changeRowBounds(one.row, lower + moved, upper + moved)
    set_bounds(held, one.room, low, np.maximum(high + tonnes, 0.0))
    found = cost_of(held, time_limit)
    held.highs.changeRowBounds(one.row, lower, upper)
    set_bounds(held, one.room, low, high)
    return None if found is None else found - cost
