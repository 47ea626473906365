"""One simulation of the curb, and all that is asked of acting together under it: plain numbers, which may be worked out anywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.coordinate.dual_shares import dual_shares
from lodestone.coordinate.stack import Mechanisms
from lodestone.coordinate.unity import GAMES, SAME, Values, find_values, together, walking_away
from lodestone.evidence.plan_case import Case
from lodestone.evidence.setting import Setting
from lodestone.evidence.unity_case import Ready, made_ready, with_seed
from lodestone.evidence.unity_scale import scale_of
from lodestone.respond.outlook import in_calm

PROCUREMENT, RESERVE, RESEARCH, ALL = "joint procurement", "shared reserve", "research partnership", "all together"
SETS: Mapping[str, Mechanisms] = {
    PROCUREMENT: Mechanisms(projects=True, purchases=True),
    RESERVE: Mechanisms(common=True, selective=True),
    RESEARCH: Mechanisms(),
    ALL: Mechanisms(True, True, True, True),
}
PROJECTS, PURCHASES = "projects reach who loses most", "not bidding against each other for stock"
COMMON, SELECTIVE = "reserve to the highest loss", "reserve to the one singled out"
SOURCES: Mapping[str, str] = {PROJECTS: "projects", PURCHASES: "purchases", COMMON: "common", SELECTIVE: "selective"}


@dataclass(frozen=True, eq=False)
class Group:
    """What all replicates share: the ``setting``, members' ``cases`` under the curb simulated with the request's seed, and the request."""

    setting: Setting
    cases: tuple[Case, ...]
    request: Any


@dataclass(frozen=True, eq=False)
class Replicate:
    """What one simulation of the curb says. Money is million USD of 2024, expected and discounted.

    ``order``: positions of members in which they act alone. ``nothing``, ``cost``, ``together`` (member): with nothing done, acting
    alone, and where all act together, before transfers. ``values`` by (mechanisms, game). ``gain``: of all, by the mechanisms
    that are on. ``walking``: of `lodestone.coordinate.unity.walking_away`. ``projects``: columns lever, there, alone, largest,
    together, a row for each node of the calm path [t a year]. ``bought``: columns product, node, alone, together [t].
    ``scale``: of `lodestone.evidence.unity_scale.scale_of`. ``dual`` (member) and ``rent``: of `lodestone.coordinate.dual_shares`.
    ``variables`` of the stacked programme.
    """

    members: tuple[str, ...]
    order: tuple[int, ...]
    nothing: np.ndarray
    cost: np.ndarray
    together: np.ndarray
    values: Mapping[tuple[str, str], Values]
    gain: Mapping[Mechanisms, float]
    walking: pd.DataFrame
    projects: pd.DataFrame
    bought: pd.DataFrame
    scale: pd.DataFrame
    dual: np.ndarray
    rent: float
    variables: int


def replicate_of(group: Group, turn: int) -> Replicate:
    """The replicate whose simulation has the seed of the request plus ``turn``."""
    request = dataclasses.replace(group.request, threads=1)  # replicates are done beside each other
    cases = group.cases
    if turn:
        cases = with_seed(group.setting, cases, request, request.seed + turn, _silent)
    return find_replicate(made_ready(group.setting, cases, _silent))


def find_replicate(ready: Ready) -> Replicate:
    """All that is asked of members that are ready. Each programme starts from where the one before ended, so the order is kept."""
    table = ready.table
    whole = (1 << len(table.single)) - 1
    values = {(name, game): find_values(table, on, game) for name, on in SETS.items() for game in GAMES}

    def gain(on: Mechanisms) -> float:
        return float((table.cost - together(table, whole, on, SAME).cost).sum())

    gains = {on: gain(on) for on in switched()}
    walking = walking_away(table, together(table, whole, SETS[ALL], SAME))
    cost = together(table, whole, SETS[ALL], SAME).cost
    jointly = together(table, whole, SETS[ALL], SAME).takes
    projects = [
        (lever, there, table.takes.projects[:, k].sum(), table.takes.projects[:, k].max(), jointly.projects[:, k].sum())
        for k, (name, there) in enumerate(table.stack.levers.items())
        for lever, _, scenario in (str(name).partition("|"),) if in_calm(scenario)
    ]  # fmt: skip
    dual, rent = dual_shares(table, together(table, whole, SETS[ALL], SAME))
    jointly = together(table, whole, SETS[ALL], SAME).takes
    bought = [
        (key[0], key[2], alone, both)
        for key, alone, both in zip(
            table.stack.purchases.index, table.takes.buys.sum(axis=0), jointly.buys.sum(axis=0), strict=True
        )
    ]
    return Replicate(
        table.stack.members, table.order, ready.nothing, table.cost, cost, values, gains, walking,
        pd.DataFrame(projects, columns=["lever", "there", "alone", "largest", "together"]),
        pd.DataFrame(bought, columns=["product", "node", "alone", "together"]), scale_of(ready, jointly.projects), dual, rent, len(table.stack.cost),
    )  # fmt: skip


def switched() -> list[Mechanisms]:
    """Mechanisms between which the gain is taken apart: all, none, and for each source all without it and it alone."""
    found = [SETS[ALL], Mechanisms()]
    for switch in SOURCES.values():
        found += [without(switch), only(switch)]
    return found


def without(switch: str) -> Mechanisms:
    """All mechanisms on but one."""
    return Mechanisms(**{one: one != switch for one in SOURCES.values()})


def only(switch: str) -> Mechanisms:
    """One mechanism on."""
    return Mechanisms(**{switch: True})


@contextmanager
def _silent(_what: str, _total: int) -> Iterator[Callable[[int, int], None] | None]:
    yield None
