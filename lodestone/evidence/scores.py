"""Scores of a distribution against what was seen: CRPS, interval score, coverage, differences with a block bootstrap.

All are in the unit of the figure scored, and smaller is better. They are pure functions of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from lodestone.errors import LabelError
from lodestone.rng import stream

LEVEL = 0.9  # of every interval of a score
RESAMPLES = 4000
TOO_NARROW, NOT_WRONG, TOO_WIDE = "too narrow", "not shown to be wrong", "too wide"
LEAST_BLOCKS = 6  # fewer blocks than this say too little about a mean to claim anything


def crps_ensemble(members: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of equally likely members [1]_; of a single member, the absolute error.

    The mean distance of the members to what was seen, less half their mean distance to each other.

    Parameters
    ----------
    members : ndarray (cell, member)
    observed : ndarray (cell,)

    Returns
    -------
    ndarray (cell,)
        In the unit of ``observed``.

    Examples
    --------
    >>> crps_ensemble(np.array([[0.0, 2.0], [3.0, 3.0]]), np.array([1.0, 5.0])).tolist()  # 1 - 2/4, 2
    [0.5, 2.0]

    References
    ----------
    .. [1] T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation",
       J. Am. Stat. Assoc., vol. 102, no. 477, pp. 359-378, 2007, eq. 21.
    """
    ordered = np.sort(members, axis=1)
    count = ordered.shape[1]
    weight = (2.0 * np.arange(1, count + 1) - count - 1.0) / count**2
    return np.abs(ordered - observed[:, None]).mean(axis=1) - ordered @ weight


def interval_score(low: np.ndarray, high: np.ndarray, observed: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Width of a central interval, and ``2 / (1 - level)`` times how far what was seen lies outside [1]_.

    >>> interval_score(np.array([0.0, 0.0]), np.array([4.0, 4.0]), np.array([1.0, 5.0]), 0.5).tolist()
    [4.0, 8.0]

    References
    ----------
    .. [1] Gneiting and Raftery 2007 (see `crps_ensemble`), eq. 43.
    """
    outside = np.maximum(low - observed, 0.0) + np.maximum(observed - high, 0.0)
    return high - low + 2.0 / (1.0 - level) * outside


def coverage(inside: np.ndarray) -> tuple[float, float, float]:
    """The share of cells inside their interval, and its exact binomial 95 % interval (Clopper and Pearson).

    The interval takes the cells as independent. Raises LabelError for no cell.

    >>> [round(number, 3) for number in coverage(np.array([True] * 9 + [False]))]
    [0.9, 0.555, 0.997]
    """
    if not inside.size:
        raise LabelError("no cell is scored, so no coverage can be given. Take a file or a date with more months.")
    found = binomtest(int(inside.sum()), inside.size).proportion_ci(0.95, method="exact")
    return float(inside.mean()), float(found.low), float(found.high)


def band_verdict(low: float, high: float, level: float = LEVEL) -> str:
    """What the interval of a coverage says of bands that should hold a share ``level`` of the cells.

    >>> band_verdict(0.03, 0.4), band_verdict(0.55, 0.997)
    ('too narrow', 'not shown to be wrong')
    """
    return TOO_NARROW if high < level else NOT_WRONG if low <= level else TOO_WIDE


@dataclass(frozen=True)
class Difference:
    """Mean difference of two scores over the same cells, with a bootstrap interval of 95 %, and of how many blocks."""

    mean: float
    low: float
    high: float
    cells: int
    blocks: int

    @property
    def verdict(self) -> str:
        """What may be said of ours less theirs: skill only where the interval excludes zero, with enough blocks."""
        if self.blocks < LEAST_BLOCKS:
            return "too few months to claim anything"
        return "skill" if self.high < 0.0 else "worse" if self.low > 0.0 else "no skill claimed"


def block_bootstrap(difference: np.ndarray, month: np.ndarray, seed: int = 1) -> Difference:
    """The mean of paired differences, with an interval from circular blocks of months [1]_.

    Cells of one month stay together, and blocks are as long as the cube root of the number of months.

    Parameters
    ----------
    difference : ndarray (cell,)
        Our score less the other's on the same cell.
    month : ndarray (cell,)
        A label each cell's month sorts by.

    Examples
    --------
    >>> found = block_bootstrap(np.array([-2.0, -1.0] * 8), np.arange(16))
    >>> found.mean, found.high < 0, found.blocks, found.verdict
    (-1.5, True, 6, 'skill')

    References
    ----------
    .. [1] D. N. Politis and J. P. Romano, "A circular block-resampling procedure for stationary data", in
       Exploring the Limits of Bootstrap, Wiley, 1992, pp. 263-270.
    """
    if not difference.size:
        raise LabelError("no cell has both scores, so there is no difference. Take a file with more months.")
    _, place = np.unique(month, return_inverse=True)
    months = int(place.max()) + 1
    total, count = np.bincount(place, difference, months), np.bincount(place, minlength=months)
    length = max(1, round(months ** (1.0 / 3.0)))
    drawn = -(-months // length)
    start = stream(seed, "backtest.blocks").integers(months, size=(RESAMPLES, drawn))
    taken = (start[:, :, None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :months] % months
    means = total[taken].sum(axis=1) / count[taken].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(float(difference.mean()), float(low), float(high), difference.size, -(-months // length))
