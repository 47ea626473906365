"""Price floors worked by hand, and told of the levers that sell something."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lodestone.respond.nouns import ANYONE, Lever
from lodestone.respond.price_floor import levelised_capital, price_floors, top_up, worth_over
from lodestone.simulate.nouns import Range
from tests.evidence.plan_world import answered
from tests.respond.test_programme import HOME, options, terms


def lever(name: str, kind: str, delivers: dict[str, float]) -> Lever:
    return Lever(
        name, name, kind, (ANYONE,), "", (), delivers, "t", Range(10.0, 20.0, 30.0), Range(0.025, 0.05, 0.1),
        Range(10.0, 20.0, 30.0), Range(3.0, 6.0, 12.0), 3.0, 20.0, "yes", "sourced", "assumed", "assumed", (), None, "",
    )  # fmt: skip


def test_a_floor_worked_by_hand() -> None:
    plan = answered().plan
    made = pd.DataFrame([("mine", "0", 100.0, 0.0, 5.0, True), ("mine", "1", 40.0, 2.0, 2.0, True), ("mine", "1:deep", 9.0, 2.0, 2.0, False)],
                        columns=["lever", "node", "t_a_year", "years", "capex", "in_calm"])  # fmt: skip
    plan = dataclasses.replace(plan, commitments=made)
    can = options()  # mine: lead half a year, ramp a quarter, life 20 years
    (found,) = price_floors([lever("mine", "supplier", {"oxide_heavy": 1.0})], HOME, can, terms(), plan, 9.0)
    annuity = 0.03 / (1.0 - 1.03**-20)  # 0.0672
    capital = 50.0 * 1.03**0.625 * annuity  # 0.05 million USD a t is 50 USD a kg
    assert annuity == pytest.approx(0.0672157, abs=1e-6)
    assert found.capital.central == pytest.approx(capital)
    assert found.above.central == pytest.approx(capital + 20.0)
    assert found.above.low == pytest.approx(capital / 2.0 + 10.0)
    assert found.above.high == pytest.approx(capital * 2.0 + 30.0)
    assert found.tonnes == 140.0
    assert found.a_year.central == pytest.approx(140.0 * (capital + 20.0) / 1000.0)
    rate = np.log(1.03)
    runs = [100.0 * (1.03**-0.625 - 1.03**-9.0) / rate, 40.0 * (1.03**-2.625 - 1.03**-9.0) / rate]
    assert found.to_horizon.central == pytest.approx(sum(runs) * (capital + 20.0) / 1000.0)
    assert found.base == pytest.approx(float(HOME.price.sel(product="oxide_heavy")), nan_ok=True)
    assert found.taken


def test_a_market_above_the_floor_costs_nothing_and_ends_are_in_order() -> None:
    assert top_up(50.0, 70.0, 1e3) == 0.0
    assert worth_over(10.0, 0.0, 30.0, 0.05) < 10.0 / np.log(1.05)  # less than for ever
    assert levelised_capital(0.2, 0.05, 15.0, 2.0) > levelised_capital(0.2, 0.05, 15.0, 1.0)


def test_who_sells_nothing_has_no_floor_and_what_is_left_alone_is_told_if_asked() -> None:
    plan = answered().plan
    empty = dataclasses.replace(plan, commitments=plan.commitments[plan.commitments["lever"] == "nobody"])
    ours = [lever("mine", "supplier", {"oxide_heavy": 1.0}), lever("plant", "thrift", {"oxide_heavy": 1.0})]
    assert price_floors(ours, HOME, options(), terms(), empty, 9.0) == ()
    (found,) = price_floors(ours, HOME, options(), terms(), empty, 9.0, every=True)
    assert (found.lever, found.taken, found.tonnes) == ("mine", False, 20.0)
    assert found.a_year.low < found.a_year.central < found.a_year.high
    assert np.isnan(
        price_floors([lever("mine", "supplier", {"gone": 1.0})], HOME, options(), terms(), empty, 9.0, True)[0].base
    )
