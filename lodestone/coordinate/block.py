"""One member's programme as bare arrays, and trimmed: the reduced form that coalitions are stacked from.

The programme is the planner's (`lodestone.respond.programme`) on a coarse outlook, taken out of the solver it was loaded
into. What is trimmed, in order:

1. Nobody buys for stock once a curb has come, and nobody commits once it is over.
2. Where a member is not hit, before a curb, after it and while another is singled out, it works as it does with nothing done;
   its reserve alone moves. While a curb lasts no more of it is sold than the member uses; what is left is sold when it ends.
3. Rows without a price in each of some trial plans are dropped, a whole class of them at a time (a class: one name
   and labels, at every moment); so are levers that none of these plans takes, and stocks that no plan of `lodestone.coordinate.reduced` buys.
4. Where a member is hit, what has come may be dropped, which the planner lets it do with what it makes or is brought.
5. What it gives and takes becomes columns (`pool_columns`), and the whole is made smaller exactly (`small`): by its bounds alone
   (`tighten`), and by columns that follow from others, which are written as these (`substitute`).

Steps 1 to 4 are approximations. They are measured, not assumed: ``benchmarks/unity_error.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from lodestone.coordinate.block_nouns import Block, onset_of
from lodestone.coordinate.pool_columns import series_of, with_pool
from lodestone.coordinate.small import made_small
from lodestone.respond.held import Held, columns, cost_of, hold, rows, set_bounds, set_costs
from lodestone.respond.home import Home, home_use
from lodestone.respond.options import WEEKS_A_YEAR, Options, Rules, Terms
from lodestone.respond.outlook import Outlook, in_calm
from lodestone.respond.programme import programme
from lodestone.respond.slots import Slots, slots_of
from lodestone.respond.tree import paths

PRICED = 1e-7  # of a row's dual: less is none [million USD a unit]
TAKEN = 1e-4  # t, or t a year: less is none
CLOSED = 2  # times that what is taken is closed, to see what is taken instead
WORSE = 7.0  # times the loss at which plans are tried too: what pays where several share it
Cell = tuple[str, tuple[str, ...], int, dict[str, object]]  # of a variable or group: name, dims, place, labels
MOMENTS = ("slot", "node", "scenario")  # labels that a class of rows has all of
LIMIT, RESERVE, BALANCE = "limit of a lever", "reserve", "balance"  # groups of rows of the programme
COMMIT, FILLS, DRAWS, LEVEL, LOST, WORKING, THERE = (
    "commit",
    "fills",
    "draws",
    "reserve",
    "lost",
    "working",
    "there",
)  # its variables
OVER = ">"  # in the label of a node after a curb


def loaded(home: Home, options: Options, terms: Terms, seen: Outlook, rules: Rules | None = None) -> Trimmer:
    """The programme of one member, loaded and not yet trimmed.

    Parameters
    ----------
    home : Home
    options : Options
    terms : Terms
        Without weight on the tail.
    seen : Outlook
        As of `lodestone.coordinate.coarse.coarse_outlook`; of a block that is left whole, the planner's own.
    rules : Rules, optional

    Returns
    -------
    Trimmer
    """
    held = hold(programme(home, options, terms, rules or Rules())(seen.tree, seen.data))
    return Trimmer(held, home, slots_of(seen.tree, seen.data, home.exports["product"].values), seen)


@dataclass(frozen=True, eq=False)
class Tried:
    """Of trial plans: ``nothing`` (column), values with nothing done; ``priced``: classes of rows with a price in one of them; ``commits``: levers
    that one takes, and "lever|node" where (each lever may be taken wherever one is); ``bought``: products that one buys for stock."""

    nothing: np.ndarray
    priced: set[tuple[str, tuple[str, ...]]]
    commits: set[str]
    bought: frozenset[str]


class Trimmer:
    """Trims the programme of one member in a solver; see the module."""

    def __init__(self, held: Held, home: Home, slots: Slots, seen: Outlook) -> None:
        self.held, self.home, self.slots, self.seen = held, home, slots, seen
        lp = held.highs.getLp()
        self.cost, self.least, self.most = (np.array(one) for one in (lp.col_cost_, lp.col_lower_, lp.col_upper_))
        self.low, self.high = np.array(lp.row_lower_), np.array(lp.row_upper_)
        parts = (lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_)
        shape = (len(self.low), len(self.cost))
        wise = sp.csr_array if lp.a_matrix_.format_.name == "kRowwise" else sp.csc_array
        self.matrix = wise(parts, shape=shape).tocsr()
        opens = slots.opens.min(["product", "source"])
        self.hit = {str(one) for one in slots.name if float(opens.sel(slot=one)) < 1.0 - 1e-9}

    @cached_property
    def tried(self) -> Tried:
        """What some trial plans show."""
        self._buy_in_calm()
        nothing, _ = self._trial(commit=False, fills=False)
        priced, taken = self._trials()
        return Tried(nothing, priced, taken[COMMIT], frozenset(one for one in taken[FILLS] if "|" not in one))

    def block(self, stocks: Collection[str] | None = None, pooled: Collection[str] | None = None) -> Block:
        """The trimmed programme.

        Parameters
        ----------
        stocks : collection of str, optional
            Products that may be held; those that some trial plan of the member alone buys if not given. Of
            those it cannot hold nothing comes.
        pooled : collection of str, optional
            Products that may come from others' reserves; all that may be held at all if not given.

        Returns
        -------
        Block
        """
        tried = self.tried
        nothing, priced, commits = tried.nothing, tried.priced, tried.commits
        held = set(tried.bought if stocks is None else stocks)
        late = {one.partition("|")[2] for one in commits}
        fixed = np.isclose(self.least, self.most)
        value = np.where(fixed, self.least, nothing)
        high, most = self.high.copy(), self.most.copy()
        keep, ends = np.zeros(len(self.low), dtype=bool), self._ends()
        for name, labels, place, label in self._rows():
            still = "slot" in labels and str(label["slot"]) not in self.hit
            lever = name == LIMIT and str(label["scenario"]) in ends
            stock = name == RESERVE and str(label["stocked"]) in held
            keep[place] = (
                stock or (lever and str(label["lever"]) in commits)
                or (name not in (LIMIT, RESERVE) and not still and (name, labels_of(label)) in priced)
            )  # fmt: skip
            if name == BALANCE:
                high[place] = np.inf
        moves = np.ones(len(self.cost), dtype=bool)
        for name, labels, place, label in self._columns():
            at = str(label["slot"]) if "slot" in labels else ""
            if name == THERE:
                most[place] = np.inf
            if name in (COMMIT, FILLS, DRAWS, LEVEL):
                key = str(label["lever"] if name == COMMIT else label["stocked"])
                moves[place] = key in (commits if name == COMMIT else held)
                if name == COMMIT and not in_calm(str(label["node"])):
                    moves[place] &= str(label["node"]) in late
                if at in self.after and (name == LEVEL or self.slots.before[at] in self.after):
                    moves[place] = False
                if not moves[place]:
                    value[place] = 0.0
            elif at and at not in self.hit:
                moves[place] = False
                if name == WORKING and in_calm(at):
                    value[place] = self.most[place]  # full where nothing has happened
        moves &= ~fixed
        return made_small(self._cut(keep, moves, value, high, most, pooled))

    def whole(self) -> Block:
        """The programme with nothing trimmed but that nobody buys for stock once a curb has come, to hold a trimmed one against.

        The planner spreads what is bought in a node over its parts, so where a curb ends within a node it lets some of it be there
        before that.
        """
        self._buy_in_calm()
        every = np.ones(len(self.low), dtype=bool), np.ones(len(self.cost), dtype=bool)
        return self._cut(*every, np.zeros(len(self.cost)), self.high, self.most, whole=True)

    def _ends(self) -> set[str]:
        """The scenario without a curb, and of each onset and depth the one in which it lasts longest."""
        walks = paths(self.seen.tree)
        found: dict[str, tuple[int, str]] = {}
        for end, walk in zip(walks["scenario"].values, walks.transpose("scenario", "stage").values, strict=True):
            lasts = sum(OVER not in str(node) for node in walk)
            onset = onset_of(str(end))
            found[onset] = max(found.get(onset, (0, "")), (lasts, str(end)))
        return {end for _, end in found.values()}

    @cached_property
    def after(self) -> set[str]:
        """Slots in which a curb is over; of each walk the first is where what is left of the reserve is sold."""
        slots = self.slots
        return {
            name for name, node, age in zip(slots.name, slots.node, slots.age.values, strict=True)
            if age == 0.0 and not in_calm(node)
        }  # fmt: skip

    def _buy_in_calm(self) -> None:
        place = columns(self.held, FILLS)
        late = [one for one in place["node"].values.tolist() if not in_calm(str(one))]
        at = place.sel(node=late).values.ravel()
        at = at[at >= 0]
        self.most[at] = 0.0
        set_bounds(self.held, at, np.zeros(len(at)), np.zeros(len(at)))

    def _places(self, name: str) -> np.ndarray:
        at = columns(self.held, name).values.ravel()
        return at[at >= 0]

    def _trial(self, commit: bool, fills: bool, closed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Values and row duals of a plan that may commit or not, and buy for stock or not."""
        moved = np.concatenate([
            self._places(COMMIT) if not commit else np.empty(0, int), self._places(FILLS) if not fills else np.empty(0, int),
            np.empty(0, int) if closed is None else closed,
        ]).astype(int)  # fmt: skip
        set_bounds(self.held, moved, np.zeros(len(moved)), np.zeros(len(moved)))
        assert cost_of(self.held) is not None
        solution = self.held.highs.getSolution()
        found = np.array(solution.col_value), np.array(solution.row_dual)
        set_bounds(self.held, moved, self.least[moved], self.most[moved])
        return found

    def _trials(self) -> tuple[set[tuple[str, tuple[str, ...]]], dict[str, set[str]]]:
        """Classes of rows that bear a price in some trial plan, and what is committed to and bought in one."""
        duals, taken = [], {COMMIT: set[str](), FILLS: set[str]()}

        def note(found: tuple[np.ndarray, np.ndarray]) -> None:
            duals.append(np.abs(found[1]) > PRICED)
            for name, dim in ((COMMIT, "lever"), (FILLS, "stocked")):
                for _, _, place, label in _labelled(name, columns(self.held, name)):
                    if found[0][place] > TAKEN:
                        taken[name] |= {str(label[dim]), f"{label[dim]}|{label['node']}"}

        note(self._trial(False, False))
        note(self._trial(True, True))
        note(self._trial(True, False))
        note(self._trial(False, True))
        for _ in range(CLOSED):  # and once the best projects are gone
            best = {one for one in taken[COMMIT] if "|" not in one}
            place = columns(self.held, COMMIT).sel(lever=sorted(best)).values.ravel()
            note(self._trial(True, True, place[place >= 0]))
        dearer = self.cost.copy()
        dearer[self._places(LOST)] *= WORSE
        set_costs(self.held, dearer)
        note(self._trial(True, True))
        set_costs(self.held, self.cost)
        ever = np.any(duals, axis=0)
        return {(name, labels_of(label)) for name, _, place, label in self._rows() if ever[place]}, taken

    def _rows(self) -> Iterator[Cell]:
        for name in self.held.model.constraints:
            yield from _labelled(str(name), rows(self.held, str(name)))

    def _columns(self) -> Iterator[Cell]:
        for name in self.held.model.variables:
            yield from _labelled(str(name), columns(self.held, str(name)))

    def _cut(
        self,
        keep: np.ndarray,
        moves: np.ndarray,
        value: np.ndarray,
        high: np.ndarray,
        most: np.ndarray,
        pooled: Collection[str] | None = None,
        whole: bool = False,
    ) -> Block:
        """What is kept of rows and columns; what is fixed goes to the right-hand sides and the constant."""
        given = np.where(moves, 0.0, value)
        there = self.matrix @ given
        low, high = self.low - there, high - there
        use = home_use(self.home)
        weeks = dict(zip(self.slots.name, self.slots.weeks.values, strict=True))
        column_at, row_at = np.cumsum(moves) - 1, np.cumsum(keep) - 1
        apart = set(self.slots.name) - self.hit if whole else self.after  # where nobody gives
        comes = set(columns(self.held, DRAWS)["stocked"].values if pooled is None else pooled)
        draws, buys, projects, balances = {}, {}, {}, {}
        onset = np.full(len(moves), "", dtype=object)
        for name, labels, place, label in self._columns():
            node = str(label["slot"]).rpartition("/")[0] if "slot" in labels else str(label.get("node", ""))
            onset[place] = onset_of(node)
            if name == DRAWS and moves[place] and str(label["slot"]) not in apart:
                draws[str(label["stocked"]), str(label["slot"])] = int(column_at[place])
            elif name == FILLS and moves[place] and in_calm(node):
                buys[str(label["stocked"]), str(label["step"]), node] = int(column_at[place])
        for name, _, place, label in self._rows():
            if keep[place] and name == LIMIT:
                lever = str(label["lever"])
                projects[f"{lever}|{label['scenario']}"] = int(row_at[place])
            elif keep[place] and name == BALANCE and label["product"] in comes and label["slot"] not in apart:
                balances[str(label["product"]), str(label["slot"])] = int(row_at[place])
        sold = {
            (p, slot): np.inf if slot in self.hit else float(use.sel(product=p)) * weeks[slot] / WEEKS_A_YEAR for p, slot in draws
        }  # fmt: skip
        chance = {}
        reach: dict[str, float] = {}
        tree = self.seen.tree
        for node, parent, one in zip(tree.node, tree.parent, tree.conditional_probability, strict=True):
            reach[node] = one * (reach[parent] if parent else 1.0)
            if onset_of(node) and not onset_of(parent):
                chance[onset_of(node)] = reach[node]
        block = Block(
            self.home.economy, sp.csr_array(self.matrix[keep][:, moves]), low[keep], high[keep],
            self.least[moves], most[moves], self.cost[moves], float(self.cost @ given), onset[moves].astype(str),
            series_of(projects), series_of(buys), series_of({}), series_of({}), series_of({}), pd.Series(chance),
        )  # fmt: skip
        return with_pool(block, draws, balances, sold)


def labels_of(label: dict[str, object]) -> tuple[str, ...]:
    """What makes a row's class beside its name: its labels but the moment."""
    return tuple(str(value) for dim, value in label.items() if dim not in MOMENTS)


def _labelled(name: str, place: xr.DataArray) -> Iterator[Cell]:
    """Each cell in use of a variable or group: its name, dims, place in the solver and labels."""
    dims = tuple(str(dim) for dim in place.dims)
    labels = [place[dim].values.tolist() for dim in dims]
    for at, where in zip(place.values.ravel(), np.ndindex(*place.shape), strict=True):
        if at >= 0:
            yield name, dims, int(at), {d: of[k] for d, of, k in zip(dims, labels, where, strict=True)}
