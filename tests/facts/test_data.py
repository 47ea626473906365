"""Claims about the data that comes along."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from lodestone.facts import check_folder, data_folder, read_facts, select_facts


@pytest.fixture(scope="module")
def facts():
    return read_facts()


def test_the_curated_data_has_no_fault():
    assert check_folder(data_folder()) == []


def test_the_facts_stay_below_six_megabytes():
    assert sum(path.stat().st_size for path in data_folder().glob("*/*/facts.csv")) < 6_000_000


def test_mine_output_of_2024_is_that_of_the_newest_edition_known(facts):
    now = select_facts(facts, variable="mine_production", period="2024", economy="AUS", product="REO total")
    then = select_facts(
        read_facts(as_of=dt.date(2025, 6, 30)), variable="mine_production", period="2024", economy="AUS"
    )
    assert (list(now.rows["value"]), set(now.rows["source"])) == ([29000.0], {"usgs-mcs2026"})
    assert (list(then.rows["value"]), set(then.rows["source"])) == ([13000.0], {"usgs-mcs2025-ree"})


def test_both_rows_of_a_contradiction_stay_in_the_files():
    raw = read_facts(corrected=False)
    magnets = select_facts(raw, variable="trade_quantity", product="85051110", period="2024", economy="CHN")
    assert {58152.0, 58120.0} <= set(magnets.rows["value"])


def test_a_full_basket_adds_up_to_about_a_hundred_per_cent(facts):
    shares = select_facts(facts, variable="basket_share", source="usgs-myb2022-t2").rows
    totals = shares.groupby("product")["value"].sum()
    assert len(totals) == 13
    assert totals.between(97, 104).all()


def test_an_edition_is_not_seen_the_day_before_it_was_posted():
    day = dt.date(2026, 2, 6)
    now, before = (read_facts(as_of=when).rows for when in (day, day - dt.timedelta(days=1)))
    of_edition = now["source"].isin({"S001", "usgs-mcs2026", "usgs-mcs2026-y", "usgs_mcs2026"})
    assert of_edition.sum() > 400
    assert not before.index.isin(now.index[of_edition]).any()
    asked = {"variable": "mine_production", "period": "2024", "economy": "AUS"}
    found = select_facts(read_facts(as_of=day - dt.timedelta(days=1)), **asked).rows
    assert (list(found["value"]), set(found["source"])) == ([13000.0], {"usgs-mcs2025-ree"})


def test_what_is_planned_or_forecast_has_a_variable_that_says_so(facts):
    future = facts.rows[facts.rows["period"].str[:4].between("2027", "2100")]
    assert future["variable"].str.contains("forecast|planned|target").all()


def test_rows_marked_as_excluded_are_tier_c(facts):
    marked = facts.rows[facts.rows["note"].str.contains("exclude from calibration")]
    assert len(marked) > 0
    assert set(marked["tier"]) == {"C"}


def test_every_trade_row_names_its_reporter_or_its_share(facts):
    flows = facts.rows[facts.rows["variable"] == "trade_quantity"]
    assert flows["note"].str.startswith("reporter=").all()
    assert flows["locator"].str.contains("reporter=").all()


def test_a_part_of_a_year_is_never_a_year_total(facts):
    assert (
        facts.rows.loc[facts.rows["variable"] == "trade_quantity_part_year", "period"]
        .str.contains("..", regex=False)
        .all()
    )
    whole = facts.rows[facts.rows["variable"] == "trade_quantity"]
    assert not whole["note"].str.contains("PARTIAL YEAR").any()


def test_no_fact_is_known_before_its_period_has_begun(facts):
    from lodestone.facts.calendar import first_day

    rows = facts.rows[
        (facts.rows["period"] != "") & ~facts.rows["variable"].str.contains("forecast|planned|target|budget|floor")
    ]
    early = [
        identifier
        for identifier, period, known in zip(rows.index, rows["period"], rows["known_from"], strict=True)
        if known.date() < first_day(period)
    ]
    assert early == []


def test_the_page_on_the_data_counts_the_rows_that_are_there():
    page = (data_folder().parent / "docs" / "reference" / "data-carried-over.md").read_text(encoding="utf-8")
    table = page.split("## Rows by variable")[1]
    stated = {row[0]: int(row[1]) for row in re.findall(r"^\| (\w+) \| (\d+) \|$", table, re.MULTILINE)}
    held = read_facts(corrected=False).rows["variable"].value_counts().to_dict()
    assert stated == held
    assert f"{sum(held.values()):,} curated facts" in page
