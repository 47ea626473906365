"""Tables of codes a user gives along with a producer's files: which economy a code stands for."""

from __future__ import annotations

import csv
import io

from lodestone.errors import Fault
from lodestone.facts.trade_nouns import Document
from lodestone.facts.trade_partners import Partners, name_key

NAME = "country_codes"
LARGEST = 5_000_000  # bytes


def economies_by_code(
    documents: tuple[Document, ...], partners: Partners, faults: list[Fault], who: str
) -> tuple[dict[str, str], tuple[Document, ...]]:
    """Labels by the producer's code, and the documents that are no such table.

    A file whose name holds ``country_codes`` has the columns ``code`` and ``label`` (ISO 3166 alpha-3) or ``name``
    (as in the table of trade partners). Faults are added for a missing table and for names nobody knows.
    """
    tables = [document for document in documents if NAME in document.name.rsplit("/", 1)[-1]]
    others = tuple(document for document in documents if document not in tables)
    if not tables:
        step = f"Give {NAME}.csv with columns code and label (ISO 3166 alpha-3), from the producer's list of codes."
        faults.append(Fault(who, None, None, "the table of country codes is missing", step))
    table: dict[str, str] = {}
    for document in tables:
        if document.path.stat().st_size > LARGEST:
            faults.append(Fault(document.name, None, None, "is larger than a table of codes", "Check the file."))
            continue
        try:
            text = document.path.read_bytes().decode("utf-8-sig")
            reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
            rows = [(reader.line_num, row) for row in reader]
        except (UnicodeDecodeError, csv.Error) as error:
            faults.append(Fault(document.name, None, None, f"cannot be read ({error})", "Save it as CSV, UTF-8."))
            continue
        for line, row in rows:
            code, label = (row.get("code") or "").strip(), _label(row, partners)
            if not code or label is None:
                what = f"no economy is known for '{(row.get('label') or row.get('name') or '')[:40]}'"
                faults.append(Fault(document.name, line, "label", what, "Write ISO 3166 alpha-3."))
            else:
                table[code] = label
    return table, others


def _label(row: dict[str, str], partners: Partners) -> str | None:
    label = (row.get("label") or "").strip()
    if label in partners.kinds:
        return label
    return partners.by_name.get(name_key(row.get("name") or ""))
