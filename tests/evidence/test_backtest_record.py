"""The bundle of a back-test: whole, every number down to what was drawn and seen, and the same again when replayed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lodestone.chain import backtest_bundle, replay
from lodestone.cli import main
from lodestone.errors import BundleError
from lodestone.evidence.requests import BacktestRequest
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.record.bundle import read_bundle
from lodestone.record.why import leaves

MONTHS = Path(__file__).parent.parent.parent / "examples" / "backtest" / "graphite_months.csv"
CASE = BacktestRequest("graphite-december-2023", "2023-12-01", observations=(str(MONTHS),), mutate=True, members=20)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return backtest_bundle(CASE, tmp_path_factory.mktemp("backtest") / "run")


@pytest.fixture(scope="module")
def of_facts(tmp_path_factory):
    """Months and stops from the facts, on the terms of the episode."""
    request = BacktestRequest("april-2025-controls", "2025-04-04", "hindcast", lines=("85051110",), members=20)
    return backtest_bundle(request, tmp_path_factory.mktemp("backtest") / "facts")


def test_the_bundle_is_whole_and_every_result_rests_on_what_was_drawn_and_seen(written):
    folder, found = written
    bundle = read_bundle(folder)
    tables = {
        f"{name}.csv" for name in ("cells", "sets", "differences", "sets_mutated", "mutation", "changed", "stops")
    }
    assert set(bundle.files) == tables | {"set_aside.txt", "notes.txt", "figures.json"}
    for name in (name for name in bundle.figures if name.startswith("run:")):
        ends = {leaf.kind for leaf in leaves(bundle.figures, name)}
        assert {"measure", "assumption"} <= ends, name
        assert name.startswith("run:month.") or ends & {"fact", "parameter"}, name
    assert found.mode in (folder / "notes.txt").read_text("utf-8")


def test_its_figures_are_the_numbers_of_its_tables(written):
    folder, found = written
    figures = read_bundle(folder).figures
    for row in found.score.cells.itertuples():
        key = f"{row.product}.{row.destination}.{row.month}"
        month, crps = figures[f"run:month.{key}"], figures[f"run:crps.{key}"]
        assert (month.value, month.low, month.high) == (row.median, row.p05, row.p95)
        assert crps.value == row.crps and figures[f"parameter:{row.row}"].value == row.observed
    of_cells = [name for name in figures if name.startswith("run:month.")]
    assert len(of_cells) == len(found.score.cells) == len(pd.read_csv(folder / "cells.csv"))
    sets = found.score.sets.set_index("set")
    assert figures["run:inside.destinations"].value == sets.at["destinations", "inside_90"]
    assert figures["run:crps.destinations"].value == pytest.approx(found.score.cells["crps"].mean())
    for row in found.score.differences.itertuples():
        one = figures[f"run:difference.{row.set}.{row.naive}"]
        assert (one.value, one.low, one.high) == (row.difference, row.low, row.high) and row.verdict in one.rule
    assert len([name for name in figures if name.startswith("run:mutation.")]) == len(found.mutation) > 0


def test_what_was_seen_is_the_fact_itself(of_facts):
    folder, found = of_facts
    bundle = read_bundle(folder)
    rows = read_facts(data_folder()).rows
    for row in found.score.cells.itertuples():
        assert bundle.figures[f"fact:{row.row}"].value == row.observed == rows.at[row.row, "value"]
    assert len(found.stops)
    for row in found.stops.itertuples():
        stop = bundle.figures[f"run:stop.{row.economy}.{row.sectors}"]
        assert (
            f"fact:{row.row}" in stop.origin and stop.value == row.median and bundle.figures[f"fact:{row.row}"].source
        )


def test_a_replay_is_identical_and_the_files_stand_by_checksum(written, tmp_path):
    folder, _ = written
    assert read_bundle(folder).inputs["observations 1"] == hashlib.sha256(MONTHS.read_bytes()).hexdigest()
    assert replay(folder, tmp_path / "again").verdict == "identical"


def test_a_replay_with_another_seed_says_what_moved(written, tmp_path):
    folder, _ = written
    other, _ = backtest_bundle(replace(CASE, seed=2), tmp_path / "other")
    changed = json.loads((other / "manifest.json").read_text("utf-8"))["request"]
    assert changed["command"] == "backtest" and changed["seed"] == 2
    assert read_bundle(other).figures["run:crps.destinations"] != read_bundle(folder).figures["run:crps.destinations"]


def test_why_walks_from_a_score_to_the_row_that_was_seen(written, capsys):
    folder, found = written
    row = found.score.cells.iloc[0]
    with pytest.raises(SystemExit) as left:
        main(["why", f"run:crps.{row['product']}.{row['destination']}.{row['month']}", "--run", str(folder)])
    told = capsys.readouterr().out
    assert left.value.code == 0
    assert f"source: {MONTHS.name}; line {row['row'].split(':')[1]}" in told and "measure: " in told


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BundleError, match="is not a bundle"):
        backtest_bundle(CASE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
