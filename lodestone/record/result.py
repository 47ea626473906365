"""A result of a run as a figure: the median and the interval its draws give."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lodestone.record.figure import Figure

LEVELS = (0.05, 0.95)


def result_figure(
    name: str,
    label: str,
    draws: np.ndarray,
    unit: str,
    rule: str,
    origin: Iterable[str],
) -> Figure:
    """A figure with the median of its draws and their 5 to 95 % interval.

    Infinite draws (never within the horizon) count as later than all others; where the median or an
    end is infinite, the figure's value or end is infinite too and printed as such.

    >>> result_figure("run:x", "x", np.arange(101.0), "t", "a count", ()).high
    95.0
    """
    values = np.asarray(draws, dtype=float)
    values = np.sort(values[~np.isnan(values)])
    if len(values) == 0:
        return Figure(name, "result", label, None, None, None, unit, rule, tuple(dict.fromkeys(origin)))
    low, middle, high = (_order(values, level) for level in (LEVELS[0], 0.5, LEVELS[1]))
    return Figure(name, "result", label, middle, low, high, unit, rule, tuple(dict.fromkeys(origin)))


def _order(values: np.ndarray, level: float) -> float:
    """A quantile that interpolates between finite neighbours only."""
    place = level * (len(values) - 1)
    below, above = values[int(np.floor(place))], values[int(np.ceil(place))]
    if not np.isfinite(below) or not np.isfinite(above):
        return float(below if place % 1 < 0.5 else above)
    return float(below + (above - below) * (place % 1))
