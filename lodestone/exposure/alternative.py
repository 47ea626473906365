"""How long until capacity outside one country could meet the need outside it: sites, delays, ramps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.facts.assumptions import Assumption
from lodestone.rng import stream

HORIZON_MONTHS = 180


@dataclass(frozen=True)
class Alternative:
    """Months from a date until sites outside the country meet the need outside it.

    ``months`` (draw,): inf where they never do within 15 years, NaN where no site is listed. ``capacity``
    (month, quantile 5, 50, 95): what the sites deliver together. ``sites`` are the rows counted. [t a year, of the stated unit]
    """

    group: str
    need: float
    months: np.ndarray
    capacity: np.ndarray
    sites: pd.DataFrame


def read_sites(folder: Path, material: str) -> pd.DataFrame:
    """The sites of a material outside its largest maker: site, economy, stage, group, capacity, start, status."""
    table = pd.read_csv(folder / "topology" / material / "sites.csv", keep_default_na=False)
    return table.assign(capacity=table["capacity"].astype(float))


def months_to_alternative(
    sites: pd.DataFrame,
    group: str,
    country: str,
    need: float,
    start: dt.date,
    assumptions: Mapping[str, Assumption],
    draws: int,
    seed: int,
) -> Alternative:
    """Draw the sites' delays, ramps and delivered shares, and find the month their sum meets the need.

    Every economy outside the country is taken to get its part of what the sites deliver; an economy
    that is outbid waits longer, one with offtake of its own less.

    Parameters
    ----------
    need : float
        What users outside the country take a year, in the sites' unit. [t a year]
    start : date
        Month 0.

    Returns
    -------
    Alternative
    """
    chosen = sites[(sites["group"] == group) & (sites["economy"] != country)].reset_index(drop=True)
    month = np.arange(HORIZON_MONTHS + 1)
    delivered = np.zeros((draws, HORIZON_MONTHS + 1))
    ranges = [assumptions[f"site.{name}"] for name in ("delay_months", "ramp_months", "delivered_share")]
    for site in chosen.itertuples():
        year, first = (int(part) for part in str(site.start).split("-"))
        opens = (year - start.year) * 12 + first - start.month
        for draw in range(draws):
            luck = stream(seed, f"site:{site.site}", draw)
            delay, ramp, share = (luck.triangular(a.low, a.central, a.high) for a in ranges)
            if site.status == "operating":
                delay = 0.0
            reached = np.clip((month - opens - delay) / ramp, 0.0, 1.0)
            delivered[draw] += float(site.capacity) * share * reached
    enough = delivered >= need
    months = np.where(enough.any(axis=1), enough.argmax(axis=1).astype(float), np.inf)
    if chosen.empty:
        months = np.full(draws, np.nan)  # no site is listed: nothing is known, which is not "never"
    capacity = np.quantile(delivered, [0.05, 0.5, 0.95], axis=0).T
    return Alternative(group, need, months, capacity, chosen)
