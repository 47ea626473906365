"""What runs short, when, what it puts at stake, and how long until something else can carry it."""

from __future__ import annotations

import math

from lodestone.evidence.findings import Findings
from lodestone.report.nouns import Chart, Number, Section, Table
from lodestone.report.words import text


def weeks_section(found: Findings) -> Section:
    """Weeks to the first shortage by sector, cover and rule."""
    economy = found.names[found.economy]
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
        f"Weeks until each sector of {economy} is served below the threshold, median of the draws, by initial cover and "
        f"rationing rule. The initial covers are assumptions with a range.",
        tuple(columns),
        tuple(
            {"sector": found.names[sector], **{key: cells[sector, key] for key, _ in columns[1:]}} for sector in sectors
        ),
    )
    chart = Chart(
        name="weeks-dots",
        kind="weeks_to_shortage",
        caption=f"Weeks until the first shortage in {economy}, by sector, initial cover and rationing rule.",
        alternative="Dots with ranges, a row a sector, a panel a rationing rule.",
        data={"weeks": found.chart_weeks},
        options={"horizon": float(found.weeks_run)},
    )
    before = [m for m in found.scenario.measures if m.effective < found.scenario.start]
    lead = text(
        "Measures in force before the start are run in before it, from full stocks: a sector that falls short in the "
        "first week was already short of what it would take undisturbed. How its users have adapted since is not known."
    )
    return Section("weeks", "How many weeks until a line stops", (*([lead] if before else []), chart, table))


def stake_section(found: Findings) -> Section:
    """Loss by sector, and shortage over time."""
    economy = found.names[found.economy]
    table = Table(
        "stakes",
        f"Direct loss by sector in {economy} over the horizon, pro rata rationing; loss if it happens (depth times "
        f"duration), then how often it happened among the draws. Value added in billion USD of 2024.",
        (
            ("sector", "Sector"),
            ("lost", "Weeks of output lost"),
            ("value", "Value added lost"),
            ("earns", "Earns a year"),
            ("chance", "Draws with a shortage"),
        ),
        tuple(
            {
                "sector": found.names[row.sector],
                "lost": Number(row.lost, "weeks"),
                "value": Number(row.value, "money") if row.value else "no value added published",
                "earns": Number(row.earns, "money") if row.earns else "",
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
    return Section("stakes", "What is at stake", (table, chart))


def alternative_section(found: Findings) -> Section:
    """The sites that could carry the need, and when."""
    about = found.about
    if found.sites.empty:
        lead = text(
            f"No site or project for {about.words} stands in the table of sites, so nothing is said of when something else "
            f"could carry the need. {about.bottleneck_note}"
        )
        return Section("alternative", "How long until an alternative", (lead,))
    table = Table(
        "sites",
        "Sites outside the largest maker, with stated capacity and announced start. Delay, ramp and delivered share are "
        "drawn from assumed ranges. No site is booked for one economy here.",
        (
            ("site", "Site"),
            ("economy", "Place"),
            ("stage", "Stage"),
            ("group", "For"),
            ("capacity", "Stated capacity"),
            ("start", "Announced start"),
            ("status", "Status"),
        ),
        tuple(
            {
                "site": row.site,
                "economy": found.names.get(row.economy, row.economy),
                "stage": row.stage,
                "group": found.names.get(row.group, row.group),
                "capacity": Number(row.capacity, "tonnes", interval=False),
                "start": row.start,
                "status": row.status,
            }
            for row in found.sites.itertuples()
        ),
    )
    ever = not math.isinf(found.figures[found.headline["months.second_group"]].value or 0.0)
    spans: list[str | Number] = [
        f"Until sites elsewhere meet the need outside {found.names[found.issuer]}: ",
        Number(found.headline["months.second_group"], "months", interval=ever),
        f" for {found.names[found.groups[-1]]}",
    ]
    if "months.first_group" in found.headline:
        beside = Number(found.headline["months.first_group"], "months")
        spans += [" and ", beside, f" for {found.names[found.groups[-2]]}"]
    lead = text(*spans, f", {about.bottleneck_words} alone. {about.bottleneck_note}")
    return Section("alternative", "How long until an alternative", (lead, table))
