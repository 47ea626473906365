"""From a printed figure to what it rests on."""

from __future__ import annotations

import pytest

from lodestone.errors import FigureError
from lodestone.facts.assumptions import Assumption
from lodestone.facts.read import read_facts
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure, fact_figure
from lodestone.record.why import leaves, unfounded, why


def figure(name: str, *origin: str, kind: str = "result", source: str = "", rule: str = "") -> Figure:
    return Figure(name, kind, name, 1.0, None, None, "t", rule, origin, source)


def graph(*figures: Figure) -> dict[str, Figure]:
    return {one.id: one for one in figures}


FACT = figure("fact:one/1", kind="fact", source="Office")
GUESS = figure("assumption:cover", kind="assumption", source="assumption", rule="assumed")
TREE = graph(
    FACT, GUESS, figure("cell:a", "fact:one/1"), figure("cell:b", "fact:one/1", "assumption:cover"),
    figure("run:top", "cell:a", "cell:b"),
)  # fmt: skip


def test_the_walk_goes_depth_first_and_spells_each_figure_once():
    steps = why(TREE, "run:top")
    assert [(step.depth, step.figure.id, step.seen_before) for step in steps] == [
        (0, "run:top", False),
        (1, "cell:a", False),
        (2, "fact:one/1", False),
        (1, "cell:b", False),
        (2, "fact:one/1", True),
        (2, "assumption:cover", False),
    ]


def test_leaves_are_the_facts_and_assumptions():
    assert [leaf.id for leaf in leaves(TREE, "run:top")] == ["assumption:cover", "fact:one/1"]


def test_a_unique_ending_of_an_id_will_do():
    assert why(TREE, "top")[0].figure.id == "run:top"


def test_an_ambiguous_ending_names_what_it_fits():
    two = graph(figure("run:x.total"), figure("run:y.total"))
    with pytest.raises(FigureError, match=r"fits 2 figures, e.g. run:x.total, run:y.total. Give more of the id"):
        why(two, "total")


def test_an_exact_id_is_not_ambiguous():
    assert why(graph(figure("a"), figure("run:a")), "a")[0].figure.id == "a"


def test_an_unknown_id_says_how_to_list_them():
    with pytest.raises(FigureError, match="lodestone why --list"):
        why(TREE, "run:nothing")


def test_an_origin_that_is_not_recorded_is_an_error():
    with pytest.raises(FigureError, match="'cell:lost' is named as an origin of 'run:a' but is not recorded"):
        why(graph(figure("run:a", "cell:lost")), "run:a")


def test_a_circle_ends():
    steps = why(graph(figure("a", "b"), figure("b", "a")), "a")
    assert [step.seen_before for step in steps] == [False, False, True]


def test_a_figure_met_at_the_bottom_is_still_opened_higher_up():
    tree = graph(FACT, figure("shared", "fact:one/1"), figure("deep", "shared"), figure("top", "deep", "shared"))
    steps = why(tree, "top", deepest=2)
    assert (2, "fact:one/1") in [(step.depth, step.figure.id) for step in steps]


def test_printed_figures_without_a_source_are_named():
    tree = TREE | graph(
        figure("run:air"), figure("run:lost", "cell:gone"), figure("a", "b"), figure("b", "a"),
        figure("run:blank", "fact:blank"), figure("fact:blank", kind="fact"),
    )  # fmt: skip
    assert unfounded(tree, ["run:top", "run:air", "run:lost", "a", "run:blank", "nowhere"]) == (
        "run:air", "run:lost", "a", "run:blank", "nowhere",
    )  # fmt: skip


def test_a_fact_as_a_figure_carries_source_locator_and_date():
    facts = read_facts()
    name = facts.rows.index[(facts.rows["variable"] == "mine_production") & facts.rows["low"].isna()][0]
    told = fact_figure(facts, name)
    assert (told.id, told.kind, told.value) == (f"fact:{name}", "fact", facts.rows.at[name, "value"])
    assert told.locator == facts.rows.at[name, "locator"] != ""
    assert facts.sources[facts.rows.at[name, "source"]].title in told.source
    assert str(facts.rows.at[name, "known_from"])[:10] in told.rule
    assert (told.low, told.high) == (None, None)


def test_a_fact_not_known_yet_is_refused():
    with pytest.raises(FigureError, match="Take a later --as-of"):
        fact_figure(read_facts(), "not/a/fact")


def test_an_assumption_as_a_figure_carries_its_range_and_reason():
    told = assumption_figure(Assumption("x.y", "cover", "", 1.0, 2.0, 4.0, "weeks", "triangular", "habit", "fact 7"))
    assert (told.id, told.low, told.value, told.high) == ("assumption:x.y", 1.0, 2.0, 4.0)
    assert "habit" in told.rule and "fact 7" in told.source
