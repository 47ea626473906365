"""Opens Excel workbooks for the readers, with bounds that hold before anything is read."""

from __future__ import annotations

import zipfile
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.trade_nouns import Document

LARGEST_WORKBOOK = 200_000_000  # bytes, unpacked
Row = tuple[int, list[Any]]


def open_workbook(document: Document) -> Any:
    """An openpyxl workbook; formulas are the values last saved.

    Raises
    ------
    Faults
        If it is no workbook, or unpacks to more than `LARGEST_WORKBOOK`.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(document.path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST_WORKBOOK:
            raise Faults([Fault(document.name, None, None, f"unpacks to {size:,} bytes", "Save it as CSV.")])
        return openpyxl.load_workbook(document.path, data_only=True)
    except Faults:
        raise
    except Exception as error:  # the library raises whatever its parts raise on a broken file
        what = f"is no workbook ({type(error).__name__}: {str(error)[:60]})"
        raise Faults([Fault(document.name, None, None, what, "Save it again as .xlsx, or as CSV.")]) from None


def rows_of_sheet(sheet: Any) -> list[Row]:
    """Number and cells of each row that is not empty."""
    rows = ((line, list(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1))
    return [(line, cells) for line, cells in rows if any(cell_text(cell) for cell in cells)]


def cell_text(cell: Any) -> str:
    """A cell as a CSV writes it: 2022.0 is 2022, and TRUE is no number.

    >>> [cell_text(cell) for cell in (None, 2022.0, " a ", True, 0.5)]
    ['', '2022', 'a', 'True', '0.5']
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()
