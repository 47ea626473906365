"""The published checks hold, say what they rest on, and notice when they no longer do."""

import json

import pytest

from lodestone.cli import main
from lodestone.errors import FactError
from lodestone.evidence import published
from lodestone.evidence.published import GROUPS, judge, published_checks


@pytest.fixture(scope="module")
def checks():
    return {(check.group, check.name): check for check in published_checks()}


def test_nothing_deviates_and_only_three_rows_are_expected_to_fail(checks):
    verdicts = [check.verdict for check in checks.values()]
    assert "deviates" not in verdicts
    failing = {name for (_, name), check in checks.items() if check.verdict == "expected fail"}
    assert failing == {
        "supply risk Terbium, processing",
        "supply risk Yttrium, processing",
        "supply risk Cobalt, extraction",
    }
    assert all(check.reason for check in checks.values() if check.verdict == "expected fail")


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_rows_with_a_source(checks, group):
    rows = [check for (name, _), check in checks.items() if name == group]
    assert rows
    assert all(row.source and row.tier in "ABC" for row in rows)


@pytest.mark.parametrize(
    ("group", "tolerance"), [("cencic-2016", 1e-5), ("geopolrisk-2022", 1e-12), ("look-through", 1e-12)]
)
def test_gates_of_a_release(checks, group, tolerance):
    named = {"objective"}  # printed with four digits
    rows = [c for (g, n), c in checks.items() if g == group and n not in named]
    assert max(abs(row.deviation) for row in rows) <= tolerance


@pytest.mark.parametrize("material", ["Dysprosium", "Gadolinium"])
def test_eu_supply_risk_within_a_twentieth(checks, material):
    row = checks["eu-supply-risk-2023", f"supply risk {material}, processing"]
    assert abs(row.deviation) <= 0.05


def test_a_figure_that_moves_is_noticed(monkeypatch):
    monkeypatch.setitem(
        published.GROUPS, "n-minus-1", lambda _: {"cover of world demand": 0.4, "cover of rest demand": 0.4}
    )
    assert [check.verdict for check in published_checks(("n-minus-1",))] == ["match", "deviates"]


def test_a_figure_on_one_side_only_and_an_unknown_group_are_refused(monkeypatch):
    with pytest.raises(FactError, match="no published check 'nothing'"):
        published_checks(("nothing",))
    monkeypatch.setitem(published.GROUPS, "n-minus-1", lambda _: {"cover of world demand": 0.4})
    with pytest.raises(FactError, match="one side only"):
        published_checks(("n-minus-1",))


def test_an_expected_failure_that_no_longer_fails_deviates():
    assert judge(4.9, 5.21, 0.05, 0.1, "other shares") == "expected fail"
    assert judge(4.9, 4.92, 0.05, 0.1, "other shares") == "deviates"
    assert judge(4.9, 4.92, 0.05, float("nan"), "") == "match"
    assert judge(4.9, float("nan"), 0.05, 0.1, "") == "deviates"


def test_the_command_prints_every_row_and_fails_when_one_deviates(capsys, monkeypatch):
    with pytest.raises(SystemExit) as left:
        main(["verify", "n-minus-1", "--json"])
    assert not left.value.code
    assert [row["verdict"] for row in json.loads(capsys.readouterr().out)] == ["match", "match"]
    wrong = {"cover of world demand": 0.5, "cover of rest demand": 0.615}
    monkeypatch.setitem(published.GROUPS, "n-minus-1", lambda _: wrong)
    with pytest.raises(SystemExit) as left:
        main(["verify", "n-minus-1"])
    assert left.value.code == 1
    assert "deviates" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("function", "group", "row", "home"),
    [
        ("walk_back", "look-through", "never touches CN", "lodestone.evidence.indicator_checks"),
        ("risk_exposure_index", "recover", "time to survive S2", "lodestone.evidence.indicator_checks"),
        ("n_minus_1", "n-minus-1", "cover of rest demand", "lodestone.evidence.indicator_checks"),
        ("days_of_cover", "cover", "days of cover, ninety days exactly", "lodestone.evidence.indicator_checks"),
        ("geopolrisk", "geopolrisk-2022", "score Graphite", "lodestone.evidence.screening_checks"),
        (
            "supply_risk",
            "eu-supply-risk-2023",
            "supply risk Dysprosium, processing",
            "lodestone.evidence.screening_checks",
        ),
    ],
)
def test_a_check_calls_the_function_the_brief_calls(function, group, row, home):
    import importlib

    places = {
        "walk_back": "lodestone.exposure.stack", "risk_exposure_index": "lodestone.exposure.site_risk",
        "n_minus_1": "lodestone.exposure.profile", "days_of_cover": "lodestone.exposure.compatibility",
        "geopolrisk": "lodestone.exposure.compatibility", "supply_risk": "lodestone.exposure.compatibility",
    }  # fmt: skip
    checked = getattr(importlib.import_module(home), function)
    assert checked is getattr(importlib.import_module(places[function]), function)
    assert row in {check.name for check in published_checks((group,))}


def test_without_the_split_the_last_two_flows_are_undeterminable(checks):
    row = checks["cencic-2016", "undeterminable without the split (flow6, flow7, TC67)"]
    assert row.verdict == "match"
    assert row.ours == 3
