"""A three-economy world small enough to check by hand: Alba refines, Bora and Cora use.

Two elements, one basket, one magnet grade. Masses are tonnes of contained element a year. The mine in
Alba digs 130 t of a basket of 80 % light and 20 % heavy; separation takes 80 % of it out (104 t: 83.2
light, 20.8 heavy); 10 t of light pile up in Alba, the rest (73.2 light, 20.8 heavy) is metal and goes
into magnets at the grade's proportion; magnets go to the three economies' two sectors.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network


def small_network() -> Network:
    """The world above as a balanced `Network` (every pool and store balances exactly)."""
    light, heavy = 73.2, 20.8
    magnet_total = light + heavy
    share = {"light": light / magnet_total, "heavy": heavy / magnet_total}
    products = pd.DataFrame(
        [
            ("basket", "toy", "basket", "mine", "ore", "2530", 0.5, np.nan),
            ("oxide_light", "toy", "oxide", "separation", "oxide", "284690", 0.85, 50.0),
            ("oxide_heavy", "toy", "oxide", "separation", "oxide", "284690", 0.85, 300.0),
            ("magnet", "toy", "magnet", "magnet", "magnet", "850511", 0.3, 60.0),
        ],
        columns=["product", "material", "kind", "stage", "form", "hs", "content", "unit_value"],
    )
    composition = xr.DataArray(
        [[0.8, 0.2], [1.0, 0.0], [0.0, 1.0], [share["light"], share["heavy"]]],
        dims=("product", "element"),
        coords={"product": products["product"].to_numpy(), "element": ["light", "heavy"]},
    )
    use = {
        ("motors", "ALB"): 40.0,
        ("motors", "BOR"): 24.0,
        ("motors", "COR"): 8.0,
        ("speakers", "ALB"): 10.0,
        ("speakers", "BOR"): 6.0,
        ("speakers", "COR"): 6.0,
    }
    assert abs(sum(use.values()) - magnet_total) < 1e-12
    alba_oxide = {"light": 60.0, "heavy": 16.0}  # to Alba's magnet maker; the rest goes to Bora's
    magnets_alba = alba_oxide["light"] + alba_oxide["heavy"]
    # the grade's proportion must hold in both makers, so scale Bora's and Alba's intake alike
    maker_share = magnets_alba / magnet_total
    nodes: list[tuple] = []
    inputs: list[tuple] = []
    outputs: list[tuple] = []
    trade: list[tuple] = []

    def node(label: str, kind: str, process: str, stage: str, economy: str, activity: float, spare: float) -> None:
        capacity = activity * spare if kind == "process" else np.inf
        nodes.append(
            (label, kind, process, stage, economy, activity, capacity, 0.05 * activity, 0.9 * activity,
             1.1 * activity, "observed", f"cell:{label}")
        )  # fmt: skip

    node("mine@ALB", "process", "mine", "mine", "ALB", 130.0, 1.2)
    outputs.append(("mine@ALB", "basket", 1.0, ""))
    trade.append(("basket", "ALB", "ALB", 130.0))
    node("separation@ALB", "process", "separation", "separation", "ALB", 130.0, 1.1)
    inputs.append(("separation@ALB", "basket", 1.0, True, ""))
    outputs.append(("separation@ALB", "oxide_light", 83.2 / 130.0, ""))
    outputs.append(("separation@ALB", "oxide_heavy", 20.8 / 130.0, ""))
    for maker, part in (("ALB", maker_share), ("BOR", 1.0 - maker_share)):
        node(f"magnet@{maker}", "process", "magnet", "magnet", maker, magnet_total * part, 1.3)
        outputs.append((f"magnet@{maker}", "magnet", 1.0, ""))
        for element in ("light", "heavy"):
            inputs.append((f"magnet@{maker}", f"oxide_{element}", share[element], True, ""))
            trade.append((f"oxide_{element}", "ALB", maker, magnet_total * part * share[element]))
    for (sector, economy), amount in use.items():
        node(f"{sector}@{economy}", "use", sector, "use", economy, 1.0, 1.0)
        inputs.append((f"{sector}@{economy}", "magnet", amount, True, ""))
        for maker, part in (("ALB", maker_share), ("BOR", 1.0 - maker_share)):
            trade.append(("magnet", maker, economy, amount * part))
    flows = (
        pd.DataFrame(trade, columns=["product", "origin", "destination", "flow"])
        .groupby(["product", "origin", "destination"], sort=True, as_index=False)["flow"]
        .sum()
    )
    flows["sd"], flows["low"], flows["high"] = 0.1 * flows.flow, 0.8 * flows.flow, 1.2 * flows.flow
    flows["rule"], flows["figure"] = "prior", "cell:" + flows["product"]
    return Network(
        material="toy",
        year=2024,
        known=dt.date(2025, 1, 31),
        prior="proportional",
        products=products,
        composition=composition,
        nodes=pd.DataFrame(
            nodes,
            columns=[
                "node",
                "kind",
                "process",
                "stage",
                "economy",
                "activity",
                "capacity",
                "sd",
                "low",
                "high",
                "rule",
                "figure",
            ],
        ),
        inputs=pd.DataFrame(inputs, columns=["node", "product", "coefficient", "essential", "figure"]),
        outputs=pd.DataFrame(outputs, columns=["node", "product", "coefficient", "figure"]),
        trade=flows,
        stock_change=pd.DataFrame(
            [("oxide_light", "ALB", 83.2 - 73.2, 1.0, "cell:stock")],
            columns=["product", "economy", "change", "sd", "figure"],
        ),
        checksum="toy",
    )
