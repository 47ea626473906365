"""What can be said of a linear programme by its bounds alone, again and again until nothing changes.

Only what stays true when rows are moved within the limits of `Block` that coalitions move: those rows and columns are left alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from lodestone.coordinate.block_nouns import Block, held, places

NEAR = 1e-9
MOST_ROUNDS = 20


def tightened(block: Block) -> Block:
    """The same programme with fewer columns and rows.

    Fixed columns, columns in no row, columns that only cost or only earn go to the constant; rows that cannot bind are dropped and
    rows of one column become its bounds.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Block
        With the same least cost for every choice of what meets the others.
    """
    work = _Work(block)
    for _ in range(MOST_ROUNDS):
        before = work.sizes()
        work.columns()
        work.rows()
        if work.sizes() == before:
            break
    return work.block()


class _Work:
    def __init__(self, block: Block) -> None:
        self.given = block
        self.matrix = block.matrix.tocsr()
        self.low, self.high, self.least, self.most = (
            one.copy() for one in (block.low, block.high, block.least, block.most)
        )
        self.value = np.zeros(len(block.cost))
        self.free = np.ones(len(block.cost), dtype=bool)  # columns still to be chosen
        self.kept = np.ones(len(block.low), dtype=bool)
        self.held_rows, self.held_columns = held(block)

    def sizes(self) -> tuple[int, int]:
        return int(self.free.sum()), int(self.kept.sum())

    def columns(self) -> None:
        """Fix what is fixed by its bounds, by cost alone, or by a cost that nothing speaks against."""
        entry = self.matrix[self.kept].tocoo()
        row, col, much = entry.row, entry.col, entry.data
        up = np.isfinite(self.high[self.kept])[row]
        down = np.isfinite(self.low[self.kept])[row]
        hurts = np.where(much > 0.0, up, down)  # more of the column may break the row
        helps = np.where(much > 0.0, down, up)
        size = len(self.free)
        never_hurts = np.bincount(col[hurts], minlength=size) == 0
        never_helps = np.bincount(col[helps], minlength=size) == 0
        cost = self.given.cost
        at_least = (cost >= 0.0) & never_helps & np.isfinite(self.least)
        at_most = (cost <= 0.0) & never_hurts & np.isfinite(self.most) & ~at_least
        fixed = np.abs(self.most - self.least) <= NEAR
        done = self.free & ~self.held_columns & (at_least | at_most | fixed)
        self._fix(np.flatnonzero(done & (at_least | fixed)), self.least)
        self._fix(np.flatnonzero(done & at_most & ~fixed), self.most)

    def _fix(self, at: np.ndarray, value: np.ndarray) -> None:
        self.value[at] = value[at]
        self.free[at] = False
        there = self.matrix[:, at] @ value[at]
        self.low, self.high = self.low - there, self.high - there

    def rows(self) -> None:
        """Drop rows that cannot bind, and make bounds of rows of one column."""
        inside = self.matrix[:, self.free].tocsr()
        least, most = self.least[self.free], self.most[self.free]
        above, below = inside.maximum(0.0).tocsr(), inside.minimum(0.0).tocsr()
        smallest, largest = _reach(above, below, least, most), -_reach(-below, -above, least, most)
        idle = (smallest >= self.low - NEAR) & (largest <= self.high + NEAR)
        self.kept &= ~idle | self.held_rows
        self.low = np.where((smallest >= self.low - NEAR) & ~self.held_rows, -np.inf, self.low)
        self.high = np.where((largest <= self.high + NEAR) & ~self.held_rows, np.inf, self.high)
        place = np.flatnonzero(self.free)
        for row in np.flatnonzero(self.kept & ~self.held_rows & (np.diff(inside.indptr) == 1)):
            at, much = place[inside.indices[inside.indptr[row]]], inside.data[inside.indptr[row]]
            if self.held_columns[at]:
                continue
            ends = sorted((self.low[row] / much, self.high[row] / much))
            self.least[at], self.most[at] = max(self.least[at], ends[0]), min(self.most[at], ends[1])
            self.kept[row] = False

    def block(self) -> Block:
        given, free, kept = self.given, self.free, self.kept
        column, row = np.cumsum(free) - 1, np.cumsum(kept) - 1
        return replace(
            given, matrix=sp.csr_array(self.matrix[kept][:, free]), low=self.low[kept], high=self.high[kept],
            least=self.least[free], most=self.most[free], cost=given.cost[free], onset=given.onset[free],
            constant=given.constant + float(given.cost @ self.value),
            **places(given, row, column),
        )  # fmt: skip


def _reach(above: sp.csr_array, below: sp.csr_array, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """The smallest a row's left-hand side can be: its entries above zero at the least, those below at the most."""
    total = np.zeros(above.shape[0])
    for entries, end in ((above, least), (below, most)):
        bare = np.where(np.isfinite(end), end, 0.0)
        total += entries @ bare
        open_ended = (~np.isfinite(end)).astype(float)
        total[(abs(entries) @ open_ended) > 0.0] = -np.inf
    return total
