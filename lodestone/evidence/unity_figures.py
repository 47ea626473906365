"""What unity is worth as figures and tables, each number with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lodestone.coordinate.unity import GAMES
from lodestone.evidence.find_unity import ALL, SETS, Unity, contributions, rules_apart
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.evidence.unity_case import SHARE
from lodestone.evidence.unity_scale import EXPONENT, LEARNING, scale_of
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure

MONEY = "million USD of 2024"
PLAN, SPREAD = "plan.", "impact.spread"
SURE = 0.95  # of the interval of a mean over replicates
DUAL, CONTRIBUTION = "dual_prices", "marginal_contribution"
RULE = "shapley_value"  # the division whose exits stand in the table of members


@dataclass(frozen=True)
class UnityFindings:
    """Figures by id, and tables whose cells are ids (or words, in the first column).

    ``members``: member, nothing, cost (alone), together, share (by `RULE`, of the game in which outsiders respond), outside, temptation,
    deposit, keeps (the most it gains by keeping its tonnes once a curb has come). ``values``: mechanisms, game, all (what all gain), worst (what
    the worst-off outsiders of a coalition gain together), epsilon. ``sources``: source, without, only. ``shares``: rule, and a column for each
    member. ``gain``: numbers of a chart, member, share, low, high, saves (before transfers). ``projects``: project, there, alone,
    together [t a year]. ``off``, ``variables``: ids; ``scale``: ids of what is built together, what one plant saves of it and what learning does.
    """

    figures: dict[str, Figure]
    members: pd.DataFrame
    values: pd.DataFrame
    sources: pd.DataFrame
    shares: pd.DataFrame
    gain: pd.DataFrame
    projects: pd.DataFrame
    off: str
    variables: str
    scale: tuple[str, str, str]


def unity_figures(setting: Setting, found: Unity) -> UnityFindings:
    """What a page says of acting together, every number a figure with its origin."""
    figures = {
        f"assumption:{name}": assumption_figure(row)
        for name, row in setting.assumptions.items() if name.startswith(PLAN) or name in (SPREAD, SHARE, EXPONENT, LEARNING)
    }  # fmt: skip
    for case in found.ready[0].cases:
        figures |= {one.id: one for one in case.below}
    inner = {name for one in figures.values() for name in one.origin}
    below = [name for name in figures if name not in inner]
    for measure in setting.scenario.measures:
        one = measure_figure(measure)
        figures[one.id] = one
        below.append(one.id)
    wide = float(student.ppf((1.0 + SURE) / 2.0, found.replicates - 1)) if found.replicates > 1 else np.nan

    def result(name: str, label: str, value: float, error: float = np.nan, unit: str = MONEY) -> str:
        which, reach = f"unity.{name}", wide * error
        low, high = (value - reach, value + reach) if np.isfinite(reach) else (None, None)
        rule = "mean over simulations of the curb of solved programmes" if unit == MONEY else "of the solved programmes"
        figures[which] = Figure(which, "result", label, float(value), low, high, unit, rule, tuple(below))
        return which

    off = result("off", "gain of all with all mechanisms off", *found.off)
    variables = result("variables", "variables of the stacked programme", float(found.variables), unit="count")
    return UnityFindings(
        figures, _members(found, result), _values(found, result), _sources(found, result), _shares(found, result), _gain(found, wide),
        _projects(found, result), off, variables, _scale(found, figures, below),
    )  # fmt: skip


def _members(found: Unity, result: Callable[..., str]) -> pd.DataFrame:
    exits = found.exits[
        (found.exits["rule"] == RULE) & (found.exits["mechanisms"] == ALL) & (found.exits["game"] == GAMES[-1])
    ]
    of = exits.set_index("member")
    rows = []
    for member in found.members:
        row = [
            result(
                f"{name}.{member}",
                f"{member}, {words}",
                found.alone.loc[member, name],
                found.alone.loc[member, f"{name}_error"],
            )
            for name, words in (
                ("nothing", "loss with nothing done"),
                ("cost", "cost acting alone"),
                ("together", "cost acting together"),
            )
        ]
        row += [
            result(f"{name}.{member}", f"{member}, {words}", float(of.loc[member, name]))
            for name, words in (
                ("share", "share of the gain"), ("outside", "gain outside while the others stay"),
                ("temptation", "gain by leaving"), ("deposit", "deposit that makes staying no worse"),
            ) if member in of.index
        ]  # fmt: skip
        row += [""] * (7 - len(row))
        keeps = result(
            f"keeps.{member}", f"{member}, most gained by keeping its tonnes in a curb", float(found.deposits[member])
        )
        rows.append((member, *row, keeps))
    columns = ["member", "nothing", "cost", "together", "share", "outside", "temptation", "deposit", "keeps"]
    return pd.DataFrame(rows, columns=columns)


def _values(found: Unity, result: Callable[..., str]) -> pd.DataFrame:
    rows = []
    for name in SETS:
        for game in GAMES:
            one, key = found.played[name, game], f"{name}.{game}".replace(" ", "_")
            rows.append((
                name, game, result(f"all.{key}", f"{name}, outsiders {game}: gain of all", one.value[-1], one.error[-1]),
                result(f"worst.{key}", f"{name}, outsiders {game}: least gain of those outside a coalition", one.outsiders.min()),
                result(f"epsilon.{key}", f"{name}, outsiders {game}: least-core epsilon", one.answer.least_core.epsilon, one.epsilon_error)
                if one.answer else "",
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=["mechanisms", "game", "all", "worst", "epsilon"])


def _sources(found: Unity, result: Callable[..., str]) -> pd.DataFrame:
    rows = [
        (str(name), result(f"without.{k}", f"{name}: what the gain of all falls by without it", row["without"], row["without_error"]),
         result(f"only.{k}", f"{name}: the gain of all by it alone", row["only"], row["only_error"]))
        for k, (name, row) in enumerate(found.sources.iterrows())
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["source", "without", "only"])


def _shares(found: Unity, result: Callable[..., str]) -> pd.DataFrame:
    """Shares by every rule but those that divide alike since nobody alone is worth anything; dual shares, of the other game, last."""
    one = found.played[ALL, GAMES[-1]]
    rows = [
        (rule, *(result(f"share.{rule}.{m}", f"{m}, share by {rule}", one.shares.loc[rule, m], one.share_error.loc[rule, m]) for m in found.members))
        for rule in rules_apart(one.shares)
    ]  # fmt: skip
    each, spread = contributions(one)
    brings = (result(f"{CONTRIBUTION}.{m}", f"{m}, what all gain less what the others gain without it", each[k], spread[k])
              for k, m in enumerate(found.members))  # fmt: skip
    words = "share at the prices of the plan of all, outsiders take the same tonnes"
    dual = (
        result(f"share.{DUAL}.{m}", f"{m}, {words}", found.dual.loc[m, "share"], found.dual.loc[m, "error"])
        for m in found.members
    )
    return pd.DataFrame([*rows, (DUAL, *dual), (CONTRIBUTION, *brings)], columns=["rule", *found.members])


def _gain(found: Unity, wide: float) -> pd.DataFrame:
    """Share of the gain by `RULE` with its interval, and what each saves before transfers."""
    one, alone = found.played[ALL, GAMES[-1]], found.alone
    if RULE not in one.shares.index:
        return pd.DataFrame(columns=["member", "share", "low", "high", "saves"])
    share, reach = one.shares.loc[RULE], wide * one.share_error.loc[RULE]
    return pd.DataFrame(
        [
            (m, share[m], share[m] - reach[m], share[m] + reach[m], alone.loc[m, "cost"] - alone.loc[m, "together"])
            for m in found.members
        ],
        columns=["member", "share", "low", "high", "saves"],
    )


def _scale(found: Unity, figures: dict[str, Figure], below: Sequence[str]) -> tuple[str, str, str]:
    """Capital of what is built together, and what scale and learning take off it, each with the ends of its assumption."""
    total = scale_of(found.ready).sum()
    words = {"capital": "capital of projects built together", "scale": "saved by one plant beside one for each member's part",
             "learning": "saved by learning, more being built than alone"}  # fmt: skip
    for name, label in words.items():
        ends = sorted(float(total.get(f"{name}_{end}", np.nan)) for end in ("low", "high"))
        low, high = ends if np.isfinite(ends).all() else (None, None)
        figures[f"unity.{name}"] = Figure(
            f"unity.{name}", "result", label, float(total.get(name, 0.0)), low, high, MONEY, "of the solved programmes", tuple(below)
        )  # fmt: skip
    return "unity.capital", "unity.scale", "unity.learning"


def _projects(found: Unity, result: Callable[..., str]) -> pd.DataFrame:
    words = {lever.lever: lever.name for case in found.ready[0].cases for lever in case.levers}
    rows = [
        (words.get(str(name), str(name)), *(result(f"project.{column}.{name}", f"{name}, {words}", row[column], unit="t a year")
                      for column, words in (("there", "what there is"), ("alone", "taken acting alone"), ("together", "taken acting together"))))
        for name, row in found.projects.iterrows()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["project", "there", "alone", "together"])
