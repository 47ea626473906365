"""Controls as flat arrays for one member: windows, coverage by edge and node, and their drawn terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lodestone.errors import ScenarioError
from lodestone.simulate.circuit import Circuit
from lodestone.simulate.controls import CONTROL_KINDS, Control, Controls
from lodestone.simulate.luck import Luck

BLOCKED, HELD, QUOTA, FRONT, CAPACITY, RAMP, TARIFF = range(7)
_EFFECTS = {
    "blocked": (BLOCKED, "share"),
    "held": (HELD, "share"),
    "quota": (QUOTA, "share"),
    "front_loading": (FRONT, "share"),
    "capacity": (CAPACITY, "factor"),
    "ramp_delay": (RAMP, "weeks"),
    "tariff": (TARIFF, "share"),
}
_TERMS = (
    "review_weeks",
    "share_applications_approved",
    "share_tonnes_of_approved",
    "share_returned",
    "lot_weeks",
    "valid_weeks",
    "review_capacity",
    "ramp_weeks",
)
_ON_NODES = ("capacity", "ramp_delay")
MOST_WARM_UP = 104


class Schedule(NamedTuple):
    """What is in force when, as the weekly step reads it.

    Licences of one measure are a desk: its entries (``desk_entries[d]:desk_entries[d + 1]``) are edges
    whose orders queue there, whichever of its dated terms (``desk_terms[d]:desk_terms[d + 1]``) are in
    force, so that a queue outlives a change of terms. ``term_coverage`` holds each term's share of
    each entry's orders from ``term_offset`` on. Other effects are rows of ``effect_*`` with their
    entries ``effect_entries[k]:effect_entries[k + 1]``; ``size`` is the drawn share, factor or weeks
    and ``weeks`` the drawn length of a hold, or until ``rerouted`` of what is blocked comes round through others.
    """

    desk_entries: np.ndarray
    desk_edge: np.ndarray
    desk_terms: np.ndarray
    term_from: np.ndarray
    term_to: np.ndarray
    term_offset: np.ndarray
    term_coverage: np.ndarray
    term_review: np.ndarray
    term_granted: np.ndarray
    term_returned: np.ndarray
    term_lot: np.ndarray
    term_valid: np.ndarray
    term_capacity: np.ndarray
    term_ramp: np.ndarray
    effect_kind: np.ndarray
    effect_from: np.ndarray
    effect_to: np.ndarray
    effect_entries: np.ndarray
    effect_row: np.ndarray
    effect_coverage: np.ndarray
    effect_size: np.ndarray
    effect_weeks: np.ndarray
    effect_rerouted: np.ndarray


@dataclass(frozen=True)
class Timetable:
    """A scenario's controls laid onto a circuit, before anything is drawn.

    ``first_week`` is the week the run begins in: 0, or earlier where a control was in force before the
    scenario's start, so that its queues stand where they would on the first day.
    """

    schedule: Schedule
    terms: tuple[Control, ...]
    effects: tuple[Control, ...]
    first_week: int


def build_timetable(circuit: Circuit, controls: Controls, warm_up: bool = True) -> Timetable:
    """Lay controls onto edges and nodes.

    Raises
    ------
    ScenarioError
        If a control has an unknown kind, lacks a range, or names a row the network does not have.
    """
    for control in controls.controls:
        _check(circuit, control)
    licences = [control for control in controls.controls if control.kind == "licence"]
    effects = [control for control in controls.controls if control.kind != "licence"]
    desks: dict[str, list[Control]] = {}
    for control in licences:
        desks.setdefault(control.id.split(":licence")[0], []).append(control)
    desk_edges, desk_terms, offsets, coverage, terms = [], [0], [], [], []
    offset = 0
    for dated in desks.values():
        rows = np.unique(np.concatenate([control.rows for control in dated])).astype(np.int64)
        desk_edges.append(circuit.row_edge[rows])
        for control in sorted(dated, key=lambda one: one.week_from):
            reached = np.zeros(len(rows))
            reached[np.searchsorted(rows, control.rows)] = control.coverage
            offsets.append(offset)
            coverage.append(reached)
            terms.append(control)
            offset += len(rows)
        desk_terms.append(len(terms))
    rows_of = [
        np.asarray(control.rows) if control.kind in _ON_NODES else circuit.row_edge[control.rows] for control in effects
    ]
    blank = np.zeros(len(terms))
    schedule = Schedule(
        desk_entries=_offsets(desk_edges),
        desk_edge=_joined(desk_edges, np.int32),
        desk_terms=np.array(desk_terms, dtype=np.int32),
        term_from=np.array([term.week_from for term in terms], dtype=np.int32),
        term_to=np.array([term.week_to for term in terms], dtype=np.int32),
        term_offset=np.array(offsets, dtype=np.int32),
        term_coverage=_joined(coverage, np.float64),
        term_review=np.zeros(len(terms), dtype=np.int32),
        term_granted=blank,
        term_returned=blank,
        term_lot=blank,
        term_valid=blank,
        term_capacity=blank,
        term_ramp=blank,
        effect_kind=np.array([_EFFECTS[control.kind][0] for control in effects], dtype=np.int32),
        effect_from=np.array([control.week_from for control in effects], dtype=np.int32),
        effect_to=np.array([control.week_to for control in effects], dtype=np.int32),
        effect_entries=_offsets(rows_of),
        effect_row=_joined(rows_of, np.int32),
        effect_coverage=_joined([control.coverage for control in effects], np.float64),
        effect_size=np.zeros(len(effects)),
        effect_weeks=np.ones(len(effects)),
        effect_rerouted=np.zeros(len(effects)),
    )
    begins = [control.week_from for control in controls.controls] if warm_up else []
    first = max(min([0, *begins]), -MOST_WARM_UP)
    return Timetable(schedule, tuple(terms), tuple(effects), first)


def sample_schedule(timetable: Timetable, luck: Luck) -> Schedule:
    """One member's schedule: the timetable with its terms drawn.

    A measure that rests and resumes meets the same luck in each window; each set of dated terms has
    its own. A review lasts at least one week.
    """
    given = timetable.schedule
    drawn = [{key: luck.range(_stream(term, key), term.ranges[key]) for key in term.ranges} for term in timetable.terms]
    reach = np.array([values.get("coverage", 1.0) for values in drawn])
    sizes = np.diff([*given.term_offset, len(given.term_coverage)]).astype(np.int64)
    effects = [
        {key: luck.range(_stream(effect, key), effect.ranges[key]) for key in effect.ranges}
        for effect in timetable.effects
    ]
    factor = np.array([values.get("coverage", 1.0) for values in effects])
    names = [_EFFECTS[effect.kind][1] for effect in timetable.effects]
    return given._replace(
        term_coverage=np.minimum(given.term_coverage * np.repeat(reach, sizes), 1.0),
        term_review=np.array([max(1, round(values["review_weeks"])) for values in drawn], dtype=np.int32),
        term_granted=np.array(
            [values["share_applications_approved"] * values["share_tonnes_of_approved"] for values in drawn]
        ),
        term_returned=np.array([_returned(values) for values in drawn]),
        term_lot=np.array([values["lot_weeks"] for values in drawn]),
        term_valid=np.array([max(values["valid_weeks"], 1.0) for values in drawn]),
        term_capacity=np.array([values["review_capacity"] for values in drawn]),
        term_ramp=np.array([max(values["ramp_weeks"], 1.0) for values in drawn]),
        effect_coverage=np.minimum(given.effect_coverage * np.repeat(factor, np.diff(given.effect_entries)), 1.0),
        effect_size=np.array([values[name] for values, name in zip(effects, names, strict=True)]),
        effect_weeks=np.array([max(values.get("weeks", 1.0), 1.0) for values in effects]),
        effect_rerouted=np.array([values.get("rerouted", 0.0) for values in effects]),
    )


def longest_review(timetable: Timetable) -> int:
    """The longest review any member may draw, in weeks: the length of the queues' ring."""
    return max([1, *(int(np.ceil(term.ranges["review_weeks"].high)) for term in timetable.terms)])


def _returned(values: Mapping[str, float]) -> float:
    """Share filed again of the tonnes decided and not granted.

    Applications that are sent back come again; what an approval cut off does not by itself: the buyer
    misses it in his stock and orders anew.
    """
    approved = values["share_applications_approved"]
    left = 1.0 - approved * values["share_tonnes_of_approved"]
    return (1.0 - approved) * values["share_returned"] / left if left > 0.0 else 0.0


def _stream(control: Control, parameter: str) -> str:
    return f"{control.id.split(':window')[0]}:{parameter}"


def _check(circuit: Circuit, control: Control) -> None:
    if control.kind not in CONTROL_KINDS:
        raise ScenarioError(f"control {control.id} has unknown kind '{control.kind}'. Use one of {CONTROL_KINDS}.")
    needed: tuple[str, ...] = _TERMS if control.kind == "licence" else (_EFFECTS[control.kind][1],)
    if control.kind == "held":
        needed = ("share", "weeks")
    if missing := [name for name in needed if name not in control.ranges]:
        raise ScenarioError(f"control {control.id} has no range '{missing[0]}'. Give low, central and high.")
    rows = len(circuit.network.nodes) if control.kind in _ON_NODES else len(circuit.network.trade)
    if len(control.rows) != len(control.coverage) or (len(control.rows) and max(control.rows) >= rows):
        raise ScenarioError(f"control {control.id} names rows the network does not have. Compile it again.")


def _offsets(parts: list[np.ndarray]) -> np.ndarray:
    return np.cumsum([0, *(len(part) for part in parts)]).astype(np.int32)


def _joined(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([np.asarray(part) for part in parts]).astype(dtype) if parts else np.zeros(0, dtype)
