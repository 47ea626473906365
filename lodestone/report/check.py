"""Is a brief fit to be written? Every fault of it at once, before a writer starts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lodestone.errors import FigureError
from lodestone.report.draw import KINDS
from lodestone.report.format import STYLES, origin_fault
from lodestone.report.nouns import CONFIDENCE, Brief, Chart, Number, Paragraph, Table

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
REFERENCES = (
    "No|Nos|announcement|announcements|notice|notices|art|article|articles|decision|intervention|proclamation|chapter|chapters|heading|headings|HS|code|codes"
    "|table|tables|row|rows|page|section|annex|regulation|decree|order|item|items|category|tier|ECCN|ISO|line|seed"
)
ALLOWED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b[^\W\d_][\w.-]*\d[\w.-]*",  # names first: some hold what looks like a date
        r"\b\d{4}-\d{2}(-\d{2})?\b",
        rf"\b\d{{1,2}} ({MONTHS})\b( \d{{4}})?",
        rf"\b({MONTHS}) \d{{1,2}}\b(, \d{{4}})?",
        r"\b(19|20)\d{2}(\s?[/\u2013-]\s?(19|20)?\d{2})?\b",
        rf"\b({REFERENCES})\.?[\s\u00a0]\(?[A-Z]?\d[\w./()-]*((,| and| to| or)[\s\u00a0]\d[\w./()-]*)*",
        r"\b\d+[^\W\d_][\w-]*",
        r"\b\d+/\d{4}\b",
    )
)


def naked_digits(text: str) -> list[str]:
    """Digits in running text that are neither a date, a name nor a legal reference.

    >>> naked_digits("since 2025-04-04, measure XX-2024-46-1, announcement 18 of April 2025, the G7, article 61B")
    []
    >>> naked_digits("about 63 % of supply")
    ['63']
    """
    for pattern in ALLOWED:
        text = pattern.sub(" ", text)
    return re.findall(r"\d[\d.,]*", text)


def numbers(brief: Brief) -> list[Number]:
    """Every number a brief prints, in the order of its pages."""
    return [number for _, number in _numbers(brief)]


def printed_figures(brief: Brief) -> list[str]:
    """Ids of all figures a brief prints, each once, in the order of its pages."""
    return list(dict.fromkeys(number.figure for number in numbers(brief)))


def ancestors(brief: Brief) -> list[str]:
    """Ids of the printed figures and of everything they were computed from, parents after children."""
    seen: dict[str, None] = {}
    waiting = printed_figures(brief)
    while waiting:
        following: list[str] = []
        for name in waiting:
            if name not in seen and name in brief.figures:
                seen[name] = None
                following += brief.figures[name].origin
        waiting = following
    return list(seen)


def brief_faults(brief: Brief) -> list[str]:
    """All that is wrong with a brief, a sentence each; an empty list means it can be written."""
    faults = [*_text_faults(brief), *_number_faults(brief), *_name_faults(brief), *_chart_faults(brief)]
    for headline in brief.headlines:
        if headline.confidence not in CONFIDENCE:
            faults.append(f"headline '{headline.title}': unknown confidence word '{headline.confidence}'")
    return list(dict.fromkeys(faults))


def check_brief(brief: Brief) -> None:
    """Refuse a brief with a number that leads nowhere, naked digits in its text, or a chart without words.

    Raises
    ------
    FigureError
        With all faults of the brief, each with its place.
    """
    faults = brief_faults(brief)
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise FigureError(
            f"{len(faults)} fault{'s' if len(faults) != 1 else ''} in the brief '{brief.title}':\n{lines}\n"
            "Give each number a Figure with an origin or a source, and write numbers in text as Number."
        )


def _paragraphs(brief: Brief) -> Iterator[tuple[str, Paragraph]]:
    for headline in brief.headlines:
        yield f"headline '{headline.title}'", headline.sentence
    for section in brief.sections:
        for part in section.parts:
            if isinstance(part, Paragraph):
                yield f"section '{section.name}'", part


def _tables(brief: Brief) -> Iterator[Table]:
    for section in brief.sections:
        yield from (part for part in section.parts if isinstance(part, Table))


def charts(brief: Brief) -> Iterator[Chart]:
    """Every chart of a brief, in the order of its pages."""
    for section in brief.sections:
        yield from (part for part in section.parts if isinstance(part, Chart))


def _numbers(brief: Brief) -> Iterator[tuple[str, Number]]:
    for headline in brief.headlines:
        yield f"headline '{headline.title}'", headline.number
        yield from (
            (f"headline '{headline.title}'", span) for span in headline.sentence.spans if isinstance(span, Number)
        )
    for section in brief.sections:
        for part in section.parts:
            if isinstance(part, Paragraph):
                yield from ((f"section '{section.name}'", span) for span in part.spans if isinstance(span, Number))
            elif isinstance(part, Table):
                yield from _cells(part)


def _cells(table: Table) -> Iterator[tuple[str, Number]]:
    for line, row in enumerate(table.rows, start=1):
        for key, cell in row.items():
            if isinstance(cell, Number):
                yield f"table '{table.name}' row {line} [{key}]", cell


def _number_faults(brief: Brief) -> Iterator[str]:
    for place, number in _numbers(brief):
        figure = brief.figures.get(number.figure)
        if number.style not in STYLES:
            yield f"{place}: unknown style '{number.style}'; use one of {', '.join(STYLES)}"
        if figure is None:
            yield f"{place}: no figure '{number.figure}' in the brief"
    for name in ancestors(brief):
        fault = origin_fault(brief.figures[name], brief.figures)
        if fault:
            yield f"figure '{name}': {fault}"
        if brief.figures[name].id != name:
            yield f"figure '{name}' is filed under a name that is not its id '{brief.figures[name].id}'"


def _text_faults(brief: Brief) -> Iterator[str]:
    texts: list[tuple[str, str]] = [("the title", brief.title), ("the subtitle", brief.subtitle)]
    texts += [("the status line", brief.status_line), *(("a warning", text) for text in brief.warnings)]
    texts += [(f"headline '{headline.title}'", headline.title) for headline in brief.headlines]
    for place, paragraph in _paragraphs(brief):
        texts += [(place, span) for span in paragraph.spans if isinstance(span, str)]
    texts += [(f"the caption of table '{table.name}'", table.caption) for table in _tables(brief)]
    texts += [(f"the caption of chart '{chart.name}'", chart.caption) for chart in charts(brief)]
    for place, text in texts:
        found = naked_digits(text)
        if found:
            yield f"{place}: digits outside a Number: {', '.join(found)} in '{text.strip()[:60]}'"
    for table in _tables(brief):
        yield from _cell_faults(table)


def _cell_faults(table: Table) -> Iterator[str]:
    """A text cell may hold names, dates and references, never a bare quantity."""
    keys = {key for key, _ in table.columns}
    for line, row in enumerate(table.rows, start=1):
        place = f"table '{table.name}' row {line}"
        if set(row) - keys:
            yield f"{place}: no column for {', '.join(sorted(set(row) - keys))}"
        for key, cell in row.items():
            quantity = r"[-+\u2212]?[\d.,]+\s?(%|t|kg|weeks?|months?)?"
            if isinstance(cell, str) and re.fullmatch(quantity, cell.strip()) and naked_digits(cell):
                yield f"{place} [{key}]: the text '{cell}' is a quantity; make it a Number"


def _name_faults(brief: Brief) -> Iterator[str]:
    """Names become anchors and file names, so they must be plain and come once."""
    sections = [section.name for section in brief.sections]
    parts = [table.name for table in _tables(brief)] + [chart.name for chart in charts(brief)]
    for group, names in (("section", sections), ("table or chart", parts)):
        for name in names:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
                yield f"{group} name '{name}' may hold only letters, digits, - and _"
            if names.count(name) > 1:
                yield f"{group} name '{name}' comes twice"


def _chart_faults(brief: Brief) -> Iterator[str]:
    for chart in charts(brief):
        if chart.kind not in KINDS:
            yield f"chart '{chart.name}': unknown kind '{chart.kind}'; use one of {', '.join(KINDS)}"
        if not chart.alternative.strip():
            yield f"chart '{chart.name}' has no text for those who cannot see it"
