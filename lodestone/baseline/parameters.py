"""One set of uncertain parameters of a material's network: compositions, yields, contents, use totals.

The point baseline takes the centres; a draw takes one sample of each named distribution, from its own
stream, so that adding a parameter leaves the others as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.baseline.topology import Topology
from lodestone.errors import BalanceError, FactError
from lodestone.facts.nouns import FactTable
from lodestone.rng import stream

Pick = Callable[[str, float, float, float], float]


@dataclass(frozen=True)
class Parameters:
    """Numbers a network is built with.

    ``composition`` (product x element) sums to 1 over elements; ``oxide_factor`` is contained element
    per oxide by element; ``content`` is contained element per gross weight by product; ``yields``
    (output per input) and ``collected`` (share of what is lost) by process; ``use`` by row of the uses
    table. [fractions; use: t contained element a year, or share of supply]
    """

    composition: pd.DataFrame
    oxide_factor: pd.Series
    content: pd.Series
    yields: pd.Series
    collected: pd.Series
    use: np.ndarray


def central(_name: str, _low: float, centre: float, _high: float) -> float:
    """The pick of the point baseline: the centre of every range.

    >>> central("yield:cast", 0.9, 0.95, 1.0)
    0.95
    """
    return centre


def sampler(seed: int, member: int) -> Pick:
    """The pick of draw ``member``: triangular on each named range, one stream a name.

    Parameters
    ----------
    seed, member : int

    Returns
    -------
    callable
        ``(name, low, central, high) -> value``; the centre where a range has no width.

    Examples
    --------
    >>> pick = sampler(1, 0)
    >>> pick("yield:cast", 0.9, 0.95, 1.0) == sampler(1, 0)("yield:cast", 0.9, 0.95, 1.0)
    True
    >>> pick("content:ore", 0.5, 0.5, 0.5)
    0.5
    """

    def pick(name: str, low: float, centre: float, high: float) -> float:
        if high <= low:
            return centre
        return float(stream(seed, f"baseline:{name}", member).triangular(low, centre, high))

    return pick


def build_parameters(topology: Topology, facts: FactTable, elements: pd.DataFrame, pick: Pick = central) -> Parameters:
    """Parameters from the topology, the published baskets and the element table.

    Parameters
    ----------
    topology : Topology
    facts : FactTable
        Read for ``basket_share`` rows [% of oxide] of the deposits the products name.
    elements : DataFrame
        ``label, atomic_weight, metal_atoms, oxygen_atoms``. [g/mol and atoms per formula]
    pick : callable
        ``(name, low, central, high) -> value``.

    Returns
    -------
    Parameters

    Raises
    ------
    FactError
        If a deposit has no basket known by the date of the facts.
    BalanceError
        If a composition is empty.
    """
    labels = list(topology.elements)
    table = elements.set_index("label").loc[labels]
    atoms = table[["metal_atoms", "oxygen_atoms"]].apply(pd.to_numeric, errors="coerce")
    metal = table["atomic_weight"].astype(float) * atoms["metal_atoms"]
    oxide_factor = (metal / (metal + 15.999 * atoms["oxygen_atoms"])).fillna(1.0)  # no oxide: counted as it is
    grades = _grades(topology, labels, pick)
    rows: dict[str, np.ndarray] = {}
    baskets = _baskets(facts)
    for product in topology.products.itertuples():
        kind, _, name = str(product.composition).partition(":")
        if kind == "element":
            rows[str(product.product)] = np.array([label == name for label in labels], dtype=float)
        elif kind == "deposit":
            if name not in baskets:
                raise FactError(
                    f"no basket_share facts of deposit '{name}' known by {facts.as_of}. Name another "
                    f"deposit in topology/{topology.material}/products.csv or take a later date."
                )
            rows[str(product.product)] = baskets[name].reindex(labels).fillna(0.0).to_numpy() * oxide_factor.to_numpy()
        elif kind == "grade":
            rows[str(product.product)] = grades[name]
        elif kind == "mix":
            rows[str(product.product)] = _mix(topology, grades, name)
    composition = pd.DataFrame(rows, index=labels).T
    total = composition.sum(axis=1)
    if (total <= 0).any():
        raise BalanceError(f"no element in {', '.join(total.index[total <= 0])}. Give its composition.")
    composition = composition.div(total, axis=0)
    products, processes = topology.products, topology.processes
    content = pd.Series(
        [pick(f"content:{p.product}", p.content_low, p.content, p.content_high) for p in products.itertuples()],
        index=products["product"],
    )
    produced = processes.set_index("process")
    yields = pd.Series(
        {
            p.Index: pick(f"yield:{p.Index}", p.yield_low, p.yield_, p.yield_high) if p.yield_ > 0 else 1.0
            for p in produced.rename(columns={"yield": "yield_"}).itertuples()
        }
    )
    use = np.array([pick(f"use:{u.sector}:{u.product}", u.low, u.central, u.high) for u in topology.uses.itertuples()])
    return Parameters(composition, oxide_factor, content, yields, produced["scrap_collected"].fillna(0.0), use)


def _grades(topology: Topology, labels: list[str], pick: Pick) -> dict[str, np.ndarray]:
    shares: dict[str, np.ndarray] = {}
    for name, rows in topology.grades.groupby("grade", sort=False):
        vector = np.zeros(len(labels))
        for row in rows.itertuples():
            vector[labels.index(str(row.element))] = pick(f"grade:{name}:{row.element}", row.low, row.central, row.high)
        shares[str(name)] = vector / vector.sum()
    return shares


def _mix(topology: Topology, grades: dict[str, np.ndarray], name: str) -> np.ndarray:
    rows = topology.mixes[topology.mixes["component"] == name]
    return np.asarray(sum(grades[grade] * share for grade, share in zip(rows["grade"], rows["share"], strict=True)))


def _baskets(facts: FactTable) -> dict[str, pd.Series]:
    rows = facts.rows[(facts.rows["variable"] == "basket_share") & facts.rows["value"].notna()]
    rows = rows.drop_duplicates(["product", "element"])
    return {str(name): part.set_index("element")["value"] for name, part in rows.groupby("product")}
