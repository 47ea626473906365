"""What a baseline rests on, as a report: cells by how they were filled, facts met and missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.observe import NO_CELL
from lodestone.baseline.store import Baseline

LARGE_ADJUSTMENT = 3.0  # standard deviations
MISSED_BY = 0.10
CONFLICT = 0.01  # standard deviations


def describe(baseline: Baseline) -> dict[str, Any]:
    """The report as plain data (see `lines` for the text).

    Parameters
    ----------
    baseline : Baseline
        Its first prior is the one reported.

    Returns
    -------
    dict
        Counts of cells by rule, facts used, figures that stand in for ones not out by the date,
        facts moved past `LARGE_ADJUSTMENT` standard deviations,
        facts of tier A missed by more than `MISSED_BY` (in the fact's own unit, shares as fractions),
        facts of tier A that cannot all hold, by how much each gives way at their least total slack,
        products no fact speaks of, elements whose volume no tier A fact limits, digests, and the largest
        relative balance error.
    """
    version = next(iter(baseline.networks))
    network = baseline.networks[version]
    met = baseline.met[baseline.met["version"] == version]
    off = (met["ours"] - met["value"]) / met["value"].where(met["value"] != 0)
    off = off.where(~met["at_most"] | (off > 0), 0.0)  # a limit is missed only where it is passed
    by_product = {
        str(product): {str(rule): int(count) for rule, count in part["rule"].value_counts().items()}
        for product, part in network.trade.groupby("product")
    }
    return {
        "material": network.material,
        "year": network.year,
        "known": network.known.isoformat(),
        "inputs_digest": baseline.checksum,
        "draws": baseline.draws.size,
        "draws_digest": baseline.draws.checksum,
        "facts_used": int(met["fact"].nunique()),
        "observations_without_fact_or_cell": list(baseline.skipped),
        "earlier_figures": list(baseline.stand_ins),
        "left_to_prior": list(left_to_prior(baseline)),
        "economies": int(network.nodes["economy"].nunique()),
        "elements": network.composition.sizes["element"],
        "sectors": int(network.nodes.loc[network.nodes["kind"] == "use", "process"].nunique()),
        "cells": {
            str(k): int(v) for k, v in pd.concat([network.nodes["rule"], network.trade["rule"]]).value_counts().items()
        },
        "trade_cells_by_product": by_product,
        "adjustments_past_three_sd": _rows(met[met["residual"].abs() > LARGE_ADJUSTMENT], off),
        "tier_a_missed_by_more_than_10_percent": _rows(met[(met["tier"] == "A") & (off.abs() > MISSED_BY)], off),
        "conflicting_tier_a_facts": _conflicts(met),
        "undeterminable": undeterminable(baseline),
        "undeterminable_elements": list(baseline.endless),
        "balance_error": baseline.balance_error,
    }


def left_to_prior(baseline: Baseline) -> tuple[str, ...]:
    """Observations without a usable fact: what they would say is left to the prior. Those without a cell say nothing."""
    return tuple(name for name in baseline.skipped if not name.endswith(NO_CELL))


def as_of_notes(baseline: Baseline) -> tuple[str, ...]:
    """What a view from an earlier date had to do without, in a sentence; nothing where all was known."""
    stood, left = len(baseline.stand_ins), len(left_to_prior(baseline))
    if not stood + left:
        return ()
    network = next(iter(baseline.networks.values()))
    return (
        f"the baseline rests on what was known by {network.known}: {stood} earlier figures stand in for later ones and "
        f"{left} observations are left to the prior ('lodestone baseline {network.material} --as-of {network.known}' "
        "names them)",
    )


def undeterminable(baseline: Baseline) -> list[str]:
    """Products no fact speaks of, at any cell: what is said of them is prior and balance alone.

    A fact about a node's activity speaks of all that the node takes in and puts out, in its recipe.

    Returns
    -------
    list of str
        Labels in order.
    """
    network = next(iter(baseline.networks.values()))
    labels = baseline.support["cell"].drop_duplicates().str.removeprefix("cell:").str.split("|", expand=True)
    labels = labels.reindex(columns=range(4))
    kind = labels[0]
    nodes = set(labels.loc[kind == "activity", 1])
    spoken = set(labels.loc[kind.isin(["trade", "stock"]), 1]) | set(labels.loc[kind == "use", 3])
    for table in (network.inputs, network.outputs):
        spoken |= set(table.loc[table["node"].isin(nodes), "product"])
    return sorted(set(network.trade["product"]) - spoken)


def _conflicts(met: pd.DataFrame) -> list[dict[str, Any]]:
    part = met[met["gives_way"].abs() > CONFLICT].copy()
    part = part[~part["at_most"] | (part["gives_way"] > 0)].sort_values("gives_way", key=abs, ascending=False)
    return [
        {
            "observation": row.name,
            "fact": row.fact,
            "published": float(row.value),
            "gives_way_sd": round(row.gives_way, 2),
        }
        for row in part.itertuples()
    ]


def _rows(part: pd.DataFrame, off: pd.Series) -> list[dict[str, Any]]:
    return [
        {
            "observation": row.name,
            "fact": row.fact,
            "tier": row.tier,
            "published": float(row.value),
            "ours": float(row.ours),
            "off_percent": round(100.0 * float(off[row.Index]), 1) if np.isfinite(off[row.Index]) else None,
            "adjustment_sd": round(float(row.residual), 2),
        }
        for row in part.sort_values("residual", key=abs, ascending=False).itertuples()
    ]


def lines(told: dict[str, Any]) -> list[str]:
    """The report as text, a line each.

    Parameters
    ----------
    told : dict
        From `describe`.
    """
    out = [
        f"{told['material']} {told['year']}, facts known by {told['known']}",
        f"  {told['economies']} economies, {told['elements']} elements, {told['sectors']} sectors; "
        f"{told['facts_used']} facts used, {len(told['observations_without_fact_or_cell'])} observations without fact or cell",
        "  cells: " + ", ".join(f"{count} {rule}" for rule, count in told["cells"].items()),
        f"  draws: {told['draws']}, digest {told['draws_digest'][:16]}; largest balance error {told['balance_error']:.1e}",
        "trade cells by product (observed / constrained / prior only):",
    ]
    for product, counts in told["trade_cells_by_product"].items():
        numbers = " / ".join(str(counts.get(rule, 0)) for rule in ("observed", "constrained", "prior"))
        out.append(f"  {product:<26} {numbers}")
    for key, title in (
        ("adjustments_past_three_sd", "facts moved by more than three standard deviations"),
        ("tier_a_missed_by_more_than_10_percent", "tier A facts missed by more than 10 %"),
    ):
        out.append(f"{title}: {len(told[key])}")
        out += [
            f"  {row['observation']:<28} published {row['published']:>12.6g}  ours {row['ours']:>12.6g}  "
            f"({row['off_percent']} %, {row['adjustment_sd']} sd)"
            for row in told[key]
        ]
    out.append(
        f"tier A facts that cannot all hold, at their least total slack: {len(told['conflicting_tier_a_facts'])}"
    )
    out += [
        f"  {row['observation']:<28} published {row['published']:>12.6g}  gives way by {row['gives_way_sd']} sd"
        for row in told["conflicting_tier_a_facts"]
    ]
    if told["earlier_figures"]:
        out.append(f"earlier figures that stand in for ones not out by then: {len(told['earlier_figures'])}")
        out += [f"  {text}" for text in told["earlier_figures"]]
    if told["left_to_prior"]:
        out.append(f"left to the prior: {len(told['left_to_prior'])}: {', '.join(told['left_to_prior'])}")
    out.append("no tier A fact limits the volume of: " + (", ".join(told["undeterminable_elements"]) or "none"))
    out.append("no fact speaks of: " + (", ".join(told["undeterminable"]) or "none"))
    return out
