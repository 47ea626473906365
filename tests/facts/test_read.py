"""Reading facts: what a date may see, what is counted, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodestone.errors import FactError
from lodestone.facts import data_folder, read_facts
from lodestone.facts.nouns import COLUMNS
from lodestone.facts.read import newest_reading


def test_rows_have_the_columns_of_the_schema_and_the_id_as_index(place):
    table = read_facts(place.folder)
    assert (table.rows.index.name, *table.rows.columns) == COLUMNS
    assert len(table.rows) == 5


def test_blank_stays_blank_and_is_never_zero(place):
    price = read_facts(place.folder).rows.loc["one/price/1"]
    assert pd.isna(price["value"])
    assert (price["low"], price["high"]) == (10.0, 12.0)


def test_a_fact_known_later_is_dropped_and_counted_by_variable(place):
    table = read_facts(place.folder, dt.date(2025, 6, 2))
    assert list(table.rows.index) == ["one/output/1", "one/output/2", "one/output/4", "one/price/1"]
    assert table.dropped == {"output": 1}
    assert table.as_of == dt.date(2025, 6, 2)


def test_without_a_date_nothing_is_dropped_and_the_date_is_the_last_reading(place):
    table = read_facts(place.folder)
    assert table.dropped == {}
    assert table.as_of == dt.date(2026, 1, 10)


def test_a_planted_later_fact_changes_nothing_under_an_earlier_date(place):
    day = dt.date(2025, 12, 31)
    before = read_facts(place.folder, day).rows
    planted = "one/output/9,output,oxide,Xx,mine,AAA,,2025,999,,,t,oxide,reported,A,office,table 2,2026-01-05,"
    place.write((*(r for r in _rows(place)), planted))
    pd.testing.assert_frame_equal(read_facts(place.folder, day).rows, before)


def test_the_checksum_changes_with_any_file_read(place):
    before = read_facts(place.folder).checksum
    place.with_row(0, note="a word")
    assert read_facts(place.folder).checksum != before


def test_an_id_that_comes_twice_is_refused(place):
    place.with_row(1, id="one/output/1")
    with pytest.raises(FactError, match="one/output/1 occurs twice"):
        read_facts(place.folder)


def test_a_text_among_the_numbers_is_refused_with_the_next_step(place):
    place.with_row(1, value="many")
    with pytest.raises(FactError, match="lodestone facts check"):
        read_facts(place.folder)


def test_a_folder_without_facts_is_refused(tmp_path):
    with pytest.raises(FactError, match="holds no"):
        read_facts(tmp_path)


def test_a_data_folder_named_by_the_environment_goes_first(place, monkeypatch):
    monkeypatch.setenv("LODESTONE_DATA", str(place.folder))
    assert data_folder() == place.folder


def test_an_environment_that_names_no_data_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LODESTONE_DATA", str(tmp_path))
    with pytest.raises(FactError, match="LODESTONE_DATA"):
        data_folder()


@given(early=st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1)), later=st.integers(0, 400))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_later_date_sees_all_that_an_earlier_one_saw(place, early, later):
    seen = read_facts(place.folder, early, corrected=False).rows
    day = min(early + dt.timedelta(days=later), newest_reading(read_facts(place.folder).sources))
    more = read_facts(place.folder, day, corrected=False).rows
    assert set(seen.index) <= set(more.index)
    assert (seen["known_from"] <= pd.Timestamp(early)).all()


def _rows(place) -> list[str]:
    return (place.edition / "facts.csv").read_text().splitlines()[1:]


def test_the_folder_checksum_of_a_source_is_that_of_its_facts(place):
    digest = hashlib.sha256((place.edition / "facts.csv").read_bytes()).hexdigest()
    assert read_facts(place.folder).sources["office"].checksum == f"sha256:{digest}"
