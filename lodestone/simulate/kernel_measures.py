"""Compiled steps 1, 2 and 4: measures in force, capacity, licences, quotas, sharing out, holds.

Arrays have the member's lane as last axis; windows are the same in all lanes.
"""

from __future__ import annotations

import numpy as np

from lodestone.simulate.compiled import compiled
from lodestone.simulate.schedule import BLOCKED, CAPACITY, FRONT, HELD, QUOTA, RAMP, TARIFF


@compiled
def changes(week, schedule):
    """Whether a control begins, ends or, as more comes round it, weakens this week."""
    for effect in range(len(schedule.effect_kind)):
        begin, end = schedule.effect_from[effect], schedule.effect_to[effect]
        if begin == week or end == week:
            return True
        if schedule.effect_kind[effect] == BLOCKED and begin < week < end:
            for lane in range(schedule.effect_size.shape[1]):
                if (
                    schedule.effect_rerouted[effect, lane] > 0.0
                    and week < begin + schedule.effect_weeks[effect, lane] + 1.0
                ):
                    return True
    found = False
    for number in range(len(schedule.term_from)):
        found = found or schedule.term_from[number] == week or schedule.term_to[number] == week
    return found


@compiled
def set_force(week, schedule, member, opened, front, preference, pace):
    """What the measures in force do to edges and ramps."""
    lanes = opened.shape[1]
    opened.fill(1.0)
    front.fill(1.0)
    preference.fill(1.0)
    pace.fill(1.0)
    for effect in range(len(schedule.effect_kind)):
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        kind = schedule.effect_kind[effect]
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            row = schedule.effect_row[k]
            for lane in range(lanes):
                size = schedule.effect_coverage[k, lane] * schedule.effect_size[effect, lane]
                if kind == BLOCKED:
                    grown = min(1.0, (week - schedule.effect_from[effect]) / schedule.effect_weeks[effect, lane])
                    opened[row, lane] *= 1.0 - size * (1.0 - schedule.effect_rerouted[effect, lane] * grown)
                elif kind == FRONT:
                    front[row, lane] *= 1.0 + size
                elif kind == TARIFF:
                    preference[row, lane] *= (1.0 + size) ** -member.tariff_elasticity[lane]
                elif kind == RAMP:
                    spare = max(member.capacity[row, lane] - member.activity[row, lane], 1e-300)
                    pace[row, lane] *= 1.0 / (1.0 + size * member.ramp_step[row, lane] / spare)


@compiled
def set_desks(week, schedule, gate, opened, entry_share, entry_ahead, term):
    """Gate is first what no licence claims yet, then the share of orders that crosses freely."""
    edges, lanes = gate.shape
    gate.fill(1.0)
    entry_share.fill(0.0)
    entry_ahead.fill(0.0)
    for desk in range(len(term)):
        begin, end = schedule.desk_entries[desk], schedule.desk_entries[desk + 1]
        term[desk] = -1
        for number in range(schedule.desk_terms[desk], schedule.desk_terms[desk + 1]):
            if schedule.term_from[number] <= week < schedule.term_to[number]:
                term[desk] = number
        if term[desk] < 0:
            continue
        now = term[desk]
        for entry in range(begin, end):
            edge, at = schedule.desk_edge[entry], schedule.term_offset[now] + entry - begin
            for lane in range(lanes):
                entry_share[entry, lane] = schedule.term_coverage[at, lane] * gate[edge, lane]
                gate[edge, lane] -= entry_share[entry, lane]
                entry_ahead[entry, lane] = schedule.term_review[now, lane] + 0.5 * schedule.term_lot[now, lane]
    for edge in range(edges):
        for lane in range(lanes):
            gate[edge, lane] *= opened[edge, lane]


@compiled
def strike(week, schedule, member, factor):
    """Share of capacity left by shocks and the restarts after them."""
    lanes = factor.shape[1]
    factor.fill(1.0)
    for effect in range(len(schedule.effect_kind)):
        begin, end = schedule.effect_from[effect], schedule.effect_to[effect]
        if schedule.effect_kind[effect] != CAPACITY or week < begin:
            continue
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            for lane in range(lanes):
                restart = 0.0 if week < end else (week - end + 1.0) / member.restart_weeks[lane]
                lost = schedule.effect_coverage[k, lane] * (1.0 - schedule.effect_size[effect, lane])
                factor[schedule.effect_row[k], lane] *= 1.0 - lost * max(0.0, 1.0 - restart)


@compiled
def set_limit(week, member, factor, limit):
    """Capacity left by shocks, restarts and long stops."""
    nodes, lanes = limit.shape
    for node in range(nodes):
        for lane in range(lanes):
            struck = member.outage_from[node, lane] <= week < member.outage_to[node, lane]
            left = factor[node, lane] * (member.outage_left[node, lane] if struck else 1.0)
            limit[node, lane] = member.capacity[node, lane] * left


@compiled
def mark(gate, front, preference, marks):
    """Note which edges a measure reaches in any lane: 1 gate, 2 front-loading, 4 tariff; others are passed over."""
    edges, lanes = gate.shape
    for edge in range(edges):
        marks[edge] = 0
        for lane in range(lanes):
            marks[edge] |= 1 if gate[edge, lane] != 1.0 else 0
            marks[edge] |= 2 if front[edge, lane] != 1.0 else 0
            marks[edge] |= 4 if preference[edge, lane] != 1.0 else 0


@compiled
def count_ahead(wiring, schedule, member, entry_share, entry_ahead, ahead, base):
    """Base flow under licence by desk, and what of it was applied for ahead by store."""
    lanes = ahead.shape[1]
    ahead.fill(0.0)
    base.fill(0.0)
    for desk in range(len(base)):
        for entry in range(schedule.desk_entries[desk], schedule.desk_entries[desk + 1]):
            edge = schedule.desk_edge[entry]
            for lane in range(lanes):
                under = member.flow[edge, lane] * entry_share[entry, lane]
                base[desk, lane] += under
                ahead[wiring.edge_store[edge], lane] += under * entry_ahead[entry, lane]


@compiled
def count_waiting(wiring, schedule, busy, queued, matured, cleared, hold, waiting, held):
    """What stores have queued, matured and cleared at desks, and held at the border."""
    lanes = waiting.shape[1]
    waiting.fill(0.0)
    held.fill(0.0)
    for desk in range(len(busy)):
        if busy[desk]:
            for entry in range(schedule.desk_entries[desk], schedule.desk_entries[desk + 1]):
                store = wiring.edge_store[schedule.desk_edge[entry]]
                for lane in range(lanes):
                    waiting[store, lane] += queued[entry, lane] + matured[entry, lane] + cleared[entry, lane]
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] == HELD:
            for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                store = wiring.edge_store[schedule.effect_row[k]]
                for lane in range(lanes):
                    held[store, lane] += hold[k, lane]


@compiled
def review(week, turn, ring, schedule, base, opened, entry_share, term, order, due, queued, matured,
           cleared, granted, busy, request):  # fmt: skip
    """File, mature, decide; granted tonnes join the requests. A desk without terms forgets its queue."""
    lanes, ripe = order.shape[1], turn % ring
    waiting, part, later = np.empty(lanes), np.empty(lanes), np.empty(lanes, np.uint64)
    for desk in range(len(term)):
        begin, end = schedule.desk_entries[desk], schedule.desk_entries[desk + 1]
        now = term[desk]
        if now < 0:
            if busy[desk]:
                for entry in range(begin, end):
                    for lane in range(lanes):
                        queued[entry, lane], matured[entry, lane] = 0.0, 0.0
                        cleared[entry, lane], granted[entry, lane] = 0.0, 0.0
                        for later_turn in range(ring):
                            due[entry, later_turn, lane] = 0.0
            busy[desk] = False
            continue
        busy[desk] = True
        waiting.fill(0.0)
        for lane in range(lanes):
            later[lane] = (turn + schedule.term_review[now, lane]) % ring
        for entry in range(begin, end):
            for lane in range(lanes):
                came = due[entry, ripe, lane]
                due[entry, ripe, lane] = 0.0
                queued[entry, lane] -= came
                matured[entry, lane] += came
                waiting[lane] += matured[entry, lane]
        since = week - schedule.term_from[schedule.desk_terms[desk]] + 1.0
        for lane in range(lanes):
            pace = min(1.0, since / schedule.term_ramp[now, lane])
            capacity = schedule.term_capacity[now, lane] * pace * base[desk, lane]
            part[lane] = min(1.0, capacity / waiting[lane]) if waiting[lane] > 0.0 else 0.0
        for entry in range(begin, end):
            edge = schedule.desk_edge[entry]
            for lane in range(lanes):
                decided = matured[entry, lane] * part[lane]
                allowed = decided * schedule.term_granted[now, lane]
                filed = order[edge, lane] * opened[edge, lane] * entry_share[entry, lane]
                filed += (decided - allowed) * schedule.term_returned[now, lane]
                matured[entry, lane] -= decided
                cleared[entry, lane] += allowed
                queued[entry, lane] += filed
                granted[entry, lane] = filed
            for lane in range(lanes):
                due[entry, later[lane], lane] += granted[entry, lane]
            for lane in range(lanes):
                granted[entry, lane] = cleared[entry, lane] * opened[edge, lane]
                request[edge, lane] += granted[entry, lane]


@compiled
def apply_quotas(week, schedule, member, quota, under_quota, request, capped):
    """Cap the requests under quota; ``capped`` is the share let through."""
    edges, lanes = request.shape
    base, asked = np.empty(lanes), np.empty(lanes)
    for edge in range(edges):
        if under_quota[edge]:
            for lane in range(lanes):
                capped[edge, lane] = 1.0
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] != QUOTA:
            continue
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        base.fill(0.0)
        asked.fill(0.0)
        begin, end = schedule.effect_entries[effect], schedule.effect_entries[effect + 1]
        for k in range(begin, end):
            edge = schedule.effect_row[k]
            for lane in range(lanes):
                base[lane] += member.flow[edge, lane] * schedule.effect_coverage[k, lane]
                asked[lane] += request[edge, lane] * schedule.effect_coverage[k, lane]
        for lane in range(lanes):
            quota[effect, lane] += schedule.effect_size[effect, lane] * base[lane]
            base[lane] = min(1.0, quota[effect, lane] / asked[lane]) if asked[lane] > 0.0 else 1.0
        for k in range(begin, end):
            edge = schedule.effect_row[k]
            for lane in range(lanes):
                capped[edge, lane] *= 1.0 - schedule.effect_coverage[k, lane] * (1.0 - base[lane])
    for edge in range(edges):
        if under_quota[edge]:
            for lane in range(lanes):
                request[edge, lane] *= capped[edge, lane]


@compiled
def share_out(lot, classes, pool, request, asked, fill):
    """Share of requests each pool can fill by class; ``asked`` is what was requested."""
    edges, lanes = request.shape
    left = np.empty(lanes)
    fill.fill(0.0)
    for edge in range(edges):
        part = lot[edge]
        for lane in range(lanes):
            fill[part, lane] += request[edge, lane]
    for number in range(len(pool)):
        for lane in range(lanes):
            left[lane] = pool[number, lane]
            asked[number, lane] = 0.0
        for part in range(number * classes, (number + 1) * classes):
            for lane in range(lanes):
                sought = fill[part, lane]
                served = min(1.0, max(left[lane], 0.0) / (sought if sought > 0.0 else 1.0)) if sought > 0.0 else 1.0
                left[lane] -= sought * served
                asked[number, lane] += sought
                fill[part, lane] = served


@compiled
def take_granted(schedule, lot, capped, fill, term, granted, cleared):
    """Take shipments off what was granted, and what expires."""
    lanes = granted.shape[1]
    keep = np.empty(lanes)
    for desk in range(len(term)):
        now = term[desk]
        if now < 0:
            continue
        for lane in range(lanes):
            keep[lane] = 1.0 - 1.0 / schedule.term_valid[now, lane]
        for entry in range(schedule.desk_entries[desk], schedule.desk_entries[desk + 1]):
            edge = schedule.desk_edge[entry]
            part = lot[edge]
            for lane in range(lanes):
                done = granted[entry, lane] * (capped[edge, lane] * fill[part, lane])
                cleared[entry, lane] = (cleared[entry, lane] - done) * keep[lane]


@compiled
def use_quotas(week, schedule, quota, crossing):
    """Take shipments off the quotas in force."""
    lanes = crossing.shape[1]
    used = np.empty(lanes)
    for effect in range(len(schedule.effect_kind)):
        active = schedule.effect_from[effect] <= week < schedule.effect_to[effect]
        if schedule.effect_kind[effect] == QUOTA and active:
            used.fill(0.0)
            for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                for lane in range(lanes):
                    used[lane] += crossing[schedule.effect_row[k], lane] * schedule.effect_coverage[k, lane]
            for lane in range(lanes):
                quota[effect, lane] = max(0.0, quota[effect, lane] - used[lane])


@compiled
def hold_back(week, schedule, lot, order, gate, capped, fill, passing, hold, crossing):
    """Hold neighbours and free what was held.

    Measures hold one after the other, each of what the ones before let pass.
    """
    lanes = crossing.shape[1]
    part = np.empty(lanes)
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] != HELD:
            continue
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            edge = schedule.effect_row[k]
            for lane in range(lanes):
                free = order[edge, lane] * gate[edge, lane] * capped[edge, lane]
                passing[edge, lane] = free * fill[lot[edge], lane]
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] != HELD:
            continue
        since, over = week - schedule.effect_from[effect], week >= schedule.effect_to[effect]
        for lane in range(lanes):
            weeks = schedule.effect_weeks[effect, lane]
            size = schedule.effect_size[effect, lane] * np.exp(-max(0.0, since - weeks) / weeks)
            part[lane] = 0.0 if since < 0 or over else size
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            edge = schedule.effect_row[k]
            for lane in range(lanes):
                taken = passing[edge, lane] * schedule.effect_coverage[k, lane] * part[lane]
                passing[edge, lane] -= taken
                freed = (hold[k, lane] + taken) / schedule.effect_weeks[effect, lane]
                hold[k, lane] += taken - freed
                crossing[edge, lane] += freed - taken
