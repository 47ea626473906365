"""What is answered beside a plan, as lines of text and as plain values."""

from __future__ import annotations

import dataclasses
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from lodestone.evidence.plan_tested import PLAN, means
from lodestone.evidence.plan_words import worded_number
from lodestone.respond.break_even import GRID, LEVER, RESERVE
from lodestone.respond.one_more import TONNE, WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lodestone.evidence.find_plan import Response
    from lodestone.evidence.plan_ends import Ends
    from lodestone.evidence.plan_tested import Tested
    from lodestone.respond.break_even import BreakEven, Price
    from lodestone.respond.frontier import Point
    from lodestone.respond.one_more import OneMore
    from lodestone.respond.worth import Worth

LEAST = 0.05  # million USD: less is not printed
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
    if answers.one_more:
        lines += ["", *_one_more_lines(answers.one_more, found.names)]
    if answers.ends is not None:
        lines += ["", *_end_lines(answers.ends, found)]
    if answers.tested:
        lines += ["", *_tested_lines(answers.tested)]
    return lines


def lever_lines(found: Response) -> list[str]:
    """The levers that are not in the plan and, where asked, from when each lever and reserve is."""
    answers = found.answers
    names = {lever.lever: lever.name for lever in found.levers}
    if not answers.break_even:
        taken = set(found.plan.commitments["lever"])
        unused = [names[one] for one in found.case.ready.options.levers.index if one not in taken]
        calm = set(found.plan.commitments.loc[found.plan.commitments["in_calm"].astype(bool), "lever"])
        once = [names[one] for one in found.case.ready.options.levers.index if one in taken - calm]
        return [
            f"Committed to only once a curb has come: {', '.join(once) or 'none'}",
            f"Not worth their cost here: {', '.join(unused) or 'none'}",
        ]
    price = {one.lever: one for one in answers.prices}
    lines = [
        "In the plan in calm from this yearly probability of a curb on (solved at "
        f"{', '.join(f'{one:g}' for one in GRID)}; one price changed alone)",
        f"  {'':<56}{'probability':>16}  price at which it would be in",
    ]
    never = [one for one in answers.break_even if one.enters is None and one.kind == RESERVE]
    for one in answers.break_even:
        if one not in never:
            name = names.get(one.name, f"reserve of {found.names.get(one.name, one.name)}")
            lines.append(
                f"  {name:<56}{_entry(one):>16}  {_price(price.get(one.name)) if one.kind == LEVER else ''}".rstrip()
            )
    return [
        *lines,
        f"  Reserves bought at none of them: {', '.join(found.names.get(one.name, one.name) for one in never) or 'none'}",
    ]


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
        told["frontier"] = [_plain(point) for point in answers.frontier]
    if answers.one_more:
        told["one_more"] = [_plain(one) for one in answers.one_more]
    if answers.break_even:
        told["break_even"] = [_plain(one) for one in answers.break_even]
        told["prices"] = [_plain(one) for one in answers.prices]
    if answers.ends is not None:
        told["ends"] = [_plain(one) for one in answers.ends.ends]
        told["rests_on"] = {name: _finite(float(share)) for name, share in answers.ends.rests_on.items()}
    if answers.tested:
        told["tested"] = [
            {"rule": name, "cost": _interval(cost), "above_plan": _interval(above)}
            for name, (cost, above) in means(answers.tested).items()
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


def _one_more_lines(found: tuple[OneMore, ...], names: Mapping[str, str]) -> list[str]:
    lines = [
        "What one more is worth, and one less costs (reserves by what they are worth above their price)",
        f"  {'':<44}{'one more':>12}{'one less':>12}{'builds fixed':>14}{'its price':>12}",
    ]
    for of, words in ((TONNE, "tonne in reserve now"), (WEEK, "week of company cover")):
        lines.append(f"  one {words}")
        lines += [
            f"    {names.get(one.product, one.product):<42}{one.more:>12,.2f}{'-' if one.less is None else f'{one.less:,.2f}':>12}"
            f"{one.builds_fixed:>14,.2f}{'unknown' if isnan(one.price) else f'{one.price:,.2f}':>12}"
            for one in found if one.of == of
        ] or ["    none is worth more than it costs"]  # fmt: skip
    return lines


def _end_lines(found: Ends, response: Response) -> list[str]:
    names = {**response.names, **{lever.lever: lever.name for lever in response.levers}}

    def say(name: str) -> str:
        return worded_number(name, response.case.assumptions, response.levers, response.names)

    base = response.plan.objective
    wide = max((len(say(one.name)) for one in found.ends), default=0) + 1
    lines = [
        f"Each number at its low and high end, the plan made again (both: {base:,.0f}); largest effect first",
        f"  {'':<{wide}}{'end':>6}{'at':>10}{'both':>11}{'cost':>9}{'loss':>11}  joins; leaves",
    ]
    for one in found.ends:
        if abs(one.objective - base) < LEAST:
            continue
        moved = "; ".join(", ".join(names.get(k, k) for k in some) or "-" for some in (one.joins, one.leaves))
        lines.append(
            f"  {say(one.name):<{wide}}{one.end:>6}{one.value:>10g}{one.objective:>11,.1f}{one.cost:>9,.1f}{one.loss:>11,.1f}  {moved}"
        )
    still = dict.fromkeys(one.name for one in found.ends if abs(one.objective - base) < LEAST)
    moving = {one.name for one in found.ends if abs(one.objective - base) >= LEAST}
    lines.append(
        f"  Moved by less than {LEAST:g}: {', '.join(say(name) for name in still if name not in moving) or 'none'}"
    )
    shares = ", ".join(f"{share:.0%} {name}" for name, share in found.rests_on.items())
    return [*lines, f"What the plan spends in calm rests on figures that are {shares}"]


def _tested_lines(tested: tuple[Tested, ...]) -> list[str]:
    found = means(tested)
    return [
        f"Tested on {len(tested[0].cost)} curbs that the tree has not (depth of one group of draws, its cut 0.7 to 1.3 times; exponential",
        "length; forms let through and other products hit by chance).",
        "Fixed: what is committed to and bought in calm; nobody commits or buys for stock once a curb has come. Free:",
        "releases, purchases, making, saving and who goes without, knowing the depth and not the end. Means, 90 % intervals",
        f"  {'':<24}{'cost and loss':>14}{'':>22}{'above the plan':>16}",
        *(
            f"  {name:<24}{c[1]:>14,.0f}{f'({c[0]:,.0f} to {c[2]:,.0f})':>22}{a[1]:>16,.0f}"
            + ("" if name == PLAN else f"{f'({a[0]:,.0f} to {a[2]:,.0f})':>22}")
            for name, (c, a) in found.items()
        ),
    ]


def _interval(values: tuple[float, float, float]) -> dict[str, Any]:
    return {name: _finite(value) for name, value in zip(("low", "mean", "high"), values, strict=True)}


def _entry(one: BreakEven) -> str:
    if one.enters is None:
        return f"not at {one.below:.0%}"
    return f"{one.below:.1%} to {one.enters:.1%}" if one.below else f"{one.enters:.1%} or less"


def _price(one: Price | None) -> str:
    if one is None:
        return ""
    found = []
    if one.premium is not None:
        found.append(f"premium {one.premium:,.1f} in place of {one.premium_now:,.1f} USD/kg")
    if one.capex is not None:
        found.append(f"capital {one.capex:,.3f} in place of {one.capex_now:,.3f} million USD per t a year")
    return " or ".join(found) or "neither premium nor capital of nothing would do alone"


def _plain(one: Any) -> dict[str, Any]:
    return {name: _finite(value) for name, value in dataclasses.asdict(one).items()}


def _finite(value: Any) -> Any:
    """A value, or None where it is no number: JSON knows neither infinity nor NaN."""
    return value if not isinstance(value, float) or isfinite(value) else None
