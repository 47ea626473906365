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
    material: Annotated[str, typer.Option(help="Which of the scenario's materials; its first if not given.")] = "",
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
    from lodestone.report.compose import compose
    from lodestone.report.format import printed
    from lodestone.report.tables import summary

    date_option(as_of)
    name = Path(scenario).stem
    place = Path(out) if out else Path("out") / "-".join(filter(None, (economy.lower(), name, material)))
    request = Request(
        economy, scenario, material=material, as_of=as_of, members=members, seed=seed, sectors=tuple(sector or ()),
        inventory=inventory, demand=demand,
    )  # fmt: skip
    folder, found = write(request, place, progress)
    written = compose(found)
    if as_json:
        told = json.loads(summary(written))["headlines"]
        typer.echo(json.dumps({"folder": str(folder), "headlines": told}, indent=1, ensure_ascii=False))
        return
    for headline in written.headlines:
        typer.echo(f"{headline.title}: {printed(headline.number, found.figures).text} [{headline.confidence}]")
    for file in ("brief.html", "brief.pdf", "one-page.pdf", "tables.xlsx", "summary.json"):
        typer.echo(str(folder / file))
    typer.echo(f"Ask 'lodestone why ID --run {folder}' where a number comes from; ids stand beside each number.")
