"""Published checks of screening indices: EU supply risk, GeoPolRisk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xarray as xr

from lodestone.exposure.eu_supply_risk import (
    ECONOMIC_IMPORTANCE_THRESHOLD,
    SUPPLY_RISK_THRESHOLD,
    governance_weighted_concentration,
    group_mean,
    highest_stage,
    scaled_governance,
    supply_risk,
)
from lodestone.exposure.geopolrisk import characterisation_factor, geopolrisk


def eu_supply_risk(folder: Path) -> dict[str, float]:
    """Supply risk from shares and governance, group means, the higher stage, the thresholds.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = eu_supply_risk(data_folder() / "checks" / "eu-supply-risk-2023")
    >>> round(figures["supply risk Dysprosium, processing"], 3)
    5.607
    """
    table = pd.read_csv(folder / "results.csv", index_col="material")
    groups = pd.read_csv(folder / "groups.csv")
    return {
        **_recomputed(folder),
        **_group_means(table, groups),
        "materials whose figure is not that of the higher stage": float(_not_highest(table)),
        "materials past both thresholds, groups as one": float(_listed(table, groups)),
    }


def geopolrisk_case(folder: Path) -> dict[str, float]:
    """The published test case of one importer: every part of the indicator, for each material.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = geopolrisk_case(data_folder() / "checks" / "geopolrisk-2022")
    >>> round(figures["score Graphite"], 6)
    0.274974
    """
    produced, arrived = (pd.read_csv(folder / f"{name}.csv") for name in ("production", "imports"))
    figures: dict[str, float] = {}
    for case in pd.read_csv(folder / "importer.csv").to_dict("records"):
        material = case["material"]
        makers = produced[produced["material"] == material].set_index("iso3")["production_t"]
        partners = arrived[arrived["material"] == material].set_index("exporter_iso_numeric")
        result = geopolrisk(
            _line(makers, "economy"),
            xr.DataArray(float(case["domestic_production"])),
            _line(partners["quantity_t"], "partner"),
            _line(partners["value_kUSD"], "partner"),
            _line(partners["instability_0_1"], "partner"),
        )
        factor = characterisation_factor(result.midpoint, float(case["reference_midpoint"]))
        parts = {
            "concentration": result.concentration,
            "import risk": result.import_risk,
            "score": result.score,
            "price": result.price,
            "midpoint": result.midpoint,
            "characterisation factor": factor,
        }
        figures |= {f"{name} {material}": part.item() for name, part in parts.items()}
    return figures


def _recomputed(folder: Path) -> dict[str, float]:
    """The share listed is the only one known, so the rest of production counts as ungoverned dust."""
    governance = pd.read_csv(folder / "governance.csv", index_col="country")["mean_2016_19"]
    figures = {}
    for row in pd.read_csv(folder / "shares.csv").to_dict("records"):
        known = float(row["share"])
        share = xr.DataArray([known, 1.0 - known], dims="economy")
        score = scaled_governance(xr.DataArray(float(governance[row["economy"]]))).item()
        mix = governance_weighted_concentration(
            share,
            xr.DataArray([score, 0.0], dims="economy"),
            xr.DataArray([float(row["trade_parameter"]), 1.0], dims="economy"),
        )
        risk = supply_risk(
            mix,
            None,
            xr.DataArray(1.0),
            xr.DataArray(float(row["recycling_input_rate"])),
            xr.DataArray(float(row["substitution_index"])),
        )
        figures[f"supply risk {row['material']}, {row['stage']}"] = risk.item()
    return figures


def _group_means(table: pd.DataFrame, groups: pd.DataFrame) -> dict[str, float]:
    figures = {}
    for group, rows in groups.groupby("group"):
        for column, name in (("SR", "supply risk"), ("EI", "economic importance")):
            members = _line(table.loc[rows["material"], column], "material")
            figures[f"mean {name} of group {group}"] = group_mean(members).item()
    return figures


def _not_highest(table: pd.DataFrame) -> int:
    both = table.dropna(subset=["SR_extraction", "SR_processing"])
    both = both[~both.index.str.endswith("(group)")]
    stages = {"stage": ["extraction", "processing"]}
    risk = xr.DataArray(both[["SR_extraction", "SR_processing"]].to_numpy(float), stages, ("material", "stage"))
    ours = highest_stage(risk)["supply_risk"].values
    return int((abs(ours - both["SR"].to_numpy()) > 1e-9).sum())


def _listed(table: pd.DataFrame, groups: pd.DataFrame) -> int:
    alone = table.drop(index=groups["material"])
    past = (alone["SR"] >= SUPPLY_RISK_THRESHOLD) & (alone["EI"] >= ECONOMIC_IMPORTANCE_THRESHOLD)
    return int(past.sum())


def _line(values: pd.Series, dim: str) -> xr.DataArray:
    return xr.DataArray(values.to_numpy(float), {dim: values.index.to_numpy()}, (dim,))
