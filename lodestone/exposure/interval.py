"""Rows of an indicator: the point beside the 5 to 95 % of the draws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lodestone.exposure.nouns import EXPOSURE_COLUMNS, Exposure

LEVELS = (0.05, 0.95)
Row = tuple[str, str, str, float, float, float]


def spread(values: np.ndarray) -> tuple[float, float, float]:
    """Point, low and high of an array whose first entry is the point and whose rest are draws.

    NaN draws are left out; without draws, low and high are the point.

    >>> [round(end, 6) for end in spread(np.array([0.5, *np.linspace(0.0, 1.0, 101)]))]
    [0.5, 0.05, 0.95]
    """
    drawn = values[1:] if len(values) > 1 else values
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) == 0:
        return float(values[0]), np.nan, np.nan
    low, high = np.quantile(drawn, LEVELS) if np.isfinite(drawn).all() else _with_infinite(drawn)
    return float(values[0]), float(low), float(high)


def row(elements: str, stage: str, label: str, values: np.ndarray) -> Row:
    """One row of an `Exposure` table.

    >>> row("X", "mine", "ALB", np.array([0.25]))
    ('X', 'mine', 'ALB', 0.25, 0.25, 0.25)
    """
    return (elements, stage, label, *spread(np.asarray(values, float)))


def exposure(
    economy: str, indicator: str, definition: str, unit: str, rows: Iterable[Any], remarks: Iterable[str] = ()
) -> Exposure:
    """An `Exposure` of rows."""
    table = pd.DataFrame(list(rows), columns=list(EXPOSURE_COLUMNS))
    return Exposure(economy, indicator, definition, unit, table, tuple(remarks))


def _with_infinite(drawn: np.ndarray) -> np.ndarray:
    """Quantiles that never mix a finite with an infinite neighbour."""
    return np.asarray(np.quantile(drawn, LEVELS, method="inverted_cdf"))
