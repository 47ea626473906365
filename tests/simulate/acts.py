"""Measures and scenarios on the three-economy world, as short as a test needs them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from lodestone.simulate.nouns import LicenceTerms, Measure, Range, Scenario, Shock

START = dt.date(2026, 1, 5)


def fixed(value: float) -> Range:
    return Range(value, value, value, "fixed", "test")


def terms(approved: float = 0.5) -> LicenceTerms:
    return LicenceTerms(
        review_weeks=fixed(6),
        share_applications_approved=fixed(approved),
        share_tonnes_of_approved=fixed(1),
        share_returned=fixed(0),
        lot_weeks=fixed(10),
        valid_weeks=fixed(26),
        review_capacity=fixed(1),
        ramp_weeks=fixed(0),
    )


def a_measure(name: str, kind: str, **changes: object) -> Measure:
    """Alba's measure on heavy magnets and oxides towards everyone, from the start on, without an end."""
    measure = Measure(
        id=name,
        issuer="ALB",
        kind=kind,
        elements=("heavy",),
        forms=("oxide", "magnet"),
        products=(),
        end_uses=(),
        targets=("ALL",),
        announced=START,
        effective=START,
        ended=None,
        blocked_share=fixed(1),
        quota_share=None,
        licence=terms() if kind in ("licence", "content_rule") else None,
        over_compliance_share=None,
        over_compliance_weeks=None,
        front_loading_share=None,
        threshold=None,
        reference="",
        origin=name,
    )
    return replace(measure, **changes)  # type: ignore[arg-type]


def a_scenario(*measures: Measure, weeks: int = 52, shocks: tuple[Shock, ...] = ()) -> Scenario:
    return Scenario(
        name="toy",
        title="Toy",
        source="test",
        material="toy",
        year=2024,
        start=START,
        horizon_weeks=weeks,
        measures=measures,
        shocks=shocks,
    )
