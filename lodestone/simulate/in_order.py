"""Arithmetic that rounds as the compiled step does: sums in the order of their terms, the C library's functions.

NumPy adds in pairs and has its own exp, log and power, all good to the last digit or so; the step magnifies
the last digit, so the plain step must not use them where the compiled one cannot.
"""

from __future__ import annotations

import math

import numpy as np


def added(values: np.ndarray) -> float:
    """The sum of some numbers, first to last; 0 for none.

    >>> added(np.array([1e16, 1.0, -1e16]))
    0.0
    """
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def exp(values: np.ndarray) -> np.ndarray:
    """e to each value."""
    return np.array([math.exp(value) for value in values])


def log(values: np.ndarray) -> np.ndarray:
    """The natural logarithm of each value, which is above 0."""
    return np.array([math.log(value) for value in values])


def power(values: np.ndarray, exponent: float) -> np.ndarray:
    """Each value, 0 or more, to one exponent.

    >>> power(np.array([4.0, 9.0]), 0.5).tolist()
    [2.0, 3.0]
    """
    return np.array([math.pow(value, exponent) for value in values])
