"""Which weekly series an ensemble records, and where each lies in a member's record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lodestone.errors import ScenarioError
from lodestone.simulate.circuit import Circuit, Wiring
from lodestone.simulate.controls import Controls
from lodestone.simulate.shared_reserve import ReserveRule, SharedReserve
from lodestone.simulate.state import Layout

SERIES_COLUMNS = ["series", "kind", "economy", "sector", "product", "partner", "unit"]
INSIDE, OUTSIDE = "inside", "outside"
HELD, DRAWN = "held", "drawn"  # kinds: what lies in a lot of a reserve held together, what is drawn from it
ALWAYS_KEPT = ("watch", HELD, DRAWN)
RESTRICTING = ("blocked", "licence", "held", "quota")


def issuers_of(circuit: Circuit, controls: Controls) -> tuple[str, ...]:
    """The economies whose shipments the controls restrict, sorted."""
    origin = circuit.network.trade["origin"].to_numpy()
    rows = [control.rows for control in controls.controls if control.kind in RESTRICTING]
    return tuple(sorted(set(origin[np.concatenate(rows)]))) if rows else ()


def with_markets(circuit: Circuit, wiring: Wiring, issuers: tuple[str, ...]) -> tuple[Wiring, pd.DataFrame]:
    """Give each priced product a market inside and outside the issuers.

    Returns
    -------
    Wiring
        With the market of each pool and store; -1 where the product has no known price, so that no
        price is made up where no market exists.
    DataFrame
        Columns product, side; row k is market k.
    """
    products = circuit.network.products
    priced = products.loc[products["unit_value"].notna(), "product"].tolist()
    sides = (INSIDE, OUTSIDE) if issuers else (OUTSIDE,)
    markets = [(product, side) for product in priced for side in sides]
    number = {market: k for k, market in enumerate(markets)}

    def market_of(table: pd.DataFrame) -> np.ndarray:
        side = np.where(table["economy"].isin(issuers), INSIDE, OUTSIDE)
        found = [number.get(key, -1) for key in zip(table["product"], side, strict=True)]
        return np.array(found, dtype=np.int32)

    wiring = wiring._replace(
        pool_market=market_of(circuit.pools), store_market=market_of(circuit.stores), markets=len(markets)
    )
    return wiring, pd.DataFrame(markets, columns=["product", "side"])


def lay_out(circuit: Circuit, markets: pd.DataFrame, watch: pd.DataFrame | None) -> tuple[Layout, pd.DataFrame]:
    """The layout of a member's record and the table that names its series.

    Parameters
    ----------
    watch : DataFrame, optional
        Columns series, trade_row, weight: sums of what crosses borders, e.g. a group of products from
        one economy to all others. Columns economy, partner, product are kept where given.

    Raises
    ------
    ScenarioError
        If a watched series names a trade row the network does not have, or lacks a column.
    """
    nodes = circuit.network.nodes
    use_nodes = np.flatnonzero(circuit.wiring.node_is_use)
    process = nodes.loc[nodes["kind"] != "use", ["stage", "economy"]]
    groups = list(dict.fromkeys(process.itertuples(index=False, name=None)))
    number = {group: k for k, group in enumerate(groups)}
    node_group = np.full(len(nodes), -1, dtype=np.int64)
    for row, (stage, economy) in zip(process.index, process.itertuples(index=False, name=None), strict=True):
        node_group[nodes.index.get_loc(row)] = number[stage, economy]
    watched, rows, labels = _watched(circuit, watch)
    uses = nodes.iloc[use_nodes]
    table = [
        *((f"served:{node}", "served", economy, sector, "", "", "share of demand")
          for node, economy, sector in zip(uses["node"], uses["economy"], uses["process"], strict=True)),
        *((f"shortage:{product}@{economy}", "shortage", economy, "", product, "", "share of need")
          for product, economy in circuit.stores.itertuples(index=False, name=None)),
        *((f"output:{stage}@{economy}", "output", economy, stage, "", "", "share of base")
          for stage, economy in groups),
        *((f"price:{product}@{side}", "price", "", "", product, side, "ratio to base")
          for product, side in markets.itertuples(index=False, name=None)),
        *labels,
    ]  # fmt: skip
    layout = Layout(
        use_nodes=use_nodes.astype(np.int64),
        node_group=node_group,
        groups=len(groups),
        watch_series=watched,
        watch_edge=rows,
        watch_weight=np.zeros(0) if watch is None else watch["weight"].to_numpy(dtype=np.float64),
        watched=len(labels),
    )
    return layout, pd.DataFrame(table, columns=SERIES_COLUMNS)


def reserve_series(circuit: Circuit, rule: ReserveRule, shared: SharedReserve) -> pd.DataFrame:
    """The series of a reserve held together: what lies in each lot, and what each drawer gets less what it gives back."""
    lots = [
        (f"{HELD}:{held.product}@{place}:{k}", HELD, place, "", held.product, "", "t contained")
        for k, held in enumerate(rule.holdings) for place in held.lots
    ]  # fmt: skip
    drawers = [
        (f"{DRAWN}:{product}@{economy}", DRAWN, economy, "", product, "", "t contained a week")
        for product, economy in circuit.stores.iloc[shared.store].itertuples(index=False, name=None)
    ]
    return pd.DataFrame([*lots, *drawers], columns=SERIES_COLUMNS)


def _watched(circuit: Circuit, watch: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray, list[tuple]]:
    if watch is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), []
    if missing := [name for name in ("series", "trade_row", "weight") if name not in watch]:
        raise ScenarioError(f"the watch table has no column {missing[0]}. Give series, trade_row and weight.")
    rows = watch["trade_row"].to_numpy(dtype=np.int64)
    if len(rows) and (rows.min() < 0 or rows.max() >= len(circuit.row_edge)):
        raise ScenarioError(f"watched trade row {rows.max()} is not in the network. Take rows of this network.")
    first = watch.drop_duplicates("series")
    number = {series: k for k, series in enumerate(first["series"])}
    kept = [first[name] if name in watch else [""] * len(first) for name in ("economy", "product", "partner")]
    labels = [
        (series, "watch", economy, "", product, partner, "t contained a week")
        for series, economy, product, partner in zip(first["series"], *kept, strict=True)
    ]
    return watch["series"].map(number).to_numpy(dtype=np.int64), circuit.row_edge[rows], labels
