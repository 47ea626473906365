"""What measures become on the rows of the three-economy world, checked by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.content_rule import chance_covered, value_share
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.nouns import Measure, Range, Shock
from tests.simulate.acts import START, a_measure, a_scenario, fixed, terms
from tests.world import small_network

ASSUMPTIONS = read_assumptions(data_folder())


def two_grades() -> Network:
    """The small world with half of each magnet flow as a grade without the heavy element."""
    network = small_network()
    light_row = network.products[network.products["product"] == "magnet"].assign(product="magnet_light")
    products = pd.concat([network.products, light_row], ignore_index=True)
    rows = np.vstack([network.composition.to_numpy(), [[1.0, 0.0]]])
    composition = xr.DataArray(
        rows,
        dims=("product", "element"),
        coords={"product": products["product"].to_numpy(), "element": ["light", "heavy"]},
    )
    magnets = network.trade["product"] == "magnet"
    trade = network.trade.assign(flow=np.where(magnets, network.trade["flow"] / 2, network.trade["flow"]))
    trade = pd.concat([trade, trade[magnets].assign(product="magnet_light")], ignore_index=True)
    return replace(network, products=products, composition=composition, trade=trade)


def compiled(*measures: Measure, network: Network | None = None, **more: object) -> Controls:
    scenario = a_scenario(*measures, **{k: v for k, v in more.items() if k in ("weeks", "shocks")})  # type: ignore[arg-type]
    rest = {k: v for k, v in more.items() if k not in ("weeks", "shocks")}
    return compile_controls(scenario, network or small_network(), ASSUMPTIONS, **rest)  # type: ignore[arg-type]


def only(controls: Controls) -> Control:
    assert len(controls.controls) == 1, [control.id for control in controls.controls]
    return controls.controls[0]


def routes(control: Control, network: Network | None = None) -> set[tuple[str, str, str]]:
    trade = (network or small_network()).trade.iloc[control.rows]
    return set(zip(trade["product"], trade["origin"], trade["destination"], strict=True))


def test_a_ban_blocks_listed_elements_in_listed_forms_and_nothing_at_home():
    control = only(compiled(a_measure("BAN", "ban")))
    assert control.kind == "blocked"
    assert routes(control) == {
        ("oxide_heavy", "ALB", "BOR"),
        ("magnet", "ALB", "BOR"),
        ("magnet", "ALB", "COR"),
    }
    assert (control.coverage == 1).all() and (control.week_from, control.week_to) == (0, 52)


def test_a_form_that_is_not_listed_is_not_covered():
    control = only(compiled(a_measure("BAN", "ban", forms=("oxide",))))
    assert routes(control) == {("oxide_heavy", "ALB", "BOR")}


def test_compound_in_a_measure_covers_oxide_products():
    control = only(compiled(a_measure("BAN", "ban", forms=("compound",))))
    assert routes(control) == {("oxide_heavy", "ALB", "BOR")}


def test_targets_limit_the_destinations():
    control = only(compiled(a_measure("BAN", "ban", targets=("COR",))))
    assert routes(control) == {("magnet", "ALB", "COR")}


def test_what_a_ban_on_some_stops_may_come_round_through_others_and_what_one_on_all_stops_may_not():
    round_others = {"rerouted_share": fixed(0.4), "rerouting_weeks": fixed(8)}
    some = only(compiled(a_measure("BAN", "ban", targets=("COR",), **round_others)))
    assert (some.ranges["rerouted"].central, some.ranges["weeks"].central) == (0.4, 8)
    every = only(compiled(a_measure("BAN", "ban")))
    assert set(every.ranges) == {"share"}


def test_an_import_border_acts_on_what_the_targets_send():
    control = only(
        compiled(a_measure("T", "tariff", issuer="COR", targets=("ALB",), border="import", rate=fixed(0.25)))
    )
    assert routes(control) == {("magnet", "ALB", "COR")} and control.kind == "tariff"
    assert control.ranges["share"].central == 0.25


def test_a_grade_without_the_element_is_held_as_a_neighbour_and_the_listed_grade_is_licensed():
    network = two_grades()
    measure = a_measure("A18", "licence", forms=("magnet",), over_compliance_share=fixed(0.4),
                        over_compliance_weeks=fixed(10))  # fmt: skip
    licence, held = compiled(measure, network=network).controls
    assert routes(licence, network) == {("magnet", "ALB", "BOR"), ("magnet", "ALB", "COR")}
    assert routes(held, network) == {("magnet_light", "ALB", "BOR"), ("magnet_light", "ALB", "COR")}
    assert (licence.kind, held.kind) == ("licence", "held")
    assert set(held.ranges) == {"share", "weeks"} and len(licence.ranges) == 8


def test_neighbours_covered_by_another_licence_are_not_held():
    network = two_grades()
    one = a_measure("A", "licence", forms=("magnet",), over_compliance_share=fixed(0.4))
    other = a_measure("B", "licence", elements=("light",), forms=("magnet",))
    assert [c.kind for c in compiled(one, other, network=network).controls] == ["licence", "licence"]


def test_forms_the_measure_does_not_list_are_not_held():
    network = small_network()
    network = replace(network, products=network.products.assign(hs="one"))
    measure = a_measure("A", "licence", forms=("oxide",), over_compliance_share=fixed(0.4))
    _, held = compiled(measure, network=network).controls
    assert (routes(held, network), held.kind) == ({("oxide_light", "ALB", "BOR")}, "held")


def test_other_customs_codes_are_not_held():
    network = small_network()
    network = replace(network, products=network.products.assign(hs=["1", "2", "3", "4"]))
    measure = a_measure("A", "licence", over_compliance_share=fixed(0.4))
    assert [c.kind for c in compiled(measure, network=network).controls] == ["licence"]


def test_a_trace_of_an_element_is_no_content():
    network = small_network()
    composition = network.composition.copy()
    composition.loc["oxide_light"] = [0.9995, 0.0005]
    network = replace(network, composition=composition)
    control = only(compiled(a_measure("BAN", "ban", forms=("oxide",)), network=network))
    assert routes(control, network) == {("oxide_heavy", "ALB", "BOR")}


def test_dates_become_weeks_from_the_start():
    day = dt.timedelta(days=1)
    later = a_measure("B", "ban", effective=START + 14 * day, ended=START + 70 * day, announced=None)
    control = only(compiled(later))
    assert (control.week_from, control.week_to) == (2, 10)
    earlier = a_measure("B", "ban", effective=START - 70 * day, announced=None)
    assert only(compiled(earlier)).week_from == -10


@pytest.mark.parametrize(("days", "week"), [(10, 1), (11, 2), (14, 2), (17, 2), (18, 3)])
def test_a_week_counts_when_most_of_its_days_do(days, week):
    measure = a_measure("B", "ban", effective=START + dt.timedelta(days=days), announced=None)
    assert only(compiled(measure)).week_from == week


def test_a_suspension_cuts_the_window_in_two():
    day = dt.timedelta(days=1)
    ban = a_measure("B", "ban")
    rest = a_measure("S", "suspension", suspends=("B",), effective=START + 70 * day, ended=START + 140 * day)
    both = compiled(ban, rest).controls
    assert [(c.week_from, c.week_to) for c in both] == [(0, 10), (20, 52)]
    assert [c.id for c in both] == ["B:blocked:window1", "B:blocked:window2"]
    own = replace(ban, suspended=((rest.effective, rest.ended),))
    assert [(c.week_from, c.week_to) for c in compiled(own).controls] == [(0, 10), (20, 52)]


def test_dated_licence_terms_become_consecutive_windows():
    day = dt.timedelta(days=1)
    dated = ((START + 56 * day, terms(0.25)), (START + 84 * day, terms(0.6)))
    found = compiled(a_measure("L", "licence", licence_dated=dated)).controls
    assert [(c.id, c.week_from, c.week_to) for c in found] == [
        ("L:licence:1", 0, 8),
        ("L:licence:2", 8, 12),
        ("L:licence:3", 12, 52),
    ]
    assert [c.ranges["share_applications_approved"].central for c in found] == [0.5, 0.25, 0.6]


def test_terms_dated_before_a_second_window_hold_in_it_from_its_first_week():
    day = dt.timedelta(days=1)
    measure = a_measure(
        "L",
        "licence",
        licence_dated=((START + 35 * day, terms(0.25)),),
        suspended=((START + 70 * day, START + 140 * day),),
    )
    found = compiled(measure).controls
    assert [(c.id, c.week_from, c.week_to) for c in found] == [
        ("L:licence:1:window1", 0, 5),
        ("L:licence:2:window1", 5, 10),
        ("L:licence:2:window2", 20, 52),
    ]
    assert [c.ranges["share_applications_approved"].central for c in found] == [0.5, 0.25, 0.25]


def test_terms_dated_before_the_start_apply_from_the_start():
    day = dt.timedelta(days=1)
    measure = a_measure("L", "licence", effective=START - 70 * day, announced=None,
                        licence_dated=((START - 35 * day, terms(0.25)),))  # fmt: skip
    control = only(compiled(measure))
    assert control.ranges["share_applications_approved"].central == 0.25


def test_orders_rise_between_announcement_and_effect_and_not_on_a_same_day_act():
    day = dt.timedelta(days=1)
    measure = a_measure("B", "ban", effective=START + 140 * day, front_loading_share=fixed(0.3))
    found = {c.kind: c for c in compiled(measure).controls}
    assert (found["front_loading"].week_from, found["front_loading"].week_to) == (12, 20)  # 8 weeks
    same_day = replace(measure, announced=measure.effective)
    assert [c.kind for c in compiled(same_day).controls] == ["blocked"]


def test_an_end_user_ban_reaches_the_share_of_the_flow_that_ends_in_the_sector_there():
    measure = a_measure("U", "end_user_ban", forms=("magnet",), end_uses=("motors",), targets=("BOR",))
    control = only(compiled(measure))
    assert control.coverage == pytest.approx([24 / 30])


def test_end_users_are_followed_through_the_magnet_maker():
    measure = a_measure("U", "end_user_ban", forms=("oxide",), end_uses=("motors",), targets=("BOR",))
    control = only(compiled(measure))
    # Bora's magnets go to all three economies alike: 24 of 94 t end in Bora's motors
    assert control.coverage == pytest.approx([24 / 94])


def test_a_sector_nobody_has_is_said_to_be_untouched():
    measure = a_measure("U", "end_user_ban", end_uses=("rockets",))
    found = compiled(measure)
    assert found.controls == () and "ends in rockets" in found.notes[0]


def test_an_entity_list_blocks_the_share_of_listed_firms():
    control = only(compiled(a_measure("E", "entity_list", blocked_share=Range(0, 0.05, 0.2))))
    assert control.kind == "blocked" and control.ranges["share"].central == 0.05


def test_a_technology_ban_slows_makers_elsewhere_and_not_the_issuer():
    control = only(compiled(a_measure("T", "technology_ban", forms=("technology",), delay_weeks=fixed(52))))
    assert control.kind == "ramp_delay"
    assert list(small_network().nodes["node"].iloc[control.rows]) == ["magnet@BOR"]
    assert control.coverage == pytest.approx([ASSUMPTIONS["technology.needs_share"].central])


def test_a_site_table_says_how_much_of_a_node_needs_the_technology():
    measure = a_measure("T", "technology_ban", forms=("technology",), delay_weeks=fixed(52))
    sites = pd.DataFrame({"node": ["magnet@BOR"], "share": [0.3]})
    assert only(compiled(measure, sites=sites)).coverage == pytest.approx([0.3])
    nobody = pd.DataFrame({"node": ["magnet@BOR"], "share": [0.0]})
    assert "touches nothing" in compiled(measure, sites=nobody).notes[0]


def test_a_licence_on_equipment_slows_and_blocks_no_product():
    control = only(compiled(a_measure("Q", "licence", forms=("equipment",), delay_weeks=fixed(13))))
    assert control.kind == "ramp_delay" and control.ranges["weeks"].central == 13


def test_value_of_the_content_over_value_of_the_product():
    # heavy in the magnet: 0.3 kg/kg x 20.8/94 x (300/0.85) USD/kg over 60 USD/kg
    share = value_share(a_measure("C", "content_rule"), small_network()).sel(product="magnet").item()
    assert share == pytest.approx(0.3 * 20.8 / 94 * (300 / 0.85) / 60)


def test_a_content_rule_reaches_magnets_between_third_economies():
    measure = a_measure("C", "content_rule", forms=("magnet",), threshold=fixed(0.001))
    control = only(compiled(measure))
    assert control.kind == "licence" and control.id == "C:certain:licence"
    assert routes(control) == {("magnet", "BOR", "COR")}
    assert control.ranges["coverage"].high <= 1


def test_content_below_the_threshold_is_not_reached_and_between_is_uncertain():
    far = a_measure("C", "content_rule", forms=("magnet",), threshold=fixed(0.9))
    assert "reaches its threshold" in compiled(far).notes[0]
    near = replace(far, threshold=fixed(0.4))
    control = only(compiled(near))
    assert control.id == "C:uncertain:licence" and control.ranges["coverage"].low == 0
    assert "uncertain side" in compiled(near).notes[0]


def test_given_look_through_shares_replace_the_networks_own():
    measure = a_measure("C", "content_rule", forms=("magnet",), threshold=fixed(0.001))
    none = xr.DataArray([[0.0]], dims=("product", "economy"), coords={"product": ["magnet"], "economy": ["BOR"]})
    found = compiled(measure, issuer_content={"ALB": none})
    assert found.controls == () and "holds the issuer's listed elements" in found.notes[0]


def test_the_chance_of_a_content_on_the_threshold():
    # triangular factor 0.5, 1, 2: a third of it lies below one
    chance = chance_covered(np.array([0.001, 0.01, 0.0, np.nan]), fixed(0.001), ASSUMPTIONS)
    unknown = ASSUMPTIONS["content_rule.covered_unknown"].central
    assert chance == pytest.approx([2 / 3, 1.0, 0.0, unknown])


def test_quota_and_enforcement():
    quota = only(compiled(a_measure("Q", "quota", quota_share=fixed(0.6))))
    assert quota.kind == "quota" and quota.ranges["share"].central == 0.6
    network = two_grades()
    campaign = a_measure("E", "enforcement", forms=("magnet",), over_compliance_share=fixed(0.1))
    assert only(compiled(campaign, network=network)).kind == "held"


def test_a_shock_takes_capacity_from_the_nodes_of_a_stage():
    shock = Shock("ALB", "mine", (), fixed(0.4), START, START + dt.timedelta(days=182))
    control = only(compiled(shocks=(shock,)))
    assert (control.kind, control.week_from, control.week_to) == ("capacity", 0, 26)
    assert list(small_network().nodes["node"].iloc[control.rows]) == ["mine@ALB"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"elements": ("xenon",)}, "no product of this network contains xenon"),
        ({"elements": ()}, "names no element"),
        ({"forms": ("component",)}, "none of the forms it lists"),
        ({"issuer": "COR", "forms": ("oxide",)}, "no route of what it covers"),
        (
            {"ended": START - dt.timedelta(days=30), "effective": START - dt.timedelta(days=60)},
            "before the scenario",
        ),
        ({"effective": START + dt.timedelta(days=900)}, "after the scenario's 52 weeks"),
        ({"suspended": ((START - dt.timedelta(days=9), None),)}, "suspended for the whole"),
    ],
)
def test_a_measure_that_touches_nothing_says_why(changes, reason):
    found = compiled(a_measure("M", "ban", **{"announced": None, **changes}))
    assert found.controls == ()
    assert len(found.notes) == 1 and found.notes[0].startswith("M: touches nothing") and reason in found.notes[0]


def test_no_measure_gives_no_control():
    assert compiled() == Controls((), ())


def test_only_some_listed_elements_may_make_a_magnet_listed():
    both = a_measure("BAN", "ban", elements=("light", "heavy"), elements_in_alloys=("light",))
    network = small_network()
    composition = network.composition.copy()
    composition.loc["magnet"] = [0.0, 1.0]
    network = replace(network, composition=composition)
    covered = routes(only(compiled(both, network=network)), network)
    assert {product for product, *_ in covered} == {"oxide_light", "oxide_heavy"}
    every = replace(both, elements_in_alloys=())
    assert "magnet" in {product for product, *_ in routes(only(compiled(every, network=network)), network)}


def test_buyers_order_ahead_once_for_measures_of_the_same_weeks():
    day = dt.timedelta(days=1)
    one = a_measure("A", "ban", effective=START + 140 * day, front_loading_share=fixed(0.3), forms=("magnet",))
    two = replace(one, id="B", forms=("magnet", "oxide"))
    ahead = [control for control in compiled(one, two).controls if control.kind == "front_loading"]
    assert [routes(control) for control in ahead] == [
        {("magnet", "ALB", "BOR"), ("magnet", "ALB", "COR")},
        {("oxide_heavy", "ALB", "BOR")},
    ]
    later = replace(two, effective=START + 280 * day, announced=START + 200 * day)
    ahead = [control for control in compiled(one, later).controls if control.kind == "front_loading"]
    assert [len(control.rows) for control in ahead] == [2, 3]


def test_an_issuer_that_is_a_group_acts_at_its_outer_border():
    members = ("BOR", "COR")
    measure = a_measure("G", "tariff", issuer="BOC", issuers=members, targets=("ALB",), border="import",
                        rate=fixed(0.1), forms=("magnet",))  # fmt: skip
    assert routes(only(compiled(measure))) == {("magnet", "ALB", "BOR"), ("magnet", "ALB", "COR")}
    outward = replace(measure, kind="ban", border="export", targets=("ALL",))
    assert routes(only(compiled(outward))) == {("magnet", "BOR", "ALB")}


def test_relabelling_economies_changes_only_the_labels():
    names = {"ALB": "ZZZ", "BOR": "AAA", "COR": "MMM"}
    network = small_network()
    renamed = replace(
        network,
        nodes=network.nodes.assign(economy=network.nodes["economy"].map(names)),
        trade=network.trade.assign(
            origin=network.trade["origin"].map(names), destination=network.trade["destination"].map(names)
        ),
    )
    one = compiled(a_measure("B", "ban", targets=("BOR",)))
    two = compiled(a_measure("B", "ban", issuer="ZZZ", targets=("AAA",)), network=renamed)
    assert np.array_equal(only(one).rows, only(two).rows)
