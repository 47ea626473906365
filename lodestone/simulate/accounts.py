"""The books of a run: flows counted, the largest mass imbalance, and the week's record (plain NumPy)."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import HELD, Schedule
from lodestone.simulate.state import Layout, State


def count_flows(
    wiring: Wiring,
    flows: tuple[np.ndarray, np.ndarray],
    made: np.ndarray,
    left_pool: np.ndarray,
    shipped: np.ndarray,
    crossed: np.ndarray,
    arrived: np.ndarray,
    released: np.ndarray,
    used: np.ndarray,
) -> None:
    """Add a week: by pool made and shipped; by store shipped, crossed, arrived, released and used."""
    pool, store = flows
    pool[0] += made
    pool[1] += left_pool
    store[0] += np.bincount(wiring.edge_store, shipped, store.shape[1])
    store[1] += crossed
    store[2] += arrived
    store[3] += released
    store[4] += np.bincount(wiring.slot_store, used, store.shape[1])


def residual_of(
    wiring: Wiring,
    schedule: Schedule,
    start: State,
    state: State,
    flows: tuple[np.ndarray, np.ndarray],
    member: Member,
) -> float:
    """Largest imbalance of a pool, store, or route into a store, relative to what went through it."""
    pool, store = flows
    stores = store.shape[1]
    pools = np.abs(state.pool - start.pool - pool[0] + pool[1]) / (start.pool + pool[0] + 1e-9)
    stock = np.bincount(wiring.slot_store, state.stock - start.stock, stores)
    slots = np.abs(stock - store[2] - store[3] + store[4]) / (store[2] + store[3] + member.store_need + 1e-9)
    underway = state.coming.sum(axis=0)
    held = np.zeros(stores)
    for effect in np.flatnonzero(schedule.effect_kind == HELD):
        here = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
        np.add.at(held, wiring.edge_store[schedule.effect_row[here]], state.hold[here])
    routes = np.abs(underway + held - member.pipeline - store[0] + store[2])
    routes = routes / (store[0] + member.store_need + 1e-9)
    return float(max(pools.max(initial=0.0), slots.max(initial=0.0), routes.max(initial=0.0)))


def record_of(
    layout: Layout,
    wiring: Wiring,
    member: Member,
    served: np.ndarray,
    short: np.ndarray,
    activity: np.ndarray,
    price: np.ndarray,
    crossing: np.ndarray,
) -> np.ndarray:
    """One week of every recorded series, in the order of `Run.record`."""
    grouped = layout.node_group >= 0
    base = np.bincount(layout.node_group[grouped], member.activity[grouped], layout.groups)
    made = np.bincount(layout.node_group[grouped], activity[grouped], layout.groups)
    watched = np.bincount(layout.watch_series, layout.watch_weight * crossing[layout.watch_edge], layout.watched)
    output = np.where(base > 0.0, made / np.where(base > 0.0, base, 1.0), 1.0)
    return np.concatenate([served[layout.use_nodes], short, output, price, watched])
