"""One member's numbers: its network draw in weekly tonnes and its uncertain inputs, as flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lodestone.baseline.hosts import host_limit
from lodestone.simulate.blueprint import Blueprint
from lodestone.simulate.calendar import WEEKS_PER_YEAR
from lodestone.simulate.circuit import BALANCE_TOLERANCE, Circuit
from lodestone.simulate.luck import Luck, inverse
from lodestone.simulate.nouns import Range

TINY = 1e-12


class Member(NamedTuple):
    """What the weekly step reads of one member. Flows and needs in t a week, stocks in t.

    By edge: ``flow``, ``share`` (of its store's orders), ``lag`` (weeks underway), ``room_share`` (of
    the supplier's spare capacity). By node: ``activity``, ``capacity``, ``ramp_step`` (activity gained
    a week), ``growth`` (of demand, a week), ``outage_from``, ``outage_to``, ``outage_left``. By slot:
    ``coefficient``, ``slot_target``, ``thrift_limit``, ``substitution_limit``, ``degrade``. By output:
    ``output``, ``drive`` (activity per tonne wanted of its pool; 0 for scrap, which nothing is run for). By pool: ``pool_target``,
    ``pool_drift`` (stock built on purpose, as in the base year), ``pool_start``. By store:
    ``store_need``, ``pipeline`` (underway in the base year), ``switching_rate``, ``reserve_start``,
    ``reserve_kept``, ``reserve_flow``. The rest are single numbers named as their assumption.
    """

    flow: np.ndarray
    share: np.ndarray
    lag: np.ndarray
    room_share: np.ndarray
    activity: np.ndarray
    capacity: np.ndarray
    ramp_step: np.ndarray
    growth: np.ndarray
    outage_from: np.ndarray
    outage_to: np.ndarray
    outage_left: np.ndarray
    coefficient: np.ndarray
    slot_target: np.ndarray
    thrift_limit: np.ndarray
    substitution_limit: np.ndarray
    degrade: np.ndarray
    output: np.ndarray
    drive: np.ndarray
    pool_target: np.ndarray
    pool_drift: np.ndarray
    pool_start: np.ndarray
    store_need: np.ndarray
    pipeline: np.ndarray
    switching_rate: np.ndarray
    reserve_start: np.ndarray
    reserve_kept: np.ndarray
    reserve_flow: np.ndarray
    reorder_weeks: float
    pool_refill_weeks: float
    return_rate: float
    tariff_elasticity: float
    thrift_rate: float
    substitution_rate: float
    price_elasticity: float
    choke_price: float
    price_smoothing_weeks: float
    supply_response: float
    reserve_trigger: float
    reserve_delay_weeks: int
    restart_weeks: float


def sample_member(plan: Blueprint, luck: Luck) -> Member:
    """One member's arrays: its network draw (member modulo the number of draws) and its luck."""
    circuit, wiring = plan.circuit, plan.circuit.wiring
    network = circuit.network
    one = {name: luck.assumption(row) for name, row in plan.singles.items()}
    if plan.draws is None:
        yearly, trade = network.nodes["activity"].to_numpy(), network.trade["flow"].to_numpy()
        taken, given = network.inputs["coefficient"].to_numpy(), network.outputs["coefficient"].to_numpy()
    else:
        draw = luck.network(plan.draws.size)
        yearly, trade = plan.draws.activity[draw], plan.draws.trade[draw]
        taken, given = plan.draws.input_coefficient[draw], plan.draws.output_coefficient[draw]
    activity = yearly / WEEKS_PER_YEAR
    coefficient, output = taken[circuit.slot_row], given[circuit.output_row]
    pools, stores, nodes = len(circuit.pools), len(circuit.stores), len(yearly)

    need = coefficient * activity[wiring.slot_node]
    store_need = np.bincount(wiring.slot_store, need, stores)
    raw = trade[circuit.edge_row] / WEEKS_PER_YEAR
    arriving = np.bincount(wiring.edge_store, raw, stores)
    share = raw / np.where(arriving > 0.0, arriving, 1.0)[wiring.edge_store]
    flow = share * store_need[wiring.edge_store]
    made = np.bincount(wiring.output_pool, output * activity[wiring.output_node], pools)
    leaving = np.bincount(wiring.edge_pool, flow, pools)
    drift = made - leaving
    drift[np.abs(drift) <= BALANCE_TOLERANCE * made] = 0.0
    purposeful = np.where(plan.driving, drift, np.minimum(drift, 0.0))
    pool_target = np.maximum(plan.choices["pool_cover_weeks"].draw(luck), 1.0) * leaving

    lag = np.rint(plan.choices["transit_weeks"].draw(luck)).astype(np.int32)
    cover = _cover(plan, luck)
    capacity = _capacity(plan, luck, activity, network.nodes["capacity"].to_numpy())
    in_use = wiring.node_is_use[wiring.slot_node]
    first, last, left = _outages(plan, luck, one, nodes)
    stocked = plan.choices["government_stock_weeks"].draw(luck) * store_need
    reserve = stocked * (0.0 if "reserves" in plan.without else 1.0)
    return Member(
        flow=flow,
        share=share,
        lag=lag,
        room_share=_room_share(circuit, flow, store_need, leaving, one["entry_share"]),
        activity=activity * _demand_factor(plan, luck),
        capacity=capacity,
        ramp_step=(capacity - activity) / np.maximum(plan.choices["ramp_weeks"].draw(luck), 1.0),
        growth=_growth(plan, luck),
        outage_from=first,
        outage_to=last,
        outage_left=left,
        coefficient=coefficient,
        slot_target=cover * need,
        thrift_limit=plan.choices["thrift_limit"].draw(luck) * (_on(plan, "thrift") * in_use),
        substitution_limit=plan.choices["substitution_limit"].draw(luck) * (_on(plan, "substitution") * in_use),
        degrade=plan.choices["nonessential_weight"].draw(luck),
        output=output,
        drive=_drive(circuit, activity, output, made, capacity) * plan.run_for,
        pool_target=pool_target,
        pool_drift=purposeful,
        pool_start=pool_target + np.maximum(-drift, 0.0) * plan.weeks,
        store_need=store_need,
        pipeline=np.bincount(wiring.edge_store, lag * flow, stores),
        switching_rate=plan.choices["switching_rate"].draw(luck) * _on(plan, "switching"),
        reserve_start=reserve,
        reserve_kept=reserve * one["reserve_floor"],
        reserve_flow=store_need * one["reserve_rate"],
        reorder_weeks=one["reorder_weeks"],
        pool_refill_weeks=one["pool_refill_weeks"],
        return_rate=one["return_rate"] * _on(plan, "switching"),
        tariff_elasticity=one["tariff_elasticity"],
        thrift_rate=one["thrift_rate"],
        substitution_rate=one["substitution_rate"],
        price_elasticity=one["price_elasticity"],
        choke_price=one["choke_price"] if _on(plan, "price") else 1.0,
        price_smoothing_weeks=max(one["price_smoothing_weeks"], 1.0),
        supply_response=one["supply_response"] * _on(plan, "supply_response"),
        reserve_trigger=one["reserve_trigger"],
        reserve_delay_weeks=int(np.rint(one["reserve_delay_weeks"])),
        restart_weeks=max(one["restart_weeks"], 1.0),
    )


def _on(plan: Blueprint, mechanism: str) -> float:
    return 0.0 if mechanism in plan.without else 1.0


def _cover(plan: Blueprint, luck: Luck) -> np.ndarray:
    """Weeks of use each slot holds: the assumption, or the user's own figure."""
    cover = plan.choices["cover_weeks"].draw(luck)
    for (label, product), slots in plan.own_slots.items():
        cover[slots] = _own(luck, f"cover_weeks:own {label} {product}", plan.user.inventory[label, product])
    return cover


def _demand_factor(plan: Blueprint, luck: Luck) -> np.ndarray:
    factor = np.ones(len(plan.circuit.network.nodes))
    for label, nodes in plan.own_nodes.items():
        factor[nodes] = _own(luck, f"demand:own {label}", plan.user.demand[label])
    return factor


def _own(luck: Luck, name: str, given: Range | float) -> float:
    return luck.range(name, given) if isinstance(given, Range) else float(given)


def _growth(plan: Blueprint, luck: Luck) -> np.ndarray:
    """Weekly factor of demand growth by node, 1 for processes."""
    nodes = plan.circuit.network.nodes
    factor = np.ones(len(nodes))
    for sector, given in plan.growth.items():
        yearly = luck.range(f"demand_growth:{sector}", given)
        grows = plan.circuit.wiring.node_is_use & (nodes["process"] == sector).to_numpy()
        factor[grows] = (1.0 + yearly) ** (1.0 / WEEKS_PER_YEAR)
    return factor


def _capacity(plan: Blueprint, luck: Luck, activity: np.ndarray, yearly: np.ndarray) -> np.ndarray:
    """Weekly capacity: what a by-product's host gives, else the network's where it is known, else base
    activity plus the assumed spare share; never below base activity."""
    spare = plan.choices["spare_capacity"].draw(luck)
    if "spare" in plan.without:
        return activity.copy()
    known = np.isfinite(yearly) & (yearly > 0.0)
    capacity = np.where(known, np.maximum(yearly / WEEKS_PER_YEAR, activity), activity * (1.0 + spare))
    for node, rows in plan.hosts.items():
        capacity[node] = max(host_limit(rows, luck.assumption) / WEEKS_PER_YEAR, activity[node])
    return capacity


def _outages(plan: Blueprint, luck: Luck, one: dict[str, float], nodes: int) -> tuple[np.ndarray, ...]:
    """At most one long stop per process: its first week, the first week after it, and what is left."""
    uniform = luck.uniforms("failure_week", nodes)
    length = luck.uniforms("failure_length", nodes)
    is_process = ~plan.circuit.wiring.node_is_use
    rate = one["failure_rate"] * _on(plan, "failures") / WEEKS_PER_YEAR
    first = np.full(nodes, -1, dtype=np.int32)
    last = np.full(nodes, -1, dtype=np.int32)
    if rate > 0.0:
        waiting = -np.log1p(-uniform) / rate
        struck = is_process & (waiting < plan.weeks)
        row = plan.singles["failure_weeks"]
        spread = np.array([inverse(u, row.low, row.central, row.high, row.distribution) for u in length[struck]])
        first[struck] = waiting[struck].astype(np.int32)
        last[struck] = first[struck] + np.maximum(np.rint(spread), 1).astype(np.int32)
    return first, last, np.full(nodes, 1.0 - one["failure_depth"])


def _drive(
    circuit: Circuit, activity: np.ndarray, output: np.ndarray, made: np.ndarray, capacity: np.ndarray
) -> np.ndarray:
    """Activity asked of a node per tonne wanted of each of its pools, by base share (else by capacity)."""
    wiring = circuit.wiring
    base = made[wiring.output_pool]
    idle = np.bincount(wiring.output_pool, output * capacity[wiring.output_node], len(circuit.pools))[
        wiring.output_pool
    ]
    by_base = activity[wiring.output_node] / np.where(base > 0.0, base, 1.0)
    by_capacity = capacity[wiring.output_node] / np.where(idle > 0.0, idle, 1.0)
    return np.where(base > 0.0, by_base, np.where(idle > 0.0, by_capacity, 0.0))


def _room_share(
    circuit: Circuit, flow: np.ndarray, store_need: np.ndarray, leaving: np.ndarray, entry: float
) -> np.ndarray:
    """How a supplier's spare capacity is divided among those who may ask for it; sums to 1 by pool."""
    wiring = circuit.wiring
    pools = len(circuit.pools)
    smaller = np.minimum(store_need[wiring.edge_store], leaving[wiring.edge_pool])
    weight = np.maximum(flow, entry * np.maximum(smaller, TINY))
    return weight / np.bincount(wiring.edge_pool, weight, pools)[wiring.edge_pool]
