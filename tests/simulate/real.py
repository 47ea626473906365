"""The shipped rare-earth network with its draws, and short ways to run it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.chain import prepare
from lodestone.evidence.requests import SimulationRequest
from lodestone.evidence.setting import Setting as Prepared
from lodestone.facts.assumptions import Assumption, read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import Setting, build_setting
from lodestone.simulate.luck import Luck
from lodestone.simulate.nouns import Range
from lodestone.simulate.parameters import Member, sample_member
from lodestone.simulate.schedule import Schedule, sample_schedule
from lodestone.simulate.shared_reserve import shared_start
from lodestone.simulate.state import State, initial_state
from lodestone.simulate.step import one_week

NOTHING = Controls((), ())
STILL = frozenset({"switching", "thrift", "substitution", "spare", "reserves", "price", "supply_response", "failures"})


@dataclass(frozen=True)
class Real:
    network: Network
    draws: NetworkDraws
    assumptions: dict[str, Assumption]


@cache
def prepared(scenario: str, weeks: int = 0) -> Prepared:
    return prepare(SimulationRequest(scenario, weeks=weeks))


@cache
def real() -> Real:
    given = prepared("no-shock")
    return Real(given.network, given.baseline.draws, read_assumptions(data_folder()))


def cut(network: Network, rows: Iterable[int], share: float = 1.0, last: int = 999) -> Controls:
    rows = np.asarray(list(rows))
    given = {"share": Range(share, share, share, "fixed")}
    return Controls((Control("CUT:blocked", "blocked", rows, np.ones(len(rows)), 0, last, given, "test"),), ())


def exports(network: Network, origin: str) -> np.ndarray:
    trade = network.trade
    return np.flatnonzero(((trade["origin"] == origin) & (trade["destination"] != origin)).to_numpy())


@dataclass(frozen=True)
class Week:
    """One week of the plain step: the state before and after it, what flowed, and what it recorded."""

    before: dict[str, np.ndarray]
    state: State
    pool: np.ndarray  # made, left
    store: np.ndarray  # shipped, crossed, arrived, released, used
    record: np.ndarray


def weeks_of(setting: Setting, number: int) -> tuple[Member, Schedule, list[Week]]:
    """Every week of one member by the plain step."""
    luck = Luck(setting.seed, number, setting.pin)
    schedule = sample_schedule(setting.timetable, luck)
    member = sample_member(setting.plan, luck)
    state, common = initial_state(setting.wiring, member, schedule, setting.timing), shared_start(setting.shared)
    found = []
    for week in range(setting.timing.first_week, setting.timing.weeks):
        flows = np.zeros((2, len(state.pool))), np.zeros((5, len(state.underway)))
        before = {name: np.array(value, copy=True) for name, value in vars(state).items()}
        seen = one_week(
            week, setting.wiring, member, schedule, setting.layout, setting.timing, state, flows, setting.shared, common
        )
        after = State(**{name: np.array(value, copy=True) for name, value in vars(state).items()})
        found.append(Week(before, after, *flows, seen))
    return member, schedule, found


def setting_of(controls: Controls, **more: Any) -> Setting:
    world = real()
    more = {"weeks": 52, "seed": 1, **more}
    return build_setting(more.pop("network", world.network), world.draws, controls, world.assumptions, **more)


def every_flow(network: Network) -> pd.DataFrame:
    """A watch of each trade row for itself."""
    rows = np.arange(len(network.trade))
    return pd.DataFrame({"series": [f"row {k}" for k in rows], "trade_row": rows, "weight": 1.0})
