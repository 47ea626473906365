"""From a plan's findings to a `Brief` a budget officer can read: what to do, what it costs, what is still lost."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lodestone.evidence.plan_figures import PlanFindings
from lodestone.labels import capital, possessive
from lodestone.report.compose import MARKING
from lodestone.report.compose_plan_answers import answer_sections
from lodestone.report.nouns import Brief, Chart, Headline, Number, Paragraph, Section, Table
from lodestone.report.words import text

WARNINGS = (
    "A plan is bought by the yearly probability of a curb, which nobody knows: compare plans at several.",
    "A magnet grade has one recipe here, so an element that is a hundredth of it can stop it: reserves of such elements look "
    "as good as they do for this reason too.",
    "Plants abroad that run on bought feed, and research, are not among the levers of this plan.",
)


def compose_plan(found: PlanFindings) -> Brief:
    """Lay a plan out as a brief; every number stays a pointer to its figure."""
    return Brief(
        title=f"{found.economy_name}: a plan against {possessive(found.issuer)} curb on {found.material}",
        subtitle=f"Scenario: {found.title[0].lower()}{found.title[1:]}",
        economy=found.economy,
        economy_name=found.economy_name,
        scenario=found.scenario,
        marking=MARKING,
        written=found.as_of,
        as_of=found.as_of,
        status_line="A plan under assumptions, not a forecast: it rests on costs of which many are assumed, and on the "
        "probability of a curb.",
        headlines=_headlines(found),
        sections=(_what_to_do(found), _what_it_buys(found), *answer_sections(found), _what_is_not(found)),
        figures=found.figures,
        warnings=WARNINGS,
        run=found.scenario,
    )


def _headlines(found: PlanFindings) -> tuple[Headline, ...]:
    ids = found.headline
    return (
        Headline("Cost of the plan", Number(ids["cost"], "money", interval=False), "assumed",
                 text("Expected and discounted over nine years: plants, premiums, purchases and holding, less what is sold again or left.")),
        Headline("Worth of the reserve after two years", Number(ids["reserve"], "money", interval=False), "assumed",
                 text("Bought while it is calm, product by product, within what the market can sell.")),
        Headline("Simulated loss with the plan", Number(ids["simulated.with"], "money"), "assumed",
                 text("If the scenario begins two years from now. Without the plan: ", Number(ids["simulated.without"], "money"),
                      ". Direct loss of value added, each sector once.")),
        Headline("Expected loss left by the plan", Number(ids["loss"], "money", interval=False), "assumed",
                 text("What the programme promises, over calm and curb together; with nothing done ", Number(ids["nothing"], "money", interval=False),
                      ". The simulator beside it is the harder judge.")),
        Headline("Yearly probability of a curb", Number(ids["probability"], "share", interval=False), "assumed",
                 text("Judgement, and the plan is bought by it. ", Number(ids["scenarios"], "count", interval=False), " scenarios in ",
                      Number(ids["variables"], "count", interval=False), " variables.")),
    )  # fmt: skip


def _what_to_do(found: PlanFindings) -> Section:
    parts: list[Paragraph | Table | Chart] = []
    if len(found.commit):
        bars = [
            row
            for one in found.commit.itertuples()
            for row in (
                {
                    "measure": one.lever,
                    "start": str(one[2]),
                    "end": str(one.delivers),
                    "status": "being built",
                },
                {"measure": one.lever, "start": str(one.delivers), "end": None, "status": "delivering"},
            )
        ]
        until = max(found.commit["delivers"]) + dt.timedelta(days=730)
        parts += [
            Table("commit", "What to commit to while it is calm: tonnes of contained element a year, capital in the year of the decision.",
                  (("lever", "Lever"), ("from", "Decide by"), ("delivers", "Delivers from"), ("tonnes", "Tonnes a year"), ("capital", "Capital")),
                  tuple({"lever": r.lever, "from": str(r[2]), "delivers": str(r.delivers), "tonnes": Number(r.tonnes, "tonnes", interval=False),
                         "capital": Number(r.capital, "money", interval=False)} for r in found.commit.itertuples())),
            Chart("builds", "timeline", "When each commitment is decided and from when it delivers, central lead times.",
                  "Bars from decision to first delivery and on, one for each commitment.", {"measures": pd.DataFrame(bars)},
                  {"until": until.isoformat(), "whole": 1.0}),
        ]  # fmt: skip
    else:
        parts.append(text("No supplier, plant or recycling pays at this probability: the plan is its reserve."))
    if len(found.reserve):
        parts.append(Table(
            "reserve", "What to hold, in tonnes of contained element, while it is calm. "
            "What is held at first and sold later bridges until slower stocks are filled.",
            (("product", "Product"), ("first", "After one year"), ("second", "After two years"), ("worth", "Worth then")),
            tuple({"product": capital(r.product),
                   "first": Number(r.first, "tonnes", interval=False), "second": Number(r.second, "tonnes", interval=False),
                   "worth": Number(r.worth, "money", interval=False)} for r in found.reserve.itertuples()),
        ))  # fmt: skip
    if len(found.stocks):
        caption = (
            "The reserve while it stays calm: what it is worth, and the weeks of the economy's use it covers. It runs down towards "
            "the horizon, where stock left counts less than it cost."
        )
        alternative = (
            "Left, stacked areas of the worth of the reserve by product; right, a line of weeks of cover for each."
        )
        parts.append(Chart("reserve-over-time", "plan_stocks", caption, alternative, {"stocks": found.stocks}, {}))
    return Section("what-to-do", "What to do", tuple(parts))


def _what_it_buys(found: PlanFindings) -> Section:
    ids = found.headline
    rows = tuple(
        {
            "sector": row.sector,
            "with_plan": Number(row.with_plan, "money", interval=False),
            "without": Number(row.without, "money", interval=False),
        }
        for row in found.sectors.itertuples()
    )
    told = text(
        "The programme promises an expected loss of ", Number(ids["loss"], "money", interval=False), " instead of ",
        Number(ids["nothing"], "money", interval=False), ". Put into the simulator, with queues, transit and buyers who order ahead, "
        "the loss of the scenario falls from ", Number(ids["simulated.without"], "money"), " to ",
        Number(ids["simulated.with"], "money"), ".",
    )  # fmt: skip
    parts: list[Paragraph | Table | Chart] = [told]
    if found.ambiguity:
        parts.append(
            text(
                "The plan is the best against the worst of all probabilities that differ from the scenarios' own by ",
                Number(found.ambiguity, "share", interval=False), " in all; costs and losses above are those at the scenarios' own.",
            )
        )  # fmt: skip
    columns = (("sector", "Sector"), ("with_plan", "With the plan"), ("without", "Nothing done"))
    caption = "Expected loss of value added by sector, discounted, with the plan and with nothing done."
    return Section("what-it-buys", "What it buys", (*parts, Table("sectors", caption, columns, rows)))


def _what_is_not(found: PlanFindings) -> Section:
    why: dict[str, list[str]] = {"Not worth their cost at this probability.": list(found.unused)}
    for row in found.left_out.itertuples():
        why.setdefault(f"{capital(row.why)}.", []).append(str(row.lever))
    rows: tuple[dict[str, str | Number], ...] = tuple(
        {"why": reason, "levers": "; ".join(levers)} for reason, levers in why.items() if levers
    )
    columns = (("why", "Why"), ("levers", "Levers"))
    return Section(
        "what-is-not",
        "What is not in it, and why",
        (Table("not-in-it", "Levers that are not in the plan.", columns, rows),),
    )
