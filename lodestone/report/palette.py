"""One fixed colour per economy and the few colours of the page; labels, never colour alone, tell."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"

INK = "#1b2733"
QUIET = "#52606d"
RULE = "#c9d1d9"
LAND = "#e4e8ec"
ACCENT = "#12405f"
ALARM = "#8c1c13"
EXPOSURE = ("#f3f6f9", "#c6d8e6", "#86aecb", "#3f7ba6", "#154a73", "#08263f")
RULES = ("#12405f", "#b3571c", "#5c7f2b", "#6b4a8c")
SHAPES = ("circle", "square", "triangle-up", "diamond")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])
SPARE = ("#5d7fa3", "#b98b3e", "#6f9a77", "#93627f", "#a8a29a", "#42566b", "#c28a76", "#8a9a4b")


@cache
def fixed_colours(path: Path = DATA / "labels" / "colours.csv") -> dict[str, str]:
    """The colour of each economy of the label table, as ``#rrggbb``."""
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["label"]: row["colour"] for row in csv.DictReader(handle)}


def colours(labels: Iterable[str]) -> dict[str, str]:
    """A colour for each label: the fixed one, else one of ``SPARE`` by alphabetical place.

    >>> colours(["Borduria", "Alba"]) == {"Alba": SPARE[0], "Borduria": SPARE[1]}
    True
    """
    fixed = fixed_colours()
    names = sorted(set(labels))
    unknown = [name for name in names if name not in fixed]
    spare = {name: SPARE[place % len(SPARE)] for place, name in enumerate(unknown)}
    return {name: fixed.get(name) or spare[name] for name in names}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` as the accessibility guidelines define it, 0 to 1.

    >>> round(luminance("#ffffff"), 3), luminance("#000000")
    (1.0, 0.0)
    """
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21; text wants 4.5 or more.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """The ink, dark or white, that reads better on a background."""
    return INK if contrast(INK, background) >= contrast("#ffffff", background) else "#ffffff"
