"""Compiled steps 3 and 6 to 9: plans, reserves, processing, thrift, price, switching, and the books."""

from __future__ import annotations

import numpy as np
from numba import njit

from lodestone.simulate.schedule import HELD
from lodestone.simulate.switching import FAIR_DELIVERY, GOOD_DELIVERY, SMALL
from lodestone.simulate.using import NEGLIGIBLE

compiled = njit(nogil=True, fastmath=False)


@compiled
def plan(week, turn, wiring, member, asked, pool, answer, limit, reach, wanted, planned):
    """What nodes are asked for, and how much of it they can plan."""
    for node in range(len(wanted)):
        if wiring.node_is_use[node]:
            growth = member.growth[node]
            wanted[node] = member.activity[node] * (growth ** max(week, 0) if growth != 1.0 else 1.0)
            planned[node] = wanted[node]
            continue
        most = 0.0
        for out in range(wiring.node_outputs[node], wiring.node_outputs[node + 1]):
            number = wiring.output_pool[out]
            gap = member.pool_target[number] + member.pool_drift[number] * turn - pool[number]
            pull = max(0.0, asked[number] + member.pool_drift[number] + gap / member.pool_refill_weeks)
            if wiring.pool_market[number] >= 0:
                pull *= answer[wiring.pool_market[number]]
            most = max(most, member.drive[out] * pull)
        wanted[node] = most
        planned[node] = min(most, min(limit[node], reach[node]))


@compiled
def release(wiring, member, stock, store_need, delivered, reserve, called, books):
    """Add releases of government stock to ``delivered``."""
    available = delivered.copy()
    for slot in range(len(stock)):
        available[wiring.slot_store[slot]] += stock[slot]
    for store in range(len(delivered)):
        short = max(0.0, member.reserve_trigger * store_need[store] - available[store])
        if called[store] >= 0:
            called[store] += 1
        elif short > NEGLIGIBLE * store_need[store]:
            called[store] = 0
        if called[store] >= member.reserve_delay_weeks:
            most = min(member.reserve_flow[store], max(0.0, reserve[store] - member.reserve_kept[store]))
            released = min(short, most)
            reserve[store] -= released
            delivered[store] += released
            books[3, store] += released


@compiled
def distribute(wiring, member, stock, need, delivered):
    """Share each store's deliveries among its slots by class, pro rata to need and refill."""
    for store in range(len(delivered)):
        begin, end = wiring.store_slots[store], wiring.store_slots[store + 1]
        left, total = delivered[store], 0.0
        keys = np.empty(end - begin)
        given = np.zeros(end - begin)
        for k in range(begin, end):
            slot = wiring.slot_of_store[k]
            refill = max(0.0, member.slot_target[slot] - stock[slot]) / member.reorder_weeks
            keys[k - begin] = max(need[slot] + refill, 1e-300)
            total += keys[k - begin]
        if wiring.classes > 1:
            for rank in range(wiring.classes):
                asked = 0.0
                for k in range(begin, end):
                    if wiring.slot_class[wiring.slot_of_store[k]] == rank:
                        asked += keys[k - begin]
                served = min(1.0, left / asked) if asked > 0.0 else 0.0
                for k in range(begin, end):
                    if wiring.slot_class[wiring.slot_of_store[k]] == rank:
                        given[k - begin] = keys[k - begin] * served
                left = max(0.0, left - asked * served)
        rest = left / total if total > 0.0 else 0.0
        for k in range(begin, end):
            stock[wiring.slot_of_store[k]] += given[k - begin] + keys[k - begin] * rest


@compiled
def process(wiring, member, stock, coefficient, planned, activity):
    """Activity: the least of plan and essential inputs, less what missing non-essential ones take off."""
    for node in range(len(planned)):
        begin, end = wiring.node_slots[node], wiring.node_slots[node + 1]
        made = planned[node]
        for slot in range(begin, end):
            if wiring.slot_essential[slot] and coefficient[slot] > 0.0:
                made = min(made, stock[slot] / coefficient[slot])
        at_least = made if made > 0.0 else 1.0
        for slot in range(begin, end):
            if not wiring.slot_essential[slot] and coefficient[slot] > 0.0:
                served = min(1.0, stock[slot] / coefficient[slot] / at_least)
                made *= 1.0 - member.degrade[slot] * (1.0 - served)
        activity[node] = made


@compiled
def save(wiring, member, available, need, price, thrift, substituted):
    """Thrift and substitution rise with shortage or price, each towards its limit."""
    for slot in range(len(need)):
        limit, other = member.thrift_limit[slot], member.substitution_limit[slot]
        if limit == 0.0 and other == 0.0:
            continue
        pressure = 1.0 - available[slot] / need[slot] if need[slot] > 0.0 else 0.0
        market = wiring.store_market[wiring.slot_store[slot]]
        if market >= 0 and member.choke_price > 1.0:
            pressure = max(pressure, (price[market] - 1.0) / (member.choke_price - 1.0))
        thrift[slot] += member.thrift_rate * pressure * (limit - thrift[slot])
        substituted[slot] += member.substitution_rate * pressure * (other - substituted[slot])


@compiled
def move_price(wiring, member, crossing, order, fill):
    """Smooth the share of orders that crossed, by market."""
    ordered, came = np.zeros(len(fill)), np.zeros(len(fill))
    for store in range(len(wiring.store_market)):
        market = wiring.store_market[store]
        if market >= 0:
            for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
                ordered[market] += order[edge]
                came[market] += crossing[edge]
    for market in range(len(fill)):
        now = min(1.0, came[market] / ordered[market]) if ordered[market] > 0.0 else 1.0
        fill[market] += (now - fill[market]) / member.price_smoothing_weeks


@compiled
def switch(wiring, member, order, crossing, room, preference, moved, share):
    """Move shares of orders as ``switching.switch_suppliers`` does; a store all of whose suppliers
    deliver and whose shares stand at their base has nothing to move and is passed over."""
    for store in range(len(moved)):
        begin, end = wiring.store_edges[store], wiring.store_edges[store + 1]
        small = SMALL * member.store_need[store]
        calm = not moved[store]
        for edge in range(begin, end):
            if crossing[edge] < GOOD_DELIVERY * order[edge] or preference[edge] != 1.0:
                calm = False
        if calm:
            continue
        moved[store] = True
        rate = member.switching_rate[store]
        need = member.store_need[store] if member.store_need[store] > 0.0 else 1.0
        leaving, entering, trusted = np.empty(end - begin), np.empty(end - begin), np.empty(end - begin)
        total_out, total_in = 0.0, 0.0
        for edge in range(begin, end):
            k = edge - begin
            delivered = min(crossing[edge] / order[edge], 1.0) if order[edge] > small else 1.0
            trusted[k] = min(1.0, max(0.0, (delivered - FAIR_DELIVERY) / (1.0 - FAIR_DELIVERY)))
            missing = max(0.0, GOOD_DELIVERY - delivered) / GOOD_DELIVERY
            base = member.share[edge] * preference[edge]
            dear = max(0.0, share[edge] - base) if preference[edge] < 1.0 else 0.0
            leaving[k] = min(rate * (share[edge] * missing + dear), share[edge])
            entering[k] = trusted[k] * member.room_share[edge] * room[wiring.edge_pool[edge]] / need
            total_out += leaving[k]
            total_in += entering[k]
        going = min(total_out, total_in)
        out = going / total_out if total_out > 0.0 else 0.0
        into = going / total_in if total_in > 0.0 else 0.0
        total_back, total_excess = 0.0, 0.0
        for edge in range(begin, end):
            k = edge - begin
            share[edge] = share[edge] - leaving[k] * out + entering[k] * into
            base = member.share[edge] * preference[edge]
            leaving[k] = max(0.0, share[edge] - member.share[edge])
            entering[k] = member.return_rate * max(0.0, base - share[edge]) * trusted[k]
            total_excess += leaving[k]
            total_back += entering[k]
        going = min(total_back, total_excess)
        out = going / total_excess if total_excess > 0.0 else 0.0
        into = going / total_back if total_back > 0.0 else 0.0
        for edge in range(begin, end):
            k = edge - begin
            share[edge] += entering[k] * into - leaving[k] * out


@compiled
def write(week, wiring, layout, timing, wanted, activity, store_need, had, group_base, price, crossing,
          record, first, lost):  # fmt: skip
    """Put one week of every series into the record, and count shortages."""
    row, uses = record[week], len(layout.use_nodes)
    for use in range(uses):
        node = layout.use_nodes[use]
        row[use] = activity[node] / wanted[node] if wanted[node] > 0.0 else 1.0
        lost[use] += 1.0 - row[use]
        if row[use] < timing.shortage_threshold and first[use] < 0:
            first[use] = week
    at = uses
    for store in range(len(store_need)):
        row[at + store] = 1.0 - had[store] / store_need[store] if store_need[store] > 0.0 else 0.0
    at += len(store_need)
    for node in range(len(activity)):
        if layout.node_group[node] >= 0:
            row[at + layout.node_group[node]] += activity[node]
    for group in range(layout.groups):
        row[at + group] = row[at + group] / group_base[group] if group_base[group] > 0.0 else 1.0
    at += layout.groups
    row[at : at + wiring.markets] = price
    at += wiring.markets
    for k in range(len(layout.watch_edge)):
        row[at + layout.watch_series[k]] += layout.watch_weight[k] * crossing[layout.watch_edge[k]]


@compiled
def residual_of(wiring, member, schedule, timing, ring, hold, pool, stock, made, left, books):
    """Largest imbalance of a pool, store, or route into a store, relative to what went through it."""
    worst, last = 0.0, timing.weeks - timing.first_week - 1
    for number in range(len(pool)):
        begin = member.pool_start[number]
        gap = abs(pool[number] - begin - made[number] + left[number])
        worst = max(worst, gap / (begin + made[number] + 1e-9))
    stocks, routes = np.zeros(len(member.store_need)), -member.pipeline
    for slot in range(len(stock)):
        stocks[wiring.slot_store[slot]] += stock[slot] - member.slot_target[slot]
    for edge in range(len(member.lag)):
        for back in range(member.lag[edge]):
            routes[wiring.edge_store[edge]] += ring[(last - back) % timing.transit_ring, edge]
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] == HELD:
            for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                routes[wiring.edge_store[schedule.effect_row[k]]] += hold[k]
    for store in range(len(stocks)):
        came = books[2, store] + books[3, store]
        gap = abs(stocks[store] - came + books[4, store])
        worst = max(worst, gap / (came + member.store_need[store] + 1e-9))
        gap = abs(routes[store] - books[0, store] + books[2, store])
        worst = max(worst, gap / (books[0, store] + member.store_need[store] + 1e-9))
    return worst
