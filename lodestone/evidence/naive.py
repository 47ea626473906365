"""What anyone could have said on the day without a model: the forecasts a model must beat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lodestone.evidence.observations import Observations
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.licence_terms import uninformed_terms
from lodestone.simulate.luck import Luck

MONTHS = 12
LEAST_MONTHS = 6  # of a year without a published total, for its mean
YEARS_BACK = 3
NAIVE = ("persistence", "seasonal", "cut")
NAMES = {"persistence": "persistence", "seasonal": "seasonal naive", "cut": "cut to the licence share"}


def known_by(table: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The months of a table that end before a date's month and were out by the date."""
    return table[(table["known_from"] <= pd.Timestamp(as_of)) & (table["month"] < f"{as_of:%Y-%m}")]


def mean_month(seen: Observations, line: str, destination: str, as_of: dt.date) -> float:
    """The mean month of the calendar year before a date, by what was out on the date. [t gross]

    The year's published total over twelve, else the mean of its months if at least ``LEAST_MONTHS`` are out;
    NaN where neither is.
    """
    year = str(as_of.year - 1)
    for table, per, least in ((seen.years, MONTHS, 1), (seen.months, 1, LEAST_MONTHS)):
        rows = known_by(_of(table, line, destination), as_of)
        rows = rows[rows["month"].str.startswith(year)]
        if len(rows) >= least:
            return float(rows["value"].mean()) / per
    return float("nan")


def persistence(seen: Observations, line: str, destination: str, as_of: dt.date) -> float:
    """The last month that was out on the date; NaN where none was. [t gross]"""
    rows = known_by(_of(seen.months, line, destination), as_of).sort_values("month")
    return float(rows["value"].iloc[-1]) if len(rows) else float("nan")


def seasonal(seen: Observations, line: str, destination: str, month: str, as_of: dt.date) -> float:
    """The same month of the latest earlier year that was out on the date; NaN where none was. [t gross]"""
    rows = known_by(_of(seen.months, line, destination), as_of).set_index("month")["value"]
    for back in range(1, YEARS_BACK + 1):
        before = f"{int(month[:4]) - back}{month[4:]}"
        if before in rows.index:
            return float(rows[before])
    return float("nan")


def licence_share(assumptions: Mapping[str, Assumption], members: int, seed: int) -> np.ndarray:
    """Draws of the share of tonnes a new licence lets through, by the uninformed prior: approvals times their tonnes."""
    terms = uninformed_terms(assumptions)
    shares = np.empty(members)
    for member in range(members):
        luck = Luck(seed, member)
        approved = luck.range("backtest.approved", terms.share_applications_approved)
        shares[member] = approved * luck.range("backtest.tonnes", terms.share_tonnes_of_approved)
    return shares


def _of(table: pd.DataFrame, line: str, destination: str) -> pd.DataFrame:
    return table[(table["line"] == line) & (table["destination"] == destination)]
