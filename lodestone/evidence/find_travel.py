"""How far a shortage travels: the first year's direct loss sent through an input-output table."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lodestone.evidence.find_values import to_2024
from lodestone.evidence.setting import Setting
from lodestone.impact.embedded import at_newest_level, essential_flags, read_embedded
from lodestone.impact.figures import indirect_figures
from lodestone.impact.indirect import DRAWN, IndirectLoss, indirect_loss
from lodestone.impact.nouns import Impact
from lodestone.impact.table import InputOutputTable
from lodestone.labels import expand, in_sentences, load_labels
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure

SHOWN = 6  # economies and industries named one by one
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Travel:
    """Figures by id, the ids a page leads with, and what it shows.

    ``economies`` and ``industries``: label (a label; a name), figure (id), those that lose most first. ``chart``: week,
    panel, q05 to q95 of value added lost a week at home. ``notes`` say what the table is and how old.
    ``why_not`` says why nothing was sent, where nothing was.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    headline: dict[str, str] = field(default_factory=dict)
    economies: pd.DataFrame = field(default_factory=pd.DataFrame)
    industries: pd.DataFrame = field(default_factory=pd.DataFrame)
    chart: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Ground:
    """A table, its concordance, its flags of essential inputs, and the names of its sectors."""

    table: InputOutputTable
    concordance: pd.DataFrame
    essential: np.ndarray | None
    names: dict[str, str]


def embedded_ground(setting: Setting) -> Ground:
    """The table of the data folder at the newest level known by the setting's date."""
    held = read_embedded(setting.folder / "wiod" / "2011")
    economies = load_labels(setting.folder / "labels", "economies")
    table = at_newest_level(held, setting.facts, economies, to_2024(setting))
    return Ground(table, held.concordance, essential_flags(held), held.concordance["name"].to_dict())


def find_travel(
    setting: Setting, ground: Ground, impact: Impact, prefix: str, below: tuple[str, ...], request: Any, watch: Any,
    draws: int = 128,
) -> tuple[Travel, IndirectLoss | None]:  # fmt: skip
    """Send an impact through a table and say where the loss arrives.

    Parameters
    ----------
    prefix : str
        Of the figures' ids.
    below : ids the direct loss rests on
    request : with seed and threads
    """
    economies = load_labels(setting.folder / "labels", "economies")
    spoken = in_sentences(economies).get(impact.economy, impact.economy)
    if not impact.sectors:
        return Travel(
            why_not=f"No value added of {spoken} is published, so there is no direct loss to follow through the table."
        ), None
    home = [name for name in ground.table.economies if name in expand(impact.economy, economies)]
    if not home:
        return Travel(why_not=f"The table has no row of its own for {spoken}."), None
    if not impact.share_lost.any():
        return Travel(why_not="No sector falls short in any draw, so nothing travels."), None
    ticker: AbstractContextManager[Any] = watch(
        "following the loss through the table", min(draws, len(impact.share_lost[0]))
    )
    with ticker as tick:
        loss = indirect_loss(
            ground.table, ground.concordance, ground.essential, impact, economies, setting.assumptions, request.seed,
            finished=_finished(setting, impact), draws=draws, threads=request.threads, progress=tick,
        )  # fmt: skip
    figures = {
        f"assumption:propagation.{name}": assumption_figure(setting.assumptions[f"propagation.{name}"])
        for name in DRAWN
    }
    table = Figure(
        f"table:{ground.table.source}", "parameter", "input-output table", float(loss.structure_year), None, None, "year",
        "; ".join(loss.notes), source=ground.table.source, locator="structure of that year, money brought to the newest level",
    )  # fmt: skip
    figures[table.id] = table
    followed = Figure(
        f"{prefix}.travel.draws", "parameter", "draws followed through the table", float(loss.value_added.shape[1]), None,
        None, "draws", "the first draws of the run", source="this run", locator="scenario and request of the run",
    )  # fmt: skip
    figures[followed.id] = followed
    made = indirect_figures(prefix, loss, home, (*below, *figures))
    figures |= {figure.id: figure for figure in made.values()}
    headline = {f"travel.{word}": made[word].id for word in ("direct", "indirect", "both", "abroad", "output")}
    headline |= {
        "travel.draws": followed.id,
        "travel.table": table.id,
        "travel.stocks": "assumption:propagation.inventory_days",
    }
    abroad = [name for name in loss.economies if name not in home]
    return Travel(
        figures, headline, _largest("economy", abroad, made, {}),
        _largest("industry", list(loss.industries), made, ground.names),
        _weekly(loss), loss.notes,
    ), loss  # fmt: skip


def _finished(setting: Setting, impact: Impact) -> frozenset[str]:
    rows = pd.read_csv(setting.folder / "labels" / "sectors.csv", dtype=str, keep_default_na=False)
    makes = dict(zip(rows["label"], rows["makes"], strict=True))
    makes |= {sector: word for sector, word in zip(impact.sectors, impact.makes, strict=True) if word}
    return frozenset(sector for sector, word in makes.items() if word == "finished")


def _largest(kind: str, labels: list[str], made: dict[str, Figure], names: dict[str, str]) -> pd.DataFrame:
    rows = sorted(labels, key=lambda label: -(made[f"{kind}.{label}"].value or 0.0))[:SHOWN]
    return pd.DataFrame(
        [(names.get(label, label), made[f"{kind}.{label}"].id) for label in rows], columns=["label", "figure"]
    )


def _weekly(loss: IndirectLoss) -> pd.DataFrame:
    rows = []
    for part, weekly in zip(loss.parts, loss.value_added, strict=True):
        bands = np.quantile(weekly, BAND, axis=0)
        rows += [(week, part, *bands[:, week]) for week in range(weekly.shape[1])]
    return pd.DataFrame(rows, columns=["week", "panel", "q05", "q25", "q50", "q75", "q95"])
