"""The simulator on the three-economy world, and the compiled step against the plain one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import LabelError
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import build_setting, run_one, simulate
from lodestone.simulate.nouns import Range
from tests.world import small_network

NOTHING = Controls((), ())
STILL = frozenset({"switching", "thrift", "substitution", "spare", "reserves", "price", "supply_response", "failures"})


@pytest.fixture(scope="module")
def assumptions():
    return read_assumptions(data_folder())


def fixed(value):
    return Range(value, value, value, "fixed")


def rows_from(network, origin, product=None):
    trade = network.trade
    keep = (trade["origin"] == origin) & (trade["destination"] != origin)
    if product:
        keep &= trade["product"] == product
    return np.flatnonzero(keep.to_numpy())


def ban(network, share=1.0, last=52, origin="ALB", product=None):
    rows = rows_from(network, origin, product)
    return Controls((Control("BAN", "blocked", rows, np.ones(len(rows)), 0, last, {"share": fixed(share)}, "x"),), ())


def licence(network, approved=0.5):
    rows = rows_from(network, "ALB")
    terms = {
        "review_weeks": Range(2, 4, 8), "share_applications_approved": fixed(approved),
        "share_tonnes_of_approved": Range(0.5, 0.8, 1.0), "share_returned": fixed(0.5), "lot_weeks": fixed(8.0),
        "valid_weeks": fixed(26.0), "review_capacity": fixed(1.0), "ramp_weeks": fixed(4.0),
    }  # fmt: skip
    return Controls((Control("LIC", "licence", rows, np.ones(len(rows)), 0, 60, terms, "x"),), ())


def everything(network):
    """Each kind of control at once, two quotas and a second desk on the same rows, windows that overlap."""
    rows, half = rows_from(network, "ALB"), Range(0.2, 0.5, 0.8)
    full, nodes = np.ones(len(rows)), np.arange(3)
    terms = licence(network).controls[0].ranges
    made = [
        Control("A", "blocked", rows[:2], np.array([0.4, 0.7]), 5, 30, {"share": half}, "x"),
        Control("B", "quota", rows, full, 3, 40, {"share": half}, "x"),
        Control("C", "quota", rows[1:], 0.6 * full[1:], 10, 60, {"share": half}, "x"),
        Control("D", "held", rows, full, 8, 20, {"share": half, "weeks": Range(2, 4, 6)}, "x"),
        Control("E", "held", rows[:1], full[:1], 6, 50, {"share": half, "weeks": Range(1, 3, 9)}, "x"),
        Control("F", "front_loading", rows, full, 0, 5, {"share": half}, "x"),
        Control("G", "capacity", nodes, np.ones(3), 12, 18, {"factor": half}, "x"),
        Control("H", "ramp_delay", nodes, np.ones(3), 0, 80, {"weeks": Range(4, 8, 20)}, "x"),
        Control("I", "tariff", rows, full, 15, 90, {"share": half}, "x"),
        Control("J:licence:1", "licence", rows, 0.5 * full, -9, 35, terms, "x"),
        Control("J:licence:2", "licence", rows, 0.8 * full, 35, 70, {**terms, "review_weeks": Range(1, 2, 3)}, "x"),
        Control("K:licence:1", "licence", rows[:2], full[:2], 0, 50, terms, "x"),
    ]
    return Controls(tuple(made), ())


def test_no_shock_reproduces_the_base_year_every_week(assumptions):
    calm = simulate(small_network(), None, NOTHING, assumptions, scenario_name="none", weeks=104, members=4)
    served = (calm.series["kind"] == "served").to_numpy()
    assert served.sum() == 6
    assert abs(calm.mean[served] - 1.0).max() < 1e-9
    assert (calm.first_shortage == -1).all()
    assert calm.lost_use.max() < 1e-7


@pytest.mark.parametrize("make", [ban, licence, everything], ids=["ban", "licence", "everything"])
def test_the_compiled_step_agrees_with_the_plain_one(assumptions, make):
    network = small_network()
    setting = build_setting(network, None, make(network), assumptions, weeks=104, seed=3)
    for member in range(3):
        plain, drawn = run_one(setting, member, oracle=True)
        fast, same = run_one(setting, member)
        assert drawn == same
        np.testing.assert_allclose(fast.record, plain.record, rtol=1e-9, atol=1e-9)
        assert (fast.first_shortage == plain.first_shortage).all()


def test_mass_is_conserved_at_every_pool_store_and_route(assumptions):
    network = small_network()
    for controls in (ban(network, 0.7), licence(network)):
        setting = build_setting(network, None, controls, assumptions, weeks=104, seed=5)
        assert max(run_one(setting, member, oracle=True)[0].residual for member in range(4)) < 1e-12


def test_what_is_watched_of_one_economy_adds_up_to_what_its_uses_lose(assumptions):
    network = small_network()
    found = simulate(
        network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=20, watch_economy="BOR"
    )
    own = [row for row, node in enumerate(found.use_nodes) if node.endswith("@BOR")]
    assert found.unserved_share.shape == (len(own), 60, 20)
    assert found.unserved_share.dtype == np.float32
    assert found.lost_use[own].max() > 1.0
    np.testing.assert_allclose(found.unserved_share.sum(axis=1, dtype=float), found.lost_use[own], rtol=1e-6, atol=1e-6)
    with pytest.raises(LabelError, match="no use of 'XYZ'.*BOR"):
        simulate(network, None, ban(network), assumptions, scenario_name="b", weeks=8, members=1, watch_economy="XYZ")


def test_a_run_without_series_keeps_the_same_shortages_and_losses(assumptions):
    network = small_network()
    whole, bare = (
        simulate(network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=20, keep_series=keep)
        for keep in (True, False)
    )
    assert len(whole.series) == len(whole.mean) > 0
    assert len(bare.series) == len(bare.mean) == bare.quantiles.shape[1] == 0
    assert (bare.first_shortage == whole.first_shortage).all()
    assert whole.first_shortage.max() > 0
    assert (bare.lost_use == whole.lost_use).all()


def test_the_digest_does_not_depend_on_threads(assumptions):
    network = small_network()
    one, two = (
        simulate(network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=45, threads=threads)
        for threads in (1, 2)
    )
    assert one.digest == two.digest
    assert one.first_shortage.max() > 0


def test_another_seed_gives_another_digest(assumptions):
    network = small_network()
    digests = {
        simulate(network, None, ban(network), assumptions, scenario_name="b", weeks=30, members=5, seed=seed).digest
        for seed in (1, 2)
    }
    assert len(digests) == 2


def test_weeks_to_shortage_are_stock_and_goods_underway_over_use_when_nothing_adapts(assumptions):
    network = small_network()
    pins = {"cover_weeks": 6.0, "transit_weeks": 3.0, "pool_cover_weeks": 1.0, "*": "central"}
    # Bora's magnet maker and all of Cora and Bora's magnets from Alba stop
    run = simulate(
        network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=1, pin=pins, without=STILL,
    )  # fmt: skip
    cora = [i for i, node in enumerate(run.use_nodes) if node.endswith("@COR")]
    assert all(run.first_shortage[i, 0] > 6 for i in cora)
    longer = simulate(
        network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=1,
        pin={**pins, "cover_weeks": 9.0}, without=STILL,
    )  # fmt: skip
    assert all(longer.first_shortage[i, 0] - run.first_shortage[i, 0] >= 2 for i in cora)


def test_more_initial_cover_is_never_worse(assumptions):
    network = small_network()
    low, high = (
        simulate(
            network, None, ban(network), assumptions, scenario_name="b", weeks=80, members=10, pin={"cover_weeks": pin}
        )
        for pin in ("low", "high")
    )
    assert (high.lost_use.sum(axis=0) <= low.lost_use.sum(axis=0) + 1e-9).all()
    assert high.lost_use.sum() < low.lost_use.sum()


def test_a_licence_that_grants_more_loses_less(assumptions):
    network = small_network()
    strict, open_door = (
        simulate(network, None, licence(network, share), assumptions, scenario_name="l", weeks=80, members=6)
        for share in (0.1, 0.9)
    )
    assert open_door.lost_use.sum() < strict.lost_use.sum()


def test_a_partial_ban_loses_less_than_a_full_one(assumptions):
    network = small_network()
    half, full = (
        simulate(network, None, ban(network, share), assumptions, scenario_name="b", weeks=60, members=6)
        for share in (0.3, 1.0)
    )
    assert half.lost_use.sum() < full.lost_use.sum()


@pytest.mark.parametrize("mechanism", ["switching", "thrift", "reserves"])
def test_switching_a_mechanism_off_moves_the_number(assumptions, mechanism):
    network = small_network()
    assumed = dict(assumptions)
    if mechanism == "reserves":
        row = assumed["government_stock_weeks"]
        assumed["government_stock_weeks"] = replace(row, low=4.0, central=8.0, high=12.0, distribution="triangular")
    cut = ban(network, 0.5, last=60)
    on, off = (
        simulate(network, None, cut, assumed, scenario_name="b", weeks=60, members=6, without=without)
        for without in (frozenset(), frozenset({mechanism}))
    )
    assert not np.allclose(on.lost_use, off.lost_use, rtol=1e-3)


def test_relabelling_economies_changes_nothing(assumptions):
    network = small_network()
    names = {"ALB": "ZED", "BOR": "BOR", "COR": "ACE"}

    def renamed(table, columns):
        out = table.copy()
        for column in columns:
            out[column] = out[column].replace(names)
        return out

    def node(table):
        out = table.copy()
        out["node"] = [f"{p}@{names[e]}" for p, e in (label.split("@") for label in out["node"])]
        return out

    other = replace(
        network,
        nodes=renamed(node(network.nodes), ["economy"]),
        inputs=node(network.inputs),
        outputs=node(network.outputs),
        trade=renamed(network.trade, ["origin", "destination"]),
        stock_change=renamed(network.stock_change, ["economy"]),
    )
    pins = {"*": "central"}
    a = simulate(network, None, ban(network), assumptions, scenario_name="b", weeks=60, members=1, pin=pins)
    b = simulate(other, None, ban(other, origin="ZED"), assumptions, scenario_name="b", weeks=60, members=1, pin=pins)
    for i, label in enumerate(a.use_nodes):
        sector, economy = label.split("@")
        j = b.use_nodes.index(f"{sector}@{names[economy]}")
        assert a.lost_use[i, 0] == pytest.approx(b.lost_use[j, 0], abs=1e-9)
        assert a.first_shortage[i, 0] == b.first_shortage[j, 0]


def test_doubling_demand_for_the_scarce_element_raises_both_outputs_only_with_spare_capacity(assumptions):
    from lodestone.simulate.blueprint import UserFigures

    network = small_network()
    more = UserFigures(demand={"motors": 1.5, "speakers": 1.5})
    roomy = replace(network, nodes=network.nodes.assign(capacity=network.nodes["capacity"] * 3))
    wide = dict(assumptions)
    for name, row in assumptions.items():
        if name.startswith("spare_capacity"):
            wide[name] = replace(row, low=1.0, central=1.0, high=1.0)
    tight = {
        n: (replace(r, low=0.0, central=0.0, high=0.0) if n.startswith("spare_capacity") else r)
        for n, r in assumptions.items()
    }
    calm = Controls(
        (Control("ON", "tariff", rows_from(network, "BOR")[:1], np.zeros(1), 0, 1, {"share": fixed(0.0)}, "x"),), ()
    )

    def output(net, assumed):
        run = simulate(
            net, None, calm, assumed, scenario_name="d", weeks=104, members=1, user=more, pin={"*": "central"},
            without=frozenset({"failures", "thrift", "substitution"}),
        )  # fmt: skip
        made = run.series[(run.series["kind"] == "output")]
        hit = made[made["series"].str.contains("separation")]
        return float(run.mean[hit.index[0], -1]), run.lost_use.sum()

    grown, lost_roomy = output(roomy, wide)
    process = network.nodes["kind"] == "process"
    capped = network.nodes.assign(capacity=network.nodes["capacity"].where(~process, network.nodes["activity"]))
    flat, lost_tight = output(replace(network, nodes=capped), tight)
    assert grown > 1.2
    assert flat <= 1.0 + 1e-6
    assert lost_tight > lost_roomy


def test_watched_flows_are_kept_where_the_other_series_are_not(assumptions):
    network = small_network()
    watch = pd.DataFrame({"series": "sent", "trade_row": [0, 1], "weight": 1.0})
    more = {"scenario_name": "b", "weeks": 20, "members": 20, "watch": watch}
    all_kept = simulate(network, None, ban(network), assumptions, **more)
    alone = simulate(network, None, ban(network), assumptions, keep_series=False, **more)
    assert alone.series["series"].tolist() == ["sent"] and len(all_kept.series) > 1
    assert np.array_equal(alone.headline, all_kept.headline) and alone.headline.shape == (1, 20, 20)
    assert alone.headline.max() > 0.0
