"""All errors a user can meet, a sentence each. This module imports nothing of the project.

Every error says what is wrong, where, and what to do next; the command line prints it and leaves
with exit code 2. Faults of one document are collected and raised together as `Faults`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class LodestoneError(Exception):
    """Something the user can mend; the message says how."""

    exit_code = 2


class LabelError(LodestoneError):
    """A label (element, economy, product, sector) is not in the tables in use."""


class BalanceError(LodestoneError):
    """Masses or shares that must add up do not."""


class FactError(LodestoneError):
    """A fact, its source or a correction cannot be used as it stands."""


class ScenarioError(LodestoneError):
    """A scenario or measure cannot be run as written."""


class SolverError(LodestoneError):
    """A solver ended without the answer that was asked for."""


class PlanError(LodestoneError):
    """A plan, its scenario tree or its measure of risk cannot be worked out as written."""


class InfeasiblePlan(PlanError):
    """No plan meets every rule at once; the message names the rules that conflict, ``rules`` holds their names."""

    def __init__(self, message: str, rules: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        super().__init__(message)


class GameError(LodestoneError):
    """A game, a division of its value, a mechanism or a procurement round cannot be worked out as written."""


class BundleError(LodestoneError):
    """A run's folder is missing, incomplete or altered."""


class ClusterError(LodestoneError):
    """A cluster cannot be reached, is open to strangers, or was lost; or finished tasks cannot be kept."""


class FigureError(LodestoneError):
    """A figure has no known origin."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a document: where it stands, what it is, and the next step."""

    file: str
    line: int | None
    column: str | None
    what: str
    next_step: str

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        if self.column:
            place += f" [{self.column}]"
        return f"{place}: {self.what}. {self.next_step}"


class Faults(LodestoneError):
    """All faults of one or several documents, shown together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{count} fault{'s' if count != 1 else ''} found:"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))

    def __reduce__(self) -> tuple[type[Faults], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)  # faults of a worker come back whole
