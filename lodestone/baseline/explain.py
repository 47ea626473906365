"""Cells as figures: the value of a cell with the facts that speak of it and the written prior it started from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from lodestone.baseline.build import Ingredients
from lodestone.baseline.store import Baseline
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure, fact_figure

PRIOR_OF = {"activity": "activity", "trade": "trade", "stock": "stock", "use": "use"}


class Explainer:
    """Turns cells of one baseline into figures, with everything they rest on.

    Parameters
    ----------
    base : Ingredients
        Topology, facts and assumptions the baseline was made from.
    baseline : Baseline
    version : str
        The prior whose values are shown.
    """

    def __init__(self, base: Ingredients, baseline: Baseline, version: str) -> None:
        self.base, self.network = base, baseline.networks[version]
        self.version = version
        self.facts_of = baseline.support.groupby("cell")["fact"].unique().to_dict()
        self.values = self._values(baseline)
        self.maker_rows = {f"{m.process}@{m.economy}": m for m in base.topology.makers.itertuples()}
        self.use_rows = {(u.sector, u.product): u for u in base.topology.uses.itertuples()}
        weights = base.topology.sector_weights
        self.weight_rows = {(w.sector, w.economy): w for w in weights.itertuples()}

    def _values(self, baseline: Baseline) -> pd.DataFrame:
        network = self.network
        used = network.inputs[network.inputs["figure"].str.startswith("cell:")]
        first = len(network.inputs) - len(used)
        drawn = baseline.draws.input_coefficient[:, first:]
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        use = pd.DataFrame(
            {
                "figure": used["figure"],
                "value": used["coefficient"],
                "low": low,
                "high": high,
                "rule": "prior",
            }
        )
        trade = network.trade.rename(columns={"flow": "value"})[["figure", "value", "low", "high", "rule"]]
        nodes = network.nodes[network.nodes["kind"] == "process"].rename(columns={"activity": "value"})
        stock = network.stock_change.rename(columns={"change": "value"}).assign(low=np.nan, high=np.nan, rule="prior")
        parts = [use, trade, nodes[["figure", "value", "low", "high", "rule"]], stock[list(use.columns)]]
        return pd.concat(parts).drop_duplicates("figure").set_index("figure")

    def cell(self, name: str) -> list[Figure]:
        """A cell's figure first, then those of its origins."""
        if name not in self.values.index:
            return [self._zero(name)]
        row = self.values.loc[name]
        kind, *labels = name.removeprefix("cell:").split("|")
        below = [fact_figure(self.base.facts, fact) for fact in self.facts_of.get(name, ())]
        below += self._prior(kind, labels)
        spoken = len(self.facts_of.get(name, ()))
        how = {
            "observed": "a fact of its own, reconciled",
            "constrained": f"one of the cells {spoken} facts speak of together, reconciled",
            "prior": "no fact speaks of it: prior, moved only by the balances",
        }["constrained" if spoken and row["rule"] == "prior" else str(row["rule"])]
        figure = Figure(
            id=name,
            kind="cell",
            label=_label(kind, labels),
            value=float(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            unit="t contained element a year",
            rule=f"baseline {self.network.year}, {self.version} prior: {how}",
            origin=tuple(one.id for one in below),
        )
        return [figure, *below]

    def _zero(self, name: str) -> Figure:
        kind, *labels = name.removeprefix("cell:").split("|")
        return Figure(
            name, "assumption", _label(kind, labels), 0.0, None, None, "t contained element a year",
            "zero in the point and every draw: no fact and no prior puts mass here",
            source="assumption", locator=f"topology/{self.base.topology.material}",
        )  # fmt: skip

    def _prior(self, kind: str, labels: list[str]) -> list[Figure]:
        below = [assumption_figure(self.base.assumptions[f"baseline.sd.prior.{PRIOR_OF[kind]}"])]
        if kind == "activity" and labels[0] in self.maker_rows:
            row = self.maker_rows[labels[0]]
            value = row.weight if pd.notna(row.weight) else row.amount_reo
            below.append(self._topology("makers", labels[0], value, None, None, "prior share of makers", row.reason))
        if kind == "use":
            sector, economy, product = labels
            use = self.use_rows.get((sector, product))
            if use is not None:
                below.append(
                    self._topology(
                        "uses", f"{sector}|{product}", use.central, use.low, use.high,
                        "t a year or share of supply", use.reason,
                    )
                )  # fmt: skip
            driver = self.base.split.origin.get((sector, economy), ())
            below += [fact_figure(self.base.facts, fact) for fact in driver]
            written = self.weight_rows.get((sector, economy))
            if written is not None:
                below.append(self.weight(sector, economy))
        return below

    def _topology(
        self,
        table: str,
        row: str,
        value: float,
        low: float | None,
        high: float | None,
        unit: str,
        reason: str,
    ) -> Figure:
        material = self.base.topology.material
        return Figure(
            id=f"assumption:{material}/{table}|{row}",
            kind="assumption",
            label=f"{table.replace('_', ' ')}: {row.replace('|', ', ')}",
            value=float(value),
            low=_number(low),
            high=_number(high),
            unit=unit,
            rule=f"assumed: {reason}",
            source="assumption",
            locator=f"topology/{material}/{table}.csv: {row}",
        )

    def cells(self, names: Iterable[str]) -> dict[str, Figure]:
        """Figures of several cells and all they rest on, by id."""
        return {figure.id: figure for name in names for figure in self.cell(name)}

    def weight(self, sector: str, economy: str) -> Figure:
        """The written weight of an economy in a sector's use, with its reason."""
        row = self.weight_rows[sector, economy]
        return self._topology("sector_weights", f"{sector}|{economy}", row.weight, None, None, "weight", row.reason)

    def industry_share(self, sector: str, low: float, central: float, high: float, reason: str) -> Figure:
        """The share of an industry that a user sector is, as assumed in the material's table of values."""
        figure = self._topology("value", sector, central, low, high, "fraction of the industry", reason)
        return replace(figure, label=f"share of its industry that {sector.replace('_', ' ')} are taken to be")

    def fact(self, fact: str) -> Figure:
        """A fact as a figure."""
        return fact_figure(self.base.facts, fact)

    def assumption(self, name: str) -> Figure:
        """An assumption of the table as a figure."""
        return assumption_figure(self.base.assumptions[name])


def _label(kind: str, labels: list[str]) -> str:
    text = [label.replace("_", " ") for label in labels]
    if kind == "trade":
        return f"{text[0]} from {text[1]} to {text[2]}"
    if kind == "use":
        return f"{text[2] if len(text) > 2 else 'inputs'} used by {text[0]} in {text[1]}"
    if kind == "stock":
        return f"{text[0]} piled up in {text[1]}"
    return text[0].replace("@", " in ")


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
