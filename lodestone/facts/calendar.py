"""When a figure was out: dates of day, month, quarter or year precision, and publication calendars.

The day a figure became known decides what ``as_of`` may see. A source's own date goes first; a
producer that publishes by calendar has a row in ``labels/calendar.csv``; the date of a mirror is
never used. A period of several months or years ends with its last.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from lodestone.errors import FactError

RANGE = ".."
_DATE = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|H([12])))?")


@dataclass(frozen=True)
class PublicationCalendar:
    """How long after a month [days] or a year [months] a producer's figures are out."""

    name: str
    meaning: str
    days_after_month: int | None
    months_after_year: int | None
    status: str


def first_day(text: str) -> dt.date:
    """The first day of a period.

    Examples
    --------
    >>> first_day("2025-Q2")
    datetime.date(2025, 4, 1)
    >>> first_day("2024-04..2025-03")
    datetime.date(2024, 4, 1)
    """
    return _days(text.split(RANGE)[0])[0]


def last_day(text: str) -> dt.date:
    """The last day of a period: of a year, half, quarter, month, day or range.

    Raises
    ------
    FactError
        If the text is no period.

    Examples
    --------
    >>> last_day("2024-02"), last_day("2025"), last_day("2025-01..2025-05")
    (datetime.date(2024, 2, 29), datetime.date(2025, 12, 31), datetime.date(2025, 5, 31))
    """
    return _days(text.split(RANGE)[-1])[1]


def publication_day(rule: PublicationCalendar, period: str) -> dt.date:
    """The day on which a producer with this calendar first published a figure for a period.

    A period that ends with a year follows the rule for years, any other the rule for months.

    Raises
    ------
    FactError
        If the calendar has no rule for periods of this length.

    Examples
    --------
    >>> customs = PublicationCalendar("customs", "", 20, 6, "assumed")
    >>> publication_day(customs, "2025-04"), publication_day(customs, "2024")
    (datetime.date(2025, 5, 20), datetime.date(2025, 6, 30))
    """
    end = last_day(period)
    if re.fullmatch(r"\d{4}", period.split(RANGE)[-1]):
        if rule.months_after_year is not None:
            month = end.month + rule.months_after_year
            year, month = end.year + (month - 1) // 12, (month - 1) % 12 + 1
            return dt.date(year, month, calendar.monthrange(year, month)[1])
    elif rule.days_after_month is not None:
        return end + dt.timedelta(days=rule.days_after_month)
    raise FactError(f"calendar '{rule.name}' has no rule for the period '{period}'. Add it to its row.")


def read_calendars(folder: Path) -> dict[str, PublicationCalendar]:
    """The publication calendars of a data folder, by name (``labels/calendar.csv``)."""
    with (folder / "labels" / "calendar.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {
        row["calendar"]: PublicationCalendar(
            name=row["calendar"],
            meaning=row["meaning"],
            days_after_month=int(row["days_after_month"]) if row["days_after_month"] else None,
            months_after_year=int(row["months_after_year"]) if row["months_after_year"] else None,
            status=row["status"],
        )
        for row in rows
    }


def _days(text: str) -> tuple[dt.date, dt.date]:
    parts = _DATE.fullmatch(text.strip())
    if parts:
        year, month, day, quarter, half = (int(part) if part else None for part in parts.groups())
        assert year is not None
        try:
            if day and month:
                only = dt.date(year, month, day)
                return only, only
            first, last = 1, 12
            if month:
                first = last = month
            elif quarter:
                first, last = 3 * quarter - 2, 3 * quarter
            elif half:
                first, last = 6 * half - 5, 6 * half
            return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])
        except ValueError:
            pass
    raise FactError(f"'{text}' is no period. Write YYYY, YYYY-MM, YYYY-MM-DD, YYYY-Q1 or a range with '..'.")
