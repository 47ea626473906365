"""Price floors, what a plan rests on and a curb that answers to it, as they are printed."""

from __future__ import annotations

import dataclasses
import json

import pytest

from lodestone.cli.respond_doubts import doubt_document, doubt_lines
from lodestone.evidence import plan_answers
from lodestone.respond.answering import answering
from tests.evidence.plan_world import LEVERS, answered
from tests.respond.test_answering import outlook_of


def test_what_is_asked_is_told_in_words_and_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def small(*given: object, **more: object) -> object:
        return answering(*given, outlook_of=outlook_of, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(plan_answers, "answering", small)
    found = answered(LEVERS, floors=True, answering=True, rests_on=True)
    text = "\n".join(doubt_lines(found))
    for words in (
        "the mine",
        "the plant",
        "the reserve",
        "deterred: less by 50%",
        "provoked: more by 100%",
        "worst onset",
    ):
        assert words in text
    assert "mine_" not in text
    told = json.loads(json.dumps(doubt_document(found), allow_nan=False))
    assert {one["lever"] for one in told["floors"]} == {"mine", "plant"}
    assert sum(told["benefit"]["rests_on"].values()) == pytest.approx(1.0)
    assert len(told["answering"]) == 6
    assert told["leader"]["worst"]["loss"] >= told["leader"]["expected"]


def test_nothing_asked_and_no_plant_taken_is_nothing_said() -> None:
    found = answered()
    found.answers = dataclasses.replace(found.answers, floors=())
    assert doubt_lines(found) == []
    assert doubt_document(found) == {}
