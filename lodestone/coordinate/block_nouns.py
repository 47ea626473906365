"""What the reduced form of the planner is made of: one member's programme as bare arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp


def onset_of(node: str) -> str:
    """The onset and depth a node follows, blank in calm.

    >>> onset_of("2"), onset_of("2:deep"), onset_of("3:2:deep>3")
    ('', '2:deep', '2:deep')
    """
    parts = node.partition(">")[0].split(":")
    return "" if len(parts) == 1 else f"{parts[-2]}:{parts[-1]}"


@dataclass(frozen=True, eq=False)
class Block:
    """A linear programme of one member, least cost, with where it meets the others.

    ``matrix`` (row, column), ``low`` and ``high`` (row), ``least`` and ``most`` (column), ``cost`` (column), ``constant``. ``onset``
    (column): which onset and depth a column follows, blank for what is decided in calm. ``projects``: by "lever|scenario", the row that limits
    what is committed to on the way to that scenario [t a year]. ``buys``: (stocked, step, node) to the column bought [t].
    ``chance``: probability of each onset and depth.

    The pool, by (product, slot): ``gives``, the column of what leaves the member's reserve for it; ``takes``, the column of what reaches the
    member's balance from it [t]. Who does both has a row in ``keeps`` that says that the two are equal, as they are for whoever
    acts alone; any other column of the pool is nothing then, though its bounds here are open.
    """

    member: str
    matrix: sp.csr_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray
    cost: np.ndarray
    constant: float
    onset: np.ndarray
    projects: pd.Series
    buys: pd.Series
    gives: pd.Series
    takes: pd.Series
    keeps: pd.Series
    chance: pd.Series


def held(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Whether each row and each column is one at which members meet: coalitions move its limits, so it is left as it is."""
    rows, columns = np.zeros(len(block.low), dtype=bool), np.zeros(len(block.cost), dtype=bool)
    for series in (block.projects, block.keeps):
        rows[series.to_numpy(int)] = True
    for series in (block.buys, block.gives, block.takes):
        columns[series.to_numpy(int)] = True
    return rows, columns


def places(block: Block, row_at: np.ndarray, column_at: np.ndarray) -> dict[str, pd.Series]:
    """Where a block meets the others once rows and columns stand elsewhere, each given by where it was."""
    to = {"projects": row_at, "keeps": row_at, "buys": column_at, "gives": column_at, "takes": column_at}
    return {
        name: pd.Series(at[series.to_numpy(int)], index=series.index, dtype=int)
        for name, at in to.items()
        for series in (getattr(block, name),)
    }
