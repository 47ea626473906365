"""An Excel workbook of one's own: the plain layout on a sheet, wherever its table begins.

Layout: that of `lodestone.facts.readers.plain`, in the first sheet that has a row with its column names (in any case) among
the first fifty; what stands above is not read, empty rows below are passed over by the sheet itself and not counted. A merged
cell counts for all it covers. ``date`` may stand in place of year and month: a date, or the serial number of one; a day in a
month means that month. Numbers may be text. Formulas count as the values last saved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.readers import plain
from lodestone.facts.readers.tables import check_header
from lodestone.facts.readers.workbook import cell_text, open_workbook
from lodestone.facts.trade_nouns import Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners

HEADER_ROWS = 50
DATED = ("importer", "exporter", "product")
FIRST_SERIAL, LAST_SERIAL = 21_916, 73_051  # 1960 to 2100
EPOCH = dt.date(1899, 12, 30)  # of serial numbers after February 1900


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """As the plain layout; each workbook is opened once to see that it is one."""
    faults: list[Fault] = []
    for document in documents:
        try:
            _table(document)
        except Faults as found:
            faults += found.faults
    if faults:
        raise Faults(faults)
    return plain.edition_of(documents, partners)


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every row below the header that is not empty."""
    header, rows = _table(document)
    for line, cells in rows:
        row = {name: cell_text(cell) for name, cell in zip(header, cells, strict=False) if name}
        if "date" in row:
            place = header.index("date")
            period = _month(cells[place]) if place < len(cells) else None
            if period is None:
                yield SetAside(line, "another period", row["date"][:20])
                continue
            row |= {"year": str(period[0]), "month": str(period[1])}
        yield plain.row_of(line, row, edition.context)


def _table(document: Document) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """Names of the columns, and number and cells of each row below them.

    Raises
    ------
    Faults
        If it is no workbook, too large, or no sheet has the columns.
    """
    workbook = open_workbook(document)
    for sheet in workbook.worksheets:
        for area in list(sheet.merged_cells.ranges):
            _fill(sheet, area)
        rows = [(line, list(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1)]
        for line, cells in rows[:HEADER_ROWS]:
            names = [cell_text(cell).lower() for cell in cells]
            if set(DATED) <= set(names) and ("year" in names or "date" in names):
                check_header(document.name, line, names, DATED)
                below = [(n, held) for n, held in rows[line:] if any(cell_text(cell) for cell in held)]
                return names, below
    step = f"Name the columns {', '.join(plain.REQUIRED)} (or date for year), value and quantity."
    raise Faults([Fault(document.name, None, None, "no sheet has a row with the columns' names", step)])


def _fill(sheet: Any, area: Any) -> None:
    """Undo a merge, each of its cells with the value of the first."""
    value = sheet.cell(area.min_row, area.min_col).value
    sheet.unmerge_cells(str(area))
    for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col):
        for cell in row:
            cell.value = value


def _month(cell: Any) -> tuple[int, int] | None:
    """Year and month of a date or of its serial number."""
    if isinstance(cell, dt.datetime | dt.date):
        return cell.year, cell.month
    if isinstance(cell, int | float) and not isinstance(cell, bool) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        day = EPOCH + dt.timedelta(days=int(cell))
        return day.year, day.month
    return None


LAYOUT = Layout(
    kind="excel",
    producer="the user",
    title="a workbook of one's own",
    licence="the user's",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
