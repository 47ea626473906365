"""A shared reserve's rule as figures and tables, each number with what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.evidence.find_reserve import APART, EVERYBODY, NOTHING, SHARED, WAYS, ReserveRun
from lodestone.impact.figures import BILLION

MILLION = 1000.0  # million in a billion
LACKING = 1.0  # weeks of need: a product of which members lack more and that the reserve does not hold is named

Result = Callable[[str, str, np.ndarray, str, str], str]


@dataclass(frozen=True)
class ReserveFindings:
    """Tables whose cells are ids of figures, or words.

    ``rule``: what, says: words of the file. ``terms``: what, id: its numbers. ``held``: product, form, tonnes, weeks, places, able,
    idle (words), value, of_outside. ``lacks``: product, nothing, apart, shared. ``cases``: case, nothing, apart, shared, gain (by
    sharing). ``members``: member, pays, nothing, apart, shared, spared (nothing less shared), even (yearly probability of
    a curb from which what it spares pays for it). ``left``: numbers of a chart: week, case, share. ``not_held``: products, in words, that
    members lack and the reserve does not hold. ``spared``, ``gain``, ``yearly``: ids.
    """

    rule: pd.DataFrame
    terms: pd.DataFrame
    held: pd.DataFrame
    lacks: pd.DataFrame
    cases: pd.DataFrame
    members: pd.DataFrame
    left: pd.DataFrame
    not_held: tuple[str, ...]
    spared: str
    gain: str
    yearly: str
    value: str


def reserve_figures(
    found: ReserveRun, say: Callable[[str], str], result: Result, parameter: Callable[[str, str, float, str], str]
) -> ReserveFindings:
    """What a page says of a shared reserve.

    Parameters
    ----------
    found : ReserveRun
    say : callable
        A label in words.
    result : callable
        Notes a figure of draws and gives its id: name, label, draws, unit, rule.
    parameter : callable
        Notes a number of the rule: name, label, value, unit.
    """
    rule = "value added not made over the scenario, by who is hit: all, or one member alone as often as another"
    mean = {way: found.mean(way) / MILLION for way in WAYS}
    words = {NOTHING: "with nothing held", APART: "each holding its own", SHARED: "with the reserve shared"}
    spared = mean[NOTHING] - mean[SHARED]
    yearly = found.products["yearly"].to_numpy()
    pays = found.shares * np.nansum(yearly) / MILLION
    members = [
        (
            say(member),
            result(f"reserve.pays.{member}", f"{say(member)}, pays a year", pays[[k]], BILLION, "its share of capital, holding and ageing"),
            *(result(f"reserve.{_key(way)}.{member}", f"{say(member)}, loss in a curb {words[way]}", mean[way][k], BILLION, rule) for way in WAYS),
            result(f"reserve.spared.{member}", f"{say(member)}, loss spared in a curb", spared[k], BILLION, rule),
            result(f"reserve.even.{member}", f"{say(member)}, chance a year from which it pays", np.array([_even(pays[k], float(spared[k].mean()))]),
                   "fraction", "what it pays a year over what it is spared in a curb on the mean over draws"),
        )
        for k, member in enumerate(found.members)
    ]  # fmt: skip
    cases = []
    for c, case in enumerate(found.cases):
        name = "all members" if case == EVERYBODY else f"{say(case)} alone"
        lost = found.lost[:, c].sum(axis=1) / MILLION
        ids = [
            result(
                f"reserve.case.{case}.{_key(way)}", f"{name} hit: members' loss {words[way]}", lost[k], BILLION, rule
            )
            for k, way in enumerate(WAYS)
        ]
        gain = result(f"reserve.case.{case}.gain", f"{name} hit: gain by sharing", lost[1] - lost[2], BILLION, rule)
        cases.append((name, *ids, gain))
    left = pd.DataFrame(
        [(week, name, float(share)) for name, line in _lines(found) for week, share in enumerate(line)],
        columns=["week", "case", "share"],
    )
    lacks = found.lacks[found.lacks["held"]]
    columns = ("nothing", "apart", "shared")
    lacking = [
        (say(str(product)), *(result(f"reserve.lacks.{product}.{column}", f"{say(str(product))}, weeks of need lacking {words[way]}",
                                     np.array([row[way]]), "week", "mean over draws, all members hit")
                              for way, column in zip(WAYS, columns, strict=True)))
        for product, row in lacks.iterrows()
    ]  # fmt: skip
    others = found.lacks[~found.lacks["held"] & (found.lacks[NOTHING] > LACKING)]
    return ReserveFindings(
        _rule(found, say), _terms(found, parameter), _held(found, say, result),
        pd.DataFrame(lacking, columns=["product", *columns]), pd.DataFrame(cases, columns=["case", *columns, "gain"]),
        pd.DataFrame(members, columns=["member", "pays", *columns, "spared", "even"]), left, tuple(say(str(one)) for one in others.index),
        result("reserve.spared", "loss of all members spared in a curb", spared.sum(axis=0), BILLION, rule),
        result("reserve.gain", "of it by sharing", (mean[APART] - mean[SHARED]).sum(axis=0), BILLION, rule),
        result("reserve.yearly", "yearly cost of the reserve", np.array([np.nansum(yearly)]) / MILLION, BILLION,
               "capital at the discount rate, holding and ageing, at base prices; products of known price"),
        result("reserve.value", "value of the reserve", np.array([np.nansum(found.products["value"])]) / MILLION, BILLION,
               "tonnes at base prices; products of known price"),
    )  # fmt: skip


def _even(pays: float, spared: float) -> float:
    return pays / spared if spared > 0.0 else np.inf


def _key(way: str) -> str:
    return way.replace(" ", "_")


def _lines(found: ReserveRun) -> list[tuple[str, np.ndarray]]:
    """What is left in the lots by week: all hit, and one member hit, the mean over which."""
    lines = [("all members hit", found.left[0])]
    return [*lines, ("one member hit, mean", found.left[1:].mean(axis=0))] if len(found.left) > 1 else lines


def _rule(found: ReserveRun, say: Callable[[str], str]) -> pd.DataFrame:
    """The words of the rule."""
    told = found.told
    shared = ", ".join(f"{say(m)} {share:.0%}" for m, share in zip(found.members, found.shares, strict=True))
    key = f"in proportion to {told.pays.replace('_', ' ')}: " if isinstance(told.pays, str) else ""
    who = ", ".join(say(one) for one in told.who) or "all members"
    rows = [
        ("rule", told.title),
        ("who pays", key + shared),
        ("who may draw", who),
        ("in what order", _order(found, say)),
    ]
    return pd.DataFrame([*rows, *([("its own note", told.note)] if told.note else [])], columns=["what", "says"])


def _terms(found: ReserveRun, parameter: Callable[[str, str, float, str], str]) -> pd.DataFrame:
    """The numbers of the rule."""
    told = found.told
    rows = [
        ("trigger", "may draw once it holds less than this share of a week's need", told.trigger, "fraction"),
        ("delay", "weeks from the first call to the first tonne", float(told.delay), "week"),
        ("rate", "most drawn a week, as a share of its usual need", told.rate, "fraction"),
        ("floor", "share of each lot that stays", told.floor, "fraction"),
        ("owed", "most owed, times what it pays for of a product", told.owes_at_most, "times"),
        ("after", "weeks without a lack before it gives back", float(told.after), "week"),
        ("back", "share of what trade brings that it gives back", told.back, "fraction"),
    ]
    rows = [one for one in rows if np.isfinite(one[2]) and (told.back > 0.0 or one[0] not in ("after", "back"))]
    return pd.DataFrame([(label, parameter(f"reserve.{name}", label, value, unit)) for name, label, value, unit in rows],
                        columns=["what", "id"])  # fmt: skip


def _order(found: ReserveRun, say: Callable[[str], str]) -> str:
    order = found.told.order
    if order == "pro_rata":
        return "all who lack are served alike, in proportion to what they lack"
    if order == "stake":
        return "who loses most value added by a missing tonne is served first"
    return "then ".join(f"{', '.join(say(one) for one in some)}; " for some in order) + "the others last"


def _held(found: ReserveRun, say: Callable[[str], str], result: Result) -> pd.DataFrame:
    rows = []
    for product, row in found.products.iterrows():
        lots = found.held[found.held["product"] == product].sort_values("tonnes", ascending=False, kind="stable")
        places = ", ".join(f"{say(str(one.place))} ({one.tonnes / row['tonnes']:.0%})" for one in lots.itertuples())
        able = ", ".join(say(e) for e, _ in sorted(found.takes[str(product)].items(), key=lambda item: -item[1]))
        idle = ", ".join(say(e) for e in found.idle[str(product)])
        what = say(str(product))
        rule = "tonnes of the rule"
        rows.append((
            what, str(row["form"]), result(f"reserve.tonnes.{product}", f"{what} held", np.array([row["tonnes"]]), "t", rule),
            result(f"reserve.weeks.{product}", f"{what}: weeks of need of who may draw", np.array([row["weeks"]]), "week", rule),
            places, able, idle or "none",
            _known(result, f"reserve.value.{product}", f"{what}: value at base price", row["value"] / MILLION, BILLION),
            _known(result, f"reserve.outside.{product}", f"{what}: share of what reaches all but the issuer a year", row["of_outside"], "fraction"),
        ))  # fmt: skip
    columns = ["product", "form", "tonnes", "weeks", "places", "able", "idle", "value", "of_outside"]
    return pd.DataFrame(rows, columns=columns)


def _known(result: Result, name: str, label: str, value: float, unit: str) -> str:
    """The id of a figure, or nothing where no value is known."""
    return result(name, label, np.array([value]), unit, "tonnes of the rule") if np.isfinite(value) else ""
