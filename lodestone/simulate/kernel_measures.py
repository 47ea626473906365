"""Compiled steps 1, 2 and 4: measures in force, capacity, licences, quotas, sharing out, holds."""

from __future__ import annotations

import numpy as np
from numba import njit

from lodestone.simulate.schedule import BLOCKED, CAPACITY, FRONT, HELD, QUOTA, RAMP, TARIFF

compiled = njit(nogil=True, fastmath=False)


@compiled
def changes(week, schedule):
    """Whether a control begins or ends this week."""
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_from[effect] == week or schedule.effect_to[effect] == week:
            return True
    found = False
    for number in range(len(schedule.term_from)):
        found = found or schedule.term_from[number] == week or schedule.term_to[number] == week
    return found


@compiled
def set_force(week, schedule, member, gate, opened, front, preference, pace):
    """What the measures in force do to edges and ramps; ``gate`` is left at 1 for the desks."""
    opened[:], front[:], preference[:], pace[:] = 1.0, 1.0, 1.0, 1.0
    for effect in range(len(schedule.effect_kind)):
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        kind = schedule.effect_kind[effect]
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            row, size = schedule.effect_row[k], schedule.effect_coverage[k] * schedule.effect_size[effect]
            if kind == BLOCKED:
                opened[row] *= 1.0 - size
            elif kind == FRONT:
                front[row] *= 1.0 + size
            elif kind == TARIFF:
                preference[row] *= (1.0 + size) ** -member.tariff_elasticity
            elif kind == RAMP:
                spare = max(member.capacity[row] - member.activity[row], 1e-300)
                pace[row] *= 1.0 / (1.0 + size * member.ramp_step[row] / spare)
    gate[:] = 1.0


@compiled
def set_desks(week, schedule, gate, opened, entry_share, entry_ahead, term):
    """Gate is first what no licence claims yet, then the share of orders that crosses freely."""
    for desk in range(len(term)):
        begin, end = schedule.desk_entries[desk], schedule.desk_entries[desk + 1]
        term[desk] = -1
        entry_share[begin:end] = 0.0
        entry_ahead[begin:end] = 0.0
        for number in range(schedule.desk_terms[desk], schedule.desk_terms[desk + 1]):
            if schedule.term_from[number] <= week < schedule.term_to[number]:
                term[desk] = number
        if term[desk] < 0:
            continue
        now = term[desk]
        for entry in range(begin, end):
            edge = schedule.desk_edge[entry]
            entry_share[entry] = schedule.term_coverage[schedule.term_offset[now] + entry - begin] * gate[edge]
            gate[edge] -= entry_share[entry]
            entry_ahead[entry] = schedule.term_review[now] + 0.5 * schedule.term_lot[now]
    for edge in range(len(gate)):
        gate[edge] *= opened[edge]


@compiled
def set_limit(week, schedule, member, limit):
    """Capacity left by shocks, failures and restarts."""
    for node in range(len(limit)):
        struck = member.outage_from[node] <= week < member.outage_to[node]
        limit[node] = member.capacity[node] * (member.outage_left[node] if struck else 1.0)
    for effect in range(len(schedule.effect_kind)):
        begin, end = schedule.effect_from[effect], schedule.effect_to[effect]
        if schedule.effect_kind[effect] != CAPACITY or week < begin or week >= end + member.restart_weeks:
            continue
        restart = 0.0 if week < end else (week - end + 1.0) / member.restart_weeks
        for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
            lost = schedule.effect_coverage[k] * (1.0 - schedule.effect_size[effect]) * max(0.0, 1.0 - restart)
            limit[schedule.effect_row[k]] *= 1.0 - lost


@compiled
def review(week, turn, ring, schedule, member, opened, entry_share, term, order, due, queued, matured,
           cleared, granted, request):  # fmt: skip
    """File, mature, decide; granted tonnes join the requests."""
    for desk in range(len(term)):
        begin, end = schedule.desk_entries[desk], schedule.desk_entries[desk + 1]
        now = term[desk]
        if now < 0:
            for entry in range(begin, end):
                queued[entry] = matured[entry] = cleared[entry] = granted[entry] = 0.0
                due[:, entry] = 0.0
            continue
        later, ripe = (turn + schedule.term_review[now]) % ring, turn % ring
        base, waiting = 0.0, 0.0
        for entry in range(begin, end):
            edge = schedule.desk_edge[entry]
            filed = order[edge] * opened[edge] * entry_share[entry]
            due[later, entry] += filed
            queued[entry] += filed - due[ripe, entry]
            matured[entry] += due[ripe, entry]
            due[ripe, entry] = 0.0
            base += member.flow[edge] * entry_share[entry]
            waiting += matured[entry]
        since = week - schedule.term_from[schedule.desk_terms[desk]] + 1.0
        capacity = schedule.term_capacity[now] * min(1.0, since / schedule.term_ramp[now]) * base
        part = min(1.0, capacity / waiting) if waiting > 0.0 else 0.0
        for entry in range(begin, end):
            decided = matured[entry] * part
            allowed = decided * schedule.term_granted[now]
            returned = (decided - allowed) * schedule.term_returned[now]
            matured[entry] -= decided
            cleared[entry] += allowed
            due[later, entry] += returned
            queued[entry] += returned
            granted[entry] = cleared[entry] * opened[schedule.desk_edge[entry]]
            request[schedule.desk_edge[entry]] += granted[entry]


@compiled
def apply_quotas(week, schedule, member, quota, request, capped):
    """Cap the requests under quota; ``capped`` is the share let through."""
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] == QUOTA:
            for k in range(schedule.effect_entries[effect], schedule.effect_entries[effect + 1]):
                capped[schedule.effect_row[k]] = 1.0
    touched = False
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] != QUOTA:
            continue
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        touched = True
        begin, end = schedule.effect_entries[effect], schedule.effect_entries[effect + 1]
        base, asked = 0.0, 0.0
        for k in range(begin, end):
            base += member.flow[schedule.effect_row[k]] * schedule.effect_coverage[k]
            asked += request[schedule.effect_row[k]] * schedule.effect_coverage[k]
        quota[effect] += schedule.effect_size[effect] * base
        let = min(1.0, quota[effect] / asked) if asked > 0.0 else 1.0
        for k in range(begin, end):
            capped[schedule.effect_row[k]] *= 1.0 - schedule.effect_coverage[k] * (1.0 - let)
    if touched:
        for edge in range(len(request)):
            request[edge] *= capped[edge]


@compiled
def share_out(wiring, pool, request, asked, pool_fill):
    """Share of requests each pool can fill by class; ``asked`` is what was requested."""
    pool_fill[:] = 0.0
    for edge in range(len(request)):
        pool_fill[wiring.edge_pool[edge], wiring.edge_class[edge]] += request[edge]
    for number in range(len(pool)):
        left, total = pool[number], 0.0
        for rank in range(wiring.classes):
            sought = pool_fill[number, rank]
            served = min(1.0, max(left, 0.0) / sought) if sought > 0.0 else 1.0
            left -= sought * served
            total += sought
            pool_fill[number, rank] = served
        asked[number] = total


@compiled
def after_shipping(
    week, wiring, schedule, order, gate, capped, pool_fill, term, granted, cleared, quota, hold, crossing
):
    """Take shipments off what was granted and off quotas; hold neighbours and free what was held.

    Measures hold one after the other, each of what the ones before let pass.
    """
    passing = np.ones(len(order))
    for desk in range(len(term)):
        if term[desk] < 0:
            continue
        keep = 1.0 - 1.0 / schedule.term_valid[term[desk]]
        for entry in range(schedule.desk_entries[desk], schedule.desk_entries[desk + 1]):
            edge = schedule.desk_edge[entry]
            filled = capped[edge] * pool_fill[wiring.edge_pool[edge], wiring.edge_class[edge]]
            cleared[entry] = (cleared[entry] - granted[entry] * filled) * keep
    for effect in range(len(schedule.effect_kind)):
        begin, end = schedule.effect_entries[effect], schedule.effect_entries[effect + 1]
        active = schedule.effect_from[effect] <= week < schedule.effect_to[effect]
        if schedule.effect_kind[effect] == QUOTA and active:
            used = 0.0
            for k in range(begin, end):
                used += crossing[schedule.effect_row[k]] * schedule.effect_coverage[k]
            quota[effect] = max(0.0, quota[effect] - used)
    for effect in range(len(schedule.effect_kind)):
        if schedule.effect_kind[effect] != HELD:
            continue
        begin, end = schedule.effect_entries[effect], schedule.effect_entries[effect + 1]
        weeks, since = schedule.effect_weeks[effect], week - schedule.effect_from[effect]
        part = schedule.effect_size[effect] * np.exp(-max(0.0, since - weeks) / weeks)
        if since < 0 or week >= schedule.effect_to[effect]:
            part = 0.0
        for k in range(begin, end):
            edge = schedule.effect_row[k]
            filled = capped[edge] * pool_fill[wiring.edge_pool[edge], wiring.edge_class[edge]]
            taken = order[edge] * gate[edge] * filled * passing[edge] * schedule.effect_coverage[k] * part
            passing[edge] *= 1.0 - schedule.effect_coverage[k] * part
            freed = (hold[k] + taken) / weeks
            hold[k] += taken - freed
            crossing[edge] += freed - taken
