"""What a shortfall puts at stake: `Impact`, value added by draw and sector, each lost once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Impact:
    """Direct loss of one economy.

    ``value_added`` (sector, draw) in billion USD of 2024 over the horizon; ``value_added_year``
    (sector, draw) is the yearly value added of the user sector itself, in the same unit. ``sectors``
    names the rows. ``basis`` has a row each: sector, industry_value_added, low, central, high (of the
    share of the industry that the sector is), fact ids, reason.
    """

    economy: str
    sectors: tuple[str, ...]
    value_added: np.ndarray
    value_added_year: np.ndarray
    basis: pd.DataFrame
