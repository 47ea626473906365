"""The sections of what was asked beside a plan: a brief that may be written, in words a reader knows."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from lodestone.evidence.plan_answer_figures import answer_tables
from lodestone.evidence.plan_answers import Answers
from lodestone.record.figure import Figure
from lodestone.report.check import brief_faults, charts, printed_figures
from lodestone.report.compose_plan_answers import TITLES, answer_sections
from lodestone.report.html import html
from tests.evidence.plan_sample import sample_answers, sample_response
from tests.report.sample import sample_brief


def test_all_that_is_asked_reaches_the_page_and_every_number_of_it_leads_somewhere() -> None:
    figures = dict(sample_brief().figures)

    def result(
        name: str, label: str, value: float, unit: str = "billion USD of 2024", rule: str = "solved",
        low: float | None = None, high: float | None = None,
    ) -> str:  # fmt: skip
        assert name not in figures
        figures[name] = Figure(name, "result", label, value, low, high, unit, rule, ("fact:toy/1",))
        return name

    tables = answer_tables(sample_response(sample_answers()), result)
    assert len(tables["frontier"]) == 2  # the last budget gains next to nothing
    points = pd.DataFrame({"cost": [0.0], "loss": [1.0], "what": ["none"], "chosen": [True]})
    sections = answer_sections(SimpleNamespace(answers=tables, points=points))
    assert {section.heading for section in sections} == set(TITLES.values())
    brief = replace(sample_brief(), sections=sections, figures=figures)
    assert brief_faults(brief) == []
    assert len(printed_figures(brief)) > 30
    page = html(brief, {chart.name: SimpleNamespace(svg="<svg></svg>") for chart in charts(brief)})
    told = re.sub(r"<[^>]+>", " ", page.split('id="origins"')[0])
    for words in (
        "the mine",
        "The reserve",
        "oxide of heavy elements",
        "Less likely",
        "Real discount rate",
        "point at a dot",
    ):
        assert words in told
    assert "oxide_heavy" not in told and "plan.discount_rate" not in told


def test_nothing_asked_is_no_section() -> None:
    tables = answer_tables(sample_response(Answers()), lambda *_: "")
    assert tables == {}
    assert answer_sections(SimpleNamespace(answers=tables, points=pd.DataFrame())) == ()
