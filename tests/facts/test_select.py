"""Filters and single facts."""

from __future__ import annotations

import datetime as dt

import pytest

from lodestone.errors import FactError
from lodestone.facts import read_facts, select_facts
from lodestone.facts.select import fact


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({}, 5),
        ({"variable": "output"}, 4),
        ({"economy": "BBB"}, 2),  # once as economy, once as partner
        ({"element": "Yy"}, 3),  # twice in a sum
        ({"product": "MET"}, 1),
        ({"tier": "A"}, 3),
        ({"tier": "B"}, 5),
        ({"source": "gazette", "variable": "output"}, 1),
        ({"period": "2023"}, 2),
        ({"element": "X"}, 0),  # a part of a symbol is not the symbol
    ],
)
def test_conditions_hold_together(place, conditions, count):
    assert len(select_facts(read_facts(place.folder), **conditions).rows) == count


def test_a_misspelt_variable_names_the_nearest(place):
    with pytest.raises(FactError, match="Nearest: output"):
        select_facts(read_facts(place.folder), variable="ouput")


def test_a_fact_has_none_where_nothing_was_published(place):
    table = read_facts(place.folder)
    price = fact(table, "one/price/1")
    assert (price.value, price.low, price.known_from) == (None, 10.0, dt.date(2025, 6, 2))


def test_an_unknown_id_says_how_to_find_one(place):
    with pytest.raises(FactError, match="facts list"):
        fact(read_facts(place.folder), "one/output/99")
