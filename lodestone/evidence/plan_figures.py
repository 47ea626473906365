"""A response as figures and tables, each number with what it rests on: what a page for a budget office prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lodestone.evidence.find import NETWORK_CELLS, names_of
from lodestone.evidence.find_plan import Response
from lodestone.evidence.input_words import worded_cell, worded_fact
from lodestone.evidence.plan_answer_figures import answer_tables
from lodestone.evidence.plan_words import worded_reason
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.impact.figures import BILLION
from lodestone.labels import in_sentences, load_labels
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure, fact_figure
from lodestone.record.result import result_figure
from lodestone.respond.home import home_use
from lodestone.respond.nouns import Lever
from lodestone.respond.options import WEEKS_A_YEAR
from lodestone.respond.plan import Plan, spending

PLAN, SPREAD = "plan.", "impact.spread"  # assumptions of the planner; of who stops first
LEAST = 0.01  # t: less is not shown
MILLION = 1000.0
SHOWN = 8  # products in a chart


@dataclass(frozen=True)
class PlanFindings:
    """Figures by id, and the tables of a page: ids in columns named for what they are.

    ``headline``: what the page leads with. ``commit``: lever (name), from (date of the decision), delivers (date), tonnes, capital.
    ``reserve``: product (name), first, second (t after one and two years), spent. ``sectors``: sector, with_plan, without.
    ``left_out``: lever, why. ``unused``: names of levers that are not worth their cost. ``stocks``: date, product,
    worth, weeks, what: the reserve on the calm path, for a chart; ``points``: cost, loss, what, chosen of the frontier, for another.
    ``answers``: of `answer_tables`. ``ambiguity``: the figure of it, "" where there is none.
    """

    economy: str
    economy_name: str
    spoken: str
    issuer: str
    material: str
    scenario: str
    title: str
    start: dt.date
    as_of: dt.date
    figures: dict[str, Figure]
    headline: dict[str, str]
    commit: pd.DataFrame
    reserve: pd.DataFrame
    sectors: pd.DataFrame
    left_out: pd.DataFrame
    unused: tuple[str, ...]
    stocks: pd.DataFrame
    points: pd.DataFrame
    answers: dict[str, pd.DataFrame]
    ambiguity: str


def plan_findings(setting: Setting, found: Response) -> PlanFindings:
    """What a page says of a response, every number a figure with its origin."""
    case, economy = found.case, found.case.home.economy
    prefix = f"plan:{economy}"
    levers = {lever.lever: lever for lever in found.levers}
    figures = {
        f"assumption:{k}": assumption_figure(row) for k, row in setting.assumptions.items() if k.startswith(PLAN)
    }
    figures |= {one.id: one for one in case.below}
    drawn = {*found.outcome.inputs, SPREAD} & set(setting.assumptions)
    figures |= {f"assumption:{k}": assumption_figure(setting.assumptions[k]) for k in sorted(drawn)}
    priced = {f for p in case.ready.options.stockable["stocked"].values for f in setting.price_facts.get(str(p), ())}
    figures |= {f"fact:{one}": fact_figure(setting.facts, one) for one in sorted(priced)}
    below = [name for name in figures if name not in {f for one in case.below for f in one.origin}]
    for measure in setting.scenario.measures:
        one = measure_figure(measure)
        figures[one.id] = one
        below.append(one.id)
    chosen = list(dict.fromkeys(found.plan.commitments["lever"]))
    for name in chosen:
        figures |= _of_lever(setting, levers[name])
    below += [f"assumption:lever|{name}|capex" for name in chosen]
    figures[f"{prefix}.probability"] = Figure(
        f"{prefix}.probability", "parameter", "yearly probability that the curb begins", case.curb.yearly, None, None, "fraction",
        "the assumption's, or the request's", source="request of the run", locator="probability",
    )  # fmt: skip
    below.append(f"{prefix}.probability")

    ambiguity = ""
    if case.terms.ambiguity:
        ambiguity = f"{prefix}.ambiguity"
        figures[ambiguity] = Figure(
            ambiguity, "parameter", "share of probability that may lie elsewhere", case.terms.ambiguity, None, None, "fraction",
            "total variation within which the scenarios' probabilities may be others", source="request of the run", locator="ambiguity",
        )  # fmt: skip
        below.append(ambiguity)

    def result(
        name: str, label: str, value: float, unit: str = BILLION, rule: str = "of the solved programme",
        low: float | None = None, high: float | None = None,
    ) -> str:  # fmt: skip
        which = f"{prefix}.{name}"
        figures[which] = Figure(which, "result", label, float(value), low, high, unit, rule, tuple(below))
        return which

    loss = "loss of value added"
    headline = {
        "probability": f"{prefix}.probability",
        "cost": result("cost", "expected cost of the plan, discounted", spending(found.plan) / MILLION),
        "loss": result("loss", "expected loss with the plan, discounted", found.plan.costs[loss] / MILLION),
        "nothing": result(
            "nothing", "expected loss with nothing done, discounted", found.nothing.costs[loss] / MILLION
        ),
        "variables": result("variables", "variables of the programme", float(found.solved.column_count), "count"),
        "scenarios": result("scenarios", "scenarios of the tree", float(len(found.plan.chance)), "count"),
    }
    simulated = {"with": found.outcome.with_plan, "without": found.outcome.without}
    for which, draws in simulated.items():
        label = f"{prefix}.simulated.{which}"
        rule = "the scenario simulated from two years on, on the same luck"
        figures[label] = result_figure(label, f"simulated loss {which} the plan", draws / MILLION, BILLION, rule, below)
        headline[f"simulated.{which}"] = label
    names, words = names_of(setting), dict(found.names)
    commit = _commit(found.plan, levers, setting.scenario.start, result)
    reserve = _reserve(found, names, result)
    headline["reserve"] = result("reserve", "worth of the reserve after two years", float(_held(found).sum()) / MILLION)
    rows = []
    for use, value in found.nothing.loss_by_use.items():
        sector = str(use).rpartition("@")[0]
        word = names.get(sector, sector)
        if value > LEAST:
            kept = result(f"with.{sector}", f"{word}, with the plan", found.plan.loss_by_use[use] / MILLION)
            rows.append((word, kept, result(f"without.{sector}", f"{word}, with nothing done", value / MILLION)))
    sectors = pd.DataFrame(rows, columns=["sector", "with_plan", "without"])
    answers = answer_tables(found, result)
    spoken = in_sentences(load_labels(setting.folder / "labels", "economies"))
    figures = {
        which: replace(
            one, label=worded_cell(which, words) if which.startswith(NETWORK_CELLS) else worded_fact(one.label, words)
        )
        for which, one in figures.items()
    }
    unused = tuple(levers[one].name for one in case.ready.options.levers.index if one not in set(chosen))
    return PlanFindings(
        economy, names.get(economy, economy), spoken[economy], spoken[case.home.issuer], setting.about.words, setting.scenario.name,
        setting.scenario.title, setting.scenario.start, setting.facts.as_of, figures, headline, commit, reserve, sectors,
        pd.DataFrame([(levers[one].name, worded_reason(why, words)) for one, why in case.ready.left_out], columns=["lever", "why"]), unused,
        _stocks(found, words, setting.scenario.start), _points(found), answers, ambiguity,
    )  # fmt: skip


def _of_lever(setting: Setting, lever: Lever) -> dict[str, Figure]:
    """The cost and the size of a lever as figures, and the facts they rest on."""
    facts = {f"fact:{one}": fact_figure(setting.facts, one) for one in lever.facts if one in setting.facts.rows.index}
    found = dict(facts)
    for what, unit, basis in (
        ("most", lever.unit, lever.basis_capacity), ("capex", "million USD of 2024 per t a year", lever.basis_cost),
        ("premium", "USD of 2024 per kg", lever.basis_cost), ("lead_months", "month", lever.basis_lead),
    ):  # fmt: skip
        given, name = getattr(lever, what), f"assumption:lever|{lever.lever}|{what}"
        found[name] = Figure(
            name, "assumption", f"{lever.name}: {what.replace('_', ' ')}", given.central, given.low, given.high, unit,
            f"{basis}: {lever.reason}", source="; ".join(lever.facts) or "judgement", locator=f"levers: {lever.lever}",
        )  # fmt: skip
    return found


def _commit(plan: Plan, levers: Mapping[str, Lever], start: dt.date, result: Callable[..., str]) -> pd.DataFrame:
    rows = []
    for k, row in enumerate(plan.commitments[plan.commitments["in_calm"]].itertuples()):
        lever = levers[row.lever]
        decided = start + dt.timedelta(weeks=WEEKS_A_YEAR * row.years)
        delivers = decided + dt.timedelta(days=30.4 * lever.lead_months.central)
        rows.append((
            lever.name, decided, delivers, result(f"commit.{k}", f"{lever.name}, committed", row.t_a_year, "t a year"),
            result(f"capital.{k}", f"{lever.name}, capital", row.capex / MILLION),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["lever", "from", "delivers", "tonnes", "capital"])


def _held(found: Response) -> pd.Series:
    """Worth of what is held after two years, million USD, by product."""
    stocks = found.plan.stocks
    last = stocks[stocks["years"] == stocks["years"][stocks["years"] < 2.0].max()].set_index("product")["held"]
    return last * found.case.ready.options.stockable.to_series().loc[last.index] / 1000.0


def _reserve(found: Response, names: Mapping[str, str], result: Callable[..., str]) -> pd.DataFrame:
    held = found.plan.stocks.pivot_table(index="product", columns="years", values="held")
    first, second = (max(y for y in held.columns if y < edge) for edge in (1.0, 2.0))
    worth = _held(found)
    rows = [
        (names.get(str(p), str(p)), result(f"held.1.{p}", f"{names.get(str(p), p)} held after one year", row[first], "t"),
         result(f"held.2.{p}", f"{names.get(str(p), p)} held after two years", row[second], "t"),
         result(f"worth.{p}", f"{names.get(str(p), p)}, worth of what is held after two years", worth[p] / MILLION))
        for p, row in held.iterrows() if max(row[first], row[second]) > LEAST
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["product", "first", "second", "worth"])


def _stocks(found: Response, words: Mapping[str, str], start: dt.date) -> pd.DataFrame:
    """What is held at the end of each stage while it stays calm, of the products that are worth most."""
    stocks, use = found.plan.stocks, home_use(found.case.home).to_series()
    price = found.case.ready.options.stockable.to_series()
    now = stocks.groupby("product", as_index=False).first().assign(years=0.0, held=0.0, weeks=0.0)
    rows = pd.concat([now, stocks], ignore_index=True)
    rows["worth"] = rows["held"] * rows["product"].map(price) / MILLION
    rows["cover"] = rows["held"] / (rows["product"].map(use) / WEEKS_A_YEAR)
    ended = rows["years"] * WEEKS_A_YEAR + rows["weeks"]
    rows["date"] = [(start + dt.timedelta(weeks=weeks)).isoformat() for weeks in ended]
    best = rows.groupby("product")["worth"].max().sort_values(ascending=False)
    shown = [str(product) for product in best[best > LEAST].index[:SHOWN]]
    told = [
        (row.date, words.get(name, name), row.worth, row.cover,
         f"{row.date}: {words.get(name, name)}, {row.held:,.1f} t, {row.cover:.1f} weeks of use, USD {row.worth:,.1f} million")
        for name in shown for row in rows[rows["product"] == name].sort_values("date").itertuples()
    ]  # fmt: skip
    return pd.DataFrame(told, columns=["date", "product", "worth", "weeks", "what"])


def _points(found: Response) -> pd.DataFrame:
    """The frontier for a chart; the plan of the page is among its points."""
    told = [
        (one.cost, one.loss, f"at most USD {one.budget:,.1f} million a year: {_said(one.cost, one.loss)}", False)
        for one in found.answers.frontier
        if np.isfinite(one.loss)
    ]
    if told:
        cost, loss = spending(found.plan), float(found.plan.costs["loss of value added"])
        told.append((cost, loss, f"this plan: {_said(cost, loss)}", True))
    return pd.DataFrame(told, columns=["cost", "loss", "what", "chosen"])


def _said(cost: float, loss: float) -> str:
    return f"costs {cost:,.1f} million, leaves a loss of {loss:,.0f} million"
