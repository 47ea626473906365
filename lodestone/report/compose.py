"""From findings to a `Brief`: five headlines, then the sections in the order a minister's office reads."""

from __future__ import annotations

from lodestone.evidence.findings import Findings
from lodestone.report.nouns import Brief, Headline, Number, Paragraph
from lodestone.report.sections_shortage import alternative_section, stake_section, weeks_section
from lodestone.report.sections_supply import exposure_section, map_section, origin_section
from lodestone.report.sections_trust import annex_sections, trust_section
from lodestone.report.words import confidence_of, text

MARKING = "For official use. Figures rest on public sources; see the annex."


def compose(found: Findings) -> Brief:
    """Lay findings out as a brief; every number stays a pointer to its figure."""
    economy, issuer = found.names[found.economy], found.names[found.issuer]
    return Brief(
        title=f"{economy}: what {found.scenario.title[0].lower()}{found.scenario.title[1:]} would mean",
        subtitle=f"{issuer}'s controls and {economy}'s supply of {found.scenario.material.replace('_', ' ')}",
        economy=found.economy,
        economy_name=economy,
        scenario=found.scenario.name,
        marking=MARKING,
        written=found.written,
        as_of=found.as_of,
        status_line=(
            f"A scenario that starts on {found.scenario.start.isoformat()}, not a report. Status of the measures unknown "
            f"as of the last source ({found.as_of.isoformat()})."
        ),
        headlines=_headlines(found),
        sections=(
            map_section(found),
            origin_section(found),
            exposure_section(found),
            weeks_section(found),
            stake_section(found),
            alternative_section(found),
            trust_section(found),
            *annex_sections(found),
        ),
        figures=found.figures,
        warnings=_warnings(found),
        run=found.run,
    )


def _headlines(found: Findings) -> tuple[Headline, ...]:
    economy, issuer = found.names[found.economy], found.names[found.issuer]
    ids = found.headline
    share, other = Number(ids["imports.first_group"], "share"), Number(ids["imports.second_group"], "share")
    first, second = (found.names[group] for group in found.groups)
    supply = Headline(
        f"{issuer}'s share of {economy}'s imports of {second}",
        other,
        _confidence(found, ids["imports.second_group"]),
        text(
            f"As compounds and metals, first tier; for {first} it is ", share,
            ". Looked through to the mine, ", Number(ids["touches.second_group"], "share"), f" of the {second} and ",
            Number(ids["touches.first_group"], "share"), f" of the {first} in {economy}'s magnets pass through {issuer}.",
        ),
    )  # fmt: skip
    weeks = Headline(
        "Weeks until a first sector falls short",
        Number(ids["weeks.central"], "weeks"),
        "assumed",
        text(
            "Assumed stocks decide it: ", Number(ids["weeks.low"], "weeks", interval=False), " with low initial cover, ",
            Number(ids["weeks.high"], "weeks", interval=False), " with high. No survey of stocks by sector is published.",
        ),
    )  # fmt: skip
    stake = Headline(
        "Value added at stake, direct",
        Number(ids["value.total"], "money"),
        "low",
        text(
            f"Over {_weeks_word(found)} under pro rata rationing; ", Number(ids["value.other"], "money"),
            f" under the rule {found.names[found.rules[1]]}. Each sector is lost once; indirect losses are not in it.",
        ),
    )  # fmt: skip
    wait = Headline(
        "Months until capacity elsewhere could meet the need",
        Number(ids["months.second_group"], "months"),
        "assumed",
        text(
            f"For the separation of {second}, from announced sites with assumed delays and ramps; for {first} ",
            Number(ids["months.first_group"], "months"), ".",
        ),
    )  # fmt: skip
    rest = Headline(
        "Share of the answer that rests on assumption",
        Number(ids["assumed"], "share", interval=False),
        "medium",
        text(
            "Of what explains the spread of the value at stake; published facts carry the rest. "
            "Data uncertainty is a sample of ", Number(ids["draws"], "count", interval=False), " baseline draws.",
        ),
    )  # fmt: skip
    return (supply, weeks, stake, wait, rest)


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
    return (
        "Stocks held by firms and states are secret or unpublished; cover is assumed with a range.",
        "Separation by element and magnets by destination are hardly published; most routes are prior, not measured.",
        "Licence terms are a prior in a forecast; the share of applications approved is not the share of tonnes.",
    )


__all__ = ["Paragraph", "compose"]
