"""What runs short, when, what it puts at stake, and how long until something else can carry it."""

from __future__ import annotations

import math

import pandas as pd

from lodestone.evidence.findings import Findings
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.words import first_effect, no_money, text, valued


def weeks_section(found: Findings) -> Section:
    """Weeks to the first shortage by sector, cover and rule, as a picture; the table stands in the annex."""
    economy = found.spoken[found.economy]
    chart = Chart(
        name="weeks-dots",
        kind="weeks_to_shortage",
        caption=(
            f"Weeks from the start of the scenario until the first shortage in {economy}, by sector, initial cover and rationing rule: median of the "
            f"draws and the range of nine in ten. The covers are assumptions with a range.{first_effect(found)}"
        ),
        alternative="Dots with ranges, a row a sector, a panel a rationing rule.",
        data={"weeks": found.chart_weeks},
        options={"horizon": float(found.weeks_run), "axis": f"Weeks from {found.scenario.start.isoformat()}"},
    )
    before = [m for m in found.scenario.measures if m.effective < found.scenario.start]
    lead = text(
        "Measures in force before the start are run in before it, from full stocks: a sector that falls short in the "
        "first week was already short of what it would take undisturbed. How its users have adapted since is not known."
    )
    return Section("weeks", "How many weeks until a line stops", (*([lead] if before else []), chart))


def weeks_annex(found: Findings) -> Section:
    """The table behind the picture of weeks."""
    economy = found.spoken[found.economy]
    columns = [("sector", "Sector")]
    for rule in found.rules:
        columns += [(f"{rule}.{cover}", f"{found.names[rule]}, {cover} cover") for cover in found.covers]
    cells = {
        (row.sector, f"{row.rule}.{row.cover}"): Number(row.figure, "weeks", interval=False)
        for row in found.weeks.itertuples()
    }
    sectors = list(dict.fromkeys(found.weeks["sector"]))
    table = Table(
        "weeks",
        f"Weeks from {found.scenario.start.isoformat()} until each sector of {economy} is served below the threshold, median "
        f"of the draws, by initial cover and "
        f"rationing rule. The initial covers are assumptions with a range.{first_effect(found)}",
        tuple(columns),
        tuple(
            {"sector": found.names[sector], **{key: cells[sector, key] for key, _ in columns[1:]}} for sector in sectors
        ),
    )
    return Section("annex-weeks", "Weeks to a first shortage", (table,), annex=True)


def stake_section(found: Findings) -> Section:
    """Loss by sector, and shortage over time."""
    economy = found.spoken[found.economy]
    table = Table(
        "stakes",
        f"Direct loss by sector in {economy} over the horizon, pro rata rationing; loss if it happens (depth times "
        f"duration), then how often it happened among the draws. A sector stands for the makers who buy the last product "
        f"of the chain; who buys their parts loses indirectly. Makers stop first what earns least per tonne. Value "
        f"added in billion USD of 2024: output that is not made over the horizon, no forecast of GDP. Work that stands "
        f"still in person-years, from published employment of the industry; where none is published nothing stands in "
        f"for it.",
        (
            ("sector", "Sector"),
            ("lost", "Weeks of output lost"),
            ("value", "Value added lost"),
            ("earns", "Value added a year of the lines that need it"),
            ("jobs", "Work that stands still"),
            ("chance", "Draws with a shortage"),
        ),
        tuple(
            {
                "sector": found.names[row.sector],
                "lost": Number(row.lost, "weeks"),
                "value": Number(row.value, "money") if row.value else "no value added published",
                "earns": Number(row.earns, "money") if row.earns else "",
                "jobs": Number(row.jobs, "people") if row.jobs else "no published figure",
                "chance": Number(row.chance, "share", interval=False),
            }
            for row in found.stakes.itertuples()
        ),
    )
    chart = Chart(
        name="bands",
        kind="shortage_bands",
        caption=f"Share of need unmet in {economy}, the sectors that lose most, with the bands of the draws, by rationing rule.",
        alternative="Lines with bands over weeks, a panel a sector and rule.",
        data={"bands": found.chart_bands},
        options={},
    )
    parts: tuple[Paragraph | Table | Chart, ...] = (table, chart)
    if "jobs.total" in found.headline:
        told = Number(found.headline["jobs.total"], "people")
        parts = (*parts, text("Work that stands still in the sectors with a published employment: ", told, "."))
    if valued(found):
        first_year = Number(found.headline["value.first_year"], "money")
        said = "Value added lost directly in the first fifty-two weeks, all sectors and all draws: "
        parts = (*parts, text(said, first_year, "."))
    else:
        parts = (text(no_money(found)), *parts)
    return Section("stakes", "What is at stake", (*parts, *_estimates(found)))


def _estimates(found: Findings) -> tuple[Table, ...]:
    """What others published for like events, where anything is."""
    if found.estimates.empty:
        return ()
    return (
        Table(
            "estimates",
            f"What others published for {found.spoken[found.economy]}, for scale: losses of GDP within a year, under other "
            f"assumptions on stocks, substitution and what follows. Ours is output not made if each line without an "
            f"essential input stops, the least valuable first. No parameter was fitted to these, but some were revised "
            f"because losses looked too large beside them, so they are no independent check.",
            (("event", "Event"), ("value", "Published loss"), ("year", "Year"), ("source", "Source")),
            tuple(
                {"event": row.event, "value": Number(row.figure, "plain"), "year": row.year, "source": row.source}
                for row in found.estimates.itertuples()
            ),
        ),
    )


def alternative_section(found: Findings) -> Section:
    """How long until the need is met elsewhere, and the sites of the group that waits longest."""
    about, last = found.about, found.groups[-1]
    if found.sites.empty:
        lead = text(
            f"No site or project for {about.words} stands in the table of sites, so nothing is said of when something else "
            f"could carry the need. {about.bottleneck_note}"
        )
        return Section("alternative", "How long until an alternative", (lead,))
    ever = not math.isinf(found.figures[found.headline["months.second_group"]].value or 0.0)
    spans: list[str | Number] = [
        f"Until sites elsewhere meet the need outside {found.spoken[found.issuer]}: ",
        Number(found.headline["months.second_group"], "months", interval=ever),
        f" for {found.names[last]}",
    ]
    if "months.first_group" in found.headline:
        spans += [
            " and ",
            Number(found.headline["months.first_group"], "months"),
            f" for {found.names[found.groups[-2]]}",
        ]
    lead = text(
        *spans,
        f", {about.bottleneck_words} alone. {about.bottleneck_note} Delay, ramp and delivered share are drawn from assumed "
        "ranges; no site is booked for one economy here.",
    )
    table = _sites(found, "sites", found.sites[found.sites["group"] == last], f"Sites for {found.names[last]}.")
    return Section("alternative", "How long until an alternative", (lead, table))


def sites_annex(found: Findings) -> tuple[Section, ...]:
    """Every site of the material's table, where it has any."""
    if found.sites.empty:
        return ()
    table = _sites(found, "sites-all", found.sites, "All sites outside the largest maker with a stated capacity.")
    return (Section("annex-sites", "Alternative suppliers", (table,), annex=True),)


def _sites(found: Findings, name: str, sites: pd.DataFrame, caption: str) -> Table:
    return Table(
        name,
        caption,
        (
            ("site", "Site"),
            ("economy", "Place"),
            ("stage", "Stage"),
            ("capacity", "Stated capacity"),
            ("start", "Announced start"),
            ("status", "Status"),
        ),
        tuple(
            {
                "site": row.site,
                "economy": found.names.get(row.economy, row.economy),
                "stage": row.stage
                if row.group == row.stage
                else f"{row.stage}, {found.names.get(row.group, row.group)}",
                "capacity": Number(row.capacity, "plain", interval=False),
                "start": row.start,
                "status": row.status,
            }
            for row in sites.itertuples()
        ),
    )
