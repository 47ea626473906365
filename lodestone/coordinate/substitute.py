"""Columns of a programme written as others: what a row says a column is, put in its place in all other rows.

Two kinds, both exact. A row that sets two columns equal up to a factor makes one of them the other: the level of a reserve
nobody draws from follows from the level before. A column without cost, without a limit of its own, that a single row holds down
and that helps in all others it stands in, goes as far as that row lets it. Rows and columns at which members meet are left
alone, and no column takes over a cost that follows another onset.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from lodestone.coordinate.block_nouns import Block, places

MOST_TERMS = 8  # in the row that holds a column down
MOST_ROWS = 12  # in which that column stands
NOTHING = 1e-12  # an entry this near zero is none


def substituted(block: Block) -> Block:
    """The same programme with fewer columns, and fewer rows where two columns were equal up to a factor.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Block
        With the same least cost for every choice of what meets the others.
    """
    work = _Work(block)
    work.follow()
    work.push()
    return work.block()


class _Work:
    """Rows and columns as dictionaries, which change one entry at a time."""

    def __init__(self, block: Block) -> None:
        self.given = block
        matrix = block.matrix.tocsr()
        parts = np.split(matrix.indices, matrix.indptr[1:-1]), np.split(matrix.data, matrix.indptr[1:-1])
        self.row = [dict(zip(c.tolist(), v.tolist(), strict=True)) for c, v in zip(*parts, strict=True)]
        self.at: list[set[int]] = [set() for _ in block.cost]
        for r, entries in enumerate(self.row):
            for c in entries:
                self.at[c].add(r)
        self.low, self.high, self.least, self.most, self.cost = (
            one.copy() for one in (block.low, block.high, block.least, block.most, block.cost)
        )
        self.constant = block.constant
        self.held_rows = {int(r) for rows in (block.projects, block.sells, block.takes) for r in rows}
        self.held_columns = {int(c) for columns in (block.buys, block.draws) for c in columns}
        self.gone_rows: set[int] = set()
        self.gone_columns: set[int] = set()

    def follow(self) -> None:
        """Columns that a row makes a multiple of another, and a constant."""
        onset = self.given.onset
        for r, entries in enumerate(self.row):
            if len(entries) != 2 or self.low[r] != self.high[r] or r in self.held_rows:
                continue
            able = [c for c in entries if c not in self.held_columns]
            if not able or len({onset[c] for c in entries}) > 1:
                continue
            gone = min(able, key=lambda c: len(self.at[c]))
            (kept,) = (c for c in entries if c != gone)
            factor, base = -entries[kept] / entries[gone], float(self.low[r]) / entries[gone]
            ends = sorted((self.least[gone] - base, self.most[gone] - base))
            ends = sorted(end / factor for end in ends)
            self.least[kept], self.most[kept] = max(self.least[kept], ends[0]), min(self.most[kept], ends[1])
            self.gone_rows.add(r)
            self._put(gone, r, {kept: factor}, base)
            self.row[r] = {}
            self.at[kept].discard(r)

    def push(self) -> None:
        """Columns without cost that one row alone holds down."""
        for c in range(len(self.cost)):
            if self.cost[c] != 0.0 or c in self.held_columns or c in self.gone_columns or np.isfinite(self.most[c]):
                continue
            if not np.isfinite(self.least[c]) or not 0 < len(self.at[c]) <= MOST_ROWS:
                continue
            holds = [r for r in self.at[c] if np.isfinite(self._side(r, c))]
            if len(holds) != 1 or holds[0] in self.held_rows or len(self.row[holds[0]]) > MOST_TERMS:
                continue
            (r,) = holds
            much, side, least = self.row[r][c], self._side(r, c), float(self.least[c])
            terms = {k: -v / much for k, v in self.row[r].items() if k != c}
            self._put(c, r, terms, side / much)
            del self.row[r][c]  # the row now says that the column is not below its least
            bound = side - much * least
            self.low[r], self.high[r] = (-np.inf, bound) if much > 0.0 else (bound, np.inf)

    def _side(self, r: int, c: int) -> float:
        """The end of a row at which more of a column stops."""
        return float(self.high[r] if self.row[r][c] > 0.0 else self.low[r])

    def _put(self, gone: int, by: int, terms: dict[int, float], base: float) -> None:
        """Write a column as others in all rows but the one that says so, and in the cost."""
        for r in self.at[gone] - {by}:
            entries = self.row[r]
            much = entries.pop(gone)
            self.low[r], self.high[r] = self.low[r] - much * base, self.high[r] - much * base
            for k, factor in terms.items():
                now = entries.get(k, 0.0) + much * factor
                if abs(now) > NOTHING:
                    entries[k] = now
                    self.at[k].add(r)
                elif k in entries:
                    del entries[k]
                    self.at[k].discard(r)
        self.constant += float(self.cost[gone]) * base
        for k, factor in terms.items():
            self.cost[k] += self.cost[gone] * factor
        self.at[gone] = set()
        self.gone_columns.add(gone)

    def block(self) -> Block:
        given = self.given
        rows = np.array([r for r in range(len(self.row)) if r not in self.gone_rows], dtype=int)
        columns = np.array([c for c in range(len(self.cost)) if c not in self.gone_columns], dtype=int)
        row_at, column_at = np.full(len(self.row), -1), np.full(len(self.cost), -1)
        row_at[rows], column_at[columns] = np.arange(len(rows)), np.arange(len(columns))
        at = [(row_at[r], column_at[c], v) for r in rows for c, v in self.row[r].items()]
        i, j, v = (list(one) for one in zip(*at, strict=True)) if at else ([], [], [])

        projects, sells, takes, buys, draws = places(given, row_at, column_at)
        return replace(
            given, matrix=sp.csr_array((v, (i, j)), shape=(len(rows), len(columns))), low=self.low[rows], high=self.high[rows],
            least=self.least[columns], most=self.most[columns], cost=self.cost[columns], onset=given.onset[columns],
            constant=self.constant, projects=projects, sells=sells,
            takes=takes, buys=buys, draws=draws,
        )  # fmt: skip
