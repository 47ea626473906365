"""The record of every draw of an ensemble: room for it, and what it is reduced to."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence

import numpy as np

from lodestone.executor import map_blocks

ON_DISK = 1_200_000_000  # bytes of record beyond which it is kept in a temporary file
CELL = 4  # bytes of a week of a series of a draw


def record_space(series: int, weeks: int, members: int) -> np.ndarray:
    """Room for every draw (series, week, draw): in memory, or in a temporary file when it is large."""
    shape = (series, weeks, members)
    if CELL * series * weeks * members <= ON_DISK:
        return np.empty(shape, dtype=np.float32)
    with tempfile.NamedTemporaryFile(prefix="lodestone-record-") as handle:
        return np.memmap(handle, dtype=np.float32, mode="w+", shape=shape)


def reduce_draws(
    record: np.ndarray, levels: Sequence[float], threads: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and exact quantiles over draws, a few series at a time."""
    series, weeks, members = record.shape
    mean, sd = np.empty((series, weeks)), np.empty((series, weeks))
    quantiles = np.empty((len(levels), series, weeks))
    place = np.asarray(levels) * (members - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, members - 1)
    weight = (place - below)[:, None]
    ranks = sorted({*below.tolist(), *above.tolist()})

    def reduce_one(one: int) -> None:
        values = np.asarray(record[one], dtype=np.float64)
        mean[one] = values.mean(axis=1)
        sd[one] = values.std(axis=1, ddof=1) if members > 1 else 0.0
        ordered = np.partition(record[one], ranks, axis=1)
        low, high = ordered[:, below].T.astype(np.float64), ordered[:, above].T.astype(np.float64)
        quantiles[:, one] = low + weight * (high - low)

    map_blocks(reduce_one, range(series), threads)
    return mean, sd, quantiles


def digest_of(*arrays: np.ndarray) -> str:
    """SHA-256 of numbers in a fixed order: the same where every bit is."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
