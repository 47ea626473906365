"""General Administration of Customs of China: months by eight-digit code and trading partner, as downloaded from a query.

Layout: customs statistics query platform of the General Administration of Customs (stats.customs.gov.cn, downloads as read in
November 2026): CSV in GB18030 or UTF-8, one line of header, an empty column at the end; month (YYYYMM), code, partner's code,
first and second quantity with their units, amount in yuan or in US dollars, with separators of thousands; where asked for, the
way of trading and the place of registration, whose rows are added up here. Whether it is imports (by origin, with freight and
insurance) or exports is only in the question: the file's name must say ``import`` or ``export``. The weight is the quantity
whose unit is a kilogram or a tonne. Country numbers are the customs' own: a table ``country_codes.csv`` comes along.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import (
    DIGITS,
    LARGEST_QUANTITY,
    LARGEST_VALUE,
    NotANumber,
    cells_of,
    lines_of,
    number,
    this_month,
)
from lodestone.facts.readers.companions import economies_by_code
from lodestone.facts.readers.tables import csv_records, encoding_of
from lodestone.facts.trade_nouns import Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners

MONTH, CODE, PARTNER = "数据年月", "商品编码", "贸易伙伴编码"
QUANTITIES = (("第一数量", "第一计量单位"), ("第二数量", "第二计量单位"))
AMOUNTS = {"美元": "USD", "人民币": "CNY"}
SPLITS = ("贸易方式编码", "注册地编码")
TONNES = {"千克": 1e-3, "公斤": 1e-3, "吨": 1.0}
SIDES = {"import": "importer", "进口": "importer", "export": "exporter", "出口": "exporter"}
SEPARATED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?\Z")
LARGEST_IN_YUAN = 10 * 1e3 * LARGEST_VALUE


@dataclass(frozen=True)
class Terms:
    """Whose statistics these are, labels by the customs' numbers, each file's side, and the column of amounts."""

    reporter: str
    economies: dict[str, str]
    sides: dict[str, str]
    amount: str


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Side and currency of the files given together.

    Raises
    ------
    Faults
        If a file's name does not say its side, currencies are mixed, or the table of countries is missing.
    """
    who = "Chinese customs"
    faults: list[Fault] = []
    economies, tables = economies_by_code(documents, partners, faults, who)
    sides: dict[str, str] = {}
    amounts: set[str] = set()
    for document in tables:
        name = document.name.rsplit("/", 1)[-1].lower()
        told = {side for word, side in SIDES.items() if word in name}
        if len(told) == 1:
            sides[document.name] = told.pop()
        else:
            step = "Name it import-... or export-..., as it was asked for."
            faults.append(Fault(document.name, None, None, "its name does not say import or export", step))
        head = next(lines_of(document.path, encoding_of(document.path, "gb18030")), (1, ""))[1]
        amounts |= set((cells_of(head) if head is not None else None) or []) & AMOUNTS.keys()
    if tables and len(amounts) != 1:
        what = f"the amounts are in {' and '.join(sorted(amounts)) or 'no currency we know'}"
        faults.append(Fault(who, 1, None, what, f"Give one of {', '.join(AMOUNTS)} at a time."))
    if not tables:
        faults.append(Fault(who, None, None, "no table was given", "Give the CSV files too."))
    if faults:
        raise Faults(faults)
    amount = amounts.pop()
    return Edition(
        edition=dt.date.today().isoformat(),
        nomenclature="CN-HS8",
        value_unit=f"thousand {AMOUNTS[amount]}",
        published=None,
        documents=tables,
        context=Terms(partners.by_name["china"], economies, sides, amount),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every row of one file."""
    terms: Terms = edition.context
    encoding = encoding_of(document.path, "gb18030")
    head = next(lines_of(document.path, encoding), (1, ""))[1]
    named = (cells_of(head) if head is not None else None) or []
    second = QUANTITIES[1] if set(QUANTITIES[1]) & set(named) else ()  # a unit without its figure is no column less
    required = (MONTH, CODE, PARTNER, *QUANTITIES[0], *second, terms.amount)
    for record in csv_records(document, required, encoding=encoding, one_too_many=True):
        yield record if isinstance(record, SetAside) else _row(*record, terms, terms.sides[document.name])


def _row(line: int, row: dict[str, str], terms: Terms, side: str) -> TradeRow | SetAside:
    month, partner = row[MONTH], terms.economies.get(row[PARTNER])
    if not (DIGITS.match(month) and len(month) == 6 and 1 <= int(month[4:]) <= 12):
        return SetAside(line, "another period", month[:20])
    period = int(month[:4]), int(month[4:])
    if period > this_month():
        return SetAside(line, "future", month)
    if partner is None:
        return SetAside(line, "unknown economy", row[PARTNER][:20])
    product = row[CODE].zfill(8)
    if not DIGITS.match(product) or len(row[CODE]) not in (7, 8):
        return SetAside(line, "unknown product", row[CODE][:20])
    try:
        value = _figure(row[terms.amount], LARGEST_IN_YUAN) / 1e3
        quantity = _weight(row, value)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if partner == terms.reporter:  # goods made there that come back
        return SetAside(line, "re-import" if side == "importer" else "own trade", partner)
    importer, exporter = (terms.reporter, partner) if side == "importer" else (partner, terms.reporter)
    part = " ".join(row.get(name, "") for name in SPLITS).strip()
    return TradeRow(line, *period, importer, exporter, product, value, quantity, side, part)


def _weight(row: dict[str, str], value: float) -> float | None:
    """The quantity in kilograms or tonnes, t; None if there is none, or zero beside a value."""
    for quantity, unit in QUANTITIES:
        scale = TONNES.get(row.get(unit, ""))
        if scale is not None:
            weight = _figure(row[quantity], LARGEST_QUANTITY / scale) * scale
            return weight if weight or not value else None
    return None


def _figure(text: str, largest: float) -> float:
    return number(text.replace(",", "") if SEPARATED.match(text) else text, largest)


LAYOUT = Layout(
    kind="china",
    producer="General Administration of Customs of China",
    title="Customs statistics, query by commodity and trading partner",
    licence="facts only; terms of the query platform",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
