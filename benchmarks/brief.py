"""How long a person waits: help, an exposure table, a brief warm and cold, a baseline.

Every line is a command of its own, timed from outside: wall and user seconds (the second is what to
compare on a machine shared with others) and the peak memory of the largest process.

    python benchmarks/brief.py           help, exposure, brief warm (best of --repeats) and cold
    python benchmarks/brief.py --full    and the baseline: its point, then with 200 draws
    python benchmarks/brief.py --quick   help, exposure, and a brief of 20 members: that they still run

Cold is a brief with an empty cache of compiled code (``NUMBA_CACHE_DIR`` in a temporary folder).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LODESTONE = [sys.executable, "-m", "lodestone.cli"]


def timed(arguments: list[str], repeats: int, cache: str | None = None) -> dict[str, float]:
    """Wall and user seconds of a command (best of some runs) and its peak memory in GB."""
    environment = {**os.environ, **({"NUMBA_CACHE_DIR": cache} if cache else {})}
    best = {"wall": float("inf"), "user": float("inf"), "peak GB": 0.0}
    for _ in range(repeats):
        # a process of its own, so that its peak is not hidden behind an earlier child's
        child = subprocess.run(
            [sys.executable, __file__, "--child", json.dumps([*LODESTONE, *arguments])],
            env=environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        seen = json.loads(child.stdout)
        best = {
            "wall": min(best["wall"], seen["wall"]),
            "user": min(best["user"], seen["user"]),
            "peak GB": max(best["peak GB"], seen["peak GB"]),
        }
    return best


def run_child(command: list[str]) -> dict[str, float]:
    begin = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    wall = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": wall, "user": used.ru_utime, "peak GB": used.ru_maxrss * 1024 / 1e9}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--economy", default="JPN")
    parser.add_argument("--scenario", default="october-2025-resumed")
    parser.add_argument("--repeats", type=int, default=2, help="the best of so many runs is told")
    parser.add_argument("--full", action="store_true", help="also reconcile the baseline")
    parser.add_argument("--quick", action="store_true", help="a brief of 20 members, nothing cold")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(run_child(json.loads(asked.child))))
        return
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        brief = ["brief", asked.economy, "--scenario", asked.scenario, "--out", str(place / "brief")]
        repeats = 1 if asked.quick else asked.repeats
        found["help"] = timed(["--help"], repeats)
        found["exposure show"] = timed(["exposure", "show", asked.economy], repeats)
        if asked.quick:
            found["brief of 20 members"] = timed([*brief, "--members", "20"], 1)
        else:
            found["compile and brief of 20 members"] = timed([*brief, "--members", "20"], 1)
            found["brief, warm"] = timed(brief, repeats)
            found["brief, cold"] = timed(brief, 1, cache=str(place / "compiled"))
        if asked.full:
            for name, draws in (("baseline, point", "0"), ("baseline, 200 draws", "200")):
                rebuild = ["baseline", "--rebuild", "--draws", draws, "--out", str(place / f"baseline-{draws}")]
                found[name] = timed(rebuild, 1)
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"found": found, "cores": os.cpu_count(), "load": load, "python": platform.python_version()}))
        return
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'command':34s} {'wall s':>8s} {'user s':>8s} {'peak GB':>8s}")
    for name, one in found.items():
        print(f"{name:34s} {one['wall']:8.2f} {one['user']:8.2f} {one['peak GB']:8.2f}")


if __name__ == "__main__":
    main()
