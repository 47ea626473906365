"""The reduced form of the planner against the full planner: what coalitions cost by each, and what they gain.

The full side is every member's own programme on the planner's whole tree with nothing trimmed, made smaller exactly, stacked with the
same rows at which members meet, but that nobody buys for stock once a curb has come (see `lodestone.coordinate.block.Trimmer.whole`);
the reduced side is what `lodestone.coordinate` values coalitions with. Curbs that single a member out are left out on both sides:
the whole tree has none. Members act alone first, in the same order, then coalitions procure and share their reserve.
Singletons, random coalitions and, with ``--all``, all together. Errors are relative to the full planner's cost; gains are
what a coalition saves beside all acting alone, where outsiders take the same tonnes.

A full coalition starts from where each of its members ends alone: reserves are pooled first (the plan stays possible: primal simplex), then
projects and purchases (its prices stay right: dual simplex). All together is too large for that here: an interior point method closes in
on it from both sides until plan and dual bound are within ``--near`` of each other, and both are told.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from lodestone.chain import prepare
from lodestone.coordinate.block import loaded
from lodestone.coordinate.coarse import coarse_outlook
from lodestone.coordinate.game import label
from lodestone.coordinate.pool_columns import in_pool, pooled_keys
from lodestone.coordinate.reduced import reduced_blocks
from lodestone.coordinate.small import made_small
from lodestone.coordinate.stack import (
    Mechanisms,
    Stack,
    block_rows,
    dual_bound,
    no_takes,
    set_left,
    set_state,
    solved,
    stack_of,
)
from lodestone.coordinate.unity import Table, set_table
from lodestone.errors import SolverError
from lodestone.evidence.plan_case import Case, without_levers
from lodestone.evidence.requests import UnityRequest
from lodestone.evidence.unity_case import find_cases_of, shared_projects
from lodestone.respond.highs import run, set_options
from lodestone.respond.options import Rules
from lodestone.respond.programme import programme
from lodestone.respond.solve import solve

GROUP = ("JPN", "USA", "DEU", "FRA", "GBR", "ITA", "CAN")
ON = Mechanisms(True, True, True, False)
POOL = Mechanisms(common=True)
STEPS = ((POOL, 4), (ON, 1))  # and HiGHS's number of the method: primal simplex, dual simplex
NEAR = 5e-4
ALL_LIMIT = 7200.0  # seconds for all together
LARGEST = 3  # members of a random coalition


def part(table: Table, mask: int) -> Stack:
    """The members of a coalition in a solver of their own, what the others take when alone taken off what there is."""
    inside = np.array([bool(mask >> i & 1) for i in range(len(table.single))])
    whole = table.stack
    stack = stack_of([block for block, one in zip(whole.blocks, inside, strict=True) if one], whole.levers, whole)
    levers = (whole.levers - table.takes.projects[~inside].sum(axis=0)).clip(lower=0.0)
    purchases = (whole.purchases - table.takes.buys[~inside].sum(axis=0)).clip(lower=0.0)
    set_left(stack, levers.to_numpy(), purchases.to_numpy())
    return replace(stack, levers=levers, purchases=purchases)


def start(table: Table, mask: int, stack: Stack) -> None:
    """Let a coalition start from where each of its members ends alone, what the others leave it as limits of its own."""
    import highspy

    basis = highspy.HighsBasis()
    columns, rows = [], []
    for i, single in enumerate(table.single):
        if not mask >> i & 1:
            continue
        others = np.arange(len(table.single)) != i
        levers, purchases = (
            (there - takes[others].sum(axis=0)).clip(lower=takes[i])
            for there, takes in ((single.levers, table.takes.projects), (single.purchases, table.takes.buys))
        )
        zero, free = no_takes(single), (np.full(len(one), np.inf) for one in (levers, purchases))
        set_state(replace(single, levers=levers, purchases=purchases), [True], Mechanisms(), zero, zero)
        set_left(single, *free)
        solved(single)
        own = single.highs.getBasis()
        columns += list(own.col_status)
        rows += list(own.row_status)[: block_rows(single)]
    meet = stack.matrix.shape[0] - len(rows)
    basis.col_status, basis.row_status = columns, rows + [highspy.HighsBasisStatus.kBasic] * meet
    basis.valid = basis.alien = True
    stack.highs.setBasis(basis)


def cost_of(table: Table, mask: int, limit: float) -> tuple[float, float, int]:
    """What a coalition costs, seconds of the processor, variables; NaN where it did not end in time."""
    began = time.process_time()
    stack = part(table, mask)
    set_options(stack.highs, {"time_limit": limit})
    start(table, mask, stack)
    zero, cost = no_takes(stack), np.nan
    try:
        for on, method in STEPS:
            set_state(stack, [True] * len(stack.blocks), on, zero, zero)
            set_options(stack.highs, {"simplex_strategy": method})
            cost = float(solved(stack).cost.sum())
    except SolverError:
        cost = np.nan
    return cost, time.process_time() - began, len(stack.cost)


def between(table: Table, mask: int, limit: float, near: float) -> tuple[float, float, float]:
    """The least that a coalition can cost, what a plan of it costs, and seconds, by an interior point method without crossover."""
    began = time.process_time()
    stack = part(table, mask)
    zero = no_takes(stack)
    set_state(stack, [True] * len(stack.blocks), ON, zero, zero)
    way = {"solver": "ipx", "run_crossover": "off", "ipm_optimality_tolerance": near, "time_limit": limit}
    set_options(stack.highs, way)
    run(stack.highs)
    constant = sum(block.constant for block in stack.blocks)
    plan = float(stack.cost @ np.array(stack.highs.getSolution().col_value))
    return dual_bound(stack) + constant, plan + constant, time.process_time() - began


def random_coalitions(count: int, largest: int, seed: int = 1) -> list[int]:
    """So many different coalitions of 2 to ``largest`` of the group."""
    rng, found = np.random.default_rng(seed), dict[int, None]()
    while len(found) < count:
        some = rng.choice(len(GROUP), rng.integers(2, largest + 1), replace=False)
        found[int(sum(1 << int(i) for i in some))] = None
    return list(found)


def tell(name: str, full: float, reduced: float, gain_full: float, gain: float, seconds: float, size: int) -> None:
    """One row of the table."""
    error = reduced / full - 1.0 if full else np.nan
    sys.stdout.write(
        f"{name:<28} {full:>10.3f} {reduced:>10.3f} {error:>+8.1%} {gain_full:>9.3f} {gain:>9.3f} {size:>9,} {seconds:>8.1f}\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="two small members, ten draws, one coalition")
    asked.add_argument("--scenario", default="october-2025-resumed")
    asked.add_argument("--members", type=int, default=100, help="draws")
    asked.add_argument("--coalitions", type=int, default=10, help="random ones")
    asked.add_argument("--largest", type=int, default=LARGEST, help="members of a random coalition")
    asked.add_argument("--limit", type=float, default=600.0, help="seconds for a full coalition")
    asked.add_argument("--all", action="store_true", help="all together by the full planner too: about an hour")
    asked.add_argument("--near", type=float, default=NEAR, help="how near plan and bound of all together are to be")
    given = asked.parse_args()
    group = GROUP[-2:] if given.quick else GROUP
    request = UnityRequest(given.scenario, group, members=10 if given.quick else given.members)
    setting = prepare(request, lambda what, total: nullcontext(None))
    cases = find_cases_of(setting, request, lambda what, total: nullcontext(None))
    shared = shared_projects(cases)
    seen = [coarse_outlook(case.curb) for case in cases]
    rank = np.array([idle_cost(case) for case in cases])
    whole = [loaded(case.home, case.ready.options, case.terms, case.outlook).whole() for case in cases]
    written, keys = sum(len(one.cost) for one in whole), pooled_keys(whole)
    whole = [made_small(in_pool(one, keys)) for one in whole]
    parts = [(c.home, c.ready.options, c.terms, o) for c, o in zip(cases, seen, strict=True)]
    small = reduced_blocks(parts, shared, rank)
    full = set_table(stack_of(whole, shared), rank)
    reduced = set_table(stack_of(small, shared), rank)
    sys.stdout.write(
        f"variables of all together: full as written {written:,}, made smaller {len(full.stack.cost):,}, reduced {len(reduced.stack.cost):,}\n"
        f"{'coalition':<28} {'full':>10} {'reduced':>10} {'error':>8} {'gain':>9} {'gain':>9} {'variables':>9} {'seconds':>8}\n"
        f"{'':<28} {'':>10} {'':>10} {'':>8} {'full':>9} {'reduced':>9} {'full':>9} {'full':>8}\n"
    )
    for i, name in enumerate(group):
        tell(f"{name}, acting alone", full.cost[i], reduced.cost[i], 0.0, 0.0, np.nan, len(full.single[i].cost))
    masks = [3] if given.quick else random_coalitions(given.coalitions, given.largest)
    for mask in masks:
        inside = np.array([bool(mask >> i & 1) for i in range(len(group))])
        cost, seconds, size = cost_of(full, mask, given.limit)
        other, _, _ = cost_of(reduced, mask, given.limit)
        gains = full.cost[inside].sum() - cost, reduced.cost[inside].sum() - other
        tell(label(group, mask), cost, other, *gains, seconds, size)
    if given.all:
        mask = (1 << len(group)) - 1
        least, plan, seconds = between(full, mask, ALL_LIMIT, given.near)
        other, _, _ = cost_of(reduced, mask, given.limit)
        gain = reduced.cost.sum() - other
        for cost in (least, plan):
            tell(label(group, mask), cost, other, full.cost.sum() - cost, gain, seconds, len(full.stack.cost))


def idle_cost(case: Case) -> float:
    """What a member loses with nothing done, by the full planner."""
    idle = without_levers(case.ready.options)
    return solve(programme(case.home, idle, case.terms, Rules())(case.outlook.tree, case.outlook.data)).objective


if __name__ == "__main__":
    main()
