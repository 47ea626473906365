"""What building as one plant, and learning by building, would add to joint procurement: told beside the values, not in them.

Levers are taken in parts at one cost a tonne, for a least size and a fixed cost are published for none of them. Here what all commit to together
is priced again: as one plant each for its own part and as one for all, by a cost that grows with size to a power below one; and with a cost that
falls with each doubling of what stands outside the issuer. Both are ranges of judgement. What is committed to is held fixed, so that neither
counts the other sources of the gain once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lodestone.coordinate.unity import SAME, together
from lodestone.evidence.find_unity import ALL, SETS
from lodestone.evidence.unity_case import Ready
from lodestone.respond.outlook import in_calm

EXPONENT, LEARNING = "unity.scale_exponent", "unity.learning_rate"
ENDS = ("low", "central", "high")


def cost_of_size(part: float | np.ndarray, whole: float, linear: float, exponent: float) -> float | np.ndarray:
    """Capital of a plant of some part of a project's size, if the project as a whole costs ``linear`` a tonne. [as ``linear``]

    Examples
    --------
    >>> float(cost_of_size(50.0, 100.0, 2.0, 1.0)), round(float(cost_of_size(50.0, 100.0, 2.0, 0.6)), 1)
    (100.0, 132.0)
    """
    return linear * whole * (np.asarray(part) / whole) ** exponent


def learned(built: float, existing: float, rate: float) -> float:
    """Mean cost of a tonne while capacity grows from what exists by what is built, over its cost at the start.

    Parameters
    ----------
    built, existing : float
        [t a year]; nothing is learned from where nothing exists.
    rate : float
        Fall of the cost with each doubling. [0..1]

    Examples
    --------
    >>> learned(0.0, 10.0, 0.2), round(learned(10.0, 10.0, 0.2), 3), learned(10.0, 10.0, 0.0)
    (1.0, 0.885, 1.0)
    """
    if built <= 0.0 or existing <= 0.0:
        return 1.0
    power = 1.0 + np.log2(1.0 - rate)
    return float(((1.0 + built / existing) ** power - 1.0) * existing / built / power)


def scale_of(ready: Sequence[Ready]) -> pd.DataFrame:
    """Scale and learning of the shared projects with a capital cost, means over replicates.

    Parameters
    ----------
    ready : sequence of Ready
        Its cases hold the assumptions ``unity.scale_exponent`` and ``unity.learning_rate``.

    Returns
    -------
    DataFrame
        By lever, columns takers (members that take a part), together [t a year], capital, scale_low, scale, scale_high (what one plant
        saves beside one for each member's part), learning_low, learning, learning_high (what is paid less for it since more is built, or
        more if less is, than acting alone) [million USD of 2024]; the ends are of the exponent, 1 first, and of the rate.
    """
    whole = (1 << len(ready[0].table.single)) - 1
    tables = [_of_one(one, together(one.table, whole, SETS[ALL], SAME).takes.projects) for one in ready]
    return pd.concat(tables).groupby(level="lever").sum() / len(ready)


def _of_one(one: Ready, takes: np.ndarray) -> pd.DataFrame:
    levers = {lever.lever: lever for case in one.cases for lever in case.levers}
    form = {str(p): str(f) for case in one.cases for p, f in case.home.form.to_series().items()}
    parts: dict[str, np.ndarray] = {}
    alone: dict[str, float] = {}
    there: dict[str, float] = {}
    for k, (name, most) in enumerate(one.table.stack.levers.items()):
        lever, _, scenario = str(name).partition("|")
        if lever in levers and in_calm(scenario) and levers[lever].capex.central > 0.0:
            parts[lever] = parts.get(lever, np.zeros(takes.shape[0])) + takes[:, k]
            alone[lever] = alone.get(lever, 0.0) + float(one.table.takes.projects[:, k].sum())
            there[lever] = float(most)
    forms = {name: form.get(max(levers[name].delivers, key=levers[name].delivers.__getitem__), "") for name in parts}
    ways = _by_form(forms, alone), _by_form(forms, {name: float(mine.sum()) for name, mine in parts.items()})
    rows = []
    for lever, mine in parts.items():
        told = one.cases[0].assumptions
        capital = levers[lever].capex.central * float(mine.sum())
        scale = [
            one_plant(mine, there[lever], levers[lever].capex.central, getattr(told[EXPONENT], end))
            for end in reversed(ENDS)
        ]
        exists = one.existing.get(forms[lever], 0.0)
        dearer = [[learned(way[forms[lever]], exists, getattr(told[LEARNING], end)) for way in ways] for end in ENDS]
        learning = [capital * (before - after) for before, after in dearer]
        rows.append((lever, float((mine > 0.0).sum()), float(mine.sum()), capital, *scale, *learning))
    columns = ["lever", "takers", "together", "capital", *_ends("scale"), *_ends("learning")]
    return pd.DataFrame(rows, columns=columns).set_index("lever")


def one_plant(parts: np.ndarray, whole: float, linear: float, exponent: float) -> float:
    """What one plant saves beside one for each part. [as ``linear``]

    Examples
    --------
    >>> one_plant(np.array([30.0, 20.0]), 100.0, 1.0, 1.0), round(one_plant(np.array([30.0, 20.0]), 100.0, 1.0, 0.6), 1)
    (0.0, 20.7)
    """
    some = parts[parts > 0.0]
    each = float(np.sum(cost_of_size(some, whole, linear, exponent)))
    return each - float(cost_of_size(float(some.sum()), whole, linear, exponent)) if len(some) > 1 else 0.0


def _by_form(forms: Mapping[str, str], built: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for lever, amount in built.items():
        found[forms[lever]] = found.get(forms[lever], 0.0) + amount
    return found


def _ends(name: str) -> tuple[str, str, str]:
    return f"{name}_low", name, f"{name}_high"
