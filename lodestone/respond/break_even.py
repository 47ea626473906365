"""From which yearly probability of a curb a lever or a reserve enters the plan, and at which price one that is not chosen would.

The rows of a programme do not know the probabilities of its tree, and every cost of a column is in proportion to the
probability of its node. So another probability is another vector of costs for the same programme in the solver.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lodestone.respond.held import Held, columns, resolve, set_costs
from lodestone.respond.options import Options
from lodestone.respond.outlook import Curb, Outlook, build_outlook, in_calm
from lodestone.respond.solve import Solved
from lodestone.respond.tree import ScenarioTree, probability

GRID = (0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)
LEAST = 1e-4  # t, or t a year: less is rounding
NEAR = 0.01  # share of a price to which the one that decides is searched
LEVER, RESERVE = "lever", "reserve"


@dataclass(frozen=True)
class BreakEven:
    """Where a lever or the reserve of a product enters the plan in calm. ``kind``: `LEVER` or `RESERVE`. ``below``: the largest
    yearly probability tried at which it is out (0: none), ``enters``: the smallest tried from which it is in; None if
    at none."""

    name: str
    kind: str
    below: float
    enters: float | None


@dataclass(frozen=True)
class Price:
    """At which price a lever that is not chosen would be in the plan in calm, all else as it is. ``premium`` [USD per kg],
    ``capex`` [million USD per t a year]: from which down, within a hundredth of the price now, one changed alone; None where
    that alone does not do, be it nothing. ``premium_now``, ``capex_now``: what they are."""

    lever: str
    premium_now: float
    premium: float | None
    capex_now: float
    capex: float | None


def costs_at(held: Held, cost: np.ndarray, tree: ScenarioTree, other: ScenarioTree) -> np.ndarray:
    """The costs of a programme's columns on the same tree with other probabilities.

    Parameters
    ----------
    held : Held
    cost : array
        Of every column, on ``tree``.
    tree, other : ScenarioTree
        With the same nodes.

    Returns
    -------
    array
        What a programme written on ``other`` would have.
    """
    share = probability(other) / probability(tree)
    by_node = dict(zip(share["node"].values.tolist(), share.values.tolist(), strict=True))
    found = cost.copy()
    for name in held.model.variables:
        place = columns(held, str(name))
        dim = next((one for one in ("node", "slot", "scenario") if one in place.dims), None)
        if dim is None:
            continue
        factors = [by_node[str(one).rpartition("/")[0] if dim == "slot" else str(one)] for one in place[dim].values]
        factor = xr.DataArray(factors, {dim: place[dim].values}, (dim,)).broadcast_like(place).transpose(*place.dims)
        used = place.values >= 0
        found[place.values[used]] *= factor.values[used]
    return found


def break_even(
    held: Held,
    outlook: Outlook,
    curb: Curb,
    outlook_of: Callable[[Curb], Outlook] = build_outlook,
    grid: Sequence[float] = GRID,
    time_limit: float | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> tuple[BreakEven, ...]:
    """The yearly probability of a curb from which each lever and each reserve is in the plan.

    Parameters
    ----------
    held : Held
        A programme of `lodestone.respond.programme.programme` on the outlook; its costs are as they were on return.
    outlook : Outlook
    curb : Curb
        Of the outlook.
    outlook_of : function of Curb to Outlook
        As the outlook was made.
    grid : sequence of float
        Yearly probabilities, rising. [0..1]
    time_limit : float or None
        Seconds for each solve.
    tick : function of (done, total), optional

    Returns
    -------
    tuple of BreakEven
        In the order of the programme's levers, then of its stocked products. What is committed to or bought once a curb has come
        does not count: that does not depend on its probability.
    """
    base = np.array(held.highs.getLp().col_cost_)
    inside = list[tuple[float, set[tuple[str, str]]]]()
    for done, yearly in enumerate(grid, 1):
        other = outlook_of(dataclasses.replace(curb, yearly=yearly)).tree
        set_costs(held, costs_at(held, base, outlook.tree, other))
        solved = resolve(held, time_limit)
        inside.append((yearly, _chosen(solved) if solved else set()))
        if tick is not None:
            tick(done, len(grid))
    set_costs(held, base)
    names = [(str(one), LEVER) for one in columns(held, "commit")["lever"].values]
    names += [(str(one), RESERVE) for one in columns(held, "fills")["stocked"].values]
    found = []
    for name, kind in names:
        enters = next((yearly for yearly, chosen in inside if (name, kind) in chosen), None)
        below = max((yearly for yearly, _ in inside if enters is None or yearly < enters), default=0.0)
        found.append(BreakEven(name, kind, below, enters))
    return tuple(found)


def prices(
    held: Held,
    plan: Solved,
    dearer: dict[str, np.ndarray],
    options: Options,
    time_limit: float | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> tuple[Price, ...]:
    """At which price each lever that the plan leaves alone in calm would be in it.

    Its price alone is lowered, to nothing first and then halving what is between, each time solved again. A reduced cost
    does not do: a lever whose price falls is first taken once a curb has come, and that takes value from it in calm.

    Parameters
    ----------
    held : Held
        A programme just solved, without a budget; its costs are as they were on return.
    plan : Solved
        Its plan.
    dearer : dict of array
        Costs of the columns, in the solver's order, with every "premium" one USD per kg dearer, and with every
        "capex" one million USD per t a year dearer.
    options : Options
    time_limit : float or None
    tick : function of (done, total), optional

    Returns
    -------
    tuple of Price
    """
    base = np.array(held.highs.getLp().col_cost_)
    place, chosen = columns(held, "commit"), {name for name, kind in _chosen(plan) if kind == LEVER}
    most = options.levers["most"]
    left = [str(one) for one in place["lever"].values if str(one) not in chosen and float(most[one]) > 0.0]
    found = []
    for done, lever in enumerate(left, 1):
        at = place.sel(lever=lever).values.ravel()
        priced = {}
        for column, cost in dearer.items():
            now, each = float(options.levers.loc[lever, column]), cost[at] - base[at]

            def taken(
                price: float, now: float = now, each: np.ndarray = each, at: np.ndarray = at, lever: str = lever
            ) -> bool:
                moved = base.copy()
                moved[at] += (price - now) * each
                set_costs(held, moved)
                solved = resolve(held, time_limit)
                return solved is not None and (lever, LEVER) in _chosen(solved)

            priced[column] = (
                now,
                (_highest(taken, now) if now > 0.0 and taken(0.0) else 0.0) or None,
            )  # for nothing, a lever may be idle
        found.append(Price(lever, *priced["premium"], *priced["capex"]))
        if tick is not None:
            tick(done, len(left))
    set_costs(held, base)
    return tuple(found)


def _highest(taken: Callable[[float], bool], now: float) -> float:
    """The highest price below the one now at which something is taken, halved until it is known well enough."""
    low, high = 0.0, now
    while high - low > NEAR * now:
        middle = (low + high) / 2.0
        low, high = (middle, high) if taken(middle) else (low, middle)
    return low


def _chosen(solved: Solved) -> set[tuple[str, str]]:
    """What a plan commits to or buys while no curb has come."""
    calm = [node for node in solved.values["commit"]["node"].values.tolist() if in_calm(node)]
    commit = solved.values["commit"].sel(node=calm).max("node")
    fills = solved.values["fills"].sel(node=calm).sum("step").max("node")
    levers = {(str(one), LEVER) for one in commit["lever"].values[commit.values > LEAST]}
    return levers | {(str(one), RESERVE) for one in fills["stocked"].values[fills.values > LEAST]}
