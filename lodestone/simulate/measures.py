"""One measure: from a row of the catalogue or an entry of a scenario file to a `Measure`.

A catalogue row first becomes the mapping its author would have written in a scenario file; the
file's own keys replace it; then both go through the same checks.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from lodestone.facts.assumptions import Assumption
from lodestone.simulate.licence_terms import read_terms, uninformed_terms
from lodestone.simulate.nouns import MEASURE_KINDS, LicenceTerms, Measure, Range
from lodestone.simulate.scenario_fields import (
    EVERYTHING,
    Reading,
    a_date,
    a_label,
    a_mapping,
    a_range,
    a_text,
    did_you_mean,
    range_of,
    shown,
    some_economies,
    some_labels,
)
from lodestone.simulate.scenario_text import Place

MEASURE_KEYS = (
    "id",
    "issuer",
    "kind",
    "elements",
    "elements_in_alloys",
    "forms",
    "products",
    "end_uses",
    "targets",
    "announced",
    "effective",
    "ended",
    "suspended",
    "suspends",
    "blocked_share",
    "quota_share",
    "licence",
    "over_compliance_share",
    "over_compliance_weeks",
    "rerouted_share",
    "rerouting_weeks",
    "front_loading_share",
    "threshold",
    "rate",
    "delay_weeks",
    "stages",
    "border",
    "reference",
    "origin",
    "issuer_cost",
    "note",
)
BORDERS = ("export", "import")
_SYNONYMS = {"extraterritorial_de_minimis": "content_rule", "de_minimis": "content_rule"}
_LISTS = ("elements", "elements_in_alloys", "forms", "end_uses", "targets")
_SCOPED = ("ban", "quota", "licence", "entity_list", "end_user_ban", "content_rule", "tariff", "enforcement")
_WITH_NEIGHBOURS = ("ban", "licence")
_STOPS = ("ban", "entity_list", "end_user_ban")


def catalogue_entries(measures: pd.DataFrame) -> dict[str, dict[str, object]]:
    """The measures catalogue as scenario-file mappings, by id.

    Parameters
    ----------
    measures : DataFrame
        Text columns id, issuer, announced, effective, suspended, ended, kind, scope_text, elements,
        elements_in_alloys, forms, end_uses, targets (joined by ";"), suspended_until, end_known_from,
        threshold, legal_reference, restatement_of, note, known_from. Dates may be a year or a month only: the
        first day for a beginning, the last for an end.
    """
    text = measures.astype("string").fillna("")
    ids = tuple(text["id"])
    return {row["id"]: _entry(row, ids) for row in text.to_dict("records")}


def _entry(row: Mapping[str, str], ids: tuple[str, ...]) -> dict[str, object]:
    kind = re.sub(r"[^a-z]+", "_", row["kind"].lower()).strip("_")
    entry: dict[str, object] = {
        "id": row["id"],
        "issuer": row["issuer"],
        "kind": _SYNONYMS.get(kind, kind),
        "reference": row.get("legal_reference", ""),
        "origin": row["id"],
    }
    for key in _LISTS:
        entry[key] = [part.strip() for part in row.get(key, "").split(";") if part.strip()]
    for key in ("announced", "effective"):
        entry[key] = _day(row.get(key, ""), last=False)
    entry["ended"] = _day(row.get("ended", ""), last=True)
    rests, resumes = (_day(row.get(key, ""), last=False) for key in ("suspended", "suspended_until"))
    entry["suspended"] = [{"from": rests, "to": resumes}] if rests else None
    percent = re.search(r"(\d+(?:\.\d+)?) ?%", row.get("threshold", ""))
    if percent and entry["kind"] in ("content_rule", "tariff"):
        entry["threshold" if entry["kind"] == "content_rule" else "rate"] = float(percent.group(1)) / 100
    if entry["kind"] == "suspension":
        words = " ".join(row.get(key, "") for key in ("scope_text", "effect", "note"))
        entry["suspends"] = [
            other for other in ids if other != row["id"] and re.search(rf"{re.escape(other)}\b", words)
        ]
    entry["restatement_of"] = row.get("restatement_of", "")
    for key in ("known_from", "end_known_from"):
        entry[key] = _day(row.get(key, ""), last=True)
    return entry


def _day(text: str, last: bool) -> dt.date | None:
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text.strip())
    if not parts:
        return None
    year, month, day = (int(part) if part else None for part in parts.groups())
    assert year is not None
    month = month or (12 if last else 1)
    day = day or (calendar.monthrange(year, month)[1] if last else 1)
    return dt.date(year, month, day)


def read_measure(
    reading: Reading,
    place: Place,
    value: object,
    catalogue: Mapping[str, Mapping[str, object]],
    as_of: dt.date | None,
) -> Measure | None:
    """One entry of ``measures:``; None (and faults) where it cannot be used.

    Parameters
    ----------
    value : object
        A mapping with ``use: CATALOGUE-ID`` and overrides, or with the keys of `MEASURE_KEYS`.
    as_of : date, optional
        The catalogue's ends and suspensions after this date are not known yet and are left out.
    """
    keys = a_mapping(reading, place, value, ("use", *MEASURE_KEYS))
    catalogued = "use" in keys
    if catalogued:
        merged = _merged(reading, place, keys, catalogue, as_of)
        if merged is None:
            return None
        keys = merged
    before = len(reading.document.faults)
    kind = a_label(reading, (*place, "kind"), _needed(reading, place, keys, "kind"), MEASURE_KINDS, "kind of measure")
    measure = _built(reading, place, keys, kind or "", catalogued)
    return measure if len(reading.document.faults) == before else None


def _merged(
    reading: Reading,
    place: Place,
    keys: dict[str, object],
    catalogue: Mapping[str, Mapping[str, object]],
    as_of: dt.date | None,
) -> dict[str, object] | None:
    name = keys.pop("use")
    if not isinstance(name, str) or name not in catalogue:
        step = did_you_mean(str(name), catalogue)
        reading.fault((*place, "use"), f"unknown measure '{shown(name)}'", step)
        return None
    found = dict(catalogue[name])
    if found.pop("restatement_of"):
        step = f"Use '{catalogue[name]['restatement_of']}'."
        reading.fault((*place, "use"), f"'{name}' restates another measure", step)
        return None
    known, end_known = found.pop("known_from"), found.pop("end_known_from")
    if found["kind"] not in MEASURE_KINDS:
        what = f"'{name}' is of kind '{found['kind']}', which has no effect in the simulation"
        reading.fault((*place, "use"), what, "Write a measure or shock of your own for what it did.")
        return None
    if as_of is not None and isinstance(end_known, dt.date) and end_known > as_of:
        found["ended"] = found["suspended"] = None
    if "elements" in keys:
        found["elements_in_alloys"] = []  # it was a part of the catalogue's list
    if found["announced"] is None and isinstance(known, dt.date) and isinstance(found["effective"], dt.date):
        found["announced"] = min(known, found["effective"])
    return {**found, **keys}


def _needed(reading: Reading, place: Place, keys: Mapping[str, object], key: str) -> object:
    if reading.document.is_spoilt((*place, key)):
        return None
    if keys.get(key) in (None, "", []):
        reading.fault(place, f"a measure lacks '{key}'", f"Add '{key}: ...'.")
        return None
    return keys[key]


def _built(reading: Reading, place: Place, keys: dict[str, object], kind: str, catalogued: bool) -> Measure | None:
    labels = reading.labels

    def text(key: str) -> str:
        return (a_text(reading, (*place, key), keys[key]) or "") if keys.get(key) else ""

    def date(key: str) -> dt.date | None:
        return a_date(reading, (*place, key), keys[key]) if keys.get(key) is not None else None

    def listed(key: str, known: frozenset[str] | None, word: str, *more: str) -> tuple[str, ...]:
        if keys.get(key) is None:
            return ()
        return some_labels(reading, (*place, key), keys[key], None if known is None else {*known, *more}, word)

    def ranged(key: str, high: float = 1.0) -> Range | None:
        return a_range(reading, (*place, key), keys[key], 0.0, high) if keys.get(key) is not None else None

    def given(key: str) -> object:
        return _needed(reading, place, keys, key)

    identity, issuer, effective = given("id"), given("issuer"), given("effective")
    start = a_date(reading, (*place, "effective"), effective) if effective is not None else None
    home = a_label(reading, (*place, "issuer"), issuer, _issuers(reading), "economy") if issuer is not None else None
    name = a_text(reading, (*place, "id"), identity) if identity is not None else None
    border = a_label(reading, (*place, "border"), keys.get("border", "export"), BORDERS, "border")
    targets = keys["targets"] if keys.get("targets") else EVERYTHING
    licence, dated = _terms(reading, place, keys, kind)
    measure = Measure(
        id=name or "",
        issuer=home or "",
        kind=kind,
        elements=listed("elements", labels.elements, "element", EVERYTHING),
        forms=listed("forms", labels.forms, "form", EVERYTHING),
        products=listed("products", labels.products, "product"),
        end_uses=listed("end_uses", labels.sectors, "sector"),
        targets=some_economies(reading, (*place, "targets"), targets),
        announced=date("announced"),
        effective=start or dt.date.max,
        ended=date("ended"),
        blocked_share=ranged("blocked_share"),
        quota_share=ranged("quota_share", 10.0),
        licence=licence,
        over_compliance_share=ranged("over_compliance_share"),
        over_compliance_weeks=ranged("over_compliance_weeks", 520.0),
        front_loading_share=ranged("front_loading_share", 10.0),
        threshold=ranged("threshold"),
        reference=text("reference"),
        origin=text("origin") or f"{reading.document.file}:{reading.document.line(place)}",
        suspended=_windows(reading, (*place, "suspended"), keys.get("suspended")),
        suspends=listed("suspends", None, "measure"),
        licence_dated=dated,
        border=border or "export",
        rate=ranged("rate", 100.0),
        delay_weeks=ranged("delay_weeks", 520.0),
        stages=listed("stages", labels.stages, "stage"),
        issuer_cost=text("issuer_cost"),
        elements_in_alloys=listed("elements_in_alloys", labels.elements, "element"),
        issuers=labels.groups.get(home or "", ()),
        rerouted_share=ranged("rerouted_share"),
        rerouting_weeks=ranged("rerouting_weeks", 520.0),
    )
    if start is not None:
        _check_dates(reading, place, measure)
        _check_scope(reading, place, measure, keys, catalogued)
    return _with_defaults(reading, measure)


def _issuers(reading: Reading) -> set[str] | None:
    labels = reading.labels
    return None if labels.economies is None else {*labels.economies, *labels.groups}


def _terms(
    reading: Reading, place: Place, keys: Mapping[str, object], kind: str
) -> tuple[LicenceTerms | None, tuple[tuple[dt.date, LicenceTerms], ...]]:
    if kind not in ("", "licence", "content_rule"):  # "": the kind itself is a fault
        if keys.get("licence") is not None:
            reading.fault((*place, "licence"), f"a {kind} has no licence terms", "Remove them, or make it a licence.")
        return None, ()
    prior = uninformed_terms(reading.assumptions)
    if keys.get("licence") is None:
        return prior, ()
    return read_terms(reading, (*place, "licence"), keys["licence"], prior)


def _windows(reading: Reading, place: Place, value: object) -> tuple[tuple[dt.date, dt.date | None], ...]:
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    found = []
    for position, entry in enumerate(entries):
        here = (*place, position) if isinstance(value, list) else place
        keys = a_mapping(reading, here, entry, ("from", "to"))
        if keys.get("from") is None:
            reading.fault(here, "a suspension lacks 'from'", "Add 'from: YYYY-MM-DD'.")
            continue
        start = a_date(reading, (*here, "from"), keys["from"])
        end = a_date(reading, (*here, "to"), keys["to"]) if keys.get("to") is not None else None
        if start and end and end <= start:
            reading.fault((*here, "to"), f"ends on {end}, not after it begins on {start}", "Exchange the dates.")
        elif start:
            found.append((start, end))
    return tuple(found)


def _check_dates(reading: Reading, place: Place, measure: Measure) -> None:
    if measure.ended is not None and measure.ended <= measure.effective:
        what = f"ends on {measure.ended}, not after it takes effect on {measure.effective}"
        reading.fault((*place, "ended"), what, "Exchange the dates, or leave 'ended' out.")
    if measure.announced is not None and measure.announced > measure.effective:
        what = f"is announced on {measure.announced}, after it takes effect on {measure.effective}"
        reading.fault((*place, "announced"), what, "Exchange the dates.")
    for start, _ in measure.licence_dated:
        if start <= measure.effective:
            what = f"licence terms from {start} begin no later than the measure itself"
            reading.fault((*place, "licence"), what, "Drop the 'from' of the first terms.")


def _check_scope(
    reading: Reading, place: Place, measure: Measure, keys: Mapping[str, object], catalogued: bool
) -> None:
    if {measure.issuer, *measure.issuers} & set(measure.targets):
        reading.fault((*place, "targets"), f"'{measure.issuer}' targets itself", "Leave the issuer out.")
    stops = measure.kind in _STOPS and EVERYTHING not in measure.targets
    if measure.kind and keys.get("rerouted_share") is not None and not stops:
        what = f"'{shown(measure.id)}' has 'rerouted_share', and nobody is left through whom its goods could come round"
        reading.fault((*place, "rerouted_share"), what, f"Remove it, or name the 'targets' of a {' or '.join(_STOPS)}.")
    needed = {"quota": "quota_share", "tariff": "rate", "suspension": "suspends"}
    key = needed.get(measure.kind)
    if key and not keys.get(key) and keys.get(key) != 0:
        reading.fault(place, f"the {measure.kind} '{shown(measure.id)}' lacks '{key}'", f"Add '{key}: ...'.")
    if measure.kind in _SCOPED and not (keys.get("elements") or keys.get("products") or catalogued):
        step = f"Add 'elements: [...]' (or {EVERYTHING}) and 'forms: [...]', or 'products: [...]'."
        reading.fault(place, f"'{shown(measure.id)}' names no element and no product", step)
    if keys.get("elements") and not (keys.get("forms") or keys.get("products") or catalogued):
        reading.fault(place, f"'{shown(measure.id)}' names no form", f"Add 'forms: [...]' (or {EVERYTHING}).")


def with_rerouting(measure: Measure, assumptions: Mapping[str, Assumption]) -> Measure:
    """An export stop aimed at some economies, with what comes round through the others where it does not say; any other as it is."""
    if measure.kind not in _STOPS or EVERYTHING in measure.targets or measure.border != "export":
        return measure
    return replace(
        measure,
        rerouted_share=measure.rerouted_share or range_of(assumptions["rerouting.share"]),
        rerouting_weeks=measure.rerouting_weeks or range_of(assumptions["rerouting.weeks"]),
    )


def _with_defaults(reading: Reading, measure: Measure) -> Measure:
    """What the file and the catalogue leave open, filled from the assumption table."""
    table = reading.assumptions
    if measure.blocked_share is None and measure.kind == "ban":
        measure = replace(measure, blocked_share=Range(1.0, 1.0, 1.0, "fixed", measure.origin))
    if measure.blocked_share is None and measure.kind in ("entity_list", "end_user_ban"):
        name = "end_use.denied_share" if measure.end_uses else "entity.share"
        special = f"{name}.{measure.targets[0]}" if len(measure.targets) == 1 else name
        measure = replace(measure, blocked_share=range_of(table.get(special, table[name])))
    if measure.over_compliance_share is None and measure.kind in _WITH_NEIGHBOURS:
        measure = replace(measure, over_compliance_share=range_of(table["over_compliance.share"]))
    if measure.over_compliance_share is None and measure.kind == "enforcement":
        measure = replace(measure, over_compliance_share=range_of(table["enforcement.held_share"]))
    if measure.over_compliance_weeks is None and measure.kind in _WITH_NEIGHBOURS:
        measure = replace(measure, over_compliance_weeks=range_of(table["over_compliance.weeks"]))
    measure = with_rerouting(measure, table)
    if measure.front_loading_share is None and measure.kind not in (
        "technology_ban",
        "suspension",
        "enforcement",
    ):
        measure = replace(measure, front_loading_share=range_of(table["front_loading.share"]))
    if measure.delay_weeks is None and measure.kind in ("technology_ban", "licence"):
        name = "technology.delay_weeks" if measure.kind == "technology_ban" else "equipment.delay_weeks"
        measure = replace(measure, delay_weeks=range_of(table[name]))
    return measure
