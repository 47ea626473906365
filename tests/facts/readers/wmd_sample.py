"""A workbook of World Mining Data as its readers know it, written before ours.

Federal Ministry of Finance of Austria, "World Mining Data", table 6.4 "Production of Mineral Raw Materials of individual
Countries by Minerals": a sheet a mineral; a title, then Country, unit, five years and data source; a row "Total" at the end;
below it lines of text. Units are metr. t, kg, ct and Mio m3; the data source is r, p or e. The figures are made up.
"""

from __future__ import annotations

import io

import openpyxl

HEADER = ["Country", "unit", 2020, 2021, 2022, 2023, 2024, "data source"]
SHEETS: dict[str, list[list[object]]] = {
    "Unobtainium (Un2O3) ": [
        ["China", "metr. t", 1200, 1300, 1400, 1500, 1600.5, "e"],
        ["Congo, D.R.", "metr. t", 100, 0, "200", 300, 400, "r"],
        ["Bosnia-Herzegovina", "metr. t", None, 5, 5, 5, 5, "p"],
        ["Total", "metr. t", 1300, 1305, 1605, 1805, 2005.5, None],
        [],
        ["e: estimated", None, None, None, None, None, None, None],
    ],
    "Eludium": [
        ["Korea, South", "kg", 500, 600, 700, 800, 900, "company report"],
        ["Total", "kg", 500, 600, 700, 800, 900],
    ],
    "Dilithium (Di)": [
        ["Ghana", "metr. t", 5, 6, 7, 8, 9, "r"],
    ],
    "Gems": [
        ["Ghana", "ct", 5, 6, 7, 8, 9, "r"],
        ["Total", "ct", 5, 6, 7, 8, 9, None],
    ],
    "read me": [],
}
KEPT = 4 * 5 - 1 + 2 * 5 + 5
ASIDE = {"no figure": 1, "note": 2, "other indicator": 10}  # the text below a table, and the sheet that is none


def workbook(sheets: dict[str, list[list[object]]] = SHEETS, header: list[object] = HEADER) -> bytes:
    """The workbook's bytes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([f"{name.strip()} production"])
        if rows:
            sheet.append(header)
        for row in rows:
            sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def changed(sheet: str, row: int, cell: int, value: object) -> bytes:
    """The workbook with one cell changed."""
    copy = {name: [list(cells) for cells in rows] for name, rows in SHEETS.items()}
    copy[sheet][row][cell] = value
    return workbook(copy)
