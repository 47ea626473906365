"""``lodestone exposure``: who an economy depends on, first tier and looked through."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Who depends on whom.")


@app.callback()
def root() -> None:
    """Hold what concerns all commands of the group."""


@app.command()
def show(
    economy: Annotated[str, typer.Argument(help="Label of the economy, ISO 3166 alpha-3.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    most: Annotated[int, typer.Option(min=1, help="Suppliers listed.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Import shares by element with the interval of the baseline draws, compounds and metals, first tier."""
    from lodestone.baseline.material import base_year_of, read_material
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.exposure.summary import exposure_rows
    from lodestone.facts.place import data_folder

    name = material or default_material(data_folder())
    about = read_material(data_folder(), name)
    place = baseline_folder(data_folder(), name, base_year_of(data_folder(), name, year))
    rows = exposure_rows(read_baseline(place), about, economy, most)
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    wide = max((len(row["stage"]) for row in rows), default=1)
    for row in rows:
        typer.echo(
            f"{row['element']:<3} {row['stage']:<{wide}} {row['supplier']:<5} {100 * row['share']:5.1f} %  "
            f"({100 * row['low']:.0f} to {100 * row['high']:.0f} %)  {row['tonnes']:10.1f} t imported a year"
        )
