"""The look-through as ribbons: mass from mine to magnet to the economy that uses it, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.nouns import Network
from lodestone.exposure.graph import GraphBuilder, flows_of
from lodestone.exposure.look_through import expected_visits

NODES = ["id", "layer", "label", "value", "economy"]
LINKS = ["from", "to", "economy", "value"]
SMALL = 0.02  # of the total: smaller places of a layer are drawn together


def ribbons(
    network: Network, economy: str, elements: Sequence[str], stage: str, layers: Sequence[str], rest: str = "others"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and links of the way an economy's intake of one stage has come, at the point.

    New scrap enters as a source of its own beside the mines (its earlier lives are not followed, or
    the ribbons would run in circles). ``layers`` are the material's stages in order, "use" last. Both tables
    are empty where the economy takes none of the stage's products.

    Returns
    -------
    nodes : DataFrame (id, layer, label, value, economy)
    links : DataFrame (from, to, economy, value)
        Values are shares of the economy's intake; each layer's nodes sum to about 1.
    """
    builder = GraphBuilder(network)
    flows = flows_of(network)
    graph = builder.graph(flows, list(elements))
    drawn = builder.demand(flows, economy, stage, list(elements))
    if not drawn.sum() > 0.0:
        return pd.DataFrame(columns=NODES), pd.DataFrame(columns=LINKS)
    drawn = drawn / drawn.sum()
    stages, places = graph.states["stage"].to_numpy(), graph.states["economy"].to_numpy()
    scrap = stages == "recycling"
    open_graph = sp.csr_matrix(sp.diags((~scrap).astype(float)) @ graph.intake)
    open_graph.eliminate_zeros()
    passed = expected_visits(open_graph, drawn)
    table = sp.coo_matrix(open_graph)
    flow = pd.DataFrame(
        {
            "from_stage": stages[table.col],
            "from_place": places[table.col],
            "to_stage": stages[table.row],
            "to_place": places[table.row],
            "value": passed[table.row] * table.data,
        }
    )
    last = pd.DataFrame(
        {"from_stage": stages, "from_place": places, "to_stage": "use", "to_place": economy, "value": drawn}
    )
    flow = pd.concat([flow, last])
    flow = flow[flow["value"] > 1e-6]
    flow = _layered(flow, layers[0], rest)
    links = flow.groupby(["from", "to", "economy"], as_index=False)["value"].sum()
    through = pd.concat(
        [
            links.groupby("from")["value"].sum(),
            links[links["to"].str.startswith("use|")].groupby("to")["value"].sum(),
        ]
    )
    order = {name: place for place, name in enumerate(layers)}
    nodes = pd.DataFrame(
        {
            "id": through.index,
            "layer": [name.split("|")[0] for name in through.index],
            "label": [name.split("|")[1] for name in through.index],
            "value": through.to_numpy(),
        }
    )
    nodes["economy"] = nodes["label"]
    nodes = nodes.sort_values(["layer", "value"], key=lambda c: c.map(order) if c.name == "layer" else -c)
    return nodes.reset_index(drop=True), links


def _layered(flow: pd.DataFrame, first: str, rest: str) -> pd.DataFrame:
    """Scrap joins the first layer under its own name; small places of a layer are drawn together."""
    place = flow["from_place"].where(flow["from_stage"] != "recycling", "scrap " + flow["from_place"])
    start = flow["from_stage"].where(flow["from_stage"] != "recycling", first)
    flow = flow.assign(from_stage=start, from_place=place)
    size = flow.groupby(["from_stage", "from_place"])["value"].sum()
    small = set(size.index[size < SMALL])

    def named(stage: pd.Series, where: pd.Series) -> list[str]:
        return [f"{s}|{rest if (s, p) in small else p}" for s, p in zip(stage, where, strict=True)]

    source = named(flow["from_stage"], flow["from_place"])
    return pd.DataFrame(
        {
            "from": source,
            "to": named(flow["to_stage"], flow["to_place"]),
            "value": flow["value"].to_numpy(),
            "economy": [name.split("|")[1] for name in source],
        }
    )


def world_shares(network: Network, country: str, stages: Sequence[str]) -> pd.DataFrame:
    """A country's share of world output by element and stage, at the point.

    Returns
    -------
    DataFrame (element, stage, value, assumed, tonnes)
        ``assumed`` is true where no fact speaks of any of the cells in it; ``tonnes`` is the world's.
    """
    activity = network.nodes.set_index("node")
    out = network.outputs
    place = activity["economy"].loc[out["node"]].to_numpy()
    made = activity["activity"].loc[out["node"]].to_numpy() * out["coefficient"].to_numpy()
    spoken = (activity["rule"].loc[out["node"]] != "prior").to_numpy()
    stage = network.products.set_index("product")["stage"].loc[out["product"]].to_numpy()
    rows = []
    for name in stages:
        for element in network.composition["element"].to_numpy():
            mass = made * network.composition.sel(element=element).to_series().loc[out["product"]].to_numpy()
            mass = np.where(stage == name, mass, 0.0)
            total = mass.sum()
            if total > 1e-9:
                rows.append(
                    (
                        str(element),
                        name,
                        mass[place == country].sum() / total,
                        not spoken[mass > 0].any(),
                        total,
                    )
                )
    return pd.DataFrame(rows, columns=["element", "stage", "value", "assumed", "tonnes"])
