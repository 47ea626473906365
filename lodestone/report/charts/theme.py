"""What all charts share: fonts, ink, sizes, and the check of a chart's tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lodestone.errors import FigureError
from lodestone.report.fonts import STACK
from lodestone.report.nouns import Chart
from lodestone.report.palette import INK, QUIET, RULE

WIDTH = 680
Spec = dict[str, Any]

CONFIG: Spec = {
    "aria": False,
    "background": "#ffffff",  # half-shaded ribbons on no ground come out dull as PNG
    "font": STACK,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "gridColor": "#e6eaee",
        "domainColor": RULE,
        "tickColor": RULE,
        "labelLimit": 260,
        "titleLimit": 600,
    },
    "header": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelFontWeight": "bold",
        "titleColor": QUIET,
        "labelLimit": 420,
        "labelPadding": 6,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "orient": "top",
        "labelLimit": 320,
        "titleLimit": 400,
        "symbolStrokeWidth": 2,
    },
    "text": {"fontSize": 11, "color": INK},
}


def table(chart: Chart, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> pd.DataFrame:
    """One of a chart's tables, with its optional columns filled by nothing.

    Raises
    ------
    FigureError
        If the table or one of its required columns is missing.
    """
    if name not in chart.data:
        raise FigureError(f"chart '{chart.name}' ({chart.kind}) has no table '{name}'. Put it into Chart.data.")
    frame = chart.data[name].copy()
    absent = [column for column in required if column not in frame.columns]
    if absent:
        raise FigureError(
            f"table '{name}' of chart '{chart.name}' ({chart.kind}) lacks the columns {', '.join(absent)}. "
            f"It needs {', '.join(required)}."
        )
    for column in optional:
        if column not in frame.columns:
            frame[column] = None
    return frame.reset_index(drop=True)


def rows(frame: pd.DataFrame) -> list[Spec]:
    """A table as the list of objects a specification holds; absent values become null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): _plain(value) for key, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    """A value JSON knows."""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def option(chart: Chart, name: str, default: str) -> str:
    """A text option of a chart."""
    return str(chart.options.get(name, default))


def number(chart: Chart, name: str, default: float) -> float:
    """A numeric option of a chart."""
    return float(chart.options.get(name, default))


def order(frame: pd.DataFrame, column: str) -> list[str]:
    """The labels of a column in the order they first come."""
    return [str(label) for label in dict.fromkeys(frame[column].dropna())]
