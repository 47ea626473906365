"""International Energy Agency, Critical Minerals Data Explorer: demand and supply of the world, observed and foreseen.

Layout: the workbook of the "Critical Minerals Dataset" (``CM_Data_Explorer.xlsx``), sheets known by their number: 1 total
demand for key minerals, 2 total supply, 3.1 demand by technology; 3.2 adds up 3.1, and 4.1 to 4.6 split it by case. Scenario
names stand above the first year of their block; years left of the first are everyone's. A mineral is a row with a name alone;
on the supply sheet mining and refining stand side by side. Notes end a sheet. Each figure counts as a row here, and so does
each note.

The first year is observed, later ones are forecasts and never an observation; the scenario stands in the product. Figures are
thousand tonnes unless the title names another unit. Totals must be what their rows make, within 1 %; the total demand and the
world's supply are kept, totals in between and shares are set aside, and so is what a sheet repeats. An empty cell is unknown.
The workbook names no edition: it comes out in May of the year after its first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.nouns import Fact
from lodestone.facts.readers.cells import LARGEST_QUANTITY, NotANumber, number
from lodestone.facts.readers.workbook import Row, cell_text, open_workbook, rows_of_sheet
from lodestone.facts.trade_nouns import Document, Edition, FigureLayout, SetAside
from lodestone.facts.trade_partners import UNSPECIFIED, Partners, name_key

HEADER_ROWS = 20
SHEET = re.compile(r"(\d)(?:\.(\d))?\s")
SECTORS, SUPPLY, BY_TECHNOLOGY, BY_MINERAL, CASES = "1", "2", "3.1", "3.2", "4"
YEAR = re.compile(r"(19|20)\d\d\Z")
UNIT = re.compile(r"\((t|kt|Mt)\)")
TONNES = {"t": 1.0, "kt": 1e3, "Mt": 1e6}
END = re.compile(r"(note|source)s?\b", re.IGNORECASE)
TOTAL, GRAND_TOTALS, SHARE, REST = "total", ("total", "total demand"), "share", "rest of world"
WITHIN = 0.01  # of a total: rows are printed rounded
PUBLISHED = (5, 31)


@dataclass(frozen=True)
class Block:
    """Columns that belong together: the place of their names, and place, year and scenario of each."""

    names: int
    columns: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Table:
    """A sheet: its number and name, its blocks, rows below the years, lines of text; t for one of its unit."""

    number: str
    name: str
    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    text: tuple[Row, ...]
    scale: float


@dataclass(frozen=True)
class Terms:
    """The sheets, the observed year, and who the names stand for."""

    tables: tuple[Table, ...]
    base: int
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Edition from the first year.

    Raises
    ------
    Faults
        If it is not one workbook, or the sheets of demand or supply are missing or have no years.
    """
    if len(documents) != 1:
        what = f"{len(documents)} files were given"
        raise Faults([Fault("IEA", None, None, what, "Give the workbook of one edition.")])
    document = documents[0]
    tables = tuple(_table(sheet) for sheet in open_workbook(document).worksheets)
    read = {table.number for table in tables if table.blocks}
    faults = [
        Fault(document.name, None, None, f"has no sheet {name} with years", "Give the workbook as downloaded.")
        for name in (SECTORS, SUPPLY)
        if name not in read
    ]
    if faults:
        raise Faults(faults)
    firsts = {min(year for block in table.blocks for _, year, _ in block.columns) for table in tables if table.blocks}
    if len(firsts) > 1:
        what = f"sheets begin in {', '.join(map(str, sorted(firsts)))}"
        raise Faults([Fault(document.name, None, None, what, "Give the workbook as downloaded.")])
    base = firsts.pop()
    return Edition(f"iea{base + 1}", "", "", dt.date(base + 1, *PUBLISHED), documents, Terms(tables, base, partners))


def _table(sheet: Any) -> Table:
    name, rows = str(sheet.title).strip(), rows_of_sheet(sheet)
    found = SHEET.match(name)
    number = "" if not found else CASES if found[1] == CASES else name[: found.end()].strip()
    for place, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        years = [(at, int(text)) for at, cell in enumerate(cells) if YEAR.match(text := cell_text(cell))]
        if number and len(years) >= 2:
            above = [cell_text(cell) for cell in rows[place - 1][1]] if place else []
            title = " ".join(cell_text(cell) for _, held in rows[:place] for cell in held)
            unit = UNIT.search(title)
            blocks = _side_by_side(years) if number == SUPPLY else (_by_scenario(years, above),)
            below = rows[place + 1 :]
            end = next((n for n, (_, held) in enumerate(below) if END.match(cell_text(held[0]))), len(below))
            scale = TONNES[unit[1] if unit else "kt"]
            return Table(number, name, blocks, tuple(below[:end]), tuple(below[end:]), scale)
    return Table("", name, (), (), tuple(rows), 1.0)


def _by_scenario(years: list[tuple[int, int]], above: list[str]) -> Block:
    starts = [(at, text) for at, text in enumerate(above) if "scenario" in text.lower()]
    named = [next((text for at, text in reversed(starts) if at <= place), "") for place, _ in years]
    return Block(0, tuple((place, year, scenario) for (place, year), scenario in zip(years, named, strict=True)))


def _side_by_side(years: list[tuple[int, int]]) -> tuple[Block, ...]:
    blocks: list[list[tuple[int, int, str]]] = []
    for place, year in years:
        if not blocks or place != blocks[-1][-1][0] + 1:
            blocks.append([])
        blocks[-1].append((place, year, ""))
    return tuple(Block(max(columns[0][0] - 1, 0), tuple(columns)) for columns in blocks)


def facts_of(document: Document, edition: Edition) -> Iterator[Fact | SetAside]:
    """Every figure of the workbook: a fact, or set aside."""
    terms: Terms = edition.context
    seen: set[tuple[str, ...]] = set()
    for table in terms.tables:
        for line, cells in table.text:
            yield SetAside(line, "note", f"{table.name}: {' '.join(map(cell_text, cells)).strip()[:60]}")
        for block in table.blocks:
            yield from _block(table, block, terms, edition, document.name, seen)


def _block(
    table: Table, block: Block, terms: Terms, edition: Edition, file: str, seen: set[tuple[str, ...]]
) -> Iterator[Fact | SetAside]:
    mineral, made = "", dict.fromkeys(block.columns, 0.0)
    for line, cells in table.rows:
        name = cell_text(cells[block.names]) if block.names < len(cells) else ""
        texts = {one: cell_text(cells[one[0]]) if one[0] < len(cells) else "" for one in block.columns}
        if not any(texts.values()):
            mineral, made = (name or mineral), dict.fromkeys(block.columns, 0.0)
            continue
        key = name_key(name)
        for (place, year, scenario), text in texts.items():
            at = f"{table.name}, {mineral}, {name}, {scenario or 'all'} {year}"[:80]
            label = (mineral, key, scenario, str(year), str(block.names))
            if not text:
                yield SetAside(line, "no figure", at)
                continue
            aside = _aside(table.number, key) or ("repeated" if table.number == BY_TECHNOLOGY and label in seen else "")
            if aside == "other indicator" or table.number in (BY_MINERAL, CASES):
                yield SetAside(line, aside, at)
                continue
            economy = _economy(key, terms.partners) if table.number == SUPPLY else terms.partners.by_name["world"]
            fault = "unknown code" if not mineral or not name else "unknown economy" if economy is None else ""
            if label in seen and not aside:
                fault = "duplicate"
            try:
                value = number(text, LARGEST_QUANTITY / table.scale) * table.scale
            except NotANumber as reason:
                fault, at = reason.args[0], f"{at}: {reason.args[1]}"
            if fault or economy is None:
                yield SetAside(line, fault, at)
                continue
            column = (place, year, scenario)
            if not key.startswith(TOTAL):
                made[column] += value
            elif abs(value - made[column]) > WITHIN * max(value, made[column]):
                yield SetAside(line, "does not add up", f"{at}: {text}, rows {made[column] / table.scale:g}")
                continue
            if aside:
                yield SetAside(line, aside, at)
                continue
            seen.add(label)
            yield _fact(table, (mineral, name, scenario, economy), year, value, f"{line:05d}-{place}", edition, file)


def _aside(number: str, key: str) -> str:
    """Why a row of this name is no fact; blank if it is one."""
    if number == CASES:
        return "breakdown"
    if key.startswith(SHARE) or key.endswith(SHARE):
        return "other indicator"
    if number == BY_MINERAL:
        return "product aggregate"
    if key.startswith(TOTAL) and (number == BY_TECHNOLOGY or key not in GRAND_TOTALS):
        return "product aggregate"
    return ""


def _economy(key: str, partners: Partners) -> str | None:
    if key == REST:
        return next((label for label, kind in partners.kinds.items() if kind == UNSPECIFIED), None)
    return partners.by_name.get("world" if key == TOTAL else key)


def _fact(
    table: Table, what: tuple[str, str, str, str], year: int, value: float, at: str, edition: Edition, file: str
) -> Fact:
    mineral, name, scenario, economy = what
    supply, foreseen = table.number == SUPPLY, year != edition.context.base
    variable = ("production" if supply else "demand") + ("_forecast" if foreseen else "")
    parts = (mineral,) if supply else (mineral, name, scenario)
    return Fact(
        id=f"iea-{edition.edition}/{variable}/{table.number}-{at}",
        variable=variable,
        product=": ".join(part for part in parts if part),
        element="",
        stage="" if supply else "use",
        economy=economy,
        partner="",
        period=str(year),
        value=value,
        low=None,
        high=None,
        unit="t",
        basis="contained element",
        status="estimated" if foreseen else "reported",
        tier="A",
        source=f"iea-{edition.edition}",
        locator=f"{file}, sheet {table.name}, line {int(at.split('-')[0])}, {name}, {scenario or 'all'} {year}",
        known_from=edition.published or dt.date.max,
        note="a forecast, never an observation" if foreseen else "",
    )


LAYOUT = FigureLayout(
    kind="iea",
    producer="International Energy Agency",
    title="Critical Minerals Dataset (data explorer)",
    licence="CC BY 4.0",
    edition_of=edition_of,
    facts_of=facts_of,
)
