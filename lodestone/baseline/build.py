"""From facts to a balanced `Network`: the point, and what each cell rests on. Draws stand in ``draws.py``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from lodestone.baseline.cells import Cells, Coefficients, balance_matrix, build_cells, coefficients
from lodestone.baseline.earlier import refuse_unknown_mines
from lodestone.baseline.hosts import check_hosts, host_limit, node_hosts
from lodestone.baseline.nouns import Network
from lodestone.baseline.observe import Found, Observations, find_facts, leave_out_unpriced, observe
from lodestone.baseline.parameters import Parameters, Pick, build_parameters, central
from lodestone.baseline.prices import unit_values, waiting
from lodestone.baseline.prior import Prior, build_prior
from lodestone.baseline.sectors import SectorSplit, read_industries, sector_split
from lodestone.baseline.solve import Solution, solve
from lodestone.baseline.topology import Topology, read_topology
from lodestone.errors import BalanceError
from lodestone.facts.assumptions import Assumption, read_assumptions
from lodestone.facts.nouns import FactTable

Noise = Callable[[str, int], np.ndarray]  # (name, size) -> standard normal numbers

ROUNDS = 5  # at most; a share's whole is re-estimated once, and a limit that is passed joins in


@dataclass(frozen=True)
class Ingredients:
    """What every reconciliation of one material and year starts from."""

    topology: Topology
    facts: FactTable
    elements: pd.DataFrame
    assumptions: dict[str, Assumption]
    split: SectorSplit
    cells: Cells
    found: Found
    year: int
    price: np.ndarray  # of each product, as sold; NaN where no fact gives one [USD per kg]

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What rests on an earlier figure than its table names, in words."""
        return self.found.stand_ins + self.split.stand_ins


@dataclass(frozen=True)
class Reconciled:
    """One balanced year before it is laid out as a network, with all that led to it."""

    solution: Solution
    prior: Prior
    parameters: Parameters
    recipe: Coefficients
    observations: Observations
    fact_sd: np.ndarray  # of each statement, in its own unit; inf where a limit does not bind
    objective_facts: float


def gather(folder: Path, material: str, year: int, facts: FactTable) -> Ingredients:
    """Read tables and lay out the cells of a material.

    Parameters
    ----------
    folder : Path
        Data folder.
    material : str
    year : int
    facts : FactTable
        What is known; later facts are not in it.

    Returns
    -------
    Ingredients

    Raises
    ------
    LabelError, Faults, FactError
        If there is no such material, its tables or the assumptions have faults, an observation meets
        two facts, or a basket, a driver or the output of a mine is not known by the date of the facts.
    """
    topology = read_topology(folder, material)
    elements = pd.read_csv(folder / "labels" / "elements.csv", keep_default_na=False)
    economies = pd.read_csv(folder / "labels" / "economies.csv", dtype=str, keep_default_na=False)
    assumptions = read_assumptions(folder)
    split = sector_split(topology, facts, economies, read_industries(folder, material))
    cells = build_cells(topology, build_parameters(topology, facts, elements), split.share)
    check_hosts(material, cells.nodes, assumptions)
    price, priced = unit_values(topology.products["product"].tolist(), folder, material, facts)
    found = leave_out_unpriced(topology, find_facts(topology, facts, year), waiting(folder, material, priced))
    refuse_unknown_mines(topology, set(found.table["row"]), facts.as_of)
    return Ingredients(topology, facts, elements, assumptions, split, cells, found, year, price)


def reconcile_once(base: Ingredients, version: str, pick: Pick = central, noise: Noise | None = None) -> Reconciled:
    """Parameters, prior and facts of one draw (or the point), reconciled.

    Parameters
    ----------
    base : Ingredients
    version : one of ``PRIORS``
    pick : callable
        ``(name, low, central, high) -> value`` of each uncertain parameter.
    noise : callable, optional
        ``(name, size) -> standard normal array``; None gives the point.

    Returns
    -------
    Reconciled
        ``solution.x`` in the order of ``base.cells``. [t contained element a year]

    Raises
    ------
    BalanceError, SolverError
        If the balances cannot hold together, or the programme does not reach its tolerances.
    """
    parameters = build_parameters(base.topology, base.facts, base.elements, pick)
    recipe = coefficients(base.topology, base.cells.nodes, parameters)
    seen = observe(base.topology, base.found, base.cells, recipe, parameters, base.assumptions, base.year, base.price)
    prior = build_prior(
        version, base.topology, base.cells, recipe, parameters, base.split.share, seen, base.assumptions
    )
    centre, value = prior.centre, seen.table["value"].to_numpy(dtype=float)
    if noise is not None:
        centre = _perturbed(prior, len(centre), noise)
        value = value * (1.0 + np.maximum(seen.table["relative_sd"].to_numpy() * noise("facts", len(value)), -0.95))
    balance = balance_matrix(base.cells, recipe)
    share = (seen.table["mode"] == "share").to_numpy()
    value = np.where(share, np.minimum(value, 1.0), value)
    matrix = sp.csr_matrix(seen.matrix - sp.diags(np.where(share, value, 0.0)) @ seen.whole)
    target = np.where(share, 0.0, value)
    silent = seen.table["at_most"].to_numpy(dtype=bool)
    x = centre
    for turn in range(ROUNDS):
        sd = np.where(silent, np.inf, statement_sd(seen, x))
        solution = solve(balance, centre, prior.spread, matrix, target, sd)
        x = solution.x
        passed = silent & (matrix @ x > target)
        if turn > 0 and not passed.any():
            break
        silent = silent & ~passed
    return Reconciled(solution, prior, parameters, recipe, seen, sd, float(solution.residual @ solution.residual))


def statement_sd(seen: Observations, x: np.ndarray) -> np.ndarray:
    """Standard deviation of each statement in its own unit; that of a share scales with its whole at x.

    Returns
    -------
    array (statements,)
    """
    share = (seen.table["mode"] == "share").to_numpy()
    whole = np.where(share, np.maximum(seen.whole @ x, 1e-6), 1.0)
    relative = seen.table["relative_sd"].to_numpy(dtype=float)
    return np.maximum(relative * np.abs(seen.table["value"].to_numpy(dtype=float)) * whole, 1e-6)


def _perturbed(prior: Prior, size: int, noise: Noise) -> np.ndarray:
    """A prior centre drawn around the written one: log-normal with the same mean and spread, so never below zero."""
    sd = np.sqrt(np.asarray(prior.spread.multiply(prior.spread).sum(axis=1)).ravel())
    mean = np.maximum(prior.centre, 1e-9)
    log_sd = np.sqrt(np.log1p(np.minimum(sd / mean, 3.0) ** 2))
    return np.asarray(prior.centre * np.exp(log_sd * noise("prior", size) - 0.5 * log_sd**2))


def build_network(base: Ingredients, done: Reconciled, spread: pd.DataFrame | None = None) -> Network:
    """Lay a reconciled year out as a `Network`.

    Parameters
    ----------
    base, done
        What was reconciled, and how it came out.
    spread : DataFrame, optional
        ``sd, low, high`` of every cell in the order of x, from draws; missing where none were made.

    Returns
    -------
    Network
    """
    cells, x, first = base.cells, done.solution.x, base.cells.starts
    if spread is None:
        spread = pd.DataFrame({"sd": np.nan, "low": np.nan, "high": np.nan}, index=range(len(x)))
    rule = cell_rules(done)
    activity, trade, stock, use = (slice(first[i], first[i + 1]) for i in range(4))
    nodes = cells.nodes.assign(
        kind="process",
        activity=x[activity],
        capacity=_capacity(base, x[activity]),
        rule=rule[activity],
        figure="cell:activity|" + cells.nodes["node"],
        **{name: spread[name].to_numpy()[activity] for name in ("sd", "low", "high")},
    )
    sectors = cells.use[["sector", "economy"]].drop_duplicates().reset_index(drop=True)
    users = pd.DataFrame(
        {
            "node": sectors["sector"] + "@" + sectors["economy"],
            "kind": "use",
            "process": sectors["sector"],
            "stage": "use",
            "economy": sectors["economy"],
            "activity": 1.0,
            "capacity": np.inf,
            "sd": 0.0,
            "low": 1.0,
            "high": 1.0,
            "rule": "prior",
            "figure": "cell:use|" + sectors["sector"] + "|" + sectors["economy"],
        }
    )
    node_label = cells.nodes["node"].to_numpy()
    taken, given = done.recipe.inputs, done.recipe.outputs
    inputs = pd.concat(
        [
            _recipe_rows(taken, node_label).assign(essential=True, figure="recipe"),
            pd.DataFrame(
                {
                    "node": cells.use["sector"] + "@" + cells.use["economy"],
                    "product": cells.use["product"],
                    "coefficient": x[use],
                    "essential": cells.use["essential"],
                    "figure": "cell:use|"
                    + cells.use["sector"]
                    + "|"
                    + cells.use["economy"]
                    + "|"
                    + cells.use["product"],
                }
            ),
        ],
        ignore_index=True,
    )
    pairs = cells.trade
    return Network(
        material=base.topology.material,
        year=base.year,
        known=base.facts.as_of,
        prior=done.prior.version,
        products=_products(base, done.parameters),
        composition=xr.DataArray(
            done.parameters.composition.to_numpy(),
            dims=("product", "element"),
            coords={
                "product": done.parameters.composition.index.to_numpy(dtype=str),
                "element": list(base.topology.elements),
            },
        ),
        nodes=pd.concat([nodes, users], ignore_index=True)[list(_NODE_ORDER)],
        inputs=inputs,
        outputs=_recipe_rows(given, node_label).assign(figure="recipe"),
        trade=pairs.assign(
            flow=x[trade],
            rule=rule[trade],
            figure="cell:trade|" + pairs["product"] + "|" + pairs["origin"] + "|" + pairs["destination"],
            **{name: spread[name].to_numpy()[trade] for name in ("sd", "low", "high")},
        ),
        stock_change=cells.stock.assign(
            change=x[stock],
            sd=spread["sd"].to_numpy()[stock],
            figure="cell:stock|" + cells.stock["product"] + "|" + cells.stock["economy"],
        ),
        checksum=checksum(base),
    )


def _capacity(base: Ingredients, activity: np.ndarray) -> np.ndarray:
    """What each process can do a year: its host's limit, else base activity and its stage's spare share, else unknown.

    Raises
    ------
    BalanceError
        If a reconciled recovery is above what its host can give.
    """
    nodes = base.cells.nodes
    spare = {name.rsplit(".", 1)[1]: a.central for name, a in base.assumptions.items() if ".spare." in name}
    capacity = activity * (1.0 + nodes["stage"].map(spare).to_numpy(dtype=float))
    capacity = np.where(np.isnan(capacity), np.inf, capacity)
    for row, host in node_hosts(nodes, base.assumptions).items():
        capacity[row] = host_limit(host)
        if activity[row] > capacity[row]:
            raise BalanceError(
                f"{nodes['node'][row]} recovers {activity[row]:.6g} t a year and its host gives {capacity[row]:.6g}. "
                "Correct the host's rows in assumptions.csv, or the facts the recovery rests on."
            )
    return capacity


_NODE_ORDER = (
    "node", "kind", "process", "stage", "economy", "activity", "capacity", "sd", "low", "high", "rule", "figure",
)  # fmt: skip


def _recipe_rows(table: pd.DataFrame, labels: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"node": labels[table["node"]], "product": table["product"], "coefficient": table["coefficient"]}
    )


def _products(base: Ingredients, parameters: Parameters) -> pd.DataFrame:
    products = base.topology.products
    return pd.DataFrame(
        {
            "product": products["product"],
            "material": base.topology.material,
            "kind": products["kind"],
            "stage": products["stage"],
            "form": products["form"],
            "hs": products["hs"],
            "content": parameters.content.loc[products["product"]].to_numpy(),
            "unit_value": np.nan,
        }
    )


def cell_rules(done: Reconciled) -> np.ndarray:
    """How each cell was filled: "observed" (a fact of its own), "constrained" (within a sum), "prior".

    Returns
    -------
    array of str (cells,)
    """
    matrix = sp.csr_matrix(abs(done.observations.matrix) + abs(done.observations.whole))
    alone = np.diff(matrix.indptr) == 1
    columns = np.full(matrix.shape[1], "prior", dtype=object)
    columns[np.unique(matrix.indices)] = "constrained"
    columns[np.unique(matrix[alone].indices)] = "observed"
    return columns


def checksum(base: Ingredients) -> str:
    """Digest of everything a baseline of this material depends on.

    The facts it reads (statements, drivers of the sectors, deposits' baskets, prices where a statement
    reads them), tables, year, the assumptions named ``baseline.`` or ``capacity.``, and those of the
    hosts of its by-products; another fact, assumption or day of reading may come or move without making it stale.
    """
    digest = hashlib.sha256()
    held = build_parameters(base.topology, base.facts, base.elements)
    read = (
        base.found.table.to_csv(),
        repr(base.found.skipped),
        base.split.share.to_csv(),
        repr(sorted(base.split.origin.items())),
    )
    for text in (*read, held.composition.to_csv(), base.topology.checksum, str(base.year)):
        digest.update(text.encode())
    if (base.topology.observations["measure"] == "value").any():
        digest.update(repr(base.price.tolist()).encode())
    for name in sorted(base.assumptions):
        if name.startswith(("baseline.", "capacity.")):
            digest.update(repr(_numbers(base.assumptions[name])).encode())
    for rows in node_hosts(base.cells.nodes, base.assumptions).values():
        digest.update(repr([_numbers(row) for row in rows]).encode())
    return digest.hexdigest()


def _numbers(row: Assumption) -> tuple[object, ...]:
    """What of an assumption moves a result: not its words."""
    return (row.id, row.low, row.central, row.high, row.distribution)
