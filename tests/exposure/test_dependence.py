"""First tier and looked through on a network: the published toy, loops, labels, the world of three."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.exposure.dependence import Dependence, dependence
from lodestone.exposure.graph import GraphBuilder, flows_of
from tests.world import small_network

STAGES = ("mine", "separation", "metal", "magnet")
# Who draws which share of its intake from whom: methods page 05, the look-through toy.
INTAKE = {
    ("separation", "CN"): {"CN": 0.7, "MM": 0.3},
    ("separation", "MY"): {"AU": 1.0},
    ("metal", "CN"): {"CN": 1.0},
    ("metal", "JP"): {"CN": 0.4, "MY": 0.6},
    ("magnet", "CN"): {"CN": 1.0},
    ("magnet", "JP"): {"CN": 0.3, "JP": 0.7},
    ("magnet", "DE"): {"CN": 0.8, "JP": 0.2},
    ("use", "G7"): {"CN": 0.5, "JP": 0.3, "DE": 0.2},
}


def toy(rename: dict[str, str] | None = None, swarf: float = 0.0) -> Network:
    """The toy as a network of 100 t; ``swarf`` of a magnet maker's alloy comes back to Chinese separation."""
    names = rename or {}
    order = ("use", *reversed(STAGES))
    below = dict(pairwise(order))
    need = {("use", "G7"): 100.0}
    trade: dict[tuple[str, str, str], float] = {}
    recycled = 0.0
    for stage in order[:-1]:
        for (at, buyer), shares in INTAKE.items():
            if at != stage:
                continue
            bought = need[stage, buyer] / ((1.0 - swarf) if stage == "magnet" else 1.0)
            if stage == "magnet":
                trade["swarf", buyer, "CN"] = swarf * bought
                recycled += swarf * bought
            if (stage, buyer) == ("separation", "CN"):
                bought -= recycled
            for origin, share in shares.items():
                trade[below[stage], origin, buyer] = share * bought
                need[below[stage], origin] = need.get((below[stage], origin), 0.0) + share * bought
    nodes, inputs, outputs = [], [], []
    for (stage, economy), made in need.items():
        node, kind = f"{stage}@{economy}", "use" if stage == "use" else "process"
        nodes.append((node, kind, stage, stage, economy, 1.0 if kind == "use" else made))
        per = made if kind == "use" else 1.0 / made
        taken = {p: sum(x for (q, _, to), x in trade.items() if (q, to) == (p, economy)) for p in (*STAGES, "swarf")}
        wanted = [below[stage]] if stage != "mine" else []
        wanted += ["swarf"] if swarf and (stage, economy) == ("separation", "CN") else []
        for product in wanted:
            inputs.append((node, product, made if kind == "use" else taken[product] * per, True, ""))
        if kind == "process":
            outputs.append((node, stage, 1.0, ""))
        if stage == "magnet" and swarf:
            outputs.append((node, "swarf", trade["swarf", economy, "CN"] / made, ""))
    products = [(p, "toy", p, "magnet" if p == "swarf" else p, p, "", 1.0, np.nan) for p in (*STAGES, "swarf")]
    flows = pd.DataFrame(
        [(*key, flow) for key, flow in trade.items()], columns=["product", "origin", "destination", "flow"]
    )
    flows = flows[(flows["product"] != "swarf") | (swarf > 0)]
    for column in ("origin", "destination"):
        flows[column] = flows[column].replace(names)
    table = pd.DataFrame(nodes, columns=["node", "kind", "process", "stage", "economy", "activity"])
    table["economy"] = table["economy"].replace(names)
    return Network(
        material="toy", year=2024, known=dt.date(2025, 1, 1), prior="", checksum="",
        products=pd.DataFrame(
            products, columns=["product", "material", "kind", "stage", "form", "hs", "content", "unit_value"]
        ),
        composition=xr.DataArray(
            np.ones((len(products), 1)), dims=("product", "element"),
            coords={"product": [row[0] for row in products], "element": ["Nd"]},
        ),
        nodes=table,
        inputs=pd.DataFrame(inputs, columns=["node", "product", "coefficient", "essential", "figure"]),
        outputs=pd.DataFrame(outputs, columns=["node", "product", "coefficient", "figure"]),
        trade=flows.sort_values(["product", "origin", "destination"], ignore_index=True),
        stock_change=pd.DataFrame(columns=["product", "economy", "change", "sd", "figure"]),
    )  # fmt: skip


def on_china(network: Network, country: str = "CN", draws: NetworkDraws | None = None) -> Dependence:
    return dependence(network, draws, "G7", country, ["Nd"], "magnet", STAGES)


def test_the_published_toy():
    told = on_china(toy())
    assert told.first_tier[0] == pytest.approx(0.5, abs=1e-12)
    assert told.by_stage["metal"][0] == pytest.approx(0.75, abs=1e-12)
    assert told.by_stage["separation"][0] == pytest.approx(0.85, abs=1e-12)
    assert 1.0 - told.touches[0] == pytest.approx(0.15, abs=1e-12)
    origin = told.origin.iloc[0]
    assert {name: round(share, 12) for name, share in origin.items() if share} == {"CN": 0.595, "MM": 0.255, "AU": 0.15}


def test_origins_sum_to_one_and_mines_are_the_only_origins():
    origin = on_china(toy()).origin.iloc[0]
    assert origin.sum() == pytest.approx(1.0, abs=1e-12)
    assert origin[["JP", "DE", "MY"]].abs().max() < 1e-12


def test_relabelling_economies_changes_nothing():
    plain, renamed = on_china(toy()), on_china(toy({"CN": "ZZ", "ZZ": "CN"}), "ZZ")
    assert renamed.first_tier[0] == pytest.approx(plain.first_tier[0])
    assert renamed.touches[0] == pytest.approx(plain.touches[0])
    assert renamed.origin.iloc[0]["ZZ"] == pytest.approx(plain.origin.iloc[0]["CN"])


@pytest.mark.parametrize("swarf", [0.1, 0.3, 0.45])
def test_a_loop_of_swarf_keeps_shares_shares(swarf):
    plain, told = on_china(toy()), on_china(toy(swarf=swarf))
    assert told.origin.iloc[0].sum() == pytest.approx(1.0, abs=1e-9)
    assert (told.origin.iloc[0] >= -1e-12).all()
    for share in (told.touches[0], *(value[0] for value in told.by_stage.values())):
        assert 0.0 <= share <= 1.0 + 1e-12
    assert told.first_tier[0] == pytest.approx(plain.first_tier[0])


def test_swarf_recycled_in_china_carries_other_mines_through_china():
    plain, told = on_china(toy()), on_china(toy(swarf=0.3))
    # swarf of Japan's magnets holds Australian metal; coming back through China it is Australian still
    assert told.origin.iloc[0]["AU"] > plain.origin.iloc[0]["AU"]
    assert told.origin.iloc[0]["AU"] > 1.0 - told.touches[0]


def test_rows_of_intake_sum_to_one_outside_mines():
    for network in (toy(), toy(swarf=0.3), small_network()):
        builder = GraphBuilder(network)
        graph = builder.graph(flows_of(network), list(network.composition["element"].values))
        rows = np.asarray(graph.intake.sum(axis=1)).ravel()
        mine = (graph.states["stage"] == "mine").to_numpy()
        assert np.allclose(rows[~mine], 1.0, atol=1e-12)
        assert not rows[mine].any()


def test_the_small_world_is_alba_behind_every_magnet():
    told = dependence(small_network(), None, "COR", "ALB", ["heavy"], "magnet", ("mine", "magnet"))
    assert told.touches[0] == pytest.approx(1.0)
    assert told.origin.iloc[0]["ALB"] == pytest.approx(1.0)
    assert told.first_tier[0] == pytest.approx(76.0 / 94.0)
    assert told.by_stage["magnet"][0] == pytest.approx(told.first_tier[0])


def draws_of(network: Network, scale: np.ndarray) -> NetworkDraws:
    """Draws in which the magnets Bora's maker ships are scaled."""
    flows = flows_of(network)
    boosted = ((network.trade["product"] == "magnet") & (network.trade["origin"] == "BOR")).to_numpy()
    trade = np.where(boosted, flows.trade * scale[:, None], flows.trade)

    def repeat(x: np.ndarray) -> np.ndarray:
        return np.repeat(x[None, :], len(scale), axis=0)

    piled = repeat(network.stock_change["change"].to_numpy())
    return NetworkDraws(
        "", 1, trade, repeat(flows.activity), repeat(flows.input_coefficient), repeat(flows.output_coefficient),
        piled, "",
    )  # fmt: skip


def test_the_point_comes_first_and_then_every_draw():
    network = small_network()
    told = dependence(network, draws_of(network, np.array([1.0, 2.0, 0.0])), "COR", "BOR", ["light"], "magnet", ())
    point = 18.0 / 94.0
    assert told.first_tier == pytest.approx([point, point, 2 * point / (1 + point), 0.0])


def test_an_economy_that_takes_nothing_has_no_share():
    told = dependence(small_network(), None, "COR", "ALB", ["light"], "separation", ("mine",))
    assert np.isnan([told.first_tier[0], told.touches[0], told.by_stage["mine"][0]]).all()


def test_a_store_whose_trade_rows_were_dropped_draws_nothing():
    network = small_network()
    idle = pd.DataFrame([("idle@COR", "oxide_light", 1.0, True, "")], columns=network.inputs.columns)
    node = network.nodes.iloc[[0]].assign(node="idle@COR", process="idle", economy="COR", activity=0.0)
    wider = replace(
        network, inputs=pd.concat([network.inputs, idle]), nodes=pd.concat([network.nodes, node], ignore_index=True)
    )
    before = dependence(network, None, "COR", "ALB", ["light"], "magnet", ("mine",))
    assert dependence(wider, None, "COR", "ALB", ["light"], "magnet", ("mine",)).touches == pytest.approx(
        before.touches
    )
