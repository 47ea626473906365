"""A member's programme made smaller, exactly: what bounds alone decide, and columns that follow from others."""

from __future__ import annotations

from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.substitute import substituted
from lodestone.coordinate.tighten import tightened

MOST_ROUNDS = 6  # each finds what the one before laid bare


def made_small(block: Block) -> Block:
    """The same programme with fewer rows and columns.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Block
        With the same least cost for every choice of what meets the others.
    """
    small = tightened(block)
    for _ in range(MOST_ROUNDS):
        size = small.matrix.shape
        small = tightened(substituted(small))
        if small.matrix.shape == size:
            break
    return small
