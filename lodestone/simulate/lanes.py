"""Members side by side: the arrays of a block of members with the member as last axis, its *lane*.

The compiled step walks edges, slots and nodes outside and lanes inside, so that one instruction does
the same sum for several members.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lodestone.simulate.parameters import Member
from lodestone.simulate.schedule import Schedule

_DRAWN = (
    "term_coverage",
    "term_review",
    "term_granted",
    "term_returned",
    "term_lot",
    "term_valid",
    "term_capacity",
    "term_ramp",
    "effect_coverage",
    "effect_size",
    "effect_weeks",
    "effect_rerouted",
)


def stack_members(members: Sequence[Member]) -> Member:
    """Members as one: each array with a last axis for the lane, each single number as an array by lane."""
    return Member._make(np.stack(values, axis=-1) for values in zip(*members, strict=True))


def stack_schedules(schedules: Sequence[Schedule]) -> Schedule:
    """Schedules of one timetable as one: what is drawn gets a last axis for the lane, windows are shared."""
    drawn = {name: np.stack([getattr(one, name) for one in schedules], axis=-1) for name in _DRAWN}
    return schedules[0]._replace(**drawn)
