"""``lodestone why``: from a printed figure back to its facts and assumptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson
from lodestone.errors import FigureError

app = typer.Typer(add_completion=False)


@app.command()
def why(
    figure: Annotated[str, typer.Argument(help="Id of a figure; a unique ending will do.")] = "",
    run: Annotated[str, typer.Option(help="Folder of the run; the newest under out/ if not given.")] = "",
    everything: Annotated[bool, typer.Option("--list", help="List the ids instead.")] = False,
    deepest: Annotated[int, typer.Option(min=1, max=50, help="How far to walk.")] = 12,
    as_json: AsJson = False,
) -> None:
    """Walk a figure back through run and baseline cell to source and locator, or a marked assumption."""
    from lodestone.cli.runs import newest_run
    from lodestone.record.bundle import read_bundle
    from lodestone.record.figure import as_plain
    from lodestone.record.why import why as walk

    bundle = read_bundle(Path(run) if run else newest_run())
    if everything:
        names = [name for name in sorted(bundle.figures) if name.startswith("run:")]
        typer.echo(json.dumps(names, indent=1) if as_json else "\n".join(names))
        return
    if not figure:
        raise FigureError("no figure is named. Give an id, or list the ids with 'lodestone why --list'.")
    steps = walk(bundle.figures, figure, deepest)
    if as_json:
        told = [{"depth": step.depth, "again": step.seen_before, **as_plain(step.figure)} for step in steps]
        typer.echo(json.dumps(told, indent=1, allow_nan=False))
        return
    for step in steps:
        one = step.figure
        number = "" if one.value is None else f" = {one.value:.6g} {one.unit}"
        interval = "" if one.low is None or one.high is None else f" ({one.low:.4g} to {one.high:.4g})"
        typer.echo(
            f"{'  ' * step.depth}{one.kind}: {one.label}{number}{interval}" + (" (above)" if step.seen_before else "")
        )
        if not step.seen_before:
            typer.echo(f"{'  ' * step.depth}  {one.rule}")
            if one.source:
                typer.echo(f"{'  ' * step.depth}  source: {one.source}; {one.locator}")
