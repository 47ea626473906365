"""Compiled steps 3 and 5 to 9 for a block of members: plans, orders, transit, reserves, processing, use.

Arrays have the member's lane as last axis. Sums run in the order the oracle adds in, so both round alike.
"""

from __future__ import annotations

import numpy as np

from lodestone.simulate.compiled import compiled
from lodestone.simulate.using import NEGLIGIBLE

LEAST = 1e-300  # in place of a key or fill of nothing


@compiled
def set_prices(member, fill, price, answer):
    """Price by market and the supply it calls forth; both 1 where all that is ordered is delivered."""
    markets, lanes = fill.shape
    for market in range(markets):
        for lane in range(lanes):
            if fill[market, lane] == 1.0:
                price[market, lane], answer[market, lane] = 1.0, 1.0
                continue
            scarcity = -np.log(max(fill[market, lane], LEAST)) / member.price_elasticity[lane]
            price[market, lane] = np.exp(min(scarcity, np.log(member.choke_price[lane])))
            answer[market, lane] = price[market, lane] ** member.supply_response[lane]


@compiled
def plan(turn, wiring, member, demand, asked, pool, answer, limit, reach, pull, wanted, planned):
    """What nodes are asked for, and how much of it they can plan."""
    pools, lanes = pool.shape
    for number in range(pools):
        market = wiring.pool_market[number]
        for lane in range(lanes):
            drift = member.pool_drift[number, lane]
            gap = member.pool_target[number, lane] + drift * turn - pool[number, lane]
            pull[number, lane] = max(0.0, asked[number, lane] + drift + gap / member.pool_refill_weeks[lane])
        if market >= 0:
            for lane in range(lanes):
                pull[number, lane] *= answer[market, lane]
    for node in range(len(wanted)):
        if wiring.node_is_use[node]:
            for lane in range(lanes):
                wanted[node, lane] = demand[node, lane]
                planned[node, lane] = demand[node, lane]
            continue
        for lane in range(lanes):
            wanted[node, lane] = 0.0
        for out in range(wiring.node_outputs[node], wiring.node_outputs[node + 1]):
            number = wiring.output_pool[out]
            for lane in range(lanes):
                wanted[node, lane] = max(wanted[node, lane], member.drive[out, lane] * pull[number, lane])
        for lane in range(lanes):
            planned[node, lane] = min(wanted[node, lane], min(limit[node, lane], reach[node, lane]))


@compiled
def needs(wiring, member, saves, planned, stock, thrift, substituted, coefficient, need, store_need, in_store,
          wish):  # fmt: skip
    """What slots and stores need for the plan, what of it stores hold, and what slots wish for."""
    slots, lanes = need.shape
    store_need.fill(0.0)
    in_store.fill(0.0)
    for slot in range(slots):
        node, store = wiring.slot_node[slot], wiring.slot_store[slot]
        if saves[slot]:
            for lane in range(lanes):
                left = member.coefficient[slot, lane] * (1.0 - thrift[slot, lane])
                coefficient[slot, lane] = left * (1.0 - substituted[slot, lane])
        for lane in range(lanes):
            need[slot, lane] = coefficient[slot, lane] * planned[node, lane]
            store_need[store, lane] += need[slot, lane]
            in_store[store, lane] += min(stock[slot, lane], need[slot, lane])
        for lane in range(lanes):
            gap = (member.slot_target[slot, lane] - stock[slot, lane]) / member.reorder_weeks[lane]
            wish[slot, lane] = max(0.0, need[slot, lane] + gap)


@compiled
def order_all(wiring, member, marks, gate, front, share, expected, ahead, need, stock, store_need, underway,
              waiting, held, store_order, order, request):  # fmt: skip
    """What each store orders of each supplier, and what of it crosses freely."""
    stores, lanes = store_need.shape
    by_need, asked = np.empty(lanes), np.empty(lanes)
    for store in range(stores):
        asked.fill(0.0)
        for lane in range(lanes):
            base, total = member.store_need[store, lane], store_need[store, lane]
            expected[store, lane] += (total - expected[store, lane]) / member.reorder_weeks[lane]
            growth = expected[store, lane] / (base if base > 0.0 else 1.0)
            aim = (member.pipeline[store, lane] + ahead[store, lane]) * growth
            by_need[lane] = aim / (total if total > 0.0 else 1.0)
        for k in range(wiring.store_slots[store], wiring.store_slots[store + 1]):
            slot = wiring.slot_of_store[k]
            for lane in range(lanes):
                gap = member.slot_target[slot, lane] + by_need[lane] * need[slot, lane] - stock[slot, lane]
                asked[lane] += max(0.0, need[slot, lane] + gap / member.reorder_weeks[lane])
        for lane in range(lanes):
            coming = underway[store, lane] + waiting[store, lane] + held[store, lane]
            store_order[store, lane] = max(0.0, asked[lane] - coming / member.reorder_weeks[lane])
        for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
            for lane in range(lanes):
                wish = store_order[store, lane] * share[edge, lane]
                order[edge, lane] = wish
                request[edge, lane] = wish
            if marks[edge] & 2:
                for lane in range(lanes):
                    order[edge, lane] *= front[edge, lane]
                    request[edge, lane] = order[edge, lane]
            if marks[edge] & 1:
                for lane in range(lanes):
                    request[edge, lane] *= gate[edge, lane]


@compiled
def ship(lot, edge_pool, edge_store, fill, pool, request, leaving, left_sum, shipped):
    """Turn requests into shipments: what each pool can fill of them."""
    edges, lanes = request.shape
    leaving.fill(0.0)
    for edge in range(edges):
        part, number, store = lot[edge], edge_pool[edge], edge_store[edge]
        for lane in range(lanes):
            sent = request[edge, lane] * fill[part, lane]
            request[edge, lane] = sent
            leaving[number, lane] += sent
            shipped[store, lane] += sent
    for number in range(len(pool)):
        for lane in range(lanes):
            pool[number, lane] -= leaving[number, lane]
            left_sum[number, lane] += leaving[number, lane]


@compiled
def move(here, wiring, lag, crossing, order, coming, underway, delivered, books, ordered, came):
    """Put what crossed on its way, take what arrives, and count what each market ordered and received."""
    stores, ring, lanes = len(coming), np.uint64(coming.shape[1]), coming.shape[2]
    ordered.fill(0.0)
    came.fill(0.0)
    crossed = np.empty(lanes)
    for store in range(stores):
        market = wiring.store_market[store]
        crossed.fill(0.0)
        for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
            for lane in range(lanes):
                at = np.uint64(here + lag[edge, lane])
                coming[store, at if at < ring else at - ring, lane] += crossing[edge, lane]
            for lane in range(lanes):
                crossed[lane] += crossing[edge, lane]
            if market >= 0:
                for lane in range(lanes):
                    ordered[market, lane] += order[edge, lane]
                    came[market, lane] += crossing[edge, lane]
        for lane in range(lanes):
            arrived = coming[store, here, lane]
            coming[store, here, lane] = 0.0
            underway[store, lane] += crossed[lane] - arrived
            books[1, store, lane] += crossed[lane]
            books[2, store, lane] += arrived
            delivered[store, lane] = arrived


@compiled
def release(member, stocked, in_store, store_need, reserve, called, delivered, books):
    """Add releases of government stock to ``delivered``."""
    stores, lanes = delivered.shape
    for store in range(stores):
        if not stocked[store]:
            continue
        for lane in range(lanes):
            need = store_need[store, lane]
            short = max(0.0, member.reserve_trigger[lane] * need - (in_store[store, lane] + delivered[store, lane]))
            if called[store, lane] >= 0:
                called[store, lane] += 1
            elif short > NEGLIGIBLE * need:
                called[store, lane] = 0
            if called[store, lane] >= member.reserve_delay_weeks[lane]:
                kept = max(0.0, reserve[store, lane] - member.reserve_kept[store, lane])
                released = min(short, min(member.reserve_flow[store, lane], kept))
                reserve[store, lane] -= released
                delivered[store, lane] += released
                books[3, store, lane] += released


@compiled
def distribute(wiring, key, given, stock, wish, delivered):
    """Share each store's deliveries among its slots by class, pro rata to what each wishes for."""
    stores, lanes = delivered.shape
    left, total, served = np.empty(lanes), np.empty(lanes), np.empty(lanes)
    for store in range(stores):
        begin, end = wiring.store_slots[store], wiring.store_slots[store + 1]
        total.fill(0.0)
        for k in range(begin, end):
            slot, here = wiring.slot_of_store[k], k - begin
            for lane in range(lanes):
                key[here, lane] = max(wish[slot, lane], LEAST)
                total[lane] += key[here, lane]
                given[here, lane] = 0.0
        for lane in range(lanes):
            left[lane] = delivered[store, lane]
        if wiring.classes > 1:
            for rank in range(wiring.classes):
                share_class(rank, begin, end, wiring, key, left, served, given)
        for lane in range(lanes):
            left[lane] = left[lane] / (total[lane] if total[lane] > 0.0 else 1.0)
        for k in range(begin, end):
            slot, here = wiring.slot_of_store[k], k - begin
            for lane in range(lanes):
                stock[slot, lane] += given[here, lane] + key[here, lane] * left[lane]


@compiled
def share_class(rank, begin, end, wiring, key, left, served, given):
    """Serve one class of a store's slots with what is left."""
    lanes = len(left)
    served.fill(0.0)
    for k in range(begin, end):
        if wiring.slot_class[wiring.slot_of_store[k]] == rank:
            for lane in range(lanes):
                served[lane] += key[k - begin, lane]
    for lane in range(lanes):
        asked = served[lane]
        served[lane] = min(1.0, left[lane] / (asked if asked > 0.0 else 1.0))
        left[lane] = max(0.0, left[lane] - asked * served[lane])
    for k in range(begin, end):
        if wiring.slot_class[wiring.slot_of_store[k]] == rank:
            for lane in range(lanes):
                given[k - begin, lane] = key[k - begin, lane] * served[lane]


@compiled
def process(wiring, member, stock, coefficient, planned, activity):
    """Activity: the least of plan and essential inputs, less what missing non-essential ones take off."""
    nodes, lanes = planned.shape
    at_least = np.empty(lanes)
    for node in range(nodes):
        begin, end = wiring.node_slots[node], wiring.node_slots[node + 1]
        for lane in range(lanes):
            activity[node, lane] = planned[node, lane]
        for slot in range(begin, end):
            if wiring.slot_essential[slot]:
                for lane in range(lanes):
                    takes = coefficient[slot, lane]
                    possible = stock[slot, lane] / (takes if takes > 0.0 else 1.0)
                    made = activity[node, lane]
                    activity[node, lane] = min(made, possible) if takes > 0.0 else made
        for lane in range(lanes):
            at_least[lane] = activity[node, lane] if activity[node, lane] > 0.0 else 1.0
        for slot in range(begin, end):
            if not wiring.slot_essential[slot]:
                for lane in range(lanes):
                    takes = coefficient[slot, lane]
                    served = min(1.0, stock[slot, lane] / (takes if takes > 0.0 else 1.0) / at_least[lane])
                    served = served if takes > 0.0 else 1.0
                    activity[node, lane] *= 1.0 - member.degrade[slot, lane] * (1.0 - served)


@compiled
def use_up(wiring, stock, coefficient, need, activity, available, used_sum, had):
    """Take what was used off the stocks; ``available`` is what the plan could have had."""
    slots, lanes = stock.shape
    had.fill(0.0)
    for slot in range(slots):
        node, store = wiring.slot_node[slot], wiring.slot_store[slot]
        for lane in range(lanes):
            held = stock[slot, lane]
            available[slot, lane] = min(held, need[slot, lane])
            used = min(held, coefficient[slot, lane] * activity[node, lane])
            stock[slot, lane] = held - used
            used_sum[store, lane] += used
            had[store, lane] += available[slot, lane]


@compiled
def make(turn, wiring, member, wanted, planned, limit, activity, pace, reach, pool, made, made_sum, room):
    """Add what was made to the pools, move ramps on, and find each pool's room for new buyers."""
    nodes, lanes = activity.shape
    idle = np.empty(lanes)
    made.fill(0.0)
    room.fill(0.0)
    for node in range(nodes):
        for lane in range(lanes):
            step = min(wanted[node, lane], reach[node, lane] + pace[node, lane] * member.ramp_step[node, lane])
            reach[node, lane] = max(reach[node, lane], min(member.capacity[node, lane], step))
        if wiring.node_is_use[node]:
            continue
        for lane in range(lanes):
            top = min(planned[node, lane], limit[node, lane])
            fed = activity[node, lane] / (top if top > 0.0 else 1.0) if top > 0.0 else 1.0
            spare = max(0.0, limit[node, lane] - activity[node, lane])
            idle[lane] = min(1.0, max(0.0, (fed - 0.9) / 0.1)) * spare
        for out in range(wiring.node_outputs[node], wiring.node_outputs[node + 1]):
            number = wiring.output_pool[out]
            for lane in range(lanes):
                made[number, lane] += member.output[out, lane] * activity[node, lane]
                room[number, lane] += member.output[out, lane] * idle[lane]
    for number in range(len(pool)):
        for lane in range(lanes):
            pool[number, lane] += made[number, lane]
            made_sum[number, lane] += made[number, lane]
            due = member.pool_drift[number, lane] * (turn + 1)
            excess = max(0.0, pool[number, lane] - member.pool_target[number, lane] - due)
            room[number, lane] += excess / member.pool_refill_weeks[lane]


@compiled
def save(wiring, member, saves, available, need, price, thrift, substituted):
    """Thrift and substitution rise with shortage or price, each towards its limit."""
    slots, lanes = need.shape
    for slot in range(slots):
        if not saves[slot]:
            continue
        market = wiring.store_market[wiring.slot_store[slot]]
        for lane in range(lanes):
            wish = need[slot, lane]
            pressure = 1.0 - available[slot, lane] / wish if wish > 0.0 else 0.0
            if market >= 0 and member.choke_price[lane] > 1.0:
                pressure = max(pressure, (price[market, lane] - 1.0) / (member.choke_price[lane] - 1.0))
            gap = member.thrift_limit[slot, lane] - thrift[slot, lane]
            thrift[slot, lane] += member.thrift_rate[lane] * pressure * gap
            gap = member.substitution_limit[slot, lane] - substituted[slot, lane]
            substituted[slot, lane] += member.substitution_rate[lane] * pressure * gap


@compiled
def move_price(member, ordered, came, fill):
    """Smooth the share of orders that crossed, by market."""
    markets, lanes = fill.shape
    for market in range(markets):
        for lane in range(lanes):
            asked = ordered[market, lane]
            now = min(1.0, came[market, lane] / asked) if asked > 0.0 else 1.0
            fill[market, lane] += (now - fill[market, lane]) / member.price_smoothing_weeks[lane]
