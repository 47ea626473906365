"""Annex of the exposure side: concentration, ceilings, technology, times to survive and recover, other indices."""

from __future__ import annotations

from typing import Any

from lodestone.evidence.find_exposure import Exposed
from lodestone.evidence.findings import Findings
from lodestone.report.check import naked_digits
from lodestone.report.nouns import Number, Paragraph, Section, Table
from lodestone.report.words import sentence_list, text


def exposure_annex(found: Findings) -> tuple[Section, ...]:
    """Sections of the exposure side; none where the findings hold none."""
    told = found.exposed
    if told is None:
        return ()
    times = (_use_table(found, told), *_recover_table(found, told), _site_table(found, told), *_technology(found, told))
    sections = (
        ("annex-concentration", "Concentration and ceilings", (_stage_table(found, told), _ceiling_table(found, told))),
        ("annex-times", "Time to survive beside time to recover", times),
        ("annex-views", "The same dependence by other indices", _view_parts(found, told)),
    )
    kept = ((name, title, tuple(part for part in parts if _says(part))) for name, title, parts in sections)
    return tuple(Section(name, title, parts, annex=True) for name, title, parts in kept if parts)


def _says(part: Table | Paragraph) -> bool:
    """Whether a part holds anything: a table without a row says nothing."""
    return not isinstance(part, Table) or bool(part.rows)


def _named(found: Findings, label: str) -> str:
    return found.names.get(label, label.replace("_", " "))


def _stage_table(found: Findings, told: Exposed) -> Table:
    issuer = found.spoken[found.issuer]
    columns = (
        ("elements", "Elements"), ("stage", "Stage"), ("index", "Herfindahl-Hirschman index of world output"),
        ("world", f"World output without {issuer} over world demand"), ("rest", f"Over demand outside {issuer}"),
    )  # fmt: skip
    rows = tuple(
        {
            "elements": _named(found, row.elements), "stage": row.stage, "index": _cell(row.index_, "plain"),
            "world": _cell(row.cover_of_world_demand, "share"), "rest": _cell(row.cover_of_rest_demand, "share"),
        }
        for row in told.stages.rename(columns={"index": "index_"}).itertuples()
    )  # fmt: skip
    caption = (
        f"Stages at which {issuer} makes more than half of world output. The index is the sum of squared shares. The last two "
        "columns are a yearly balance: no stocks, no substitution, and the loss is full and lasting."
    )
    return Table("concentration", caption, columns, rows)


def _ceiling_table(found: Findings, told: Exposed) -> Table:
    rules = list(dict.fromkeys(told.ceilings["rule"]))
    above = ((f"rule{k}", f"Above the {rule} ceiling") for k, rule in enumerate(rules))
    columns = (("elements", "Elements"), ("stage", "Stage"), ("supplier", "Largest supplier abroad"), *above)
    rows = []
    for (elements, stage), part in told.ceilings.groupby(["elements", "stage"], sort=False):
        held = dict(zip(part["rule"], part["distance"], strict=True))
        cells = {f"rule{k}": _cell(held.get(rule, ""), "share") for k, rule in enumerate(rules)}
        rows.append(
            {
                "elements": _named(found, elements),
                "stage": stage,
                "supplier": _named(found, part["supplier"].iloc[0]),
                **cells,
            }
        )
    caption = (
        f"Share of the largest foreign supplier in what {found.spoken[found.economy]} takes at each stage, less each "
        "ceiling somebody has set on one country's share; below zero the rule is met."
    )
    return Table("ceilings", caption, columns, tuple(rows))


def _use_table(found: Findings, told: Exposed) -> Table:
    issuer = found.spoken[found.issuer]
    rows = tuple(
        {
            "use": _named(found, row.use),
            "survive": _cell(row.survive, "weeks"),
            "waits": row.waits or "no site listed",
        }
        for row in told.uses.itertuples()
    )
    caption = (
        f"Weeks until each use falls short once {issuer} ships nothing abroad and nobody adapts, from the stocks assumed along "
        "the chain; and the sites it waits for, the slowest of what it needs. This is a total stop, not the scenario; goods underway "
        "and finished stock are not counted."
    )
    columns = (("use", "Use"), ("survive", "Survives"), ("waits", "Waits for sites of"))
    return Table("times-uses", caption, columns, rows)


def _recover_table(found: Findings, told: Exposed) -> tuple[Table, ...]:
    """Once for all uses that wait for the same sites equally long; none where no use waits."""
    alike: dict[tuple[object, ...], list[Any]] = {}
    for row in told.uses[told.uses["recover"] != ""].itertuples():
        figure = told.figures[row.recover]
        alike.setdefault((row.waits, figure.value, figure.low, figure.high), []).append(row)
    rows = tuple(
        {
            "waits": same[0].waits,
            "recover": _cell(same[0].recover, "weeks"),
            "uses": sentence_list([_named(found, row.use).lower() for row in same], len(same)),
        }
        for same in alike.values()
    )
    caption = (
        f"Weeks until announced sites replace what {found.spoken[found.issuer]} ships, and the uses that wait for them."
    )
    columns = (("waits", "Sites of"), ("recover", "Recovers"), ("uses", "Uses"))
    return (Table("times-recover", caption, columns, rows),) if rows else ()


def _site_table(found: Findings, told: Exposed) -> Table:
    alike: dict[tuple[object, ...], list[Any]] = {}  # sites of one stage that differ in nothing but their name
    for row in told.sites.itertuples():
        ends = [(one.value, one.low, one.high) for one in (told.figures[row.survive], told.figures[row.recover])]
        alike.setdefault((row.elements, row.stage, *ends, row.exposed), []).append(row)
    rows = tuple(
        {
            "site": sentence_list([str(row.site) for row in same], len(same)),
            "elements": "all" if same[0].elements == same[0].stage else _named(found, same[0].elements),
            "stage": same[0].stage, "survive": _cell(same[0].survive, "weeks"),
            "recover": _cell(same[0].recover, "weeks"), "exposed": same[0].exposed,
        }
        for same in alike.values()
    )  # fmt: skip
    caption = (
        "Each supply site down alone: weeks in which stock and the other sites' spare capacity meet all need, beside weeks until "
        "it is back. A site is a plant of the sites table, or all else an economy makes as one aggregate."
    )
    columns = (
        ("site", "Site"), ("elements", "Elements"), ("stage", "Stage"), ("survive", "Survives"), ("recover", "Recovers"),
        ("exposed", "Exposed"),
    )  # fmt: skip
    return Table("times-sites", caption, columns, rows)


def _technology(found: Findings, told: Exposed) -> tuple[Table | Paragraph, ...]:
    issuer = found.spoken[found.issuer]
    rows = tuple(
        {
            "elements": "all" if row.elements == row.stage else _named(found, row.elements),
            "stage": row.stage,
            "share": _cell(row.share, "share"),
        }
        for row in told.technology.itertuples()
    )
    caption = (
        f"Share of the capacity being built outside {issuer} that needs its equipment or know-how, from what is said to what is "
        "not denied; unknown where not every project says."
    )
    table = Table(
        "technology", caption, (("elements", "For"), ("stage", "Stage"), ("share", "Needs its technology")), rows
    )
    return (table, *_remarks(told, "needs_issuer_technology"))


def _view_parts(found: Findings, told: Exposed) -> tuple[Table | Paragraph, ...]:
    rows = tuple(
        {
            "element": _named(found, row.element), "risk": _cell(row.risk, "plain"),
            "published": _cell(row.published, "plain"), "score": _cell(row.score, "plain"),
        }
        for row in told.indices.itertuples()
    )  # fmt: skip
    columns = (
        ("element", "Element"), ("risk", "EU supply risk, our network"), ("published", "Published for the EU"),
        ("score", "GeoPolRisk, our network"),
    )  # fmt: skip
    caption = (
        "Two screening indices on our network, processing stage. They rank; they are no loss and no probability. Where a "
        "governance score is missing the value is unknown and the bounds run from the best to the worst score."
    )
    parts: list[Table | Paragraph] = [Table("indices", caption, columns, rows)]
    parts += [*_remarks(told, "eu_supply_risk"), *_remarks(told, "geopolrisk")]
    if len(told.cover):
        cover = tuple(
            {"form": row.form, "rule": row.rule, "days": _cell(row.days, "plain")} for row in told.cover.itertuples()
        )
        caption = "Days that the state's holding, assumed with a range, lasts by the rule of each stockholding scheme."
        parts.append(Table("cover", caption, (("form", "Form"), ("rule", "Rule"), ("days", "Days of cover")), cover))
    return (*parts, *_remarks(told, "days_of_cover"))


def _remarks(told: Exposed, indicator: str) -> list[Paragraph]:
    """What an indicator says of itself; a remark with a bare quantity is a matter of the table, not of the text."""
    return [text(remark) for remark in told.remarks.get(indicator, ()) if not naked_digits(remark)]


def _cell(figure: str, style: str) -> Number | str:
    return Number(figure, style) if figure else ""
