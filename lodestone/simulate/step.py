"""The weekly step in plain NumPy for one member: the oracle of the compiled kernel, and its text.

`run_member` says what a week is. ``kernel.py`` does the same over the same arrays and must agree to
1e-9; where the two differ, this file is right.
"""

from __future__ import annotations

import numpy as np

from lodestone.simulate.accounts import count_flows, record_of, residual_of
from lodestone.simulate.circuit import Wiring
from lodestone.simulate.measures_in_force import in_force, node_factor, review
from lodestone.simulate.ordering import store_orders, wanted_activity, wishes
from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import Schedule
from lodestone.simulate.shared_reserve import SharedReserve, SharedState, shared_start
from lodestone.simulate.sharing import imbalance, release_shared
from lodestone.simulate.shipping import hold_at_border, quota_factor, share_out, use_quota
from lodestone.simulate.state import Layout, Run, State, Timing, initial_state
from lodestone.simulate.switching import switch_suppliers
from lodestone.simulate.using import (
    activity_of,
    distribute,
    move_price,
    price_of,
    release,
    room_of,
    save_inputs,
    shortage_of,
)


def run_member(
    wiring: Wiring, member: Member, schedule: Schedule, layout: Layout, timing: Timing, shared: SharedReserve
) -> Run:
    """Simulate one member week by week.

    A week, in order:

    1. *Measures* in force set, for each edge, the share of orders that may cross, the share that needs
       a licence, the rise of orders ahead of a measure and the price tariff.
    2. *Capacity*: shocks, failures and restarts leave a share of each node's capacity; what lies above
       base activity is reached no faster than its ramp.
    3. *Orders*: uses want base demand times growth. A process wants the most that any of its pools
       asks of it: last week's orders there plus a part of the gap to its target stock (a pool piled
       up beyond target asks less, so only the scarce co-product sets the pace), raised by the price,
       up to capacity. Each node wishes for its need of an input plus a part of the gap to its target
       cover, and for less where it holds more than that because another input is missing. Each node
       counts its part of what should be on its way (goods usually underway, applications ahead of a
       licence) to its target, too; a store orders the sum of that, less a part of what is on its way
       (underway, held, queued, cleared). Orders go to suppliers by their current shares.
    4. *Shipment*: blocked orders do not cross; orders under licence become applications that mature
       after the review, wait for the desk's capacity, and are granted, returned or refused; what was
       granted ships its backlog until it expires. Quotas cap sums. What a pool has is shared out by
       class, pro rata within a class. Neighbours held at the border cross later.
    5. *Transit*: what crosses arrives after its edge's weeks underway, whatever is announced meanwhile.
    6. *Reserves*: a store below its trigger calls on the government stock; after a delay it releases
       the gap, at most a rate, never below the floor, and only where nodes of the economy take the
       product. What it lacks then it may draw from a reserve held together, from week 0 on, by that
       reserve's rule (`lodestone.simulate.shared_reserve`). Deliveries and releases are then shared among the store's slots by class, pro rata to
       their wishes.
    7. *Processing*: activity = min(wanted, capacity, scarcest essential input); a missing
       non-essential input takes its weight off; outputs follow the recipe and may ship next week.
    8. *Use*: the same for uses; served share = activity / wanted. Persistent shortage or price brings
       thrift and substitution, which lower the coefficient towards their limits.
    9. *Price*, inside and outside the issuers: min(choke, fill^(-1/elasticity)), smoothed; it feeds 3
       and 8 only. Shares then leave suppliers that do not deliver, at a bounded rate and only as far
       as others have spare capacity, and drift back when delivery is restored.

    Week 0 begins in the base year's steady state; without controls every flow stays there.

    Where orders and stocks chase each other a week magnifies differences: one in the last digit may
    stand in the third after a hundred weeks. So every sum here runs in the order of its rows (a
    ``bincount``, never a pairwise ``sum``), and exp, log and powers are those of the C library, as in
    ``kernel.py``: the two then round alike and stay together.

    Returns
    -------
    Run
    """
    state = initial_state(wiring, member, schedule, timing)
    start = initial_state(wiring, member, schedule, timing)
    uses = layout.use_nodes
    rows = len(uses) + len(state.underway) + layout.groups + wiring.markets + layout.watched
    common = shared_start(shared)
    rows += len(shared.start) + len(shared.store)
    record = np.zeros((rows, timing.weeks))
    first = np.full(len(uses), -1, dtype=np.int64)
    lost = np.zeros(len(uses))
    flows = np.zeros((2, len(state.pool))), np.zeros((5, len(state.underway)))
    for week in range(timing.first_week, timing.weeks):
        seen = one_week(week, wiring, member, schedule, layout, timing, state, flows, shared, common)
        if week >= 0:
            record[:, week] = seen
            served = seen[: len(uses)]
            lost += 1.0 - served
            short = (served < timing.shortage_threshold) & (first < 0)
            first[short] = week
    residual = max(residual_of(wiring, schedule, start, state, flows, member), imbalance(shared, common))
    return Run(record, first, lost, residual)


def one_week(
    week: int,
    wiring: Wiring,
    member: Member,
    schedule: Schedule,
    layout: Layout,
    timing: Timing,
    state: State,
    flows: tuple[np.ndarray, np.ndarray],
    shared: SharedReserve,
    common: SharedState,
) -> np.ndarray:
    """The numbered list of `run_member`, once; returns the week's record and updates the state."""
    turn = week - timing.first_week
    pools, stores = len(state.pool), len(state.underway)
    use = wiring.node_is_use
    # 1, 2
    force = in_force(week, schedule, member)
    limit = member.capacity * node_factor(week, schedule, member)
    reachable = np.where(use, np.inf, np.minimum(limit, state.reach))
    # 3
    if week > 0:
        state.demand = state.demand * member.growth
    price = price_of(member, state)
    wanted = wanted_activity(turn, wiring, member, state, price)
    planned = np.minimum(wanted, reachable)
    coefficient = member.coefficient * (1.0 - state.thrift) * (1.0 - state.substituted)
    need = coefficient * planned[wiring.slot_node]
    store_need = np.bincount(wiring.slot_store, need, stores)
    state.expected += (store_need - state.expected) / member.reorder_weeks
    wish = wishes(member, state, need)
    store_order = store_orders(wiring, member, schedule, state, force, need, store_need)
    order = store_order[wiring.edge_store] * state.share * force.front
    # 4
    plain = order * force.gate
    granted = review(week, turn, schedule, member, state, force, order, timing.review_ring)
    request = plain.copy()
    np.add.at(request, schedule.desk_edge, granted)
    capped = quota_factor(week, schedule, member, state, request)
    request = request * capped
    fill, state.asked = share_out(wiring, state, request)
    shipped = request * fill
    left_pool = np.bincount(wiring.edge_pool, shipped, pools)
    state.pool -= left_pool
    done = granted * (capped * fill)[schedule.desk_edge]
    state.cleared = (state.cleared - done) * (1.0 - force.expiry)
    use_quota(week, schedule, state, shipped)
    crossing = hold_at_border(week, schedule, state, plain * capped * fill, shipped)
    # 5
    here = turn % timing.transit_ring
    np.add.at(state.coming, ((turn + member.lag) % timing.transit_ring, wiring.edge_store), crossing)
    arrived = state.coming[here].copy()
    state.coming[here] = 0.0
    crossed = np.bincount(wiring.edge_store, crossing, stores)
    state.underway += crossed - arrived
    # 6
    released = release(wiring, member, state, arrived, store_need, need)
    drawn = np.zeros(len(released))
    if week >= 0:
        drawn = release_shared(turn, wiring, member, shared, state, common, arrived + released, store_need, need)
        released = released + drawn
    state.stock += distribute(wiring, arrived + released, wish)
    # 7, 8
    held = state.stock.copy()
    activity = activity_of(wiring, member, state, planned, coefficient)
    used = np.minimum(state.stock, coefficient * activity[wiring.slot_node])
    state.stock = state.stock - used
    made = np.bincount(wiring.output_pool, member.output * activity[wiring.output_node], pools)
    state.pool += made
    state.reach = np.maximum(
        state.reach,
        np.minimum(member.capacity, np.minimum(wanted, state.reach + force.ramp * member.ramp_step)),
    )
    available = np.minimum(held, need)
    save_inputs(wiring, member, state, available, need, price)
    # 9
    move_price(wiring, member, state, crossing, order)
    room = room_of(wiring, member, state, turn, activity, planned, limit)
    state.share = switch_suppliers(wiring, member, state.share, order, crossing, room, force.preference)
    count_flows(wiring, flows, made, left_pool, shipped, crossed, arrived, released, used)
    served = np.where(wanted > 0.0, activity / np.where(wanted > 0.0, wanted, 1.0), 1.0)
    short = shortage_of(wiring, available, store_need, stores)
    seen = record_of(layout, wiring, member, served, short, activity, price, crossing)
    return np.concatenate([seen, common.lot, drawn[shared.store]])
