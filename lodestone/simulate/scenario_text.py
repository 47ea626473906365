"""A scenario file's text to plain values, each with its line: the hostile edge of the simulation.

Nothing here knows what a scenario is. Anchors, aliases, merge keys, custom tags, deep nesting and
files over a megabyte are refused before any value is built.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lodestone.errors import Fault

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_ENTRIES = 20_000
MAX_ANCHORS = 20

Key = str | int
Place = tuple[Key, ...]  # keys and list positions from the root: ("measures", 2, "effective")

_PLAIN_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp"))


@dataclass
class Document:
    """A file's values, the line of each place, and the faults met on the way."""

    file: str
    values: dict[str, object] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    spoilt: set[Place] = field(default_factory=set)  # places whose value could not be read: told once

    def is_spoilt(self, place: Place) -> bool:
        """Whether the value of a place, or one inside it, could not be read."""
        return any(other[: len(place)] == place for other in self.spoilt)

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def fault(self, place: Place, what: str, next_step: str) -> None:
        """Note one fault at a place; reading goes on."""
        column = ".".join(str(key) for key in place) or None
        self.faults.append(Fault(self.file, self.line(place), column, what, next_step))


def read_document(path: Path) -> Document:
    """Read one YAML file as a mapping with lines; never raises for what the file says.

    Parameters
    ----------
    path : Path
        A file of at most one megabyte, UTF-8, one YAML mapping.

    Returns
    -------
    Document
        ``values`` holds dicts, lists, text, whole and decimal numbers, truth values, dates and
        None. ``faults`` is empty when the text is sound.
    """
    document = Document(path.name)
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        document.fault((), f"cannot be read ({error.strerror or 'no such file'})", "Check the name and the folder.")
        return document
    if len(raw) > MAX_BYTES:
        document.fault((), "is larger than 1 MB", "Split it, or name catalogue measures with 'use:'.")
        return document
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.faults.append(Fault(path.name, line, None, "is not UTF-8 text", "Save it as UTF-8."))
        return document
    return read_text(text, document)


def read_text(text: str, document: Document) -> Document:
    """As `read_document`, from text already in memory; fills and returns ``document``."""
    if not _sound(text, document):
        return document
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        _syntax(error, text, document)
        return document
    if not isinstance(node, yaml.MappingNode):
        document.faults.append(
            Fault(document.file, 1, None, "is not a mapping of keys to values", "Begin with 'title: ...'.")
        )
        return document
    document.lines[()] = 1
    document.values = _mapping(node, (), document)
    return document


def _sound(text: str, document: Document) -> bool:
    """Walk the events once, building nothing: no anchors, no depth, one document."""
    depth = entries = documents = 0
    before = len(document.faults)
    try:
        for event in _events(text):
            line = event.start_mark.line + 1 if event.start_mark else 1
            documents += isinstance(event, yaml.DocumentStartEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            entries += isinstance(event, yaml.NodeEvent)
            if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
                what = f"anchors and aliases are refused ('{event.anchor[:40]}')"
                document.faults.append(Fault(document.file, line, None, what, "Write the value out."))
            stop = "repeats itself by anchors" if len(document.faults) - before > MAX_ANCHORS else ""
            if depth > MAX_DEPTH:
                stop = f"is nested more than {MAX_DEPTH} deep"
            elif entries > MAX_ENTRIES:
                stop = f"has more than {MAX_ENTRIES} values"
            elif documents > 1:
                stop = "holds more than one YAML document"
            if stop:
                document.faults.append(Fault(document.file, line, None, stop, "Make it simpler, or split it."))
                return False
    except (yaml.YAMLError, ValueError) as error:
        _syntax(error, text, document)
    return len(document.faults) == before


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=yaml.SafeLoader)


def _syntax(error: Exception, text: str, document: Document) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "a character YAML does not allow"
    line = mark.line + 1 if mark is not None else None
    if line is None and hasattr(error, "position"):
        line = text.count("\n", 0, error.position) + 1
    document.faults.append(
        Fault(
            document.file,
            line,
            None,
            f"is not valid YAML: {problem}",
            "Check indents, colons and quotes there.",
        )
    )


def _value(node: yaml.Node, place: Place, document: Document) -> object:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        _only_tag(node, "tag:yaml.org,2002:seq", place, document)
        found = []
        for position, child in enumerate(node.value):
            here = (*place, position)
            document.lines[here] = child.start_mark.line + 1
            found.append(_value(child, here, document))
        return found
    return _scalar(node, place, document)


def _mapping(node: yaml.MappingNode, place: Place, document: Document) -> dict[str, object]:
    found: dict[str, object] = {}
    _only_tag(node, "tag:yaml.org,2002:map", place, document)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str) or key == "<<":
            document.faults.append(
                Fault(document.file, line, None, "a key is not a plain word", "Use the words of the format.")
            )
            continue
        here = (*place, key)
        if key in found:
            document.faults.append(
                Fault(
                    document.file,
                    line,
                    ".".join(map(str, here)),
                    f"'{key[:40]}' comes twice",
                    "Keep one of them.",
                )
            )
            continue
        document.lines[here] = line
        found[key] = _value(value_node, here, document)
    return found


def _only_tag(node: yaml.Node, tag: str, place: Place, document: Document) -> None:
    if node.tag != tag:
        document.fault(place, f"the tag '{node.tag[:40]}' is refused", "Write plain keys and values.")


def _scalar(node: yaml.Node, place: Place, document: Document) -> object:
    if node.tag not in _PLAIN_TAGS:
        document.fault(place, f"the tag '{node.tag[:40]}' is refused", "Write a plain value.")
        document.spoilt.add(place)
        return None
    builder = yaml.SafeLoader("")
    try:
        value = builder.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError, KeyError, AttributeError):
        kind = node.tag.rsplit(":", 1)[-1].replace("timestamp", "date")
        document.fault(place, f"'{str(node.value)[:40]}' is not a {kind}", "Dates are YYYY-MM-DD; quote plain text.")
        document.spoilt.add(place)
        return None
    finally:
        builder.dispose()
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, float) and not math.isfinite(value):
        document.fault(
            place, f"'{str(node.value)[:40]}' is not a finite number", "Give a number, or leave the key out."
        )
        document.spoilt.add(place)
        return None
    return value
