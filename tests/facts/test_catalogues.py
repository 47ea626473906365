"""Measures and sites as they could have been read on a date."""

from __future__ import annotations

import datetime as dt

import pytest

from lodestone.errors import FactError
from lodestone.facts import data_folder, read_facilities, read_measures


def test_a_measure_announced_later_is_left_out_and_counted():
    early = read_measures(as_of=dt.date(2025, 4, 3))
    assert "CN-2025-18" not in set(early["id"])
    assert "CN-2023-23" in set(early["id"])
    assert early.attrs["dropped"] == len(read_measures()) - len(early)


def test_a_suspension_is_not_known_before_its_day():
    before = read_measures(as_of=dt.date(2025, 11, 6)).set_index("id").loc["CN-2025-56"]
    on_the_day = read_measures(as_of=dt.date(2025, 11, 7)).set_index("id").loc["CN-2025-56"]
    assert (before["suspended"], before["suspended_until"]) == ("", "")
    assert (on_the_day["suspended"], on_the_day["suspended_until"]) == ("2025-11-07", "2026-11-10")


def test_an_end_set_by_the_notice_is_known_from_the_start():
    early = read_measures(as_of=dt.date(2025, 12, 31)).set_index("id")
    assert early.loc["CN-2026-WHITELIST", "ended"] == "2027-12-31"


def test_outcomes_written_with_hindsight_are_blank_under_a_date():
    early = read_measures(as_of=dt.date(2026, 1, 1))
    assert set(early["status_last_read"]) == set(early["effect"]) == {""}
    assert read_measures().set_index("id").loc["CN-2025-18", "effect"] != ""


def test_restatements_are_marked_and_point_to_a_measure():
    measures = read_measures()
    marked = measures[measures["restatement_of"] != ""]
    assert set(marked["id"]) == {"CN-2025-18-WD", "CN-2026-JPN-HEAD50", "CN-2012-QUOTA-T", "CN-2025-GL-CLAIM"}
    assert set(marked["restatement_of"]) <= set(measures["id"])


def test_the_announcement_of_april_2025_names_seven_elements_and_magnets():
    row = read_measures().set_index("id").loc["CN-2025-18"]
    assert row["elements"].split(";") == ["Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y"]
    assert "magnet" in row["forms"].split(";")
    assert (row["effective"], row["suspended"], row["ended"]) == ("2025-04-04", "", "")


def test_a_site_known_later_is_left_out():
    sites = read_facilities()
    early = read_facilities(as_of=dt.date(2025, 6, 30))
    assert 0 < len(early) < len(sites)
    assert early.attrs["dropped"] == len(sites) - len(early)


def test_a_data_folder_without_measures_is_refused(tmp_path):
    with pytest.raises(FactError, match=r"measures\.csv"):
        read_measures(tmp_path)


def test_a_table_with_other_columns_is_refused(tmp_path):
    folder = tmp_path / "measures" / "2026"
    folder.mkdir(parents=True)
    (folder / "measures.csv").write_text("id,issuer\n")
    with pytest.raises(FactError, match="columns"):
        read_measures(tmp_path)
    assert len(read_measures(data_folder())) > 100
