"""A run's folder: written whole or not at all, never edited, compared figure by figure."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from lodestone.errors import BundleError
from lodestone.record.bundle import FIGURES, MANIFEST, Bundle, file_digest, read_bundle, write_bundle
from lodestone.record.compare import compare
from lodestone.record.figure import Figure


def figure(name: str, value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    return Figure(name, "result", name, value, low, high, "t", "a rule", ("fact:a",))


def written(folder: Path, *figures: Figure, text: str = "weeks\n3\n", **more: object) -> Path:
    given: dict[str, object] = {"request": {"economy": "AAA"}, "inputs": {"facts": "1"}, "dropped": {"quota": 2}}
    given |= more

    def write(place: Path) -> None:
        (place / "tables").mkdir()
        (place / "tables" / "weeks.csv").write_text(text, encoding="utf-8")

    return write_bundle(folder, write, figures=figures, **given)  # type: ignore[arg-type]


def bundle(folder: Path, *figures: Figure, **more: object) -> Bundle:
    return read_bundle(written(folder, *figures, **more))


def test_a_bundle_reads_back_what_was_written(tmp_path):
    back = bundle(tmp_path / "run", figure("a", 1.5, 1.0, 2.0))
    assert back.figures == {"a": figure("a", 1.5, 1.0, 2.0)}
    assert (back.request, back.inputs, back.dropped) == ({"economy": "AAA"}, {"facts": "1"}, {"quota": 2})
    assert set(back.files) == {FIGURES, "tables/weeks.csv"}
    assert {"numpy", "python", "platform"} <= set(back.versions)


def test_a_write_that_fails_leaves_nothing(tmp_path):
    def breaks(place: Path) -> None:
        (place / "half.csv").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bundle(tmp_path / "run", breaks, request={}, inputs={}, dropped={}, figures=[])
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_bundle_that_was_there(tmp_path):
    written(tmp_path / "run", figure("a", 1.0))

    def breaks(place: Path) -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write_bundle(tmp_path / "run", breaks, request={}, inputs={}, dropped={}, figures=[])
    assert read_bundle(tmp_path / "run").figures["a"].value == 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_bundle_replaces_a_bundle_whole(tmp_path):
    written(tmp_path / "run", figure("a", 1.0))
    (tmp_path / "run" / "note.txt").write_text("mine", encoding="utf-8")
    written(tmp_path / "run", figure("b", 2.0))
    assert set(read_bundle(tmp_path / "run").figures) == {"b"}
    assert not (tmp_path / "run" / "note.txt").exists()


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "run").mkdir()
    assert bundle(tmp_path / "run", figure("a", 1.0)).figures


@pytest.mark.parametrize("foreign", ["folder", "file"])
def test_what_is_not_a_bundle_is_not_replaced(tmp_path, foreign):
    target = tmp_path / "letters"
    kept = target / "one.txt" if foreign == "folder" else target
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("dear", encoding="utf-8")
    with pytest.raises(BundleError, match="is not a bundle. Choose another --out"):
        written(target, figure("a", 1.0))
    assert kept.read_text(encoding="utf-8") == "dear"


def test_changed_and_missing_files_are_all_named(tmp_path):
    place = written(tmp_path / "run", figure("a", 1.0))
    (place / "tables" / "weeks.csv").write_text("weeks\n4\n", encoding="utf-8")
    (place / FIGURES).unlink()
    with pytest.raises(BundleError, match=r"missing or changed in .*figures.json, tables/weeks.csv"):
        read_bundle(place)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": {}}', '{"files": 3}', '{"files": {}, "request": {}}'])
def test_a_broken_manifest_is_an_error_with_the_next_step(tmp_path, manifest):
    place = written(tmp_path / "run", figure("a", 1.0))
    (place / MANIFEST).write_text(manifest, encoding="utf-8")
    with pytest.raises(BundleError, match="Run again"):
        read_bundle(place)


def test_a_folder_that_is_no_bundle_says_which_to_name(tmp_path):
    with pytest.raises(BundleError, match="Name the folder a run printed"):
        read_bundle(tmp_path)


def test_the_manifest_holds_a_checksum_for_every_file(tmp_path):
    place = written(tmp_path / "run", figure("a", 1.0))
    files = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["files"]
    on_disk = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert set(files) == on_disk - {MANIFEST}


def two(tmp_path: Path, before: tuple[Figure, ...], after: tuple[Figure, ...], **more: object) -> tuple[Bundle, Bundle]:
    return bundle(tmp_path / "before", *before), bundle(tmp_path / "after", *after, **more)


def test_the_same_figures_are_identical(tmp_path):
    same = (figure("a", 1.0, 0.5, 2.0), figure("b", None), figure("c", math.nan), figure("d", math.inf))
    told = compare(*two(tmp_path, same, same))
    assert (told.verdict, told.moves, told.largest) == ("identical", (), None)


def test_a_last_digit_is_equal_within_a_billionth(tmp_path):
    told = compare(*two(tmp_path, (figure("a", 3.0),), (figure("a", 3.0 * (1 + 1e-12)),)))
    assert told.verdict == "equal within 1e-09"
    assert told.largest is not None and told.largest.relative < 1e-9


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (figure("a", 3.0), figure("a", 3.00001)),
        (figure("a", 3.0), figure("a", None)),
        (figure("a", 3.0), figure("a", math.nan)),
        (figure("a", 3.0), figure("a", math.inf)),
        (figure("a", 0.0), figure("a", 1e-6)),
        (figure("a", 3.0, 1.0, 4.0), figure("a", 3.0, 1.0, 4.1)),
        (figure("a", 3.0), figure("b", 3.0)),
    ],
)
def test_anything_more_differs(tmp_path, before, after):
    assert compare(*two(tmp_path, (before,), (after,))).verdict == "differs"


def test_moves_come_largest_first_and_appearing_figures_apart(tmp_path):
    told = compare(
        *two(
            tmp_path,
            (figure("small", 100.0), figure("large", 10.0), figure("gone", 1.0)),
            (figure("small", 101.0), figure("large", 20.0), figure("new", 1.0)),
        )
    )
    assert [(move.id, round(move.relative, 12)) for move in told.moves] == [("large", 1.0), ("small", 0.01)]
    assert (told.only_before, told.only_after) == (("gone",), ("new",))


def test_what_changed_between_the_runs_is_named(tmp_path):
    same = (figure("a", 1.0),)
    told = compare(*two(tmp_path, same, same, request={"economy": "BBB"}, inputs={"facts": "1", "labels": "2"}))
    assert (told.changed_request, told.changed_inputs, told.changed_versions) == (("economy",), ("labels",), ())


def strict(text: str) -> object:
    """As a reader that holds to the JSON standard."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_numbers_that_are_not_finite_are_strict_json_and_read_back_exactly(tmp_path):
    given = figure("a", math.inf, -math.inf, math.inf), figure("b", 0.1, None, math.inf)
    back = bundle(tmp_path / "run", *given)
    rows = strict((tmp_path / "run" / FIGURES).read_text(encoding="utf-8"))
    assert rows[0]["value"] == "none within the horizon"  # type: ignore[index]
    assert tuple(back.figures.values()) == given
    odd = bundle(tmp_path / "odd", figure("c", math.nan))
    assert math.isnan(odd.figures["c"].value or 0.0)


def test_a_bundle_that_holds_infinity_as_such_still_reads(tmp_path):
    place = written(tmp_path / "run", figure("a", math.inf))
    table, manifest = place / FIGURES, place / MANIFEST
    table.write_text(
        table.read_text(encoding="utf-8").replace('"none within the horizon"', "Infinity"), encoding="utf-8"
    )
    held = json.loads(manifest.read_text(encoding="utf-8"))
    held["files"][FIGURES] = file_digest(table)
    manifest.write_text(json.dumps(held), encoding="utf-8")
    assert read_bundle(place).figures["a"].value == math.inf


@pytest.mark.parametrize("target", ["file/run", "file/deep/run", "taken"])
def test_a_target_that_cannot_be_written_is_refused_before_anything_is_made(tmp_path, target):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BundleError, match="Choose another --out"):
        write_bundle(tmp_path / target, lambda _: pytest.fail("made"), request={}, inputs={}, dropped={}, figures=[])
