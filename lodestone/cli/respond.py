"""``lodestone respond``: what to buy, build, hold and save against a curb, and what is still lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from lodestone.cli.options import AsJson, Demand, Inventory, Material, Scenario, Seed, Threads
from lodestone.cli.respond_text import answer_document, answer_lines, lever_lines
from lodestone.respond.plan import loss_if_it_comes, spending

if TYPE_CHECKING:
    from lodestone.evidence.find_plan import Response
    from lodestone.respond.plan import Plan

app = typer.Typer(add_completion=False)
LEAST = 0.05  # million USD, or t: less is not printed


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
    risk_weight: Annotated[float, typer.Option(min=0.0, help="Weight of the CVaR beside the mean.")] = 0.0,
    risk_level: Annotated[float, typer.Option(min=0.0, max=0.99, help="Level of the CVaR.")] = 0.9,
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
    inventory: Inventory = "",
    demand: Demand = "",
    seed: Seed = 1,
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Work out a plan for one economy against a scenario's curb, beside doing nothing."""
    from lodestone.chain import respond as find
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.evidence.requests import PlanRequest

    date_option(ceiling_by)
    forms = tuple(ceiling_form) if ceiling_form else PlanRequest.ceiling_forms
    request = PlanRequest(
        scenario, economy, material, members=members, seed=seed, threads=threads, probability=probability,
        risk_weight=risk_weight, risk_level=risk_level, budget=budget, ceiling=ceiling, ceiling_by=ceiling_by,
        standard=standard, kept_open=kept_open, allotted=allotted, levers=levers, time_limit=time_limit, inventory=inventory, demand=demand,
        ceiling_forms=forms, worth=worth, frontier=frontier, one_more=one_more, break_even=break_even, ends=ends,
    )  # fmt: skip
    found = find(request, progress)
    typer.echo(json.dumps(as_document(found), indent=1, ensure_ascii=False) if as_json else "\n".join(as_lines(found)))


def as_lines(found: Response) -> list[str]:
    """A plan as lines of text."""
    case, plan, nothing = found.case, found.plan, found.nothing
    names = {lever.lever: lever.name for lever in found.levers}
    lines = [
        f"{case.home.economy} against a curb by {case.home.issuer}; million USD of 2024, expected and discounted unless said",
        f"yearly probability of a curb {case.curb.yearly:.0%} (judgement), horizon {_horizon(found):.0f} years, "
        f"{len(plan.chance)} scenarios; {found.solved.column_count:,} variables, {found.solved.status}",
        "",
        f"  {'':<44}{'plan':>12}{'nothing':>12}",
    ]
    spent, idle = spending(plan), spending(nothing)
    for words, a, b in (
        ("cost of the plan", spent, idle),
        ("loss of value added", plan.costs["loss of value added"], nothing.costs["loss of value added"]),
        ("both", plan.objective, nothing.objective),
        ("loss if a curb comes, not discounted", loss_if_it_comes(plan), loss_if_it_comes(nothing)),
    ):
        lines.append(f"  {words:<44}{a:>12,.0f}{b:>12,.0f}")
    without, having = (quantiles(one) for one in (found.outcome.without, found.outcome.with_plan))
    lines += [
        "",
        f"Simulated: the scenario beginning {found.outcome.standing.years:g} years from now, direct loss of value added",
        f"  {'':<44}{'median':>12}{'5 %':>12}{'95 %':>12}",
        f"  {'without the plan':<44}{without[1]:>12,.0f}{without[0]:>12,.0f}{without[2]:>12,.0f}",
        f"  {'with what it has in place by then':<44}{having[1]:>12,.0f}{having[0]:>12,.0f}{having[2]:>12,.0f}",
    ]
    lines += ["", "Commit now and in calm (t contained a year, capital)"]
    calm = plan.commitments[plan.commitments["in_calm"]]
    lines += [
        f"  in {row.years:4.1f} years  {names[row.lever]:<48}{row.t_a_year:>9,.0f}{row.capex:>10,.0f}"
        for row in calm.itertuples()
    ] or ["  nothing"]
    lines += ["", "Hold in reserve while it is calm (t contained: after one year, after two)"]
    held = plan.stocks.pivot_table(index="product", columns="years", values="held")
    some = held[held.max(axis=1) > LEAST]
    lines += [f"  {product:<44}{row[0.75]:>12,.1f}{row[1.75]:>12,.1f}" for product, row in some.iterrows()] or [
        "  nothing"
    ]
    lines += ["", "Loss by user sector, expected", f"  {'':<44}{'plan':>12}{'nothing':>12}"]
    lines += [
        f"  {str(use).rpartition('@')[0].replace('_', ' '):<44}{plan.loss_by_use[use]:>12,.0f}{value:>12,.0f}"
        for use, value in nothing.loss_by_use.items() if value > LEAST
    ]  # fmt: skip
    lines += ["", *lever_lines(found)]
    lines += [f"Left out: {names[one]}: {why}" for one, why in case.ready.left_out]
    return lines + answer_lines(found)


def as_document(found: Response) -> dict[str, Any]:
    """The same as plain values."""
    case = found.case

    def told(plan: Plan) -> dict[str, Any]:
        return {
            "objective": plan.objective, "cost": spending(plan), "loss": plan.costs["loss of value added"],
            "loss_if_a_curb_comes": loss_if_it_comes(plan), "commitments": plan.commitments.to_dict("records"),
            "stocks": plan.stocks.to_dict("records"), "loss_by_use": plan.loss_by_use.to_dict(),
            "scenarios": [{"scenario": one, "probability": plan.chance[one], "loss": loss} for one, loss in plan.loss_in_curb.items()],
        }  # fmt: skip

    return {
        "economy": case.home.economy, "issuer": case.home.issuer, "unit": "million USD of 2024", "probability": case.curb.yearly,
        "years": _horizon(found), "variables": found.solved.column_count, "status": found.solved.status, "gap": found.solved.gap,
        "plan": told(found.plan), "nothing": told(found.nothing),
        "simulated": {
            "years": found.outcome.standing.years, "reserve": found.outcome.standing.reserve, "brings": found.outcome.standing.brings,
            "without": quantiles(found.outcome.without), "with": quantiles(found.outcome.with_plan),
        },
        "left_out": [{"lever": one, "why": why} for one, why in case.ready.left_out], **answer_document(found),
    }  # fmt: skip


def quantiles(draws: np.ndarray) -> tuple[float, float, float]:
    """The 5th, 50th and 95th percentile of a run's draws."""
    low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _horizon(found: Response) -> float:
    data = found.case.outlook.data
    return float((data["begins"] + data["weeks"].sum("part") / 52.0).max())
