"""A shared reserve's rule as a file: what it says is what is simulated, and all that is wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lodestone.coordinate.reserve_rule import Held, ReserveFile, apart, read_reserve, reserve_rule, tonnes_of
from lodestone.errors import Faults
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.scenario_fields import ScenarioLabels
from lodestone.simulate.scenario_labels import read_scenario_labels

LABELS = ScenarioLabels(
    economies=frozenset({"ALB", "BOR", "COR"}), products=frozenset({"magnet", "oxide"}), groups={"BOTH": ("BOR", "COR")}
)
USE = {("BOR", "magnet"): 39.0, ("COR", "magnet"): 13.0}
STAKE = {("BOR", "magnet"): 1.0, ("COR", "magnet"): 5.0}


def read(folder: Path, text: str, labels: ScenarioLabels = LABELS) -> ReserveFile:
    path = folder / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    return read_reserve(path, read_assumptions(data_folder()), labels)


def test_the_example_is_read_as_it_stands():
    path = Path(__file__).parents[2] / "examples" / "reserve" / "g7.yaml"
    found = read_reserve(path, read_assumptions(data_folder()), read_scenario_labels(data_folder()))
    assert len(found.holdings) == 8 and len(found.who) == 7 and found.order == "stake"
    assert (found.trigger, found.delay, found.rate, found.floor, found.owes_at_most) == (0.95, 2, 0.7, 0.1, 3.0)
    assert (found.after, found.back) == (8, 0.1) and found.assumed == () and len(found.checksum) == 64


def test_what_a_file_leaves_out_is_the_central_value_for_a_stock_of_a_government(tmp_path):
    found = read(tmp_path, "title: Ours\nholdings: [{product: magnet, tonnes: 4}]\ndraw: {rate: 0.5}\n")
    assert found.assumed == ("reserve_trigger", "reserve_delay_weeks", "reserve_floor")
    assert found.rate == 0.5 and found.delay == round(read_assumptions(data_folder())["reserve_delay_weeks"].central)
    assert np.isinf(found.owes_at_most) and found.back == 0.0 and found.pays == "use"


def test_all_that_is_wrong_is_told_together_with_its_line(tmp_path):
    text = """title: Wrong
holdings:
  - {product: gold, weeks: 4}
  - {product: magnet, weeks: 4, tonnes: 3}
  - {product: oxide, tonnes: -3, place: {BOR: 0.5, COR: 0.4}}
  - {product: oxide, tonnes: 2, place: Bora}
pays: {BOR: 0.7, XXX: 0.3}
draw: {order: whoever, trigger: 1.5, delay_weeks: soon, colour: red, who: [BOTH]}
refill: {after_weeks: -1, share_of_arrivals: 2}
"""
    with pytest.raises(Faults) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    for words in (
        "unknown product 'gold'", "weeks or tonnes, one of them", "'-3' is not a number", "shares add up to 0.9", "'oxide' is held twice",
        "'Bora' is no table of shares", "unknown economy 'XXX'", "'whoever' is no order", "'1.5' is not a number", "'soon' is not a number",
        "unknown key 'colour'", "'-1' is not a whole number", "'2' is not a number from 0 to 1",
    ):  # fmt: skip
        assert words in told, words
    assert {fault.line for fault in caught.value.faults} >= {3, 4, 5, 6, 7, 8, 9}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a mapping"),
        ("title: x\n", "the rule has no holdings"),
        ("holdings: [{product: magnet, weeks: 1}]\n", "the rule has no title"),
        ("title: x\nholdings: []\n", "no list of what is held"),
        (
            "title: x\nholdings: [{product: magnet, weeks: 1}]\ndraw: {order: [[BOR], [BOR, COR]]}\n",
            "'BOR' stands in two classes",
        ),
        ("title: x\nholdings: [{product: magnet, weeks: 1}]\npays: whoever\n", "'whoever' is no key"),
        ("title: x\nholdings: [&a {product: magnet, weeks: 1}, *a]\n", "anchors and aliases are refused"),
    ],
)
def test_a_rule_that_cannot_be_played_is_refused(tmp_path, text, words):
    with pytest.raises(Faults, match=words):
        read(tmp_path, text)


def test_weeks_are_of_the_use_of_all_members_and_lie_where_it_is_used():
    held = Held("magnet", 4.0, np.nan, {})
    assert tonnes_of(held, ("BOR", "COR"), USE) == pytest.approx(4.0)
    rule = reserve_rule(a_file(held), ("BOR", "COR"), USE, STAKE, {"BOR": 0.5, "COR": 0.5})
    assert rule.holdings[0].lots == pytest.approx({"BOR": 3.0, "COR": 1.0})


@pytest.mark.parametrize(
    ("order", "ranks"),
    [("pro_rata", {"BOR": 0, "COR": 0}), ("stake", {"BOR": 1, "COR": 0}), ((("BOR",),), {"BOR": 0, "COR": 1})],
)
def test_who_is_served_first_is_what_the_order_says(order, ranks):
    rule = reserve_rule(
        a_file(Held("magnet", np.nan, 4.0, {"COR": 1.0}), order), ("BOR", "COR"), USE, STAKE, {"BOR": 0.25, "COR": 0.75}
    )
    assert rule.holdings[0].rank == ranks
    assert rule.holdings[0].right == pytest.approx({"BOR": 2.0, "COR": 6.0})  # twice what each pays for


def test_apart_holds_the_same_tonnes_each_for_itself():
    rule = reserve_rule(
        a_file(Held("magnet", np.nan, 4.0, {"COR": 1.0})), ("BOR", "COR"), USE, STAKE, {"BOR": 0.25, "COR": 0.75}
    )
    own = apart(rule, {"BOR": 0.25, "COR": 0.75})
    assert [(one.lots, set(one.rank)) for one in own.holdings] == [({"BOR": 1.0}, {"BOR"}), ({"COR": 3.0}, {"COR"})]
    assert (own.trigger, own.delay, own.rate, own.floor) == (rule.trigger, rule.delay, rule.rate, rule.floor)


def a_file(held: Held, order: str | tuple[tuple[str, ...], ...] = "pro_rata") -> ReserveFile:
    return ReserveFile("Ours", (held,), "use", (), order, 0.95, 2, 0.7, 0.1, 2.0, 8, 0.1)
