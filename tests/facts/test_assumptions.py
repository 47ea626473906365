"""The table of assumptions: all faults at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodestone.errors import FactError, Faults
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder

HEAD = "id,name,scope,low,central,high,unit,distribution,reason,origin\n"
GOOD = "cover.a,Cover,magnet,2,4,8,weeks,triangular,habit,judgement\n"


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "assumptions").mkdir()
    (tmp_path / "assumptions" / "assumptions.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_row_is_read_as_it_stands(tmp_path):
    one = read_assumptions(folder(tmp_path, HEAD + GOOD))["cover.a"]
    assert (one.low, one.central, one.high, one.unit, one.scope) == (2.0, 4.0, 8.0, "weeks", "magnet")


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        ("x,X,,1,,3,t,fixed,why,", "low/central/high", "a number is missing"),
        ("x,X,,1,5,3,t,fixed,why,", "central", "outside 1.0..3.0"),
        ("x,X,,nan,2,3,t,fixed,why,", "central", "outside"),
        ("x,X,,1,2,inf,t,fixed,why,", "central", "no end"),
        ("x,X,,1,2,3,t,normal,why,", "distribution", "unknown 'normal'"),
        ("x,X,,1,2,3,t,fixed,,", "reason", "no reason given"),
        ("cover.a,X,,1,2,3,t,fixed,why,", "id", "comes twice"),
        ("x", "low/central/high", "a number is missing"),
    ],
)
def test_a_fault_has_its_line(tmp_path, row, column, what):
    with pytest.raises(Faults) as raised:
        read_assumptions(folder(tmp_path, HEAD + GOOD + row + "\n"))
    (fault,) = raised.value.faults
    assert (fault.line, fault.column) == (3, column)
    assert what in fault.what


def test_all_faults_come_together(tmp_path):
    rows = "x,X,,1,5,3,t,normal,,\ny,Y,,a,b,c,t,fixed,why,\n"
    with pytest.raises(Faults) as raised:
        read_assumptions(folder(tmp_path, HEAD + rows))
    assert [fault.line for fault in raised.value.faults] == [2, 2, 2, 3]


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(Faults, match="reason, origin"):
        read_assumptions(folder(tmp_path, HEAD.replace(",reason,origin", "") + "x,X,,1,2,3,t,fixed\n"))


def test_a_missing_table_says_what_to_do(tmp_path):
    with pytest.raises(FactError, match="Add it, or name another data folder"):
        read_assumptions(tmp_path)


def test_every_shipped_assumption_has_a_range_and_a_reason():
    for one in read_assumptions(data_folder()).values():
        assert one.low <= one.central <= one.high, one.id
        assert len(one.reason) > 10 and one.unit, one.id
