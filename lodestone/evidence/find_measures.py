"""The measures of a scenario in words: what each covers, what it rests on, and whether it reaches one economy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.evidence.setting import Setting
from lodestone.simulate.controls import Control
from lodestone.simulate.nouns import Measure
from lodestone.simulate.reach import end_use_share
from lodestone.simulate.scenario_fields import EVERYTHING
from lodestone.simulate.scope import issuers

ON_NODES = ("capacity", "ramp_delay")
HELD = "held"  # the effect on products a measure does not cover
REACHED = 0.01  # of what the economy's uses take in a year: less in the hands of others does not count as reaching it
DIRECTLY, BY_OTHERS, OTHERS_ONLY, NOTHING = "directly", "through makers it buys from", "others only", "no"
NO_ACT = {"": "assumed in this scenario, no legal act", "none published": "reported, no legal act published"}


def measures_of(setting: Setting, economy: str) -> pd.DataFrame:
    """One row a measure: id, kind, elements (words), listed, effective, reference, touches, covered,
    spared.

    Tuples: ``listed`` its elements that the network holds, ``covered`` the products it stops or slows, ``spared`` others
    that its issuers ship abroad. ``touches`` is `reach_of` over the effects the measure has on the network.
    """
    held = tuple(str(element) for element in setting.network.composition["element"].to_numpy())
    share = end_use_share(setting.network, _sectors(setting.network), (economy,))
    rows = []
    for measure in setting.scenario.measures:
        own = [control for control in setting.controls.controls if control.id.startswith(f"{measure.id}:")]
        words, listed = _elements(measure, held)
        reference = NO_ACT.get(measure.reference, measure.reference)
        reached = reach_of(own, setting.network, economy, share)
        covered = _covered(own, setting.network)
        shipped = _shipped(issuers(measure), setting.network)
        rows.append(
            (
                measure.id,
                measure.kind.replace("_", " "),
                words,
                listed,
                measure.effective.isoformat(),
                reference,
                reached,
                covered,
                tuple(product for product in shipped if product not in covered),
            )
        )
    columns = ["id", "kind", "elements", "listed", "effective", "reference", "touches", "covered", "spared"]
    return pd.DataFrame(rows, columns=columns)


def reach_of(controls: list[Control], network: Network, economy: str, share: np.ndarray) -> str:
    """How effects on a network reach one economy.

    ``DIRECTLY`` where an effect is on a flow into the economy or on a process or use of it; ``BY_OTHERS`` where at
    least ``REACHED`` of what its uses take lies, one or more makers earlier, on flows or in makers that are hit;
    ``OTHERS_ONLY`` where the effects are all elsewhere; ``NOTHING`` without effects.

    Parameters
    ----------
    share : ndarray (trade row,)
        Share of each trade row that ends in the economy's uses. [0..1]
    """
    if not controls:
        return NOTHING
    hit = np.zeros(len(network.trade))
    for control in controls:
        if control.kind in ON_NODES:
            nodes = network.nodes.iloc[control.rows]
            if (nodes["economy"] == economy).any():
                return DIRECTLY
            hit = np.maximum(hit, _sold_by(nodes, network))
        else:
            if (network.trade["destination"].to_numpy()[control.rows] == economy).any():
                return DIRECTLY
            hit[control.rows] = np.maximum(hit[control.rows], control.coverage)
    taken = float((network.trade["flow"].to_numpy() * share * hit).sum())
    return BY_OTHERS if taken >= REACHED * _used_in(network, economy) else OTHERS_ONLY


def _covered(controls: list[Control], network: Network) -> tuple[str, ...]:
    """Products on whose flows the effects lie, neighbours held with them apart."""
    rows = {int(row) for control in controls if control.kind not in (*ON_NODES, HELD) for row in control.rows}
    return _in_order(network, network.trade["product"].iloc[sorted(rows)])


def _shipped(origins: tuple[str, ...], network: Network) -> tuple[str, ...]:
    """Products that the economies ship to others."""
    trade = network.trade
    abroad = trade["origin"].isin(origins) & ~trade["destination"].isin(origins) & (trade["flow"] > 0)
    return _in_order(network, trade["product"][abroad])


def _in_order(network: Network, products: pd.Series) -> tuple[str, ...]:
    return tuple(str(product) for product in network.products["product"] if product in set(products))


def _sold_by(nodes: pd.DataFrame, network: Network) -> np.ndarray:
    """1 for the trade rows that carry what the nodes make out of their economies."""
    made = network.outputs[network.outputs["node"].isin(nodes["node"])].merge(nodes[["node", "economy"]], on="node")
    places = pd.MultiIndex.from_frame(made[["product", "economy"]])
    return pd.MultiIndex.from_frame(network.trade[["product", "origin"]]).isin(places).astype(float)


def _used_in(network: Network, economy: str) -> float:
    """What the economy's uses take. [t contained element a year]"""
    uses = network.nodes[(network.nodes["kind"] == "use") & (network.nodes["economy"] == economy)]
    inputs = network.inputs.merge(uses[["node", "activity"]], on="node")
    return float((inputs["coefficient"] * inputs["activity"]).sum())


def _sectors(network: Network) -> tuple[str, ...]:
    return tuple(network.nodes.loc[network.nodes["kind"] == "use", "process"].unique())


def _elements(measure: Measure, held: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if EVERYTHING in measure.elements:
        return "all elements of this network", held
    return ", ".join(measure.elements), tuple(element for element in held if element in measure.elements)
