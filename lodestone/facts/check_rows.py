"""The rules for one row: of facts, of measures, of sites."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterable

from lodestone.errors import FactError, Fault
from lodestone.facts.calendar import RANGE, first_day, last_day, publication_day
from lodestone.facts.check_labels import Labels
from lodestone.facts.nouns import BASES, STATUSES, TIERS

PARTS = re.compile(r"[+;]")
REQUIRED_MEASURE = ("id", "issuer", "kind", "scope_text", "source", "tier", "known_from")


class Checker:
    """Collects the faults of one row; each method looks at one cell and gives what it read."""

    def __init__(self, file: str, line: int | None, labels: Labels, sources: dict[str, dict[str, str]]) -> None:
        self.file, self.line, self.labels, self.sources = file, line, labels, sources
        self.faults: list[Fault] = []

    def fault(self, column: str, what: str, next_step: str) -> None:
        """Keep one fault of this row."""
        self.faults.append(Fault(self.file, self.line, column, what, f"{next_step}."))

    def one_of(self, column: str, text: str, allowed: Iterable[str]) -> bool:
        """Whether the text is one of the allowed; a fault with the nearest names if not."""
        names = list(allowed)
        if text in names:
            return True
        near = difflib.get_close_matches(text, names, n=3) or sorted(names)[:6]
        self.fault(column, f"'{text}' is not a known {column}", f"Use one of the table, such as {', '.join(near)}")
        return False

    def number(self, column: str, text: str) -> float | None:
        """The finite number in a cell; None where it is blank or wrong."""
        if text == "":
            return None
        try:
            value = float(text)
        except ValueError:
            self.fault(column, f"'{text}' is not a number", "Write digits with a point, or leave it blank")
            return None
        if not math.isfinite(value):
            self.fault(column, f"'{text}' is not a finite number", "Leave what is not published blank")
            return None
        return value

    def day(self, column: str, text: str) -> dt.date | None:
        """The day in a cell; None where it is wrong."""
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.fault(column, f"'{text}' is no day", "Write YYYY-MM-DD")
            return None

    def period(self, column: str, text: str) -> tuple[dt.date, dt.date] | None:
        """First and last day of a period; None where it is blank or wrong."""
        if text == "":
            return None
        try:
            first, last = first_day(text), last_day(text)
        except FactError as error:
            what, _, step = str(error).partition(". ")
            self.fault(column, what, step.rstrip("."))
            return None
        if last < first:
            self.fault(column, f"the period {text} ends before it begins", f"Write {_turned(text)}")
            return None
        return first, last

    def known_sources(self, text: str) -> list[dict[str, str]]:
        """The entries of source.yaml that a cell names; a fault for each it does not hold."""
        found = []
        for name in text.split(";"):
            if name in self.sources:
                found.append(self.sources[name])
            else:
                self.fault("source", f"source '{name}' is not in source.yaml", "Add it there, or mend the id")
        return found

    def economies(self, column: str, text: str) -> None:
        """A fault for each label, joined by + or ;, that is in no table."""
        for name in PARTS.split(text):
            if name and name not in self.labels.economies:
                self.one_of(column, name, self.labels.economies)

    def elements(self, text: str) -> None:
        """A fault for each symbol, joined by ;, that is in no table."""
        for name in text.split(";"):
            if name and name not in self.labels.elements:
                self.one_of("element", name, self.labels.elements)


def check_fact(check: Checker, row: dict[str, str]) -> None:
    """All rules for one row of ``facts.csv``; faults are collected in ``check``."""
    if check.one_of("variable", row["variable"], check.labels.units):
        check.one_of("unit", row["unit"], check.labels.units[row["variable"]])
    check.one_of("basis", row["basis"], BASES)
    check.one_of("status", row["status"], STATUSES)
    check.one_of("tier", row["tier"], TIERS)
    check.elements(row["element"])
    check.economies("economy", row["economy"])
    check.economies("partner", row["partner"])
    if not row["id"] or not row["locator"]:
        check.fault(
            "id" if not row["id"] else "locator",
            "is blank",
            "A figure needs an id and its place in the source",
        )
    _check_numbers(check, row)
    _check_dates(check, row, check.known_sources(row["source"]))


def _check_numbers(check: Checker, row: dict[str, str]) -> None:
    value, low, high = (check.number(name, row[name]) for name in ("value", "low", "high"))
    if row["value"] == row["low"] == row["high"] == "":
        check.fault("value", "the row holds no number", "Leave the row out: blank is not a figure")
    if low is not None and high is not None and low > high:
        check.fault("low", f"low {low:g} is above high {high:g}", "Exchange them")
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        check.fault("value", f"{value:g} lies outside its own range", "Mend the value or the range")
    if row["variable"] not in check.labels.may_be_negative:
        for name, held in (("value", value), ("low", low), ("high", high)):
            if held is not None and held < 0:
                check.fault(name, f"{held:g} {row['unit']} is negative", f"{row['variable']} cannot be below zero")


def _check_dates(check: Checker, row: dict[str, str], sources: list[dict[str, str]]) -> None:
    period = check.period("period", row["period"])
    known = check.day("known_from", row["known_from"])
    if known is None or not sources:
        return
    read = max(source.get("read", "") for source in sources)
    if read and known.isoformat() > read:
        check.fault("known_from", f"{known} is later than the day it was read, {read}", "Mend one of the two")
    if len(sources) > 1 or period is None:
        return
    source = sources[0]
    earliest = source.get("first_published", "")
    if source.get("calendar") in check.labels.calendars:
        try:
            earliest = publication_day(check.labels.calendars[source["calendar"]], row["period"]).isoformat()
        except FactError as error:
            check.fault("period", str(error).rstrip("."), "Or give the source another calendar")
    if earliest and known.isoformat() < min(earliest, read or earliest):
        check.fault("known_from", f"{known} is before the source was out, {earliest}", f"Write {earliest}")


def check_measure(check: Checker, row: dict[str, str]) -> None:
    """All rules for one row of ``measures.csv``."""
    for name in REQUIRED_MEASURE:
        if not row[name]:
            check.fault(name, "is blank", "Every measure needs it")
    check.one_of("tier", row["tier"], TIERS)
    check.economies("issuer", row["issuer"])
    check.economies("targets", row["targets"])
    check.elements(row["elements"])
    if not set(row["elements_in_alloys"].split(";")) <= {"", *row["elements"].split(";")}:
        check.fault("elements_in_alloys", "names one that 'elements' does not", "Add it there")
    check.known_sources(row["source"])
    check.day("known_from", row["known_from"])
    if row["end_known_from"]:
        check.day("end_known_from", row["end_known_from"])
    dates = {name: check.period(name, row[name]) for name in ("announced", "effective", "suspended", "ended")}
    begin, end = dates["effective"] or dates["announced"], dates["ended"]
    if begin and end and end[1] < begin[0]:
        check.fault("ended", f"ends on {row['ended']}, before it takes effect", "Mend one of the dates")
    if (row["suspended"] or row["ended"]) and not row["end_known_from"]:
        check.fault("end_known_from", "is blank", "Say when the end or suspension became known")


def check_facility(check: Checker, row: dict[str, str]) -> None:
    """All rules for one row of ``facilities.csv``."""
    check.one_of("tier", row["tier"], TIERS)
    check.economies("economy", row["economy"])
    check.known_sources(row["source"])
    check.day("known_from", row["known_from"])
    check.period("status_as_of", row["status_as_of"])
    check.period("start_year", row["start_year"])
    for name, limit in (("lat", 90.0), ("lon", 180.0)):
        held = check.number(name, row[name])
        if held is not None and abs(held) > limit:
            check.fault(name, f"{held:g} degrees is not on the globe", f"Write -{limit:g} to {limit:g}")
    for name in ("capacity", "public_funding_usd_m"):
        held = check.number(name, row[name])
        if held is not None and held < 0:
            check.fault(name, f"{held:g} is negative", "Write a mass or an amount of money")


def _turned(text: str) -> str:
    return RANGE.join(reversed(text.split(RANGE)))
