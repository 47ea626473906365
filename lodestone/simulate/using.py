"""Steps 6 to 9: reserves, sharing among nodes, processing, use, thrift and price (plain NumPy)."""

from __future__ import annotations

import math

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.in_order import exp, log
from lodestone.simulate.parameters import Member
from lodestone.simulate.state import State

NEGLIGIBLE = 1e-9  # of a need: below it a shortage is rounding


def release(
    wiring: Wiring, member: Member, state: State, arrived: np.ndarray, need: np.ndarray, slot_need: np.ndarray
) -> np.ndarray:
    """Government stock released into each store; starts some weeks after the first call.

    What a maker holds beyond his own need this week keeps nobody else's store from calling.
    """
    available = np.bincount(wiring.slot_store, np.minimum(state.stock, slot_need), len(need)) + arrived
    short = np.maximum(0.0, member.reserve_trigger * need - available)
    calling = (state.called < 0) & (short > NEGLIGIBLE * need)
    state.called = np.where(calling, 0, np.where(state.called >= 0, state.called + 1, state.called))
    open_door = state.called >= member.reserve_delay_weeks
    most = np.minimum(member.reserve_flow, np.maximum(0.0, state.reserve - member.reserve_kept))
    released = np.where(open_door, np.minimum(short, most), 0.0)
    state.reserve = state.reserve - released
    return released


def distribute(wiring: Wiring, delivered: np.ndarray, wish: np.ndarray) -> np.ndarray:
    """Share each store's deliveries among its slots, class by class, pro rata to what each wishes for."""
    stores = len(delivered)
    key = np.maximum(wish, 1e-300)
    left, given = delivered.copy(), np.zeros(len(key))
    if wiring.classes > 1:
        for rank in range(wiring.classes):
            asked = np.bincount(wiring.slot_store, np.where(wiring.slot_class == rank, key, 0.0), stores)
            served = np.minimum(1.0, left / np.where(asked > 0.0, asked, 1.0))
            given += np.where(wiring.slot_class == rank, key * served[wiring.slot_store], 0.0)
            left = np.maximum(0.0, left - asked * served)
    total = np.bincount(wiring.slot_store, key, stores)
    return given + key * (left / np.where(total > 0.0, total, 1.0))[wiring.slot_store]


def activity_of(
    wiring: Wiring, member: Member, state: State, planned: np.ndarray, coefficient: np.ndarray
) -> np.ndarray:
    """The least of plan and essential inputs, less what missing non-essential inputs take off."""
    takes = coefficient > 0.0
    possible = np.where(takes, state.stock / np.where(takes, coefficient, 1.0), np.inf)
    activity = planned.copy()
    essential = wiring.slot_essential
    np.minimum.at(activity, wiring.slot_node[essential], possible[essential])
    other = ~essential & takes
    at_least = np.where(activity > 0.0, activity, 1.0)[wiring.slot_node]
    served = np.minimum(1.0, possible / at_least)
    np.multiply.at(activity, wiring.slot_node[other], (1.0 - member.degrade * (1.0 - served))[other])
    return activity


def save_inputs(
    wiring: Wiring, member: Member, state: State, available: np.ndarray, need: np.ndarray, price: np.ndarray
) -> None:
    """Thrift and substitution rise with the pressure of shortage or price, each towards its limit."""
    short = np.where(need > 0.0, 1.0 - available / np.where(need > 0.0, need, 1.0), 0.0)
    pressure = short
    if wiring.markets and member.choke_price > 1.0:
        market = wiring.store_market[wiring.slot_store]
        dear = np.where(market >= 0, (price[market] - 1.0) / (member.choke_price - 1.0), 0.0)
        pressure = np.maximum(short, dear)
    state.thrift += member.thrift_rate * pressure * (member.thrift_limit - state.thrift)
    state.substituted += member.substitution_rate * pressure * (member.substitution_limit - state.substituted)


def price_of(member: Member, state: State) -> np.ndarray:
    """Price relative to base by market: what clears the share delivered, up to the choke price."""
    scarcity = -log(np.maximum(state.fill, 1e-300)) / member.price_elasticity
    return exp(np.minimum(scarcity, math.log(member.choke_price)))


def move_price(wiring: Wiring, member: Member, state: State, crossing: np.ndarray, order: np.ndarray) -> None:
    """Smooth the share of orders that crossed, by market."""
    if not wiring.markets:
        return
    market = wiring.store_market[wiring.edge_store]
    inside = market >= 0
    ordered = np.bincount(market[inside], order[inside], wiring.markets)
    came = np.bincount(market[inside], crossing[inside], wiring.markets)
    fill = np.where(ordered > 0.0, np.minimum(1.0, came / np.where(ordered > 0.0, ordered, 1.0)), 1.0)
    state.fill += (fill - state.fill) / member.price_smoothing_weeks


def room_of(
    wiring: Wiring,
    member: Member,
    state: State,
    turn: int,
    activity: np.ndarray,
    planned: np.ndarray,
    limit: np.ndarray,
) -> np.ndarray:
    """What each pool could give beyond this week's: idle capacity that has its inputs, and excess stock."""
    asked = np.minimum(planned, limit)
    fed = np.where(asked > 0.0, activity / np.where(asked > 0.0, asked, 1.0), 1.0)
    idle = np.clip((fed - 0.9) / 0.1, 0.0, 1.0) * np.maximum(0.0, limit - activity)
    idle = np.where(wiring.node_is_use, 0.0, idle)
    made = np.bincount(wiring.output_pool, member.output * idle[wiring.output_node], len(state.pool))
    excess = np.maximum(0.0, state.pool - member.pool_target - member.pool_drift * (turn + 1))
    return made + excess / member.pool_refill_weeks


def shortage_of(wiring: Wiring, available: np.ndarray, need: np.ndarray, stores: int) -> np.ndarray:
    """Share of each store's need that its nodes do not hold this week."""
    had = np.bincount(wiring.slot_store, available, stores)
    return np.where(need > 0.0, 1.0 - had / np.where(need > 0.0, need, 1.0), 0.0)
