"""What a group sees of a run: nothing where there is no curb, and the same loss as one member's own question where there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lodestone.chain import prepare
from lodestone.coordinate.leverage import own_loss
from lodestone.evidence import find_scramble as find_scramble_module
from lodestone.evidence.find_scramble import find_scramble
from lodestone.evidence.joint_run import MILLION, joint_run
from lodestone.evidence.plan_case import valued
from lodestone.evidence.requests import TogetherRequest
from lodestone.impact.direct import direct_impact
from lodestone.respond.home import home_of
from lodestone.simulate.controls import Controls
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.figures import uses_of

MEMBERS, ISSUER = ("JPN", "DEU"), "CHN"
REQUEST = SimpleNamespace(draws=8, rule="pro_rata", seed=1, threads=2, products=6)


@contextmanager
def watch(what: str, total: int) -> Iterator[Any]:
    yield None


@pytest.fixture(scope="module")
def setting() -> Any:
    return prepare(TogetherRequest("october-2025-resumed", MEMBERS))


@pytest.fixture(scope="module")
def values(setting: Any) -> Any:
    return {m: valued(setting, m, home_of(setting.network, m, ISSUER))[0] for m in MEMBERS}


def test_without_a_curb_nobody_loses_and_nobody_bids(setting: Any, values: Any) -> None:
    still = replace(setting, controls=Controls((), ()))
    run = joint_run(still, MEMBERS, ISSUER, values, REQUEST, watch, "")
    assert run.lost.max() < 1e-3
    assert np.abs(run.sent - run.base[:, :, None]).max() <= 1e-3 * run.base.max()
    assert run.crosses.min() > 1.0 - 1e-3
    own = own_loss(run.base, run.sent, np.ones(len(run.products)), run.price)
    assert np.abs(own.net).max() < 1e-3 * run.base.sum(axis=0).max()
    found = find_scramble(still, run, REQUEST, watch)
    assert found.products == () and found.stake == {}


def test_what_is_usually_bought_under_no_contract_clears_at_the_base_price(
    setting: Any, values: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = replace(setting, controls=Controls((), ()))
    run = joint_run(still, MEMBERS, ISSUER, values, REQUEST, watch, "")
    monkeypatch.setattr(find_scramble_module, "LEAST_GAP", -1.0)
    found = find_scramble(still, run, REQUEST, watch)
    assert len(found.products) == REQUEST.products
    for one in found.products:
        assert one.takers.price == pytest.approx(np.ones(REQUEST.draws), abs=1e-3)
        assert one.takers.loss.max() < 1e-2 * max(1.0, one.gap.sum())


def test_a_members_loss_is_that_of_its_own_question(setting: Any, values: Any) -> None:
    run = joint_run(setting, MEMBERS, ISSUER, values, REQUEST, watch, "")
    alone = simulate(
        setting.network, setting.baseline.draws, setting.controls, setting.assumptions, scenario_name="", weeks=run.lost.shape[2],
        members=REQUEST.draws, seed=REQUEST.seed, demand_growth=setting.scenario.demand_growth, watch_economy="DEU",
    )  # fmt: skip
    found = direct_impact(
        "DEU", alone.unserved_share.transpose(0, 2, 1), tuple(uses_of(alone, "DEU")), values["DEU"],
        setting.assumptions["impact.spread"], REQUEST.seed,
    )  # fmt: skip
    assert run.lost[1].sum(axis=1) == pytest.approx(found.value_added.sum(axis=0) * MILLION, rel=1e-6)
    assert run.lost.sum() > 0.0
