"""The planning programme: what to commit, buy, hold and make at each node of a tree, at least cost and loss.

The equations stand in ``docs/explanation/planning.md`` in the same order and under the same names. Amounts are tonnes
of contained element in a slot (a part of a node), money million USD of 2024. One loss for each use, however many
elements it lacks. Rows that a minister's rules are have groups of their own (`rules_of`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from lodestone.respond.conflict import Rule
from lodestone.respond.home import Home
from lodestone.respond.incidence import same
from lodestone.respond.options import Options, Rules, Terms, sold_at
from lodestone.respond.risk import add_conditional_value_at_risk, add_worst_expectation, scenario_total
from lodestone.respond.rows import Rows
from lodestone.respond.tree import ScenarioTree, paths, probability

if TYPE_CHECKING:
    from linopy import Model

FIRST = ("commit", "fills")  # variables whose part at stage 0 is the first decision
GOING_ON = (
    "full supply in calm",
    "usual activity in calm",
    "no reserve in calm",
    "usual purchases in calm",
)  # under a ceiling
KG = 1e-3  # million USD per tonne and USD a kg

Build = Callable[[ScenarioTree, xr.Dataset], "Model"]


def programme(home: Home, options: Options, terms: Terms, rules: Rules) -> Build:
    """A function that writes the programme for a tree and the data of its nodes; see `lodestone.respond.worth.worth`.

    Parameters
    ----------
    home : Home
    options : Options
    terms : Terms
    rules : Rules

    Returns
    -------
    function of (ScenarioTree, Dataset) to linopy.Model
        The data are those of an `Outlook`. Objective in million USD of 2024: expected discounted cost and loss, and
        the CVaR of both by its weight.
    """

    def build(tree: ScenarioTree, data: xr.Dataset) -> Model:
        return _Writer(home, options, terms, rules, tree, data).write()

    return build


def rules_of(rules: Rules) -> tuple[Rule, ...]:
    """The rules a minister set, as groups of rows by which a conflict is told."""
    found = [Rule("budget", ("budget",))] if rules.budget is not None else []
    if rules.ceiling is not None:
        found += [Rule("ceiling", ("ceiling",)), Rule("full supply in calm", GOING_ON)]
    if rules.standard:
        found.append(Rule("standard", ("standard",)))
    return tuple(found)


class _Writer(Rows):
    """Writes one programme: what may be chosen, then the rows of each paragraph of the explanation."""

    def write(self) -> Model:
        self._choose()
        self._commit()
        self._process()
        self._balance()
        self._serve()
        self._hold()
        self._rule()
        self._aim()
        return self.model

    def _rule(self) -> None:
        """A minister's rules, each a group of rows of its own name."""
        r = self.rules
        self.spending = self._spending()
        if r.standard:
            fails = xr.where(self._of_lever("public") > 0.0, 0.0, 1.0)
            self.model.add_constraints((self.commit * fails).sum(["lever", "node"]) <= 0.0, name="standard")
        if r.budget is not None:
            self.model.add_constraints(self.spending <= r.budget * self.span, name="budget")
        if r.ceiling is not None:
            self._ceiling(r.ceiling)

    def _ceiling(self, ceiling: float) -> None:
        """Of what comes to each form the issuer brings at most a share, in calm from a date on: not by living on the
        reserve, not by buying from him for nobody, not by going without, and not by closing makers at home."""
        r, h = self.rules, self.home
        calm = (self.begins >= r.ceiling_years - 1e-9) & (self.slots.to_node(self.slots.age) == 0.0)
        slots = [one for one, node in zip(self.slots.name, self.slots.node, strict=True) if bool(calm.sel(node=node))]
        form = h.form.sel(product=self.product).values.astype(str)
        of_form = xr.DataArray(
            (form[:, None] == np.array(r.ceiling_forms)[None, :]).astype(float),
            {"product": self.product, "form": list(r.ceiling_forms)}, ("product", "form"),
        )  # fmt: skip
        every = self.buys @ self.of_route + self.brings @ self.bringing
        issuer = (self.buys * self.from_issuer) @ self.of_route
        rows = ((issuer - every * ceiling) @ of_form).sel(slot=slots)
        if r.fine is not None:
            self.over = self._add("over", {"form": list(r.ceiling_forms), "slot": slots})
            rows = rows - self.over
        self.model.add_constraints(rows <= 0.0, name="ceiling")
        self.model.add_constraints(self.draws.sel(slot=slots) <= 0.0, name="no reserve in calm")
        stocked = same("stocked", self.options.stockable["stocked"].values, self.product)
        usual = h.imports.isel(source=0, drop=True) * self.years
        self.model.add_constraints(
            (issuer - self.filled @ stocked).sel(slot=slots) <= usual.sel(slot=slots), name="usual purchases in calm"
        )
        self.model.add_constraints(self.served.sel(slot=slots) >= 1.0, name="full supply in calm")
        usual = (h.activity * self.years).sel(slot=slots)
        self.model.add_constraints(self.runs.sel(slot=slots) >= usual, name="usual activity in calm")

    def _spending(self) -> Any:
        """What a plan costs in each node: plants, premiums whether goods are taken or not, purchases, holding."""
        o, s = self.options, self.slots
        plants = (self.commit * self._of_lever("capex")).sum("lever")
        premiums = s.to_node((self.ready * (self._of_lever("premium") * KG)).sum("lever") * self.years)
        bought = self._at_nodes((self.fills * (o.stockable * KG * (1.0 + o.dearer))).sum(["stocked", "step"]))
        holding = s.to_node((self.reserve * (o.stockable * KG * o.holding)).sum("stocked") * self.years)
        return plants + premiums + bought + holding

    def _aim(self) -> None:
        """Expected discounted spending and loss, less what released stock earns and what is left at the end."""
        o, s, t = self.options, self.slots, self.terms
        loss = s.to_node((self.lost * (t.worth * self.counts)).sum("use") * self.years)
        earned = s.to_node((self.draws * (o.stockable * KG * sold_at(s.age, t))).sum("stocked"))
        each = (self.spending + loss - earned) * (1.0 + t.discount) ** -self.begins
        total = scenario_total(self.tree, each) - self._left()
        ends = paths(self.tree)["scenario"].values.tolist()
        chance = probability(self.tree)
        weight = chance.sel(node=ends).rename(node="scenario")
        if t.ambiguity > 0.0:
            aim = add_worst_expectation(self.model, total, weight, t.ambiguity, "cost")
        else:
            aim = (total * weight).sum()
        if self.rules.ceiling is not None and self.rules.fine is not None:
            at = self.over.coords["slot"].values.tolist()
            paid = s.of_node(chance * (1.0 + t.discount) ** -self.begins).sel(slot=at) * self.rules.fine
            aim = aim + (self.over * paid).sum()
        if t.risk_weight > 0.0:
            aim = aim + t.risk_weight * add_conditional_value_at_risk(self.model, total, weight, t.risk_level, "cost")
        self.model.add_objective(aim)

    def _left(self) -> Any:
        """Worth at the horizon of the reserve and of the unworn part of plants, discounted, by scenario."""
        o, t, walks = self.options, self.terms, paths(self.tree)
        ends = walks["scenario"].values.tolist()
        horizon = float((self.begins + self.span).max())
        factor = (1.0 + t.discount) ** -horizon
        last = dict(zip(self.slots.node, self.slots.name, strict=True))
        at_end = self.reserve.sel(slot=[last[one] for one in ends]).rename(slot="scenario").assign_coords(scenario=ends)
        total = (at_end * (o.stockable * (KG * t.left_of_stock * factor))).sum("stocked")
        age = horizon - self.begins.sel(node=walks.values.ravel()).values.reshape(walks.shape)
        lasts = (xr.DataArray(age, walks.coords, walks.dims) - self._of_lever("lead")) / self._of_lever("life")
        worth = self._of_lever("capex") * (1.0 - lasts.clip(0.0, 1.0)) * (t.left_of_plant * factor)
        return total + (self._along_paths(walks) * worth).sum(["lever", "stage"])
