"""The weekly step compiled: the numbered list of ``step.run_member`` for a block of members side by side.

Arrays have the member's lane as last axis, so that one instruction does the same sum for several members.
No fast-math, and every sum in the order in which ``step`` adds it up: the numbers of a member depend
neither on its block nor on the threads, and agree with the plain step to the last digit where the
machine's exp, log and pow do. The compiled code is kept on disk under a stamp of every file it depends on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numba import njit

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.kernel_measures import (
    apply_quotas,
    changes,
    count_ahead,
    count_waiting,
    hold_back,
    mark,
    review,
    set_desks,
    set_force,
    set_limit,
    share_out,
    strike,
    take_granted,
    use_quotas,
)
from lodestone.simulate.kernel_record import residual_of, write
from lodestone.simulate.kernel_reserve import imbalance, release_shared
from lodestone.simulate.kernel_switch import switch
from lodestone.simulate.kernel_use import (
    distribute,
    make,
    move,
    move_price,
    needs,
    order_all,
    plan,
    process,
    release,
    save,
    set_prices,
    ship,
    use_up,
)
from lodestone.simulate.lanes import stack_members, stack_schedules
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import CAPACITY, HELD, QUOTA, Schedule
from lodestone.simulate.shared_reserve import SharedReserve
from lodestone.simulate.state import Layout, Run, Runs, Timing

_COMPILED_FROM = (
    "circuit",
    "compiled",
    "parameters",
    "schedule",
    "shared_reserve",
    "state",
    "switching",
    "using",
    "kernel_measures",
    "kernel_record",
    "kernel_reserve",
    "kernel_switch",
    "kernel_use",
)


def run_members(
    wiring: Wiring,
    members: Sequence[Member],
    schedules: Sequence[Schedule],
    layout: Layout,
    timing: Timing,
    shared: SharedReserve,
) -> Runs:
    """A block of members, compiled; arguments as of ``step.run_member``, one member and one schedule a lane.

    The record lies in memory as it was written: week, series, lane.
    """
    stacked = stack_members(members), stack_schedules(schedules)
    record, first, lost, residual = _run(wiring, *stacked, layout, timing, shared)
    return Runs(record.transpose(1, 0, 2), first, lost, residual)


def run_member(
    wiring: Wiring, member: Member, schedule: Schedule, layout: Layout, timing: Timing, shared: SharedReserve
) -> Run:
    """One member alone, compiled; arguments and result as of ``step.run_member``."""
    run = run_members(wiring, [member], [schedule], layout, timing, shared)
    return Run(run.record[..., 0], run.first_shortage[..., 0], run.lost_use[..., 0], float(run.residual[0]))


def _stamp() -> int:
    """A number that changes with any file the compiled code follows: numba looks at this file only."""
    digest = hashlib.sha256()
    for name in _COMPILED_FROM:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return int.from_bytes(digest.digest()[:7], "little") + 1


def _compile(stamp: int) -> Callable:
    """Compile the step; ``stamp`` is part of the key under which numba keeps it."""

    @njit(cache=True, nogil=True, fastmath=False, error_model="numpy")
    def run(wiring, member, schedule, layout, timing, shared):
        if stamp == 0:
            raise ValueError
        edges, lanes = member.flow.shape
        slots, nodes, stores = len(member.coefficient), len(member.activity), len(member.store_need)
        pools, entries, uses = len(member.pool_start), len(schedule.desk_edge), len(layout.use_nodes)
        desks, effects, held_rows = (
            len(schedule.desk_entries) - 1, len(schedule.effect_kind), len(schedule.effect_row)
        )  # fmt: skip
        # the state of the members: step.State, field by field
        share, moved = member.share.copy(), np.zeros(stores, np.bool_)
        coming, asked = np.zeros((stores, timing.transit_ring, lanes)), np.zeros((pools, lanes))
        for edge in range(edges):
            for lane in range(lanes):
                asked[wiring.edge_pool[edge], lane] += member.flow[edge, lane]
                for turn in range(member.lag[edge, lane]):
                    coming[wiring.edge_store[edge], turn, lane] += member.flow[edge, lane]
        underway, pool, demand = member.pipeline.copy(), member.pool_start.copy(), member.activity.copy()
        stock, thrift, substituted = member.slot_target.copy(), np.zeros((slots, lanes)), np.zeros((slots, lanes))
        expected, reach = member.store_need.copy(), member.activity.copy()
        fill, reserve = np.ones((wiring.markets, lanes)), member.reserve_start.copy()
        called = np.full((stores, lanes), -1)
        due, queued = np.zeros((entries, timing.review_ring, lanes)), np.zeros((entries, lanes))
        matured, cleared = np.zeros((entries, lanes)), np.zeros((entries, lanes))
        hold, quota = np.zeros((held_rows, lanes)), np.zeros((effects, lanes))
        # what a week works on
        gate, opened = np.ones((edges, lanes)), np.ones((edges, lanes))
        front, preference = np.ones((edges, lanes)), np.ones((edges, lanes))
        entry_share, entry_ahead, term = np.zeros((entries, lanes)), np.zeros((entries, lanes)), np.full(desks, -1)
        granted, base, busy = np.zeros((entries, lanes)), np.zeros((desks, lanes)), np.zeros(desks, np.bool_)
        pace, limit, passing = np.ones((nodes, lanes)), np.empty((nodes, lanes)), np.zeros((edges, lanes))
        factor, marks = np.ones((nodes, lanes)), np.zeros(edges, np.uint8)
        order, request, capped = np.empty((edges, lanes)), np.empty((edges, lanes)), np.ones((edges, lanes))
        price, answer = np.ones((wiring.markets, lanes)), np.ones((wiring.markets, lanes))
        ordered, came = np.zeros((wiring.markets, lanes)), np.zeros((wiring.markets, lanes))
        wanted, planned, activity = np.empty((nodes, lanes)), np.empty((nodes, lanes)), np.empty((nodes, lanes))
        coefficient, need = member.coefficient.copy(), np.empty((slots, lanes))
        available, saves = np.empty((slots, lanes)), np.zeros(slots, np.bool_)
        store_need, store_order = np.empty((stores, lanes)), np.empty((stores, lanes))
        in_store, ahead, wish = np.empty((stores, lanes)), np.zeros((stores, lanes)), np.empty((slots, lanes))
        waiting, held = np.zeros((stores, lanes)), np.zeros((stores, lanes))
        delivered, had, stocked = np.empty((stores, lanes)), np.empty((stores, lanes)), np.zeros(stores, np.bool_)
        filled, leaving = np.empty((pools * wiring.classes, lanes)), np.empty((pools, lanes))
        pull, made, room = np.empty((pools, lanes)), np.empty((pools, lanes)), np.empty((pools, lanes))
        made_sum, left_sum, books = np.zeros((pools, lanes)), np.zeros((pools, lanes)), np.zeros((5, stores, lanes))
        lot, under_quota = np.empty(edges, np.int32), np.zeros(edges, np.bool_)
        most_slots, most_edges = 1, 1
        room_part = np.empty((edges, lanes))
        for edge in range(edges):
            for lane in range(lanes):
                usual = member.store_need[wiring.edge_store[edge], lane]
                room_part[edge, lane] = member.room_share[edge, lane] / (usual if usual > 0.0 else 1.0)
            lot[edge] = wiring.edge_pool[edge] * wiring.classes + wiring.edge_class[edge]
        for store in range(stores):
            most_slots = max(most_slots, wiring.store_slots[store + 1] - wiring.store_slots[store])
            most_edges = max(most_edges, wiring.store_edges[store + 1] - wiring.store_edges[store])
            stocked[store] = member.reserve_start[store].max() > 0.0
        key, given = np.empty((most_slots, lanes)), np.empty((most_slots, lanes))
        going_out, coming_in = np.empty((most_edges, lanes)), np.empty((most_edges, lanes))
        trusted = np.empty((most_edges, lanes))
        for slot in range(slots):
            saves[slot] = member.thrift_limit[slot].max() > 0.0 or member.substitution_limit[slot].max() > 0.0
        quotas, struck, holding = False, False, False
        for effect in range(effects):
            struck = struck or schedule.effect_kind[effect] == CAPACITY
            holding = holding or schedule.effect_kind[effect] == HELD
            if schedule.effect_kind[effect] == QUOTA:
                quotas = True
                for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                    under_quota[schedule.effect_row[k]] = True
        lots, drawers, most_lots = len(shared.start), len(shared.store), shared.lot.shape[1]
        common = (
            np.empty((lots, lanes)), np.zeros((drawers, most_lots, lanes)), np.zeros((drawers, shared.ring, lanes)),
            np.full((drawers, lanes), -1), np.zeros((drawers, lanes), np.int64), np.zeros((drawers, lanes)),
        )  # fmt: skip
        drawn = np.zeros((drawers, lanes))
        for one in range(lots):
            common[0][one] = shared.start[one]
        reserve_rows = uses + stores + layout.groups + wiring.markets + layout.watched
        rows = reserve_rows + lots + drawers
        record, group_base = np.empty((timing.weeks, rows, lanes)), np.zeros((layout.groups, lanes))
        first, lost, residual = np.full((uses, lanes), -1), np.zeros((uses, lanes)), np.zeros(lanes)
        for node in range(nodes):
            if layout.node_group[node] >= 0:
                group_base[layout.node_group[node]] += member.activity[node]

        for week in range(timing.first_week, timing.weeks):
            turn = week - timing.first_week
            here = turn % timing.transit_ring
            if turn == 0 or changes(week, schedule):
                set_force(week, schedule, member, opened, front, preference, pace)
                set_desks(week, schedule, gate, opened, entry_share, entry_ahead, term)
                count_ahead(wiring, schedule, member, entry_share, entry_ahead, ahead, base)
                mark(gate, front, preference, marks)
            if struck:
                strike(week, schedule, member, factor)
            set_limit(week, member, factor, limit)
            if week > 0:
                demand *= member.growth
            set_prices(member, fill, price, answer)
            plan(turn, wiring, member, demand, asked, pool, answer, limit, reach, pull, wanted, planned)
            needs(wiring, member, saves, planned, stock, thrift, substituted, coefficient, need, store_need, in_store,
                  wish)  # fmt: skip
            if entries > 0 or holding:
                count_waiting(wiring, schedule, busy, queued, matured, cleared, hold, waiting, held)
            order_all(wiring, member, marks, gate, front, share, expected, ahead, need, stock, store_need,
                      underway, waiting, held, store_order, order, request)  # fmt: skip
            review(week, turn, timing.review_ring, schedule, base, opened, entry_share, term, order, due, queued,
                   matured, cleared, granted, busy, request)  # fmt: skip
            if quotas:
                apply_quotas(week, schedule, member, quota, under_quota, request, capped)
            share_out(lot, wiring.classes, pool, request, asked, filled)
            ship(lot, wiring.edge_pool, wiring.edge_store, filled, pool, request, leaving, left_sum, books[0])
            crossing = request
            take_granted(schedule, lot, capped, filled, term, granted, cleared)
            if quotas:
                use_quotas(week, schedule, quota, crossing)
            if holding:
                hold_back(week, schedule, lot, order, gate, capped, filled, passing, hold, crossing)
            move(here, wiring, member.lag, crossing, order, coming, underway, delivered, books, ordered, came)
            release(member, stocked, in_store, store_need, reserve, called, delivered, books)
            if drawers > 0 and week >= 0:
                release_shared(turn, member, shared, in_store, store_need, common, delivered, books, drawn)
            distribute(wiring, key, given, stock, wish, delivered)
            process(wiring, member, stock, coefficient, planned, activity)
            use_up(wiring, stock, coefficient, need, activity, available, books[4], had)
            make(turn, wiring, member, wanted, planned, limit, activity, pace, reach, pool, made, made_sum, room)
            save(wiring, member, saves, available, need, price, thrift, substituted)
            move_price(member, ordered, came, fill)
            switch(wiring, member, order, crossing, room, room_part, marks, preference, going_out, coming_in,
                   trusted, moved, share)  # fmt: skip
            if week >= 0:
                write(week, wiring, layout, timing, wanted, activity, store_need, had, group_base, price, crossing,
                      record, first, lost)  # fmt: skip
                for one in range(lots):
                    record[week, reserve_rows + one] = common[0][one]
                for drawer in range(drawers):
                    record[week, reserve_rows + lots + drawer] = drawn[drawer]
        residual_of(wiring, member, schedule, coming, hold, pool, stock, made_sum, left_sum, books, residual)
        imbalance(shared, common, residual)
        return record, first, lost, residual

    return run


_run = _compile(_stamp())
