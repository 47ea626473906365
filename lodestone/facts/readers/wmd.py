"""World Mining Data of the Federal Ministry of Finance of Austria: production of the world by mineral and country.

Layout: table 6.4 of the yearly release, "Production of Mineral Raw Materials of individual Countries by Minerals", a workbook
with a sheet a mineral: a title; a header of Country, unit, five years and data source; a row a country; a row Total; text
below. Each figure counts as a row here, and so does each line below a table, or of a sheet without one, that is text.

The data source is r reported, p provisional or e estimated, or named in words, for a whole row. An empty cell is unknown,
zero is zero. The sheet's Total is kept as the world's, and must be what the countries make. A bracket behind the mineral says
what is counted: an oxide or an element; without one the workbook does not say. Carats and cubic metres are set aside. The
workbook names no edition: it comes out in the second year after its last, by the end of June.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.nouns import Fact
from lodestone.facts.readers.cells import NotANumber, number
from lodestone.facts.readers.tables import check_header
from lodestone.facts.readers.workbook import Row, cell_text, open_workbook, rows_of_sheet
from lodestone.facts.trade_nouns import Document, Edition, FigureLayout, SetAside
from lodestone.facts.trade_partners import Partners, name_key

HEADER_ROWS = 20
REQUIRED = ("country", "unit")
SOURCE_COLUMN = "data source"
YEAR = re.compile(r"(19|20)\d\d\Z")
BRACKET = re.compile(r"\(([^()]*)\)\Z")
OXIDE = re.compile(r"([A-Z][a-z]?\d*)*O\d*\Z")
SYMBOL = re.compile(r"[A-Z][a-z]?\Z")
TONNES = {"metr. t": 1.0, "metr.t": 1.0, "t": 1.0, "1000 metr. t": 1e3, "mio. metr. t": 1e6, "kg": 1e-3}
LARGEST = 5e10  # t: several times the coal of the world
ESTIMATED, PROVISIONAL = ("e", "estimated"), ("p", "provisional")
TOTAL = "total"
ROUNDED = 0.5  # of a unit, for each country: the figures are printed in whole units
PUBLISHED_BY = (6, 30)


@dataclass(frozen=True)
class Sheet:
    """One mineral's table: name, rows below the header, place of each column, lines that are no part of it."""

    mineral: str
    header: list[str]
    years: tuple[int, ...]
    rows: tuple[Row, ...]
    text: tuple[Row, ...]


@dataclass(frozen=True)
class Terms:
    """The tables of the workbook, and who the names stand for."""

    sheets: tuple[Sheet, ...]
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Edition from the last year of the sheets.

    Raises
    ------
    Faults
        If it is not one workbook, no sheet has the table's columns, or the sheets are of several years.
    """
    if len(documents) != 1:
        what = f"{len(documents)} files were given"
        raise Faults([Fault("WMD", None, None, what, "Give the workbook of table 6.4 of one edition.")])
    document = documents[0]
    sheets = tuple(_sheet(document.name, sheet) for sheet in open_workbook(document).worksheets)
    tables = [sheet for sheet in sheets if sheet.years]
    if not tables:
        step = "Give table 6.4, production of individual countries by minerals."
        raise Faults([Fault(document.name, None, None, "no sheet has the columns Country, unit and years", step)])
    last = tables[0].years[-1]
    faults = [
        Fault(document.name, None, sheet.mineral, f"ends in {sheet.years[-1]}, others in {last}", "Give one edition.")
        for sheet in tables
        if sheet.years[-1] != last
    ]
    if faults:
        raise Faults(faults)
    edition = last + 2
    return Edition(f"wmd{edition}", "", "", dt.date(edition, *PUBLISHED_BY), documents, Terms(sheets, partners))


def _sheet(file: str, sheet: Any) -> Sheet:
    rows, name = rows_of_sheet(sheet), str(sheet.title).strip()
    for place, (line, cells) in enumerate(rows[:HEADER_ROWS]):
        header = [cell_text(cell).lower() for cell in cells]
        years = tuple(sorted(int(cell) for cell in header if YEAR.match(cell)))
        if set(REQUIRED) <= set(header) and years:
            check_header(f"{file}, {name}", line, header, REQUIRED)
            below = rows[place + 1 :]
            figures = [header.index(name) for name in ("unit", *map(str, years))]
            table = tuple(row for row in below if any(cell_text(cell) for cell in _at(row[1], figures)))
            return Sheet(name, header, years, table, tuple(row for row in below if row not in table))
    return Sheet(name, [], (), (), tuple(rows))


def _at(cells: list[Any], places: list[int]) -> list[Any]:
    return [cells[place] for place in places if place < len(cells)]


def facts_of(document: Document, edition: Edition) -> Iterator[Fact | SetAside]:
    """Every figure of the workbook: a fact, or set aside."""
    terms: Terms = edition.context
    for sheet in terms.sheets:
        for line, cells in sheet.text:
            yield SetAside(line, "note", f"{sheet.mineral}: {' '.join(map(cell_text, cells)).strip()[:60]}")
        yield from _table(sheet, terms.partners, edition, document.name)


def _table(sheet: Sheet, partners: Partners, edition: Edition, file: str) -> Iterator[Fact | SetAside]:
    made: dict[int, float] = dict.fromkeys(sheet.years, 0.0)
    seen: set[str] = set()
    for line, cells in sheet.rows:
        row = {name: cell_text(cell) for name, cell in zip(sheet.header, cells, strict=False) if name}
        name = name_key(row["country"])
        economy = partners.by_name.get("world" if name == TOTAL else name)
        scale = TONNES.get(row["unit"].lower())
        for year in sheet.years:
            text, at = row.get(str(year), ""), f"{sheet.mineral}, {year}"
            if not text:
                yield SetAside(line, "no figure", at)
            elif not row.get("unit"):
                yield SetAside(line, "unknown code", f"{at}: the unit is missing")
            elif scale is None:
                yield SetAside(line, "other indicator", f"{at}: {row['unit'][:20]}")
            elif economy is None:
                yield SetAside(line, "unknown economy", f"{at}: {row['country'][:40]}")
            elif economy in seen:
                yield SetAside(line, "duplicate", f"{at}: {economy}")
            else:
                try:
                    value = number(text, LARGEST / scale) * scale
                except NotANumber as reason:
                    yield SetAside(line, reason.args[0], f"{at}: {reason.args[1]}")
                    continue
                if name != TOTAL:
                    made[year] += value
                elif abs(value - made[year]) > ROUNDED * scale * max(len(sheet.rows), 2):
                    yield SetAside(line, "does not add up", f"{at}: {text}, countries {made[year] / scale:g}")
                    continue
                yield _fact(sheet, line, year, economy, value, row, edition, file)
        seen |= {economy} if economy else set()


def _fact(
    sheet: Sheet, line: int, year: int, economy: str, value: float, row: dict[str, str], edition: Edition, file: str
) -> Fact:
    said = row.get(SOURCE_COLUMN, "")
    basis = _basis(sheet.mineral)
    notes = [
        f"data source: {said}" if said else "",
        "provisional" if said.lower() in PROVISIONAL else "",
        "the workbook does not say whether content or weight is counted" if basis == "none" else "",
    ]
    return Fact(
        id=f"wmd-{edition.edition}/production/{sheet.mineral.replace(' ', '_')}-{line:05d}-{year}",
        variable="production",
        product=sheet.mineral,
        element="",
        stage="",
        economy=economy,
        partner="",
        period=str(year),
        value=value,
        low=None,
        high=None,
        unit="t",
        basis=basis,
        status="estimated" if said.lower() in ESTIMATED else "reported",
        tier="A",
        source=f"wmd-{edition.edition}",
        locator=f"{file}, sheet {sheet.mineral}, line {line}, {year}",
        known_from=edition.published or dt.date.max,
        note="; ".join(note for note in notes if note),
    )


def _basis(mineral: str) -> str:
    """What is counted, from the bracket behind the mineral's name.

    >>> [_basis(name) for name in ("A (Ab2O3)", "B (REO)", "C (Cd)", "D (conc.)", "E")]
    ['oxide', 'oxide', 'contained element', 'gross weight', 'none']
    """
    bracket = BRACKET.search(mineral)
    if not bracket:
        return "none"
    if bracket[1] == "REO" or OXIDE.match(bracket[1]):
        return "oxide"
    return "contained element" if SYMBOL.match(bracket[1]) else "gross weight"


LAYOUT = FigureLayout(
    kind="wmd",
    producer="Federal Ministry of Finance, Austria",
    title="World Mining Data, table 6.4",
    licence="attributed extracts allowed by the publication",
    edition_of=edition_of,
    facts_of=facts_of,
)
