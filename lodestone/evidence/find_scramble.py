"""The scramble on the data: what members would pay and lose for what is left of a product, product by product.

A year of the curb, stocks run down: what the issuer still lets through and what sellers elsewhere can make without it. What is under
contract keeps going to whom it went; members and all other buyers bid for the rest. Losses of products are never added up:
a use that lacks several is lost once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lodestone.coordinate.exposed import exposed_uses
from lodestone.coordinate.scramble import (
    Bought,
    Buyers,
    Supply,
    each_alone,
    loss_of,
    make_buyers,
    make_supply,
    price_takers,
    together,
)
from lodestone.evidence.joint_run import YEAR, JointRun
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import Assumption
from lodestone.respond.home import Home, home_of, home_use, spare_elsewhere, supply_elsewhere
from lodestone.simulate.luck import Luck

READ = {
    "open_share": "plan.buyable_share",
    "supply_response": "supply_response",
    "price_elasticity": "price_elasticity",
    "choke_price": "choke_price",
}  # what of a supply curve each assumption is
SAVED = ("thrift_limit", "substitution_limit")
SPREAD = "impact.spread"
UNKNOWN = "plan.unknown_price"
LEAST_GAP = 0.005  # of what members need: a smaller hole is none
MOST_SPARE = 100.0  # stands for makers whose capacity has no limit
PER_KG = 1000.0  # USD per kg and million USD per t


@dataclass(frozen=True, eq=False)
class ProductScramble:
    """One product. ``gap`` (draw, member): t a year looked for at base prices, beyond contracts and what the issuer sends; ``need``
    (member,): t a year; ``for_sale`` and ``others`` (draw,): t a year under no contract elsewhere, and looked for by buyers who are no
    members; ``price`` (draw,): USD of 2024 per kg in the base year, ``assumed`` where none is published; the three games, money in million
    USD of 2024 a year."""

    product: str
    price: np.ndarray
    assumed: bool
    gap: np.ndarray
    need: np.ndarray
    for_sale: np.ndarray
    others: np.ndarray
    alone: Bought
    takers: Bought
    joint: Bought


@dataclass(frozen=True)
class Scramble:
    """The products for which most is at stake, and those left out with the reason. ``stake``: value added that members lose if
    they find no more than they usually buy, mean over draws, by product [million USD of 2024 a year]. ``inputs``: assumptions drawn."""

    members: tuple[str, ...]
    products: tuple[ProductScramble, ...]
    stake: Mapping[str, float]
    left_out: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]


def find_scramble(setting: Setting, run: JointRun, request: Any, watch: Any) -> Scramble:
    """Play the three games for the products at which most is at stake.

    Parameters
    ----------
    run : JointRun
        With nothing done.
    request : with products (how many), seed
    """
    network, issuer = setting.network, run.issuer
    homes = {member: home_of(network, member, issuer) for member in run.members}
    known = network.products.set_index("product")
    price = known["unit_value"] / known["content"]
    dearest = price.groupby(known["form"]).max()
    factor = sampled(setting.assumptions[UNKNOWN], len(run.spread), request.seed)
    cut = [p for p, sent in zip(run.products, run.base, strict=True) if sent.sum() > 0.0]
    market = _Market(setting, run, _drawn(setting.assumptions, run, request.seed))
    stake, games, left_out = {}, {}, []
    for product in cut:
        gap, need = market.gaps(product, homes)
        hole = np.maximum(gap - market.usually(product, homes), 0.0)
        if hole.sum(axis=1).mean() < LEAST_GAP * need.sum():
            continue
        assumed = not np.isfinite(price[product])
        base = np.full(len(factor), price[product]) if not assumed else factor * dearest[known.loc[product, "form"]]
        if not np.isfinite(base).all():
            left_out.append((product, "no price of its form is known, so nothing says what a dearer tonne costs"))
            continue
        supply = market.supply(product)
        if isinstance(supply, str):
            left_out.append((product, supply))
            continue
        buyers = _buyers(setting, run, homes, product, gap, need, base / PER_KG, request.seed)
        stake[product] = float(loss_of(buyers, hole[:, need > 0.0]).sum(axis=1).mean())
        games[product] = (buyers, supply, assumed)
    most = sorted(stake, key=lambda product: -stake[product])[: request.products]
    found = []
    with watch("playing the scramble", len(most)) as tick:
        for product in most:
            buyers, supply, assumed = games[product]
            found.append(
                ProductScramble(
                    product, buyers.base_price * PER_KG, assumed, buyers.gap, buyers.need, supply.offered * supply.open_share, supply.others,
                    each_alone(buyers, supply), price_takers(buyers, supply), together(buyers, supply),
                )
            )  # fmt: skip
            if tick is not None:
                tick(len(found), len(most))
    return Scramble(run.members, tuple(found), stake, tuple(left_out), (*READ.values(), *SAVED, SPREAD, UNKNOWN))


class _Market:
    """What of each product is for sale outside the issuer, and who lacks how much of it."""

    def __init__(self, setting: Setting, run: JointRun, drawn: Mapping[str, np.ndarray]) -> None:
        self.run, self.drawn = run, drawn
        network, issuer = setting.network, run.issuer
        trade = network.trade[
            (network.trade["destination"] != issuer) & (network.trade["origin"] != network.trade["destination"])
        ]
        own = trade["origin"] == issuer
        self.from_issuer = trade[own].groupby(["product", "destination"])["flow"].sum()
        elsewhere = trade[~own].groupby(["product", "destination"])["flow"].sum()
        self.elsewhere = elsewhere
        crossing = {
            product: float(np.clip(run.sent[k][:, :YEAR].mean() / run.base[k].mean(), 0.0, 1.0))
            for k, product in enumerate(run.products)
            if run.base[k].mean() > 0.0
        }
        places = sorted({str(place) for _, place in elsewhere.index})
        self.can_send = {place: supply_elsewhere(network, place, issuer, crossing).to_series() for place in places}
        self.spare = spare_elsewhere(network, (issuer,)).fillna(0.0).clip(0.0, MOST_SPARE)

    def _lacks(self, product: str, place: str) -> np.ndarray:
        """What an economy would buy at base prices beyond contracts and what the issuer still sends, (draw,). [t a year]"""
        usual = float(self.from_issuer.get((product, place), 0.0))
        other = float(self.elsewhere.get((product, place), 0.0))
        crosses = np.ones(len(self.run.spread))
        if place in self.run.places:
            crosses = self.run.crosses[self.run.products.index(product), self.run.places.index(place)]
        under_contract = (1.0 - self.drawn["open_share"]) * self._comes(product, place)
        return np.asarray(usual * (1.0 - crosses) + other - under_contract)

    def _comes(self, product: str, place: str) -> float:
        other = float(self.elsewhere.get((product, place), 0.0))
        return other * float(self.can_send[place].get(product, 1.0)) if other > 0.0 else 0.0

    def usually(self, product: str, homes: Mapping[str, Home]) -> np.ndarray:
        """What members buy in a calm year under no contract, (draw, member). [t a year]"""
        elsewhere = np.array([float(self.elsewhere.get((product, member), 0.0)) for member in homes])
        return np.asarray(self.drawn["open_share"][:, None] * elsewhere)

    def gaps(self, product: str, homes: Mapping[str, Home]) -> tuple[np.ndarray, np.ndarray]:
        """Tonnes members look for (draw, member) and need (member,)."""
        gap = np.stack([self._lacks(product, member) for member in homes], axis=1)
        need = [
            float((home_use(home) + home.exports).sel(product=product))
            if product in home.exports["product"].values
            else 0.0
            for home in homes.values()
        ]
        use = np.array(need)
        return np.clip(gap, 0.0, use), use

    def supply(self, product: str) -> Supply | str:
        """The supply curve, or why there is none."""
        sold_to = [place for place in self.can_send if (product, place) in self.elsewhere.index]
        offered = sum(self._comes(product, place) for place in sold_to)
        buyers = {str(place) for one, place in [*self.elsewhere.index, *self.from_issuer.index] if one == product}
        others = sum((self._lacks(product, place) for place in sorted(buyers - set(self.run.members))), np.zeros(1))
        draws = len(self.run.spread)
        spare = float(self.spare.get(product, 0.0))
        if not offered > 0.0:
            return "nobody outside the issuer sells it across a border, so there is nothing to bid for"
        if spare == 0.0 and not np.asarray(others).min() > 0.0:
            return "sellers elsewhere have no spare capacity and no other buyer lacks it, so no price brings more"
        return make_supply(
            np.full(draws, offered), self.drawn["open_share"], np.full(draws, spare), np.broadcast_to(np.maximum(others, 0.0), (draws,)),
            self.drawn["supply_response"], self.drawn["price_elasticity"], self.drawn["choke_price"],
        )  # fmt: skip


def _buyers(
    setting: Setting, run: JointRun, homes: Mapping[str, Home], product: str, gap: np.ndarray, need: np.ndarray, price: np.ndarray,
    seed: int,
) -> Buyers:  # fmt: skip
    """Members that need the product, with what its lack would stop."""
    kept = [k for k, tonnes in enumerate(need) if tonnes > 0.0]
    members = [run.members[k] for k in kept]
    sectors = sorted({sector for member in members for sector in run.worth[member]})
    draws = len(run.spread)
    worth, saved = (np.zeros((draws, len(members), len(sectors))) for _ in range(2))
    exposed = np.zeros((len(members), len(sectors)))
    spared = {sector: _saved(setting.assumptions, sector, draws, seed) for sector in sectors}
    for row, member in enumerate(members):
        stops = exposed_uses(setting.network, homes[member], product).to_series()
        for column, sector in enumerate(sectors):
            exposed[row, column] = stops.get(f"{sector}@{member}", 0.0)
            worth[:, row, column] = run.worth[member].get(sector, 0.0)
            saved[:, row, column] = spared[sector]
    some = exposed.any(axis=0)
    return make_buyers(
        members, gap[:, kept], need[kept], worth[:, :, some], exposed[:, some], saved[:, :, some], run.spread, price
    )


def _saved(assumptions: Mapping[str, Assumption], sector: str, draws: int, seed: int) -> np.ndarray:
    """Share of an input a sector can do without: thrift and substitution together, (draw,)."""
    keeps = np.ones(draws)
    for name in SAVED:
        keeps *= 1.0 - sampled(
            assumptions[f"{name}:{sector}" if f"{name}:{sector}" in assumptions else name], draws, seed
        )
    return 1.0 - keeps


def _drawn(assumptions: Mapping[str, Assumption], run: JointRun, seed: int) -> dict[str, np.ndarray]:
    return {what: sampled(assumptions[name], len(run.spread), seed) for what, name in READ.items()}


def sampled(assumption: Assumption, draws: int, seed: int) -> np.ndarray:
    """Draws of an assumption, those the simulator has under the same seed. (draw,)"""
    row = assumption
    return np.array(
        [Luck(seed, k).number(row.id, row.low, row.central, row.high, row.distribution) for k in range(draws)]
    )
