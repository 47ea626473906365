"""Columns of a programme written as others: what a row says a column is, put in its place in all other rows.

All exact; rows at which members meet, what stands in them, and columns at which they meet are left alone.

1. *Follow.* A row that sets two columns equal up to a factor makes one of them the other.
2. *Levels.* A row that holds with equality and few entries says what one of its columns is: the level of a reserve is the level before,
   plus what is bought, less what is drawn. The row stays as the limits of that column, unless another row says them already, as the level
   after does.
3. *Push.* A column that costs nothing or earns, that a single row holds down and that helps in all others it stands in, goes as far as that row
   lets it.
4. *Dearer.* Of two columns that stand in the same row alone, the one that does the same at a higher cost is not used.

A cost may go over to a column of the same onset, or to one decided in calm: with all of these fixed it is a constant.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from lodestone.coordinate.block_nouns import Block, held, places

MOST_TERMS = 8  # in the row that holds a column down, or says what it is
MOST_ROWS = 12  # in which a column stands that is pushed
NOTHING = 1e-12  # an entry this near zero is none
NEAR = 1e-9


def substituted(block: Block) -> Block:
    """The same programme with fewer columns, and no more rows.

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
    work.levels()
    work.dearer()
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
            one.tolist() for one in (block.low, block.high, block.least, block.most, block.cost)
        )
        self.onset = block.onset.tolist()
        self.constant = block.constant
        rows, columns = held(block)
        self.held_rows, self.held_columns = set(np.flatnonzero(rows).tolist()), set(np.flatnonzero(columns).tolist())
        self.held_columns.update(c for r in self.held_rows for c in self.row[r])
        self.gone_rows: set[int] = set()
        self.gone_columns: set[int] = set()

    def follow(self) -> None:
        """Columns that a row makes a multiple of another, and a constant."""
        for r, entries in enumerate(self.row):
            if len(entries) != 2 or self.low[r] != self.high[r] or r in self.held_rows:
                continue
            able = [c for c in entries if c not in self.held_columns and self._may_take(c, entries)]
            if not able:
                continue
            gone = min(able, key=lambda c: len(self.at[c]))
            (kept,) = (c for c in entries if c != gone)
            if kept in self.held_columns and not self._implied(gone):
                continue
            factor, base = -entries[kept] / entries[gone], self.low[r] / entries[gone]
            ends = sorted((self.least[gone] - base, self.most[gone] - base))
            ends = sorted(end / factor for end in ends)
            if kept not in self.held_columns:
                self.least[kept], self.most[kept] = max(self.least[kept], ends[0]), min(self.most[kept], ends[1])
            self._drop(gone, r, {kept: factor}, base)

    def levels(self) -> None:
        """Columns that a row says what they are, where writing them so makes no more entries."""
        for r, entries in enumerate(self.row):
            if not 2 < len(entries) <= MOST_TERMS or self.low[r] != self.high[r] or r in self.held_rows:
                continue
            able = [
                c for c in entries
                if c not in self.held_columns and (len(self.at[c]) - 1) * (len(entries) - 2) <= len(entries)
                and self._may_take(c, entries)
            ]  # fmt: skip
            if not able:
                continue
            gone = min(able, key=lambda c: (not self._implied(c), len(self.at[c])))
            much, side = entries[gone], self.low[r]
            terms = {k: -v / much for k, v in entries.items() if k != gone}
            if self._implied(gone):
                self._drop(gone, r, terms, side / much)
                continue
            ends = sorted((side - much * self.least[gone], side - much * self.most[gone]))
            self._put(gone, r, terms, side / much)
            del self.row[r][gone]  # the row now says that the column is within its limits
            self.low[r], self.high[r] = ends

    def dearer(self) -> None:
        """Columns in a row where another that stands there alone does the same for less."""
        best: dict[tuple[int, bool, str], int] = {}
        alone = [c for c, at in enumerate(self.at) if len(at) == 1 and c not in self.held_columns]
        for c in alone:
            key = self._key(c)
            if self._unlimited(c, key[0]) and (key not in best or self._each(c) < self._each(best[key])):
                best[key] = c
        for c in alone:
            other = best.get(self._key(c), c)
            if other != c and self._each(other) <= self._each(c) and np.isfinite(self.least[c]):
                self.most[c] = self.least[c]

    def push(self) -> None:
        """Columns that one row alone holds down, and that cost nothing or earn."""
        for c in range(len(self.cost)):
            if self.cost[c] > 0.0 or c in self.held_columns or c in self.gone_columns or self.least[c] == self.most[c]:
                continue
            if not np.isfinite(self.least[c]) or not 0 < len(self.at[c]) <= MOST_ROWS:
                continue
            holds = [r for r in self.at[c] if np.isfinite(self._side(r, c))]
            if len(holds) != 1 or holds[0] in self.held_rows or len(self.row[holds[0]]) > MOST_TERMS:
                continue
            (r,) = holds
            if not self._unlimited(c, r) or not (self.cost[c] == 0.0 or self._may_take(c, self.row[r])):
                continue
            much, side, least = self.row[r][c], self._side(r, c), self.least[c]
            terms = {k: -v / much for k, v in self.row[r].items() if k != c}
            self._put(c, r, terms, side / much)
            del self.row[r][c]  # the row now says that the column is not below its least
            bound = side - much * least
            self.low[r], self.high[r] = (-np.inf, bound) if much > 0.0 else (bound, np.inf)

    def _key(self, c: int) -> tuple[int, bool, str]:
        (r,) = self.at[c]
        return r, self.row[r][c] > 0.0, self.onset[c]

    def _each(self, c: int) -> float:
        """What a column costs by what it does in the row it stands in alone."""
        (r,) = self.at[c]
        return self.cost[c] / abs(self.row[r][c])

    def _may_take(self, c: int, entries: dict[int, float]) -> bool:
        """Whether the cost of a column may go over to the others of a row."""
        return all(self.onset[k] in ("", self.onset[c]) for k in entries)

    def _side(self, r: int, c: int) -> float:
        """The end of a row at which more of a column stops."""
        return self.high[r] if self.row[r][c] > 0.0 else self.low[r]

    def _reach(self, c: int, r: int) -> tuple[float, float]:
        """The least and the most that a row lets a column be, by the limits of the others in it."""
        entries = self.row[r]
        rest = [0.0, 0.0]
        for k, v in entries.items():
            if k != c:
                ends = v * self.least[k], v * self.most[k]
                rest[0] += min(ends)
                rest[1] += max(ends)
        much = entries[c]
        ends = (self.low[r] - rest[1]) / much, (self.high[r] - rest[0]) / much
        return min(ends), max(ends)

    def _unlimited(self, c: int, r: int) -> bool:
        """Whether a row alone keeps a column from passing its most."""
        return not np.isfinite(self.most[c]) or self._reach(c, r)[1] <= self.most[c] + NEAR

    def _implied(self, c: int) -> bool:
        """Whether the rows of a column keep it within its limits."""
        rows = [r for r in self.at[c] if r not in self.held_rows]
        reach = [self._reach(c, r) for r in rows]
        return (
            max(one[0] for one in reach) >= self.least[c] - NEAR and min(one[1] for one in reach) <= self.most[c] + NEAR
        )

    def _drop(self, gone: int, r: int, terms: dict[int, float], base: float) -> None:
        """Write a column as others, and do without the row that says so."""
        self._put(gone, r, terms, base)
        for k in terms:
            self.at[k].discard(r)
        self.gone_rows.add(r)
        self.row[r] = {}

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
        self.constant += self.cost[gone] * base
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
        low, high, least, most, cost = (
            np.array(one) for one in (self.low, self.high, self.least, self.most, self.cost)
        )
        return replace(
            given, matrix=sp.csr_array((v, (i, j)), shape=(len(rows), len(columns))), low=low[rows], high=high[rows],
            least=least[columns], most=most[columns], cost=cost[columns], onset=given.onset[columns],
            constant=self.constant, **places(given, row_at, column_at),
        )  # fmt: skip
