"""Tasks that workers find by name."""

from __future__ import annotations

import time

import numpy as np

from lodestone.errors import Fault, Faults
from lodestone.rng import stream


def slow_draw(seed: int, key: int) -> float:
    time.sleep(0.05)
    return float(stream(seed, "task", key).random(1000).sum())


def refused(seed: int, key: int) -> float:
    raise Faults([Fault("levers.csv", key, None, "no number", "Write one."), Fault("b.csv", 2, None, "no", "Mend it.")])


def broken(seed: int, key: int) -> float:
    return 1.0 / (np.int64(key).item() - key)


def missing(seed: int, key: int) -> str:
    with open(f"/no/such/folder/{seed}-{key}") as file:
        return file.read()
