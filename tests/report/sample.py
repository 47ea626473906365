"""A brief of a made-up place, with every kind of chart, for the writers' tests."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lodestone.record.figure import Figure
from lodestone.report.nouns import Brief, Chart, Headline, Number, Paragraph, Section, Table


def sample_brief() -> Brief:
    leaf = Figure(
        "fact:toy/1",
        "fact",
        "toy fact",
        0.8,
        None,
        None,
        "fraction",
        "reported",
        source="Toy: yearbook",
        locator="row 1",
    )
    assumed = Figure(
        "assumption:cover",
        "assumption",
        "cover",
        5.0,
        2.0,
        9.0,
        "weeks",
        "assumed: no survey",
        source="assumption",
        locator="row 2",
    )
    share = Figure("run:ALB.share", "result", "share of Bora", 0.8, 0.7, 0.9, "fraction", "a share", ("fact:toy/1",))
    weeks = Figure(
        "run:ALB.weeks",
        "result",
        "weeks to a stop",
        12.0,
        8.0,
        float("inf"),
        "weeks",
        "a count",
        ("assumption:cover", "fact:toy/1"),
    )
    money = Figure(
        "run:ALB.money", "result", "value at stake", 3.2, 1.0, 6.0, "billion USD of 2024", "a loss", ("run:ALB.weeks",)
    )
    figures = {f.id: f for f in (leaf, assumed, share, weeks, money)}
    charts = (
        Chart("map", "map_flows", "Where it comes from.", "A map.", {
            "exposure": pd.DataFrame({"iso_numeric": ["392", "276"], "value": [0.8, 0.4]}),
            "flows": pd.DataFrame({"from_lon": [104.0], "from_lat": [35.0], "to_lon": [138.0], "to_lat": [36.0], "value": [10.0], "to_name": ["Alba"], "from_name": ["Bora"]}),
        }, {}),
        Chart("way", "sankey", "The way.", "Ribbons.", {
            "nodes": pd.DataFrame({"id": ["m", "s", "u"], "layer": ["mine", "separation", "use"], "label": ["Bora", "Bora", "Alba"], "value": [1.0, 1.0, 1.0]}),
            "links": pd.DataFrame({"from": ["m", "s"], "to": ["s", "u"], "value": [1.0, 1.0]}),
        }, {}),
        Chart("heat", "exposure_heat", "Shares.", "A grid.", {"shares": pd.DataFrame({"element": ["La", "Ce"], "stage": ["mine", "mine"], "value": [0.5, 0.9]})}, {}),
        Chart("dots", "weeks_to_shortage", "Weeks.", "Dots.", {"weeks": pd.DataFrame({"sector": ["wind"] * 3, "cover": ["low", "central", "high"], "rule": ["pro rata"] * 3, "value": [3.0, 8.0, None]})}, {"horizon": 52.0}),
        Chart("bands", "shortage_bands", "Bands.", "Lines.", {"bands": pd.DataFrame([(w, "pro rata", 0.0, 0.1, 0.2, 0.3, 0.4) for w in range(10)], columns=["week", "rule", "q05", "q25", "q50", "q75", "q95"])}, {}),
        Chart("drivers", "drivers", "Drivers.", "Bars.", {"drivers": pd.DataFrame({"input": ["cover"], "share": [0.6], "kind": ["assumption"]})}, {"explained": 0.6}),
        Chart("months", "monthly_compare", "Months.", "A line.", {"months": pd.DataFrame({"month": ["2025-04", "2025-05"], "observed": [1.0, None], "simulated": [1.1, 0.9], "low": [0.8, 0.6], "high": [1.4, 1.2]})}, {}),
        Chart("measures", "timeline", "Measures.", "Bars in time.", {"measures": pd.DataFrame({"measure": ["No. 18"], "start": ["2025-04-04"], "end": [None], "status": ["in force"]})}, {"as_of": "2026-11-23"}),
        Chart("stocks", "plan_stocks", "Stocks.", "Areas and lines.", {"stocks": pd.DataFrame({"date": ["2027-01-01", "2028-01-01"], "product": ["oxide"] * 2, "worth": [1.0, 2.0], "weeks": [4.0, 8.0], "what": ["4 weeks", "8 weeks"]})}, {}),
        Chart("frontier", "plan_frontier", "Frontier.", "A falling line.", {"points": pd.DataFrame({"cost": [0.0, 5.0], "loss": [9.0, 2.0], "what": ["no plan", "9 < 10 & so"], "chosen": [False, True]})}, {}),
        Chart("gain", "unity_gain", "Gain.", "Bars and dots.", {"members": pd.DataFrame({"member": ["Alba", "Bora"], "share": [2.0, 1.0], "low": [1.0, None], "high": [3.0, None], "saves": [3.5, -0.5], "what": ["2", "1"]})}, {}),
        Chart("left", "reserve_left", "Left.", "Falling lines.", {"weeks": pd.DataFrame([(w, c, 1.0 - w / 4) for w in range(3) for c in ("all", "one")], columns=["week", "case", "share"])}, {}),
        Chart("leverage", "leverage", "Leverage.", "Two panels.", {"quarters": pd.DataFrame([(q, s, r, 1.0, 2.0 * q, 3.0 * q) for q in (1, 2) for s in ("own", "members") for r in ("nothing", "reserve")], columns=["quarter", "side", "response", "low", "middle", "high"])}, {"own": "Alba's own loss", "members": "Members' loss"}),
    )  # fmt: skip
    table = Table(
        "stakes",
        "What is lost.",
        (("sector", "Sector"), ("value", "Value")),
        ({"sector": "wind", "value": Number(money.id, "money")},),
    )
    return Brief(
        title="Alba: what a toy ban would mean", subtitle="A test", economy="ALB", economy_name="Alba", scenario="toy",
        marking="Test", written=dt.date(2026, 11, 23), as_of=dt.date(2026, 11, 23), status_line="A scenario, not a report.",
        headlines=(
            Headline("Share", Number(share.id, "share"), "medium", Paragraph(("Of imports; ", Number(weeks.id, "weeks"), " left."))),
            Headline("Weeks", Number(weeks.id, "weeks"), "assumed", Paragraph(("Assumed.",))),
        ),
        sections=(Section("main", "Main", (Paragraph(("In words: ", Number(money.id, "money"), ".")), table, *charts)),),
        figures=figures, warnings=("Stocks are secret.",), run="toy",
    )  # fmt: skip
