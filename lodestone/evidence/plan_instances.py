"""Published programmes under uncertainty, written with the functions a plan is written with.

Each reads its data from a folder of ``data/checks`` and gives a tree, the data at its nodes and a programme as
`lodestone.respond.worth` wants it. All minimise; a published profit is a cost below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
import yaml

from lodestone.respond.benders import TwoStage
from lodestone.respond.risk import add_conditional_value_at_risk, add_nested
from lodestone.respond.solve import new_model
from lodestone.respond.tree import TREE_COLUMNS, ScenarioTree, edges, leaves, paths, probability, scenario_tree

if TYPE_CHECKING:
    from linopy import LinearExpression, Model

Objective = Callable[["Model", "LinearExpression", "LinearExpression", ScenarioTree], "LinearExpression"]
ROOT = "now"


def on_average(
    model: Model, expected: LinearExpression, losses: LinearExpression, tree: ScenarioTree
) -> LinearExpression:
    """The objective that looks at expected cost alone.

    Parameters
    ----------
    model : linopy.Model
    expected : LinearExpression
        Cost weighted by probability.
    losses : LinearExpression, dims (scenario,)
        Cost of each scenario.
    tree : ScenarioTree

    Returns
    -------
    LinearExpression
    """
    return expected


def tail_mean(model: Model, losses: LinearExpression, tree: ScenarioTree, level: float) -> LinearExpression:
    """The conditional value at risk of the scenarios of a tree.

    Parameters
    ----------
    model : linopy.Model
    losses : LinearExpression, dims (scenario,)
    tree : ScenarioTree
    level : float

    Returns
    -------
    LinearExpression
    """
    chance = probability(tree).sel(node=list(leaves(tree))).rename(node="scenario")
    return add_conditional_value_at_risk(model, losses, chance, level)


def farmer_data(folder: Path) -> tuple[ScenarioTree, xr.Dataset, pd.DataFrame]:
    """Years that may come, the yield of each crop in them, and the table of crops.

    Parameters
    ----------
    folder : Path
        ``data/checks/farmer``.

    Returns
    -------
    ScenarioTree, Dataset (yield by node and crop), DataFrame (by crop)
    """
    crops = pd.read_csv(folder / "crops.csv", index_col="crop")
    yields = pd.read_csv(folder / "yields.csv", index_col="year")[list(crops.index)]
    tree = _two_stages(list(yields.index))
    table = np.vstack([np.zeros(len(crops)), yields.to_numpy(float)])
    values = xr.DataArray(table, {"node": list(tree.node), "crop": list(crops.index)}, ("node", "crop"))
    return tree, xr.Dataset({"yield": values}), crops


def farmer(crops: pd.DataFrame, acres: float, objective: Objective = on_average) -> Callable[..., Model]:
    """Land is shared out before the year is known; what lacks is bought, what is left is sold.

    Parameters
    ----------
    crops : DataFrame
    acres : float
    objective : Objective

    Returns
    -------
    function of (ScenarioTree, Dataset) to linopy.Model
    """
    column = {name: xr.DataArray(crops[name].to_numpy(float), {"crop": list(crops.index)}, ("crop",)) for name in crops}
    never = column["buy_price"].isnull()

    def build(tree: ScenarioTree, values: xr.Dataset) -> Model:
        model, ends, weight = new_model(), list(leaves(tree)), probability(tree)
        starts = paths(tree).sel(stage=0).values.tolist()
        cell = {"node": ends, "crop": list(crops.index)}
        land = model.add_variables(lower=0, coords=cell | {"node": sorted(set(starts))}, name="acres")
        most = xr.where(never, 0.0, np.inf).expand_dims(node=ends)
        bought = model.add_variables(lower=0, upper=most, name="bought")
        sold = model.add_variables(
            lower=0, upper=column["sell_limit"].fillna(np.inf).expand_dims(node=ends), name="sold"
        )
        more = xr.where(column["price_above"].isnull(), 0.0, np.inf).expand_dims(node=ends)
        above = model.add_variables(lower=0, upper=more, name="sold above the limit")
        model.add_constraints(land.sum("crop") <= acres, name="land")
        planted = land.sel(node=starts).assign_coords(node=ends)
        kept = values["yield"].sel(node=ends) * planted + bought - sold - above
        model.add_constraints(kept >= column["requirement"], name="requirement")
        trade = (
            column["buy_price"].fillna(0.0) * bought
            - column["sell_price"] * sold
            - column["price_above"].fillna(0.0) * above
        )
        losses = ((column["plant_cost"] * planted) + trade).sum("crop").rename(node="scenario")
        expected = (weight.sel(node=ends).rename(node="scenario") * losses).sum()
        model.add_objective(objective(model, expected, losses, tree))
        return model

    return build


def farmer_arrays(crops: pd.DataFrame, values: xr.Dataset, tree: ScenarioTree, acres: float) -> TwoStage:
    """The farmer in the letters of a two-stage programme, a slack for every row of the second stage.

    Parameters
    ----------
    crops : DataFrame
    values : Dataset
    tree : ScenarioTree
    acres : float

    Returns
    -------
    TwoStage
    """
    size, ends = len(crops), list(leaves(tree))
    buys = np.flatnonzero(crops["buy_price"].notna())
    limited = np.flatnonzero(crops["sell_limit"].notna())
    own, eye = np.zeros((size, 0)), np.eye(size)
    kept = np.hstack([own, eye[:, buys], -eye, -eye[:, limited], -eye])
    capped = np.zeros((len(limited), kept.shape[1] + len(limited)))
    capped[np.arange(len(limited)), len(buys) + limited] = 1.0
    capped[:, kept.shape[1] :] = np.eye(len(limited))
    recourse = np.vstack([np.hstack([kept, np.zeros((size, len(limited)))]), capped])
    cost = np.concatenate(
        [
            crops["buy_price"].to_numpy(float)[buys],
            -crops["sell_price"].to_numpy(float),
            -crops["price_above"].to_numpy(float)[limited],
            np.zeros(size + len(limited)),
        ]
    )
    right = np.concatenate([crops["requirement"].to_numpy(float), crops["sell_limit"].to_numpy(float)[limited]])
    grown = [np.vstack([np.diag(values["yield"].sel(node=end).values), np.zeros((len(limited), size))]) for end in ends]
    count = len(ends)
    return TwoStage(
        first_cost=crops["plant_cost"].to_numpy(float),
        first_rows=np.ones((1, size)),
        limits=np.array([acres]),
        probability=probability(tree).sel(node=ends).values,
        technology=tuple(grown),
        recourse=(recourse,) * count,
        right=(right,) * count,
        recourse_cost=(cost,) * count,
    )


def air_conditioning(folder: Path) -> tuple[ScenarioTree, xr.Dataset, Callable[..., Model]]:
    """Three months of making and storing whole units for a demand that is known a month at a time.

    Parameters
    ----------
    folder : Path
        ``data/checks/air-conditioning``.

    Returns
    -------
    ScenarioTree, Dataset (demand by node), function of both to linopy.Model
    """
    data = yaml.safe_load((folder / "problem.yaml").read_text("utf-8"))
    tree, drawn = _stages([[(1.0, demand) for demand in month] for month in data["demand"]])
    values = xr.Dataset({"demand": ("node", np.array(drawn, dtype=float))}, {"node": list(tree.node)})

    def build(tree: ScenarioTree, values: xr.Dataset) -> Model:
        model, nodes = new_model(), {"node": list(tree.node)}
        made = model.add_variables(lower=0, upper=data["capacity"], coords=nodes, integer=True, name="made")
        overtime = model.add_variables(lower=0, coords=nodes, integer=True, name="overtime")
        stored = model.add_variables(lower=0, upper=data["store"], coords=nodes, integer=True, name="stored")
        later, before = edges(tree)
        first = [node for node in tree.node if node not in set(later)]
        kept = stored - made - overtime
        model.add_constraints(kept.sel(node=first) == -values["demand"].sel(node=first), name="first month")
        carried = kept.sel(node=later) - stored.sel(node=before).assign_coords(node=later)
        model.add_constraints(carried == -values["demand"].sel(node=later), name="later months")
        costs = data["cost"] * made + data["overtime_cost"] * overtime + data["store_cost"] * stored
        model.add_objective((probability(tree) * costs).sum())
        return model

    return tree, values, build


def hydro_valley(
    folder: Path, rain: bool, markov: bool, nested: tuple[float, float] | None = None
) -> tuple[ScenarioTree, xr.Dataset, Callable[..., Model]]:
    """Two reservoirs in a row, three stages, uncertain inflow and price; the state of the price is part of a node.

    Parameters
    ----------
    folder : Path
        ``data/checks/hydro-valley``.
    rain, markov : bool
        Whether inflow, and whether the price, is uncertain.
    nested : (share, level) or None
        Weight and level of the tail in a measure of risk nested over the stages; the mean if None.

    Returns
    -------
    ScenarioTree, Dataset (price by node, inflow by node and reservoir), function of both to linopy.Model
    """
    data = yaml.safe_load((folder / "problem.yaml").read_text("utf-8"))
    tree, states = _valley_tree(data, rain, markov)
    valley = list(range(len(data["initial"])))
    price = [data["price"][stage][state] for stage, (state, _) in zip(tree.stage, states, strict=True)]
    inflow = [data["inflow"][sample] for _, sample in states]
    values = xr.Dataset(
        {
            "price": ("node", np.array(price, dtype=float)),
            "inflow": (("node", "reservoir"), np.array(inflow, dtype=float)),
        },
        {"node": list(tree.node), "reservoir": valley},
    )

    def build(tree: ScenarioTree, values: xr.Dataset) -> Model:
        model = new_model()
        knot = {"knot": list(range(len(data["flow"])))}
        cell = {"node": list(tree.node), "reservoir": valley}
        level = model.add_variables(lower=0, upper=data["most"], coords=cell, name="level")
        spill = model.add_variables(lower=0, coords=cell, name="spill")
        taken = model.add_variables(lower=0, upper=values["inflow"], name="inflow")
        share = model.add_variables(lower=0, upper=1, coords=cell | knot, name="dispatch")
        model.add_constraints(share.sum("knot") <= 1, name="one turbine")
        flow = (share * xr.DataArray(data["flow"], knot, ("knot",))).sum("knot")
        power = (share * xr.DataArray(data["power"], knot, ("knot",))).sum("knot").sum("reservoir")
        upper, lower = valley[:1], valley[1:]
        change = level + flow + spill - taken
        fed = (flow + spill).sel(reservoir=valley[:-1]).assign_coords(reservoir=lower)
        later, before = edges(tree)
        first = [node for node in tree.node if node not in set(later)]
        initial = xr.DataArray(data["initial"], {"reservoir": valley}, ("reservoir",))
        held = 1.0 * level.sel(node=before).assign_coords(node=later)
        for name, row, gain in (("head", upper, None), ("below", lower, fed)):
            left = change.sel(reservoir=row) if gain is None else change.sel(reservoir=row) - gain
            model.add_constraints(left.sel(node=first) == initial.sel(reservoir=row), name=f"{name}, first")
            if later:
                model.add_constraints(left.sel(node=later) - held.sel(reservoir=row) == 0, name=f"{name}, later")
        costs = data["spill_cost"] * spill.sum("reservoir") - values["price"] * power
        if nested is None:
            model.add_objective((probability(tree) * costs).sum())
        else:
            model.add_objective(add_nested(model, costs, tree, *nested))
        return model

    return tree, values, build


def embargo_stock(
    lengths: np.ndarray, yearly_probability: float, loss: float, holding: float, demand: float
) -> tuple[ScenarioTree, xr.Dataset, Callable[..., Model]]:
    """A stock held against an embargo of uncertain length, full when it begins.

    Parameters
    ----------
    lengths : array (scenario,)
        Equally likely lengths of an embargo. [years]
    yearly_probability : float
        That one begins in a year. [fraction]
    loss : float
        Per missing tonne. [money/t]
    holding : float
        [money per t and year]
    demand : float
        [t/year]

    Returns
    -------
    ScenarioTree, Dataset (length by node), function of both to linopy.Model
        The objective is the expected cost of a year. [money/year]
    """
    tree = _two_stages([f"length {k}" for k in range(len(lengths))])
    values = xr.Dataset({"length": ("node", np.append(0.0, lengths))}, {"node": list(tree.node)})

    def build(tree: ScenarioTree, values: xr.Dataset) -> Model:
        model, ends = new_model(), list(leaves(tree))
        starts = paths(tree).sel(stage=0).values.tolist()
        stock = model.add_variables(lower=0, coords={"node": sorted(set(starts))}, name="stock")
        missing = model.add_variables(lower=0, coords={"node": ends}, name="missing")
        covered = missing + stock.sel(node=starts).assign_coords(node=ends)
        model.add_constraints(covered >= demand * values["length"].sel(node=ends), name="need")
        losses = holding * stock.sel(node=starts).assign_coords(node=ends) + yearly_probability * loss * missing
        model.add_objective((probability(tree).sel(node=ends) * losses).sum())
        return model

    return tree, values, build


def _two_stages(scenarios: list[str]) -> ScenarioTree:
    rows = [(ROOT, "", 0, 1.0), *((name, ROOT, 1, 1.0 / len(scenarios)) for name in scenarios)]
    return scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))


def _stages(outcomes: list[list[tuple[float, float]]]) -> tuple[ScenarioTree, list[float]]:
    """A tree whose stages are independent: outcomes of each with their weights, and the outcome at every node."""
    rows: list[tuple[str, str, int, float]] = []
    drawn: list[float] = []
    parents = [""]
    for stage, given in enumerate(outcomes):
        whole, grown = sum(weight for weight, _ in given), []
        for parent, (k, (weight, outcome)) in product(parents, enumerate(given)):
            grown.append(f"{parent}.{k}" if parent else ROOT)
            rows.append((grown[-1], parent, stage, weight / whole))
            drawn.append(outcome)
        parents = grown
    return scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS)), drawn


def _valley_tree(data: dict, rain: bool, markov: bool) -> tuple[ScenarioTree, list[tuple[int, int]]]:
    """Nodes that are pairs of a state of the price and a sample of the inflow."""
    rows, states = [(ROOT, "", 0, 1.0)], [(0, 0)]
    front = [(ROOT, 0)]
    samples = range(len(data["inflow"])) if rain else range(1)
    for stage in range(1, len(data["price"])):
        grown = []
        for (parent, state), sample in product(front, samples):
            chances = data["transition"][stage - 1][state] if markov else [1.0]
            for after, chance in enumerate(chances):
                if chance > 0.0:
                    grown.append((f"{parent}.{after}{sample}", after))
                    rows.append((grown[-1][0], parent, stage, chance / len(samples)))
                    states.append((after, sample))
        front = grown
    return scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS)), states
