"""Published checks: what others printed beside what our functions give on the same inputs.

Each check calls the functions a brief calls. Matching a published figure shows that the plumbing is
right, not that the model is. What a check expects, with which tolerance and after which source,
stands in ``data/checks``; an expected failure stands there with its reason and is never tuned away.
``data/checks/groups.csv`` ranks the checks: A (inputs and outputs published) must match; B (inputs
partial or ours) and C (own examples, behaviour) are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from lodestone.errors import FactError
from lodestone.evidence import (
    flow_checks,
    game_checks,
    indicator_checks,
    market_checks,
    plan_checks,
    propagation_checks,
    screening_checks,
)
from lodestone.facts import data_folder

MATCH = "match"
WITHIN = "within"
EXPECTED_FAIL = "expected fail"
DEVIATES = "deviates"

Computation = Callable[[Path], Mapping[str, float]]

CHECKS: dict[str, Computation] = {
    "geopolrisk-2022": screening_checks.geopolrisk_case,
    "cencic-2016": flow_checks.cencic,
    "farmer": plan_checks.farmer_values,
    "tail-mean": plan_checks.tail_means,
    "air-conditioning": plan_checks.air_conditioning_values,
    "hydro-valley": plan_checks.hydro_valley_values,
    "recover": indicator_checks.recover,
    "games": game_checks.games,
    "eu-supply-risk-2023": screening_checks.eu_supply_risk,
    "ario": propagation_checks.ario_reference,
    "ras": flow_checks.ras_table,
    "concentration": indicator_checks.concentration,
    "n-minus-1": indicator_checks.n_minus_1_example,
    "cover": indicator_checks.cover,
    "look-through": indicator_checks.look_through_toy,
    "market": market_checks.market,
    "farmer-ours": plan_checks.farmer_ours,
    "embargo-stock": plan_checks.embargo_stocks,
    "games-ours": game_checks.games,
    "public-stock": game_checks.public_stock_clubs,
    "pooled-stock": game_checks.pooled_stocks,
    "cutoff-power": game_checks.cutoff_power,
}
GATE = "A"  # the group whose rows must all match
GROUPS = {
    GATE: "published inputs and published outputs: must match",
    "B": "published outputs, inputs partial or our own scenario: reported, never tuned",
    "C": "own examples and behaviour: guard against regressions, no evidence",
}


@dataclass(frozen=True)
class PublishedCheck:
    """One published figure beside ours.

    ``verdict``: match (within ``tolerance``), within (inside the wider tolerance the row states),
    expected fail (misses, for the stated ``reason``), deviates. A row that was expected to fail and
    does not counts as deviating, so that its reason cannot outlive its cause.
    ``group`` is one of `GROUPS`, ``check`` a key of `CHECKS`; ``tolerance`` and ``wide_tolerance`` are
    absolute, in the unit of the figure, the second NaN where there is none.
    """

    group: str
    check: str
    name: str
    published: float
    ours: float
    deviation: float
    tolerance: float
    wide_tolerance: float
    verdict: str
    reason: str
    source: str
    tier: str


def published_checks(wanted: Sequence[str] = ()) -> tuple[PublishedCheck, ...]:
    """Run some checks, or all.

    Parameters
    ----------
    wanted : sequence of str
        Keys of `CHECKS`, which are folders of ``data/checks``, or of `GROUPS`; all if none is named.

    Returns
    -------
    tuple of PublishedCheck
        By group, in the order of `CHECKS` and of the files.

    Raises
    ------
    FactError
        If a name is unknown, a check has no group, or its table and its computation name different figures.

    Examples
    --------
    >>> [check.verdict for check in published_checks(("n-minus-1",))]
    ['match', 'match']
    >>> {check.group for check in published_checks(("ras", "cencic-2016"))} == {"A", "C"}
    True
    """
    if unknown := [name for name in wanted if name not in CHECKS and name not in GROUPS]:
        known = ", ".join((*GROUPS, *CHECKS))
        raise FactError(f"no published check '{', '.join(unknown)}'. Known: {known}.")
    ranked = _ranked()
    return tuple(
        row
        for group in GROUPS
        for check in CHECKS
        if ranked[check] == group and (not wanted or check in wanted or group in wanted)
        for row in _run(group, check, data_folder() / "checks" / check)
    )


def not_claimed() -> tuple[tuple[str, str], ...]:
    """Published figures that no check here claims, each with the reason.

    Examples
    --------
    >>> figures, reason = not_claimed()[0]
    >>> reason
    'no brief or command follows links between single firms; a shortage is that of a sector in an economy'
    """
    table = pd.read_csv(data_folder() / "checks" / "not_claimed.csv", dtype=str)
    return tuple(zip(table["figures"], table["reason"], strict=True))


def fails(row: PublishedCheck) -> bool:
    """Whether a row fails a release: it deviates, or stands in the group that must match and does not."""
    return row.verdict == DEVIATES or (row.group == GATE and row.verdict != MATCH)


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


def _ranked() -> dict[str, str]:
    table = pd.read_csv(data_folder() / "checks" / "groups.csv", index_col="check", dtype=str)
    ranked = {str(check): str(group) for check, group in table["group"].items()}
    if odd := sorted(set(ranked) ^ set(CHECKS)) + sorted(set(ranked.values()) - set(GROUPS)):
        raise FactError(
            f"checks/groups.csv: '{', '.join(odd)}' is no check, a check without a group or no group. "
            f"Give each of {', '.join(CHECKS)} one of {', '.join(GROUPS)}."
        )
    return ranked


def _run(group: str, check: str, folder: Path) -> list[PublishedCheck]:
    expected = pd.read_csv(folder / "expected.csv", dtype={"reason": str}).fillna({"reason": ""})
    sources = yaml.safe_load((folder / "source.yaml").read_text("utf-8"))
    ours = CHECKS[check](folder)
    if odd := sorted(set(expected["name"]) ^ set(ours)):
        raise FactError(
            f"published check '{check}': '{odd[0]}' stands on one side only. "
            "Bring expected.csv and the computation together."
        )
    return [_row(group, check, row, ours[row["name"]], sources) for row in expected.to_dict("records")]


def _row(
    group: str, check: str, row: Mapping[str, object], ours: float, sources: Mapping[str, Mapping[str, str]]
) -> PublishedCheck:
    source = sources[str(row["source"])]
    published, tolerance, wide = (float(str(row[k])) for k in ("published", "tolerance", "wide_tolerance"))
    reason = str(row["reason"])
    return PublishedCheck(
        group=group,
        check=check,
        name=str(row["name"]),
        published=published,
        ours=float(ours),
        deviation=float(ours) - published,
        tolerance=tolerance,
        wide_tolerance=wide,
        verdict=judge(published, float(ours), tolerance, wide, reason),
        reason=reason,
        source=source["title"],
        tier=source["tier"],
    )
