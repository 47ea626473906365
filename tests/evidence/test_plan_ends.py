"""A plan at the low and high end of what it rests on, on the small world with two levers of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lodestone.cli.respond_text import answer_document, answer_lines
from lodestone.evidence import plan_ends
from lodestone.evidence.plan_answers import Answers, told
from lodestone.evidence.plan_case import Case, case_at, solve_case
from lodestone.facts.assumptions import read_assumptions
from lodestone.impact.direct import SectorValue
from lodestone.respond.options import Rules
from lodestone.respond.outlook import build_outlook
from lodestone.respond.ready import make_ready
from tests.evidence.plan_world import lever, watch
from tests.respond.test_programme import HOME, curb, terms

CURB = curb({"oxide_heavy": 0.3})


LEVERS = (
    lever("mine", "supplier", {"oxide_heavy": 1.0}, 5.0, "transferred"),
    lever("store", "stock", {"oxide_heavy": 1.0}, 0.0, "assumed"),
)


@pytest.fixture(scope="module")
def case() -> Case:
    assumptions = read_assumptions(Path("data"))
    ready = make_ready(HOME, LEVERS, assumptions)
    bare = Case(HOME, ready, terms(), CURB, build_outlook(CURB), (), LEVERS, assumptions)
    return case_at(bare, {})


def test_a_case_at_an_end_is_the_case_with_that_number_alone(case: Case) -> None:
    high = case_at(case, {"plan.curb_probability": "high", "mine.premium": "low"})
    assert high.curb.yearly == case.assumptions["plan.curb_probability"].high
    assert case.curb.yearly == case.assumptions["plan.curb_probability"].central
    assert float(high.ready.options.levers.loc["mine", "premium"]) == 2.5
    assert high.curb.crosses is case.curb.crosses
    assert high.terms == case.terms or high.terms.discount == case.terms.discount


def test_ends_move_the_plan_the_way_they_must_and_stand_largest_first(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = told(case, solve_case(case, Rules()))
    read = plan_ends.numbers_read(case, plan)
    names = [name for name, _, _ in read]
    assert {"plan.curb_probability", "plan.discount_rate", "plan.most_weeks:oxide"} <= set(names)
    assert "mine.premium" in names
    few = [one for one in read if one[0] in ("plan.curb_probability", "mine.premium")]
    monkeypatch.setattr(plan_ends, "numbers_read", lambda *_: few)
    found = plan_ends.find_ends(case, Rules(), plan, SimpleNamespace(time_limit=60.0), watch)
    at = {(one.name, one.end): one for one in found.ends}
    assert at["plan.curb_probability", "low"].objective < plan.objective < at["plan.curb_probability", "high"].objective
    assert at["mine.premium", "low"].objective < plan.objective + 1e-9 < at["mine.premium", "high"].objective + 2e-9
    effect = [abs(one.objective - plan.objective) for one in found.ends]
    assert max(effect[:2]) >= max(effect[2:])
    assert float(found.rests_on.sum()) == pytest.approx(1.0)
    assert float(found.rests_on["transferred"]) > 0.0
    answers = Answers(ends=found)
    response = SimpleNamespace(answers=answers, plan=plan, levers=LEVERS, case=case, names={})
    lines = answer_lines(response)
    assert sum("Yearly probability that a curb with loss begins" in line for line in lines) == 2
    assert any("the mine: premium over the base price" in line for line in lines)
    assert "transferred" in lines[-1]
    document = json.loads(json.dumps(answer_document(response), allow_nan=False))
    assert document["ends"][0]["objective"] == found.ends[0].objective
    assert sum(document["rests_on"].values()) == pytest.approx(1.0)


def test_what_a_sector_earns_and_how_a_lack_turns_into_loss_have_ends_too(case: Case) -> None:
    sectors = [str(use).rpartition("@")[0] for use in HOME.needs["use"].values]
    values = tuple(SectorValue(one, 2.0, 0.1, 0.2, 0.4, (), "") for one in sectors)
    valued = case_at(replace(case, values=values), {})
    assert valued.terms.worth.values.tolist() == [400.0, 400.0]  # million USD: a fifth of two billion
    assert valued.terms.spread == case.assumptions["impact.spread"].central
    high = case_at(valued, {f"value.{sectors[0]}": "high", "impact.spread": "low"})
    assert high.terms.worth.values.tolist() == [800.0, 400.0]
    assert high.terms.spread == case.assumptions["impact.spread"].low
    more = case_at(valued, {"thrift_limit": "high"})
    thrift = (one.terms.saves.sel(way="thrift") for one in (more, valued))
    assert [float(next(thrift).min()), float(next(thrift).max())] == [
        case.assumptions["thrift_limit"].high,
        case.assumptions["thrift_limit"].central,
    ]
    faster = case_at(valued, {"substitution_rate": "high"}).terms.pace
    assert faster.sel(way="substitution") > valued.terms.pace.sel(way="substitution")
    assert faster.sel(way="thrift") == valued.terms.pace.sel(way="thrift")
    read = {name for name, _, _ in plan_ends.numbers_read(valued, told(valued, solve_case(valued, Rules())))}
    assert {f"value.{sectors[0]}", "impact.spread", "thrift_rate", "thrift_limit", "substitution_limit"} <= read
