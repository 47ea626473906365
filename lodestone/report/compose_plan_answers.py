"""What was asked beside a plan, laid out as sections of its page; what was not asked has none."""

from __future__ import annotations

import pandas as pd

from lodestone.evidence.plan_figures import PlanFindings
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.words import text

Columns = tuple[tuple[str, str, str], ...]  # key, heading, and the style of its numbers ("": text)
TITLES = {
    "floors": "Price floor each project needs, and what it costs the public",
    "frontier": "Cost against resilience",
    "rests": "What it rests on",
    "break_even": "From when each lever pays",
    "one_more": "What one more would be worth",
    "worth": "What knowing more would be worth",
    "ends": "How far each number moves it",
    "tested": "On other curbs than its own",
    "research": "What research would be worth",
    "answering": "A curb that answers to the plan",
}
BASES = ("sourced", "transferred", "assumed")


def answer_sections(found: PlanFindings) -> tuple[Section, ...]:
    """The sections of what was asked, in the order a budget officer reads them."""
    made = (
        _frontier(found), _floors(found), _rests(found), _break_even(found), _one_more(found), _worth(found), _ends(found),
        _tested(found), _research(found), _answering(found),
    )  # fmt: skip
    return tuple(section for section in made if section is not None)


def _section(name: str, *parts: Paragraph | Table | Chart) -> Section:
    return Section(f"plan-{name.replace('_', '-')}", TITLES[name], parts)


def _table(found: PlanFindings, name: str, caption: str, columns: Columns, ranges: tuple[str, ...] = ()) -> Table:
    """A table of figures by id, those of ``ranges`` with their interval; a blank cell has a dash, a blank column is left out."""
    frame: pd.DataFrame = found.answers[name]
    shown = tuple(column for column in columns if (frame[column[0]] != "").any())

    def cell(key: str, style: str, value: str) -> str | Number:
        return Number(value, style, interval=key in ranges) if style and value else value or "\u2013"

    return Table(
        name.replace("_", "-"), caption, tuple((key, heading) for key, heading, _ in shown),
        tuple({key: cell(key, style, str(row[key])) for key, _, style in shown} for row in frame.to_dict("records")),
    )  # fmt: skip


def _frontier(found: PlanFindings) -> Section | None:
    if "frontier" not in found.answers:
        return None
    caption = (
        "Expected loss left over the cost of the plan, as the most it may spend a year grows. In the HTML page, point at a dot to read it."
    )  # fmt: skip
    alternative = "A falling line: the first money removes most of the loss; this plan stands at its end."
    columns = (
        ("budget", "At most a year", "money"), ("cost", "Cost of the plan", "money"), ("loss", "Expected loss left", "money"),
    )  # fmt: skip
    numbers = "The same in numbers, expected and discounted; budgets that gain next to nothing are left out."
    return _section(
        "frontier",
        Chart("cost-loss", "plan_frontier", caption, alternative, {"points": found.points}, {}),
        _table(found, "frontier", numbers, columns),
    )


def _floors(found: PlanFindings) -> Section | None:
    if "floors" not in found.answers:
        return None
    columns = (
        ("lever", "Project", ""), ("taken", "In the plan", ""), ("base", "Base price, USD/kg", "count"),
        ("floor", "Price floor, USD/kg", "count"), ("above", "Floor above base, USD/kg", "count"),
        ("a_year", "Public bill, million USD a year", "count"), ("to_horizon", "Over a calm horizon, million USD", "count"),
    )  # fmt: skip
    caption = (
        "Floor: base price, premium, and capital over the life of the plant at the discount rate, for a kilogram contained; with the range "
        "of premium and capital. Bill: what a public buyer pays who makes up the difference to the base price at full output, nothing while "
        "the market is above the floor; of projects not in the plan as if all there is of them were taken now."
    )
    return _section("floors", _table(found, "floors", caption, columns, ("above", "a_year", "to_horizon")))


def _rests(found: PlanFindings) -> Section | None:
    if "rests" not in found.answers:
        return None
    shares = (("what", "Share of", ""), *((basis, basis.capitalize(), "share") for basis in BASES))
    parts: list[Paragraph | Table | Chart] = [_table(found, "rests", "What spending and benefit rest on.", shares)]
    if "benefit" in found.answers:
        columns = (
            ("lever", "Lever", ""), ("avoided", "Lost more without it", "money"), ("basis", "Size and lead time are", ""),
        )  # fmt: skip
        caption = (
            "Expected loss that comes back if a lever, or one taken once a curb has come, falls out and all else stays as planned; "
            "levers can need or replace each other."
        )
        parts.append(_table(found, "benefit", caption, columns))
    parts.append(
        text(
            "All of the benefit rests besides on the yearly probability of a curb and on how deep it cuts, which are assumed, and on value "
            "added by sector, which is published."
        )
    )
    return _section("rests", *parts)


def _break_even(found: PlanFindings) -> Section | None:
    if "break_even" not in found.answers:
        return None
    columns = (
        ("what", "Lever or reserve", ""), ("out", "Out at a yearly probability of", "share"), ("in", "In at", "share"),
        ("premium", "Or with a premium, USD/kg, of", "count"), ("capital", "Or with capital of", "plain"),
    )  # fmt: skip
    caption = (
        "Yearly probability of a curb at which each is in the plan while it is calm, and the price at which it would be now, one changed "
        "alone. Last, what is in at none of them (where prices were asked, nor at any)."
    )
    return _section("break_even", _table(found, "break_even", caption, columns))


def _one_more(found: PlanFindings) -> Section | None:
    if "one_more" not in found.answers:
        return None
    columns = (
        ("product", "Product", ""), ("of", "One", ""), ("more", "Worth", "money"), ("less", "One less costs", "money"),
        ("price", "Price, USD/kg", "count"),
    )  # fmt: skip
    caption = "What falls or rises of cost and loss together; the most valuable."
    return _section("one_more", _table(found, "one_more", caption, columns))


def _worth(found: PlanFindings) -> Section | None:
    if "worth" not in found.answers:
        return None
    columns = (("what", "What is known", ""), ("cost", "Cost and loss", "money"))
    caption = "The same plan with more and with less known; its probabilities are judgement."
    return _section("worth", _table(found, "worth", caption, columns))


def _ends(found: PlanFindings) -> Section | None:
    if "ends" not in found.answers:
        return None
    columns = (
        ("number", "Number", ""), ("low", "Cost and loss at its low end", "money"), ("high", "At its high end", "money"),
        ("changes", "Joins (+) and leaves (\u2212) the plan", ""),
    )  # fmt: skip
    caption = "The plan made again with each number at an end, all others as they are; the largest effects."
    return _section("ends", _table(found, "ends", caption, columns))


def _tested(found: PlanFindings) -> Section | None:
    if "tested" not in found.answers:
        return None
    columns = (("rule", "Rule", ""), ("cost", "Cost and loss", "money"), ("above", "Above the plan", "money"))
    caption = (
        "Mean over curbs of other depths, lengths and lists of goods than the plan reckoned with; what is committed to and bought in calm "
        "is fixed."
    )
    return _section("tested", _table(found, "tested", caption, columns, ("cost", "above")))


def _research(found: PlanFindings) -> Section | None:
    if "research" not in found.answers:
        return None
    columns = (
        ("programme", "Programme", ""), ("success", "Probability of success", "share"), ("worth", "The plan would cost less by", "money"),
        ("cost", "Cost of the programme", "money"), ("pays", "Pays from", "share"),
    )  # fmt: skip
    caption = (
        "Each programme by itself, on a tree that branches on its success; no entry under the last heading where it pays at no probability. "
        "How likely success is nobody knows: rank by the probability from which a programme pays."
    )
    return _section("research", _table(found, "research", caption, columns, ("success", "worth", "cost")))


def _answering(found: PlanFindings) -> Section | None:
    if "leader" not in found.answers:
        return None
    columns = (
        ("sense", "A curb becomes", ""), ("answer", "By, if all loss is removed", "share"), ("yearly", "Yearly probability", "share"),
        ("cost", "Cost of the plan", "money"), ("loss", "Expected loss", "money"), ("comes", "Loss if it comes", "money"),
    )  # fmt: skip
    caption = (
        "The plan made again until it and the probability it brings about agree; loss if it comes is not discounted. How far a curb answers "
        "is assumed, and so is in which sense."
    )
    hurts = (
        ("what", "Loss if it comes, not discounted", ""), ("plan", "With the plan", "money"), ("nothing", "Nothing done", "money"),
        ("years", "With the plan, begins in", "plain"),
    )  # fmt: skip
    known = (
        "A side that knows the plan and picks the onset and depth that hurt most. What a curb costs those who impose it is not weighed, so it "
        "says how bad it can be, not what they would want."
    )
    tables = (_table(found, "answering", caption, columns), _table(found, "leader", known, hurts))
    return _section("answering", *tables)
