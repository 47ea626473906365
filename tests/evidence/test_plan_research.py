"""What each programme of research would be worth, asked beside a plan of the small world."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lodestone.cli.respond_doubts import doubt_document, doubt_lines
from lodestone.evidence.plan_answers import Answers, told
from lodestone.evidence.plan_case import solve_case
from lodestone.evidence.plan_research import SUCCESS, YEARS, find_researched
from lodestone.respond.options import Rules
from lodestone.respond.ready import Ready
from lodestone.simulate.nouns import Range
from tests.evidence.plan_world import ASSUMPTIONS, lever, small_case, watch
from tests.respond.test_programme import IDLE


def test_programmes_are_ranked_by_the_probability_from_which_they_pay() -> None:
    names = {"cheap": 1.0, "dear": 20.0, "late": 1.0, "idle": 1.0, "unsaid": 1.0}
    programmes = tuple(
        replace(
            lever(name, "research", {"swarf" if name == "idle" else "magnet": 1.0}, 0.1, "assumed"),
            capex=Range(cost / 2, cost, cost * 2), unit="share of home use", most=Range(0.2, 0.5, 0.9),
        )
        for name, cost in names.items()
    )  # fmt: skip
    some = ASSUMPTIONS[next(one for one in ASSUMPTIONS if one.startswith(SUCCESS))]
    said = dict(ASSUMPTIONS)
    for name in ("cheap", "dear", "late", "idle"):
        said[f"{SUCCESS}:{name}"] = replace(some, low=0.2, central=0.4, high=0.8)
        years = 9.0 if name == "late" else 0.5
        said[f"{YEARS}:{name}"] = replace(some, low=years, central=years, high=years)
    case = replace(small_case(programmes), assumptions=said, ready=Ready(IDLE, ()))
    plan = told(case, solve_case(case, Rules()))
    found = find_researched(case, Rules(), plan.objective, SimpleNamespace(time_limit=60.0), watch)
    assert [one.lever for one in found.found] == ["cheap", "dear"]
    cheap, dear = found.found
    assert cheap.worth == pytest.approx(dear.worth) and cheap.pays_from is not None
    assert dear.pays_from is None or dear.pays_from > cheap.pays_from
    assert [one for one, _ in found.not_asked] == ["late", "idle", "unsaid"]
    response = SimpleNamespace(answers=Answers(research=found), levers=programmes, names={}, case=case, plan=plan)
    lines = "\n".join(doubt_lines(response))
    assert "past the last stage" in lines and "nobody at home takes swarf" in lines and "pays from" in lines
    document = json.loads(json.dumps(doubt_document(response), allow_nan=False))
    assert [one["lever"] for one in document["research"]] == ["cheap", "dear"]
    assert len(document["research_not_asked"]) == 3
