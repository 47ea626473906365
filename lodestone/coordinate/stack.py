"""Members' programmes side by side in one solver, with the rows at which they meet; a coalition is a choice of bounds.

Members meet at projects (what all commit to together is at most what there is), at purchases for stock (what all buy in calm is at most
each step of the price), and at the pool (what some give of what they draw, others take). Which coalition stands, with which
mechanisms, is a matter of bounds and right-hand sides: nothing is written anew, and the last plan is where the next
starts. Every answer is held against its own dual bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.coarse import ALONE
from lodestone.coordinate.pool_columns import pooled_keys
from lodestone.errors import SolverError
from lodestone.respond.highs import quiet, run, set_options

if TYPE_CHECKING:
    from highspy import Highs

GAP = 1e-6  # relative distance of an answer from its dual bound at which it counts
NONE = -1  # no row or column
TRUSTED = 1e-6  # what the solver may violate, in its own units


@dataclass(frozen=True)
class Mechanisms:
    """Which mechanisms are on. ``projects``: limits of projects are shared instead of each going as far as the others leave it;
    ``purchases``: the steps of the price of stock likewise; ``common``: drawn tonnes go to another member while all are
    hit; ``selective``: while one is singled out."""

    projects: bool = False
    purchases: bool = False
    common: bool = False
    selective: bool = False


@dataclass(frozen=True, eq=False)
class Takes:
    """What each member takes: ``projects`` (member, lever) in t a year, ``buys`` (member, purchase) in t; columns as of a `Stack`."""

    projects: np.ndarray
    buys: np.ndarray


@dataclass(frozen=True, eq=False)
class Answer:
    """A solved state. ``cost`` (member): expected discounted cost of each, million USD of 2024; ``takes``; ``gap``: relative distance from the
    dual bound; ``cold``: whether it had to be solved from nothing; ``values`` (column); ``duals``: of the rows where members meet: projects, then
    purchases, then the pool."""

    cost: np.ndarray
    takes: Takes
    gap: float
    cold: bool
    values: np.ndarray
    duals: np.ndarray


@dataclass(frozen=True, eq=False)
class Stack:
    """``blocks`` in one solver. ``levers``: by "lever|scenario", what there is of each shared project [t a year]; ``purchases``: by (stocked,
    step, node), what there is of each [t].

    Places in the solver: ``offset`` (member) of each block's first column; ``project_rows`` and ``buy_columns`` (member, ...), -1
    where a member has none, with ``project_most`` and ``buy_most`` what each alone can take; ``link_rows`` of projects, then of
    purchases; ``pool``: its columns (member, product, slot, gives, selective, column, keeps), the last the row that says that a member gives
    what it takes, -1 where it can do but one. ``bounds``: what the solver holds now,
    ``low`` and ``high`` of rows, ``least`` and ``most`` of columns; the functions of this module alone move it.
    """

    blocks: tuple[Block, ...]
    highs: Highs
    levers: pd.Series
    purchases: pd.Series
    offset: np.ndarray
    project_rows: np.ndarray
    buy_columns: np.ndarray
    project_most: np.ndarray
    buy_most: np.ndarray
    link_rows: np.ndarray
    pool: pd.DataFrame
    cost: np.ndarray
    matrix: sp.csr_array
    across: sp.csr_array
    bounds: dict[str, np.ndarray]

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members, in the order of the blocks."""
        return tuple(one.member for one in self.blocks)


def stack_of(blocks: Sequence[Block], shared: Mapping[str, float], like: Stack | None = None) -> Stack:
    """Load members' programmes into one solver.

    Parameters
    ----------
    blocks : sequence of Block
        On trees with the same labels.
    shared : mapping of float by lever
        Projects of which there is one for all, and what there is of it. [t a year]
    like : Stack, optional
        Whose projects and purchases stand in the same places here.

    Returns
    -------
    Stack
    """
    levers = _projects(blocks, shared) if like is None else like.levers
    purchases = _purchases(blocks) if like is None else like.purchases
    offset = np.concatenate([[0], np.cumsum([b.matrix.shape[1] for b in blocks])]).astype(int)
    row_at = np.concatenate([[0], np.cumsum([b.matrix.shape[0] for b in blocks])]).astype(int)
    pool = _pool(blocks, offset, row_at)
    project_rows = np.full((len(blocks), len(levers)), -1)
    buy_columns = np.full((len(blocks), len(purchases)), -1)
    for i, block in enumerate(blocks):
        for k, lever in enumerate(levers.index):
            if lever in block.projects.index:
                project_rows[i, k] = row_at[i] + block.projects[lever]
        for k, key in enumerate(purchases.index):
            if key in block.buys.index:
                buy_columns[i, k] = offset[i] + block.buys[key]
    own = sp.csr_array(sp.block_diag([b.matrix for b in blocks], format="csr"))
    links, high = _links(own, project_rows, buy_columns, levers, purchases)
    meets, level = _meeting(pool, own.shape[1])
    matrix = sp.csr_array(sp.vstack([own, links, meets]))
    low = np.concatenate([*(b.low for b in blocks), np.full(len(high), -np.inf), level])
    top = np.concatenate([*(b.high for b in blocks), high, level])
    least, cost = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("least", "cost"))
    most = _shut(blocks, offset, np.concatenate([b.most for b in blocks]))
    highs = _loaded(matrix, low, top, least, most, cost)
    return Stack(
        tuple(blocks), highs, levers, purchases, offset, project_rows, buy_columns,
        np.where(project_rows >= 0, top[project_rows], 0.0), np.where(buy_columns >= 0, most[buy_columns], 0.0),
        row_at[-1] + np.arange(len(high)), pool, cost, matrix, sp.csr_array(matrix.T), {"low": low, "high": top, "least": least, "most": most},
    )  # fmt: skip


def set_state(
    stack: Stack,
    inside: Sequence[bool],
    on: Mechanisms,
    taken: Takes,
    alone: Takes,
    counted: Sequence[bool] | None = None,
) -> None:
    """Let a coalition stand, with mechanisms on or off; everybody else is held at what it takes.

    Parameters
    ----------
    inside : sequence of bool (member,)
        Who is in the coalition.
    on : Mechanisms
    taken : Takes
        What each of the others takes.
    alone : Takes
        What each takes where all act alone: what a member leaves the others where a mechanism is off.
    counted : sequence of bool (member,), optional
        Outsiders whose tonnes are gone when the coalition acts; the rest take nothing yet. All if not given.
    """
    member = np.asarray(inside, dtype=bool)
    there = np.ones(len(member), dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    outside = np.where((there & ~member)[:, None], 1.0, 0.0)
    for there_is, place, can, mine, others, shared, put in (
        (stack.levers, stack.project_rows, stack.project_most, alone.projects, taken.projects, on.projects, _set_rows),
        (stack.purchases, stack.buy_columns, stack.buy_most, alone.buys, taken.buys, on.purchases, _set_columns),
    ):
        own = can if shared else np.minimum(can, _left(there_is.to_numpy(), mine))
        fixed, known, free = others * outside, place >= 0, np.broadcast_to(member[:, None], place.shape)
        least = np.where(free, -np.inf if put is _set_rows else 0.0, fixed)
        put(stack, place[known], least[known], np.where(free, own, fixed)[known])
    opens = member[stack.pool["member"].to_numpy(int)] & np.where(
        stack.pool["selective"].to_numpy(), on.selective, on.common
    )
    keeps, column = (stack.pool[name].to_numpy(int) for name in ("keeps", "column"))
    both = keeps >= 0
    let = np.where(opens, np.inf, 0.0)
    _set_rows(stack, keeps[both], -let[both], let[both])
    _set_columns(stack, column[~both], np.zeros(int((~both).sum())), let[~both])


def set_left(stack: Stack, projects: np.ndarray, buys: np.ndarray) -> None:
    """Let all members of a stack act on what others leave of each project and each purchase, both shapes as of the stack."""
    left = np.concatenate([projects, buys])
    _set_rows(stack, stack.link_rows, np.full(len(left), -np.inf), left)


def fix(stack: Stack, at: np.ndarray, value: np.ndarray) -> None:
    """Hold some columns at their values."""
    _set_columns(stack, at, value, value)


def solved(stack: Stack, cold: bool = False) -> Answer:
    """Solve the state that is set, from where the last solve ended, and check it against its dual bound.

    Parameters
    ----------
    stack : Stack
    cold : bool
        Whether to start from nothing.

    Returns
    -------
    Answer

    Raises
    ------
    SolverError
        If no plan is found, or its dual bound is off also from nothing.
    """
    highs = stack.highs
    for start in (cold, True):
        if start:
            highs.clearSolver()
        words = run(highs)
        if words != "Optimal":
            continue
        info = highs.getInfo()
        gap = bound_gap(stack)
        if max(info.max_primal_infeasibility, info.max_dual_infeasibility) <= TRUSTED and gap <= GAP:
            return _told(stack, gap, start)
    raise SolverError(
        f"the solver ended with '{words.lower()}' and no plan of a coalition whose bound agrees. Give fewer members."
    )


def bound_gap(stack: Stack) -> float:
    """Relative distance of the last plan's cost from the bound that its duals prove."""
    cost = float(stack.cost @ np.array(stack.highs.getSolution().col_value))
    return abs(cost - dual_bound(stack)) / max(abs(cost), 1.0)


def dual_bound(stack: Stack) -> float:
    """What no plan of the state that is set can cost less than, without the constant: the bound that the last duals prove.

    The bound is worked out from the duals of the rows alone: prices of columns follow from them, and each row and column
    counts at the end its price asks for. Minus infinity where a price asks for an end that is not there.
    """
    price, bounds = np.array(stack.highs.getSolution().row_dual), stack.bounds
    reduced = stack.cost - stack.across @ price
    total = 0.0
    for prices, low, high in (
        (price, bounds["low"], bounds["high"]),
        (reduced, bounds["least"], bounds["most"]),
    ):
        end = np.where(prices > 0.0, low, high)
        bare = np.isfinite(end)
        if np.abs(prices[~bare]).max(initial=0.0) > TRUSTED:
            return -np.inf
        total += float(prices[bare] @ end[bare])
    return total


def _told(stack: Stack, gap: float, cold: bool) -> Answer:
    solution = stack.highs.getSolution()
    value, rows = np.array(solution.col_value), np.array(solution.row_value)
    paid = stack.cost * value
    cost = [
        block.constant + float(paid[a:b].sum())
        for block, (a, b) in zip(stack.blocks, pairwise(stack.offset), strict=True)
    ]
    takes = Takes(_at(rows, stack.project_rows), _at(value, stack.buy_columns))
    return Answer(np.array(cost), takes, gap, cold, value, np.array(solution.row_dual)[block_rows(stack) :])


def block_rows(stack: Stack) -> int:
    """How many rows are members' own; those at which they meet follow."""
    return sum(block.matrix.shape[0] for block in stack.blocks)


def by_onset(stack: Stack, found: Answer) -> tuple[pd.Series, ...]:
    """The part of each member's cost at each onset and depth, blank for what is decided in calm, without the constant."""
    paid = stack.cost * found.values
    return tuple(
        pd.Series(paid[a:b]).groupby(block.onset).sum()
        for block, (a, b) in zip(stack.blocks, pairwise(stack.offset), strict=True)
    )


def no_takes(stack: Stack) -> Takes:
    """Nothing taken by anybody."""
    return Takes(np.zeros(stack.project_rows.shape), np.zeros(stack.buy_columns.shape))


def _at(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    return np.where(place >= 0, np.maximum(values[place], 0.0), 0.0) if place.size else np.zeros(place.shape)


def _left(there_is: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """What the others leave each member where all act alone."""
    return np.maximum(there_is - (alone.sum(axis=0) - alone), alone)


def _projects(blocks: Sequence[Block], shared: Mapping[str, float]) -> pd.Series:
    names = sorted({str(one) for block in blocks for one in block.projects.index})
    there_is = {name: float(shared[lever]) for name in names if (lever := name.partition("|")[0]) in shared}
    return pd.Series(list(there_is.values()), index=list(there_is), dtype=float)


def _purchases(blocks: Sequence[Block]) -> pd.Series:
    found: dict[tuple[str, str, str], float] = {}
    for block in blocks:
        for key, column in zip(block.buys.index, block.buys, strict=True):
            found[key] = max(found.get(key, 0.0), float(block.most[column]))
    return pd.Series(list(found.values()), index=pd.Index(list(found), tupleize_cols=False), dtype=float)


def _pool(blocks: Sequence[Block], offset: np.ndarray, row_at: np.ndarray) -> pd.DataFrame:
    """Columns by which drawn tonnes go from a member to the pool and from the pool to a member."""
    met = pooled_keys(blocks)
    rows = [
        (i, *key, gives, offset[i] + column, row_at[i] + block.keeps[key] if key in block.keeps.index else NONE)
        for gives, name in ((True, "gives"), (False, "takes"))
        for i, block in enumerate(blocks)
        for key, column in getattr(block, name).items()
        if key in met
    ]
    pool = pd.DataFrame(rows, columns=["member", "product", "slot", "gives", "column", "keeps"])
    pool["selective"] = np.array([ALONE in str(slot) for slot in pool["slot"]], dtype=bool)
    return pool


def _shut(blocks: Sequence[Block], offset: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Upper bounds of all columns with everybody in no pool."""
    shut = most.copy()
    for i, block in enumerate(blocks):
        for series in (block.gives, block.takes):
            out = [column for key, column in series.items() if key not in block.keeps.index]
            shut[offset[i] + np.array(out, dtype=int)] = 0.0
    return shut


def _links(
    own: sp.csr_array, project_rows: np.ndarray, buy_columns: np.ndarray, levers: pd.Series, purchases: pd.Series
) -> tuple[sp.csr_array, np.ndarray]:
    """Rows of what all take together of each project and each purchase."""
    member, lever = np.nonzero(project_rows >= 0)
    pick = (np.ones(len(lever)), (lever, project_rows[member, lever]))
    projects = sp.csr_array(pick, shape=(len(levers), own.shape[0])) @ own
    member, bought = np.nonzero(buy_columns >= 0)
    entry = (np.ones(len(bought)), (bought, buy_columns[member, bought]))
    buys = sp.csr_array(entry, shape=(len(purchases), own.shape[1]))
    return sp.csr_array(sp.vstack([projects, buys])), np.concatenate([levers.to_numpy(), purchases.to_numpy()])


def _meeting(pool: pd.DataFrame, width: int) -> tuple[sp.csr_array, np.ndarray]:
    """Rows of the pool: given is taken, product by product and moment by moment."""
    keys = pool.groupby(["product", "slot"], sort=False).ngroup().to_numpy()
    sign = np.where(pool["gives"].to_numpy(bool), 1.0, -1.0)
    count = int(keys.max()) + 1 if len(keys) else 0
    return sp.csr_array((sign, (keys, pool["column"].to_numpy())), shape=(count, width)), np.zeros(count)


def _loaded(
    matrix: sp.csr_array, low: np.ndarray, high: np.ndarray, least: np.ndarray, most: np.ndarray, cost: np.ndarray
) -> Highs:
    highs = quiet()
    set_options(highs, {"solver": "simplex"})
    place = np.arange(len(cost), dtype=np.int32)
    highs.addVars(len(cost), least, most)
    highs.changeColsCost(len(cost), place, cost)
    highs.addRows(len(low), low, high, matrix.nnz, matrix.indptr, matrix.indices, matrix.data)
    return highs


def _set_rows(stack: Stack, at: Any, low: Any, high: Any) -> None:
    for one, a, b in _moved(stack, ("low", "high"), at, low, high):
        stack.highs.changeRowBounds(one, a, b)


def _set_columns(stack: Stack, at: Any, low: Any, high: Any) -> None:
    for one, a, b in _moved(stack, ("least", "most"), at, low, high):
        stack.highs.changeColBounds(one, a, b)


def _moved(stack: Stack, names: tuple[str, str], at: Any, low: Any, high: Any) -> list[tuple[int, float, float]]:
    """Those of some bounds that are not what the solver holds, noted as what it will hold."""
    place, low, high = np.asarray(at, dtype=int), np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    least, most = (stack.bounds[name] for name in names)
    other = (least[place] != low) | (most[place] != high)
    least[place], most[place] = low, high
    return list(zip(place[other].tolist(), low[other].tolist(), high[other].tolist(), strict=True))
