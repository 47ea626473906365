"""Shares of games as members are added: seconds for the nucleolus, the Shapley value and the tests of a game's values.

Values are given, made up from a fixed seed, of kinds from benign to degenerate: *any* (no structure, core mostly empty),
*bankruptcy* (a large core, many coalitions worth nothing), *majority* (all coalitions of one size alike: every stage is
degenerate). Expect time to double with each member, for every coalition is looked at once a round; the number of rounds
grows with the stages, at most one a member. The tests of superadditivity look at all 3^n pairs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from lodestone.coordinate.game import coalition_sums, convexity_violations, make_game, sizes, superadditivity_violations
from lodestone.coordinate.nouns import Game
from lodestone.coordinate.nucleolus import nucleolus
from lodestone.coordinate.shares import shapley_value

SIZES = (8, 12, 16, 18, 20)
KINDS = ("any", "bankruptcy", "majority")
MOST_PAIRS = 16  # members up to which all pairs are looked at here


def made_up(kind: str, count: int, seed: int = 1) -> Game:
    """A game of so many members."""
    rng = np.random.default_rng(seed)
    size = sizes(count)
    if kind == "any":
        value = rng.random(1 << count) * size
        value[-1] = 1.2 * count
    elif kind == "bankruptcy":
        claims = rng.random(count)
        value = np.maximum(0.0, 0.6 * claims.sum() - coalition_sums(claims)[::-1])
    else:
        value = (2 * size > count).astype(float)
    value[0] = 0.0
    return make_game([f"m{i}" for i in range(count)], value)


def measure(kind: str, count: int) -> dict[str, object]:
    game = made_up(kind, count)
    row: dict[str, object] = {"kind": kind, "members": count}
    tasks = {
        "nucleolus": lambda: nucleolus(game),
        "per_capita": lambda: nucleolus(game, per_capita=True),
        "shapley": lambda: shapley_value(game),
        "convex": lambda: convexity_violations(game),
    }
    if count <= MOST_PAIRS:
        tasks["superadditive"] = lambda: superadditivity_violations(game)
    for name, task in tasks.items():
        wall, processor = time.perf_counter(), time.process_time()
        task()
        row |= {f"{name}_s": time.perf_counter() - wall, f"{name}_cpu_s": time.process_time() - processor}
    return row


def main() -> None:
    """Measure the ladder and print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="the smallest games alone")
    asked.add_argument("--json", action="store_true", help="for machines")
    given = asked.parse_args()
    rows = []
    for count in SIZES[:1] if given.quick else SIZES:
        for kind in KINDS:
            rows.append(measure(kind, count))
            if not given.json:
                parts = [f"{k.removesuffix('_s')} {v:.3f}" for k, v in rows[-1].items() if isinstance(v, float)]
                sys.stdout.write(f"{count:>3} members, {kind:<11} {'  '.join(parts)}\n")
                sys.stdout.flush()
    if given.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
