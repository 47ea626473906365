"""``lodestone brief``: one command from a dated curb to a sourced brief."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def brief(
    economy: Annotated[str, typer.Argument(help="Label of the economy, ISO 3166 alpha-3.")],
    scenario: Annotated[str, typer.Option(help="A scenario's name, or a file.")],
    sector: Annotated[list[str] | None, typer.Option(help="Only these sectors in the tables; may be repeated.")] = None,
    as_of: Annotated[str, typer.Option(help="Only what was known by this date (YYYY-MM-DD).")] = "",
    out: Annotated[str, typer.Option(help="Folder of the bundle.")] = "",
    members: Annotated[int, typer.Option(min=20, max=100_000, help="Draws of the simulation.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all streams.")] = 1,
    inventory: Annotated[str, typer.Option(help="CSV of your own stocks in place of the assumed ones.")] = "",
    demand: Annotated[str, typer.Option(help="CSV of your own demand in place of the base year's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Write a brief: HTML, PDF, one page, tables, workbook and the figures behind every number."""
    from lodestone.chain import Request
    from lodestone.chain import brief as write
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.report.format import figure_style, interval_text, value_text

    date_option(as_of)
    name = Path(scenario).stem
    place = Path(out) if out else Path("out") / f"{economy.lower()}-{name}"
    request = Request(
        economy, scenario, as_of=as_of, members=members, seed=seed, sectors=tuple(sector or ()),
        inventory=inventory, demand=demand,
    )  # fmt: skip
    folder, found = write(request, place, progress)
    shown = ("imports.second_group", "weeks.central", "value.total", "months.second_group", "assumed")
    figures = [found.figures[found.headline[key]] for key in shown]
    if as_json:
        rows = [
            {"id": f.id, "label": f.label, "value": f.value, "low": f.low, "high": f.high, "unit": f.unit}
            for f in figures
        ]
        typer.echo(json.dumps({"folder": str(folder), "headlines": rows}, indent=1))
        return
    for figure in figures:
        style = figure_style(figure)
        interval = interval_text(figure, style)
        typer.echo(
            f"{figure.label}: {value_text(figure.value, style, figure.unit)}" + (f" ({interval})" if interval else "")
        )
    for file in ("brief.html", "brief.pdf", "one-page.pdf", "tables.xlsx", "summary.json"):
        typer.echo(str(folder / file))
    typer.echo(f"Ask 'lodestone why ID --run {folder}' where a number comes from; ids stand beside each number.")
