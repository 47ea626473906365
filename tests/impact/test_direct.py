"""Weeks of output lost to value added: by hand, each sector once, unions less their named members."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import FactError, ScenarioError
from lodestone.facts.assumptions import Assumption, read_assumptions
from lodestone.facts.nouns import FactTable
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.impact.direct import IndustryShare, SectorValue, Weight, direct_impact, electric_share, sector_values
from lodestone.impact.figures import impact_figures

ECONOMIES = pd.DataFrame(
    [("AAA", "", "economy"), ("BBB", "", "economy"), ("RST", "", "group"), ("UNI", "AAA BBB RST", "aggregate")],
    columns=["label", "members", "kind"],
)
VALUE = """\
sector,product,period,source,low,central,high,reason
electric,vehicles,2022,office,0,0,0,by cars
other,vehicles,2022,office,0,0,0,the rest
chips,electronics,2022,office,0.2,0.3,0.4,judgement
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "topology" / "toy"
    place.mkdir(parents=True)
    (place / "value.csv").write_text(VALUE, encoding="utf-8")
    return tmp_path


def known(*rows: tuple[str, str, float]) -> FactTable:
    """Value added of (economy, product). [million USD]"""
    table = pd.DataFrame(rows, columns=["economy", "product", "value"])
    table = table.assign(variable="value_added", period="2022", source="office")
    table.index = pd.Index([f"f{k}" for k in range(len(rows))], name="id")
    return FactTable(table, {}, dt.date(2026, 1, 1), {}, "")


def values(folder: Path, facts: FactTable, economy: str = "AAA", electric: float = 0.4) -> dict[str, SectorValue]:
    share = electric_share(electric, read_assumptions(data_folder()))
    found = sector_values(folder, "toy", economy, facts, ECONOMIES, share, lambda year: 1.1)
    return {value.sector: value for value in found}


def test_a_share_rests_on_the_facts_its_row_names_as_far_as_they_are_known(folder):
    rows = VALUE.replace("high,reason", "high,makes,facts,reason").replace("0,0,0,", "0,0,0,,,")
    rows = rows.replace("0.4,judgement", "0.4,inputs,f1;later,judgement")
    (folder / "topology" / "toy" / "value.csv").write_text(rows, encoding="utf-8")
    told = values(folder, known(("AAA", "electronics", 2000.0), ("AAA", "vehicles", 1.0)))
    assert (told["chips"].facts, told["chips"].makes) == (("f0", "f1"), "inputs")
    assert (told["other"].facts, told["other"].makes) == (("f1",), "")


def test_the_shipped_shares_name_facts_that_are_there_and_words_that_are_known():
    there, seen = set(read_facts().rows.index), 0
    for path in sorted((data_folder() / "topology").glob("*/value.csv")):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        named = {fact for cell in rows.get("facts", []) for fact in cell.split(";") if fact}
        seen += len(named)
        assert named <= there, path
        assert set(rows.get("makes", [])) <= {"", "finished", "inputs"}, path
        numbers = rows[["low", "central", "high"]].astype(float)
        assert (numbers["low"] <= numbers["central"]).all() and (numbers["central"] <= numbers["high"]).all(), path
    assert seen


def test_value_added_is_in_billions_of_2024(folder):
    told = values(folder, known(("AAA", "electronics", 2000.0)))
    assert told["chips"].amount == pytest.approx(2.2)
    assert (told["chips"].low, told["chips"].central, told["chips"].high) == (0.2, 0.3, 0.4)
    assert told["chips"].facts == ("f0",)


@pytest.mark.parametrize("electric", [0.0, 0.1, 0.4, 0.9, 1.0])
def test_the_two_vehicle_sectors_add_up_to_the_industry(folder, electric):
    told = values(folder, known(("AAA", "vehicles", 1000.0)), electric=electric)
    assert told["electric"].central + told["other"].central == pytest.approx(1.0)
    assert told["electric"].central == pytest.approx(electric)
    for value in told.values():
        assert 0.0 <= value.low <= value.central <= value.high <= 1.0


def test_the_rest_of_a_union_is_the_union_less_its_named_members(folder):
    facts = known(("UNI", "electronics", 1000.0), ("AAA", "electronics", 300.0), ("BBB", "electronics", 100.0))
    told = values(folder, facts, "RST")["chips"]
    assert told.amount == pytest.approx(1.1 * 0.6)
    assert told.facts == ("f0", "f1", "f2")


def test_a_union_with_an_unknown_member_leaves_no_rest(folder):
    with pytest.raises(FactError, match="no value added of 'RST'"):
        values(folder, known(("UNI", "electronics", 1000.0), ("AAA", "electronics", 300.0)), "RST")


def test_a_sector_without_a_fact_is_left_out_and_none_at_all_is_refused(folder):
    assert set(values(folder, known(("AAA", "vehicles", 1.0)))) == {"electric", "other"}
    with pytest.raises(FactError, match="Choose an economy with one"):
        values(folder, known(("BBB", "vehicles", 1.0)))


ALIKE = Assumption("impact.spread", "", "", 1.0, 1.0, 1.0, "ratio", "fixed", "", "")
CARS = SectorValue("cars", 52.0, 0.5, 0.5, 0.5, ("f0",), "half")
CHIPS = SectorValue("chips", 104.0, 0.2, 0.3, 0.4, ("f1",), "some")


SPREAD = read_assumptions(data_folder())["impact.spread"]


def stopped(weeks: list[list[int]], horizon: int = 12) -> np.ndarray:
    """(sector, draw, week): nothing is made in the first weeks, everything after."""
    return (np.arange(horizon) < np.array(weeks)[:, :, None]).astype(np.float32)


def test_the_least_valuable_tonnes_are_missed_first():
    # Half of the input missing for four weeks: a quarter of the value where value per tonne rises evenly from nothing.
    even = replace(ALIKE, low=2.0, central=2.0, high=2.0)
    told = direct_impact("AAA", np.full((1, 1, 4), 0.5), ("cars",), (CARS,), even, seed=1)
    assert told.value_added[0, 0] == pytest.approx(4 * 0.25 * 26.0 / 52.0)
    assert told.share_lost.tolist() == [[[0.25] * 4]]


def test_a_full_stop_costs_the_same_however_value_is_spread_and_a_part_never_more_than_its_share():
    draws = np.linspace(0.0, 1.0, 21)[None, :, None]
    alike, spread = (direct_impact("AAA", draws, ("cars",), (CARS,), given, seed=1) for given in (ALIKE, SPREAD))
    assert spread.value_added[0, -1] == pytest.approx(alike.value_added[0, -1])
    assert (spread.value_added <= alike.value_added + 1e-12).all()
    assert spread.value_added[0, 10] < 0.99 * alike.value_added[0, 10]
    assert SPREAD.low >= 1.0


def test_the_first_year_is_a_part_of_the_horizon():
    told = direct_impact("AAA", np.ones((1, 2, 104)), ("cars",), (CARS,), ALIKE, seed=1)
    assert told.value_added_first_year == pytest.approx(told.value_added / 2)


def test_cars_nobody_counts_take_the_assumption_and_its_width():
    table = read_assumptions(data_folder())
    known, unknown = electric_share(0.15, table, ("fact:made",)), electric_share(None, table)
    assert unknown.low < known.low < known.high < unknown.high
    assert known.rests_on == ("assumption:impact.electric_value", "fact:made")
    assert unknown.rests_on == ("assumption:impact.electric_value", "assumption:impact.electric_units")
    assert electric_share(0.95, table).high == 1.0


def test_losses_of_another_shape_are_refused():
    with pytest.raises(ScenarioError, match=r"shape \(1, 5\) for 1 sectors"):
        direct_impact("AAA", np.zeros((1, 5)), ("cars",), (CARS,), ALIKE, seed=1)


def test_the_worked_example():
    # 10 weeks of a sector that earns half of 52 bn a year: 10 x 0.5 bn
    told = direct_impact("AAA", stopped([[10, 0]]), ("cars",), (CARS,), ALIKE, seed=1)
    assert told.value_added.tolist() == [[5.0, 0.0]]
    assert told.value_added_year.tolist() == [[26.0, 26.0]]


def test_a_sector_is_lost_once_however_long_it_stands_still():
    told = direct_impact("AAA", np.ones((2, 8, 52)), ("cars", "chips"), (CARS, CHIPS), SPREAD, seed=1)
    assert np.allclose(told.value_added, told.value_added_year)
    assert (told.value_added.sum(axis=0) <= 52.0 * 0.5 + 104.0 * 0.4).all()


def test_rows_follow_the_label_and_not_the_place():
    lost = stopped([[1], [2], [3]])
    told = direct_impact("AAA", lost, ("chips", "wind", "cars"), (CARS, CHIPS), ALIKE, seed=1)
    assert told.sectors == ("cars", "chips")
    assert told.value_added[0, 0] == pytest.approx(3.0 * 0.5)
    assert told.value_added[1, 0] == pytest.approx(told.value_added_year[1, 0] / 52.0)


def test_shares_stay_in_their_range_and_meet_the_same_luck_under_every_rule():
    one = direct_impact("AAA", np.ones((1, 200, 1)), ("chips",), (CHIPS,), SPREAD, seed=4)
    other = direct_impact("AAA", np.ones((1, 200, 2)), ("chips",), (CHIPS,), SPREAD, seed=4)
    assert np.array_equal(one.value_added_year, other.value_added_year)
    assert 0.2 * 104 <= one.value_added_year.min() < one.value_added_year.max() <= 0.4 * 104
    assert np.array_equal(other.value_added, 2.0 * one.value_added)


def test_no_week_lost_is_no_value_lost():
    told = direct_impact("AAA", np.zeros((1, 5, 9)), ("chips",), (CHIPS,), SPREAD, seed=4)
    assert not told.value_added.any()


def test_the_total_figure_is_the_sum_of_sectors_draw_by_draw():
    told = direct_impact("AAA", stopped([[4, 4], [0, 0]]), ("cars", "chips"), (CARS, CHIPS), ALIKE, seed=1)
    figures = {one.id: one for one in impact_figures("run", told, 52, {"cars": ("fact:f0",), "chips": ("fact:f1",)})}
    assert figures["run.value.total"].value == pytest.approx(2.0)
    assert figures["run.value.total"].origin == ("fact:f0", "fact:f1")
    assert figures["run.value.cars"].value == pytest.approx(2.0)


def test_shipped_tables_split_the_vehicle_industry_and_no_share_exceeds_it():
    folder = data_folder()
    economies = pd.read_csv(folder / "labels" / "economies.csv", dtype=str, keep_default_na=False)
    told = sector_values(
        folder, "rare_earths", "JPN", read_facts(), economies, IndustryShare(0.2, 0.3, 0.4), lambda year: 1.0
    )
    by_fact: dict[tuple[str, ...], float] = {}
    for value in told:
        by_fact[value.facts] = by_fact.get(value.facts, 0.0) + value.central
    assert max(by_fact.values()) <= 1.0 + 1e-12
    assert {"electric_vehicles", "other_vehicles"} <= {value.sector for value in told}


def test_two_parts_of_one_industry_add_up_to_it_in_every_draw():
    parts = (
        SectorValue("hybrid", 90.0, 0.2, 0.3, 0.4, (), "drawn", "cars"),
        SectorValue("rest", 90.0, 0.6, 0.7, 0.8, (), "what is left", "cars", None, "hybrid"),
    )
    found = direct_impact("ALB", np.ones((2, 50, 52)), ("hybrid", "rest"), parts, SPREAD, seed=3)
    np.testing.assert_allclose(found.value_added.sum(axis=0), 90.0)
    assert found.value_added[0].std() > 1.0


def test_a_draw_takes_each_input_from_the_member_named_for_it():
    value = SectorValue("chips", 52.0, 0.2, 0.5, 0.9, (), "a part")
    spread = Assumption("impact.spread", "", "", 1.0, 2.0, 3.0, "ratio", "triangular", "", "")
    members = {"impact.share:chips": [0, 1, 0, 1], "impact.spread": [0, 0, 1, 1]}
    unserved = np.full((1, 4, 2), 0.5)
    usual = direct_impact("AAA", unserved[:, :2], ("chips",), (value,), spread, 7)
    crossed = direct_impact("AAA", unserved, ("chips",), (value,), spread, 7, members.__getitem__)
    for name, taken in members.items():
        assert np.array_equal(crossed.inputs[name], usual.inputs[name][taken])
        assert usual.inputs[name][0] != usual.inputs[name][1]
    assert crossed.value_added[0, [0, 3]] == pytest.approx(usual.value_added[0])


def test_a_value_by_weight_follows_what_the_economy_makes(folder):
    rows = VALUE.replace("high,reason", "high,per,reason").replace("0,0,0,", "0,0,0,,")
    rows = rows.replace("0.4,judgement", "0.4,weight,judgement")
    (folder / "topology" / "toy" / "value.csv").write_text(rows, encoding="utf-8")
    facts, share = known(("AAA", "electronics", 2000.0)), electric_share(0.4, read_assumptions(data_folder()))

    def chips(weight: float) -> SectorValue:
        weights = {"chips": Weight(weight, "assumption:weight")}
        found = sector_values(folder, "toy", "AAA", facts, ECONOMIES, share, lambda year: 1.0, weights)
        return next(value for value in found if value.sector == "chips")

    few, many = chips(1000.0), chips(2000.0)
    assert few.rests_on == ("assumption:weight",)
    assert few.central > 0.0 and many.central == pytest.approx(2 * few.central)
    assert chips(1e9).high == 1.0 and chips(0.0).high == 0.0
    assert few.central * few.amount == pytest.approx(0.3)  # billion USD: 0.3 million for each of a thousand
