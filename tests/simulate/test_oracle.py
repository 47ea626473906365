"""The compiled step against the plain one on the real network, under every rationing rule.

A week of the real network magnifies differences: before both sides added in the same order, one in the
last digit had grown to 1e-3 after two years. Agreement to 1e-9 therefore means agreement to the last
digit in every week, and a branch or a sum that differs shows at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prices import with_prices
from lodestone.baseline.store import read_baseline
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.simulate.blueprint import UserFigures
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.ensemble import build_setting, run_many, run_one
from lodestone.simulate.nouns import RATIONING_RULES, Range
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import read_scenario
from lodestone.simulate.scenario_labels import read_scenario_labels

SCENARIOS = ("october-2025-resumed", "april-2025-controls", "dual-use-ban-japan-2026")


@pytest.fixture(scope="module")
def world():
    folder = data_folder()
    assumptions = read_assumptions(folder)
    measures, labels = read_measures(folder, None), read_scenario_labels(folder)
    scenarios = [
        read_scenario(name, measures, assumptions, scenario_folder(), None, labels)  # as `lodestone.chain` does
        for name in SCENARIOS
    ]
    baseline = read_baseline(baseline_folder(folder, scenarios[0].material, scenarios[0].year))
    network, _ = with_prices(next(iter(baseline.networks.values())), folder, read_facts(folder, None))
    controls = {one.name: compile_controls(one, network, assumptions) for one in scenarios}
    return network, baseline.draws, controls, assumptions


def setting_of(world, scenario, rule, weeks, **more):
    network, draws, controls, assumptions = world
    chosen = ("JPN",) if rule == "political" else ()
    return build_setting(
        network, draws, controls[scenario], more.pop("assumptions", assumptions), weeks=weeks, seed=1, rule=rule,
        chosen=chosen, **more,
    )  # fmt: skip


def assert_alike(setting, members):
    """Each member: compiled beside others, compiled alone and plain, all the same to 1e-9."""
    beside, drawn = run_many(setting, members)
    for lane, member in enumerate(members):
        plain, same = run_one(setting, member, oracle=True)
        assert drawn[lane] == same
        np.testing.assert_allclose(beside.record[..., lane], plain.record, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(beside.lost_use[:, lane], plain.lost_use, rtol=1e-9, atol=1e-9)
        assert (beside.first_shortage[:, lane] == plain.first_shortage).all()
        assert max(beside.residual[lane], plain.residual) < 1e-9
    return beside


@pytest.mark.parametrize("rule", RATIONING_RULES)
def test_both_steps_agree_on_the_real_network_for_two_years(world, rule):
    beside = assert_alike(setting_of(world, "october-2025-resumed", rule, 104), [0, 1])
    assert beside.record[..., 0].min() < 0.5  # something was short: the branches were walked


@pytest.mark.parametrize("rule", RATIONING_RULES)
def test_both_steps_agree_on_the_controls_of_april(world, rule):
    assert_alike(setting_of(world, "april-2025-controls", rule, 52), [2])


def test_both_steps_agree_while_more_and_more_comes_round_a_ban(world):
    setting = setting_of(world, "dual-use-ban-japan-2026", "pro_rata", 40)
    assert setting.timetable.effects and [one for one in setting.timetable.effects if "rerouted" in one.ranges]
    assert_alike(setting, [0, 3])


def test_both_steps_agree_with_government_stock_growth_and_other_demand(world):
    assumptions = dict(world[3])
    row = assumptions["government_stock_weeks"]
    assumptions[row.id] = replace(row, low=2.0, central=6.0, high=12.0, distribution="triangular")
    sector = world[0].nodes.loc[world[0].nodes["kind"] == "use", "process"].iloc[0]
    setting = setting_of(
        world, "october-2025-resumed", "home_first", 60, assumptions=assumptions,
        demand_growth={sector: Range(0.1, 0.2, 0.3)}, user=UserFigures(demand={sector: 1.1}),
    )  # fmt: skip
    assert_alike(setting, [3])


def test_a_member_does_not_depend_on_those_beside_it(world):
    setting = setting_of(world, "april-2025-controls", "pro_rata", 20)
    beside, _ = run_many(setting, range(18))
    for member in (0, 17):
        alone, _ = run_one(setting, member)
        assert np.array_equal(beside.record[..., member], alone.record)


@pytest.mark.proof
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("rule", RATIONING_RULES)
def test_both_steps_agree_for_many_members(world, scenario, rule):
    assert_alike(setting_of(world, scenario, rule, 104), list(range(20)))
