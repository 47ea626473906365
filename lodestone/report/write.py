"""Everything a brief becomes: HTML, PDF, one page, tables, workbook, summary. Complete or absent."""

from __future__ import annotations

from pathlib import Path

from lodestone.report.check import check_brief
from lodestone.report.draw import picture
from lodestone.report.html import html
from lodestone.report.nouns import Brief, Chart
from lodestone.report.pdf import one_page, pdf
from lodestone.report.tables import summary, write_csv, write_workbook


def write_brief(brief: Brief, folder: Path) -> list[Path]:
    """Write a brief's files into a folder.

    Parameters
    ----------
    folder : Path
        Made if needed. The caller moves it into place once all is written (see `record.bundle`).

    Returns
    -------
    list of Path
        ``brief.html``, ``brief.pdf``, ``one-page.pdf``, ``summary.json``, ``tables/*.csv``,
        ``tables.xlsx`` and ``charts/*.svg`` and ``charts/*.png``.

    Raises
    ------
    FigureError
        If a number leads nowhere: all faults of the brief, before anything is written.
    """
    check_brief(brief)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        part.name: picture(part) for section in brief.sections for part in section.parts if isinstance(part, Chart)
    }
    charts = folder / "charts"
    charts.mkdir(exist_ok=True)
    paths = []
    for name, made in drawn.items():
        (charts / f"{name}.svg").write_text(made.svg, encoding="utf-8")
        (charts / f"{name}.png").write_bytes(made.png)
        paths += [charts / f"{name}.svg", charts / f"{name}.png"]
    for name, content in (
        ("brief.html", html(brief, drawn).encode()),
        ("brief.pdf", pdf(brief, drawn)),
        ("one-page.pdf", one_page(brief, drawn)),
        ("summary.json", summary(brief).encode()),
    ):
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    return [*paths, *write_csv(brief, folder / "tables"), write_workbook(brief, folder / "tables.xlsx")]
