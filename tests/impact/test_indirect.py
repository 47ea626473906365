"""Losses sent through a table with the behaviour of industries drawn too: sums, bands, and who meets what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import LabelError, ScenarioError
from lodestone.facts.assumptions import Assumption, read_assumptions
from lodestone.facts.place import data_folder
from lodestone.impact.direct import SectorValue, direct_impact
from lodestone.impact.figures import indirect_figures
from lodestone.impact.indirect import DRAWN, TOGETHER, IndirectLoss, indirect_loss
from lodestone.impact.nouns import Impact
from lodestone.impact.table import InputOutputTable, make_table

ECONOMIES = pd.DataFrame({"members": ["", "", "", "BOR COR"]}, index=["ALB", "BOR", "COR", "PACT"])
CONCORDANCE = pd.DataFrame({"sectors": ["electric", "", "chips"]}, index=["vehicles", "steel", "electronics"])
ASSUMPTIONS = read_assumptions(data_folder())
ALIKE = Assumption("impact.spread", "", "", 1.0, 1.0, 1.0, "ratio", "fixed", "", "")
CARS = SectorValue("electric", 0.4, 1.0, 1.0, 1.0, ("f0",), "made up")
DRAWS = 2 * TOGETHER + 3


def table() -> InputOutputTable:
    """Three economies that buy steel and electronics for vehicles, and vehicles for steel."""
    industries = pd.MultiIndex.from_product([["ALB", "BOR", "COR"], ["vehicles", "steel", "electronics"]])
    buys = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    near = np.array([[5.0, 1.0, 1.0], [1.0, 5.0, 1.0], [1.0, 1.0, 5.0]])
    return make_table(
        industries, 60.0 * np.kron(near, buys), np.full((9, 3), 700.0), ["ALB", "BOR", "COR"],
        unit="million USD", year=2011, money_year=2024, source="made up for the test",
    )  # fmt: skip


def an_impact(share: float = 0.5, weeks: int = 60, economy: str = "ALB") -> Impact:
    unserved = np.zeros((1, DRAWS, weeks))
    unserved[:, :, :30] = share * np.linspace(0.2, 1.0, DRAWS)[None, :, None]
    return direct_impact(economy, unserved, ("electric",), (CARS,), ALIKE, seed=1)


def sent(impact: Impact, **more: object) -> IndirectLoss:
    return indirect_loss(table(), CONCORDANCE, None, impact, ECONOMIES, ASSUMPTIONS, 1, **more)  # type: ignore[arg-type]


def test_what_enters_directly_is_the_first_year_of_the_impact():
    impact = an_impact()
    told = sent(impact)
    assert told.value_added.shape == (2, DRAWS, 52)
    # A year has 365 days in the table and 52 weeks in the network.
    assert told.value_added[0].sum(axis=1) == pytest.approx(impact.value_added_first_year[0] * 52 * 7 / 365)


def test_nothing_lost_sends_nothing_on():
    told = sent(an_impact(share=0.0))
    assert np.abs(told.value_added).max() < 1e-9 and np.abs(told.by_economy).max() < 1e-9


def test_economies_and_industries_add_up_to_the_whole_draw_by_draw():
    told = sent(an_impact())
    home = told.economies.index("ALB")
    assert told.by_economy[home] == pytest.approx(told.value_added[1].sum(axis=1))
    assert told.by_industry.sum(axis=0) == pytest.approx(told.by_economy[home])
    assert (told.by_economy[home] > 0.0).all() and told.output.sum() > told.value_added.sum()


def test_a_larger_stop_loses_more_where_industries_behave_alike():
    pin = dict.fromkeys(DRAWN, "central")
    indirect = sent(an_impact(), pin=pin).value_added[1].sum(axis=1)
    assert (np.diff(indirect) > 0.0).all()


def test_a_unions_members_are_home_together():
    told = sent(an_impact(economy="PACT"))
    both = [told.economies.index(name) for name in ("BOR", "COR")]
    assert told.by_economy[both].sum(axis=0) == pytest.approx(told.value_added[1].sum(axis=1))


def test_groups_cover_each_range_evenly_and_meet_the_same_luck_again():
    one, two = sent(an_impact()), sent(an_impact(share=0.3))
    for name in DRAWN:
        drawn, row = one.inputs[f"propagation.{name}"], ASSUMPTIONS[f"propagation.{name}"]
        assert np.array_equal(drawn, two.inputs[f"propagation.{name}"])
        assert len(drawn) == DRAWS and len(np.unique(drawn)) == 3 and row.low <= drawn.min() <= drawn.max() <= row.high
    days = np.sort(np.unique(one.inputs["propagation.inventory_days"]))
    assert days[0] < 43 < 60 < days[2]  # a third of the probability lies below 43 days, a third above 60


def test_threads_change_nothing_and_fewer_draws_are_asked_for():
    one, two = sent(an_impact(), threads=1, draws=5), sent(an_impact(), threads=2, draws=5)
    assert np.array_equal(one.value_added, two.value_added) and one.value_added.shape[1] == 5


def test_finer_steps_come_to_the_same_loss():
    pin = dict.fromkeys(DRAWN, "central")
    coarse, fine = (sent(an_impact(), pin=pin, step_days=step).value_added[1].sum() for step in (3.5, 0.5))
    assert coarse == pytest.approx(fine, rel=0.05)


def test_a_missing_finished_good_stops_no_buyer_and_a_missing_input_does():
    short = dict.fromkeys(DRAWN, "low")  # stocks of a fortnight
    inputs, goods = (sent(an_impact(share=0.9), pin=short, finished=kind) for kind in ((), ("electric",)))
    assert goods.value_added[0] == pytest.approx(inputs.value_added[0])
    steel = goods.industries.index("steel")
    more = inputs.by_industry[steel] / goods.by_industry[steel]
    assert (more > 1.0 - 1e-9).all() and more[-1] > 1.5 and more[0] == pytest.approx(1.0)  # a small lack leaves stocks
    # Orders fall alike: what is left of the loss is that of the suppliers.
    assert (goods.by_industry[steel] > 0.0).all()


def test_what_both_kinds_lose_directly_adds_up():
    chips = SectorValue("chips", 0.3, 1.0, 1.0, 1.0, ("f1",), "made up")
    unserved = np.full((2, 3, 20), 0.4)
    impact = direct_impact("ALB", unserved, ("electric", "chips"), (CARS, chips), ALIKE, seed=1)
    told = sent(impact, finished=("electric",))
    assert told.value_added[0].sum(axis=1) == pytest.approx(impact.value_added_first_year.sum(axis=0) * 52 * 7 / 365)


def test_what_cannot_be_sent_is_refused():
    with pytest.raises(ScenarioError, match="unknown parameter magic"):
        sent(an_impact(), pin={"magic": "low"})
    with pytest.raises(LabelError, match="economy 'DOR' is not in the table"):
        sent(replace(an_impact(), economy="DOR"))


def test_figures_add_up_and_carry_what_they_rest_on():
    told = sent(an_impact())
    made = indirect_figures("run:ALB.pro_rata", told, ["ALB"], ("assumption:x",))
    both = told.value_added.sum(axis=(0, 2))
    assert made["both"].value == pytest.approx(np.median(both)) and made["both"].origin == ("assumption:x",)
    abroad = told.by_economy[1:].sum(axis=0)
    assert made["abroad"].value == pytest.approx(np.median(abroad))
    assert made["economy.BOR"].id == "run:ALB.pro_rata.travel.economy.BOR"
