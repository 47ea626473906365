"""What the reduced form of the planner is made of: one member's programme as bare arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class Block:
    """A linear programme of one member, least cost, with where it meets the others.

    ``matrix`` (row, column), ``low`` and ``high`` (row), ``least`` and ``most`` (column), ``cost`` (column), ``constant``. ``onset``
    (column): which onset and depth a column follows, blank for what is decided in calm. ``projects``: by "lever|scenario", the row that limits
    what is committed to on the way to that scenario [t a year]. ``buys``: (stocked, step, node) to the column bought [t].
    ``sells``: (stocked, slot) to the row "drawn and sold at home" and its column ``draws``; ``takes``: (product, slot) to the row of the balance, of
    slots in which the member is hit. ``chance``: probability of each onset and depth.
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
    sells: pd.Series
    draws: pd.Series
    takes: pd.Series
    chance: pd.Series


def places(block: Block, row_at: np.ndarray, column_at: np.ndarray) -> tuple[pd.Series, ...]:
    """``projects``, ``sells``, ``takes``, ``buys`` and ``draws`` once rows and columns stand elsewhere, each given by where it was."""
    return tuple(
        pd.Series(to[series.to_numpy(int)], index=series.index, dtype=int)
        for series, to in (
            (block.projects, row_at), (block.sells, row_at), (block.takes, row_at), (block.buys, column_at), (block.draws, column_at),
        )
    )  # fmt: skip
