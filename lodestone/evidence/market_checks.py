"""Published checks of the market view: price, quantity and rationing after a cut."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lodestone.impact.market import market_balance


def market(folder: Path) -> dict[str, float]:
    """Price, quantity and rationed quantity over those of the base year, each case.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = market(data_folder() / "checks" / "market")
    >>> round(figures["price es 0.3 ed -0.3 cut 0.5 no limit"], 4)
    3.1748
    """
    figures: dict[str, float] = {}
    for case in pd.read_csv(folder / "cases.csv").itertuples():
        found = market_balance(
            [1.0 - float(case.cut)], [float(case.spare)], float(case.supply_elasticity), float(case.demand_elasticity),
            float(case.choke),
        )  # fmt: skip
        parts = {"price": found.price, "quantity": found.quantity, "rationed": found.rationed}
        figures |= {f"{name} {case.case}": value for name, value in parts.items()}
    return figures
