"""Price floors, what a plan rests on, and a curb that answers to it, as lines of text and as plain values."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from lodestone.evidence.plan_benefit import RESERVE
from lodestone.evidence.plan_words import worded_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lodestone.evidence.find_plan import Response
    from lodestone.evidence.plan_benefit import Benefit
    from lodestone.evidence.plan_research import Researched
    from lodestone.respond.answering import FixedPoint, Leader, Strike
    from lodestone.respond.price_floor import PriceFloor
    from lodestone.simulate.nouns import Range


def doubt_lines(found: Response) -> list[str]:
    """What was found of them, as lines of text."""
    answers, lines = found.answers, list[str]()
    names = {lever.lever: lever.name for lever in found.levers}
    if answers.floors:
        lines += ["", *_floor_lines(answers.floors, names)]
    if answers.cost_rests_on is not None and answers.benefit is not None:
        lines += ["", *_rest_lines(answers.cost_rests_on, answers.benefit, names)]
    if answers.research is not None:
        lines += ["", *_research_lines(answers.research, names, found.names)]
    if answers.leader is not None:
        lines += ["", *_answering_lines(answers.answering, answers.leader, found)]
    return lines


def doubt_document(found: Response) -> dict[str, Any]:
    """The same as plain values; what was not asked for is left out."""
    answers, told = found.answers, dict[str, Any]()
    if answers.floors:
        told["floors"] = [_floor(one) for one in answers.floors]
    if answers.cost_rests_on is not None and answers.benefit is not None:
        told["cost_rests_on"] = _shares(answers.cost_rests_on)
        told["benefit"] = {
            "avoided": answers.benefit.avoided, "by_lever": answers.benefit.by_lever.to_dict("records"),
            "rests_on": _shares(answers.benefit.shares),
        }  # fmt: skip
    if answers.leader is not None:
        told["answering"] = [vars(one) for one in answers.answering]
        told["leader"] = {
            "worst": vars(answers.leader.worst), "expected": answers.leader.expected,
            "worst_of_nothing": vars(answers.leader.worst_of_nothing), "expected_of_nothing": answers.leader.expected_of_nothing,
        }  # fmt: skip
    if answers.research is not None:
        told["research"] = [vars(one) for one in answers.research.found]
        told["research_not_asked"] = [{"lever": lever, "why": why} for lever, why in answers.research.not_asked]
    return told


def _research_lines(found: Researched, levers: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    lines = [
        "Research: what the plan would cost less at the low, central and high probability of success, before the programme's own cost;",
        "rank by the probability from which it pays its central cost, for nobody knows the probability itself",
        f"  {'':<56}{'known in':>10}{'probability':>20}{'worth':>22}{'cost':>18}{'pays from':>11}",
    ]
    for one in found.found:
        success, worth, cost = (
            f"{row[0]:g} to {row[2]:g}" for row in (one.success, [round(w, 1) for w in one.worth], one.cost)
        )
        pays = "never" if one.pays_from is None else f"{one.pays_from:.0%}"
        lines.append(f"  {levers[one.lever]:<56}{one.years:>8g} y{success:>20}{worth:>22}{cost:>18}{pays:>11}")
    return [*lines, *(f"  {levers[one]}: {worded_reason(why, names)}" for one, why in found.not_asked)]


def _floor_lines(floors: tuple[PriceFloor, ...], names: Mapping[str, str]) -> list[str]:
    lines = [
        "Price floors (USD/kg contained: capital over the life and premium, by the range of both), and what the public pays if it makes",
        "up the difference to the base price: million USD a year at full output, and discounted over a calm horizon; nothing while",
        "the market is above the floor",
        f"  {'':<48}{'t a year':>9}{'base price':>12}{'floor':>24}{'a year':>24}{'over the horizon':>24}",
    ]
    for one in floors:
        base = f"{one.base:,.0f}" if isfinite(one.base) else "unknown"
        floor = _span(one.above, one.base, 0) if isfinite(one.base) else f"base + {_span(one.above, 0.0, 0)}"
        name = names[one.lever] + ("" if one.taken else " *")
        bill = f"{_span(one.a_year):>24}{_span(one.to_horizon):>24}"
        lines.append(f"  {name:<48}{one.tonnes:>9,.0f}{base:>12}{floor:>24}{bill}")
    if not all(one.taken for one in floors):
        lines.append("  * not in the plan in calm: as if all there is of it were taken now")
    return lines


def _rest_lines(cost: pd.Series, benefit: Benefit, names: Mapping[str, str]) -> list[str]:
    lines = [
        f"What the plan spends in calm rests on figures that are {_told(cost)}",
        f"The loss it avoids ({benefit.avoided:,.0f}) comes from levers whose size and lead time are {_told(benefit.shares)}:",
        f"  {'lost more without it, all else as planned':<48}{'':>12}  rests on",
    ]
    for row in benefit.by_lever.itertuples():
        name = "the reserve" if row.lever == RESERVE else names.get(str(row.lever), str(row.lever))
        lines.append(f"  {name:<48}{row.avoided:>12,.0f}  {row.basis}")
    return [
        *lines,
        "  All of it rests besides on the probability and depth of a curb (assumed) and on published value added.",
    ]


def _answering_lines(points: tuple[FixedPoint, ...], leader: Leader, found: Response) -> list[str]:
    start = found.case.curb.yearly
    lines = [
        f"A curb whose probability answers to the plan ({start:.1%} a year where nothing is done), the plan made again until both agree",
        f"  {'':<44}{'probability':>12}{'removed':>10}{'cost':>10}{'loss':>10}{'if it comes':>13}",
    ]
    for one in points:
        words = f"{one.sense}: {'less' if one.sense == 'deterred' else 'more'} by {one.answer:.0%} if all is removed"
        lines.append(
            f"  {words:<44}{one.yearly:>12.1%}{one.removed:>10.0%}{one.cost:>10,.0f}{one.loss:>10,.0f}{one.loss_if_it_comes:>13,.0f}"
        )
    return [
        *lines,
        "A side that knows the plan and picks what hurts most (loss if it comes, not discounted; what a curb costs those who",
        "impose it is not weighed)",
        f"  {'':<44}{'plan':>12}{'nothing':>12}",
        f"  {'mean over onsets and depths':<44}{leader.expected:>12,.0f}{leader.expected_of_nothing:>12,.0f}",
        f"  {'worst onset and depth':<44}{leader.worst.loss:>12,.0f}{leader.worst_of_nothing.loss:>12,.0f}",
        f"  the worst with the plan: {_strike(leader.worst)}; with nothing: {_strike(leader.worst_of_nothing)}",
    ]


def _strike(one: Strike) -> str:
    return f"{one.level}, in {one.years:g} years"


def _told(shares: pd.Series) -> str:
    return ", ".join(f"{share:.0%} {basis}" for basis, share in shares.items())


def _span(given: Range, on: float = 0.0, digits: int = 1) -> str:
    low, central, high = (f"{on + value:,.{digits}f}" for value in (given.low, given.central, given.high))
    return f"{central} ({low} to {high})"


def _floor(one: PriceFloor) -> dict[str, Any]:
    ranges = {name: getattr(one, name) for name in ("capital", "above", "a_year", "to_horizon")}
    return {
        "lever": one.lever, "taken": one.taken, "tonnes": one.tonnes, "base": one.base if isfinite(one.base) else None,
        **{name: {"low": given.low, "central": given.central, "high": given.high} for name, given in ranges.items()},
    }  # fmt: skip


def _shares(shares: pd.Series) -> dict[str, float | None]:
    return {str(basis): float(share) if isfinite(share) else None for basis, share in shares.items()}
