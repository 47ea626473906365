"""The real weekly step against what memory would need for the same state.

The world is made up: 2,000 nodes (500 makers of ten raw products, 500 of ten refined ones, 1,000 uses)
in 50 economies and 20,000 edges, each store with twenty suppliers; 1,000 draws of 104 weeks under a ban, a
licence with its queue, and a quota. What is timed is `lodestone.simulate.ensemble.run_many` over all blocks:
drawing each member's inputs, stacking them, and the compiled weekly step with queues, transit and record.

It is held against the time in which a machine could at best read and write, once a week, what a week leaves
to the next, and read, once a block, what the edges of its members are made of:

    bytes = members * (weeks * 2 * state + edges)

    state = bytes of every array of `lodestone.simulate.state.State` of one member, of which the two rings
            (``due``, ``coming``) count one turn, for a week reads and clears one and adds to others
    edges = bytes of `lodestone.simulate.parameters.Member`'s ``flow``, ``share``, ``lag`` and ``room_share``

at the bandwidth of a triad, a = b + s c, measured in the same run on as many threads (24 bytes an element).
The state of a block fits a cache, so a ratio of one is not a limit; it says how far the step is from moving
data only. Expect 4 or less on a quiet machine; beyond 8, profile.

    python benchmarks/weekly_step.py            the full size; some minutes
    python benchmarks/weekly_step.py --quick    32 draws of 26 weeks: that it still runs
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import resource
import time
from dataclasses import fields

import numba
import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.executor import map_blocks
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import LANES, Setting, build_setting, run_many
from lodestone.simulate.luck import Luck
from lodestone.simulate.nouns import Range
from lodestone.simulate.parameters import sample_member
from lodestone.simulate.schedule import sample_schedule
from lodestone.simulate.state import initial_state

ECONOMIES, PRODUCTS, SECTORS, SUPPLIERS = 50, 10, 20, 20


def world(seed: int = 0, places: int = ECONOMIES, suppliers: int = SUPPLIERS) -> Network:
    """A balanced network of the stated size: uses first, then what their suppliers must make."""
    rng = np.random.default_rng(seed)
    economies = [f"Q{k:02d}" for k in range(places)]
    raw, refined = ([f"{kind}_{k}" for k in range(PRODUCTS)] for kind in ("raw", "refined"))
    need = {}
    inputs, outputs, nodes, trade = [], [], [], []
    for sector in range(SECTORS):
        for economy in economies:
            node = f"sector_{sector}@{economy}"
            nodes.append((node, "use", f"sector_{sector}", "use", economy, 1.0, np.inf))
            for product in (refined[sector % PRODUCTS], refined[(sector + 3) % PRODUCTS]):
                amount = float(rng.lognormal(3.0, 1.0))
                inputs.append((node, product, amount, bool(rng.random() < 0.8), ""))
                need[product, economy] = need.get((product, economy), 0.0) + amount
    for stage, made, taken in (("refining", refined, raw), ("mine", raw, [])):
        leaving = supply(made, economies, need, rng, trade, suppliers)
        for k, product in enumerate(made):
            for economy in economies:
                activity = leaving.get((product, economy), 0.0)
                node = f"{stage}_{k}@{economy}"
                nodes.append((node, "process", f"{stage}_{k}", stage, economy, activity, 1.3 * activity))
                outputs.append((node, product, 1.0, ""))
                for one in (taken[k], taken[(k + 1) % PRODUCTS]) if taken else ():
                    inputs.append((node, one, 0.5, True, ""))
                    need[one, economy] = need.get((one, economy), 0.0) + 0.5 * activity
    flows = pd.DataFrame(trade, columns=["product", "origin", "destination", "flow"])
    flows = flows.assign(sd=0.1 * flows.flow, low=0.8 * flows.flow, high=1.2 * flows.flow, rule="prior", figure="")
    table = pd.DataFrame(nodes, columns=["node", "kind", "process", "stage", "economy", "activity", "capacity"])
    products = [
        (product, "toy", "oxide", stage, "oxide", "", 0.5, 10.0)
        for stage, made in (("mine", raw), ("refining", refined))
        for product in made
    ]
    columns = ["product", "material", "kind", "stage", "form", "hs", "content", "unit_value"]
    return Network(
        material="toy", year=2024, known=dt.date(2025, 1, 31), prior="proportional",
        products=pd.DataFrame(products, columns=columns),
        composition=xr.DataArray(
            np.ones((2 * PRODUCTS, 1)), dims=("product", "element"),
            coords={"product": [*raw, *refined], "element": ["one"]},
        ),
        nodes=table.assign(sd=0.0, low=0.0, high=0.0, rule="prior", figure=""),
        inputs=pd.DataFrame(inputs, columns=["node", "product", "coefficient", "essential", "figure"]),
        outputs=pd.DataFrame(outputs, columns=["node", "product", "coefficient", "figure"]),
        trade=flows,
        stock_change=pd.DataFrame([], columns=["product", "economy", "change", "sd", "figure"]),
        checksum="weekly-step",
    )  # fmt: skip


def supply(
    products: list[str], economies: list[str], need: dict, rng: np.random.Generator, trade: list, suppliers: int
) -> dict:
    """Give each store so many suppliers of random shares; returns what leaves each pool."""
    leaving: dict[tuple[str, str], float] = {}
    for product in products:
        for destination in economies:
            origins = rng.choice(len(economies), suppliers, replace=False)
            shares = rng.dirichlet(np.full(suppliers, 0.5))
            for origin, share in zip(origins, shares, strict=True):
                flow = need.get((product, destination), 0.0) * float(share)
                trade.append((product, economies[origin], destination, flow))
                key = (product, economies[origin])
                leaving[key] = leaving.get(key, 0.0) + flow
    return leaving


def controls_of(network: Network) -> Controls:
    """A ban of one economy's refined products, licences of five, a quota of one."""
    origin, abroad = network.trade["origin"], network.trade["origin"] != network.trade["destination"]

    def rows(first: int, last: int) -> np.ndarray:
        return np.flatnonzero((abroad & origin.isin([f"Q{k:02d}" for k in range(first, last)])).to_numpy())

    def fixed(value: float) -> Range:
        return Range(value, value, value, "fixed")

    terms = {
        "review_weeks": Range(2, 5, 9), "share_applications_approved": Range(0.2, 0.5, 0.9),
        "share_tonnes_of_approved": Range(0.4, 0.7, 1.0), "share_returned": fixed(0.5), "lot_weeks": fixed(8.0),
        "valid_weeks": fixed(26.0), "review_capacity": Range(0.3, 0.6, 1.0), "ramp_weeks": fixed(8.0),
    }  # fmt: skip
    made = [
        ("ban", "blocked", rows(0, 1), 10, 60, {"share": Range(0.5, 0.8, 1.0)}),
        ("desk:licence", "licence", rows(1, 6), 0, 104, terms),
        ("cap", "quota", rows(6, 7), 5, 90, {"share": Range(0.4, 0.7, 1.0)}),
    ]
    return Controls(tuple(Control(i, k, r, np.ones(len(r)), a, b, x, "") for i, k, r, a, b, x in made), ())


def bytes_needed(setting: Setting, members: int, weeks: int) -> int:
    """The formula of the module's text, from the arrays of one member."""
    luck = Luck(setting.seed, 0)
    member, schedule = sample_member(setting.plan, luck), sample_schedule(setting.timetable, luck)
    state = initial_state(setting.wiring, member, schedule, setting.timing)
    arrays = {field.name: getattr(state, field.name) for field in fields(state)}
    rings = {"due", "coming"}
    carried = sum(array.nbytes // (len(array) if name in rings else 1) for name, array in arrays.items())
    edges = sum(getattr(member, name).nbytes for name in ("flow", "share", "lag", "room_share"))
    return members * (weeks * 2 * carried + edges)


@numba.njit(nogil=True)
def add_scaled(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    for k in range(len(a)):
        a[k] = b[k] + 3.0 * c[k]


def triad(threads: int, elements: int = 8_000_000, repeats: int = 7) -> float:
    """Best bandwidth of ``a = b + s c`` on as many threads. [bytes a second]"""
    sets = [tuple(np.full(elements, float(k)) for k in range(3)) for _ in range(threads)]
    add_scaled(*(array[:8] for array in sets[0]))
    best = np.inf
    for _ in range(repeats):
        begin = time.perf_counter()
        map_blocks(lambda one: add_scaled(*sets[one]), range(threads), threads)
        best = min(best, time.perf_counter() - begin)
    return 24.0 * elements * threads / best


def measure(members: int, weeks: int, threads: int, repeats: int) -> dict[str, object]:
    network = world()
    setting = build_setting(
        network, None, controls_of(network), read_assumptions(data_folder()), weeks=weeks, seed=1, rule="home_first"
    )
    run_many(setting, [0])  # compiled before the clock starts
    blocks = [range(k, min(k + LANES, members)) for k in range(0, members, LANES)]
    wall, user = np.inf, np.inf
    for _ in range(repeats):
        begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        map_blocks(lambda block: run_many(setting, block)[0].lost_use.sum(), blocks, threads)
        wall = min(wall, time.perf_counter() - begin)
        user = min(user, resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
    needed, bandwidth = bytes_needed(setting, members, weeks), triad(threads)
    return {
        "nodes": len(network.nodes), "edges": len(network.trade), "slots": len(network.inputs),
        "draws": members, "weeks": weeks, "threads": threads, "seconds": wall, "user seconds": user,
        "ns per edge, week and draw (user)": 1e9 * user / (len(network.trade) * members * weeks),
        "bytes": needed, "triad GB/s": bandwidth / 1e9, "seconds at triad": needed / bandwidth,
        "ratio": wall * bandwidth / needed, "ratio by user time": user / threads * bandwidth / needed,
        "peak RSS MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "python": platform.python_version(), "numpy": np.__version__, "numba": numba.__version__,
        "machine": f"{platform.machine()}, {numba.get_num_threads()} cores",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="32 draws of 26 weeks")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--threads", type=int, default=numba.get_num_threads())
    parser.add_argument("--repeats", type=int, default=1, help="the best of so many runs is told")
    asked = parser.parse_args()
    members, weeks = (32, 26) if asked.quick else (1000, 104)
    found = measure(members, weeks, asked.threads, asked.repeats)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:36s} {value:,.2f}" if isinstance(value, float) else f"{name:36s} {value}")


if __name__ == "__main__":
    main()
