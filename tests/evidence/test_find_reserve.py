"""A shared reserve's rule on the shipped network: two members, a few draws."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lodestone.coordinate.reserve_rule import ReserveFile, read_reserve
from lodestone.errors import Faults
from lodestone.evidence.find_reserve import (
    APART,
    EVERYBODY,
    NOTHING,
    SHARED,
    WAYS,
    ReserveRun,
    find_reserve,
    refuse_rule,
)
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_case import valued
from lodestone.evidence.requests import TogetherRequest
from lodestone.evidence.setting import Setting
from lodestone.respond.home import home_of
from lodestone.simulate.scenario_labels import read_scenario_labels
from tests.simulate.real import prepared

MEMBERS = ("JPN", "DEU")
RULE = """title: Two
holdings:
  - {product: magnet_ndfeb_standard, weeks: 12, place: {JPN: 1.0}}
  - {product: magnet_ndfeb_low_heavy, weeks: 12}
  - {product: oxide_er, weeks: 20}
pays: equal
draw: {trigger: 0.95, delay_weeks: 2, rate: 0.7, floor: 0.1}
"""


@cache
def world() -> tuple[Setting, dict, dict]:
    setting = prepared("october-2025-resumed", 60)
    issuer = only_issuer(setting.scenario)
    homes = {m: home_of(setting.network, m, issuer) for m in MEMBERS}
    return setting, homes, {m: valued(setting, m, home) for m, home in homes.items()}


def rule_of(folder: Path, text: str = RULE) -> ReserveFile:
    setting = world()[0]
    path = folder / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    return read_reserve(path, setting.assumptions, read_scenario_labels(setting.folder))


def run(told: ReserveFile, draws: int = 6) -> ReserveRun:
    request = TogetherRequest("october-2025-resumed", MEMBERS, draws=draws)
    return find_reserve(*world()[:1], told, *world()[1:], request, lambda what, total: nullcontext(None))


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> ReserveRun:
    return run(rule_of(tmp_path_factory.mktemp("rule")))


def test_a_reserve_spares_and_no_more_leaves_it_than_the_rule_lets_go(found):
    mean = {way: found.mean(way).mean(axis=1).sum() for way in WAYS}
    assert mean[SHARED] < mean[NOTHING] and mean[APART] < mean[NOTHING]
    for c in range(len(found.cases)):
        gone = (found.drawn[c] - found.back[c]).sum(axis=0)
        assert (gone <= 0.9 * found.products["tonnes"].to_numpy() + 1e-6).all()  # a tenth stays
        assert found.left[c].min() >= 0.1 - 1e-9 and found.left[c].max() <= 1.0 + 1e-9
    assert found.drawn.sum() > 0.0 and (found.back == 0.0).all()


def test_who_is_hit_alone_loses_and_the_other_next_to_nothing(found):
    assert found.cases == (EVERYBODY, *MEMBERS)
    nothing = found.lost[WAYS.index(NOTHING)].mean(axis=2)
    for k in range(2):
        assert nothing[1 + k, k] > 20.0 * nothing[1 + k, 1 - k]
        assert found.drawn[1 + k, k].sum() > found.drawn[1 + k, 1 - k].sum()
    assert found.weight.sum() == pytest.approx(1.0) and found.weight[1] == found.weight[2] > 0.0


def test_the_tonnes_of_the_other_help_who_is_hit_alone(found):
    alone = found.lost[:, 1:].sum(axis=(1, 2)).mean(axis=1)
    assert alone[WAYS.index(SHARED)] < alone[WAYS.index(APART)] < alone[WAYS.index(NOTHING)]
    assert found.shares.tolist() == [0.5, 0.5]


def test_who_can_process_what_and_what_it_is_worth(found):
    for product, row in found.products.iterrows():
        assert row["tonnes"] == pytest.approx(row["weeks"] * sum(found.takes[product].values()))
        assert row["value"] == pytest.approx(row["tonnes"] * row["price"] * 1e-3)
        assert row["yearly"] > 0.03 * row["value"] and 0.0 < row["of_outside"] < 1.0
    assert found.held.set_index(["product", "place"])["tonnes"].groupby("product").sum().to_dict() == pytest.approx(
        found.products["tonnes"].to_dict()
    )


def test_what_is_lacked_falls_where_it_is_held(found):
    held = found.lacks[found.lacks["held"]]
    assert set(held.index) == set(found.products.index)
    assert (held[SHARED] <= held[NOTHING] + 1e-9).all() and (held[SHARED] < held[NOTHING] - 0.1).any()
    assert len(found.lacks[~found.lacks["held"]]) > 10


def test_nothing_held_is_no_reserve(tmp_path):
    empty = run(replace(rule_of(tmp_path, RULE.replace("weeks: 12", "weeks: 0").replace("weeks: 20", "weeks: 0"))), 2)
    assert np.array_equal(empty.lost[0], empty.lost[1]) and np.array_equal(empty.lost[0], empty.lost[2])
    assert empty.products.empty and np.isnan(empty.first).all()


def test_a_rule_for_others_is_refused(tmp_path):
    told = rule_of(tmp_path, RULE.replace("pays: equal", "pays: {JPN: 0.5, FRA: 0.5}"))
    with pytest.raises(Faults, match="FRA pays and is no member"):
        refuse_rule(world()[0], told, MEMBERS)
    other = rule_of(
        tmp_path, "title: x\nholdings: [{product: antimony_metal, weeks: 1}]\n".replace("antimony_metal", _foreign())
    )
    with pytest.raises(Faults, match="is no product of this material"):
        refuse_rule(world()[0], other, MEMBERS)


def _foreign() -> str:
    setting = world()[0]
    mine = set(setting.network.products["product"])
    return min(one for one in read_scenario_labels(setting.folder).products or () if one not in mine)
