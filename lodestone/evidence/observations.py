"""Months that customs published, from a file or from the facts, each cell once and every fault with its row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lodestone.errors import FactError, Fault, Faults
from lodestone.evidence.months import VARIABLE
from lodestone.facts.calendar import publication_day, read_calendars
from lodestone.facts.check_labels import read_labels
from lodestone.facts.documents import MAX_CSV_BYTES, read_text
from lodestone.facts.nouns import STATUSES, FactTable

NEEDED = ("month", "period_type", "hs_code", "destination_iso3", "quantity_t", "method")
COLUMNS = ["line", "month", "destination", "value", "row", "known_from", "rank", "period"]
KEY = ["line", "month", "destination"]
CALENDAR = "customs"
DESTINATION = re.compile(
    r"[A-Z]{3}\Z"
)  # any country may stand in a file of customs; only those of the network are scored
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True)
class Observations:
    """Gross tonnes by customs line, month and destination, each once; totals of whole years; what was set aside.

    ``months`` and ``years`` (month is the December) have columns line, month, destination, value [t gross],
    row (where it stands), known_from. ``set_aside`` says, row by row, what was not used and why.
    """

    months: pd.DataFrame
    years: pd.DataFrame
    set_aside: tuple[str, ...]


def read_months(path: Path, folder: Path) -> Observations:
    """The months of a CSV file with the columns of ``NEEDED``; others are kept out of it.

    A month counts as known when the publication calendar of customs says so. Repeated, cumulated and empty
    rows are set aside by row; of repeated ones the first with the firmest method is kept.

    Raises
    ------
    Faults
        All cells that cannot be read, and missing columns.
    """
    reader = csv.DictReader(io.StringIO(read_text(path, MAX_CSV_BYTES)))
    given = [name for name in (reader.fieldnames or []) if name]
    if missing := [name for name in NEEDED if name not in given]:
        step = f"Give the columns {', '.join(NEEDED)}."
        raise Faults([Fault(path.name, 1, None, f"lacks the columns {', '.join(missing)}", step)])
    rule = read_calendars(folder)[CALENDAR]
    known_places = read_labels(folder).economies
    faults: list[Fault] = []
    rows, aside, lineless = [], [], []
    for record in reader:
        number, row = reader.line_num, {name: (record.get(name) or "").strip() for name in NEEDED}
        here, before = f"{path.name}:{number}", len(faults)
        if not MONTH.match(row["month"]):
            faults.append(Fault(path.name, number, "month", f"'{row['month'][:20]}' is no month", "Write YYYY-MM."))
        if row["method"] not in STATUSES:
            step = f"Use one of {', '.join(STATUSES)}."
            faults.append(Fault(path.name, number, "method", f"'{row['method'][:20]}' is not known", step))
        if not (DESTINATION.match(row["destination_iso3"]) or row["destination_iso3"] in known_places):
            step = "Write its ISO 3166 alpha-3 code, or a label of labels/economies.csv."
            what = f"'{row['destination_iso3'][:20]}' is no destination"
            faults.append(Fault(path.name, number, "destination_iso3", what, step))
        value = _tonnes(path.name, number, row["quantity_t"], faults)
        if len(faults) > before:
            continue
        if not row["hs_code"].isdigit():
            lineless.append(here)
            continue
        if value is None:
            aside.append(f"{here}: {row['hs_code']} {row['month']} {row['destination_iso3']} has no tonnes")
            continue
        period = "month" if row["period_type"] == "month" else _window(row["period_type"], row["month"])
        known = pd.Timestamp(publication_day(rule, row["month"]))
        rank = STATUSES.index(row["method"])
        rows.append((row["hs_code"], row["month"], row["destination_iso3"], value, here, known, rank, period))
    if faults:
        raise Faults(faults)
    if lineless:
        aside.append(f"{lineless[0]}: no single customs line, as in {len(lineless)} rows, which are not scored")
    return settle(pd.DataFrame(rows, columns=COLUMNS), tuple(aside))


def fact_months(facts: FactTable, origin: str, folder: Path) -> Observations:
    """The months among the facts of one exporter; the row of each is its id.

    Customs had published a month by their calendar even where our row derives it from a later source, and
    whoever forecast from the last month knew it: so the calendar, not the row, says when a month was out.

    Raises
    ------
    FactError
        If there are none.
    """
    rows = facts.rows
    rows = rows[(rows["variable"] == VARIABLE) & (rows["economy"] == origin) & (rows["unit"] == "t")]
    rows = rows[rows["value"].notna() & rows["product"].str.isdigit()]
    if rows.empty:
        raise FactError(f"no monthly exports of {origin} are among the facts. Give a file with --observations.")
    last = rows["period"].str.split("..", regex=False).str[-1]
    whole = last.str[:4] + "-01.." + last.str[:4] + "-12"
    rule = read_calendars(folder)[CALENDAR]
    table = pd.DataFrame({
        "line": rows["product"], "month": last, "destination": rows["partner"], "value": rows["value"],
        "row": rows.index, "known_from": [pd.Timestamp(publication_day(rule, month)) for month in last],
        "rank": [STATUSES.index(status) for status in rows["status"]],
        "period": rows["period"].where(rows["period"] != last, "month").where(rows["period"] != whole, "year"),
    })  # fmt: skip
    return settle(table[table["month"].str.match(MONTH)].reset_index(drop=True), ())


def settle(table: pd.DataFrame, aside: tuple[str, ...]) -> Observations:
    """Each cell once: the firmest status, then the earlier known, then the first; the rest is named.

    Examples
    --------
    >>> day = pd.Timestamp(2025, 6, 20)
    >>> twice = [("85", "2025-05", "AAA", v, f"f:{k}", day, r, "month") for k, v, r in ((2, 7.0, 1), (3, 8.0, 0))]
    >>> found = settle(pd.DataFrame(twice, columns=COLUMNS), ())
    >>> found.months["value"].tolist(), found.set_aside
    ([8.0], ('f:2: 85 2025-05 AAA stands twice; f:3 is used (8 t, here 7 t)',))
    """
    ordered = table.sort_values([*KEY, "rank", "known_from"], kind="stable")
    single, notes = {}, list(aside)
    for kind, part in (
        ("month", ordered[ordered["period"] == "month"]),
        ("year", ordered[ordered["period"] == "year"]),
    ):
        kept = part.drop_duplicates(KEY)
        used = kept.set_index(KEY)[["row", "value"]]
        for row in part.loc[part.index.difference(kept.index, sort=False)].itertuples():
            other = used.loc[(row.line, row.month, row.destination)]
            cell = f"{row.line} {row.month} {row.destination}"
            notes.append(
                f"{row.row}: {cell} stands twice; {other['row']} is used ({other['value']:g} t, here {row.value:g} t)"
            )
        single[kind] = kept[[*KEY, "value", "row", "known_from"]].reset_index(drop=True)
    for row in ordered[ordered["period"] != "month"].itertuples():
        why = "a year's total, for the mean month alone" if row.period == "year" else f"cumulated ({row.period})"
        notes.append(f"{row.row}: {row.line} {row.month} {row.destination} is {why}, and is not scored as a month")
    return Observations(single["month"], single["year"], tuple(notes))


def gaps(months: pd.DataFrame, wanted: list[str]) -> tuple[str, ...]:
    """Months of a window that a destination lacks between two that it has, with the rows around them.

    >>> rows = [("85", "2025-04", "AAA", "f:2"), ("85", "2025-06", "AAA", "f:3")]
    >>> gaps(pd.DataFrame(rows, columns=[*KEY, "row"]), ["2025-04", "2025-05", "2025-06"])
    ('f:2, f:3: 85 AAA has no 2025-05 between them, which is not scored',)
    """
    found = []
    for (line, destination), part in months[months["month"].isin(wanted)].groupby(["line", "destination"]):
        part = part.sort_values("month")
        rows = dict(zip(part["month"], part["row"], strict=True))
        for before, after in zip(part["month"].iloc[:-1], part["month"].iloc[1:], strict=True):
            lacking = [month for month in wanted if before < month < after]
            if lacking:
                span = lacking[0] if len(lacking) == 1 else f"{lacking[0]} to {lacking[-1]}"
                found.append(f"{rows[before]}, {rows[after]}: {line} {destination} has no {span} between them, "
                             "which is not scored")  # fmt: skip
    return tuple(found)


def _tonnes(file: str, number: int, text: str, faults: list[Fault]) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < 1e12:
        faults.append(Fault(file, number, "quantity_t", f"'{text[:20]}' is no quantity", "Write tonnes, 0 or more."))
        return None
    return value


def _window(kind: str, month: str) -> str:
    return "year" if kind == "cumulative_ytd" and month.endswith("-12") else kind
