"""Value added at stake as figures of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lodestone.impact.indirect import IndirectLoss
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


def indirect_figures(prefix: str, loss: IndirectLoss, home: Sequence[str], origin: Sequence[str]) -> dict[str, Figure]:
    """The first year's loss direct and indirect, at home and abroad, by economy and by industry.

    Parameters
    ----------
    home : labels of the table that are the economy itself
    origin : ids all of it rests on

    Returns
    -------
    dict of Figure by its last word: ``direct``, ``indirect``, ``both``, ``abroad``, ``output``,
    ``economy.LABEL`` and ``industry.LABEL``
        Ids are ``PREFIX.travel.WORD``. [billion USD of 2024]
    """
    aged = f"input-output table of {loss.structure_year}, {loss.value_added.shape[1]} draws, at most a year"
    inside = [name in set(home) for name in loss.economies]
    direct, indirect = (loss.value_added[part].sum(axis=1) for part in range(2))
    told = {
        "direct": ("value added lost directly at home, first year", direct, "as it enters the table"),
        "indirect": ("value added lost indirectly at home, first year", indirect,
                     "suppliers who are no longer asked and customers who run out, by ARIO with inventories"),
        "both": ("value added lost at home, direct and indirect, first year", direct + indirect, "sum of the two by draw"),
        "abroad": ("value added lost indirectly abroad, first year", loss.by_economy[~np.array(inside)].sum(axis=0),
                   "the same in all other economies"),
        "output": ("gross output lost at home, direct and indirect, first year", loss.output.sum(axis=0),
                   "gross output counts inputs again each time they are sold"),
    }  # fmt: skip
    for name, draws in zip(loss.economies, loss.by_economy, strict=True):
        told[f"economy.{name}"] = (f"value added lost indirectly in {name}, first year", draws, "as above")
    for name, draws in zip(loss.industries, loss.by_industry, strict=True):
        told[f"industry.{name}"] = (f"value added lost indirectly in industry {name} at home", draws, "as above")
    return {
        word: result_figure(f"{prefix}.travel.{word}", label, draws, BILLION, f"{rule}; {aged}", origin)
        for word, (label, draws, rule) in told.items()
    }
