"""US Geological Survey, Mineral Commodity Summaries: production and capacity of the world by commodity and country.

Layout: USGS, "Mineral Commodity Summaries Data Release", world table of the edition of 2025 (``MCS2025_World_Data.csv``: one
row a commodity, country and TYPE; PROD_2023, ``PROD_EST_ 2024`` with its stray space, CAP_..., RESERVES_2024), and the
explanations in front of the Summaries. Each figure counts as a row here.

W is withheld: unknown, never zero. NA is not available. A long dash is zero. A footnote in brackets that the notes explain as
less than half a unit, or those words, is between zero and half a unit. ``e``, and every column EST, is estimated. "Other
countries" are places not named: with W they make a concentration an interval. The world's total is rounded and is kept as
the world's, beside what it holds. Reserves, and units that are no mass, are set aside.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lodestone.errors import Fault, Faults
from lodestone.facts.nouns import Fact
from lodestone.facts.readers.cells import LARGEST_QUANTITY, NotANumber, cells_of, lines_of, number
from lodestone.facts.readers.tables import csv_records, encoding_of
from lodestone.facts.trade_nouns import Document, Edition, FigureLayout, SetAside
from lodestone.facts.trade_partners import Partners, name_key

FILE = re.compile(r"mcs(\d{4})", re.IGNORECASE)
COLUMN = re.compile(r"(PROD|CAP|RESERVES)_(EST_)? ?(\d{4})\Z")
REQUIRED = ("COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS")
TONNES = {"metric tons": 1.0, "thousand metric tons": 1e3, "million metric tons": 1e6, "kilograms": 1e-3}
SMALL = re.compile(r"less than (½|1/2|one-half) unit", re.IGNORECASE)
FOOTNOTE = re.compile(r"\(\d+\)\Z")
WITHHELD, NOT_AVAILABLE, DASHES = "W", ("NA", "N/A", "XX"), ("—", "–", "--")
OTHERS = "other countries"


@dataclass(frozen=True)
class Terms:
    """The figure columns of each file (name, what, year, estimated), and who the names stand for."""

    columns: dict[str, tuple[tuple[str, str, str, bool], ...]]
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Edition from the files' names, figure columns from their headers.

    Raises
    ------
    Faults
        If a name tells no edition, editions are mixed, or a header has no column of production.
    """
    faults: list[Fault] = []
    columns: dict[str, tuple[tuple[str, str, str, bool], ...]] = {}
    editions: set[str] = set()
    for document in documents:
        named = FILE.search(document.name.rsplit("/", 1)[-1])
        if named:
            editions.add(named[1])
        else:
            faults.append(
                Fault(document.name, None, None, "its name tells no edition", "Name it MCS2025_World_Data.csv.")
            )
        head = next(lines_of(document.path, encoding_of(document.path, "cp1252")), (1, ""))[1]
        header = (cells_of(head) if head is not None else None) or []
        found = tuple(
            (name, parts[1], parts[3], parts[2] is not None) for name in header if (parts := COLUMN.match(name))
        )
        if not any(what == "PROD" for _, what, _, _ in found):
            what, step = "has no column PROD_ and a year", "Give the release's world table, of 2025 or later."
            faults.append(Fault(document.name, 1, None, what, step))
        columns[document.name] = found
    if len(editions) > 1:
        what = f"editions {', '.join(sorted(editions))} are mixed"
        faults.append(Fault("USGS", None, None, what, "Give one at a time."))
    if faults or not editions:
        raise Faults(faults or [Fault("USGS", None, None, "no file was given", "Give the world table.")])
    edition = editions.pop()
    published = dt.date(int(edition), 1, 31)  # the Summaries come out at the end of January
    return Edition(f"mcs{edition}", "", "", published, documents, Terms(columns, partners))


def facts_of(document: Document, edition: Edition) -> Iterator[Fact | SetAside]:
    """Every figure of one file: a fact, or set aside."""
    terms: Terms = edition.context
    columns = terms.columns[document.name]
    for record in csv_records(document, REQUIRED, encoding=encoding_of(document.path, "cp1252")):
        for column in columns:
            yield record if isinstance(record, SetAside) else _figure(*record, column, edition, document.name)


def _figure(
    line: int, row: dict[str, str], column: tuple[str, str, str, bool], edition: Edition, file: str
) -> Fact | SetAside:
    name, what, year, estimated = column
    partners = edition.context.partners
    if not row[name]:
        return SetAside(line, "no figure", name)
    if what == "RESERVES":
        return SetAside(line, "other indicator", name)
    if int(year) > int(edition.edition.removeprefix("mcs")):
        return SetAside(line, "another period", name)
    scale = TONNES.get(row["UNIT_MEAS"].strip().lower())
    if scale is None:
        return SetAside(line, "other indicator", row["UNIT_MEAS"][:30])
    economy = _economy(row["COUNTRY"], partners)
    if economy is None:
        return SetAside(line, "unknown economy", row["COUNTRY"][:40])
    try:
        value, low, high, note = _value(row[name], row.get("PROD_NOTES", ""), scale)
    except NotANumber as reason:
        return SetAside(line, reason.args[0], f"{name} {reason.args[1]}")
    kind = row["TYPE"].strip()
    mined = "mine production" in kind.lower()
    variable = "capacity" if what == "CAP" else "mine_production" if mined else "production"
    return Fact(
        id=f"usgs-{edition.edition}/{variable}/{line:05d}-{name.replace(' ', '')}",
        variable=variable,
        product=f"{row['COMMODITY'].strip()}: {kind}",
        element="",
        stage="mine" if mined else "",
        economy=economy,
        partner="",
        period=year,
        value=value,
        low=low,
        high=high,
        unit="t/y" if what == "CAP" else "t",
        basis=_basis(kind),
        status="estimated" if estimated or row[name].lower().startswith("e") else "reported",
        tier="A",
        source=f"usgs-{edition.edition}",
        locator=f"{file}, line {line}, {name}",
        known_from=edition.published or dt.date.max,
        note=note,
    )


def _economy(text: str, partners: Partners) -> str | None:
    name = name_key(text.replace("’", "'"))
    if name.startswith("world total") or name == "world":
        name = "world"
    elif name.startswith(OTHERS):
        name = "unspecified"
    return partners.by_name.get(name)


def _value(text: str, notes: str, scale: float) -> tuple[float | None, float | None, float | None, str]:
    """Value, low, high [t] and what a reader must know."""
    if text == WITHHELD:
        return None, None, None, "withheld by the producer: unknown, not zero"
    if text in NOT_AVAILABLE:
        return None, None, None, "not available"
    if text in DASHES:
        return 0.0, None, None, ""
    if SMALL.search(text) or (FOOTNOTE.match(text) and SMALL.search(notes)):
        return None, 0.0, 0.5 * scale, "less than half a unit"
    plain = re.sub(r"\Ae ?", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    return number(plain, LARGEST_QUANTITY / scale) * scale, None, None, ""


def _basis(kind: str) -> str:
    words = kind.lower()
    if "oxide" in words:
        return "oxide"
    return "contained element" if "content" in words or "contained" in words else "gross weight"


LAYOUT = FigureLayout(
    kind="usgs",
    producer="US Geological Survey",
    title="Mineral Commodity Summaries, data release, world table",
    licence="US government work, public domain",
    edition_of=edition_of,
    facts_of=facts_of,
)
