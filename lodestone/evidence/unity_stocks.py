"""What a group holds alone and together, in tonnes and in weeks of its own use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lodestone.coordinate.unity import SAME, together
from lodestone.evidence.find_unity import ALL, SETS
from lodestone.evidence.unity_case import Ready
from lodestone.respond.home import home_use
from lodestone.respond.options import WEEKS_A_YEAR

WHEN = ("0", "1")  # nodes of the calm path: two and a half years


def stocks_of(ready: Sequence[Ready]) -> pd.DataFrame:
    """What members buy for stock in the first two and a half years of calm, means over replicates.

    Returns
    -------
    DataFrame
        By product, columns alone, together [t contained], use [t a year, of all members], weeks_alone, weeks_together of that use;
        those of which most is bought first.
    """
    whole, tables = (1 << len(ready[0].table.single)) - 1, []
    for one in ready:
        jointly = together(one.table, whole, SETS[ALL], SAME).takes.buys
        bought = pd.DataFrame(
            [(key[0], key[2], alone, both) for key, alone, both in
             zip(one.table.stack.purchases.index, one.table.takes.buys.sum(axis=0), jointly.sum(axis=0), strict=True)],
            columns=["product", "node", "alone", "together"],
        )  # fmt: skip
        tables.append(bought[bought["node"].isin(WHEN)].groupby("product")[["alone", "together"]].sum())
    found = pd.concat(tables).groupby(level="product").sum() / len(
        tables
    )  # one that a replicate buys nothing of counts as none
    used = sum(home_use(case.home).to_series().reindex(found.index).fillna(0.0) for case in ready[0].cases)
    found = found.assign(use=used)
    for way in ("alone", "together"):
        found[f"weeks_{way}"] = found[way] / found["use"].where(found["use"] > 0.0, np.nan) * WEEKS_A_YEAR
    order = found[["weeks_alone", "weeks_together"]].max(axis=1).sort_values(ascending=False, kind="stable").index
    return found.loc[order]
