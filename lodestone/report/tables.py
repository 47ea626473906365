"""The tables of a brief as CSV, one workbook with the figure ids, and the summary for machines."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import zipfile
from dataclasses import asdict
from pathlib import Path

from lodestone.record.figure import NUMBERS, Figure
from lodestone.report.check import ancestors
from lodestone.report.format import printed
from lodestone.report.nouns import Brief, Number, Table

STAMP = dt.datetime(2000, 1, 1)


def _all(brief: Brief) -> list[Table]:
    return [part for section in brief.sections for part in section.parts if isinstance(part, Table)]


def _rows(brief: Brief, table: Table) -> tuple[list[str], list[list[object]]]:
    """Heading and rows: for each number its value, bounds and figure id in neighbouring columns."""
    numeric = {key for key, _ in table.columns for row in table.rows if isinstance(row.get(key), Number)}
    head: list[str] = []
    for key, heading in table.columns:
        head += [heading, f"{heading}: low", f"{heading}: high", f"{heading}: id"] if key in numeric else [heading]
    rows = []
    for row in table.rows:
        cells: list[object] = []
        for key, _ in table.columns:
            cell = row.get(key, "")
            if isinstance(cell, Number):
                figure = brief.figures[cell.figure]
                cells += [_plain(figure.value), _plain(figure.low), _plain(figure.high), figure.id]
            else:
                cells += [cell, "", "", ""] if key in numeric else [cell]
        rows.append(cells)
    return head, rows


def _plain(value: float | None) -> object:
    if value is None:
        return ""
    return "none within the horizon" if math.isinf(value) else value


def write_csv(brief: Brief, folder: Path) -> list[Path]:
    """One CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table in _all(brief):
        head, rows = _rows(brief, table)
        path = folder / f"{table.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)
        paths.append(path)
    return paths


def write_workbook(brief: Brief, path: Path) -> Path:
    """All tables and all figures as one Excel workbook, the same bytes each time."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.created = book.properties.modified = STAMP
    book.remove(book.active)
    for table in _all(brief):
        sheet = book.create_sheet(table.name[:31])
        head, rows = _rows(brief, table)
        sheet.append(head)
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
    sheet = book.create_sheet("figures")
    sheet.append(["id", "kind", "label", "value", "low", "high", "unit", "rule", "source", "locator", "origin"])
    for name in ancestors(brief):
        f = brief.figures[name]
        numbers = [_plain(f.value), _plain(f.low), _plain(f.high)]
        sheet.append(
            [
                f.id,
                f.kind,
                f.label,
                *numbers,
                f.unit,
                f.rule,
                f.source,
                f.locator,
                "; ".join(f.origin)[:32000],
            ]
        )
    book.save(path)
    _still(path)
    return path


def _still(path: Path) -> None:
    """Rewrite the archive with fixed times, so that the bytes repeat."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info.filename, archive.read(info.filename)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            if name == "docProps/core.xml":
                start, end = data.index(b"<dcterms:modified"), data.index(b"</dcterms:modified>")
                data = data[:start] + data[end + len(b"</dcterms:modified>") :]
            archive.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)


def summary(brief: Brief) -> str:
    """Headlines and every figure with its origin, as JSON.

    ``value``, ``low`` and ``high`` are numbers or null; ``never`` names those that are null because nothing comes
    within the horizon, the other nulls are not known.
    """
    headlines = [
        {
            "title": headline.title,
            "figure": headline.number.figure,
            "printed": printed(headline.number, brief.figures).text,
            "confidence": headline.confidence,
            **_numbers(brief.figures[headline.number.figure]),
            "unit": brief.figures[headline.number.figure].unit,
        }
        for headline in brief.headlines
    ]  # fmt: skip
    figures = []
    for name in ancestors(brief):
        figures.append({**asdict(brief.figures[name]), **_numbers(brief.figures[name])})
    told = {
        "title": brief.title, "economy": brief.economy, "scenario": brief.scenario, "written": brief.written.isoformat(),
        "as_of": brief.as_of.isoformat(), "status": brief.status_line, "headlines": headlines, "figures": figures,
    }  # fmt: skip
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _numbers(figure: Figure) -> dict[str, object]:
    """Value and interval as numbers or null, and which of them never come within the horizon."""
    held = {name: getattr(figure, name) for name in NUMBERS}
    never = [name for name, value in held.items() if value is not None and not math.isfinite(value)]
    return {**held, **dict.fromkeys(never), "never": never}
