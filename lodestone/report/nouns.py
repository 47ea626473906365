"""The `Brief`: paragraphs, tables and charts in which every number points to the figure behind it.

Writers (HTML, PDF, one page, CSV, Excel, JSON) take a Brief and compute nothing. A number reaches a
page only as a `Number`, which names a `Figure` of the run; text around it holds no digits of its own
except in names, dates and legal references.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from lodestone.record.figure import Figure

CONFIDENCE = ("high", "medium", "low", "assumed", "computed")


@dataclass(frozen=True)
class Number:
    """A figure in running text or a table cell. ``style``: how to print it.

    ``style`` is one of "share" (0.63 -> 63 %), "weeks", "months", "money" (USD of 2024), "tonnes",
    "count", "year", "people", "plain". ``interval`` prints "value (low to high)". ``unknown`` is printed where the figure has
    no value.
    """

    figure: str
    style: str = "plain"
    interval: bool = True
    unknown: str = "unknown"


@dataclass(frozen=True)
class Paragraph:
    """Text and numbers in order."""

    spans: tuple[str | Number, ...]


@dataclass(frozen=True)
class Headline:
    """One of the five numbers of the first page, with its confidence word and one plain sentence."""

    title: str
    number: Number
    confidence: str
    sentence: Paragraph


@dataclass(frozen=True)
class Table:
    """A table whose numeric cells are `Number` objects; ``columns`` are (key, heading) pairs."""

    name: str
    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[dict[str, str | Number], ...]


@dataclass(frozen=True)
class Chart:
    """Data for one picture; ``kind`` names the file of ``report/charts`` that draws it.

    ``data`` are the plotted tables by name; ``alternative`` is the text for those who cannot see it.
    """

    name: str
    kind: str
    caption: str
    alternative: str
    data: dict[str, pd.DataFrame]
    options: dict[str, str | float]


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it, in order."""

    name: str
    heading: str
    parts: tuple[Paragraph | Table | Chart, ...]
    annex: bool = False


@dataclass(frozen=True)
class Brief:
    """Everything a writer needs, and nothing it would have to compute."""

    title: str
    subtitle: str
    economy: str
    economy_name: str
    scenario: str
    marking: str
    written: dt.date
    as_of: dt.date
    status_line: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    figures: dict[str, Figure]
    warnings: tuple[str, ...]
    run: str
