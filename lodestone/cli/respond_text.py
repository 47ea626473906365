"""What is answered beside a plan, as lines of text and as plain values."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lodestone.evidence.find_plan import Response
    from lodestone.respond.frontier import Point
    from lodestone.respond.worth import Worth

KNOWS = (
    ("WS", "wait_and_see", "everything known from the start"),
    ("fan", "fan", "everything known after the first decision"),
    ("RP", "recourse_problem", "the plan: known as the tree says"),
    ("EEV", "expected_result_of_expected_value", "first decision for mean values, on the tree"),
    ("EV", "expected_value_problem", "plan for mean values in a world of them; bounds nothing"),
    ("VSS", "value_of_stochastic_solution", "EEV - RP: what planning for the mean would cost"),
    ("EVPI", "expected_value_of_perfect_information", "RP - WS: what knowing all would save"),
)


def answer_lines(found: Response) -> list[str]:
    """What was asked beside the plan, as lines of text."""
    answers, lines = found.answers, list[str]()
    if answers.worth is not None:
        lines += ["", *_worth_lines(answers.worth, found)]
    if answers.frontier:
        lines += ["", *_frontier_lines(answers.frontier)]
    return lines


def answer_document(found: Response) -> dict[str, Any]:
    """The same as plain values; what was not asked for is left out."""
    answers, told = found.answers, dict[str, Any]()
    if answers.worth is not None:
        tree = found.case.outlook.tree
        size = {"nodes": len(tree.node), "scenarios": len(found.plan.chance), "stages": max(tree.stage) + 1}
        told["worth"] = {name: _finite(getattr(answers.worth, name)) for _, name, _ in KNOWS} | {
            "gap": answers.worth.gap, "tree": size,
        }  # fmt: skip
    if answers.frontier:
        told["frontier"] = [
            {name: _finite(value) for name, value in dataclasses.asdict(point).items()} for point in answers.frontier
        ]
    return told


def _worth_lines(worth: Worth, found: Response) -> list[str]:
    tree = found.case.outlook.tree
    return [
        f"What the tree is worth ({len(tree.node)} nodes, {max(tree.stage) + 1} stages, {len(found.plan.chance)} scenarios; "
        f"its probabilities are judgement, gap {worth.gap:.0e})",
        *(f"  {short:<5}{words:<57}{getattr(worth, name):>12,.0f}" for short, name, words in KNOWS),
    ]


def _frontier_lines(points: tuple[Point, ...]) -> list[str]:
    return [
        "Security against cost, by yearly budget",
        f"  {'budget a year':>14}{'cost':>12}{'loss':>12}{'both':>12}{'loss if it comes':>20}",
        *(
            f"  {p.budget:>14,.1f}{p.cost:>12,.0f}{p.loss:>12,.0f}{p.objective:>12,.0f}{p.loss_if_it_comes:>20,.0f}"
            for p in points
        ),
    ]


def _finite(value: float) -> float | None:
    """A number, or None where there is no plan: JSON knows no infinity."""
    return float(value) if abs(value) < float("inf") else None
