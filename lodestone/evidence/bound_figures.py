"""Bounds of a share as two figures, each with the facts that hold it."""

from __future__ import annotations

import math

from lodestone.baseline.bounds import Bounds
from lodestone.baseline.explain import Explainer
from lodestone.exposure.bounds import Bounding
from lodestone.record.figure import Figure

ENDS = ("lowest", "highest")


def bound_figures(asked: Bounding, explainer: Explainer, share: Figure, found: Bounds) -> dict[str, Figure]:
    """The lowest and the highest value of a share, named after it, and the facts they rest on.

    Every end rests on the network's structure too, one that no fact holds on nothing else. A share that no
    cell speaks of has no such figures.

    Returns
    -------
    dict of id to Figure
    """
    if math.isnan(found.lower):
        return {}
    facts = dict(zip(asked.programme.names, asked.programme.facts, strict=True))
    structure = _structure(asked.base.topology.material)
    figures = {structure.id: structure}
    for end, value, names in zip(ENDS, (found.lower, found.upper), (found.lower_facts, found.upper_facts), strict=True):
        below = [explainer.fact(facts[name]) for name in names]
        figures |= {one.id: one for one in below}
        held = f"held by {', '.join(names)}" if names else "held by the network's structure, no fact"
        if not names and value in (0.0, 1.0):
            held = "nothing holds it"
        figures[f"{share.id}.{end}"] = Figure(
            f"{share.id}.{end}", "result", f"{end} value of the {share.label}", value, None, None, "fraction",
            f"linear programme over all years that balance and agree with the tier A facts at their least total slack "
            f"({found.slack:.1f} standard deviations); no prior enters; {held}",
            (*(one.id for one in below), structure.id),
        )  # fmt: skip
    return figures


def _structure(material: str) -> Figure:
    return Figure(
        f"assumption:{material}/structure", "assumption", "structure of the network: makers, users, recipes, baskets",
        None, None, None, "-", "assumed: the topology tables, each row with its reason",
        source="assumption", locator=f"topology/{material}",
    )  # fmt: skip
