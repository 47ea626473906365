"""Compiled record and books of a block of members; the last axis is the member's lane."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.compiled import compiled
from lodestone.simulate.schedule import HELD


@compiled
def write(week, wiring, layout, timing, wanted, activity, store_need, had, group_base, price, crossing,
          record, first, lost):  # fmt: skip
    """Put one week of every series into the record, and count shortages."""
    row, uses, lanes = record[week], len(layout.use_nodes), record.shape[2]
    for use in range(uses):
        node = layout.use_nodes[use]
        for lane in range(lanes):
            wish = wanted[node, lane]
            served = activity[node, lane] / wish if wish > 0.0 else 1.0
            row[use, lane] = served
            lost[use, lane] += 1.0 - served
            begins = served < timing.shortage_threshold and first[use, lane] < 0
            first[use, lane] = week if begins else first[use, lane]
    at = uses
    for store in range(len(store_need)):
        for lane in range(lanes):
            need = store_need[store, lane]
            row[at + store, lane] = 1.0 - had[store, lane] / need if need > 0.0 else 0.0
    at += len(store_need)
    for group in range(layout.groups):
        for lane in range(lanes):
            row[at + group, lane] = 0.0
    for node in range(len(activity)):
        group = layout.node_group[node]
        if group >= 0:
            for lane in range(lanes):
                row[at + group, lane] += activity[node, lane]
    for group in range(layout.groups):
        for lane in range(lanes):
            base = group_base[group, lane]
            row[at + group, lane] = row[at + group, lane] / base if base > 0.0 else 1.0
    at += layout.groups
    for market in range(wiring.markets):
        for lane in range(lanes):
            row[at + market, lane] = price[market, lane]
    at += wiring.markets
    for number in range(layout.watched):
        for lane in range(lanes):
            row[at + number, lane] = 0.0
    for k in range(len(layout.watch_edge)):
        for lane in range(lanes):
            row[at + layout.watch_series[k], lane] += layout.watch_weight[k] * crossing[layout.watch_edge[k], lane]


@compiled
def residual_of(wiring, member, schedule, coming, hold, pool, stock, made, left, books, worst):
    """Largest imbalance of a pool, store, or route into a store, relative to what went through it."""
    lanes = len(worst)
    stocks, routes = np.zeros((len(coming), lanes)), -member.pipeline
    worst.fill(0.0)
    for number in range(len(pool)):
        for lane in range(lanes):
            begin = member.pool_start[number, lane]
            gap = abs(pool[number, lane] - begin - made[number, lane] + left[number, lane])
            worst[lane] = max(worst[lane], gap / (begin + made[number, lane] + 1e-9))
    for slot in range(len(stock)):
        for lane in range(lanes):
            stocks[wiring.slot_store[slot], lane] += stock[slot, lane] - member.slot_target[slot, lane]
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] == HELD:
            for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                for lane in range(lanes):
                    routes[wiring.edge_store[schedule.effect_row[k]], lane] += hold[k, lane]
    for store in range(len(coming)):
        for lane in range(lanes):
            for turn in range(coming.shape[1]):
                routes[store, lane] += coming[store, turn, lane]
            base = member.store_need[store, lane]
            came = books[2, store, lane] + books[3, store, lane]
            gap = abs(stocks[store, lane] - came + books[4, store, lane])
            worst[lane] = max(worst[lane], gap / (came + base + 1e-9))
            gap = abs(routes[store, lane] - books[0, store, lane] + books[2, store, lane])
            worst[lane] = max(worst[lane], gap / (books[0, store, lane] + base + 1e-9))
