"""Why no plan exists: which rules conflict, and how near each comes to being met.

A rule is one or more groups of rows of a programme under a name that its author would use. The smallest set
of rules that cannot hold together is found by dropping and restoring whole rules; how near they come by
letting rows give way at a price, relative to what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from lodestone.errors import InfeasiblePlan, SolverError
from lodestone.respond.highs import in_solver, run, set_options
from lodestone.respond.outlook import told_moment

if TYPE_CHECKING:
    from highspy import Highs
    from linopy import Model

MOST_TRIALS = 500  # sets tried in search of one smaller than dropping rules one by one leaves
SEARCH_SECONDS = 600.0  # of the solver, over all trials
SHOWN = 3  # rows named of a rule
NEGLIGIBLE = 1e-9  # share of its scale below which a row has not moved


@dataclass(frozen=True)
class Rule:
    """Something a plan must meet.

    ``name``: as its author would say it. ``constraints``: the groups of rows of the programme that hold it.
    ``unit``: of their right-hand sides. ``scale``: the amount that counts as a violation of one; the
    right-hand side itself where it is None, and 1 where that is 0.
    """

    name: str
    constraints: tuple[str, ...]
    unit: str = ""
    scale: float | None = None


@dataclass(frozen=True)
class _Rows:
    """Rows of one rule in the solver: positions, limits, what counts as a violation of one, and their words."""

    index: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray
    words: tuple[str, ...]
    unit: str


def conflict(model: Model, rules: Sequence[Rule]) -> InfeasiblePlan:
    """The error that says why nothing meets all rows.

    Parameters
    ----------
    model : linopy.Model
        One without an answer.
    rules : sequence of Rule
        Where none is named, or the rest of the programme conflicts without them, each of its groups of
        rows is taken as one.

    Returns
    -------
    InfeasiblePlan
        With the smallest set of rules that cannot hold together; for each the nearest value at which it
        could be met if it alone gave way; and the least total violation if all may, each in proportion.

    Raises
    ------
    SolverError
        If a rule names rows that the programme does not have, or the solver gives no answer.
    """
    highs = in_solver(model)
    set_options(highs, {"time_limit": SEARCH_SECONDS})
    highs.changeColsCost(highs.getNumCol(), np.arange(highs.getNumCol(), dtype=np.int32), np.zeros(highs.getNumCol()))
    named = _found(model, rules)
    if not named or not _holds(highs, named, ()):
        named = _found(model, [Rule(name, (name,)) for name in model.constraints])
        if not _holds(highs, named, ()):
            return InfeasiblePlan("no plan exists: limits of single variables contradict each other. Mend these.")
    least = _smallest(highs, named)
    lines = [f"no plan meets {'these rules together' if len(least) > 1 else 'this rule'}:"]
    for name in least:
        alone = _violations(highs, named, (name,))
        near = "does not mend it by giving way alone" if alone is None else _moved(named[name], alone[name], "nearest")
        lines.append(f"  {name}: {near}")
    together = _violations(highs, named, tuple(named))
    if together is not None and len(least) > 1:
        moved = [f"{name} ({_moved(named[name], by, 'then')})" for name, by in together.items() if np.any(by)]
        lines.append(f"  Least change in all, each in proportion: {'; '.join(moved)}.")
    lines.append("Relax one of them, or add a lever that meets it.")
    return InfeasiblePlan("\n".join(lines), least)


def _found(model: Model, rules: Sequence[Rule]) -> dict[str, _Rows]:
    """Rows of each rule; the order of rows in the solver is that of the labels in use."""
    lost = sorted({group for rule in rules for group in rule.constraints if group not in model.constraints})
    if lost:
        raise SolverError(
            f"a rule names rows '{lost[0]}', which the programme does not have. Name a group of its rows."
        )
    clabels = model.constraints.label_index.clabels
    place = np.full(int(clabels.max(initial=-1)) + 1, -1)
    place[clabels] = np.arange(len(clabels))
    return {rule.name: _rows_of(model, rule, place) for rule in rules}


def _rows_of(model: Model, rule: Rule, place: np.ndarray) -> _Rows:
    index, lower, upper, words = [], [], [], []
    for group in rule.constraints:
        held = model.constraints[group]
        labels, rhs = held.labels, held.rhs.broadcast_like(held.labels)
        sign = held.sign.broadcast_like(held.labels)
        for at, label in np.ndenumerate(labels.values):
            if label >= 0:
                limit, way = float(rhs.values[at]), str(sign.values[at])
                index.append(place[label])
                lower.append(-np.inf if way == "<=" else limit)
                upper.append(np.inf if way == ">=" else limit)
                words.append(
                    ", ".join(told_moment(str(labels[d].values[i])) for d, i in zip(labels.dims, at, strict=True))
                )
    asked = np.where(np.isfinite(lower), lower, upper)
    scale = np.where(asked == 0.0, 1.0, np.abs(asked)) if rule.scale is None else np.full(len(asked), rule.scale)
    return _Rows(np.array(index, dtype=np.int32), np.array(lower), np.array(upper), scale, tuple(words), rule.unit)


def _holds(highs: Highs, named: Mapping[str, _Rows], kept: Sequence[str]) -> bool:
    """Whether the programme has an answer with only some of the rules in force."""
    for name, rows in named.items():
        free = np.full(len(rows.index), np.inf)
        low, high = (rows.lower, rows.upper) if name in kept else (-free, free)
        highs.changeRowsBounds(len(rows.index), rows.index, low, high)  # type: ignore[attr-defined]
    words = run(highs)
    if words not in ("Optimal", "Infeasible", "Empty"):
        raise SolverError(f"the search for conflicting rules ended with '{words.lower()}'. Drop a rule and run again.")
    return bool(words != "Infeasible")


def _smallest(highs: Highs, named: Mapping[str, _Rows]) -> tuple[str, ...]:
    """Rules that cannot hold together, none of which can be left out; the fewest, up to `MOST_TRIALS` sets."""
    kept = list(named)
    for name in named:
        rest = [other for other in kept if other != name]
        if not _holds(highs, named, rest):
            kept = rest
    for size in range(1, len(kept)):
        if sum(comb(len(named), k) for k in range(1, size + 1)) > MOST_TRIALS:
            break
        for few in combinations(named, size):
            if not _holds(highs, named, few):
                return few
    return tuple(kept)


def _violations(highs: Highs, named: Mapping[str, _Rows], soft: Sequence[str]) -> dict[str, np.ndarray] | None:
    """By how much the rows of the soft rules must move, least in total relative to their scales; None if no use."""
    columns, first = [], highs.getNumCol()
    for name in soft:
        rows = named[name]
        for k in range(len(rows.index)):
            sides = [(np.isfinite(rows.lower[k]), 1.0), (np.isfinite(rows.upper[k]), -1.0)]
            columns += [(name, k, side) for there, side in sides if there]
    for name, k, side in columns:
        rows = named[name]
        highs.addCol(1.0, 0.0, np.inf, 1, rows.index[k : k + 1], np.array([side * rows.scale[k]]))
    mended = _holds(highs, named, tuple(named))
    slack = np.array(highs.getSolution().col_value[first:])
    highs.deleteCols(len(columns), np.arange(first, first + len(columns), dtype=np.int32))
    if not mended:
        return None
    moves = {name: np.zeros(len(named[name].index)) for name in soft}
    for (name, k, side), size in zip(columns, slack, strict=True):
        moves[name][k] -= side * size * named[name].scale[k] * (size > NEGLIGIBLE)
    return moves


def _moved(rows: _Rows, by: np.ndarray, word: str) -> str:
    """What the rows ask that move most, and where they move."""
    first = [k for k in np.argsort(-np.abs(by) / rows.scale, kind="stable")[:SHOWN] if by[k]]
    unit = f" {rows.unit}" if rows.unit else ""
    parts = []
    for k in first:
        ends = (np.isfinite(rows.lower[k]), np.isfinite(rows.upper[k]))
        way = "exactly" if all(ends) else "at least" if ends[0] else "at most"
        asked = (rows.lower[k] if ends[0] else rows.upper[k]) + 0.0  # never "-0"
        at = f" at {rows.words[k]}" if rows.words[k] else ""
        parts.append(f"asks {way} {asked:.6g}{unit}{at}, {word} {asked + by[k]:.6g}{unit}")
    more = int(np.count_nonzero(by)) - len(first)
    return "; ".join(parts) + (f"; and {more} more" if more else "")
