"""A licence that stands in the background of a scenario runs as it was seen to, not as nobody knew it would."""

from __future__ import annotations

import pytest

from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import read_scenario, scenario_names

STANDING = "CN-2025-18"
SUBJECT = ("announcement-18", "april-2025-uninformed")  # the act itself on the uninformed prior, by their titles


def read(name):
    folder = data_folder()
    return read_scenario(name, read_measures(folder), read_assumptions(folder), scenario_folder())


def terms_of(scenario):
    return {one.id: one.licence for one in scenario.measures}.get(STANDING)


@pytest.mark.parametrize("name", [one for one in scenario_names(scenario_folder()) if one not in SUBJECT])
def test_announcement_18_runs_on_uninformed_terms_only_where_it_is_the_subject(name):
    if (terms := terms_of(read(name))) is not None:
        assert terms.share_applications_approved.origin != "licence.share_applications_approved"


def test_a_ban_on_japan_takes_the_terms_seen_by_its_start_for_everyone_else():
    scenario, running = read("dual-use-ban-japan-2026"), read("announcement-18-as-running")
    assert terms_of(scenario) == terms_of(running) and set(running.rows_used) <= set(scenario.rows_used)
    rows = read_facts(data_folder()).rows
    seen = rows[
        (rows["variable"] == "monthly_export_quantity")
        & (rows["product"] == "85051110")
        & (rows["partner"] == "WLD")
        & rows["period"].isin(["2025-07", "2025-08", "2025-09"])
    ]
    assert len(seen) >= 3 and (seen["known_from"].dt.date <= scenario.start).all()
