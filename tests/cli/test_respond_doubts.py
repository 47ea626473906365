"""Price floors, what a plan rests on and a curb that answers to it, as they are printed."""

from __future__ import annotations

import json

import pytest

from lodestone.cli.respond_doubts import doubt_document, doubt_lines
from lodestone.evidence.plan_answers import Answers
from tests.evidence.plan_sample import sample_answers, sample_response


def test_what_was_found_is_told_in_words_and_values() -> None:
    found = sample_response(sample_answers())
    text = "\n".join(doubt_lines(found))
    for words in (
        "the mine ", "the plant *", "352 (351 to 354)", "base + 2 (1 to 4)", "the reserve", "25% sourced, 0% transferred, 75% assumed",
        "deterred: less by 50%", "provoked: more by 50%", "deep, in 0.25 years; with nothing: deep, in 3 years",
    ):  # fmt: skip
        assert words in text
    told = json.loads(json.dumps(doubt_document(found), allow_nan=False))
    assert [(one["lever"], one["base"]) for one in told["floors"]] == [("mine", 350.0), ("plant", None)]
    assert sum(told["benefit"]["rests_on"].values()) == pytest.approx(1.0)
    assert [one["yearly"] for one in told["answering"]] == [0.06, 0.14]
    assert told["leader"]["worst"]["loss"] >= told["leader"]["expected"]


def test_nothing_asked_and_no_plant_taken_is_nothing_said() -> None:
    found = sample_response(Answers())
    assert doubt_lines(found) == []
    assert doubt_document(found) == {}
