"""What the weekly step carries from week to week, what it records, and what a run leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import Schedule


class Layout(NamedTuple):
    """What is recorded: use nodes, output by group of nodes, sums over edges (``watch_*``)."""

    use_nodes: np.ndarray
    node_group: np.ndarray
    groups: int
    watch_series: np.ndarray
    watch_edge: np.ndarray
    watch_weight: np.ndarray
    watched: int


class Timing(NamedTuple):
    """Weeks run (from ``first_week``, 0 or earlier), ring lengths, and the shortage threshold."""

    first_week: int
    weeks: int
    transit_ring: int
    review_ring: int
    shortage_threshold: float


class Run(NamedTuple):
    """One member's outcome.

    ``record`` (series, week): served share by use, then shortage by store, output of each group
    relative to base, price ratio by market, watched sums in t a week. ``first_shortage`` and
    ``lost_use`` by use; ``residual`` is the largest mass imbalance of any pool, store or route
    relative to what went through it.
    """

    record: np.ndarray
    first_shortage: np.ndarray
    lost_use: np.ndarray
    residual: float


class Runs(NamedTuple):
    """The outcomes of members side by side: the arrays of `Run` with the member as last axis."""

    record: np.ndarray
    first_shortage: np.ndarray
    lost_use: np.ndarray
    residual: np.ndarray


@dataclass
class State:
    """What a week leaves to the next; arrays by edge, pool, store, slot, node, market, queue entry."""

    share: np.ndarray
    coming: np.ndarray  # (turn of arrival modulo the ring's length, store)
    underway: np.ndarray
    pool: np.ndarray
    asked: np.ndarray
    stock: np.ndarray
    thrift: np.ndarray
    substituted: np.ndarray
    expected: np.ndarray
    demand: np.ndarray
    reach: np.ndarray
    fill: np.ndarray
    reserve: np.ndarray
    called: np.ndarray
    due: np.ndarray
    queued: np.ndarray
    matured: np.ndarray
    cleared: np.ndarray
    hold: np.ndarray
    quota: np.ndarray


def initial_state(wiring: Wiring, member: Member, schedule: Schedule, timing: Timing) -> State:
    """The base year's steady state."""
    slots, entries = len(member.coefficient), len(schedule.desk_edge)
    held = len(schedule.effect_row)
    return State(
        share=member.share.copy(),
        coming=np.array(
            [
                np.bincount(wiring.edge_store, np.where(turn < member.lag, member.flow, 0.0), len(member.store_need))
                for turn in range(timing.transit_ring)
            ]
        ),
        underway=member.pipeline.copy(),
        pool=member.pool_start.copy(),
        asked=np.bincount(wiring.edge_pool, member.flow, len(member.pool_start)),
        stock=member.slot_target.copy(),
        thrift=np.zeros(slots),
        substituted=np.zeros(slots),
        expected=member.store_need.copy(),
        demand=member.activity.copy(),
        reach=member.activity.copy(),
        fill=np.ones(wiring.markets),
        reserve=member.reserve_start.copy(),
        called=np.full(len(member.store_need), -1, dtype=np.int64),
        due=np.zeros((timing.review_ring, entries)),
        queued=np.zeros(entries),
        matured=np.zeros(entries),
        cleared=np.zeros(entries),
        hold=np.zeros(held),
        quota=np.zeros(len(schedule.effect_kind)),
    )
