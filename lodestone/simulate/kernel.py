"""The weekly step compiled: the numbered list of ``step.run_member`` over the same flat arrays.

One member at a time, so that its state stays in cache over all weeks. No fast-math: the same numbers on
any number of threads. The compiled code is kept on disk under a stamp of every file it depends on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.kernel_measures import (
    after_shipping,
    apply_quotas,
    changes,
    review,
    set_desks,
    set_force,
    set_limit,
    share_out,
)
from lodestone.simulate.kernel_use import (
    distribute,
    move_price,
    plan,
    process,
    release,
    residual_of,
    save,
    switch,
    write,
)
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import HELD, Schedule
from lodestone.simulate.state import Layout, Run, Timing

_COMPILED_FROM = (
    "circuit",
    "parameters",
    "schedule",
    "state",
    "switching",
    "using",
    "kernel_measures",
    "kernel_use",
)


def run_member(wiring: Wiring, member: Member, schedule: Schedule, layout: Layout, timing: Timing) -> Run:
    """One member, compiled; arguments and result as of ``step.run_member``, equal to 1e-9."""
    record, first, lost, residual = _run(wiring, member, schedule, layout, timing)
    return Run(record.T, first, lost, residual)


def _stamp() -> int:
    """A number that changes with any file the compiled code follows: numba looks at this file only."""
    digest = hashlib.sha256()
    for name in _COMPILED_FROM:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return int.from_bytes(digest.digest()[:7], "little") + 1


def _compile(stamp: int) -> Callable:
    """Compile the step; ``stamp`` is part of the key under which numba keeps it."""

    @njit(cache=True, nogil=True, fastmath=False)
    def run(wiring, member, schedule, layout, timing):
        if stamp == 0:
            raise ValueError
        edges, slots, nodes = len(member.flow), len(member.coefficient), len(member.activity)
        stores, pools, entries = len(member.store_need), len(member.pool_start), len(schedule.desk_edge)
        uses, desks, effects = (
            len(layout.use_nodes),
            len(schedule.desk_entries) - 1,
            len(schedule.effect_kind),
        )
        # the state of the member: step.State, field by field
        share, moved = member.share.copy(), np.zeros(stores, np.bool_)
        ring = np.empty((timing.transit_ring, edges))
        for turn in range(timing.transit_ring):
            ring[turn] = member.flow
        underway, pool, asked = member.pipeline.copy(), member.pool_start.copy(), np.zeros(pools)
        for edge in range(edges):
            asked[wiring.edge_pool[edge]] += member.flow[edge]
        stock, thrift, substituted = member.slot_target.copy(), np.zeros(slots), np.zeros(slots)
        expected, reach, fill = member.store_need.copy(), member.activity.copy(), np.ones(wiring.markets)
        reserve, called = member.reserve_start.copy(), np.full(stores, -1)
        due, queued, matured = np.zeros((timing.review_ring, entries)), np.zeros(entries), np.zeros(entries)
        cleared, hold, quota = np.zeros(entries), np.zeros(len(schedule.effect_row)), np.zeros(effects)
        # what a week works on
        gate, opened, front, preference = np.ones(edges), np.ones(edges), np.ones(edges), np.ones(edges)
        entry_share, entry_ahead, term = np.zeros(entries), np.zeros(entries), np.full(desks, -1)
        granted, pace, limit = np.zeros(entries), np.ones(nodes), np.empty(nodes)
        order, request, capped = np.empty(edges), np.empty(edges), np.ones(edges)
        price, answer, room = np.ones(wiring.markets), np.ones(wiring.markets), np.empty(pools)
        wanted, planned, activity = np.empty(nodes), np.empty(nodes), np.empty(nodes)
        coefficient, need, available = np.empty(slots), np.empty(slots), np.empty(slots)
        store_need, store_order, position = np.empty(stores), np.empty(stores), np.empty(stores)
        target, delivered, short = np.zeros(stores), np.empty(stores), np.empty(stores)
        pool_fill, leaving = np.empty((pools, wiring.classes)), np.empty(pools)
        made_sum, left_sum, books = np.zeros(pools), np.zeros(pools), np.zeros((5, stores))
        for slot in range(slots):
            target[wiring.slot_store[slot]] += member.slot_target[slot]
        rows = uses + stores + layout.groups + wiring.markets + layout.watched
        record, group_base = np.zeros((timing.weeks, rows)), np.zeros(layout.groups)
        first, lost = np.full(uses, -1), np.zeros(uses)
        for node in range(nodes):
            if layout.node_group[node] >= 0:
                group_base[layout.node_group[node]] += member.activity[node]

        for week in range(timing.first_week, timing.weeks):
            turn = week - timing.first_week
            here = turn % timing.transit_ring
            if turn == 0 or changes(week, schedule):
                set_force(week, schedule, member, gate, opened, front, preference, pace)
                set_desks(week, schedule, gate, opened, entry_share, entry_ahead, term)
            set_limit(week, schedule, member, limit)
            for market in range(wiring.markets):
                scarcity = -np.log(max(fill[market], 1e-300)) / member.price_elasticity
                price[market] = np.exp(min(scarcity, np.log(member.choke_price)))
                answer[market] = price[market] ** member.supply_response
            plan(week, turn, wiring, member, asked, pool, answer, limit, reach, wanted, planned)
            store_need[:] = 0.0
            position[:] = underway
            for slot in range(slots):
                coefficient[slot] = member.coefficient[slot] * (1.0 - thrift[slot]) * (1.0 - substituted[slot])
                need[slot] = coefficient[slot] * planned[wiring.slot_node[slot]]
                store_need[wiring.slot_store[slot]] += need[slot]
                position[wiring.slot_store[slot]] += stock[slot]
            store_order[:] = member.pipeline
            for entry in range(entries):
                store = wiring.edge_store[schedule.desk_edge[entry]]
                position[store] += queued[entry] + matured[entry] + cleared[entry]
                ahead = entry_share[entry] * entry_ahead[entry]
                store_order[store] += member.flow[schedule.desk_edge[entry]] * ahead
            for effect in range(effects):
                if schedule.effect_kind[effect] == HELD:
                    for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                        position[wiring.edge_store[schedule.effect_row[k]]] += hold[k]
            for store in range(stores):
                expected[store] += (store_need[store] - expected[store]) / member.reorder_weeks
                base = member.store_need[store]
                growth = expected[store] / (base if base > 0.0 else 1.0)
                gap = target[store] + store_order[store] * growth - position[store]
                store_order[store] = max(0.0, store_need[store] + gap / member.reorder_weeks)
                for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
                    order[edge] = store_order[store] * share[edge] * front[edge]
                    request[edge] = order[edge] * gate[edge]
            review(week, turn, timing.review_ring, schedule, member, opened, entry_share, term, order, due,
                   queued, matured, cleared, granted, request)  # fmt: skip
            apply_quotas(week, schedule, member, quota, request, capped)
            share_out(wiring, pool, request, asked, pool_fill)
            leaving[:] = 0.0
            for store in range(stores):
                shipped = 0.0
                for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
                    sent = request[edge] * pool_fill[wiring.edge_pool[edge], wiring.edge_class[edge]]
                    ring[here, edge] = sent
                    shipped += sent
                    leaving[wiring.edge_pool[edge]] += sent
                books[0, store] += shipped
            for number in range(pools):
                pool[number] -= leaving[number]
                left_sum[number] += leaving[number]
            after_shipping(week, wiring, schedule, order, gate, capped, pool_fill, term, granted, cleared,
                           quota, hold, ring[here])  # fmt: skip
            for store in range(stores):
                crossed, arrived = 0.0, 0.0
                for edge in range(wiring.store_edges[store], wiring.store_edges[store + 1]):
                    crossed += ring[here, edge]
                    back = here - member.lag[edge]
                    arrived += ring[back if back >= 0 else back + timing.transit_ring, edge]
                underway[store] += crossed - arrived
                books[1, store] += crossed
                books[2, store] += arrived
                delivered[store] = arrived
            release(wiring, member, stock, store_need, delivered, reserve, called, books)
            distribute(wiring, member, stock, need, delivered)
            process(wiring, member, stock, coefficient, planned, activity)
            for slot in range(slots):
                available[slot] = min(stock[slot], need[slot])
                used = min(stock[slot], coefficient[slot] * activity[wiring.slot_node[slot]])
                stock[slot] -= used
                books[4, wiring.slot_store[slot]] += used
            room[:] = 0.0
            for node in range(nodes):
                step = min(wanted[node], reach[node] + pace[node] * member.ramp_step[node])
                reach[node] = max(reach[node], min(member.capacity[node], step))
                if wiring.node_is_use[node]:
                    continue
                top = min(planned[node], limit[node])
                fed = activity[node] / top if top > 0.0 else 1.0
                idle = min(1.0, max(0.0, (fed - 0.9) / 0.1)) * max(0.0, limit[node] - activity[node])
                for out in range(wiring.node_outputs[node], wiring.node_outputs[node + 1]):
                    made = member.output[out] * activity[node]
                    pool[wiring.output_pool[out]] += made
                    made_sum[wiring.output_pool[out]] += made
                    room[wiring.output_pool[out]] += member.output[out] * idle
            for number in range(pools):
                excess = pool[number] - member.pool_target[number] - member.pool_drift[number] * (turn + 1)
                room[number] += max(0.0, excess) / member.pool_refill_weeks
            save(wiring, member, available, need, price, thrift, substituted)
            short[:] = 0.0
            for slot in range(slots):
                short[wiring.slot_store[slot]] += available[slot]
            if wiring.markets > 0:
                move_price(wiring, member, ring[here], order, fill)
            switch(wiring, member, order, ring[here], room, preference, moved, share)
            if week >= 0:
                write(week, wiring, layout, timing, wanted, activity, store_need, short, group_base, price,
                       ring[here], record, first, lost)  # fmt: skip
        residual = residual_of(wiring, member, schedule, timing, ring, hold, pool, stock, made_sum, left_sum, books)
        return record, first, lost, residual

    return run


_run = _compile(_stamp())
