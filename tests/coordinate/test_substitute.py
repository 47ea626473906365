"""Columns written as others leave the least cost as it was, wherever the rows at which members meet are moved to."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.small import made_small
from lodestone.coordinate.substitute import substituted
from lodestone.coordinate.tighten import tightened
from tests.coordinate.unity_world import series

CALM = ("bought", "now", "resold")  # decided in calm
SPANS = 2  # of the curb that hits another


def random_block(seed: int) -> Block:
    """A reserve bought now, carried over levels and drawn, feeding what is there of goods that uses take by share.

    In another curb, which hits another, it is sold at home up to a limit, given to the pool, or kept for later.
    """
    rng = np.random.default_rng(seed)
    spans, uses = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    names = [
        "bought",
        "now",
        "resold",
        *(f"level{t}" for t in range(spans)),
        *(f"draws{t}" for t in range(spans)),
        *(f"{what}{t}" for t in range(spans) for what in ("there", "late")),
    ]
    names += [f"{what}{t}{u}" for t in range(spans) for u in range(uses) for what in ("gets", "lost")]
    names += [f"{what}{t}" for t in range(SPANS) for what in ("kept", "sold", "given")]
    at = {name: k for k, name in enumerate(names)}
    rows, low, high = [], [], []

    def row(entries: dict[str, float], least: float, most: float) -> None:
        line = np.zeros(len(names))
        for name, much in entries.items():
            line[at[name]] = much
        rows.append(line)
        low.append(least)
        high.append(most)

    row({"bought": 1.0}, -np.inf, 9.0)  # where members meet
    row({"now": 1.0, "bought": -1.0, "resold": 1.0}, 0.0, 0.0)
    share, keeps = rng.dirichlet(np.ones(uses)), rng.uniform(0.8, 1.0)
    idle = rng.integers(0, 2, spans)  # spans in which nothing is drawn: a level follows from the one before
    for t in range(spans):
        before = {"now": -keeps} if t == 0 else {f"level{t - 1}": -keeps}
        row({f"level{t}": 1.0, **before, **({} if idle[t] else {f"draws{t}": 1.0})}, 0.0, 0.0)
        comes = rng.uniform(-1.0, 4.0)  # below zero where others have a claim on it
        row({f"there{t}": 1.0, f"late{t}": -1.0, **({} if idle[t] else {f"draws{t}": -1.0})}, -np.inf, comes)
        for u in range(uses):
            row({f"gets{t}{u}": 1.0, f"there{t}": -share[u]}, -np.inf, 0.0)
            row({f"gets{t}{u}": 1.0, f"lost{t}{u}": 1.0}, rng.uniform(1.0, 4.0), np.inf)
    for t in range(SPANS):
        row({f"kept{t}": 1.0, (f"kept{t - 1}" if t else "now"): -keeps, f"sold{t}": 1.0, f"given{t}": 1.0}, 0.0, 0.0)
    earns = {"bought": 1.0, "now": 0.05, "resold": -0.8, "level": 0.1, "draws": -0.2, "late": 20.0}
    cost = np.array([next((v for k, v in earns.items() if n.startswith(k)), 0.0) for n in names])
    cost[[n.startswith("lost") for n in names]] = 5.0 * rng.uniform(size=spans * uses)
    cost[[at[f"draws{t}"] for t in range(spans) if idle[t]]] = 0.1
    for t in range(SPANS):
        cost[at[f"sold{t}"]] = cost[at[f"given{t}"]] = rng.uniform(-0.9, 0.1)
        cost[at[f"kept{t}"]] = rng.uniform(-0.3, 0.1)
    most = np.array([3.0 if n.startswith("level") else np.inf for n in names])
    most[[at[f"sold{t}"] for t in range(SPANS)]] = rng.choice([0.5, 2.0, 20.0, np.inf], SPANS)
    onset = np.array(
        ["" if n in CALM else "2:alone B" if n[:-1] in ("kept", "sold", "given") else "1:deep" for n in names]
    )
    empty = series({})
    gives = series({("ore", f"{t}:alone B"): at[f"given{t}"] for t in range(SPANS)})
    return Block(
        "A", sp.csr_array(np.array(rows)), np.array(low), np.array(high), np.zeros(len(names)), most, cost, 2.0, onset,
        series({"mine|calm": 0}), series({("ore", "usual", "0"): 0}), gives, empty, empty, pd.Series({"1:deep": 1.0}),
    )  # fmt: skip


def least_cost(block: Block) -> float:
    return float(block.cost @ plan(block)) + block.constant


def plan(block: Block) -> np.ndarray:
    """The plan of least cost, by another road than the stack's."""
    dense = block.matrix.toarray()
    up, down = np.isfinite(block.high), np.isfinite(block.low)
    found = linprog(
        block.cost, np.vstack([dense[up], -dense[down]]), np.concatenate([block.high[up], -block.low[down]]),
        bounds=list(zip(block.least, block.most, strict=True)), method="highs",
    )  # fmt: skip
    assert found.status == 0
    return np.array(found.x)


@pytest.mark.parametrize("seed", range(60))
def test_the_least_cost_stays_and_columns_go(seed: int) -> None:
    given = random_block(seed)
    fewer = substituted(given)
    assert len(fewer.cost) < len(given.cost)
    tight = tightened(fewer)
    for limit, room in product((0.0, 1.5, 9.0), (0.0, 0.7, 9.0)):
        at = [moved(one, limit, room) for one in (given, fewer, tight, made_small(given))]
        costs = [least_cost(one) for one in at]
        assert costs == pytest.approx([costs[0]] * 4, rel=1e-9, abs=1e-9)


def moved(block: Block, limit: float, room: float) -> Block:
    """With another limit of what is bought, and room in the pool."""
    high, most = block.high.copy(), block.most.copy()
    high[block.projects.to_numpy()], most[block.gives.to_numpy()] = limit, room
    return replace(block, high=high, most=most)


@pytest.mark.parametrize("seed", range(20))
def test_what_a_curb_costs_more_with_less_room_stays_where_it_was(seed: int) -> None:
    given = random_block(seed)
    small = made_small(given)
    told = []
    for block in (given, small):
        calm, decided = block.onset == "", plan(moved(block, 9.0, 9.0))
        fixed = replace(block, least=np.where(calm, decided, block.least), most=np.where(calm, decided, block.most))
        costs = []
        for room in (0.0, 0.7, 9.0):
            one = moved(fixed, 9.0, room)
            paid = pd.Series(one.cost * plan(one)).groupby(one.onset).sum()
            costs.append(paid.reindex(["1:deep", "2:alone B"]).fillna(0.0).to_numpy())
        told.append(np.diff(costs, axis=0))
    assert told[1] == pytest.approx(told[0], abs=1e-7)


def test_reserve_levels_and_sales_at_home_have_no_column_where_nothing_limits_them() -> None:
    given = random_block(3)
    open_ended = np.where(np.isin(given.cost, given.cost[given.gives.to_numpy()]), np.inf, given.most)
    small = made_small(replace(given, most=open_ended))
    assert (small.onset == "2:alone B").sum() == SPANS  # what is given, alone
    assert small.matrix.shape[0] < given.matrix.shape[0]


def test_what_is_decided_in_calm_is_not_written_as_what_a_curb_decides() -> None:
    given = Block(
        "A", sp.csr_array(np.array([[1.0, -1.0, 0.0], [0.0, 1.0, 1.0]])), np.full(2, -np.inf), np.array([2.0, 3.0]), np.zeros(3),
        np.full(3, np.inf), np.array([-1.0, 0.5, -0.1]), 0.0, np.array(["", "1:deep", "1:deep"]), *[series({})] * 5, pd.Series({"1:deep": 1.0}),
    )  # fmt: skip
    fewer = substituted(given)
    assert "" in fewer.onset.tolist()
    assert least_cost(fewer) == pytest.approx(least_cost(given))
