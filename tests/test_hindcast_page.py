"""The page of the hindcast of April 2025 holds what its command makes, and says what it must."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from lodestone.chain import prepare
from lodestone.cli import main
from lodestone.evidence.months import LABEL, customs_watch, observed_months, only_issuer
from lodestone.evidence.requests import SimulationRequest
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "hindcast-2025.md"
TABLES = PAGE.with_suffix("")
LINE = "85051110"
CUSTOMS = {"2025-01": 6357, "2025-02": 3590, "2025-03": 5323, "2025-04": 2627, "2025-05": 1238, "2025-06": 3188,
           "2025-07": 5577, "2025-08": 6146, "2025-09": 5774}  # fmt: skip


def test_the_table_shows_every_month_customs_published_under_both_scenarios():
    months = pd.read_csv(TABLES / "months.csv")
    for _, part in months.groupby("scenario"):
        assert {m: round(v) for m, v in zip(part["month"], part["observed"], strict=True)} == CUSTOMS
    assert months["scenario"].unique().tolist() == ["april-2025-controls", "april-2025-uninformed"]
    assert (months["low"] <= months["median"]).all() and (months["median"] <= months["high"]).all()


def test_the_page_is_labelled_and_its_errors_follow_from_its_months():
    assert LABEL in PAGE.read_text(encoding="utf-8").lower()
    months, errors = pd.read_csv(TABLES / "months.csv"), pd.read_csv(TABLES / "month_errors.csv")
    for scenario, part in months.groupby("scenario"):
        told = errors[(errors["scenario"] == scenario) & (errors["months"] == "all")].iloc[0]
        assert told["tonnes"] == pytest.approx((part["median"] - part["observed"]).abs().mean(), rel=1e-4)
        assert told["index"] == pytest.approx((part["median_index"] - part["observed_index"]).abs().mean(), rel=1e-3)


def test_the_hindcast_lists_its_rows_and_no_month_it_is_held_against():
    informed, blind = (
        prepare(SimulationRequest(name)).scenario for name in ("april-2025-controls", "april-2025-uninformed")
    )
    known = read_facts(data_folder()).rows
    assert len(informed.rows_used) >= 15 and set(informed.rows_used) <= set(known.index)
    assert blind.rows_used == ()
    assert set(known.loc[list(informed.rows_used), "variable"]) == {
        "licence_count", "licence_delay", "licence_delay_firm_share", "licence_share_approved",
    }  # fmt: skip
    held = {measure.id: measure.over_compliance_share for measure in informed.measures}
    prior = {measure.id: measure.over_compliance_share for measure in blind.measures}
    assert held["CN-2025-18"] == prior["CN-2025-18"]


def test_the_line_is_made_of_every_magnet_that_leaves_the_issuer_by_gross_weight():
    given = prepare(SimulationRequest("april-2025-controls"))
    origin = only_issuer(given.scenario)
    watch = customs_watch(given.network, LINE, origin)
    trade = given.network.trade.iloc[watch["trade_row"]]
    form = given.network.products.set_index("product")["form"]
    assert set(form.loc[trade["product"]]) == {"magnet"}
    assert (trade["origin"] == origin).all() and (trade["destination"] != origin).all()
    assert len(set(trade["product"])) == (form == "magnet").sum()
    content = given.network.products.set_index("product")["content"].loc[trade["product"]]
    assert watch["weight"].to_numpy() * content.to_numpy() == pytest.approx(1.0)
    seen = observed_months(given.facts, given.folder / "labels", LINE, origin)
    assert seen.loc["2024-01..2024-12", "value"] == pytest.approx(58152, rel=1e-3)


@pytest.mark.proof
def test_the_command_of_the_page_makes_its_tables(tmp_path, monkeypatch):
    typed = re.search(r"^\$ lodestone (simulate .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert typed is not None
    words = shlex.split(typed[1])
    words[-1] = str(tmp_path / "run")
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0
    for name in ("months.csv", "month_errors.csv"):
        ours, theirs = pd.read_csv(tmp_path / "run" / name), pd.read_csv(TABLES / name)
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-5)
