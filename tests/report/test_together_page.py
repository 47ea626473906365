"""The brief of acting together: fit to be written, in words, and without a section for what was not asked."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from lodestone.evidence.together_figures import TogetherFindings
from lodestone.evidence.unity_figures import UnityFindings
from lodestone.record.figure import Figure
from lodestone.report.check import brief_faults, charts, printed_figures
from lodestone.report.compose_together import compose_together
from lodestone.report.html import html
from tests.report.sample import sample_brief


def unity() -> UnityFindings:
    """What unity is worth to the same two, made up."""
    figures: dict[str, Figure] = {}

    def one(value: float, unit: str = "million USD of 2024") -> str:
        which = f"unity:{len(figures)}"
        figures[which] = Figure(
            which, "result", "a number", value, value / 2, value * 2, unit, "made up", ("fact:toy/1",)
        )
        return which

    names = ("nothing", "cost", "together", "share", "outside", "temptation", "deposit", "keeps")
    members = pd.DataFrame(
        [("ALB", *(one(x) for x in (9.0, 5.0, 4.0, 1.5, 0.5, -1.0, 0.0, 0.2))), ("BOR", *(one(3.0) for _ in range(3)), *("",) * 4, one(0.1))],
        columns=["member", *names],
    )  # fmt: skip
    values = pd.DataFrame(
        [
            ("all together", "respond", one(2.0), one(-0.5), one(0.1)),
            ("research partnership", "same tonnes", one(0.0), one(0.0), ""),
        ],
        columns=["mechanisms", "game", "all", "worst", "epsilon"],
    )
    sources = pd.DataFrame(
        [("a reserve", one(1.5), one(1.7)), ("projects", one(0.1), one(0.2))], columns=["source", "without", "only"]
    )
    shares = pd.DataFrame([("shapley_value", one(1.5), one(0.5))], columns=["rule", "ALB", "BOR"])
    gain = pd.DataFrame(
        [("ALB", 1.5, 1.0, 2.0, 1.0), ("BOR", 0.5, 0.2, 0.8, 1.0)], columns=["member", "share", "low", "high", "saves"]
    )
    projects = pd.DataFrame(
        [("a mine", *(one(x, "t a year") for x in (9.0, 2.0, 3.0)))], columns=["project", "there", "alone", "together"]
    )
    return UnityFindings(
        figures,
        members,
        values,
        sources,
        shares,
        gain,
        projects,
        one(0.0),
        one(900.0, "count"),
        (one(9.0), one(1.0), one(0.0)),
    )


def test_what_unity_is_worth_leads_and_every_number_is_a_figure() -> None:
    told, value = findings(), unity()
    brief = compose_together(replace(told, figures={**told.figures, **value.figures}, unity=value))
    assert not brief_faults(brief)
    assert brief.headlines[1].title == "Unity is worth" and len(brief.headlines) == 5
    assert {"unity", "sources", "shares", "projects"} <= {section.name for section in brief.sections}
    page = html(brief, {chart.name: SimpleNamespace(svg="<svg></svg>") for chart in charts(brief)})
    words = re.sub(r"<[^>]+>", " ", page.split('id="origins"')[0])
    assert "A reserve" in words and "Respond singly" in words and "Alba" in words and not re.search(r"\bALB\b", words)
    assert all(one.title != "Unity is worth" for one in compose_together(told).headlines)


def findings() -> TogetherFindings:
    """Findings of two made-up members, each number a figure of its own."""
    figures = dict(sample_brief().figures)

    def one(value: float, unit: str = "billion USD of 2024") -> str:
        which = f"together:{len(figures)}"
        figures[which] = Figure(
            which, "result", "a number", value, value / 2, value * 2, unit, "made up", ("fact:toy/1",)
        )
        return which

    headline = {name: one(1.0) for name in ("lost", "own", "market", "market.now", "plans")}
    headline |= {"even": one(0.02, "fraction"), "weeks": one(104.0, "week"), "draws": one(100.0, "draws")}
    products = pd.DataFrame(
        [(name, one(9.0, "t a year"), one(1.0, "t a year"), one(18.0, "ratio"), *(one(x) for x in (2.0, 3.0, 1.0)), one(worth))
         for name, worth in (("magnets", 0.2), ("oxide", 0.5))],
        columns=["product", "lacks", "sale", "price", "alone", "firms", "joint", "worth"],
    )  # fmt: skip
    short = pd.DataFrame(
        [("magnets", place, *(one(x, "t a year") for x in (4.0, 3.0, 2.0, 1.0))) for place in ("Alba", "Bora")],
        columns=["product", "member", "lacks", "alone", "firms", "joint"],
    )
    responses = pd.DataFrame(
        [(name, *(one(x) for x in (1.4, 0.3, 1.1, 64.0)), one(0.02, "fraction")) for name in ("nothing", "reserve")],
        columns=["response", "forgone", "dearer", "own", "lost", "even"],
    )
    quarters = [
        (q, dt.date(2027, 1, 1), side, name, 1.0, 2.0, 3.0)
        for q in (1, 2)
        for side in ("own", "members")
        for name in ("nothing", "reserve")
    ]
    return TogetherFindings(
        ("Alba", "Bora"), ("ALB", "BOR"), "Cora", "toys", "toy", "A toy curb", dt.date(2027, 1, 1), dt.date(2026, 11, 24), figures, headline,
        pd.DataFrame([("Alba", one(2.0)), ("Bora", one(3.0))], columns=["member", "lost"]), products, short, responses,
        pd.DataFrame([(one(0.5, "fraction"), one(2.0), one(3.0))], columns=["chance", "nothing", "responses"]),
        pd.DataFrame([("magnets", one(0.05))], columns=["product", "lost"]),
        pd.DataFrame([("a duty", "Alba", one(0.05), one(0.1), "users pay"), ("a ban", "Bora", "", "", "nobody knows")],
                     columns=["measure", "by", "cost", "hits", "words"]),
        pd.DataFrame(quarters, columns=["quarter", "date", "side", "response", "low", "middle", "high"]), ("What it earns is not known.",),
    )  # fmt: skip


def test_every_number_leads_somewhere_and_the_product_on_which_most_is_saved_leads() -> None:
    brief = compose_together(findings())
    assert brief_faults(brief) == []
    assert len(printed_figures(brief)) > 40
    assert any(one.title == "One buyer saves on oxide" for one in brief.headlines)
    page = html(brief, {chart.name: SimpleNamespace(svg="<svg></svg>") for chart in charts(brief)})
    told = re.sub(r"<[^>]+>", " ", page.split('id="origins"')[0])
    for words in (
        "Cora",
        "Who goes short",
        "Market the issuer loses for good",
        "no figure",
        "giving way must be worth",
    ):
        assert words in told


def test_a_section_that_was_not_asked_for_is_not_there() -> None:
    found = findings()
    empty = {
        name: getattr(found, name).iloc[:0] for name in ("responses", "politics", "market", "counters", "quarters")
    }
    headline = {name: found.headline[name] for name in ("lost", "weeks", "draws")}
    brief = compose_together(replace(found, headline=headline, gaps=(), **empty))
    assert brief_faults(brief) == []
    assert [section.name for section in brief.sections] == ["members", "scramble", "short"]
