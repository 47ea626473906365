"""``lodestone exposure``: who an economy or a firm depends on, first tier and looked through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Who depends on whom.")


@app.callback()
def root() -> None:
    """Hold what concerns all commands of the group."""


@app.command()
def show(
    economy: Annotated[str, typer.Argument(help="Label of the economy, ISO 3166 alpha-3.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    element: Annotated[list[str] | None, typer.Option(help="Elements, each on its own; may be repeated.")] = None,
    country: Annotated[str, typer.Option(help="Whose hold is asked about; the largest maker if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="By supply site too, and the indices others publish.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Shares, concentration, look-through, ceilings and weeks of one economy, each with its interval."""
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.cli.exposure_text import as_json as told
    from lodestone.cli.exposure_text import as_text
    from lodestone.exposure.view import view
    from lodestone.facts.place import data_folder

    folder = data_folder()
    name = material or default_material(folder)
    baseline = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, year)))
    found = view(folder, baseline, economy, tuple(element or ()), country, everything)
    typer.echo(json.dumps(told(found), indent=1, allow_nan=False) if as_json else as_text(found, everything))


@app.command()
def bom(
    file: Annotated[Path, typer.Argument(help="CSV; columns as in the how-to on bills of materials.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    country: Annotated[str, typer.Option(help="Whose hold is asked about; the largest maker if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    as_json: AsJson = False,
) -> None:
    """A firm's bill of materials: origin of each element, weeks until a stop, alternatives. Nothing is kept."""
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.cli.bill_text import as_json as told
    from lodestone.cli.bill_text import as_text
    from lodestone.exposure.bill_view import bill_view
    from lodestone.exposure.bom import read_bill_rows
    from lodestone.facts.place import data_folder

    folder = data_folder()
    bill, faults = read_bill_rows(file)
    name = material or default_material(folder)
    baseline = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, year)))
    found = bill_view(baseline, bill, country, faults)
    typer.echo(json.dumps(told(found), indent=1, allow_nan=False) if as_json else as_text(found))
