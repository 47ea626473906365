"""IEA data explorer: a forecast is no observation, totals add up, what stands twice is counted once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lodestone.errors import Faults
from lodestone.facts import read_facts
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.comtrade_sample import write
from tests.facts.readers.iea_sample import ASIDE, KEPT, SHEETS, changed, workbook

DEMAND, SUPPLY = "1 Total demand for key minerals", "2 Total supply for key minerals"


def read(folder: Path, content: bytes | None = None) -> IngestReport:
    path = write(folder / "in" / "CM_Data_Explorer.xlsx", workbook() if content is None else content)
    return ingest("iea", [path], folder / "store", data_folder())


def facts(folder: Path) -> pd.DataFrame:
    return read_facts(folder / "store" / "facts").rows.set_index(["variable", "product", "economy", "period"])["value"]


def test_every_figure_is_a_fact_or_set_aside(tmp_path: Path) -> None:
    report = read(tmp_path)
    assert {one.reason: one.rows for one in report.left_out} == ASIDE
    assert report.rows_kept == KEPT == len(facts(tmp_path))
    assert report.rows_read == KEPT + sum(ASIDE.values())
    assert report.edition == "iea2025"


def test_totals_by_another_way(tmp_path: Path) -> None:
    read(tmp_path)
    held = facts(tmp_path)
    for product in ("Unobtainium - Mining", "Unobtainium - Refining"):
        for variable, period in (("production", "2024"), ("production_forecast", "2030")):
            rows = held.xs((variable, product), level=[0, 1]).xs(period, level="period")
            assert rows.drop("WLD").sum() == rows["WLD"]
    demand = held.xs("demand", level="variable").droplevel(["economy", "period"])
    assert demand["Unobtainium: Total demand"] == 20_000
    assert demand.drop("Unobtainium: Total demand").filter(like="Unobtainium").sum() == 20_000
    by_hand = sum(float(row[3]) for row in SHEETS[DEMAND][6:8] + SHEETS[DEMAND][9:10]) * 1e3  # type: ignore[arg-type]
    ours = held.xs("demand_forecast", level="variable").xs("2030", level="period").droplevel("economy")
    stated = ours.filter(regex="^Unobtainium.*Stated")
    assert stated.drop("Unobtainium: Total demand: Stated Policies scenario").sum() == by_hand


def test_what_each_cell_means(tmp_path: Path) -> None:
    read(tmp_path)
    held = facts(tmp_path)
    assert held["production", "Unobtainium - Mining", "COD", "2024"] == 4_000
    assert held["production", "Unobtainium - Refining", "NES", "2024"] == 0
    assert held["demand", "Eludium: Wind", "WLD", "2024"] == 100
    assert held["demand_forecast", "Unobtainium: Solar PV: Announced Pledges scenario", "WLD", "2040"] == 40_000
    rows = read_facts(tmp_path / "store" / "facts").rows
    assert set(rows.loc[rows["variable"].str.endswith("_forecast"), "status"]) == {"estimated"}
    assert set(rows["known_from"]) == {pd.Timestamp(2025, 5, 31)}


def test_another_unit_in_the_title(tmp_path: Path) -> None:
    read(tmp_path, changed(DEMAND, 0, 0, "Total demand (t)"))
    assert facts(tmp_path)["demand", "Unobtainium: Solar PV", "WLD", "2024"] == 10


@pytest.mark.parametrize(
    ("sheet", "row", "cell", "value", "reason"),
    [
        (SUPPLY, 4, 0, "Cathay", "unknown economy"),
        (SUPPLY, 5, 0, "China", "duplicate"),
        (SUPPLY, 7, 1, 14, "does not add up"),
        (DEMAND, 10, 3, 36, "does not add up"),
        (DEMAND, 8, 3, 31, "does not add up"),
        (DEMAND, 6, 1, -10, "negative"),
        (DEMAND, 6, 1, "n.a.", "not a number"),
        (DEMAND, 6, 1, 1e9, "absurd"),
        (DEMAND, 6, 0, None, "unknown code"),
    ],
)
def test_a_wrong_figure_is_named_and_nothing_is_stored(
    tmp_path: Path, sheet: str, row: int, cell: int, value: object, reason: str
) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, changed(sheet, row, cell, value))
    assert reason in [one.reason for one in refused.value.report.left_out if one.fault]
    assert not (tmp_path / "store").exists()


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="has no sheet 2 with years"):
        read(tmp_path, workbook({name: rows for name, rows in SHEETS.items() if name != SUPPLY}))
    with pytest.raises(Faults, match="sheets begin in 2023, 2024"):
        read(tmp_path, changed(SUPPLY, 2, 1, 2023))
