"""What a group holds alone and together, in tonnes and in weeks of its own use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lodestone.evidence.plan_case import Case
from lodestone.respond.home import home_use
from lodestone.respond.options import WEEKS_A_YEAR

WHEN = ("0", "1")  # nodes of the calm path: two and a half years


def stocks_of(cases: Sequence[Case], bought: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What members buy for stock in the first two and a half years of calm, means over replicates.

    Parameters
    ----------
    cases : sequence of Case
        Of the members.
    bought : sequence of DataFrame
        Of each replicate; see `lodestone.evidence.unity_replicate.Replicate`.

    Returns
    -------
    DataFrame
        By product, columns alone, together [t contained], use [t a year, of all members], weeks_alone, weeks_together of that use;
        those of which most is bought first.
    """
    tables = [one[one["node"].isin(WHEN)].groupby("product")[["alone", "together"]].sum() for one in bought]
    found = pd.concat(tables).groupby(level="product").sum() / len(
        tables
    )  # one that a replicate buys nothing of counts as none
    used = sum(home_use(case.home).to_series().reindex(found.index).fillna(0.0) for case in cases)
    found = found.assign(use=used)
    for way in ("alone", "together"):
        found[f"weeks_{way}"] = found[way] / found["use"].where(found["use"] > 0.0, np.nan) * WEEKS_A_YEAR
    order = found[["weeks_alone", "weeks_together"]].max(axis=1).sort_values(ascending=False, kind="stable").index
    return found.loc[order]
