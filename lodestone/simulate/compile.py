"""Measures and shocks of a scenario to rows of a network: the seam between law and kernel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.content_rule import content_effects
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.licence_terms import licence_ranges
from lodestone.simulate.nouns import Measure, Range, Scenario, Shock
from lodestone.simulate.reach import end_use_share
from lodestone.simulate.scenario_fields import EVERYTHING, range_of
from lodestone.simulate.scope import (
    KNOW_HOW_FORMS,
    Scope,
    is_target,
    scope_of,
    week_nearest,
    weeks_in_force,
)

_ORDERED_AHEAD = ("ban", "licence", "quota", "tariff")  # whose buyers know that they are meant
_STRICT = ("ban", "licence")  # what they cover is not held as a neighbour of something else


@dataclass(frozen=True)
class _Ground:
    """What every measure of one compilation is held against."""

    scenario: Scenario
    network: Network
    assumptions: Mapping[str, Assumption]
    sites: pd.DataFrame | None
    issuer_content: Mapping[str, xr.DataArray] | None
    covered: np.ndarray  # bool by trade row: under a ban or licence of the scenario within the horizon


def compile_controls(
    scenario: Scenario,
    network: Network,
    assumptions: Mapping[str, Assumption],
    sites: pd.DataFrame | None = None,
    issuer_content: Mapping[str, xr.DataArray] | None = None,
) -> Controls:
    """Put a scenario's measures and shocks onto the rows of one network.

    Parameters
    ----------
    scenario : Scenario
    network : Network
    assumptions : mapping of Assumption by id
        For what no measure states: shares of end users, technology delay, the content rule.
    sites : DataFrame, optional
        Columns node, share: the share of a node's capacity, existing or planned, that needs the
        issuer's equipment or know-how; without it the assumption ``technology.needs_share``.
    issuer_content : mapping of DataArray by issuer, optional
        Look-through share of the issuer in each economy's make, dims (product, economy); without
        it `lodestone.simulate.reach.issuer_content` follows the network's own flows.

    Returns
    -------
    Controls
        ``controls`` in the order of the scenario's measures, then its shocks; ``notes`` says of
        each measure that touches nothing why, and how sure the coverage of a content rule is.

    Examples
    --------
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> from tests.simulate.acts import a_measure, a_scenario
    >>> from tests.world import small_network
    >>> assumptions = read_assumptions(data_folder())
    >>> ban = a_measure("BAN", "ban", targets=("BOR",))
    >>> compiled = compile_controls(a_scenario(ban), small_network(), assumptions)
    >>> [(control.id, control.week_from, control.week_to) for control in compiled.controls]
    [('BAN:blocked', 0, 52)]
    """
    ground = _Ground(scenario, network, assumptions, sites, issuer_content, _covered(scenario, network, assumptions))
    controls: list[Control] = []
    notes: list[str] = [f"{name}: left out, it was announced after the date asked for" for name in scenario.left_out]
    for measure in scenario.measures:
        found, said = _measure_effects(measure, ground)
        controls += found
        notes += [f"{measure.id}: {note}" for note in said]
    for position, shock in enumerate(scenario.shocks, start=1):
        found, said = _shock_effects(shock, f"SHOCK-{position}", ground)
        controls += found
        notes += said
    return Controls(tuple(_once_ahead(controls)), tuple(notes))


def _once_ahead(controls: list[Control]) -> list[Control]:
    """Buyers order ahead once: a row already raised in the same weeks is not raised again."""
    raised: list[Control] = []
    kept: list[Control] = []
    for control in controls:
        if control.kind == "front_loading":
            rows = control.rows
            for other in raised:
                if other.week_from < control.week_to and control.week_from < other.week_to:
                    rows = rows[~np.isin(rows, other.rows)]
            if not rows.size:
                continue
            control = replace(control, rows=rows, coverage=np.ones(rows.size))
            raised.append(control)
        kept.append(control)
    return kept


def _trace(assumptions: Mapping[str, Assumption]) -> float:
    return assumptions["listing.trace_share"].central


def _covered(scenario: Scenario, network: Network, assumptions: Mapping[str, Assumption]) -> np.ndarray:
    covered = np.zeros(len(network.trade), dtype=bool)
    for measure in scenario.measures:
        if measure.kind in _STRICT and weeks_in_force(measure, scenario)[0]:
            covered[scope_of(measure, network, _trace(assumptions)).rows] = True
    return covered


def _measure_effects(measure: Measure, ground: _Ground) -> tuple[list[Control], list[str]]:
    if measure.kind == "suspension":
        known = {other.id for other in ground.scenario.measures}
        return [], [
            f"suspends {other}, which is not in the scenario" for other in measure.suspends if other not in known
        ]
    windows, why = weeks_in_force(measure, ground.scenario)
    if not windows:
        return [], [f"touches nothing: {why}"]
    controls: list[Control] = []
    notes: list[str] = []
    scope = scope_of(measure, ground.network, _trace(ground.assumptions))
    for number, window in enumerate(windows, start=1):
        found, said = _window_effects(measure, scope, window, ground)
        controls += [_numbered(control, number, len(windows)) for control in found]
        notes += [note for note in said if note not in notes]
    if measure.kind in _ORDERED_AHEAD:
        controls += _front_loading(measure, scope, windows[0][0], ground)
    if controls:
        return controls, notes
    return [], [f"touches nothing: {'; '.join(notes) or scope.why_nothing or 'its effect is nil'}"]


def _numbered(control: Control, number: int, of: int) -> Control:
    return control if of == 1 else replace(control, id=f"{control.id}:window{number}")


def _window_effects(
    measure: Measure, scope: Scope, window: tuple[int, int], ground: _Ground
) -> tuple[list[Control], list[str]]:
    if measure.kind == "content_rule":
        return content_effects(measure, window, ground.network, ground.assumptions, ground.issuer_content)
    if measure.kind == "technology_ban":
        return _technology(measure, window, ground)
    controls: list[Control] = []
    notes: list[str] = []
    if any(form in KNOW_HOW_FORMS for form in measure.forms):
        found, said = _technology(measure, window, ground)
        controls, notes = controls + found, notes + said
    if measure.kind == "licence":
        controls += _licences(measure, scope, window, ground.scenario)
    if measure.kind in ("ban", "entity_list"):
        controls += _on_rows(measure, "blocked", scope.rows, window, _stopped(measure))
    if measure.kind == "end_user_ban":
        found, said = _end_users(measure, scope, window, ground)
        controls, notes = controls + found, notes + said
    if measure.kind == "quota":
        controls += _on_rows(measure, "quota", scope.rows, window, {"share": measure.quota_share})
    if measure.kind == "tariff":
        controls += _on_rows(measure, "tariff", scope.rows, window, {"share": measure.rate})
    controls += _held(measure, scope, window, ground)
    return controls, notes


def _on_rows(
    measure: Measure,
    kind: str,
    rows: np.ndarray,
    window: tuple[int, int],
    ranges: Mapping[str, Range | None],
    coverage: np.ndarray | None = None,
) -> list[Control]:
    """One control, or none where there is no row, no range, or a range fixed at zero."""
    stated = {name: value for name, value in ranges.items() if value is not None}
    if not rows.size or len(stated) < len(ranges) or _nil(stated.get("share")):
        return []
    reach = np.ones(rows.size) if coverage is None else coverage
    name = f"{measure.id}:{kind}"
    return [Control(name, kind, rows, reach, window[0], window[1], stated, measure.origin)]


def _stopped(measure: Measure) -> dict[str, Range | None]:
    """Share of the flow stopped and, where other economies are still served, what comes round through them."""
    ranges = {"share": measure.blocked_share}
    if measure.rerouted_share is not None and measure.rerouting_weeks is not None:
        ranges |= {"rerouted": measure.rerouted_share, "weeks": measure.rerouting_weeks}
    return ranges


def _nil(share: Range | None) -> bool:
    return share is not None and share.high <= 0.0


def _licences(measure: Measure, scope: Scope, window: tuple[int, int], scenario: Scenario) -> list[Control]:
    """Licence controls in consecutive windows, numbered by their set of dated terms (same set, same luck)."""
    assert measure.licence is not None
    begins = [window[0], *(week_nearest(scenario, day) for day, _ in measure.licence_dated), window[1]]
    terms = [measure.licence, *(later for _, later in measure.licence_dated)]
    found: list[Control] = []
    for position, stated in enumerate(terms):
        first = max(window[0], begins[position])
        last = min(window[1], begins[position + 1])
        if last > max(first, 0):
            part = _on_rows(measure, "licence", scope.rows, (first, last), licence_ranges(stated))
            dated = [replace(control, id=f"{control.id}:{position + 1}") for control in part]
            found += dated if len(terms) > 1 else part
    return found


def _end_users(
    measure: Measure, scope: Scope, window: tuple[int, int], ground: _Ground
) -> tuple[list[Control], list[str]]:
    if not measure.end_uses:
        return _on_rows(measure, "blocked", scope.rows, window, _stopped(measure)), []
    network = ground.network
    inside = network.nodes.loc[network.nodes["kind"] == "use", "economy"].unique()
    targets = tuple(economy for economy, hit in zip(inside, is_target(measure, inside), strict=True) if hit)
    share = end_use_share(network, measure.end_uses, targets)[scope.rows]
    rows = scope.rows[share > 0]
    if scope.rows.size and not rows.size:
        return [], [f"no flow it covers ends in {', '.join(measure.end_uses)} of its targets"]
    return _on_rows(measure, "blocked", rows, window, _stopped(measure), share[share > 0]), []


def _held(measure: Measure, scope: Scope, window: tuple[int, int], ground: _Ground) -> list[Control]:
    """Unlisted neighbours under the same customs code, unless a ban or licence covers them anyway."""
    if not scope.rows.size and measure.kind != "enforcement":
        return []
    rows = scope.neighbour_rows[~ground.covered[scope.neighbour_rows]]
    length = float(window[1] - window[0])
    weeks = measure.over_compliance_weeks or Range(length, length, length, "fixed", measure.origin)
    if measure.over_compliance_share is None:
        return []
    return _on_rows(measure, "held", rows, window, {"share": measure.over_compliance_share, "weeks": weeks})


def _front_loading(measure: Measure, scope: Scope, first_week: int, ground: _Ground) -> list[Control]:
    """Orders rise from the announcement, or a few weeks before effect, until effect."""
    if measure.announced is None or measure.announced >= measure.effective:
        return []
    if week_nearest(ground.scenario, measure.effective) != first_week:
        return []  # it resumes after a suspension: the announcement is long past
    weeks = round(ground.assumptions["front_loading.weeks"].central)
    begin = max(week_nearest(ground.scenario, measure.announced), first_week - weeks)
    window = (begin, first_week)
    if first_week <= max(begin, 0):
        return []
    return _on_rows(measure, "front_loading", scope.rows, window, {"share": measure.front_loading_share})


def _technology(measure: Measure, window: tuple[int, int], ground: _Ground) -> tuple[list[Control], list[str]]:
    """Nodes elsewhere that need the issuer's equipment or know-how ramp later."""
    network = ground.network
    nodes = network.nodes
    every = replace(measure, forms=(EVERYTHING,), elements_in_alloys=())
    made = scope_of(every, network, _trace(ground.assumptions))
    if not made.product.any():
        return [], [made.why_nothing]
    products = network.products["product"].to_numpy()[made.product]
    makers = network.outputs.loc[network.outputs["product"].isin(products), "node"]
    hit = (nodes["kind"] == "process") & nodes["node"].isin(makers)
    hit &= is_target(measure, nodes["economy"])
    if measure.stages:
        hit &= nodes["stage"].isin(measure.stages)
    share = pd.Series(ground.assumptions["technology.needs_share"].central, index=nodes.index)
    if ground.sites is not None:
        share = nodes["node"].map(ground.sites.groupby("node")["share"].max()).fillna(0.0)
    rows = np.flatnonzero((hit & (share > 0)).to_numpy())
    if not rows.size:
        return [], ["no process elsewhere makes what the technology is for"]
    reach = share.to_numpy(float)[rows]
    weeks = measure.delay_weeks or range_of(ground.assumptions["technology.delay_weeks"])
    name = f"{measure.id}:ramp_delay"
    return [Control(name, "ramp_delay", rows, reach, window[0], window[1], {"weeks": weeks}, measure.origin)], []


def _shock_effects(shock: Shock, name: str, ground: _Ground) -> tuple[list[Control], list[str]]:
    nodes = ground.network.nodes
    hit = (nodes["kind"] == "process") & (nodes["economy"] == shock.economy) & (nodes["stage"] == shock.stage)
    if shock.products:
        outputs = ground.network.outputs
        hit &= nodes["node"].isin(outputs.loc[outputs["product"].isin(shock.products), "node"])
    rows = np.flatnonzero(hit.to_numpy())
    first = week_nearest(ground.scenario, shock.start)
    last = week_nearest(ground.scenario, shock.end or dt.date.max)
    last = min(last, ground.scenario.horizon_weeks)
    if not rows.size:
        what = f" that makes {', '.join(shock.products)}" if shock.products else ""
        return [], [f"{name}: touches nothing: {shock.economy} has no {shock.stage} in this network{what}"]
    if last <= max(first, 0) or first >= ground.scenario.horizon_weeks:
        return [], [f"{name}: touches nothing: it lies outside the scenario's weeks"]
    ranges = {"factor": shock.factor}
    return [Control(f"{name}:capacity", "capacity", rows, np.ones(rows.size), first, last, ranges, name)], []
