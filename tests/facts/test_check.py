"""The check: every fault of every file at once, each with its place and the next step."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import Fault
from lodestone.facts import check_folder
from lodestone.facts.documents import MAX_YAML_BYTES
from tests.facts.small_folder import ROWS, SOURCES, Place

ROW_FAULTS = {
    "an unknown variable": ({"variable": "outptu"}, "variable", "output"),
    "an unknown unit": ({"unit": "kg"}, "unit", "t"),
    "an unknown status": ({"status": "guessed"}, "status", "transferred"),
    "an unknown tier": ({"tier": "D"}, "tier", "A"),
    "an unknown basis": ({"basis": "weight"}, "basis", "gross weight"),
    "an unknown source": ({"source": "office;nobody"}, "source", "nobody"),
    "an unknown economy": ({"economy": "CCC"}, "economy", "AAA"),
    "an unknown partner in a sum": ({"partner": "AAA+CCC"}, "partner", "CCC"),
    "an unknown element in a sum": ({"element": "Xx;Qq"}, "element", "Qq"),
    "NaN written out": ({"value": "nan"}, "value", "finite"),
    "an infinite number": ({"value": "inf"}, "value", "finite"),
    "a text for a number": ({"value": "about 40"}, "value", "not a number"),
    "a reversed range": ({"low": "50", "high": "30", "value": ""}, "low", "Exchange"),
    "a value outside its range": ({"value": "60"}, "value", "outside"),
    "a negative mass": ({"low": "-30"}, "low", "negative"),
    "no number at all": ({"value": "", "low": "", "high": ""}, "value", "no number"),
    "a date that is none": ({"known_from": "2024-13-01"}, "known_from", "YYYY-MM-DD"),
    "a date of month precision": ({"known_from": "2024-06"}, "known_from", "YYYY-MM-DD"),
    "a period that is none": ({"period": "spring"}, "period", "YYYY"),
    "a period that ends before it begins": ({"period": "2023..2021"}, "period", "2021..2023"),
    "a day before the source was out": ({"known_from": "2024-01-01"}, "known_from", "2024-06-30"),
    "a day after it was read": ({"known_from": "2026-02-01"}, "known_from", "later"),
    "no locator": ({"locator": ""}, "locator", "blank"),
}


def test_a_sound_folder_has_no_fault(place):
    assert check_folder(place.folder) == []


@pytest.mark.parametrize("name", ROW_FAULTS)
def test_a_fault_in_a_row_is_named_with_file_line_and_column(place, name):
    cells, column, words = ROW_FAULTS[name]
    place.with_row(1, **cells)
    faults = check_folder(place.folder)
    assert [(fault.file, fault.line, fault.column) for fault in faults] == [("one/2025/facts.csv", 3, column)]
    assert words in f"{faults[0].what} {faults[0].next_step}"


def test_a_change_may_be_negative_where_the_variable_says_so(place):
    place.with_row(1, variable="effect", unit="%", value="-40", low="-50", high="-30", basis="none")
    assert check_folder(place.folder) == []


def test_all_faults_of_all_files_come_together(place):
    rows = [*ROWS]
    rows[0] = rows[0].replace("oxide,reported", "weight,guessed")
    rows[3] = rows[3].replace(",90,", ",-90,")
    place.write(tuple(rows), sources=SOURCES.replace("tier: B", "tier: Q"))
    other = place.folder / "two" / "2024"
    other.mkdir(parents=True)
    (other / "facts.csv").write_bytes(b"\xff\xfe")
    files = [fault.file for fault in check_folder(place.folder)]
    assert files.count("one/2025/facts.csv") == 3
    assert {"one/2025/source.yaml", "two/2024/facts.csv", "two/2024/source.yaml"} <= set(files)


def test_an_article_that_is_none_is_told_with_its_line(place):
    path = place.folder / "labels" / "economies.csv"
    path.write_text("label,name,article\nAAA,Aland,a\nBBB,The Belands,the\n", encoding="utf-8")
    assert [(fault.line, fault.column) for fault in check_folder(place.folder)] == [(2, "article"), (3, "name")]
    path.write_text("label,name\nAAA,Aland\nBBB,Beland\n", encoding="utf-8")
    (fault,) = check_folder(place.folder)
    assert "no such column" in fault.what


def test_an_id_used_twice_names_the_first_use(place):
    place.with_row(2, id="one/output/1")
    (fault,) = check_folder(place.folder)
    assert (fault.line, fault.column) == (4, "id")
    assert "one/2025/facts.csv:2" in fault.what


def test_a_changed_file_no_longer_fits_its_checksum(place):
    with (place.edition / "facts.csv").open("a") as handle:
        handle.write("\n")
    (fault,) = check_folder(place.folder)
    assert (fault.column, fault.file) == ("checksum", "one/2025/source.yaml")
    assert "sha256:" in fault.next_step


def test_the_line_is_right_after_a_cell_that_spans_lines(place):
    rows = [*ROWS]
    rows[0] += '"two\nlines"'
    rows[2] = rows[2].replace(",120,", ",nan,")
    place.write(tuple(rows))
    (fault,) = check_folder(place.folder)
    assert fault.line == 5


def test_a_row_with_a_cell_too_many_is_named(place):
    place.write((*ROWS[:4], ROWS[4] + "x,y"))
    (fault,) = check_folder(place.folder)
    assert fault.line == 6
    assert "20 cells, not 19" in fault.what


def test_an_alias_in_a_yaml_file_is_refused_with_its_line(place):
    place.write(sources=SOURCES.replace("address: here", "address: &a here").replace("address: there", "address: *a"))
    (fault, *_) = check_folder(place.folder)
    assert fault.file == "one/2025/source.yaml"
    assert "alias" in fault.what


def test_a_file_over_the_size_cap_is_refused(place):
    place.write(sources=SOURCES + "# " + "x" * MAX_YAML_BYTES)
    (fault, *_) = check_folder(place.folder)
    assert "bytes" in fault.what


def test_a_source_that_comes_twice_is_named(place):
    place.write(sources=SOURCES.replace("id: gazette", "id: office"))
    whats = " ".join(fault.what for fault in check_folder(place.folder))
    assert "office comes twice" in whats


def test_a_correction_that_matches_nothing_is_a_fault(place):
    place.write(corrections=CORRECTION.format(economy="BBB", source="gazette"))
    (fault,) = check_folder(place.folder)
    assert "corrections.yaml, entry 1" in fault.what


CORRECTION = """\
corrections:
- {{what: test, where: {{economy: {economy}, source: {source}}}, action: drop, reason: test, provider: me,
   status: open, known_from: 2025-07-01}}
"""


def test_measures_and_sites_are_checked_beside_the_facts(place):
    from lodestone.facts.catalogues import FACILITY_COLUMNS, MEASURE_COLUMNS

    edition = place.folder / "measures" / "2026"
    edition.mkdir(parents=True)
    cells = dict.fromkeys(MEASURE_COLUMNS, "") | {
        "id": "M1",
        "issuer": "CCC",
        "announced": "2025-04-04",
        "effective": "2025-04-04",
        "ended": "2025-01",
        "kind": "ban",
        "scope_text": "all",
        "elements": "Xx;Qq",
        "targets": "ALL",
        "source": "office",
        "tier": "A",
        "known_from": "2025-04-04",
    }
    (edition / "measures.csv").write_text(f"{','.join(MEASURE_COLUMNS)}\n{','.join(cells.values())}\n")
    site = dict.fromkeys(FACILITY_COLUMNS, "") | {
        "id": "S1",
        "economy": "AAA",
        "lat": "95",
        "capacity": "-1",
        "source": "office",
        "tier": "A",
        "known_from": "2025-04-04",
    }
    (edition / "facilities.csv").write_text(f"{','.join(FACILITY_COLUMNS)}\n{','.join(site.values())}\n")
    (edition / "source.yaml").write_text((place.edition / "source.yaml").read_text())
    found = {(fault.file.split("/")[-1], fault.column) for fault in check_folder(place.folder)}
    assert found == {
        ("measures.csv", "issuer"),
        ("measures.csv", "element"),
        ("measures.csv", "ended"),
        ("measures.csv", "end_known_from"),
        ("facilities.csv", "lat"),
        ("facilities.csv", "capacity"),
        ("source.yaml", "checksum"),
    }


@given(text=st.text(max_size=300), column=st.integers(0, 18))
@settings(max_examples=60)
def test_any_text_in_a_cell_gives_faults_and_never_a_crash(tmp_path_factory, text, column):
    place = Place(tmp_path_factory.mktemp("data"))
    cells = ROWS[0].split(",")
    cells[column] = '"' + text.replace('"', '""') + '"'
    facts = place.edition / "facts.csv"
    header = facts.read_text().splitlines()[0]
    facts.write_bytes(f"{header}\n{','.join(cells)}\n".encode("utf-8", "surrogatepass"))
    assert all(isinstance(fault, Fault) for fault in check_folder(place.folder))
