"""Where the supply comes from: map, look-through, exposure by element and stage."""

from __future__ import annotations

import pandas as pd

from lodestone.evidence.find_measures import BY_OTHERS, DIRECTLY
from lodestone.evidence.findings import Findings
from lodestone.labels import capital, possessive
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.words import sentence_list, text

OPEN = 0.005  # an end this near to nothing or all says nothing
THIN = 0.8  # share of prior cells from which the first page says so
FEW = 2  # products a measure covers that the first page names; more are left to the annex


def map_section(found: Findings) -> Section:
    """The measures in two sentences, and the map."""
    economy, issuer = found.spoken[found.economy], found.spoken[found.issuer]
    live = found.measures[found.measures["touches"].isin((DIRECTLY, BY_OTHERS))]
    held = set(found.chart_heat["element"])
    listed = {element for elements in live["listed"] for element in elements} & held
    elements = [e for e in dict.fromkeys(found.chart_heat["element"]) if e in listed]
    reached = [
        f"{way}: {sentence_list([f'{row.kind} ({row.reference})' for row in part.itertuples()], 10)}"
        for way in (DIRECTLY, BY_OTHERS)
        if len(part := live[live["touches"] == way])
    ]
    covered = (
        f"every element followed here ({', '.join(elements)})"
        if len(held) > 1 and held <= set(elements)
        else sentence_list([found.names[element] for element in elements], len(elements))
    )
    said = (
        f"Measures of the scenario that reach {possessive(economy)} supply, {'; '.join(reached)}. They cover {covered}"
        f"{only_covered(live, found.names)}."
        if reached
        else f"No measure of the scenario reaches {possessive(economy)} supply, directly or through makers it buys from."
    )
    chart = Chart(
        name="map",
        kind="map_flows",
        caption=(
            f"Share of each economy's imports of {found.names[found.groups[-1]]} as {found.about.traded_words} that "
            f"{issuer} ships, and the largest flows from {issuer} (all products, contained tonnes). Reconciled "
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
            text(f"{said} The annex gives each with its legal reference and says which do not reach it."),
            *_thin_data(found),
            *_other_materials(found),
            chart,
        ),
    )


def only_covered(live: pd.DataFrame, names: dict[str, str]) -> str:
    """Which few products the measures cover, where their issuers ship others."""
    covered = list(dict.fromkeys(product for row in live["covered"] for product in row))
    spared = {product for row in live["spared"] for product in row} - set(covered)
    if not 0 < len(covered) <= FEW or not spared:
        return ""
    return f", of its products {sentence_list([names[one] for one in covered])} alone"


def _thin_data(found: Findings) -> tuple[Paragraph, ...]:
    """Plainly on the first page where nearly all of a network is prior."""
    share = found.figures[found.headline["prior_cells"]].value or 0.0
    if share < THIN:
        return ()
    return (
        text(
            "The data are thin. ", Number(found.headline["facts"], "count", interval=False),
            " published facts bind this network; ", Number(found.headline["prior_cells"], "share", interval=False),
            f" of its cells are filled by a prior and balances alone. Base year {found.scenario.year}: "
            f"{found.about.base_year_reason}. {found.about.thin}",
        ),
    )  # fmt: skip


def _other_materials(found: Findings) -> tuple[Paragraph, ...]:
    """Which other materials the scenario touches; what fails together is never added up."""
    if not found.others:
        return ()
    words = sentence_list([words for words, _ in found.others])
    commands = "; ".join(f"'{command}'" for _, command in found.others)
    return (
        text(
            f"The scenario also touches {words}. This brief is on {found.about.words} alone, and losses are not added over "
            f"materials: a line that lacks two inputs stops once. The others have briefs of their own: {commands}."
        ),
    )


def origin_section(found: Findings) -> Section:
    """First tier against looked through, with the other prior beside it, and the ribbons."""
    economy, issuer = found.spoken[found.economy], found.spoken[found.issuer]
    groups = list(dict.fromkeys(found.dependence["group"]))
    cells = {(row.measure, row.group): row for row in found.dependence.itertuples()}
    rows = []
    for measure in dict.fromkeys(found.dependence["measure"]):
        row: dict[str, str | Number] = {"measure": found.names[measure]}
        for group in groups:
            if (cell := cells.get((measure, group))) is not None:
                row[f"{group}.share"] = Number(str(cell.figure), "share")
                row[f"{group}.other"] = Number(str(cell.other), "share", interval=False)
        rows.append(row)
    columns = [("measure", "Counted as")]
    for group in groups:
        columns += [(f"{group}.share", found.names[group]), (f"{group}.other", f"{found.names[group]}, few routes")]
    table = Table(
        "dependence",
        f"{capital(possessive(issuer))} share of {possessive(economy)} supply, by how it is counted. No published figure "
        f"exists for the looked-through shares. Each is the median of all draws; beside it stands the median of those in which few routes are open.",
        tuple(columns),
        tuple(rows),
    )
    removed = [
        (found.names[row.group], Number(row.removed, "share", interval=False))
        for row in found.dependence.itertuples()
        if row.removed
    ]
    spans: list[str | Number] = []
    for place, (name, number) in enumerate(removed):
        spans += [", and " if place else "", number, f" for {name}"]
    settled = text("Of what the prior leaves open in the import shares, published facts remove ", *spans, ".")
    allowed = _allowed(found)
    return Section(
        "origin",
        "Where the supply really comes from",
        (table, *((settled,) if removed else ()), allowed, _ribbons(found)),
    )


def _ribbons(found: Findings) -> Chart | Paragraph:
    """The ribbons, or a sentence where the economy takes nothing they could show."""
    economy, lead = found.spoken[found.economy], found.names[found.groups[-1]]
    if found.chart_ribbons["nodes"].empty:
        return text(
            f"{capital(economy)} takes none of this stage's product ({lead} in {found.about.headline_words}) in the base year, so there "
            "is no way of it to draw, and no share of it to look through."
        )
    return Chart(
        name="origin",
        kind="sankey",
        caption=(
            f"The way of the {lead} in {possessive(economy)} {found.about.headline_words}, from its source "
            f"to use; shares of {possessive(economy)} intake in the one year that balances, not medians. Routes outside published "
            "totals follow the proportional prior."
        ),
        alternative=f"Ribbons through {sentence_list(list(found.about.layers[:-1]))} to {economy}.",
        data=found.chart_ribbons,
        options={},
    )


def _allowed(found: Findings) -> Paragraph:
    """What the tier A facts alone say of the shares of imports and of the intake."""
    bounded = found.dependence[found.dependence["lowest"] != ""]
    lowest, highest = ([found.figures[name].value or 0.0 for name in bounded[end]] for end in ("lowest", "highest"))
    after = "Looked-through shares multiply steps, and no linear programme bounds them."
    if max(lowest, default=0.0) < OPEN and min(highest, default=1.0) > 1.0 - OPEN:
        return text(
            "The tier A facts alone, with no prior, leave the shares of imports and of the intake open from nothing to all: by that measure "
            f"they are assumed, not observed; facts of tier B and the prior narrow them. {after}"
        )
    return text(
        "The tier A facts alone, with no prior, allow ",
        *_ends(found, "imports"),
        f" of imports of {found.about.traded_words}, and ",
        *_ends(found, "first"),
        f" of the intake of {found.about.headline_words}, home makers included. Ends further apart than thirty points mean that a share is "
        f"assumed, not observed; a share outside its ends rests on facts of tier B that contradict them. {after}",
    )


def _ends(found: Findings, measure: str) -> list[str | Number]:
    """Lowest and highest of a share for each group of elements, as words and numbers."""
    spans: list[str | Number] = []
    for row in found.dependence[
        (found.dependence["measure"] == measure) & (found.dependence["lowest"] != "")
    ].itertuples():
        lowest, highest = (Number(str(end), "share", interval=False) for end in (row.lowest, row.highest))
        spans += ["; " if spans else "", lowest, " to ", highest, f" for {found.names[row.group]}"]
    return spans or ["nothing to be said"]


def exposure_section(found: Findings) -> Section:
    """World shares of the issuer by element and stage."""
    issuer = found.spoken[found.issuer]
    chart = Chart(
        name="exposure",
        kind="exposure_heat",
        caption=(
            f"{capital(possessive(issuer))} share of world output by element and stage in the reconciled baseline. A star marks a share that "
            f"rests on assumption alone."
        ),
        alternative=f"Grid of elements by stage, shaded by the share of {issuer}.",
        data={"shares": found.chart_heat},
        options={},
    )
    return Section("exposure", "Exposure by element and stage", (chart,))
