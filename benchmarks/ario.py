"""Propagation through an input-output table, beside BoARIO and beside the bare matrix products.

    python benchmarks/ario.py            small tables, a minute or two; what make proof runs
    python benchmarks/ario.py --full     2,000 and 7,987 industries, 365 days; an hour, most of it the peer's

What to expect: a step reads the table once, so its time follows the square of the industries and stays
near that of the products; BoARIO builds several matrices of that size each step. Thirty-two scenarios cost
what their multiplications cost, not thirty-two readings.

The peer runs in an environment of its own, made from requirements-peers.txt under .cache/. Each
measurement is a process of its own, so that peaks of memory are its own. Where the peer would take
longer than ten minutes, steps are measured and multiplied, and the table says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent
DAYS = 365
QUICK = (("1,000", 20, 50),)
FULL = (("2,000", 40, 50), ("7,987", 49, 163))
LIMIT = 600.0  # seconds the peer may take before its steps are multiplied
MANY = 32


def synthetic(regions: int, sectors: int, path: Path) -> None:
    """A dense table in which half of the output goes to industries, with three of them losing half."""
    count, rng = regions * sectors, np.random.default_rng(20_26)
    flows = rng.exponential(1.0, (count, count))
    flows *= rng.lognormal(0.0, 1.0, count)[:, None]
    home = np.repeat(np.arange(regions), sectors)
    flows[home[:, None] == home[None, :]] *= 5.0
    final = rng.exponential(1.0, (count, regions))
    flows *= 0.5 / flows.sum(axis=0)
    # Columns use half of what the industry makes; make rows and columns meet by final demand.
    output = 1.0 + flows.sum(axis=1)
    for _ in range(50):
        output = 1.0 + (flows * output).sum(axis=1)
    flows *= output
    final *= (1.0 / final.sum(axis=1))[:, None]
    lost = np.zeros(count)
    lost[[0, count // 3, count // 2]] = 0.5
    np.savez(path, flows=flows, final=final, regions=regions, sectors=sectors, lost=lost, rule="alt")


def shock(lost: np.ndarray, days: int) -> np.ndarray:
    """As BoARIO 0.7.2 applies a given share that lasts 60 days and recovers in 60."""
    path = np.zeros((days, len(lost)))
    for now in range(2, days):
        since = max(now - 2 - 61, 0)
        path[now] = np.maximum(np.round(lost * (1.0 - since / 60.0), 6), 0.0)
    return path


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def ours(path: Path, days: int, scenarios: int, out: Path | None) -> None:
    """One measurement of ours; prints a line of JSON."""
    import pandas as pd

    from lodestone.impact.ario import ArioParameters, set_up
    from lodestone.impact.ario_kernel import factor, run_factored
    from lodestone.impact.table import make_table

    warm = np.full((4, 4), 1.0)
    usual = ArioParameters(30.0, 0.8, 60.0, 1.25, 365.0, negligible_input=0.0, as_boario=True)
    names = pd.MultiIndex.from_product([["a", "b"], ["x", "y"]])
    small = make_table(names, warm, warm, list("abcd"), unit="u", year=1, source="warm")
    economy = set_up(small, usual)
    run_factored(factor(economy, usual), usual, np.array([0]), np.zeros((2, 1, scenarios)), 1)  # compiled or loaded
    held = np.load(path)
    regions, sectors = range(int(held["regions"])), range(int(held["sectors"]))
    industries = pd.MultiIndex.from_product([[f"r{k:03d}" for k in regions], [f"s{k:03d}" for k in sectors]])
    table = make_table(
        industries, held["flows"], held["final"], [f"r{k:03d}" for k in regions], unit="u", year=1, source="synthetic"
    )
    size, start = table.intermediate.nbytes / 2**30, time.perf_counter()
    economy = set_up(table, usual)
    factors = factor(economy, usual)
    made = time.perf_counter() - start
    places = np.flatnonzero(held["lost"])
    lost = np.repeat(shock(held["lost"], days)[:, places, None], scenarios, axis=2)
    lost *= np.linspace(1.0, 0.5, scenarios)  # every scenario another shock; the first is the peer's
    ticks = [time.perf_counter()]
    cpu = time.process_time()
    every = 1 if scenarios == 1 else 7
    lost = lost[: days // every * every : every]
    output = run_factored(factors, usual, places, lost, every, progress=lambda *_: ticks.append(time.perf_counter()))
    cpu = time.process_time() - cpu
    steps = np.diff(ticks) / every
    if out is not None:
        np.save(out, output[:, :, 0])
    told = {
        "made_s": made, "whole_s": ticks[-1] - ticks[0], "days": len(steps) * every, "cpu_s": cpu,
        "step_s": [float(np.min(steps)), float(np.median(steps))], "beyond_table_gib": peak() - size,
    }  # fmt: skip
    print(json.dumps(told | {"bare_s": bare(table.intermediate, scenarios)}))


def bare(flows: np.ndarray, scenarios: int) -> list[float]:
    """Fastest and median time of the products of a step alone, in the form and with the threads that serve NumPy best."""
    from threadpoolctl import threadpool_limits

    count, found = len(flows), []
    both, one = np.ones((count, 2 * scenarios)), np.ones((count, scenarios))
    for threads in (1, os.cpu_count()):
        times = []
        with threadpool_limits(limits=threads):
            for _ in range(7 if count * scenarios < 100_000 else 4):
                start = time.perf_counter()
                if scenarios == 1:  # three products with a vector
                    both[:, 0] @ flows
                    both[:, 1] @ flows
                    flows @ one[:, 0]
                else:
                    flows.T @ both
                    flows @ one
                times.append(time.perf_counter() - start)
        found.append([float(np.min(times)), float(np.median(times))])
    return min(found)


def looked_through(path: Path) -> None:
    """Value added in what one economy buys; prints a line of JSON."""
    import pandas as pd

    from lodestone.impact.embodied import embodied_value_added
    from lodestone.impact.table import make_table

    held = np.load(path)
    regions, sectors = range(int(held["regions"])), range(int(held["sectors"]))
    industries = pd.MultiIndex.from_product([[f"r{k:03d}" for k in regions], [f"s{k:03d}" for k in sectors]])
    names = [f"r{k:03d}" for k in regions]
    table = make_table(industries, held["flows"], held["final"], names, unit="u", year=1, source="synthetic")
    start, cpu = time.perf_counter(), time.process_time()
    embodied_value_added(table, "r001")
    told = {"whole_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu}
    print(json.dumps(told | {"beyond_table_gib": peak() - table.intermediate.nbytes / 2**30}))


def peer_environment() -> Path:
    """The folder with BoARIO in it, made once for each state of the lock."""
    lock = HERE / "requirements-peers.txt"
    digest = hashlib.sha256(lock.read_bytes() + platform.python_version().encode()).hexdigest()[:12]
    folder = ROOT / ".cache" / f"peers-{digest}"
    if not (folder / "boario").is_dir():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                sys.executable,
                "--target",
                folder,
                "--require-hashes",
                "-r",
                lock,
            ],
            check=True,
        )
    return folder


def measured(arguments: list[str], environment: dict[str, str] | None = None) -> dict:
    run = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, env=os.environ | (environment or {})
    )
    if run.returncode != 0:
        raise SystemExit(run.stdout + run.stderr)
    return json.loads(run.stdout.strip().splitlines()[-1])


def compare(
    name: str, regions: int, sectors: int, days: int, folder: Path, peer: Path | None, whole: bool
) -> list[str]:
    path = folder / f"{name}.npz"
    synthetic(regions, sectors, path)
    mine = str(HERE / "ario.py")
    one = measured([mine, "--one", str(path), str(days), "1", str(folder / "ours.npy")])
    many = measured([mine, "--one", str(path), str(days), str(MANY)])
    each = many["whole_s"] / many["days"] * days
    lines = [
        f"{name} industries ({regions} regions, {sectors} sectors), {days} days, order rule alt",
        f"  ours, one scenario      {one['whole_s']:8.1f} s + {one['made_s']:.1f} s once a table; user and system "
        f"{one['cpu_s']:.1f} s; a step {one['step_s'][0] * 1e3:.1f} ms at best, {one['step_s'][1] * 1e3:.1f} median",
        f"  the bare products       a step {one['bare_s'][0] * 1e3:.1f} ms at best, {one['bare_s'][1] * 1e3:.1f} median: "
        f"ours is {one['step_s'][0] / one['bare_s'][0]:.2f} times that at best, "
        f"{one['step_s'][1] / one['bare_s'][1]:.2f} at the median",
        f"  memory beyond the table {one['beyond_table_gib']:8.2f} GiB; {MANY} scenarios {many['beyond_table_gib']:.2f} GiB",
        f"  ours, {MANY} scenarios     {each:8.1f} s: {each / one['whole_s']:.1f} times one; at best steps "
        f"{many['step_s'][0] / one['step_s'][0]:.1f} times; bare products {many['bare_s'][0] / one['bare_s'][0]:.1f} times",
    ]
    through = measured([mine, "--look", str(path)])
    lines.append(
        f"  one buyer looked through {through['whole_s']:7.1f} s ({through['cpu_s']:.1f} s user and system), "
        f"{through['beyond_table_gib']:.2f} GiB beyond the table"
    )
    if peer is None:
        return lines
    environment = {"PYTHONPATH": str(peer)}
    script = str(HERE / "_boario.py")
    sample = measured([script, "time", str(path), str(days), "6"], environment)
    usual = float(np.median(sample["step_s"][2:]))
    if usual * days <= LIMIT or whole:
        sample = measured([script, "time", str(path), str(days), str(days), str(folder / "theirs.npy")], environment)
        theirs, how, cpu = float(np.sum(sample["step_s"])), "measured", sample["cpu_s"]
        gap = np.abs(np.load(folder / "ours.npy") - np.load(folder / "theirs.npy")) / np.load(folder / "theirs.npy")[0]
        lines.append(f"  largest difference      {gap.max():.1e} of an industry's base output, all {days} days")
    else:
        theirs, how = usual * days, f"{len(sample['step_s']) - 2} steps measured and multiplied"
        cpu = sample["cpu_s"] / len(sample["step_s"]) * days
    lines.append(
        f"  BoARIO 0.7.2            {theirs:8.1f} s ({how}; user and system {cpu:.1f} s), peak {sample['peak_gib']:.1f} GiB with the table: "
        f"ours is {theirs / one['whole_s']:.0f} times faster "
        f"({cpu / one['cpu_s']:.0f} by processor time)"
    )
    inverse = measured([script, "look", str(path)], environment)
    lines.append(
        f"  pymrio 0.7.0, inverse   {inverse['whole_s']:8.1f} s ({inverse['cpu_s']:.1f} s user and system), peak "
        f"{inverse['peak_gib']:.1f} GiB with the table"
    )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the sizes of real tables")
    parser.add_argument("--quick", action="store_true", help="small tables; the default")
    parser.add_argument("--whole", action="store_true", help="run the peer to the end however long it takes")
    parser.add_argument("--no-peer", action="store_true", help="ours alone")
    parser.add_argument("--size", help="only the table of this name")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--look", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        path, days, scenarios, *out = chosen.one
        return ours(Path(path), int(days), int(scenarios), Path(out[0]) if out else None)
    if chosen.look:
        return looked_through(Path(chosen.look))
    peer = None
    if not chosen.no_peer:
        try:
            peer = peer_environment()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"The peer could not be installed ({error}); ours alone follows.")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{platform.machine()}, {cores} cores, load {load:.1f} at the start, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        for name, regions, sectors in FULL if chosen.full else QUICK:
            if chosen.size in (None, name):
                lines = compare(name, regions, sectors, DAYS, Path(folder), peer, chosen.whole)
                print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
