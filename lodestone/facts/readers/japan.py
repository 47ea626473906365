"""Ministry of Finance of Japan, Trade Statistics: by nine-digit code and country, the year so far and twelve months.

Layout: Trade Statistics of Japan, "Commodity by Country" files of e-Stat; "Glossary" and "About Trade Statistics of Japan"
(customs.go.jp, read November 2026). One row a code and country: Exp or Imp (1, 2), Year, HS and Country between
apostrophes, Unit1, Unit2, then Quantity1, Quantity2 and Value for the year so far and for each month; by port also Custom.
Values are thousand yen, rounded down; imports with freight and insurance, by origin. Which of the two quantities is the
weight is told by its unit (KG, MT); a row with neither has none. Text is Shift_JIS or UTF-8.

A row counts as thirteen: the year so far is set aside once it agrees with the months (to what rounding can hide), and a
month without trade is told apart from one without a weight. Country numbers are the customs' own: a table
``country_codes.csv`` comes along.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import DIGITS, LARGEST_QUANTITY, LARGEST_VALUE, NotANumber, number, this_month
from lodestone.facts.readers.companions import economies_by_code
from lodestone.facts.readers.tables import csv_records, encoding_of
from lodestone.facts.trade_nouns import Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PERIODS = ("Year", *MONTHS)
FIGURES = tuple(f"{name}-{period}" for period in PERIODS for name in ("Quantity1", "Quantity2", "Value"))
REQUIRED = ("Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2", *FIGURES)
SIDES = {"1": "exporter", "2": "importer"}
TONNES = {"KG": 1e-3, "MT": 1.0}
THOUSAND_YEN = 1e3  # more yen than this many times as much as dollars, at any rate of exchange there was
ROUNDING = 12.0  # thousand yen: each month is rounded down on its own


@dataclass(frozen=True)
class Terms:
    """Whose statistics these are, and labels by the customs' country numbers."""

    reporter: str
    economies: dict[str, str]


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """The files with their table of countries."""
    faults: list[Fault] = []
    economies, tables = economies_by_code(documents, partners, faults, "Trade Statistics of Japan")
    if not tables:
        faults.append(Fault("Trade Statistics of Japan", None, None, "no table was given", "Give the CSV files too."))
    if faults:
        raise Faults(faults)
    return Edition(
        edition=dt.date.today().isoformat(),
        nomenclature="JP9",
        value_unit="thousand JPY",
        published=None,
        documents=tables,
        context=Terms(partners.by_name["japan"], economies),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Thirteen entries for each row: the year so far, and each month."""
    terms: Terms = edition.context
    for record in csv_records(document, REQUIRED, encoding=encoding_of(document.path, "cp932")):
        yield from [record] * len(PERIODS) if isinstance(record, SetAside) else _entries(*record, terms)


def _entries(line: int, row: dict[str, str], terms: Terms) -> list[TradeRow | SetAside]:
    found = _head(line, row, terms)
    if isinstance(found, SetAside):
        return [found] * len(PERIODS)
    year, side, product, partner = found
    importer, exporter = (terms.reporter, partner) if side == "importer" else (partner, terms.reporter)
    entries: list[TradeRow | SetAside] = []
    total = 0.0
    for month, name in enumerate(MONTHS, start=1):
        try:
            value = number(row[f"Value-{name}"], THOUSAND_YEN * LARGEST_VALUE)
            quantity = _quantity(row, name)
        except NotANumber as reason:
            entries.append(SetAside(line, reason.args[0], f"{name}: {reason.args[1]}"))
            continue
        total += value
        if not value and not quantity:
            entries.append(SetAside(line, "no trade", name))
        elif (year, month) > this_month():
            entries.append(SetAside(line, "future", f"{year} {name}"))
        else:
            part = row.get("Custom", "")
            entries.append(TradeRow(line, year, month, importer, exporter, product, value, quantity, side, part))
    return [_whole(line, row, total), *entries]


def _head(line: int, row: dict[str, str], terms: Terms) -> tuple[int, str, str, str] | SetAside:
    side = SIDES.get(row["Exp or Imp"].strip("'"))
    if side is None:
        return SetAside(line, "unknown code", f"Exp or Imp {row['Exp or Imp'][:20]}")
    if not DIGITS.match(row["Year"]) or len(row["Year"]) != 4:
        return SetAside(line, "another period", row["Year"][:20])
    product, partner = row["HS"].strip("'"), terms.economies.get(row["Country"].strip("'"))
    if not DIGITS.match(product) or len(product) != 9:
        return SetAside(line, "unknown product", row["HS"][:20])
    if partner is None:
        return SetAside(line, "unknown economy", row["Country"][:20])
    if partner == terms.reporter:
        return SetAside(line, "own trade", partner)
    return int(row["Year"]), side, product, partner


def _quantity(row: dict[str, str], name: str) -> float | None:
    """Weight by the first unit that is one, t; None where none is."""
    for place in ("1", "2"):
        scale = TONNES.get(row[f"Unit{place}"])
        if scale is not None:
            return number(row[f"Quantity{place}-{name}"], LARGEST_QUANTITY / scale) * scale
    return None


def _whole(line: int, row: dict[str, str], total: float) -> SetAside:
    """The year so far: set aside if it is what the months add up to."""
    try:
        year = number(row["Value-Year"], THOUSAND_YEN * LARGEST_VALUE)
    except NotANumber as reason:
        return SetAside(line, reason.args[0], f"Year: {reason.args[1]}")
    if abs(year - total) > ROUNDING:
        return SetAside(line, "does not add up", f"months {total:.0f}, year {year:.0f}")
    return SetAside(line, "cumulative")


LAYOUT = Layout(
    kind="japan",
    producer="Ministry of Finance of Japan",
    title="Trade Statistics of Japan, commodity by country",
    licence="terms of use of the portal of official statistics; source to be named",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
