"""Step 4: quotas, sharing out what a pool has, and holding at the border (plain NumPy)."""

from __future__ import annotations

import math

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.in_order import added
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import HELD, QUOTA, Schedule
from lodestone.simulate.state import State


def quota_factor(week: int, schedule: Schedule, member: Member, state: State, request: np.ndarray) -> np.ndarray:
    """Share of each edge's requests its quotas let through; unused quota carries over."""
    factor = np.ones(len(request))
    for effect in np.flatnonzero(schedule.effect_kind == QUOTA):
        if not schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            continue
        here = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
        rows, reach = schedule.effect_row[here], schedule.effect_coverage[here]
        state.quota[effect] += schedule.effect_size[effect] * added(member.flow[rows] * reach)
        asked = added(request[rows] * reach)
        let = min(1.0, state.quota[effect] / asked) if asked > 0.0 else 1.0
        factor[rows] *= 1.0 - reach * (1.0 - let)
    return factor


def use_quota(week: int, schedule: Schedule, state: State, shipped: np.ndarray) -> None:
    """Take what was shipped off the quotas in force."""
    for effect in np.flatnonzero(schedule.effect_kind == QUOTA):
        if schedule.effect_from[effect] <= week < schedule.effect_to[effect]:
            here = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
            used = added(shipped[schedule.effect_row[here]] * schedule.effect_coverage[here])
            state.quota[effect] = max(0.0, state.quota[effect] - used)


def share_out(wiring: Wiring, state: State, request: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each edge's request that its pool can fill, class by class; what was asked of each pool."""
    left, total = state.pool.copy(), np.zeros(len(state.pool))
    fill = np.zeros(len(request))
    for rank in range(wiring.classes):
        asked = np.bincount(wiring.edge_pool, np.where(wiring.edge_class == rank, request, 0.0), len(left))
        served = np.minimum(1.0, np.maximum(left, 0.0) / np.where(asked > 0.0, asked, 1.0))
        served = np.where(asked > 0.0, served, 1.0)
        left = left - asked * served
        total += asked
        fill = np.where(wiring.edge_class == rank, served[wiring.edge_pool], fill)
    return fill, total


def hold_at_border(week: int, schedule: Schedule, state: State, free: np.ndarray, shipped: np.ndarray) -> np.ndarray:
    """What crosses: goods shipped, less those held this week, plus those released.

    Measures hold one after the other, each of what the ones before let pass.
    """
    crossing, passing = shipped.copy(), free.copy()
    for effect in np.flatnonzero(schedule.effect_kind == HELD):
        here = slice(schedule.effect_entries[effect], schedule.effect_entries[effect + 1])
        rows, weeks = schedule.effect_row[here], schedule.effect_weeks[effect]
        since = week - schedule.effect_from[effect]
        share = schedule.effect_size[effect] * math.exp(-max(0.0, since - weeks) / weeks)
        if since < 0 or week >= schedule.effect_to[effect]:
            share = 0.0
        taken = passing[rows] * schedule.effect_coverage[here] * share
        passing[rows] -= taken
        freed = (state.hold[here] + taken) / weeks
        state.hold[here] += taken - freed
        crossing[rows] += freed - taken
    return crossing
