"""A material's tables: what is wrong in them is a fault with file, line and column, all at once."""

from __future__ import annotations

import pytest

from lodestone.baseline.topology import match, read_topology
from lodestone.errors import Fault, Faults, LabelError
from tests.baseline.small_material import MATERIAL, SmallMaterial


def faults(small: SmallMaterial) -> tuple[Fault, ...]:
    with pytest.raises(Faults) as raised:
        read_topology(small.write(), MATERIAL)
    return raised.value.faults


@pytest.mark.parametrize(
    ("table", "old", "new", "line", "column", "what"),
    [
        ("processes", "metal_*,alloy_hot", "metal_*,alloy_hut", 6, "output", "no product 'alloy_hut'"),
        ("processes", "cast,alloy,blend", "cast,alloy,blond", 6, "rule", "no rule 'blond'"),
        ("makers", "dig,AAA", "dug,AAA", 2, "process", "no process 'dug'"),
        ("makers", "dig,AAA", "dig,WLD", 2, "economy", "no economy 'WLD'"),
        ("makers", "shape,BBB", "shape,AAA", 12, "process, economy", "the label comes twice"),
        ("uses", "glass,oxide_nd", "glass,oxide_pr", 4, "product", "no product 'oxide_pr'"),
        ("uses", "glass,oxide_nd", "ceramics,oxide_nd", 4, "sector", "no sector among the drivers 'ceramics'"),
        ("uses", "amount,50,60,70", "amount,50,80,70", 2, "central", "is outside low..high"),
        ("uses", "amount,50,60,70", "amount,50,sixty,70", 2, "central", "'sixty' is not a number"),
        ("uses", "amount,50,60,70", "tonnes,50,60,70", 2, "basis", "no basis 'tonnes'"),
        ("grades", "hot,Nd,0.85", "hot,Nb,0.85", 2, "element", "no element 'Nb'"),
        ("grades", "grade,element", "grade,symbol", 1, "element", "the column is missing"),
        ("products", "element:Dy,0.5", "elements:Dy,0.5", 4, "composition", "'elements:Dy' is no composition"),
        ("products", "mix:motor", "mix:rotor", 10, "composition", "no component 'rotor'"),
        ("products", "grade:hot,0.9", "grade:cold,0.9", 7, "composition", "no grade 'cold'"),
        ("drivers", "glass,table", "motors,table", 4, "sector", "the label comes twice"),
        ("fill", "BBB,1", "BBB,inf", 2, "weight", "'inf' is not a number"),
    ],
)
def test_a_fault_has_its_file_line_and_column(small, table, old, new, line, column, what):
    small.edit(table, old, new)
    found = [f for f in faults(small) if f.file == f"toy/{table}.csv"]
    assert (found[0].line, found[0].column, found[0].what) == (line, column, what)
    assert found[0].next_step


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("measure", "grams", "no measure 'grams'"),
        ("cell", "flow", "no kind of cell 'flow'"),
        ("mode", "percent", "no mode 'percent'"),
        ("products", "ore;ores", "no product 'ores'"),
        ("origin", "!AAA;EU", "no economy 'EU'"),
        ("processes", "digs", "no process or sector 'digs'"),
        ("sd_rel", "5 %", "'5 %' is not a number"),
    ],
)
def test_an_observation_that_would_be_misread_is_a_fault(small, column, value, what):
    small.magnets("a", 30.0)
    small.observations[-1][column] = value
    (fault,) = faults(small)
    assert (fault.file, fault.line, fault.column, fault.what) == ("toy/observations.csv", 3, column, what)


def test_faults_of_all_tables_come_together(small):
    small.edit("makers", "dig,AAA", "dug,AAA")
    small.edit("uses", "glass,oxide_nd", "glass,oxide_pr")
    assert {fault.file for fault in faults(small)} == {"toy/makers.csv", "toy/uses.csv"}


def test_missing_and_unreadable_tables_come_together(small):
    place = small.write() / "topology" / MATERIAL
    (place / "fill.csv").unlink()
    (place / "mixes.csv").write_bytes(b"")
    (place / "grades.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Faults) as raised:
        read_topology(small.folder, MATERIAL)
    assert [fault.file for fault in raised.value.faults] == ["toy/grades.csv", "toy/mixes.csv", "toy/fill.csv"]


def test_an_unknown_material_names_those_there_are(small):
    with pytest.raises(LabelError, match="Use one of: toy"):
        read_topology(small.write(), "unobtainium")


def test_elements_are_those_the_products_hold_in_the_order_of_the_label_table(small):
    assert read_topology(small.write(), MATERIAL).elements == ("Nd", "Dy")


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [("*", "ABC"), ("A;C", "AC"), ("!A", "BC"), ("!*", ""), ("A*", "A")],
)
def test_patterns_choose_labels(patterns, chosen):
    assert [label for label, yes in zip("ABC", match(list("ABC"), patterns), strict=True) if yes] == list(chosen)
