"""Direct and indirect loss of one economy under each rationing rule, without the rest of a brief."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodestone.baseline.build import gather
from lodestone.baseline.explain import Explainer
from lodestone.errors import ScenarioError
from lodestone.evidence.find_market import Market, find_market
from lodestone.evidence.find_shortage import origins, simulate_rule
from lodestone.evidence.find_travel import Ground, Travel, embedded_ground, find_travel
from lodestone.evidence.find_values import earned_alone, find_values, refuse_unvalued
from lodestone.evidence.setting import Setting
from lodestone.evidence.stage_market import stage_market
from lodestone.impact.direct import direct_impact
from lodestone.impact.figures import impact_figures
from lodestone.impact.nouns import Impact
from lodestone.impact.user_table import read_concordance, read_user_table
from lodestone.record.figure import Figure
from lodestone.simulate.figures import uses_of


@dataclass(frozen=True)
class Loss:
    """By rule: the direct impact by sector, its figures (``value.*``, ``jobs.*``, ``earns.*``), and where it travels.

    ``market`` is the market view of the first year, beside the run under the first rule.
    """

    economy: str
    scenario: str
    start: dt.date
    weeks: int
    members: int
    draws: int
    impacts: dict[str, Impact]
    figures: dict[str, Figure]
    travel: dict[str, Travel]
    market: Market


def user_ground(path: str, layout: str, year: int, concordance: str) -> Ground:
    """A user's own table with its concordance.

    Raises
    ------
    ScenarioError
        If one of the four is missing.
    FactError, BalanceError, LabelError
        As of `lodestone.impact.user_table.read_user_table`.
    """
    given = {"--table": path, "--layout": layout, "--table-year": year, "--concordance": concordance}
    if missing := [name for name, value in given.items() if not value]:
        raise ScenarioError(f"a table of your own needs {' and '.join(missing)} too. Give all four, or none.")
    table = read_user_table(Path(path), layout, year)
    rows = read_concordance(Path(concordance), table)
    stops = rows["stops"].loc[list(table.sectors)].to_numpy()[:, None]
    makes = rows["makes"].loc[list(table.industries.get_level_values(1))].to_numpy()[None, :]
    return Ground(table, rows, (stops == "all") | ((stops == "goods") & (makes == "goods")), {})


def find_loss(setting: Setting, economy: str, request: Any, ground: Ground | None, watch: Any) -> Loss:
    """Simulate under each rule of the request, value what is lost and follow it.

    Parameters
    ----------
    request : with rules, members, draws, seed, threads
    ground : Ground, optional
        The table; the embedded one if none is given.

    Raises
    ------
    FactError
        If no value added of the economy is known, before anything is simulated.
    """
    refuse_unvalued(setting, economy)
    stage = stage_market(setting)
    ensembles = {
        rule: simulate_rule(
            setting, request, rule, None, request.members, watch, f"simulating, {rule}", economy, flows=stage.flows
        )
        for rule in request.rules
    }
    with watch("gathering the baseline", 1):
        base = gather(setting.folder, setting.network.material, setting.network.year, setting.facts)
        explainer = Explainer(base, setting.baseline, setting.network.prior)
        origin, figures = origins(setting, base, explainer, economy, next(iter(ensembles.values())).inputs)
        values, below, leaves = find_values(setting, base, explainer, economy, origin)
    figures |= leaves
    ground = ground or embedded_ground(setting)
    rests_on = tuple(dict.fromkeys(one for ids in below.values() for one in ids))
    impacts, travels, market = {}, {}, Market()
    for rule, ensemble in ensembles.items():
        impact = direct_impact(
            economy, ensemble.unserved_share.transpose(0, 2, 1), tuple(uses_of(ensemble, economy)), values,
            setting.assumptions["impact.spread"], request.seed,
        )  # fmt: skip
        prefix = f"run:{economy}.{rule}"
        figures |= {
            one.id: one for one in earned_alone(impact_figures(prefix, impact, ensemble.weeks, below), below, origin)
        }
        travel, sent = find_travel(setting, ground, impact, prefix, rests_on, request, watch, request.draws)
        figures |= travel.figures
        impacts[rule], travels[rule] = impact, travel
        if rule == request.rules[0]:
            market = find_market(setting, stage, explainer, ensemble, impact, travel, sent, prefix, request.draws)
            figures |= market.figures
    return Loss(
        economy, setting.scenario.name, setting.scenario.start, setting.scenario.horizon_weeks, request.members,
        min(request.draws, request.members), impacts, figures, travels, market,
    )  # fmt: skip
