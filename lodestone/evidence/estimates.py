"""Published estimates of losses beside ours: other scenarios, methods and scopes, for scale and not for a match."""

from __future__ import annotations

import pandas as pd

from lodestone.evidence.setting import Setting
from lodestone.record.figure import Figure
from lodestone.record.leaves import fact_figure

VARIABLE = "impact_estimate"
FIRM = ("A", "B")
UNITS = ("%", "billion USD")  # of a year's product, or money
COLUMNS = ["event", "figure", "source", "year"]


def published_estimates(setting: Setting, economy: str) -> tuple[pd.DataFrame, dict[str, Figure]]:
    """Estimates of tier A and B for an economy and the setting's material, each with its figure.

    Returns
    -------
    table : DataFrame
        Columns event (in the source's words), figure (id), source (producer), year; empty where nothing is published.
    figures : dict of Figure by id
    """
    rows = setting.facts.rows
    rows = rows[(rows["variable"] == VARIABLE) & (rows["economy"] == economy) & rows["unit"].isin(UNITS)]
    held = {str(element) for element in setting.network.composition["element"].to_numpy()}
    stem = setting.about.words.removesuffix("s")
    figures: dict[str, Figure] = {}
    table = []
    for fact, row in rows.iterrows():
        source = setting.facts.sources[row["source"]]
        named = {part for part in str(row["element"]).split(";") if part}
        if row["tier"] in FIRM and (named & held or (not named and stem in str(row["product"]))):
            figure = fact_figure(setting.facts, str(fact))
            figures[figure.id] = figure
            table.append((str(row["product"]), figure.id, source.producer, str(row["period"])))
    return pd.DataFrame(table, columns=COLUMNS), figures
