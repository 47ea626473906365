"""Published checks: what others printed beside what our functions give on the same inputs.

Each check calls the functions a brief calls. Matching a published figure shows that the plumbing is
right, not that the model is. What a check expects, with which tolerance and after which source,
stands in ``data/checks``; an expected failure stands there with its reason and is never tuned away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from lodestone.errors import FactError
from lodestone.evidence import flow_checks, indicator_checks, screening_checks
from lodestone.facts import data_folder

MATCH = "match"
WITHIN = "within"
EXPECTED_FAIL = "expected fail"
DEVIATES = "deviates"

Computation = Callable[[Path], Mapping[str, float]]

GROUPS: dict[str, Computation] = {
    "cencic-2016": flow_checks.cencic,
    "ras": flow_checks.ras_table,
    "concentration": indicator_checks.concentration,
    "n-minus-1": indicator_checks.n_minus_1_example,
    "cover": indicator_checks.cover,
    "look-through": indicator_checks.look_through_toy,
    "recover": indicator_checks.recover,
    "eu-supply-risk-2023": screening_checks.eu_supply_risk,
    "geopolrisk-2022": screening_checks.geopolrisk_case,
}


@dataclass(frozen=True)
class PublishedCheck:
    """One published figure beside ours.

    ``verdict``: match (within ``tolerance``), within (inside the wider tolerance the row states),
    expected fail (misses, for the stated ``reason``), deviates. A row that was expected to fail and
    does not counts as deviating, so that its reason cannot outlive its cause.
    """

    group: str
    name: str
    published: float
    ours: float
    deviation: float
    tolerance: float
    verdict: str
    reason: str
    source: str
    tier: str


def published_checks(groups: tuple[str, ...] = tuple(GROUPS)) -> tuple[PublishedCheck, ...]:
    """Run the checks of some groups, or of all.

    Parameters
    ----------
    groups : tuple of str
        Keys of `GROUPS`, which are folders of ``data/checks``.

    Returns
    -------
    tuple of PublishedCheck
        In the order of the files.

    Raises
    ------
    FactError
        If a group is unknown, or its table and its computation name different figures.

    Examples
    --------
    >>> [check.verdict for check in published_checks(("n-minus-1",))]
    ['match', 'match']
    """
    unknown = [group for group in groups if group not in GROUPS]
    if unknown:
        raise FactError(f"no published check '{unknown[0]}'. Known: {', '.join(GROUPS)}.")
    return tuple(check for group in groups for check in _run(group, data_folder() / "checks" / group))


def judge(published: float, ours: float, tolerance: float, wide_tolerance: float, reason: str) -> str:
    """The verdict on one figure.

    Parameters
    ----------
    published, ours : float
    tolerance, wide_tolerance : float
        Largest absolute deviation for a match, and for "within"; NaN where there is no wider one.
    reason : str
        Why a miss is expected; blank if none is.

    Returns
    -------
    str

    Examples
    --------
    >>> judge(5.6, 5.607, 0.05, 0.1, ""), judge(5.6, 5.664, 0.05, 0.1, "")
    ('match', 'within')
    >>> judge(3.5, 5.097, 0.05, 0.1, "other shares"), judge(3.5, 3.52, 0.05, 0.1, "other shares")
    ('expected fail', 'deviates')
    """
    size = abs(ours - published)
    if reason:
        return DEVIATES if size <= max(tolerance, wide_tolerance) else EXPECTED_FAIL
    if size <= tolerance:
        return MATCH
    return WITHIN if size <= wide_tolerance else DEVIATES


def _run(group: str, folder: Path) -> list[PublishedCheck]:
    expected = pd.read_csv(folder / "expected.csv", dtype={"reason": str}).fillna({"reason": ""})
    sources = yaml.safe_load((folder / "source.yaml").read_text("utf-8"))
    ours = GROUPS[group](folder)
    odd = sorted(set(expected["name"]) ^ set(ours))
    if odd:
        raise FactError(
            f"published check '{group}': '{odd[0]}' stands on one side only. "
            "Bring expected.csv and the computation together."
        )
    return [_check(group, row, ours[row["name"]], sources) for row in expected.to_dict("records")]


def _check(
    group: str, row: Mapping[str, object], ours: float, sources: Mapping[str, Mapping[str, str]]
) -> PublishedCheck:
    source = sources[str(row["source"])]
    published, tolerance, wide = (float(str(row[k])) for k in ("published", "tolerance", "wide_tolerance"))
    reason = str(row["reason"])
    return PublishedCheck(
        group=group,
        name=str(row["name"]),
        published=published,
        ours=float(ours),
        deviation=float(ours) - published,
        tolerance=tolerance,
        verdict=judge(published, float(ours), tolerance, wide, reason),
        reason=reason,
        source=source["title"],
        tier=source["tier"],
    )
