"""How far the loss travels: direct and indirect, at home and abroad, in the first year."""

from __future__ import annotations

from lodestone.evidence.findings import Findings
from lodestone.report.nouns import Chart, Number, Section, Table
from lodestone.report.words import text

PANELS = {"direct": "Direct", "indirect": "Indirect, at home"}


def travel_section(found: Findings) -> Section:
    """What the first year's direct loss brings with it, and where it arrives."""
    economy, travel = found.names[found.economy], found.travel
    title = "How far it travels"
    if travel.why_not:
        return Section("travel", title, (text(travel.why_not),))
    ids = travel.headline
    lead = text(
        f"Value added lost in {economy} in the first year, in the ", Number(ids["travel.draws"], "count", interval=False),
        " draws followed through the table: ", Number(ids["travel.direct"], "money"), " directly, ",
        Number(ids["travel.indirect"], "money"), " indirectly, ", Number(ids["travel.both"], "money"),
        " together; abroad ", Number(ids["travel.abroad"], "money"), ". The direct part differs from that of all draws above, which "
        "counts fifty-two weeks. Who buys from whom is as in ",
        Number(ids["travel.table"], "year", interval=False), ", the money at the newest level published. Industries' stocks of ",
        Number(ids["travel.stocks"], "count"), " days are an assumption that decides the indirect loss: near the lower end customers "
        "run out and most of an economy would stand still, which the upper end of the intervals holds. Prices, new suppliers "
        "and repair instead of replacement are not in it, so nothing is shown past the first year.",
    )  # fmt: skip
    chart = Chart(
        name="travel-bands",
        kind="shortage_bands",
        caption=f"Value added lost a week in {economy}, billion USD of 2024, with the bands of the draws; pro rata rationing.",
        alternative="Lines with bands over weeks, a panel for direct and one for indirect loss.",
        data={"bands": travel.chart.assign(rule=found.names[found.rules[0]], panel=travel.chart["panel"].map(PANELS))},
        options={"format": ".2f"},
    )
    table = Table(
        "travel",
        "Where the indirect loss of the first year arrives: industries at home and other economies that lose most.",
        (("place", "Industry or economy"), ("value", "Value added lost indirectly")),
        tuple(
            {
                "place": row.label if home else found.names.get(row.label, row.label),
                "value": Number(row.figure, "money"),
            }
            for home, rows in ((True, travel.industries), (False, travel.economies))
            for row in rows.itertuples()
        ),
    )
    return Section("travel", title, (lead, chart, table))
