"""An economy's exposure in a table: its largest suppliers by element and stage, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from lodestone.baseline.material import Material
from lodestone.baseline.store import Baseline
from lodestone.errors import LabelError


def exposure_rows(baseline: Baseline, about: Material, economy: str, most: int = 3) -> list[dict[str, Any]]:
    """The largest suppliers of an economy's imports, by element: what customs count, and where headlines stop.

    Parameters
    ----------
    baseline : Baseline
    about : Material
        Its ``traded_stages`` are taken together, then its ``headline_stage`` where that is not one of them.
    economy : str
    most : int
        Suppliers listed for each.

    Returns
    -------
    list of dict
        element, stage (the material's words for it), supplier, share with low and high (5 and
        95 % of the draws) [fraction], tonnes imported [t contained a year].

    Raises
    ------
    LabelError
        If the economy imports nothing in this baseline.
    """
    network = next(iter(baseline.networks.values()))
    trade = network.trade
    here = (trade["destination"] == economy).to_numpy() & (trade["origin"] != economy).to_numpy()
    if not here.any():
        known = ", ".join(sorted(set(trade["destination"])))
        raise LabelError(f"no imports of '{economy}' in the baseline. Use one of: {known}.")
    stage = network.products.set_index("product")["stage"]
    rows: list[dict[str, Any]] = []
    counted = [(about.traded_words, about.traded_stages)]
    if about.headline_stage not in about.traded_stages:
        counted.append((about.headline_words, (about.headline_stage,)))
    part = trade[here]
    flow, drawn = part["flow"].to_numpy(), baseline.draws.trade[:, here]
    kind = stage.loc[part["product"]].to_numpy()
    origin = part["origin"].to_numpy()
    for element in network.composition["element"].to_numpy():
        held = network.composition.sel(element=element).to_series().loc[part["product"]].to_numpy()
        for name, stages in counted:
            weight = held * np.isin(kind, stages)
            total, drawn_total = flow @ weight, drawn @ weight
            if total <= 0:
                continue
            size = {place: (flow * (origin == place)) @ weight for place in np.unique(origin)}
            for place in sorted(size, key=lambda p: -size[p])[:most]:
                if size[place] < 1e-3 * total:
                    continue
                share = (drawn @ (weight * (origin == place))) / np.where(drawn_total > 0, drawn_total, np.nan)
                low, high = np.nanquantile(share, [0.05, 0.95])
                rows.append(
                    {
                        "element": str(element), "stage": name, "supplier": str(place), "share": float(size[place] / total),
                        "low": float(low), "high": float(high), "tonnes": float(total),
                    }
                )  # fmt: skip
    return rows
