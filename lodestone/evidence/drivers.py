"""What drives the spread of a result: first-order Sobol indices from a run's own draws, which cost no further run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lodestone.simulate.luck import NETWORK

HARMONICS = 4  # follows what turns up to twice over an input's range; more of them add noise
RESAMPLES = 100
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Drivers:
    """Inputs that alone explain some of a result's variance, told from chance, by falling share.

    ``share`` is the first-order Sobol index: the part of the variance that would go, on average, if the input
    were known. ``conf`` is half the width of its 95 % interval; ``explained`` the sum of the shares, the inputs
    being independent. What is left is what inputs do together, and inputs too weak for this many draws.
    """

    names: tuple[str, ...]
    share: np.ndarray
    conf: np.ndarray
    explained: float


def find_drivers(
    result: np.ndarray, inputs: Mapping[str, np.ndarray], network_draw: np.ndarray, seed: int, most: int = 12
) -> Drivers:
    """First-order indices of a result by SALib's RBD-FAST on given data [1]_, of the network by its draws.

    Members are put in the order of an input; the part of the result's variance that then lies in the first
    harmonics is the input's, corrected for bias [2]_. Only inputs whose interval lies above zero are kept. SALib
    resamples half of the members, so its intervals err on the wide side.

    Parameters
    ----------
    result : array (draw,)
    inputs : mapping of array (draw,)
        Independent of each other. Constant ones are left out.
    network_draw : array (draw,) of int
        The baseline's draw each member ran on; its share is called ``network``.
    seed : int
        Of the resampling behind the intervals.
    most : int
        Inputs kept at most, beside the network.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b, noise = rng.random((3, 500))
    >>> found = find_drivers(3 * a + b, {"a": a, "b": b, "noise": noise}, np.arange(500) % 50, seed=1)
    >>> found.names, found.share.round(1).tolist()
    (('a', 'b'), [0.9, 0.1])

    References
    ----------
    .. [1] E. Plischke, Reliability Engineering & System Safety 95(4), 2010, doi:10.1016/j.ress.2009.11.005.
    .. [2] J.-Y. Tissot and C. Prieur, Reliability Engineering & System Safety 107, 2012,
       doi:10.1016/j.ress.2012.06.010.
    """
    moving = [name for name, values in inputs.items() if np.ptp(values) > 0]
    if not np.ptp(result) > 0 or len(result) // 2 <= 2 * HARMONICS:  # half of the members are resampled
        return Drivers((), np.zeros(0), np.zeros(0), 0.0)
    matrix = np.column_stack([inputs[name] for name in moving]) if moving else np.zeros((len(result), 0))
    share, _ = _given_data(matrix, result, seed, resamples=2)
    leading = np.argsort(-share, kind="stable")[:most]
    share, conf = _given_data(matrix[:, leading], result, seed, RESAMPLES)
    of_network = share_of_groups(result, network_draw, seed)
    found = [(moving[at], *pair) for at, *pair in zip(leading, share, conf, strict=True)] + [(NETWORK, *of_network)]
    kept = sorted((row for row in found if row[1] > row[2]), key=lambda row: -row[1])
    names, alone, widths = zip(*kept, strict=True) if kept else ((), (), ())
    return Drivers(tuple(names), np.array(alone), np.array(widths), float(sum(alone)))


def share_of_groups(result: np.ndarray, group: np.ndarray, seed: int) -> tuple[float, float]:
    """Share of a result's variance that lies between groups, and half the width of its 95 % interval.

    The first-order index of an input with unordered values, by analysis of variance with random effects; the
    interval resamples groups. It may fall below 0 by chance.

    Parameters
    ----------
    result : array (draw,)
    group : array (draw,) of int
    seed : int

    Returns
    -------
    share, conf : float
        NaN where no group has two members, or there are fewer than two groups. [fraction of variance]

    Examples
    --------
    >>> share, conf = share_of_groups(np.array([1.0, 1.2, 5.0, 5.2, 9.0, 9.2]), np.array([0, 0, 1, 1, 2, 2]), seed=1)
    >>> round(share, 3)
    0.999
    """
    _, place = np.unique(group, return_inverse=True)
    size = np.bincount(place)
    if len(size) < 2 or size.max() < 2:
        return float("nan"), float("nan")
    mean = np.bincount(place, result) / size
    within = np.bincount(place, (result - mean[place]) ** 2)
    picks = np.random.default_rng(seed).integers(len(size), size=(RESAMPLES, len(size)))
    again = _between(size[picks], mean[picks], within[picks])
    return float(_between(size, mean, within)), float(NORMAL_95 * np.nanstd(again, ddof=1))


def _between(size: np.ndarray, mean: np.ndarray, within: np.ndarray) -> np.ndarray:
    """The share between groups of each row: their sizes, means and sums of squares within (..., group)."""
    groups, members = size.shape[-1], size.sum(-1)
    overall = (size * mean).sum(-1, keepdims=True) / members[..., None]
    between = (size * (mean - overall) ** 2).sum(-1) / (groups - 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample of single members has no variance within
        inside = within.sum(-1) / (members - groups)
        effect = (between - inside) * (groups - 1) / (members - (size**2).sum(-1) / members)
        return effect / (effect + inside)


def _given_data(matrix: np.ndarray, result: np.ndarray, seed: int, resamples: int) -> tuple[np.ndarray, np.ndarray]:
    """SALib's indices of the columns of a matrix (draw, input), and half the widths of their intervals."""
    from SALib.analyze import rbd_fast  # brings a plotting library with it: half a second

    count = matrix.shape[1]
    problem = {"num_vars": count, "names": [str(k) for k in range(count)], "bounds": [[0.0, 1.0]] * count}
    found = rbd_fast.analyze(problem, matrix, result, M=HARMONICS, num_resamples=resamples, seed=seed + 1)
    return np.array(found["S1"], float), np.array(found["S1_conf"], float)
