"""The nouns of trade tables: a row as read, why a row is left out, what a partition and a report hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lodestone.facts.nouns import Fact

REPORTED_BY = ("importer", "exporter", "both")
FLOW_COLUMNS = ("importer", "product", "exporter", "year", "month", "value", "quantity", "reported_by")


class TradeRow(NamedTuple):
    """One flow of goods as a producer prints it, in our labels and units.

    ``month`` is 0 for a whole year. ``value`` [thousand of the table's currency] and ``quantity``
    [t, net weight] are None where nothing was published. ``part`` tells rows apart that a producer
    splits by something we add up (district, customs procedure): two rows alike in everything but the
    figures are a duplicate.
    """

    line: int
    year: int
    month: int
    importer: str
    exporter: str
    product: str
    value: float | None
    quantity: float | None
    reported_by: str
    part: str = ""


class SetAside(NamedTuple):
    """A row that does not enter the store, and why: ``reason`` is a key of `REASONS`."""

    line: int
    reason: str
    detail: str = ""


class TakenUp(NamedTuple):
    """A row whose figure entered the flow of another row, as where a producer gives value and weight a row each."""

    line: int


Row = TradeRow | SetAside | TakenUp


class Reason(NamedTuple):
    """Why a row is left out. A fault stops the whole ingest; the others belong to the layout."""

    text: str
    fault: bool
    next_step: str = ""


REASONS: Mapping[str, Reason] = {
    "world total": Reason("a total over all partners", False),
    "partner aggregate": Reason("a group of partners that are listed on their own", False),
    "reporter aggregate": Reason("a group of reporters that report on their own", False),
    "product aggregate": Reason("a total over products that are listed on their own", False),
    "breakdown": Reason("a part of a total that stands in the table too", False),
    "repeated": Reason("a figure that stands in another sheet too", False),
    "re-export": Reason("goods that leave as they came", False),
    "re-import": Reason("goods that come back as they left", False),
    "own trade": Reason("importer and exporter are the same economy", False),
    "other flow": Reason("neither import nor export", False),
    "other indicator": Reason("an indicator that is neither value nor weight", False),
    "cumulative": Reason("months added up that stand in the table too", False),
    "no trade": Reason("a month in which nothing was traded", False),
    "no figure": Reason("neither value nor weight", False),
    "confidential": Reason("the producer hides the figure", False),
    "note": Reason("a line of text below or above the table", False),
    "part without whole": Reason(
        "a part of a flow whose whole is not in the file", True, "Ask the producer for the whole too."
    ),
    "broken row": Reason("another number of cells than the header", True, "Check delimiter and quotes."),
    "does not add up": Reason("a total that its parts do not make", True, "Fetch the file again."),
    "not text": Reason("bytes that are no text in the file's encoding", True, "Save the file in one encoding."),
    "not a number": Reason("a figure that is none", True, "Write decimals with a point and no unit."),
    "negative": Reason("a figure below zero", True, "Ask the producer, or correct the file."),
    "absurd": Reason("a figure larger than any trade of the world", True, "Check its unit."),
    "unknown economy": Reason("an economy that no table names", True, "Add it to the table of codes."),
    "unknown product": Reason("a product code that is none", True, "Give the table of codes of the same release."),
    "another period": Reason("a period that is not the file's", True, "Give the file its own name and year."),
    "future": Reason("a period that has not ended", True, "Check the year."),
    "duplicate": Reason("the same flow stands twice", True, "Keep one of the two."),
    "unknown code": Reason("a code that the layout does not have", True, "Check the layout's edition."),
}


@dataclass(frozen=True)
class Document:
    """A file as given, or a member of an archive: the name it is called by, where it lies, its checksum."""

    name: str
    path: Path
    checksum: str


@dataclass(frozen=True)
class Edition:
    """What one release of a table is, before its rows: set by the names and companions of its files.

    ``nomenclature`` names the revision of the product codes; ``published`` is the first day on which the
    release could be known, or None where each period follows ``calendar``; ``context`` holds what the reader
    of rows needs (code tables).
    """

    edition: str
    nomenclature: str
    value_unit: str
    published: dt.date | None
    documents: tuple[Document, ...]
    context: Any


@dataclass(frozen=True)
class Layout:
    """A producer's published layout and its reader.

    ``edition_of`` looks at all documents together; ``rows_of`` reads one of them. ``fast`` may write the
    flows of a document that has nothing to complain of to a Parquet file at once, and says False if there
    is anything to look at row by row.
    """

    kind: str
    producer: str
    title: str
    licence: str
    calendar: str
    edition_of: Callable[[tuple[Document, ...], Any], Edition]
    rows_of: Callable[[Document, Edition], Iterator[Row]]
    fast: Callable[[Document, Edition, Path], FastRead | None] | None = None


@dataclass(frozen=True)
class FigureLayout:
    """As `Layout`, of a table whose rows are figures and no flows; ``facts_of`` reads one document."""

    kind: str
    producer: str
    title: str
    licence: str
    edition_of: Callable[[tuple[Document, ...], Any], Edition]
    facts_of: Callable[[Document, Edition], Iterator[Fact | SetAside]]


@dataclass(frozen=True)
class FastRead:
    """What a reader's fast way wrote: the year, the rows, and how many had no weight."""

    year: int
    rows: int
    no_quantity: int


@dataclass(frozen=True)
class Partition:
    """One year of one edition in the store: where it came from and what it holds.

    ``frequency`` is year or month; ``files`` are the producer's, with checksums; ``folder`` is the
    partition's own below the store; ``checksum`` is over its Parquet files.
    """

    kind: str
    producer: str
    title: str
    edition: str
    nomenclature: str
    year: int
    frequency: str
    rows: int
    value_unit: str
    known_from: dt.date
    read: dt.date
    files: tuple[tuple[str, str], ...]
    folder: str
    checksum: str


@dataclass(frozen=True)
class LeftOut:
    """Rows left out for one reason: how many, and the first of them as (file, line, detail)."""

    reason: str
    text: str
    fault: bool
    rows: int
    first: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class MirrorGap:
    """Flows of a year that both sides report: what importers say of them and what exporters say. [value unit, t]"""

    flows: int
    value_of_importers: float
    value_of_exporters: float
    quantity_of_importers: float
    quantity_of_exporters: float


@dataclass(frozen=True)
class IngestReport:
    """What became of every row of the files: ``rows_read`` is ``rows_kept`` and all of ``left_out``.

    ``changes`` holds an `lodestone.facts.edition_change.EditionChange` for each year of which the store has
    another edition.
    """

    kind: str
    producer: str
    edition: str
    nomenclature: str
    value_unit: str
    quantity_unit: str
    files: tuple[tuple[str, str], ...]
    rows_read: int
    rows_kept: int
    flows: int
    no_value: int
    no_quantity: int
    left_out: tuple[LeftOut, ...]
    years: tuple[int, ...]
    mirror: dict[int, MirrorGap]
    changes: tuple[Any, ...]
    stored: bool
