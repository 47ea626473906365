"""A brief as one HTML file that needs no network: style, pictures and the origin of every number inside."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from lodestone.report.check import ancestors
from lodestone.report.draw import Picture
from lodestone.report.format import SPACE, anchor, figure_style, figure_text, printed
from lodestone.report.nouns import Brief, Chart, Number, Paragraph, Section, Table

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
CONFIDENCE_WORDS = {
    "high": "high confidence",
    "medium": "medium confidence",
    "low": "low confidence",
    "assumed": "assumed",
    "computed": "from the run's own draws",
}
CARD_MOST = 12  # letters of a card's number that fit it in full size
PARENTS = 14  # origins listed in an annex entry; the rest are counted


def html(brief: Brief, pictures: Mapping[str, Picture]) -> str:
    """The page as text.

    Parameters
    ----------
    pictures : mapping of Picture by chart name
    """
    body = [
        f'<header><p class="marking">{escape(brief.marking)}</p><h1>{escape(brief.title)}</h1>',
        f'<p class="subtitle">{escape(brief.subtitle)}</p>',
        f'<p class="status">{escape(brief.status_line)} Written {brief.written.isoformat()}; facts known by '
        f"{brief.as_of.isoformat()}.</p></header><main>",
        _headlines(brief),
    ]
    body += [_section(brief, section, pictures) for section in brief.sections if not section.annex]
    if brief.warnings:
        items = "".join(f"<li>{escape(warning)}</li>" for warning in brief.warnings)
        body.append(f'<section id="warnings"><h2>Words of warning</h2><ul>{items}</ul></section>')
    body += [_section(brief, section, pictures) for section in brief.sections if section.annex]
    body.append(_origins(brief))
    body.append(f'</main><footer><p class="marking">{escape(brief.marking)}</p></footer>')
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(brief.title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>{''.join(body)}</body></html>\n"
    )


def _headlines(brief: Brief) -> str:
    cards = []
    for headline in brief.headlines:
        made = printed(headline.number, brief.figures)
        interval = f'<p class="interval">{escape(made.interval)}</p>' if made.interval else ""
        cards.append(
            f'<article class="card {headline.confidence}"><h2>{escape(headline.title)}</h2>'
            f'<p class="value"><a href="#{made.anchor}">{_card_value(made.value)}</a></p>{interval}'
            f'<p class="confidence">{CONFIDENCE_WORDS[headline.confidence]}</p>'
            f"<p>{_spans(brief, headline.sentence)}</p></article>"
        )
    return f'<section id="headlines" class="cards" aria-label="Five headline numbers">{"".join(cards)}</section>'


def _card_value(value: str) -> str:
    """The number of a card; of one too long for it, the words around the digits small."""
    if len(value) <= CARD_MOST:
        return escape(value)
    words = value.split(SPACE)
    return SPACE.join(
        escape(one) if any(c.isdigit() for c in one) else f"<small>{escape(one)}</small>" for one in words
    )


def _section(brief: Brief, section: Section, pictures: Mapping[str, Picture]) -> str:
    parts = []
    for part in section.parts:
        if isinstance(part, Paragraph):
            parts.append(f"<p>{_spans(brief, part)}</p>")
        elif isinstance(part, Table):
            parts.append(_table(brief, part))
        else:
            parts.append(_figure(part, pictures[part.name]))
    kind = ' class="annex"' if section.annex else ""
    return f'<section id="{escape(section.name)}"{kind}><h2>{escape(section.heading)}</h2>{"".join(parts)}</section>'


def _figure(chart: Chart, picture: Picture) -> str:
    drawing = picture.svg[picture.svg.index("<svg") :]
    return f"<figure>{drawing}<figcaption>{escape(chart.caption)}</figcaption></figure>"


def _spans(brief: Brief, paragraph: Paragraph) -> str:
    return "".join(_cell(brief, span) for span in paragraph.spans)


def _cell(brief: Brief, cell: str | Number) -> str:
    if not isinstance(cell, Number):
        return escape(str(cell))
    made = printed(cell, brief.figures)
    return f'<a class="number" href="#{made.anchor}">{escape(made.text)}</a>'


def _table(brief: Brief, table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for _, heading in table.columns)
    rows = []
    for row in table.rows:
        cells = []
        for place, (key, _) in enumerate(table.columns):
            text = _cell(brief, row.get(key, ""))
            cells.append(f'<th scope="row">{text}</th>' if place == 0 else f"<td>{text}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.name)}"><table id="table-{escape(table.name)}">'
        f"<caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _origins(brief: Brief) -> str:
    """Where every number comes from: printed figures and all they rest on."""
    entries = []
    for name in ancestors(brief):
        figure = brief.figures[name]
        style = figure_style(figure)
        value, interval = figure_text(figure, style)
        told = f"{value} ({interval})" if interval else value
        shown = [parent for parent in figure.origin if parent in brief.figures]
        links = ", ".join(
            f'<a href="#{anchor(parent)}">{escape(brief.figures[parent].label)}</a>' for parent in shown[:PARENTS]
        )
        if len(shown) > PARENTS:
            links += f" and {len(shown) - PARENTS} more in figures.json"
        below = f'<p class="from">From: {links}</p>' if links else ""
        source = f'<p class="source">{escape(figure.source)}; {escape(figure.locator)}</p>' if figure.source else ""
        entries.append(
            f'<li id="{anchor(name)}" class="{figure.kind}"><p><strong>{escape(figure.label)}</strong> {escape(told)} '
            f'<span class="kind">{figure.kind}</span></p><p class="rule">{escape(figure.rule)}</p>{source}{below}'
            f'<p class="id">{escape(name)}</p></li>'
        )
    return (
        '<section id="origins" class="annex"><h2>Origin of every number</h2>'
        f"<p>Each number above links to its entry here; lodestone why walks the same way.</p><ol>{''.join(entries)}</ol></section>"
    )
