"""Value added at stake as figures of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lodestone.impact.indirect import IndirectLoss
from lodestone.impact.market_view import MarketView
from lodestone.impact.nouns import Impact
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure

BILLION = "billion USD of 2024"
PERSON_YEARS = "person-years"
MARKET_WORDS = (
    "issuer_share",
    "stopped",
    "cut",
    "price",
    "dearest",
    "quantity",
    "rationed",
    "use",
    "domestic",
    "knock_on",
)


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


def market_figures(
    prefix: str,
    view: MarketView,
    elements: Sequence[str],
    economy: str,
    where: str,
    below: Mapping[str, tuple[str, ...]],
) -> dict[str, Figure]:
    """A market view as figures: the cut, the price, and the five parts of the economy's loss and their sum.

    Parameters
    ----------
    elements : those of the view's ``prices``; where they are several, each has a figure ``price.ELEMENT``, and
        ``dearest`` is that of the one that rises most
    where : the market in words
    below : ids under "leaving", "made", "domestic", "use" (cells), "prices", "measures", "licence", "supply", "market",
        "saving", "value" (assumptions), "earns" and "travel" (figures of the run)

    Returns
    -------
    dict of Figure by its last word
        Ids are ``PREFIX.WORD``. Shares are fractions, prices and quantities ratios to the base year, money is in
        billion USD of 2024.
    """
    one = f"market {where}; one year, no stocks, no lags; {len(view.total)} draws"
    ids = {word: f"{prefix}.{word}" for word in (*MARKET_WORDS, *view.losses, "total")}

    def made(word: str, label: str, values: np.ndarray, unit: str, rule: str, *origin: str) -> Figure:
        return result_figure(ids[word], label, values, unit, f"{rule}; {one}", origin)

    cleared = "by element: what is left, each maker up to what it can ramp in the year, meets demand; not above the choke price"
    clearing = (ids["cut"], *below["market"], *below["supply"])
    sells = (*below["domestic"], *below["prices"]) or below["made"]
    figures = {
        "issuer_share": made(
            "issuer_share", f"share of supply {where} that the issuer sells", view.issuer_share, "fraction",
            "what leaves the issuer less what comes in, over that and what is made elsewhere; elements at their prices",
            *below["leaving"], *below["made"], *below["prices"],
        ),
        "stopped": made(
            "stopped", "share of what the issuer sold that does not cross its border in the first year", view.stopped,
            "fraction", "one less what crosses in the run over what crossed in the base year; what comes round counts as crossing",
            *below["measures"], *below["licence"], *below["leaving"],
        ),
        "cut": made(
            "cut", f"share of supply {where} that is gone", view.cut, "fraction",
            "the issuer's share times the share of it that stops", ids["issuer_share"], ids["stopped"],
        ),
        "price": made(
            "price", f"price {where} over that of the base year", view.price, "ratio",
            f"{cleared}; mean over what {economy} uses", *clearing,
        ),
        "quantity": made(
            "quantity", f"quantity bought {where} over that of the base year", view.quantity, "ratio",
            f"what is supplied at that price; mean over what {economy} uses", ids["price"], *clearing,
        ),
        "rationed": made(
            "rationed", "wanted at the choke price and not there, over the quantity of the base year", view.rationed, "ratio",
            "demand at the choke price less supply; none below it", ids["price"], *clearing,
        ),
        "use": made(
            "use", f"what the sectors of {economy} used in the base year, at base prices", view.use, BILLION,
            "tonnes contained times the price of each element at the stage", *below["use"], *below["prices"],
        ),
        "domestic": made(
            "domestic", f"what is made in {economy} at the stage in the base year, at base prices", view.domestic, BILLION,
            "tonnes contained times the price of each element at the stage", *sells,
        ),
        "knock_on": made(
            "knock_on", f"value added lost indirectly in {economy} per value added lost directly", view.knock_on, "ratio",
            "that of the run's own loss sent through the input-output table, draw by draw; 0 where none was sent",
            *(below["travel"] or below["measures"]),
        ),
    }  # fmt: skip
    parts = {
        "using_industries": (
            "value added not made for want of the material", "use of each element falls as its market's does; after thrift "
            "the least valuable tonnes of all sectors stop first", (ids["quantity"], *below["saving"], *below["value"], *below["earns"]),
        ),
        "downstream": (
            "value added lost further downstream", "the knock-on of the run times what the using industries lose",
            (ids["using_industries"], ids["knock_on"]),
        ),
        "prices_paid": (
            "more paid for what is bought", "rise of the price times what is still bought", (ids["price"], ids["quantity"], ids["use"]),
        ),
        "producers_expand": (
            "sales of its producers beyond the base year (a gain)", "what they make more, up to what they can ramp, at the new price",
            (ids["price"], ids["domestic"], *below["supply"]),
        ),
        "producers_earn": (
            "more earned by its producers on what they made before (a gain)", "rise of the price times what they made",
            (ids["price"], ids["domestic"]),
        ),
    }  # fmt: skip
    for word, (label, rule, origin) in parts.items():
        figures[word] = made(word, f"{economy}: {label}", view.losses[word], BILLION, rule, *origin)
    if len(elements) > 1:
        figures["dearest"] = made(
            "dearest", f"price {where} of the element that rises most, over that of the base year", view.dearest, "ratio",
            f"{cleared}; the highest of each draw", *clearing,
        )  # fmt: skip
        for element, price in zip(elements, view.prices.T, strict=True):
            label = f"price of {element} {where} over that of the base year"
            figures[f"price.{element}"] = result_figure(
                f"{prefix}.price.{element}", label, price, "ratio", f"{cleared}; {one}", clearing
            )
    figures["total"] = made(
        "total", f"loss of {economy} in the market view, all five parts", view.total, BILLION,
        "sum of the five; a gain of producers is taken off", *(ids[word] for word in parts),
    )  # fmt: skip
    return figures
