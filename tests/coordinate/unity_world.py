"""Small worlds in which coalitions act: two by hand, one written by the planner for the two economies of `tests.world` that use."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from lodestone.coordinate.block import loaded
from lodestone.coordinate.block_nouns import Block
from lodestone.coordinate.coarse import coarse_outlook, with_selective
from lodestone.coordinate.stack import stack_of
from lodestone.coordinate.unity import Table, set_table
from lodestone.respond.home import Home, home_of, supply_elsewhere
from lodestone.respond.options import Options, Terms
from lodestone.respond.outlook import Curb, Outlook
from tests.world import small_network

DEEP, ALONE_A = "1:1:deep/4", "1:1:alone A/4"  # slots in which all are hit, and A alone


def series(found: dict[Any, int]) -> pd.Series:
    return pd.Series(list(found.values()), index=pd.Index(list(found), tupleize_cols=False), dtype=int)


def buyer(member: str, need: float, loss: float) -> Block:
    """One who loses ``loss`` a tonne of ``need`` that a mine at 1 a tonne does not bring. Columns: committed to, missing."""
    return Block(
        member, sp.csr_array(np.array([[1.0, 0.0], [1.0, 1.0]])), np.array([-np.inf, need]), np.array([np.inf, np.inf]),
        np.zeros(2), np.full(2, np.inf), np.array([1.0, loss]), 0.0, np.array(["", "1:deep"]), series({"mine|calm": 0}),
        series({}), series({}), series({}), series({}), pd.Series({"1:deep": 1.0}),
    )  # fmt: skip


def holder(member: str, need: float, loss: float, price: float, most: float, slot: str = DEEP) -> Block:
    """One who may buy ore at ``price`` and draw it in a curb. Columns: bought, drawn, what comes, missing."""
    rows = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, -1.0, 0.0]])
    key, onset = ("ore", slot), slot.partition(":")[2].partition("/")[0]
    return Block(
        member, sp.csr_array(rows), np.array([0.0, need, 0.0]), np.array([np.inf, np.inf, 0.0]), np.zeros(4),
        np.array([most, np.inf, np.inf, np.inf]), np.array([price, 0.0, 0.0, loss]), 0.0, np.array(["", onset, onset, onset]), series({}),
        series({("ore", "step", "0"): 0}), series({key: 1}), series({key: 2}), series({key: 2}), pd.Series({onset: 1.0}),
    )  # fmt: skip


def miners(rank: tuple[float, float] = (1.0, 2.0)) -> Table:
    """A needs 8 and loses 10 a tonne, B needs 10 and loses 4; the mine brings 12. B acts first unless told otherwise."""
    return set_table(stack_of([buyer("A", 8.0, 10.0), buyer("B", 10.0, 4.0)], {"mine": 12.0}), np.array(rank))


def holders(slot: str = DEEP) -> Table:
    """Ore costs A 2 and B 1.5. A loses 1 a tonne of 5, B 10; 6 can be bought in all, and B can buy 1 alone."""
    blocks = [holder("A", 5.0, 1.0, 2.0, 6.0, slot), holder("B", 5.0, 10.0, 1.5, 1.0, slot)]
    return set_table(stack_of(blocks, {}), np.array([2.0, 1.0]))


MEMBERS = ("BOR", "COR")
STAGES, ONSETS, UNTIL = (13.0, 39.0, 104.0), (1, 2), (0.5, 2.0)
CUT = {"oxide_light": 0.3, "oxide_heavy": 0.3, "magnet": 0.3}


def planned(
    economy: str, share: float = 0.3, members: tuple[str, ...] = MEMBERS
) -> tuple[Home, Options, Terms, Outlook]:
    """What the planner writes a member's programme from: a plant elsewhere brings magnets, magnets can be held."""
    network = small_network()
    home = home_of(network, economy, "ALB")
    products = network.products["product"].tolist()
    coords = {"level": ["deep"], "product": products, "week": range(52)}
    tables = [
        xr.DataArray(np.tile(np.array(one)[None, :, None], (1, 1, 52)), coords, tuple(coords))
        for one in ([CUT.get(p, 1.0) for p in products], supply_elsewhere(network, economy, "ALB", CUT).to_numpy())
    ]
    curb = Curb(0.5, ("deep",), (1.0,), ((26.0, 0.5), (52.0, 0.5)), *tables)
    own = home.exports["product"].values
    levers = pd.DataFrame(
        [("plant", 8.0, 0.05, 30.0, 0.25, 0.25, 20.0, True)],
        columns=["lever", "most", "capex", "premium", "lead", "ramp", "life", "public"],
    ).set_index("lever")
    stocked = xr.DataArray([200.0], {"stocked": ["magnet"]}, ("stocked",))
    step = {"step": ["usual", "fast"]}
    options = Options(
        levers, xr.DataArray((own == "magnet").astype(float)[None, :], {"lever": ["plant"], "product": own}, ("lever", "product")),
        (), stocked, xr.full_like(stocked, 1e3), xr.full_like(stocked, 0.98), xr.full_like(stocked, 0.03),
        xr.DataArray([0.1, 0.1], step, ("step",)), xr.DataArray([0.1, 0.5], step, ("step",)),
    )  # fmt: skip
    worth = xr.DataArray([90.0, 10.0] if economy == "BOR" else [20.0, 5.0], {"use": home.needs["use"].values}, ("use",))
    terms = Terms(worth, 2.0, xr.zeros_like(worth), 0.0, xr.zeros_like(home.exports), 0.03, 0.5, 0.5)
    return home, options, terms, coarse_outlook(with_selective(curb, economy, members, share), STAGES, ONSETS, UNTIL)


@cache
def written(economy: str, share: float, members: tuple[str, ...]) -> Block:
    """A member's programme, written and trimmed once."""
    return loaded(*planned(economy, share, members)).block()


def planners(order: tuple[str, ...] = MEMBERS, share: float = 0.3) -> Table:
    """The two economies of the small world, BOR with more at stake."""
    blocks = [written(one, share, order) for one in order]
    return set_table(stack_of(blocks, {"plant": 8.0}), np.array([2.0 if one == "BOR" else 1.0 for one in order]))
