"""What a shortfall puts at stake: `Impact`, value added and jobs by draw and sector, each lost once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Impact:
    """Direct loss of one economy.

    ``value_added`` (sector, draw) in billion USD of 2024 over the horizon; ``value_added_year``
    (sector, draw) is the yearly value added of the user sector itself; ``jobs_at_stake`` (sector,) is
    the employment of the sectors that stop at least once in the median draw, NaN where no fact is
    known. ``sectors`` names the rows. ``basis`` has a row each: sector, fact ids, share low, central,
    high, reason.
    """

    economy: str
    sectors: tuple[str, ...]
    value_added: np.ndarray
    value_added_year: np.ndarray
    basis: pd.DataFrame
