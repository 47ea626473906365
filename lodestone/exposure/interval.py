"""Rows of an indicator: the median of the draws and their 5 to 95 %."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lodestone.exposure.nouns import EXPOSURE_COLUMNS, Exposure

LEVELS = (0.5, 0.05, 0.95)
Row = tuple[str, str, str, float, float, float]


def spread(values: np.ndarray) -> tuple[float, float, float]:
    """Median, low and high of the draws of an array whose first entry is the point.

    NaN draws are left out; without draws all three are the point. The point itself is not printed: it may lie
    outside the draws (docs/explanation/baseline.md).

    >>> [round(number, 6) for number in spread(np.array([0.9, *np.linspace(0.0, 1.0, 101)]))]
    [0.5, 0.05, 0.95]
    """
    drawn = _drawn(values)
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) == 0:
        return np.nan, np.nan, np.nan
    middle, low, high = np.quantile(drawn, LEVELS) if np.isfinite(drawn).all() else _with_infinite(drawn)
    return float(middle), float(low), float(high)


def middle(values: np.ndarray) -> np.ndarray:
    """Median over the draws of each column of (member, column), by which rows are put in order; 0 where none has one.

    >>> middle(np.array([[0.9, 0.1], [0.2, np.nan], [0.4, np.nan]])).round(6).tolist()
    [0.3, 0.0]
    """
    drawn = _drawn(values)
    held = np.where(np.isnan(drawn).all(axis=0), 0.0, drawn)
    return np.asarray(np.nanmedian(held, axis=0))


def _drawn(values: np.ndarray) -> np.ndarray:
    return values[1:] if len(values) > 1 else values


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
