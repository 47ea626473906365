"""``lodestone baseline``: show, or rebuild, the reconciled network of a material."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson

app = typer.Typer(add_completion=False)
DRAWS = 200
SEED = 2024


@app.command()
def baseline(
    material: Annotated[str, typer.Argument(help="Material; the folders of data/topology.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Reconcile again from the facts.")] = False,
    draws: Annotated[int, typer.Option(min=0, max=5000, help="Members of the set of draws.")] = DRAWS,
    as_of: Annotated[str, typer.Option(help="Only facts known by this date (YYYY-MM-DD); not stored.")] = "",
    out: Annotated[str, typer.Option(help="Where to store; the data folder if not given.")] = "",
    published: Annotated[
        bool, typer.Option("--published", help="Shares beside published ones, with bounds by tier A facts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Report how a baseline was filled: facts used and missed, cells observed, constrained, assumed."""
    from lodestone.baseline.describe import describe, lines
    from lodestone.baseline.make import make_baseline
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline, write_baseline
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.facts.place import data_folder
    from lodestone.facts.read import known_date, read_facts

    name = material or default_material(data_folder())
    date = known_date(date_option(as_of))
    again = rebuild or date is not None
    chosen = year if year and again else base_year_of(data_folder(), name, year)
    place = Path(out) if out else baseline_folder(data_folder(), name, chosen)
    if again:
        facts = read_facts(as_of=date)
        with progress("reconciling", draws) as tick:
            made = make_baseline(data_folder(), name, chosen, facts, draws=draws, seed=SEED, workers=2, progress=tick)
        if date is None or out:
            write_baseline(made, place)
    else:
        made = read_baseline(place)
    if published:
        from lodestone.evidence.baseline_published import as_data, published_shares, share_lines

        shares = published_shares(data_folder(), made, read_facts(as_of=date), progress)
        typer.echo(json.dumps(as_data(shares), indent=1) if as_json else "\n".join(share_lines(shares)))
        return
    told = describe(made)
    typer.echo(json.dumps(told, indent=1) if as_json else "\n".join(lines(told)))
