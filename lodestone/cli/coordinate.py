"""``lodestone coordinate``: what members gain by acting together against a scenario's curb, section by section."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import (
    AsJson,
    Cluster,
    ClusterTls,
    Demand,
    DryRun,
    Inventory,
    Kept,
    Material,
    Rule,
    Scenario,
    Seed,
    Threads,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def coordinate(
    scenario: Scenario,
    members: Annotated[
        str, typer.Option(help="Economies and groups joined by commas, e.g. G7 or G7,EU24,KOR or JPN,USA,DEU.")
    ] = "G7",
    section: Annotated[
        list[str] | None,
        typer.Option(help="scramble, leverage, values, reserve; may be repeated; the first two if none is named."),
    ] = None,
    products: Annotated[int, typer.Option(min=1, max=60, help="Products the scramble is played for.")] = 6,
    plans: Annotated[
        bool,
        typer.Option("--plans/--no-plans", help="Make members' own plans, for leverage with them and for values."),
    ] = True,
    counter: Annotated[
        str, typer.Option(help="The scenario that holds members' own measures; none if empty.")
    ] = "counter-measures",
    reserve: Annotated[
        str, typer.Option(help="The file of a shared reserve's rule; its section is then found too.")
    ] = "",
    replicates: Annotated[
        int, typer.Option(min=1, max=100, help="Simulations of the curb from which values get their standard errors.")
    ] = 3,
    material: Material = "",
    draws: Annotated[int, typer.Option(min=3, max=2_000, help="Draws of the curb.")] = 100,
    rule: Rule = "pro_rata",
    time_limit: Annotated[float, typer.Option(min=1.0, help="Seconds for each solve.")] = 600.0,
    inventory: Inventory = "",
    demand: Demand = "",
    seed: Seed = 1,
    threads: Threads = 2,
    cluster: Cluster = "",
    cluster_tls: ClusterTls = "",
    kept: Kept = "",
    dry_run: DryRun = False,
    out: Annotated[str, typer.Option(help="A folder for a brief of it: HTML, PDF, tables.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what unity is worth and to whom, who goes short when members buy against each other, and what the curb costs its issuer."""
    from lodestone.chain import coordinate as find
    from lodestone.chain import coordinate_page
    from lodestone.cli.coordinate_lines import as_document, as_lines
    from lodestone.cli.progress import progress
    from lodestone.cli.work import at_work
    from lodestone.evidence.requests import TogetherRequest

    asked = tuple(section or TogetherRequest.sections)
    asked += ("reserve",) if reserve and "reserve" not in asked else ()
    request = TogetherRequest(
        scenario, tuple(one.strip() for one in members.split(",") if one.strip()), material, draws=draws, seed=seed, rule=rule,
        threads=threads, products=products, plans=plans, counter=counter, replicates=replicates, sections=asked, reserve=reserve,
        time_limit=time_limit, inventory=inventory, demand=demand,
    )  # fmt: skip
    if dry_run or "values" in request.sections:
        from lodestone.cli.estimate_text import tell_first

        if tell_first(request, dry_run, as_json, threads, cluster):
            return
    with at_work(cluster, cluster_tls, kept):
        found = coordinate_page(request, Path(out), progress)[1] if out else find(request, progress)
    typer.echo(
        json.dumps(as_document(found), indent=1, ensure_ascii=False, allow_nan=False)
        if as_json
        else "\n".join(as_lines(found))
    )
