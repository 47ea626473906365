"""A workbook as people keep them: a title above, merged cells, dates in three forms, a second sheet first."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl


def sound_workbook(last_date: object = 45352) -> bytes:
    """The sheet's bytes; 45352 is the serial number of 1 March 2024."""
    book = openpyxl.Workbook()
    book.active.title = "read me"
    book.active.append(["Our imports of magnets, made up"])
    sheet = book.create_sheet("data")
    for row in (
        ["Imports"],
        [],
        ["Date", "Importer", "Exporter", "Product", "Value", "Quantity", "Note"],
        [dt.datetime(2024, 1, 31), "JPN", "CHN", "850511", 800.5, 20, ""],
        [dt.date(2024, 2, 1), "JPN", "CHN", "850511", "12", None, "not weighed"],
        [45323, None, "Rep. of Korea", 850511, 5, 0.1],  # the importer's cell is merged with the one above
        [],
        [],
        [last_date, "Japan", "Viet Nam", 850511.0, 7, 1],
    ):
        sheet.append(row)
    sheet.merge_cells("B5:B6")
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
