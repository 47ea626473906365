"""The brief of acting together: fit to be written, in words, and without a section for what was not asked."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from lodestone.evidence.together_figures import TogetherFindings
from lodestone.record.figure import Figure
from lodestone.report.check import brief_faults, charts, printed_figures
from lodestone.report.compose_together import compose_together
from lodestone.report.html import html
from tests.report.sample import sample_brief


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
