"""Measures and shocks once compiled onto the rows of a network: what the weekly step reads.

`compile` (the seam to scenarios) lives in ``compile.py``; the kernel knows only these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lodestone.simulate.nouns import Range

CONTROL_KINDS = (
    "blocked",  # a share of the edge's flow may not cross: bans, entity lists, end-user bans
    "licence",  # orders become applications and wait
    "held",  # over-compliance: uncovered neighbours held for a time
    "quota",  # the sum over the control's edges is capped at a share of its base flow
    "front_loading",  # orders rise between announcement and effect
    "capacity",  # nodes, not edges: factor of capacity left
    "ramp_delay",  # nodes: projects that need the issuer's technology ramp slower
    "tariff",  # the price the destination pays rises by a share
)


@dataclass(frozen=True)
class Control:
    """One effect of one measure or shock.

    ``rows`` are trade rows of the network, or node rows for the kinds that act on nodes;
    ``coverage`` is the share of each row's flow the effect reaches [0..1]. ``week_from`` is the
    first week in force and ``week_to`` the first week no longer in force, both relative to the
    scenario's start (negative: in force before it). ``ranges`` names the uncertain parameters of
    the kind: blocked {share; rerouted and weeks where it comes round through others}; licence {review_weeks, share_applications_approved,
    share_tonnes_of_approved, share_returned, lot_weeks, valid_weeks, review_capacity, ramp_weeks};
    held {share, weeks}; quota {share}; front_loading {share}; capacity {factor}; ramp_delay
    {weeks}; tariff {share}. Any kind on edges may also name {coverage}: a factor on ``coverage``
    drawn once per draw, where it is unsure how much of the flow is reached (absent: 1). Licences of
    one measure in consecutive windows are its dated terms, with ids "MEASURE:licence:1", ":2"...
    """

    id: str
    kind: str
    rows: np.ndarray
    coverage: np.ndarray
    week_from: int
    week_to: int
    ranges: dict[str, Range]
    origin: str


@dataclass(frozen=True)
class Controls:
    """All effects of a scenario on one network; ``notes`` says which measures touch nothing and why."""

    controls: tuple[Control, ...]
    notes: tuple[str, ...]
