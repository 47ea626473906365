"""Short helpers that build paragraphs and choose confidence words."""

from __future__ import annotations

import pandas as pd

from lodestone.baseline.bounds import WIDE as WIDE_BOUNDS
from lodestone.evidence.findings import Findings
from lodestone.record.figure import Figure
from lodestone.report.nouns import Number, Paragraph

WIDE, MIDDLING = 0.6, 0.25  # interval width relative to the value
ASSUMED = 0.75  # share of the variance on assumption from which a figure is "assumed"


def text(*spans: str | Number) -> Paragraph:
    """A paragraph from text and numbers in order."""
    return Paragraph(tuple(spans))


def confidence_of(figure: Figure, influences: pd.DataFrame, name: str, bounds: tuple[Figure, Figure] | None) -> str:
    """high, medium, low or assumed: by how wide the interval is and what the spread rests on.

    A figure whose bounds by the tier A facts lie more than 30 points apart, or whose variance rests on the
    prior for more than three quarters, is "assumed", however narrow its interval; otherwise the width of
    the interval against the value decides. ``bounds`` are its lowest and highest value, None where it has none.
    """
    if bounds is not None and (bounds[1].value or 0.0) - (bounds[0].value or 0.0) > WIDE_BOUNDS:
        return "assumed"
    rows = influences[influences["headline"] == name]
    prior = rows.loc[rows["kind"] == "prior", "share"].sum() if len(rows) else 0.0
    return confidence_by_share(figure, float(prior))


def confidence_by_share(figure: Figure, assumed: float | None) -> str:
    """The word of a figure by the share of its spread that rests on assumption, else by its width.

    >>> from dataclasses import replace
    >>> loss = Figure("loss", "result", "loss", 10.0, 9.0, 11.0, "USD", "", ("run",))
    >>> confidence_by_share(loss, 0.8), confidence_by_share(loss, 0.1), confidence_by_share(replace(loss, high=20.0), 0.1)
    ('assumed', 'high', 'low')
    """
    if assumed is not None and assumed > ASSUMED:
        return "assumed"
    if figure.value in (None, 0) or figure.low is None or figure.high is None:
        return "low"
    width = (figure.high - figure.low) / abs(figure.value)
    return "low" if width > WIDE else "medium" if width > MIDDLING else "high"


def sentence_list(items: list[str], most: int = 8) -> str:
    """Words joined as in a sentence; past ``most`` the rest is named as "and others".

    >>> sentence_list(["a", "b", "c"])
    'a, b and c'
    """
    if len(items) > most:
        return ", ".join(items[:most]) + " and others"
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else "none"


def valued(found: Findings) -> bool:
    """Whether a value added of the economy is published, so that the shortage has money."""
    return found.figures[found.headline["value.total"]].value is not None


def no_money(found: Findings) -> str:
    """Why a brief puts no money on a shortage."""
    return f"No published value added for {found.spoken[found.economy]}, so no money is put on the shortage."


def nothing_explained(found: Findings) -> str:
    """In place of the share of the spread that rests on assumption, where there is none."""
    if not valued(found):
        return "not known"
    total = found.figures[found.headline["value.total"]]
    return "not told from chance" if total.high else "nothing at stake"


def first_effect(found: Findings) -> str:
    """When the first measure takes effect, where none is in force at the start of the scenario; else nothing."""
    days = [measure.effective for measure in found.scenario.measures]
    start = found.scenario.start
    if not days or min(days) <= start:
        return ""
    return f" The first measure takes effect on {min(days).isoformat()}; weeks count from the start."
