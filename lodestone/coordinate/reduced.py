"""The reduced form of the planner for several members: their trimmed programmes, with what each may hold for the others.

A member may hold what it does not need itself, since what it may hold goes by its own use and not by who needs it. So all that any
member buys in a trial plan may first be held by each; what none then buys alone, in any pair or all together
is dropped again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lodestone.coordinate.block import TAKEN, loaded
from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.pool_columns import in_pool, pooled_keys
from lodestone.coordinate.small import made_small
from lodestone.coordinate.stack import Mechanisms, stack_of
from lodestone.coordinate.unity import SAME, set_table, together
from lodestone.respond.home import Home
from lodestone.respond.options import Options, Terms
from lodestone.respond.outlook import Outlook

Part = tuple[Home, Options, Terms, Outlook]  # what a member's programme is written from
ALL = Mechanisms(True, True, True, True)


def reduced_blocks(parts: Sequence[Part], shared: Mapping[str, float], rank: np.ndarray) -> tuple[Block, ...]:
    """Trimmed programmes of all members.

    Parameters
    ----------
    parts : sequence of (Home, Options, Terms, Outlook)
        On trees with the same labels.
    shared : mapping of float by lever
        Projects of which there is one for all. [t a year]
    rank : array (member,)
        Who acts alone first: the member with the largest.

    Returns
    -------
    tuple of Block
    """
    trimmers = [loaded(*part) for part in parts]
    every = sorted(set().union(*(one.tried.bought for one in trimmers)))
    wide = set_table(stack_of([one.block(every, every) for one in trimmers], shared), rank)
    bought = wide.takes.buys.copy()
    for mask in {*_pairs(len(parts)), (1 << len(parts)) - 1}:
        bought = np.maximum(bought, together(wide, mask, ALL, SAME).takes.buys)
    stocks = [
        {key[0] for key, tonnes in zip(wide.stack.purchases.index, row, strict=True) if tonnes > TAKEN}
        for row in bought
    ]
    some = set().union(*stocks)
    blocks = [one.block(stocks[i], some) for i, one in enumerate(trimmers)]
    keys = pooled_keys(blocks)
    return tuple(made_small(in_pool(block, keys)) for block in blocks)


def _pairs(count: int) -> list[int]:
    return [1 << i | 1 << j for i in range(count) for j in range(i)]
