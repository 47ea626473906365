"""Single values of a scenario file to dates, ranges and labels, each with its fault if it fails.

Each function takes the `Reading`, the place in the file and the plain value found there; it notes a
fault and returns None rather than raise, so that one pass finds everything.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lodestone.facts.assumptions import Assumption
from lodestone.simulate.nouns import Range
from lodestone.simulate.scenario_text import Document, Place

FORMS = (
    "ore",
    "concentrate",
    "oxide",
    "compound",
    "metal",
    "alloy",
    "magnet",
    "scrap",
    "powder",
    "component",
    "technology",
    "equipment",
)
EVERYTHING = "ALL"  # every element, or every economy but the issuer
_RANGE_KEYS = ("low", "central", "high", "distribution", "origin")


@dataclass(frozen=True)
class ScenarioLabels:
    """The labels a scenario may use; None leaves a kind of label unchecked.

    ``groups`` maps a group of economies to its members; a set that names a group and one of its
    members is refused, and targets that name a group are spelled out.
    """

    elements: frozenset[str] | None = None
    economies: frozenset[str] | None = None
    sectors: frozenset[str] | None = None
    products: frozenset[str] | None = None
    stages: frozenset[str] | None = None
    materials: frozenset[str] | None = None
    forms: frozenset[str] = frozenset(FORMS)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What every check of one file needs: the document, the labels and the assumption table."""

    document: Document
    labels: ScenarioLabels
    assumptions: Mapping[str, Assumption]

    def fault(self, place: Place, what: str, next_step: str) -> None:
        """Note one fault at a place of the file."""
        if place not in self.document.spoilt:  # told already
            self.document.fault(place, what, next_step)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The next step for a word that is not known: the nearest known ones, or all if they are few."""
    known = sorted(known)
    near = difflib.get_close_matches(word[:60], known, n=3, cutoff=0.6)
    if not near:
        folded = {candidate.lower(): candidate for candidate in known}
        near = [folded[match] for match in difflib.get_close_matches(word[:60].lower(), folded, n=3, cutoff=0.6)]
    if near:
        return f"Did you mean {' or '.join(repr(match) for match in near)}?"
    if len(known) <= 14:
        return f"Use one of {', '.join(known)}."
    return "See the format's reference page and the label tables."


def shown(value: object) -> str:
    """A value as a message shows it, short."""
    text = str(value).replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "..."


def a_mapping(reading: Reading, place: Place, value: object, known: Iterable[str]) -> dict[str, object]:
    """A mapping with known keys only; unknown ones are faults and left out."""
    if not isinstance(value, dict):
        reading.fault(place, f"'{shown(value)}' is not a mapping", "Write 'key: value' lines below it.")
        return {}
    known = tuple(known)
    for key in value:
        if key not in known:
            reading.fault((*place, key), f"unknown key '{shown(key)}'", did_you_mean(key, known))
    return {key: value[key] for key in value if key in known}


def a_text(reading: Reading, place: Place, value: object) -> str | None:
    """Text, not empty."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        reading.fault(place, f"'{shown(value)}' is not text", "Write a few words.")
        return None
    return value.strip()


def a_date(reading: Reading, place: Place, value: object) -> dt.date | None:
    """A date, YYYY-MM-DD."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = dt.date.fromisoformat(value.strip())
    if not isinstance(value, dt.date):
        reading.fault(place, f"'{shown(value)}' is not a date", "Write YYYY-MM-DD.")
        return None
    if not 1990 <= value.year <= 2100:
        reading.fault(place, f"{value} is outside 1990..2100", "Check the year.")
        return None
    return value


def a_whole(reading: Reading, place: Place, value: object, low: int, high: int) -> int | None:
    """A whole number between two bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        reading.fault(place, f"'{shown(value)}' is not a whole number from {low} to {high}", "Write one in that range.")
        return None
    return value


def a_label(reading: Reading, place: Place, value: object, known: Iterable[str] | None, kind: str) -> str | None:
    """One label of a table; any text where the table is not given."""
    if not isinstance(value, str) or not value.strip():
        what = f"'{shown(value)}' is not a label of kind {kind}"
        reading.fault(place, what, "Quote labels such as 'NO' or 'ON', which YAML reads as truth values.")
        return None
    if known is not None and value not in known:
        reading.fault(place, f"unknown {kind} '{shown(value)}'", did_you_mean(value, known))
        return None
    return value


def some_labels(
    reading: Reading, place: Place, value: object, known: Iterable[str] | None, kind: str
) -> tuple[str, ...]:
    """A list of labels (one label alone is a list of one); labels that come twice are faults."""
    listed = [(place, value)] if not isinstance(value, list) else [((*place, i), v) for i, v in enumerate(value)]
    found: list[str] = []
    for here, item in listed:
        label = a_label(reading, here, item, known, kind)
        if label is not None and label in found:
            reading.fault(here, f"{kind} '{shown(label)}' comes twice", "Keep one of them.")
        elif label is not None:
            found.append(label)
    return tuple(found)


def some_economies(reading: Reading, place: Place, value: object) -> tuple[str, ...]:
    """A list of economies; ALL stands alone, groups are spelled out, no group beside its member."""
    labels = reading.labels
    known = None if labels.economies is None else {*labels.economies, *labels.groups, EVERYTHING}
    named = some_labels(reading, place, value, known, "economy")
    if EVERYTHING in named and len(named) > 1:
        reading.fault(place, f"{EVERYTHING} stands beside other economies", f"Write {EVERYTHING} alone, or a list.")
    members: list[str] = []
    for label in named:
        inside = labels.groups.get(label, (label,))
        doubled = [other for other in named if other != label and other in inside and label in labels.groups]
        doubled += [
            other
            for other in named
            if other > label and other in labels.groups and label in labels.groups
            and set(inside) & set(labels.groups[other])
        ]  # fmt: skip
        if doubled:
            what = f"'{label}' and '{', '.join(doubled)}' overlap: one contains the other or a part of it"
            reading.fault(place, what, "Name the group or its members, not both.")
        present = inside if labels.economies is None else [m for m in inside if m in labels.economies or m == label]
        members += [member for member in present if member not in members]
    return tuple(members)


def a_range(reading: Reading, place: Place, value: object, low: float = 0.0, high: float = math.inf) -> Range | None:
    """A range from ``[low, central, high]``, a mapping, one number, or the id of an assumption.

    Parameters
    ----------
    low, high : float
        Bounds every number must keep: 0..1 for shares, 0..inf for weeks and factors.
    """
    if isinstance(value, str):
        return _assumed(reading, place, value)
    if isinstance(value, dict):
        return _spelled(reading, place, value, low, high)
    numbers = value if isinstance(value, list) else [value] * 3
    if len(numbers) != 3:
        reading.fault(place, f"a range has three numbers, not {len(numbers)}", "Write [low, central, high].")
        return None
    return _checked(reading, place, numbers, low, high, "", "")


def _spelled(reading: Reading, place: Place, value: dict, low: float, high: float) -> Range | None:
    keys = a_mapping(reading, place, value, _RANGE_KEYS)
    if "low" not in keys or "central" not in keys or "high" not in keys:
        reading.fault(place, "a range lacks low, central or high", "Give all three.")
        return None
    distribution = keys.get("distribution", "triangular")
    if distribution not in ("triangular", "uniform", "fixed"):
        step = did_you_mean(str(distribution), ("triangular", "uniform", "fixed"))
        reading.fault((*place, "distribution"), f"unknown distribution '{shown(distribution)}'", step)
        return None
    numbers = [keys[key] for key in _RANGE_KEYS[:3]]
    return _checked(reading, place, numbers, low, high, str(distribution), str(keys.get("origin", "")))


def _assumed(reading: Reading, place: Place, value: str) -> Range | None:
    assumption = reading.assumptions.get(value)
    if assumption is None:
        step = did_you_mean(value, reading.assumptions)
        reading.fault(place, f"'{shown(value)}' is neither a number nor an assumption", step)
        return None
    return range_of(assumption)


def range_of(assumption: Assumption) -> Range:
    """The range of a row of the assumption table, with its id as origin."""
    return Range(assumption.low, assumption.central, assumption.high, assumption.distribution, assumption.id)


def _checked(
    reading: Reading, place: Place, numbers: list, low: float, high: float, distribution: str, origin: str
) -> Range | None:
    if reading.document.is_spoilt(place):
        return None
    good: list[float] = []
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            reading.fault(place, f"'{shown(number)}' is not a number", "Write [low, central, high], or one number.")
            return None
        if abs(number) > 1e12:
            reading.fault(place, f"{shown(number)} is too large", "Check the unit.")
            return None
        if not low <= number <= high:
            bound = f"{low:g}..{high:g}" if math.isfinite(high) else f"{low:g} or more"
            reading.fault(place, f"{number:g} is outside {bound}", "Shares are fractions; nothing is negative.")
            return None
        good.append(float(number))
    if not good[0] <= good[1] <= good[2]:
        reading.fault(place, f"{good} is not in order", "Write low, central, high in rising order.")
        return None
    fixed = good[0] == good[2]
    place_text = ".".join(str(key) for key in place)
    where = origin or f"{reading.document.file}:{reading.document.line(place)} {place_text}"
    return Range(good[0], good[1], good[2], "fixed" if fixed else distribution or "triangular", where)
