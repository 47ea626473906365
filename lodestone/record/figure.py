"""The graph of figures: every printed number is a node that points to what it was made from."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("fact", "assumption", "measure", "parameter", "cell", "result")


@dataclass(frozen=True)
class Figure:
    """One number that may be printed.

    ``origin`` lists the ids of the figures it was computed from; facts and assumptions have none,
    they carry a ``source`` and a ``locator`` instead. ``rule`` says in one sentence how the value
    follows from its origin. ``low`` and ``high`` bound the stated interval.
    """

    id: str
    kind: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    rule: str
    origin: tuple[str, ...] = ()
    source: str = ""
    locator: str = ""


NUMBERS = ("value", "low", "high")
WORDS = {"none within the horizon": math.inf, "minus infinity": -math.inf, "not a number": math.nan}


def plain_number(value: float | None) -> float | str | None:
    """A number as strict JSON holds it: what is not finite becomes one of ``WORDS``.

    >>> plain_number(2.5), plain_number(float("inf"))
    (2.5, 'none within the horizon')
    """
    if value is None or math.isfinite(value):
        return value
    return next(word for word, held in WORDS.items() if held == value or (math.isnan(held) and math.isnan(value)))


def as_plain(figure: Figure) -> dict[str, Any]:
    """A figure as a mapping that strict JSON holds."""
    held = asdict(figure)
    return held | {name: plain_number(held[name]) for name in NUMBERS}


def from_plain(held: dict[str, Any]) -> Figure:
    """The figure of a mapping that `as_plain` gave, or that holds its numbers as such.

    >>> one = Figure("run:x", "result", "x", float("inf"), 1.0, None, "week", "a rule", ("fact:a",))
    >>> from_plain(as_plain(one)) == one
    True
    """
    numbers = {name: WORDS[held[name]] for name in NUMBERS if isinstance(held[name], str)}
    return Figure(**{**held, **numbers, "origin": tuple(held["origin"])})
