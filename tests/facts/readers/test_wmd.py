"""World Mining Data: the total is the world's and must add up, an empty cell is unknown, carats are no tonnes."""

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
from tests.facts.readers.wmd_sample import ASIDE, HEADER, KEPT, SHEETS, changed, workbook

UN = "Unobtainium (Un2O3) "


def read(folder: Path, content: bytes | None = None) -> IngestReport:
    path = write(folder / "in" / "6.4. Production.xlsx", workbook() if content is None else content)
    return ingest("wmd", [path], folder / "store", data_folder())


def facts(folder: Path) -> pd.DataFrame:
    return read_facts(folder / "store" / "facts").rows.set_index(["product", "economy", "period"])


def test_every_figure_is_a_fact_or_set_aside(tmp_path: Path) -> None:
    report = read(tmp_path)
    assert {one.reason: one.rows for one in report.left_out} == ASIDE
    assert report.rows_kept == KEPT == len(facts(tmp_path))
    assert report.rows_read == KEPT + sum(ASIDE.values())
    assert report.edition == "wmd2026"


def test_countries_make_the_world_by_another_way(tmp_path: Path) -> None:
    read(tmp_path)
    held = facts(tmp_path).loc[UN.strip()].reset_index()
    sums = held[held["economy"] != "WLD"].groupby("period")["value"].sum()
    by_hand = {str(2020 + k): sum(float(row[2 + k] or 0) for row in SHEETS[UN][:3]) for k in range(5)}  # type: ignore[arg-type]
    assert sums.to_dict() == by_hand
    assert held[held["economy"] == "WLD"].set_index("period")["value"].to_dict() == by_hand


def test_what_each_cell_means(tmp_path: Path) -> None:
    read(tmp_path)
    held = facts(tmp_path)
    assert held.at[(UN.strip(), "COD", "2021"), "value"] == 0
    assert (UN.strip(), "BIH", "2020") not in held.index
    assert held.at[(UN.strip(), "CHN", "2024"), "status"] == "estimated"
    assert held.at[(UN.strip(), "BIH", "2024"), "note"] == "data source: p; provisional"
    assert held.at[("Eludium", "KOR", "2024"), "value"] == pytest.approx(0.9)
    assert held.groupby("product")["basis"].first().to_dict() == {
        UN.strip(): "oxide", "Eludium": "none", "Dilithium (Di)": "contained element",
    }  # fmt: skip
    assert set(held["known_from"]) == {pd.Timestamp(2026, 6, 30)}


@pytest.mark.parametrize(
    ("row", "cell", "value", "reason"),
    [
        (0, 0, "Cathay", "unknown economy"),
        (0, 2, -1200, "negative"),
        (0, 2, "1 200", "not a number"),
        (0, 2, True, "not a number"),
        (0, 2, 1e12, "absurd"),
        (3, 2, 1400, "does not add up"),
        (1, 0, "China", "duplicate"),
        (1, 1, "", "unknown code"),
    ],
)
def test_a_wrong_figure_is_named_and_nothing_is_stored(
    tmp_path: Path, row: int, cell: int, value: object, reason: str
) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, changed(UN, row, cell, value))
    assert reason in [one.reason for one in refused.value.report.left_out if one.fault]
    assert not (tmp_path / "store").exists()


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="no sheet has the columns"):
        read(tmp_path, workbook(header=["Mineral", *HEADER[1:]]))
    with pytest.raises(Faults, match="is no workbook"):
        read(tmp_path, b"PK\x03\x04 broken")
    two = [write(tmp_path / name, workbook()) for name in ("a.xlsx", "b.xlsx")]
    with pytest.raises(Faults, match="2 files were given"):
        ingest("wmd", two, tmp_path / "store", data_folder())
