"""Value added at stake as figures of a run."""

from __future__ import annotations

from collections.abc import Mapping

from lodestone.impact.nouns import Impact
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure

BILLION = "billion USD of 2024"
PERSON_YEARS = "person-years"


def impact_figures(prefix: str, impact: Impact, weeks: int, origin: Mapping[str, tuple[str, ...]]) -> list[Figure]:
    """Loss of value added and of work by sector and in total, each sector once; and what the sectors earn a year.

    A sector whose industry has no published employment has no figure of work, and none is guessed.

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
            f"share of the output not made by week over {weeks} weeks, the least valuable first, times the sector's value "
            f"added a week; price effects not counted",
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
    figures += _job_figures(prefix, impact, weeks, origin)
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
    figures.append(
        result_figure(
            f"{prefix}.value.first_year",
            f"value added lost directly in {impact.economy} in the first year, all sectors",
            impact.value_added_first_year.sum(axis=0),
            BILLION,
            f"sum over sectors, each lost once, over the first {min(weeks, 52)} weeks; indirect losses are not in it",
            every,
        )
    )
    return figures


def _job_figures(prefix: str, impact: Impact, weeks: int, origin: Mapping[str, tuple[str, ...]]) -> list[Figure]:
    fact = dict(zip(impact.basis["sector"], impact.basis["employment_fact"], strict=True))
    known = [row for row, sector in enumerate(impact.sectors) if fact[sector]]
    below = {s: (*origin.get(s, ()), f"fact:{fact[s]}") for s in (impact.sectors[row] for row in known)}
    figures = [
        result_figure(
            f"{prefix}.jobs.{impact.sectors[row]}",
            f"work of {impact.sectors[row].replace('_', ' ')} in {impact.economy} that stands still",
            impact.jobs[row],
            PERSON_YEARS,
            f"people employed in the industry, times the share of it that the sector is, times years of output lost over "
            f"{weeks} weeks; who is paid meanwhile is another question",
            below[impact.sectors[row]],
        )
        for row in known
    ]
    if known:
        figures.append(
            result_figure(
                f"{prefix}.jobs.total",
                f"work that stands still in {impact.economy}, sectors with a published employment",
                impact.jobs[known].sum(axis=0),
                PERSON_YEARS,
                f"sum over {len(known)} of {len(impact.sectors)} sectors, each lost once; the others have no published figure",
                dict.fromkeys(one for ids in below.values() for one in ids),
            )
        )
    return figures
