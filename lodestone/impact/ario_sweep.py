"""The loops of ``ario_kernel`` that are compiled: one visit to each tile of the table does a whole step.

No fast-math. What threads share is read only; each writes the rows of its own buyers.
"""

from __future__ import annotations

import numpy as np
from numba import njit

TILE_BYTES = 300_000  # of a tile and what its buyers hold: a third of a core's second-level cache


@njit(cache=True, nogil=True, error_model="numpy")
def _serve(
    coefficient, limit, cover, came, made, wanted, basis, alt, step, restoring, stock, ratio, bound
):  # fmt: skip
    """Some buyers' stocks of one input after a step, and their next orders, for every scenario."""
    buyers, scenarios = made.shape
    pace = 1.0 / restoring if cover > 0.0 else 0.0
    for j in range(buyers):
        use, most = coefficient[j], limit[j]
        if use == 0.0:
            continue  # the need is 0 and stays so
        target = cover * use
        for s in range(scenarios):
            held = stock[j, s] + step * (ratio[j, s] * came[j, s] - use * made[j, s])
            held = held if held > 0.0 else 0.0
            gap = target * wanted[j, s] - held
            gap = gap if gap > 0.0 else 0.0
            stock[j, s] = held
            ratio[j, s] = use * basis[j, s] + pace * gap
        if most < np.inf:
            for s in range(scenarios):
                can = stock[j, s] * most
                bound[j, s] = bound[j, s] if bound[j, s] < can else can
        if alt:
            for s in range(scenarios):
                total = came[j, scenarios + s]
                ratio[j, s] = ratio[j, s] / total if total > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(
    starts, share, coefficient, limit, cover, first, last, columns, made, wanted, basis,
    alt, step, restoring, stock, ratio, bound, asked,
):  # fmt: skip
    """One step of the stocks and orders of buyers ``first`` to ``last``; asks their suppliers in ``asked``."""
    sectors, count = coefficient.shape
    scenarios = made.shape[1]
    asked[:] = 0.0
    bound[first:last] = np.inf
    for p in range(sectors):
        here, there = starts[p], starts[p + 1]
        width = there - here
        if width == 0:
            continue
        block = share[here * count : there * count].reshape(count, width)
        from_suppliers = np.ascontiguousarray(columns[here:there])
        tall = max(1, min(last - first, TILE_BYTES // (8 * (width + 4 * scenarios))))
        top = first
        while top < last:
            end = min(top + tall, last)
            tile = block[top:end]
            came = np.dot(tile, from_suppliers)
            _serve(
                coefficient[p, top:end], limit[p, top:end], cover[p], came, made[top:end], wanted[top:end],
                basis[top:end], alt, step, restoring, stock[p, top:end], ratio[p, top:end], bound[top:end],
            )  # fmt: skip
            asked[here:there] += np.dot(tile.T, ratio[p, top:end])
            top = end
