"""From a `Chart` to a picture: dispatch by kind, render without a browser, make the picture repeatable."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache

from lodestone.errors import FigureError
from lodestone.report.charts.theme import CONFIG, Spec
from lodestone.report.fonts import FOLDER
from lodestone.report.nouns import Chart

KINDS = (
    "map_flows",
    "sankey",
    "exposure_heat",
    "weeks_to_shortage",
    "shortage_bands",
    "drivers",
    "monthly_compare",
    "timeline",
    "plan_stocks",
    "plan_frontier",
    "unity_gain",
    "reserve_left",
    "leverage",
)
PIXELS_PER_POINT = 2.0


@dataclass(frozen=True)
class Picture:
    """A drawn chart: the same picture as SVG text and as PNG bytes."""

    name: str
    svg: str
    png: bytes


def specification(chart: Chart) -> Spec:
    """The Vega-Lite specification of a chart, drawn by ``charts/<kind>.py``.

    Raises
    ------
    FigureError
        If no file draws the kind, or the chart's tables lack a column.
    """
    if chart.kind not in KINDS:
        raise FigureError(f"no chart kind '{chart.kind}' ({chart.name}). Use one of {', '.join(KINDS)}.")
    spec: Spec = importlib.import_module(f"lodestone.report.charts.{chart.kind}").draw(chart)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": CONFIG, **spec}


@cache
def start_renderer() -> None:
    """Start vl-convert with the package's fonts: a second the first picture need not wait for if it is called before."""
    import vl_convert

    vl_convert.register_font_directory(str(FOLDER))
    vl_convert.vega_to_svg({"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": []}, allowed_base_urls=[])


def svg(chart: Chart) -> str:
    """A chart as SVG: the same bytes each time, ids its own, alternative text inside."""
    import vl_convert

    start_renderer()
    drawn = vl_convert.vegalite_to_svg(specification(chart), allowed_base_urls=[])
    return _labelled(_spoken(_own_ids(drawn, chart.name)), chart.alternative)


def picture(chart: Chart) -> Picture:
    """A chart as SVG and PNG."""
    import vl_convert

    text = svg(chart)
    return Picture(chart.name, text, vl_convert.svg_to_png(text, scale=PIXELS_PER_POINT))


def _own_ids(drawn: str, name: str) -> str:
    """Rename ids, which count up over a process, so that bytes repeat and pictures can share a page."""
    found = list(dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn)))
    for place, old in enumerate(found):
        new = f"{name}-{place}"
        drawn = drawn.replace(f'id="{old}"', f'id="\0{new}"')
        drawn = drawn.replace(f"url(#{old})", f"url(#\0{new})").replace(f'href="#{old}"', f'href="#\0{new}"')
    return drawn.replace("\0", "")


def _labelled(drawn: str, alternative: str) -> str:
    """Put the alternative text into the picture's root as its title."""
    title = alternative.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"(<svg\b[^>]*?)>", rf'\1 role="img"><title>{_verbatim(title)}</title>', drawn, count=1)


def _spoken(drawn: str) -> str:
    """Give marks that have a description a title: a browser shows it to who points at them, without a script."""
    return re.sub(r'(<path aria-label="([^"]*)"[^>]*?)/>', r"\1><title>\2</title></path>", drawn)


def _verbatim(text: str) -> str:
    """Text safe as a replacement pattern."""
    return text.replace("\\", r"\\")
