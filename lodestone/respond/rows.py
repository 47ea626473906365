"""What holds in a planning programme whatever a minister sets: commitments, processes, balances, uses, sharing, reserve.

The equations stand in ``docs/explanation/planning.md`` in the same order and under the same names; see
`lodestone.respond.programme`, which adds rules and the aim. Amounts are tonnes of contained element in a slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from lodestone.respond.home import Home, home_use
from lodestone.respond.incidence import above_zero, along, incidence, index, matches, same
from lodestone.respond.options import WEEKS_A_YEAR, Options, Rules, Terms, ready_share
from lodestone.respond.rationing import KNOTS, precedence, served_first, sharing_of, slopes
from lodestone.respond.slots import Slots, slots_of
from lodestone.respond.solve import new_model
from lodestone.respond.tree import ScenarioTree, paths

if TYPE_CHECKING:
    pass


class Rows:
    """One programme being written: what may be chosen, and the rows of each paragraph but rules and aim."""

    def __init__(
        self, home: Home, options: Options, terms: Terms, rules: Rules, tree: ScenarioTree, data: xr.Dataset
    ) -> None:
        self.home, self.options, self.terms, self.rules, self.tree = home, options, terms, rules, tree
        self.model = new_model()
        self.slots: Slots = slots_of(tree, data, home.exports["product"].values)
        self.years = self.slots.weeks / WEEKS_A_YEAR
        self.calm = self.years * (self.slots.age == 0.0)
        self.begins, self.succeeds = data["begins"], data.get("succeeds")
        self.span = self.slots.to_node(self.years)
        self.product = home.exports["product"].values
        self.lever = {"lever": options.levers.index.tolist()}
        first = served_first(home, terms.first)
        self.sharing = sharing_of(home, first, rules.allotted)
        self.counts = precedence(home, terms.worth, first, terms.spread)

    def _choose(self) -> None:
        """What may be chosen, and between which limits; what cannot happen has no variable."""
        h, o, s = self.home, self.options, self.slots
        slot, node = {"slot": s.name}, {"node": list(self.tree.node)}
        routes = above_zero(h.imports, "product", "source")
        self.route = index("route", [f"{p}<{f}" for p, f in routes])
        pick = {
            "product": along(self.route, [p for p, _ in routes]),
            "source": along(self.route, [f for _, f in routes]),
        }
        self.from_issuer = along(self.route, [float(f == h.imports["source"].values[0]) for _, f in routes])
        self.of_route = incidence(self.route, [p for p, _ in routes], self.product)
        usual = h.imports.sel(pick).drop_vars(["product", "source"])
        more = h.spare.sel(product=pick["product"]).drop_vars("product")
        outside = h.outside.sel(product=pick["product"]).drop_vars("product") * float(o.steps.sum())
        ahead = outside * (s.age == 0.0)  # for the reserve, while nothing is held back
        most = usual + xr.where(self.from_issuer > 0.0, ahead, usual * more)
        opens = s.opens.sel(pick).drop_vars(["product", "source"])
        self.buys = self._add("buys", {**self.route, **slot}, most * opens * self.years)
        self.runs = self._add("runs", {"process": h.activity["process"].values, **slot})
        uses = {"use": h.needs["use"].values}
        self.served, self.lost = self._add("served", {**uses, **slot}, 1.0), self._add("lost", {**uses, **slot})
        self.pairs = above_zero(h.needs, "use", "product")
        self.pair = index("pair", [f"{u}<{p}" for u, p in self.pairs])
        pick = {
            "use": along(self.pair, [u for u, _ in self.pairs]),
            "product": along(self.pair, [p for _, p in self.pairs]),
        }
        self.need = h.needs.sel(pick).drop_vars(["use", "product"]) * self.years
        self.hard = h.essential.sel(pick).drop_vars(["use", "product"])
        self.need = self.need * self.terms.still_needs(s.age).sel(use=pick["use"]).drop_vars("use")
        sent = h.exports.where(h.exports > 0.0, drop=True).rename(product="sent")
        most_sent = sent * self.sharing.top.sel(product=sent["sent"].values).rename(product="sent")
        self.exports = sent
        self.shut = [one for one, age in zip(s.name, s.age.values, strict=True) if age > 0.0]  # in calm nobody lacks
        alone = ~self._by_share(self.pair, [f"{u}<{p}" for u, p in self.sharing.uses])
        self.used = self._add("used", {**self.pair, **slot}, mask=alone)
        to = {"sent": sent["sent"].values}
        alone = ~self._by_share(to, self.sharing.product)
        self.sends = self._add("sends", {**to, **slot}, most_sent * self.years, alone)
        self._offer()
        cover = self.terms.cover.where(self.terms.cover > 0.0, drop=True).rename(product="held")
        self.cover = cover
        self.jump, room = (one.sel(product=cover["held"].values).rename(product="held") for one in (s.cover, s.room))
        self.working = self._add("working", {"held": cover["held"].values, **slot}, cover * room)
        self.commit = self._add("commit", {**self.lever, **node}, self._open())
        self.bringing = self.options.delivers.where(self.options.delivers.sum("product") > 0.0, drop=True)
        self.brings = self._add("brings", {"lever": self.bringing["lever"].values, **slot})
        stocked = {"stocked": o.stockable["stocked"].values}
        self.reserve = self._add("reserve", {**stocked, **slot}, o.most_held * xr.ones_like(self.years))
        self.draws = self._add("draws", {**stocked, **slot})
        yearly = h.outside.sel(product=stocked["stocked"]).rename(product="stocked")
        calm = s.to_node(self.calm)
        calm = calm.where(calm > 0.0, drop=True)
        in_calm = {"step": o.steps["step"].values, "node": calm["node"].values}
        self.fills = self._add("fills", {**stocked, **in_calm}, yearly * o.steps * calm)

    def _by_share(self, of: dict[str, Any], shared: Sequence[str]) -> xr.DataArray:
        """Whether an entry of an index is of those that get a share of what there is, at each slot."""
        ((dim, labels),) = of.items()
        return xr.DataArray(np.isin(labels, shared), {dim: labels}, (dim,)) & self.years["slot"].isin(self.shut)

    def _offer(self) -> None:
        """What there is of shared products while a curb is in force, and what uses get: their usual share, or what they choose."""
        sharing, self.gets = self.sharing, self.used.to_linexpr().fillna(0.0)
        if not sharing.product or not self.shut:
            return
        theirs = self.home.exports.sel(product=sharing.product).rename(product="rationed") / sharing.usual
        top = sharing.top.sel(product=sharing.product).rename(product="rationed")
        most = (sharing.usual * top).where(theirs > 0.0, np.inf) * self.years.sel(slot=self.shut)
        self.there = self._add("there", {"rationed": sharing.product, "slot": self.shut}, most)
        self.leaves = self.there * (1.0 + theirs)  # all that takers at home and buyers abroad may take
        pair, of = sharing.of_uses["pair"].values.tolist(), [p for _, p in sharing.uses]
        mine = self.there.sel(rationed=of).rename(rationed="pair").assign_coords(pair=pair) * sharing.of_uses
        self.gets = self.gets + mine.reindex(pair=self.pair["pair"], slot=self.slots.name).fillna(0.0)

    def _open(self) -> xr.DataArray:
        """Where each lever can be committed to: everywhere, but for what research has yet to find."""
        found = xr.ones_like(self.begins) if self.succeeds is None else self.succeeds
        asked = xr.DataArray([one == self.options.research for one in self.lever["lever"]], self.lever, ("lever",))
        return xr.where(asked & (found == 0.0), 0.0, np.inf)

    def _commit(self) -> None:
        """What was committed to on the way works after its lead time, along its ramp, for its life; no lever beyond its limit."""
        walks, s = paths(self.tree), self.slots
        through = {str(n): w for w in walks.transpose("scenario", "stage").values for n in w}
        levers, stages = self.options.levers, range(max(self.tree.stage) + 1)
        own = np.array([self.tree.stage[self.tree.node.index(n)] for n in s.node])
        at = xr.DataArray(
            [[str(through[n][min(k, j)]) for k in stages] for n, j in zip(s.node, own, strict=True)],
            {"slot": s.name, "stage": list(stages)}, ("slot", "stage"),
        )  # fmt: skip
        starts, later = s.of_node(self.begins) + s.since / WEEKS_A_YEAR, own[:, None] >= np.array(stages)
        age = starts.values[:, None] - self.begins.sel(node=at.values.ravel()).values.reshape(at.shape)
        span = self.years.values[:, None]
        times = zip(levers["lead"], levers["ramp"], levers["life"], strict=True)
        works = [later * ready_share(age, span, lead, ramp, life) for lead, ramp, life in times]
        factor = xr.DataArray(np.array(works), {**self.lever, **at.coords}, ("lever", "slot", "stage"))
        self.ready = (self._along_paths(at) * factor).sum("stage")
        in_all = self._along_paths(walks).sum("stage")
        self.model.add_constraints(in_all <= self._of_lever("most"), name="limit of a lever")

    def _process(self) -> None:
        """Processes run within capacity, old and new; levers bring what works of them, less what is left to others."""
        h, o, s = self.home, self.options, self.slots
        added: Any = 0.0
        if o.widens:
            wide = index("wide", [f"{lever}>{process}" for lever, process, _ in o.widens])
            self.adds = self._add("adds", {**wide, "slot": s.name})
            stages = list(dict.fromkeys((lever, stage) for lever, _, stage in o.widens))
            of_stage = matches(wide, [(lever, stage) for lever, _, stage in o.widens], {"stage": stages})
            room = (
                self.ready.sel(lever=[lever for lever, _ in stages])
                .rename(lever="stage")
                .assign_coords(stage=of_stage["stage"].values)
            )
            self.model.add_constraints(self.adds @ of_stage - room * self.years <= 0.0, name="new capacity")
            added = self.adds @ matches(
                wide, [p for _, p, _ in o.widens], {"process": h.activity["process"].values.tolist()}
            )
        self.added = added
        self.model.add_constraints(self.runs - added <= h.capacity * self.years, name="capacity")
        bringing = self.bringing["lever"].values
        fed = s.feeds.reindex(lever=bringing, fill_value=1.0)  # what a plant abroad gets to work on
        ours = self.ready.sel(lever=bringing) * ((1.0 - self.rules.kept_open) * self.years * fed)
        self.model.add_constraints(self.brings - ours <= 0.0, name="delivery")

    def _balance(self) -> None:
        """Made, bought, brought and taken from stock is taken in, used, sent abroad, kept, or dropped where it can be made."""
        h, o, s = self.home, self.options, self.slots
        came = self.runs @ (h.gives - h.takes) + self.buys @ self.of_route + self.brings @ self.bringing
        stocked = same("stocked", o.stockable["stocked"].values, self.product)
        held, sent = (
            same("held", self.cover["held"].values, self.product),
            same("sent", self.exports["sent"].values, self.product),
        )
        bought = s.of_node(self._at_nodes(self.fills.sum("step")))  # comes while nothing is held back in its node
        self.filled = bought * (self.calm / s.of_node(s.to_node(self.calm))).fillna(0.0)
        from_stock = (self.draws - self.filled) @ stocked
        kept = (self.working - self._before(self.working, self.cover) * self.jump) @ held
        of_pair = incidence(self.pair, [p for _, p in self.pairs], self.product)
        went = self.used @ of_pair + self.sends @ sent + self._share()
        made = (h.gives.sum("process") + o.delivers.sum("lever")) > 0.0
        shared = h.exports["product"].isin(self.sharing.product) & self.years["slot"].isin(self.shut)
        self.model.add_constraints(
            came + from_stock - kept - went, xr.where(made & ~shared, ">=", "="), 0.0, name="balance"
        )
        widened = {process for _, process, _ in o.widens}
        feeds = list(dict.fromkeys(p for i, p in self.sharing.makers if i in widened))
        if feeds and self.shut:
            fresh = self.added @ (h.gives - h.takes) + self.brings @ self.bringing
            self.model.add_constraints(fresh.sel(product=feeds, slot=self.shut) >= 0.0, name="feed of new capacity")

    def _serve(self) -> None:
        """Essential inputs bind, others take off by their absence; what is missing turns into loss along a convex curve."""
        t, need, hard = self.terms, self.need, self.hard
        served = self.served.sel(use=[u for u, _ in self.pairs]).rename(use="pair").assign_coords(self.pair)
        bound = [one for one in self.pair["pair"] if bool(hard.sel(pair=one))]
        met = (self.gets - served * need).sel(pair=bound)
        self.model.add_constraints(met >= 0.0, name="essential inputs")
        pick = {
            "use": along(self.pair, [u for u, _ in self.pairs]),
            "product": along(self.pair, [p for _, p in self.pairs]),
        }
        absence = (t.absence * xr.ones_like(self.home.needs)).sel(pick).drop_vars(["use", "product"])
        takes_off = xr.where(hard, 0.0, absence)
        helped = [one for one in self.pair["pair"] if float(takes_off.sel(pair=one)) > 0.0]
        off, of = takes_off.sel(pair=helped), need.sel(pair=helped)
        lacking = served.sel(pair=helped) * of - self.gets.sel(pair=helped) * off
        self.model.add_constraints(lacking <= of * (1.0 - off), name="other inputs")
        slope, knots = xr.DataArray(slopes(t.spread), {"piece": range(len(KNOTS) - 1)}, ("piece",)), np.array(KNOTS)
        at_full = slope * (1.0 - knots[:-1]) + knots[:-1] ** t.spread
        self.model.add_constraints(self.lost + self.served * slope >= at_full, name="loss curve")
        self._abroad()

    def _share(self) -> Any:
        """Makers, uses and buyers abroad of one product each get at most their usual share of what there is; the rest lies idle.

        What there is goes without what new capacity takes, which runs on what a plan brings and on what other new capacity
        makes. Uses and buyers abroad take all of their share, and need no variable. Returns what leaves beside what makers
        take, by product and slot.
        """
        sharing, shut = self.sharing, self.shut
        if not sharing.product or not shut:
            return 0.0
        taker, of_make = sharing.of_makers["taker"].values.tolist(), [p for _, p in sharing.makers]
        old = self.runs if isinstance(self.added, float) else self.runs - self.added
        old = (
            old.sel(process=[i for i, _ in sharing.makers], slot=shut)
            .rename(process="taker")
            .assign_coords(taker=taker)
        )
        mine = self.there.sel(rationed=of_make).rename(rationed="taker").assign_coords(taker=taker)
        self.model.add_constraints(old * sharing.takes - mine * sharing.of_makers <= 0.0, name="makers pro rata")
        made_of = matches({"taker": taker}, of_make, {"rationed": sharing.product}) * sharing.takes
        leaves = (self.leaves - old @ made_of) @ same("rationed", np.array(sharing.product, dtype=object), self.product)
        return leaves.reindex(slot=self.slots.name).fillna(0.0)

    def _abroad(self) -> None:
        """Buyers abroad of a product get at least the share of their usual that its takers at home get of theirs."""
        h = self.home
        taken = self.used @ incidence(self.pair, [p for _, p in self.pairs], self.product) + self.runs @ h.takes
        usual = home_use(h)
        alike = (h.exports / usual.where(usual > 0.0)).where((h.exports > 0.0) & (usual > 0.0), drop=True)
        both = alike["product"].values.tolist()
        mine = (taken.sel(product=both) * alike).rename(product="sent").assign_coords(sent=both)
        apart = ~self._by_share({"sent": both}, self.sharing.product)
        self.model.add_constraints(self.sends.sel(sent=both) - mine >= 0.0, name="buyers abroad", mask=apart)

    def _hold(self) -> None:
        """The reserve: what was there, less what wears away, plus bought, less drawn."""
        o = self.options
        before = self._before(self.reserve, xr.zeros_like(o.stockable)) * o.keeps**self.years
        self.model.add_constraints(self.reserve - before - self.filled + self.draws == 0.0, name="reserve")

    def _before(self, level: Any, start: xr.DataArray) -> Any:
        """A level at the end of the slot before; at the start, what there is now."""
        first = xr.DataArray(
            [float(one not in self.slots.before) for one in self.slots.name], index("slot", self.slots.name)
        )
        back = [self.slots.before.get(one, one) for one in self.slots.name]
        return level.sel(slot=back).assign_coords(slot=self.slots.name) * (1.0 - first) + start * first

    def _along_paths(self, at: xr.DataArray) -> Any:
        """What is committed to at each of the nodes named, with the labels of the table that names them."""
        return self.commit.rename(node="at").sel(at=at).to_linexpr().drop_vars("at")

    def _add(self, name: str, coords: dict[str, Any], upper: Any = np.inf, mask: xr.DataArray | None = None) -> Any:
        if isinstance(upper, xr.DataArray):
            upper = upper.transpose(*coords)
        return self.model.add_variables(lower=0.0, upper=upper, coords=coords, name=name, mask=mask)

    def _at_nodes(self, some: Any) -> Any:
        """What there is at some nodes, at all of them: nothing at the others."""
        return some.reindex(node=list(self.tree.node)).fillna(0.0)

    def _of_lever(self, column: str) -> xr.DataArray:
        return xr.DataArray(self.options.levers[column].to_numpy(float), self.lever, ("lever",))
