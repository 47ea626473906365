"""Where the supply comes from: map, look-through, exposure by element and stage."""

from __future__ import annotations

from lodestone.evidence.findings import Findings
from lodestone.report.nouns import Chart, Number, Section, Table
from lodestone.report.words import sentence_list, text

NOT_BOUNDED = "not bounded"


def map_section(found: Findings) -> Section:
    """The measures in two sentences, and the map."""
    economy, issuer = found.names[found.economy], found.names[found.issuer]
    live = found.measures[found.measures["touches"] == "yes"]
    elements = sorted({e for words in live["elements"] for e in words.split(", ") if e})
    chart = Chart(
        name="map",
        kind="map_flows",
        caption=(
            f"Share of each economy's imports of {found.names[found.groups[1]]} as compounds and metals that "
            f"{issuer} ships, and the largest flows from {issuer} (all elements, contained tonnes). Reconciled "
            f"baseline; borders as drawn by Natural Earth."
        ),
        alternative=f"World map shaded by dependence on {issuer}; lines run from {issuer} to its largest customers.",
        data=found.chart_map,
        options={"legend": f"Share of imports shipped by {issuer}", "flow_legend": "Contained tonnes a year"},
    )
    return Section(
        "measures",
        "What is assumed to happen",
        (
            text(
                f"Measures of the scenario that reach {economy}'s supply: {sentence_list(list(live['id']), 10)}. They "
                f"cover {sentence_list([found.names[e] for e in elements], 17)}. The annex gives each with its legal "
                f"reference and what it does not touch."
            ),
            chart,
        ),
    )


def origin_section(found: Findings) -> Section:
    """First tier against looked through, with the other prior beside it, and the ribbons."""
    economy, issuer = found.names[found.economy], found.names[found.issuer]
    rows = tuple(
        {
            "group": found.names[row.group],
            "measure": found.names[row.measure],
            "share": Number(row.figure, "share"),
            "other": Number(row.other, "share", interval=False),
            "lowest": Number(row.lowest, "share", interval=False) if row.lowest else NOT_BOUNDED,
            "highest": Number(row.highest, "share", interval=False) if row.highest else NOT_BOUNDED,
            "removed": Number(row.removed, "share", interval=False) if row.removed else "",
        }
        for row in found.dependence.itertuples()
    )
    table = Table(
        "dependence",
        f"{issuer}'s share of {economy}'s supply, by how it is counted. No published figure exists for the looked-through "
        f"shares. The fourth column exchanges the prior for unobserved routes. Lowest and highest are what the tier A "
        f"facts allow with no prior at all: ends further apart than thirty points mean that the share is assumed, not "
        f"observed. Looked-through shares multiply steps and no linear programme bounds them. The last column says how "
        f"much of the prior variance data removed.",
        (
            ("group", "Elements"),
            ("measure", "Counted as"),
            ("share", f"Share of {issuer}"),
            ("other", "Other prior"),
            ("lowest", "Lowest by tier A facts"),
            ("highest", "Highest by tier A facts"),
            ("removed", "Variance removed by data"),
        ),
        rows,
    )
    chart = Chart(
        name="origin",
        kind="sankey",
        caption=(
            f"The way of the {found.names[found.groups[1]]} in {economy}'s magnets, from mine and new scrap to "
            f"use; shares of {economy}'s intake. Routes outside published totals follow the proportional prior."
        ),
        alternative=f"Ribbons from mining economies through separation, metal, alloy and magnet making to {economy}.",
        data=found.chart_ribbons,
        options={},
    )
    return Section("origin", "Where the supply really comes from", (table, chart))


def exposure_section(found: Findings) -> Section:
    """World shares of the issuer by element and stage."""
    issuer = found.names[found.issuer]
    chart = Chart(
        name="exposure",
        kind="exposure_heat",
        caption=(
            f"{issuer}'s share of world output by element and stage in the reconciled baseline. A star marks a share that "
            f"rests on assumption alone."
        ),
        alternative=f"Grid of elements by stage, shaded by the share of {issuer}.",
        data={"shares": found.chart_heat},
        options={},
    )
    return Section("exposure", "Exposure by element and stage", (chart,))
