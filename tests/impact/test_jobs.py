"""Work that stands still: by hand, from published employment alone, each sector once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import FactError
from lodestone.facts.assumptions import Assumption
from lodestone.facts.nouns import FactTable
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.impact.direct import SectorValue, direct_impact
from lodestone.impact.figures import impact_figures
from lodestone.impact.jobs import People, industry_employment

ALIKE = Assumption("impact.spread", "", "", 1.0, 1.0, 1.0, "ratio", "fixed", "", "")
CARS = SectorValue("cars", 52.0, 0.5, 0.5, 0.5, ("v0",), "half", "vehicles", People(1040.0, "p0", "same"))
CHIPS = SectorValue("chips", 104.0, 0.2, 0.3, 0.4, ("v1",), "some", "electronics", None)
SPREAD = SectorValue("drives", 104.0, 0.2, 0.3, 0.4, ("v1",), "some", "electronics", People(5000.0, "p1", "same"))


def table(folder: Path, *rows: str) -> Path:
    (folder / "labels").mkdir()
    lines = ["industry,economy,fact,reason", *rows]
    (folder / "labels" / "industry_employment.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def facts(**changes: object) -> FactTable:
    row = {"variable": "employment", "economy": "AAA", "tier": "A", "unit": "thousand persons", "value": 1.04}
    rows = pd.DataFrame([{**row, **changes}], index=pd.Index(["p0"], name="id"))
    return FactTable(rows, {}, dt.date(2026, 1, 1), {}, "")


def test_the_worked_example():
    # 10 weeks of half of an industry of 1040 people: 1040 x 0.5 x 10 / 52 = 100 person-years
    told = direct_impact("AAA", np.repeat([[[1.0], [0.0]]], 10, axis=2), ("cars",), (CARS,), ALIKE, seed=1)
    assert told.jobs.tolist() == [[100.0, 0.0]]


def test_a_sector_is_lost_once_however_long_it_stands_still():
    told = direct_impact("AAA", np.ones((1, 4, 52)), ("cars",), (CARS,), ALIKE, seed=1)
    assert told.jobs == pytest.approx(np.full((1, 4), 1040.0 * 0.5))


def test_jobs_and_value_take_the_same_share_of_the_industry_in_every_draw():
    told = direct_impact("AAA", np.ones((1, 100, 13)), ("drives",), (SPREAD,), ALIKE, seed=3)
    assert told.jobs / 5000.0 == pytest.approx(told.value_added / 104.0)
    assert told.jobs.std() > 0


def test_no_published_figure_is_no_number_and_no_figure():
    told = direct_impact("AAA", np.ones((2, 4, 13)), ("cars", "chips"), (CARS, CHIPS), ALIKE, seed=1)
    assert np.isnan(told.jobs[1]).all()
    figures = {one.id: one for one in impact_figures("run", told, 52, {"cars": ("cell:x",), "chips": ("cell:y",)})}
    assert "run.jobs.chips" not in figures
    assert figures["run.jobs.cars"].origin == ("cell:x", "fact:p0")
    assert figures["run.jobs.total"].value == pytest.approx(1040 * 0.5 * 13 / 52)
    assert "1 of 2 sectors" in figures["run.jobs.total"].rule


def test_without_any_employment_there_is_no_total():
    told = direct_impact("AAA", np.ones((1, 4, 13)), ("chips",), (CHIPS,), ALIKE, seed=1)
    assert not [one for one in impact_figures("run", told, 52, {}) if ".jobs." in one.id]


def test_people_are_counted_in_persons_whatever_the_unit(tmp_path):
    folder = table(tmp_path, "vehicles,AAA,p0,same", "vehicles,BBB,p0,another economy's row is left alone")
    assert industry_employment(folder, "AAA", facts()) == {"vehicles": People(1040.0, "p0", "same")}


def test_a_fact_not_known_by_the_date_gives_no_figure(tmp_path):
    assert industry_employment(table(tmp_path, "vehicles,AAA,later,same"), "AAA", facts()) == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tier": "C"}, "tier A or B"),
        ({"economy": "BBB"}, "no employment of 'AAA'"),
        ({"variable": "value_added"}, "no employment"),
        ({"unit": "plants"}, "not people"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(tmp_path, changes, message):
    with pytest.raises(FactError, match=message):
        industry_employment(table(tmp_path, "vehicles,AAA,p0,same"), "AAA", facts(**changes))


def test_every_shipped_row_names_a_fact_of_its_economy_and_an_industry_of_a_material():
    rows = pd.read_csv(data_folder() / "labels" / "industry_employment.csv", dtype=str)
    industries = {
        product
        for path in (data_folder() / "topology").glob("*/value.csv")
        for product in pd.read_csv(path, dtype=str)["product"]
    }
    assert set(rows["industry"]) <= industries
    known = read_facts()
    for economy, part in rows.groupby("economy"):
        assert len(industry_employment(data_folder(), str(economy), known)) == len(part)
