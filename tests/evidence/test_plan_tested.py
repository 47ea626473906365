"""A plan out of sample on the small world."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from lodestone.cli.respond_text import answer_document, answer_lines
from lodestone.evidence import plan_tested
from lodestone.evidence.plan_case import solve_case
from lodestone.evidence.plan_same_curb import same_curb
from lodestone.evidence.plan_tested import HOLD, NOTHING, PLAN, find_tested, interval, other_curb, other_targets
from lodestone.respond.options import Rules
from tests.evidence.plan_world import small_case, watch
from tests.respond.test_programme import CUT_CURB, HOME, ONSETS, STAGES, curb


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world's own stages in place of nine years."""
    whole = plan_tested.build_outlook
    monkeypatch.setattr(plan_tested, "build_outlook", lambda curb: whole(curb, STAGES, ONSETS))


def test_another_curb_has_another_depth_and_the_same_mean_length() -> None:
    mean = sum(weeks * p for weeks, p in CUT_CURB.lasts)
    depths = set()
    for member in range(5):
        other = other_curb(CUT_CURB, 1, member)
        assert sum(p for _, p in other.lasts) == pytest.approx(1.0)
        assert sum(weeks * p for weeks, p in other.lasts) == pytest.approx(mean, rel=0.03)
        assert len(other.lasts) > 10
        cut = float(1.0 - other.crosses.min())
        assert 0.7 * 0.7 - 1e-9 <= cut <= 1.3 * 0.7 + 1e-9
        depths.add(round(cut, 6))
    assert len(depths) == 5
    assert other_curb(CUT_CURB, 1, 3).crosses.equals(other_curb(CUT_CURB, 1, 3).crosses)


def test_plants_abroad_get_less_when_the_cut_is_deeper() -> None:
    feeds = xr.DataArray(np.full((1, 1, 52), 0.5), {"level": ["deep"], "lever": ["plant"], "week": range(52)})
    fed = replace(CUT_CURB, feeds=feeds)
    others = [other_curb(fed, 1, k) for k in range(3)]
    cuts = [(1.0 - one.feeds.min()) / (1.0 - one.crosses.min()) for one in others]
    assert [float(one) for one in cuts] == pytest.approx([0.5 / 0.7] * 3)


def test_another_list_lets_whole_forms_through_hits_others_and_never_nothing() -> None:
    listed = curb({"oxide_heavy": 0.3, "magnet": 0.3})
    cut = (listed.crosses < 1.0).any(["level", "week"])
    form = HOME.form
    through, hit = set(), set()
    for member in range(40):
        other = other_targets(listed, form, 1, member)
        still = (other.crosses < 1.0).any(["level", "week"])
        for kind in sorted(set(form.values)):
            of_kind = form["product"].values[form.values == kind]
            was, now = (one.sel(product=of_kind).values for one in (cut, still))
            if was.any():
                assert now[was].all() or not now[was].any()
                through |= set() if now[was].any() else {kind}
            hit |= set(of_kind[now & ~was])
        assert bool((still & cut).any())
        held = other.crosses.sel(product=sorted(hit & set(other.crosses["product"].values[still.values])))
        assert held.size == 0 or float(held.max()) == pytest.approx(0.3)
        assert other.elsewhere is listed.elsewhere
    assert through and hit
    again = other_targets(listed, form, 1, 3).crosses
    assert again.equals(other_targets(listed, form, 1, 3).crosses)
    assert any(not again.equals(other_targets(listed, form, seed, 3).crosses) for seed in range(2, 6))


@pytest.mark.usefixtures("short")
def test_the_plan_beats_doing_nothing_on_the_same_curbs_and_nothing_spends_nothing() -> None:
    case, rules = small_case(), Rules()
    solved = solve_case(case, rules)
    request = SimpleNamespace(tested=3, seed=1, ceiling_forms=("oxide",), time_limit=60.0, threads=2)
    found = {one.name: one.cost for one in find_tested(case, rules, solved, request, watch)}
    assert list(found)[:3] == [PLAN, NOTHING, HOLD]
    alone = find_tested(case, rules, solved, SimpleNamespace(**{**vars(request), "threads": 1}), watch)
    assert {one.name: one.cost.tolist() for one in alone} == {name: cost.tolist() for name, cost in found.items()}
    assert all(len(cost) == 3 for cost in found.values())
    assert float(found[PLAN].mean()) < float(found[NOTHING].mean())
    assert float(np.std(found[NOTHING])) > 0.0
    told = SimpleNamespace(
        answers=SimpleNamespace(
            worth=None, frontier=(), one_more=(), break_even=(), ends=None,
            tested=tuple(plan_tested.Tested(name, cost) for name, cost in found.items()),
        )
    )  # fmt: skip
    document = json.loads(json.dumps(answer_document(told)))["tested"]
    assert {row["rule"] for row in document} == set(found)
    assert next(row for row in document if row["rule"] == NOTHING)["above_plan"]["mean"] > 0.0
    assert any("knowing the depth and not the end" in line for line in answer_lines(told))


def test_a_plan_against_the_curb_of_a_simulation_loses_less_than_nothing_does() -> None:
    case, rules = small_case(), Rules()
    without, having = same_curb(case, rules, solve_case(case, rules), 0.5, 52.0, SimpleNamespace(time_limit=60.0))
    assert without == pytest.approx(
        1000.0 * (0.25 + 0.8 * 0.3125)
    )  # 70 % missing for a year, between two points of the curve
    assert 0.0 <= having < 0.9 * without


def test_an_interval_is_of_the_mean_and_stays_within_what_was_seen() -> None:
    low, mean, high = interval(np.array([1.0, 2.0, 3.0, 10.0]))
    assert 1.0 < low < mean == 4.0 < high < 10.0
    many = np.arange(400.0)
    low, mean, high = interval(many)
    assert high - low == pytest.approx(2 * 1.645 * many.std() / 20.0, rel=0.1)
