"""What a brief is composed from: the run's figures and the tables that point to them. Holds, computes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from lodestone.baseline.material import Material
from lodestone.evidence.drivers import Drivers
from lodestone.evidence.find_backtest import Backtested
from lodestone.evidence.find_exposure import Exposed
from lodestone.evidence.find_market import Market
from lodestone.evidence.find_travel import Travel
from lodestone.record.figure import Figure
from lodestone.simulate.nouns import Scenario


@dataclass(frozen=True)
class Findings:
    """One run of the chain for one economy.

    ``figures`` holds every figure that may be printed and all it rests on. ``names`` gives the words
    for labels (economies, sectors, stages, elements, rules), ``spoken`` those of economies as a sentence says them,
    with their article. Tables carry figure ids:

    ``groups`` are those of the elements the material holds; headlines lead with the last, under the key
    ``second_group``, and ``first_group`` is missing where there is one group. ``others``: words and
    command of each other material the scenario touches.

    ``dependence``: group, measure ("imports", "first", "touches", or a stage), figure, other (the same
    over the draws under the other prior), lowest and highest (by the tier A facts, blank where not bounded), removed.
    ``weeks``: sector, rule, cover, figure. ``stakes``: sector, lost, value, earns, jobs, chance (figure
    ids). ``sites``: site, economy, stage, group, capacity figure, start, status.
    ``measures``: see `lodestone.evidence.find_measures.measures_of`.
    ``missed``: observation (in words), published, ours (figure ids). ``influences``: headline, kind, label, share
    figure. ``sources``: producer, title, published, tier. Chart tables are plain numbers. ``exposed``: see
    `lodestone.evidence.find_exposure.Exposed`; ``estimates``: see `lodestone.evidence.estimates`; ``travel``:
    see `lodestone.evidence.find_travel.Travel`; ``market``: see `lodestone.evidence.find_market.Market`; ``tested``: see
    `lodestone.evidence.find_backtest.Backtested`.
    """

    economy: str
    issuer: str
    groups: tuple[str, ...]
    about: Material
    others: tuple[tuple[str, str], ...]
    scenario: Scenario
    written: dt.date
    as_of: dt.date
    draws: int
    members: int
    weeks_run: int
    rules: tuple[str, ...]
    covers: tuple[str, ...]
    names: dict[str, str]
    spoken: dict[str, str]
    figures: dict[str, Figure]
    headline: dict[str, str]
    dependence: pd.DataFrame
    weeks: pd.DataFrame
    stakes: pd.DataFrame
    sites: pd.DataFrame
    measures: pd.DataFrame
    missed: pd.DataFrame
    influences: pd.DataFrame
    sources: pd.DataFrame
    notes: tuple[str, ...]
    drivers: Drivers
    assumed_share: float | None
    chart_map: dict[str, pd.DataFrame]
    chart_ribbons: dict[str, pd.DataFrame]
    chart_heat: pd.DataFrame
    chart_weeks: pd.DataFrame
    chart_bands: pd.DataFrame
    chart_drivers: pd.DataFrame
    run: str
    exposed: Exposed | None = None
    stood_in: bool = False  # a view from an earlier date, in which earlier figures or the prior stand for later ones
    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)
    travel: Travel = field(default_factory=Travel)
    market: Market = field(default_factory=Market)
    tested: Backtested = field(default_factory=Backtested)
