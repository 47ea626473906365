"""Reads a user's own CSV table against a list of columns; all faults together, with line and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lodestone.errors import Fault, Faults

LARGEST_FILE = 5_000_000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")


@dataclass(frozen=True)
class Column:
    """One column: a text, or a number between ``low`` and ``high``.

    A required column has a cell in every row. ``default`` fills an empty cell of one that is not;
    without a default an empty number is NaN, which means absent.
    """

    name: str
    number: bool = True
    low: float = -math.inf
    high: float = math.inf
    required: bool = True
    default: float | None = None
    choices: tuple[str, ...] = ()


def read_user_table(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    """The rows of a CSV file, checked cell by cell; a column ``line`` says where each row stands.

    Parameters
    ----------
    path : Path
        Comma separated, UTF-8, with a header; at most 5 MB. A column ``note`` may stand anywhere.
    columns : sequence of Column

    Returns
    -------
    DataFrame
        The columns asked for, and ``line``.

    Raises
    ------
    Faults
        Everything wrong in the file together.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("economy,share\\nA,0.7\\nB,0.3\\n")
    >>> read_user_table(path, [Column("economy", number=False), Column("share", low=0, high=1)])
      economy  share  line
    0       A    0.7     2
    1       B    0.3     3
    """
    table, faults = read_user_rows(path, columns)
    if faults:
        raise Faults(faults)
    return table


def read_user_rows(path: Path, columns: Sequence[Column]) -> tuple[pd.DataFrame, list[Fault]]:
    """As `read_user_table`, but with the faults, so that labels of rows with one can be checked beside them."""
    rows = list(_records(path))
    if not rows:
        raise Faults([Fault(str(path), None, None, "the file is empty", _header_hint(columns))])
    (_, header), *body = rows
    header = [name.strip() for name in header]
    faults = _header_faults(str(path), header, columns)
    if not body:
        faults.append(Fault(str(path), 1, None, "no row below the header", "Add rows."))
    table = [] if faults else [_row(str(path), line, header, cells, columns, faults) for line, cells in body]
    return pd.DataFrame([row for row in table if row]), faults


def check_cells(
    file: str, line: int, held: Mapping[str, str], columns: Sequence[Column], faults: list[Fault]
) -> dict[str, object]:
    """One row of named cells, as `read_user_rows` checks it; its faults are added to ``faults``.

    Examples
    --------
    >>> faults: list[Fault] = []
    >>> check_cells("own.yaml", 3, {"share": "1.5"}, [Column("share", low=0, high=1)], faults)
    {'share': 1.5, 'line': 3}
    >>> print(faults[0])
    own.yaml:3 [share]: 1.5 is outside 0 to 1. Check its unit; shares are fractions of 1.
    """
    row: dict[str, object] = {}
    for column in columns:
        row[column.name], fault = _cell(column, held.get(column.name, ""))
        if fault:
            faults.append(Fault(file, line, column.name, *fault))
    return {**row, "line": line}


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = read_user_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise _stop(path, start, f"not valid CSV ({error})", "Check the quotes") from error


def read_user_text(path: Path, kind: str = "CSV") -> str:
    """The text of a user's file of at most 5 MB.

    Parameters
    ----------
    path : Path
    kind : str
        What the file should be, for the message where it is none.

    Returns
    -------
    str

    Raises
    ------
    Faults
        If it is no file, too large, not UTF-8 or cannot be read.
    """
    try:
        if not path.is_file():
            raise _stop(path, None, "not a file", f"Give the path of a {kind} file")
        if path.stat().st_size > LARGEST_FILE:
            raise _stop(path, None, f"{path.stat().st_size:,} bytes, more than 5 MB", "Split it")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _stop(path, None, "not UTF-8 text", f"Save it as {kind}, UTF-8") from error
    except OSError as error:
        raise _stop(path, None, f"cannot be read ({error.strerror})", "Check the path") from error


def _stop(path: Path, line: int | None, what: str, next_step: str) -> Faults:
    return Faults([Fault(str(path), line, None, what, f"{next_step}.")])


def _header_faults(file: str, header: list[str], columns: Sequence[Column]) -> list[Fault]:
    known = {column.name for column in columns} | {"note"}
    hint = _header_hint(columns)
    if len(header) == 1 and ";" in header[0]:
        return [Fault(file, 1, None, "the columns are separated by ';'", "Write commas, and decimals with a point.")]
    faults = [
        Fault(file, 1, column.name, f"no column '{column.name}'", hint)
        for column in columns
        if column.required and column.name not in header
    ]
    faults += [
        Fault(file, 1, name[:40], f"column '{name[:40]}' is not known", "Rename or remove it.")
        for name in dict.fromkeys(header)
        if name not in known
    ]
    faults += [
        Fault(file, 1, name[:40], f"column '{name[:40]}' stands twice", "Keep one.")
        for name in sorted(known)
        if header.count(name) > 1
    ]
    return faults


def _header_hint(columns: Sequence[Column]) -> str:
    parts = [column.name if column.required else f"[{column.name}]" for column in columns]
    return f"Columns: {', '.join(parts)}, [note]; those in brackets may be left out."


def _row(
    file: str,
    line: int,
    header: list[str],
    cells: list[str],
    columns: Sequence[Column],
    faults: list[Fault],
) -> dict[str, object]:
    if len(cells) != len(header):
        what = f"{len(cells)} cells where the header has {len(header)}"
        faults.append(Fault(file, line, None, what, "Write decimals with a point, text with commas in quotes."))
        return {}
    held = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    return check_cells(file, line, held, columns, faults)


def _cell(column: Column, text: str) -> tuple[object, tuple[str, str] | None]:
    if not text:
        if column.required:
            return None, ("the cell is empty", "Fill it; absent is not zero.")
        return (math.nan if column.number and column.default is None else column.default or ""), None
    if not column.number:
        if column.choices and text not in column.choices:
            return text, (f"'{text[:40]}' is not known", f"Use one of: {', '.join(column.choices)}.")
        return text, None
    if not NUMBER.match(text) or not math.isfinite(float(text)):
        return math.nan, (f"'{text[:40]}' is not a finite number", "Write it as 1234.5, without unit.")
    value = float(text)
    if not column.low <= value <= column.high:
        span = f"{column.low:g} to {column.high:g}"
        return value, (f"{value:g} is outside {span}", "Check its unit; shares are fractions of 1.")
    return value, None
