"""A brief made as of a date does not move when something later is planted in the data; the later one does."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lodestone.chain import brief, prepare, run
from lodestone.evidence.requests import Request
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.place import data_folder
from lodestone.facts.read import newest_reading, read_facts
from lodestone.record.bundle import read_bundle
from lodestone.record.compare import compare
from lodestone.report.compose import compose
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import read_scenario

EARLY, LATE = "2026-09-30", "2026-11-01"
REQUEST = Request("JPN", "planted", as_of=EARLY, members=20, cover_members=2)
SCENARIO = """
title: Announcement 18, and a ban planted later
author: a test
source: none
compose: [announcement-18]
start: 2026-11-10
horizon_weeks: 60
measures:
  - use: CN-2025-18
"""


def appended(path: Path, row: dict[str, str]) -> None:
    """Add a row to a CSV file under its own header."""
    text = path.read_text(encoding="utf-8")
    header = next(csv.reader(io.StringIO(text)))
    assert set(row) <= set(header), set(row) - set(header)
    with path.open("a", encoding="utf-8", newline="") as handle:
        csv.DictWriter(handle, header, restval="", lineterminator="\n").writerow(row)


def like(path: Path, column: str, value: str) -> dict[str, str]:
    """The first row of a CSV file with this cell."""
    with path.open(encoding="utf-8", newline="") as handle:
        return next(row for row in csv.DictReader(handle) if row[column] == value)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """A copy of data and scenarios as they are, and one with a fact and a measure known from October 2026."""
    place = tmp_path_factory.mktemp("worlds")
    found = {}
    for name in ("plain", "planted"):
        data, scenarios = place / name / "data", place / name / "scenarios"
        shutil.copytree(data_folder(), data)
        shutil.copytree(scenario_folder(), scenarios)
        text = SCENARIO
        if name == "planted":
            _plant(data)
            text += "  - use: PLANTED-BAN\n"
        (scenarios / "planted.yaml").write_text(text, encoding="utf-8")
        found[name] = (data, scenarios)
    return found


def _plant(data: Path) -> None:
    """Another total of magnet exports, tenfold, in a fact the baseline uses; and a ban on everything."""
    facts = next(iter(sorted(data.glob("usgs/mcs2026/facts.csv"))))
    with facts.open(encoding="utf-8", newline="") as handle:
        row = max(
            (r for r in csv.DictReader(handle) if r["period"] == "2024" and r["unit"] == "t" and r["value"]),
            key=lambda r: float(r["value"]),
        )
    appended(facts, {**row, "id": f"{row['id']}-planted", "value": str(10 * float(row["value"])),
                     "known_from": "2026-10-05"})  # fmt: skip
    measures = next(iter(sorted(data.glob("measures/*/measures.csv"))))
    row = like(measures, "id", "CN-2025-18")
    appended(measures, {**row, "id": "PLANTED-BAN", "kind": "ban", "announced": "2026-10-05",
                        "effective": "2026-11-10", "known_from": "2026-10-05", "elements": "Nd;Pr;Dy;Tb",
                        "elements_in_alloys": ""})  # fmt: skip


def at(worlds, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, scenarios = worlds[name]
    monkeypatch.setattr("lodestone.chain.AS_OF_DRAWS", 4)  # the baseline of an earlier date is made each time
    monkeypatch.setenv("LODESTONE_DATA", str(data))
    monkeypatch.setenv("LODESTONE_SCENARIOS", str(scenarios))


def test_what_is_planted_is_seen_from_its_date_on(worlds, monkeypatch):
    """The plant is not void: as of a later date the ban acts and the fact is there."""
    at(worlds, "planted", monkeypatch)
    data = worlds["planted"][0]
    for day, there in ((dt.date.fromisoformat(EARLY), False), (dt.date.fromisoformat(LATE), True)):
        assert ("PLANTED-BAN" in set(read_measures(data, day)["id"])) is there
        rows = read_facts(data, day).rows
        assert rows.index.str.endswith("-planted").any() == there


def test_a_measure_announced_later_is_left_out_by_name(worlds, monkeypatch):
    at(worlds, "planted", monkeypatch)
    data, scenarios = worlds["planted"]
    text = read_scenario(
        "planted", read_measures(data), read_assumptions(data), scenarios, dt.date.fromisoformat(EARLY)
    )
    assert text.left_out == ("PLANTED-BAN",)
    assert [measure.id for measure in text.measures] == ["CN-2025-18"]


@pytest.mark.proof
def test_a_later_fact_and_a_later_measure_change_nothing_in_a_whole_brief(worlds, monkeypatch, tmp_path):
    folders = {}
    for name in ("plain", "planted"):
        at(worlds, name, monkeypatch)
        folders[name] = brief(REQUEST, tmp_path / name)[0]
    before, after = read_bundle(folders["plain"]), read_bundle(folders["planted"])
    found = compare(before, after)
    assert found.verdict == "identical", found.moves[:5]
    assert not found.only_before and not found.only_after
    assert len(before.figures) > 300


@pytest.mark.proof
def test_the_planted_ban_acts_from_its_date_on(worlds, monkeypatch):
    at(worlds, "planted", monkeypatch)
    late = prepare(replace(REQUEST, as_of=LATE))
    assert any(control.id.startswith("PLANTED-BAN") for control in late.controls.controls)


@pytest.mark.proof
def test_a_brief_of_the_day_of_the_licences_says_what_it_had_to_do_without(monkeypatch):
    """On the shipped data: as of April 2025 earlier figures stand in; as of the last reading nothing does."""
    monkeypatch.setattr("lodestone.chain.AS_OF_DRAWS", 4)
    request = Request("JPN", "april-2025-uninformed", as_of="2025-04-10", members=12, cover_members=2)
    setting, found = run(request)
    assert found.stood_in and found.scenario.left_out == ()
    assert any("earlier figures stand in" in note for note in found.notes)
    assert compose(found).warnings[0].startswith("Made of what was known by 2025-04-10")
    assert setting.facts.rows["known_from"].max() <= pd.Timestamp("2025-04-10")
    late = prepare(replace(request, as_of=newest_reading(setting.facts.sources).isoformat()))
    assert late.baseline.stand_ins == () and not any("stand in" in note for note in late.controls.notes)
