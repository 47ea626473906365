"""The part of a brief of acting together that says what unity is worth: to whom, from what, and what keeps a member in."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lodestone.evidence.unity_figures import UnityFindings
from lodestone.labels import capital
from lodestone.report.nouns import Chart, Headline, Number, Section, Table
from lodestone.report.words import text

OUTSIDERS = {"same tonnes": "take the same tonnes", "respond": "respond singly"}
ALL, RESPOND = "all together", "respond"
WARNINGS = (
    "What unity is worth is expected over calm and curb, at a yearly probability of a curb that is judgement.",
    "A share in the core is safe from coalitions that act alone, not from a member who stays outside while the others go on.",
)


def unity_headlines(found: UnityFindings) -> tuple[Headline, ...]:
    """What all gain, and what keeps them."""
    of = found.values[(found.values["mechanisms"] == ALL) & (found.values["game"] == RESPOND)].iloc[0]
    first = found.sources.assign(size=[found.figures[one].value or 0.0 for one in found.sources["without"]])
    most = first.sort_values("size", ascending=False).iloc[0]
    return (
        Headline("Unity is worth", Number(str(of["all"]), "money"), "assumed",
                 text("What all save together, expected and discounted, beside each acting alone. It falls most without one source: ",
                      str(most["source"]), ", by ",
                      Number(str(most["without"]), "money", interval=False), ".")),
    )  # fmt: skip


def unity_sections(found: UnityFindings, names: Mapping[str, str]) -> tuple[Section, ...]:
    """Sections of what unity is worth; every number a pointer to its figure."""
    return (_members(found, names), _sources(found), _shares(found, names), *_projects(found, names))


def _members(found: UnityFindings, names: Mapping[str, str]) -> Section:
    told = text(
        "Alone, members commit, buy and hold one after another and take what there is. Together they plan as one. The gain is shared by what "
        "each adds over all orders of joining (Shapley value); a deposit makes staying no worse than standing outside while the others go on."
    )
    columns = (
        ("member", "Member"), ("nothing", "Nothing done"), ("cost", "Alone"), ("together", "Together, before transfers"),
        ("share", "Share of the gain"),
        ("outside", "Outside, others stay"), ("deposit", "Deposit"), ("keeps", "Deposit in a curb"),
    )  # fmt: skip
    caption = (
        "Expected discounted cost and loss of each member, and its share of what all save. A deposit in a curb covers the most it gains by "
        "keeping its own tonnes then."
    )
    rows = tuple(
        {
            key: capital(names.get(str(row[key]), str(row[key])))
            if key == "member"
            else (Number(str(row[key]), "money", interval=key == "cost") if row[key] else "none")
            for key, _ in columns
        }
        for row in found.members.to_dict("records")
    )
    return Section(
        "unity", "What unity is worth, member by member", (told, Table("unity_members", caption, columns, rows))
    )


def _sources(found: UnityFindings) -> Section:
    caption = "What the gain of all falls by without a source, and the gain by it alone; all mechanisms, intervals over simulations of the curb."
    sources = table_of("unity_sources", caption,
                       (("source", "Source", ""), ("without", "Less without it", "money"), ("only", "By it alone", "money")),
                     found.sources, ("without", "only"))  # fmt: skip
    frame = found.values.assign(game=found.values["game"].map(OUTSIDERS))
    columns = (
        ("mechanisms", "Mechanisms", ""), ("game", "Outsiders", ""), ("all", "Gain of all", "money"), ("worst", "Worst for those outside", "money"),
        ("epsilon", "Least-core epsilon", "money"),
    )  # fmt: skip
    caption = "Gain of all by mechanism and by what outsiders do. An epsilon above zero: whatever is agreed, some coalition gains by leaving."
    off = text("With every source turned off the gain is ", Number(found.off, "money"), ".")
    capital, plant, learning = found.scale
    scale = text(
        "Not in the gain, since levers are taken in parts at one cost a tonne: of ", Number(capital, "money", interval=False),
        " of capital of projects built together, one plant each saves ", Number(plant, "money"), " beside one for each member's part, and learning ",
        Number(learning, "money"), ".",
    )  # fmt: skip
    return Section(
        "sources",
        "Where the gain comes from",
        (sources, off, scale, table_of("unity_values", caption, columns, frame, ("all", "epsilon"))),
    )


def _shares(found: UnityFindings, names: Mapping[str, str]) -> Section:
    members = [one for one in found.shares.columns if one != "rule"]
    frame = found.shares.assign(rule=[str(one).replace("_", " ") for one in found.shares["rule"]])
    columns = (("rule", "Rule", ""), *((one, capital(names.get(one, one)), "money") for one in members))
    caption = (
        "The gain divided by each rule, all mechanisms, outsiders respond singly. Dual prices: what each saves at the prices the plan of all sets, "
        "research apart, outsiders take the same tonnes. Marginal contribution: what all gain less what the others gain without it."
    )
    parts: list[Table | Chart] = [table_of("unity_shares", caption, columns, frame, ())]
    if len(found.gain):
        known = [capital(names.get(str(one), str(one))) for one in found.gain["member"]]
        words = [
            f"{name}: share {row.share:,.1f}, saves {row.saves:,.1f} before transfers, million USD"
            for name, row in zip(known, found.gain.itertuples(), strict=True)
        ]
        parts.insert(0, Chart(
            "gain", "unity_gain", "Each member's share of what all save (Shapley value) with its interval over simulations, and what it saves "
            "before anybody pays anybody: whose dot lies right of its bar pays.",
            "A bar for each member's share and a dot for what it saves itself.", {"members": found.gain.assign(member=known, what=words)}, {},
        ))  # fmt: skip
    return Section("shares", "Who gets what of it", tuple(parts))


def _projects(found: UnityFindings, names: Mapping[str, str]) -> tuple[Section, ...]:
    values = found.projects[["alone", "together"]].map(lambda one: found.figures[str(one)].value or 0.0)
    shown = found.projects[(values.max(axis=1) >= 0.5).to_numpy()] if len(found.projects) else found.projects
    if not len(shown):
        return ()
    frame = shown.assign(project=[names.get(str(one), str(one).replace("_", " ")) for one in shown["project"]])
    columns = (
        ("project", "Project", ""),
        ("there", "There is", "tonnes"),
        ("alone", "Taken alone", "tonnes"),
        ("together", "Together", "tonnes"),
    )
    caption = (
        "Tonnes of contained element a year committed to in calm. Taken alone: the sum over members, one after another."
    )
    return (Section("projects", "What is built", (table_of("unity_projects", caption, columns, frame, ()),)),)


def table_of(
    name: str, caption: str, columns: tuple[tuple[str, str, str], ...], frame: pd.DataFrame, ranges: tuple[str, ...]
) -> Table:
    """A table of figures by id, those of ``ranges`` with their interval."""
    rows = tuple(
        {
            key: (Number(str(row[key]), style, interval=key in ranges) if row[key] else "none")
            if style
            else capital(str(row[key]))
            for key, _, style in columns
        }
        for row in frame.to_dict("records")
    )
    return Table(name, caption, tuple((key, heading) for key, heading, _ in columns), rows)
