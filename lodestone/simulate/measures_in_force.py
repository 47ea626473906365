"""What the measures of a week do to edges and nodes, and the desk that reviews licences (plain NumPy)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lodestone.simulate.in_order import added, power
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import BLOCKED, CAPACITY, FRONT, RAMP, TARIFF, Schedule
from lodestone.simulate.state import State


class InForce(NamedTuple):
    """By edge: share no ban stops, share crossing freely, rise of orders, preference after tariff.

    By queue entry: its share of the edge's orders, weeks applied for ahead, share of cleared tonnes
    expiring a week. By desk: the term in force, -1 if none. By node: share of its ramp pace left.
    """

    open: np.ndarray
    gate: np.ndarray
    front: np.ndarray
    preference: np.ndarray
    entry_share: np.ndarray
    entry_ahead: np.ndarray
    expiry: np.ndarray
    term: np.ndarray
    ramp: np.ndarray


def in_force(week: int, schedule: Schedule, member: Member) -> InForce:
    """Combine the controls of a week; measures on one edge multiply what each lets through."""
    edges, entries = len(member.flow), len(schedule.desk_edge)
    opened, front, preference = np.ones(edges), np.ones(edges), np.ones(edges)
    ramp = np.ones(len(member.activity))
    for effect, kind in enumerate(schedule.effect_kind):
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        rows, reach = _entries(schedule, effect)
        size = schedule.effect_size[effect]
        if kind == BLOCKED:
            grown = min(1.0, (week - schedule.effect_from[effect]) / schedule.effect_weeks[effect])
            opened[rows] *= 1.0 - reach * size * (1.0 - schedule.effect_rerouted[effect] * grown)
        elif kind == FRONT:
            front[rows] *= 1.0 + reach * size
        elif kind == TARIFF:
            preference[rows] *= power(1.0 + reach * size, -member.tariff_elasticity)
        elif kind == RAMP:
            spare = np.maximum(member.capacity - member.activity, 1e-300)[rows]
            ramp[rows] *= 1.0 / (1.0 + reach * size * member.ramp_step[rows] / spare)
    free = np.ones(edges)
    entry_share, entry_ahead, expiry = np.zeros(entries), np.zeros(entries), np.ones(entries)
    terms = np.full(len(schedule.desk_entries) - 1, -1, dtype=np.int64)
    for desk in range(len(terms)):
        here = slice(schedule.desk_entries[desk], schedule.desk_entries[desk + 1])
        for term in range(schedule.desk_terms[desk], schedule.desk_terms[desk + 1]):
            if schedule.term_from[term] <= week < schedule.term_to[term]:
                terms[desk] = term
        if terms[desk] < 0:
            continue
        term, edge = terms[desk], schedule.desk_edge[here]
        offset = schedule.term_offset[term]
        share = schedule.term_coverage[offset : offset + len(edge)] * free[edge]
        free[edge] -= share
        entry_share[here] = share
        entry_ahead[here] = schedule.term_review[term] + 0.5 * schedule.term_lot[term]
        expiry[here] = 1.0 / schedule.term_valid[term]
    return InForce(opened, free * opened, front, preference, entry_share, entry_ahead, expiry, terms, ramp)


def node_factor(week: int, schedule: Schedule, member: Member) -> np.ndarray:
    """Share of each node's capacity left by shocks and failures, with the restart after a shock."""
    factor = np.ones(len(member.activity))
    for effect, kind in enumerate(schedule.effect_kind):
        begin, end = schedule.effect_from[effect], schedule.effect_to[effect]
        if kind != CAPACITY or week < begin or week >= end + member.restart_weeks:
            continue
        restart = 0.0 if week < end else (week - end + 1.0) / member.restart_weeks
        rows, reach = _entries(schedule, effect)
        lost = reach * (1.0 - schedule.effect_size[effect]) * max(0.0, 1.0 - restart)
        factor[rows] *= 1.0 - lost
    struck = (member.outage_from <= week) & (week < member.outage_to)
    return factor * np.where(struck, member.outage_left, 1.0)


def review(
    week: int,
    turn: int,
    schedule: Schedule,
    member: Member,
    state: State,
    force: InForce,
    order: np.ndarray,
    ring: int,
) -> np.ndarray:
    """File this week's applications, decide what has matured, and return what asks to ship by entry.

    The desk decides at most its capacity, a share of the base flow it reviews, growing over its ramp.
    When no terms are in force any more, applications and granted tonnes lapse: orders are free again.
    """
    request = np.zeros(len(schedule.desk_edge))
    for desk, term in enumerate(force.term):
        here = slice(schedule.desk_entries[desk], schedule.desk_entries[desk + 1])
        if term < 0:
            for array in (state.queued, state.matured, state.cleared):
                array[here] = 0.0
            state.due[:, here] = 0.0
            continue
        edge, share = schedule.desk_edge[here], force.entry_share[here]
        due = (turn + schedule.term_review[term]) % ring
        filed = order[edge] * force.open[edge] * share
        matured = state.due[turn % ring, here].copy()
        state.due[turn % ring, here] = 0.0
        state.queued[here] -= matured
        state.matured[here] += matured
        since = week - schedule.term_from[schedule.desk_terms[desk]] + 1.0
        pace = min(1.0, since / schedule.term_ramp[term])
        capacity = schedule.term_capacity[term] * pace * added(member.flow[edge] * share)
        waiting = added(state.matured[here])
        decided = state.matured[here] * (min(1.0, capacity / waiting) if waiting > 0.0 else 0.0)
        granted = decided * schedule.term_granted[term]
        returned = (decided - granted) * schedule.term_returned[term]
        state.matured[here] -= decided
        state.cleared[here] += granted
        state.due[due, here] += filed + returned
        state.queued[here] += filed + returned
        request[here] = state.cleared[here] * force.open[edge]
    return request


def _entries(schedule: Schedule, effect: int) -> tuple[np.ndarray, np.ndarray]:
    here = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
    return schedule.effect_row[here], schedule.effect_coverage[here]
