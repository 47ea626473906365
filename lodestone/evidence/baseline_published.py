"""The baseline's shares beside the published ones, with what each rests on: other prior, draws, bounds.

Which shares, and which facts stand beside them, is a table of the material (``published.csv``).
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.bounds import Bounds
from lodestone.baseline.build import gather, reconcile_once
from lodestone.baseline.nouns import Network
from lodestone.baseline.store import Baseline
from lodestone.errors import FactError
from lodestone.exposure.bounds import Bounding, bounding, import_bounds, output_bounds
from lodestone.exposure.dependence import dependence
from lodestone.exposure.imports import import_share
from lodestone.exposure.outputs import output_share
from lodestone.facts.nouns import FactTable

COUNTS = ("output", "imports", "first", "touches")
UNKNOWN = "none"


@dataclass(frozen=True)
class PublishedShare:
    """One share of a country: what was published, and ours [fractions].

    ``published``: every figure, smallest first. ``ours``: the point under the first prior, ``low`` and
    ``high`` 5 and 95 % of the draws (None where looked through), ``other`` the point under the other
    prior. ``lowest``, ``highest``: what the tier A facts allow with no prior; None where not bounded.
    """

    label: str
    country: str
    economy: str
    published: tuple[float, ...]
    facts: tuple[str, ...]
    ours: float
    low: float | None
    high: float | None
    other: float
    lowest: float | None
    highest: float | None
    note: str


def published_shares(folder: Path, baseline: Baseline, facts: FactTable, watch: Any) -> tuple[PublishedShare, ...]:
    """The shares of a material's ``published.csv``, in its order.

    Parameters
    ----------
    folder : Path
        Data folder.
    baseline : Baseline
        Its first two priors are compared.
    facts : FactTable
    watch : callable
        ``(what, total)`` gives a context whose value is called with (done, total).

    Raises
    ------
    FactError
        If the material has no such table, or a row counts in an unknown way or names an unknown fact.
    """
    network, other = list(baseline.networks.values())[:2]
    path = folder / "topology" / network.material / "published.csv"
    if not path.is_file():
        raise FactError(f"{network.material} has no published.csv. Add the shares to compare to its topology folder.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    base = gather(folder, network.material, network.year, facts)
    asked = bounding(base, reconcile_once(base, network.prior))
    rows = []
    progress: AbstractContextManager[Any] = watch("bounding shares", len(table))
    with progress as tick:
        for line, row in enumerate(table.to_dict("records"), start=2):
            rows.append(_share(row, f"{network.material}/published.csv:{line}", baseline, other, asked, facts))
            tick(line - 1, len(table))
    return tuple(rows)


def _share(
    row: dict[str, str], place: str, baseline: Baseline, other: Network, asked: Bounding, facts: FactTable
) -> PublishedShare:
    names = tuple(name for name in row["facts"].split(";") if name)
    missing = [name for name in names if name not in facts.rows.index]
    if missing or row["counts"] not in COUNTS:
        what = f"no fact '{missing[0]}'" if missing else f"'{row['counts']}' is none of {', '.join(COUNTS)}"
        raise FactError(f"{place}: {what}. Mend the row.")
    network = next(iter(baseline.networks.values()))
    elements = [str(e) for e in network.composition["element"].to_numpy()]
    elements = elements if row["elements"] == "*" else row["elements"].split(";")
    ours, moved = (_ours(row, one, baseline, elements) for one in (network, other))
    drawn = ours[1:]
    low, high = np.quantile(drawn, [0.05, 0.95]) if len(drawn) else (None, None)
    ends = _bounds(row, asked, elements)
    return PublishedShare(
        row["label"],
        row["country"],
        row["economy"],
        tuple(sorted(float(facts.rows.loc[name, "value"]) / 100.0 for name in names)),
        names,
        float(ours[0]),
        None if low is None else float(low),
        None if high is None else float(high),
        float(moved[0]),
        None if ends is None or math.isnan(ends.lower) else ends.lower,
        None if ends is None or math.isnan(ends.upper) else ends.upper,
        row["note"],
    )


def _ours(row: dict[str, str], network: Network, baseline: Baseline, elements: list[str]) -> np.ndarray:
    country, economy, stages = row["country"], row["economy"], row["stages"].split(";")
    draws = baseline.draws if network is next(iter(baseline.networks.values())) else None
    if row["counts"] == "output":
        return output_share(network, draws, country, elements, stages[0])
    if row["counts"] == "imports":
        return import_share(network, draws, economy, country, elements, stages).share
    looked = dependence(network, None, economy, country, elements, stages[0], ())
    return looked.touches if row["counts"] == "touches" else looked.first_tier


def _bounds(row: dict[str, str], asked: Bounding, elements: list[str]) -> Bounds | None:
    country, economy, stages = row["country"], row["economy"], row["stages"].split(";")
    if row["counts"] == "output":
        return output_bounds(asked, country, elements, stages[0])
    if row["counts"] == "touches":
        return None
    return import_bounds(asked, economy, country, elements, stages, home=row["counts"] == "first")


def as_data(shares: tuple[PublishedShare, ...]) -> list[dict[str, Any]]:
    """The shares as plain data, with how far each moves when the prior is exchanged [fraction]."""
    return [{**asdict(one), "moved": one.other - one.ours} for one in shares]


def share_lines(shares: tuple[PublishedShare, ...]) -> list[str]:
    """The shares as text, a line each, in per cent."""
    out = [
        f"{'share of the country named':<62}{'published':>11}{'ours':>7}{'draws':>11}{'other prior':>13}{'tier A allows':>15}"
    ]
    for one in shares:
        who = f"{one.country}, {one.label}" if not one.economy else f"{one.country} in {one.economy}, {one.label}"
        published = " or ".join(f"{100 * value:.0f}" for value in one.published) or UNKNOWN
        drawn = "-" if one.low is None or one.high is None else f"{100 * one.low:.0f} to {100 * one.high:.0f}"
        moved = f"{100 * one.other:.1f} ({100 * (one.other - one.ours):+.1f})"
        ends = (
            "not bounded"
            if one.lowest is None or one.highest is None
            else f"{100 * one.lowest:.0f} to {100 * one.highest:.0f}"
        )
        out.append(f"{who:<62}{published:>11}{100 * one.ours:>7.1f}{drawn:>11}{moved:>13}{ends:>15}")
    return out
