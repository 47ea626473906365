"""``lodestone ingest``: a producer's trade tables into a store, every row accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson

app = typer.Typer(rich_markup_mode=None)


@app.command()
def ingest(
    kind: Annotated[str, typer.Argument(help="Whose layout; 'list' prints those there are.")],
    files: Annotated[list[Path] | None, typer.Argument(help="Files of one release: plain, gzip or ZIP.")] = None,
    store: Annotated[Path | None, typer.Option(help="Folder of the store; made if it is not there.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read trade tables as their producer publishes them; all or nothing, with a report of every row."""
    from lodestone.cli.progress import progress
    from lodestone.cli.trade_text import report_as_json, report_as_text
    from lodestone.errors import LodestoneError
    from lodestone.facts.ingest import IngestRefused
    from lodestone.facts.ingest import ingest as read
    from lodestone.facts.place import data_folder
    from lodestone.facts.readers import LAYOUTS

    if kind == "list":
        typer.echo("\n".join(f"{name:<10} {meaning}" for name, meaning in LAYOUTS.items()))
        return
    if not files or (store is None and not dry_run):
        raise LodestoneError("Give the files and --store FOLDER, or --dry-run to read them only.")
    try:
        with progress(f"Reading {len(files)} files", len(files)) as tick:
            report = read(kind, files, store or Path(), data_folder(), dry_run, tick)
    except IngestRefused as refused:
        if as_json:
            typer.echo(json.dumps(report_as_json(refused.report), indent=1, allow_nan=False))
        raise
    if as_json:
        typer.echo(json.dumps(report_as_json(report), indent=1, allow_nan=False))
    else:
        typer.echo(report_as_text(report))
