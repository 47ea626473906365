"""How much of an economy's supply comes from, or passes through, one country: first tier and looked through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.exposure.graph import Flows, GraphBuilder, flows_of
from lodestone.exposure.look_through import mined_at, never_touching


@dataclass(frozen=True)
class Dependence:
    """One economy's dependence on another for a group of elements at one stage.

    ``first_tier``: share of what the economy's users of that stage take that was shipped from the
    country. ``touches``: share that passes through the country at any stage on its way from the mine.
    ``by_stage``: the same, counting only pools of one stage. ``origin``: share by mining economy.
    Each is an array over draws (the point first is kept apart by the caller). [fraction]
    """

    economy: str
    country: str
    elements: tuple[str, ...]
    stage: str
    first_tier: np.ndarray
    touches: np.ndarray
    by_stage: dict[str, np.ndarray]
    origin: pd.DataFrame


def dependence(
    network: Network,
    draws: NetworkDraws | None,
    economy: str,
    country: str,
    elements: Sequence[str],
    stage: str,
    stages: Sequence[str],
) -> Dependence:
    """First-tier and looked-through dependence, the point first and then every draw.

    Parameters
    ----------
    network : Network
    draws : NetworkDraws or None
        None gives the point alone.
    economy, country : str
        Whose dependence, and on whom.
    elements : labels counted together, by mass
    stage : the stage whose products the economy's users take (headlines stop at the magnet)
    stages : the stages to report one by one

    Returns
    -------
    Dependence
        Arrays of length 1 + draws; entry 0 is the point. NaN where the economy takes nothing of the
        stage's products.

    Raises
    ------
    BalanceError
        If the intake of a state draws from no mine.
    """
    builder = GraphBuilder(network)
    members = [flows_of(network)]
    if draws is not None:
        members += [
            Flows(draws.trade[k], draws.activity[k], draws.input_coefficient[k], draws.output_coefficient[k])
            for k in range(draws.size)
        ]
    there = (builder.states["economy"] == country).to_numpy()
    at = {name: there & (builder.states["stage"] == name).to_numpy() for name in stages}
    first, touch, origin = [], [], []
    by_stage: dict[str, list[float]] = {name: [] for name in stages}
    for flows in members:
        graph = builder.graph(flows, list(elements))
        drawn = builder.demand(flows, economy, stage, list(elements))
        total = drawn.sum()
        if total <= 0:
            first.append(np.nan)
            touch.append(np.nan)
            origin.append(pd.Series(dtype=float))
            for name in stages:
                by_stage[name].append(np.nan)
            continue
        share = drawn / total
        first.append(float(share @ there))
        touch.append(float(1.0 - share @ never_touching(graph.intake, there)))
        for name in stages:
            by_stage[name].append(float(1.0 - share @ never_touching(graph.intake, at[name])))
        mined = pd.Series(mined_at(graph.intake, share))
        origin.append(mined.groupby(graph.states["economy"].to_numpy()).sum())
    return Dependence(
        economy,
        country,
        tuple(elements),
        stage,
        np.array(first),
        np.array(touch),
        {name: np.array(values) for name, values in by_stage.items()},
        pd.DataFrame(origin).fillna(0.0),
    )
