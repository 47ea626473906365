"""The part of a brief of acting together that says what a shared reserve's rule does: what is held where, who can use it, who pays and is spared."""

from __future__ import annotations

import pandas as pd

from lodestone.evidence.reserve_figures import ReserveFindings
from lodestone.labels import capital
from lodestone.report.compose_unity import table_of
from lodestone.report.nouns import Chart, Headline, Number, Paragraph, Section, Table
from lodestone.report.words import sentence_list, text

WARNINGS = (
    "A shared reserve is simulated by its rule as written; that members keep to it once a curb has come is not.",
    "A magnet in a reserve is taken to fit any use of its grade; shapes and coatings belong to models, which the yearly loss by ageing alone "
    "stands for.",
)


def reserve_headline(found: ReserveFindings) -> Headline:
    """What the reserve spares in a curb, and how much of it by being shared."""
    return Headline("The shared reserve spares", Number(found.spared, "money"), "assumed",
                    text("Of the members' loss in a curb, hit together or one alone; ", Number(found.gain, "money", interval=False),
                         " of it because it is shared. It costs ", Number(found.yearly, "money", interval=False), " a year."))  # fmt: skip


def reserve_section(found: ReserveFindings) -> Section:
    """The rule, what it holds, and what it does."""
    told = text("What a rule in a file does once a curb comes, in the simulator. Beside it stand nothing held, and the same tonnes held by each who "
                "pays for them and for itself alone, released by the same rule, on the same luck.")  # fmt: skip
    said: tuple[dict[str, str | Number], ...] = tuple(
        {"what": capital(str(one.what)), "says": capital(str(one.says))} for one in found.rule.itertuples()
    )
    said += tuple({"what": capital(str(one.what)), "says": Number(str(one.id), "plain" if "times" in str(one.what) else style, interval=False)}
                  for one, style in zip(found.terms.itertuples(), _styles(found.terms), strict=True))  # fmt: skip
    held = (
        ("product", "Product", ""), ("tonnes", "Held", "tonnes"), ("weeks", "Need of who may draw", "weeks"), ("value", "Worth", "money"),
        ("of_outside", "Of a year's outside supply", "share"),
    )  # fmt: skip
    caption = "What is held, contained. Buying a large share of a year's supply outside the issuer raises its price, which is not counted."
    where = (
        ("product", "Product", ""),
        ("places", "Where it lies", ""),
        ("able", "Who can process it", ""),
        ("idle", "May draw, cannot use it", ""),
    )
    use = "A released tonne is of use only where makers or users take the product in that form."
    ways = (("nothing", "Nothing held", "money"), ("apart", "Each its own", "money"), ("shared", "Shared", "money"))
    cases = (("case", "Hit", ""), *ways, ("gain", "By sharing", "money"))
    members = (
        ("member", "Member", ""), ("pays", "Pays a year", "money"), *ways, ("spared", "Spared", "money"),
        ("even", "Pays from a chance a year of", "share"),
    )  # fmt: skip
    lacks = (
        ("product", "Product", ""),
        ("nothing", "Nothing held", "weeks"),
        ("apart", "Each its own", "weeks"),
        ("shared", "Shared", "weeks"),
    )
    losses = (
        "Members' loss of value added over the scenario, by who is hit. Where all are hit sharing gains by the order of drawing, where one is by the "
        "others' tonnes."
    )
    lacking = "Weeks of their need that members together lack over the scenario, all hit, of what is held."
    each = (
        "By member, expected over who is hit. Pays: capital, holding and ageing. The chance of a curb a year from which what it is spared pays for "
        "its share."
    )
    parts: list[Paragraph | Table | Chart] = [
        told,
        Table("reserve_rule", "The rule, as its file says it.", (("what", "What"), ("says", "Says")), said),
        table_of("reserve_held", caption, held, found.held, ()),
        table_of("reserve_places", use, where, found.held, ()),
        table_of("reserve_cases", losses, cases, found.cases, ("shared", "gain")),
        Chart(
            "reserve_left", "reserve_left", "Share of the reserve that is left, by week of the scenario; mean over draws.",
            "Lines that fall as members draw and rise where they give back.", {"weeks": found.left}, {},
        ),
        table_of("reserve_lacks", lacking, lacks, found.lacks, ()),
        table_of("reserve_members", each, members, found.members, ("spared",)),
    ]  # fmt: skip
    if found.not_held:
        parts.append(
            text(f"Members also lack what this reserve does not hold: {sentence_list(list(found.not_held), most=12)}.")
        )
    return Section("reserve", "What a shared reserve does", tuple(parts))


def _styles(terms: pd.DataFrame) -> list[str]:
    """How each number of the rule is told: weeks, or a share."""
    return ["weeks" if str(one).startswith("weeks") else "share" for one in terms["what"]]
