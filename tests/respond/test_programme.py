"""The programme on a world small enough to know what it must do."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.errors import InfeasiblePlan
from lodestone.respond.home import home_of, supply_elsewhere
from lodestone.respond.options import Options, Rules, Terms
from lodestone.respond.outlook import Curb, Outlook, build_outlook, in_calm
from lodestone.respond.plan import mean_cost, spending, tell
from lodestone.respond.programme import FIRST, programme, rules_of
from lodestone.respond.slots import slots_of
from lodestone.respond.solve import Solved, solve
from lodestone.respond.tree import paths
from lodestone.respond.worth import worth
from tests.world import small_network

HOME = home_of(small_network(), "BOR", "ALB")
PRODUCTS = HOME.exports["product"].values
STAGES, ONSETS = (13.0,) * 4 + (52.0,), (1, 2)


def curb(crosses: dict[str, float]) -> Curb:
    network = small_network()
    products = network.products["product"].tolist()
    share = np.array([crosses.get(product, 1.0) for product in products])
    left = supply_elsewhere(network, "BOR", "ALB", crosses).to_numpy()
    coords = {"level": ["deep"], "product": products, "week": range(52)}
    tables = (xr.DataArray(np.tile(one[None, :, None], (1, 1, 52)), coords, tuple(coords)) for one in (share, left))
    return Curb(0.5, ("deep",), (1.0,), ((26.0, 0.5), (52.0, 0.5)), *tables)


def outlook(crosses: dict[str, float]) -> Outlook:
    return build_outlook(curb(crosses), STAGES, ONSETS)


def options(most: float = 20.0, steps: float = 0.2) -> Options:
    """A supplier of heavy oxide, a wider magnet plant, and a reserve of both oxides and the magnet."""
    stocked = xr.DataArray([58.8, 352.9, 200.0], {"stocked": ["oxide_light", "oxide_heavy", "magnet"]}, ("stocked",))
    columns = ["name", "most", "capex", "premium", "lead", "ramp", "life", "public"]
    rows = [("mine", most, 0.05, 20.0, 0.5, 0.25, 20.0, True), ("plant", most, 0.02, 5.0, 0.25, 0.25, 20.0, False)]
    levers = pd.DataFrame(rows, columns=columns).set_index("name")
    index = {"lever": ["mine", "plant"], "product": PRODUCTS}
    brought = np.stack([PRODUCTS == "oxide_heavy", PRODUCTS == "none"]).astype(float)
    step = {"step": ["usual", "fast"]}
    return Options(
        levers, xr.DataArray(brought, index, tuple(index)), (("plant", "magnet@BOR", "magnet"),), stocked,
        xr.full_like(stocked, 1e3), xr.full_like(stocked, 0.98), xr.full_like(stocked, 0.03),
        xr.DataArray([steps / 2, steps / 2], step, ("step",)), xr.DataArray([0.1, 0.5], step, ("step",)),
    )  # fmt: skip


def terms(**changes: Any) -> Terms:
    worth_of = xr.DataArray([900.0, 100.0], {"use": HOME.needs["use"].values}, ("use",))
    base = Terms(worth_of, 2.0, xr.zeros_like(worth_of), 0.0, xr.zeros_like(HOME.exports), 0.03, 0.5, 0.5)
    return dataclasses.replace(base, **changes)


def plan(seen: Outlook, can: Options | None = None, told: Terms | None = None, rules: Rules | None = None) -> Solved:
    rules = rules or Rules()
    write = programme(HOME, can or options(), told or terms(), rules)
    return solve(write(seen.tree, seen.data), rules=rules_of(rules))


CUT_CURB = curb({"oxide_light": 0.3, "oxide_heavy": 0.3, "magnet": 0.3})
CUT = build_outlook(CUT_CURB, STAGES, ONSETS)
IDLE = options(most=0.0, steps=0.0)


def test_without_a_curb_nothing_is_bought_lost_or_spent() -> None:
    found = plan(outlook({}))
    assert found.objective == pytest.approx(0.0, abs=1e-6)
    assert float(found.values["served"].min()) == pytest.approx(1.0)
    assert float(found.values["commit"].sum() + found.values["fills"].sum()) == pytest.approx(0.0, abs=1e-9)


def test_a_plan_costs_less_than_doing_nothing() -> None:
    none, best = plan(CUT, IDLE), plan(CUT)
    assert 0.0 < best.objective < 0.9 * none.objective
    assert float(best.values["fills"].sum()) > 0.0


def test_a_plan_that_commits_to_nothing_is_told_as_one() -> None:
    told = tell(plan(CUT, IDLE), CUT, HOME, IDLE, terms())
    calm = told.commitments[told.commitments["in_calm"]]
    assert len(calm) == 0
    assert {"lever", "years", "capex"} <= set(calm.columns)
    assert spending(told) == pytest.approx(0.0, abs=1e-6)


def test_what_the_tail_counts_is_no_spending() -> None:
    careful = terms(risk_weight=2.0)
    told = tell(plan(CUT, told=careful), CUT, HOME, options(), careful)
    mean = tell(plan(CUT), CUT, HOME, options(), terms())
    assert float(told.costs["weight on the tail"]) > 0.0
    assert spending(told) + float(told.costs["loss of value added"]) >= mean.objective - 1e-6
    assert spending(told) < 0.5 * told.objective


def test_a_larger_budget_is_never_worse_and_none_at_all_is_no_plan() -> None:
    costs = [plan(CUT, rules=Rules(budget=one)).objective for one in (0.0, 0.1, 0.3, 1.0, 50.0)]
    assert all(a >= b - 1e-7 for a, b in pairwise(costs))
    assert costs[0] > costs[2] > costs[4]
    assert costs[0] == pytest.approx(plan(CUT, IDLE).objective)


def test_a_stricter_ceiling_costs_more_and_one_nobody_can_meet_is_named() -> None:
    seen, can = outlook({"oxide_heavy": 0.99}), options(most=40.0)

    def under(ceiling: float) -> float:
        return plan(seen, can, rules=Rules(ceiling=ceiling, ceiling_years=1.0, ceiling_forms=("oxide",))).objective

    costs = [under(one) for one in (1.0, 0.9, 0.8)]
    assert costs[0] == pytest.approx(plan(seen, can).objective)
    assert costs[0] < costs[1] < costs[2]
    with pytest.raises(InfeasiblePlan) as told:
        plan(seen, can, rules=Rules(budget=0.0, ceiling=0.8, ceiling_years=1.0, ceiling_forms=("oxide",)))
    assert {"budget", "ceiling"} <= set(told.value.rules)


def test_a_ceiling_is_not_met_by_the_reserve_by_buying_for_nobody_or_by_makers_who_stop() -> None:
    rules = Rules(ceiling=0.5, ceiling_years=1.0, ceiling_forms=("oxide",), fine=100.0)
    imports = HOME.imports.copy()
    imports.loc[{"product": "magnet", "source": "elsewhere"}] += 40.0  # ready-made ones to close the home maker for
    home, seen = dataclasses.replace(HOME, imports=imports), outlook({"oxide_heavy": 0.99})
    write = programme(home, options(most=5.0, steps=3.0), terms(), rules)
    found = solve(write(seen.tree, seen.data)).values
    years = CUT.data["weeks"].sel(node=["4"], part=4).rename(node="slot").assign_coords(slot=["4/4"]) / 52.0
    assert float(found["draws"].sel(slot=years["slot"].values).max()) == pytest.approx(0.0, abs=1e-7)
    runs = found["runs"].sel(slot=years["slot"].values)
    assert float((runs - HOME.activity * years).min()) >= -1e-6
    for product in PRODUCTS:
        usual = float(HOME.imports.sel(product=product, source="issuer"))
        bought = found["buys"].sel(route=[f"{product}<issuer"], slot="4/4").sum() if usual else 0.0
        filled = found["fills"].reindex(stocked=[product], fill_value=0.0).sel(node="4").sum()
        assert float(bought) <= usual * float(years.sel(slot="4/4")) + float(filled) + 1e-6


def test_a_unit_of_output_needs_less_as_a_curb_lasts_and_still_something() -> None:
    saving = terms(saves=terms().worth * 0.0 + 0.2, pace=10.0)  # all at once
    none = outlook({"magnet": 0.0, "oxide_light": 0.0, "oxide_heavy": 0.0})
    served = plan(none, IDLE, saving).values
    assert float(served["served"].sel(slot="1:deep/4").max()) == pytest.approx(
        0.0, abs=1e-6
    )  # nothing saved of nothing
    short = outlook({"magnet": 0.5, "oxide_light": 0.5, "oxide_heavy": 0.5})
    with_it, without = (plan(short, IDLE, told).values["served"].sel(slot="1:deep/4") for told in (saving, terms()))
    assert with_it.values == pytest.approx(np.minimum(without.values / 0.8, 1.0), abs=1e-6)


def test_a_ceiling_with_a_fine_is_missed_by_what_nothing_can_avoid() -> None:
    seen, rules = (
        outlook({"oxide_heavy": 0.99}),
        Rules(ceiling=0.8, ceiling_years=1.0, ceiling_forms=("oxide",), fine=100.0),
    )
    missed = plan(seen, IDLE, rules=rules).values["over"]
    total = float(HOME.imports.sel(product=["oxide_light", "oxide_heavy"]).sum())  # all of it from the issuer
    assert float(missed.sel(slot="4/4").sum()) == pytest.approx(0.2 * total)  # a year, the last stage
    assert float(plan(seen, options(most=40.0), rules=rules).values["over"].sum()) == pytest.approx(0.0, abs=1e-6)


def test_a_standard_leaves_out_the_levers_that_fail_it() -> None:
    seen, can = outlook({"oxide_heavy": 0.3}), options(most=40.0, steps=0.0)
    can = dataclasses.replace(can, levers=can.levers.assign(public=False))
    free, kept = (plan(seen, can, rules=Rules(standard=one)) for one in (False, True))
    some, none = (float(one.values["commit"].sum()) for one in (free, kept))
    assert some > 0.1 and none == pytest.approx(0.0, abs=1e-9)
    assert kept.objective > free.objective


def test_what_is_left_to_others_is_missing_at_home() -> None:
    seen, can = outlook({"oxide_heavy": 0.3}), options(most=40.0, steps=0.0)
    costs = [plan(seen, can, rules=Rules(kept_open=one)).objective for one in (0.0, 0.5, 1.0)]
    assert costs[0] < costs[1] < costs[2] == pytest.approx(plan(seen, IDLE).objective)


def test_who_is_served_first_gets_every_tonne_before_anybody_else() -> None:
    small = str(HOME.needs["use"].values[1])  # a tenth of what the other earns for each week
    told = terms(first=(small.rpartition("@")[0],))
    first, alike = plan(CUT, IDLE, told), plan(CUT, IDLE)
    served = {name: found.values["served"] for name, found in (("first", first), ("alike", alike))}
    assert float(served["first"].sel(use=small).min()) == pytest.approx(1.0)
    assert float(served["alike"].sel(use=small).min()) == pytest.approx(0.3)  # as everybody: what is left of the cut
    with_it, without = (tell(one, CUT, HOME, IDLE, two) for one, two in ((first, told), (alike, terms())))
    assert float(with_it.costs["loss of value added"]) > float(without.costs["loss of value added"])
    assert mean_cost(with_it) == pytest.approx(float(with_it.costs["loss of value added"]) + spending(with_it))


def test_what_is_bought_after_a_curb_is_not_there_before_its_end() -> None:
    model = programme(HOME, options(), terms(), Rules())(CUT.tree, CUT.data)
    slots, fills = slots_of(CUT.tree, CUT.data, PRODUCTS), model.variables["fills"]
    calm = [one for one in fills.coords["node"].values if in_calm(one)]
    ends = "4:2:deep"  # a stage in which the curb ends on average
    model.add_constraints(fills.sel(node=calm) <= 0.0, name="nothing before")
    model.add_constraints(fills.sel(node=ends) >= 0.5 * fills.upper.sel(node=ends), name="something then")
    found = solve(model).values
    age = dict(zip(slots.name, slots.age.values, strict=True))
    shut = [one for one in slots.name if one.startswith(f"{ends}/") and age[one] > 0.0]
    assert shut and float(found["fills"].sel(node=ends).sum()) > 1.0
    assert float((found["draws"] + found["reserve"]).sel(slot=shut).max()) == pytest.approx(0.0, abs=1e-9)


def test_a_stock_nobody_needs_any_more_earns_what_a_stock_left_over_is_worth() -> None:
    can = options(most=0.0)
    plans = {share: plan(CUT, can, terms(left_of_stock=share)) for share in (0.0, 0.5, 1.0)}
    assert float(plans[0.5].values["fills"].sum()) > 0.0
    assert plans[0.0].objective > plans[0.5].objective > plans[1.0].objective
    told = tell(plans[0.5], CUT, HOME, can, terms(left_of_stock=0.5))
    assert float(told.costs["premiums less what is left at the end"]) == pytest.approx(0.0, abs=1e-6)  # all was sold


def test_weight_on_risk_gives_up_mean_for_tail_and_no_weight_the_other_way() -> None:
    careful_terms = terms(risk_weight=2.0)
    cheap, careful = plan(CUT), plan(CUT, told=careful_terms)
    for told, held, best in ((terms(), careful, cheap), (careful_terms, cheap, careful)):
        model = programme(HOME, options(), told, Rules())(CUT.tree, CUT.data)
        for name in FIRST:
            model.add_constraints(model.variables[name] == held.values[name], name=f"held {name}")
        assert solve(model).objective > best.objective * (1.0 + 1e-6)


def test_two_elements_missing_together_cost_the_larger_loss_not_the_sum() -> None:
    light, heavy, both = (
        plan(outlook(dict.fromkeys(missing, share)), IDLE).objective
        for missing, share in ((("oxide_light",), 0.5), (("oxide_heavy",), 0.4), (("oxide_light", "oxide_heavy"), 0.4))
    )
    assert both == pytest.approx(max(light, heavy), rel=1e-6)
    assert min(light, heavy) > 0.0


def test_scaling_money_scales_the_cost_and_nothing_else() -> None:
    can, base = options(), plan(CUT)
    dear = dataclasses.replace(
        can,
        levers=can.levers.assign(capex=can.levers["capex"] * 7.0, premium=can.levers["premium"] * 7.0),
        stockable=can.stockable * 7.0,
    )
    scaled = plan(CUT, dear, terms(worth=terms().worth * 7.0))
    assert scaled.objective == pytest.approx(7.0 * base.objective, rel=1e-7)


def test_no_lever_helps_before_its_lead_time() -> None:
    can = options(most=40.0, steps=0.0)
    late = dataclasses.replace(can, levers=can.levers.assign(lead=9.0))
    seen = outlook({"oxide_heavy": 0.3})
    assert plan(seen, late).objective == pytest.approx(plan(seen, IDLE).objective)
    assert plan(seen, can).objective < plan(seen, late).objective


def test_no_lever_helps_in_the_months_of_a_long_stage_before_its_lead_time() -> None:
    seen = build_outlook(curb({"oxide_heavy": 0.3}), (13.0, 13.0, 104.0), (1,))
    can = options(most=40.0, steps=0.0)
    late = dataclasses.replace(can, levers=can.levers.assign(lead=1.5))  # the curb is over by then, the stage is not
    found = plan(seen, late)
    assert found.objective == pytest.approx(plan(seen, IDLE).objective)
    assert plan(seen, can).objective < found.objective


def test_a_plant_brings_nothing_once_its_life_is_over() -> None:
    can = options(most=40.0, steps=0.0)
    brief = dataclasses.replace(can, levers=can.levers.assign(life=0.25, lead=0.0, capex=0.005, premium=0.0))
    seen = outlook({"oxide_heavy": 0.3})
    found = plan(seen, brief)
    assert float(found.values["commit"].sel(lever="mine").sum()) > 0.0
    node = [slot.rpartition("/")[0] for slot in found.values["brings"]["slot"].values]
    brought = found.values["brings"].sel(lever="mine").groupby(xr.DataArray(node, dims="slot", name="node")).sum()
    for way in paths(seen.tree).values:
        committed = float(found.values["commit"].sel(lever="mine", node=way).sum())
        assert float(brought.sel(node=way).sum()) <= 0.25 * committed + 1e-6


def test_knowing_more_is_worth_no_less() -> None:
    found = worth(programme(HOME, options(), terms(), Rules()), CUT.tree, CUT.data, FIRST)
    slack = 1e-6 * abs(found.recourse_problem)
    assert found.wait_and_see < found.recourse_problem
    assert found.wait_and_see <= found.fan + slack <= found.recourse_problem + 2 * slack
    assert found.recourse_problem <= found.expected_result_of_expected_value + slack


def test_a_plan_does_not_know_how_long_the_curb_will_last() -> None:
    found = plan(CUT)
    ends, goes_on = "3:1:deep>3", "3:1:deep"
    assert {ends, goes_on} <= set(CUT.tree.node)
    before = [slot for slot in found.values["draws"]["slot"].values if str(slot).startswith(("1:deep/", "2:1:deep/"))]
    assert len(before) == 6  # one decision for both futures, by the month
    assert float(found.values["draws"].sel(slot=before).sum()) > 0.0


def test_buyers_abroad_share_the_lack_of_their_own_product_and_no_other() -> None:
    light = {"product": "oxide_light"}
    exports, imports = HOME.exports.copy(), HOME.imports.copy()
    exports.loc[light] = 10.0
    imports.loc[{**light, "source": "issuer"}] += 10.0
    home = dataclasses.replace(HOME, exports=exports, imports=imports)
    seen = outlook({"oxide_light": 0.1})
    found = solve(programme(home, IDLE, terms(), Rules())(seen.tree, seen.data)).values
    weeks = 13.0 / 3.0 / 52.0  # the first month of the curb
    used = float((home.takes.sel(light) * home.activity).sum("process")) * weeks
    taken = float(found["runs"].sel(slot="1:deep/2") @ home.takes.sel(light)) / used
    sent = float(found["sends"].sel(sent="oxide_light", slot="1:deep/2")) / (10.0 * weeks)
    served = float((found["served"].sel(slot="1:deep/2") * terms().worth / terms().worth.sum()).sum())
    assert 0.0 < taken <= sent + 1e-9 < 0.2
    assert served > 2.0 * sent  # most of what is used is magnets that come ready made


def test_magnets_balance_in_every_slot() -> None:
    v = plan(CUT).values
    product = "magnet"
    weeks = CUT.data["weeks"]
    for slot in v["runs"]["slot"].values.tolist():
        node, part = slot.split("/")
        share = float(weeks.sel(node=node, part=int(part)) / weeks.sel(node=node).sum())
        made = float((v["runs"].sel(slot=slot) * HOME.gives.sel(product=product)).sum())
        bought = float(
            v["buys"].sel(slot=slot, route=[r for r in v["buys"]["route"].values if r.startswith("magnet<")]).sum()
        )
        stock = float(v["draws"].sel(slot=slot, stocked=product)) - share * float(
            v["fills"].sel(stocked=product).sum("step").reindex(node=[node], fill_value=0.0).sum()
        )
        gone = float(v["used"].sel(slot=slot).sum()) + float(v["sends"].sel(slot=slot, sent=[product]).sum())
        if (
            slot in v["there"]["slot"].values
        ):  # shared: uses take all there is, buyers abroad as large a share of theirs
            usual = float(HOME.needs.sel(product=product).sum())
            gone += float(v["there"].sel(rationed=product, slot=slot)) * (
                1.0 + float(HOME.exports.sel(product=product)) / usual
            )
        assert gone > 0.0
        assert made + bought + stock >= gone - 1e-7  # what is made here may be dropped


def test_what_cannot_be_bought_or_brought_has_no_variable() -> None:
    model = programme(HOME, options(), terms(), Rules())(CUT.tree, CUT.data)
    calm = ((CUT.data["age"] == 0.0) & (CUT.data["weeks"] > 0.0)).any("part")
    assert model.variables["fills"].coords["node"].values.tolist() == calm["node"].values[calm.values].tolist()
    assert model.variables["brings"].coords["lever"].values.tolist() == ["mine"]
    assert all((model.variables[name].upper.values > 0.0).all() for name in model.variables)


def test_levers_that_only_widen_plants_make_a_plan_too() -> None:
    can = options()
    wide = dataclasses.replace(can, delivers=can.delivers * 0.0)
    assert plan(CUT).objective <= plan(CUT, wide).objective <= plan(CUT, IDLE).objective


def test_a_commitment_nobody_would_take_is_not_told() -> None:
    found = plan(CUT, options(most=20.0))
    scarce = found.values.copy()
    scarce["commit"] = xr.full_like(found.values["commit"], 0.019)  # of 20 that there is
    dust = tell(dataclasses.replace(found, values=scarce), CUT, HOME, options(), terms())
    scarce["commit"] = xr.full_like(found.values["commit"], 0.021)
    some = tell(dataclasses.replace(found, values=scarce), CUT, HOME, options(), terms())
    assert len(dust.commitments) == 0 < len(some.commitments)
