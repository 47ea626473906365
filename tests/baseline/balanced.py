"""The assertion that a network balances, once, with the place that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws

PLACE = ["product", "economy"]


def imbalance(network: Network, draws: NetworkDraws | None = None, draw: int = 0) -> pd.Series:
    """What is left over at every pool and store, relative to what passes there; of one draw if given."""
    economy = dict(zip(network.nodes["node"], network.nodes["economy"], strict=True))
    order = dict(zip(network.nodes["node"], range(len(network.nodes)), strict=True))
    activity = network.nodes["activity"].to_numpy() if draws is None else draws.activity[draw]
    numbers = (
        (network.inputs["coefficient"], network.outputs["coefficient"], network.trade["flow"])
        if draws is None
        else (draws.input_coefficient[draw], draws.output_coefficient[draw], draws.trade[draw])
    )
    taken, given, moved = (np.asarray(part, dtype=float) for part in numbers)
    piled = network.stock_change["change"].to_numpy() if draws is None else draws.stock_change[draw]

    def at_nodes(table: pd.DataFrame, amount: np.ndarray) -> pd.DataFrame:
        mass = amount * activity[table["node"].map(order).to_numpy()]
        return pd.DataFrame({"product": table["product"], "economy": table["node"].map(economy), "mass": mass})

    def at(table: pd.DataFrame, column: str, mass: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({"product": table["product"], "economy": table[column], "mass": mass})

    left = []
    for name, plus, minus in (
        (
            "pool",
            [at_nodes(network.outputs, given)],
            [at(network.trade, "origin", moved), at(network.stock_change, "economy", piled)],
        ),
        ("store", [at(network.trade, "destination", moved)], [at_nodes(network.inputs, taken)]),
    ):
        both = pd.concat([pd.concat(plus), pd.concat(minus).assign(mass=lambda t: -t["mass"])])
        groups = both.groupby(PLACE)["mass"]
        part = groups.sum().abs() / both["mass"].abs().groupby([both["product"], both["economy"]]).sum().clip(
            lower=1e-3
        )
        left.append(pd.concat({name: part}))
    return pd.concat(left)


def assert_balanced(network: Network, within: float, draws: NetworkDraws | None = None, draw: int = 0) -> None:
    """Every pool and store balances within a relative tolerance."""
    worst = imbalance(network, draws, draw).sort_values().tail(1)
    assert worst.iloc[0] <= within, f"{worst.index[0]} is off by {worst.iloc[0]:.1e} of what passes there"
