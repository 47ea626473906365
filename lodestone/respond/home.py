"""One economy's part of the network as arrays: what it imports, makes, uses and sends abroad.

The planner sees the world from one economy. Its processes and uses are those of the baseline; what reaches it from
the issuer and from elsewhere is what the baseline's trade says, less what a curb holds back. How far suppliers
elsewhere can deliver while the issuer does not is followed through their own recipes (`supply_elsewhere`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.errors import LabelError

SOURCES = ("issuer", "elsewhere")
MAX_SWEEPS = 200
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Home:
    """An economy's own network. Tonnes are of contained element, a year unless said otherwise.

    ``form`` (product): the word for a product's form. ``price`` (product): USD of 2024 per kg contained, NaN where no
    price is known. ``stage`` (process). ``activity``, ``capacity`` (process): t a
    year. ``takes``, ``gives`` (process, product): t per t
    of activity. ``needs`` (use, product): t a year at full output; ``essential`` (use, product): whether the use stops
    without it. ``imports`` (product, source): t a year in the base year. ``spare`` (product): share by which
    suppliers elsewhere can raise what they send. ``exports`` (product): t a year sent abroad or piled up. ``outside``
    (product): t a year that reach all economies but the issuer, this one included.
    """

    economy: str
    issuer: str
    form: xr.DataArray
    price: xr.DataArray
    stage: xr.DataArray
    activity: xr.DataArray
    capacity: xr.DataArray
    takes: xr.DataArray
    gives: xr.DataArray
    needs: xr.DataArray
    essential: xr.DataArray
    imports: xr.DataArray
    spare: xr.DataArray
    exports: xr.DataArray
    outside: xr.DataArray


def home_of(network: Network, economy: str, issuer: str) -> Home:
    """Cut an economy's part out of a network.

    Parameters
    ----------
    network : Network
    economy, issuer : str

    Returns
    -------
    Home
        Its balances hold as the network's do: made + imported = taken in + used + sent abroad, product by product.

    Raises
    ------
    LabelError
        If the network has no use in the economy, or the issuer is the economy.

    Examples
    --------
    >>> from tests.world import small_network
    >>> home = home_of(small_network(), "BOR", "ALB")
    >>> home.needs.sizes["use"] > 0, float(home.imports.sum("product").sel(source="issuer")) > 0
    (True, True)
    """
    if economy == issuer:
        raise LabelError(f"{economy} is who curbs. Plan for an economy that depends on it.")
    nodes = network.nodes[network.nodes["economy"] == economy].set_index("node")
    processes = nodes.index[nodes["kind"] == "process"].tolist()
    uses = nodes.index[nodes["kind"] == "use"].tolist()
    if not uses:
        known = sorted(set(network.nodes.loc[network.nodes["kind"] == "use", "economy"]))
        raise LabelError(f"no use of '{economy}' in the network. Use one of: {', '.join(known)}.")
    trade = network.trade
    arriving = trade[(trade["destination"] == economy) & (trade["origin"] != economy)]
    inputs = network.inputs[network.inputs["node"].isin(nodes.index)]
    outputs = network.outputs[network.outputs["node"].isin(processes)]
    touched = {*arriving["product"], *inputs["product"], *outputs["product"]}
    products = [product for product in network.products["product"] if product in touched]
    about = network.products.set_index("product").loc[products]
    leaving = trade[(trade["origin"] == economy) & (trade["destination"] != economy)]
    piled = network.stock_change[network.stock_change["economy"] == economy]
    at_full = inputs["coefficient"].to_numpy() * nodes["activity"].loc[inputs["node"]].to_numpy()
    of_use = inputs["node"].isin(uses).to_numpy()
    by_source = arriving.assign(source=np.where(arriving["origin"] == issuer, *SOURCES))
    imports = by_source.groupby(["product", "source"])["flow"].sum().unstack(fill_value=0.0)
    return Home(
        economy,
        issuer,
        form=_by(about["form"], "product"),
        price=_by((about["unit_value"] / about["content"]).astype(float), "product"),
        stage=_by(nodes["stage"].loc[processes], "process"),
        activity=_by(nodes["activity"].loc[processes].astype(float), "process"),
        capacity=_by(nodes[["activity", "capacity"]].loc[processes].max(axis=1).astype(float), "process"),
        takes=_table(inputs[~of_use], inputs["coefficient"][~of_use], processes, products, "process"),
        gives=_table(outputs, outputs["coefficient"], processes, products, "process"),
        needs=_table(inputs[of_use], at_full[of_use], uses, products, "use"),
        essential=_table(inputs[of_use], inputs["essential"][of_use], uses, products, "use") > 0.0,
        imports=_grid(imports.reindex(index=products, columns=list(SOURCES)).fillna(0.0), "product", "source"),
        spare=_by(spare_elsewhere(network, (economy, issuer)).reindex(products).fillna(0.0), "product"),
        exports=_by(
            leaving.groupby("product")["flow"].sum().reindex(products).fillna(0.0)
            + piled.groupby("product")["change"].sum().reindex(products).fillna(0.0),
            "product",
        ),
        outside=_by(
            trade[trade["destination"] != issuer].groupby("product")["flow"].sum().reindex(products).fillna(0.0),
            "product",
        ),
    )


def home_use(home: Home) -> xr.DataArray:
    """What the economy's processes and uses take of each product, dims (product,). [t contained a year]"""
    return (home.takes * home.activity).sum("process") + home.needs.sum("use")


@dataclass(frozen=True)
class _Followed:
    """Where goods end after the pipelines have run dry. ``place``: number of each (product, economy); ``made``, ``arrived``
    (place): share of base-year output and arrivals."""

    place: pd.Series
    made: np.ndarray
    arrived: np.ndarray


def _follow(network: Network, issuer: str, crosses: Mapping[str, float]) -> _Followed:
    nodes, trade = network.nodes, network.trade
    places = pd.MultiIndex.from_frame(
        pd.concat(
            [
                trade[["product", "origin"]].rename(columns={"origin": "economy"}),
                trade[["product", "destination"]].rename(columns={"destination": "economy"}),
            ]
        ).drop_duplicates()
    )
    at = pd.Series(range(len(places)), index=places)
    node_at = pd.Series(range(len(nodes)), index=nodes["node"])
    owner = nodes["economy"].to_numpy()
    taking = network.inputs[network.inputs["essential"].astype(bool)]
    into = node_at.loc[taking["node"]].to_numpy()
    from_place = _places(at, taking["product"], owner[into])
    giving = node_at.loc[network.outputs["node"]].to_numpy()
    to_place = _places(at, network.outputs["product"], owner[giving])
    mass = network.outputs["coefficient"].to_numpy() * nodes["activity"].to_numpy()[giving]
    known, fed = to_place >= 0, from_place >= 0
    pool_of = _places(at, trade["product"], trade["origin"].to_numpy())
    store_of = _places(at, trade["product"], trade["destination"].to_numpy())
    own = trade["product"].map(lambda product: crosses.get(product, 1.0)).to_numpy(float)
    let = np.where((trade["origin"] == issuer) & (trade["destination"] != issuer), own, 1.0)
    at_issuer = places.get_level_values("economy") == issuer
    flow = trade["flow"].to_numpy()
    made = np.ones(len(places))
    for _ in range(MAX_SWEEPS):
        arrived = _mean(store_of, flow, let * made[pool_of], len(places))
        running = np.ones(len(nodes))
        np.minimum.at(running, into[fed], arrived[from_place[fed]])
        following = np.where(at_issuer, 1.0, _mean(to_place[known], mass[known], running[giving[known]], len(places)))
        if np.abs(following - made).max(initial=0.0) < TOLERANCE:
            break
        made = following
    return _Followed(at, made, arrived)


def supply_elsewhere(network: Network, economy: str, issuer: str, crosses: Mapping[str, float]) -> xr.DataArray:
    """What suppliers elsewhere can still send an economy while the issuer lets only a part of its goods out.

    A maker elsewhere makes as much as the scarcest of its essential inputs allows; inputs come from where they came in
    the base year. Nobody switches, nobody draws on stock: what is left after the pipelines have run dry.

    Parameters
    ----------
    network : Network
    economy, issuer : str
    crosses : mapping of float by product
        Share of the issuer's shipments that cross. [0..1]; 1 for products that are not named.

    Returns
    -------
    DataArray, dims (product,)
        Share of base-year imports from elsewhere; 1 where there were none.

    Examples
    --------
    >>> from tests.world import small_network
    >>> left = supply_elsewhere(small_network(), "BOR", "ALB", {})
    >>> float(left.min())
    1.0
    """
    found, trade = _follow(network, issuer, crosses), network.trade
    rows = trade[(trade["destination"] == economy) & ~trade["origin"].isin([economy, issuer])]
    made = found.made[_places(found.place, rows["product"], rows["origin"].to_numpy())]
    sent = pd.Series(rows["flow"].to_numpy() * made).groupby(rows["product"].to_numpy()).sum()
    base = rows.groupby("product")["flow"].sum()
    share = (sent / base.where(base > 0.0)).reindex(network.products["product"]).fillna(1.0)
    return _by(share, "product")


def feed_elsewhere(
    network: Network, issuer: str, crosses: Mapping[str, float], plants: Mapping[str, tuple[str, Sequence[str]]]
) -> xr.DataArray:
    """What plants elsewhere can run at on what reaches where they stand, while the issuer lets only a part of its goods out.

    A plant buys what its processes take and do not make themselves, and gets the share that makers where it stands get of
    theirs; where nobody takes an input yet, the share that all outside the issuer get of it. The scarcest one binds.

    Parameters
    ----------
    network : Network
    issuer : str
    crosses : mapping of float by product
        As of `supply_elsewhere`.
    plants : mapping of (economy, processes) by name
        Processes are named without their economy.

    Returns
    -------
    DataArray, dims (lever,)
        Share of full output. [0..1]

    Examples
    --------
    >>> from tests.world import small_network
    >>> feed_elsewhere(small_network(), "ALB", {"oxide_heavy": 0.4}, {"plant": ("COR", ["magnet"])}).round(3).item()
    0.4
    """
    found, trade = _follow(network, issuer, crosses), network.trade
    process = network.nodes.set_index("node")["process"]
    takes = network.inputs[network.inputs["essential"].astype(bool)].assign(
        process=lambda t: process.loc[t["node"]].values
    )
    gives = network.outputs.assign(process=lambda t: process.loc[t["node"]].values)
    outside = trade[trade["destination"] != issuer]
    store = _places(found.place, outside["product"], outside["destination"].to_numpy())
    came = pd.DataFrame(
        {"product": outside["product"], "flow": outside["flow"], "had": outside["flow"] * found.arrived[store]}
    )
    sums = came.groupby("product")[["flow", "had"]].sum()
    everywhere = (sums["had"] / sums["flow"].where(sums["flow"] > 0.0)).fillna(1.0)
    shares = []
    for economy, processes in plants.values():
        own = set(gives.loc[gives["process"].isin(processes), "product"])
        feed = [one for one in dict.fromkeys(takes.loc[takes["process"].isin(processes), "product"]) if one not in own]
        here = [found.place.get((one, economy), -1) for one in feed]
        each = [
            found.arrived[k] if k >= 0 else float(everywhere.get(one, 1.0)) for one, k in zip(feed, here, strict=True)
        ]
        shares.append(min(each, default=1.0))
    return xr.DataArray(np.array(shares, float), {"lever": list(plants)}, ("lever",))


def spare_elsewhere(network: Network, without: Sequence[str]) -> pd.Series:
    """Share by which makers outside some economies can raise what they make, by product.

    Capacity over activity of each, less one, weighed by what it makes of the product.
    """
    outside = network.nodes[~network.nodes["economy"].isin(list(without))].set_index("node")
    made = network.outputs[network.outputs["node"].isin(outside.index)]
    now = made["coefficient"].to_numpy() * outside["activity"].loc[made["node"]].to_numpy()
    most = made["coefficient"].to_numpy() * outside[["activity", "capacity"]].max(axis=1).loc[made["node"]].to_numpy()
    sums = pd.DataFrame({"product": made["product"].to_numpy(), "now": now, "most": most}).groupby("product").sum()
    return sums["most"] / sums["now"].where(sums["now"] > 0.0) - 1.0


def _places(at: pd.Series, product: pd.Series, economy: np.ndarray) -> np.ndarray:
    """Number of each (product, economy); -1 where nothing is traded."""
    return at.reindex(pd.MultiIndex.from_arrays([product.to_numpy(), economy])).fillna(-1).to_numpy(int)


def _mean(place: np.ndarray, mass: np.ndarray, value: np.ndarray, count: int) -> np.ndarray:
    """Mean by place; 1 where nothing comes."""
    weight = np.bincount(place, mass, count)
    return np.where(weight > 0.0, np.bincount(place, mass * value, count) / np.where(weight > 0.0, weight, 1.0), 1.0)


def _by(values: pd.Series, dim: str) -> xr.DataArray:
    return xr.DataArray(values.to_numpy(), {dim: values.index.to_numpy()}, (dim,))


def _grid(values: pd.DataFrame, rows: str, columns: str) -> xr.DataArray:
    return xr.DataArray(
        values.to_numpy(float), {rows: values.index.to_numpy(), columns: values.columns.to_numpy()}, (rows, columns)
    )


def _table(
    rows: pd.DataFrame, values: pd.Series | np.ndarray, nodes: list[str], products: list[str], dim: str
) -> xr.DataArray:
    long = pd.DataFrame(
        {"node": rows["node"].to_numpy(), "product": rows["product"].to_numpy(), "value": np.asarray(values, float)}
    )
    wide = long.groupby(["node", "product"])["value"].sum().unstack(fill_value=0.0)
    return _grid(wide.reindex(index=nodes, columns=products).fillna(0.0), dim, "product")
