"""Reconciliation: the published example, and what must hold for any system."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.baseline.constraints import parse_constraint
from lodestone.baseline.reconcile import Variable, reconcile
from lodestone.baseline.system_file import read_flow_system
from lodestone.errors import BalanceError, Faults, LabelError, LodestoneError

EXAMPLE = Path("examples/reconcile/cencic-2016.yaml")


def system(variables, *texts):
    return reconcile([Variable(*v) for v in variables], [parse_constraint(t) for t in texts])


def cencic(without=()):
    example = read_flow_system(EXAMPLE)
    variables = [Variable(v.name) if v.name in without else v for v in example.variables]
    return reconcile(variables, example.constraints)


def test_published_example_to_six_digits():
    table = cencic().table
    published = {
        "flow1": (102.42596, 7.882792),
        "flow2": (50.0, 0.0),
        "flow3": (302.416229, 22.608614),
        "flow4": (149.99027, 21.213297),
        "flow5": (152.42596, 7.882792),
        "flow6": (76.21298, 3.941396),
        "flow7": (76.21298, 3.941396),
        "TC34": (0.495973, 0.037681),
    }
    for name, (value, sd) in published.items():
        assert table.at[name, "value"] == pytest.approx(value, abs=1e-5)
        assert table.at[name, "sd"] == pytest.approx(sd, abs=1e-5)


def test_published_example_takes_the_published_path():
    result = cencic()
    assert result.iterations == 5
    assert result.first_iteration["flow1"] == pytest.approx(102.42196, abs=1e-5)
    assert result.objective == pytest.approx(0.2959, abs=5e-5)


def test_without_the_split_flows_6_and_7_are_undeterminable():
    result = cencic(without=("TC67",))
    kind = result.table["observability"]
    assert set(kind[["flow6", "flow7", "TC67"]]) == {"undeterminable"}
    assert result.table.loc[["flow6", "flow7", "TC67"], ["value", "sd"]].isna().all(axis=None)
    assert result.covariance.sel(variable="flow6").isnull().all()
    assert kind["flow4"] == "unobserved determinable"
    assert result.table.at["flow1", "value"] == pytest.approx(102.42596, abs=1e-5)


def test_a_measurement_nothing_checks_keeps_value_and_sd():
    result = system([("a", 5.0, 1.0), ("b", None), ("c", 2.0, 1.0)], "a = b + c")
    assert result.table.at["a", "observability"] == "measured non-redundant"
    assert result.table.at["a", "value"] == 5.0
    assert result.table.at["a", "sd"] == pytest.approx(1.0)
    assert result.table.at["b", "sd"] == pytest.approx(np.sqrt(2))
    assert result.degrees_of_redundancy == 0
    assert np.isnan(result.p_value)


def test_a_gross_error_stands_out_where_several_readings_check_each_other():
    readings = [("a", 100.0, 1.0), ("b", 101.0, 1.0), ("c", 99.5, 1.0), ("d", 130.0, 1.0)]
    table = system(readings, "a = b", "b = c", "c = d").table
    assert table["statistic"].abs().idxmax() == "d"
    assert abs(table.at["d", "statistic"]) > 20


def test_constants_that_contradict_each_other_are_named():
    with pytest.raises(BalanceError, match=r"a \+ b = c"):
        system([("a", 1.0), ("b", 2.0), ("c", 4.0), ("d", 1.0, 1.0)], "a + b = c", "d = a")


def test_a_constraint_stated_twice_adds_no_redundancy():
    readings = [("a", 10.0, 1.0), ("b", 12.0, 1.0)]
    once, twice = system(readings, "a = b"), system(readings, "a = b", "2 * a - 2 * b = 0")
    assert twice.degrees_of_redundancy == once.degrees_of_redundancy == 1
    np.testing.assert_allclose(twice.table["sd"], once.table["sd"])


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ([("a", float("nan"), 1.0)], BalanceError),
        ([("a", 1.0, 0.0)], BalanceError),
        ([("a", 1.0, float("nan"))], BalanceError),
        ([("a", 1.0), ("a", 2.0)], LabelError),
        ([("b", 1.0)], LabelError),
    ],
)
def test_what_cannot_be_reconciled_is_refused(variables, error):
    with pytest.raises(error):
        system(variables, "a = 3")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("variables", "constraint", "named"),
    [
        ([("a", 1e308, 1e-308), ("b", 1e308, 1.0), ("c", 3.0, 1.0)], "a + b = c", "value of 'a' is 1e\\+308"),
        ([("a", 1.0, 1e-308), ("b", 1.0, 1.0), ("c", 3.0, 1.0)], "a + b = c", "sd of 'a' is 1e-308"),
        ([*((name, 1e59, 1e57) for name in "abce"), ("d",)], "a * b * c * e = d", "too far apart.*'a'"),
    ],
)
def test_numbers_beyond_what_can_be_reckoned_with_are_named(variables, constraint, named):
    with pytest.raises(LodestoneError, match=named):
        system(variables, constraint)


readings = st.lists(st.tuples(st.floats(1, 1e4), st.floats(0.05, 0.5)), min_size=4, max_size=4).map(
    lambda rows: [(value, value * spread) for value, spread in rows]
)


@settings(max_examples=40)
@given(readings, st.permutations(range(4)))
def test_relabelling_and_reordering_change_nothing(rows, order):
    texts = ("a + b = c", "c = d")
    plain = system([(n, *r) for n, r in zip("abcd", rows, strict=True)], *texts).table
    names = ["w", "x", "y", "z"]
    rename = str.maketrans("abcd", "".join(names))
    mixed = system([(names[k], *rows[k]) for k in order], *(t.translate(rename) for t in texts[::-1])).table
    for column in ("value", "sd", "statistic"):
        np.testing.assert_allclose(mixed.loc[names, column], plain[column], rtol=1e-6, atol=1e-9 * 1e4)


@settings(max_examples=40)
@given(readings)
def test_constraints_hold_and_no_standard_deviation_grows(rows):
    result = system([(n, *r) for n, r in zip("abcd", rows, strict=True)], "a + b = c", "c = d")
    value = result.table["value"]
    assert value["a"] + value["b"] == pytest.approx(value["c"], rel=1e-8, abs=1e-6)
    assert (result.table["sd"] <= result.table["observed_sd"] * (1 + 1e-9)).all()


def test_all_faults_of_a_file_are_shown_together(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(
        "variables:\n"
        "  a: {value: .nan, sd: 1}\n"
        "  b: {value: 1, sd: -2}\n"
        "  b: {}\n"
        "  in: {}\n"
        "constraints:\n"
        "  - a = c\n"
        "  - a = b ** 2\n"
    )
    with pytest.raises(Faults) as caught:
        read_flow_system(file)
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5, 7, 8]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("a: &x [1]\nb: *x\n", "alias"),
        ("[" * 5000, "deeper"),
        ("", "empty"),
        ("variables: {a: {}}\n---\nb: 1\n", "second document"),
        ("variables: [1, 2\n", "not valid YAML"),
        ("a" * 5_000_001, "more than 5 MB"),
        ("\x00", "not valid YAML"),
        ("- 1\n", "not a mapping"),
    ],
)
def test_hostile_files_get_one_clear_message(tmp_path, content, word):
    file = tmp_path / "bad.yaml"
    file.write_text(content)
    with pytest.raises(Faults, match=word):
        read_flow_system(file)


def test_example_and_check_are_the_same_file():
    check = Path("data/checks/cencic-2016/system.yaml")
    assert check.read_bytes() == EXAMPLE.read_bytes()
