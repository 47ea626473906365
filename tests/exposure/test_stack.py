"""All draws at once against the plain version: one sparse system for one question of one graph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lodestone.baseline.place import baseline_folder, default_material
from lodestone.baseline.store import Baseline, read_baseline
from lodestone.errors import BalanceError
from lodestone.exposure.look_through import mined_at, never_touching
from lodestone.exposure.stack import Stack
from lodestone.facts.place import data_folder
from tests.exposure.test_dependence import STAGES, toy
from tests.world import small_network


@pytest.fixture(scope="module")
def shipped() -> Baseline:
    return read_baseline(baseline_folder(data_folder(), default_material(data_folder()), 2024))


def plain(
    stack: Stack, demand: np.ndarray, elements: list[str], sets: dict[str, np.ndarray], member: int
) -> tuple[dict[str, float], np.ndarray]:
    """The same by the plain version, one member."""
    graph = stack.builder.graph(stack.member(member), elements)
    share = demand[member] / demand[member].sum()
    met = {name: 1.0 - share @ never_touching(graph.intake, mask) for name, mask in sets.items()}
    origin = mined_at(graph.intake, share)
    return met, origin


def sets_of(stack: Stack, country: str, stages: tuple[str, ...] = STAGES) -> dict[str, np.ndarray]:
    here = (stack.builder.states["economy"] == country).to_numpy()
    stage = stack.builder.states["stage"].to_numpy()
    return {"any": here, **{name: here & (stage == name) for name in stages}}


@pytest.mark.parametrize("economy", ["JPN", "DEU", "CHN"])
@pytest.mark.parametrize("elements", [["Dy", "Tb"], ["Nd"], ["La", "Ce", "Pr", "Nd", "Sm"]])
def test_equals_the_plain_version_in_every_draw_looked_at(shipped, economy, elements):
    network = next(iter(shipped.networks.values()))
    stack = Stack(network, shipped.draws)
    demand, sets = stack.demand(economy, "magnet", elements), sets_of(stack, "CHN")
    told = stack.follow(demand, elements, sets)
    place = stack.builder.states["economy"].to_numpy()
    for member in (0, 1, 2, 77, 200):
        met, origin = plain(stack, demand, elements, sets, member)
        for name, share in met.items():
            assert told.met[name][member] == pytest.approx(share, abs=1e-12)
        for label in told.origin.columns:
            assert told.origin.loc[member, label] == pytest.approx(origin[place == label].sum(), abs=1e-12)


@pytest.mark.parametrize("swarf", [0.0, 0.1, 0.45])
def test_equals_the_plain_version_on_a_loop(swarf):
    network = toy(swarf=swarf) if swarf else toy()
    stack = Stack(network, None)
    demand, sets = stack.demand("G7", "magnet", ["Nd"]), sets_of(stack, "CN")
    told = stack.follow(demand, ["Nd"], sets)
    met, _ = plain(stack, demand, ["Nd"], sets, 0)
    for name, share in met.items():
        assert told.met[name][0] == pytest.approx(share, abs=1e-12)


def test_shares_are_shares_and_origins_sum_to_one(shipped):
    network = next(iter(shipped.networks.values()))
    stack = Stack(network, shipped.draws)
    told = stack.follow(stack.demand("USA", "magnet", ["Nd"]), ["Nd"], sets_of(stack, "CHN"))
    assert np.allclose(told.origin.sum(axis=1), 1.0, atol=1e-9)
    for name, share in told.met.items():
        assert ((share >= -1e-12) & (share <= 1 + 1e-12)).all(), name
        assert (share <= told.met["any"] + 1e-12).all()


def test_a_set_nobody_is_in_is_never_met():
    stack = Stack(small_network(), None)
    demand = stack.demand("COR", "magnet", ["heavy"])
    told = stack.follow(demand, ["heavy"], {"none": np.zeros(len(stack.builder.pools), bool)})
    assert told.met["none"].tolist() == [0.0]


def test_a_loop_without_a_mine_is_named():
    network = toy(swarf=0.3)
    first = network.nodes["stage"] == "mine"
    dead = replace(network, nodes=network.nodes.assign(activity=network.nodes["activity"].where(~first, 0.0)))
    cut = network.outputs["node"].isin(network.nodes.loc[first, "node"])
    dead = replace(dead, trade=network.trade.assign(
        flow=network.trade["flow"].where(~network.trade["product"].isin(network.outputs.loc[cut, "product"]), 0.0)
    ))  # fmt: skip
    stack = Stack(dead, None)
    demand = stack.demand("G7", "magnet", ["Nd"])
    with pytest.raises(BalanceError):
        stack.follow(demand, ["Nd"], sets_of(stack, "CN"))
