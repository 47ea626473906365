"""Money of earlier years in USD of 2024, as far as a date allows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from lodestone.errors import FactError
from lodestone.evidence.find_values import to_2024
from lodestone.facts.read import read_facts


def factor(day: str, year: int) -> float:
    facts = read_facts(as_of=dt.date.fromisoformat(day))
    return to_2024(SimpleNamespace(facts=facts))(year)


def test_a_change_that_is_not_out_is_that_of_an_index_that_is():
    rows = read_facts().rows
    index = rows[(rows["variable"] == "deflator") & (rows["unit"] == "index") & (rows["period"] == "2024")]
    level = rows[(rows["product"] == index["product"].iloc[0]) & (rows["variable"] == "deflator")].set_index("period")[
        "value"
    ]
    change = rows[(rows["variable"] == "deflator") & (rows["unit"] == "% per year") & (rows["period"] == "2024")]
    home = change[change["economy"] == index["economy"].iloc[0]]["value"].iloc[0]
    assert factor("2025-04-10", 2023) == pytest.approx(level["2024"] / level["2023"], rel=1e-12)
    assert factor("2026-09-30", 2023) == pytest.approx(1.0 + home / 100.0, rel=1e-12)
    assert factor("2025-04-10", 2022) != factor("2026-09-30", 2022)


def test_a_year_that_no_index_reaches_is_refused_with_the_next_step():
    with pytest.raises(FactError, match="no US deflator of 2024 is known by 2024-12-31. Take a later --as-of"):
        factor("2024-12-31", 2022)
