"""A plain CSV of one's own, for any table that no other reader knows.

Layout: UTF-8, commas, decimals with a point, a header. Columns year, importer, exporter and product; value (thousand of
one currency), quantity (t, net weight) or both; if wanted month (1 to 12; empty or 0: the year), reported_by (importer,
exporter or both; importer where it is missing) and note. Economies are ISO 3166 alpha-3, names or two letters as in the
table of trade partners. An empty cell is not known; zero is zero. The file's name is the edition; a part of it like
``-HS17`` or ``-EUR`` names the revision of the codes and the currency (HS and USD where there is none).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import DIGITS, LARGEST_QUANTITY, LARGEST_VALUE, NotANumber, number, this_month
from lodestone.facts.readers.tables import csv_records
from lodestone.facts.trade_nouns import REPORTED_BY, Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners, name_key

REQUIRED = ("year", "importer", "exporter", "product")
REVISION = re.compile(r"(?<![A-Za-z0-9])(HS\d\d|CN\d{0,4}|HTS\d*)(?![A-Za-z0-9])")
CURRENCY = re.compile(r"(?<![A-Za-z0-9])([A-Z]{3})(?![A-Za-z0-9])")


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Edition, revision and currency from the name of the first file; all of one ingest share them."""
    names = [document.name.rsplit("/", 1)[-1].rsplit(".", 1)[0] for document in documents]
    terms = {(_found(REVISION, name, "HS"), _found(CURRENCY, name, "USD")) for name in names}
    if len(terms) != 1:
        what = "the files' names tell of several revisions or currencies" if terms else "no file was given"
        raise Faults([Fault("plain", None, None, what, "Ingest them one after the other.")])
    revision, currency = terms.pop()
    return Edition(names[0], revision, f"thousand {currency}", None, documents, partners)


def _found(pattern: re.Pattern[str], name: str, otherwise: str) -> str:
    found = pattern.search(name)
    return found[1] if found else otherwise


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every row of one file."""
    for record in csv_records(document, REQUIRED):
        yield record if isinstance(record, SetAside) else row_of(*record, edition.context)


def row_of(line: int, row: dict[str, str], partners: Partners) -> TradeRow | SetAside:
    """One row of the layout, from its cells by name."""
    year, month = row["year"], row.get("month", "") or "0"
    if not (DIGITS.match(year) and len(year) == 4 and DIGITS.match(month) and len(month) <= 2 and int(month) <= 12):
        return SetAside(line, "another period", f"{year[:10]} {month[:10]}")
    if (int(year), int(month)) > this_month():
        return SetAside(line, "future", f"{year} {month}")
    importer, exporter = (_label(row[name], partners) for name in ("importer", "exporter"))
    if importer is None or exporter is None:
        return SetAside(line, "unknown economy", row["importer" if importer is None else "exporter"][:40])
    if partners.is_aggregate(importer):
        return SetAside(line, "reporter aggregate", importer)
    if partners.is_aggregate(exporter):
        return SetAside(line, "partner aggregate", exporter)
    if not DIGITS.match(row["product"]) or not 2 <= len(row["product"]) <= 12:
        return SetAside(line, "unknown product", row["product"][:20])
    side = row.get("reported_by", "") or "importer"
    if side not in REPORTED_BY:
        return SetAside(line, "unknown code", f"reported_by {side[:20]}")
    try:
        value = number(row["value"], LARGEST_VALUE * 1e3) if row.get("value") else None
        quantity = number(row["quantity"], LARGEST_QUANTITY) if row.get("quantity") else None
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if importer == exporter:
        return SetAside(line, "own trade", importer)
    if value is None and quantity is None:
        return SetAside(line, "no figure")
    return TradeRow(line, int(year), int(month), importer, exporter, row["product"], value, quantity, side)


def _label(text: str, partners: Partners) -> str | None:
    if text in partners.kinds:
        return text
    return partners.by_iso2.get(text) or partners.by_name.get(name_key(text))


LAYOUT = Layout(
    kind="plain",
    producer="the user",
    title="a table of one's own",
    licence="the user's",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
