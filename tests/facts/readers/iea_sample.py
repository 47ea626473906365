"""A workbook of the Critical Minerals Data Explorer as its readers know it, written before ours.

International Energy Agency, "Critical Minerals Dataset" (CM_Data_Explorer.xlsx, edition of May 2025): sheets "1 Total demand
for key minerals", "2 Total supply for key minerals", "3.1 Cleantech demand by tech", "3.2 Cleantech demand by mineral" and
"4.1" to "4.6" by technology. Scenario names stand above the first year of their block, empty columns between the blocks, the
base year to the left is everyone's; a mineral is a row without figures; notes follow without a gap. Mining and refining stand
side by side. Sheet names and scenarios change between editions. [kt] The figures are made up.
"""

from __future__ import annotations

import io

import openpyxl

GAP = None
TITLE: list[object] = ["Total demand (kt)"]
SCENARIOS: list[object] = [GAP, GAP, GAP, "Stated Policies scenario", GAP, GAP, "Announced Pledges scenario", GAP]
YEARS: list[object] = [GAP, 2024, GAP, 2030, 2040, GAP, 2030, 2040]
SHEETS: dict[str, list[list[object]]] = {
    "Contents": [["Data explorer"], ["1 Total demand"]],
    "1 Total demand for key minerals": [
        TITLE,
        [],
        SCENARIOS,
        YEARS,
        [],
        ["Unobtainium"],
        ["Solar PV", 10, GAP, 20, 30, GAP, 25, 40],
        ["Electric vehicles", 5.5, GAP, 10, 15, GAP, 12, GAP],
        ["Total clean technologies", 15.5, GAP, 30, 45, GAP, 37, 40],
        ["Other uses", 4.5, GAP, 5, 5, GAP, 5, 5],
        ["Total demand", 20, GAP, 35, 50, GAP, 42, 45],
        ["Share of clean technologies in total demand", 0.775, GAP, 0.857, 0.9, GAP, 0.881, 0.889],
        ["Notes: made up."],
    ],
    "2 Total supply for key minerals": [
        ["Total supply (kt)", GAP, GAP, GAP, GAP, "Base case"],
        [],
        [GAP, 2024, 2030, GAP, GAP, 2024, 2030],
        ["Unobtainium - Mining", GAP, GAP, GAP, "Unobtainium - Refining", GAP, GAP],
        ["China", 8, 9, GAP, "China", 15, 16],
        ["DRC", 4, 5, GAP, "Japan", 1, 2],
        ["Rest of world", 1, 2, GAP, "Rest of world", 0, 0],
        ["Total", 13, 16, GAP, "Total", 16, 18],
        ["Top 3 share", 1, 1, GAP, "Top 3 share", 1, 1],
    ],
    "3.1 Cleantech demand by tech": [
        TITLE,
        SCENARIOS,
        YEARS,
        ["Unobtainium"],
        ["Solar PV", 10, GAP, 20, 30, GAP, 25, 40],
        ["Total", 10, GAP, 20, 30, GAP, 25, 40],
        ["Eludium"],
        ["Wind", 0.1, GAP, 0.2, 0.3, GAP, 0.4, 0.5],
        ["Total", 0.1, GAP, 0.2, 0.3, GAP, 0.4, 0.5],
        ["Source: made up."],
    ],
    "3.2 Cleantech demand by mineral": [
        TITLE,
        SCENARIOS,
        YEARS,
        ["Unobtainium", 15.5, GAP, 30, 45, GAP, 37, 40],
    ],
    "4.1 Solar PV": [TITLE, SCENARIOS, YEARS, ["Base case"], ["Unobtainium", 10, GAP, 20, 30, GAP, 25, 40]],
}
KEPT = 5 * 4 - 1 + 2 * 2 * 4 + 5  # sheet 1 without an empty cell, supply with its total, Eludium in wind
ASIDE = {
    "no figure": 1,
    "product aggregate": 5 + 5 + 5 + 5,  # one subtotal, two totals by technology, one row by mineral
    "other indicator": 5 + 2 * 2,  # shares
    "repeated": 5,
    "breakdown": 5,
    "note": 2 + 1 + 1,
}


def workbook(sheets: dict[str, list[list[object]]] = SHEETS) -> bytes:
    """The workbook's bytes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
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
