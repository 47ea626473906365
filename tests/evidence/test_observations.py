"""Files of months and of disruptions: every fault with its row, nothing scored twice, nothing later looked at."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from lodestone.errors import Faults
from lodestone.evidence.naive import licence_share, mean_month, persistence, seasonal
from lodestone.evidence.observations import fact_months, gaps, read_months
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts

HEAD = "month,period_type,product,hs_code,destination_iso3,quantity_t,value_kusd,method,note,source_id\n"
MESSY = HEAD + (
    "2025-04,month,m,850511,BOR,70,,derived,,a\n"
    "2025-04,month,m,850511,BOR,71,,reported,,b\n"
    "2025-06,cumulative_ytd,m,850511,BOR,400,,reported,,c\n"
    "2025-06,month,m,850511,BOR,60,,reported,,d\n"
    "2025-06,month,m,,BOR,60,,reported,,e\n"
    "2024-12,cumulative_ytd,m,850511,BOR,1200,,reported,,f\n"
    "2025-07,month,m,850511,BOR,,,reported,,g\n"
)


def written(tmp_path, text, name="seen.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_repeated_cumulated_empty_and_codeless_rows_are_named_and_left(tmp_path):
    found = read_months(written(tmp_path, MESSY), data_folder())
    assert found.months[["month", "value", "row"]].to_numpy().tolist() == [
        ["2025-04", 71.0, "seen.csv:3"], ["2025-06", 60.0, "seen.csv:5"],
    ]  # fmt: skip
    told = "\n".join(found.set_aside)
    for row, why in ((2, "stands twice; seen.csv:3 is used"), (4, "cumulated"), (6, "no single customs line"),
                     (7, "a year's total"), (8, "no tonnes")):  # fmt: skip
        assert any(note.startswith(f"seen.csv:{row}:") and why in note for note in found.set_aside), (row, told)
    assert gaps(found.months, ["2025-04", "2025-05", "2025-06"]) == (
        "seen.csv:3, seen.csv:5: 850511 BOR has no 2025-05 between them, which is not scored",
    )


def test_cells_that_cannot_be_read_stop_the_file_all_together(tmp_path):
    bad = MESSY + "2025-13,month,m,850511,BOR,1,,reported,,h\n2025-08,month,m,850511,BOR,x,,told,,i\n"
    with pytest.raises(Faults) as caught:
        read_months(written(tmp_path, bad), data_folder())
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (9, "month"), (10, "method"), (10, "quantity_t"),
    ]  # fmt: skip
    with pytest.raises(Faults, match="hs_code, destination_iso3"):
        read_months(written(tmp_path, "month,period_type\n"), data_folder())


def test_a_destination_that_is_no_place_is_a_fault_with_its_row(tmp_path):
    bad = MESSY + "2025-08,month,m,850511,Mars,1,,reported,,h\n2025-08,month,m,850511,,1,,reported,,i\n"
    with pytest.raises(Faults, match="'Mars' is no destination") as caught:
        read_months(written(tmp_path, bad), data_folder())
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (9, "destination_iso3"), (10, "destination_iso3"),
    ]  # fmt: skip


def test_naive_forecasts_use_only_what_was_out(tmp_path):
    rows = "".join(f"{m},month,m,850511,BOR,{v},,reported,,x\n"
                   for m, v in (("2024-04", 90), ("2024-05", 95), ("2025-02", 80), ("2025-03", 200), ("2025-05", 10)))  # fmt: skip
    found = read_months(written(tmp_path, MESSY + rows.replace("2025-05", "2025-08")), data_folder())
    where, day = ("850511", "BOR"), dt.date(2025, 4, 4)
    assert persistence(found, *where, day) == 80  # March is out on 20 April
    assert persistence(found, *where, dt.date(2025, 4, 20)) == 200
    assert seasonal(found, *where, "2025-05", day) == 95 and np.isnan(seasonal(found, *where, "2025-06", day))
    assert seasonal(found, *where, "2026-04", day) == 90  # that of 2025 was not out: a year further back
    assert mean_month(found, *where, day) == 100
    assert np.isnan(mean_month(found, *where, dt.date(2024, 4, 4)))


def test_the_licence_share_is_the_product_of_two_priors():
    share = licence_share(read_assumptions(data_folder()), 4000, 1)
    assert share.mean() == pytest.approx(0.5 * (0.4 + 0.8 + 1.0) / 3, abs=0.01)
    assert share.min() >= 0.04 and share.max() <= 0.9


def test_a_month_among_the_facts_was_out_when_customs_published_it():
    """That of February 2025 is derived from a later source, and was out on 20 March."""
    found = fact_months(read_facts(), "CHN", data_folder())
    assert persistence(found, "85051110", "WLD", dt.date(2025, 4, 4)) == 3590
    assert persistence(found, "85051110", "WLD", dt.date(2025, 3, 15)) == 6357
    assert mean_month(found, "85051110", "WLD", dt.date(2025, 4, 4)) == pytest.approx(58152 / 12)
