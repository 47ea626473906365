"""The page of the back-tests says what its tables hold, claims nothing else, and its command makes it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pandas as pd
import pytest

from lodestone.evidence.backtest import FORECAST
from lodestone.evidence.scores import LEAST_BLOCKS
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
    before = {path.name: path.read_text(encoding="utf-8") for path in [PAGE, *TABLES.glob("*.csv")]}
    try:
        runpy.run_path(str(DOCS / "backtest_page.py"), run_name="__main__")
        for name, text in before.items():
            place = PAGE if name == PAGE.name else TABLES / name
            assert place.read_text(encoding="utf-8") == text, name
    finally:
        for name, text in before.items():
            (PAGE if name == PAGE.name else TABLES / name).write_text(text, encoding="utf-8")
