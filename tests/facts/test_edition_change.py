"""A newer edition beside the older one: what came, went and changed, and which headlines move."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodestone.cli.trade_text import report_as_text
from lodestone.facts.ingest import ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import read_manifest
from tests.facts.readers.baci_sample import FLOWS, write_release

NEWER = (
    "2022,156,392,850511,300.5,20.25",  # was 800.5
    "2022,490,392,850511,900.25,1.5",  # was 100.25: now the largest
    "2022,156,842,850511,300,10",
    "2022,757,842,850511,50.5,0.125",
    "2022,392,842,010121,12.125,3",
    "2022,156,392,284690,7,0.001",  # a weight where none was
    "2022,842,156,850511,1,1",  # new
)  # and the USA's to Japan is gone


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_a_newer_release_changes(tmp_path: Path, dry_run: bool) -> None:
    first = ingest("baci", write_release(tmp_path / "a"), tmp_path / "store", data_folder())
    assert first.changes == ()
    newer = write_release(tmp_path / "b", flows=NEWER, release="202501")
    report = ingest("baci", newer, tmp_path / "store", data_folder(), dry_run=dry_run)
    (change,) = report.changes
    assert (change.edition_before, change.edition_after, change.year) == ("202401b", "202501", 2022)
    assert (change.flows_added, change.flows_removed, change.flows_changed) == (1, 1, 3)
    assert change.value_before == pytest.approx(sum(float(row.split(",")[4]) for row in FLOWS))
    assert change.value_after == pytest.approx(sum(float(row.split(",")[4]) for row in NEWER))
    assert (change.headlines, change.headlines_moved) == (1, 1)  # the others are bought for less than a million
    (moved,) = change.largest
    assert (moved.importer, moved.product) == ("JPN", "850511")
    assert (moved.top_supplier_before, moved.top_supplier_after) == ("CHN", "TWN")
    assert moved.top_share_after == pytest.approx(900.25 / 1200.75)
    assert "1 of 1 headlines move" in report_as_text(report)
    assert len(read_manifest(tmp_path / "store")) == (1 if dry_run else 2)


def test_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        report = ingest("baci", write_release(tmp_path / "a"), tmp_path / "store", data_folder())
    assert report.changes == ()
