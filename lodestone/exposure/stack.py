"""All draws of a network's intake graph at once: one factorisation a draw answers every question of a demand.

`lodestone.exposure.look_through` answers one question of one graph and stays the plain version. Here the
graphs of the point and of every draw stand on top of each other as dense matrices over the states a
demand can reach, and the fundamental matrix N = (I - Q)^-1 of each is solved once. The probability of
meeting a set B on the way back from state u is N_uB N_BB^-1 1: the first entry into B times the
certainty of having been there, which stays a share where scrap makes loops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import BalanceError
from lodestone.exposure.graph import Flows, GraphBuilder, flows_of

BLOCK = 16  # members solved together: a few tens of megabytes
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Followed:
    """What a demand meets on its way back to the mines, the point first and then every draw.

    ``met``: name of a set of states -> share that passes it at least once (member,). ``origin``
    (member, economy): share by mining economy, NaN where nothing is taken. ``total`` (member,): what
    is taken. [fraction; t contained element a year]
    """

    met: dict[str, np.ndarray]
    origin: pd.DataFrame
    total: np.ndarray


def walk_back(
    intake: np.ndarray, share: np.ndarray, sets: Mapping[str, np.ndarray], ends: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What an intake meets on its way back to the mines, for many graphs of the same states.

    Parameters
    ----------
    intake : array (member, state, state)
        Share of a state's intake drawn from another; rows sum to 1, rows of mines are zero. [fraction]
    share : array (member, state)
        What is drawn from each state; sums to 1.
    sets : name -> array of bool (state)
    ends : array of bool (state, origin)
        Which origin a mine belongs to.

    Returns
    -------
    met : name -> array (member,)
        Share that passes the set at least once. [fraction]
    origin : array (member, origin)
        Share by where it was mined. [fraction]

    Raises
    ------
    numpy.linalg.LinAlgError
        If a loop draws from no mine.

    Examples
    --------
    State 0 draws from a maker (1) and a mine (2); the maker draws from mine 3:

    >>> intake = np.array([[[0, 0.6, 0.4, 0], [0, 0, 0, 1.0], [0, 0, 0, 0], [0, 0, 0, 0]]])
    >>> share, maker = np.array([[1.0, 0, 0, 0]]), np.array([False, True, False, False])
    >>> met, origin = walk_back(intake, share, {"maker": maker}, np.eye(4, dtype=bool)[:, 2:])
    >>> met["maker"].tolist(), origin.tolist()
    ([0.6], [[0.4, 0.6]])
    """
    members, size = share.shape
    groups = {name: np.flatnonzero(mask) for name, mask in sets.items()}
    wanted = np.unique(np.concatenate([*groups.values(), np.empty(0, int)])).astype(int)
    right = np.zeros((members, size, len(wanted) + ends.shape[1]))
    right[:, wanted, np.arange(len(wanted))] = 1.0
    right[:, :, len(wanted) :] = (intake.sum(axis=2) == 0)[:, :, None] & ends
    found = np.linalg.solve(np.eye(size) - intake, right)
    visits = np.einsum("ms,mst->mt", share, found)
    met = {}
    for name, places in groups.items():
        local = np.searchsorted(wanted, places)
        met[name] = _hits(found[:, places][:, :, local], visits[:, local])
    return met, visits[:, len(wanted) :]


class Stack:
    """A network and its draws laid out for many questions.

    Parameters
    ----------
    network : Network
    draws : NetworkDraws or None
        None gives the point alone.
    """

    def __init__(self, network: Network, draws: NetworkDraws | None) -> None:
        self.network = network
        self.builder = GraphBuilder(network)
        point = flows_of(network)
        points = {
            name: getattr(point, name) for name in ("trade", "activity", "input_coefficient", "output_coefficient")
        }
        points["stock_change"] = network.stock_change["change"].to_numpy(float)
        self.flows = {
            name: np.concatenate([one[None, :], *([getattr(draws, name)] if draws is not None else [])])
            for name, one in points.items()
        }
        self.size = len(self.flows["trade"])
        b = self.builder
        trade_by_store = pd.DataFrame({"store": b.trade_store, "trade": np.arange(len(b.trade_store))})
        rows_in = pd.DataFrame({"node": b.in_node, "store": b.in_store, "in": np.arange(len(b.in_node))})
        rows_out = pd.DataFrame({"node": b.out_node, "pool": b.out_pool, "out": np.arange(len(b.out_node))})
        ways = rows_out.merge(rows_in[rows_in["store"] >= 0], on="node").merge(trade_by_store, on="store")
        self._ways = {name: ways[name].to_numpy() for name in ("out", "in", "trade", "pool")}
        self._ways["from"] = b.trade_pool[self._ways["trade"]]
        self._arrived = _summed(self.flows["trade"], b.trade_store, len(b.stores))
        self._stage = network.products.set_index("product")["stage"].loc[network.trade["product"]].to_numpy()
        self._destination = network.trade["destination"].to_numpy()

    def member(self, place: int) -> Flows:
        """The flows of one member, for the plain version."""
        return Flows(**{name: self.flows[name][place] for name in self.flows if name != "stock_change"})

    def held(self, elements: Sequence[str]) -> pd.Series:
        """Mass of some elements in a tonne of each product."""
        return self.network.composition.sel(element=list(elements)).sum("element").to_series()

    def demand(self, economy: str, stage: str, elements: Sequence[str]) -> np.ndarray:
        """Mass an economy's stores of one stage's products take from each pool.

        Returns
        -------
        array (member, pool)
            [t contained element a year]
        """
        keep = (self._destination == economy) & (self._stage == stage)
        weight = self.held(elements).loc[self.network.trade["product"][keep]].to_numpy()
        return _summed(self.flows["trade"][:, keep] * weight, self.builder.trade_pool[keep], len(self.builder.pools))

    def follow(self, demand: np.ndarray, elements: Sequence[str], sets: Mapping[str, np.ndarray]) -> Followed:
        """Follow a demand back to the mines in every member.

        Parameters
        ----------
        demand : array (member, pool)
            From `demand`.
        elements : labels counted together, by mass
        sets : name -> array of bool (pool)
            States to be met, e.g. all pools of an economy.

        Returns
        -------
        Followed

        Raises
        ------
        BalanceError
            If intake shares do not sum to 1, or a loop draws from no mine.
        """
        total = demand.sum(axis=1)
        share = demand / np.where(total > 0, total, np.nan)[:, None]
        economies = self.builder.states["economy"].to_numpy()
        met = {name: np.full(self.size, np.nan) for name in sets}
        labels, code = np.unique(economies, return_inverse=True)
        origin = np.full((self.size, len(labels)), np.nan)
        way, weight = self._weights(elements)
        states = _reached((total[:, None] > 0) & (demand > 0), self._ways["pool"][way], self._ways["from"][way])
        place = np.full(len(economies), -1)
        place[states] = np.arange(len(states))
        inside = place[self._ways["pool"][way]] >= 0
        row, column = place[self._ways["pool"][way][inside]], place[self._ways["from"][way][inside]]
        weight = weight[:, inside]
        held = {name: mask[states] for name, mask in sets.items()}
        ends = code[states][:, None] == np.arange(len(labels))
        taking = np.flatnonzero(total > 0)
        with threadpool_limits(limits=1, user_api="blas"):  # small systems: two threads only wait for each other
            for start in range(0, len(taking), BLOCK):
                block = taking[start : start + BLOCK]
                intake = self._intake(block, weight[block], row * len(states) + column, len(states), elements)
                try:
                    passed, origin[block] = walk_back(intake, share[block][:, states], held, ends)
                except np.linalg.LinAlgError:
                    self._explain(int(block[0]), elements)
                self._refuse_leaks(block, origin[block], elements)
                for name, values in passed.items():
                    met[name][block] = values
        return Followed(met, pd.DataFrame(origin, columns=labels), total)

    def _weights(self, elements: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The ways (output row, input row, trade row) that carry any of the elements, and their share by member."""
        network, b, flows, held = self.network, self.builder, self.flows, self.held(elements)
        in_mass = held.loc[network.inputs["product"]].to_numpy() * flows["input_coefficient"]
        in_mass = np.where(b.in_store >= 0, in_mass * flows["activity"][:, b.in_node], 0.0)
        out_mass = held.loc[network.outputs["product"]].to_numpy() * flows["output_coefficient"]
        out_mass = out_mass * flows["activity"][:, b.out_node]
        taken = _over(in_mass, _summed(in_mass, b.in_node, len(network.nodes))[:, b.in_node])
        made = _over(out_mass, _summed(out_mass, b.out_pool, len(b.pools))[:, b.out_pool])
        supplied = _over(flows["trade"], self._arrived[:, b.trade_store])
        used = [np.asarray(array.any(axis=0)) for array in (made, taken, supplied)]
        way = np.flatnonzero(used[0][self._ways["out"]] & used[1][self._ways["in"]] & used[2][self._ways["trade"]])
        weight = made[:, self._ways["out"][way]] * taken[:, self._ways["in"][way]]
        return way, weight * supplied[:, self._ways["trade"][way]]

    def _intake(
        self, block: np.ndarray, weight: np.ndarray, cell: np.ndarray, size: int, elements: Sequence[str]
    ) -> np.ndarray:
        """Dense intake of some members; rows sum to 1 outside mines."""
        intake = np.stack([np.bincount(cell, weights=one, minlength=size * size) for one in weight])
        intake = intake.reshape(len(block), size, size)
        drawn = intake.sum(axis=2)
        if (np.abs(drawn[drawn > 0] - 1.0) > TOLERANCE).any():
            self._explain(int(block[np.argmax((np.abs(drawn - 1.0) * (drawn > 0)).max(axis=1))]), elements)
        return intake

    def _refuse_leaks(self, block: np.ndarray, origin: np.ndarray, elements: Sequence[str]) -> None:
        off = ~(np.abs(origin.sum(axis=1) - 1.0) < TOLERANCE)
        if off.any():
            self._explain(int(block[np.argmax(off)]), elements)

    def _explain(self, member: int, elements: Sequence[str]) -> NoReturn:
        """The plain version names the state that is wrong."""
        from lodestone.exposure.look_through import mined_at  # its solvers are loaded for nothing otherwise

        graph = self.builder.graph(self.member(member), list(elements))
        mined_at(graph.intake, np.zeros(len(graph.states)))
        raise BalanceError(f"member {member} cannot be followed back to its mines. Check that its draws balance.")


def _hits(between: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """Probability of meeting a set, from visits to its states and visits between them: v N_BB^-1 1."""
    if between.shape[1] == 0:
        return np.zeros(len(visits))
    ones = np.ones((*between.shape[:2], 1))
    return np.asarray(np.einsum("mb,mb->m", visits, np.linalg.solve(between, ones)[:, :, 0]))


def _summed(values: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """Sum of columns by place: (member, row) to (member, place)."""
    order = np.argsort(place, kind="stable")
    groups, start = np.unique(place[order], return_index=True)
    found = np.zeros((len(values), size))
    if len(groups):
        found[:, groups] = np.add.reduceat(values[:, order], start, axis=1)
    return found


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _reached(first: np.ndarray, to: np.ndarray, source: np.ndarray) -> np.ndarray:
    """States a demand can draw from in some member, in order."""
    seen = np.asarray(first.any(axis=0))
    while True:
        more = seen.copy()
        more[source[seen[to]]] = True
        if (more == seen).all():
            return np.flatnonzero(seen)
        seen = more
