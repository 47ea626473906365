"""Eurostat, Comext: trade in goods of EU members by eight-digit code of the Combined Nomenclature.

Layout: Eurostat, "User guide on European statistics on international trade in goods" and the instructions of the bulk
download (read November 2026). Two forms, told apart by the header:

- monthly bulk files ``full_v2_YYYYMM.dat`` (``YYYY52`` holds the year): REPORTER, PARTNER, PRODUCT_NC, FLOW,
  STAT_PROCEDURE, PERIOD, VALUE_EUR, QUANTITY_KG; in files made before 2022 DECLARANT_ISO, PARTNER_ISO, STAT_REGIME,
  VALUE_IN_EUROS, QUANTITY_IN_KG. Procedures are added up; regime 4, where it stands, is their total;
- SDMX-CSV of dataset DS-045409: reporter, partner, product, flow, indicators, TIME_PERIOD, OBS_VALUE, OBS_FLAG, value and
  weight (100 kg) a row each, joined here. ``:`` or nothing means not published; flag c means hidden.

Flow 1 is imports, by origin with freight and insurance; 2 exports. Reporters and partners such as EU27_2020, EA20 or
WORLD are groups. QV, QZ and others are partners kept secret or not known: places not named. A code with letters hides
which product it is. XI and XU are parts of GB where GB stands too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

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
from lodestone.facts.readers.tables import Record, csv_records
from lodestone.facts.trade_nouns import Document, Edition, Layout, Row, SetAside, TakenUp, TradeRow
from lodestone.facts.trade_partners import Partners

BULK = {
    "reporter": "REPORTER",
    "partner": "PARTNER",
    "product": "PRODUCT_NC",
    "flow": "FLOW",
    "procedure": "STAT_PROCEDURE",
    "period": "PERIOD",
    "value": "VALUE_EUR",
    "weight": "QUANTITY_KG",
}
OLDER_BULK = {
    "reporter": "DECLARANT_ISO",
    "partner": "PARTNER_ISO",
    "product": "PRODUCT_NC",
    "flow": "FLOW",
    "procedure": "STAT_REGIME",
    "period": "PERIOD",
    "value": "VALUE_IN_EUROS",
    "weight": "QUANTITY_IN_KG",
}
SDMX = {
    "reporter": "reporter",
    "partner": "partner",
    "product": "product",
    "flow": "flow",
    "indicator": "indicators",
    "period": "TIME_PERIOD",
    "figure": "OBS_VALUE",
    "flag": "OBS_FLAG",
}
VALUE, WEIGHT = "VALUE_IN_EUROS", "QUANTITY_IN_100KG"
OTHERS = re.compile(r"[A-Z0-9_]+\Z")
SIDES = {"1": "importer", "2": "exporter"}
PARTS_OF = {"XI": "GB", "XU": "GB"}
TOTAL_REGIME = "4"
PERIOD = re.compile(r"(\d{4})-?(\d\d)?\Z")
Key = tuple[str, ...]


@dataclass
class Survey:
    """What one look through a file tells of its rows: codes below codes, wholes of parts, weights by flow."""

    longer: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    wholes: set[Key] = field(default_factory=set)
    weights: dict[Key, str] = field(default_factory=dict)
    valued: set[Key] = field(default_factory=set)


@dataclass(frozen=True)
class Terms:
    """The columns of each file's form, what a look through all of them told, and who the codes stand for."""

    forms: dict[str, dict[str, str]]
    survey: Survey
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """The form of each file; yearly and monthly files do not go together.

    Raises
    ------
    Faults
        If a header is of neither form.
    """
    faults: list[Fault] = []
    forms: dict[str, dict[str, str]] = {}
    for document in documents:
        head = next(lines_of(document.path, "utf-8-sig"), (1, ""))[1]
        header = (cells_of(head) if head is not None else None) or []
        found = [form for form in (BULK, OLDER_BULK, SDMX) if set(form.values()) <= set(header)]
        if found:
            forms[document.name] = found[0]
        else:
            shown = ", ".join(cell[:20] for cell in header[:8])
            what = f"the header is of no form of Comext: {shown or 'none'}"
            faults.append(Fault(document.name, 1, None, what, "Give full_v2_YYYYMM.dat or SDMX-CSV of DS-045409."))
    if faults:
        raise Faults(faults)
    survey = Survey()  # over all files, for values and weights may come in one each
    for document in documents:
        for record in _records(document, forms[document.name]):
            if not isinstance(record, SetAside):
                _look(record[1], survey)
    return Edition(
        edition=dt.date.today().isoformat(),
        nomenclature="CN8",
        value_unit="thousand EUR",
        published=None,
        documents=documents,
        context=Terms(forms, survey, partners),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[Row]:
    """Every row of one file: kept, joined to another, or set aside."""
    terms: Terms = edition.context
    form = terms.forms[document.name]
    for record in _records(document, form):
        if isinstance(record, SetAside):
            yield record
        else:
            yield _row(*record, terms, terms.survey)


def _records(document: Document, form: dict[str, str]) -> Iterator[Record | SetAside]:
    """Rows by our names of the columns."""
    for record in csv_records(document, form.values()):
        if isinstance(record, SetAside):
            yield record
        else:
            line, row = record
            yield line, {ours: row[theirs] for ours, theirs in form.items()}


def _flow(row: dict[str, str]) -> Key:
    return (row["reporter"], row["partner"], row["product"], row["flow"], row["period"])


def _group(row: dict[str, str]) -> Key:
    return (row["reporter"], row["partner"], row["flow"], row["period"])


def _look(row: dict[str, str], survey: Survey) -> None:
    if row["partner"] in PARTS_OF.values() or row.get("procedure") == TOTAL_REGIME:
        survey.wholes.add(_flow(row))
    if "indicator" in row:
        code = row["product"]
        survey.longer[_group(row)].update(code[:length] for length in (2, 4, 6) if length < len(code) <= 8)
        if row["indicator"] == WEIGHT and _flow(row) not in survey.weights:
            survey.weights[_flow(row)] = row["figure"]
        elif row["indicator"] == VALUE and row["figure"] not in ("", ":"):
            survey.valued.add(_flow(row))


def _row(line: int, row: dict[str, str], terms: Terms, survey: Survey) -> Row:
    found = _head(line, row, terms, survey)
    if isinstance(found, SetAside):
        return found
    year, month, side, reporter, partner, part = found
    try:
        figures = _joined(line, row, survey) if "indicator" in row else _both(row)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if not isinstance(figures, tuple) or isinstance(figures, (SetAside, TakenUp)):
        return figures
    value, quantity = figures
    importer, exporter = (reporter, partner) if side == "importer" else (partner, reporter)
    return TradeRow(line, year, month, importer, exporter, row["product"], value, quantity, side, part)


def _head(
    line: int, row: dict[str, str], terms: Terms, survey: Survey
) -> tuple[int, int, str, str, str, str] | SetAside:
    side = SIDES.get(row["flow"])
    if side is None:
        return SetAside(line, "unknown code", f"flow {row['flow'][:20]}")
    period = _period(row["period"])
    if period is None:
        return SetAside(line, "another period", row["period"][:20])
    if period > this_month():
        return SetAside(line, "future", row["period"])
    code = row["partner"]
    reporter = terms.partners.by_iso2.get(row["reporter"])
    partner = terms.partners.by_iso2.get(PARTS_OF.get(code, code))
    if reporter is None or partner is None:
        name = "reporter" if reporter is None else "partner"
        return SetAside(line, "unknown economy", f"{name} {row[name][:20]}")
    if terms.partners.is_aggregate(reporter):
        return SetAside(line, "reporter aggregate", row["reporter"])
    if terms.partners.is_aggregate(partner):
        world = terms.partners.by_iso2["WORLD"] == partner
        return SetAside(line, "world total" if world else "partner aggregate", "" if world else code)
    if (aside := _odd_product(line, row, survey)) or (aside := _part(line, row, survey)):
        return aside
    if reporter == partner:
        return SetAside(line, "own trade", reporter)
    told_apart = code in PARTS_OF or terms.partners.kinds[partner] == "unspecified"
    return *period, side, reporter, partner, f"{row.get('procedure', '')} {code if told_apart else ''}".strip()


def _odd_product(line: int, row: dict[str, str], survey: Survey) -> SetAside | None:
    code = row["product"]
    if code == "TOTAL" or code in survey.longer.get(_group(row), ()):
        return SetAside(line, "product aggregate", code)
    if not DIGITS.match(code):
        hidden = len(code) == 8 and code.isalnum() and code[:2].isdigit()
        return SetAside(line, "confidential" if hidden else "unknown product", code[:20])
    return None if len(code) in (2, 4, 6, 8) else SetAside(line, "unknown product", code[:20])


def _part(line: int, row: dict[str, str], survey: Survey) -> SetAside | None:
    whole = PARTS_OF.get(row["partner"])
    if whole and _flow({**row, "partner": whole}) in survey.wholes:
        return SetAside(line, "breakdown", row["partner"])
    regime = row.get("procedure", TOTAL_REGIME)
    if regime != TOTAL_REGIME and row["partner"] not in PARTS_OF.values() and _flow(row) in survey.wholes:
        return SetAside(line, "breakdown", f"procedure {regime[:10]}")
    return None


def _both(row: dict[str, str]) -> tuple[float | None, float | None]:
    value = number(row["value"], 1e3 * LARGEST_VALUE) / 1e3
    weight = number(row["weight"], 1e3 * LARGEST_QUANTITY) / 1e3 if row["weight"] else 0.0
    return value, None if value and not weight else weight


def _joined(line: int, row: dict[str, str], survey: Survey) -> tuple[float | None, float | None] | SetAside | TakenUp:
    """A row of value with the weight of its flow; a row of weight is taken up by it, or stands alone."""
    if row["flag"] == "c":
        return SetAside(line, "confidential")
    if row["indicator"] not in (VALUE, WEIGHT):
        known = OTHERS.match(row["indicator"])
        return SetAside(line, "other indicator" if known else "unknown code", row["indicator"][:30])
    if row["figure"] in ("", ":"):
        return SetAside(line, "no figure")
    if row["indicator"] == WEIGHT:
        quantity = number(row["figure"], 10 * LARGEST_QUANTITY) / 10
        if _flow(row) not in survey.valued:
            return None, quantity
        # The second weight of a flow is a duplicate; the first has given its text away.
        if survey.weights.pop((*_flow(row), "taken"), None) is not None:
            return SetAside(line, "duplicate", "weight")
        survey.weights[(*_flow(row), "taken")] = ""
        return TakenUp(line)
    value = number(row["figure"], 1e3 * LARGEST_VALUE) / 1e3
    weight = survey.weights.get(_flow(row), "")
    quantity = number(weight, 10 * LARGEST_QUANTITY) / 10 if weight not in ("", ":") else 0.0
    return value, None if value and not quantity else quantity


def _period(text: str) -> tuple[int, int] | None:
    """Year and month; month 52 of a bulk file is the year."""
    found = PERIOD.match(text)
    if not found:
        return None
    month = int(found[2] or 0)
    month = 0 if month == 52 else month
    return (int(found[1]), month) if month <= 12 else None


LAYOUT = Layout(
    kind="comext",
    producer="Eurostat",
    title="Comext: international trade in goods, detailed data",
    licence="reuse with the source named, Commission Decision 2011/833/EU",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
