"""First-tier import shares: what share of an economy's imports of some products one country ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.baseline.nouns import Network, NetworkDraws


@dataclass(frozen=True)
class ImportShare:
    """``share`` (1 + draws,), the point first; ``rows`` are the trade rows it counts, largest first."""

    economy: str
    country: str
    elements: tuple[str, ...]
    stages: tuple[str, ...]
    share: np.ndarray
    tonnes: np.ndarray
    rows: np.ndarray


def import_share(
    network: Network,
    draws: NetworkDraws | None,
    economy: str,
    country: str,
    elements: Sequence[str],
    stages: Sequence[str],
) -> ImportShare:
    """Share of a country in an economy's imports of the products of some stages, by mass of some elements.

    What the economy ships to itself is no import. [fraction; tonnes contained a year]
    """
    trade = network.trade
    stage = network.products.set_index("product")["stage"].loc[trade["product"]].to_numpy()
    keep = (trade["destination"] == economy).to_numpy() & (trade["origin"] != economy).to_numpy()
    keep = keep & np.isin(stage, list(stages))
    held = network.composition.sel(element=list(elements)).sum("element").to_series()
    weight = held.loc[trade["product"]].to_numpy() * keep
    flows = trade["flow"].to_numpy()[None, :]
    if draws is not None:
        flows = np.concatenate([flows, draws.trade])
    mass = flows * weight
    total = mass.sum(axis=1)
    part = mass[:, (trade["origin"] == country).to_numpy()].sum(axis=1)
    share = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
    order = np.argsort(-mass[0])
    return ImportShare(economy, country, tuple(elements), tuple(stages), share, total, order[mass[0][order] > 0])
