"""The sections of what was asked beside a plan, from the small world to a brief that may be written."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from lodestone.evidence import plan_answers
from lodestone.evidence.plan_answer_figures import answer_tables
from lodestone.evidence.plan_answers import Answers
from lodestone.record.figure import Figure
from lodestone.report.check import brief_faults, charts, printed_figures
from lodestone.report.compose_plan_answers import TITLES, answer_sections
from lodestone.report.html import html
from lodestone.respond.answering import answering
from tests.evidence.plan_world import LEVERS, answered
from tests.report.sample import sample_brief
from tests.respond.test_answering import outlook_of


def test_all_that_is_asked_reaches_the_page_and_every_number_of_it_leads_somewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def small(*given: object, **more: object) -> object:
        return answering(*given, outlook_of=outlook_of, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(plan_answers, "answering", small)
    found = answered(
        LEVERS, worth=True, frontier=4, one_more=True, break_even=True, floors=True, answering=True, rests_on=True
    )
    found.names = {"oxide_heavy": "oxide of heavy elements"}
    figures = dict(sample_brief().figures)

    def result(
        name: str, label: str, value: float, unit: str = "billion USD of 2024", rule: str = "solved",
        low: float | None = None, high: float | None = None,
    ) -> str:  # fmt: skip
        assert name not in figures
        figures[name] = Figure(name, "result", label, value, low, high, unit, rule, ("fact:toy/1",))
        return name

    tables = answer_tables(found, result)
    points = pd.DataFrame({"cost": [0.0], "loss": [1.0], "what": ["none"], "chosen": [True]})
    sections = answer_sections(SimpleNamespace(answers=tables, points=points))
    assert {section.heading for section in sections} == {
        title for name, title in TITLES.items() if name not in ("ends", "tested")
    }
    brief = replace(sample_brief(), sections=sections, figures=figures)
    assert brief_faults(brief) == []
    assert len(printed_figures(brief)) > 30
    page = html(brief, {chart.name: SimpleNamespace(svg="<svg></svg>") for chart in charts(brief)})
    for words in ("the mine", "The reserve", "oxide of heavy elements", "Less likely", "point at a dot"):
        assert words in page
    told = re.sub(r"<[^>]+>", " ", page.split('id="origins"')[0])
    assert "oxide_heavy" not in told


def test_nothing_asked_is_no_section() -> None:
    found = SimpleNamespace(answers=Answers(), levers=(), names={})
    tables = answer_tables(found, lambda *_: "")
    assert tables == {}
    assert answer_sections(SimpleNamespace(answers=tables, points=pd.DataFrame())) == ()
