"""The market view of a run: what is cut comes from the run, names do not matter, and every figure has its leaves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lodestone.chain import impact, prepare
from lodestone.evidence.find_market import find_market_view
from lodestone.evidence.find_shortage import simulate_rule
from lodestone.evidence.requests import ImpactRequest
from lodestone.evidence.stage_market import stage_market
from lodestone.impact.direct import SectorValue, direct_impact
from lodestone.record.why import leaves
from lodestone.simulate.figures import uses_of

STOP = """
title: A stop
author: a test
source: none
baseline: {{materials: [antimony]}}
start: 2026-11-10
horizon_weeks: 52
measures:
  - {{id: STOP, issuer: CHN, kind: ban, effective: 2026-11-10, elements: ALL, forms: ALL, blocked_share: {share}, {more}}}
"""
ON_ONE = "targets: [USA], rerouted_share: 0"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    def written(share: float = 1.0, more: str = "targets: ALL") -> str:
        path = tmp_path_factory.mktemp("market") / "stop.yaml"
        path.write_text(STOP.format(share=share, more=more))
        return str(path)

    return written


def setting_of(scenario: str):
    return prepare(ImpactRequest(scenario, "USA", "antimony"))


def view_of(setting, economy="USA", members=3):
    request = ImpactRequest("", economy, members=members)
    market = stage_market(setting)
    ensemble = simulate_rule(
        setting, request, "pro_rata", None, members, lambda *_: _Quiet(), "", economy, flows=market.flows
    )
    sectors = tuple(uses_of(ensemble, economy))
    values = tuple(SectorValue(sector, 10.0 + k, 0.1, 0.2, 0.3, (), "a test") for k, sector in enumerate(sectors))
    direct = direct_impact(
        economy, ensemble.unserved_share.transpose(0, 2, 1), sectors, values, setting.assumptions["impact.spread"], 1
    )
    return find_market_view(setting, market, ensemble, direct, np.full(members, 0.5))


class _Quiet:
    def __enter__(self):
        return None

    def __exit__(self, *_):
        return None


def test_a_ban_on_one_economy_cuts_the_market_by_its_part_and_a_stop_to_all_by_the_whole(scenario):
    whole, one, half = (view_of(setting_of(scenario(*given))) for given in ((1.0,), (1.0, ON_ONE), (0.5,)))
    assert whole.stopped == pytest.approx(1.0, abs=0.01)
    assert (
        (half.stopped > 0.25) & (half.stopped < 0.51)
    ).all()  # half of each order; buyers order more to fill their stocks
    assert ((one.stopped > 0.01) & (one.stopped < 0.4)).all()
    for deep, mild in ((whole, half), (half, one)):
        assert (deep.price > mild.price).all() and (
            deep.losses["using_industries"] >= mild.losses["using_industries"]
        ).all()


def test_one_that_is_not_banned_shares_the_cut_with_the_one_that_is(scenario):
    setting = setting_of(scenario(1.0, ON_ONE))
    banned, other = view_of(setting), view_of(setting, "JPN")
    assert banned.price == pytest.approx(other.price, rel=1e-9)
    assert (other.losses["prices_paid"] > 0.0).all()


def test_relabelled_economies_have_the_same_market(scenario):
    setting = setting_of(scenario())
    network = setting.network
    economies = sorted(set(network.nodes["economy"]) | set(network.trade["destination"]) | set(network.trade["origin"]))
    names = {economy: f"X{len(economies) - k:02d}" for k, economy in enumerate(economies)}

    def node(table):
        return table.assign(node=[f"{p}@{names[e]}" for p, _, e in (one.rpartition("@") for one in table["node"])])

    renamed = replace(
        network,
        nodes=node(network.nodes).assign(economy=network.nodes["economy"].map(names)),
        inputs=node(network.inputs),
        outputs=node(network.outputs),
        trade=network.trade.assign(
            origin=network.trade["origin"].map(names), destination=network.trade["destination"].map(names)
        ),
        stock_change=network.stock_change.assign(economy=network.stock_change["economy"].map(names)),
    )
    measures = tuple(replace(one, issuer=names[one.issuer]) for one in setting.scenario.measures)
    other = replace(setting, network=renamed, scenario=replace(setting.scenario, measures=measures))
    one, two = view_of(setting), view_of(other, names["USA"])
    for word in ("issuer_share", "stopped", "price", "quantity", "use", "total"):
        assert getattr(one, word) == pytest.approx(getattr(two, word), rel=1e-6), word


ACT = "  - {{id: ACT, issuer: CHN, effective: 2026-11-10, elements: ALL, targets: ALL, {act}}}"


@pytest.mark.parametrize(
    ("why", "act"),
    [
        ("before the stage", "kind: ban, forms: [ore], blocked_share: 1"),
        ("a price, not a stop", "kind: tariff, forms: ALL, rate: 0.2"),
        ("after the year", "kind: ban, forms: ALL, blocked_share: 1, effective: 2028-01-10"),
    ],
)
def test_where_nothing_is_held_back_at_a_border_the_view_says_so(tmp_path, why, act):
    path = tmp_path / "act.yaml"
    path.write_text(
        STOP[: STOP.index("  - ")].format() + ACT.format(act=act).replace("effective: 2026-11-10, ", "", "2028" in act)
    )
    setting = prepare(ImpactRequest(str(path), "USA", "antimony", weeks=104))
    assert setting.controls.controls, why
    market = stage_market(setting)
    assert "No measure holds back" in market.why_not and market.flows is None


@pytest.mark.parametrize("scenario_name", ["no-shock", "myanmar-closure"])
def test_without_a_measure_there_is_no_market_view(scenario_name):
    assert stage_market(prepare(ImpactRequest(scenario_name, "JPN"))).why_not


def test_goods_are_counted_by_their_elements_at_the_price_of_the_stage():
    setting = prepare(ImpactRequest("october-2025-resumed", "JPN"))
    market = stage_market(setting)
    products = setting.network.products["product"].tolist()
    # USD 257 per kg of oxide in 2024, of which 0.8 is contained: 321 a kg of dysprosium, in oxide as in metal.
    for product in ("oxide_dy", "metal_dy"):
        assert market.worth[products.index(product), market.elements.index("Dy")] == pytest.approx(321.25e3 / 1e9)
    magnet = market.worth[products.index("magnet_ndfeb_high_heavy")]
    assert market.worth[products.index("magnet_ndfeb_standard")].sum() < magnet.sum()
    assert not market.worth[products.index("ore_bayan_obo")].any()  # before the stage
    assert not market.worth[products.index("swarf_ndfeb_standard")].any()  # left over
    assert not {"Sc", "Tm"} & set(market.elements) and "Sc, Tm" in market.notes[0]


def test_a_stage_without_a_price_takes_the_nearest_and_says_so():
    market = stage_market(prepare(ImpactRequest("tungsten-licences", "JPN")))
    assert market.worth.any() and "concentrate tungsten stands in" in market.notes[0]


@pytest.fixture(scope="module")
def found():
    return impact(
        ImpactRequest(
            "gallium-germanium-total-stop", "USA", "germanium", members=6, draws=6, rules=("pro_rata", "home_first")
        )
    )


def test_every_figure_of_the_market_reaches_a_fact_or_an_assumption(found):
    assert len(found.market.headline) == 15
    for name in found.market.headline.values():
        assert {end.kind for end in leaves(found.figures, name)} & {"fact", "assumption", "measure"}, name
    ends = {end.id for end in leaves(found.figures, found.market.headline["market.total"])}
    for name in ("price_elasticity", "choke_price", "supply_response", "thrift_limit", "impact.spread"):
        assert f"assumption:{name}" in ends
    assert any(end.startswith("fact:") and "/price/" in end for end in ends)


def test_the_knock_on_is_the_runs_own_and_the_draws_are_its_members(found):
    view, figures = found.market.view, found.figures
    assert len(view.total) == 6
    downstream, lost = view.losses["downstream"], view.losses["using_industries"]
    assert downstream == pytest.approx(view.knock_on * lost)
    ratio = figures["run:USA.pro_rata.travel.indirect"].value / figures["run:USA.pro_rata.travel.direct"].value
    assert view.knock_on.min() <= ratio <= view.knock_on.max()
