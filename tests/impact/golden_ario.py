"""BoARIO's answers under tests/golden/ario, the tables they were made on, and the shocks as it applies them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.impact.ario import ArioParameters
from lodestone.impact.table import InputOutputTable, make_table

FOLDER = Path(__file__).parent.parent / "golden" / "ario"
CASES: dict[str, dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text("utf-8"))["cases"]
ORDER = {"alt": "alt", "noalt": "classic"}


def peer_table(name: str) -> InputOutputTable:
    """The six-region test table of pymrio, whole or changed, as ``benchmarks/_boario.py`` changes it."""
    import pymrio

    mriot = pymrio.load_test()
    mriot.calc_all()
    if name == "three":
        sectors = ["food", "mining", "manufactoring", "other", "construction", "other", "other", "other"]
        mriot = mriot.aggregate(region_agg=[1, 1, 2, 2, 3, 3], sector_agg=sectors, inplace=False)
        mriot.calc_all()
    flows, final = mriot.Z.copy(), mriot.Y.copy()
    if name == "zero":
        gone = ("reg3", "mining")
        flows.loc[gone, :], flows.loc[:, gone], final.loc[gone, :] = 0.0, 0.0, 0.0
    if name == "removed":
        kept = [region for region in flows.index.unique("region") if region != "reg4"]
        flows, final = flows.loc[kept, kept], final.loc[kept, kept]
    final = final.T.groupby(level=0).sum().T
    return make_table(
        pd.MultiIndex.from_tuples(list(flows.index)),
        flows.to_numpy(),
        final.to_numpy(),
        list(final.columns),
        unit="million USD",
        year=2000,
        source="pymrio test table",
    )


def peer_parameters(case: dict[str, Any]) -> ArioParameters:
    return ArioParameters(
        inventory_days=case["inventory_days"],
        psi=case["psi"],
        restoring_days=60.0,
        overproduction=case["overproduction"],
        overproduction_days=365.0,
        order_rule=ORDER[case["order_rule"]],
        as_boario=True,
    )


def peer_shock(case: dict[str, Any], industries: pd.MultiIndex) -> np.ndarray:
    """Share of capacity lost by day and industry, as BoARIO 0.7.2 applies it.

    A given share acts a day late and is rounded to six digits while it recovers; recovery starts at its
    full size on the day the event ends, and is one day behind.
    """
    first = pd.Series({(r, s): share for r, row in case["shares"].items() for s, share in row.items()})
    base = first.reindex(industries, fill_value=0.0).to_numpy()
    lost = np.zeros((case["days"], len(industries)))
    for now in range(case["days"]):
        day = now if case["capital"] else now - 1
        since = day - 1 - (case["start"] + case["length"])
        if day >= case["start"]:
            left = base * (1.0 - max(since, 0) / case["recovery"])
            lost[now] = np.maximum(left if case["capital"] else np.round(left, 6), 0.0)
    return lost


def peer_output(key: str, industries: pd.MultiIndex) -> np.ndarray:
    """BoARIO's output by day and industry, in our order."""
    held = pd.read_parquet(FOLDER / f"{key}.parquet")
    return held[[f"{region}|{sector}" for region, sector in industries]].to_numpy()
