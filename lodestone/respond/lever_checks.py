"""From rows of cells to levers: labels that exist, ranges in order, shares that add up, figures that rest on something."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lodestone.errors import Fault
from lodestone.respond.lever_rows import OF_SCRAP, OF_USE, RANGES, WEEKS, YEARLY
from lodestone.respond.nouns import ANYONE, Lever
from lodestone.simulate.nouns import Range

FACILITY = "facility:"  # before the id of a site, where a fact would stand
OWN = "own:"  # before a user's own source, in words
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
SUM_TOLERANCE = 1e-3
DOTS = ".."
UNITS_OF = {
    "stock": (WEEKS,),
    "supplier": (YEARLY,),
    "capacity": (YEARLY,),
    "seabed": (YEARLY,),
    "recycling": (YEARLY, OF_USE, OF_SCRAP),
    "thrift": (OF_USE,),
    "substitution": (OF_USE,),
    "research": (OF_USE,),
}
WITH_PROCESS = ("capacity", "recycling")
LARGEST_EXPONENT = 1.5

Row = dict[str, object]


@dataclass(frozen=True)
class LeverLabels:
    """What a lever may name: products, processes with the products they make, economies, facts and sites."""

    products: frozenset[str]
    makes: dict[str, frozenset[str]]
    economies: frozenset[str]
    facts: frozenset[str]


def levers_of(
    path: Path,
    rows: list[Row],
    faults: list[Fault],
    labels: LeverLabels,
    own: bool = False,
    horizon_months: float | None = None,
) -> tuple[list[Lever], list[Fault]]:
    """The levers of a file's rows, and everything wrong with them in order of line.

    Parameters
    ----------
    path : Path
        The file, for messages.
    rows, faults : list
        As `lodestone.respond.lever_rows.read_lever_rows` gives them.
    labels : LeverLabels
    own : bool
        Whether the file is a user's: it may name sources in words, and is held to the horizon.
    horizon_months : float, optional
        [months]
    """
    held = list(faults)
    seen: dict[str, int] = {}
    levers = []
    for row in rows:
        reading = _Row(str(path), row, labels, own)
        lever = reading.lever(horizon_months)
        if lever.lever in seen:
            reading.fault("lever", f"'{lever.lever}' is also in row {seen[lever.lever]}", "Give each lever its own id.")
        seen.setdefault(lever.lever, reading.line)
        held += reading.faults
        levers.append(lever)
    return levers, sorted(held, key=lambda fault: fault.line or 0)


class _Row:
    """One row under check; each method reads one thing of it and notes what is wrong."""

    def __init__(self, file: str, row: Row, labels: LeverLabels, own: bool) -> None:
        self.file, self.row, self.labels, self.own = file, row, labels, own
        self.line = int(str(row["line"]))
        self.faults: list[Fault] = []

    def fault(self, column: str, what: str, next_step: str) -> None:
        self.faults.append(Fault(self.file, self.line, column, what, next_step))

    def text(self, column: str) -> str:
        return str(self.row[column] or "")

    def number(self, column: str) -> float:
        value = self.row[column]
        return math.nan if value is None else float(str(value))

    def list_of(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(column).split(";") if part.strip())

    def lever(self, horizon_months: float | None) -> Lever:
        facts = self.facts()
        most, capex, premium, lead = (self.range(name, facts) for name in RANGES)
        lever = Lever(
            lever=self.text("lever"),
            name=self.text("name"),
            kind=self.text("kind"),
            who=self.who(),
            economy=self.text("economy"),
            processes=self.list_of("process"),
            delivers=self.delivers(),
            unit=self.text("unit"),
            most=most,
            capex=capex,
            premium=premium,
            lead_months=lead,
            ramp_months=self.number("ramp_months"),
            life_years=self.number("life_years"),
            public_standard=self.text("public_standard"),
            basis_capacity=self.text("basis_capacity"),
            basis_cost=self.text("basis_cost"),
            basis_lead=self.text("basis_lead"),
            facts=facts,
            exponent=self.exponent(),
            reason=self.text("reason"),
            own=self.own,
        )
        self.check(lever)
        if self.own and horizon_months is not None and lead.low > horizon_months:
            what = f"the shortest lead time of {lead.low:g} months is past the plan's {horizon_months:g}"
            self.fault("lead_months_low", what, "Leave the lever out, or plan further.")
        return lever

    def range(self, name: str, facts: tuple[str, ...]) -> Range:
        low, central, high = (self.number(f"{name}{part}") for part in ("_low", "", "_high"))
        if math.isfinite(low + central + high) and not low <= central <= high:
            self.fault(name, f"{low:g}, {central:g}, {high:g} are not in order", "Write low, central, high upwards.")
        return Range(low, central, high, "fixed" if low == high else "triangular", ";".join(facts))

    def who(self) -> tuple[str, ...]:
        named = self.list_of("who")
        if ANYONE in named and len(named) > 1:
            self.fault("who", f"{ANYONE} stands beside labels", f"Write {ANYONE} alone, or a list.")
        self.known("who", (label for label in named if label != ANYONE), self.labels.economies, "economy")
        self.twice("who", named)
        return named

    def delivers(self) -> dict[str, float]:
        shares: dict[str, float] = {}
        named = []
        for part in self.list_of("delivers"):
            product, _, text = (piece.strip() for piece in part.partition(":"))
            named.append(product)
            shares[product] = _fraction(text)
            if not 0.0 < shares[product] <= 1.0:
                what = f"'{text[:40]}' is no share of {product[:40]}"
                self.fault("delivers", what, "Write product:share;product:share, shares above 0 and at most 1.")
        self.known("delivers", named, self.labels.products, "product")
        self.twice("delivers", named)
        total = sum(shares.values())
        if shares and not self.faults_in("delivers") and abs(total - 1.0) > SUM_TOLERANCE:
            what = f"the shares sum to {total:.4f}, not 1"
            self.fault("delivers", what, "Divide each by the sum.")
        return shares

    def facts(self) -> tuple[str, ...]:
        named = self.list_of("facts")
        foreign = [name for name in named if not (self.own and name.startswith(OWN))]
        self.known("facts", foreign, self.labels.facts, "fact or site")
        return named

    def exponent(self) -> Range | None:
        text = self.text("exponent")
        if not text:
            return None
        low, _, high = text.partition(DOTS)
        ends = (_fraction(low, LARGEST_EXPONENT), _fraction(high or low, LARGEST_EXPONENT))
        if not ends[0] <= ends[1]:  # also where one of them is NaN
            self.fault("exponent", f"'{text[:40]}' is no exponent", f"Write 0.6{DOTS}1, at most {LARGEST_EXPONENT}.")
            return None
        return Range(ends[0], (ends[0] + ends[1]) / 2, ends[1], "uniform" if ends[0] < ends[1] else "fixed")

    def check(self, lever: Lever) -> None:
        """What several cells of the row say together."""
        if not IDENTIFIER.match(lever.lever):
            self.fault("lever", f"'{lever.lever[:40]}' is no id", "Use small letters, digits and _, at most 60.")
        self.known("economy", [lever.economy] if lever.economy else [], self.labels.economies, "economy")
        self.known("process", lever.processes, self.labels.makes, "process")
        self.twice("process", lever.processes)
        fitting = UNITS_OF.get(lever.kind, (lever.unit,))
        if lever.unit and lever.unit not in fitting:
            self.fault("unit", f"a lever of kind {lever.kind} is not in {lever.unit}", f"Write {' or '.join(fitting)}.")
        elif lever.unit in (OF_USE, OF_SCRAP) and lever.most.high > 1.0:
            self.fault("most_high", f"a share of {lever.most.high:g} is above 1", "Write a fraction of 1.")
        self.check_processes(lever)
        bases = {"capacity": lever.basis_capacity, "cost": lever.basis_cost, "lead": lever.basis_lead}
        sourced = [f"basis_{what}" for what, basis in bases.items() if basis == "sourced"]
        if sourced and not lever.facts:
            self.fault("facts", f"{', '.join(sourced)} is sourced, but no fact is named", "Name it, or write assumed.")
        if lever.basis_cost == "transferred" and lever.exponent is None and not self.faults_in("exponent"):
            self.fault("exponent", "a transferred cost has no exponent of size", f"Write one, such as 0.6{DOTS}1.")

    def check_processes(self, lever: Lever) -> None:
        if lever.kind == "capacity" and not lever.processes:
            self.fault("process", "a capacity lever names no process", "Name the process whose capacity rises.")
        if lever.processes and lever.kind in UNITS_OF and lever.kind not in WITH_PROCESS:
            what = f"a lever of kind {lever.kind} names a process"
            self.fault("process", what, f"Leave it blank; only {' and '.join(WITH_PROCESS)} raise a process.")
        elif lever.processes and not self.faults_in("process", "delivers"):
            made = frozenset[str]().union(*(self.labels.makes[process] for process in lever.processes))
            if strange := sorted(set(lever.delivers) - made):
                what = f"none of its processes makes {', '.join(strange)}"
                self.fault("delivers", what, f"They make {', '.join(sorted(made)[:6])}.")

    def known(self, column: str, named: Iterable[str], table: Iterable[str], noun: str) -> None:
        table = list(table)
        held = set(table)
        for label in named:
            if label not in held:
                near = difflib.get_close_matches(label[:60], table, n=3)
                step = f"Did you mean {', '.join(near)}?" if near else f"Use a label of the tables for a {noun}."
                self.fault(column, f"there is no {noun} '{label[:60]}'", step)

    def twice(self, column: str, named: Iterable[str]) -> None:
        for label in _doubled(named):
            self.fault(column, f"'{label[:40]}' comes twice", "Keep one.")

    def faults_in(self, *columns: str) -> bool:
        return any(fault.column in columns for fault in self.faults)


def _doubled(named: Iterable[str]) -> Iterator[str]:
    listed = list(named)
    return (label for label in dict.fromkeys(listed) if listed.count(label) > 1)


def _fraction(text: str, high: float = 1.0) -> float:
    """A plain number above 0 and at most ``high``; NaN for anything else."""
    if not re.match(r"(\d+\.?\d*|\.\d+)\Z", text.strip()):
        return math.nan
    value = float(text)
    return value if 0.0 < value <= high else math.nan
