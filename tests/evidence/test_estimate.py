"""What a run would take, said before it is run."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lodestone.cli.estimate_text import announced
from lodestone.evidence.estimate import Estimate, record_bytes
from lodestone.simulate.draw_record import CELL, record_space
from tests.cli.command import told_by


def test_the_record_takes_the_bytes_that_are_said() -> None:
    assert record_bytes(7, 11, 13) == record_space(7, 11, 13).nbytes == CELL * 7 * 11 * 13


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        (("simulate", "october-2025-resumed", "--members", "64", "--weeks", "4"), "2 rules of 64 draws, and 3 of 50 with cover held: 428 draws"),
        (("respond", "october-2025-resumed", "--economy", "JPN", "--members", "10", "--tested", "2", "--frontier", "3"), "30 draws, 15 solves of"),
        (("coordinate", "october-2025-resumed", "--members", "JPN,USA", "--section", "values", "--replicates", "2", "--draws", "10"),
         "30 draws, 51 coalition solves of 2 members in 2 replicates"),
    ],
)  # fmt: skip
def test_a_dry_run_counts_and_times_and_runs_nothing(
    words: tuple[str, ...], counted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told_by(capsys, *words, "--dry-run")
    assert code == 0 and out.startswith("Nothing was run.")
    assert counted in out
    assert re.search(r"processor +\d.* s; by 2 threads", out) or "min; by 2 threads" in out
    assert re.search(r"draw: \d+\.\d ms of processor, timed now on 8", out)


def test_twice_the_draws_take_twice_the_tasks_and_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    def told(members: int) -> dict[str, float]:
        asked = ("simulate", "october-2025-resumed", "--weeks", "4", "--members", str(members), "--dry-run", "--json")
        return json.loads(told_by(capsys, *asked)[1])

    one, two = told(3200), told(6400)
    assert two["tasks"] - one["tasks"] == 2 * 100
    assert two["kept"] - one["kept"] == pytest.approx(3200 * 4 * 1291 * 4, rel=1e-6)


def test_a_dry_run_refuses_what_the_run_would(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told_by(capsys, "coordinate", "october-2025-resumed", "--members", "JPN,XXX", "--dry-run")
    assert code == 2 and "XXX" in err


def test_a_long_run_is_announced_and_a_short_one_is_not() -> None:
    long = Estimate(("",), 600.0, 1e9, 5e9, 0, 0.0, 0.0, 0.0, 0.0, ())
    assert announced(long) == (
        "This takes about 10.0 min of processor and 1.0 GB and 5.0 GB in a temporary file; --dry-run says more."
    )
    assert announced(replace(long, seconds=30.0)) == ""
