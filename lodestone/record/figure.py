"""The graph of figures: every printed number is a node that points to what it was made from."""

from __future__ import annotations

from dataclasses import dataclass

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
