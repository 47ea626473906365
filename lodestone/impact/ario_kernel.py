"""ARIO in factored form, compiled: orders are never written out, and scenarios share each read of the table.

What industry j orders from supplier i of sector p is need[p, j] * share[i, j] * q[i] / sum(share * q), q being
the capacity the supplier has left. So what suppliers are asked for and what buyers receive are products of
one fixed matrix, ``share``, with a few columns for each scenario. The matrix is kept in tiles, one each
sector and some buyers, that fit in cache; one visit to a tile does all three products of a step and
everything that happens to these buyers' stocks in between, so a step reads the table once.

Chunks of buyers are worked on by threads; their number and the order of every sum depend on the table
alone, so the threads do not change the numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from lodestone.impact.ario import ArioParameters, Economy, check_lost
from lodestone.impact.ario_sweep import sweep
from lodestone.impact.table import Array

CHUNKS = 8


@dataclass(frozen=True)
class Factors:
    """An economy in the order and form the compiled step reads; industries grouped by sector.

    ``order`` (industry) the place in the table of each industry here; ``starts`` (sector + 1) where each
    sector's industries begin; ``share`` the tiles, one after another: of what a buyer takes of a sector, the
    part from each supplier, buyer by buyer; ``coefficient``, ``limit`` (sector, industry): input per output, and
    output per unit of stock at which a lack begins (infinite where the input does not bind); ``cover``
    (sector) days of stock, 0 for an input that never runs out; ``chunks`` bounds of the buyers' chunks.
    """

    order: np.ndarray
    starts: np.ndarray
    share: Array
    output: Array
    final_demand: Array
    coefficient: Array
    limit: Array
    cover: Array
    chunks: tuple[tuple[int, int], ...]


def factor(economy: Economy, parameters: ArioParameters) -> Factors:
    """Bring an economy into the form of `run_factored`; the same for all scenarios of these parameters.

    Takes as much memory again as the table's intermediate flows.
    """
    e = economy
    order = np.argsort(e.sector, kind="stable")
    count, sectors = len(order), len(e.cover)
    starts = np.searchsorted(e.sector[order], np.arange(sectors + 1))
    share = np.empty(count * count)
    for p in range(sectors):
        rows = order[starts[p] : starts[p + 1]]
        block = share[starts[p] * count : starts[p + 1] * count].reshape(count, len(rows))
        block[:] = e.flows[rows].take(order, axis=1).T
        total = block.sum(axis=1, keepdims=True)
        np.divide(block, total, out=block, where=total > 0.0)
    coefficient = np.ascontiguousarray(e.coefficient[:, order])
    finite = np.isfinite(e.cover)
    cover = np.where(finite, e.cover, 0.0)
    needed = parameters.psi * cover[:, None] * coefficient
    binds = e.binding[:, order] & (needed > 0.0)
    limit = np.divide(1.0, needed, out=np.full(coefficient.shape, np.inf), where=binds)
    edges = np.linspace(0, count, min(CHUNKS, max(1, count // 64)) + 1).astype(int)
    chunks = tuple((int(a), int(b)) for a, b in pairwise(edges))
    return Factors(order, starts, share, e.output[order], e.final_demand[order], coefficient, limit, cover, chunks)


def run_factored(
    factors: Factors,
    parameters: ArioParameters,
    places: np.ndarray,
    lost: Array,
    steps_a_period: int,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Array:
    """Mean output of each period, by industry and scenario; all scenarios in one pass.

    The steps are those of ``ario.run_plain``, to rounding. Of what ``as_boario`` repeats, the standstill of
    stocks that are nearly at rest is left out: it needs every stock before any order.

    Parameters
    ----------
    places : array (k)
        Industries, by place in the table, that lose capacity.
    lost : array (period, k, scenario)
        Share of their capacity that is gone. [fraction]
    steps_a_period : int
        Time steps between two rows of ``lost`` and of the result.
    threads : int, optional
        The number of processors when left out; no number changes the result.
    progress : callable, optional
        Called as ``progress(done, total)`` after each period.

    Returns
    -------
    array (period, industry, scenario)
        In the order of the table. [unit of the table, a day]

    Raises
    ------
    ScenarioError
        If a share lies outside 0 to 1 or is no number.
    """
    f, p = factors, parameters
    check_lost(lost)
    periods, _, scenarios = lost.shape
    sectors, count = f.coefficient.shape
    back = np.empty(count, dtype=int)
    back[f.order] = np.arange(count)
    places = back[places]
    base = np.repeat(f.output[:, None], scenarios, axis=1)
    final = f.final_demand[:, None]
    alt = p.order_rule == "alt"

    stock = (f.cover[:, None] * f.coefficient * f.output)[:, :, None] * np.ones(scenarios)
    ratio = (f.coefficient * f.output)[:, :, None] * np.ones(scenarios)  # need over what the share sums to
    bound = np.full((count, scenarios), np.inf)
    for one in range(sectors):  # at rest every stock is full
        binds = np.isfinite(f.limit[one])
        bound[binds] = np.minimum(bound[binds], stock[one][binds] * f.limit[one][binds][:, None])
    asked = np.zeros((len(f.chunks), count, scenarios))
    demand, made, over, left = base.copy(), base.copy(), np.ones_like(base), np.ones_like(base)
    result = np.zeros((periods, count, scenarios))
    gone = np.zeros_like(base)

    def work(chunk: int) -> None:
        first, last = f.chunks[chunk]
        sweep(
            f.starts, f.share, f.coefficient, f.limit, f.cover, first, last, columns, made, wanted, basis,
            alt, p.step_days, p.restoring_days, stock, ratio, bound, asked[chunk],
        )  # fmt: skip

    with threadpool_limits(limits=1), ThreadPoolExecutor(threads, "lodestone-ario") as pool:
        for now in range(periods * steps_a_period):
            period = now // steps_a_period
            gone[places] = lost[period]
            if now > (1 if p.as_boario else 0):
                over = _overproduction(over, demand, made, p)
            capacity = base * (1.0 - gone) * over
            wanted = np.minimum(demand, capacity)
            made = np.minimum(wanted, bound)
            served = np.divide(made, demand, out=np.zeros_like(demand), where=demand > 0.0)
            basis = made if p.orders_fall else np.maximum(made, base)
            columns = left * served
            if alt:
                left = np.divide(capacity, base, out=np.ones_like(base), where=base > 0.0)
                columns = np.concatenate([columns, left], axis=1)
            for _ in pool.map(work, range(len(f.chunks))):
                pass
            demand = left * asked.sum(axis=0) + final
            result[period] += made
            if progress is not None and (now + 1) % steps_a_period == 0:
                progress(period + 1, periods)
    result /= steps_a_period
    return result[:, back]


def _overproduction(now: Array, demand: Array, made: Array, p: ArioParameters) -> Array:
    scarcity = np.divide(demand - made, demand, out=np.zeros_like(demand), where=demand > 0.0)
    pace = p.step_days / p.overproduction_days
    if p.as_boario:
        change = (p.overproduction - now) * scarcity + (1.0 - now) * (scarcity == 0.0)
    else:
        change = np.where(scarcity > 0.0, (p.overproduction - now) * scarcity, 1.0 - now)
    return np.maximum(now + pace * change, 1.0)
