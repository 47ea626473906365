"""Licence terms: the uninformed prior from the assumption table, and what a file puts in its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace

from lodestone.facts.assumptions import Assumption
from lodestone.simulate.nouns import LicenceTerms, Range
from lodestone.simulate.scenario_fields import Reading, a_date, a_mapping, a_range, range_of
from lodestone.simulate.scenario_text import Place

SHARES = ("share_applications_approved", "share_tonnes_of_approved", "share_returned")
WEEKS = ("review_weeks", "lot_weeks", "valid_weeks", "ramp_weeks")
TERMS = ("review_weeks", *SHARES, "lot_weeks", "valid_weeks", "review_capacity", "ramp_weeks")


def uninformed_terms(assumptions: Mapping[str, Assumption]) -> LicenceTerms:
    """The licence prior of a forecast: what could be said before any episode was seen.

    Rows ``licence.*`` of the assumption table; none of them is fitted to the episode of 2025.
    """
    return LicenceTerms(**{name: range_of(assumptions[f"licence.{name}"]) for name in TERMS})


def licence_ranges(terms: LicenceTerms) -> dict[str, Range]:
    """Licence terms under the parameter names of the kernel."""
    return {item.name: getattr(terms, item.name) for item in fields(terms)}


def read_terms(
    reading: Reading, place: Place, value: object, prior: LicenceTerms
) -> tuple[LicenceTerms, tuple[tuple[dt.date, LicenceTerms], ...]]:
    """Licence terms of a file: one mapping, or a list of dated ones each inheriting from the last.

    Returns
    -------
    (LicenceTerms, tuple of (date, LicenceTerms))
        The terms at the start, and those that replace them from their date on.
    """
    if not isinstance(value, list):
        terms, start = _window(reading, place, value, prior)
        if start is not None:
            reading.fault((*place, "from"), "one set of terms has no 'from'", "Write a list of dated terms.")
        return terms, ()
    dated: list[tuple[dt.date, LicenceTerms]] = []
    first, last = prior, prior
    for position, entry in enumerate(value):
        here = (*place, position)
        last, start = _window(reading, here, entry, last)
        if start is None and position == 0:
            first = last
        elif start is None:
            reading.fault(here, "later terms need a 'from' date", "Add 'from: YYYY-MM-DD'.")
        elif dated and start <= dated[-1][0]:
            reading.fault((*here, "from"), f"{start} does not follow {dated[-1][0]}", "Put the windows in order.")
        else:
            dated.append((start, last))
    return first, tuple(dated)


def _window(reading: Reading, place: Place, value: object, before: LicenceTerms) -> tuple[LicenceTerms, dt.date | None]:
    keys = a_mapping(reading, place, value, (*TERMS, "from"))
    start = a_date(reading, (*place, "from"), keys.pop("from")) if "from" in keys else None
    given: dict[str, Range] = {}
    for name, found in keys.items():
        high = 1.0 if name in SHARES else 520.0 if name in WEEKS else 100.0
        low = 1.0 if name in ("lot_weeks", "valid_weeks") else 0.0
        parsed = a_range(reading, (*place, name), found, low, high)
        if parsed is not None:
            given[name] = parsed
    return replace(before, **given), start
