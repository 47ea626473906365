"""The market view of a run: one year, no stocks, no lags, one price for all buyers outside the issuer.

The cut is what the run's first year shows not crossing the issuer's border, so a ban on one economy cuts the market
by that economy's part less what comes round through others, and a stop to all cuts it by all the issuer sold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lodestone.baseline.explain import Explainer
from lodestone.evidence.find_travel import Travel
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.evidence.stage_market import YEAR, StageMarket
from lodestone.impact.figures import market_figures
from lodestone.impact.indirect import IndirectLoss
from lodestone.impact.market_view import SLICES, MarketDraw, MarketView, by_value, market_view
from lodestone.impact.nouns import Impact
from lodestone.labels import in_sentences, load_labels
from lodestone.record.figure import Figure
from lodestone.simulate.blueprint import Blueprint, build_blueprint
from lodestone.simulate.circuit import build_circuit
from lodestone.simulate.luck import Choice, Luck
from lodestone.simulate.nouns import Ensemble
from lodestone.simulate.parameters import Member, sample_member

CELLS = 6  # named of each kind, the largest
ROUNDING = 1e-6  # of what leaves: a share stopped below it is none
LICENCE = ("licence.share_applications_approved", "licence.share_tonnes_of_approved", "licence.review_weeks")


@dataclass(frozen=True)
class Market:
    """Figures by id, the ids a page leads with (``market.*``), the draws behind them, and what is said beside them.

    ``why_not`` says why there is no market view, where there is none.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    headline: dict[str, str] = field(default_factory=dict)
    view: MarketView | None = None
    notes: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class _Parts:
    """Where a blueprint holds what the market needs: outputs, edges and slots, each with the worth of a tonne by element.

    ``watched`` is the worth of the products of the run's watched series, in their order.
    """

    suppliers: tuple[str, ...]
    outputs: np.ndarray
    nodes: np.ndarray  # of the outputs
    supplier: np.ndarray
    made_worth: np.ndarray
    edge_worth: np.ndarray
    leaving: np.ndarray
    entering: np.ndarray
    slots: dict[str, np.ndarray]  # by valued sector
    slot_worth: np.ndarray
    watched: np.ndarray


def find_market(
    setting: Setting, market: StageMarket, explainer: Explainer, ensemble: Ensemble, impact: Impact, travel: Travel,
    loss: IndirectLoss | None, prefix: str, draws: int,
) -> Market:  # fmt: skip
    """What one economy loses in the first year if a market, not a queue, shares out what is left.

    Parameters
    ----------
    market : StageMarket
        Whose ``flows`` the run watched.
    ensemble : Ensemble
        The run; member k of it is draw k here, with the same luck.
    impact : Impact
        The direct loss of the same run, for what sectors earn and how they choose.
    travel, loss
        Where that loss travels; the knock-on is its indirect over its direct part at home.
    prefix : str
        Of the ids of the run's figures; those of the market are ``PREFIX.market.WORD``.
    draws : int
        At most so many.
    """
    if market.why_not:
        return Market(why_not=market.why_not)
    if not impact.sectors:
        economies = in_sentences(load_labels(setting.folder / "labels", "economies"))
        spoken = economies.get(impact.economy, impact.economy)
        return Market(
            why_not=f"No value added of {spoken} is published, so a market would show its sellers' gains alone."
        )
    count = min(draws, ensemble.draws, len(loss.value_added[0]) if loss else draws)
    plan, parts = _ground(setting, market, ensemble, impact)
    view = _view(plan, parts, ensemble, impact, _knock_on(loss, count))
    below, leaves = _below(setting, market, explainer, plan, parts, impact, travel, prefix)
    made = market_figures(f"{prefix}.market", view, market.elements, impact.economy, _where(setting, market), below)
    headline = {f"market.{word}": figure.id for word, figure in made.items()}
    notes = (*market.notes, *_silent_on(setting, plan, impact, loss))
    return Market(leaves | {figure.id: figure for figure in made.values()}, headline, view, notes)


def find_market_view(
    setting: Setting, market: StageMarket, ensemble: Ensemble, impact: Impact, knock_on: np.ndarray
) -> MarketView:
    """The draws of a market view alone: as many as ``knock_on`` (draw,) has, on the first members of the run."""
    return _view(*_ground(setting, market, ensemble, impact), ensemble, impact, knock_on)


def _view(plan: Blueprint, parts: _Parts, ensemble: Ensemble, impact: Impact, knock_on: np.ndarray) -> MarketView:
    return market_view([_draw(plan, parts, ensemble, impact, k, float(one)) for k, one in enumerate(knock_on)])


def _where(setting: Setting, market: StageMarket) -> str:
    return f"outside {', '.join(sorted(market.issuers))}, at the stage {market.stage} of {setting.about.words}"


def _ground(setting: Setting, market: StageMarket, ensemble: Ensemble, impact: Impact) -> tuple[Blueprint, _Parts]:
    """The run's blueprint over a year, and where it holds what the market needs."""
    circuit, network = build_circuit(setting.network), setting.network
    plan = build_blueprint(circuit, setting.baseline.draws, setting.assumptions, weeks=YEAR, user=setting.user)
    wiring = circuit.wiring
    number = {product: k for k, product in enumerate(network.products["product"])}

    def product_of(labels: np.ndarray) -> np.ndarray:
        return np.array([number[label] for label in labels])

    place = network.nodes["economy"].to_numpy()
    made = product_of(network.outputs["product"].to_numpy())[circuit.output_row]
    outside = ~np.isin(place[wiring.output_node], sorted(market.issuers))
    outputs = np.flatnonzero(market.goods[made] & outside)
    suppliers, supplier = np.unique(place[wiring.output_node[outputs]].astype(str), return_inverse=True)
    traded = product_of(network.trade["product"].to_numpy())[circuit.edge_row]
    taken = product_of(network.inputs["product"].to_numpy())[circuit.slot_row]
    sector = network.nodes["process"].where(network.nodes["kind"] == "use", "").to_numpy()[wiring.slot_node]
    here = place[wiring.slot_node] == impact.economy
    return plan, _Parts(
        tuple(suppliers.tolist()), outputs, wiring.output_node[outputs], supplier, market.worth[made[outputs]],
        market.worth[traded], circuit.row_edge[market.leaving], circuit.row_edge[market.entering],
        {one: np.flatnonzero(here & (sector == one) & (market.worth[taken] > 0.0).any(axis=1)) for one in impact.sectors},
        market.worth[taken], market.worth[product_of(ensemble.series["product"].to_numpy())],
    )  # fmt: skip


def _draw(plan: Blueprint, parts: _Parts, ensemble: Ensemble, impact: Impact, k: int, knock_on: float) -> MarketDraw:
    member = sample_member(plan, Luck(ensemble.seed, k))
    made, more = (_by_supplier(parts, member.output[parts.outputs] * one[parts.nodes])
                  for one in (member.activity, _ramped(member)))  # fmt: skip
    room = more / np.where(made > 0.0, made, 1.0)
    home = np.array(parts.suppliers) == impact.economy
    sold, bought = (member.flow[edges] @ parts.edge_worth[edges] * YEAR for edges in (parts.leaving, parts.entering))
    crossed = ensemble.headline[:, k, :YEAR].astype(float).mean(axis=1) @ parts.watched * YEAR
    stopped = np.clip(1.0 - crossed / np.where(sold > 0.0, sold, 1.0), 0.0, 1.0)
    use, value, saved = _industries(plan, parts, member, impact, k)
    return MarketDraw(
        made, room, np.maximum(sold - bought, 0.0), np.where((sold > 0.0) & (stopped > ROUNDING), stopped, 0.0),
        member.supply_response, -member.price_elasticity, member.choke_price, use, value, saved,
        made[:, home].sum(axis=1), room[:, home].sum(axis=1), knock_on,
    )  # fmt: skip


def _by_supplier(parts: _Parts, tonnes: np.ndarray) -> np.ndarray:
    """What outputs of so many tonnes a week are worth a year, by element and supplier."""
    worth = np.zeros((len(parts.suppliers), parts.made_worth.shape[1]))
    np.add.at(worth, parts.supplier, tonnes[:, None] * parts.made_worth * YEAR)
    return worth.T


def _ramped(member: Member) -> np.ndarray:
    """By node, what it makes beyond the base year on the mean of the year, if it starts at once. [t a week]"""
    weeks = np.arange(1, YEAR + 1)[:, None]
    extra: np.ndarray = np.minimum(weeks * member.ramp_step, member.capacity - member.activity).mean(axis=0)
    return extra


def _industries(
    plan: Blueprint, parts: _Parts, member: Member, impact: Impact, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Use (slice, element), value added and thrift (slice,) of the economy's valued sectors, in slices by value.

    What a lack of an input that is not essential takes off a sector rests on that input; the rest of what the
    sector earns rests on its essential inputs together, if it has any.
    """
    wiring = plan.circuit.wiring
    saved = 1.0 - (1.0 - member.thrift_limit) * (1.0 - member.substitution_limit)
    uses, values, thrifts = [np.zeros((0, parts.slot_worth.shape[1]))], [np.zeros(0)], [np.zeros(0)]
    for row, sector in enumerate(impact.sectors):
        slots = parts.slots[sector]
        tonnes = member.coefficient[slots] * member.activity[wiring.slot_node[slots]] * YEAR
        worth = tonnes[:, None] * parts.slot_worth[slots]
        essential = wiring.slot_essential[slots]
        for some, share in _resting(essential, np.where(tonnes > 0.0, member.degrade[slots], 0.0)):
            use = worth[some].sum(axis=0)
            if not use.sum() > 0.0:
                continue
            uses.append(np.tile(use / SLICES, (SLICES, 1)))
            earned = share * float(impact.value_added_year[row, k])
            values.append(by_value(earned, float(impact.inputs["impact.spread"][k])))
            thrifts.append(np.full(SLICES, float(worth[some].sum(axis=1) @ saved[slots][some] / use.sum())))
    return np.concatenate(uses), np.concatenate(values), np.concatenate(thrifts)


def _resting(essential: np.ndarray, degrade: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Groups of a sector's inputs (as masks), each with the share of what the sector earns that rests on it.

    >>> [(mask.tolist(), round(share, 3)) for mask, share in _resting(np.array([True, False]), np.array([0.0, 0.2]))]
    [([True, False], 0.8), ([False, True], 0.2)]
    """
    soft = np.where(essential, 0.0, degrade)
    soft /= max(float(soft.sum()), 1.0)
    alone = [(np.arange(len(soft)) == one, float(soft[one])) for one in np.flatnonzero(~essential)]
    return [(essential, 1.0 - float(soft.sum())), *alone] if essential.any() else alone


def _knock_on(loss: IndirectLoss | None, count: int) -> np.ndarray:
    """Indirect over direct loss at home by draw; the median of the others where nothing was lost directly."""
    if loss is None:
        return np.zeros(count)
    part = dict(zip(loss.parts, loss.value_added.sum(axis=2)[:, :count], strict=True))
    some = part["direct"] > 0.0
    if not some.any():
        return np.zeros(count)
    ratio = part["indirect"][some] / part["direct"][some]
    whole = np.full(count, np.median(ratio))
    whole[some] = ratio
    return whole


def _silent_on(setting: Setting, plan: Blueprint, impact: Impact, loss: IndirectLoss | None) -> tuple[str, ...]:
    nodes = plan.circuit.network.nodes
    uses = nodes.loc[(nodes["kind"] == "use") & (nodes["economy"] == impact.economy), "process"]
    sectors = load_labels(setting.folder / "labels", "sectors")
    silent = [sectors["name"].get(sector, sector).lower() for sector in uses if sector not in impact.sectors]
    said = [f"No value added is published of {', '.join(silent)}; they are not in it."] if silent else []
    if loss is None:
        said.append("No loss was sent through the table, so nothing is counted further downstream.")
    return tuple(said)


def _below(
    setting: Setting, market: StageMarket, explainer: Explainer, plan: Blueprint, parts: _Parts, impact: Impact,
    travel: Travel, prefix: str,
) -> tuple[dict[str, tuple[str, ...]], dict[str, Figure]]:  # fmt: skip
    """What each figure rests on beside the other figures of the market, and the leaves of that."""
    network = setting.network
    wiring = plan.circuit.wiring
    trade = network.trade.iloc[market.leaving]
    sold = trade["flow"].to_numpy() * parts.edge_worth[parts.leaving].sum(axis=1)
    node_figure, node_place = network.nodes["figure"].to_numpy(), network.nodes["economy"].to_numpy()
    activity = network.nodes["activity"].to_numpy()[parts.nodes] * parts.made_worth.sum(axis=1)
    home = node_place[parts.nodes] == impact.economy
    slots = np.concatenate([np.zeros(0, int), *parts.slots.values()])
    rows = plan.circuit.slot_row[slots]
    used = network.inputs["coefficient"].to_numpy()[rows] * parts.slot_worth[slots].sum(axis=1)
    cells = {
        "leaving": _largest(trade["figure"].to_numpy(), sold),
        "made": _largest(node_figure[parts.nodes], activity),
        "domestic": _largest(node_figure[parts.nodes][home], activity[home]),
        "use": _largest(network.inputs["figure"].to_numpy()[rows], used),
    }
    room = [*_rows(plan.choices["ramp_weeks"], parts.nodes), *_rows(plan.choices["spare_capacity"], parts.nodes)]
    room += [row.id for node in dict.fromkeys(parts.nodes.tolist()) for row in plan.hosts.get(node, ())]
    saving = [name for kind in ("thrift_limit", "substitution_limit") for name in _rows(plan.choices[kind], slots)]
    soft = slots[~wiring.slot_essential[slots]]
    names = {
        "supply": ("supply_response", *dict.fromkeys(room)),
        "market": ("price_elasticity", "choke_price"),
        "saving": tuple(saving),
        "value": ("impact.spread", *_rows(plan.choices["nonessential_weight"], soft)),
        "licence": tuple(name for name in (*LICENCE, "rerouting.share") if name in setting.assumptions),
    }
    leaves = explainer.cells(name for group in cells.values() for name in group)
    for name in (one for group in names.values() for one in group):
        leaves[f"assumption:{name}"] = explainer.assumption(name)
    for fact in market.facts:
        leaves[f"fact:{fact}"] = explainer.fact(fact)
    measures = [measure_figure(measure) for measure in setting.scenario.measures]
    leaves |= {one.id: one for one in measures}
    below = cells | {key: tuple(f"assumption:{name}" for name in group) for key, group in names.items()}
    below["prices"] = tuple(f"fact:{fact}" for fact in market.facts)
    below["measures"] = tuple(one.id for one in measures)
    below["earns"] = tuple(f"{prefix}.earns.{sector}" for sector in impact.sectors if len(parts.slots[sector]))
    below["travel"] = tuple(travel.headline[f"travel.{word}"] for word in ("direct", "indirect") if travel.headline)
    return below, leaves


def _largest(names: np.ndarray, size: np.ndarray) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(names[k]) for k in np.argsort(-size, kind="stable") if names[k]))[:CELLS]


def _rows(choice: Choice, parts: np.ndarray) -> tuple[str, ...]:
    """Ids of the assumptions that hold for these parts."""
    return tuple(choice.rows[k].id for k in np.unique(choice.index[parts]))
