"""Random numbers by name: each source of luck has its own stream, and any member stands alone.

Philox is counter-based: its key is derived from (seed, stream name, member), so adding a source does
not move the others, and any member can be drawn by itself on any worker.
"""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, name: str, member: int = 0) -> np.random.Generator:
    """The stream of one named source for one member of a run.

    Parameters
    ----------
    seed : int
        The run's seed.
    name : str
        The source's name; a name is never used for two sources.
    member : int
        Which draw.

    Examples
    --------
    >>> float(generator(1, "transit", 7).random()) == float(generator(1, "transit", 7).random())
    True
    >>> float(generator(1, "transit", 7).random()) == float(generator(1, "cover", 7).random())
    False
    """
    key = hashlib.sha256(f"{seed}\x1f{name}\x1f{member}".encode()).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
