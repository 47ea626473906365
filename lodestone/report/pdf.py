"""A brief as PDF through typst: five pages and an annex, and a one-page version; tagged, dated, repeatable."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from lodestone.report.check import ancestors
from lodestone.report.draw import Picture
from lodestone.report.fonts import FOLDER
from lodestone.report.format import SPACE, WITH_UNIT, Printed, anchor, figure_style, figure_text, printed
from lodestone.report.html import CARD_MOST, CONFIDENCE_WORDS
from lodestone.report.nouns import Brief, Chart, Number, Paragraph, Section, Table

BOLD = 1.2  # of a heading's letters, their width over that of a cell's
FIRST_MOST = 60  # letters of a first column that is not broken
ANNEX_MOST = 400  # entries of the origin annex in print; all of them stand in the HTML and in figures.json
ACCENT, WARM, QUIET = "#12405f", "#b3571c", "#5b6770"


def pdf(brief: Brief, pictures: Mapping[str, Picture]) -> bytes:
    """The brief with its annex; numbers link to their entry."""
    linked = set(ancestors(brief)[:ANNEX_MOST])
    parts = [_preamble(brief), _title(brief, linked), _cards(brief, linked)]
    parts += [_section(brief, s, pictures, linked) for s in brief.sections if not s.annex]
    parts.append(_warnings(brief))
    parts.append("#pagebreak()\n#set text(size: 8pt)\n")
    parts += [_section(brief, s, pictures, linked) for s in brief.sections if s.annex]
    parts.append(_origins(brief))
    return _compile("".join(parts), pictures)


def one_page(brief: Brief, pictures: Mapping[str, Picture]) -> bytes:
    """Title, five numbers and the first picture on one page; the origins are in the full brief."""
    first = next((p for s in brief.sections for p in s.parts if isinstance(p, Chart)), None)
    parts = [_preamble(brief), _title(brief, set()), _cards(brief, set())]
    if first is not None:
        parts.append(f"#v(6pt)\n{_picture(first)}\n")
    return _compile("".join(parts), pictures)


def _compile(text: str, pictures: Mapping[str, Picture]) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="lodestone-") as place:
        for name, drawn in pictures.items():
            (Path(place) / f"{name}.svg").write_text(drawn.svg, encoding="utf-8")
        source = Path(place) / "brief.typ"
        source.write_text(text, encoding="utf-8")
        made = typst.compile(str(source), root=place, font_paths=[str(FOLDER)], pdf_standards=["ua-1"], timestamp=0)
    return bytes(made)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return f"#{_quoted(text)}"


def _preamble(brief: Brief) -> str:
    day = brief.written
    return (
        f"#set document(title: {_quoted(brief.title)}, date: datetime(year: {day.year}, month: {day.month}, day: {day.day}))\n"
        f'#set page(paper: "a4", margin: (x: 1.8cm, y: 1.7cm), footer: context [#set text(size: 7pt, fill: rgb("{QUIET}"))\n'
        f"{_text(brief.marking)} #h(1fr) #counter(page).display()])\n"
        '#set text(font: ("Noto Sans", "Noto Sans CJK JP"), size: 9pt, lang: "en")\n#set par(justify: false)\n'
        f'#show heading: it => text(fill: rgb("{ACCENT}"), it)\n#show heading.where(level: 1): set text(size: 17pt)\n'
        "#show heading.where(level: 2): set text(size: 12pt)\n#show table.cell.where(y: 0): strong\n"
    )


def _title(brief: Brief, _linked: set[str]) -> str:
    return (
        f'= {_text(brief.title)}\n#text(size: 10pt, fill: rgb("{QUIET}"))[{_text(brief.subtitle)}]\n\n'
        f'#block(fill: rgb("#fbf4ee"), inset: 6pt, width: 100%, stroke: (left: 3pt + rgb("{WARM}")))['
        f"{_text(brief.status_line)} {_text(f'Facts known by {brief.as_of.isoformat()}.')}]\n"
    )


def _cards(brief: Brief, linked: set[str]) -> str:
    cells = []
    for headline in brief.headlines:
        made = printed(headline.number, brief.figures)
        colour = WARM if headline.confidence in ("assumed", "low") else ACCENT
        interval = f'#text(fill: rgb("{QUIET}"))[{_text(made.interval)}] \\ ' if made.interval else ""
        cells.append(
            f'block(stroke: (top: 2pt + rgb("{colour}")), inset: (top: 5pt), width: 100%)['
            f'#text(size: 8pt, weight: "bold")[{_text(headline.title)}] \\ '
            f'#text(size: 14pt, weight: "bold")[{_card_value(headline.number.figure, made, linked)}] \\ '
            f'{interval}#text(size: 7.5pt, fill: rgb("{colour}"))[{_text(CONFIDENCE_WORDS[headline.confidence])}] \\ '
            f"#text(size: 7.5pt)[{_spans(brief, headline.sentence, linked)}]]"
        )
    columns = ", ".join(["1fr"] * min(len(cells), 5))
    return f"#grid(columns: ({columns}), gutter: 9pt, {', '.join(cells)})\n"


def _card_value(figure: str, made: Printed, linked: set[str]) -> str:
    """The number of a card; of one too long for its column, the words around the digits small."""
    if len(made.value) <= CARD_MOST:
        return _linked(figure, made.anchor, made.value, linked)
    words = (word if any(c.isdigit() for c in word) else "" for word in made.value.split(SPACE))
    small = (
        _linked(figure, made.anchor, word, linked)
        if number
        else f"#text(size: 8.5pt)[{_linked(figure, made.anchor, word, linked)}]"
        for number, word in zip(words, made.value.split(SPACE), strict=True)
    )
    return _text(SPACE).join(small)


def _section(brief: Brief, section: Section, pictures: Mapping[str, Picture], linked: set[str]) -> str:
    out = [f"\n== {_text(section.heading)}\n"]
    for part in section.parts:
        if isinstance(part, Paragraph):
            out.append(f"{_spans(brief, part, linked)}\n\n")
        elif isinstance(part, Table):
            out.append(_table(brief, part, linked))
        else:
            out.append(f"{_picture(part)}\n")
    return "".join(out)


def _picture(chart: Chart) -> str:
    return (
        f'#figure(image("{chart.name}.svg", width: 100%, alt: {_quoted(chart.alternative)}), '
        f"alt: {_quoted(chart.alternative)}, supplement: none, numbering: none, outlined: false, "
        f'caption: text(size: 8pt, fill: rgb("{QUIET}"))[{_text(chart.caption)}])'
    )


def _spans(brief: Brief, paragraph: Paragraph, linked: set[str]) -> str:
    return "".join(_cell(brief, span, linked) for span in paragraph.spans)


def _cell(brief: Brief, cell: str | Number, linked: set[str]) -> str:
    return _number(brief, cell, linked) if isinstance(cell, Number) else _text(str(cell))


def _number(brief: Brief, number: Number, linked: set[str]) -> str:
    made = printed(number, brief.figures)
    return _linked(number.figure, made.anchor, made.text, linked)


def _linked(figure: str, anchor: str, text: str, linked: set[str]) -> str:
    return f"#link(label({_quoted(anchor)}))[{_text(text)}]" if figure in linked else _text(text)


def _table(brief: Brief, table: Table, linked: set[str]) -> str:
    head = ", ".join(f"[{_text(heading)}]" for _, heading in table.columns)
    rows = [", ".join(f"[{_cell(brief, row.get(key, ''), linked)}]" for key, _ in table.columns) for row in table.rows]
    widths = ", ".join(_widths(table))
    return (
        f'#block(sticky: true, text(size: 8pt, fill: rgb("{QUIET}"))[{_text(table.caption)}])\n#text(size: 7.5pt)[#table(columns: ({widths}), '
        f'stroke: (x, y) => (bottom: 0.4pt + rgb("#d5dade")), inset: (x: 3pt, y: 2.5pt), table.header({head}), '
        f"{', '.join(rows)})]\n"
    )


def _widths(table: Table) -> list[str]:
    """The first column as wide as its words, if that leaves room; long text and long words in a later one get the room numbers leave."""
    longest = {
        key: max((len(cell) for row in table.rows if isinstance(cell := row.get(key, ""), str)), default=0)
        for key, _ in table.columns
    }
    words = {
        key: max(
            len(word) * wide
            for cell, wide in ((title, BOLD), *((row.get(key, ""), 1.0) for row in table.rows))
            if isinstance(cell, str)
            for word in cell.split() or [""]
        )
        for key, title in table.columns
    }
    units = {
        key: any(getattr(row.get(key), "style", "") in WITH_UNIT for row in table.rows) for key, _ in table.columns
    }
    least = {key: 1.4 if units[key] else 1.0 for key, _ in table.columns}  # a plain number has its unit beside it
    share = {key: max(longest[key] / 14, words[key] / 9, least[key]) for key, _ in table.columns}
    first = "auto" if longest[table.columns[0][0]] <= FIRST_MOST else "4.00fr"
    return [first, *(f"{min(share[key], 3.0):.2f}fr" for key, _ in table.columns[1:])]


def _warnings(brief: Brief) -> str:
    items = "".join(f"- {_text(warning)}\n" for warning in brief.warnings)
    return f"\n== {_text('Words of warning')}\n{items}\n" if items else ""


def _origins(brief: Brief) -> str:
    names = ancestors(brief)
    out = [f"\n== {_text('Origin of every number')}\n#set text(size: 6.5pt)\n#columns(2, gutter: 12pt)[\n"]
    shown = set(names[:ANNEX_MOST])
    for name in names[:ANNEX_MOST]:
        figure = brief.figures[name]
        style = figure_style(figure)
        value, interval = figure_text(figure, style)
        told = f"{value} ({interval})" if interval else value
        parents = [parent for parent in figure.origin if parent in shown][:6]
        links = ", ".join(f"#link(label({_quoted(anchor(p))}))[{_text(brief.figures[p].label)}]" for p in parents)
        source = f"{figure.source}; {figure.locator}" if figure.source else ""
        out.append(
            f'#[#strong[{_text(figure.label)}] {_text(told)} #text( fill: rgb("{QUIET}"))'
            f"[{_text(figure.rule)}. {_text(source)}] {links}] #label({_quoted(anchor(name))})\n\n"
        )
    out.append("]\n")
    if len(names) > ANNEX_MOST:
        out.append(f"{_text(f'And {len(names) - ANNEX_MOST} more entries in the HTML brief and in figures.json.')}\n")
    return "".join(out)
