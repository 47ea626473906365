"""What may happen (`Scenario`, `Measure`, `Shock`) and what came of it (`Ensemble`).

Parameters with a range are `Range`: low, central, high and the distribution drawn from, with the id
of the fact or assumption they rest on. Masses are tonnes of contained element, time is in weeks
from the scenario's start unless a name ends in ``_year``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

MEASURE_KINDS = (
    "ban",
    "quota",
    "licence",
    "entity_list",
    "end_user_ban",
    "technology_ban",
    "content_rule",
    "enforcement",
    "tariff",
    "suspension",
)
RATIONING_RULES = ("pro_rata", "sector_priority", "home_first", "political")


@dataclass(frozen=True)
class Range:
    """A number nobody knows exactly. ``distribution``: triangular, uniform or fixed."""

    low: float
    central: float
    high: float
    distribution: str = "triangular"
    origin: str = ""


@dataclass(frozen=True)
class LicenceTerms:
    """How a licence is reviewed; approvals are not tonnes, so both shares are given."""

    review_weeks: Range
    share_applications_approved: Range
    share_tonnes_of_approved: Range  # tonnes let through per tonne applied for, once approved
    share_returned: Range  # of those not approved, filed again rather than refused
    lot_weeks: Range  # weeks of normal need one application covers
    valid_weeks: Range
    review_capacity: Range  # reviewed a week, as a share of the base flow under licence
    ramp_weeks: Range  # until the desk works at that capacity


@dataclass(frozen=True)
class Measure:
    """One dated act of one issuer: what it covers, whom it hits, on which terms."""

    id: str
    issuer: str
    kind: str
    elements: tuple[str, ...]
    forms: tuple[str, ...]
    products: tuple[str, ...]
    end_uses: tuple[str, ...]
    targets: tuple[str, ...]  # economies; "ALL" is every economy but the issuer
    announced: dt.date | None
    effective: dt.date
    ended: dt.date | None
    blocked_share: Range | None
    quota_share: Range | None  # of the base flow, for quotas
    licence: LicenceTerms | None
    over_compliance_share: Range | None  # of unlisted neighbours under the same customs code held
    over_compliance_weeks: Range | None
    front_loading_share: Range | None
    threshold: Range | None
    reference: str
    origin: str
    suspended: tuple[tuple[dt.date, dt.date | None], ...] = ()  # windows in which it rests
    suspends: tuple[str, ...] = ()  # ids of the measures a suspension rests
    licence_dated: tuple[tuple[dt.date, LicenceTerms], ...] = ()  # later terms replace `licence`
    border: str = "export"  # "import": acts on what the targets send to the issuer
    rate: Range | None = None  # of a tariff, as a share of the price
    delay_weeks: Range | None = None  # of projects elsewhere, for technology and equipment
    stages: tuple[str, ...] = ()  # where technology is needed; none: every stage
    issuer_cost: str = ""  # what the measure costs the one who takes it, in words
    elements_in_alloys: tuple[str, ...] = ()  # those that make an alloy or magnet listed; none: all
    issuers: tuple[str, ...] = ()  # the members, where the issuer is a group
    rerouted_share: Range | None = None  # of what is stopped towards some economies, reaching them through others
    rerouting_weeks: Range | None = None  # until that share is reached


@dataclass(frozen=True)
class Shock:
    """A loss of capacity not caused by a measure: ``factor`` of capacity left from ``start`` on."""

    economy: str
    stage: str
    products: tuple[str, ...]
    factor: Range
    start: dt.date
    end: dt.date | None


@dataclass(frozen=True)
class Scenario:
    """A dated story: where it starts, how long it runs, which measures and shocks it holds."""

    name: str
    title: str
    source: str
    material: str
    year: int | None  # None: each material's own base year
    start: dt.date
    horizon_weeks: int
    measures: tuple[Measure, ...]
    shocks: tuple[Shock, ...]
    demand_growth: dict[str, Range] = field(default_factory=dict)  # by sector, a year
    checksum: str = ""
    author: str = ""
    notes: str = ""
    materials: tuple[str, ...] = ()  # all materials it is meant for; the first is ``material``
    rows_used: tuple[str, ...] = ()  # observations of the episode itself (a hindcast lists them)
    left_out: tuple[str, ...] = ()  # measures announced after the ``as_of`` date


@dataclass(frozen=True)
class Ensemble:
    """Many draws of one scenario under one rationing rule.

    ``series`` names each recorded weekly series: DataFrame with columns (series, kind, economy,
    sector, product, partner, unit). ``mean``, ``sd`` have shape (series, week); ``quantiles``
    (quantile, series, week) at ``levels``; ``headline`` (headline series, draw, week) holds every
    draw of the series listed in ``headline_series``. ``first_shortage`` (use node, draw) is the
    first week in which the use is served below ``shortage_threshold`` of its base, -1 if never.
    ``lost_use`` (use node, draw) is the sum over weeks of the unserved share, in weeks of output.
    ``unserved_share`` (use, week, draw; float32) is that share for the uses of the economy that was
    watched, in the order of ``use_nodes``; without rows if none was.
    ``inputs`` holds the drawn uncertain inputs by name (name, draw) for what drives a result.
    """

    scenario: str
    rule: str
    seed: int
    draws: int
    weeks: int
    levels: tuple[float, ...]
    series: pd.DataFrame
    mean: np.ndarray
    sd: np.ndarray
    quantiles: np.ndarray
    headline_series: tuple[int, ...]
    headline: np.ndarray
    use_nodes: tuple[str, ...]
    first_shortage: np.ndarray
    lost_use: np.ndarray
    unserved_share: np.ndarray
    shortage_threshold: float
    inputs: dict[str, np.ndarray]
    digest: str
