"""USGS Mineral Commodity Summaries: withheld is unknown, a dash is zero, the rest makes an interval."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lodestone.errors import BalanceError, Faults
from lodestone.exposure.concentration import herfindahl_hirschman_interval
from lodestone.exposure.production_shares import named_shares
from lodestone.facts import read_facts
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.trade_nouns import IngestReport
from tests.facts.readers.comtrade_sample import write
from tests.facts.readers.usgs_sample import CELLS, ROWS, as_csv


def read(folder: Path, content: bytes | None = None, name: str = "MCS2025_World_Data.csv") -> IngestReport:
    path = write(folder / "in" / name, as_csv() if content is None else content)
    return ingest("usgs", [path], folder / "store", data_folder())


def facts(store: Path) -> pd.DataFrame:
    rows = read_facts(store / "facts").rows
    return rows.assign(name=rows["product"].str.split(":").str[0]).set_index(["name", "economy", "variable", "period"])


def test_every_figure_is_a_fact_or_set_aside(tmp_path: Path) -> None:
    report = read(tmp_path)
    assert report.rows_read == CELLS * len(ROWS) == report.rows_kept + sum(one.rows for one in report.left_out)
    assert {one.reason: one.rows for one in report.left_out} == {"no figure": 21, "other indicator": 7}
    assert report.rows_kept == 22 == len(read_facts(tmp_path / "store" / "facts").rows)


def test_what_each_mark_means(tmp_path: Path) -> None:
    read(tmp_path)
    held = facts(tmp_path / "store")
    mine = held.loc["Unobtainium"].xs("mine_production", level="variable")
    assert pd.isna(mine.at[("USA", "2023"), "value"]) and "withheld" in mine.at[("USA", "2023"), "note"]
    assert mine.at[("JPN", "2023"), "value"] == 0
    assert mine.loc[("CAN", "2023"), ["low", "high"]].tolist() == [0, 0.5] and pd.isna(
        mine.at[("CAN", "2023"), "value"]
    )
    assert pd.isna(mine.at[("CAN", "2024"), "value"]) and mine.at[("CAN", "2024"), "note"] == "not available"
    assert mine.at[("CHN", "2023"), "value"] == 1200 and mine.at[("CHN", "2023"), "status"] == "reported"
    assert mine.at[("CHN", "2024"), "value"] == 1300 and mine.at[("CHN", "2024"), "status"] == "estimated"
    assert set(mine["basis"]) == {"contained element"}
    assert held.at[("Eludium", "CIV", "production", "2023"), "value"] == 2_000
    assert held.at[("Eludium", "CIV", "capacity", "2024"), "unit"] == "t/y"
    assert set(held["known_from"]) == {pd.Timestamp(2025, 1, 31)}


def test_withheld_and_others_make_the_concentration_an_interval(tmp_path: Path) -> None:
    read(tmp_path)
    rows = facts(tmp_path / "store").loc["Unobtainium"].xs(("mine_production", "2023"), level=("variable", "period"))
    share = named_shares(rows.reset_index(), world="WLD", remainder="NES")
    assert share.to_series().to_dict() == pytest.approx({"CHN": 0.6, "BRA": 0.15, "JPN": 0.0, "NES": 0.25})
    between = herfindahl_hirschman_interval(share, "NES")
    assert (float(between["low"]), float(between["high"])) == (
        pytest.approx(0.36 + 0.0225), pytest.approx(0.36 + 0.0225 + 0.0625),
    )  # fmt: skip


def test_no_shares_without_a_total_or_with_more_than_it() -> None:
    with pytest.raises(BalanceError, match="no total"):
        named_shares(pd.DataFrame({"economy": ["A"], "value": [1.0]}), "W", "R")
    with pytest.raises(BalanceError, match="more than the total"):
        named_shares(pd.DataFrame({"economy": ["A", "W"], "value": [2.0, 1.0]}), "W", "R")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"Brazil", b"Brasilia", "unknown economy"),
        (b"300,310", b"-300,310", "negative"),
        (b"300,310", b"300 approx,310", "not a number"),
        (b"300,310", b"(7),310", "not a number"),
        (b'"1,200"', b'"1,20"', "not a number"),
        (b"metric tons,300,310,,,,,NA,", b"metric tons,300,310", "broken row"),
    ],
)
def test_a_wrong_figure_is_named_and_nothing_is_stored(tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, as_csv().replace(old, new))
    assert [one.reason for one in refused.value.report.left_out if one.fault] == [reason]
    assert not (tmp_path / "store").exists()


def test_a_file_without_edition_or_production_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="its name tells no edition"):
        read(tmp_path, name="world.csv")
    with pytest.raises(Faults, match="has no column PROD_"):
        read(tmp_path, as_csv().replace(b"PROD_", b"P_"))


def test_the_same_edition_again_replaces_it_whole(tmp_path: Path) -> None:
    read(tmp_path)
    read(tmp_path, as_csv(ROWS[:3]))
    assert len(read_facts(tmp_path / "store" / "facts").rows) == 6
