"""A reserve that several economies hold together: its rule, and the arrays the weekly step reads of it.

A holding is one product in lots at places, on which the stores of several economies may draw. Whoever draws takes from the lot
that is nearest in weeks first, and the tonnes arrive after that time. Who is served before whom, how much each may owe, and how
what was drawn comes back is the rule's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.circuit import Circuit
from lodestone.simulate.luck import choose


@dataclass(frozen=True)
class Holding:
    """One product of a shared reserve: ``lots`` [t contained] by place; ``rank`` by economy that may draw, the lowest served first;
    ``right`` [t contained], the most an economy may owe of it, without limit where it is not named."""

    product: str
    lots: Mapping[str, float]
    rank: Mapping[str, int]
    right: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ReserveRule:
    """When a shared reserve gives and how it is filled again.

    A store that holds less than ``trigger`` of its week's need calls; ``delay`` weeks after the first call it may draw what it lacks of
    that, at most ``rate`` of its base need a week, never below ``floor`` of each lot at the start. After ``after`` weeks without lacking
    anything a drawer gives back ``back`` of what trade brings it until it owes nothing; 0: never.
    """

    holdings: tuple[Holding, ...]
    trigger: float
    delay: int
    rate: float
    floor: float
    after: int = 8
    back: float = 0.0


class SharedReserve(NamedTuple):
    """A rule on a circuit, as the weekly step reads it.

    Lots and drawers (stores that may draw) stand holding by holding: of holding h they are ``holding_lots[h]:holding_lots[h + 1]`` and
    ``holding_drawers[h]:holding_drawers[h + 1]``. By drawer: ``store``, ``rank``, ``right`` [t], and in the order in which it takes ``lot``
    and ``lag`` [weeks], -1 past the last.
    """

    holding_lots: np.ndarray
    holding_drawers: np.ndarray
    start: np.ndarray
    kept: np.ndarray
    store: np.ndarray
    rank: np.ndarray
    right: np.ndarray
    lot: np.ndarray
    lag: np.ndarray
    ranks: int
    ring: int
    trigger: float
    delay: int
    rate: float
    after: int
    back: float


@dataclass
class SharedState:
    """What a week leaves to the next: ``lot`` [t] by lot, ``owed`` [t] by drawer and lot in its order, ``coming`` [t] by drawer and turn of
    arrival, ``called`` weeks since the first call (-1: none), ``calm`` weeks in a row without lacking anything, ``given`` [t] in all."""

    lot: np.ndarray
    owed: np.ndarray
    coming: np.ndarray
    called: np.ndarray
    calm: np.ndarray
    given: np.ndarray


NO_RULE = ReserveRule((), 0.0, 0, 0.0, 0.0)


def lay_shared(circuit: Circuit, assumptions: Mapping[str, Assumption], rule: ReserveRule) -> SharedReserve:
    """Lay a rule on a circuit.

    Parameters
    ----------
    circuit : Circuit
    assumptions : mapping of Assumption by id
        Of ``transit_weeks``, from which the weeks from a lot to who draws follow (central value).
    rule : ReserveRule

    Returns
    -------
    SharedReserve
        Economies of a rule that have no use for a product draw nothing and are left out; see `who_can_draw`.

    Raises
    ------
    ScenarioError
        If a holding is of a product the network does not have, or an economy may draw a product from two holdings.

    Examples
    --------
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> from lodestone.simulate.circuit import build_circuit
    >>> from tests.world import small_network
    >>> rule = ReserveRule((Holding("magnet", {"BOR": 2.0}, {"ALB": 0, "BOR": 0, "COR": 0}),), 0.95, 2, 1.0, 0.0)
    >>> shared = lay_shared(build_circuit(small_network()), read_assumptions(data_folder()), rule)
    >>> shared.start.tolist(), shared.lag[:, 0].tolist()
    ([2.0], [4, 0, 4])
    """
    known = dict(zip(circuit.network.products["product"], circuit.network.products["form"], strict=True))
    if strange := [held.product for held in rule.holdings if held.product not in known]:
        raise ScenarioError(f"a reserve of '{strange[0]}', which the network does not have. Take a product of it.")
    number = {key: k for k, key in enumerate(circuit.stores.itertuples(index=False, name=None))}
    _refuse_twice(rule)
    lots, drawers, ranks = [0], [0], sorted({rank for held in rule.holdings for rank in held.rank.values()})
    start: list[float] = []
    rows: list[tuple[int, int, float, list[int], list[int]]] = []
    for held in rule.holdings:
        first = len(start)
        start += held.lots.values()
        for economy in who_can_draw(circuit, held):
            weeks = [_weeks(assumptions, known[held.product], place, economy) for place in held.lots]
            near = sorted(range(len(weeks)), key=lambda k: (weeks[k], k))
            rows.append((
                number[held.product, economy], ranks.index(held.rank[economy]), float(held.right.get(economy, np.inf)),
                [first + k for k in near], [weeks[k] for k in near],
            ))  # fmt: skip
        lots.append(len(start))
        drawers.append(len(rows))
    most = max((len(held.lots) for held in rule.holdings), default=0)
    padded = [np.full((len(rows), most), -1, dtype=np.int64) for _ in range(2)]
    for k, row in enumerate(rows):
        for table, values in zip(padded, row[3:], strict=True):
            table[k, : len(values)] = values
    begin = np.array(start, dtype=np.float64)
    return SharedReserve(
        holding_lots=np.array(lots), holding_drawers=np.array(drawers), start=begin, kept=begin * rule.floor,
        store=np.array([row[0] for row in rows], dtype=np.int64), rank=np.array([row[1] for row in rows], dtype=np.int64),
        right=np.array([row[2] for row in rows], dtype=np.float64), lot=padded[0], lag=padded[1], ranks=len(ranks),
        ring=int(padded[1].max(initial=0)) + 1, trigger=rule.trigger, delay=rule.delay, rate=rule.rate, after=rule.after, back=rule.back,
    )  # fmt: skip


def who_can_draw(circuit: Circuit, held: Holding) -> tuple[str, ...]:
    """The economies of a holding whose makers or users take its product: nobody else can process a released tonne."""
    has = {e for p, e in circuit.stores.itertuples(index=False, name=None) if p == held.product}
    return tuple(economy for economy in held.rank if economy in has)


def shared_start(shared: SharedReserve) -> SharedState:
    """Full lots, and nobody has called."""
    drawers, most = shared.lot.shape
    return SharedState(
        lot=shared.start.copy(), owed=np.zeros((drawers, most)), coming=np.zeros((drawers, shared.ring)),
        called=np.full(drawers, -1, dtype=np.int64), calm=np.zeros(drawers, dtype=np.int64), given=np.zeros(drawers),
    )  # fmt: skip


def _refuse_twice(rule: ReserveRule) -> None:
    seen: set[tuple[str, str]] = set()
    for held in rule.holdings:
        for economy in held.rank:
            if (held.product, economy) in seen:
                raise ScenarioError(f"{economy} draws {held.product} from two holdings. Put their lots into one.")
            seen.add((held.product, economy))


def _weeks(assumptions: Mapping[str, Assumption], form: str, place: str, economy: str) -> int:
    scopes = (f"home:{form}", "home") if place == economy else (f"{place}>{economy}", f"abroad:{form}", "abroad")
    return round(choose(assumptions, "transit_weeks", 1, lambda _: scopes).rows[0].central)
