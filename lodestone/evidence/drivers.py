"""What drives the spread of a result: rank-regression shares on a run's own draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True)
class Drivers:
    """``names`` by falling share; ``share`` of the explained rank variance (they sum to ``r2``); ``sign``.

    ``r2`` is the share of the result's rank variance the regression explains; what is left is
    interaction and non-monotone effect, or inputs not listed.
    """

    names: tuple[str, ...]
    share: np.ndarray
    sign: np.ndarray
    r2: float
    draws: int


def rank_drivers(result: np.ndarray, inputs: Mapping[str, np.ndarray], most: int = 12) -> Drivers:
    """Regress the ranks of a result on the ranks of its inputs, adding inputs while they help.

    Inputs enter one at a time, the largest gain in R2 first, until ``most`` are in or the gain falls
    below what chance gives one useless input (5 % of the remaining variance over the degrees of
    freedom, by an F test at 1 %). The share of an input is its gain when it entered.

    Parameters
    ----------
    result : array (draw,)
    inputs : mapping of array (draw,)
        Constant inputs are left out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.random(500), rng.random(500)
    >>> found = rank_drivers(3 * a + 0.5 * b, {"a": a, "b": b, "noise": rng.random(500)})
    >>> found.names[:2], bool(found.share[0] > 0.9), bool(found.r2 > 0.95)
    (('a', 'b'), True, True)
    """
    count = len(result)
    y = _standard(rankdata(result))
    columns = {name: _standard(rankdata(x)) for name, x in inputs.items() if np.ptp(x) > 0}
    if not np.ptp(result) > 0 or not columns:
        return Drivers((), np.zeros(0), np.zeros(0), 0.0, count)
    residual, basis = y.copy(), np.zeros((count, 0))
    total = float(y @ y)
    chosen: list[tuple[str, float, float]] = []
    left = {name: x.copy() for name, x in columns.items()}
    while left and len(chosen) < most:
        gains = {name: _gain(x, residual) for name, x in left.items()}
        name = max(gains, key=lambda key: (gains[key], key))
        free = count - len(chosen) - 2
        if gains[name] * free < 6.64 * (float(residual @ residual) - gains[name]):  # F(1, large) at 1 %
            break
        direction = left.pop(name)
        direction = direction / np.linalg.norm(direction)
        chosen.append((name, gains[name] / total, float(np.sign(columns[name] @ y))))
        residual = residual - (residual @ direction) * direction
        basis = np.column_stack([basis, direction])
        left = {key: x - (x @ direction) * direction for key, x in left.items()}
    names = tuple(name for name, _, _ in chosen)
    share = np.array([gain for _, gain, _ in chosen])
    return Drivers(names, share, np.array([sign for _, _, sign in chosen]), float(share.sum()), count)


def _standard(x: np.ndarray) -> np.ndarray:
    centred = x - x.mean()
    return centred / np.linalg.norm(centred) if np.ptp(x) > 0 else centred


def _gain(x: np.ndarray, residual: np.ndarray) -> float:
    size = float(x @ x)
    return float(x @ residual) ** 2 / size if size > 1e-12 else 0.0
