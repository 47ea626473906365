"""Shares of the gain of all by what the plan of all pays for what is scarce: the dual shares of a linear programme.

Every member owns what it takes where all act alone, and what it puts into the pool. At the prices that the plan of all sets on
projects, purchases and pooled tonnes it pays for what it takes beyond that and is paid for what it leaves or gives. Its share is what it
saves after these payments. In the game of the same tonnes no coalition has a reason to leave such shares [1]_, so long as what was left over
alone is worth nothing together: that rent is nobody's, and is told apart. Prices are one answer of several where the
plan of all has several.

.. [1] G. Owen, On the core of linear production games, Mathematical Programming 9 (1975) 358.
"""

from __future__ import annotations

import numpy as np

from lodestone.coordinate.stack import Answer
from lodestone.coordinate.unity import Table


def dual_shares(table: Table, found: Answer) -> tuple[np.ndarray, float]:
    """What each member saves at the prices of the plan of all, and the rent of what nobody took alone.

    Parameters
    ----------
    table : Table
    found : Answer
        Of all together, as of `lodestone.coordinate.unity.together`, with projects and purchases shared.

    Returns
    -------
    array (member,), float
        Both million USD of 2024; they add up to the gain of all.
    """
    stack = table.stack
    projects, purchases = len(stack.levers), len(stack.purchases)
    price = -found.duals[: projects + purchases]
    owned = np.hstack([table.takes.projects, table.takes.buys])
    taken = np.hstack([found.takes.projects, found.takes.buys])
    pays = (taken - owned) @ price
    pool = stack.pool
    if len(pool):
        worth = found.duals[projects + purchases :][pool.groupby(["product", "slot"], sort=False).ngroup().to_numpy()]
        tonnes = found.values[pool["column"].to_numpy(int)] * np.where(pool["gives"].to_numpy(bool), -1.0, 1.0)
        np.add.at(pays, pool["member"].to_numpy(int), worth * tonnes)
    there = np.concatenate([stack.levers.to_numpy(), stack.purchases.to_numpy()])
    rent = float(price @ (there - owned.sum(axis=0)))
    return table.cost - found.cost - pays, rent
