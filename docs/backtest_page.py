"""Score the cases of the back-test page and write it: ``python docs/backtest_page.py`` (``make backtest``)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.chain import backtest
from lodestone.evidence.backtest import FORECAST, Backtest
from lodestone.evidence.find_backtest import COLUMNS, FILE
from lodestone.evidence.naive import NAMES
from lodestone.evidence.requests import BacktestRequest
from lodestone.evidence.scores import LEAST_BLOCKS, TOO_NARROW, band_verdict
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts

REFERENCE = Path(__file__).parent / "reference"
ROOT = Path(__file__).parent.parent
GRAPHITE = ("examples/backtest/graphite_months.csv",)
APRIL = BacktestRequest("april-2025-uninformed", "2025-04-04", lines=("85051110",), mutate=True)
CASES = {
    "magnets": APRIL,
    "magnets, relative": dataclasses.replace(APRIL, relative=True),
    "magnets, informed": dataclasses.replace(APRIL, scenario="april-2025-controls"),
    "graphite": BacktestRequest("graphite-december-2023", "2023-12-01", observations=GRAPHITE, mutate=True),
    "graphite, terms of April 2025": BacktestRequest(
        "graphite-2023-april-terms", "2023-12-01", observations=GRAPHITE, mutate=True
    ),
}
HEAD = (REFERENCE / "backtest" / "head.txt").read_text(encoding="utf-8")
ABSENT = [
    "## What was not out yet", "",
    "Rows of the forecast's baseline whose figure came out after the date. The nearest year of the same series that was "
    "out stands in, with the wider standard deviation of its age; otherwise the prior fills the cells.", "",
]  # fmt: skip
TAIL = (REFERENCE / "backtest" / "tail.txt").read_text(encoding="utf-8")


def typed(request: BacktestRequest) -> str:
    """The command of a case."""
    words = ["lodestone backtest", request.scenario, "--as-of", request.as_of]
    words += [f"--observations {path}" for path in request.observations]
    words += [f"--line {line}" for line in request.lines]
    words += [flag for flag, on in (("--relative", request.relative), ("--mutate", request.mutate)) if on]
    return " ".join(words)


def reading(name: str, found: Backtest) -> list[str]:
    """What the numbers of a case say, in sentences made of them."""
    lines = [f"**{name[0].upper()}{name[1:]}** ({found.mode}).", ""]
    lines += [f"- *Why not a forecast:* {reason}." for reason in found.reasons]
    if found.stand_ins + found.left_to_prior:
        lines.append(
            f"- *Baseline of the day:* {len(found.stand_ins)} earlier figures stand in for later ones, "
            f"{len(found.left_to_prior)} observations are left to the prior ([named below](#what-was-not-out-yet))."
        )
    for row in found.score.sets.itertuples():
        low = band_verdict(row.inside_90_low, row.inside_90_high)
        lines.append(
            f"- *{row.set.capitalize()}*: {row.cells} cells. The 90 % bands hold {row.inside_90:.0%} "
            f"({row.inside_90_low:.0%} to {row.inside_90_high:.0%}): {low}."
        )
        part = found.score.differences[found.score.differences["set"] == row.set]
        for one in part.itertuples():
            lines.append(f"  - against {NAMES[one.naive]}: {one.difference:+,.0f} ({one.low:+,.0f} to {one.high:+,.0f}), "
                         f"{one.verdict}.")  # fmt: skip
    for row in found.mutation.itertuples():
        way = "worse" if row.difference > 0 else "better"
        sure = (
            "too few months to claim anything" if row.blocks < LEAST_BLOCKS
            else "the interval excludes zero" if row.low > 0 or row.high < 0
            else "the interval holds zero"
        )  # fmt: skip
        lines.append(
            f"- *Mutated*, {row.set}, {row.months} months: CRPS {row.crps:,.0f} becomes {row.crps_mutated:,.0f}, {way} "
            f"({row.low:+,.1f} to {row.high:+,.1f}; {sure})."
        )
    if len(found.changed):
        lines.append("- *Mutated terms drew*, on average: " + "; ".join(map(_moved, found.changed.itertuples())) + ".")
    return [*lines, ""]


def _moved(row: Any) -> str:
    """What became of one input."""
    gone = row.mutated != row.mutated
    return f"`{row.input}` {row.own:.2f}, {'gone' if gone else f'now {row.mutated:.2f}'}"


def not_out(found: dict[str, Backtest]) -> pd.DataFrame:
    """Rows of a forecast's baseline whose figure was not out by the date, and what stands in, each once."""
    rows = [
        (one.as_of, *text.split(": ", 1))
        for one in found.values()
        for text in (*one.stand_ins, *(f"{name}: the prior" for name in one.left_to_prior))
    ]
    return pd.DataFrame(rows, columns=["as_of", "row", "in_its_place"]).drop_duplicates()


def verdicts(found: dict[str, Backtest], known_from: str) -> pd.DataFrame:
    """What a brief says of the bands: a row for each case and set, forecasts first."""
    order = sorted(found, key=lambda name: found[name].mode != FORECAST)
    rows = [
        (name, found[name].material, found[name].scenario, found[name].mode, found[name].as_of, row.set, row.cells,
         row.inside_90, row.inside_90_low, row.inside_90_high, band_verdict(row.inside_90_low, row.inside_90_high), known_from)
        for name in order
        for row in found[name].score.sets.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def in_short(found: dict[str, Backtest]) -> list[str]:
    """How many differences say anything, and whether any is a skill."""
    rows = pd.concat([one.score.differences.assign(case=name) for name, one in found.items()], ignore_index=True)
    few, better = rows["blocks"] < LEAST_BLOCKS, rows["verdict"].str.startswith(("better", "skill"))
    narrow = sum(
        band_verdict(row.inside_90_low, row.inside_90_high) == TOO_NARROW
        for one in found.values()
        for row in one.score.sets.itertuples()
    )
    sets = sum(len(one.score.sets) for one in found.values())
    return [
        f"In short: of {len(rows)} differences {few.sum()} rest on too few months, {better.sum()} show lower scores than the "
        f"naive forecast ({'; '.join(dict.fromkeys(rows.loc[better, 'case'])) or 'none'}), and "
        f"{(rows['verdict'] == 'skill').sum()} may be called skill. Of {sets} sets of cells {narrow} have 90 % bands that are "
        "too narrow.",
        "",
        *of_forecasts(rows[rows["case"].map(lambda name: found[name].mode == FORECAST)]),
    ]


def of_forecasts(rows: pd.DataFrame) -> list[str]:
    """What the forecasts alone show, for they are the headline."""
    if rows.empty:
        return []
    off = rows["difference"] / rows["crps_naive"]
    worst, sure = rows.loc[off.idxmax()], ((rows["high"] < 0) & (rows["blocks"] >= LEAST_BLOCKS)).sum()
    return [
        f"The forecasts ({'; '.join(rows['case'].unique())}) score lower than the naive ones in {(off < 0).sum()} of {len(rows)} "
        f"differences, in {sure} for sure; at worst {off.max():.0%} higher ({worst['case']}, {worst['set']}, against "
        f"{NAMES[worst['naive']]}).",
        "",
    ]


def table(file: str) -> list[str]:
    """A CSV file of the page's folder as a table."""
    return ["```{csv-table}", f":file: backtest/{file}", ":header-rows: 1", "```", ""]


def main() -> None:
    """Write ``docs/reference/backtest.md``, the tables beside it, and the verdicts a brief reads."""
    folder = REFERENCE / "backtest"
    found = {
        name: backtest(dataclasses.replace(one, observations=tuple(str(ROOT / path) for path in one.observations)))
        for name, one in CASES.items()
    }

    def joined(pick: str) -> pd.DataFrame:
        parts = [
            getattr(one.score, pick, None) if hasattr(one.score, pick) else getattr(one, pick) for one in found.values()
        ]
        return pd.concat([part.assign(case=name) for name, part in zip(found, parts, strict=True)])

    for name in ("sets", "differences", "mutation", "cells"):
        parts = joined(name)
        parts.insert(0, "case", parts.pop("case"))
        parts.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4g")
    cells = pd.read_csv(folder / "cells.csv", dtype={"product": str})
    show = [
        "case",
        "month",
        "observed",
        "p05",
        "median",
        "p95",
        "crps",
        "crps_persistence",
        "crps_seasonal",
        "crps_cut",
    ]
    cells.loc[cells["set"] == "world", show].to_csv(
        folder / "world.csv", index=False, lineterminator="\n", float_format="%.4g"
    )
    verdicts(found, read_facts().as_of.isoformat()).to_csv(
        data_folder() / FILE, index=False, lineterminator="\n", float_format="%.4g"
    )
    stops = pd.concat(
        [one.stops.assign(case=name) for name, one in found.items() if name in ("magnets", "magnets, informed")]
    )
    keep = ["case", "economy", "sector", "reported", "week", "p05", "median", "p95", "chance_by_then", "crps", "crps_never",
            "crps_at_once"]  # fmt: skip
    stops[keep].to_csv(folder / "stops.csv", index=False, lineterminator="\n", float_format="%.3g")
    absent = not_out(found)
    absent.to_csv(folder / "not_out.csv", index=False, lineterminator="\n")
    missing = [*ABSENT, *table("not_out.csv")] if len(absent) else []
    forecasts = [name for name, one in found.items() if one.mode == FORECAST]
    headline = "; ".join(forecasts) or "none of the cases below: each says why"
    page = [
        HEAD.strip(), "", f"**May be called a forecast**: {headline}. A claim needs {LEAST_BLOCKS} blocks of months.", "",
        "```console proof", *(f"$ {typed(one)}" for one in CASES.values()), "```", "", "## Reading", "", *in_short(found),
        *(line for name, one in found.items() for line in reading(name, one)),
        "## Months, all destinations together", "", *table("world.csv"),
        "## Coverage, width and scores", "", *table("sets.csv"),
        "## Differences to the naive forecasts", "", *table("differences.csv"),
        "## Mutated terms", "", *table("mutation.csv"), *missing, "## First stops", "", *table("stops.csv"), TAIL.strip(), "",
    ]  # fmt: skip
    (REFERENCE / "backtest.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
