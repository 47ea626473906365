"""What is made, moved and taken at each stage, by economy, at the point and in every draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.exposure.stack import Stack

SCRAP = "scrap"  # kind of product that is no stage of its own
USED_IN = "component"  # kind of product that is already part of a good


@dataclass(frozen=True)
class StageBalance:
    """Mass of some elements by (member, stage, economy), the point first. [t contained element a year]

    ``production`` = what leaves makers; ``imports`` and ``exports`` cross a border; ``intake`` is all
    that arrives, from home too; ``stock_change`` piles up with makers. By origin: `sourcing_of`.
    """

    production: xr.DataArray
    imports: xr.DataArray
    exports: xr.DataArray
    intake: xr.DataArray
    stock_change: xr.DataArray


def stages_of(network: Network) -> tuple[str, ...]:
    """Stages of a network's products in the order of the chain, scrap left out.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"stage": ["mine", "metal", "recycling"], "kind": ["basket", "metal", "scrap"]})
    >>> stages_of(SimpleNamespace(products=rows))
    ('mine', 'metal')
    """
    products = network.products
    return tuple(dict.fromkeys(products.loc[products["kind"] != SCRAP, "stage"]))


def headline_stage(network: Network) -> str:
    """The last stage before a product becomes part of a good: where headlines stop.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"stage": ["mine", "metal", "component"], "kind": ["basket", "metal", "component"]})
    >>> headline_stage(SimpleNamespace(products=rows))
    'metal'
    """
    products = network.products
    plain = products[~products["kind"].isin([SCRAP, USED_IN])]
    return str((plain if len(plain) else products)["stage"].iloc[-1])


def element_groups(folder: Path, network: Network) -> dict[str, tuple[str, ...]]:
    """The network's elements by the group the label table gives them; one without a group stands alone.

    Parameters
    ----------
    folder : Path
        Data folder with ``labels/elements.csv`` and ``labels/element_groups.csv``.
    network : Network

    Returns
    -------
    dict of group to elements
        A group of one element has that element's name. Groups that ``element_groups.csv`` does not
        list are no groups: their elements stand alone.
    """
    table = pd.read_csv(folder / "labels" / "elements.csv", dtype=str, keep_default_na=False).set_index("label")
    known = list(pd.read_csv(folder / "labels" / "element_groups.csv", dtype=str)["label"])
    groups: dict[str, list[str]] = {}
    for element in map(str, network.composition["element"].to_numpy()):
        group = str(table["group"].get(element, ""))
        groups.setdefault(group if group in known else element, []).append(element)
    order = {name: place for place, name in enumerate(known)}
    named = {(name if len(held) > 1 else held[0]): tuple(held) for name, held in groups.items()}
    return dict(sorted(named.items(), key=lambda one: order.get(one[0], len(order))))


def dominant_country(network: Network, stage: str) -> str:
    """The economy that makes most of a stage's products, all elements together; the first label on a tie."""
    stage_at = network.products.set_index("product")["stage"]
    nodes = network.nodes.set_index("node")
    rows = network.outputs[(stage_at.loc[network.outputs["product"]] == stage).to_numpy()]
    made = nodes["activity"].loc[rows["node"]].to_numpy() * rows["coefficient"].to_numpy()
    total = pd.Series(made).groupby(nodes["economy"].loc[rows["node"]].to_numpy()).sum().sort_index()
    return str(total.idxmax())


def stage_balance(stack: Stack, elements: Sequence[str], stages: Sequence[str]) -> StageBalance:
    """Production, trade and intake of a group of elements by stage and economy.

    Parameters
    ----------
    stack : Stack
    elements : labels counted together, by mass
    stages : from `stages_of`

    Returns
    -------
    StageBalance
    """
    network, held = stack.network, stack.held(elements)
    stage_at = network.products.set_index("product")["stage"]
    economies = sorted(set(network.nodes["economy"]) | set(network.trade["destination"]))
    place = {name: number for number, name in enumerate(economies)}

    def table(
        values: np.ndarray, product: pd.Series, economy: np.ndarray, keep: np.ndarray | None = None
    ) -> xr.DataArray:
        stage = stage_at.loc[product].to_numpy()
        weight = held.loc[product].to_numpy() * (1.0 if keep is None else keep)
        found = np.zeros((len(values), len(stages), len(economies)))
        where = np.array([place[name] for name in economy], dtype=int)
        for number, name in enumerate(stages):
            rows = np.flatnonzero((stage == name) & (weight > 0))
            for economy_number in np.unique(where[rows]):
                chosen = rows[where[rows] == economy_number]
                found[:, number, economy_number] = values[:, chosen] @ weight[chosen]
        coords = {"stage": list(stages), "economy": economies}
        return xr.DataArray(found, coords, ("member", "stage", "economy"))

    node_economy = network.nodes["economy"].to_numpy()
    made = stack.flows["output_coefficient"] * stack.flows["activity"][:, stack.builder.out_node]
    trade, flow = network.trade, stack.flows["trade"]
    origin, destination = trade["origin"].to_numpy(), trade["destination"].to_numpy()
    abroad = (origin != destination).astype(float)
    stock = network.stock_change
    return StageBalance(
        production=table(made, network.outputs["product"], node_economy[stack.builder.out_node]),
        imports=table(flow, trade["product"], destination, abroad),
        exports=table(flow, trade["product"], origin, abroad),
        intake=table(flow, trade["product"], destination),
        stock_change=table(stack.flows["stock_change"], stock["product"], stock["economy"].to_numpy()),
    )


def sourcing_of(stack: Stack, economy: str, elements: Sequence[str], stages: Sequence[str]) -> xr.DataArray:
    """What an economy takes at each stage by where it was shipped from, its own output included.

    Returns
    -------
    DataArray, dims (member, stage, economy)
        ``economy`` is the origin. [t contained element a year]
    """
    trade = stack.network.trade
    keep = np.flatnonzero((trade["destination"] == economy).to_numpy())
    part = trade.iloc[keep]
    stage = stack.network.products.set_index("product")["stage"].loc[part["product"]].to_numpy()
    weight = stack.held(elements).loc[part["product"]].to_numpy()
    origin = part["origin"].to_numpy()
    labels = sorted(set(trade["origin"]))
    found = np.zeros((stack.size, len(stages), len(labels)))
    flow = stack.flows["trade"][:, keep]
    for number, name in enumerate(stages):
        for place, label in enumerate(labels):
            rows = (stage == name) & (origin == label)
            if rows.any():
                found[:, number, place] = flow[:, rows] @ weight[rows]
    return xr.DataArray(found, {"stage": list(stages), "economy": labels}, ("member", "stage", "economy"))
