"""What unity is worth to a group under a scenario's curb: every coalition's value, shares, temptations, and where the gain comes from.

All is worked out once for each replicate, a simulation of the curb with a seed of its own; within one, all coalitions, mechanisms
and both games meet the same curbs. Means over the replicates are told, with standard errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.coordinate.answer import GameAnswer, answer
from lodestone.coordinate.core import blocking_coalitions
from lodestone.coordinate.game import label, make_game, marginal_contributions, superadditivity_violations
from lodestone.coordinate.nouns import Game
from lodestone.coordinate.nucleolus import least_core
from lodestone.coordinate.sides import Sides, sides
from lodestone.coordinate.stack import Mechanisms
from lodestone.coordinate.unity import GAMES, Values, shared_cost_game
from lodestone.evidence.plan_case import Case
from lodestone.evidence.setting import Setting
from lodestone.evidence.unity_case import Programme, find_cases_of, find_programmes
from lodestone.evidence.unity_replicate import (
    ALL,
    RESEARCH,
    SETS,
    SOURCES,
    Group,
    Replicate,
    only,
    replicate_of,
    without,
)
from lodestone.evidence.unity_stocks import stocks_of
from lodestone.executor import map_tasks
from lodestone.respond.home import home_use

DUPLICATED = "research not paid for twice"
NOTHING = 1e-4  # million USD: less is rounding
BEYOND = "_beyond_alone"
DIGITS = 6  # of values in million USD, beyond which they are the solver's


@dataclass(frozen=True, eq=False)
class Played:
    """One game with one set of mechanisms, means over replicates. Money is million USD of 2024, expected and discounted.

    ``value`` (2^n,) by bit mask with ``error`` its standard error (NaN where there is one replicate); ``payoff`` (2^n, n): what each saves beside
    all acting alone, in and outside the coalition, before transfers; ``outsiders`` (2^n,): the sum over those outside. ``answer``: shares, core
    and exits of the mean values, each member's way out being what it gets while the others stay together; None where all are worth
    nothing. ``shares`` and ``share_error``: (rule, member). ``sides``: which clubs hold. ``blocked``: by rule, the share of the
    replicates in which it has an answer where a coalition blocks its division of the replicate's own values. ``superadditive``: share of replicates.
    ``epsilon_error``: standard error of the least-core epsilon of the mean values, by leaving out one replicate after another; ``core_empty``:
    share of replicates. ``replicates`` (replicate, 2^n): values of each.
    """

    mechanisms: str
    game: str
    value: np.ndarray
    error: np.ndarray
    payoff: np.ndarray
    outsiders: np.ndarray
    answer: GameAnswer | None
    shares: pd.DataFrame
    share_error: pd.DataFrame
    sides: Sides
    blocked: Mapping[str, float]
    superadditive: float
    epsilon_error: float
    core_empty: float
    replicates: np.ndarray


@dataclass(frozen=True, eq=False)
class Unity:
    """What acting together is worth. Money is million USD of 2024, expected and discounted, with standard errors over replicates.

    ``members`` in the order of the bits of a coalition; ``order``: in which they act alone, who has most at stake first.
    ``alone``: by member, columns nothing (its loss with nothing done), cost (acting alone), together (its cost where all act
    together, before transfers), each with ``_error``. ``played``: by (mechanisms, game). ``sources``: by source, columns
    ``without`` (what the gain of all falls by without it), ``only`` (the gain with it alone), each with ``_error``; rows of
    `SOURCES` and `DUPLICATED`. ``off``: gain of all with all off, and its standard error. ``exits``: columns member, rule, game,
    mechanisms, share, outside, temptation, deposit. ``walking``: columns member, onset, depth, chance, gains: what a member
    gains by keeping its own tonnes once a curb has come, expected from then on; ``deposits``: by member, the largest of these,
    0 where none is above zero. ``least_members``: by game, the fewest members a club must have for it to stand, so that nobody
    leaves all together. ``projects``: by lever, columns there, alone (the sum of what all take acting alone on the way through
    calm), largest (the most one of them takes), together [t a year]. ``programmes``: of research. ``keys``: by key, (member,)
    weights by which ministries share. ``dual``: by member, columns share, error: what each saves
    at the prices of the plan of all (`lodestone.coordinate.dual_shares`), all mechanisms but research, same tonnes; ``rent``, with its
    error, of what nobody took alone. ``checks``: how the values were checked: solves, gap, cold, solved again, apart.
    ``variables`` of the stacked programme. ``cases``: of members, in the first replicate. ``stocks``: of
    `lodestone.evidence.unity_stocks.stocks_of`. ``scale``: of `lodestone.evidence.unity_scale.scale_of`, means over replicates.
    """

    members: tuple[str, ...]
    issuer: str
    order: tuple[str, ...]
    replicates: int
    alone: pd.DataFrame
    played: Mapping[tuple[str, str], Played]
    sources: pd.DataFrame
    off: tuple[float, float]
    exits: pd.DataFrame
    walking: pd.DataFrame
    deposits: pd.Series
    least_members: Mapping[str, int]
    projects: pd.DataFrame
    programmes: tuple[Programme, ...]
    keys: Mapping[str, np.ndarray]
    dual: pd.DataFrame
    rent: tuple[float, float]
    checks: Mapping[str, float]
    variables: int
    cases: tuple[Case, ...]
    stocks: pd.DataFrame
    scale: pd.DataFrame


def find_unity(setting: Setting, request: Any, watch: Any) -> Unity:
    """What acting together is worth to a group.

    Parameters
    ----------
    setting : Setting
        Of `lodestone.chain.prepare`.
    request : UnityRequest
    watch : function of (str, int) to a context with a callback

    Returns
    -------
    Unity

    Raises
    ------
    GameError
        If members cannot be valued; see `lodestone.evidence.unity_case.refuse_members`.
    """
    cases = find_cases_of(setting, request, watch)
    programmes = find_programmes(cases, watch) if request.research else ()
    with watch("valuing coalitions", request.replicates) as tick:
        group = Group(setting, cases, request)
        found = map_tasks(
            replicate_of, group, range(request.replicates), threads=request.threads, progress=tick, what="valuing coalitions"
        )  # fmt: skip
    return played_out(cases, list(found.values()), programmes)


def played_out(cases: Sequence[Case], found: Sequence[Replicate], programmes: Sequence[Programme]) -> Unity:
    """All that is asked of a group, of what its replicates say: means and their standard errors."""
    members = found[0].members
    research = _research(members, programmes)
    runs = {(name, game): [one.values[name, game] for one in found] for name in SETS for game in GAMES}
    keys = _keys(cases, found)
    added = {name: research if name in (RESEARCH, ALL) else np.zeros_like(research) for name in SETS}
    played = {key: _played(*key, values, added[key[0]], keys) for key, values in runs.items()}
    sources, off = _sources(found, research)
    walking, alone = _walking(found), _costs(found)
    every = [one for values in runs.values() for one in values]
    checks = {
        "solves": float(sum(len(one.value) - 1 + one.checked for one in every)),
        "gap": max(one.gap for one in every), "cold": float(sum(one.cold for one in every)),
        "solved again": float(sum(one.checked for one in every)), "apart": max(one.apart for one in every),
    }  # fmt: skip
    return Unity(
        members, cases[0].home.issuer, tuple(members[i] for i in found[0].order), len(found), alone, played, sources,
        off, _exits(played), walking, deposits_of(walking), {game: _least_members(played[ALL, game]) for game in GAMES}, _projects(found),
        tuple(programmes), keys, *_dual(found), checks, max(one.variables for one in found), tuple(cases),
        stocks_of(cases, [one.bought for one in found]),
        pd.concat([one.scale for one in found]).groupby(level="lever").sum() / len(found),
    )  # fmt: skip


def _research(members: Sequence[str], programmes: Sequence[Programme]) -> np.ndarray:
    total = np.zeros(1 << len(members))
    for one in programmes:
        total = total + shared_cost_game(members, one.worth, one.cost)
    return total


def _keys(cases: Sequence[Case], found: Sequence[Replicate]) -> dict[str, np.ndarray]:
    """Weights by which a gain may be shared: what is at stake, value added, use. Each above zero somewhere."""
    told = {
        "loss_with_nothing_done": np.mean([one.nothing for one in found], axis=0),
        "value_added": np.array([float(case.terms.worth.sum()) for case in cases]),
        "use": np.array([float(home_use(case.home).sum()) for case in cases]),
    }
    return {name: np.maximum(weight, 0.0) for name, weight in told.items() if weight.max(initial=0.0) > 0.0}


def _error(rows: np.ndarray) -> np.ndarray:
    """Standard error of the mean over the first axis; NaN of one row."""
    count = len(rows)
    if count < 2:
        return np.full(rows.shape[1:], np.nan)
    return np.asarray(rows.std(axis=0, ddof=1) / np.sqrt(count))


def _played(
    mechanisms: str, game: str, found: Sequence[Values], added: np.ndarray, keys: Mapping[str, np.ndarray]
) -> Played:
    members, n = found[0].members, len(found[0].members)
    values = np.stack([np.round(one.value + added, DIGITS) for one in found])
    payoff = np.mean([one.payoff for one in found], axis=0)
    worth = np.round(values.mean(axis=0), DIGITS)
    way_out = payoff[(1 << n) - 1 - (1 << np.arange(n)), np.arange(n)]
    asked = answer(make_game(members, worth), keys, way_out) if np.abs(worth).max() > NOTHING else None
    each = [answer(make_game(members, one), keys).shares if np.abs(one).max() > NOTHING else {} for one in values]
    rules = list(asked.shares) if asked else []
    by_rule = {  # of a rule without an answer in a replicate nothing is known there; where there is nothing to share all get nothing
        rule: [(one, row[rule] if row else None) for one, row in zip(values, each, strict=True) if not row or rule in row]
        for rule in rules
    }  # fmt: skip
    spread = [
        _error(np.array([np.zeros(n) if x is None else x for _, x in by_rule[rule]]).reshape(-1, n)) for rule in rules
    ]
    return Played(
        mechanisms, game, worth, _error(values), payoff, np.mean([one.outsiders for one in found], axis=0), asked,
        pd.DataFrame([asked.shares[rule] for rule in rules] if asked else [], index=rules, columns=members),
        pd.DataFrame(spread, index=rules, columns=members),
        sides(members, _with_added(payoff, added)),
        {rule: float(np.mean([x is not None and _blocked(make_game(members, one), x) for one, x in told])) for rule, told in by_rule.items() if told},
        float(np.mean([_superadditive(make_game(members, one)) for one in values])),
        _error_left_out(values, lambda one: least_core(make_game(members, one)).epsilon),
        float(np.mean([least_core(make_game(members, one)).epsilon > NOTHING for one in values])), values,
    )  # fmt: skip


def _error_left_out(rows: np.ndarray, of: Callable[[np.ndarray], float]) -> float:
    """Standard error of what is worked out of the mean of rows, by the jackknife; NaN of one row."""
    count = len(rows)
    if count < 2:
        return np.nan
    left = np.array([of((rows.sum(axis=0) - one) / (count - 1)) for one in rows])
    return float(np.sqrt((count - 1) / count * ((left - left.mean()) ** 2).sum()))


def _superadditive(game: Game) -> bool:
    worst, _ = superadditivity_violations(game, 1)
    return not worst or worst[0].shortfall <= NOTHING


def _blocked(game: Game, division: np.ndarray) -> bool:
    """Whether a coalition blocks a division of a replicate's own values by more than rounding."""
    worst, _ = blocking_coalitions(game, division, 1)
    return bool(worst) and worst[0].excess > NOTHING


def _with_added(payoff: np.ndarray, added: np.ndarray) -> np.ndarray:
    """Payoffs with what research adds to a coalition shared equally among its members."""
    n = payoff.shape[1]
    inside = (np.arange(len(payoff))[:, None] >> np.arange(n) & 1).astype(float)
    return payoff + inside * (added / np.maximum(inside.sum(axis=1), 1.0))[:, None]


def _sources(found: Sequence[Replicate], research: np.ndarray) -> tuple[pd.DataFrame, tuple[float, float]]:
    """The gain of all, each source turned off in turn and each alone; and with all off."""

    def gains(on: Mechanisms) -> np.ndarray:
        return np.array([one.gain[on] for one in found])

    every, off = gains(SETS[ALL]), gains(Mechanisms())
    rows = []
    for name, switch in SOURCES.items():
        less, alone = every - gains(without(switch)), gains(only(switch)) - off
        rows.append((name, less.mean(), float(_error(less)), alone.mean(), float(_error(alone))))
    rows.append((DUPLICATED, float(research[-1]), 0.0, float(research[-1]), 0.0))
    columns = ["source", "without", "without_error", "only", "only_error"]
    return pd.DataFrame(rows, columns=columns).set_index("source"), (float(off.mean()), float(_error(off)))


def _costs(found: Sequence[Replicate]) -> pd.DataFrame:
    columns: dict[str, np.ndarray] = {}
    for name in ("nothing", "cost", "together"):
        rows = np.stack([getattr(one, name) for one in found])
        columns |= {name: rows.mean(axis=0), f"{name}_error": _error(rows)}
    return pd.DataFrame(columns, index=list(found[0].members))


def _walking(found: Sequence[Replicate]) -> pd.DataFrame:
    rows = pd.concat([one.walking for one in found])
    mean = rows.groupby(["member", "onset"], sort=False, as_index=False).mean()
    mean.insert(2, "depth", mean["onset"].str.partition(":")[2])
    return mean


def _dual(found: Sequence[Replicate]) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Dual shares and the rent beside them, means over replicates with standard errors."""
    shares, rents = np.stack([one.dual for one in found]), np.array([one.rent for one in found])
    table = pd.DataFrame({"share": shares.mean(axis=0), "error": _error(shares)}, index=list(found[0].members))
    return table, (float(rents.mean()), float(_error(rents)))


def deposits_of(walking: pd.DataFrame) -> pd.Series:
    """The deposit by member that no curb tempts it to lose.

    Parameters
    ----------
    walking : DataFrame
        Columns member, gains; as of `lodestone.coordinate.unity.walking_away`.

    Returns
    -------
    Series
        The largest gain of each, 0 where all are losses.

    Examples
    --------
    >>> deposits_of(pd.DataFrame({"member": ["A", "A", "B"], "gains": [-1.0, 2.0, -3.0]})).to_dict()
    {'A': 2.0, 'B': 0.0}
    """
    return walking.groupby("member", sort=False)["gains"].max().clip(lower=0.0)


def _projects(found: Sequence[Replicate]) -> pd.DataFrame:
    """What is committed to of each shared project on the way through calm, alone and all together, means over replicates."""
    table = pd.concat([one.projects for one in found]).groupby("lever")
    taken = table[["alone", "largest", "together"]].sum() / len(found)  # what a replicate has no use for counts as none
    return taken.assign(there=table["there"].first())


def _exits(played: Mapping[tuple[str, str], Played]) -> pd.DataFrame:
    rows = [
        (member, rule, one.game, one.mechanisms, *numbers)
        for one in played.values() if one.answer is not None
        for rule, out in one.answer.exits.items()
        for member, *numbers in zip(out.members, out.share, out.outside, out.temptation, out.deposit, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["member", "rule", "game", "mechanisms", "share", "outside", "temptation", "deposit"]
    )


def _least_members(found: Played) -> int:
    """The fewest members a club must have to stand, so that nobody gains by leaving all together; leaving a club that then falls brings nothing."""
    n = found.payoff.shape[1]
    whole = (1 << n) - 1
    enough = found.value[whole] >= sum(found.payoff[whole - (1 << i), i] for i in range(n)) - NOTHING
    return 1 if enough else n


def contributions(one: Played) -> tuple[np.ndarray, np.ndarray]:
    """Marginal contribution of each member, mean over replicates, and its standard error."""
    each = marginal_contributions(one.replicates)
    return each.mean(axis=0), _error(each)


def rules_apart(shares: pd.DataFrame) -> list[str]:
    """Rules of a table (rule, member) but keys beyond what each is worth alone where that is nothing, so that they divide alike.

    Examples
    --------
    >>> rules_apart(pd.DataFrame({"A": [1.0, 1.0, 2.0]}, index=["equal", "equal_beyond_alone", "use"]))
    ['equal', 'use']
    """
    told = shares.round(DIGITS)
    return [
        rule for rule in told.index
        if not rule.endswith(BEYOND) or not told.loc[rule].equals(told.loc[rule.removesuffix(BEYOND)])
    ]  # fmt: skip


def largest_clubs(found: Played, members: Sequence[str]) -> tuple[str, ...]:
    """The largest coalitions that have enough to pay each member what it would get outside, by name."""
    held = [mask for mask in range(1, len(found.value)) if found.sides.stable_with_transfers[mask]]
    most = max((mask.bit_count() for mask in held), default=0)
    return tuple(label(members, mask) for mask in held if mask.bit_count() == most)
