"""From findings to a `Brief`: five headlines, then the sections in the order a minister's office reads."""

from __future__ import annotations

import datetime as dt

from lodestone.evidence.findings import Findings
from lodestone.labels import capital, possessive
from lodestone.report.nouns import Brief, Headline, Number, Paragraph
from lodestone.report.sections_exposure import exposure_annex
from lodestone.report.sections_shortage import (
    alternative_section,
    sites_annex,
    stake_section,
    weeks_annex,
    weeks_section,
)
from lodestone.report.sections_supply import exposure_section, map_section, origin_section
from lodestone.report.sections_travel import travel_section
from lodestone.report.sections_trust import annex_sections, influence_annex, trust_section
from lodestone.report.words import (
    confidence_by_share,
    confidence_of,
    first_effect,
    no_money,
    nothing_explained,
    text,
    valued,
)

MARKING = "For official use. Figures rest on public sources; see the annex."


def compose(found: Findings) -> Brief:
    """Lay findings out as a brief; every number stays a pointer to its figure."""
    economy, spoken = found.names[found.economy], found.spoken
    return Brief(
        title=f"{economy}: {found.scenario.title[0].lower()}{found.scenario.title[1:]}",
        subtitle=f"{capital(possessive(spoken[found.issuer]))} controls and {possessive(spoken[found.economy])} supply of {found.about.words}",
        economy=found.economy,
        economy_name=economy,
        scenario=found.scenario.name,
        marking=MARKING,
        written=found.written,
        as_of=found.as_of,
        status_line=_status(found),
        headlines=_headlines(found),
        sections=(
            map_section(found),
            origin_section(found),
            exposure_section(found),
            weeks_section(found),
            stake_section(found),
            travel_section(found),
            alternative_section(found),
            trust_section(found),
            weeks_annex(found),
            *sites_annex(found),
            influence_annex(found),
            *exposure_annex(found),
            *annex_sections(found),
        ),
        figures=found.figures,
        warnings=_warnings(found),
        run=found.run,
    )


def _status(found: Findings) -> str:
    """Scenario, hindcast or the year as it is, and what is known of the measures."""
    start, end = found.scenario.start, found.scenario.start + dt.timedelta(weeks=found.weeks_run)
    if not found.scenario.measures and not found.scenario.shocks:
        return "No measure is in force in this scenario: the base year as it is, for comparison."
    if end <= found.as_of and found.scenario.rows_used:
        return (
            f"A hindcast that starts on {start.isoformat()}: its terms rest on observations of the episode itself, and it "
            "claims no skill."
        )
    return (
        f"A scenario that starts on {start.isoformat()}, not a report. What is in force today is unknown as of the last "
        f"source ({found.as_of.isoformat()})."
    )


def _headlines(found: Findings) -> tuple[Headline, ...]:
    economy, issuer = found.spoken[found.economy], found.spoken[found.issuer]
    ids = found.headline
    lead = found.names[found.groups[-1]]
    beside = found.names[found.groups[-2]] if "imports.first_group" in ids else ""
    supply = Headline(
        f"{capital(possessive(issuer))} share of {possessive(economy)} imports of {lead}",
        Number(ids["imports.second_group"], "share"),
        _confidence(found, ids["imports.second_group"]),
        _supply_text(found, lead, beside),
    )
    weeks = Headline(
        "Weeks until a first sector falls short",
        Number(ids["weeks.central"], "weeks"),
        "assumed",
        text(
            f"From {found.scenario.start.isoformat()}, with central initial cover and {found.names[found.rules[0]]} "
            "rationing. Assumed stocks decide it: ",
            Number(ids["weeks.low"], "weeks", interval=False), " with low cover, ",
            Number(ids["weeks.high"], "weeks", interval=False), f" with high; {found.names[found.rules[-1]]}: ",
            Number(ids["weeks.low.other"], "weeks", interval=False), ", ",
            Number(ids["weeks.central.other"], "weeks", interval=False), " and ",
            Number(ids["weeks.high.other"], "weeks", interval=False), ". No survey of stocks by sector is published.",
            f"{first_effect(found)} Some sector falls short in ", Number(ids["stops"], "share", interval=False), " of draws",
            *_first_sector(found), ".",
        ),
    )  # fmt: skip
    stake = Headline(
        "Value added at stake, direct",
        Number(ids["value.total"], "money", unknown="not known"),
        confidence_by_share(found.figures[ids["value.total"]], found.assumed_share),
        text(
            f"Over {_weeks_word(found)} under pro rata rationing; ", Number(ids["value.other"], "money"),
            f" under the rule {found.names[found.rules[1]]}. Each sector is lost once; indirect losses are not in it.",
        )
        if valued(found)
        else text(f"{no_money(found)} Weeks and shares do not need it."),
    )  # fmt: skip
    wait = Headline(
        "Months until capacity elsewhere could meet the need",
        Number(ids["months.second_group"], "months"),
        "assumed",
        _wait_text(found, lead, beside),
    )
    rest = Headline(
        "Share of the answer that rests on assumption",
        Number(ids["assumed"], "share", interval=False, unknown=nothing_explained(found)),
        "computed",
        text(
            "Of the spread of the value at stake that single inputs explain; the rest of it rests on published facts. "
            if found.assumed_share is not None
            else "The spread of a value at stake is what this share is of, and none of it is explained. ",
            "Data uncertainty is a sample of ", Number(ids["draws"], "count", interval=False), " baseline draws.",
        ),
    )  # fmt: skip
    return (supply, weeks, stake, wait, rest)


def _supply_text(found: Findings, lead: str, beside: str) -> Paragraph:
    """How the share is counted, and what looks different when it is followed to the mine."""
    ids, about, issuer = found.headline, found.about, found.spoken[found.issuer]
    counted = f"As {about.traded_words}, first tier"
    touches = Number(ids["touches.second_group"], "share")
    end = f" in {possessive(found.spoken[found.economy])} {about.headline_words} touch {issuer} at any stage."
    if not beside:
        return text(f"{counted}. ", touches, f" of the {lead}{end.replace('touch', 'touches', 1)}")
    return text(
        f"{counted}; for {beside} it is ", Number(ids["imports.first_group"], "share"),
        ". ", touches, f" of the {lead} and ",
        Number(ids["touches.first_group"], "share"), f" of the {beside}{end}",
    )  # fmt: skip


def _wait_text(found: Findings, lead: str, beside: str) -> Paragraph:
    ids, words = found.headline, found.about.bottleneck_words
    if found.sites.empty:
        return text(
            f"No site for the {words} of {lead} stands in the table of sites: nothing is said, which is not never."
        )
    start = f"For the {words} of {lead}, from announced sites with assumed delays and ramps"
    return (
        text(f"{start}; for {beside} ", Number(ids["months.first_group"], "months"), ".")
        if beside
        else text(f"{start}.")
    )


def _first_sector(found: Findings) -> list[str | Number]:
    """Which draws are short from the start, and which sector is most often first, where one is."""
    at_once, first = found.headline["stops.at_once"], found.headline.get("stops.first", "")
    words: list[str | Number] = []
    if found.figures[at_once].value:
        words += [" (already in the first week in ", Number(at_once, "share", interval=False), ")"]
    if first:
        sector = found.names[first.rpartition(".")[2]].lower()
        words += [f"; most often first: {sector}, in ", Number(first, "share", interval=False)]
    return words


def _confidence(found: Findings, name: str) -> str:
    ends = [found.figures.get(f"{name}.{end}") for end in ("lowest", "highest")]
    lowest, highest = ends
    bounds = (lowest, highest) if lowest is not None and highest is not None else None
    return confidence_of(found.figures[name], found.influences, name, bounds)


def _weeks_word(found: Findings) -> str:
    years, rest = divmod(found.weeks_run, 52)
    words = ("", "one year", "two years", "three years", "four years", "five years")
    return words[years] if rest == 0 and 0 < years < len(words) else "the horizon"


def _warnings(found: Findings) -> tuple[str, ...]:
    earlier = (
        f"Made of what was known by {found.as_of}: where a figure came later, an earlier one stands in, or the prior "
        f"('lodestone baseline {found.scenario.material} --as-of {found.as_of}' names them). Tables of judgement have no date.",
    )
    return (
        *(earlier if found.stood_in else ()),
        "Stocks held by firms and states are secret or unpublished; cover is assumed with a range.",
        found.about.thin,
        "Licence terms are a prior in a forecast; the share of applications approved is not the share of tonnes.",
    )


__all__ = ["Paragraph", "compose"]
