"""EU supply risk, GeoPolRisk, a user's table and a bill of materials."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from lodestone.cli import main
from lodestone.errors import BalanceError, Faults, LabelError
from lodestone.exposure.bom import BillOfMaterials, look_through_bill, read_bill_of_materials
from lodestone.exposure.eu_supply_risk import (
    governance_weighted_concentration,
    group_mean,
    highest_stage,
    scaled_governance,
    supply_risk,
)
from lodestone.exposure.geopolrisk import characterisation_factor, geopolrisk, instability
from lodestone.exposure.screening import read_eu_table, read_geopolrisk_table
from lodestone.facts.user_table import Column, read_user_table


def line(values, dim="economy"):
    labels = [f"e{k}" for k in range(len(values))]
    return xr.DataArray(np.asarray(values, float), dims=dim, coords={dim: labels})


def one(value):
    return xr.DataArray(float(value))


def test_a_monopoly_has_the_governance_of_the_monopolist():
    score = scaled_governance(line([-0.360357]))
    mix = governance_weighted_concentration(line([1.0]), score, line([1.0]))
    assert supply_risk(mix, None, one(1), one(0.01), one(0.99)).item() == pytest.approx(5.607, abs=5e-4)


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 1))
def test_the_global_mix_never_has_more_than_half_the_weight(world, sourcing, reliance):
    risk = supply_risk(one(world), one(sourcing), one(reliance), one(0), one(1)).item()
    assert risk == pytest.approx(world * reliance / 2 + sourcing * (1 - reliance / 2))
    assert supply_risk(one(world), None, one(reliance), one(0), one(1)).item() == world
    assert supply_risk(None, one(sourcing), one(reliance), one(0), one(1)).item() == sourcing


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=6), st.randoms())
def test_the_order_of_economies_plays_no_part(values, random):
    share = line(values) / sum(values)
    governance, terms = line(values), line(values) / 5
    order = list(range(len(values)))
    random.shuffle(order)
    mixed = governance_weighted_concentration(share.isel(economy=order), governance, terms)
    plain = governance_weighted_concentration(share, governance, terms)
    assert mixed.item() == pytest.approx(plain.item())


def test_percentages_and_missing_mixes_are_refused():
    with pytest.raises(BalanceError, match="fraction, not a percentage"):
        supply_risk(one(5), None, one(80), one(0), one(1))
    with pytest.raises(LabelError, match="at least one"):
        supply_risk(None, None, one(1), one(0), one(1))
    with pytest.raises(BalanceError):
        supply_risk(one(float("nan")), None, one(1), one(0), one(1))
    with pytest.raises(BalanceError):
        scaled_governance(one(45))


def test_the_higher_stage_counts_and_an_unassessed_one_does_not():
    risk = xr.DataArray([[5.3, 5.6], [np.nan, 3.9]], {"stage": ["extraction", "processing"]}, ("material", "stage"))
    top = highest_stage(risk)
    assert top["supply_risk"].values.tolist() == [5.6, 3.9]
    assert set(top["stage"].values) == {"processing"}
    with pytest.raises(BalanceError):
        highest_stage(risk * np.nan)
    with pytest.raises(BalanceError):
        group_mean(line([1.0, np.nan], "material"))


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=6), st.floats(0.1, 100))
def test_import_risk_lies_between_nought_and_the_worst_supplier(amount, home):
    unrest = np.linspace(0.2, 0.9, len(amount))
    parts = (line(amount, "partner"), line(amount, "partner"), line(unrest, "partner"))
    result = geopolrisk(line([home, 1.0]), one(home), *parts)
    assert 0 <= result.import_risk.item() <= unrest.max()
    assert result.price.item() == pytest.approx(1.0)
    larger = geopolrisk(line([home, 1.0]), one(home * 2), *parts)
    assert larger.import_risk.item() < result.import_risk.item()


def test_no_imports_and_no_reference_are_refused():
    with pytest.raises(BalanceError, match="no import price"):
        geopolrisk(line([1.0]), one(0), *(line([0.0], "partner") for _ in range(3)))
    with pytest.raises(BalanceError):
        characterisation_factor(one(1), 0.0)
    assert instability(one(2.5)).item() == 0.0


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("economy,share\nA,0.5\nB,\n", [(3, "share")]),
        ("economy,share\nA,nan\nB,1e999\nC,1_0\n", [(2, "share"), (3, "share"), (4, "share")]),
        ("economy,share\nA,1.5\n\nB,-1\n", [(2, "share"), (4, "share")]),
        ("economy,share\nA,0,5\n", [(2, None)]),
        ("economy,colour\nA,1\n", [(1, "share"), (1, "colour")]),
        ("economy,share,share\nA,1,1\n", [(1, "share")]),
        ("economy,share\n", [(1, None)]),
        ("", [(None, None)]),
        ('economy,share\n"A,1\n', [(2, None)]),
        ('economy,share\n"A\nB",2\nC,3\n', [(2, "share"), (4, "share")]),
    ],
)
def test_faults_of_a_table_come_together_with_their_places(tmp_path, text, places):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(Faults) as caught:
        read_user_table(path, [Column("economy", number=False), Column("share", low=0, high=1)])
    assert [(fault.line, fault.column) for fault in caught.value.faults] == places


def test_binary_large_and_missing_files_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    for content in (b"\xff\xfe\x00", b"a" * 5_000_001):
        path.write_bytes(content)
        with pytest.raises(Faults):
            read_user_table(path, [Column("economy", number=False)])
    for other in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(Faults):
            read_user_table(other, [Column("economy", number=False)])


EU_HEADER = (
    "material,stage,economy,global_share,sourcing_share,governance,import_reliance,"
    "recycling_input_rate,substitution_index\n"
)


def test_faults_across_rows_of_an_eu_table(tmp_path):
    path = tmp_path / "eu.csv"
    path.write_text(
        EU_HEADER
        + "X,extraction,A,0.5,1.0,0,,0.1,1\n"
        + "X,extraction,B,0.4,,0,,0.2,1\n"
        + "X,extraction,B,0.05,,0,,0.1,1\n"
        + "Z,processing,A,,,0,,0.1,1\n"
    )
    with pytest.raises(Faults) as caught:
        read_eu_table(path)
    found = {(fault.line, fault.column) for fault in caught.value.faults}
    assert found == {
        (2, "global_share"),
        (2, "import_reliance"),
        (3, "recycling_input_rate"),
        (4, "economy"),
        (5, "global_share"),
    }


def test_faults_across_rows_of_a_geopolrisk_table(tmp_path):
    path = tmp_path / "geo.csv"
    path.write_text("material,importer,economy,production,imports,import_value,instability\nX,I,A,,5,,0.5\nX,J,B,,,,\n")
    with pytest.raises(Faults) as caught:
        read_geopolrisk_table(path)
    found = {(fault.line, fault.column) for fault in caught.value.faults}
    assert found == {(2, "production"), (2, "import_value"), (3, "importer")}


def run(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    captured = capsys.readouterr()
    return left.value.code or 0, captured.out, captured.err


@pytest.mark.parametrize(
    ("method", "name", "figure"),
    [("eu-supply-risk", "Dysprosium", "supply_risk"), ("geopolrisk", "Graphite", "score")],
)
def test_the_command_prints_the_example(capsys, method, name, figure):
    code, out, _ = run(capsys, "screen", "--method", method, f"examples/screen/{method}.csv", "--json")
    assert code == 0
    assert json.loads(out)["materials"][name][figure] > 0
    code, out, _ = run(capsys, "screen", "--method", method, f"examples/screen/{method}.csv")
    assert code == 0 and name in out


def test_the_command_leaves_with_two_and_no_traceback(capsys, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("material\nX\n")
    code, _, err = run(capsys, "screen", "--method", "geopolrisk", str(path))
    assert code == 2
    assert "bad.csv:1 [importer]" in err and "Traceback" not in err


def shares_of_two():
    place = {"element": ["X", "Z"], "stage": ["magnet"], "economy": ["A", "B"]}
    dims = ("element", "stage", "economy")
    origin = xr.DataArray(
        [[[[0.3, 0.7], [np.nan, np.nan]]], [[[1.0, 0.0], [0.5, 0.5]]]],
        {**place, "origin": ["A", "B"]},
        (*dims, "origin"),
    )
    return origin, origin.rename(origin="country")


def bill(*rows):
    columns = ["part", "material", "grams", "supplier", "stage", "stock_weeks", "line"]
    return BillOfMaterials("bill.csv", pd.DataFrame(rows, columns=columns))


def test_a_grade_is_split_and_every_gram_has_an_origin():
    grade = xr.DataArray([[0.2, 0.1]], {"grade": ["G"], "element": ["X", "Z"]}, ("grade", "element"))
    result = look_through_bill(
        bill(("rotor", "G", 100.0, "A", "magnet", 6.0, 2), ("pump", "Z", 8.0, "B", "magnet", np.nan, 3)),
        *shares_of_two(),
        composition=grade,
    )
    assert result.elements["grams"].to_dict() == pytest.approx({"X": 20.0, "Z": 18.0})
    assert result.origin["grams"].sum() == pytest.approx(38.0)
    mined = result.origin.groupby("origin")["grams"].sum()
    assert mined.to_dict() == pytest.approx({"A": 6 + 10 + 4, "B": 14 + 4})
    assert result.elements["stock_not_known"].to_dict() == {"X": 0, "Z": 1}


def test_all_lines_of_a_bill_that_cannot_be_followed_are_named():
    with pytest.raises(Faults) as caught:
        look_through_bill(
            bill(("a", "Q", 1.0, "A", "magnet", 1.0, 2), ("b", "W9", 1.0, "A", "magnet", 1.0, 3)),
            *shares_of_two(),
        )
    assert [fault.line for fault in caught.value.faults] == [2, 3]
    with pytest.raises(Faults) as caught:
        look_through_bill(
            bill(("a", "X", 1.0, "C", "magnet", 1.0, 2), ("b", "X", 1.0, "A", "mine", 1.0, 3)),
            *shares_of_two(),
        )
    assert [fault.column for fault in caught.value.faults] == ["supplier", "stage"]
    with pytest.raises(Faults, match="no magnet with X is known to be made in B"):
        look_through_bill(bill(("a", "X", 1.0, "B", "magnet", 1.0, 2)), *shares_of_two())


def test_a_bill_keeps_an_unknown_stock_unknown(tmp_path):
    path = tmp_path / "bill.csv"
    path.write_text("part,material,quantity,unit,supplier,stage,stock_weeks\na,X,2,kg,A,magnet,\n")
    lines = read_bill_of_materials(path).lines
    assert lines["grams"].item() == 2000.0 and np.isnan(lines["stock_weeks"].item())
