"""The page of the back-tests says what its tables hold, claims nothing else, and its command makes it."""

from __future__ import annotations

import datetime as dt
import runpy
from pathlib import Path

import pandas as pd
import pytest

from lodestone.evidence.backtest import FORECAST
from lodestone.evidence.find_backtest import FILE, find_backtest, read_verdicts
from lodestone.evidence.scores import LEAST_BLOCKS, NOT_WRONG, TOO_NARROW, TOO_WIDE
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts

DOCS = Path(__file__).parent.parent / "docs"
PAGE, TABLES = DOCS / "reference" / "backtest.md", DOCS / "reference" / "backtest"


def test_no_skill_is_claimed_that_the_tables_do_not_bear_out():
    rows = pd.read_csv(TABLES / "differences.csv")
    claimed = rows[rows["verdict"] == "skill"]
    assert (claimed["high"] < 0).all() and (claimed["blocks"] >= LEAST_BLOCKS).all()
    better = rows[rows["verdict"].str.startswith("better")]
    assert len(better) and (better["high"] < 0).all() and (better["verdict"] != FORECAST).all()
    few = rows[rows["blocks"] < LEAST_BLOCKS]
    assert len(few) and (few["verdict"] == "too few months to claim anything").all()
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(", skill.") == len(claimed)


def test_the_tables_follow_from_the_cells():
    cells, sets = pd.read_csv(TABLES / "cells.csv"), pd.read_csv(TABLES / "sets.csv").set_index(["case", "set"])
    assert not cells.duplicated(["case", "month", "product", "destination"]).any()
    for key, part in cells.groupby(["case", "set"]):
        assert sets.loc[key, "cells"] == len(part)
        assert sets.loc[key, "crps"] == pytest.approx(part["crps"].mean(), rel=1e-3)
        inside = (part["p05"] <= part["observed"]) & (part["observed"] <= part["p95"])
        assert sets.loc[key, "inside_90"] == pytest.approx(inside.mean(), abs=1e-3)


def test_the_verdicts_of_a_brief_are_those_of_the_page():
    rows = read_verdicts(data_folder()).set_index(["case", "set"])
    sets = pd.read_csv(TABLES / "sets.csv").set_index(["case", "set"])
    assert set(rows.index) == set(sets.index) and rows["mode"].iloc[0] == FORECAST
    columns = ["cells", "inside_90", "inside_90_low", "inside_90_high"]
    pd.testing.assert_frame_equal(rows[columns], sets.loc[rows.index, columns])
    said = {verdict: (rows["verdict"] == verdict).sum() for verdict in (TOO_NARROW, NOT_WRONG, TOO_WIDE)}
    text = PAGE.read_text(encoding="utf-8")
    assert f"Of {len(rows)} sets of cells {said[TOO_NARROW]} have 90 % bands that are too narrow." in text
    assert all(text.count(f"): {verdict}.") == count for verdict, count in said.items())
    for (case, _), mode in rows["mode"].items():
        assert f"**{case[0].upper()}{case[1:]}** ({mode})." in text


def test_verdicts_stand_in_a_brief_of_their_material_from_the_day_they_were_known():
    folder, day = data_folder(), dt.date.fromisoformat(read_verdicts(data_folder())["known_from"].max())
    told = find_backtest(folder, "rare_earths", day)
    assert list(told.lead["set"]) == ["world", "destinations"] and set(told.lead["mode"]) == {FORECAST}
    assert told.figures[told.sets].value == 6
    for row in told.lead.itertuples():
        assert told.figures[row.share].source and told.figures[row.share].high < 0.9
    assert find_backtest(folder, "gallium", day).lead.empty
    assert find_backtest(folder, "rare_earths", day - dt.timedelta(days=1)).lead.empty


def test_the_forecast_comes_first_and_says_what_its_baseline_lacked():
    text = PAGE.read_text(encoding="utf-8")
    assert "**May be called a forecast**: magnets; magnets, relative." in text
    assert text.index("(forecast).") < text.index("(hindcast).")
    rows = pd.read_csv(TABLES / "not_out.csv")
    assert not rows.duplicated(["as_of", "row"]).any() and (rows["in_its_place"] == "the prior").any()
    known = read_facts(corrected=False).rows["known_from"]
    stand_in = rows["in_its_place"].str.extract(r"^(\S+/\S+) \(")[0].dropna()
    assert len(stand_in) > 40
    day = pd.to_datetime(rows.loc[stand_in.index, "as_of"])
    assert (known[stand_in].to_numpy() <= day.to_numpy()).all()


def test_the_mutated_terms_are_worse_where_another_case_informed_them():
    rows = pd.read_csv(TABLES / "mutation.csv")
    row = rows[(rows["case"] == "graphite, terms of April 2025") & (rows["months"] == "all")].iloc[0]
    assert row["crps_mutated"] > row["crps"] and row["low"] > 0


@pytest.mark.proof
def test_the_command_makes_the_page():
    places = [PAGE, data_folder() / FILE, *TABLES.glob("*.csv")]
    before = {place: place.read_text(encoding="utf-8") for place in places}
    try:
        runpy.run_path(str(DOCS / "backtest_page.py"), run_name="__main__")
        for place, text in before.items():
            assert place.read_text(encoding="utf-8") == text, place.name
    finally:
        for place, text in before.items():
            place.write_text(text, encoding="utf-8")
