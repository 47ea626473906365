"""Saltelli's design on named streams: which member each input of a run comes from."""

from __future__ import annotations

import numpy as np
import pytest

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Controls
from lodestone.simulate.crossed import CrossedDesign
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.luck import Luck
from tests.world import small_network

SAMPLES = 3


@pytest.fixture(scope="module")
def group_of() -> dict[str, str]:
    from lodestone.evidence.sensitivity import read_groups

    return read_groups(data_folder())[1]


def run(members: int, design: CrossedDesign | None = None) -> dict[str, np.ndarray]:
    return simulate(
        small_network(), None, Controls((), ()), read_assumptions(data_folder()), scenario_name="none", weeks=4,
        members=members, seed=5, design=design,
    ).inputs  # fmt: skip


def test_a_run_meets_one_members_luck_and_anothers_in_one_group_alone(group_of):
    design = CrossedDesign(SAMPLES, ("stocks", "price"), group_of)
    plain, crossed = run(2 * SAMPLES), run(1, design)
    assert design.size == 12
    seen = set()
    for name, values in plain.items():
        a, b = values[:SAMPLES], values[SAMPLES:]
        runs = crossed[name].reshape(SAMPLES, 4)
        group = design.group(name)
        wanted = [a, b if group == "stocks" else a, b if group == "price" else a, b]
        assert np.array_equal(runs, np.column_stack(wanted)), name
        seen.add(group)
    assert {"stocks", "price", "transit"} <= seen
    assert np.ptp(plain["choke_price"]) > 0.0


def test_the_draw_of_the_baseline_is_crossed_as_an_input_among_the_others(group_of):
    design = CrossedDesign(400, ("network", "stocks"), group_of)
    drawn = np.array([Luck(1, r, None, lambda n, r=r: design.source(r, n)).network(200) for r in range(design.size)])
    a, ab_network, ab_stocks, b = drawn.reshape(400, 4).T
    assert np.array_equal(ab_network, b) and np.array_equal(ab_stocks, a)
    assert (a != b).mean() > 0.9
    assert drawn.min() >= 0 and drawn.max() < 200 and len(set(a)) > 150
    assert Luck(1, 203).network(200) == 3


def test_an_input_without_a_group_is_refused(group_of):
    with pytest.raises(ScenarioError, match=r"'tea_leaves:today' belongs to no group.*groups\.csv"):
        CrossedDesign(2, ("stocks",), group_of).source(1, "tea_leaves:today")
