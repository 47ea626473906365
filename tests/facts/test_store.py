"""The store: all or nothing, by one manifest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from lodestone.errors import FactError
from lodestone.facts import store as store_module
from lodestone.facts.ingest import IngestRefused, ingest
from lodestone.facts.place import data_folder
from lodestone.facts.store import FILES, PARTS, folder_checksum, read_manifest
from tests.facts.readers.baci_sample import FLOWS, write_release


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    ingest("baci", write_release(tmp_path / "first"), tmp_path / "store", data_folder())
    return tmp_path / "store"


def test_the_manifest_names_files_with_their_checksums(store: Path) -> None:
    (partition,) = read_manifest(store)
    folder = store / PARTS / partition.folder
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert folder_checksum(folder) == partition.checksum
    assert [name for name, _ in partition.files] == ["BACI_HS92_Y2022_V202401b.csv"]


def test_wrong_rows_leave_the_store_as_it_was(store: Path, tmp_path: Path) -> None:
    before = bytes_of(store)
    bad = write_release(tmp_path / "bad", flows=[*FLOWS, "2022,156,392,850511,x,1"], release="202501")
    with pytest.raises(IngestRefused):
        ingest("baci", bad, store, data_folder())
    assert bytes_of(store) == before
    assert not [path for path in store.iterdir() if path.name.startswith(".incoming")]


def test_a_dry_run_leaves_the_store_as_it_was(store: Path, tmp_path: Path) -> None:
    before = bytes_of(store)
    report = ingest("baci", write_release(tmp_path / "new", release="202501"), store, data_folder(), dry_run=True)
    assert not report.stored and report.rows_kept == len(FLOWS)
    assert bytes_of(store) == before


@pytest.mark.parametrize("at", ["replace", "manifest"])
def test_a_stop_half_way_leaves_what_was_readable(
    store: Path, tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_manifest(store)
    moved = os.replace

    def stop(source: object, target: object) -> None:
        if at == "replace" or str(target).endswith("manifest.json"):
            raise KeyboardInterrupt
        moved(source, target)  # type: ignore[call-overload]

    monkeypatch.setattr(store_module.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        ingest("baci", write_release(tmp_path / "new", release="202501"), store, data_folder())
    assert read_manifest(store) == before
    monkeypatch.undo()
    ingest("baci", write_release(tmp_path / "new", release="202501"), store, data_folder())
    assert len(read_manifest(store)) == 2
    assert {path.name for path in (store / PARTS).iterdir()} == {p.folder for p in read_manifest(store)}


def test_a_store_that_another_changed_meanwhile_is_left_alone(store: Path, tmp_path: Path) -> None:
    before = read_manifest(store)
    ingest("baci", write_release(tmp_path / "new", release="202501"), store, data_folder())
    now = bytes_of(store)
    with pytest.raises(FactError, match="changed by another ingest"):
        store_module.commit(store, [], before)
    assert bytes_of(store) == now


def test_a_total_of_which_a_weight_is_missing_has_none(tmp_path: Path) -> None:
    flows = [*FLOWS, "2022,842,156,850511,5,1"]
    ingest("baci", write_release(tmp_path / "in", flows=flows), tmp_path / "store", data_folder())
    (partition,) = read_manifest(tmp_path / "store")
    totals = pd.read_parquet(tmp_path / "store" / PARTS / partition.folder / "totals.parquet")
    usa = totals.query("economy == 'USA' and product == '850511'")
    assert usa["exports_value"].item() == 99.25 + 5 and pd.isna(usa["exports_quantity"].item())


def test_the_same_release_again_changes_nothing_that_is_read(store: Path, tmp_path: Path) -> None:
    before = read_manifest(store)
    ingest("baci", write_release(tmp_path / "again"), store, data_folder())
    assert [partition.checksum for partition in read_manifest(store)] == [partition.checksum for partition in before]


@pytest.mark.parametrize(
    "text", ["", "{", '{"format": 2, "partitions": []}', '{"format": 1}', '{"format": 1, "partitions": [{}]}']
)
def test_a_broken_manifest_is_told(store: Path, text: str) -> None:
    (store / "manifest.json").write_text(text)
    with pytest.raises(FactError, match="cannot be read"):
        read_manifest(store)


def test_a_manifest_cannot_lead_out_of_the_store(store: Path) -> None:
    document = json.loads((store / "manifest.json").read_text())
    document["partitions"][0]["folder"] = "../../elsewhere"
    (store / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(FactError, match="lies outside the store"):
        read_manifest(store)
