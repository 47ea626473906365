"""ARIO: equal to BoARIO's published code day by day, and right where the answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import ScenarioError
from lodestone.impact.ario import ArioParameters, Economy, run_plain, set_up
from lodestone.impact.ario_kernel import factor, run_factored
from lodestone.impact.table import InputOutputTable, make_table
from tests.impact.golden_ario import CASES, FOLDER, peer_output, peer_parameters, peer_shock, peer_table

USUAL = ArioParameters(30.0, 0.8, 60.0, 1.25, 365.0)
# World output ratio printed for BoARIO 0.7.2 on three regions of the pymrio test table: day, then a
# column each for psi .8 and 90 days, psi .9 and 90 days, psi .8 and 30 days.
REFERENCE = (
    (2, 0.912628373, 0.912628373, 0.912628373),
    (5, 0.912195490, 0.912195490, 0.912195491),
    (10, 0.912344262, 0.912344262, 0.912344264),
    (20, 0.922934183, 0.922934183, 0.917591148),
    (30, 0.937969652, 0.937334398, 0.917288493),
    (45, 0.960520277, 0.956044068, 0.930399474),
    (60, 0.982997794, 0.978890429, 0.947668613),
    (90, 1.000276794, 1.000311053, 0.959999962),
    (119, 1.000173523, 1.000193450, 0.982062018),
)


def chain(final: float = 100.0) -> InputOutputTable:
    """Two economies, three sectors each: ore goes into parts, parts into cars, and across the border."""
    industries = pd.MultiIndex.from_product([["ALB", "BOR"], ["ore", "parts", "cars"]])
    flows = np.zeros((6, 6))
    flows[0, 1], flows[0, 4], flows[3, 1], flows[3, 4] = 30.0, 10.0, 10.0, 20.0
    flows[1, 2], flows[1, 5], flows[4, 2], flows[4, 5] = 40.0, 20.0, 15.0, 45.0
    flows[2, 0], flows[5, 3], flows[5, 0] = 2.0, 3.0, 1.0
    return make_table(
        industries,
        flows,
        np.full((6, 2), final / 2.0),
        ["ALB", "BOR"],
        unit="million",
        year=2020,
        source="made up for the test",
    )


def both(table: InputOutputTable, parameters: ArioParameters, lost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Output by the plain and by the compiled form, with the base output as the unit."""
    economy = set_up(table, parameters)
    plain, _ = run_plain(economy, parameters, lost)
    places = np.arange(len(economy.output))
    compiled = run_factored(factor(economy, parameters), parameters, places, lost[:, :, None], 1)[:, :, 0]
    base = np.where(economy.output > 0.0, economy.output, 1.0)
    return plain / base, compiled / base


@pytest.fixture(scope="module")
def tables() -> dict[str, InputOutputTable]:
    return {name: peer_table(name) for name in {case["table"] for case in CASES.values()}}


@pytest.mark.parametrize("key", CASES)
def test_every_day_equals_boario(key, tables):
    case, table = CASES[key], tables[CASES[key]["table"]]
    parameters, lost = peer_parameters(case), peer_shock(CASES[key], table.industries)
    plain, compiled = both(table, parameters, lost)
    economy = set_up(table, parameters)
    theirs = peer_output(key, table.industries) / np.where(economy.output > 0.0, economy.output, 1.0)
    assert theirs.min() < 0.99991 and len(theirs) == case["days"]
    assert np.abs(plain - theirs).max() < 1e-9
    # Stocks that stand still while nearly at rest are not in the compiled form: a small shock shows it.
    assert np.abs(compiled - theirs).max() < (1e-7 if key == "alt-tiny" else 1e-9)


def test_the_standstill_of_stocks_nearly_at_rest_is_a_difference_one_can_see(tables):
    case = CASES["alt-tiny"]
    plain, compiled = both(tables["whole"], peer_parameters(case), peer_shock(case, tables["whole"].industries))
    assert np.abs(plain - compiled).max() > 1e-8


def test_golden_answers_say_which_versions_made_them():
    versions = json.loads((FOLDER / "cases.json").read_text("utf-8"))["versions"]
    assert (versions["boario"], versions["pymrio"]) == ("0.7.2", "0.7.0")
    assert {path.stem for path in Path(FOLDER).glob("*.parquet")} == set(CASES)


@pytest.mark.parametrize(("column", "key"), [(0, "reference-80-90"), (1, "reference-90-90"), (2, "reference-80-30")])
def test_the_printed_reference_run(column, key, tables):
    case = CASES[key]
    economy = set_up(tables["three"], peer_parameters(case))
    lost = peer_shock(case, tables["three"].industries)
    output, _ = run_plain(economy, peer_parameters(case), lost)
    world = output.sum(axis=1) / economy.output.sum()
    for day, *printed in REFERENCE:
        assert world[day] == pytest.approx(printed[column], abs=1e-9)


@pytest.mark.parametrize(("rule", "lost_days", "unmet"), [("alt", 0.263206, 0.256961), ("classic", 0.272478, 0.266170)])
def test_the_printed_capital_loss(rule, lost_days, unmet, tables):
    case = CASES[f"{rule}-capital"]
    economy = set_up(tables["whole"], peer_parameters(case))
    output, missed = run_plain(economy, peer_parameters(case), peer_shock(case, tables["whole"].industries))
    assert (economy.output - output).sum() / economy.output.sum() == pytest.approx(lost_days, abs=5e-7)
    assert missed.sum() / economy.final_demand.sum() == pytest.approx(unmet, abs=5e-7)


@pytest.mark.parametrize("rule", ["alt", "classic"])
@pytest.mark.parametrize("orders_fall", [True, False])
def test_compiled_equals_plain_without_the_peers_habits(rule, orders_fall):
    lost = np.zeros((200, 6))
    lost[3:60, 1], lost[20:90, 3] = 0.7, 1.0
    parameters = replace(USUAL, order_rule=rule, orders_fall=orders_fall, inventory_days=(20.0, 40.0, np.inf))
    plain, compiled = both(chain(), parameters, lost)
    assert plain.min() < 0.5
    assert np.abs(plain - compiled).max() < 1e-12


@pytest.mark.parametrize("rule", ["alt", "classic"])
def test_no_event_is_equilibrium(rule, tables):
    for table in (chain(), tables["whole"]):
        for found in both(table, replace(USUAL, order_rule=rule), np.zeros((100, len(table.industries)))):
            assert np.abs(found - 1.0).max() < 1e-12


def test_stocks_that_never_end_and_orders_that_hold_leave_only_the_direct_loss():
    # Classic orders: under "alt" a supplier that is back waits a day for the orders that went elsewhere.
    lost = np.zeros((150, 6))
    lost[5:80, 1], lost[10:120, 5] = 0.6, 0.3
    parameters = replace(USUAL, inventory_days=np.inf, orders_fall=False, overproduction=1.0, order_rule="classic")
    for found in both(chain(), parameters, lost):
        assert np.abs(found - (1.0 - lost)).max() < 1e-12


def test_stocks_that_never_end_leave_besides_only_the_orders_of_those_who_stand_still():
    # Cars of ALB stop for good; everyone else follows final demand and the orders that remain (Leontief).
    table = chain()
    lost = np.zeros((400, 6))
    lost[:, 2] = 1.0
    found, _ = both(table, replace(USUAL, inventory_days=np.inf, overproduction=1.0, order_rule="classic"), lost)
    coefficients = table.intermediate / table.output
    rest = [0, 1, 3, 4, 5]
    inner = coefficients[np.ix_(rest, rest)]
    wanted = np.linalg.solve(np.eye(5) - inner, table.final_demand.sum(axis=1)[rest]) / table.output[rest]
    assert found[-1, 2] == 0.0
    assert np.abs(found[-1, rest] - wanted).max() < 1e-9
    assert wanted.min() < 0.95


def test_one_supplier_and_no_more_than_a_days_stock_pass_the_loss_down_the_chain():
    table = make_table(
        pd.MultiIndex.from_tuples([("ALB", "ore"), ("ALB", "metal"), ("ALB", "magnets")]),
        np.array([[0.0, 50.0, 0.0], [0.0, 0.0, 80.0], [0.0, 0.0, 0.0]]),
        np.array([[0.0], [0.0], [120.0]]),
        ["ALB"],
        unit="million",
        year=2020,
        source="made up for the test",
    )
    lost = np.tile([0.25, 0.0, 0.0], (200, 1))
    tight = replace(USUAL, inventory_days=1.0, psi=1.0, overproduction=1.0)
    for found in both(table, tight, lost):
        assert found[0].tolist() == [0.75, 1.0, 1.0]
        assert np.abs(found[-1] - 0.75).max() < 1e-9


def test_halving_the_time_step_converges():
    def lost_days(step: float) -> float:
        steps = round(120 / step)
        lost = np.zeros((steps, 6))
        lost[: round(40 / step), 1] = 0.8
        parameters = replace(USUAL, step_days=step)
        found, compiled = both(chain(), parameters, lost)
        assert np.abs(found - compiled).max() < 1e-12
        return float((1.0 - found).sum() * step)

    answers = [lost_days(step) for step in (2.0, 1.0, 0.5, 0.25, 0.125)]
    changes = np.abs(np.diff(answers))
    assert (changes[1:] < 0.7 * changes[:-1]).all(), answers
    assert changes[-1] < 0.01 * answers[-1]


@pytest.mark.parametrize("lost_share", [0.5, 1.0])
def test_an_industry_without_inputs_or_outputs_or_anything_stops_nobody(lost_share):
    table = chain()
    wide = np.zeros((8, 8))
    wide[:6, :6] = table.intermediate
    final = np.vstack([table.final_demand, [[7.0, 0.0], [0.0, 0.0]]])
    industries = table.industries.append(pd.MultiIndex.from_tuples([("BOR", "homes"), ("BOR", "empty")]))
    wider = make_table(industries, wide, final, ["ALB", "BOR"], unit="million", year=2020, source="made up")
    lost = np.zeros((60, 8))
    lost[:, 6:] = lost_share
    for found in both(wider, USUAL, lost):
        assert np.abs(found[:, :6] - 1.0).max() < 1e-12
        assert np.abs(found[:, 6] - (1.0 - lost_share)).max() <= 0.08 * (1.0 - lost_share)  # overtime of what is left
        assert not found[:, 7].any()


def test_an_input_that_is_not_essential_never_stops_a_line():
    table = chain()
    lost = np.zeros((300, 6))
    lost[:200, [0, 3]] = 1.0  # no ore anywhere; then it is back, and nobody orders what was never used
    holding = replace(USUAL, orders_fall=False)
    every = set_up(table, holding)
    flags = np.ones((3, 6), dtype=bool)
    flags[0] = False
    spared = set_up(table, holding, flags)
    stopped, _ = run_plain(every, holding, lost)
    running, _ = run_plain(spared, holding, lost)
    assert stopped[199, 1] < 1e-3 * every.output[1]
    assert running[199, 1] == pytest.approx(every.output[1], rel=1e-9)
    compiled = run_factored(factor(spared, holding), holding, np.arange(6), lost[:, :, None], 1)[:, :, 0]
    assert np.abs(compiled - running).max() < 1e-12 * every.output.max()


def test_a_scenario_does_not_see_its_neighbours_and_threads_do_not_change_a_digit():
    table = peer_table("whole")
    economy = set_up(table, USUAL)
    factors = factor(economy, USUAL)
    places = np.array([3, 17])
    rng = np.random.default_rng(1)
    lost = rng.random((20, 2, 5))
    together = run_factored(factors, USUAL, places, lost, 7, threads=1)
    assert np.array_equal(together, run_factored(factors, USUAL, places, lost, 7, threads=3))
    for draw in range(5):
        alone = run_factored(factors, USUAL, places, lost[:, :, draw : draw + 1], 7)
        assert np.abs(alone[:, :, 0] - together[:, :, draw]).max() <= 1e-12 * economy.output.max()


def test_relabelling_and_reordering_change_nothing():
    table = chain()
    lost = np.zeros((80, 6))
    lost[4:50, 1] = 0.9
    turned = np.array([5, 2, 0, 4, 1, 3])
    moved = make_table(
        table.industries[turned],
        table.intermediate[np.ix_(turned, turned)],
        table.final_demand[turned],
        ["ALB", "BOR"],
        unit="million",
        year=2020,
        source="made up",
    )
    for one, other in zip(both(table, USUAL, lost), both(moved, USUAL, lost[:, turned]), strict=True):
        assert np.abs(one[:, turned] - other).max() < 1e-12


@pytest.mark.parametrize("share", [1.01, -0.1, np.nan])
def test_a_shock_larger_than_the_industry_is_refused(share):
    economy = set_up(chain(), USUAL)
    with pytest.raises(ScenarioError, match="cannot lose"):
        run_factored(factor(economy, USUAL), USUAL, np.array([0]), np.full((5, 1, 1), share), 1)
    with pytest.raises(ScenarioError, match="cannot lose"):
        run_plain(economy, USUAL, np.full((5, 6), share))


def test_parameters_out_of_range_are_named_together():
    wrong = ArioParameters(30.0, 1.5, 0.0, 0.9, 365.0, order_rule="best")
    with pytest.raises(ScenarioError) as told:
        set_up(chain(), wrong)
    for word in ("order rule 'best'", "psi is 1.5", "restoring_days is 0", "overproduction is 0.9"):
        assert word in str(told.value)


def test_a_stock_shorter_than_a_step_is_refused():
    with pytest.raises(ScenarioError, match="stocks of ore, parts last 0.8 x 0.5 days"):
        set_up(chain(), replace(USUAL, inventory_days=(0.5, 1.0, 30.0)))


def test_essential_flags_of_another_shape_are_refused():
    with pytest.raises(ScenarioError, match="essential flags have shape"):
        set_up(chain(), USUAL, np.ones((2, 6), dtype=bool))


def test_what_is_shared_is_what_was_made() -> None:
    """Mass: over a run, what is sold equals what arrives and what final users get."""
    table = chain()
    parameters = replace(USUAL, overproduction=1.0)
    economy: Economy = set_up(table, parameters)
    lost = np.zeros((1, 6))
    lost[0, 1] = 0.5
    output, unmet = run_plain(economy, parameters, lost)
    sold_to_final = economy.final_demand - unmet[0]
    # On the first day every client of parts gets half of what it ordered.
    assert sold_to_final[1] == pytest.approx(0.5 * economy.final_demand[1])
    assert output[0, 1] == pytest.approx(0.5 * economy.output[1])
