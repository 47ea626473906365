"""A sector's shortfall takes its share of an industry and no more; direct and indirect losses apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import LabelError, ScenarioError
from lodestone.facts.assumptions import Assumption, read_assumptions
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.impact import propagate as propagate_module
from lodestone.impact.ario import ArioParameters, run_plain, set_up
from lodestone.impact.direct import SectorValue, direct_impact
from lodestone.impact.embedded import at_newest_level, essential_flags, read_embedded
from lodestone.impact.propagate import (
    Propagation,
    jobs_lost,
    of_economies,
    propagate,
    usual_parameters,
    value_added_lost,
)
from lodestone.impact.shortfall import SectorShortfall, shortfalls_of
from lodestone.impact.table import InputOutputTable, make_table
from lodestone.labels import load_labels

USUAL = ArioParameters(30.0, 0.8, 60.0, 1.25, 365.0)
ECONOMIES = pd.DataFrame(
    {"members": ["", "", "", "BOR COR", "ALB PACT"]}, index=["ALB", "BOR", "COR", "PACT", "EVERYONE"]
)
CONCORDANCE = pd.DataFrame({"sectors": ["electric;other", "", "chips"]}, index=["vehicles", "steel", "electronics"])


def table() -> InputOutputTable:
    """Three economies; steel and electronics go into vehicles, vehicles into steel."""
    industries = pd.MultiIndex.from_product([["ALB", "BOR", "COR"], ["vehicles", "steel", "electronics"]])
    rng = np.random.default_rng(5)
    flows = np.zeros((9, 9))
    sells = {0: (1,), 1: (0, 2), 2: (0,)}
    for i in range(9):
        for j in range(9):
            if j % 3 in sells[i % 3]:
                flows[i, j] = 50.0 + 50.0 * rng.random() + (300.0 if i // 3 == j // 3 else 0.0)
    jobs = np.full(9, np.nan)
    jobs[0] = 365_000.0
    return make_table(
        industries,
        flows,
        np.full((9, 3), 700.0),
        ["ALB", "BOR", "COR"],
        jobs=jobs,
        unit="million USD",
        year=2011,
        money_year=2024,
        source="made up for the test",
    )


def stop(share: float = 0.2, weeks: int = 12, draws: int = 1, economy: str = "ALB") -> SectorShortfall:
    return SectorShortfall(economy, "electric", "vehicles", np.full(draws, share), np.ones((draws, weeks)))


def test_a_total_stop_of_a_sector_lowers_its_industry_by_its_share_on_day_one_and_no_more():
    held = table()
    economy = set_up(held, USUAL)
    lost = np.zeros((1, 9))
    lost[0, 0] = 0.2
    output, _ = run_plain(economy, USUAL, lost)
    assert output[0] / economy.output == pytest.approx([0.8] + 8 * [1.0], abs=1e-12)
    told = propagate(held, [stop(weeks=1)], USUAL)
    first = told.output.sel(week=0).isel(draw=0)
    assert float(first.sel(part="direct").sum()) == pytest.approx(0.2 * economy.output[0] * 7.0)
    assert float(first.sel(part="direct").isel(industry=0)) == pytest.approx(0.2 * economy.output[0] * 7.0)


def test_direct_and_indirect_add_up_to_what_is_not_made():
    held, weeks = table(), 20
    told = propagate(held, [stop(0.6, weeks)], USUAL)
    economy = set_up(held, USUAL)
    lost = np.zeros((7 * weeks, 9))
    lost[:, 0] = 0.6
    output, _ = run_plain(economy, USUAL, lost)
    missing = (economy.output - output).reshape(weeks, 7, 9).sum(axis=1)
    assert np.abs(told.output.sum("part").values[0].T - missing).max() < 1e-9
    indirect = told.output.sel(part="indirect").values[0]
    assert indirect[1:].sum() > 0.1 * told.output.sel(part="direct").values.sum()


def test_value_added_and_jobs_follow_output():
    held = table()
    told = propagate(held, [stop(0.5, 2)], replace(USUAL, overproduction=1.0))
    value = value_added_lost(told).sel(part="direct").isel(draw=0, week=0, industry=0)
    assert float(value) == pytest.approx(0.5 * held.value_added[0] * 7.0 / 365.0)
    jobs = jobs_lost(told).sel(part="direct").isel(draw=0, week=0)
    assert float(jobs.isel(industry=0)) == pytest.approx(0.5 * 365_000.0)
    assert np.isnan(jobs.isel(industry=1))


def test_nothing_indirect_is_told_past_a_year():
    told = propagate(table(), [stop(0.3, 60)], USUAL)
    indirect = told.output.sel(part="indirect").values
    assert np.isnan(indirect[..., 52:]).all() and np.isfinite(indirect[..., :52]).all()
    assert np.isfinite(told.output.sel(part="direct").values).all()
    assert np.isnan(of_economies(told.output, ["ALB"]).sel(part="indirect").values[..., 52:]).all()


def test_a_stop_that_begins_later_costs_the_same_later():
    late = replace(stop(), lost=np.pad(stop().lost, ((0, 0), (5, 0))))
    now, then = propagate(table(), [stop()], USUAL), propagate(table(), [late], USUAL)
    assert abs(now.output.sel(part="indirect")).max() > 1.0
    assert np.abs(then.output[..., :5]).max() == 0.0
    np.testing.assert_array_equal(then.output[..., 5:], now.output)


def test_no_loss_is_no_loss():
    quiet = replace_lost(stop(0.4, 10), 0.0)
    assert np.abs(propagate(table(), [quiet], USUAL).output.values).max() < 1e-9


def test_draws_are_run_together_and_alone_alike():
    rng = np.random.default_rng(3)
    many = SectorShortfall("BOR", "chips", "electronics", rng.uniform(0.1, 0.9, 40), rng.random((40, 6)))
    together = propagate(table(), [many], USUAL)
    for draw in (0, 31, 32, 39):
        one = SectorShortfall("BOR", "chips", "electronics", many.share[[draw]], many.lost[[draw]])
        alone = propagate(table(), [one], USUAL).output.values[:, 0]
        assert alone == pytest.approx(together.output.values[:, draw], abs=1e-9)


def test_two_parts_of_an_industry_add_up():
    other = SectorShortfall("ALB", "other", "vehicles", np.array([0.5]), np.full((1, 12), 0.4))
    both = propagate(table(), [stop(0.2), other], USUAL).output
    one = propagate(table(), [stop(0.4)], USUAL).output
    assert both.values == pytest.approx(one.values, abs=1e-9)


def replace_lost(shortfall: SectorShortfall, value: float) -> SectorShortfall:
    return replace(shortfall, lost=np.full_like(shortfall.lost, value))


@pytest.mark.parametrize(
    ("shortfalls", "error", "what"),
    [
        ([], ScenarioError, "no sector falls short"),
        ([replace_lost(stop(), 1.2)], ScenarioError, "the loss of electric of ALB runs from 1.2 to 1.2"),
        ([replace_lost(stop(), np.nan)], ScenarioError, "the loss of electric of ALB"),
        ([replace(stop(), share=np.array([-0.1]))], ScenarioError, "the share of its industry of electric of ALB"),
        ([stop(), stop()], ScenarioError, "electric of ALB comes twice"),
        ([stop(0.7), replace(stop(0.4), sector="other")], ScenarioError, "vehicles of ALB add up to 1.1 of it"),
        ([stop(), replace(stop(weeks=3), sector="other")], ScenarioError, r"other of ALB has \(1, 3\) losses"),
        ([stop(economy="DOR")], LabelError, "no vehicles of DOR. Economies there: ALB, BOR, COR"),
    ],
)
def test_what_cannot_be_sent_on_is_refused(shortfalls, error, what):
    with pytest.raises(error, match=what):
        propagate(table(), shortfalls, USUAL)


def test_a_step_that_does_not_divide_the_week_is_refused():
    with pytest.raises(ScenarioError, match="a step of 2 days does not divide a week"):
        propagate(table(), [stop()], replace(USUAL, step_days=2.0))


ALIKE = Assumption("impact.spread", "", "", 1.0, 1.0, 1.0, "ratio", "fixed", "", "")
CARS = SectorValue("electric", 1.0, 0.4, 0.4, 0.4, ("f0",), "made up")
CHIPS = SectorValue("chips", 1.0, 0.3, 0.3, 0.3, ("f1",), "made up")


def test_a_sector_is_the_share_of_its_industry_that_its_value_added_is():
    held = table()
    lost = np.stack([np.full((2, 5), 0.5), np.zeros((2, 5))])
    impact = direct_impact("ALB", lost, ("electric", "chips"), (CARS, CHIPS), ALIKE, seed=1)
    shortfalls, notes = shortfalls_of(held, CONCORDANCE, impact, ECONOMIES)
    assert notes == ()
    assert [(one.economy, one.sector, one.industry_sector) for one in shortfalls] == [
        ("ALB", "electric", "vehicles"),
        ("ALB", "chips", "electronics"),
    ]
    assert shortfalls[0].share == pytest.approx(400.0 / held.value_added[0])
    # Money in, money out: half of what the sector earns in five weeks.
    told = value_added_lost(propagate(held, shortfalls, USUAL)).sel(part="direct").isel(draw=0).sum()
    assert float(told) == pytest.approx(0.5 * 400.0 * 5.0 * 7.0 / 365.0)


def test_makers_enter_where_their_industry_stands_and_not_where_their_use_does():
    magnets = replace(CARS, industry="magnet makers")
    placed = CONCORDANCE.assign(industries=["car makers", "", "chip makers;magnet makers"])
    for concordance, home in ((placed, "electronics"), (CONCORDANCE, "vehicles")):
        impact = direct_impact("ALB", np.ones((1, 1, 2)), ("electric",), (magnets,), ALIKE, seed=1)
        [shortfall], _ = shortfalls_of(table(), concordance, impact, ECONOMIES)
        assert shortfall.industry_sector == home
    unplaced = direct_impact("ALB", np.ones((1, 1, 2)), ("electric",), (CARS,), ALIKE, seed=1)
    [shortfall], _ = shortfalls_of(table(), placed, unplaced, ECONOMIES)
    assert shortfall.industry_sector == "vehicles"  # a blank industry is no industry


def test_a_unions_members_lose_alike():
    impact = direct_impact("PACT", np.ones((1, 1, 2)), ("electric",), (CARS,), ALIKE, seed=1)
    shortfalls, _ = shortfalls_of(table(), CONCORDANCE, impact, ECONOMIES)
    assert [one.economy for one in shortfalls] == ["BOR", "COR"]
    inside = table().value_added[[3, 6]].sum()
    assert all(one.share == pytest.approx(400.0 / inside) for one in shortfalls)


def test_parts_drawn_beyond_the_whole_are_cut_in_proportion_and_it_is_said():
    big = SectorValue("electric", 1000.0, 1.0, 1.0, 1.0, ("f0",), "made up")
    rest = SectorValue("other", 500.0, 1.0, 1.0, 1.0, ("f0",), "made up")
    impact = direct_impact("ALB", np.ones((2, 3, 1)), ("electric", "other"), (big, rest), ALIKE, seed=1)
    shortfalls, notes = shortfalls_of(table(), CONCORDANCE, impact, ECONOMIES)
    assert shortfalls[0].share + shortfalls[1].share == pytest.approx(np.ones(3))
    assert shortfalls[0].share == pytest.approx(2.0 / 3.0)
    assert "the sectors in vehicles of ALB were drawn larger than the industry in 3 of 3 draws" in notes[0]
    told = propagate(table(), shortfalls, USUAL, notes=notes)
    assert told.notes[-1] == notes[0]


def test_what_the_table_does_not_know_is_refused():
    impact = direct_impact("ALB", np.ones((1, 1, 2)), ("electric",), (CARS,), ALIKE, seed=1)
    with pytest.raises(LabelError, match="sector 'electric' is a part of 0 industries"):
        shortfalls_of(table(), CONCORDANCE.assign(sectors=""), impact, ECONOMIES)
    with pytest.raises(LabelError, match="economy 'DOR' is not in the table"):
        shortfalls_of(table(), CONCORDANCE, replace(impact, economy="DOR"), ECONOMIES)
    with pytest.raises(ScenarioError, match="the table is in clams"):
        shortfalls_of(replace(table(), unit="clams"), CONCORDANCE, impact, ECONOMIES)


def test_a_result_that_would_not_fit_in_memory_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr(propagate_module, "available_memory", lambda: 2000.0)
    with pytest.raises(
        ScenarioError, match="1 draws of 12 weeks in 9 industries need 0.0 GiB.*Send the draws in blocks"
    ):
        propagate(table(), [stop()], USUAL)


def test_usual_parameters_come_from_the_table_of_assumptions():
    assumptions = read_assumptions(data_folder())
    usual = usual_parameters(assumptions)
    assert (usual.psi, usual.restoring_days, usual.overproduction) == (0.8, 60.0, 1.25)
    assert usual_parameters(assumptions, "low").inventory_days == 15.0


@pytest.fixture(scope="module")
def shipped() -> tuple[InputOutputTable, pd.DataFrame, np.ndarray]:
    folder = data_folder()
    embedded = read_embedded(folder / "wiod" / "2011")
    table = at_newest_level(embedded, read_facts(), load_labels(folder / "labels", "economies"), lambda year: 1.08)
    return table, embedded.concordance, essential_flags(embedded)


def run_shipped(shipped, **changed: object) -> Propagation:
    """Magnets for electric vehicles, a third of the car industry of one economy, stop for half a year."""
    table, concordance, flags = shipped
    impact = direct_impact(
        "JPN",
        np.ones((1, 1, 26)),
        ("electric_vehicles",),
        (SectorValue("electric_vehicles", 120.0, 0.3, 0.3, 0.3, (), "a round number"),),
        ALIKE,
        seed=1,
    )
    economies = load_labels(data_folder() / "labels", "economies")
    shortfalls, notes = shortfalls_of(table, concordance, impact, economies)
    usual = replace(usual_parameters(read_assumptions(data_folder())), **changed)
    return propagate(table, shortfalls, usual, flags, notes)


def test_on_the_shipped_table_the_first_week_is_direct_and_supplies_follow(shipped):
    told = value_added_lost(run_shipped(shipped))
    direct, indirect = told.sel(part="direct").isel(draw=0), told.sel(part="indirect").isel(draw=0)
    assert float(direct.sum()) == pytest.approx(0.3 * 120_000.0 * 26 * 7 / 365.0)
    here = of_economies(indirect, ["JPN"])
    # Suppliers lose orders from the second day on; nobody runs out of cars in the first week.
    assert 0.0 < float(here[0]) < float(here[-1])
    assert float(indirect.sum()) > 0.2 * float(direct.sum())
    assert float(here.sum()) > 0.5 * float(indirect.sum())


def test_on_the_shipped_table_smaller_stocks_never_help(shipped):
    lost = [
        float(value_added_lost(run_shipped(shipped, inventory_days=days)).sel(part="indirect").sum())
        for days in (90.0, 50.0, 15.0)
    ]
    assert lost == sorted(lost)
    assert lost[-1] > lost[0]


def test_the_result_says_how_old_its_table_is(shipped):
    told = run_shipped(shipped)
    assert (told.structure_year, told.money_year, told.unit) == (2011, 2024, "million USD")
    assert any("structure of 2011, level of 2022" in note for note in told.notes)
