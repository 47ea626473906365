"""How time and memory grow with draws, nodes, edges, weeks and members of a group; and what two workers gain over one process.

One dial at a time is turned on the made-up world of `weekly_step.py`, the others held: draws of an ensemble, nodes at the same
number of edges, edges at the same nodes, weeks. A point is a process of its own, so that its peak of memory is its own; seconds
are of its processor, the step compiled and the network laid out before they are counted, the best of a few. An exponent is the
slope of a straight line through the logarithms. Expect 1 for draws, weeks and edges, and less than 1 for nodes, which are cheaper than edges;
memory of record grows with draws x weeks x series exactly, the rest of the process does not.

With ``--group`` members of a group are added on the real question: seconds and memory to write their programmes, and a coalition's solve.
With ``--cluster`` an ensemble on real facts runs in one process and on two workers over loopback, in turn: seconds by the clock and of
processor, the digest, and the peaks of memory: of client and one process without pages of files, of scheduler and workers with them.

    python benchmarks/scaling.py                        the dials: some three minutes
    python benchmarks/scaling.py --group                four groups: some three minutes
    python benchmarks/scaling.py --cluster 10000        10,000 draws of 104 weeks, once each way: some six minutes on two idle cores
    python benchmarks/scaling.py --quick                small points of each dial and 64 draws on a cluster: that it still runs
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SCENARIO = "october-2025-resumed"
LOOPBACK = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--no-dashboard")
PLACES, SUPPLIERS, DRAWS, WEEKS = 40, 20, 16, 52  # where a dial is not turned
DIALS: dict[str, list[dict[str, int]]] = {
    "draws": [{"draws": n} for n in (16, 32, 64, 128)],
    "weeks": [{"weeks": n} for n in (13, 26, 52, 104)],
    "nodes": [{"places": p, "suppliers": 800 // p} for p in (40, 80, 160)],
    "edges": [{"suppliers": n} for n in (5, 10, 20, 40)],
}
GROUPS = ("JPN,USA", "JPN,USA,DEU", "JPN,USA,DEU,FRA", "JPN,USA,DEU,FRA,GBR")
COLUMNS = ("nodes", "edges", "series", "draws", "weeks", "seconds", "laid out s", "peak MB", "record MB")


def point(places: int, suppliers: int, draws: int, weeks: int) -> dict[str, float]:
    """One ensemble in this process for its peak of memory, and seconds of processor of its draws alone, the best of two."""
    from weekly_step import controls_of, world

    from lodestone.facts.assumptions import read_assumptions
    from lodestone.facts.place import data_folder
    from lodestone.simulate.ensemble import LANES, Wanted, build_setting, run_part, simulate

    network = world(0, places, suppliers)
    controls, assumptions = controls_of(network), read_assumptions(data_folder())
    found = simulate(network, None, controls, assumptions, scenario_name="x", weeks=weeks, members=draws, threads=1)
    began = time.thread_time()
    setting = build_setting(network, None, controls, assumptions, weeks=weeks)
    laid_out = time.thread_time() - began
    wanted = Wanted("x", "pro_rata", (), setting, np.arange(len(setting.series)), np.arange(0))
    seconds = []
    for _ in range(2):
        began = time.thread_time()
        for begin in range(0, draws, LANES):
            run_part(wanted, (begin, begin + LANES))
        seconds.append(time.thread_time() - began)
    series = len(found.series)
    return {
        "nodes": len(network.nodes), "edges": len(network.trade), "series": series, "draws": draws, "weeks": weeks,
        "seconds": min(seconds), "laid out s": laid_out, "peak MB": peak_mb(), "record MB": 4e-6 * series * weeks * draws,
    }  # fmt: skip


def group(members: str) -> dict[str, float]:
    """One replicate of a group's coalition values in this process."""
    from lodestone.chain import prepare
    from lodestone.evidence.requests import UnityRequest
    from lodestone.evidence.unity_case import find_cases_of, made_ready
    from lodestone.evidence.unity_replicate import find_replicate

    def quiet(_what: str, _total: int) -> nullcontext[None]:
        return nullcontext(None)

    request = UnityRequest(SCENARIO, tuple(members.split(",")), members=30, replicates=1)
    setting = prepare(request)
    cases = find_cases_of(setting, request, quiet)
    before, began = peak_mb(), time.process_time()
    ready = made_ready(setting, cases, quiet)
    written = time.process_time()
    found = find_replicate(ready)
    solves = sum(len(one.value) - 1 + one.checked for one in found.values.values())
    return {
        "members": len(cases), "variables": found.variables, "written seconds": written - began,
        "solves": solves, "seconds a solve": (time.process_time() - written) / solves,
        "peak MB": peak_mb(), "peak before MB": before,
    }  # fmt: skip


def ensemble(draws: int, address: str) -> dict[str, object]:
    """The real network's ensemble here on one thread; or on a cluster, and reduced here on two, for the workers are idle by then."""
    from lodestone.chain import prepare
    from lodestone.evidence.requests import SimulationRequest
    from lodestone.executor import Way, work
    from lodestone.executor.cluster import connected
    from lodestone.simulate.ensemble import simulate

    setting = prepare(SimulationRequest(SCENARIO))

    def run(members: int) -> str:
        return simulate(
            setting.network, setting.baseline.draws, setting.controls, setting.assumptions, scenario_name=SCENARIO, weeks=104,
            members=members, seed=1, threads=2 if address else 1,
        ).digest  # fmt: skip

    with connected(address) if address else nullcontext() as cluster, work(Way(cluster)), own_memory() as own:
        if cluster is not None:
            cluster.client.wait_for_workers(2)
        run(128)  # compiled code is loaded here and on the workers
        began, used = time.perf_counter(), time.process_time()
        digest = run(draws)
        return {
            "wall s": time.perf_counter() - began, "processor s": time.process_time() - used, "peak MB": max(own), "digest": digest,
        }  # fmt: skip


@contextmanager
def own_memory(every: float = 0.2) -> Iterator[list[float]]:
    """Resident memory of this process but pages of files, looked at again and again. [MB]

    The record of many draws is a temporary file; its pages count as resident and are the machine's to take back.
    """
    found, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(every):
            status = Path("/proc/self/status").read_text()
            found.append(int(next(x for x in status.splitlines() if x.startswith("RssAnon")).split()[1]) / 1024)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def peak_mb() -> float:
    """Peak of resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(*words: str) -> dict[str, float]:
    """A point in a process of its own."""
    out = subprocess.run(
        [sys.executable, __file__, *words], check=True, capture_output=True, text=True, env=environment()
    )
    return json.loads(out.stdout.splitlines()[-1])


def environment() -> dict[str, str]:
    """This environment, with the package and this folder to be found by children."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))}


@contextmanager
def running(workers: int = 2) -> Iterator[tuple[str, dict[str, subprocess.Popen[bytes]]]]:
    """A scheduler and its workers over loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, found = f"tcp://127.0.0.1:{port}", dict[str, subprocess.Popen[bytes]]()
    with tempfile.TemporaryDirectory(prefix="lodestone-scaling-") as place:

        def start(name: str, *words: str) -> None:
            found[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *LOOPBACK],
                cwd=place,
                env=environment(),
                stderr=subprocess.DEVNULL,
            )

        start("scheduler", "scheduler", "--port", str(port))
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        for k in range(workers):
            start(f"worker {k + 1}", "worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", place)
        try:
            yield address, found
        finally:
            for one in found.values():
                one.kill()  # a worker that is asked to go waits for its scheduler
            for one in found.values():
                one.wait()


def used(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Seconds of processor and peak MB of a running process (Linux)."""
    numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    ticks = (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return ticks, int(peak.split()[1]) / 1024


def slope(x: list[float], y: list[float]) -> float:
    """Exponent of y in x.

    >>> round(slope([1, 2, 4], [3, 6, 12]), 6)
    1.0
    """
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def dials(quick: bool) -> None:
    for dial, turned in DIALS.items():
        rows = []
        for one in turned[:2] if quick else turned:
            asked = {"places": PLACES, "suppliers": SUPPLIERS, "draws": DRAWS, "weeks": WEEKS, **one}
            if quick:
                asked |= {"draws": asked["draws"] // 8, "weeks": asked["weeks"] // 4}
            rows.append(child("--point", json.dumps(asked)))
        table(dial, rows, COLUMNS)
        x = [row[dial] for row in rows]
        told = (
            f"{name} {slope(x, [row[name] for row in rows]):.2f}"
            for name in ("seconds", "laid out s", "record MB", "peak MB")
        )
        print("  exponents: " + ", ".join(told))


def groups() -> None:
    rows = [child("--one-group", members) for members in GROUPS]
    table("members of a group", rows, tuple(rows[0]))
    x = [row["members"] for row in rows]
    print("  exponents: " + ", ".join(f"{name} {slope(x, [row[name] for row in rows]):.2f}"
                                      for name in ("variables", "written seconds", "seconds a solve")))  # fmt: skip


def cluster(draws: int, repeats: int) -> None:
    print(f"\n{draws:,} draws of 104 weeks, {SCENARIO}")
    for _ in range(repeats):
        alone = child("--ensemble", str(draws))
        told = f"{alone['processor s']:.1f} s of processor, peak {alone['peak MB']:,.0f} MB"
        print(f"  one process   {alone['wall s']:7.1f} s, {told}, digest {alone['digest'][:16]}")
        with running() as (address, processes):
            two = child("--ensemble", str(draws), "--address", address)
            parts = {name: used(one) for name, one in processes.items()}
        same = "the same digest" if two["digest"] == alone["digest"] else f"ANOTHER digest {two['digest'][:16]}"
        print(f"  two workers   {two['wall s']:7.1f} s, {alone['wall s'] / two['wall s']:.2f} times, {same}")
        print(f"    client      {two['processor s']:7.1f} s of processor, peak {two['peak MB']:,.0f} MB")
        for name, (seconds, peak) in parts.items():
            print(f"    {name:11s} {seconds:7.1f} s of processor, peak {peak:,.0f} MB")
        print("    (those of scheduler and workers with start and import)", flush=True)


def table(title: str, rows: list[dict[str, float]], columns: tuple[str, ...]) -> None:
    print(f"\n{title}\n  " + "".join(f"{name:>17s}" for name in columns))
    for row in rows:
        cells = (f"{row[name]:,.3f}" if 0 < row[name] < 10 else f"{row[name]:,.0f}" for name in columns)
        print("  " + "".join(f"{cell:>17s}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--group", action="store_true")
    parser.add_argument("--cluster", type=int, metavar="DRAWS")
    parser.add_argument("--repeats", type=int, default=1)
    for inner in ("--point", "--one-group", "--ensemble", "--address"):
        parser.add_argument(inner, default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.point:
        print(json.dumps(point(**json.loads(asked.point))))
    elif asked.one_group:
        print(json.dumps(group(asked.one_group)))
    elif asked.ensemble:
        print(json.dumps(ensemble(int(asked.ensemble), asked.address)))
    elif asked.group:
        groups()
    elif asked.cluster or asked.quick:
        if asked.quick:
            dials(quick=True)
        cluster(asked.cluster or 64, asked.repeats)
    else:
        dials(quick=False)


if __name__ == "__main__":
    main()
