"""Dependence and alternatives of one economy as figures of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from lodestone.exposure.alternative import Alternative
from lodestone.exposure.dependence import Dependence
from lodestone.exposure.imports import ImportShare
from lodestone.labels import possessive
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure

DRAWN = "median and 5 to 95 % of the baseline draws"


def import_figure(
    name: str, group: str, found: ImportShare, cells: Iterable[str], words: str, names: Mapping[str, str]
) -> Figure:
    """The first-tier import share as a figure that rests on its largest cells; ``words`` name what is imported."""
    economy, country = names.get(found.economy, found.economy), names.get(found.country, found.country)
    return result_figure(
        name,
        f"{possessive(country)} share of {possessive(economy)} imports of {group} as {words}",
        found.share[1:] if len(found.share) > 1 else found.share,
        "fraction",
        f"imports by mass of the elements, first tier; {DRAWN}",
        cells,
    )


def dependence_figures(
    prefix: str, group: str, found: Dependence, origin: Iterable[str], words: str, names: Mapping[str, str]
) -> list[Figure]:
    """Looked-through dependence: any stage, and stage by stage; ``words`` name the products of its stage."""
    economy, country = names.get(found.economy, found.economy), names.get(found.country, found.country)
    below = tuple(origin)
    drawn = slice(1, None) if len(found.touches) > 1 else slice(None)
    figures = [
        result_figure(
            f"{prefix}.touches",
            f"share of the {group} in {possessive(economy)} {words} that passes through {country}",
            found.touches[drawn],
            "fraction",
            f"share of the intake whose way from the mine meets the country at any stage (absorbing chain); {DRAWN}",
            below,
        ),
        result_figure(
            f"{prefix}.first",
            f"share of the {group} in {possessive(economy)} {words} shipped from {country}",
            found.first_tier[drawn],
            "fraction",
            f"share of the intake of {words}, home makers included, by mass of the elements; {DRAWN}",
            below,
        ),
    ]
    for stage, values in found.by_stage.items():
        figures.append(
            result_figure(
                f"{prefix}.{stage}",
                f"share of the {group} in {possessive(economy)} {words} that passes a {stage} step in {country}",
                values[drawn],
                "fraction",
                f"share of the intake whose way from the mine meets this stage in the country; {DRAWN}",
                below,
            )
        )
    return figures


def alternative_figure(name: str, found: Alternative, origin: Iterable[str]) -> Figure:
    """Months to the alternative; infinite where the sites never meet the need within the horizon."""
    return result_figure(
        name,
        f"months until {found.group} capacity outside the largest maker meets the need outside it",
        np.asarray(found.months),
        "months",
        f"{len(found.sites)} sites with drawn delay, ramp and delivered share against a need of {found.need:.0f} t a year",
        origin,
    )
