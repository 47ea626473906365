"""Weeks to shortage and lost output of one economy as figures of a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lodestone.record.figure import Figure
from lodestone.record.result import result_figure
from lodestone.simulate.nouns import Ensemble


def uses_of(ensemble: Ensemble, economy: str) -> dict[str, int]:
    """Sector -> row of the ensemble's use nodes, for one economy."""
    found = {}
    for row, node in enumerate(ensemble.use_nodes):
        sector, _, place = node.rpartition("@")
        if place == economy:
            found[sector] = row
    return found


def weeks_to_shortage(ensemble: Ensemble, row: int) -> np.ndarray:
    """First week of shortage by draw; inf where none comes within the horizon. [weeks]"""
    first = ensemble.first_shortage[row].astype(float)
    return np.where(first < 0, np.inf, first)


def weeks_to_first_stop(ensemble: Ensemble, economy: str) -> np.ndarray:
    """First week in which any sector of the economy falls short, by draw; inf if none does. [weeks]"""
    rows = list(uses_of(ensemble, economy).values())
    return np.min([weeks_to_shortage(ensemble, row) for row in rows], axis=0)


def stop_figures(prefix: str, ensemble: Ensemble, economy: str, origin: dict[str, tuple[str, ...]]) -> list[Figure]:
    """Share of draws in which some sector falls short, in which one does in the first week, and, where one does at
    all, in which the sector most often first is first; two sectors short in one week are both first."""
    uses = uses_of(ensemble, economy)
    by_sector = {sector: weeks_to_shortage(ensemble, row) for sector, row in uses.items()}
    first = weeks_to_first_stop(ensemble, economy)
    comes = np.isfinite(first)
    leads = {sector: float((comes & (weeks == first)).mean()) for sector, weeks in by_sector.items()}
    lead = max(leads, key=lambda sector: leads[sector])
    below = tuple(dict.fromkeys(one for ids in origin.values() for one in ids))
    told = [
        ("stops", f"share of draws in which some sector of {economy} falls short", float(comes.mean()), below),
        ("at_once", f"share of draws in which some sector of {economy} is short in the first week",
         float((first == 0).mean()), below),
    ]  # fmt: skip
    if comes.any():
        label = f"share of draws in which {lead.replace('_', ' ')} of {economy} is the first to fall short"
        told.append((f"first.{lead}", label, leads[lead], origin[lead]))
    return [
        result_figure(
            f"{prefix}.{name}", label, np.array([share]), "fraction",
            "draws counted, given the scenario; not a probability of the scenario", ids,
        )
        for name, label, share, ids in told
    ]  # fmt: skip


def shortage_figures(
    prefix: str, ensemble: Ensemble, economy: str, cover: str, origin: dict[str, tuple[str, ...]]
) -> list[Figure]:
    """Weeks to shortage by sector, and to the first stop of any, under one rule and one initial cover.

    Parameters
    ----------
    cover : what initial stocks were taken ("low", "central", "high" or "drawn")
    origin : sector -> ids the sector's figure rests on
    """
    told = f"rationing rule {ensemble.rule.replace('_', ' ')}, initial cover {cover}"
    threshold = f"served below {100 * ensemble.shortage_threshold:.0f} % of base need"
    figures = [
        result_figure(
            f"{prefix}.weeks.{sector}",
            f"weeks until {sector.replace('_', ' ')} in {economy} falls short",
            weeks_to_shortage(ensemble, row),
            "weeks",
            f"first week {threshold}; {told}; {ensemble.draws} draws",
            origin[sector],
        )
        for sector, row in uses_of(ensemble, economy).items()
    ]
    every = dict.fromkeys(one for ids in origin.values() for one in ids)
    figures.append(
        result_figure(
            f"{prefix}.weeks.first",
            f"weeks until the first sector of {economy} falls short",
            weeks_to_first_stop(ensemble, economy),
            "weeks",
            f"first week in which any sector is {threshold}; {told}; {ensemble.draws} draws",
            every,
        )
    )
    return figures


def lost_figures(prefix: str, ensemble: Ensemble, economy: str, origin: dict[str, tuple[str, ...]]) -> list[Figure]:
    """Weeks of output lost by sector over the horizon."""
    return [
        result_figure(
            f"{prefix}.lost.{sector}",
            f"weeks of output of {sector.replace('_', ' ')} in {economy} not served",
            ensemble.lost_use[row],
            "weeks",
            f"sum of the unserved share over {ensemble.weeks} weeks; rationing rule {ensemble.rule.replace('_', ' ')}",
            origin[sector],
        )
        for sector, row in uses_of(ensemble, economy).items()
    ]


def chance_of_shortage(ensemble: Ensemble, rows: Iterable[int]) -> np.ndarray:
    """Share of draws in which each use falls short at least once."""
    return np.array([(ensemble.first_shortage[row] >= 0).mean() for row in rows])
