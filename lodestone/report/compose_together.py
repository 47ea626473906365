"""From what acting together is worth to a `Brief` a finance minister's office can read: who goes short, and who pays for the curb."""

from __future__ import annotations

from lodestone.evidence.together_figures import TogetherFindings
from lodestone.labels import capital, possessive
from lodestone.report.compose import MARKING
from lodestone.report.compose_reserve import WARNINGS as RESERVE_WARNINGS
from lodestone.report.compose_reserve import reserve_headline, reserve_section
from lodestone.report.compose_unity import WARNINGS as UNITY_WARNINGS
from lodestone.report.compose_unity import table_of, unity_headlines, unity_sections
from lodestone.report.nouns import Brief, Chart, Headline, Number, Paragraph, Section, Table
from lodestone.report.words import sentence_list, text

MOST_HEADLINES = 5  # five lead, no more
SHOWN = 3  # products for which it is said who goes short
WARNINGS = (
    "Products are told one by one and never added up: a use that lacks several is lost once.",
    "What the issuer loses is revenue, not profit; what it holds back it may sell later.",
    "What a concession is worth to the issuer is politics: the page says from when a curb pays, not whether it is meant.",
)


def compose_together(found: TogetherFindings) -> Brief:
    """Lay what acting together is worth out as a brief; every number stays a pointer to its figure."""
    names = dict(zip(found.labels, found.names, strict=True))
    unity = unity_sections(found.unity, names) if found.unity is not None else ()
    made = (
        _members(found),
        *unity,
        reserve_section(found.reserve) if found.reserve is not None else None,
        _leverage(found),
        _scramble(found),
        _short(found),
        _counters(found),
        _unknown(found),
    )
    return Brief(
        title=f"Acting together against {possessive(found.issuer)} curb on {found.material}",
        subtitle=f"Scenario: {found.title[0].lower()}{found.title[1:]}. Members: {sentence_list(list(found.names), most=12)}",
        economy="+".join(found.labels),
        economy_name=sentence_list(list(found.names), most=12),
        scenario=found.scenario,
        marking=MARKING,
        written=found.as_of,
        as_of=found.as_of,
        status_line="A scenario and games on it, not a forecast: what is for sale and how it answers to a price is assumed.",
        headlines=_headlines(found),
        sections=tuple(section for section in made if section is not None),
        figures=found.figures,
        warnings=(*(UNITY_WARNINGS if found.unity else ()), *(RESERVE_WARNINGS if found.reserve else ()), *WARNINGS),
        run=found.scenario,
    )


def _headlines(found: TogetherFindings) -> tuple[Headline, ...]:
    ids = found.headline
    told = [
        Headline("Members lose", Number(ids["lost"], "money"), "assumed",
                 text("Value added not made in ", Number(ids["weeks"], "weeks", interval=False), " with nothing done, directly; over ",
                      Number(ids["draws"], "count", interval=False), " draws.")),
    ]  # fmt: skip
    if found.unity is not None:
        told += unity_headlines(found.unity)
    if found.reserve is not None:
        told.append(reserve_headline(found.reserve))
    if len(found.responses):
        told += [
            Headline("The curb costs its issuer", Number(ids["own"], "money"), "assumed",
                     text("Sales forgone in the same time, less what is earned more on what still crosses.")),
            Headline("The curb pays from a chance of", Number(ids["even"], "share"), "assumed",
                     text("That members give way, if giving way is worth to the issuer what it spares them.")),
        ]  # fmt: skip
    if len(found.products) and found.unity is None and found.reserve is None:
        saved = [found.figures[which].value or 0.0 for which in found.products["worth"]]
        most = found.products.iloc[saved.index(max(saved))]
        told.append(
            Headline(f"One buyer saves on {most['product']}", Number(most["worth"], "money"), "assumed",
                     text("A year, beside every firm for itself: the product at which one buyer saves most."))
        )  # fmt: skip
    if "market" in ids and len(told) < MOST_HEADLINES:
        told.append(
            Headline("Market lost for good", Number(ids["market"], "money", interval=False), "assumed",
                     text("A year, once members have built what their own plans commit to; ",
                          Number(ids["market.now"], "money", interval=False), " discounted. The plans cost ",
                          Number(ids["plans"], "money", interval=False), "."))
        )  # fmt: skip
    return tuple(told)


def _members(found: TogetherFindings) -> Section:
    rows: tuple[dict[str, str | Number], ...] = tuple(
        {"member": capital(one.member), "lost": Number(str(one.lost), "money")} for one in found.members.itertuples()
    )
    caption = "Value added lost directly by each member over the weeks of the scenario, nothing done."
    return Section(
        "members",
        "What each member loses",
        (Table("members", caption, (("member", "Member"), ("lost", "Loss")), rows),),
    )


def _scramble(found: TogetherFindings) -> Section | None:
    if not len(found.products):
        return None
    told = text(
        "When the curb has lasted and stocks are gone, members bid for what is left outside the issuer, against each "
        "other and against all other buyers. "
        "Three games: each member one buyer that knows it raises the price, every firm for itself, and one buyer for all."
    )
    columns = (
        ("product", "Product", ""), ("lacks", "Members look for, t a year", "tonnes"), ("sale", "Under no contract", "tonnes"),
        ("price", "Price, times base", "plain"), ("alone", "Each alone", "money"), ("firms", "Every firm for itself", "money"),
        ("joint", "One buyer", "money"), ("worth", "One buyer saves", "money"),
    )  # fmt: skip
    caption = "Loss of value added and premium together, a year, product by product. The price is that of every firm for itself."
    return Section(
        "scramble", "The scramble", (told, table_of("scramble", caption, columns, found.products, ("price", "worth")))
    )


def _short(found: TogetherFindings) -> Section | None:
    if not len(found.short):
        return None
    columns = (
        ("product", "Product", ""), ("member", "Member", ""), ("lacks", "Looks for", "tonnes"), ("alone", "Each alone", "tonnes"),
        ("firms", "Every firm for itself", "tonnes"), ("joint", "One buyer", "tonnes"),
    )  # fmt: skip
    caption = "Tonnes of contained element a year still lacking in each game, median, of the products at which most is at stake."
    shown = found.short[found.short["product"].isin(found.products["product"].iloc[:SHOWN])]
    return Section("short", "Who goes short", (table_of("short", caption, columns, shown, ()),))


def _leverage(found: TogetherFindings) -> Section | None:
    if not len(found.responses):
        return None
    caption = "Both sides by quarter: median of each response, and the band from the 5th to the 95th percentile with nothing done. Scales differ."
    chart = Chart(
        "leverage", "leverage", caption,
        "Two panels of lines: the issuer's own loss and the members' loss by quarter under each response; the second grows far more.",
        {"quarters": found.quarters.drop(columns="date")}, {"own": f"{capital(possessive(found.issuer))} own loss", "members": "Members' loss"},
    )  # fmt: skip
    columns = (
        ("response", "With", ""), ("forgone", "Sales forgone", "money"), ("dearer", "The rest dearer", "money"), ("own", "Own loss", "money"),
        ("lost", "Members lose", "money"), ("even", "Pays from a chance of", "share"),
    )  # fmt: skip
    numbers = "The same over the whole scenario. Each member's own plan stands as it is two years from now, when the curb begins."
    parts: list[Paragraph | Table | Chart] = [
        chart,
        table_of("responses", numbers, columns, found.responses, ("own", "lost", "even")),
    ]
    politics = (
        ("chance", "Chance that members give way", "share"), ("nothing", "Nothing done", "money"), ("responses", "With the members' plans", "money"),
    )  # fmt: skip
    caption = "What giving way must be worth to the issuer so that the curb pays; it is also the most members may lose so that it does not."
    parts.append(table_of("politics", caption, politics, found.politics, ("nothing", "responses")))
    if len(found.market):
        market = (("product", "Product", ""), ("lost", "A year", "money"))
        parts.append(
            table_of(
                "market", "Market the issuer loses for good, curb or not, once that is built.", market, found.market, ()
            )
        )
    return Section("leverage", "What the curb costs either side", tuple(parts))


def _counters(found: TogetherFindings) -> Section | None:
    if not len(found.counters):
        return None
    rows: tuple[dict[str, str | Number], ...] = tuple(
        {
            "measure": str(one.measure),
            "by": capital(str(one.by)),
            "cost": Number(str(one.cost), "money") if one.cost else "no figure",
            "hits": Number(str(one.hits), "money") if one.hits else "no figure",
            "words": capital(str(one.words)),
        }
        for one in found.counters.itertuples()
    )
    columns = (
        ("measure", "Measure"),
        ("by", "By"),
        ("cost", "Costs own users"),
        ("hits", "Sales it costs the issuer"),
        ("words", "In words"),
    )
    caption = "Members' own measures, a year at base prices. How the issuer answers, no fact says."
    return Section("counters", "Members' own measures", (Table("counters", caption, columns, rows),))


def _unknown(found: TogetherFindings) -> Section | None:
    return Section("unknown", "What is not known", tuple(text(gap) for gap in found.gaps)) if found.gaps else None
