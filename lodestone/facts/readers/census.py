"""US Census Bureau, international trade: imports and exports of the United States by ten-digit code, country and month.

Layout: US Census Bureau, "Guide to the International Trade Datasets", API timeseries/intltrade imports/hs and exports/hs
(read November 2026): JSON, a list of lists with the header first; columns that a query filters by stand twice. Imports
have I_COMMODITY, GEN_VAL_MO (general imports, customs value) and GEN_QY1_MO, GEN_QY2_MO; exports E_COMMODITY, ALL_VAL_MO
and QTY_1_MO, QTY_2_MO. What counts twice and is set aside: country ``-`` (the world), groups of countries (SUMMARY_LVL
CGP), shorter codes with longer ones below, a district, port or domestic part whose ``-`` stands too. Parts without their
``-`` are added up. Values are dollars; of two quantities the one in KG is the weight, and a zero beside a value is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import DIGITS, LARGEST_QUANTITY, LARGEST_VALUE, NotANumber, number, this_month
from lodestone.facts.readers.companions import NAME, economies_by_code
from lodestone.facts.readers.tables import check_header, json_document, plain_text
from lodestone.facts.trade_nouns import Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners, name_key

FORMS = {
    "I_COMMODITY": ("importer", "GEN_VAL_MO", ("GEN_QY1_MO", "GEN_QY2_MO")),
    "E_COMMODITY": ("exporter", "ALL_VAL_MO", ("QTY_1_MO", "QTY_2_MO")),
}
UNITS = ("UNIT_QY1", "UNIT_QY2")
SPLITS = ("DISTRICT", "PORT", "DF")
WHOLE, GROUP, KILOGRAMS = "-", "CGP", "KG"
REQUIRED = ("CTY_CODE", "CTY_NAME", "SUMMARY_LVL")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """Whose statistics these are, labels by the bureau's codes where a table was given, and all names."""

    reporter: str
    economies: dict[str, str]
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """The answers given together; a table ``country_codes.csv`` may come along for names nobody knows."""
    faults: list[Fault] = []
    economies: dict[str, str] = {}
    if any(NAME in document.name for document in documents):
        economies, documents = economies_by_code(documents, partners, faults, "US Census Bureau")
    for document in documents:
        try:
            _table(document)
        except Faults as found:
            faults += found.faults
    if not documents:
        faults.append(Fault("US Census Bureau", None, None, "no answer was given", "Give the JSON files too."))
    if faults:
        raise Faults(faults)
    return Edition(
        edition=dt.date.today().isoformat(),
        nomenclature="HTS10",
        value_unit="thousand USD",
        published=None,
        documents=documents,
        context=Terms(partners.by_name[name_key("United States")], economies, partners),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every row of one answer below its header; lines count from 1, the header first."""
    terms: Terms = edition.context
    commodity, rows = _table(document)
    longer = {
        code[:length]
        for row in rows
        if isinstance(row, dict)
        for code in [row[commodity]]
        for length in (2, 4, 6)
        if length < len(code)
    }
    wholes = {_key(row, commodity) for row in rows if isinstance(row, dict) and _is_whole(row)}
    for line, row in enumerate(rows, start=2):
        yield row if isinstance(row, SetAside) else _row(line, row, commodity, terms, longer, wholes)


def _table(document: Document) -> tuple[str, list[dict[str, str] | SetAside]]:
    """The column of codes, and the rows by column name; a row of another length is set aside."""
    found: Any = json_document(document)
    if not isinstance(found, list) or not found or not isinstance(found[0], list):
        what = "is no list of lists with a header"
        raise Faults([Fault(document.name, 1, None, what, "Check that it is the answer to a query.")])
    header = [plain_text(cell) for cell in found[0]]
    commodity = next((name for name in FORMS if name in header), "I_COMMODITY")
    dated = ("time",) if "time" in header else ("YEAR", "MONTH")
    check_header(document.name, 1, list(dict.fromkeys(header)), (*REQUIRED, commodity, FORMS[commodity][1], *dated))
    rows: list[dict[str, str] | SetAside] = []
    for line, cells in enumerate(found[1:], start=2):
        held = [plain_text(cell) for cell in cells] if isinstance(cells, list) else []
        row = dict(zip(header, held, strict=False))
        same = all(row[name] == cell for name, cell in zip(header, held, strict=False))
        rows.append(row if len(held) == len(header) and same else SetAside(line, "broken row", str(cells)[:80]))
    return commodity, rows


def _month(row: dict[str, str]) -> tuple[int, int] | None:
    year, _, month = row["time"].partition("-") if "time" in row else (row["YEAR"], "", row["MONTH"])
    if not (
        DIGITS.match(year) and len(year) == 4 and DIGITS.match(month) and len(month) <= 2 and 1 <= int(month) <= 12
    ):
        return None
    return int(year), int(month)


def _key(row: dict[str, str], commodity: str) -> Key:
    return (row["CTY_CODE"], row[commodity], row.get("time", ""), row.get("YEAR", ""), row.get("MONTH", ""))


def _is_whole(row: dict[str, str]) -> bool:
    return all(row.get(name, WHOLE) == WHOLE for name in SPLITS)


def _row(
    line: int, row: dict[str, str], commodity: str, terms: Terms, longer: set[str], wholes: set[Key]
) -> TradeRow | SetAside:
    side, valued, counted = FORMS[commodity]
    if row["CTY_CODE"] == WHOLE:
        return SetAside(line, "world total")
    if row["SUMMARY_LVL"] == GROUP:
        return SetAside(line, "partner aggregate", row["CTY_NAME"][:40])
    partner = terms.economies.get(row["CTY_CODE"]) or terms.partners.by_name.get(name_key(row["CTY_NAME"]))
    if partner is None:
        return SetAside(line, "unknown economy", f"{row['CTY_CODE'][:10]} {row['CTY_NAME'][:40]}")
    if terms.partners.is_aggregate(partner):
        return SetAside(line, "partner aggregate", partner)
    period, code = _month(row), row[commodity]
    if period is None:
        return SetAside(line, "another period", str(row.get("time", row.get("MONTH")))[:20])
    if period > this_month():
        return SetAside(line, "future", f"{period[0]}-{period[1]:02d}")
    if code in longer:
        return SetAside(line, "product aggregate", code)
    if not DIGITS.match(code) or len(code) not in (2, 4, 6, 10):
        return SetAside(line, "unknown product", code[:20])
    if not _is_whole(row) and _key(row, commodity) in wholes:
        return SetAside(line, "breakdown", " ".join(f"{name} {row[name][:10]}" for name in SPLITS if name in row))
    if partner == terms.reporter:
        return SetAside(line, "own trade", partner)
    try:
        value = number(row[valued], 1e3 * LARGEST_VALUE) / 1e3
        quantity = _weight(row, counted, value)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if not value and not quantity:
        return SetAside(line, "no trade")
    importer, exporter = (terms.reporter, partner) if side == "importer" else (partner, terms.reporter)
    part = " ".join(row.get(name, WHOLE) for name in SPLITS) + (f" {row['CTY_CODE']}" if terms.economies else "")
    return TradeRow(line, *period, importer, exporter, code, value, quantity, side, part)


def _weight(row: dict[str, str], counted: tuple[str, ...], value: float) -> float | None:
    """The quantity in kilograms as tonnes; None if there is none, or zero beside a value."""
    for quantity, unit in zip(counted, UNITS, strict=True):
        if row.get(unit) == KILOGRAMS and quantity in row:
            weight = number(row[quantity], 1e3 * LARGEST_QUANTITY) / 1e3
            return weight if weight or not value else None
    return None


LAYOUT = Layout(
    kind="census",
    producer="US Census Bureau",
    title="International trade, imports and exports by Harmonized System code",
    licence="public domain",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
