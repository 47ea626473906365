"""What drives the uncertainty: shares of a headline's variance by input, from the run's own draws.

Table ``drivers``: input, share as a fraction; optional ``kind`` (fact, prior, assumption, measure), ``conf`` (half
the interval of the whole bar) and ``headline`` (a panel each). Options: ``explained`` (sum of the shares), ``axis``.
"""

from __future__ import annotations

import textwrap

from lodestone.report.charts.theme import WIDTH, Spec, number, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import INK, QUIET

KINDS = {"fact": "#12405f", "prior": "#d9a441", "assumption": "#b3571c", "measure": "#5f8fb0"}
LINE = 68  # letters of a label on one line


def draw(chart: Chart) -> Spec:
    """Bars from the largest share down, coloured by what the input rests on, their sum beneath."""
    frame = table(chart, "drivers", ("input", "share"), ("kind", "headline", "conf"))
    frame["input"] = [_wrapped(words) for words in frame["input"]]
    bars = ["headline", "input"]
    frame["total"] = frame.groupby(bars, dropna=False)["share"].transform("sum")
    words = [_told(share, conf) for share, conf in zip(frame["total"], frame["conf"], strict=True)]
    frame["words"] = [word if first else "" for word, first in zip(words, ~frame.duplicated(bars), strict=True)]
    kinds = [kind for kind in KINDS if kind in set(frame["kind"].dropna())]
    frame["place"] = [list(KINDS).index(kind) if kind in KINDS else 0 for kind in frame["kind"]]
    headlines = order(frame, "headline")
    down: Spec = {
        "field": "input",
        "type": "nominal",
        "sort": list(dict.fromkeys(frame.sort_values("total", ascending=False, kind="stable")["input"])),
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelLimit": 445,
            "labelExpr": "split(datum.label, '\\n')",
        },
    }
    title = option(chart, "axis", "Share of the variance")
    if "explained" in chart.options:
        title += f"; these inputs, each alone, explain {number(chart, 'explained', 0.0):.0%} of it"
    across: Spec = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, max(float(frame["total"].max()) * 1.12, 0.01)], "nice": False},
        "axis": {"title": title, "format": ".0%", "tickCount": 5},
    }
    bar: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.7}, "color": INK},
        "encoding": {"x": across, "y": down},
    }
    if kinds:
        bar["encoding"]["color"] = {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": kinds, "range": [KINDS[kind] for kind in kinds]},
            "legend": {"title": "Rests on"},
        }
        bar["encoding"]["order"] = {"field": "place", "type": "quantitative"}
    told: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": QUIET, "fontSize": 10},
        "encoding": {"x": {**across, "field": "total"}, "y": down, "text": {"field": "words", "type": "nominal"}},
    }
    panel: Spec = {
        "width": WIDTH - 465,
        "height": {"step": 32 if frame["input"].str.contains("\n").any() else 19},
        "layer": [bar, told],
    }
    data: Spec = {"data": {"values": rows(frame)}}
    if len(headlines) < 2:
        return {**data, **panel}
    header = {"title": None, "labelAngle": 0, "labelOrient": "top", "labelAnchor": "start"}
    facet = {"row": {"field": "headline", "type": "nominal", "sort": headlines, "header": header}}
    return {**data, "facet": facet, "spec": panel, "resolve": {"scale": {"y": "independent"}}}


def _told(share: float, conf: float | None) -> str:
    """A share in percent, with half its interval where there is one."""
    if share < 0.01:
        return "<1\u00a0%"
    return (
        f"{100 * share:.0f}\u00a0%"
        if conf is None or conf != conf
        else f"{100 * share:.0f}\u00a0\u00b1\u00a0{100 * conf:.0f}\u00a0%"
    )


def _wrapped(words: str) -> str:
    """A label on at most two lines."""
    return "\n".join(textwrap.wrap(words, LINE, max_lines=2, placeholder=" ..."))
