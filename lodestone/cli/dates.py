"""Dates as people type them on the command line."""

from __future__ import annotations

import datetime as dt

from lodestone.errors import LodestoneError


def date_option(text: str) -> dt.date | None:
    """A date from ``YYYY-MM-DD``, or None from nothing.

    >>> date_option("2025-04-04")
    datetime.date(2025, 4, 4)
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise LodestoneError(f"'{text}' is not a date. Write it as YYYY-MM-DD, e.g. 2025-04-04.") from error
