"""The input-output table refuses what has no equilibrium, by name, and settles rounding as it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import BalanceError, LabelError
from lodestone.impact.table import InputOutputTable, make_table, settle, without_economy

INDUSTRIES = pd.MultiIndex.from_tuples([("ALB", "farms"), ("ALB", "mills"), ("BOR", "farms")])
FLOWS = np.array([[150.0, 500.0, 20.0], [200.0, 100.0, 30.0], [10.0, 40.0, 50.0]])
FINAL = np.array([[350.0, 80.0], [1700.0, 70.0], [60.0, 140.0]])


def table(flows=FLOWS, final=FINAL, industries=INDUSTRIES, output=None, **more) -> InputOutputTable:
    return make_table(
        industries, flows, final, ["ALB", "BOR"], output=output, unit="million", year=2020, source="made up", **more
    )


def with_cell(array: np.ndarray, place: tuple[int, int], value: float) -> np.ndarray:
    changed = array.copy()
    changed[place] = value
    return changed


def test_the_accounts_hold_on_every_load():
    held = table()
    assert held.output.tolist() == [1100.0, 2100.0, 300.0]
    assert np.allclose(held.value_added + held.intermediate.sum(axis=0), held.output)
    assert held.value_added.sum() == pytest.approx(held.final_demand.sum())
    assert (held.economies, held.sectors) == (("ALB", "BOR"), ("farms", "mills"))
    assert np.isnan(held.jobs).all()


def test_an_unbalanced_table_is_refused_with_the_largest_named_first():
    with pytest.raises(BalanceError) as told:
        table(output=np.array([1100.0, 2000.0, 310.0]))
    assert "2 industries of the table: output and sales differ" in str(told.value)
    assert "Largest: mills of ALB by 100, farms of BOR by 10." in str(told.value)


def test_rounding_below_a_millionth_is_no_imbalance():
    assert table(output=np.array([1100.0005, 2100.0, 300.0])).output[0] == 1100.0


@pytest.mark.parametrize(
    ("flows", "final", "what"),
    [
        (with_cell(FLOWS, (0, 1), -1.0), FINAL, "a sale to an industry is negative. Largest: farms of ALB by 1"),
        (FLOWS, with_cell(FINAL, (1, 0), -80.0), "final sales are negative in total. Largest: mills of ALB by 10"),
        (with_cell(FLOWS, (0, 2), 1e4), FINAL, "inputs cost more than the output sells for. Largest: farms of BOR"),
        (with_cell(FLOWS, (2, 2), np.nan), FINAL, "intermediate holds 1 cells .* such as farms of BOR"),
        (FLOWS, with_cell(FINAL, (0, 1), np.inf), "final_demand holds 1 cells .* such as farms of ALB"),
    ],
)
def test_what_cannot_be_is_refused_by_name(flows, final, what):
    with pytest.raises(BalanceError, match=what):
        table(flows=flows, final=final)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"flows": FLOWS[:2]}, r"intermediate has shape \(2, 3\), its labels \(3, 3\)"),
        ({"final": FINAL[:, :1]}, r"final_demand has shape \(3, 1\)"),
        ({"output": np.ones(2)}, r"output has shape \(2,\)"),
        ({"industries": INDUSTRIES[[0, 1, 1]]}, "industries come twice: mills of ALB"),
        ({"industries": INDUSTRIES[:0], "flows": FLOWS[:0, :0], "final": FINAL[:0]}, "no industry"),
    ],
)
def test_labels_that_do_not_fit_are_refused(change, what):
    with pytest.raises(LabelError, match=what):
        table(**change)


def test_zero_rows_and_columns_are_allowed():
    flows, final = FLOWS.copy(), FINAL.copy()
    flows[2], flows[:, 2], final[2] = 0.0, 0.0, 0.0
    assert table(flows=flows, final=final).output[2] == 0.0


def test_one_cell_of_final_demand_may_be_a_stock_drawn_down():
    assert table(final=with_cell(FINAL, (2, 0), -30.0)).output[2] == 210.0


def test_settling_puts_rounding_into_final_sales_and_says_so():
    output = np.array([1102.0, 2099.0, 300.0])
    final, settled, notes = settle(INDUSTRIES, FLOWS, FINAL, output, "million", most=5.0)
    assert settled.tolist() == output.tolist()
    assert final[0].tolist() == pytest.approx([350.0 + 2.0 * 350 / 430, 80.0 + 2.0 * 80 / 430])
    assert notes == ("differences between output and sales of up to 2 million were settled in final sales",)
    table(final=final, output=settled)


def test_settling_refuses_what_is_no_rounding():
    with pytest.raises(
        BalanceError, match="published output and sales differ. Largest: mills of ALB by 9.*no rounding"
    ):
        settle(INDUSTRIES, FLOWS, FINAL, np.array([1100.0, 2109.0, 300.0]), "million", most=5.0)


def test_settling_counts_stocks_drawn_below_all_sales_as_output_and_says_so():
    final = FINAL.copy()
    final[2] = [-70.0, 30.0]
    mended, output, notes = settle(INDUSTRIES, FLOWS, final, FLOWS.sum(axis=1) + final.sum(axis=1), "million", most=5.0)
    assert mended[2].tolist() == [0.0, 0.0] and output[2] == 100.0
    assert "1 industries drew down more stocks than they sold to final users (farms of BOR); 40 million" in notes[1]


def test_settling_leaves_no_negative_cell_and_no_total_changed():
    final = with_cell(FINAL, (0, 1), -20.0)
    mended, _, _ = settle(INDUSTRIES, FLOWS, final, FLOWS.sum(axis=1) + final.sum(axis=1), "million", most=5.0)
    assert mended.min() >= 0.0
    assert mended.sum(axis=1).tolist() == pytest.approx(final.sum(axis=1).tolist())


def test_an_economy_left_out_takes_its_buyers_along():
    left = without_economy(table(), "BOR")
    assert left.economies == left.final_economies == ("ALB",)
    assert left.intermediate.tolist() == FLOWS[:2, :2].tolist()
    assert left.output.tolist() == [1000.0, 2000.0]
    assert left.notes == ("BOR left out",)
    with pytest.raises(LabelError, match="'COR' is not in the table. There: ALB, BOR"):
        without_economy(table(), "COR")
