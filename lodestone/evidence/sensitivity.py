"""What the variance of a headline comes from: Sobol indices of groups of inputs, on the run's own streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.build import gather
from lodestone.baseline.explain import Explainer
from lodestone.errors import FactError, LabelError
from lodestone.evidence.find_shortage import origins, simulate_rule
from lodestone.evidence.find_values import find_values, refuse_unvalued
from lodestone.evidence.setting import Setting
from lodestone.evidence.sobol import sobol_indices
from lodestone.impact.direct import direct_impact
from lodestone.impact.nouns import Impact
from lodestone.simulate.crossed import CrossedDesign
from lodestone.simulate.ensemble import build_setting, run_one
from lodestone.simulate.figures import uses_of, weeks_to_first_stop, weeks_to_shortage
from lodestone.simulate.luck import NETWORK
from lodestone.simulate.nouns import Ensemble

GROUPS = Path("sensitivity") / "groups.csv"
MONEY = ("value", "jobs")  # headlines that rest on what sectors earn


@dataclass(frozen=True)
class Sensitivity:
    """Indices by headline and group (``headline, group, words, s1, s1_conf, st, st_conf``), and how they were made.

    ``moments`` has mean and standard deviation of each headline over the runs of the design.
    """

    economy: str
    scenario: str
    rule: str
    weeks: int
    samples: int
    runs: int
    table: pd.DataFrame
    moments: pd.DataFrame
    notes: tuple[str, ...]


def find_sensitivity(setting: Setting, economy: str, request: Any, watch: Any) -> Sensitivity:
    """Run a Saltelli design over the groups of inputs that are drawn, and share out each headline's variance.

    Parameters
    ----------
    request : with headlines, samples, rule, seed, threads

    Raises
    ------
    LabelError
        If a headline is unknown; the known ones are listed.
    ScenarioError
        If an input belongs to no group, or a headline is the same in every run.
    """
    if any(headline.partition(".")[0] in MONEY for headline in request.headlines):
        refuse_unvalued(setting, economy)
    with watch("gathering the baseline", 1):
        base = gather(setting.folder, setting.network.material, setting.network.year, setting.facts)
        explainer = Explainer(base, setting.baseline, setting.network.prior)
        origin, _ = origins(setting, base, explainer, economy, ())
        values, _, _ = find_values(setting, base, explainer, economy, origin)
    _refuse_unknown(request.headlines, [value.sector for value in values], list(origin))
    words, group_of = read_groups(setting.folder)
    spread = setting.assumptions["impact.spread"]
    names = [*_drawn_names(setting, request), NETWORK, spread.id]
    whole = CrossedDesign(request.samples, (), group_of)
    used = {whole.group(name) for name in names}
    design = CrossedDesign(request.samples, tuple(group for group in words if group in used), group_of)
    ensemble = simulate_rule(
        setting, request, request.rule, None, design.size, watch, f"simulating, {request.rule}", economy, design
    )
    impact = direct_impact(
        economy, ensemble.unserved_share.transpose(0, 2, 1), tuple(uses_of(ensemble, economy)), values,
        spread, request.seed, design.members,
    )  # fmt: skip
    tables, moments, notes = [], [], list[str]()
    for headline in dict.fromkeys(request.headlines):
        result = headline_of(headline, ensemble, impact, economy)
        if never := int(np.isinf(result).sum()):
            notes.append(
                f"{headline}: in {never} of {design.size} runs none comes; they count as {ensemble.weeks} weeks"
            )
            result = np.minimum(result, float(ensemble.weeks))
        table = sobol_indices(result, design.groups, request.seed)
        if wide := too_wide(table, words):
            notes.append(
                f"{headline}: too few samples for {', '.join(wide)}: an interval is wider than 1. Take more --samples"
            )
        table.insert(0, "headline", headline)
        table.insert(2, "words", [words[group] for group in table["group"]])
        tables.append(table)
        moments.append((headline, float(result.mean()), float(result.std())))
    return Sensitivity(
        economy, setting.scenario.name, request.rule, ensemble.weeks, design.samples, design.size,
        pd.concat(tables, ignore_index=True), pd.DataFrame(moments, columns=["headline", "mean", "sd"]), tuple(notes),
    )  # fmt: skip


def too_wide(table: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
    """The groups, in words, of which an index has an interval wider than the whole variance.

    >>> table = pd.DataFrame({"group": ["a", "b"], "s1_conf": [0.6, 0.2], "st_conf": [0.1, 0.4]})
    >>> too_wide(table, {"a": "stocks", "b": "licences"})
    ['stocks']
    """
    wide = 2.0 * table[["s1_conf", "st_conf"]].max(axis=1) > 1.0
    return [words[group] for group in table.loc[wide, "group"]]


def read_groups(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Words of each group in the order of the table, and the group of each input.

    Raises
    ------
    FactError
        If the table is missing, or an input stands in it twice.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> words, group_of = read_groups(data_folder())
    >>> group_of["cover_weeks"], words["licence"]
    ('stocks', 'licence terms')
    """
    path = folder / GROUPS
    if not path.is_file():
        raise FactError(f"{path}: the table of groups of inputs is missing. Add it, or name another data folder.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if twice := sorted(set(table["input"][table["input"].duplicated()])):
        raise FactError(f"{path}: {', '.join(twice)} stands twice. Leave each input in one group.")
    return dict(zip(table["group"], table["words"], strict=True)), dict(
        zip(table["input"], table["group"], strict=True)
    )


def headline_of(headline: str, ensemble: Ensemble, impact: Impact, economy: str) -> np.ndarray:
    """A headline by run: value and jobs lost, weeks to the first shortage (inf where none comes), weeks lost."""
    kind, _, what = headline.partition(".")
    if headline == "value.first_year":
        return impact.value_added_first_year.sum(axis=0)
    if headline == "weeks.first":
        return weeks_to_first_stop(ensemble, economy)
    if kind in ("value", "jobs"):
        by_sector = impact.value_added if kind == "value" else impact.jobs
        return np.nansum(by_sector, axis=0) if what == "total" else by_sector[impact.sectors.index(what)]
    row = uses_of(ensemble, economy)[what]
    return weeks_to_shortage(ensemble, row) if kind == "weeks" else ensemble.lost_use[row]


def _refuse_unknown(headlines: Sequence[str], valued: Sequence[str], sectors: Sequence[str]) -> None:
    known = ["value.total", "value.first_year", "weeks.first", "jobs.total"]
    known += [f"{kind}.{sector}" for kind in ("value", "jobs") for sector in valued]
    known += [f"{kind}.{sector}" for kind in ("weeks", "lost") for sector in sectors]
    if unknown := [one for one in headlines if one not in known]:
        raise LabelError(f"no headline '{', '.join(unknown)}'. Use one of: {', '.join(known)}.")


def _drawn_names(setting: Setting, request: Any) -> list[str]:
    """Names of the inputs of the simulation that are drawn and not fixed: those whose value two members differ in."""
    alone = build_setting(
        setting.network, setting.baseline.draws, setting.controls, setting.assumptions, weeks=1,
        seed=request.seed, rule=request.rule, demand_growth=setting.scenario.demand_growth, user=setting.user,
    )  # fmt: skip
    (_, first), (_, second) = (run_one(alone, member, oracle=True) for member in (0, 1))
    return [name for name in first if first[name] != second.get(name)]
