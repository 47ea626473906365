"""Scenario files: what is read, what is refused and at which line."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodestone.errors import Fault, Faults
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.place import data_folder
from lodestone.simulate.measures import MEASURE_KEYS
from lodestone.simulate.nouns import Scenario
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import KEYS, check_scenario, read_scenario, scenario_names
from lodestone.simulate.scenario_fields import ScenarioLabels
from lodestone.simulate.scenario_labels import read_scenario_labels

ASSUMPTIONS = read_assumptions(data_folder())
CATALOGUE_TEXT = """
id;issuer;announced;effective;suspended;suspended_until;ended;end_known_from;kind;elements;forms;targets;known_from;restatement_of;note
A-1;ALB;2025-10-09;2025-11-08;2025-11-07;2026-11-10;;2025-11-07;licence;heavy;oxide|magnet;ALL;2025-10-09;;
A-2;ALB;2025-02-01;2025-02;;;2025;2025-02-01;ban;light;oxide;BOR;2025-02-01;;
A-3;ALB;2025-02-01;2025-02-01;;;;;statement;;;ALL;2025-02-01;;
A-4;ALB;2025-02-01;2025-02-01;;;;;ban;light;oxide;BOR;2025-02-01;A-2;
A-5;ALB;2025-11-07;2025-11-07;;;2026-11-10;2025-11-07;suspension;;;ALL;2025-11-07;;suspends A-1
"""
CATALOGUE = pd.read_csv(io.StringIO(CATALOGUE_TEXT), sep=";", dtype=str).fillna("")
CATALOGUE["forms"] = CATALOGUE["forms"].str.replace("|", ";")
LABELS = ScenarioLabels(
    elements=frozenset({"light", "heavy"}),
    economies=frozenset({"ALB", "BOR", "COR"}),
    sectors=frozenset({"motors", "speakers"}),
    products=frozenset({"magnet"}),
    stages=frozenset({"mine", "magnet"}),
    materials=frozenset({"toy"}),
    groups={"BOC": ("BOR", "COR")},
)
HEAD = """title: A toy
author: A tester
source: none
baseline: {material: toy, year: 2024}
start: 2026-11-10
horizon_weeks: 52
"""
OWN = """measures:
  - id: OWN
    issuer: ALB
    kind: ban
    elements: [heavy]
    forms: [magnet]
    effective: 2026-12-01
"""


def write(folder: Path, text: str, name: str = "toy") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, as_of: dt.date | None = None) -> Scenario:
    return read_scenario(write(folder, text), CATALOGUE, ASSUMPTIONS, folder, as_of, LABELS)


def faults(folder: Path, text: str) -> list[Fault]:
    return check_scenario(write(folder, text), CATALOGUE, ASSUMPTIONS, folder, labels=LABELS)


def test_a_whole_file_is_read(tmp_path):
    scenario = read(
        tmp_path,
        HEAD + OWN + "    ended: 2027-01-01\n    targets: BOC\n"
        "shocks:\n  - {economy: BOR, stage: magnet, factor: [0, 0.1, 0.5], start: 2026-12-01}\n"
        "demand_growth:\n  motors: [0.0, 0.1, 0.2]\nnotes: some words\n",
    )
    (measure,) = scenario.measures
    assert (scenario.material, scenario.year, scenario.horizon_weeks) == ("toy", 2024, 52)
    assert measure.targets == ("BOR", "COR") and measure.ended == dt.date(2027, 1, 1)
    assert measure.blocked_share is not None and measure.blocked_share.low == 1
    assert scenario.shocks[0].factor.central == 0.1 and scenario.demand_growth["motors"].high == 0.2
    assert measure.origin == "toy.yaml:8" and scenario.checksum.startswith("sha256:")


def test_a_range_is_three_numbers_one_number_a_mapping_or_an_assumption(tmp_path):
    text = HEAD + OWN + "    blocked_share: {low: 0.1, central: 0.2, high: 0.9, distribution: uniform}\n"
    share = read(tmp_path, text).measures[0].blocked_share
    assert share is not None and (share.low, share.high, share.distribution) == (0.1, 0.9, "uniform")
    fixed = read(tmp_path, HEAD + OWN + "    blocked_share: 0.4\n").measures[0].blocked_share
    assert fixed is not None and (fixed.low, fixed.high, fixed.distribution) == (0.4, 0.4, "fixed")
    named = read(tmp_path, HEAD + OWN + "    blocked_share: entity.share\n").measures[0].blocked_share
    assert named is not None and named.origin == "entity.share"


def test_a_catalogue_measure_is_used_with_what_the_file_overrides(tmp_path):
    text = HEAD + "measures:\n  - use: A-1\n    effective: 2026-11-10\n    suspended: null\n    targets: [BOR]\n"
    (measure,) = read(tmp_path, text).measures
    assert (measure.id, measure.kind, measure.targets) == ("A-1", "licence", ("BOR",))
    assert (measure.effective, measure.suspended) == (dt.date(2026, 11, 10), ())
    assert measure.licence is not None
    assert measure.licence.share_applications_approved.origin == "licence.share_applications_approved"


def test_a_catalogue_suspension_is_a_window_and_a_partial_date_a_first_or_last_day(tmp_path):
    used = read(tmp_path, HEAD + "measures:\n  - use: A-1\n  - use: A-2\n").measures
    assert used[0].suspended == ((dt.date(2025, 11, 7), dt.date(2026, 11, 10)),)
    assert (used[1].effective, used[1].ended) == (dt.date(2025, 2, 1), dt.date(2025, 12, 31))


def test_a_suspension_measure_names_what_its_note_names(tmp_path):
    used = read(tmp_path, HEAD + "measures:\n  - use: A-1\n  - use: A-5\n").measures
    assert used[1].suspends == ("A-1",)


def test_dated_licence_terms_inherit_from_the_window_before(tmp_path):
    text = HEAD + (
        "measures:\n  - use: A-1\n    effective: 2026-11-10\n    suspended: null\n    licence:\n"
        "      - share_applications_approved: 0.1\n        review_weeks: 8\n"
        "      - from: 2027-01-05\n        share_applications_approved: 0.6\n"
    )
    (measure,) = read(tmp_path, text).measures
    ((day, later),) = measure.licence_dated
    assert measure.licence is not None and measure.licence.share_applications_approved.central == 0.1
    assert (day, later.share_applications_approved.central) == (dt.date(2027, 1, 5), 0.6)
    assert later.review_weeks.central == 8


def test_as_of_leaves_out_what_was_announced_later_and_ends_known_later(tmp_path):
    text = HEAD + "measures:\n  - use: A-1\n  - use: A-2\n  - use: A-5\n"
    early = read(tmp_path, text, dt.date(2025, 10, 20))
    assert [measure.id for measure in early.measures] == ["A-1", "A-2"]
    assert early.left_out == ("A-5",) and early.measures[0].suspended == ()
    assert read(tmp_path, text, dt.date(2025, 1, 1)).measures == ()


def test_as_of_leaves_out_a_measure_of_ones_own_announced_later(tmp_path):
    text = HEAD + OWN + "    announced: 2026-11-20\n"
    early = read(tmp_path, text, dt.date(2026, 11, 19))
    assert (early.measures, early.left_out) == ((), ("OWN",))
    assert len(read(tmp_path, text, dt.date(2026, 11, 20)).measures) == 1


def test_as_of_leaves_out_licence_terms_seen_later(tmp_path):
    dated = "      - review_weeks: 8\n      - from: 2026-01-05\n        review_weeks: 2\n"
    text = HEAD + "measures:\n  - use: A-1\n    licence:\n" + dated
    assert read(tmp_path, text, dt.date(2025, 10, 20)).measures[0].licence_dated == ()
    assert len(read(tmp_path, text, dt.date(2026, 2, 1)).measures[0].licence_dated) == 1


def test_later_scenarios_win_by_measure_id_and_the_file_itself_wins(tmp_path):
    write(tmp_path, HEAD + OWN + "    blocked_share: 0.1\n", "one")
    write(tmp_path, HEAD + OWN + "    blocked_share: 0.2\n", "two")
    composed = read(tmp_path, HEAD + "compose: [one, two]\n")
    assert [measure.blocked_share.central for measure in composed.measures] == [0.2]  # type: ignore[union-attr]
    own = read(tmp_path, HEAD + "compose: [one, two]\n" + OWN + "    blocked_share: 0.3\n")
    assert [measure.blocked_share.central for measure in own.measures] == [0.3]  # type: ignore[union-attr]


def test_start_and_horizon_may_come_from_what_is_composed(tmp_path):
    write(tmp_path, HEAD + OWN, "one")
    scenario = read(tmp_path, "compose: one\ntitle: Over it\n")
    assert (scenario.title, scenario.horizon_weeks, len(scenario.measures)) == ("Over it", 52, 1)


def test_the_checksum_follows_the_composed_text(tmp_path):
    write(tmp_path, HEAD + OWN, "one")
    before = read(tmp_path, HEAD + "compose: one\n").checksum
    write(tmp_path, HEAD + OWN + "    blocked_share: 0.5\n", "one")
    assert read(tmp_path, HEAD + "compose: one\n").checksum != before


FAULTY = [
    ("horizon: 3\n", 7, "unknown key 'horizon'", "Did you mean 'horizon_weeks'"),
    ("start: 2026-01-01\n", 7, "comes twice", "Keep one"),
    (OWN + "    ended: 2026-11-30\n", 14, "not after it takes effect", "Exchange"),
    (OWN + "    announced: 2026-12-02\n", 14, "after it takes effect", "Exchange"),
    (OWN + "    targets: [BOC, BOR]\n", 14, "overlap", "not both"),
    (OWN + "    targets: [BOR, BOR]\n", 14, "comes twice", "Keep one"),
    (OWN + "    targets: [ALL, BOR]\n", 14, "stands beside", "alone"),
    (OWN + "    targets: [ALB]\n", 14, "targets itself", "Leave"),
    (OWN + "    targets: [BRO]\n", 14, "unknown economy 'BRO'", "'BOR'"),
    (OWN + "    end_uses: [motor]\n", 14, "unknown sector 'motor'", "'motors'"),
    (OWN + "    blocked_share: 1.5\n", 14, "outside 0..1", "fractions"),
    (OWN + "    blocked_share: -0.5\n", 14, "outside 0..1", "negative"),
    (OWN + "    blocked_share: .nan\n", 14, "not a finite number", "leave the key out"),
    (OWN + "    blocked_share: .inf\n", 14, "not a finite number", "leave the key out"),
    (OWN + "    blocked_share: [0.5, 0.2, 0.9]\n", 14, "not in order", "rising"),
    (OWN + "    blocked_share: [0.5, 0.9]\n", 14, "three numbers", "[low, central, high]"),
    (OWN + "    blocked_share: entity.shares\n", 14, "neither a number nor an assumption", "entity.share"),
    (OWN + "    blocked_share: true\n", 14, "not a number", "one number"),
    (OWN + "    licence: {review_weeks: 3}\n", 14, "has no licence terms", "make it a licence"),
    (OWN + "    effective_date: 2026-12-01\n", 14, "unknown key", "'effective'"),
    (OWN + "    suspended: [{from: 2027-01-02, to: 2027-01-01}]\n", 14, "not after it begins", "Exchange"),
    (OWN.replace("[heavy]", "[hevy]"), 11, "unknown element 'hevy'", "'heavy'"),
    (OWN.replace("[magnet]", "[magnets]"), 12, "unknown form 'magnets'", "'magnet'"),
    (OWN.replace("    elements: [heavy]\n", ""), 8, "names no element", "elements: [...]"),
    (OWN.replace("    forms: [magnet]\n", ""), 8, "names no form", "forms: [...]"),
    (OWN.replace("kind: ban", "kind: bann"), 10, "unknown kind of measure", "'ban'"),
    (OWN.replace("kind: ban", "kind: quota"), 8, "lacks 'quota_share'", "Add"),
    (OWN.replace("2026-12-01", "2026-12-32"), 13, "not a date", "YYYY-MM-DD"),
    (OWN.replace("2026-12-01", "20261201"), 13, "not a date", "YYYY-MM-DD"),
    (OWN.replace("2026-12-01", "1812-12-01"), 13, "outside 1990..2100", "year"),
    ("measures:\n  - use: A-9\n", 8, "unknown measure 'A-9'", "Did you mean"),
    ("measures:\n  - use: A-3\n", 8, "no effect in the simulation", "of your own"),
    ("measures:\n  - use: A-4\n", 8, "restates", "Use 'A-2'"),
    ("measures:\n  - use: A-5\n", 7, "none of them in this scenario", "Use the suspended"),
    ("measures:\n  - use: A-1\n  - use: A-1\n", 9, "comes twice", "of its own"),
    ("measures: 3\n", 7, "not a list", "'- '"),
    ("measures:\n  - 3\n", 8, "not a mapping", "key: value"),
    ("shocks:\n  - economy: ALB\n", 8, "lacks 'stage', 'factor', 'start'", "Give"),
    ("demand_growth: {motr: 0.1}\n", 7, "unknown key 'motr'", "'motors'"),
    ("compose: [nothing]\n", 7, "unknown scenario", ""),
    ("compose: [toy]\n", 7, "goes round: toy > toy", "Take one"),
    ("notes: &a x\nsource2: *a\n", 7, "anchors and aliases", "Write the value out"),
    ("notes: !!python/object:os.system x\n", 7, "tag", "plain value"),
    ("<<: {notes: x}\n", 7, "not a plain word", "words of the format"),
    ("notes: [[[[[[[[[[[[[[1]]]]]]]]]]]]]]\n", 7, "nested more than", "simpler"),
    ("notes: 'open\n", 8, "not valid YAML", "quotes"),
    ("notes: \x07\n", 7, "not valid YAML", "quotes"),
]


@pytest.mark.parametrize(("text", "line", "what", "step"), FAULTY)
def test_a_fault_has_its_line_and_a_next_step(tmp_path, text, line, what, step):
    found = faults(tmp_path, HEAD + text)
    hits = [fault for fault in found if what in fault.what]
    assert hits, [str(fault) for fault in found]
    assert hits[0].line == line and step in hits[0].next_step, str(hits[0])
    assert hits[0].file == "toy.yaml"


@pytest.mark.parametrize("weeks", ["0", "521", "3.5", "many", "true"])
def test_the_horizon_is_a_whole_number_of_weeks_up_to_ten_years(tmp_path, weeks):
    (fault,) = faults(tmp_path, HEAD.replace("52", weeks))
    assert fault.line == 6 and "from 1 to 520" in fault.what


@pytest.mark.parametrize("key", ["title", "author", "source", "baseline", "start", "horizon_weeks"])
def test_a_missing_key_is_named(tmp_path, key):
    text = "".join(line + "\n" for line in HEAD.splitlines() if not line.startswith(key))
    (fault,) = faults(tmp_path, text)
    assert f"lacks '{key}'" in fault.what


def test_all_faults_come_together(tmp_path):
    text = HEAD.replace("2026-11-10", "soon").replace("52", "0") + OWN.replace("heavy", "hevy") + "extra: 1\n"
    assert [fault.line for fault in faults(tmp_path, text)] == [5, 6, 11, 14]
    with pytest.raises(Faults, match="4 faults found"):
        read(tmp_path, text)


def test_a_round_of_compositions_is_refused(tmp_path):
    write(tmp_path, HEAD + "compose: [two]\n", "one")
    write(tmp_path, HEAD + "compose: [one]\n", "two")
    found = check_scenario("one", CATALOGUE, ASSUMPTIONS, tmp_path, labels=LABELS)
    assert [str(fault) for fault in found if "one > two > one" in fault.what and fault.file == "two.yaml"]


def test_faults_of_composed_files_name_their_file(tmp_path):
    write(tmp_path, HEAD + "horizn: 1\n", "one")
    (fault,) = faults(tmp_path, HEAD + "compose: [one]\n")
    assert (fault.file, fault.line) == ("one.yaml", 7)


def test_a_file_over_a_megabyte_is_refused(tmp_path):
    (fault,) = faults(tmp_path, HEAD + "notes: " + "x" * 1_000_000)
    assert "larger than 1 MB" in fault.what


def test_an_alias_bomb_is_refused_at_once(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + k)}: &{chr(98 + k)} [*{chr(97 + k)}, *{chr(97 + k)}]\n" for k in range(20)
    )
    found = faults(tmp_path, bomb)
    assert found and all("anchors" in fault.what for fault in found)


def test_a_file_that_is_not_text_or_not_there_is_one_fault(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_bytes(b"title: \xff\xfe\n")
    (fault,) = check_scenario(path, CATALOGUE, ASSUMPTIONS, tmp_path)
    assert "not UTF-8" in fault.what and fault.line == 1
    (gone,) = check_scenario(tmp_path / "gone.yaml", CATALOGUE, ASSUMPTIONS, tmp_path)
    assert "cannot be read" in gone.what
    (folder,) = check_scenario(tmp_path / "x" / ".." / "toys", CATALOGUE, ASSUMPTIONS, tmp_path)
    assert "there is no scenario" in folder.what


@pytest.mark.parametrize("name", scenario_names(scenario_folder()))
def test_every_scenario_that_comes_along_is_sound(name):
    data = data_folder()
    labels = read_scenario_labels(data)
    assert check_scenario(name, read_measures(data), ASSUMPTIONS, scenario_folder(), labels=labels) == []


def test_the_forecast_of_april_2025_uses_nothing_of_the_episode():
    data = data_folder()
    forecast = read_scenario("april-2025-uninformed", read_measures(data), ASSUMPTIONS, scenario_folder())
    hindcast = read_scenario("april-2025-controls", read_measures(data), ASSUMPTIONS, scenario_folder())
    assert forecast.rows_used == () and hindcast.rows_used
    for measure in forecast.measures:
        assert measure.licence_dated == ()
        assert measure.licence is None or measure.licence.share_applications_approved.origin.startswith("licence.")


def test_the_suspended_package_is_silent_until_the_day_it_resumes():
    data = data_folder()
    for name, day in (("resumed", dt.date(2026, 11, 10)), ("extended", dt.date(2027, 11, 10))):
        scenario = read_scenario(f"october-2025-{name}", read_measures(data), ASSUMPTIONS, scenario_folder())
        assert {measure.effective for measure in scenario.measures if measure.id != "CN-2025-18"} == {day}


WORDS = st.sampled_from([*KEYS, *MEASURE_KEYS, "use", "from", "A-1", "ALB", "ALL", "heavy", "magnet", "ban", "licence"])
VALUES = st.one_of(
    WORDS,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=8),
    st.dates().map(str),
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)


def is_text_of_faults(path: Path, folder: Path) -> bool:
    found = check_scenario(path, CATALOGUE, ASSUMPTIONS, folder, labels=LABELS)
    return all(isinstance(fault, Fault) and str(fault) for fault in found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_gives_faults_and_never_a_traceback(tmp_path, text):
    path = tmp_path / "toy.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert is_text_of_faults(path, tmp_path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_any_tree_under_the_known_keys_gives_faults_and_never_a_traceback(tmp_path, tree):
    import yaml

    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8", errors="replace")
    assert is_text_of_faults(path, tmp_path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=st.dictionaries(st.sampled_from(MEASURE_KEYS), TREES, max_size=10), used=st.booleans())
def test_any_measure_gives_faults_and_never_a_traceback(tmp_path, entry, used):
    import yaml

    measure = {"id": "M", "issuer": "ALB", "kind": "licence", "effective": "2026-12-01", **entry}
    text = HEAD + yaml.safe_dump({"measures": [{**entry, "use": "A-1"} if used else measure]}, allow_unicode=True)
    path = tmp_path / "toy.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert is_text_of_faults(path, tmp_path)


def test_a_bad_kind_hides_neither_the_other_faults_nor_an_id_that_comes_twice(tmp_path):
    entry = "  - {id: OWN, issuer: XXX, kind: bann, elements: [hevy], forms: [magnet], effective: June}\n"
    told = "\n".join(map(str, faults(tmp_path, HEAD + OWN + entry)))
    for word in ("'bann'", "'XXX'", "'hevy'", "'June'", "'OWN' comes twice"):
        assert word in told


def test_a_number_without_end_is_told_once(tmp_path):
    shock = "shocks:\n  - {economy: ALB, stage: mine, factor: .inf, start: 2026-12-01}\n"
    growth = "demand_growth: {motors: [.inf, 1, 2]}\n"
    share = OWN + "    blocked_share: [0, .inf, 1]\n"
    found = faults(tmp_path, HEAD + share + shock + growth)
    assert ["finite" in fault.what for fault in found] == [True] * 3


def test_goods_come_round_only_what_leaves_somebody_out(tmp_path):
    share = OWN + "    rerouted_share: 0.5\n"
    (found,) = faults(tmp_path, HEAD + share)
    assert "rerouted_share" in found.what and "ban or entity_list" in found.next_step


def test_a_directory_is_called_one_and_the_known_names_follow(tmp_path):
    write(tmp_path, HEAD + OWN)
    (found,) = check_scenario(tmp_path, CATALOGUE, ASSUMPTIONS, tmp_path, None, LABELS)
    assert found.what == "is a directory" and "toy" in found.next_step
