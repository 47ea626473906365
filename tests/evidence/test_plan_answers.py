"""What is asked beside a plan, on the small world: each answer in its own words and as plain values."""

from __future__ import annotations

import json

import pytest

from lodestone.cli.respond_text import answer_document, answer_lines, lever_lines
from lodestone.respond.one_more import TONNE, WEEK
from tests.evidence.plan_world import answered


def test_nothing_asked_is_nothing_said() -> None:
    found = answered()
    assert answer_lines(found) == []
    assert answer_document(found) == {}


def test_what_the_tree_is_worth_is_told_with_the_size_of_the_tree() -> None:
    found = answered(worth=True)
    told = json.loads(json.dumps(answer_document(found)))["worth"]
    assert told["wait_and_see"] <= told["fan"] + 1e-6 <= told["recourse_problem"] + 2e-6
    assert told["recourse_problem"] == pytest.approx(found.plan.objective)
    assert told["tree"] == {
        "nodes": len(found.case.outlook.tree.node),
        "scenarios": len(found.plan.chance),
        "stages": 5,
    }
    text = "\n".join(answer_lines(found))
    for word in ("EVPI", "VSS", "EEV", "nodes", "judgement"):
        assert word in text


def test_the_frontier_is_told_point_by_point() -> None:
    found = answered(frontier=4)
    points = answer_document(found)["frontier"]
    assert [point["budget"] for point in points] == sorted(point["budget"] for point in points)
    assert points[-1]["objective"] == pytest.approx(found.plan.objective, rel=1e-6)
    assert len(answer_lines(found)) == 3 + len(points)


def test_one_more_and_break_even_are_told_in_words_and_values() -> None:
    found = answered(one_more=True, break_even=True)
    told = json.loads(json.dumps(answer_document(found), allow_nan=False))
    assert {row["of"] for row in told["one_more"]} <= {TONNE, WEEK}
    assert told["one_more"][0]["more"] > 0.0
    assert {row["name"] for row in told["break_even"]} >= {"mine", "plant"}
    assert any("one tonne in reserve now" in line for line in answer_lines(found))
    text = "\n".join(lever_lines(found))
    assert "reserve of" in text
    assert "0.005" in text
