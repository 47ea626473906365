"""From a scenario file, and the ones it composes, to one `Scenario`.

The format is described in ``docs/reference/scenario-format.md``. Reading is one pass: everything that
is wrong in a file comes back together, each fault with its line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from lodestone.errors import Fault, Faults
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.measures import catalogue_entries, read_measure
from lodestone.simulate.nouns import Measure, Range, Scenario, Shock
from lodestone.simulate.scenario_fields import (
    Reading,
    ScenarioLabels,
    a_date,
    a_label,
    a_mapping,
    a_range,
    a_text,
    a_whole,
    did_you_mean,
    shown,
    some_labels,
)
from lodestone.simulate.scenario_text import Place, read_document

KEYS = (
    "title",
    "author",
    "source",
    "baseline",
    "start",
    "horizon_weeks",
    "measures",
    "shocks",
    "demand_growth",
    "compose",
    "rows_used",
    "notes",
)
SHOCK_KEYS = ("economy", "stage", "products", "factor", "start", "end", "note")
MAX_HORIZON = 520
MAX_COMPOSED = 20


@dataclass
class _Parts:
    """What one file says, before composition and defaults."""

    text: dict[str, str] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    year: int | None = None
    start: dt.date | None = None
    horizon: int | None = None
    measures: dict[str, Measure] = field(default_factory=dict)
    shocks: list[Shock] = field(default_factory=list)
    growth: dict[str, Range] = field(default_factory=dict)
    rows_used: tuple[str, ...] = ()
    left_out: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # ids of this file's measures, those with a fault too


@dataclass(frozen=True)
class _Setting:
    """What every file of one reading shares."""

    folder: Path
    catalogue: Mapping[str, Mapping[str, object]]
    assumptions: Mapping[str, Assumption]
    labels: ScenarioLabels
    as_of: dt.date | None


def read_scenario(
    path_or_name: str | Path,
    measures: pd.DataFrame,
    assumptions: Mapping[str, Assumption],
    folder: Path,
    as_of: dt.date | None = None,
    labels: ScenarioLabels | None = None,
) -> Scenario:
    """Read a scenario and the scenarios it composes.

    Parameters
    ----------
    path_or_name : str or Path
        A file (ends in ``.yaml``), or the name of one in ``folder``.
    measures : DataFrame
        The measures catalogue, as ``lodestone.facts.catalogues.read_measures`` gives it.
    assumptions : mapping of Assumption by id
        Defaults (licence prior, over-compliance...) and named ranges come from here.
    folder : Path
        Where named and composed scenarios lie.
    as_of : date, optional
        Measures announced after this date are left out and listed in ``left_out``; ends and
        suspensions of the catalogue, and dated licence terms, that became known later are left out.
    labels : ScenarioLabels, optional
        Label sets to check against; without them labels are taken as written.

    Raises
    ------
    Faults
        All that is wrong in the files, with file and line.
    """
    scenario, faults = _load(path_or_name, measures, assumptions, folder, as_of, labels)
    if scenario is None:
        raise Faults(faults)
    return scenario


def check_scenario(
    path_or_name: str | Path,
    measures: pd.DataFrame,
    assumptions: Mapping[str, Assumption],
    folder: Path,
    as_of: dt.date | None = None,
    labels: ScenarioLabels | None = None,
) -> list[Fault]:
    """As `read_scenario`, but the faults themselves; an empty list when the scenario can run."""
    return _load(path_or_name, measures, assumptions, folder, as_of, labels)[1]


def scenario_names(folder: Path) -> tuple[str, ...]:
    """Names of the scenario files of a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def _load(
    path_or_name: str | Path,
    measures: pd.DataFrame,
    assumptions: Mapping[str, Assumption],
    folder: Path,
    as_of: dt.date | None,
    labels: ScenarioLabels | None,
) -> tuple[Scenario | None, list[Fault]]:
    setting = _Setting(folder, catalogue_entries(measures), assumptions, labels or ScenarioLabels(), as_of)
    path = Path(path_or_name)
    if path.is_dir():
        step = f"Name a file in it, or one of: {', '.join(scenario_names(folder))}."
        return None, [Fault(str(path), None, None, "is a directory", step)]
    if path.suffix not in (".yaml", ".yml"):
        path = folder / f"{path_or_name}.yaml"
        if not path.exists():
            step = did_you_mean(str(path_or_name), scenario_names(folder))
            return None, [Fault(path.name, None, None, f"there is no scenario '{shown(path_or_name)}'", step)]
    faults: list[Fault] = []
    parts = _read_file(path, setting, (), faults)
    if faults or parts is None:
        return None, faults
    return _assembled(path.stem, parts), []


def _read_file(path: Path, setting: _Setting, above: tuple[str, ...], faults: list[Fault]) -> _Parts | None:
    document = read_document(path)
    reading = Reading(document, setting.labels, setting.assumptions)
    parts = None
    if not document.faults or document.values:
        keys = a_mapping(reading, (), document.values, KEYS)
        composed = _composed(reading, keys, path, setting, above, faults)
        parts = _own(reading, keys, composed, setting)
        parts.digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        if not above:
            _check_complete(reading, parts)
    faults.extend(sorted(document.faults, key=lambda fault: fault.line or 0))
    return parts


def _composed(
    reading: Reading,
    keys: Mapping[str, object],
    path: Path,
    setting: _Setting,
    above: tuple[str, ...],
    faults: list[Fault],
) -> _Parts:
    """The scenarios under ``compose:``, one over the other, later ones winning."""
    merged = _Parts()
    if keys.get("compose") is None:
        return merged
    chain = (*above, path.stem)
    names = scenario_names(setting.folder)
    for position, name in enumerate(some_labels(reading, ("compose",), keys["compose"], names, "scenario")):
        place: Place = ("compose", position)
        if name in chain:
            what = f"composition goes round: {' > '.join((*chain, name))}"
            reading.fault(place, what, "Take one of them out.")
        elif len(chain) > MAX_COMPOSED:
            reading.fault(place, f"more than {MAX_COMPOSED} scenarios inside each other", "Write the measures out.")
        else:
            part = _read_file(setting.folder / f"{name}.yaml", setting, chain, faults)
            merged = _over(merged, part) if part is not None else merged
    return merged


def _over(below: _Parts, above: _Parts) -> _Parts:
    """Two scenarios as one: the second wins by measure id, by sector and by whatever it states."""
    return _Parts(
        text={**below.text, **above.text},
        materials=tuple(dict.fromkeys((*below.materials, *above.materials))),
        year=above.year or below.year,
        start=above.start or below.start,
        horizon=above.horizon or below.horizon,
        measures={**below.measures, **above.measures},
        shocks=[*below.shocks, *above.shocks],
        growth={**below.growth, **above.growth},
        rows_used=tuple(dict.fromkeys((*below.rows_used, *above.rows_used))),
        left_out=[*below.left_out, *above.left_out],
        digests=[*below.digests, *above.digests],
    )


def _own(reading: Reading, keys: Mapping[str, object], below: _Parts, setting: _Setting) -> _Parts:
    """What this file says, over what it composes."""
    own = _Parts()
    for key in ("title", "author", "source", "notes"):
        if keys.get(key) is not None:
            own.text[key] = a_text(reading, (key,), keys[key]) or ""
    if keys.get("baseline") is not None:
        own.materials, own.year = _baseline(reading, keys["baseline"])
    if keys.get("start") is not None:
        own.start = a_date(reading, ("start",), keys["start"])
    if keys.get("horizon_weeks") is not None:
        own.horizon = a_whole(reading, ("horizon_weeks",), keys["horizon_weeks"], 1, MAX_HORIZON)
    if keys.get("rows_used") is not None:
        own.rows_used = some_labels(reading, ("rows_used",), keys["rows_used"], None, "row")
    for place, entry in _listed(reading, ("measures",), keys.get("measures")):
        _add_measure(reading, place, entry, own, setting)
    for place, entry in _listed(reading, ("shocks",), keys.get("shocks")):
        shock = _shock(reading, place, entry)
        if shock is not None:
            own.shocks.append(shock)
    if keys.get("demand_growth") is not None:
        raw = keys["demand_growth"]
        known = reading.labels.sectors or (tuple(raw) if isinstance(raw, dict) else ())
        for sector, value in a_mapping(reading, ("demand_growth",), raw, known).items():
            parsed = a_range(reading, ("demand_growth", sector), value, -0.5, 2.0)
            if parsed is not None:
                own.growth[sector] = parsed
    return _over(below, own)


def _listed(reading: Reading, place: Place, value: object) -> list[tuple[Place, object]]:
    if value is None:
        return []
    if not isinstance(value, list):
        reading.fault(place, f"'{shown(value)}' is not a list", "Begin each entry with '- '.")
        return []
    return [((*place, position), entry) for position, entry in enumerate(value)]


def _baseline(reading: Reading, value: object) -> tuple[tuple[str, ...], int | None]:
    keys = a_mapping(reading, ("baseline",), value, ("material", "materials", "year"))
    given = [key for key in ("material", "materials") if keys.get(key) is not None]
    if len(given) != 1:
        reading.fault(("baseline",), "a baseline names 'material' or 'materials', one of them", "Write one.")
        return (), None
    materials = some_labels(reading, ("baseline", given[0]), keys[given[0]], reading.labels.materials, "material")
    if keys.get("year") is None:
        return materials, None  # each material's own base year
    return materials, a_whole(reading, ("baseline", "year"), keys["year"], 1990, 2100)


def _add_measure(reading: Reading, place: Place, entry: object, own: _Parts, setting: _Setting) -> None:
    later = _announced_later(entry, setting)
    if later is not None:
        own.left_out.append(later)
        return
    measure = read_measure(reading, place, entry, setting.catalogue, setting.as_of)
    named = measure.id if measure else entry.get("id", entry.get("use")) if isinstance(entry, dict) else None
    if isinstance(named, str) and named in own.named:
        step = "Give the second one 'id: ...' of its own."
        reading.fault(place, f"the measure '{shown(named)}' comes twice", step)
        return
    if isinstance(named, str):
        own.named.add(named)
    if measure is None:
        return
    if setting.as_of is not None:
        known = tuple(window for window in measure.licence_dated if window[0] <= setting.as_of)
        measure = replace(measure, licence_dated=known)
        if (measure.announced or measure.effective) > setting.as_of:
            own.left_out.append(measure.id)
            return
    own.measures[measure.id] = measure


def _announced_later(entry: object, setting: _Setting) -> str | None:
    """The id of a catalogue measure that nobody knew of on the ``as_of`` date."""
    if setting.as_of is None or not isinstance(entry, dict):
        return None
    name = entry.get("use")
    row = setting.catalogue.get(name) if isinstance(name, str) else None
    known = row["known_from"] if row else None
    return name if isinstance(known, dt.date) and known > setting.as_of else None


def _shock(reading: Reading, place: Place, entry: object) -> Shock | None:
    labels = reading.labels
    before = len(reading.document.faults)
    keys = a_mapping(reading, place, entry, SHOCK_KEYS)
    missing = [key for key in ("economy", "stage", "factor", "start") if keys.get(key) is None]
    if missing and all(reading.document.is_spoilt((*place, key)) for key in missing):
        return None
    if missing:
        what = f"a shock lacks {', '.join(repr(key) for key in missing)}"
        reading.fault(place, what, "Give economy, stage, factor (of capacity left) and start.")
        return None
    economy = a_label(reading, (*place, "economy"), keys["economy"], labels.economies, "economy")
    stage = a_label(reading, (*place, "stage"), keys["stage"], labels.stages, "stage")
    products: tuple[str, ...] = ()
    if keys.get("products") is not None:
        products = some_labels(reading, (*place, "products"), keys["products"], labels.products, "product")
    factor = a_range(reading, (*place, "factor"), keys["factor"], 0.0, 10.0)
    start = a_date(reading, (*place, "start"), keys["start"])
    end = a_date(reading, (*place, "end"), keys["end"]) if keys.get("end") is not None else None
    if start and end and end <= start:
        reading.fault((*place, "end"), f"ends on {end}, not after it begins on {start}", "Exchange the dates.")
    if len(reading.document.faults) > before or not (economy and stage and factor and start):
        return None
    return Shock(economy, stage, products, factor, start, end)


def _check_complete(reading: Reading, parts: _Parts) -> None:
    """What a scenario needs once everything is composed."""
    found = {**parts.text, "baseline": parts.materials, "start": parts.start, "horizon_weeks": parts.horizon}
    for key in ("title", "author", "source", "baseline", "start", "horizon_weeks"):
        if not found.get(key) and key not in reading.document.values:
            reading.fault((), f"the scenario lacks '{key}'", f"Add '{key}: ...'.")
    for measure in parts.measures.values():
        missing = [other for other in measure.suspends if other not in parts.measures]
        if missing and len(missing) == len(measure.suspends) and measure.kind == "suspension":
            step = "Use the suspended measures too, or leave the suspension out."
            what = f"'{shown(measure.id)}' suspends {', '.join(missing)}, none of them in this scenario"
            reading.fault(("measures",), what, step)


def _assembled(name: str, parts: _Parts) -> Scenario:
    assert parts.start is not None and parts.horizon is not None
    return Scenario(
        name=name,
        title=parts.text["title"],
        source=parts.text["source"],
        material=parts.materials[0],
        year=parts.year,
        start=parts.start,
        horizon_weeks=parts.horizon,
        measures=tuple(parts.measures.values()),
        shocks=tuple(parts.shocks),
        demand_growth=parts.growth,
        checksum="sha256:" + hashlib.sha256("".join(parts.digests).encode()).hexdigest(),
        author=parts.text["author"],
        notes=parts.text.get("notes", ""),
        materials=parts.materials,
        rows_used=parts.rows_used,
        left_out=tuple(parts.left_out),
    )
