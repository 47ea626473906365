"""CEPII, BACI: yearly trade by exporter, importer and six-digit product, both sides' reports reconciled.

Layout: CEPII, "The CEPII-BACI dataset" and "Description of BACI" (page of the release of January 2025): one file
``BACI_HS92_Y2022_V202401b.csv`` a year, comma and point, columns t (year), i (exporter), j (importer), k (product),
v (value, thousand current USD), q (quantity, metric tons); beside it ``country_codes_V202401b.csv`` (numbers of the
United Nations, which are not all those of ISO) and ``product_codes_HS92_V202401b.csv``. Only flows above zero are
recorded. A quantity that is not known is NA, padded with spaces. Codes lose their leading zero in programs that
take them for numbers: a code of five digits is given it back.

Reference: G. Gaulier and S. Zignago, "BACI: International Trade Database at the Product-Level. The 1994-2007
Version", CEPII Working Paper 2010-23.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
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
from lodestone.facts.stage import MEMORY, quoted
from lodestone.facts.trade_nouns import Document, Edition, FastRead, Layout, SetAside, TradeRow
from lodestone.facts.trade_partners import Partners

HEADER = ["t", "i", "j", "k", "v", "q"]
FLOWS = re.compile(r"BACI_(HS\d\d)_Y(\d{4})_V((\d{4})(\d\d)[a-z]?)\.csv\Z")
COUNTRIES = re.compile(r"country_codes(?:_\w*?)?(?:_?V(\d{6}[a-z]?))?\.csv\Z")
PRODUCTS = re.compile(r"product_codes_(HS\d\d)(?:_V(\d{6}[a-z]?))?\.csv\Z")
COUNTRY_COLUMNS = (("country_code", "country_iso3"), ("country_code", "iso_3digit_alpha"))
LARGEST_CODE_TABLE = 5_000_000  # bytes
LAYOUT_IS = "The columns are t,i,j,k,v,q with commas, decimals with a point."


@dataclass(frozen=True)
class Codes:
    """The producer's tables: label by country number, and the product codes there are (none: not checked)."""

    economies: dict[int, str]
    products: frozenset[str]
    years: dict[str, int]


def edition_of(documents: tuple[Document, ...], partners: Partners) -> Edition:
    """Release, revision and code tables of the files given together.

    Raises
    ------
    Faults
        If no file is a flow file, releases or revisions are mixed, or the table of countries is missing.
    """
    flows = {document: found for document in documents if (found := FLOWS.search(document.name))}
    faults = [
        Fault(document.name, None, None, "is none of the release's files", "Leave it out, or give it its own name.")
        for document in documents
        if document not in flows and not _companion(document.name)
    ]
    if not flows:
        faults.append(Fault("BACI", None, None, "no flow file was given", "Give BACI_HS.._Y...._V......csv."))
        raise Faults(faults)
    releases = sorted({found[3] for found in flows.values()})
    revisions = sorted({found[1] for found in flows.values()})
    if len(releases) > 1 or len(revisions) > 1:
        what = f"releases {', '.join(releases)} and revisions {', '.join(revisions)} are mixed"
        faults.append(Fault("BACI", None, None, what, "Give one release of one revision at a time."))
    years = [found[2] for found in flows.values()]
    faults += [
        Fault(document.name, None, None, f"the year {found[2]} was given twice", "Keep one of the files.")
        for document, found in flows.items()
        if years.count(found[2]) > 1
    ]
    economies = _economies(documents, partners, faults)
    products = _products(documents, revisions[0], faults)
    if faults:
        raise Faults(faults)
    first = next(iter(flows.values()))
    year, month = int(first[4]), int(first[5])
    return Edition(
        edition=releases[0],
        nomenclature=revisions[0],
        value_unit="thousand USD",
        published=dt.date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None,
        documents=tuple(flows),
        context=Codes(economies, products, {document.name: int(found[2]) for document, found in flows.items()}),
    )


def rows_of(document: Document, edition: Edition) -> Iterator[TradeRow | SetAside]:
    """Every row of one year's file, kept or set aside with its line.

    Raises
    ------
    Faults
        If the header is not this layout's.
    """
    codes: Codes = edition.context
    year = codes.years[document.name]
    lines = lines_of(document.path)
    _check_header(document.name, next(lines, (1, "")))
    for line, text in lines:
        yield _row(line, text, year, codes)


def _row(line: int, text: str | None, year: int, codes: Codes) -> TradeRow | SetAside:
    if text is None:
        return SetAside(line, "not text")
    cells = cells_of(text)
    if cells is None or len(cells) != len(HEADER):
        return SetAside(line, "broken row", text[:80])
    t, i, j, k, v, q = cells
    if t != str(year):
        return SetAside(line, "another period", t[:20])
    if year > this_month()[0]:
        return SetAside(line, "future", t)
    exporter, importer = (codes.economies.get(int(code)) if _short_digits(code) else None for code in (i, j))
    if exporter is None or importer is None:
        return SetAside(line, "unknown economy", (i if exporter is None else j)[:20])
    product = k.zfill(6)
    if not DIGITS.match(product) or len(k) not in (5, 6) or (codes.products and product not in codes.products):
        return SetAside(line, "unknown product", k[:20])
    try:
        value = number(v, LARGEST_VALUE)
        quantity = None if q in ("NA", "") else number(q, LARGEST_QUANTITY)
    except NotANumber as reason:
        return SetAside(line, *reason.args)
    if exporter == importer:
        return SetAside(line, "own trade", exporter)
    return TradeRow(line, year, 0, importer, exporter, product, value, quantity, "both")


def _short_digits(text: str) -> bool:
    return len(text) <= 6 and bool(DIGITS.match(text))


def fast(document: Document, edition: Edition, target: Path) -> FastRead | None:
    """Write the flows of a file with nothing to complain of; None if there is anything to look at row by row.

    The rules are those of `rows_of`: a row that fails one leaves a null or an error here, and then the whole file is
    read the careful way, which names the row. What the fast reader of CSV would pass over in silence (blank lines, a
    cell too many, quotes, digits set apart by underscores) shows in the count of four bytes.
    """
    import duckdb

    codes: Codes = edition.context
    year = codes.years[document.name]
    lines, commas, underscores, quotes = _count_bytes(document.path)
    head = next(lines_of(document.path), (1, None))[1]
    plain = head is not None and cells_of(head) == HEADER and commas == 5 * lines and not underscores and not quotes
    if not plain or year > this_month()[0]:
        return None
    with duckdb.connect(config=_config(target)) as database:
        try:
            database.execute(
                f"COPY ({flows_sql(database, codes, year)} ORDER BY importer, product, exporter)"
                f" TO '{quoted(target)}' (FORMAT parquet, COMPRESSION zstd)",
                {"path": str(document.path)},
            )
            found = database.execute(
                "SELECT count(*), count(*) - count(quantity), least(count(importer), count(exporter), count(product),"
                " count(value)), bool_and(importer <> exporter) FROM read_parquet($target)",
                {"target": str(target)},
            ).fetchall()
        except duckdb.Error:
            return None
    rows, no_quantity, whole, foreign = found[0]
    return FastRead(year, rows, no_quantity) if rows == whole == lines - 1 and foreign else None


def flows_sql(database: Any, codes: Codes, year: int) -> str:
    """SQL of the flows in the file ``$path``: a row that fails a rule has a null, or is an error, and none is dropped.

    Parameters
    ----------
    database : a DuckDB connection
        Gains the types of the codes.
    codes : Codes
    year : int
        What column t must say.
    """
    labels, product = _create_code_types(database, codes)
    return f"""
        SELECT list_extract({labels}, enum_code(try_cast(j AS country_code)) + 1) AS importer, {product} AS product,
               list_extract({labels}, enum_code(try_cast(i AS country_code)) + 1) AS exporter,
               {year}::USMALLINT AS year, 0::UTINYINT AS month,
               CASE WHEN v BETWEEN 0 AND {LARGEST_VALUE} AND t = '{year}' AND i <> j THEN v END AS value,
               CASE WHEN trim(q) IN ('NA', '') THEN NULL WHEN q::DOUBLE BETWEEN 0 AND {LARGEST_QUANTITY}
                    THEN q::DOUBLE ELSE error('quantity') END AS quantity, 'both' AS reported_by
        FROM read_csv($path, header = true, delim = ',', quote = '', escape = '', auto_detect = false,
                      null_padding = false, columns = {{'t': 'VARCHAR', 'i': 'VARCHAR', 'j': 'VARCHAR',
                      'k': 'VARCHAR', 'v': 'DOUBLE', 'q': 'VARCHAR'}})
    """  # nosec B608: a year, limits, and types made of quoted labels


def _config(target: Path) -> dict[str, Any]:
    return {"temp_directory": str(target.parent), "preserve_insertion_order": False, "memory_limit": MEMORY}


def _create_code_types(database: Any, codes: Codes) -> tuple[str, str]:
    """SQL of a list of labels by place of the country's code, and of the product; each unknown code gives a null."""
    numbers = sorted(codes.economies)
    labels = [codes.economies[code] for code in numbers]
    database.execute(f"CREATE TYPE country_code AS ENUM ({_listed(numbers)})")
    database.execute(f"CREATE TYPE economy AS ENUM ({_listed(sorted(set(labels)))})")
    padded = "CASE WHEN length(k) IN (5, 6) THEN lpad(k, 6, '0') END"
    if codes.products:
        database.execute(f"CREATE TYPE product_code AS ENUM ({_listed(sorted(codes.products))})")
        product = f"try_cast({padded} AS product_code)"
    else:
        product = f"CASE WHEN regexp_full_match(k, '[0-9]{{5,6}}') THEN {padded} END"
    return f"[{_listed(labels)}]::economy[]", product


def _listed(names: Iterable[object]) -> str:
    """Names between single quotes of SQL, with commas."""
    return ", ".join("'" + str(name).replace("'", "''") + "'" for name in names)


def _count_bytes(path: Path) -> tuple[int, int, int, int]:
    """Lines, commas, underscores and quotes of a file; a last line without its end counts."""
    counts = [0, 0, 0, 0]
    last = b"\n"
    with path.open("rb") as handle:
        while chunk := handle.read(2**22):
            for place, byte in enumerate((b"\n", b",", b"_", b'"')):
                counts[place] += chunk.count(byte)
            last = chunk[-1:]
    return counts[0] + (last != b"\n"), counts[1], counts[2], counts[3]


def _check_header(name: str, head: tuple[int, str | None]) -> None:
    cells = cells_of(head[1]) if head[1] is not None else None
    if cells == HEADER:
        return
    shown = ", ".join((cells or [])[:8])[:80]
    raise Faults([Fault(name, 1, None, f"the header is not this layout's: {shown or 'no text'}", LAYOUT_IS)])


def _companion(name: str) -> bool:
    return bool(COUNTRIES.search(name) or PRODUCTS.search(name)) or name.lower().rsplit("/", 1)[-1].startswith("readme")


def _economies(documents: tuple[Document, ...], partners: Partners, faults: list[Fault]) -> dict[int, str]:
    """Label by the producer's country number, from its own table."""
    tables = [document for document in documents if COUNTRIES.search(document.name)]
    if not tables:
        faults.append(
            Fault("BACI", None, None, "the table of countries is missing", "Give country_codes_V......csv too.")
        )
        return {}
    table: dict[int, str] = {}
    rows = _table(tables[0], faults)
    columns = next((pair for pair in COUNTRY_COLUMNS if rows and set(pair) <= rows[0][1].keys()), None)
    if columns is None:
        what, step = "has no columns country_code and country_iso3", "Give the table of the same release."
        faults.append(Fault(tables[0].name, 1, None, what, step))
        return {}
    for line, row in rows:
        code, label = row[columns[0]], row[columns[1]]
        if not _short_digits(code):
            faults.append(Fault(tables[0].name, line, columns[0], f"'{code[:20]}' is no number", "Correct the row."))
            continue
        # The producer's own label counts where it is one of ours; else what its number means to the United Nations.
        known = label if label in partners.kinds else partners.by_un_code.get(int(code))
        if known is not None:
            table[int(code)] = known
    return table


def _products(documents: tuple[Document, ...], revision: str, faults: list[Fault]) -> frozenset[str]:
    tables = [document for document in documents if (found := PRODUCTS.search(document.name)) and found[1] == revision]
    if not tables:
        return frozenset()
    rows = _table(tables[0], faults)
    if not rows or "code" not in rows[0][1]:
        faults.append(Fault(tables[0].name, 1, "code", "the column is missing", "Give the table of the same release."))
        return frozenset()
    # Some releases list groups of codes that stand for trade of no known product (9999AA); they are codes too.
    return frozenset(row["code"].zfill(6) for _, row in rows if re.fullmatch(r"[0-9]{4,6}[A-Z]{0,2}", row["code"]))


def _table(document: Document, faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    """A small table of codes as (line, cells by name)."""
    if document.path.stat().st_size > LARGEST_CODE_TABLE:
        faults.append(Fault(document.name, None, None, "is larger than a table of codes", "Check the file."))
        return []
    try:
        text = document.path.read_bytes().decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
        return [(reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(document.name, None, None, f"cannot be read ({error})", "Fetch it again."))
        return []


LAYOUT = Layout(
    kind="baci",
    producer="CEPII",
    title="BACI: International Trade Database at the Product-Level",
    licence="Etalab Open Licence 2.0",
    calendar="customs",
    edition_of=edition_of,
    rows_of=rows_of,
    fast=fast,
)
