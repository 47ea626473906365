"""How far to trust it: what drives the spread, which facts carry it, what was missed; and the annex."""

from __future__ import annotations

from lodestone.evidence.findings import Findings
from lodestone.report.format import figure_style
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.words import no_money, nothing_explained, text

SETS = {"world": "of all destinations together", "destinations": "of single destinations"}


def trust_section(found: Findings) -> Section:
    """Drivers of the spread, the facts behind the import shares, and what back-tests say of the bands."""
    drivers = found.drivers
    chart = Chart(
        name="drivers",
        kind="drivers",
        caption=(
            "What drives the spread of the value at stake: the share of its variance that would go if this input alone were "
            "known (first-order Sobol index from the run's own draws), \u00b1 half its interval of nineteen in twenty. Inputs "
            "whose interval reaches zero are left out. The rest is theirs and what inputs do together. The network's bar is "
            "split as the variance of the import shares is between facts and prior."
        ),
        alternative="Bars of the share of variance by input.",
        data={"drivers": found.chart_drivers},
        options={"explained": drivers.explained},
    )
    behind = (
        " Separate draws of network, stocks and licence terms stand behind each interval. "
        "A headline is called assumed where more than three quarters of its spread rest so. "
        "The annex names the facts and the prior routes that carry the import shares."
    )
    if found.assumed_share is None:
        words = {"not known": no_money(found), "nothing at stake": "Nothing is at stake in nineteen of twenty draws."}
        why = words.get(
            nothing_explained(found),
            "No input's share of the spread of the value at stake is told from chance by this run.",
        )
        return Section(
            "trust", "How sure are we", (text(f"{why} So no spread is shared out.{behind}"), *_tested(found))
        )
    lead = text(
        "Of the spread of the value at stake that single inputs explain, ",
        Number(found.headline["assumed"], "share", interval=False),
        f" rests on assumptions and priors.{behind}",
    )
    return Section("trust", "How sure are we", (lead, *_tested(found), chart))


def _tested(found: Findings) -> tuple[Paragraph, ...]:
    """How many of the bands of past episodes were too narrow, where the material has a back-test."""
    told = found.tested
    if told.lead.empty:
        return ()
    first = told.lead.iloc[0]
    spans: list[str | Number] = []
    for row in told.lead.itertuples():
        share, cells = Number(str(row.share), "share"), Number(str(row.cells), "count", interval=False)
        spans += [", and " if spans else "", share, " of ", cells, f" months {SETS[str(row.set)]}"]
    return (
        text(
            "Back-tests set the bands against what customs reported: of ", Number(told.sets, "count", interval=False),
            " sets of months (some the same months under other terms), bands meant to hold nine in ten were too narrow in ",
            Number(told.narrow, "count", interval=False), f". Those of {first['as_of']} ({first['mode']}) held ", *spans,
            ". The intervals here come from the same inputs: read them as too narrow.",
        ),
    )  # fmt: skip


def influence_annex(found: Findings) -> Section:
    """The facts and the prior routes behind the import shares."""
    table = Table(
        "influence",
        "Facts and prior routes that carry the uncertainty of the import shares, largest first.",
        (("headline", "Figure"), ("kind", "Kind"), ("label", "Rests on"), ("share", "Share of variance")),
        tuple(
            {
                "headline": row.headline_label,
                "kind": row.kind,
                "label": row.label,
                "share": Number(row.figure, "share", interval=False),
            }
            for row in found.influences[found.influences["figure"] != ""].itertuples()
        ),
    )
    return Section("annex-influence", "What carries the import shares", (table,), annex=True)


def annex_sections(found: Findings) -> tuple[Section, ...]:
    """Measures, facts missed, sources."""
    silent = {
        note.split(":")[0]: "no: " + note.split("touches nothing: ")[1]
        for note in found.notes
        if ": touches nothing: " in note
    }
    measures = Table(
        "measures",
        "Measures of the scenario with their legal reference, and whether each reaches the economy: on a flow into it or a site "
        "in it (directly), through makers it buys from at any stage, or others only.",
        (
            ("id", "Measure"),
            ("kind", "Kind"),
            ("elements", "Elements"),
            ("effective", "In force from"),
            ("reference", "Reference"),
            ("touches", "Reaches the economy"),
        ),
        tuple(
            {
                **{key: str(value) for key, value in row.items()},
                "touches": silent.get(row["id"], row["touches"]),
            }
            for row in found.measures.drop(columns=["listed", "covered", "spared"]).to_dict("records")
        ),
    )
    missed = Table(
        "missed",
        "Published tier A figures the reconciled baseline misses by more than a tenth, with ours beside them. Conflicting "
        "facts are kept; the largest conflicts are with trade that no model of makers and users explains.",
        (("observation", "Figure"), ("published", "Published"), ("ours", "Reconciled"), ("unit", "Unit as published")),
        tuple(
            {
                "observation": row.observation,
                "published": Number(
                    row.published,
                    figure_style(found.figures[row.published]),
                    interval=found.figures[row.published].value is None,
                ),
                "ours": Number(row.ours, figure_style(found.figures[row.ours]), interval=False),
                "unit": row.unit,
            }
            for row in found.missed.itertuples()
        ),
    )
    sources = Table(
        "sources",
        "Sources behind the printed figures.",
        (("producer", "Producer"), ("title", "Title"), ("published", "Published"), ("tier", "Tier")),
        tuple({key: str(value) for key, value in row.items()} for row in found.sources.to_dict("records")),
    )
    limits = tuple(
        text(note)
        for note in (f"Base year {found.scenario.year}: {found.about.base_year_reason}.", found.about.thin, *LIMITS)
    )
    return (
        Section("annex-measures", "Measures and their legal references", (measures,), annex=True),
        Section("annex-limits", "What the data cannot say", (*limits, missed), annex=True),
        Section("annex-sources", "Sources", (sources,), annex=True),
    )


LIMITS = (
    "Trade codes mix products and elements: one heading holds the cheapest and the dearest. Flows by element and form "
    "follow from compositions and balances, not from a customs record.",
    "What is built into parts and goods is one aggregate process per economy, if it is followed at all.",
    "What firms and states hold in stock is secret or unpublished; each cover is an assumption with a range.",
    "A scarcity quote on a tiny volume is no price; no price forecast is made here.",
)
