"""What readers of trade tables do alike with a cell: numbers, digits, bounds, text in one encoding."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Iterator
from pathlib import Path

LARGEST_VALUE = 1e9  # thousand USD: more than any economy sells of everything to another in a year
LARGEST_QUANTITY = 5e9  # t: several times the largest flow there is, iron ore by sea
LONGEST_LINE = 100_000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\Z")
DIGITS = re.compile(r"[0-9]+\Z")


class NotANumber(Exception):
    """A cell that should hold a figure and does not; the message is the reason's key, ``args[1]`` the detail."""


def number(text: str, largest: float) -> float:
    """A figure between 0 and a bound.

    Raises
    ------
    NotANumber
        With the key of the reason: "not a number", "negative" or "absurd".

    Examples
    --------
    >>> number("12.5", 100.0)
    12.5
    """
    if not NUMBER.match(text):
        raise NotANumber("not a number", text[:40])
    value = float(text)
    if value < 0:
        raise NotANumber("negative", text[:40])
    if not math.isfinite(value) or value > largest:
        raise NotANumber("absurd", text[:40])
    return value


def lines_of(path: Path, encoding: str = "utf-8-sig") -> Iterator[tuple[int, str | None]]:
    """Number and text of each line; None where its bytes are no text in the encoding.

    Lines end at a line feed, as the tables of all producers here do; nothing longer than `LONGEST_LINE` is held.
    """
    with path.open("rb") as handle:
        line = 0
        while raw := handle.readline(LONGEST_LINE):
            line += 1
            if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                while (more := handle.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                    pass
                yield line, None
                continue
            try:
                text = raw.decode(encoding if line == 1 else encoding.removesuffix("-sig"))
            except UnicodeDecodeError:
                yield line, None
                continue
            yield line, None if "\0" in text else text.rstrip("\r\n")


def cells_of(text: str, delimiter: str = ",") -> list[str] | None:
    """The cells of one line of CSV, without spaces around them; None if its quotes do not close.

    Examples
    --------
    >>> cells_of('2022,"Korea, South", 12')
    ['2022', 'Korea, South', '12']
    """
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return [cell.strip() for cell in rows[0]] if rows else []


def this_month(today: dt.date | None = None) -> tuple[int, int]:
    """Year and month of today: a period that begins later cannot have been measured."""
    today = today or dt.date.today()
    return today.year, today.month
