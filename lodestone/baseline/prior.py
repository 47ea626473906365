"""What the network would look like if only totals were known, written down in two versions.

``proportional``: each user draws from all makers in proportion to what they make, after a stated share
bought at home. ``sparse``: the same totals met with few routes, a reweighted L1 transport problem.
Both go from mines down to oxides and from uses up to metals; where the two ends meet, the rest piles up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.cells import Cells, Coefficients
from lodestone.baseline.observe import Observations
from lodestone.baseline.parameters import Parameters
from lodestone.baseline.sparse_prior import sparse_routes
from lodestone.baseline.topology import Topology
from lodestone.baseline.topology_faults import EXTRACTIVE
from lodestone.facts.assumptions import Assumption

PRIORS = ("proportional", "sparse")


@dataclass(frozen=True)
class Prior:
    """What is believed of the cells before data: x = centre + spread @ y, y independent of variance 1.

    Every cell has a cause of its own; the world total of each use is a cause its economies share.
    [t contained a year]
    """

    version: str
    centre: np.ndarray
    spread: sp.csr_matrix


def build_prior(
    version: str,
    topology: Topology,
    cells: Cells,
    recipe: Coefficients,
    parameters: Parameters,
    split: pd.DataFrame,
    observations: Observations,
    assumptions: dict[str, Assumption],
) -> Prior:
    """The prior of one version; see the module text for how it is laid out.

    Parameters
    ----------
    version : one of ``PRIORS``
    topology, cells, recipe, parameters
        Of the same draw.
    split : DataFrame, index sector, columns economy
        Share of a sector's world use by economy. [fraction]
    observations : Observations
        Read for the mined output of each economy alone.
    assumptions : dict id -> Assumption
        Read for ``baseline.sd.prior.*``. [fraction]

    Returns
    -------
    Prior
    """
    activity = np.zeros(len(cells.nodes))
    _mines(topology, cells, parameters, observations, activity)
    use = _component_uses(topology, cells, parameters, split)
    need = _demand_chain(topology, cells, recipe, activity, use)
    _separation(topology, cells, recipe, activity, need)
    supply = _outputs(cells, recipe, activity)
    use += _oxide_uses(topology, cells, parameters, split, supply)
    stock = _stock(cells, supply, _inputs(cells, recipe, activity), use)
    trade = _trade(version, topology, cells, recipe, activity, use, stock)
    centre = np.concatenate([activity, trade, stock, use])
    return Prior(version, centre, _spread(topology, cells, centre, assumptions))


def _outputs(cells: Cells, recipe: Coefficients, activity: np.ndarray) -> pd.Series:
    out = recipe.outputs
    amount = activity[out["node"]] * out["coefficient"]
    return _by_place(amount.to_numpy(), out["product"], cells.nodes["economy"].to_numpy()[out["node"]])


def _inputs(cells: Cells, recipe: Coefficients, activity: np.ndarray) -> pd.Series:
    taken = recipe.inputs
    amount = activity[taken["node"]] * taken["coefficient"]
    return _by_place(amount.to_numpy(), taken["product"], cells.nodes["economy"].to_numpy()[taken["node"]])


def _by_place(amount: np.ndarray, product: pd.Series, economy: np.ndarray) -> pd.Series:
    table = pd.DataFrame({"product": product.to_numpy(), "economy": economy, "amount": amount})
    return table.groupby(["product", "economy"])["amount"].sum()


def _mines(
    topology: Topology, cells: Cells, parameters: Parameters, observations: Observations, activity: np.ndarray
) -> None:
    """Mines from the amount of their row, or their share of the observed output of their economy."""
    process = topology.processes.set_index("process")
    makers = topology.makers.reset_index(drop=True)
    mined = process.loc[makers["process"], "rule"].isin(EXTRACTIVE).to_numpy()
    oxide = (parameters.composition / parameters.oxide_factor).sum(axis=1)
    n_node = len(cells.nodes)
    matrix = observations.matrix.tocsc()[:, :n_node]
    mode = observations.table["mode"].to_numpy()
    rest = observations.matrix.tocsc()[:, n_node:]
    only_nodes = (np.asarray(abs(rest).sum(axis=1)).ravel() == 0) & (mode == "total")
    economy = cells.nodes["economy"].to_numpy()
    for i in np.flatnonzero(mined):
        if makers["amount_reo"].notna()[i]:
            activity[i] = float(makers["amount_reo"][i]) / float(oxide[process.loc[makers["process"][i], "output"]])
            continue
        candidates = [
            r
            for r in matrix[:, [i]].nonzero()[0]
            if only_nodes[r] and set(economy[matrix[[r]].nonzero()[1]]) == {economy[i]}
        ]
        if not candidates:
            activity[i] = float(makers["weight"][i])
            continue
        row = candidates[0]
        peers = matrix[[row]].nonzero()[1]
        peers = [p for p in peers if mined[p] and makers["amount_reo"].isna()[p]]
        weight = makers["weight"].to_numpy()
        per_published = 1.0 / float(matrix[row, i])  # contained per tonne of the statement: oxide, gross or kg
        activity[i] = float(observations.table["value"][row]) * weight[i] / weight[peers].sum() * per_published


def _component_uses(topology: Topology, cells: Cells, parameters: Parameters, split: pd.DataFrame) -> np.ndarray:
    row = cells.use["row"].to_numpy()
    share = split.to_numpy()[
        split.index.get_indexer(cells.use["sector"]), split.columns.get_indexer(cells.use["economy"])
    ]
    amounts = (topology.uses["basis"] == "amount").to_numpy()[row]
    return np.where(amounts, parameters.use[row] * share, 0.0)


def _demand_chain(
    topology: Topology, cells: Cells, recipe: Coefficients, activity: np.ndarray, use: np.ndarray
) -> pd.Series:
    """Activities from components up to metals, so that world output meets world need; returns needs by product."""
    need = pd.Series(use, dtype=float).groupby(cells.use["product"].to_numpy()).sum()
    need = need[need > 0].reindex(topology.products["product"], fill_value=0.0)
    process = topology.processes
    weight = topology.makers["weight"].fillna(0.0).to_numpy()
    upward = process[process["rule"].isin(["assemble", "shape", "blend", "convert"])][::-1]
    for row in upward.itertuples():
        members = np.flatnonzero((cells.nodes["process"] == row.process).to_numpy())
        total = weight[members].sum()
        if total == 0 or need[row.output] == 0:
            continue
        activity[members] = need[row.output] * weight[members] / total
        taken = recipe.inputs[recipe.inputs["node"].isin(members)]
        amount = activity[taken["node"]] * taken["coefficient"]
        need = need.add(pd.Series(amount.to_numpy()).groupby(taken["product"].to_numpy()).sum(), fill_value=0.0)
    return need


def _separation(topology: Topology, cells: Cells, recipe: Coefficients, activity: np.ndarray, need: pd.Series) -> None:
    """Separators take what is mined or collected, each its written share."""
    supply = _outputs(cells, recipe, activity).groupby(level=0).sum()
    weight = topology.makers["weight"].fillna(0.0).to_numpy()
    for row in topology.processes[topology.processes["rule"] == "separate"].itertuples():
        members = np.flatnonzero((cells.nodes["process"] == row.process).to_numpy())
        total = weight[members].sum()
        if total > 0:
            activity[members] = float(supply.get(row.input, 0.0)) * weight[members] / total


def _oxide_uses(
    topology: Topology, cells: Cells, parameters: Parameters, split: pd.DataFrame, supply: pd.Series
) -> np.ndarray:
    world = supply.groupby(level=0).sum()
    row = cells.use["row"].to_numpy()
    share = split.to_numpy()[
        split.index.get_indexer(cells.use["sector"]), split.columns.get_indexer(cells.use["economy"])
    ]
    base = world.reindex(cells.use["product"]).fillna(0.0).to_numpy()
    shares = (topology.uses["basis"] == "supply_share").to_numpy()[row]
    return np.where(shares, parameters.use[row] * share * base, 0.0)


def _stock(cells: Cells, supply: pd.Series, taken: pd.Series, use: np.ndarray) -> np.ndarray:
    """What nobody needs piles up where it is made; a small part always does."""
    used = pd.Series(use).groupby(cells.use["product"].to_numpy()).sum()
    world = supply.groupby(level=0).sum()
    needed = taken.groupby(level=0).sum().add(used, fill_value=0.0).reindex(world.index, fill_value=0.0)
    rest = np.maximum(world - needed, 0.01 * world)
    keys = pd.MultiIndex.from_frame(cells.stock)
    own = supply.reindex(keys).fillna(0.0).to_numpy()
    product = cells.stock["product"]
    return own * (rest / world.where(world > 0, 1.0)).reindex(product).to_numpy()


def _trade(
    version: str,
    topology: Topology,
    cells: Cells,
    recipe: Coefficients,
    activity: np.ndarray,
    use: np.ndarray,
    stock: np.ndarray,
) -> np.ndarray:
    piled = pd.Series(stock, index=pd.MultiIndex.from_frame(cells.stock))
    supply = _outputs(cells, recipe, activity).sub(piled, fill_value=0.0).clip(lower=0.0)
    demand = _inputs(cells, recipe, activity)
    used = _by_place(use, cells.use["product"], cells.use["economy"].to_numpy())
    demand = demand.add(used, fill_value=0.0)
    home = topology.products.set_index("product")["home_share"]
    flow = np.zeros(len(cells.trade))
    for product, part in cells.trade.groupby("product", sort=False):
        makers, users = part["origin"].unique(), part["destination"].unique()
        have = supply.reindex([(product, e) for e in makers]).fillna(0.0).to_numpy()
        want = demand.reindex([(product, e) for e in users]).fillna(0.0).to_numpy()
        if want.sum() == 0 or have.sum() == 0:
            continue
        have = have * want.sum() / have.sum()
        table = _proportional(have, want, makers, users, float(home[product]))
        if version == "sparse":
            table = sparse_routes(table)
        lookup = pd.DataFrame(table, index=makers, columns=users).stack()
        flow[part.index] = lookup.reindex(pd.MultiIndex.from_frame(part[["origin", "destination"]])).to_numpy()
    return flow


def _proportional(have: np.ndarray, want: np.ndarray, makers: np.ndarray, users: np.ndarray, home: float) -> np.ndarray:
    """Home first up to the stated share of the smaller side, the rest in proportion to what is left."""
    at_home = np.zeros((len(makers), len(users)))
    place = {label: j for j, label in enumerate(users)}
    for i, label in enumerate(makers):
        if label in place:
            at_home[i, place[label]] = home * min(have[i], want[place[label]])
    left, open_need = have - at_home.sum(axis=1), want - at_home.sum(axis=0)
    total = left.sum()
    return at_home + (np.outer(left, open_need) / total if total > 0 else 0.0)


def _spread(topology: Topology, cells: Cells, centre: np.ndarray, assumptions: dict[str, Assumption]) -> sp.csr_matrix:
    """Relative by kind of cell, with room so that an empty cell may open; then the shared causes."""
    first = cells.starts
    size = np.empty_like(centre)
    for part, name in enumerate(("activity", "trade", "stock", "use")):
        piece = slice(first[part], first[part + 1])
        size[piece] = assumptions[f"baseline.sd.prior.{name}"].central * centre[piece]
    mined = cells.nodes["rule"].isin(EXTRACTIVE).to_numpy()
    size[: first[1]][mined] = assumptions["baseline.sd.prior.mine"].central * centre[: first[1]][mined]
    floor = assumptions["baseline.sd.prior.floor"].central
    size[first[1] :] = np.hypot(size[first[1] :], _opening(cells, centre, assumptions))
    process = pd.Series(centre[: first[1]]).groupby(cells.nodes["process"].to_numpy()).transform("sum")
    size[: first[1]] = np.hypot(size[: first[1]], floor * process.to_numpy())
    own = sp.diags(np.maximum(size, 1e-6))
    row = cells.use["row"].to_numpy()
    use = topology.uses
    low, mid, high = (use[column].to_numpy() for column in ("low", "central", "high"))
    triangular = np.sqrt((low**2 + mid**2 + high**2 - low * mid - low * high - mid * high) / 18.0) / mid
    shared = sp.csr_matrix(
        (triangular[row] * centre[first[3] :], (first[3] + np.arange(len(row)), row)),
        shape=(len(centre), len(use)),
    )
    return sp.hstack([own, shared], format="csr")


def _opening(cells: Cells, centre: np.ndarray, assumptions: dict[str, Assumption]) -> np.ndarray:
    """How far a route, stock change or use may open: a share of its product's world, and of what passes its own place.

    Without the second, each route into a small user was free to carry about all it takes: draws spread it over every
    maker, and judged uses went to zero at no cost.
    """
    first, trade = cells.starts, cells.trade
    flow = centre[first[1] : first[2]]
    world = pd.Series(flow).groupby(trade["product"].to_numpy()).sum()
    taken = _by_place(flow, trade["product"], trade["destination"].to_numpy())
    piled = pd.Series(centre[first[2] : first[3]], index=pd.MultiIndex.from_frame(cells.stock))
    given = _by_place(flow, trade["product"], trade["origin"].to_numpy()).add(piled, fill_value=0.0)
    share_of_world = assumptions["baseline.sd.prior.floor"].central
    share_of_place = assumptions["baseline.sd.prior.opening"].central
    room = []
    for table, place, passes in (
        (trade, "destination", taken),
        (cells.stock, "economy", given),
        (cells.use, "economy", taken),
    ):
        here = passes.reindex(pd.MultiIndex.from_frame(table[["product", place]]), fill_value=0.0).to_numpy()
        everywhere = world.reindex(table["product"], fill_value=0.0).to_numpy()
        room.append(np.minimum(share_of_world * everywhere, share_of_place * here))
    return np.concatenate(room)
