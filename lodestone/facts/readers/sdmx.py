"""SDMX of any agency: trade by importer, exporter, product and period, once a small file says which dimension is which.

Layout: SDMX-CSV 1.0 (first column DATAFLOW) and 2.0 (STRUCTURE, STRUCTURE_ID, ACTION), with any delimiter and with labels
behind the codes or not, read here; SDMX-ML 2.1 and 3.0, generic or structure-specific, read by the library sdmx1 (its reader
of CSV needs the structure's definition, which few files bring along). A line of CSV or an observation of XML counts as a row.

A file whose name holds ``sdmx_mapping`` (YAML) goes with them; see `lodestone.facts.readers.sdmx_mapping`. UNIT_MULT is a
power of ten. OBS_STATUS follows CL_OBS_STATUS: Q is suppressed; H, K, L, M and O are missing whatever stands in the cell; F
is a forecast and no trade. Value and weight may be a row each; they are joined.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
from lodestone.facts.readers.sdmx_mapping import NAME, Mapping, read_mapping
from lodestone.facts.readers.tables import Record, csv_records
from lodestone.facts.trade_nouns import Document, Edition, Layout, Row, SetAside, TakenUp, TradeRow
from lodestone.facts.trade_partners import Partners, name_key

STARTS = re.compile(r"\ufeff?\"?(DATAFLOW|STRUCTURE)(\[.\])?\"?(?P<delimiter>[,;\t|])")
LARGEST_XML = 300_000_000  # bytes: the library holds a whole message
PERIOD = re.compile(r"(\d{4})(?:-?A1?|-?M?(\d\d))?\Z")
POWER = re.compile(r"-?\d{1,2}\Z")
HIDDEN, MISSING, FORECAST = ("Q",), ("H", "K", "L", "M", "O"), ("F",)
KNOWN = ("", "A", "B", "D", "E", "G", "I", "J", "N", "P", "S", "U", "V", "W")
DELETED = "D"
SIDES = {"import": "importer", "export": "exporter"}
LARGEST = {"value": LARGEST_VALUE * 1e3, "quantity": LARGEST_QUANTITY}
Key = tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """The mapping, the first weight of each flow with its file and line, flows of a value, who the codes stand for."""

    mapping: Mapping
    weights: dict[Key, tuple[str, int, dict[str, str]]]
    valued: set[Key]
    partners: Partners


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """The mapping, and one look through the files for values and weights that stand apart.

    Raises
    ------
    Faults
        If the mapping is missing or wrong, or a file is no SDMX or lacks a column that it names.
    """
    mapping = read_mapping(documents, partners)
    files = tuple(document for document in documents if NAME not in document.name.rsplit("/", 1)[-1])
    faults = [] if files else [Fault("SDMX", None, None, "no data file was given", "Give SDMX-CSV or SDMX-ML.")]
    weights: dict[Key, tuple[str, int, dict[str, str]]] = {}
    valued: set[Key] = set()
    for document in files:
        try:
            for record in _records(document, mapping):
                if isinstance(record, SetAside) or not mapping.measure or _aside(*record):
                    continue
                line, row = record
                what = mapping.measures.get(row["measure"])
                if what == "quantity":
                    weights.setdefault(_flow(row), (document.name, line, row))
                elif what == "value":
                    valued.add(_flow(row))
        except Faults as found:
            faults += found.faults
    if faults:
        raise Faults(faults)
    name = files[0].name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    unit = f"thousand {mapping.currency}"
    return Edition(name, mapping.nomenclature, unit, None, files, Terms(mapping, weights, valued, partners))


def rows_of(document: Document, edition: Edition) -> Iterator[Row]:
    """Every row of one file: kept, joined to another, or set aside."""
    terms: Terms = edition.context
    for record in _records(document, terms.mapping):
        if isinstance(record, SetAside):
            yield record
        else:
            yield _row(document.name, *record, terms)


def _records(document: Document, mapping: Mapping) -> Iterator[Record | SetAside]:
    """Rows by our names of the columns."""
    with document.path.open("rb") as handle:
        start = handle.read(4096).lstrip(b"\xef\xbb\xbf \r\n\t")
    records = _of_xml(document) if start.startswith(b"<") else _of_csv(document, mapping)
    for record in records:
        if isinstance(record, SetAside):
            yield record
            continue
        line, row = record
        if row.get("ACTION") == DELETED:
            yield SetAside(line, "unknown code", "ACTION D deletes what an earlier file gave")
            continue
        yield line, {ours: row.get(theirs, "") for ours, theirs in mapping.columns.items()}


def _of_csv(document: Document, mapping: Mapping) -> Iterator[Record | SetAside]:
    head = next(lines_of(document.path), (1, ""))[1] or ""
    found = STARTS.match(head)
    if not found:
        what = f"is no SDMX-CSV: it begins with {head[:30]!r}"
        raise Faults([Fault(document.name, 1, None, what, "Its first column is DATAFLOW or STRUCTURE.")])
    header = cells_of(head, found["delimiter"]) or []
    codes = {name: name.split(": ")[0].removesuffix("[]") for name in header}
    missing = [name for name in mapping.columns.values() if name not in codes.values()]
    if missing:
        step = f"The header has: {', '.join(list(codes.values())[:20])}. Change the mapping."
        raise Faults([Fault(document.name, 1, name, "the column is missing", step) for name in missing])
    labelled = any(": " in name for name in header)
    for record in csv_records(document, (), found["delimiter"]):
        if isinstance(record, SetAside):
            yield record
        else:
            line, row = record
            yield line, {codes[name]: cell.split(": ")[0] if labelled else cell for name, cell in row.items()}


def _of_xml(document: Document) -> Iterator[Record]:
    size = document.path.stat().st_size
    if size > LARGEST_XML:
        raise Faults([Fault(document.name, None, None, f"is larger than {LARGEST_XML:,} bytes", "Take SDMX-CSV.")])
    if b"<!DOCTYPE" in document.path.read_bytes():
        raise Faults([Fault(document.name, None, None, "declares a document type", "SDMX has none; fetch it again.")])
    import sdmx

    logging.getLogger("sdmx").addHandler(logging.NullHandler())  # it warns of every message without its structure
    try:
        with document.path.open("rb") as handle:
            message: Any = sdmx.read_sdmx(handle, format="XML")
        sets = list(zip(_of_sets(document), message.data, strict=True))
        if any(groups and any(one.series_key is None for one in data.obs) for (_, groups), data in sets):
            raise ValueError("attributes of groups are lost beside observations without series")
        rows = [
            above
            | _plain(one.attrib)
            | _plain(one.key.values)
            | _at_series(one)
            | _plain(one.attached_attribute)
            | {"OBS_VALUE": "" if one.value is None else one.value}
            for (above, _), data in sets
            for one in data.obs
        ]
    except Exception as error:  # the library raises whatever its parts raise on a broken message
        what = f"is no SDMX-ML data message ({type(error).__name__}: {str(error)[:80]})"
        raise Faults([Fault(document.name, None, None, what, "Fetch it again, or as SDMX-CSV.")]) from None
    yield from enumerate(rows, start=1)


def _of_sets(document: Document) -> list[tuple[dict[str, str], bool]]:
    """Attributes of each set of data, which the library leaves out, and whether it has groups."""
    from lxml import etree

    found: list[tuple[dict[str, str], bool]] = []
    events = etree.iterparse(document.path, events=("start", "end"), resolve_entities=False, no_network=True)
    for event, node in events:
        name = etree.QName(node).localname
        if event == "start" and name == "DataSet":
            own = {str(key): str(value) for key, value in node.attrib.items() if not str(key).startswith("{")}
            found.append((own, False))
        elif event == "end" and name == "Attributes" and etree.QName(node.getparent()).localname == "DataSet":
            found[-1][0].update({str(value.get("id")): str(value.get("value")) for value in node})
        elif event == "start" and name == "Group":
            found[-1] = (found[-1][0], True)
        elif event == "end" and name in ("Series", "Obs", "Group"):
            node.clear()
    return found


def _at_series(one: Any) -> dict[str, str]:
    """Attributes of an observation's series; what stands nearer to the observation counts before its groups."""
    return _plain(one.series_key.attrib) if one.series_key is not None else {}


def _plain(values: Any) -> dict[str, str]:
    return {str(name): str(held.value) for name, held in values.items()}


def _flow(row: dict[str, str]) -> Key:
    return (row["reporter"], row["partner"], row["product"], row.get("flow", ""), row["period"])


def _aside(line: int, row: dict[str, str]) -> SetAside | None:
    """Why a row has no figure to keep, from its status."""
    status = row.get("status", "")
    if status in HIDDEN:
        return SetAside(line, "confidential", f"status {status}")
    if status in MISSING:
        return SetAside(line, "no figure", f"status {status}")
    if status in FORECAST:
        return SetAside(line, "other indicator", "status F: a forecast")
    return None if status in KNOWN else SetAside(line, "unknown code", f"status {status[:20]}")


def _row(file: str, line: int, row: dict[str, str], terms: Terms) -> Row:
    mapping, partners = terms.mapping, terms.partners
    flow = mapping.flows.get(row["flow"]) if "flow" in row else "import"
    what = mapping.measures.get(row["measure"]) if mapping.measure else ""
    if flow is None or what is None:
        return SetAside(line, "unknown code", row["flow" if flow is None else "measure"][:30])
    if flow == "other" or what == "other":
        return SetAside(line, "other flow" if flow == "other" else "other indicator", row.get("measure", "")[:30])
    if aside := _aside(line, row):
        return aside
    period = _period(row["period"])
    if period is None:
        return SetAside(line, "another period", row["period"][:20])
    if period > this_month():
        return SetAside(line, "future", row["period"])
    reporter, partner = (_label(row[name], mapping, partners) for name in ("reporter", "partner"))
    if reporter is None or partner is None:
        return SetAside(line, "unknown economy", row["reporter" if reporter is None else "partner"][:40])
    if partners.is_aggregate(reporter):
        return SetAside(line, "reporter aggregate", reporter)
    if partners.is_aggregate(partner):
        world = partner == partners.by_name["world"]
        return SetAside(line, "world total" if world else "partner aggregate", partner)
    if not DIGITS.match(row["product"]) or not 2 <= len(row["product"]) <= 12:
        return SetAside(line, "unknown product", row["product"][:20])
    if reporter == partner:
        return SetAside(line, "own trade", reporter)
    key = _flow(row)
    weight = terms.weights.get(key)
    if what == "quantity" and weight and weight[:2] != (file, line):
        return SetAside(line, "duplicate", "weight")
    if what == "quantity" and key in terms.valued:
        return TakenUp(line)
    try:
        value, quantity = _figures(row, what, mapping, weight[2] if weight else None)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if value is None and quantity is None:
        return SetAside(line, "no figure")
    importer, exporter = (reporter, partner) if flow == "import" else (partner, reporter)
    return TradeRow(line, *period, importer, exporter, row["product"], value, quantity, SIDES[flow])


def _figures(
    row: dict[str, str], what: str, mapping: Mapping, weight: dict[str, str] | None
) -> tuple[float | None, float | None]:
    """Value [thousand of the currency] and quantity [t] of a row, or of a row of value and its row of weight."""
    if not mapping.measure:
        value, quantity = (_scaled(row, name, name, mapping) for name in ("value", "quantity"))
        return value, quantity
    if what == "quantity":
        return None, _scaled(row, "figure", what, mapping)
    value = _scaled(row, "figure", "value", mapping)
    return value, _scaled(weight, "figure", "quantity", mapping) if weight else None


def _scaled(row: dict[str, str], cell: str, what: str, mapping: Mapping) -> float | None:
    text, power = row.get(cell, ""), row.get("multiplier", "") or "0"
    if text in ("", "NaN"):
        return None
    if not POWER.match(power):
        raise NotANumber("not a number", f"multiplier {power[:20]}")
    scale = 10.0 ** int(power) * mapping.units[what]
    return number(text, LARGEST[what] / scale) * scale


def _label(code: str, mapping: Mapping, partners: Partners) -> str | None:
    if code in mapping.economies or code in partners.kinds:
        return mapping.economies.get(code, code)
    if DIGITS.match(code) and len(code) <= 3:
        return partners.by_un_code.get(int(code))
    return partners.by_iso2.get(code) or partners.by_name.get(name_key(code))


def _period(text: str) -> tuple[int, int] | None:
    """Year and month of 2023, 2023-A1, 2023-05 or 2023-M05; no other length of time can be kept.

    >>> [_period(text) for text in ("2023", "2023-A1", "2023-05", "2023-M05", "2023-Q1")]
    [(2023, 0), (2023, 0), (2023, 5), (2023, 5), None]
    """
    found = PERIOD.match(text)
    month = int(found[2] or 0) if found else 0
    return (int(found[1]), month) if found and month <= 12 and found[2] != "00" else None


LAYOUT = Layout(
    kind="sdmx",
    producer="the agency of the file",
    title="a table in SDMX",
    licence="the agency's",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
)
