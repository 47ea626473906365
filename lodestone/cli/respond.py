"""``lodestone respond``: what to buy, build, hold and save against a curb, and what is still lost."""

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
    Scenario,
    Seed,
    Threads,
)

app = typer.Typer(add_completion=False)
MANY = 6  # curbs and points from which a run may be long


@app.command()
def respond(
    scenario: Scenario,
    economy: Annotated[str, typer.Option(help="Who plans.")],
    material: Material = "",
    probability: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Yearly probability that the curb begins; the assumption's if 0.")
    ] = 0.0,
    budget: Annotated[float | None, typer.Option(help="Most to spend a year, million USD of 2024.")] = None,
    ceiling: Annotated[float | None, typer.Option(help="Largest share from the issuer, e.g. 0.6.")] = None,
    ceiling_by: Annotated[str, typer.Option(help="From which day on (YYYY-MM-DD); in three years if not given.")] = "",
    ceiling_form: Annotated[
        list[str] | None, typer.Option(help="A form the ceiling holds for; may be repeated.")
    ] = None,
    standard: Annotated[bool, typer.Option("--standard", help="Only levers bound by a public standard.")] = False,
    kept_open: Annotated[float, typer.Option(help="Share of new supply left to others.")] = 0.0,
    allotted: Annotated[
        bool, typer.Option("--allotted", help="Somebody allots what is scarce to where most is lost.")
    ] = False,
    first: Annotated[
        list[str] | None,
        typer.Option(help="A sector served before all others, e.g. aerospace_defence; may be repeated."),
    ] = None,
    risk_weight: Annotated[float, typer.Option(min=0.0, help="Weight of the CVaR beside the mean.")] = 0.0,
    risk_level: Annotated[float, typer.Option(min=0.0, max=0.99, help="Level of the CVaR.")] = 0.9,
    ambiguity: Annotated[
        float,
        typer.Option(min=0.0, max=0.99, help="Share of probability that may lie elsewhere: best against the worst."),
    ] = 0.0,
    levers: Annotated[str, typer.Option(help="CSV or YAML of levers of your own.")] = "",
    members: Annotated[int, typer.Option(min=3, max=100_000, help="Draws of the curb's depth.")] = 200,
    time_limit: Annotated[float, typer.Option(min=1.0, help="Seconds for each solve.")] = 600.0,
    worth: Annotated[bool, typer.Option("--worth", help="What the tree is worth: EV, RP, EEV, WS, fan.")] = False,
    frontier: Annotated[
        int, typer.Option(min=0, max=200, help="Points of cost against loss as the budget grows, e.g. 12; at least 3.")
    ] = 0,
    one_more: Annotated[
        bool, typer.Option("--one-more", help="What one more tonne in reserve, or week of company cover, is worth.")
    ] = False,
    break_even: Annotated[
        bool,
        typer.Option("--break-even", help="From which probability, and at which price, each lever enters the plan."),
    ] = False,
    ends: Annotated[bool, typer.Option("--ends", help="The plan with each number at its low and high end.")] = False,
    tested: Annotated[
        int,
        typer.Option(
            min=0, max=1000, help="Test the plan and simple rules on so many curbs that its tree has not, e.g. 20."
        ),
    ] = 0,
    floors: Annotated[
        bool, typer.Option("--floors", help="Price floors of suppliers and plants that the plan leaves alone too.")
    ] = False,
    answering: Annotated[
        bool, typer.Option("--answering", help="A curb whose probability answers to the plan, or whose maker knows it.")
    ] = False,
    rests_on: Annotated[
        bool, typer.Option("--rests-on", help="What cost and benefit rest on: sourced, transferred, assumed.")
    ] = False,
    research: Annotated[
        bool,
        typer.Option("--research", help="What each research programme would be worth, and from which probability."),
    ] = False,
    inventory: Inventory = "",
    demand: Demand = "",
    seed: Seed = 1,
    threads: Threads = 2,
    cluster: Cluster = "",
    cluster_tls: ClusterTls = "",
    kept: Kept = "",
    dry_run: DryRun = False,
    out: Annotated[str, typer.Option(help="A folder for a page of it: HTML, PDF, tables.")] = "",
    as_json: AsJson = False,
) -> None:
    """Work out a plan for one economy against a scenario's curb, beside doing nothing."""
    from lodestone.chain import respond as find
    from lodestone.chain import respond_page
    from lodestone.cli.progress import progress
    from lodestone.cli.respond_lines import as_document, as_lines
    from lodestone.cli.work import at_work
    from lodestone.evidence.requests import PlanRequest

    forms = tuple(ceiling_form) if ceiling_form else PlanRequest.ceiling_forms
    request = PlanRequest(
        scenario, economy, material, members=members, seed=seed, threads=threads, probability=probability,
        risk_weight=risk_weight, risk_level=risk_level, ambiguity=ambiguity, budget=budget, ceiling=ceiling, ceiling_by=ceiling_by,
        standard=standard, kept_open=kept_open, allotted=allotted, first=tuple(first or ()), levers=levers, time_limit=time_limit,
        inventory=inventory, demand=demand,
        ceiling_forms=forms, worth=worth, frontier=frontier, one_more=one_more, break_even=break_even, ends=ends, tested=tested,
        floors=floors, answering=answering, rests_on=rests_on or bool(out), research=research,
    )  # fmt: skip
    if dry_run or tested + frontier >= MANY:
        from lodestone.cli.estimate_text import tell_first

        if tell_first(request, dry_run, as_json, threads, cluster):
            return
    with at_work(cluster, cluster_tls, kept):
        found = respond_page(request, Path(out), progress)[1] if out else find(request, progress)
    typer.echo(json.dumps(as_document(found), indent=1, ensure_ascii=False) if as_json else "\n".join(as_lines(found)))
