"""Each mechanism, switched off alone on the shipped network, moves the loss of a scenario in which it acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lodestone.simulate.blueprint import MECHANISMS
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import RATIONING_RULES, Range
from tests.simulate.real import cut, exports, prepared, real

ISSUER, CHOSEN = "CHN", ("KOR",)
MEMBERS = 3


def lost(controls: Controls, weeks: int = 52, **more: object) -> np.ndarray:
    world = real()
    found = simulate(
        world.network, world.draws, controls, world.assumptions, scenario_name="m", weeks=weeks, members=MEMBERS,
        seed=11, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return found.lost_use


def moved(before: np.ndarray, after: np.ndarray) -> float:
    """The largest move of any use's lost weeks."""
    return float(np.abs(after - before).max())


@pytest.fixture(scope="module")
def half() -> Controls:
    network = real().network
    return cut(network, exports(network, ISSUER), 0.6)


@pytest.fixture(scope="module")
def lost_to_half(half: Controls) -> np.ndarray:
    return lost(half, 80)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_an_adaptation_switched_off_moves_the_loss(half, lost_to_half, mechanism):
    assert moved(lost_to_half, lost(half, 80, without=frozenset({mechanism}))) > 1e-3


@pytest.mark.parametrize("rule", [rule for rule in RATIONING_RULES if rule != "pro_rata"])
def test_a_rationing_rule_moves_the_loss(half, lost_to_half, rule):
    assert moved(lost_to_half, lost(half, 80, rule=rule, chosen=CHOSEN)) > 1e-3


@pytest.mark.parametrize("pin", ["transit_weeks", "ramp_weeks", "restart_weeks", "reorder_weeks", "pool_cover_weeks"])
def test_a_delay_or_ramp_held_at_either_end_moves_the_loss(half, pin):
    if pin == "restart_weeks":  # acts where something restarts
        nodes = real().network.nodes
        rows = np.flatnonzero((nodes["stage"] == "separation") & (nodes["economy"] == ISSUER))
        stop = {"factor": Range(0.2, 0.2, 0.2, "fixed")}
        half = Controls((Control("STOP:capacity", "capacity", rows, np.ones(len(rows)), 0, 30, stop, "test"),), ())
    low, high = (lost(half, 60, pin={pin: end}) for end in ("low", "high"))
    assert moved(low, high) > 1e-3


def test_a_share_stopped_is_one_of_orders_so_less_of_the_flow_is_held_back():
    """What the page on scenario files says of ``blocked_share``: buyers order again what did not cross."""
    world, rows = real(), exports(real().network, ISSUER)
    watch = pd.DataFrame({"series": "out", "trade_row": rows, "weight": 1.0})
    crossed = [
        simulate(
            world.network, world.draws, controls, world.assumptions, scenario_name="m", weeks=52, members=MEMBERS, seed=11,
            watch=watch,
        ).headline[0]
        for controls in (cut(world.network, rows, 0.5), Controls((), ()))
    ]  # fmt: skip
    kept = crossed[0] / crossed[1]
    assert kept[:, 0] == pytest.approx(0.5, abs=0.02)
    year = 1.0 - crossed[0].sum(axis=1) / crossed[1].sum(axis=1)
    assert ((year > 0.15) & (year < 0.45)).all()


def kind(name: str) -> Callable[[Control], bool]:
    return lambda control: control.kind == name


def of(measure: str) -> Callable[[Control], bool]:
    return lambda control: control.id.split(":")[0] == measure


@pytest.mark.parametrize(
    ("scenario", "weeks", "drop"),
    [
        pytest.param("april-2025-controls", 52, kind("licence"), id="licence queue"),
        pytest.param("april-2025-controls", 52, kind("held"), id="over-compliance"),
        pytest.param("april-2025-controls", 52, of("CN-2025-16ENT"), id="entity list"),
        pytest.param("october-2025-resumed", 80, kind("ramp_delay"), id="technology controls"),
        pytest.param("october-2025-resumed", 80, of("CN-2025-61A"), id="content rule"),
        pytest.param("october-2025-resumed", 80, of("CN-2025-61C"), id="listed end uses"),
        pytest.param("october-2025-extended", 90, kind("front_loading"), id="front-loading"),
        pytest.param("counter-measures", 80, kind("tariff"), id="tariff"),
        pytest.param("myanmar-closure", 60, kind("capacity"), id="shock"),
        pytest.param("embargo-2010-shape", 60, kind("quota"), id="quota"),
    ],
)
def test_an_act_left_out_moves_the_loss(scenario, weeks, drop):
    controls = prepared(scenario, weeks).controls
    kept = tuple(control for control in controls.controls if not drop(control))
    assert len(kept) < len(controls.controls), "the scenario does not hold it"
    rest = replace(controls, controls=kept)
    assert moved(lost(controls, weeks), lost(rest, weeks)) > 1e-3


@pytest.mark.proof
def test_what_comes_round_a_ban_through_others_lessens_the_loss_of_its_target():
    network = real().network
    rows = [row for row in exports(network, ISSUER) if network.trade["destination"].iloc[row] in CHOSEN]
    straight = cut(network, rows)
    (ban,) = straight.controls
    eased = {**ban.ranges, "rerouted": Range(0.6, 0.6, 0.6, "fixed"), "weeks": Range(8, 8, 8, "fixed")}
    uses = network.nodes[network.nodes["kind"] == "use"]
    target = uses["economy"].isin(CHOSEN).to_numpy()
    before, after = (
        lost(controls, 80)[target].sum(axis=0)
        for controls in (straight, replace(straight, controls=(replace(ban, ranges=eased),)))
    )
    assert (after < 0.8 * before).all() and (before > 1).all()


def test_luck_alone_moves_nothing_when_nothing_is_switched_off(half, lost_to_half):
    assert moved(lost_to_half, lost(half, 80)) == 0.0
