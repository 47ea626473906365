"""Members' own measures against the issuer: what each costs the side that takes it and the issuer, where a figure says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.coordinate.leverage import duty
from lodestone.evidence.setting import Setting
from lodestone.labels import expand, load_labels
from lodestone.simulate.luck import Luck
from lodestone.simulate.scope import issuers

ELASTICITY = "tariff_elasticity"
DUTY = "tariff"
PER_KG = 1000.0  # USD per kg and million USD per t
NO_FIGURE = "no figure says what it costs either side"
ANSWER = "no fact says how likely an answer is, or of which size"


@dataclass(frozen=True, eq=False)
class CounterMeasure:
    """``cost`` and ``hits`` (draw,): paid more by the users of those who take it, and sales the issuer loses, million USD of 2024 a
    year; None where no figure says so. ``gap``: why not, or what of the goods they leave out; blank where nothing. ``words``: what it
    costs, as the scenario says it."""

    measure: str
    by: str
    kind: str
    words: str
    reference: str
    cost: np.ndarray | None
    hits: np.ndarray | None
    gap: str
    answer: str = ANSWER


def find_counter_measures(
    setting: Setting, counter: Setting, members: Sequence[str], issuer: str, request: Any
) -> tuple[CounterMeasure, ...]:
    """The measures of a scenario that members take and the scenario at hand does not hold.

    A duty is reckoned at base prices on what the issuer ships without the curb: its own users pay it in full, and the issuer's part
    falls with the price. All else has no figure and is named.

    Parameters
    ----------
    setting, counter : Setting
        Of the curb, and of the scenario with members' measures.
    request : with draws, seed
    """
    economies = load_labels(setting.folder / "labels", "economies")
    ours = frozenset().union(*(expand(member, economies) for member in members))
    known = {measure.id for measure in setting.scenario.measures}
    products = counter.network.products.set_index("product")
    price = products["unit_value"] / products["content"] / PER_KG
    trade = counter.network.trade
    controls = {control.id.partition(":")[0]: control for control in counter.controls.controls if control.kind == DUTY}
    row = setting.assumptions[ELASTICITY]
    elastic = np.array(
        [
            Luck(request.seed, k).number(row.id, row.low, row.central, row.high, row.distribution)
            for k in range(request.draws)
        ]
    )
    found = []
    for measure in counter.scenario.measures:
        takers = frozenset().union(*(expand(one, economies) for one in issuers(measure)))
        if measure.id in known or not takers & ours:
            continue
        cost = hits = None
        gap = NO_FIGURE
        if measure.id in controls:
            control = controls[measure.id]
            flows = trade.iloc[control.rows]
            inside = (flows["origin"] == issuer) & flows["destination"].isin(list(members))
            worth = flows["flow"] * flows["product"].map(price).fillna(0.0) * control.coverage
            value, share = float(worth[inside].sum()), control.ranges["share"]
            rate = np.array(
                [
                    Luck(request.seed, k).number(f"{control.id}:share", share.low, share.central, share.high, share.distribution)
                    for k in range(request.draws)
                ]
            )  # fmt: skip
            if value > 0.0:
                cost, hits = duty(np.full(request.draws, value), rate, elastic)
                gap = _unpriced(flows[inside], price)
        found.append(
            CounterMeasure(
                measure.id, measure.issuer, measure.kind, measure.issuer_cost, measure.reference, cost, hits, gap
            )
        )
    return tuple(found)


def _unpriced(flows: pd.DataFrame, price: pd.Series) -> str:
    """What share of some tonnes no price is known of, in words; blank where none."""
    share = float(flows.loc[flows["product"].map(price).isna(), "flow"].sum() / flows["flow"].sum())
    return f"{share:.0%} of the tonnes have no price and do not count" if share > 0.0 else ""
