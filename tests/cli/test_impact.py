"""``lodestone impact``: what it prints, as text and as JSON, on the embedded table and on a user's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest

from tests.cli.command import told_by

SMALL = ("--members", "6", "--draws", "6", "--weeks", "70")
CUT = """
title: All exports stop
author: a test
source: none
baseline: {material: rare_earths, year: 2024}
start: 2026-11-10
horizon_weeks: 70
measures:
  - {id: CUT, issuer: CHN, kind: ban, effective: 2026-11-10, elements: ALL, forms: ALL, blocked_share: 1}
"""


@pytest.fixture(scope="module")
def cut(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("impact") / "cut.yaml"
    path.write_text(CUT)
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return told_by(capsys, "impact", *words)


def test_two_rules_are_told_with_direct_indirect_and_the_age_of_the_table(cut, capsys):
    code, out, _ = run(capsys, cut, "--economy", "JPN", "--rule", "pro_rata", *SMALL)
    assert code == 0
    for words in (
        "pro rata, 70 weeks, 6 draws",
        "home first",
        "indirect, at home",
        "indirect, abroad",
        "older than the money",
        "Market view, one year, no stocks",
        "using industries",
    ):
        assert words in out


def test_machines_get_every_figure_with_its_id_and_sums_hold(cut, capsys):
    code, out, _ = run(capsys, cut, "--economy", "JPN", *SMALL, "--json")
    assert code == 0
    rule = json.loads(out)["rules"]["pro_rata"]
    value = {one["id"].removeprefix("run:JPN.pro_rata."): one["value"] for one in rule["figures"]}
    assert value["travel.both"] > value["travel.direct"] > 1.0
    assert value["value.first_year"] <= value["value.total"]
    # What enters the table is the first year's direct loss, cut where sectors were drawn larger than their industry.
    assert 0.9 < value["travel.direct"] / value["value.first_year"] < 1.001
    assert {row["panel"] for row in rule["weekly"]} == {"direct", "indirect"} and len(rule["weekly"]) == 2 * 52


def test_machines_get_the_market_view_and_its_parts_lie_beside_their_sum(cut, capsys):
    code, out, _ = run(capsys, cut, "--economy", "JPN", *SMALL, "--json")
    assert code == 0
    market = json.loads(out)["market"]
    value = {one["id"].removeprefix("run:JPN.pro_rata.market."): one for one in market["figures"]}
    assert {"stopped", "price", "quantity", "rationed", "total", "price.Dy"} <= set(value) and not market["why_not"]
    assert value["price"]["low"] > 1.0 and value["quantity"]["high"] < 1.0
    for word in ("using_industries", "downstream", "prices_paid"):
        assert value[word]["value"] > 0.0 and value[word]["unit"] == "billion USD of 2024"
    for word in ("producers_expand", "producers_earn"):
        assert value[word]["value"] < 0.0
    assert value["total"]["low"] < value["total"]["value"] < value["total"]["high"]


def test_where_no_border_is_closed_the_market_view_says_why_there_is_none(capsys):
    code, out, _ = run(capsys, "myanmar-closure", "--economy", "JPN", *SMALL)
    assert code == 0 and "No measure holds back" in out[out.index("Market view, one year, no stocks") :]


def a_table(folder: Path) -> tuple[Path, Path]:
    """Two economies with three sectors, written by pymrio, and its concordance."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([["JPN", "USA"], ["cars", "chips", "rest"]], names=["region", "sector"])
    flows = pd.DataFrame(20_000.0 + 20_000.0 * rng.random((6, 6)), index, index)
    columns = pd.MultiIndex.from_product([["JPN", "USA"], ["final"]], names=["region", "category"])
    final = pd.DataFrame(np.full((6, 2), 400_000.0), index, columns)
    system = pymrio.IOSystem(Z=flows, Y=final, unit=pd.DataFrame({"unit": ["M.USD"] * 6}, index))
    system.calc_system()
    system.save_all(folder / "table", table_format="txt")
    sectors = {
        "cars": "electric_vehicles;other_vehicles;aerospace_defence",
        "chips": "consumer_electronics;semiconductors;air_conditioning;medical",
        "rest": "wind;industrial_machinery;chemicals_catalysts;glass_ceramics;other",
    }
    rows = [(name, parts, "goods", "all") for name, parts in sectors.items()]
    path = folder / "concordance.csv"
    pd.DataFrame(rows, columns=["industry_sector", "sectors", "makes", "stops"]).to_csv(path, index=False)
    return folder / "table", path


def test_a_table_of_ones_own_takes_the_place_of_the_embedded_one(cut, tmp_path, capsys):
    table, concordance = a_table(tmp_path)
    own = ("--table", str(table), "--layout", "saved", "--table-year", "2022", "--concordance", str(concordance))
    code, out, err = run(capsys, cut, "--economy", "JPN", *SMALL, *own)
    assert code == 0, err
    assert "chips" in out and "Basic metals" not in out and "13 years older" not in out


def test_half_a_table_a_missing_file_and_an_unknown_economy_are_refused_in_words(cut, tmp_path, capsys):
    code, _, err = run(capsys, cut, "--economy", "JPN", "--table", "x")
    assert code == 2 and "--layout and --table-year and --concordance" in err and "Traceback" not in err
    gone = ("--table", str(tmp_path / "no"), "--layout", "saved", "--table-year", "2022", "--concordance", "c.csv")
    code, _, err = run(capsys, cut, "--economy", "JPN", *gone)
    assert code == 2 and f"{tmp_path / 'no'}" in err and "Traceback" not in err
    code, _, err = run(capsys, cut, "--economy", "XXX")
    assert code == 2 and "XXX" in err and "Traceback" not in err


def test_an_economy_whose_value_added_nobody_published_is_told_so_before_a_run(cut, capsys, monkeypatch):
    monkeypatch.setattr("lodestone.evidence.find_loss.simulate_rule", None)
    code, out, err = run(capsys, cut, "--economy", "THA", *SMALL)
    assert code == 2 and not out and "no value added of 'THA' is known" in err
    named = err[err.index("Choose one of") : err.index("'lodestone brief THA'")]
    assert "JPN" in named and "USA" in named and "THA" not in named
