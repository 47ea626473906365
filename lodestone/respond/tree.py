"""The scenario tree: where the world branches, and so what a decision may know.

A node is a moment at which everything on the way to it is known and nothing after it is. What is decided
at a node is decided once for all scenarios that pass through it, so a plan on the tree cannot use what it
has not seen. Three other trees of the same scenarios say what knowing is worth: `fan`, `perfect_information`
and `mean`. Their nodes look up their data in the tree as written (`state`, `at_nodes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import Fault, Faults, PlanError

TREE_COLUMNS = ("node", "parent", "stage", "conditional_probability")
TOLERANCE = 1e-9  # by which conditional probabilities may miss 1


@dataclass(frozen=True)
class ScenarioTree:
    """Nodes in order of stage, each after its parent.

    ``node``: unique labels. ``parent``: label of the node before, blank at stage 0. ``stage``: 0, 1, ...
    ``conditional_probability``: of a node given its parent; at stage 0 of the node itself. [fraction]
    ``state``: the label under which data of the node are looked up; ``node`` itself in a tree as written.
    More than one node of stage 0 means that part of the future is known before the first decision.
    """

    node: tuple[str, ...]
    parent: tuple[str, ...]
    stage: tuple[int, ...]
    conditional_probability: tuple[float, ...]
    state: tuple[str, ...]


def scenario_tree(table: pd.DataFrame, where: str = "scenario tree") -> ScenarioTree:
    """Check a table of nodes and make it a tree.

    Parameters
    ----------
    table : DataFrame
        `TREE_COLUMNS`, a row a node, in any order; ``parent`` blank at stage 0. Probabilities are fractions.
    where : str
        What the table is called in a fault.

    Returns
    -------
    ScenarioTree

    Raises
    ------
    Faults
        All at once, with their rows counted from 1: a label twice or blank, a parent that is not there, a
        stage that is not its parent's plus one, a cycle, a scenario that ends before the last stage, a
        probability outside 0 to 1, probabilities of the children of a node that do not sum to 1.

    Examples
    --------
    >>> rows = [("now", "", 0, 1.0), ("curb", "now", 1, 0.3), ("calm", "now", 1, 0.7)]
    >>> tree = scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))
    >>> leaves(tree)
    ('curb', 'calm')
    """
    if missing := [name for name in TREE_COLUMNS if name not in table]:
        raise PlanError(f"{where} has no column {', '.join(missing)}. Give {', '.join(TREE_COLUMNS)}.")
    rows = table.reset_index(drop=True).astype({"node": str, "stage": int, "conditional_probability": float})
    rows["parent"] = rows["parent"].fillna("").astype(str)
    if faults := [*_label_faults(rows, where), *_shape_faults(rows, where), *_probability_faults(rows, where)]:
        raise Faults(faults)
    rows = rows.sort_values("stage", kind="stable")
    node, parent, stage, probability = (tuple(rows[name].tolist()) for name in TREE_COLUMNS)
    return ScenarioTree(node, parent, stage, probability, node)


def probability(tree: ScenarioTree) -> xr.DataArray:
    """Probability of reaching each node: the product of the conditional ones on the way to it.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    DataArray, dims (node,)
        Sums to 1 over the nodes of a stage. [fraction]
    """
    reached: dict[str, float] = {}
    for node, parent, conditional in zip(tree.node, tree.parent, tree.conditional_probability, strict=True):
        reached[node] = conditional * (reached[parent] if parent else 1.0)
    return xr.DataArray(list(reached.values()), {"node": list(tree.node)}, ("node",))


def leaves(tree: ScenarioTree) -> tuple[str, ...]:
    """Nodes of the last stage: a scenario ends in each, and is named by it.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    tuple of str
    """
    last = max(tree.stage)
    return tuple(node for node, stage in zip(tree.node, tree.stage, strict=True) if stage == last)


def paths(tree: ScenarioTree) -> xr.DataArray:
    """The node at which each scenario stands at each stage.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    DataArray, dims (scenario, stage)
        Node labels; scenarios are named by their last node.
    """
    before = dict(zip(tree.node, tree.parent, strict=True))
    ends = leaves(tree)
    walks = [list(_back(end, before))[::-1] for end in ends]
    return xr.DataArray(walks, {"scenario": list(ends), "stage": range(max(tree.stage) + 1)}, ("scenario", "stage"))


def edges(tree: ScenarioTree) -> tuple[list[str], list[str]]:
    """Every node that has a parent, and that parent beside it.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    list of str, list of str
        What is carried from one stage to the next: ``stock.sel(node=before).assign_coords(node=later)``.
    """
    pairs = [(node, parent) for node, parent in zip(tree.node, tree.parent, strict=True) if parent]
    return [node for node, _ in pairs], [parent for _, parent in pairs]


def at_nodes(tree: ScenarioTree, values: xr.Dataset) -> xr.Dataset:
    """Data of a tree as written, set on the nodes of one derived from it.

    Parameters
    ----------
    tree : ScenarioTree
    values : Dataset
        Variables with the dimension ``node`` hold one entry for each state of ``tree``.

    Returns
    -------
    Dataset
        With ``node`` that of ``tree``; what has no such dimension is as it was.

    Raises
    ------
    PlanError
        If a state has no entry.
    """
    if "node" not in values.dims:
        return values
    if missing := sorted(set(tree.state) - set(values["node"].values.tolist())):
        raise PlanError(f"no values for node '{missing[0]}' of the scenario tree. Give one for each node.")
    return values.sel(node=list(tree.state)).assign_coords(node=list(tree.node))


def fan(tree: ScenarioTree) -> ScenarioTree:
    """Each scenario a branch of its own after stage 0: the first decision does not know which, all later ones do.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    ScenarioTree
        Stage 0 is kept; a later node is named "node|scenario".
    """
    return _split(tree, shared=1)


def perfect_information(tree: ScenarioTree) -> ScenarioTree:
    """Each scenario alone: every decision, the first included, knows how it ends.

    Parameters
    ----------
    tree : ScenarioTree

    Returns
    -------
    ScenarioTree
        As many nodes at each stage as there are scenarios, named "node|scenario".
    """
    return _split(tree, shared=0)


def mean(tree: ScenarioTree, values: xr.Dataset) -> tuple[ScenarioTree, xr.Dataset]:
    """One scenario whose values at each stage are the mean over the nodes of that stage.

    Parameters
    ----------
    tree : ScenarioTree
        With one node at stage 0, whose label is kept.
    values : Dataset
        By state of ``tree``, numbers.

    Returns
    -------
    ScenarioTree, Dataset
        The chain of mean stages, and its values with the dimension ``node``.

    Raises
    ------
    PlanError
        If stage 0 has several nodes, or a state has no values.
    """
    stage = np.array(tree.stage)
    if (stage == 0).sum() != 1:
        raise PlanError(f"the scenario tree starts in {(stage == 0).sum()} nodes, not one. Add the node they share.")
    stages = range(int(stage.max()) + 1)
    label = (tree.node[0], *(f"mean of stage {k}" for k in stages[1:]))
    chain = ScenarioTree(label, ("", *label[:-1]), tuple(stages), (1.0,) * len(label), label)
    by_node = at_nodes(tree, values)
    if "node" not in by_node.dims:
        return chain, by_node
    weight = probability(tree)
    means = [(by_node * weight).isel(node=stage == k).sum("node") for k in stages]
    moved = xr.concat(means, xr.DataArray(list(label), dims="node", name="node"))
    return chain, by_node.drop_dims("node").merge(moved[[name for name in by_node if "node" in by_node[name].dims]])


def _split(tree: ScenarioTree, shared: int) -> ScenarioTree:
    """Stages below ``shared`` as they are, then a copy of each node for every scenario through it."""
    walks, weight = paths(tree), probability(tree)
    kept = [k for k, stage in enumerate(tree.stage) if stage < shared]
    rows = [(tree.node[k], tree.parent[k], tree.stage[k], tree.conditional_probability[k], tree.state[k]) for k in kept]
    state = dict(zip(tree.node, tree.state, strict=True))
    for stage in range(shared, max(tree.stage) + 1):
        for end, node in zip(walks["scenario"].values.tolist(), walks.sel(stage=stage).values.tolist(), strict=True):
            before = str(walks.sel(scenario=end, stage=stage - 1).item()) if stage else ""
            whole = float(weight.sel(node=before)) if shared and stage == shared else 1.0
            branch = float(weight.sel(node=end)) / whole if stage == shared else 1.0
            parent = before if stage == shared else f"{before}|{end}"
            rows.append((f"{node}|{end}", parent if stage else "", stage, branch, state[node]))
    return ScenarioTree(*(tuple(column) for column in zip(*rows, strict=True)))


def _back(node: str, before: dict[str, str]) -> Iterator[str]:
    while node:
        yield node
        node = before[node]


def _label_faults(rows: pd.DataFrame, where: str) -> Iterator[Fault]:
    twice = rows["node"].duplicated(keep="first")
    for k, (node, again) in enumerate(zip(rows["node"], twice, strict=True), 1):
        if not node or again:
            what = f"label '{node}' stands on two rows" if node else "the node has no label"
            yield Fault(where, k, "node", what, "Give every node a label of its own")


def _shape_faults(rows: pd.DataFrame, where: str) -> Iterator[Fault]:
    stage = dict(zip(rows["node"], rows["stage"], strict=True))
    before = dict(zip(rows["node"], rows["parent"], strict=True))
    last, parents = rows["stage"].max(), set(rows["parent"])
    for k, row in enumerate(rows.itertuples(index=False), 1):
        if not row.parent:
            if row.stage != 0:
                yield Fault(where, k, "parent", f"'{row.node}' is at stage {row.stage} without a parent", "Name one")
        elif row.parent not in stage:
            yield Fault(where, k, "parent", f"parent '{row.parent}' is no node", "Name a node of the table")
        elif _returns(row.node, before):
            yield Fault(where, k, "parent", f"'{row.node}' comes before itself", "Break the cycle")
        elif row.stage != stage[row.parent] + 1:
            what = f"'{row.node}' is at stage {row.stage}, its parent at {stage[row.parent]}"
            yield Fault(where, k, "stage", what, "Give it the stage after its parent's")
        if row.node not in parents and row.stage != last:
            what = f"the scenario that ends in '{row.node}' stops at stage {row.stage} of {last}"
            yield Fault(where, k, "node", what, "Continue it to the last stage")


def _returns(node: str, before: dict[str, str]) -> bool:
    at = before[node]
    for _ in before:
        if at == node:
            return True
        at = before.get(at, "")
    return False


def _probability_faults(rows: pd.DataFrame, where: str) -> Iterator[Fault]:
    column = "conditional_probability"
    for k, (node, p) in enumerate(zip(rows["node"], rows[column], strict=True), 1):
        if not 0.0 <= p <= 1.0:
            yield Fault(where, k, column, f"probability of '{node}' is {p:g}", "Give a fraction from 0 to 1")
    for parent, members in rows.groupby("parent", sort=False):
        if not abs(total := float(members[column].sum()) - 1.0) <= TOLERANCE:
            after = f"after '{parent}'" if parent else "at stage 0"
            what = f"probabilities {after} sum to {total + 1.0:.6g}, not 1"
            yield Fault(where, int(members.index[0]) + 1, column, what, "Divide each by their sum")
