"""``lodestone brief``: one command from a dated curb to a sourced brief."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson, AsOf, Demand, Inventory, Material, Seed

app = typer.Typer(add_completion=False)


@app.command()
def brief(
    economy: Annotated[str, typer.Argument(help="Label of the economy, ISO 3166 alpha-3.")],
    scenario: Annotated[str, typer.Option(help="A scenario's name, or a file.")],
    material: Material = "",
    sector: Annotated[list[str] | None, typer.Option(help="Only these sectors in the tables; may be repeated.")] = None,
    as_of: AsOf = "",
    out: Annotated[str, typer.Option(help="Folder of the bundle.")] = "",
    members: Annotated[int, typer.Option(min=20, max=100_000, help="Draws of the simulation.")] = 1000,
    seed: Seed = 1,
    inventory: Inventory = "",
    demand: Demand = "",
    as_json: AsJson = False,
) -> None:
    """Write a brief: HTML, PDF, one page, tables, workbook and the figures behind every number."""
    from lodestone.chain import brief as write
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.evidence.requests import Request
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
