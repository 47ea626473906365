"""A maker in Alba, a user in Bora, one product: 520 t a year, so ten tonnes a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import NODE_COLUMNS, TRADE_COLUMNS, Network
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import build_setting, run_one
from lodestone.simulate.nouns import Range
from lodestone.simulate.state import Run

STILL = frozenset({"switching", "thrift", "substitution", "spare", "reserves", "price", "supply_response", "failures"})
PINS: dict[str, str | float] = {
    "cover_weeks": 4.0,
    "transit_weeks": 2.0,
    "pool_cover_weeks": 100.0,  # the maker's stock never runs out
    "reorder_weeks": 1e12,  # buyers order what they use, ten tonnes a week, and close no gap
    "*": "central",
}
TERMS = {
    "review_weeks": 3.0,
    "share_applications_approved": 1.0,
    "share_tonnes_of_approved": 1.0,
    "share_returned": 0.0,
    "lot_weeks": 1.0,
    "valid_weeks": 1e9,
    "review_capacity": 100.0,
    "ramp_weeks": 1.0,
}


def two_nodes() -> Network:
    """One row a table; the maker's capacity is far above its output."""
    node = ("sd", "low", "high"), (1.0, 1.0, 1.0)
    rows = [
        ("make@ALB", "process", "make", "magnet", "ALB", 520.0, 5200.0, *node[1], "observed", "cell:make"),
        ("motors@BOR", "use", "motors", "use", "BOR", 1.0, np.inf, *node[1], "observed", "cell:use"),
    ]
    return Network(
        material="toy",
        year=2024,
        known=dt.date(2025, 1, 31),
        prior="proportional",
        products=pd.DataFrame(
            [("magnet", "toy", "magnet", "magnet", "magnet", "850511", 0.5, np.nan)],
            columns=["product", "material", "kind", "stage", "form", "hs", "content", "unit_value"],
        ),
        composition=xr.DataArray(
            [[1.0]], dims=("product", "element"), coords={"product": ["magnet"], "element": ["heavy"]}
        ),
        nodes=pd.DataFrame(rows, columns=list(NODE_COLUMNS)),
        inputs=pd.DataFrame(
            [("motors@BOR", "magnet", 520.0, True, "")],
            columns=["node", "product", "coefficient", "essential", "figure"],
        ),
        outputs=pd.DataFrame([("make@ALB", "magnet", 1.0, "")], columns=["node", "product", "coefficient", "figure"]),
        trade=pd.DataFrame(
            [("magnet", "ALB", "BOR", 520.0, 1.0, 1.0, 1.0, "prior", "cell:trade")], columns=list(TRADE_COLUMNS)
        ),
        stock_change=pd.DataFrame(columns=["product", "economy", "change", "sd", "figure"]),
        checksum="toy",
    )


def fixed(value: float) -> Range:
    return Range(value, value, value, "fixed")


def control(kind: str, first: int, last: int, ranges: Mapping[str, float], name: str = "ACT") -> Control:
    row = np.array([0])
    given = {key: fixed(value) for key, value in ranges.items()}
    return Control(f"{name}:{kind}", kind, row, np.ones(1), first, last, given, "toy")


def licence(first: int = 0, last: int = 999, name: str = "ACT", **changes: float) -> Control:
    return control("licence", first, last, {**TERMS, **changes}, name)


def run(*controls: Control, weeks: int, pins: Mapping[str, str | float] | None = None, oracle: bool = False) -> Run:
    """One member; the last row of its record is what crossed the border. [t a week]"""
    watch = pd.DataFrame({"series": ["magnets"], "trade_row": [0], "weight": [1.0]})
    setting = build_setting(
        two_nodes(), None, Controls(tuple(controls), ()), read_assumptions(data_folder()), weeks=weeks,
        watch=watch, pin={**PINS, **(pins or {})}, without=STILL,
    )  # fmt: skip
    return run_one(setting, 0, oracle)[0]


def crossed(*controls: Control, weeks: int, **more: object) -> list[float]:
    """Tonnes that crossed each week, the same compiled and plain."""
    fast, plain = (run(*controls, weeks=weeks, oracle=oracle, **more) for oracle in (False, True))  # type: ignore[arg-type]
    np.testing.assert_allclose(fast.record, plain.record, rtol=1e-9, atol=1e-9)
    return [round(float(value), 6) for value in fast.record[-1]]
