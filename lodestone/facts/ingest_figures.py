"""Producers' tables of figures that are no flows: into a folder of facts below the store, whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import yaml

from lodestone.facts.nouns import Fact
from lodestone.facts.read import FACT_FILE
from lodestone.facts.sources import SOURCE_FILE, file_checksum
from lodestone.facts.stage import Tally
from lodestone.facts.trade_nouns import REASONS, Edition, FigureLayout, IngestReport, SetAside
from lodestone.facts.trade_partners import Partners
from lodestone.facts.unpack import unpack

FACTS = "facts"


def ingest_figures(
    layout: FigureLayout,
    files: Sequence[Path],
    store: Path,
    beside: Path,
    partners: Partners,
    dry_run: bool,
    tick: Callable[[int, int], None],
) -> IngestReport:
    """Read one edition's files into ``<store>/facts/<kind>/<edition>/``, which `read_facts` of ``<store>/facts`` finds.

    Parameters
    ----------
    layout : FigureLayout
    files : sequence of Path
    store : Path
    beside : Path
        An existing folder on the store's file system.
    partners : Partners
    dry_run : bool
    tick : callable (done, total)

    Returns
    -------
    IngestReport
        With a fault among ``left_out`` nothing was stored; the caller raises it.

    Raises
    ------
    Faults
        If files or headers are wrong.
    """
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=None if dry_run else beside) as held:
        work = Path(held)
        edition = layout.edition_of(unpack(files, work), partners)
        tally, facts = Tally(), list[Fact]()
        for place, document in enumerate(edition.documents, start=1):
            for row in layout.facts_of(document, edition):
                tally.rows += 1
                if isinstance(row, SetAside):
                    tally.leave_out(document.name, row)
                else:
                    facts.append(row)
                    tally.years.add(int(row.period[:4]))
            tick(place, len(edition.documents))
        stored = not dry_run and bool(facts) and not any(REASONS[reason].fault for reason in tally.counts)
        if stored:
            made = work / "made"
            made.mkdir()
            _write(layout, edition, facts, made)
            _put(made, store / FACTS / layout.kind / edition.edition, work / "older")
    left_out = tally.left_out()
    return IngestReport(
        kind=layout.kind,
        producer=layout.producer,
        edition=edition.edition,
        nomenclature="",
        value_unit="none",
        quantity_unit="t",
        files=tuple((document.name, document.checksum) for document in edition.documents),
        rows_read=tally.rows,
        rows_kept=len(facts),
        flows=len(facts),
        no_value=0,
        no_quantity=sum(fact.value is None for fact in facts),
        left_out=left_out,
        years=tuple(sorted(tally.years)),
        mirror={},
        changes=(),
        stored=stored,
    )


def _write(layout: FigureLayout, edition: Edition, facts: Sequence[Fact], folder: Path) -> None:
    with (folder / FACT_FILE).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [field.name for field in fields(Fact)], lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: "" if cell is None else cell for key, cell in asdict(fact).items()} for fact in facts)
    source = {
        "id": f"{layout.kind}-{edition.edition}",
        "producer": layout.producer,
        "title": layout.title,
        "edition": edition.edition,
        "published": str(edition.published),
        "read": dt.date.today().isoformat(),
        "address": "; ".join(f"{document.name} {document.checksum}" for document in edition.documents),
        "licence": layout.licence,
        "tier": "A",
    }
    document = {"checksum": file_checksum(folder / FACT_FILE), "sources": [source]}
    (folder / SOURCE_FILE).write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _put(made: Path, target: Path, older: Path) -> None:
    """Put a finished folder in its place; what was there comes back if that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.replace(target, older)
    try:
        os.replace(made, target)
    except OSError:
        if older.exists():
            os.replace(older, target)
        raise
    shutil.rmtree(older, ignore_errors=True)
