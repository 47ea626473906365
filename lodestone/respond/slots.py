"""The parts of a tree's nodes that are used: what the programme's amounts are counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.respond.tree import ScenarioTree, edges


@dataclass(frozen=True)
class Slots:
    """Parts in order, each by its name "node/part".

    ``node``: of each slot. ``before``: the slot before each; the first has none. ``since`` (slot): weeks from the start of its
    node to its own. ``weeks``, ``age`` (slot), ``opens`` (slot, product, source), ``feeds`` (slot, lever): as of
    `lodestone.respond.outlook.Outlook`. ``cover`` (slot, product): what companies hold at the start of a slot over what they
    held at the end of the one before; ``room`` (slot, product): over
    what they hold in calm. ``nodes``: of the tree, in its order.
    """

    name: list[str]
    node: list[str]
    nodes: list[str]
    before: Mapping[str, str]
    weeks: xr.DataArray
    age: xr.DataArray
    since: xr.DataArray
    opens: xr.DataArray
    feeds: xr.DataArray
    cover: xr.DataArray
    room: xr.DataArray

    def of_node(self, by_node: Any) -> Any:
        """A quantity of nodes, at the slots of each."""
        return by_node.sel(node=self.node).rename(node="slot").assign_coords(slot=self.name)

    def to_node(self, by_slot: Any) -> Any:
        """A quantity of slots, added up by node."""
        if isinstance(by_slot, xr.DataArray):
            group = xr.DataArray(self.node, {"slot": self.name}, ("slot",), name="node")
        else:
            group = pd.Series(self.node, index=pd.Index(self.name, name="slot"), name="node")
        return by_slot.groupby(group).sum().sel(node=self.nodes)


def slots_of(tree: ScenarioTree, data: xr.Dataset, products: np.ndarray) -> Slots:
    """The used parts of a tree's nodes.

    Parameters
    ----------
    tree : ScenarioTree
    data : Dataset
        Of an outlook, with the nodes of the tree.
    products : array of str
        Whose ``opens`` are kept.

    Returns
    -------
    Slots
    """
    later, earlier = edges(tree)
    parent = dict(zip(later, earlier, strict=True))
    used = dict(zip(data["node"].values.tolist(), (data["weeks"] > 0.0).transpose("node", "part").values, strict=True))
    name, node, before = [], [], {}
    last: dict[str, str] = {}
    for one in tree.node:
        previous = last.get(parent.get(one, ""))
        for part in np.flatnonzero(used[one]):
            slot = f"{one}/{part}"
            name.append(slot)
            node.append(one)
            if previous:
                before[slot] = previous
            previous = slot
        last[one] = str(previous)
    at = {"slot": name}
    parts = [int(slot.rpartition("/")[2]) for slot in name]
    pick = {"node": xr.DataArray(node, at, ("slot",)), "part": xr.DataArray(parts, at, ("slot",))}
    held = {key: data[key].sel(pick).drop_vars(["node", "part"]) for key in ("weeks", "age")}
    opens = data["opens"].sel(product=products).sel(pick).drop_vars(["node", "part"])
    feeds = data["feeds"].sel(pick).drop_vars(["node", "part"])
    cover = data["cover"].sel(node=pick["node"], product=products).drop_vars("node").transpose("slot", "product").copy()
    cover[pd.Index(node).duplicated()] = 1.0  # what changes at a node changes at the start of it
    room, place = cover.copy(), {slot: k for k, slot in enumerate(name)}
    for slot, earlier_slot in before.items():
        room[place[slot]] = room[place[earlier_slot]] * cover[place[slot]]
    ends = held["weeks"].to_series().groupby(node).cumsum()
    since = held["weeks"].copy(data=ends.to_numpy()) - held["weeks"]
    return Slots(name, node, list(tree.node), before, held["weeks"], held["age"], since, opens, feeds, cover, room)
