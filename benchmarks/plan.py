"""The planning programme as it grows: variables, memory, and seconds to write, load and solve it by simplex and interior point.

The network, levers and assumptions are the real ones of one economy; the curb's depth is made up, so that nothing is simulated.
The tree grows with the number of onsets and depths. Expect time to write to grow with the number of nodes, time to solve
faster than the number of variables. Seconds are of the processor; memory is the peak of the process so far.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from contextlib import nullcontext
from typing import Any

import numpy as np
import xarray as xr

from lodestone.chain import prepare
from lodestone.evidence.months import only_issuer
from lodestone.evidence.requests import PlanRequest
from lodestone.respond.home import Home, home_of, home_use
from lodestone.respond.levers import read_levers
from lodestone.respond.options import Rules, Terms
from lodestone.respond.outlook import ONSETS, STAGES, Curb, build_outlook
from lodestone.respond.programme import programme
from lodestone.respond.ready import make_ready
from lodestone.respond.solve import new_model, solve

EVERY = tuple(range(1, len(STAGES)))
LADDER = ((ONSETS[-2:-1], 1), (ONSETS[:2], 1), (ONSETS[:5], 1), (ONSETS, 2), (ONSETS, 3), (EVERY, 5))  # onsets, depths
LASTS = ((26.0, 0.6), (104.0, 0.4))


def curb_of_depths(home: Home, products: list[str], depths: int) -> Curb:
    """A made-up curb: a quarter to three quarters of everything stops."""
    share = np.linspace(0.75, 0.25, depths) if depths > 1 else np.array([0.5])
    coords = {"level": [f"depth {k}" for k in range(depths)], "product": products, "week": range(52)}
    crosses = xr.DataArray(
        np.broadcast_to(share[:, None, None], (depths, len(products), 52)).copy(), coords, tuple(coords)
    )
    return Curb(0.1, tuple(coords["level"]), (1.0 / depths,) * depths, LASTS, crosses, 0.5 + 0.5 * crosses)


def measure(parts: dict[str, Any], onsets: tuple[int, ...], depths: int, methods: tuple[str, ...]) -> dict[str, Any]:
    """One rung: sizes, processor seconds and peak memory."""
    home, terms = parts["home"], parts["terms"]
    seen = build_outlook(curb_of_depths(home, parts["products"], depths), onsets=onsets)
    write = programme(home, parts["options"], terms, Rules())
    began = time.process_time()
    model = write(seen.tree, seen.data)
    row: dict[str, Any] = {
        "onsets": len(onsets),
        "depths": depths,
        "nodes": len(seen.tree.node),
        "write_s": time.process_time() - began,
    }
    for method in methods:
        began = time.process_time()
        found = solve(model, method=method)
        row |= {
            "variables": found.column_count, "rows": found.row_count, "nonzeros": found.nonzero_count,
            "objective": found.objective, "load_s": found.build_seconds, f"{method}_s": time.process_time() - began,
        }  # fmt: skip
    return row | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}


def main() -> None:
    """Measure the ladder and print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="the smallest rung alone")
    asked.add_argument("--json", action="store_true", help="for machines")
    asked.add_argument("--scenario", default="october-2025-resumed")
    asked.add_argument("--economy", default="JPN")
    given = asked.parse_args()
    setting = prepare(PlanRequest(given.scenario, given.economy), lambda what, total: nullcontext(None))
    home = home_of(setting.network, given.economy, only_issuer(setting.scenario))
    levers = read_levers(setting.folder, setting.network.material, None)
    uses = xr.ones_like(home.needs.sum("product"))
    terms = Terms(uses * 1000.0, 2.0, uses * 0.1, 0.05, home_use(home) * 3.0 / 52.0, 0.035, 0.8, 0.5)
    parts = {
        "home": home, "terms": terms, "products": setting.network.products["product"].tolist(),
        "options": make_ready(home, levers, setting.assumptions).options,
    }  # fmt: skip
    new_model()  # what is imported once is not counted to the first rung
    rows = []
    for onsets, depths in LADDER[:1] if given.quick else LADDER:
        rows.append(measure(parts, onsets, depths, ("simplex", "ipm")))
        if not given.json:
            row = rows[-1]
            sys.stdout.write(
                f"{row['variables']:>9,} variables {row['rows']:>9,} rows {row['nodes']:>5} nodes  write {row['write_s']:6.2f} s  "
                f"load {row['load_s']:5.2f} s  simplex {row['simplex_s']:7.2f} s  interior point {row['ipm_s']:7.2f} s  "
                f"peak {row['peak_mb']:6.0f} MB\n"
            )
            sys.stdout.flush()
    if given.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
