"""Rows by column name from CSV and JSON, each with its line, none passed over: what most readers begin with."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import cells_of, lines_of
from lodestone.facts.trade_nouns import Document, SetAside

LARGEST_JSON = 500_000_000
Record = tuple[int, dict[str, str]]


def encoding_of(path: Path, other: str) -> str:
    """UTF-8, or the producer's older encoding if no line of the file speaks for UTF-8 and one speaks against it.

    A file with both kinds of line is UTF-8 with broken lines: it was put together from two.
    """
    against = False
    for _, text in lines_of(path):
        if text is None:
            against = True
        elif not text.isascii():
            return "utf-8-sig"
    return other if against else "utf-8-sig"


def csv_records(
    document: Document,
    required: Iterable[str],
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    one_too_many: bool = False,
) -> Iterator[Record | SetAside]:
    """Line and cells by name of each row below the header.

    Parameters
    ----------
    document : Document
    required : iterable of str
        Columns that must be in the header.
    delimiter, encoding : str
    one_too_many : bool
        The producer ends rows with the delimiter: an empty cell more than the header has is no fault.

    Raises
    ------
    Faults
        If a column is missing or stands twice.
    """
    lines = lines_of(document.path, encoding)
    line, text = next(lines, (1, ""))
    header = cells_of(text, delimiter) if text is not None else None
    header = header[:-1] if header and not header[-1] else header
    check_header(document.name, line, header or [], required)
    assert header is not None
    for line, text in lines:
        cells = cells_of(text, delimiter) if text is not None else None
        if text is None:
            yield SetAside(line, "not text")
            continue
        if one_too_many and cells is not None and len(cells) == len(header) + 1 and not cells[-1]:
            cells.pop()
        if cells is None or len(cells) != len(header):
            yield SetAside(line, "broken row", text[:80])
            continue
        yield line, dict(zip(header, cells, strict=True))


def check_header(name: str, line: int, header: list[str], required: Iterable[str]) -> None:
    """Raise `Faults` for every column that is missing or stands twice."""
    shown = f"The header has: {', '.join(cell[:30] for cell in header[:12])}{' ...' if len(header) > 12 else ''}."
    faults = [
        Fault(name, line, column, "the column is missing", f"{shown} Check layout and delimiter.")
        for column in required
        if column not in header
    ]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    faults += [Fault(name, line, column[:40], "the column stands twice", "Keep one.") for column in twice]
    if faults:
        raise Faults(faults)


def json_document(document: Document) -> Any:
    """What a JSON file holds.

    Raises
    ------
    Faults
        If it is too large, no JSON, or holds figures that are none (NaN, Infinity).
    """
    if document.path.stat().st_size > LARGEST_JSON:
        raise Faults([Fault(document.name, None, None, f"is larger than {LARGEST_JSON:,} bytes", "Split the query.")])
    try:
        return json.loads(document.path.read_bytes(), parse_constant=_refuse)
    except (ValueError, RecursionError, MemoryError) as error:
        what = f"is no JSON ({str(error)[:80] or 'nested too deep'})"
        raise Faults([Fault(document.name, getattr(error, "lineno", None), None, what, "Fetch it again.")]) from None


def json_records(name: str, rows: Any, required: Iterable[str]) -> Iterator[Record | SetAside]:
    """Number (from 1) and cells by name, as text, of each object in a list.

    Raises
    ------
    Faults
        If it is no list of objects with these keys.
    """
    if not isinstance(rows, list):
        raise Faults([Fault(name, None, None, "holds no list of records", "Check that it is the answer to a query.")])
    required = list(required)
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or any(key not in row for key in required):
            yield SetAside(place, "broken row", str(row)[:80])
        else:
            yield place, {str(key): plain_text(value) for key, value in row.items()}


def plain_text(value: Any) -> str:
    """A JSON value as a cell of CSV would hold it.

    >>> [plain_text(value) for value in (None, True, 8, 2.5, 2e6, " x ")]
    ['', 'true', '8', '2.5', '2000000.0', 'x']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN"
    return str(value).strip()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no figure")
