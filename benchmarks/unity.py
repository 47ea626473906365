"""Coalition values: every coalition from where the one before ended, beside solved from nothing and beside loaded anew.

Eight members on trees of one and of two onsets make some 1,000 and 4,000 variables: the first rows. With ``--group`` the seven of the real
question follow, on the tree that values are told from: all coalitions with four sets of mechanisms under two assumptions on outsiders,
one replicate, and what five would take. Each state is set, solved and held against its dual bound in all three ways; "from
nothing" clears the solver first, "loaded anew" stacks the members' trimmed programmes again, which are not written again.
Expect the ratio to fall with the size of a programme: a solve from a near start still factorises its basis once.
Curbs are simulated (ten draws with ``--quick``), so depths are real.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext

import numpy as np

from lodestone.chain import prepare
from lodestone.coordinate.coarse import coarse_outlook
from lodestone.coordinate.reduced import reduced_blocks
from lodestone.coordinate.stack import Mechanisms, stack_of
from lodestone.coordinate.unity import GAMES, SAME, Table, find_values, gray_code, set_table, together
from lodestone.evidence.plan_case import Case
from lodestone.evidence.requests import UnityRequest
from lodestone.evidence.unity_case import find_cases_of, made_ready, shared_projects
from lodestone.evidence.unity_replicate import SETS

EIGHT = ("JPN", "USA", "DEU", "FRA", "GBR", "ITA", "CAN", "KOR")
TREES = (
    ((104.0, 364.0), (1,), (6.0,)),
    ((52.0, 104.0, 312.0), (1, 2), (2.0, 6.0)),
)  # stages, onsets, until when each stands for
ALL = Mechanisms(True, True, True, True)
REPLICATES = 5
EVERY = 8  # coalitions: of the slow ways so many are skipped, and the time is that of all


def quiet(what: str, total: int) -> nullcontext[None]:
    """Nobody watches."""
    return nullcontext(None)


def small_table(cases: tuple[Case, ...], tree: tuple[tuple[float, ...], tuple[int, ...], tuple[float, ...]]) -> Table:
    """The members on a small tree."""
    parts = [(c.home, c.ready.options, c.terms, coarse_outlook(c.curb, *tree)) for c in cases]
    rank, shared = np.arange(len(parts), 0.0, -1.0), shared_projects(cases)
    return set_table(stack_of(reduced_blocks(parts, shared, rank), shared), rank)


def ways(table: Table, shared: dict[str, float], count: int) -> None:
    """Print seconds for all coalitions of the members in three ways."""
    masks = gray_code(count)
    sizes = f"{len(masks)} coalitions of {count} members, {len(table.stack.cost):,} variables"
    for mask in masks[:2]:
        together(table, mask, ALL, SAME)
    began = time.process_time()
    costs = [together(table, mask, ALL, SAME).cost.sum() for mask in masks]
    warm = time.process_time() - began
    began = time.process_time()
    cold_costs = [together(table, mask, ALL, SAME, cold=True).cost.sum() for mask in masks[::EVERY]]
    cold = (time.process_time() - began) * len(masks) / len(cold_costs)
    began, again = time.process_time(), []
    for mask in masks[::EVERY]:
        stack = stack_of(table.stack.blocks, shared)
        again.append(
            together(Table(stack, table.single, table.order, table.cost, table.takes), mask, ALL, SAME).cost.sum()
        )
    anew = (time.process_time() - began) * len(masks) / len(again)
    apart = max(
        abs(a - b) / max(abs(a), 1.0)
        for other in (cold_costs, again)
        for a, b in zip(costs[::EVERY], other, strict=True)
    )
    sys.stdout.write(
        f"{sizes}: from the one before {warm:.2f} s, from nothing {cold:.2f} s ({cold / warm:.1f} times), "
        f"loaded anew {anew:.2f} s ({anew / warm:.1f} times); costs differ by at most {apart:.1e}\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure and print. Seconds are of the processor."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="ten draws")
    asked.add_argument("--group", action="store_true", help="the real question of seven too")
    asked.add_argument("--scenario", default="october-2025-resumed")
    given = asked.parse_args()
    request = UnityRequest(given.scenario, EIGHT, members=10 if given.quick else 100)
    setting = prepare(request, quiet)
    cases = find_cases_of(setting, request, quiet)
    for tree in TREES:
        ways(small_table(cases, tree), shared_projects(cases), len(EIGHT))
    if not given.group:
        return
    cases = cases[:-1]
    began = time.process_time()
    table = made_ready(setting, cases, quiet).table
    sys.stdout.write(f"seven members written, trimmed and acting alone: {time.process_time() - began:.1f} s\n")
    ways(table, shared_projects(cases), len(cases))
    began = time.process_time()
    for on in SETS.values():
        for game in GAMES:
            find_values(table, on, game)
    took = time.process_time() - began
    sys.stdout.write(
        f"127 coalitions, {len(SETS)} sets of mechanisms, {len(GAMES)} assumptions on outsiders: {took:.0f} s; "
        f"{REPLICATES} replicates would take {REPLICATES * took / 60.0:.1f} min\n"
    )


if __name__ == "__main__":
    main()
