"""How much of an economy's supply comes from, or passes through, one country: first tier and looked through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.exposure.stack import Stack

ANY = ""  # the set of all of the country's states, whatever their stage


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
    stack = Stack(network, draws)
    demand = stack.demand(economy, stage, elements)
    states = stack.builder.states
    there = (states["economy"] == country).to_numpy()
    at = {name: there & (states["stage"] == name).to_numpy() for name in stages}
    found = stack.follow(demand, elements, {ANY: there, **at})
    first = demand @ there
    return Dependence(
        economy,
        country,
        tuple(elements),
        stage,
        np.divide(first, found.total, out=np.full(len(first), np.nan), where=found.total > 0),
        found.met[ANY],
        {name: found.met[name] for name in stages},
        found.origin.fillna(0.0),
    )
