"""From a producer's files to the store: every row kept or named, and the store changed whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lodestone.errors import Fault, Faults, LodestoneError
from lodestone.facts.calendar import publication_day, read_calendars
from lodestone.facts.edition_change import EditionChange, edition_changes
from lodestone.facts.ingest_figures import ingest_figures
from lodestone.facts.readers import layout_of
from lodestone.facts.stage import MEMORY, Tally, holds_duplicates, stage_rows, take_out_duplicates, write_year
from lodestone.facts.store import commit, folder_checksum, read_manifest, write_derived
from lodestone.facts.trade_nouns import (
    REASONS,
    Document,
    Edition,
    FigureLayout,
    IngestReport,
    Layout,
    LeftOut,
    MirrorGap,
    Partition,
)
from lodestone.facts.trade_partners import read_partners
from lodestone.facts.unpack import unpack

QUANTITY_UNIT = "t, net weight"


class IngestRefused(LodestoneError):
    """Rows of the files are wrong; nothing was stored. ``report`` says what became of every row."""

    def __init__(self, report: IngestReport) -> None:
        self.report = report
        faults = [one for one in report.left_out if one.fault]
        count = sum(one.rows for one in faults)
        lines = [f"{count:,} row{'s' if count != 1 else ''} cannot be used; the store is as it was:"]
        for one in faults:
            lines.append(f"  {one.rows:,} x {one.reason}: {one.text}. {REASONS[one.reason].next_step}")
            lines += [f"      {file}:{line}  {detail}".rstrip() for file, line, detail in one.first[:5]]
        super().__init__("\n".join(lines))


def ingest(
    kind: str,
    files: Sequence[Path],
    store: Path,
    labels_folder: Path,
    dry_run: bool = False,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> IngestReport:
    """Read files of one release into a store.

    Parameters
    ----------
    kind : str
        Which layout: a name of `lodestone.facts.readers.LAYOUTS`.
    files : sequence of Path
        Plain, gzip or ZIP; tables of codes of the same release among them.
    store : Path
        Made if it is not there.
    labels_folder : Path
        A data folder, for the table of trade partners and the calendars.
    dry_run : bool
        Do all but store.
    tick : callable (done, total)
        Told of each finished document.

    Returns
    -------
    IngestReport

    Raises
    ------
    Faults
        If files or headers are wrong.
    IngestRefused
        If rows are; it carries the report.
    """
    layout = layout_of(kind)
    partners = read_partners(labels_folder)
    beside = store if store.is_dir() else _existing(store.parent)
    if isinstance(layout, FigureLayout):
        report = ingest_figures(layout, files, store, beside, partners, dry_run, tick)
        return _refuse_faults(report)
    before = read_manifest(store)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=None if dry_run else beside) as held:
        work = Path(held)
        edition = layout.edition_of(unpack(files, work), partners)
        tally = Tally()
        years, flows = _read_all(layout, edition, work, tally, tick)
        report = _report(layout, edition, tally, years, flows, stored=not dry_run)
        report = dataclasses.replace(report, changes=_changes(store, before, layout, edition, years))
        _refuse_faults(report)
        if not years:
            raise Faults([Fault(edition.documents[0].name, None, None, "no row is left to store", "Check the files.")])
        _refuse_other_files(before, layout, edition, report)
        if not dry_run:
            made = [
                (folder, _partition(layout, edition, folder, year, flows[year], labels_folder))
                for year, folder in sorted(years.items())
            ]
            commit(store, made, before)
    return report


def _refuse_faults(report: IngestReport) -> IngestReport:
    if any(one.fault for one in report.left_out):
        raise IngestRefused(report)
    return report


def _changes(
    store: Path, before: tuple[Partition, ...], layout: Layout, edition: Edition, years: dict[int, Path]
) -> tuple[EditionChange, ...]:
    frequencies = {year: _frequency(folder / "flows.parquet", year)[0] for year, folder in years.items()}
    found: list[EditionChange] = []
    for frequency in sorted(set(frequencies.values())):
        folders = {year: folder for year, folder in years.items() if frequencies[year] == frequency}
        named = (layout.kind, edition.nomenclature, frequency, edition.edition)
        found += edition_changes(store, before, folders, named)
    return tuple(found)


def _refuse_other_files(before: tuple[Partition, ...], layout: Layout, edition: Edition, report: IngestReport) -> None:
    """An edition is all its files at once: one from other files would push out what the store holds of it."""
    faults = [
        Fault(
            str(held.year),
            None,
            None,
            f"the store holds this year of {layout.kind} {held.edition} from other files",
            "Give all files of an edition at once.",
        )
        for held in before
        if (held.kind, held.edition, held.nomenclature) == (layout.kind, edition.edition, edition.nomenclature)
        and held.year in report.years
        and {checksum for _, checksum in held.files} - {checksum for _, checksum in report.files}
    ]
    if faults:
        raise Faults(faults)


def _read_all(
    layout: Layout, edition: Edition, work: Path, tally: Tally, tick: Callable[[int, int], None]
) -> tuple[dict[int, Path], dict[int, int]]:
    """Folders of finished partitions and their number of flows, by year."""
    total = len(edition.documents)
    folders: dict[int, Path] = {}
    flows: dict[int, int] = {}
    staged: list[Path] = []
    for number, document in enumerate(edition.documents):
        path = _fast(layout, edition, document, work, tally, folders, flows)
        if path is not None:
            staged.append(path)
        tick(number + 1, total)
    take_out_duplicates(staged, tally)
    if any(REASONS[reason].fault for reason in tally.counts):
        return {}, {}
    for year in sorted(tally.years - folders.keys()):
        folders[year] = work / f"year-{year}"
        folders[year].mkdir()
        flows[year] = write_year(staged, year, folders[year])
    for folder in folders.values():
        write_derived(folder)
    return folders, flows


def _fast(
    layout: Layout,
    edition: Edition,
    document: Document,
    work: Path,
    tally: Tally,
    folders: dict[int, Path],
    flows: dict[int, int],
) -> Path | None:
    """Read one document; None if its year is finished, else the file of its staged rows."""
    number = len(list(work.glob("document-*")))
    folder = work / f"document-{number:05d}"
    folder.mkdir()
    found = layout.fast(document, edition, folder / "flows.parquet") if layout.fast else None
    if found and found.year not in tally.years and not holds_duplicates(folder / "flows.parquet"):
        tally.rows += found.rows
        tally.no_quantity += found.no_quantity
        tally.years.add(found.year)
        folders[found.year], flows[found.year] = folder, found.rows
        return None
    staged = folder / "rows.parquet"
    stage_rows(document.name, layout.rows_of(document, edition), staged, tally)
    return staged


def _report(
    layout: Layout, edition: Edition, tally: Tally, years: dict[int, Path], flows: dict[int, int], stored: bool
) -> IngestReport:
    left_out: tuple[LeftOut, ...] = tally.left_out()
    return IngestReport(
        kind=layout.kind,
        producer=layout.producer,
        edition=edition.edition,
        nomenclature=edition.nomenclature,
        value_unit=edition.value_unit,
        quantity_unit=QUANTITY_UNIT,
        files=tuple((document.name, document.checksum) for document in edition.documents),
        rows_read=tally.rows,
        rows_kept=tally.rows - sum(one.rows for one in left_out),
        flows=sum(flows.values()),
        no_value=tally.no_value,
        no_quantity=tally.no_quantity,
        left_out=left_out,
        years=tuple(sorted(years or tally.years)),
        mirror={year: gap for year, folder in years.items() if (gap := mirror_gap(folder / "flows.parquet"))},
        changes=(),
        stored=stored and bool(years),
    )


def mirror_gap(flows: Path) -> MirrorGap | None:
    """What both sides say of the flows that both report; None where no flow has two reports."""
    import duckdb

    with duckdb.connect(config={"temp_directory": str(flows.parent), "memory_limit": MEMORY}) as database:
        found = database.execute(
            """
            SELECT count(*), sum(mv), sum(xv), sum(mq) FILTER (xq IS NOT NULL), sum(xq) FILTER (mq IS NOT NULL) FROM (
                SELECT sum(value) FILTER (reported_by = 'importer') AS mv, sum(value) FILTER (reported_by = 'exporter') AS xv,
                       sum(quantity) FILTER (reported_by = 'importer') AS mq,
                       sum(quantity) FILTER (reported_by = 'exporter') AS xq
                FROM read_parquet($flows) WHERE reported_by <> 'both' GROUP BY importer, product, exporter, month)
            WHERE mv IS NOT NULL AND xv IS NOT NULL
            """,
            {"flows": str(flows)},
        ).fetchall()[0]
    return MirrorGap(int(found[0]), *(float(part or 0) for part in found[1:])) if found[0] else None


def _partition(layout: Layout, edition: Edition, folder: Path, year: int, flows: int, labels_folder: Path) -> Partition:
    checksum = folder_checksum(folder)
    frequency, last = _frequency(folder / "flows.parquet", year)
    known = edition.published or publication_day(read_calendars(labels_folder)[layout.calendar], last)
    words = (layout.kind, edition.edition, edition.nomenclature, frequency, str(year), checksum[7:19])
    for stray in folder.glob("rows.parquet"):
        stray.unlink()
    return Partition(
        kind=layout.kind,
        producer=layout.producer,
        title=layout.title,
        edition=edition.edition,
        nomenclature=edition.nomenclature,
        year=year,
        frequency=frequency,
        rows=flows,
        value_unit=edition.value_unit,
        known_from=known,
        read=dt.date.today(),
        files=tuple((document.name, document.checksum) for document in edition.documents),
        folder="-".join("".join(c if c.isalnum() else "_" for c in word) for word in words),
        checksum=checksum,
    )


def _frequency(flows: Path, year: int) -> tuple[str, str]:
    """Whether a year's flows are months, and the period that was known last."""
    import duckdb

    with duckdb.connect() as database:
        found = database.execute("SELECT min(month), max(month) FROM read_parquet($flows)", {"flows": str(flows)})
        least, last = found.fetchall()[0]
    if least == 0:
        return "year", str(year)
    return "month", f"{year}-{last:02d}"


def _existing(folder: Path) -> Path:
    """The nearest folder above that is there."""
    while not folder.is_dir():
        folder = folder.parent
    return folder
