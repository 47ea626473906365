"""Random streams that can be drawn alone: one for each seed, name and member.

Each uncertain input draws from the stream of its own name, so adding one does not change the luck of
the others, and two policies meet the same luck. Philox is counter-based: member 731 needs none of the
members before it, on whichever worker it is drawn.
"""

from __future__ import annotations

import hashlib

import numpy as np

from lodestone.errors import ScenarioError


def stream(seed: int, name: str, member: int = 0) -> np.random.Generator:
    """The generator of one member of one named stream.

    The key of Philox4x64 [1]_ is (blake2b of seed and name, member): streams of different names are
    independent, and members of one stream never share a key.

    Parameters
    ----------
    seed : int
        The run's seed, 0 or more.
    name : str
        What is drawn, e.g. "licence.review_weeks". Part of the result: renaming redraws.
    member : int
        Which member of the ensemble, 0 or more.

    Returns
    -------
    numpy.random.Generator
        At the start of its stream; the same arguments give the same numbers on any machine.

    Raises
    ------
    ScenarioError
        If ``seed`` or ``member`` is negative, or past 64 bits.

    Examples
    --------
    >>> stream(1, "cover", member=7).integers(100, size=4).tolist()
    [88, 13, 43, 88]
    >>> stream(1, "cover", member=7).random() == stream(1, "delay", member=7).random()
    False

    References
    ----------
    .. [1] J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC '11, 2011.
    """
    for word, value in (("seed", seed), ("member", member)):
        if not 0 <= value < 2**64:
            raise ScenarioError(f"{word} {value} is not between 0 and 2^64 - 1. Give a whole number of 0 or more.")
    digest = hashlib.blake2b(f"{int(seed)}\x1f{name}".encode(), digest_size=8).digest()
    key = np.array([int.from_bytes(digest, "little"), int(member)], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))
