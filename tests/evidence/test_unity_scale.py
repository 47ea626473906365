"""Scale and learning beside the values of unity: nothing where cost is in proportion, more the lower the power."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lodestone.evidence.unity_case import Ready
from lodestone.evidence.unity_scale import cost_of_size, learned, one_plant, scale_of
from tests.coordinate.unity_world import MEMBERS, planned, planners
from tests.evidence.plan_world import ASSUMPTIONS


def ready(existing: float, exponent: tuple[float, float, float] = (0.6, 0.8, 1.0)) -> Ready:
    parts = [planned(one, 0.3) for one in MEMBERS]
    table = planners(share=0.3)
    low, central, high = exponent
    told = {
        **ASSUMPTIONS,
        "unity.scale_exponent": replace(ASSUMPTIONS["unity.scale_exponent"], low=low, central=central, high=high),
    }
    levers = tuple(
        SimpleNamespace(lever=name, capex=SimpleNamespace(central=2.0), delivers={"magnet": 1.0})
        for name in dict.fromkeys(str(one).partition("|")[0] for one in table.stack.levers.index)
    )
    cases: Any = tuple(
        SimpleNamespace(home=home, terms=terms, below=(), levers=levers, assumptions=told)
        for home, _, terms, _ in parts
    )
    return Ready(cases, table, np.array([2.0, 1.0]), {"magnet": existing})


def test_one_plant_saves_what_the_power_says_and_nothing_in_proportion():
    found = scale_of([ready(100.0)])
    total = found.sum()
    assert total["together"] > 0.0 and total["capital"] == pytest.approx(2.0 * total["together"])
    assert (
        total["scale_low"] == pytest.approx(0.0, abs=1e-9)
        and total["scale_low"] <= total["scale"] <= total["scale_high"]
    )
    assert (found.loc[found["takers"] <= 1.0, "scale_high"].abs() < 1e-9).all()


def test_one_plant_saves_more_the_lower_the_power_and_the_more_parts_it_stands_for():
    saved = [one_plant(np.array([30.0, 20.0]), 100.0, 2.0, power) for power in (1.0, 0.8, 0.6)]
    assert saved[0] == pytest.approx(0.0) and saved[0] < saved[1] < saved[2]
    assert one_plant(np.array([30.0, 10.0, 10.0]), 100.0, 2.0, 0.6) > saved[2]
    assert one_plant(np.array([50.0, 0.0]), 100.0, 2.0, 0.6) == 0.0


def test_nothing_is_learned_at_a_rate_of_zero_or_where_nothing_stands():
    assert scale_of([ready(0.0)])["learning_high"].abs().max() == 0.0
    found = scale_of([ready(100.0)])
    assert found["learning_low"].abs().max() == pytest.approx(0.0, abs=1e-12)


def test_a_plant_of_half_the_size_costs_more_than_half_and_doubling_lowers_the_last_tonne_by_the_rate():
    assert cost_of_size(50.0, 100.0, 1.0, 0.6) == pytest.approx(100.0 * 0.5**0.6)
    tiny = 1e-6
    last = (learned(10.0 + tiny, 10.0, 0.2) * (10.0 + tiny) - learned(10.0, 10.0, 0.2) * 10.0) / tiny
    assert last == pytest.approx(0.8, rel=1e-4)
