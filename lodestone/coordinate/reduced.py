"""The reduced form of the planner for several members: their trimmed programmes, with what each may hold for the others.

A member may hold what it does not need itself, since what it may hold goes by its own use and not by who needs it. So all that any
member buys in a trial plan may first be held by each; what none then buys alone, in any pair or three or all together
is dropped again. Where several could hold a product at the same cost, who buys it alone does, else who acts first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lodestone.coordinate.block import TAKEN, loaded
from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.pool_columns import in_pool, pooled_keys
from lodestone.coordinate.small import made_small
from lodestone.coordinate.stack import Mechanisms, stack_of
from lodestone.coordinate.unity import SAME, gray_code, set_table, together
from lodestone.respond.home import Home
from lodestone.respond.options import Options, Terms
from lodestone.respond.outlook import Outlook

Part = tuple[Home, Options, Terms, Outlook]  # what a member's programme is written from
ALL = Mechanisms(True, True, True, True)
FEW = 3  # members of coalitions that are asked what they would hold
DEARER = 1e-3  # share by which a stock costs more to who does not buy it alone


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
    stocks = stocks_of([one.block(every, every) for one in trimmers], shared, rank)
    some = set().union(*stocks)
    blocks = [one.block(own, some) for one, own in zip(trimmers, stocks, strict=True)]
    keys = pooled_keys(blocks)
    return tuple(made_small(in_pool(block, keys)) for block in blocks)


def stocks_of(blocks: Sequence[Block], shared: Mapping[str, float], rank: np.ndarray) -> list[set[str]]:
    """The stocks that each member buys alone, in some small coalition or with all.

    Parameters
    ----------
    blocks : sequence of Block
        With all that any may hold.
    shared : mapping of float by lever
    rank : array (member,)

    Returns
    -------
    list of set of str
        By member.
    """
    wide = set_table(stack_of(blocks, shared), rank)
    bought = wide.takes.buys.copy()
    kinds = [key[0] for key in wide.stack.purchases.index]
    turn = {member: place for place, member in enumerate(wide.order, 1)}
    dear = [_dearer(block, _kinds(kinds, bought[i]), DEARER * turn[i] / len(blocks)) for i, block in enumerate(blocks)]
    table = replace(wide, stack=stack_of(dear, shared))
    whole = (1 << len(blocks)) - 1
    for mask in gray_code(len(blocks)):
        if 1 < mask.bit_count() <= FEW or mask == whole:
            bought = np.maximum(bought, together(table, mask, ALL, SAME).takes.buys)
    return [_kinds(kinds, row) for row in bought]


def _dearer(block: Block, own: set[str], share: float) -> Block:
    """A block in which stocks that its member does not buy alone cost a share more."""
    cost = block.cost.copy()
    for key, column in block.buys.items():
        if key[0] not in own:
            cost[column] *= 1.0 + share
    return replace(block, cost=cost)


def _kinds(kinds: Sequence[str], bought: np.ndarray) -> set[str]:
    return {kind for kind, tonnes in zip(kinds, bought, strict=True) if tonnes > TAKEN}
