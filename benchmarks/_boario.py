"""BoARIO, run in an environment of its own: the answers we compare with, and the time it takes.

Never imported by Lodestone. ``ario.py`` beside it makes the environment and calls this file:

    python _boario.py golden FOLDER             the answers under tests/golden/ario/
    python _boario.py time TABLE.npz DAYS STEPS [OUT.npy]   seconds a step, and the peak of memory
    python _boario.py look TABLE.npz            pymrio's inverse of the table
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import resource
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import boario  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import pymrio  # noqa: E402
from boario.event import EventArbitraryProd, EventKapitalRecover  # noqa: E402
from boario.extended_models import ARIOPsiModel  # noqa: E402
from boario.simulation import Simulation  # noqa: E402

boario.logger.setLevel(logging.ERROR)
STOP = {"reg1": {"construction": 0.5, "manufactoring": 0.3}}
TINY = {"reg1": {"manufactoring": 0.0001}}
HALF = {"reg2": {"manufactoring": 0.5}}


def table(name: str) -> pymrio.IOSystem:
    """The six-region test table of pymrio, whole or changed."""
    mriot = pymrio.load_test()
    mriot.calc_all()
    if name == "three":
        sectors = ["food", "mining", "manufactoring", "other", "construction", "other", "other", "other"]
        mriot = mriot.aggregate(region_agg=[1, 1, 2, 2, 3, 3], sector_agg=sectors, inplace=False)
        mriot.calc_all()
        return mriot
    if name == "whole":
        return mriot
    flows, final = mriot.Z.copy(), mriot.Y.copy()
    if name == "zero":  # a sector that makes, sells and buys nothing
        gone = ("reg3", "mining")
        flows.loc[gone, :], flows.loc[:, gone], final.loc[gone, :] = 0.0, 0.0, 0.0
    if name == "removed":
        kept = [region for region in flows.index.unique("region") if region != "reg4"]
        flows, final = flows.loc[kept, kept], final.loc[kept, kept]
    output = (flows.sum(axis=1) + final.sum(axis=1)).to_frame("indout")
    # Buyers keep what they bought; value added takes the difference, as in the table we hold.
    changed = pymrio.IOSystem(Z=flows, Y=final, x=output)
    changed.calc_all()
    return changed


COLUMNS = (
    "table", "order_rule", "overproduction", "psi", "inventory_days", "days", "shares", "start", "length", "recovery",
)  # fmt: skip
CASES = {
    # name: table, order rule, overproduction at most, psi, inventory days, days, shares lost, occurrence, duration, tau
    "alt-over": ("whole", "alt", 1.25, 0.8, 90, 365, STOP, 5, 30, 60),
    "alt-none": ("whole", "alt", 1.0, 0.8, 90, 365, STOP, 5, 30, 60),
    "classic-over": ("whole", "noalt", 1.25, 0.8, 90, 365, STOP, 5, 30, 60),
    "classic-none": ("whole", "noalt", 1.0, 0.8, 90, 365, STOP, 5, 30, 60),
    "alt-zero": ("zero", "alt", 1.25, 0.9, 30, 365, STOP, 5, 60, 60),
    "classic-removed": ("removed", "noalt", 1.25, 0.8, 15, 365, STOP, 5, 60, 60),
    "reference-80-90": ("three", "alt", 1.25, 0.8, 90, 120, HALF, 1, 10, 60),
    "reference-90-90": ("three", "alt", 1.25, 0.9, 90, 120, HALF, 1, 10, 60),
    "reference-80-30": ("three", "alt", 1.25, 0.8, 30, 120, HALF, 1, 10, 60),
    "alt-tiny": ("whole", "alt", 1.25, 0.8, 90, 365, TINY, 5, 30, 60),
    "alt-capital": ("whole", "alt", 1.25, 0.8, 90, 365, "capital", 1, 30, 120),
    "classic-capital": ("whole", "noalt", 1.25, 0.8, 90, 365, "capital", 1, 30, 120),
}
CAPITAL = {"reg1": {"construction": 0.4, "electricity": 0.4, "food": 0.4}}


def run(case: tuple) -> tuple[pd.DataFrame, pd.Series]:
    """Output by day and industry, and base output a day."""
    name, rule, most, psi, cover, days, lost, start, length, tau = case
    model = ARIOPsiModel(
        table(name), order_type=rule, alpha_max=most, psi_param=psi, main_inv_dur=cover, monetary_factor=10**6
    )
    shares = pd.Series(
        {(r, s): value for r, row in (CAPITAL if lost == "capital" else lost).items() for s, value in row.items()}
    )
    shares.index.names = ["region", "sector"]
    sim = Simulation(model, n_temporal_units_to_sim=days)
    timing = {"occurrence": start, "duration": length, "recovery_tau": tau}
    if lost == "capital":
        capital = pd.Series(model.productive_capital, index=model.industries)
        sim.add_event(
            EventKapitalRecover(
                impact=shares * capital.loc[shares.index],
                recovery_function="linear",
                event_monetary_factor=10**6,
                **timing,
            )
        )
    else:
        sim.add_event(EventArbitraryProd(impact=shares, recovery_function="linear", **timing))
    sim.loop()
    assert sim.n_temporal_units_simulated == days, sim.n_temporal_units_simulated
    return sim.production_realised, pd.Series(model.X_0, index=model.industries)


def golden(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {}
    for key, case in CASES.items():
        output, base = run(case)
        frame = output.copy()
        frame.columns = [f"{region}|{sector}" for region, sector in frame.columns]
        frame.to_parquet(folder / f"{key}.parquet", compression="zstd", index=False)
        values = (*case[:6], CAPITAL if case[6] == "capital" else case[6], *case[7:])
        told[key] = dict(zip(COLUMNS, values, strict=True)) | {"capital": case[6] == "capital"}
        lost = float((base - output).to_numpy().sum() / base.sum())
        print(f"{key}: lost {lost:.6f} days of base output, lowest ratio {float((output / base).min().min()):.6f}")
    versions = {name: importlib.metadata.version(name) for name in ("boario", "pymrio", "numpy", "pandas")}
    document = {"made_by": "benchmarks/_boario.py golden", "versions": versions, "cases": told}
    (folder / "cases.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def timed(path: Path, days: int, steps: int, out: Path | None) -> None:
    held = np.load(path)
    regions, sectors = (
        [f"r{k:03d}" for k in range(int(held["regions"]))],
        [f"s{k:03d}" for k in range(int(held["sectors"]))],
    )
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    flows = pd.DataFrame(held["flows"], index=index, columns=index)
    final = pd.DataFrame(
        held["final"],
        index=index,
        columns=pd.MultiIndex.from_product([regions, ["final"]], names=["region", "category"]),
    )
    mriot = pymrio.IOSystem(Z=flows, Y=final, x=pd.DataFrame({"indout": flows.sum(axis=1) + final.sum(axis=1)}))
    mriot.A = pymrio.calc_A(mriot.Z, mriot.x)
    start = time.perf_counter()
    model = ARIOPsiModel(mriot, order_type=str(held["rule"]), main_inv_dur=30)
    sim = Simulation(model, n_temporal_units_to_sim=days)
    lost = pd.Series(held["lost"], index=index)
    sim.add_event(EventArbitraryProd(impact=lost[lost > 0], occurrence=1, duration=60, recovery_tau=60))
    made = time.perf_counter() - start
    ticks, cpu = [], time.process_time()
    for _ in range(steps):
        start = time.perf_counter()
        sim.next_step()
        ticks.append(time.perf_counter() - start)
    if out is not None:
        np.save(out, sim._production_evolution[:steps])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    told = {"made_s": made, "cpu_s": time.process_time() - cpu, "step_s": ticks, "peak_gib": peak}
    print(json.dumps(told))


def looked_through(path: Path) -> None:
    """What pymrio does to look a table through: coefficients and the whole inverse."""
    held = np.load(path)
    flows, final = pd.DataFrame(held["flows"]), held["final"]
    output = held["flows"].sum(axis=1) + final.sum(axis=1)
    start, cpu = time.perf_counter(), time.process_time()
    inverse = pymrio.calc_L(pymrio.calc_A(flows, output))
    inverse.to_numpy() @ final[:, 1]
    told = {"whole_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu}
    print(json.dumps(told | {"peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}))


if __name__ == "__main__":
    if sys.argv[1] == "golden":
        golden(Path(sys.argv[2]))
    elif sys.argv[1] == "look":
        looked_through(Path(sys.argv[2]))
    else:
        timed(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]) if len(sys.argv) > 5 else None)
