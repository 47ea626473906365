"""Acting together as figures and tables, each number with what it rests on: what a page for a finance ministry prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from lodestone.coordinate.leverage import break_even, by_period, target_loss_that_pays_not
from lodestone.evidence.find import NETWORK_CELLS
from lodestone.evidence.find_leverage import HORIZON, Leverage
from lodestone.evidence.find_scramble import Scramble
from lodestone.evidence.find_together import Together
from lodestone.evidence.input_words import worded_cell, worded_fact
from lodestone.evidence.reserve_figures import ReserveFindings, reserve_figures
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.evidence.unity_case import SHARE
from lodestone.evidence.unity_figures import UnityFindings, unity_figures
from lodestone.impact.figures import BILLION
from lodestone.labels import in_sentences, load_labels
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure, fact_figure
from lodestone.record.result import result_figure

PLAN = "plan."
MILLION = 1000.0  # million in a billion
QUARTER = 13  # weeks
LEAST = 0.1  # t a year, or million USD: less is not shown
BAND = (0.05, 0.5, 0.95)
CHANCES = (0.1, 0.5, 1.0)  # that members give way

Result = Callable[[str, str, np.ndarray, str, str], str]


@dataclass(frozen=True)
class TogetherFindings:
    """Figures by id, and the tables of a page: ids in columns named for what they are.

    ``headline``: what the page leads with. ``members``: member (name), lost. ``products``: product (name), lacks, sale, price, alone, firms,
    joint, worth. ``short``: product, member, lacks, alone, firms, joint. ``responses``: response, forgone, dearer, own, lost, even.
    ``politics``: chance, nothing, responses: what giving way must be worth to the issuer so that the curb pays. ``market``: product,
    lost. ``unity``: what unity is worth; ``reserve``: what a shared reserve's rule does; None where not asked for.
    ``counters``: measure, by, cost, hits ("" where no figure says so), words. ``quarters``: quarter, date, side, response, low,
    middle, high (million USD a quarter), for a chart. A table of a section not asked for is empty.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    issuer: str
    material: str
    scenario: str
    title: str
    start: dt.date
    as_of: dt.date
    figures: dict[str, Figure]
    headline: dict[str, str]
    members: pd.DataFrame
    products: pd.DataFrame
    short: pd.DataFrame
    responses: pd.DataFrame
    politics: pd.DataFrame
    market: pd.DataFrame
    counters: pd.DataFrame
    quarters: pd.DataFrame
    gaps: tuple[str, ...]
    unity: UnityFindings | None = None
    reserve: ReserveFindings | None = None


def together_findings(setting: Setting, found: Together) -> TogetherFindings:
    """What a page says of acting together, every number a figure with its origin."""
    words = dict(found.names)
    figures, below = _ground(setting, found)
    prefix = f"together:{'+'.join(found.members)}"

    def result(name: str, label: str, draws: np.ndarray, unit: str, rule: str) -> str:
        which = f"{prefix}.{name}"
        figures[which] = result_figure(which, label, draws, unit, rule, below)
        return which

    total = found.run.lost.sum(axis=2) / MILLION
    rule = "value added not made in the simulated curb, over its weeks, with nothing done"
    members = pd.DataFrame(
        [(words.get(m, m), result(f"lost.{m}", f"loss of {words.get(m, m)}", lost, BILLION, rule))
         for m, lost in zip(found.members, total, strict=True)], columns=["member", "lost"],
    )  # fmt: skip
    headline = {
        "lost": result("lost", "loss of all members", total.sum(axis=0), BILLION, rule),
        "weeks": _parameter(figures, prefix, "weeks", "weeks simulated", float(found.weeks), "week"),
        "draws": _parameter(figures, prefix, "draws", "draws of the curb", float(found.run.lost.shape[1]), "draws"),
    }
    products, short = _scramble(found.scramble, words, result)
    responses, market, counters, quarters = _leverage(found, words, setting.scenario.start, result, headline)
    politics = _politics(found.leverage, figures, prefix, result)
    unity = unity_figures(setting, found.unity) if found.unity is not None else None
    figures |= unity.figures if unity is not None else {}
    reserve = None
    if found.reserve is not None:
        reserve = reserve_figures(
            found.reserve,
            lambda one: words.get(one, one.replace("_", " ")),
            result,
            partial(_parameter, figures, prefix),
        )
    spoken = in_sentences(load_labels(setting.folder / "labels", "economies"))
    figures = {
        which: replace(
            one, label=worded_cell(which, words) if which.startswith(NETWORK_CELLS) else worded_fact(one.label, words)
        )
        for which, one in figures.items()
    }
    return TogetherFindings(
        tuple(words.get(m, m) for m in found.members), found.members, spoken[found.issuer], setting.about.words, setting.scenario.name,
        setting.scenario.title, setting.scenario.start, setting.facts.as_of, figures, headline, members, products, short, responses,
        politics, market, counters, quarters, found.leverage.gaps if found.leverage else (), unity, reserve,
    )  # fmt: skip


def _ground(setting: Setting, found: Together) -> tuple[dict[str, Figure], list[str]]:
    """What all results rest on: assumptions drawn, what sectors earn, prices, measures."""
    drawn = {*found.run.inputs, "impact.spread"}
    if found.scramble is not None:
        drawn |= set(found.scramble.inputs)
    if found.leverage is not None:
        drawn |= {one for one in setting.assumptions if one.startswith(PLAN)} | {"tariff_elasticity"}
    if found.reserve is not None:
        drawn |= {
            *found.reserve.inputs,
            *found.reserve.told.assumed,
            SHARE,
            *(one for one in setting.assumptions if one.startswith(PLAN)),
        }
    figures = {
        f"assumption:{one}": assumption_figure(setting.assumptions[one])
        for one in sorted(drawn & set(setting.assumptions))
    }
    figures |= {one.id: one for one in found.below}
    priced = sorted({fact for facts in setting.price_facts.values() for fact in facts})
    figures |= {f"fact:{one}": fact_figure(setting.facts, one) for one in priced}
    inside = {name for one in found.below for name in one.origin}
    below = [name for name in figures if name not in inside]
    for measure in setting.scenario.measures:
        one = measure_figure(measure)
        figures[one.id] = one
        below.append(one.id)
    return figures, below


def _parameter(figures: dict[str, Figure], prefix: str, name: str, label: str, value: float, unit: str) -> str:
    which = f"{prefix}.{name}"
    figures[which] = Figure(
        which,
        "parameter",
        label,
        value,
        None,
        None,
        unit,
        "as asked for",
        source="this run",
        locator="request of the run",
    )
    return which


def _scramble(found: Scramble | None, words: Mapping[str, str], result: Result) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, short = [], []
    for one in found.products if found else ():
        name, games = words.get(one.product, one.product), {"alone": one.alone, "firms": one.takers, "joint": one.joint}
        told = {"alone": "each member alone", "firms": "every firm for itself", "joint": "one buyer for all"}
        beyond = "in the first year at base prices, beyond contracts"
        rows.append((
            name, result(f"{one.product}.lacks", f"{name} looked for", one.gap.sum(axis=1), "t a year", beyond),
            result(f"{one.product}.sale", f"{name} under no contract", one.for_sale, "t a year", "share of what sellers elsewhere can send"),
            result(f"{one.product}.price", f"{name}, price in the scramble", one.takers.price, "ratio", told["firms"]),
            *(result(f"{one.product}.{which}", f"{name}, loss and premium", game.cost / MILLION, BILLION, told[which])
              for which, game in games.items()),
            result(f"{one.product}.worth", f"{name}, what one buyer saves beside firms", (one.takers.cost - one.joint.cost) / MILLION,
                   BILLION, "difference of two games, draw by draw"),
        ))  # fmt: skip
        for k, member in enumerate(one.alone.members):
            if one.gap[:, k].mean() > LEAST:
                label = f"{name}, {words.get(member, member)}"
                short.append((
                    name, words.get(member, member),
                    result(f"{one.product}.lacks.{member}", f"{label}: looked for", one.gap[:, k], "t a year", "at base prices"),
                    *(result(f"{one.product}.short.{which}.{member}", f"{label}: still short", game.short[:, k], "t a year", told[which])
                      for which, game in games.items()),
                ))  # fmt: skip
    return (
        pd.DataFrame(rows, columns=["product", "lacks", "sale", "price", "alone", "firms", "joint", "worth"]),
        pd.DataFrame(short, columns=["product", "member", "lacks", "alone", "firms", "joint"]),
    )


def _politics(found: Leverage | None, figures: dict[str, Figure], prefix: str, result: Result) -> pd.DataFrame:
    rows = []
    for chance in CHANCES if found else ():
        name = f"chance.{chance:g}"
        told = [_parameter(figures, prefix, name, "chance that members give way", chance, "fraction")]
        for one in (found.responses[0], found.responses[-1]) if found else ():
            worth = target_loss_that_pays_not(one.own.net.sum(axis=1), chance) / MILLION
            rule = "own loss of the issuer over the chance, none where it loses nothing"
            label = f"worth of giving way from which the curb pays, {one.response}"
            told.append(result(f"{name}.{one.response.replace(' ', '_')}", label, worth, BILLION, rule))
        rows.append(told)
    return pd.DataFrame(rows, columns=["chance", "nothing", "responses"])


def _leverage(
    found: Together, words: Mapping[str, str], start: dt.date, result: Result, headline: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rows, market, counters, quarters = [], [], [], list[tuple[object, ...]]()
    held: Leverage | None = found.leverage
    for one in held.responses if held else ():
        key = one.response.replace(" ", "_")
        own, lost = one.own.net.sum(axis=1), one.lost.sum(axis=(0, 2))
        rule = f"the simulated curb with {one.response}"
        ids = {
            "forgone": result(f"forgone.{key}", f"sales forgone, {one.response}", one.own.forgone.sum(axis=1) / MILLION, BILLION, rule),
            "dearer": result(f"dearer.{key}", f"earned more on the rest, {one.response}", one.own.dearer.sum(axis=1) / MILLION, BILLION, rule),
            "own": result(f"own.{key}", f"own loss of the issuer, {one.response}", own / MILLION, BILLION, rule),
            "lost": result(f"lost.{key}", f"members' loss, {one.response}", lost / MILLION, BILLION, rule),
            "even": result(f"even.{key}", f"chance from which the curb pays, {one.response}", break_even(own, lost), "fraction",
                           "own loss over the members' loss, draw by draw"),
        }  # fmt: skip
        rows.append((one.response, *ids.values()))
        if not headline.get("own"):
            headline |= {"own": ids["own"], "even": ids["even"]}
        for side, weekly in (("own", one.own.net), ("members", one.lost.sum(axis=0))):
            for k, draws in enumerate(by_period(weekly, QUARTER).T):
                low, middle, high = np.quantile(draws, BAND)
                quarters.append(
                    (k + 1, start + dt.timedelta(weeks=QUARTER * (k + 1)), side, one.response, low, middle, high)
                )
    if held and held.market_lost:
        rule = "issuer's goods that new supply stands in for, at base prices"
        for product, amount in sorted(held.market_lost.items(), key=lambda item: -item[1]):
            if amount < LEAST:
                continue
            name = words.get(product, product)
            market.append(
                (
                    name,
                    result(
                        f"market.{product}", f"{name}: market lost a year", np.array([amount]) / MILLION, BILLION, rule
                    ),
                )
            )
        headline["market"] = result(
            "market", "market lost a year", np.array([sum(held.market_lost.values())]) / MILLION, BILLION, rule
        )
        rule = f"the same from the curb's start to {HORIZON:g} years from now, discounted"
        headline["market.now"] = result(
            "market.now", "market lost, discounted", np.array([held.market_lost_now]) / MILLION, BILLION, rule
        )
    if held and len(held.responses) > 1:
        headline["plans"] = result("plans", "cost of the members' own plans", np.array([held.plans_cost]) / MILLION, BILLION,
                                   "sum over members, expected and discounted")  # fmt: skip
    for counter in held.counters if held else ():
        by, cost, hits = words.get(counter.by, counter.by), "", ""
        if counter.cost is not None and counter.hits is not None:
            rule = "a duty on what the issuer ships without the curb, at base prices, a year"
            cost = result(
                f"counter.{counter.measure}.cost",
                f"{counter.measure}: cost to own users",
                counter.cost / MILLION,
                BILLION,
                rule,
            )
            hits = result(
                f"counter.{counter.measure}.hits",
                f"{counter.measure}: sales lost by the issuer",
                counter.hits / MILLION,
                BILLION,
                rule,
            )
        counters.append((counter.measure, by, cost, hits, counter.words))
    return (
        pd.DataFrame(rows, columns=["response", "forgone", "dearer", "own", "lost", "even"]),
        pd.DataFrame(market, columns=["product", "lost"]),
        pd.DataFrame(counters, columns=["measure", "by", "cost", "hits", "words"]),
        pd.DataFrame(quarters, columns=["quarter", "date", "side", "response", "low", "middle", "high"]),
    )
