"""All faults of all files of a data folder at once, each with file, line, column and next step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import yaml

from lodestone.errors import Fault, LodestoneError
from lodestone.facts.calendar import last_day
from lodestone.facts.catalogues import FACILITY_COLUMNS, FACILITY_FILE, MEASURE_COLUMNS, MEASURE_FILE
from lodestone.facts.check_labels import Labels, label_faults, read_labels
from lodestone.facts.check_rows import Checker, check_facility, check_fact, check_measure
from lodestone.facts.documents import MAX_CSV_BYTES, Loader, read_text, read_yaml
from lodestone.facts.nouns import COLUMNS, TIERS
from lodestone.facts.read import FACT_FILE, read_facts
from lodestone.facts.sources import SOURCE_FILE, SOURCE_KEYS, file_checksum

TABLES = {
    FACT_FILE: (COLUMNS, check_fact),
    MEASURE_FILE: (MEASURE_COLUMNS, check_measure),
    FACILITY_FILE: (FACILITY_COLUMNS, check_facility),
}


def check_folder(folder: Path) -> list[Fault]:
    """Everything wrong in a data folder; an empty list where nothing is.

    Articles of economies, facts, measures, sites, their sources and checksums are read row by row; where none of them has
    a fault the whole is read as a run would, which tries the corrections too.

    Parameters
    ----------
    folder : Path
        Holds ``labels/`` and ``<producer>/<edition>/`` with ``facts.csv``, ``measures.csv`` or
        ``facilities.csv`` and a ``source.yaml`` beside it.

    Returns
    -------
    list of Fault
        In order of file and line.

    Raises
    ------
    FactError
        If the folder has no label tables to check against.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> check_folder(data_folder())
    []
    """
    labels = read_labels(folder)
    faults = label_faults(folder)
    seen: dict[str, str] = {}
    places = sorted({path.parent for name in TABLES for path in folder.glob(f"*/*/{name}")})
    if not places:
        return [Fault(str(folder), None, None, "holds no facts", "Give the folder above the producers.")]
    for place in places:
        faults += _check_place(folder, place, labels, seen)
    if not faults:
        try:
            read_facts(folder)
        except LodestoneError as error:
            faults.append(Fault(str(folder), None, None, str(error).rstrip("."), "See the message above."))
    return faults


def _check_place(folder: Path, place: Path, labels: Labels, seen: dict[str, str]) -> Iterator[Fault]:
    sources, faults = _check_sources(folder, place, labels)
    yield from faults
    for name, (columns, check_row) in TABLES.items():
        path = place / name
        if not path.exists():
            continue
        shown = path.relative_to(folder).as_posix()
        try:
            rows = list(_rows(read_text(path, MAX_CSV_BYTES)))
        except LodestoneError as error:
            yield Fault(shown, None, None, str(error).rstrip("."), "Nothing else was read of this file.")
            continue
        if not rows or tuple(rows[0][1]) != columns:
            yield Fault(shown, 1, None, "the columns are not those of the schema", f"Write: {','.join(columns)}")
            continue
        for line, cells in rows[1:]:
            if len(cells) != len(columns):
                yield Fault(
                    shown,
                    line,
                    None,
                    f"has {len(cells)} cells, not {len(columns)}",
                    "Quote cells that hold a comma.",
                )
                continue
            row = dict(zip(columns, cells, strict=True))
            key = f"{name} {row['id']}"
            checker = Checker(shown, line, labels, sources)
            if key in seen:
                checker.fault("id", f"id {row['id']} is also in {seen[key]}", "Give each row an id of its own")
            seen.setdefault(key, f"{shown}:{line}")
            check_row(checker, row)
            yield from checker.faults


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number on which a row begins, and its cells."""
    reader = csv.reader(io.StringIO(text))
    line = 1
    for cells in reader:
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _check_sources(folder: Path, place: Path, labels: Labels) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    path = place / SOURCE_FILE
    shown = path.relative_to(folder).as_posix()
    try:
        document = read_yaml(path)
        lines = _entry_lines(path)
    except LodestoneError as error:
        return {}, [Fault(shown, None, None, str(error).rstrip("."), "Sources of this folder were not read.")]
    entries = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return {}, [Fault(shown, 1, "sources", "has no list of sources", "Write 'sources:' and entries below.")]
    faults: list[Fault] = []
    sources: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(entries):
        checker = Checker(shown, lines[number] if number < len(lines) else None, labels, {})
        if not isinstance(entry, dict):
            checker.fault("sources", "an entry is not a mapping", "Write 'id: ...' and so on")
        else:
            text = {key: "" if held is None else str(held) for key, held in entry.items()}
            _check_source(checker, text, sources)
            sources[text.get("id", "")] = text
        faults += checker.faults
    stated = {"": document.get("checksum"), **(document.get("files") or {})}
    faults += _check_checksums(place, shown, stated)
    return sources, faults


def _check_source(checker: Checker, entry: dict[str, str], sources: dict[str, dict[str, str]]) -> None:
    if missing := [key for key in SOURCE_KEYS if key not in entry]:
        checker.fault("id", f"source {entry.get('id', '')} lacks {', '.join(missing)}", "Add what is missing")
        return
    if entry["id"] in sources:
        checker.fault("id", f"source {entry['id']} comes twice", "Keep one entry")
    checker.one_of("tier", entry["tier"], TIERS)
    checker.day("read", entry["read"])
    if "calendar" in entry:
        checker.one_of("calendar", entry["calendar"], checker.labels.calendars)
    if "first_published" in entry:
        checker.day("first_published", entry["first_published"])
    if entry["published"] not in ("", "n.d."):
        try:
            last_day(entry["published"])
        except LodestoneError as error:
            checker.fault("published", str(error).rstrip("."), "Leave it '' where no date is given")


def _check_checksums(place: Path, shown: str, stated: dict[str, object]) -> Iterator[Fault]:
    main = next((name for name in TABLES if (place / name).exists()), FACT_FILE)
    for name, digest in stated.items():
        path = place / (name or main)
        if not path.exists():
            yield Fault(shown, None, "files", f"{path.name} is missing", "Restore it or remove its checksum.")
        elif str(digest) != (now := file_checksum(path)):
            yield Fault(
                shown,
                1,
                "checksum",
                f"{path.name} is not the file this checksum was taken of (stated {digest})",
                f"If the change is meant, write {now}.",
            )


def _entry_lines(path: Path) -> list[int]:
    """Line of each entry of the list ``sources``."""
    root = yaml.compose(read_text(path), Loader=Loader)
    if isinstance(root, yaml.MappingNode):
        for key, held in root.value:
            if key.value == "sources" and isinstance(held, yaml.SequenceNode):
                return [node.start_mark.line + 1 for node in held.value]
    return []
