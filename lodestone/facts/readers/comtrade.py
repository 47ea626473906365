"""United Nations, UN Comtrade: what each reporter says of its own imports and exports, by product and partner.

Layout: UN Comtrade developer portal, API version 1, fields of trade records (read November 2026): the portal's CSV or
the API's JSON (``{"data": [...]}``), yearly or monthly. What counts twice if it is added up, and is set aside here:

- partnerCode 0 is the world; reporterCode 97 and others are groups;
- partner2Code, customsCode, mosCode and motCode split a flow; the whole has 0, C00, 0 and 0. Parts whose whole is not in
  the file are a fault, for they would be lost;
- cmdCode holds every level: TOTAL, two, four and six digits. A code counts where no longer one of the same reporter,
  period and flow begins with it;
- flows RX and RM are in X and M already; so are the parts by processing (MIP, XOP ...).

``isAggregate`` says how a row came about, not whether it is counted twice, so it is not looked at. netWgt is kilograms;
empty or zero beside a value means that none was reported; ``qty`` stands in where its unit is kilograms. primaryValue
is US dollars, imports with freight and insurance, exports without.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lodestone.errors import Fault, Faults
from lodestone.facts.readers.cells import DIGITS, LARGEST_QUANTITY, LARGEST_VALUE, NotANumber, number, this_month
from lodestone.facts.readers.tables import Record, csv_records, encoding_of, json_document, json_records
from lodestone.facts.trade_nouns import Document, Edition, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners

REQUIRED = (
    "freqCode",
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "partner2Code",
    "classificationCode",
    "cmdCode",
    "customsCode",
    "mosCode",
    "motCode",
    "qtyUnitCode",
    "qty",
    "netWgt",
    "primaryValue",
)
REVISIONS = {"H0": "HS92", "H1": "HS96", "H2": "HS02", "H3": "HS07", "H4": "HS12", "H5": "HS17", "H6": "HS22"}
WHOLE = {"partner2Code": ("0", ""), "customsCode": ("C00", ""), "mosCode": ("0", ""), "motCode": ("0", "")}
SIDES = {"M": "importer", "X": "exporter"}
RETURNS = {"RX": "re-export", "RM": "re-import"}
PARTS = {"MIP", "XIP", "MOP", "XOP", "MIF", "XIF", "DX", "FM"}
CODE = re.compile(r"[0-9]{2,6}\Z|[0-9]{4}[A-Z]{2}\Z")
KILOGRAMS = "8"
WORLD = 0


@dataclass(frozen=True)
class Terms:
    """What all files of an edition share: yearly (A) or monthly (M), and who the codes stand for."""

    frequency: str
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Frequency and revisions of the answers given together.

    Raises
    ------
    Faults
        If a file is no answer of the database, yearly and monthly are mixed, or a classification is no HS.
    """
    faults: list[Fault] = []
    frequencies: set[str] = set()
    revisions: set[str] = set()
    for document in documents:
        try:
            for record in _records(document):
                if not isinstance(record, SetAside):
                    frequencies.add(record[1]["freqCode"])
                    revisions.add(record[1]["classificationCode"])
        except Faults as found:
            faults += found.faults
    if len(frequencies) > 1:
        what = f"yearly and monthly records are mixed ({', '.join(sorted(frequencies))})"
        faults.append(Fault("UN Comtrade", None, "freqCode", what, "Ingest them one after the other."))
    if unknown := sorted(revisions - REVISIONS.keys()):
        what = f"the classification {', '.join(unknown)[:60]} is no revision of the Harmonized System"
        faults.append(Fault("UN Comtrade", None, "classificationCode", what, "Ask for HS codes."))
    if not faults and not frequencies:
        faults.append(Fault("UN Comtrade", None, None, "no record was given", "Check the query."))
    if faults:
        raise Faults(faults)
    return Edition(
        edition=dt.date.today().isoformat(),  # the database has no releases: what it said on a day
        nomenclature="+".join(sorted({REVISIONS[code] for code in revisions})),
        value_unit="thousand USD",
        published=None,
        documents=documents,
        context=Terms(frequencies.pop(), partners),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every record of one answer, kept or set aside."""
    terms: Terms = edition.context
    codes, wholes = _survey(_records(document))
    for record in _records(document):
        if isinstance(record, SetAside):
            yield record
        else:
            yield _row(*record, terms, codes, wholes)


def _records(document: Document) -> Iterator[Record | SetAside]:
    with document.path.open("rb") as handle:
        head = handle.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head[:1] in (b"{", b"["):
        found = json_document(document)
        rows = found.get("data") if isinstance(found, dict) else found
        if isinstance(found, dict) and found.get("error"):
            said = str(found["error"])[:80]
            raise Faults([Fault(document.name, None, None, f"is an error of the database: {said}", "Ask again.")])
        yield from json_records(document.name, rows, REQUIRED)
    else:
        encoding = encoding_of(document.path, "latin-1")
        yield from csv_records(document, REQUIRED, encoding=encoding, one_too_many=True)


def _group(row: dict[str, str]) -> tuple[str, ...]:
    return (row["reporterCode"], row["period"], row["flowCode"])


def _flow(row: dict[str, str]) -> tuple[str, ...]:
    return (*_group(row), row["partnerCode"], row["cmdCode"])


def _is_whole(row: dict[str, str]) -> bool:
    return all(row[name] in values for name, values in WHOLE.items())


def _survey(
    records: Iterable[Record | SetAside],
) -> tuple[dict[tuple[str, ...], set[str]], set[tuple[str, ...]]]:
    """The beginnings of codes by reporter, period and flow, and the flows whose whole is there."""
    longer: dict[tuple[str, ...], set[str]] = defaultdict(set)
    wholes: set[tuple[str, ...]] = set()
    for record in records:
        if isinstance(record, SetAside):
            continue
        row = record[1]
        code = row["cmdCode"]
        longer[_group(row)].update(code[:length] for length in (2, 4) if length < len(code) <= 6)
        if _is_whole(row):
            wholes.add(_flow(row))
    return longer, wholes


def _row(
    line: int,
    row: dict[str, str],
    terms: Terms,
    longer: dict[tuple[str, ...], set[str]],
    wholes: set[tuple[str, ...]],
) -> TradeRow | SetAside:
    flow, code = row["flowCode"], row["cmdCode"]
    if flow in RETURNS:
        return SetAside(line, RETURNS[flow])
    if flow in PARTS:
        return SetAside(line, "other flow", flow)
    if flow not in SIDES:
        return SetAside(line, "unknown code", f"flowCode {flow[:20]}")
    period = _period(row["period"], terms.frequency)
    if period is None:
        return SetAside(line, "another period", row["period"][:20])
    if period[0] > this_month()[0] or period > this_month():
        return SetAside(line, "future", row["period"])
    reporter, partner = _label(row["reporterCode"], terms), _label(row["partnerCode"], terms)
    if reporter is None or partner is None:
        unknown = "reporterCode" if reporter is None else "partnerCode"
        return SetAside(line, "unknown economy", f"{unknown} {row[unknown][:20]}")
    if terms.partners.is_aggregate(reporter):
        return SetAside(line, "reporter aggregate", reporter)
    if terms.partners.is_aggregate(partner):
        world = row["partnerCode"].lstrip("0") == ""
        return SetAside(line, "world total" if world else "partner aggregate", "" if world else partner)
    if code == "TOTAL" or code in longer[_group(row)]:
        return SetAside(line, "product aggregate", code)
    if not CODE.match(code):
        return SetAside(line, "unknown product", code[:20])
    if not _is_whole(row):
        return SetAside(line, "breakdown" if _flow(row) in wholes else "part without whole", _parts(row))
    if reporter == partner:
        return SetAside(line, "own trade", reporter)
    try:
        value = number(row["primaryValue"], 1e3 * LARGEST_VALUE) / 1e3 if row["primaryValue"] else None
        quantity = _quantity(row, value)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if value is None and quantity is None:
        return SetAside(line, "no figure")
    side = SIDES[flow]
    importer, exporter = (reporter, partner) if side == "importer" else (partner, reporter)
    # Several codes of the database stand for places that are not named; they are told apart by their number.
    part = row["partnerCode"] if terms.partners.kinds[partner] == "unspecified" else ""
    return TradeRow(line, *period, importer, exporter, code, value, quantity, side, part)


def _quantity(row: dict[str, str], value: float | None) -> float | None:
    """Net weight, t."""
    largest = 1e3 * LARGEST_QUANTITY
    weight = number(row["netWgt"], largest) if row["netWgt"] else 0.0
    if not weight and row["qtyUnitCode"] == KILOGRAMS and row["qty"]:
        weight = number(row["qty"], largest)
    return None if not weight and (value is None or value > 0) else weight / 1e3


def _label(code: str, terms: Terms) -> str | None:
    return terms.partners.by_un_code.get(int(code)) if DIGITS.match(code) and len(code) <= 6 else None


def _period(text: str, frequency: str) -> tuple[int, int] | None:
    """Year and month (0 for a year)."""
    if not DIGITS.match(text):
        return None
    if frequency == "A" and len(text) == 4:
        return int(text), 0
    if frequency == "M" and len(text) == 6 and 1 <= int(text[4:]) <= 12:
        return int(text[:4]), int(text[4:])
    return None


def _parts(row: dict[str, str]) -> str:
    return ", ".join(f"{name} {row[name][:12]}" for name, values in WHOLE.items() if row[name] not in values)


LAYOUT = Layout(
    kind="comtrade",
    producer="United Nations Statistics Division",
    title="UN Comtrade Database",
    licence="policy on use and re-dissemination of UN Comtrade data",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
