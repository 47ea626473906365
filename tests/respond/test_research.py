"""What a programme of research is worth, and plants abroad that run on what reaches them, on the small world."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.errors import PlanError
from lodestone.respond.home import feed_elsewhere
from lodestone.respond.options import Options, Rules
from lodestone.respond.outlook import build_outlook
from lodestone.respond.programme import programme
from lodestone.respond.research import FOUND, branched, find_research
from lodestone.respond.solve import solve
from lodestone.respond.tree import probability
from tests.respond.test_programme import CUT, CUT_CURB, HOME, IDLE, ONSETS, PRODUCTS, STAGES, plan, terms
from tests.world import small_network


def with_lever(options: Options, name: str, product: str, most: float = 60.0, research: str = "") -> Options:
    row = pd.DataFrame(
        [(name, most, 0.0, 0.1, 0.0, 0.0, 20.0, True)], columns=["name", *options.levers.columns]
    ).set_index("name")
    brought = xr.DataArray(
        (product == PRODUCTS)[None, :] * 1.0, {"lever": [name], "product": PRODUCTS}, ("lever", "product")
    )
    return dataclasses.replace(
        options, levers=pd.concat([options.levers, row]), delivers=xr.concat([options.delivers, brought], "lever"), research=research
    )  # fmt: skip


def worth_of(success: float, cost: float = 1.0, stage_years: float = 0.75):
    finds = programme(HOME, with_lever(IDLE, "finding", "magnet", research="finding"), terms(), Rules())
    ends = (success / 2.0, success, success + (1.0 - success) / 2.0)
    return find_research(
        "finding", stage_years, ends, (cost / 2, cost, cost * 2), finds, CUT, plan(CUT, IDLE).objective
    )


def test_success_says_nothing_of_curbs_and_is_known_from_its_stage_on() -> None:
    seen = branched(CUT, 2, 0.3)
    chance, before = probability(seen.tree), probability(CUT.tree)
    for node in CUT.tree.node:
        if node + FOUND in seen.tree.node:
            assert float(chance.sel(node=node + FOUND)) == pytest.approx(0.3 * float(before.sel(node=node)))
            assert float(chance.sel(node=node)) == pytest.approx(0.7 * float(before.sel(node=node)))
        else:
            assert int(node[0]) < 2
    assert seen.data["succeeds"].sel(node=[n for n in seen.tree.node if not n.endswith(FOUND)]).sum() == 0.0
    for stage, success in ((0, 0.3), (9, 0.3), (1, 1.0)):
        with pytest.raises(PlanError):
            branched(CUT, stage, success)


def test_a_branch_that_finds_nothing_changes_nothing() -> None:
    seen = branched(CUT, 2, 0.3)
    assert plan(seen).objective == pytest.approx(plan(CUT).objective, rel=1e-6)


def test_what_is_found_helps_where_it_succeeded_alone() -> None:
    seen, can = branched(CUT, 2, 0.5), with_lever(IDLE, "finding", "magnet", research="finding")
    served = solve(programme(HOME, can, terms(), Rules())(seen.tree, seen.data)).values["served"].min("use")
    there, not_there = served.sel(slot="2:1:deep" + FOUND + "/4"), served.sel(slot="2:1:deep/4")
    assert float(not_there) < 0.6 < 0.99 < float(there)


def test_worth_grows_with_success_and_pays_from_where_it_meets_its_cost() -> None:
    found = worth_of(0.4)
    assert found is not None and 0.0 < found.worth[0] < found.worth[1] < found.worth[2] < found.sure
    middle = worth_of(0.4, cost=found.worth[1])
    assert middle is not None and middle.pays_from == pytest.approx(0.4, abs=0.01)
    dear = worth_of(0.4, cost=2.0 * found.sure)
    assert dear is not None and dear.pays_from is None
    assert worth_of(0.4, stage_years=9.0) is None  # shows after the last stage


def test_a_plant_abroad_runs_on_what_reaches_it() -> None:
    plants = {"plant": ("BOR", ["magnet"]), "whole": ("COR", ["mine", "separation", "magnet"])}
    fed = feed_elsewhere(small_network(), "ALB", {"oxide_heavy": 0.4, "oxide_light": 0.9}, plants)
    assert fed.sel(lever="plant").item() == pytest.approx(0.4)
    assert fed.sel(lever="whole").item() == 1.0  # buys nothing that it does not make
    week = CUT_CURB.crosses["week"].values
    feeds = xr.DataArray(np.full((1, 1, len(week)), 0.25), {"level": ["deep"], "lever": ["abroad"], "week": week})
    seen = build_outlook(dataclasses.replace(CUT_CURB, feeds=feeds), STAGES, ONSETS)
    can = with_lever(IDLE, "abroad", "magnet", most=8.0)
    free, held = plan(CUT, can).values["brings"], plan(seen, can).values["brings"]
    slot = {"lever": "abroad", "slot": "2:1:deep/4"}
    assert float(free.sel(slot)) == pytest.approx(8.0 * 13.0 / 52.0 / 3.0)
    assert float(held.sel(slot)) == pytest.approx(0.25 * float(free.sel(slot)))
