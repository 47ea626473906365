"""What was asked beside a plan as tables of a page, each number a figure with its origin."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan

import pandas as pd

from lodestone.evidence.find_plan import Response
from lodestone.evidence.plan_benefit import RESERVE
from lodestone.evidence.plan_tested import means
from lodestone.evidence.plan_words import worded_number
from lodestone.impact.figures import BILLION
from lodestone.labels import capital
from lodestone.respond.answering import DETERRED, Strike
from lodestone.respond.break_even import LEVER
from lodestone.respond.frontier import Point
from lodestone.respond.one_more import TONNE, WEEK
from lodestone.respond.programme import KG

Result = Callable[..., str]  # files a figure under a name and gives its id
MILLION = 1000.0  # million in a billion
PRICE, MONEY = "USD/kg", "million USD of 2024"
OTHERS = "reserves of all other products"
MOST = 5  # rows of a table whose tail says little: largest effects, most valuable tonnes
GAIN = 0.01  # share of the loss by which a point of the frontier is better than the one before to be told
JUDGED = "at the low, central and high end of what is assumed"
LEAST = 0.05  # million USD: less is not told
KNOWS = (
    ("wait_and_see", "Everything known from the start"),
    ("fan", "Everything known after the first decision"),
    ("recourse_problem", "This plan: known as the tree says"),
    ("expected_result_of_expected_value", "First decision for mean values"),
)


def answer_tables(found: Response, result: Result) -> dict[str, pd.DataFrame]:
    """Tables by name of what was asked: floors, rests, frontier, worth, one_more, break_even, ends, tested, answering,
    leader, research.

    Parameters
    ----------
    found : Response
    result : function of (name, label, value, unit, rule, low, high) to the id of a figure
        Amounts in billion USD of 2024.

    Returns
    -------
    dict of DataFrame
        Text columns and columns of figure ids ("" where there is none); absent where not asked.
    """
    told = {
        "floors": _floors, "rests": _rests, "benefit": _benefit, "frontier": _frontier, "worth": _worth, "one_more": _one_more,
        "break_even": _break_even, "ends": _ends, "tested": _tested, "answering": _answering, "leader": _leader,
        "research": _research,
    }  # fmt: skip
    tables = {name: pd.DataFrame(make(found, result)) for name, make in told.items()}
    return {name: table for name, table in tables.items() if len(table)}


def _floors(found: Response, result: Result) -> list[dict[str, str]]:
    names = {lever.lever: lever.name for lever in found.levers}
    rule = "capital over the life and premium, at the low, central and high end of both"
    rows = []
    for one in found.answers.floors:
        name, prefix, known = names[one.lever], f"floor.{one.lever}", not isnan(one.base)
        cells = {
            key: result(f"{prefix}.{key}", f"{name}, {words}", of.central, unit, rule, of.low, of.high)
            for key, words, of, unit in (
                ("above", "price floor above the base price", one.above, PRICE),
                ("a_year", "public bill a year", one.a_year, MONEY),
                ("to_horizon", "public bill over the horizon", one.to_horizon, MONEY),
            )
        }
        floor = one.base + one.above.central
        rows.append({
            "lever": name, "taken": "yes" if one.taken else "no",
            "base": result(f"{prefix}.base", f"{name}, base price of what it delivers", one.base, PRICE) if known else "",
            "floor": result(f"{prefix}.floor", f"{name}, price floor", floor, PRICE, rule) if known else "", **cells,
        })  # fmt: skip
    return rows


def _rests(found: Response, result: Result) -> list[dict[str, str]]:
    cost, benefit = found.answers.cost_rests_on, found.answers.benefit
    if cost is None or benefit is None:
        return []
    shares = (
        ("Spending while it is calm", "cost", cost),
        ("Loss avoided, by size and lead time of what avoids it", "benefit", benefit.shares),
    )
    return [
        {"what": words, **{
            str(basis): result(f"rests.{name}.{basis}", f"{words.lower()}: {basis}", share, "fraction") if not isnan(share) else ""
            for basis, share in of.items()
        }}
        for words, name, of in shares
    ]  # fmt: skip


def _benefit(found: Response, result: Result) -> list[dict[str, str]]:
    if found.answers.benefit is None:
        return []
    names = {lever.lever: lever.name for lever in found.levers} | {RESERVE: "The reserve"}
    rule = "the programme solved again without it, all else committed to and bought as planned"
    return [
        {"lever": names.get(row.lever, row.lever), "basis": row.basis,
         "avoided": result(f"avoids.{row.lever}", f"{names.get(row.lever, row.lever)}, loss it avoids", row.avoided / MILLION, rule=rule)}
        for row in found.answers.benefit.by_lever.itertuples()
    ]  # fmt: skip


def _frontier(found: Response, result: Result) -> list[dict[str, str]]:
    rule, kept, last = "the programme solved again under that budget", list[tuple[int, Point]](), float("inf")
    for k, point in enumerate(found.answers.frontier):
        if isfinite(point.loss) and point.loss < (1.0 - GAIN) * last:
            kept.append((k, point))
            last = point.loss
    return [
        {name: result(f"frontier.{k}.{name}", f"{words}, budget {k}", value / MILLION, rule=rule) for name, words, value in (
            ("budget", "budget a year", point.budget), ("cost", "cost of the plan", point.cost), ("loss", "expected loss", point.loss),
        )}
        for k, point in kept
    ]  # fmt: skip


def _worth(found: Response, result: Result) -> list[dict[str, str]]:
    worth = found.answers.worth
    if worth is None:
        return []
    told = [*KNOWS, ("expected_value_of_perfect_information", "What knowing all would save"),
            ("value_of_stochastic_solution", "What planning for the mean would cost")]  # fmt: skip
    return [
        {"what": words, "cost": result(f"worth.{name}", words.lower(), getattr(worth, name) / MILLION)}
        for name, words in told
        if isfinite(getattr(worth, name))
    ]


def _one_more(found: Response, result: Result) -> list[dict[str, str]]:
    rows = []
    for of, words in ((TONNE, "one tonne in reserve"), (WEEK, "one week of company cover")):
        mine = [one for one in found.answers.one_more if one.of == of]
        for one in mine[:MOST]:
            name, prefix = found.names.get(one.product, one.product), f"one_more.{one.product}.{of == TONNE}"
            less = None if one.less is None else one.less / MILLION
            rows.append({
                "product": capital(name), "of": words,
                "more": result(f"{prefix}.more", f"{name}, {words} more", one.more / MILLION),
                "less": "" if less is None else result(f"{prefix}.less", f"{name}, {words} less", less),
                "price": "" if isnan(one.price) else result(f"{prefix}.price", f"{name}, price", one.price / one.tonnes / KG, PRICE),
            })  # fmt: skip
    return rows


def _break_even(found: Response, result: Result) -> list[dict[str, str]]:
    names = {lever.lever: lever.name for lever in found.levers}
    price = {one.lever: one for one in found.answers.prices}
    rows, never = [], dict[float, list[str]]()
    for one in found.answers.break_even:
        name, asked = names.get(one.name, f"Reserve: {found.names.get(one.name, one.name)}"), price.get(one.name)
        prefix = f"break_even.{one.kind}.{one.name}"
        told = (
            ("out", "largest probability tried without it", one.below or None, "fraction"),
            ("in", "smallest probability tried with it", one.enters, "fraction"),
            ("premium", "premium at which it would be in", asked.premium if asked else None, PRICE),
            ("capital", "capital at which it would be in", asked.capex if asked else None, "million USD per t a year"),
        )
        if all(value is None for key, _, value, _ in told if key != "out"):
            never.setdefault(one.below, []).append(name if one.kind == LEVER else OTHERS)
            continue
        cells = {k: "" if v is None else result(f"{prefix}.{k}", f"{name}, {w}", v, unit) for k, w, v, unit in told}
        rows.append({"what": name, **cells})
    for at, some in never.items():
        tried = result(f"break_even.never.{at:g}", "largest probability tried, without these", at, "fraction")
        rows.append({"what": "; ".join(dict.fromkeys(some)), "out": tried, "in": "", "premium": "", "capital": ""})
    return rows


def _ends(found: Response, result: Result) -> list[dict[str, str]]:
    if found.answers.ends is None:
        return []
    names = {**found.names, **{lever.lever: lever.name for lever in found.levers}}
    ends, rows = found.answers.ends.ends, dict[str, dict[str, str]]()
    moving = dict.fromkeys(one.name for one in ends if abs(one.objective - found.plan.objective) >= LEAST)
    told = list(moving)[: 2 * MOST]
    for one in ends:
        if one.name not in told:
            continue
        name = worded_number(one.name, found.case.assumptions, found.levers, found.names)
        row = rows.setdefault(one.name, {"number": name, "low": "", "high": "", "changes": ""})
        row[one.end] = result(
            f"ends.{one.name}.{one.end}", f"{name}, {one.end} end: cost and loss", one.objective / MILLION
        )
        moved = [f"{sign} {names.get(k, k)}" for sign, some in (("+", one.joins), ("\u2212", one.leaves)) for k in some]
        if moved:
            row["changes"] += f"{'; ' if row['changes'] else ''}{one.end}: {', '.join(moved)}"
    return list(rows.values())


def _tested(found: Response, result: Result) -> list[dict[str, str]]:
    if not found.answers.tested:
        return []
    rule = f"mean over {len(found.answers.tested[0].cost)} curbs that the tree has not, with its interval"
    rows = []
    for k, (name, (cost, above)) in enumerate(means(found.answers.tested).items()):
        row = {"rule": f"{name[0].upper()}{name[1:]}"}
        for key, words, (low, mean, high) in (("cost", "cost and loss", cost), ("above", "above the plan", above)):
            row[key] = result(
                f"tested.{k}.{key}", f"{name}: {words}", mean / MILLION, BILLION, rule, low / MILLION, high / MILLION
            )
        if k == 0:
            row["above"] = ""
        rows.append(row)
    return rows


def _answering(found: Response, result: Result) -> list[dict[str, str]]:
    rows = []
    for one in found.answers.answering:
        prefix = f"answering.{one.sense}.{one.answer:g}"
        size = result(f"{prefix}.by", "share by which the probability moves if all is removed", one.answer, "fraction")
        cells = {
            key: result(f"{prefix}.{key}", f"curb {one.sense}: {words}", value, unit)
            for key, words, value, unit in (
                ("yearly", "yearly probability", one.yearly, "fraction"), ("cost", "cost of the plan", one.cost / MILLION, BILLION),
                ("loss", "expected loss", one.loss / MILLION, BILLION), ("comes", "loss if it comes", one.loss_if_it_comes / MILLION, BILLION),
            )
        }  # fmt: skip
        rows.append({"sense": "Less likely" if one.sense == DETERRED else "More likely", "answer": size, **cells})
    return rows


def _leader(found: Response, result: Result) -> list[dict[str, str]]:
    seen = found.answers.leader
    if seen is None:
        return []

    def row(words: str, key: str, plan: float, nothing: float) -> dict[str, str]:
        return {
            "what": words, "plan": result(f"leader.{key}.plan", f"{words}, with the plan", plan / MILLION),
            "nothing": result(f"leader.{key}.nothing", f"{words}, with nothing done", nothing / MILLION),
        }  # fmt: skip

    def when(one: Strike) -> dict[str, str]:
        return {
            "years": result(
                f"leader.years.{one.level}.{one.years:g}", "years from now to the worst onset", one.years, "years"
            )
        }

    return [
        row("Mean over onsets and depths", "mean", seen.expected, seen.expected_of_nothing) | {"years": ""},
        row("Worst onset and depth", "worst", seen.worst.loss, seen.worst_of_nothing.loss) | when(seen.worst),
    ]


def _research(found: Response, result: Result) -> list[dict[str, str]]:
    if found.answers.research is None:
        return []
    names = {lever.lever: lever.name for lever in found.levers}
    rows = []
    for one in found.answers.research.found:
        prefix, name = f"research.{one.lever}", names[one.lever]
        low, central, high = (worth / MILLION for worth in one.worth)
        pays = ""
        if one.pays_from is not None:
            pays = result(
                f"{prefix}.pays", f"{name}: probability of success from which it pays", one.pays_from, "fraction"
            )
        chance = one.success
        rows.append({
            "programme": name, "pays": pays,
            "success": result(f"{prefix}.success", f"{name}: probability of success", chance[1], "fraction", JUDGED, chance[0], chance[2]),
            "worth": result(f"{prefix}.worth", f"{name}: what the plan would cost less", central, BILLION, JUDGED, low, high),
            "cost": result(f"{prefix}.cost", f"{name}: cost of the programme", one.cost[1] / MILLION, BILLION, JUDGED,
                           one.cost[0] / MILLION, one.cost[2] / MILLION),
        })  # fmt: skip
    return rows
