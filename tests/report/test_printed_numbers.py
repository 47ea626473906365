"""How a figure and its interval are printed: one unit of money, no residue of a solver, nothing said twice."""

from __future__ import annotations

import pytest

from lodestone.record.figure import Figure
from lodestone.report.format import figure_style, figure_text


def told(value, low, high, style="money", unit="USD"):
    made = figure_text(Figure("x", "result", "x", value, low, high, unit, "", ("run",)), style)
    return tuple(text.replace("\u00a0", " ").replace("\u2212", "-") for text in made)


@pytest.mark.parametrize(
    ("amounts", "page"),
    [
        ((0.012, -3.1e8, 9.3e8), ("USD 0", "-0.31 to 0.93 bn")),
        ((0.0, 0.0, 3.1e9), ("USD 0", "0 to 3.1 bn")),
        ((3e5, 0.0, 3.1e9), ("USD 0.3 million", "0 to 3.1 bn")),
        ((2e9, 3e5, 3.1e9), ("USD 2 bn", "0.3 million to 3.1 bn")),
        ((8.1e7, 2.2e2, 2e9), ("USD 0.081 bn", "0 to 2 bn")),
        ((2e9, 1.2e6, 1.1e10), ("USD 2 bn", "0.001 to 11 bn")),
        ((5e6, 4e6, 9e6), ("USD 5 million", "4 to 9 million")),
        ((-5e6, -6e6, -0.3), ("USD -5 million", "-6 million to 0")),
        ((0.012, 0.0, 2e4), ("USD under 0.1 million", "")),
        ((0.0, 0.0, 0.0), ("USD 0", "")),
    ],
)
def test_money_and_its_interval_share_a_unit(amounts, page):
    assert told(*amounts) == page


def test_an_interval_that_repeats_the_value_is_left_out():
    assert told(4.0, 4.0, 4.0, "plain", "index") == ("4", "")
    assert told(0.0, 0.0, 3.0, "weeks", "weeks")[1] == "0 to 3.0 weeks"


def test_a_handful_of_people_is_no_result():
    assert told(0.993, 0.0, 20.0, "people", "person-years") == ("fewer than 10 person-years", "0 to 20")
    assert told(0.0, 0.0, 0.553, "people", "person-years") == ("0 person-years", "0 to fewer than 10")
    assert told(9310.0, 3.96, 55600.0, "people", "person-years") == ("9,310 person-years", "fewer than 10 to 55,600")
    assert figure_style(Figure("x", "result", "x", 1.0, None, None, "person-years", "", ("run",))) == "people"


def test_a_ratio_has_no_unit_word():
    assert told(1.33, 1.12, 2.35, "plain", "ratio") == ("1.33", "1.12 to 2.35")


def test_where_only_ends_are_known_they_stand_in_the_values_place():
    assert told(None, 4.63, 4.99, "plain", "index") == ("4.63 to 4.99", "")
    assert told(None, None, None, "plain", "index") == ("unknown", "")
