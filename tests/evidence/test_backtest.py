"""Back-tests on the shipped networks: what came later changes no forecast, wrong terms score worse, labels are earned."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.chain import backtest
from lodestone.cli import main
from lodestone.cli.backtest import as_lines
from lodestone.errors import FactError, Faults, LabelError, ScenarioError
from lodestone.evidence.backtest import FORECAST, HINDCAST, TERMS, Score, honest, mutated, summary
from lodestone.evidence.disruptions import first_stops, is_disruptions, read_disruptions
from lodestone.evidence.requests import BacktestRequest
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.record.bundle import read_bundle
from tests.simulate.acts import a_measure, a_scenario, fixed, terms
from tests.world import small_network

MONTHS = Path(__file__).parent.parent.parent / "examples" / "backtest" / "graphite_months.csv"
CASE = BacktestRequest(
    "graphite-december-2023", "2023-12-01", observations=(str(MONTHS),), members=60
)  # fmt: skip
FORECAST_SIDE = ["month", "product", "destination", "set", "p05", "p25", "median", "p75", "p95"]


@pytest.fixture(scope="module")
def found():
    return backtest(CASE)


def changed(tmp_path, change):
    with MONTHS.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows, header = list(reader), reader.fieldnames
    path = tmp_path / "changed.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(row) for row in rows)
    return replace(CASE, observations=(str(path),))


def test_a_month_planted_before_it_was_out_changes_no_score(found, tmp_path):
    """November 2023 ended before the date and was published after it."""
    again = backtest(
        changed(tmp_path, lambda row: row | ({"quantity_t": "99999"} if row["month"] == "2023-11" else {}))
    )
    both = [one.score.cells.drop(columns="row") for one in (again, found)]
    pd.testing.assert_frame_equal(*both)


def test_a_later_month_changes_only_the_score_of_its_own_cells(found, tmp_path):
    again = backtest(
        changed(tmp_path, lambda row: row | ({"quantity_t": "99999"} if row["month"] == "2024-05" else {}))
    )
    pd.testing.assert_frame_equal(again.score.cells[FORECAST_SIDE], found.score.cells[FORECAST_SIDE])
    same = found.score.cells["month"] != "2024-05"
    pd.testing.assert_frame_equal(
        again.score.cells[same].drop(columns="row"), found.score.cells[same].drop(columns="row")
    )
    assert (again.score.cells.loc[~same, "crps"] > found.score.cells.loc[~same, "crps"]).all()


def test_an_earlier_month_that_was_out_does_change_the_naive_forecast(found, tmp_path):
    again = backtest(
        changed(tmp_path, lambda row: row | ({"quantity_t": "99999"} if row["month"] == "2023-10" else {}))
    )
    assert (again.score.cells["crps_persistence"] > found.score.cells["crps_persistence"]).mean() > 0.9
    assert again.score.cells["crps"].equals(found.score.cells["crps"])


def test_every_cell_is_scored_once_and_its_months_follow_the_date(found):
    cells = found.score.cells
    assert not cells.duplicated(["month", "product", "destination"]).any()
    assert cells["month"].min() == "2023-12" and cells["month"].max() == "2024-12"
    assert (np.diff(cells[["p05", "p25", "median", "p75", "p95"]]) >= 0).all()
    assert found.score.sets.set_index("set").loc["destinations", "cells"] == len(cells)
    assert any("which is not scored" in note for note in found.set_aside)


def test_terms_of_another_case_score_better_than_the_mutated_ones():
    """The licence terms of April 2025 on graphite: approvals up 20 points, nothing held, is worse for sure."""
    informed = backtest(replace(CASE, scenario="graphite-2023-april-terms", mutate=True, members=300))
    row = informed.mutation[informed.mutation["months"] == "all"].iloc[0]
    assert row["low"] > 0.0 and row["crps_mutated"] > 1.03 * row["crps"]
    assert informed.mode == HINDCAST
    assert not informed.score.differences["verdict"].isin(["skill"]).any()


def test_a_case_is_no_forecast_where_its_baseline_or_its_terms_came_later(found):
    assert found.mode == TERMS and "no baseline can be made" in found.reasons[0] and "mine_flake@" in found.reasons[0]
    assert found.stand_ins == found.left_to_prior == ()
    with pytest.raises(ScenarioError, match=r"is no forecast .*licence_count/0001 and 16 more"):
        backtest(replace(CASE, scenario="april-2025-controls", as_of="2025-04-04", observations=(), mode="forecast"))
    with pytest.raises(ScenarioError, match="nothing in 'april-2025-uninformed' was known by 2025-01-15"):
        backtest(replace(CASE, scenario="april-2025-uninformed", as_of="2025-01-15", observations=()))


@pytest.mark.proof
def test_the_licences_of_april_2025_have_a_true_forecast(monkeypatch, capsys):
    """Nothing later in it, what stands in named, and the mutated terms as they were drawn."""
    monkeypatch.setattr("lodestone.chain.AS_OF_DRAWS", 4)  # the baseline of the day is made each time
    request = BacktestRequest(
        "april-2025-uninformed", "2025-04-04", "forecast", lines=("85051110",), mutate=True, members=24
    )
    made = backtest(request)
    assert made.mode == FORECAST and made.reasons == () and made.left_out == ("CN-2025-12ENT",)
    known = read_facts(corrected=False).rows["known_from"]
    facts = [re.search(r": (\S+) \(", text) for text in made.stand_ins]
    assert len(made.stand_ins) > 40 and "iea_magnet_total" in made.left_to_prior
    assert all(known[one[1]] <= pd.Timestamp(request.as_of) for one in facts if one and "/" in one[1])
    changed = made.changed.set_index("input")
    approved = changed.loc["CN-2025-18:licence:share_applications_approved"]
    assert 0.1 < approved["mutated"] - approved["own"] < 0.2  # a share stops at 1
    assert np.isnan(changed.at["CN-2025-18:held:share", "mutated"])
    assert not changed.index.str.contains("share_tonnes_of_approved").any()
    assert (made.score.differences["verdict"] == "too few months to claim anything").all()
    text = "\n".join(as_lines(made))
    assert "FORECAST" in text and f"{len(made.stand_ins)} earlier figures stand in" in text
    assert "held:share 0" in text and "becomes nothing" in text


def test_skill_is_a_word_of_forecasts_alone():
    frame = pd.DataFrame({"month": [f"2024-{m:02d}" for m in range(1, 13)], "set": "world", "observed": 10.0, "p05": 9.0,
                          "p25": 9.5, "median": 10.0, "p75": 10.5, "p95": 11.0, "crps": 0.1, "crps_persistence": 2.0,
                          "crps_seasonal": np.nan, "crps_cut": 0.05, "interval_score": 2.0})  # fmt: skip
    sets, differences = summary(frame)
    assert differences["verdict"].tolist() == ["skill", "worse"] and sets["inside_90"].tolist() == [1.0]

    told = honest(Score(frame, sets, differences, ()), HINDCAST).differences["verdict"].tolist()
    assert told == ["better, but no forecast skill: hindcast", "worse"]


@pytest.mark.proof
def test_months_with_no_earlier_one_have_no_naive_forecast(tmp_path, capsys):
    head = "month,period_type,hs_code,destination_iso3,quantity_t,method"
    path = tmp_path / "may.csv"
    path.write_text(f"{head}\n2025-05,month,850511,WLD,1200,reported\n", encoding="utf-8")
    words = ("april-2025-uninformed", "--as-of", "2025-04-04", "--members", "20", "--observations", str(path))
    with pytest.raises(SystemExit) as left:
        main(("backtest", *words))
    told = capsys.readouterr()
    assert not left.value.code, told.err
    assert told.out.count("no naive forecast could be made of these cells") == 1


def test_mutated_terms_are_twenty_points_up_and_hold_nothing():
    licence = a_measure("L", "licence", licence=terms(0.9), over_compliance_share=fixed(0.4))
    ban = a_measure("B", "ban", blocked_share=fixed(1))
    first, second = mutated(a_scenario(licence, ban)).measures
    assert first.licence.share_applications_approved.high == 1.0
    assert (
        mutated(a_scenario(replace(licence, licence=terms(0.5))))
        .measures[0]
        .licence.share_applications_approved.central
        == 0.7
    )
    assert first.over_compliance_share.high == 0.0 and second == replace(
        ban, over_compliance_share=second.over_compliance_share
    )


def test_the_first_reported_stop_of_a_sector_is_taken_and_the_rest_is_said(tmp_path):
    head = "date_start,date_end,iso3,sector,firm,product,effect,magnitude,unit,source_tier,note,source_id\n"
    path = tmp_path / "stops.csv"
    path.write_text(head + "2026-03,,BOR,motors,,m,line stopped,3,days,B,,a\n2026-02,,BOR,motors,,m,line stopped,3,days,B,,b\n"
                    "2026-02,,BOR,motors,,m,line stopped,3,days,C,,c\n2026-02,,BOR,motors,,m,price rise,3,%,B,,d\n"
                    "2026-02,,BOR,motors,,dysprosium,stopped,3,days,B,,e\n2026-02,,ALB,motors,,m,stopped,3,days,B,,f\n"
                    "2025-02,,BOR,motors,,m,stopped,3,days,B,,g\n", encoding="utf-8")  # fmt: skip
    assert is_disruptions(path) and not is_disruptions(MONTHS)
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "disruption_terms.csv").write_text("kind,reported,meaning\nsector,motors,motors\nunit,days,stop\n")
    (labels / "elements.csv").write_bytes((data_folder() / "labels" / "elements.csv").read_bytes())
    stops, aside = first_stops(
        read_disruptions(path), labels, small_network(), a_scenario(a_measure("B", "ban")), dt.date(2026, 1, 5), 52
    )
    assert stops[["economy", "sectors", "row"]].to_numpy().tolist() == [["BOR", "motors", "stops.csv:3"]]
    assert [note.split(":")[1] for note in aside] == ["4", "6", "7"]
    path.write_text(head + "soon,,BOR,motors,,m,x,3,days,B,,a\n", encoding="utf-8")
    with pytest.raises(Faults, match="stops.csv:2"):
        read_disruptions(path)


def test_the_command_answers_in_json_and_names_faults_with_exit_code_two(tmp_path, capsys):
    words = [
        "backtest",
        CASE.scenario,
        "--as-of",
        CASE.as_of,
        "--observations",
        str(MONTHS),
        "--members",
        "20",
        "--json",
    ]
    with pytest.raises(SystemExit) as left:
        main([*words, "--relative", "--out", str(tmp_path / "out")])
    document = json.loads(capsys.readouterr().out)
    assert left.value.code == 0 and document["mode"] == TERMS and "points" in document["unit"]
    assert set(document["cells"][0]) >= {"month", "product", "destination", "observed", "median", "p05", "p25", "p75", "p95",
                                         "crps", "crps_persistence", "crps_seasonal", "crps_cut"}  # fmt: skip
    assert len(pd.read_csv(tmp_path / "out" / "cells.csv")) == len(document["cells"])
    assert document["folder"] == str(tmp_path / "out") and read_bundle(tmp_path / "out").figures
    bad = tmp_path / "bad.csv"
    bad.write_text(MONTHS.read_text(encoding="utf-8").replace("2022-01,month", "2022-21,month"), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["backtest", CASE.scenario, "--as-of", CASE.as_of, "--observations", str(bad)])
    assert left.value.code == 2 and "bad.csv:2 [month]" in capsys.readouterr().err


def test_two_files_of_one_kind_and_foreign_lines_are_refused():
    with pytest.raises(FactError, match="two files of one kind"):
        backtest(replace(CASE, observations=(str(MONTHS), str(MONTHS))))
    with pytest.raises(LabelError, match="85051110 is not observed"):
        backtest(replace(CASE, lines=("85051110",)))
