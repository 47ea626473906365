"""``lodestone why`` and ``lodestone diff`` on small bundles: strict JSON, lists, and what they refuse."""

from __future__ import annotations

import json
import math
from pathlib import Path

from lodestone.record.bundle import write_bundle
from lodestone.record.figure import Figure
from tests.cli.command import told_by as run


def refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def written(folder: Path, weeks: float) -> str:
    leaf = Figure("assumption:x", "assumption", "x", 1.0, 0.5, 2.0, "t", "assumed", (), "table", "row x")
    top = Figure("run:weeks", "result", "weeks", weeks, 3.0, math.inf, "week", "a rule", (leaf.id,))
    write_bundle(folder, lambda _: None, request={}, inputs={}, dropped={}, figures=(leaf, top))
    return str(folder)


def test_an_endless_week_is_strict_json(capsys, tmp_path):
    place = written(tmp_path / "one", math.inf)
    code, out, _ = run(capsys, "why", "run:weeks", "--run", place, "--json")
    told = json.loads(out, parse_constant=refuse)
    assert code == 0
    assert [told[0][key] for key in ("value", "low", "high")] == [
        "none within the horizon",
        3.0,
        "none within the horizon",
    ]


def test_a_move_from_an_endless_week_is_strict_json(capsys, tmp_path):
    code, out, _ = run(capsys, "diff", written(tmp_path / "one", math.inf), written(tmp_path / "two", 9.0), "--json")
    told = json.loads(out, parse_constant=refuse)
    assert code == 0
    assert (told["moves"][0]["before"], told["moves"][0]["after"]) == ("none within the horizon", 9.0)
    assert told["largest"]["relative"] is None


def test_the_list_of_ids_is_json_where_asked(capsys, tmp_path):
    code, out, _ = run(capsys, "why", "--list", "--run", written(tmp_path / "one", 4.0), "--json")
    assert (code, json.loads(out)) == (0, ["run:weeks"])


def test_no_figure_named_is_refused_with_the_next_step(capsys, tmp_path):
    code, out, err = run(capsys, "why", "", "--run", written(tmp_path / "one", 4.0))
    assert (code, out) == (2, "")
    assert "lodestone why --list" in err
