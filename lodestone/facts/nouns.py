"""What was published, by whom, known from when: `Source`, `Fact` and the table that holds them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

TIERS = ("A", "B", "C")
STATUSES = ("reported", "derived", "estimated", "transferred", "assumed")
BASES = ("contained element", "oxide", "gross weight", "value", "count", "none")

COLUMNS = (
    "id",
    "variable",
    "product",
    "element",
    "stage",
    "economy",
    "partner",
    "period",
    "value",
    "low",
    "high",
    "unit",
    "basis",
    "status",
    "tier",
    "source",
    "locator",
    "known_from",
    "note",
)


@dataclass(frozen=True)
class Source:
    """One publication: who says it, where, when it was read, and how far it can be trusted."""

    id: str
    producer: str
    title: str
    edition: str
    published: str
    read: str
    address: str
    licence: str
    tier: str
    checksum: str


@dataclass(frozen=True)
class Fact:
    """One published figure. Blank text means "does not apply"; a missing value is never zero."""

    id: str
    variable: str
    product: str
    element: str
    stage: str
    economy: str
    partner: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    basis: str
    status: str
    tier: str
    source: str
    locator: str
    known_from: dt.date
    note: str


@dataclass(frozen=True)
class FactTable:
    """Facts as a table with the columns of `COLUMNS`, indexed by id, beside their sources.

    `dropped` counts what an `as_of` date left out, by variable.
    """

    rows: pd.DataFrame
    sources: dict[str, Source]
    as_of: dt.date
    dropped: dict[str, int]
    checksum: str
