"""Step 3: what nodes are asked for, and what stores order (plain NumPy)."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.in_order import power
from lodestone.simulate.measures_in_force import InForce
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import HELD, Schedule
from lodestone.simulate.state import State


def wanted_activity(turn: int, wiring: Wiring, member: Member, state: State, price: np.ndarray) -> np.ndarray:
    """Activity each node is asked for: demand of uses, the scarcest pool's pull on processes."""
    answer = power(price, member.supply_response)
    market = np.where(wiring.pool_market >= 0, answer[wiring.pool_market] if wiring.markets else 1.0, 1.0)
    gap = member.pool_target + member.pool_drift * turn - state.pool
    pull = np.maximum(0.0, state.asked + member.pool_drift + gap / member.pool_refill_weeks)
    pull = pull * market
    wanted = np.where(wiring.node_is_use, state.demand, 0.0)
    np.maximum.at(wanted, wiring.output_node, member.drive * pull[wiring.output_pool])
    return wanted


def wishes(member: Member, state: State, need: np.ndarray) -> np.ndarray:
    """What each slot would take: its need and a part of the gap to its target; less where it holds more than that.

    A maker who waits for one input and cannot use another leaves the other to those who can.
    """
    return np.maximum(0.0, need + (member.slot_target - state.stock) / member.reorder_weeks)


def store_orders(
    wiring: Wiring, member: Member, schedule: Schedule, state: State, force: InForce, need: np.ndarray,
    store_need: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """What each store orders: the need of its slots and a part of the gap between their targets and positions.

    A slot's target is its cover and its part of what should be on its way; no slot asks for less than nothing, so
    that one which is full takes nothing off what the others ask for.
    """
    stores = len(store_need)
    edge_of_entry = schedule.desk_edge
    store_of_entry = wiring.edge_store[edge_of_entry]
    ahead = np.bincount(store_of_entry, member.flow[edge_of_entry] * force.entry_share * force.entry_ahead, stores)
    waiting = np.bincount(store_of_entry, state.queued + state.matured + state.cleared, stores)
    held = np.zeros(stores)
    for effect in np.flatnonzero(schedule.effect_kind == HELD):
        rows = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
        np.add.at(held, wiring.edge_store[schedule.effect_row[rows]], state.hold[rows])
    coming = state.underway + waiting + held
    growth = state.expected / np.where(member.store_need > 0.0, member.store_need, 1.0)
    aim = (member.pipeline + ahead) * growth
    by_need = aim / np.where(store_need > 0.0, store_need, 1.0)
    gap = member.slot_target + by_need[wiring.slot_store] * need - state.stock
    asked = np.bincount(wiring.slot_store, np.maximum(0.0, need + gap / member.reorder_weeks), stores)
    return np.maximum(0.0, asked - coming / member.reorder_weeks)
