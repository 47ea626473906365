"""A plan beside doing nothing, as lines of text and as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lodestone.cli.respond_doubts import doubt_document, doubt_lines
from lodestone.cli.respond_text import answer_document, answer_lines, lever_lines
from lodestone.evidence.plan_words import worded_reason
from lodestone.labels import capital
from lodestone.respond.plan import loss_if_it_comes, mean_cost, spending

if TYPE_CHECKING:
    from lodestone.evidence.find_plan import Response
    from lodestone.respond.plan import Plan

LEAST = 0.05  # million USD, or t: less is not printed


def as_lines(found: Response) -> list[str]:
    """A plan as lines of text."""
    case, plan, nothing = found.case, found.plan, found.nothing
    names = {lever.lever: lever.name for lever in found.levers}

    def say(label: object) -> str:
        return found.names.get(str(label), str(label).replace("_", " "))

    lines = [
        f"{capital(say(case.home.economy))} against a curb by {say(case.home.issuer)}; million USD of 2024, expected and discounted "
        "unless said",
        f"yearly probability of a curb {case.curb.yearly:.0%} (judgement), horizon {_horizon(found):.0f} years, "
        f"{len(plan.chance)} scenarios; {found.solved.column_count:,} variables, {found.solved.status}",
        "",
        f"  {'':<44}{'plan':>12}{'nothing':>12}",
    ]
    spent, idle = spending(plan), spending(nothing)
    for words, a, b in (
        ("cost of the plan", spent, idle),
        ("loss of value added", plan.costs["loss of value added"], nothing.costs["loss of value added"]),
        ("both", mean_cost(plan), mean_cost(nothing)),
        *_weighed(found),
        ("loss if a curb comes, not discounted", loss_if_it_comes(plan), loss_if_it_comes(nothing)),
    ):
        lines.append(f"  {words:<44}{round(a):>12,}{round(b):>12,}")
    without, having = (quantiles(one) for one in (found.outcome.without, found.outcome.with_plan))
    lines += [
        "",
        f"Simulated: the scenario beginning {found.outcome.standing.years:g} years from now, direct loss of value added",
        f"  {'':<44}{'median':>12}{'5 %':>12}{'95 %':>12}",
        f"  {'without the plan':<44}{without[1]:>12,.0f}{without[0]:>12,.0f}{without[2]:>12,.0f}",
        f"  {'with what it has in place by then':<44}{having[1]:>12,.0f}{having[0]:>12,.0f}{having[2]:>12,.0f}",
        f"Less is lost with the plan: {_less(loss_if_it_comes(plan), loss_if_it_comes(nothing))} if a curb comes, as the programme "
        f"promises; {_less(having[1], without[1])} in the simulator's median.",
        f"Against this same curb the programme loses {found.promised[0]:,.0f} without and {found.promised[1]:,.0f} with the plan, mean over depths; "
        f"the simulator {found.outcome.without.mean():,.0f} and {found.outcome.with_plan.mean():,.0f}, mean over draws.",
    ]
    lines += ["", "Commit now and in calm (t contained a year, capital)"]
    calm = plan.commitments[plan.commitments["in_calm"]]
    lines += [
        f"  in {row.years:4.1f} years  {names[row.lever]:<48}{row.t_a_year:>9,.0f}{row.capex:>10,.0f}"
        for row in calm.itertuples()
    ] or ["  nothing"]
    lines += ["", "Hold in reserve while it is calm (t contained: after one year, after two)"]
    held = plan.stocks.pivot_table(index="product", columns="years", values="held")
    some = held[held[[0.75, 1.75]].max(axis=1) > LEAST]
    lines += [f"  {say(product):<44}{row[0.75]:>12,.1f}{row[1.75]:>12,.1f}" for product, row in some.iterrows()] or [
        "  nothing"
    ]
    lines += ["", "Loss by user sector, expected", f"  {'':<44}{'plan':>12}{'nothing':>12}"]
    lines += [
        f"  {say(str(use).rpartition('@')[0]):<44}{plan.loss_by_use[use]:>12,.0f}{value:>12,.0f}"
        for use, value in nothing.loss_by_use.items() if value > LEAST
    ]  # fmt: skip
    lines += ["", *lever_lines(found)]
    lines += [f"Left out: {names[one]}: {worded_reason(why, found.names)}" for one, why in case.ready.left_out]
    return lines + answer_lines(found) + doubt_lines(found)


def _weighed(found: Response) -> list[tuple[str, float, float]]:
    """What is minimised, where that is not the mean."""
    terms = found.case.terms
    if terms.ambiguity:
        words = f"both, in the worst {terms.ambiguity:.0%} off in probability"
    elif terms.risk_weight:
        words = f"both, with {terms.risk_weight:g} x the tail at {terms.risk_level:g}"
    else:
        return []
    return [(words, found.plan.objective, found.nothing.objective)]


def _less(having: float, without: float) -> str:
    """How much less, as a share of what it would be without.

    >>> _less(30.0, 120.0), _less(0.0, 0.0)
    ('75 %', 'nothing')
    """
    return f"{1.0 - having / without:.0%}".replace("%", " %") if without > 0.0 else "nothing"


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
        "ambiguity": case.terms.ambiguity, "years": _horizon(found),
        "variables": found.solved.column_count, "status": found.solved.status, "gap": found.solved.gap,
        "plan": told(found.plan), "nothing": told(found.nothing),
        "simulated": {
            "years": found.outcome.standing.years, "reserve": found.outcome.standing.reserve, "brings": found.outcome.standing.brings,
            "without": quantiles(found.outcome.without), "with": quantiles(found.outcome.with_plan),
            "mean": [float(found.outcome.without.mean()), float(found.outcome.with_plan.mean())], "programme": list(found.promised),
        },
        "left_out": [{"lever": one, "why": why} for one, why in case.ready.left_out], **answer_document(found),
        **doubt_document(found),
    }  # fmt: skip


def quantiles(draws: np.ndarray) -> tuple[float, float, float]:
    """The 5th, 50th and 95th percentile of a run's draws."""
    low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _horizon(found: Response) -> float:
    data = found.case.outlook.data
    return float((data["begins"] + data["weeks"].sum("part") / 52.0).max())
