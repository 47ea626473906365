"""What a member gives to the pool and takes from it, as columns of its block.

Where what is drawn can reach the member's own balance, one column says what leaves its reserve and another what reaches its
balance, from whose reserve ever; a row says that the two are equal, and is let go where the member is in a pool. Elsewhere
what is drawn is sold at home, and what is given is a column beside it: it leaves the reserve and earns the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.coordinate.block_nouns import Block, onset_of
from lodestone.respond.outlook import in_calm

Key = tuple[str, str]  # product, slot


def with_pool(block: Block, draws: Mapping[Key, int], balances: Mapping[Key, int], sold: Mapping[Key, float]) -> Block:
    """A block with the columns by which its member gives and takes.

    Parameters
    ----------
    block : Block
        In no pool yet.
    draws : mapping of int by (product, slot)
        The column of what is drawn.
    balances : mapping of int by (product, slot)
        The row of the balance, of slots in which the member is hit. A tonne drawn is a tonne of it.
    sold : mapping of float by (product, slot)
        The most that is sold at home where what is drawn reaches no balance. [t]

    Returns
    -------
    Block
    """
    height, width = block.matrix.shape
    both = [key for key in draws if key in balances]
    beside = [key for key in draws if key not in balances and not in_calm(key[1])]
    most = block.most.copy()
    for key in draws.keys() - balances.keys():
        most[draws[key]] = min(most[draws[key]], sold[key])
    matrix = sp.csr_array(block.matrix)
    reaches = _ones(list(balances.values()), height)
    drawn = _ones([draws[key] for key in both], width)
    copied = [draws[key] for key in beside]
    places = {key: k for k, key in enumerate([*balances, *beside])}
    rest = matrix - _ones([balances[key] for key in both], height) @ drawn.T
    equal = [drawn.T, -_ones([places[key] for key in both], len(places)).T]
    more = len(places)
    onset = [onset_of(slot.rpartition("/")[0]) for _, slot in places]
    rows = sp.vstack([sp.hstack([rest, reaches, matrix[:, copied]]), sp.hstack(equal)])
    rows = sp.csr_array(rows)
    rows.eliminate_zeros()
    return replace(
        block, matrix=rows, low=np.append(block.low, np.zeros(len(both))), high=np.append(block.high, np.zeros(len(both))),
        least=np.append(block.least, np.zeros(more)), most=np.append(most, np.full(more, np.inf)),
        cost=np.concatenate([block.cost, np.zeros(len(balances)), block.cost[copied]]),
        onset=np.append(block.onset, np.array(onset, dtype=str)),
        gives=series_of({key: draws[key] for key in both} | {key: width + places[key] for key in beside}),
        takes=series_of({key: width + places[key] for key in balances}),
        keeps=series_of({key: height + k for k, key in enumerate(both)}),
    )  # fmt: skip


def in_pool(block: Block, keys: Collection[Key]) -> Block:
    """A block whose member gives and takes at some products and moments alone; at the others it keeps what it draws.

    Parameters
    ----------
    block : Block
    keys : collection of (product, slot)

    Returns
    -------
    Block
        With as many rows and columns: those that nothing moves any more are left to `lodestone.coordinate.tighten`.
    """
    stays = {name: series[[key in keys for key in series.index]] for name in ("gives", "takes", "keeps")
             for series in (getattr(block, name),)}  # fmt: skip
    most = block.most.copy()
    for series in (block.gives, block.takes):
        out = [column for key, column in series.items() if key not in keys and key not in block.keeps.index]
        most[np.array(out, dtype=int)] = 0.0
    return replace(block, most=most, **stays)


def pooled_keys(blocks: Sequence[Block]) -> set[Key]:
    """Products and moments at which one member may give what another may take."""
    gives, takes = (
        [(key, i) for i, block in enumerate(blocks) for key in getattr(block, name).index]
        for name in ("gives", "takes")
    )
    givers, takers = (pd.DataFrame(pairs, columns=["key", "member"]) for pairs in (gives, takes))
    met = givers.merge(takers, on="key", suffixes=("_gives", "_takes"))
    return set(met.loc[met["member_gives"] != met["member_takes"], "key"])


def series_of(found: Mapping[Any, int]) -> pd.Series:
    """Places by key, whatever a key is."""
    return pd.Series(list(found.values()), index=pd.Index(list(found), tupleize_cols=False), dtype=int)


def _ones(at: Sequence[int], size: int) -> sp.csr_array:
    """A table of ``size`` rows and a column for each of ``at``, 1 where it points."""
    return sp.csr_array((np.ones(len(at)), (list(at), range(len(at)))), shape=(size, len(at)))
