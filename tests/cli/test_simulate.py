"""``lodestone simulate``: what it prints, writes and refuses, and what is left when it is interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from lodestone.chain import prepare, replay
from lodestone.cli import main
from lodestone.evidence.requests import SimulationRequest
from lodestone.facts.read import newest_reading, read_facts
from lodestone.record.bundle import read_bundle
from lodestone.record.why import leaves
from tests.cli.command import told_by

SMALL = ("--members", "4", "--weeks", "30")
CUT = """
title: All that Alba sells stops
author: a test
source: none
baseline: {material: rare_earths, year: 2024}
start: 2026-11-10
horizon_weeks: 30
measures:
  - {id: CUT, issuer: CHN, kind: ban, effective: 2026-11-10, elements: ALL, forms: ALL, blocked_share: 1}
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return told_by(capsys, "simulate", *words)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A small run with every draw and the user's own stock, in a bundle."""
    place = tmp_path_factory.mktemp("simulate")
    (place / "cut.yaml").write_text(CUT)
    (place / "stock.csv").write_text(
        "sector,economy,product,low,central,high,unit\ncomponent,JPN,,30.125,40.125,50.125,weeks\n"
    )
    with pytest.raises(SystemExit) as left:
        main(["simulate", str(place / "cut.yaml"), "--economy", "JPN", *SMALL, "--inventory", str(place / "stock.csv"),
              "--all-draws", "--out", str(place / "run")])  # fmt: skip
    assert left.value.code == 0
    return place


def test_two_rules_are_told_even_where_one_is_asked(capsys):
    code, out, _ = run(capsys, "total-cutoff-one-year", "--economy", "JPN", "--rule", "home_first", *SMALL)
    assert code == 0
    assert "rationing rule: home first" in out and "rationing rule: pro rata" in out
    assert out.count("JPN electric vehicles") == 2


def test_what_is_in_force_before_the_start_is_said_to_be_run_in(capsys):
    code, out, _ = run(capsys, "graphite-licences", "--economy", "JPN", *SMALL)
    assert code == 0 and "Measures in force since 2023-12-01 are run in before 2026-11-10" in out
    assert "run in before" not in run(capsys, "total-cutoff-one-year", "--economy", "JPN", *SMALL)[1]


def test_json_has_the_promised_keys_and_ordered_covers(capsys):
    code, out, _ = run(capsys, "total-cutoff-one-year", "--economy", "JPN", *SMALL, "--json")
    told = json.loads(out)
    assert code == 0 and not told["changes_nothing"]
    assert set(told) == {
        "scenario", "start", "first_effective", "run_in_from", "weeks", "members", "changes_nothing", "notes", "uses",
    }  # fmt: skip
    late = 10**6
    for row in told["uses"]:
        low, central, high = (
            row[f"weeks_{c}"] if row[f"weeks_{c}"] is not None else late for c in ("low", "central", "high")
        )
        assert low <= central <= high
    assert any(row["lost"] > 1 for row in told["uses"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("measures: []", "holds no measure"),
        ("measures: [{id: A, issuer: CHN, kind: ban, effective: 2028-01-01, elements: ALL, forms: ALL, "
         "blocked_share: 1}]", "after the scenario's 30 weeks"),
        ("measures: [{id: A, issuer: CHN, kind: ban, effective: 2026-11-10, elements: [W], forms: ALL, "
         "blocked_share: 1}]", "no product of this network contains W"),
        ("measures: [{id: A, issuer: CHN, kind: ban, effective: 2026-11-10, elements: ALL, forms: ALL, "
         "blocked_share: 1, suspended: {from: 2026-11-10}}]", "suspended for the whole of its term"),
    ],
)  # fmt: skip
def test_a_scenario_without_effect_says_why(capsys, tmp_path, text, why):
    path = tmp_path / "still.yaml"
    path.write_text(CUT[: CUT.index("measures:")] + text + "\n")
    code, out, _ = run(capsys, str(path), *SMALL)
    assert code == 0
    assert "changes nothing in this network" in out and why in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("no-such-scenario",), "no-such-scenario"),
        (("total-cutoff-one-year", "--economy", "XXX"), "Use one of: .*JPN"),
        (("total-cutoff-one-year", "--economy", "EU27"), "Use one of: .*DEU"),
        (("total-cutoff-one-year", "--rule", "fair", *SMALL), "Use one of pro_rata"),
        (("total-cutoff-one-year", "--rule", "political", *SMALL), "Name them"),
        (("total-cutoff-one-year", "--as-of", "2026-13-01"), "not a date"),
        (("total-cutoff-one-year", "--beside", "no-shock"), "--compare"),
        (("total-cutoff-one-year", "--all-draws"), "--out"),
        (("april-2025-controls", "--compare", "999999", *SMALL), "customs code 999999"),
        (("april-2025-controls", "--compare", "253090", *SMALL), "ships nothing under|no monthly exports"),
        (("no-shock", "--rule", "fair"), "Use one of pro_rata"),
        (("no-shock", "--rule", "political"), "--first"),
        (("no-shock", "--rule", "political", "--first", "XXX"), "Use one of: .*JPN"),
        (("no-shock", "--compare", "999999"), "issuers|customs code 999999"),
        (("total-cutoff-one-year", "--inventory", "absent.csv"), "not a file"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_message(capsys, words, told):
    import re

    code, _, err = run(capsys, *words)
    assert code == 2
    assert re.search(told, err) and "Traceback" not in err


def test_the_day_of_the_newest_source_knows_all_there_is():
    newest = newest_reading(read_facts().sources).isoformat()
    late, plain = (prepare(SimulationRequest("no-shock", as_of=date)) for date in (newest, ""))
    assert late.baseline.checksum == plain.baseline.checksum
    assert (late.facts.as_of, late.facts.checksum) == (plain.facts.as_of, plain.facts.checksum)


def test_a_file_of_stocks_is_refused_with_its_line_and_column(capsys, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("sector,economy,product,central,unit\nwind,DEU,,4,weeks\nwind,EU27,,4,weeks\nwind,DEU,,x,t\n")
    code, _, err = run(capsys, "total-cutoff-one-year", "--inventory", str(path), *SMALL)
    assert code == 2 and "stock.csv:4 [central]" in err
    path.write_text("sector,economy,product,central,unit\nwind,EU27,,4,weeks\n")
    code, _, err = run(capsys, "total-cutoff-one-year", "--inventory", str(path), *SMALL)
    assert code == 2 and "stock.csv:2 [economy]" in err


def test_the_bundle_is_whole_and_every_figure_reaches_a_leaf(written):
    bundle = read_bundle(written / "run")
    assert set(bundle.files) == {"weeks.csv", "series.parquet", "draws.parquet", "notes.txt", "figures.json"}
    results = [name for name in bundle.figures if name.startswith("run:")]
    assert results and all(leaves(bundle.figures, name) for name in results)


def test_an_own_stock_leaves_only_its_checksum_in_the_bundle(written):
    import hashlib

    bundle = read_bundle(written / "run")
    text = (written / "stock.csv").read_bytes()
    assert bundle.inputs["your inventory"] == hashlib.sha256(text).hexdigest()
    for path in (written / "run").rglob("*"):
        assert b"40.125" not in path.read_bytes()


def test_every_draw_is_the_ensembles(written):
    draws = pq.read_table(written / "run" / "draws.parquet").to_pandas()
    series = pd.read_parquet(written / "run" / "series.parquet")
    assert set(draws["member"]) == {0, 1, 2, 3} and len(draws) == 4 * len(series)
    keys = ["rule", "series", "week"]
    draws = draws.astype({"rule": str, "series": str, "value": float})
    mean = draws.groupby(keys)["value"].mean().reset_index()
    both = mean.merge(series[[*keys, "mean"]], on=keys, validate="one_to_one")
    assert len(both) == len(series)
    np.testing.assert_allclose(both["value"], both["mean"], rtol=1e-5, atol=1e-6)
    assert series["mean"].nunique() > 100


def test_a_replay_is_identical(written, tmp_path):
    found = replay(written / "run", tmp_path / "again")
    assert found.verdict == "identical", found.moves[:3]


def draws_begun(place: Path) -> bool:
    """Whether a file of draws has bytes in it; a folder that the run renames or removes meanwhile counts as not."""
    try:
        return any(path.stat().st_size > 0 for path in place.rglob("draws.parquet"))
    except FileNotFoundError:
        return False


def test_polling_survives_a_folder_that_vanishes(monkeypatch, tmp_path):
    (tmp_path / "draws.parquet").write_bytes(b"x")
    assert draws_begun(tmp_path)

    def gone(self, **_):
        raise FileNotFoundError(self)

    monkeypatch.setattr(Path, "stat", gone)
    assert not draws_begun(tmp_path)


def test_an_interrupted_run_leaves_no_half_written_folder(tmp_path):
    out = tmp_path / "run"
    words = [
        "simulate",
        "total-cutoff-one-year",
        "--economy",
        "JPN",
        "--members",
        "240",
        "--all-draws",
        "--out",
        str(out),
    ]
    child = subprocess.Popen(
        [sys.executable, "-m", "lodestone.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background inherits "ignore"
    )
    begun, half = time.monotonic(), False
    while time.monotonic() - begun < 300 and child.poll() is None:
        half = draws_begun(tmp_path)
        if half:
            break
        time.sleep(0.02)
    assert child.poll() is None and half, "the run ended before it could be interrupted while writing"
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode not in (0, None)
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in err


def test_a_folder_of_somebody_else_is_not_replaced(capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = run(capsys, "total-cutoff-one-year", "--economy", "JPN", *SMALL, "--out", str(tmp_path))
    assert code == 2 and "is not a bundle" in err
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert [path for path in Path(tmp_path).iterdir() if path.name != "mine.txt"] == []
