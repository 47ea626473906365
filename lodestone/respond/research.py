"""What a research programme is worth: the plan on a tree that branches on its success, beside the plan without it.

Whether a programme succeeds shows once, at the start of a stage, and says nothing of curbs. From then on what it found can
be committed to where it succeeded and nowhere else. What the plan costs less is its worth; it grows with the probability of
success, faster the likelier that is, so the probability from which it pays its cost is one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.errors import PlanError, SolverError
from lodestone.respond.break_even import costs_at
from lodestone.respond.held import cost_of, hold, set_costs
from lodestone.respond.outlook import Outlook
from lodestone.respond.programme import Build
from lodestone.respond.tree import TREE_COLUMNS, scenario_tree

FOUND = "!"  # ends the label of a node at which a programme has succeeded
SURE = 1.0 - 1e-9
NEAR = 0.005  # to which a break-even probability is searched


@dataclass(frozen=True)
class Research:
    """A programme of research. ``years``: from now until its success shows. ``success``, ``cost`` [million USD of 2024], ``worth``
    [the same, expected and discounted, before the cost]: low, central, high; worth is that at the three probabilities.
    ``sure``: its worth if it could not fail. ``pays_from``: probability of success from which it is worth its central cost, None
    where it never is."""

    lever: str
    years: float
    success: tuple[float, float, float]
    cost: tuple[float, float, float]
    worth: tuple[float, float, float]
    sure: float
    pays_from: float | None


def branched(outlook: Outlook, stage: int, success: float) -> Outlook:
    """An outlook whose nodes from a stage on know whether a programme has succeeded.

    Parameters
    ----------
    outlook : Outlook
    stage : int
        At whose start it shows; after now and no later than the last.
    success : float
        Its probability. (0..1)

    Returns
    -------
    Outlook
        Nodes at which it succeeded end in `FOUND`; the data have ``succeeds`` (node).

    Raises
    ------
    PlanError
        If the stage or the probability is none.

    Examples
    --------
    >>> import xarray as xr
    >>> from lodestone.respond.outlook import Curb, build_outlook
    >>> week = xr.DataArray(np.zeros((1, 1, 52)), {"level": ["total"], "product": ["oxide"]}, ("level", "product", "week"))
    >>> seen = build_outlook(Curb(0.5, ("total",), (1.0,), ((26.0, 0.5), (52.0, 0.5)), week, week), (13.0,) * 3, (1,))
    >>> branched(seen, 2, 0.3).tree.node
    ('0', '1', '1:total', '2', '2!', '2:1:total', '2:1:total!')
    """
    tree = outlook.tree
    if not 1 <= stage <= max(tree.stage):
        raise PlanError(f"stage {stage} is not one from 1 to {max(tree.stage)} of the tree.")
    if not 0.0 < success < 1.0:
        raise PlanError(f"a probability of success of {success:g} is no branch. Give a number between 0 and 1.")
    rows, of = list[tuple[str, str, int, float]](), list[str]()
    for node, parent, at, chance in zip(tree.node, tree.parent, tree.stage, tree.conditional_probability, strict=True):
        if at < stage:
            rows.append((node, parent, at, chance))
            of.append(node)
            continue
        for end, share in (("", 1.0 - success), (FOUND, success)):
            before = parent + end if at > stage else parent
            rows.append((node + end, before, at, chance if at > stage else chance * share))
            of.append(node)
    grown = scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))
    state = dict(zip((label for label, *_ in rows), of, strict=True))
    data = outlook.data.sel(node=[state[node] for node in grown.node]).assign_coords(node=list(grown.node))
    found = np.array([node.endswith(FOUND) for node in grown.node], float)
    return Outlook(grown, data.assign(succeeds=("node", found)))


def find_research(
    lever: str,
    years: float,
    success: Sequence[float],
    cost: Sequence[float],
    build: Build,
    outlook: Outlook,
    without: float,
    time_limit: float | None = None,
) -> Research | None:
    """What one programme is worth beside a plan.

    Parameters
    ----------
    lever : str
        Its name.
    years : float
        From now until its success shows.
    success, cost : sequence of float
        Low, central, high; fractions, and million USD of 2024.
    build : function of (ScenarioTree, Dataset)
        Writes the programme with what the research would find among its levers, that with a capital of zero.
    outlook : Outlook
        Of the plan.
    without : float
        Objective of the plan, million USD of 2024.
    time_limit : float, optional
        Seconds for each solve.

    Returns
    -------
    Research or None
        None where success would show past the last stage.

    Raises
    ------
    SolverError
        If no plan is found in time.
    """
    begins = outlook.data["begins"].values
    later = [k for k in range(1, max(outlook.tree.stage) + 1) if begins[outlook.tree.stage.index(k)] >= years - 1e-9]
    if not later:
        return None
    seen = branched(outlook, later[0], success[1])
    held = hold(build(seen.tree, seen.data))
    as_written = np.array(held.highs.getLp().col_cost_)

    def gains(chance: float) -> float:
        other = branched(outlook, later[0], min(max(chance, 1.0 - SURE), SURE))
        set_costs(held, costs_at(held, as_written, seen.tree, other.tree))
        with_it = cost_of(held, time_limit)
        if with_it is None:
            raise SolverError(f"the plan with {lever} was not found. Give it more time.")
        return max(without - with_it, 0.0)

    a, b, c = (gains(chance) for chance in success)
    sure = gains(1.0)
    low, high = 0.0, 1.0
    while sure >= cost[1] and high - low > NEAR:
        middle = (low + high) / 2.0
        low, high = (low, middle) if gains(middle) >= cost[1] else (middle, high)
    return Research(
        lever, float(begins[outlook.tree.stage.index(later[0])]), (success[0], success[1], success[2]),
        (cost[0], cost[1], cost[2]), (a, b, c), sure, high if sure >= cost[1] else None,
    )  # fmt: skip
