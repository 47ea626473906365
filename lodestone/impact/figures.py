"""Value added at stake as figures of a run."""

from __future__ import annotations

from collections.abc import Mapping

from lodestone.impact.nouns import Impact
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure

BILLION = "billion USD of 2024"


def impact_figures(prefix: str, impact: Impact, weeks: int, origin: Mapping[str, tuple[str, ...]]) -> list[Figure]:
    """Loss by sector and in total, each sector once; and what the sectors earn a year.

    Parameters
    ----------
    origin : sector -> ids its lost weeks and its value rest on
    """
    figures = [
        result_figure(
            f"{prefix}.value.{sector}",
            f"value added of {sector.replace('_', ' ')} in {impact.economy} lost directly",
            impact.value_added[row],
            BILLION,
            f"weeks of output lost over {weeks} weeks, times the sector's value added a week; price effects not counted",
            origin.get(sector, ()),
        )
        for row, sector in enumerate(impact.sectors)
    ]
    figures += [
        result_figure(
            f"{prefix}.earns.{sector}",
            f"value added of {sector.replace('_', ' ')} in {impact.economy} a year",
            impact.value_added_year[row],
            BILLION,
            "published industry value added times the share of it that the user sector is",
            origin.get(sector, ()),
        )
        for row, sector in enumerate(impact.sectors)
    ]
    every = dict.fromkeys(one for ids in origin.values() for one in ids)
    figures.append(
        result_figure(
            f"{prefix}.value.total",
            f"value added lost directly in {impact.economy}, all sectors",
            impact.value_added.sum(axis=0),
            BILLION,
            f"sum over sectors, each lost once, over {weeks} weeks; indirect losses are not in it",
            every,
        )
    )
    return figures
