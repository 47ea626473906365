"""What `why` names below weeks and losses is what the run used."""

from __future__ import annotations

import pytest

from lodestone.chain import run
from lodestone.evidence.find_values import earned_alone
from lodestone.evidence.requests import Request
from lodestone.evidence.scenario_terms import scenario_terms
from lodestone.record.figure import Figure
from tests.simulate.real import prepared


def test_terms_the_scenario_sets_are_named_and_the_prior_only_where_it_holds():
    own = scenario_terms(prepared("october-2025-resumed"))
    set_here = own["assumption:october-2025-resumed|CN-2025-18:licence|share_applications_approved"]
    assert (set_here.low, set_here.value, set_here.high) == (0.85, 0.95, 1.0)
    assert set_here.source == "scenario file" and "CN-2025-18" in set_here.locator
    prior = scenario_terms(prepared("announcement-18"))
    assert "assumption:licence.share_applications_approved" in prior
    assert not [name for name in prior if name.endswith("|share_applications_approved")]


def test_what_a_sector_earns_a_year_rests_on_no_run():
    earns, value = (
        Figure(f"run:X.rule.{word}.cars", "result", "", 1.0, None, None, "", "", ("measure:m", "fact:f"))
        for word in ("earns", "value")
    )
    below = {"cars": ("measure:m", "fact:f", "assumption:share", "assumption:impact.spread")}
    told = earned_alone([earns, value], below, {"cars": ("measure:m",)})
    assert [one.origin for one in told] == [("fact:f", "assumption:share"), value.origin]


@pytest.fixture(scope="module")
def gallium():
    return run(Request("USA", "gallium-germanium-antimony-ban", members=20, cover_members=4))[1]


def test_a_loss_names_every_drawn_assumption_and_no_unused_one(gallium):
    below = set(gallium.figures[gallium.headline["value.total"]].origin)
    assert "assumption:choke_price" in below
    assert "assumption:licence.share_applications_approved" not in below
    assert "assumption:gallium-germanium-antimony-ban|CN-2023-23:licence|share_applications_approved" in below
    assert below <= set(gallium.figures)
