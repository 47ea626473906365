"""Published checks of the propagation: a reference run of another program, day by day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from lodestone.impact.ario import DAYS_A_YEAR, ArioParameters, run_plain, set_up
from lodestone.impact.ario_kernel import factor, run_factored
from lodestone.impact.table import InputOutputTable
from lodestone.impact.user_table import from_pymrio

NAME = re.compile(r"(?P<what>.+), psi (?P<psi>[\d.]+), (?P<stock>\d+) days, day (?P<day>\d+)")


def ario_reference(folder: Path) -> dict[str, float]:
    """Output over base output, of the world and of the industry that loses capacity, on the days named.

    Computed by the equations as written and by the compiled form a brief calls, which leaves one habit of
    the program out; the one that is further off is reported.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = ario_reference(data_folder() / "checks" / "ario")
    >>> round(figures["world output, psi 0.8, 90 days, day 2"], 6)
    0.912628
    """
    run = yaml.safe_load((folder / "run.yaml").read_text("utf-8"))
    table = _reference_table(run)
    hit = int(table.industries.get_loc((run["shock"]["region"], run["shock"]["sector"])))
    lost = np.zeros((run["days"], len(table.industries)))
    lost[:, hit] = _capacity_lost(run["shock"], run["days"])
    wanted = pd.read_csv(folder / "expected.csv")
    paths: dict[tuple[str, str], list[np.ndarray]] = {}
    figures = {}
    for name, published in zip(wanted["name"], wanted["published"], strict=True):
        asked = NAME.fullmatch(name)
        assert asked is not None, name
        key = (asked["psi"], asked["stock"])
        if key not in paths:
            paths[key] = _outputs(table, run, float(key[0]), float(key[1]), lost, hit)
        rows = [hit] if asked["what"] == "shocked industry" else list(range(len(table.industries)))
        base = table.output[rows].sum() / DAYS_A_YEAR
        found = [float(path[int(asked["day"]), rows].sum() / base) for path in paths[key]]
        figures[name] = max(found, key=lambda value: abs(value - published))
    return figures


def _outputs(
    table: InputOutputTable, run: Mapping[str, Any], psi: float, stock: float, lost: np.ndarray, hit: int
) -> list[np.ndarray]:
    """Output a day (day, industry), by the plain and by the compiled form."""
    usual = ArioParameters(
        stock, psi, run["restoring_days"], run["overproduction"], run["overproduction_days"],
        order_rule=run["order_rule"], as_boario=True,
    )  # fmt: skip
    economy = set_up(table, usual)
    plain, _ = run_plain(economy, usual, lost)
    compiled = run_factored(factor(economy, usual), usual, np.array([hit]), lost[:, [hit], None], 1)[:, :, 0]
    return [plain, compiled]


def _reference_table(run: Mapping[str, Any]) -> InputOutputTable:
    import pymrio

    system = pymrio.load_test()
    system.calc_all()
    system = system.aggregate(region_agg=run["regions"], sector_agg=run["sectors"], inplace=False)
    return from_pymrio(system.calc_all(), run["year"], "pymrio's test table")


def _capacity_lost(shock: Mapping[str, Any], days: int) -> np.ndarray:
    day = np.arange(days) - 1
    since = np.maximum(day - 1 - (shock["start"] + shock["length"]), 0)
    left = np.round(shock["share"] * (1.0 - since / shock["recovery"]), 6)
    return np.where(day >= shock["start"], np.maximum(left, 0.0), 0.0)
