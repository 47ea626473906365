"""What must hold on the shipped rare-earth network, not only in a small world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.exposure.survive import weeks_until_stock_out
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.blueprint import UserFigures
from lodestone.simulate.controls import Controls
from lodestone.simulate.ensemble import run_one, simulate
from lodestone.simulate.luck import Luck
from lodestone.simulate.parameters import sample_member
from tests.simulate.real import (
    NOTHING,
    STILL,
    cut,
    every_flow,
    exports,
    prepared,
    real,
    setting_of,
    weeks_of,
)

ISSUER, BUYER = "CHN", "JPN"


def test_no_shock_reproduces_every_flow_of_the_reference_every_week():
    world = real()
    setting = setting_of(NOTHING, weeks=104, watch=every_flow(world.network))
    rows = len(world.network.trade)
    for number in (0, 3):
        run, _ = run_one(setting, number)
        member = sample_member(setting.plan, Luck(setting.seed, number))
        base = member.flow[setting.plan.circuit.row_edge]
        assert np.abs(run.record[-rows:] - base[:, None]).max() <= 1e-9 * base.max()
        moving = base > 1e-9 * base.max()
        assert np.abs(run.record[-rows:][moving] / base[moving, None] - 1.0).max() < 1e-6
        assert np.abs(run.record[:-rows][: len(setting.layout.use_nodes)] - 1.0).max() < 1e-9
        assert (run.first_shortage == -1).all()
        drawn = world.draws.trade[number] / 52  # the reference itself: the draw, balanced to rounding
        assert np.abs(base - drawn).max() <= 1e-6 * drawn.max()


def test_mass_balances_at_every_pool_store_and_route_in_every_week_and_at_every_node():
    world = real()
    setting = setting_of(prepared("april-2025-controls", 52).controls)
    wiring = setting.wiring
    member, _, weeks = weeks_of(setting, 2)
    assert min(week.record[: len(setting.layout.use_nodes)].min() for week in weeks) < 0.9  # something happens
    held = [float(week.state.hold.sum()) for week in weeks]
    assert max(held) > 0
    scale_pool = np.bincount(wiring.edge_pool, member.flow, len(member.pool_start)) + 1e-9
    scale_store = member.store_need + 1e-9
    for week in weeks:
        made, left = week.pool
        gained = week.state.pool - week.before["pool"]
        assert (np.abs(gained - made + left) / (scale_pool + week.before["pool"])).max() < 1e-9
        _, crossed, arrived, released, used = week.store
        stock = np.bincount(wiring.slot_store, week.state.stock - week.before["stock"], len(scale_store))
        size = scale_store + np.bincount(wiring.slot_store, week.before["stock"], len(scale_store))
        assert (np.abs(stock - arrived - released + used) / size).max() < 1e-9
        moving = week.state.underway - week.before["underway"]
        assert (np.abs(moving - crossed + arrived) / (scale_store + week.before["underway"])).max() < 1e-9
        assert min(week.state.pool.min(), week.state.stock.min(), crossed.min()) > -1e-9
    # nodes: a recipe gives out no more of any element than it takes in
    _assert_recipes_keep_elements(world.network)


def _assert_recipes_keep_elements(network: Network) -> None:
    composition = network.composition.to_pandas()
    kind = network.nodes.set_index("node")["kind"]

    def by_element(table: pd.DataFrame) -> pd.DataFrame:
        rows = table[table["node"].map(kind) == "process"]
        mass = composition.loc[rows["product"]].mul(rows["coefficient"].to_numpy(), axis=0)
        return mass.groupby(rows["node"].to_numpy()).sum()

    given, taken = by_element(network.outputs), by_element(network.inputs)
    both = given.index.intersection(taken.index)
    assert len(both) > 100
    gain = given.loc[both] - taken.loc[both]
    assert (gain / (1e-3 + taken.loc[both])).max().max() < 1e-6, gain.max().sort_values().tail(3)


def test_every_magnet_has_its_grades_composition_where_it_is_made_and_where_it_goes():
    network = real().network
    products = network.products.set_index("product")
    composition = network.composition.to_pandas()
    magnets = products.index[products["form"] == "magnet"]
    form = products["form"]
    made = used = 0
    for magnet in magnets:
        makers = network.outputs.loc[network.outputs["product"] == magnet, "node"].unique()
        taken = network.inputs[network.inputs["node"].isin(makers)]
        for _, rows in taken.groupby("node"):
            part = rows["coefficient"].to_numpy() / rows["coefficient"].sum()
            mixed = part @ composition.loc[rows["product"]].to_numpy()
            np.testing.assert_allclose(mixed, composition.loc[magnet], atol=1e-9)
            made += 1
        flows = network.trade[(network.trade["product"] == magnet) & (network.trade["flow"] > 0)]
        assert set(flows["origin"]) <= set(network.nodes.set_index("node").loc[makers, "economy"])
    takers = network.inputs[network.inputs["product"].isin(magnets)]
    for node, rows in takers.groupby("node"):
        outputs = network.outputs[network.outputs["node"] == node]
        outputs = outputs[outputs["product"].map(form) == "component"]
        if outputs.empty:
            continue
        part = rows["coefficient"].to_numpy() / rows["coefficient"].sum()
        mixed = part @ composition.loc[rows["product"]].to_numpy()
        np.testing.assert_allclose(mixed, composition.loc[outputs["product"].iloc[0]], atol=1e-9)
        used += 1
    assert made > 20 and used > 20


def _doubled(element: str, roomy: bool) -> tuple[dict[str, float], float]:
    """Last week's over the first week's output of each oxide, and weeks lost, when uses of an element double."""
    network = real().network
    holds = network.composition.sel(element=element).to_series() > 0.001
    uses = network.nodes.loc[network.nodes["kind"] == "use", "node"]
    taken = network.inputs[network.inputs["product"].map(holds) & network.inputs["node"].isin(uses)]
    process = network.nodes["kind"] == "process"
    capacity = network.nodes["activity"] * (4.0 if roomy else 1.0)
    nodes = network.nodes.assign(capacity=network.nodes["capacity"].where(~process, capacity))
    setting = setting_of(
        NOTHING, network=replace(network, nodes=nodes), weeks=104, pin={"*": "central"},
        user=UserFigures(demand=dict.fromkeys(taken["node"].unique(), 2.0)),
        without=frozenset({"thrift", "substitution"} | (set() if roomy else {"spare"})),
    )  # fmt: skip
    _, _, weeks = weeks_of(setting, 0)
    pools = setting.plan.circuit.pools
    oxides = pools["product"].isin(network.products.loc[network.products["kind"] == "oxide", "product"])
    made = pd.DataFrame({"product": pools["product"], "first": weeks[0].pool[0], "last": weeks[-1].pool[0]})[oxides]
    total = made.groupby("product")[["first", "last"]].sum()
    total = total[total["first"] > 0]
    held = network.composition.to_pandas()
    ratio = {str(held.loc[p].idxmax()): float(r) for p, r in (total["last"] / total["first"]).items()}
    uses_served = np.array([week.record[: len(setting.layout.use_nodes)] for week in weeks])
    return ratio, float((1.0 - uses_served).sum())


def test_doubled_demand_for_dysprosium_raises_lanthanum_and_cerium_only_with_spare_capacity():
    grown, lost_roomy = _doubled("Dy", roomy=True)
    assert grown["Dy"] > 1.3 and grown["La"] > 1.05 and grown["Ce"] > 1.05
    flat, lost_tight = _doubled("Dy", roomy=False)
    assert max(flat["Dy"], flat["La"], flat["Ce"]) <= 1.0 + 1e-9
    assert lost_tight > 100 and lost_tight > 2 * lost_roomy


def _renamed(network: Network, names: dict[str, str], order: np.random.Generator) -> Network:
    """The same network under other labels, its rows in another order."""

    def node(label: str) -> str:
        process, _, economy = label.rpartition("@")
        return f"{process}@{names[economy]}"

    def shuffled(table: pd.DataFrame) -> pd.DataFrame:
        return table.iloc[order.permutation(len(table))].reset_index(drop=True)

    def mapped(table: pd.DataFrame) -> pd.DataFrame:
        changes = {c: table[c].map(names) for c in ("economy", "origin", "destination") if c in table}
        if "node" in table:
            changes["node"] = table["node"].map(node)
        return shuffled(table.assign(**changes))

    return replace(
        network, nodes=mapped(network.nodes), inputs=mapped(network.inputs), outputs=mapped(network.outputs),
        trade=mapped(network.trade), stock_change=mapped(network.stock_change),
    )  # fmt: skip


def _scoped(assumptions: dict[str, Assumption], names: dict[str, str]) -> dict[str, Assumption]:
    """Assumptions whose scope names an economy hold for its new label."""

    def other(text: str) -> str:
        for sign in (">", "@", ":"):
            if sign in text:
                return sign.join(other(part) for part in text.split(sign))
        return names.get(text, text)

    return {key: replace(row, scope=other(row.scope)) for key, row in assumptions.items()}


def test_relabelled_and_reordered_economies_give_the_same_series():
    world = real()
    economies = sorted(set(world.network.nodes["economy"]) | set(world.network.trade["destination"]))
    names = dict(zip(economies, [*economies[7:], *economies[:7]], strict=True))
    other = _renamed(world.network, names, np.random.default_rng(5))
    more = {"weeks": 60, "members": 1, "scenario_name": "cut", "pin": {"*": "central"},
            "without": frozenset({"failures"})}  # fmt: skip
    a = simulate(
        world.network, None, cut(world.network, exports(world.network, ISSUER), 0.7), world.assumptions, **more
    )
    b = simulate(other, None, cut(other, exports(other, names[ISSUER]), 0.7), _scoped(world.assumptions, names), **more)
    assert a.lost_use.max() > 1
    place = {node: k for k, node in enumerate(b.use_nodes)}
    for k, node in enumerate(a.use_nodes):
        sector, _, economy = node.rpartition("@")
        j = place[f"{sector}@{names[economy]}"]
        assert a.first_shortage[k, 0] == b.first_shortage[j, 0]
        assert a.lost_use[k, 0] == pytest.approx(b.lost_use[j, 0], abs=1e-6)
        served = a.series.index[a.series["series"] == f"served:{node}"][0]
        same = b.series.index[b.series["series"] == f"served:{sector}@{names[economy]}"][0]
        np.testing.assert_allclose(a.mean[served], b.mean[same], atol=1e-6)


def test_one_and_two_threads_give_the_same_digest():
    given = prepared("april-2025-controls", 40)
    one, two = (
        simulate(
            given.network, given.baseline.draws, given.controls, given.assumptions, scenario_name="a", weeks=40,
            members=45, threads=threads,
        )
        for threads in (1, 2)
    )  # fmt: skip
    assert one.digest == two.digest
    assert one.lost_use.max() > 0


def _stock_out(setting, number: int, rows: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    """Weeks each use of what the cut rows bring lasts by the exposure formula, and the simulator's first short week.

    Stock, need and what is underway (it arrives for as many weeks as its transit) are the member's own.
    """
    member = sample_member(setting.plan, Luck(setting.seed, number, setting.pin))
    wiring, weeks = setting.wiring, setting.timing.weeks
    need = member.coefficient * member.activity[wiring.slot_node]
    edges = setting.plan.circuit.row_edge[rows]
    stopped = np.isin(np.arange(len(member.flow)), edges[edges >= 0])
    arriving = (member.lag[:, None] > np.arange(weeks)) | ~stopped[:, None]
    into = np.zeros((len(member.store_need), weeks))
    np.add.at(into, wiring.edge_store, member.flow[:, None] * arriving)
    whole = member.store_need[wiring.slot_store]
    share = np.divide(need, whole, out=np.zeros(len(need)), where=whole > 0)
    inflow = into[wiring.slot_store] * share[:, None]
    without = np.isin(wiring.slot_store, wiring.edge_store[stopped])
    taken = np.flatnonzero(wiring.node_is_use[wiring.slot_node] & wiring.slot_essential & (need > 0) & without)
    dims = {"slot": taken}
    lasts = weeks_until_stock_out(
        xr.DataArray(member.slot_target[taken], dims="slot", coords=dims),
        xr.DataArray(np.repeat(need[taken, None], weeks, 1), dims=("slot", "week"), coords=dims),
        xr.DataArray(np.minimum(inflow[taken], need[taken, None]), dims=("slot", "week"), coords=dims),
    )
    by_node = pd.Series(lasts.to_numpy()).groupby(wiring.slot_node[taken]).min()
    run, _ = run_one(setting, number)
    return by_node, run.first_shortage


def test_time_to_survive_equals_the_simulators_weeks_when_nothing_adapts():
    """A use that lasts t weeks is served in full for floor(t) weeks: the first short week is floor(t).

    One kind of product is cut at a time. Cut together, a maker that draws on a use's store would lose its own
    buyers, stand still, and leave the use its part.
    """
    network = real().network
    uses = network.nodes.loc[(network.nodes["kind"] == "use") & (network.nodes["economy"] == BUYER), "node"]
    taken = network.inputs.loc[network.inputs["node"].isin(uses), "product"]
    products = network.products[network.products["product"].isin(taken)]
    compared: dict[str, int] = {}
    for kind, cut_off in products.groupby("kind")["product"]:
        rows = network.trade["product"].isin(cut_off) & (network.trade["destination"] == BUYER)
        setting = setting_of(
            cut(network, np.flatnonzero(rows)), weeks=80, without=STILL, shortage_threshold=1 - 1e-9,
            pin={"transit_weeks": 4.0, "nonessential_weight": 0.0},
        )  # fmt: skip
        seen = set()
        for number in range(4):
            lasts, first = _stock_out(setting, number, np.flatnonzero(rows))
            for k, node in enumerate(setting.layout.use_nodes):
                if node in lasts.index:
                    weeks = lasts.loc[node]
                    expected = -1 if weeks >= 80 else int(np.floor(weeks + 1e-9))
                    assert first[k] == expected, (kind, network.nodes["node"].iloc[node], weeks, first[k])
                    compared[kind] = compared.get(kind, 0) + 1
                    seen.add(expected)
        assert kind not in compared or len(seen) > 3, (kind, seen)
    assert compared["component"] >= 32 and compared["oxide"] >= 24, compared


def test_no_product_is_made_for_the_scrap_it_leaves():
    """A tenth more demand settles at a tenth more of everything, and does not run away through the scrap loop."""
    network = real().network
    process = network.nodes["kind"] == "process"
    roomy = network.nodes["capacity"].where(~process, network.nodes["activity"] * 4.0)
    uses = network.nodes.loc[~process, "node"]
    setting = setting_of(
        NOTHING, network=replace(network, nodes=network.nodes.assign(capacity=roomy)), weeks=104,
        pin={"*": "central"}, user=UserFigures(demand=dict.fromkeys(uses, 1.1)),
        without=frozenset({"thrift", "substitution"}),
    )  # fmt: skip
    run, _ = run_one(setting, 0)
    output = (setting.series["kind"] == "output").to_numpy()
    last = run.record[output][:, -8:].mean(axis=1)
    made = setting.series.loc[output, "series"].to_numpy()
    assert abs(np.median(last) - 1.1) < 0.01
    assert last.max() < 1.25, made[np.argmax(last)]


def test_controls_of_a_scenario_without_effect_leave_the_reference():
    assert prepared("no-shock").controls == Controls((), ())


def test_who_waits_for_one_input_leaves_the_others_to_those_who_can_use_them():
    """Electronics lack yttrium alone; carmakers, who share their speakers and sensors, lack nothing."""
    trade = real().network.trade
    rows = np.flatnonzero(((trade["product"] == "oxide_y") & (trade["destination"] == BUYER)).to_numpy())
    setting = setting_of(cut(real().network, rows), weeks=104, without=frozenset({"failures"}))
    nodes = real().network.nodes["node"].to_numpy()[setting.layout.use_nodes].tolist()
    for number in (0, 1):
        run, _ = run_one(setting, number)
        assert run.record[nodes.index(f"consumer_electronics@{BUYER}"), -1] < 0.01
        assert run.record[nodes.index(f"other_vehicles@{BUYER}")].min() > 0.999
