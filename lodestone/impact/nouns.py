"""What a shortfall puts at stake: `Impact`, value added by draw and sector, each lost once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Impact:
    """Direct loss of one economy.

    ``value_added`` (sector, draw) in billion USD of 2024 over the horizon, ``value_added_first_year``
    (sector, draw) what of it falls in the first 52 weeks; ``value_added_year`` (sector, draw) is the
    yearly value added of the user sector itself, in the same unit. ``jobs`` (sector, draw) are
    person-years of work lost; NaN where no employment of the industry is published. ``share_lost``
    (sector, draw, week) is the share of the sector's value added not made. ``inputs`` are the numbers
    drawn (draw), by name. ``sectors`` names the rows. ``basis`` has a row each: sector, industry_value_added, low, central,
    high (of the share of the industry that the sector is), fact ids, the employment fact, reason.
    ``industries`` are the published industries the sectors are shares of, and ``makes`` (finished, inputs,
    or blank as in the label table) what they make, a sector each.

    Value added lost over the horizon is output that is not made. It is no forecast of GDP.
    """

    economy: str
    sectors: tuple[str, ...]
    value_added: np.ndarray
    value_added_first_year: np.ndarray
    value_added_year: np.ndarray
    jobs: np.ndarray
    share_lost: np.ndarray
    inputs: dict[str, np.ndarray]
    basis: pd.DataFrame
    industries: tuple[str, ...]
    makes: tuple[str, ...]
