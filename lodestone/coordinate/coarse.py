"""A coarse outlook for the reduced form of the planner: few onsets, a curb in one part, and curbs that single one member out.

It is written by the planner's own `lodestone.respond.outlook.build_outlook` and then made smaller. The first onset stands for the
time around it; each later one, as in the planner's own tree, for the time from the one before's end to itself.
What is left of the error is measured in
``benchmarks/unity_error.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import GameError
from lodestone.respond.outlook import YEAR, Curb, Outlook, build_outlook, in_calm
from lodestone.respond.tree import TREE_COLUMNS, scenario_tree

STAGES = (26.0, 104.0, 78.0, 104.0, 156.0)  # weeks; nine years
ONSETS = (1, 2, 3, 4)
UNTIL = (1.0, 2.5, 4.0, 6.0)  # years from now: until when each onset stands for
ALONE = "alone "  # begins the name of a depth at which one member is singled out


def singled_out(member: str) -> str:
    """The name of the depth at which a member alone is hit.

    >>> singled_out("BOR")
    'alone BOR'
    """
    return ALONE + member


def with_selective(curb: Curb, member: str, members: Sequence[str], share: float) -> Curb:
    """A member's curb on the tree of all: the depths that hit everybody, and for each member one that hits it alone.

    Parameters
    ----------
    curb : Curb
        Of the member, with the depths that hit everybody.
    member : str
    members : sequence of str
        All of them, in the order in which their depths are named.
    share : float
        Of curbs that hit one member alone; each of them as likely as another. 0: no such depths. [0..1]

    Returns
    -------
    Curb
        Where the member alone is hit, the issuer's goods cross as on average over the other depths; suppliers
        elsewhere send what they did, for nothing is held back from them; what it buys where and holds is the mean too. Where another
        is, all is open.

    Raises
    ------
    GameError
        If the share is none.

    Examples
    --------
    >>> week = xr.DataArray(np.zeros((1, 1, 52)), {"level": ["deep"], "product": ["oxide"]}, ("level", "product", "week"))
    >>> both = with_selective(Curb(0.1, ("deep",), (1.0,), ((52.0, 1.0),), week, week), "BOR", ("BOR", "COR"), 0.5)
    >>> both.level, both.weight, both.crosses.max("week").values.ravel().tolist()
    (('deep', 'alone BOR', 'alone COR'), (0.5, 0.25, 0.25), [0.0, 0.0, 1.0])
    """
    if not 0.0 <= share < 1.0:
        raise GameError(f"{share:g} of curbs hit one member alone: that is no share. Give 0 to below 1.")
    if share == 0.0:
        return curb
    names = [singled_out(one) for one in members]
    weight = xr.DataArray(np.array(curb.weight), {"level": list(curb.level)}, ("level",))

    def grown(table: xr.DataArray, own: xr.DataArray) -> xr.DataArray:
        open_ = xr.ones_like(own)
        more = [(own if one == member else open_).expand_dims(level=[singled_out(one)]) for one in members]
        return xr.concat([table, *more], "level", join="exact").transpose(*table.dims)

    def averaged(table: xr.DataArray | None) -> xr.DataArray | None:
        return None if table is None else grown(table, (table * weight).sum("level"))

    mean = (curb.crosses * weight).sum("level")
    return dataclasses.replace(
        curb,
        level=(*curb.level, *names),
        weight=(*(w * (1.0 - share) for w in curb.weight), *(share / len(names),) * len(names)),
        crosses=grown(curb.crosses, mean),
        elsewhere=grown(curb.elsewhere, xr.ones_like(mean)),
        feeds=None if curb.feeds is None else grown(curb.feeds, xr.ones_like(curb.feeds.isel(level=0, drop=True))),
        mix=averaged(curb.mix),
        cover=averaged(curb.cover),
    )


def coarse_outlook(
    curb: Curb,
    stages: Sequence[float] = STAGES,
    onsets: Sequence[int] = ONSETS,
    until: Sequence[float] | None = UNTIL,
) -> Outlook:
    """A small tree of a curb: few stages, the parts of a node in which it is in force as one.

    Parameters
    ----------
    curb : Curb
    stages : sequence of float
        Weeks of each stage.
    onsets : sequence of int
        Stages at whose start a curb may begin.
    until : sequence of float, optional
        Years from now until when each onset stands for; the first stands for the time from now on. None: each for the time since
        the one before, as in the planner's own tree.

    Returns
    -------
    Outlook
    """
    return _joined(_timed(build_outlook(curb, stages, onsets), curb, onsets, until))


def _timed(seen: Outlook, curb: Curb, onsets: Sequence[int], until: Sequence[float] | None) -> Outlook:
    """The same tree with the probability of each onset that of the span it stands for."""
    if until is None:
        return seen
    tree, chance = seen.tree, list(seen.tree.conditional_probability)
    spans = dict(zip(onsets, np.diff([0.0, *until]), strict=True))
    weight = dict(zip(curb.level, curb.weight, strict=True))
    for place, (node, parent, stage) in enumerate(zip(tree.node, tree.parent, tree.stage, strict=True)):
        if stage in spans and in_calm(parent):
            calm = (1.0 - curb.yearly) ** float(spans[stage])
            chance[place] = calm if in_calm(node) else (1.0 - calm) * weight[node.partition(":")[2]]
    rows = pd.DataFrame(list(zip(tree.node, tree.parent, tree.stage, chance, strict=True)), columns=TREE_COLUMNS)
    return Outlook(scenario_tree(rows), seen.data)


def _joined(seen: Outlook) -> Outlook:
    """The parts of each node in which a curb is in force as one, with means by their weeks."""
    data = seen.data
    weeks, age = (data[name].transpose("node", "part").values.copy() for name in ("weeks", "age"))
    dims = {"opens": ("node", "part", "product", "source"), "feeds": ("node", "part", "lever")}
    shares = {name: data[name].transpose(*of).values.copy() for name, of in dims.items()}
    for node in range(len(weeks)):
        parts = np.flatnonzero((weeks[node] > 0.0) & (age[node] > 0.0))
        if len(parts) < 2:
            continue
        part, long = parts[-1], weeks[node, parts]
        for table in shares.values():
            table[node, part] = np.tensordot(long, table[node, parts], 1) / long.sum()
        age[node, part] = long @ age[node, parts] / long.sum()
        weeks[node, parts], weeks[node, part] = 0.0, long.sum()
    named = {name: (dims[name], table) for name, table in shares.items()}
    return Outlook(seen.tree, data.assign(weeks=(("node", "part"), weeks), age=(("node", "part"), age)).assign(named))


def years_of(seen: Outlook) -> float:
    """Years from now to the horizon of an outlook."""
    return float((seen.data["begins"] + seen.data["weeks"].sum("part") / YEAR).max())
