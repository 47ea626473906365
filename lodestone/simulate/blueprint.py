"""What all members of an ensemble share: the circuit, and which assumption holds for each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lodestone.baseline.hosts import node_hosts
from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.circuit import BALANCE_TOLERANCE, Circuit
from lodestone.simulate.luck import Choice, choose, single
from lodestone.simulate.nouns import Range

MECHANISMS = (
    "switching",
    "thrift",
    "substitution",
    "spare",
    "reserves",
    "price",
    "supply_response",
    "failures",
)
SCRAP = "scrap"  # kind of a product that is left over
SINGLES = (
    "reorder_weeks",
    "pool_refill_weeks",
    "return_rate",
    "entry_share",
    "tariff_elasticity",
    "restart_weeks",
    "thrift_rate",
    "substitution_rate",
    "price_elasticity",
    "choke_price",
    "price_smoothing_weeks",
    "supply_response",
    "failure_rate",
    "failure_weeks",
    "failure_depth",
    "reserve_trigger",
    "reserve_delay_weeks",
    "reserve_rate",
    "reserve_floor",
)


@dataclass(frozen=True)
class UserFigures:
    """A user's own figures in place of ours; they enter no shared file.

    Attributes
    ----------
    inventory : mapping of (label, product) to weeks of use held, a number or a range
        A label is a node, a stage in an economy ("magnet@JPN"), a sector or process, a stage, or an
        economy; the most exact wins, in this order.
    demand : mapping of label to a factor on base demand, a number or a range
        Ranges are drawn as "cover_weeks:own ..." and "demand:own ...", so that pinning the cover pins them.
    """

    inventory: Mapping[tuple[str, str], Range | float] = field(default_factory=dict)
    demand: Mapping[str, Range | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Blueprint:
    """A circuit and which assumption holds for each of its parts: all that members share."""

    circuit: Circuit
    draws: NetworkDraws | None
    choices: dict[str, Choice]
    hosts: dict[int, tuple[Assumption, ...]]
    singles: dict[str, Assumption]
    growth: dict[str, Range]
    user: UserFigures
    own_slots: dict[tuple[str, str], np.ndarray]
    own_nodes: dict[str, np.ndarray]
    without: frozenset[str]
    driving: np.ndarray
    run_for: np.ndarray
    weeks: int


def build_blueprint(
    circuit: Circuit,
    draws: NetworkDraws | None,
    assumptions: Mapping[str, Assumption],
    *,
    weeks: int,
    demand_growth: Mapping[str, Range] | None = None,
    user: UserFigures | None = None,
    without: frozenset[str] = frozenset(),
) -> Blueprint:
    """Find the assumption that holds for each edge, slot, node and store.

    Parameters
    ----------
    without : frozenset of str
        Mechanisms switched off, of ``MECHANISMS``.

    Raises
    ------
    ScenarioError
        If a mechanism is unknown, an assumption is missing, or a user's figure names nothing.
    """
    if unknown := without - set(MECHANISMS):
        raise ScenarioError(f"unknown mechanism {min(unknown)}. Use one of {', '.join(MECHANISMS)}.")
    network = circuit.network
    user = user or UserFigures()
    _check_user(network, user, demand_growth or {})
    nodes = network.nodes
    who = np.where(nodes["kind"] == "use", nodes["process"], nodes["stage"])
    economy = nodes["economy"].to_numpy()
    trade = network.trade.iloc[circuit.edge_row]
    form = network.products.set_index("product")["form"]
    edge_form, home = (
        form.loc[trade["product"]].to_numpy(),
        (trade["origin"] == trade["destination"]).to_numpy(),
    )
    origin, destination = trade["origin"].to_numpy(), trade["destination"].to_numpy()
    slot_node, slot_product = circuit.wiring.slot_node, network.inputs["product"].to_numpy()[circuit.slot_row]
    store_product, store_economy = circuit.stores["product"].to_numpy(), circuit.stores["economy"].to_numpy()
    store_form = form.loc[store_product].to_numpy()

    def transit(edge: int) -> tuple[str, ...]:
        if home[edge]:
            return (f"home:{edge_form[edge]}", "home")
        return (f"{origin[edge]}>{destination[edge]}", f"abroad:{edge_form[edge]}", "abroad")

    def input_of(slot: int) -> tuple[str, ...]:
        node, product = slot_node[slot], slot_product[slot]
        return (f"{product}@{economy[node]}", f"{who[node]}@{economy[node]}", product, who[node])

    def own(slot: int) -> tuple[str, ...]:
        return (f"{who[slot_node[slot]]}@{economy[slot_node[slot]]}", who[slot_node[slot]])

    def stage(node: int) -> tuple[str, ...]:
        return (f"{who[node]}@{economy[node]}", who[node])

    def store(number: int) -> tuple[str, ...]:
        place, product = store_economy[number], store_product[number]
        return (f"{place}:{product}", f"{place}:{store_form[number]}", place, store_form[number])

    def pool(number: int) -> tuple[str, ...]:
        return (circuit.pools["product"].iloc[number], form.loc[circuit.pools["product"].iloc[number]])

    asked = {
        "transit_weeks": (len(trade), transit),
        "cover_weeks": (len(slot_node), input_of),
        "pool_cover_weeks": (len(circuit.pools), pool),
        "spare_capacity": (len(nodes), stage),
        "ramp_weeks": (len(nodes), stage),
        "switching_rate": (len(circuit.stores), store),
        "thrift_limit": (len(slot_node), own),
        "substitution_limit": (len(slot_node), own),
        "nonessential_weight": (len(slot_node), input_of),
        "government_stock_weeks": (len(circuit.stores), store),
    }
    return Blueprint(
        circuit=circuit,
        draws=draws,
        choices={name: choose(assumptions, name, *where) for name, where in asked.items()},
        hosts=node_hosts(nodes, assumptions),
        singles={name: single(assumptions, name) for name in SINGLES},
        growth=dict(demand_growth or {}),
        user=user,
        own_slots=_own_slots(circuit, user),
        own_nodes=_own_nodes(network, user),
        without=without,
        driving=_driving_pools(circuit),
        run_for=_run_for(circuit),
        weeks=weeks,
    )


def _driving_pools(circuit: Circuit) -> np.ndarray:
    """Pools whose orders set the pace of some node: those that pile up least among its outputs.

    A separator's other products pile up beside the one it is run for; what they pile up is not wanted,
    while a pool that grew although it is run for was built on purpose.
    """
    network, wiring = circuit.network, circuit.wiring
    pools = len(circuit.pools)
    activity = network.nodes["activity"].to_numpy()
    made = network.outputs["coefficient"].to_numpy()[circuit.output_row] * activity[wiring.output_node]
    made = np.bincount(wiring.output_pool, made, pools)
    leaving = np.bincount(wiring.edge_pool, network.trade["flow"].to_numpy()[circuit.edge_row], pools)
    piled = np.where(made > 0.0, np.maximum(made - leaving, 0.0) / np.where(made > 0.0, made, 1.0), 0.0)
    driving = piled <= BALANCE_TOLERANCE
    by_node = pd.DataFrame({"node": wiring.output_node, "pool": wiring.output_pool})
    by_node["piled"] = piled[by_node["pool"].to_numpy()]
    least = by_node.groupby("node")["piled"].transform("min")
    driving[by_node.loc[by_node["piled"] <= least + BALANCE_TOLERANCE, "pool"].to_numpy()] = True
    return driving


def nodes_of(network: Network, label: str) -> np.ndarray:
    """Rows of the nodes a label names: a node, a stage in an economy, a sector or process, a stage, an economy.

    >>> from tests.world import small_network
    >>> nodes_of(small_network(), "magnet@BOR").tolist(), nodes_of(small_network(), "speakers").tolist()
    ([3], [7, 8, 9])
    """
    nodes = network.nodes
    for named in _namings(network):
        hit = np.flatnonzero((named == label).to_numpy())
        if hit.size:
            return hit
    return np.flatnonzero((nodes["economy"] == label).to_numpy())


def _namings(network: Network) -> tuple[pd.Series, ...]:
    """The ways a label may name a node, the most exact first; the economy comes last."""
    nodes = network.nodes
    return (nodes["node"], nodes["stage"] + "@" + nodes["economy"], nodes["process"], nodes["stage"])


def _ranked(network: Network, labels: list[str]) -> list[str]:
    """Labels from the least exact to the most, so that a later one overwrites."""
    known = [set(named) for named in _namings(network)]
    rank = {label: next((k for k, named in enumerate(known) if label in named), len(known)) for label in labels}
    return sorted(labels, key=lambda label: -rank[label])


def _own_slots(circuit: Circuit, user: UserFigures) -> dict[tuple[str, str], np.ndarray]:
    """The slots each of the user's stocks stands for, in the order in which they are to be written."""
    product = circuit.network.inputs["product"].to_numpy()[circuit.slot_row]
    ranked = _ranked(circuit.network, list(dict.fromkeys(label for label, _ in user.inventory)))
    found = {}
    for label in ranked:
        held = np.isin(circuit.wiring.slot_node, nodes_of(circuit.network, label))
        for key in user.inventory:
            if key[0] == label:
                found[key] = np.flatnonzero(held & (product == key[1]))
    return found


def _own_nodes(network: Network, user: UserFigures) -> dict[str, np.ndarray]:
    is_use = (network.nodes["kind"] == "use").to_numpy()
    found = {label: nodes_of(network, label) for label in _ranked(network, list(user.demand))}
    return {label: rows[is_use[rows]] for label, rows in found.items()}


def _run_for(circuit: Circuit) -> np.ndarray:
    """Whether each output is one its node is run for: nobody makes a magnet for the scrap it leaves.

    Where scrap is all a node gives, it is run for that.
    """
    kind = circuit.network.products.set_index("product")["kind"]
    product = circuit.network.outputs["product"].to_numpy()[circuit.output_row]
    scrap = (kind.loc[product] == SCRAP).to_numpy()
    node = circuit.wiring.output_node
    other = np.bincount(node, ~scrap, len(circuit.network.nodes)) > 0
    return ~scrap | ~other[node]


def _check_user(network: Network, user: UserFigures, growth: Mapping[str, Range]) -> None:
    uses = network.nodes[network.nodes["kind"] == "use"]
    sectors, nodes = set(uses["process"]), set(uses["node"])
    for label in (*user.demand, *growth):
        if label not in sectors | nodes and not (label in user.demand and label in set(uses["economy"])):
            raise ScenarioError(
                f"demand of '{label}' names no use of this network. Use one of {', '.join(sorted(sectors))}."
            )
    for label, product in user.inventory:
        if not nodes_of(network, label).size or product not in set(network.inputs["product"]):
            raise ScenarioError(f"inventory of '{product}' at '{label}' names no input of this network.")
