"""How far the loss travels: direct and indirect, at home and abroad, in the first year."""

from __future__ import annotations

from lodestone.evidence.findings import Findings
from lodestone.labels import possessive
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.words import text

MARKET_ROWS = {
    "using_industries": ("Using industries: value added not made", "money"),
    "downstream": ("Further downstream", "money"),
    "prices_paid": ("Prices paid for what is bought", "money"),
    "producers_expand": ("Producers at home sell more", "money"),
    "producers_earn": ("Producers at home earn more on what they sold", "money"),
    "total": ("Together", "money"),
    "price": ("Price, times that of the base year", "plain"),
    "dearest": ("Price of the element that rises most", "plain"),
    "quantity": ("Bought, of the base year", "share"),
    "rationed": ("Rationed at the choke price, of the base year", "share"),
}
PANELS = {"direct": "Direct", "indirect": "Indirect, at home"}


def travel_section(found: Findings) -> Section:
    """What the first year's direct loss brings with it, and where it arrives."""
    economy, travel = found.spoken[found.economy], found.travel
    title = "How far it travels"
    if travel.why_not:
        return Section("travel", title, (text(travel.why_not), *market_parts(found)))
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
    return Section("travel", title, (lead, chart, table, *market_parts(found)))


def market_parts(found: Findings) -> tuple[Paragraph | Table, ...]:
    """The market view of the same year: why it is another figure, and its parts."""
    market, economy = found.market, found.spoken[found.economy]
    if market.why_not:
        return (text(market.why_not),)
    ids = market.headline
    lead = text(
        "A market instead of a queue, one year: ", Number(ids["market.total"], "money"), f" for {economy}, with ",
        Number(ids["market.stopped"], "share"), f" of what {possessive(found.spoken[found.issuer])} {found.about.bottleneck_words} "
        "supplied to all others held back. It differs from the weekly simulation, which has stocks, lags and suppliers of its own for each "
        "buyer: here there are none, all buyers outside pay one price and share the cut, and what is left goes to the most "
        "valuable uses. Its elasticities are judged, and above a choke price, judged too, what is missing is rationed.",
        *(f" {note}" for note in market.notes),
    )  # fmt: skip
    rows: list[dict[str, str | Number]] = [
        {"part": words, "value": Number(ids[f"market.{word}"], style)}
        for word, (words, style) in MARKET_ROWS.items()
        if f"market.{word}" in ids
    ]
    caption = f"Market view, one year, no stocks: what {economy} loses in it; a gain is below zero."
    return (lead, Table("market-view", caption, (("part", "Part"), ("value", "Value")), tuple(rows)))
