"""The published checks hold, say what they rest on, and notice when they no longer do."""

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lodestone.cli import main
from lodestone.cli.verify import as_page
from lodestone.errors import FactError
from lodestone.evidence import published
from lodestone.evidence.published import CHECKS, GROUPS, fails, judge, published_checks


@pytest.fixture(scope="module")
def checks():
    return {(row.check, row.name): row for row in published_checks()}


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


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_rows_with_a_source(checks, check):
    rows = [row for (name, _), row in checks.items() if name == check]
    assert rows
    assert all(row.source and row.tier in "ABC" for row in rows)


@pytest.mark.parametrize(
    ("group", "tolerance"),
    [("cencic-2016", 1e-5), ("geopolrisk-2022", 1e-12), ("look-through", 1e-12), ("ario", 1e-9)],
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
        published.CHECKS, "n-minus-1", lambda _: {"cover of world demand": 0.4, "cover of rest demand": 0.4}
    )
    assert [check.verdict for check in published_checks(("n-minus-1",))] == ["match", "deviates"]


def test_a_figure_on_one_side_only_and_an_unknown_group_are_refused(monkeypatch):
    with pytest.raises(FactError, match="no published check 'nothing'"):
        published_checks(("nothing",))
    monkeypatch.setitem(published.CHECKS, "n-minus-1", lambda _: {"cover of world demand": 0.4})
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
    monkeypatch.setitem(published.CHECKS, "n-minus-1", lambda _: wrong)
    with pytest.raises(SystemExit) as left:
        main(["verify", "n-minus-1"])
    assert left.value.code == 1
    printed = capsys.readouterr().out
    assert "deviates" in printed and "not that the model is right" in printed


def test_the_command_writes_the_page_and_refuses_where_it_cannot(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["verify", "cover", "--page", str(tmp_path / "page.md")])
    assert not left.value.code
    assert "| verdict |" in (tmp_path / "page.md").read_text("utf-8")
    with pytest.raises(SystemExit) as left:
        main(["verify", "cover", "--page", str(tmp_path / "none" / "page.md")])
    assert left.value.code == 2
    assert "cannot write the page" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("function", "group", "row", "home"),
    [
        ("walk_back", "look-through", "never touches CN", "lodestone.evidence.indicator_checks"),
        ("run_factored", "ario", "world output, psi 0.8, 30 days, day 60", "lodestone.evidence.propagation_checks"),
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
    places = {
        "run_factored": "lodestone.impact.propagate",
        "walk_back": "lodestone.exposure.stack", "risk_exposure_index": "lodestone.exposure.site_risk",
        "n_minus_1": "lodestone.exposure.profile", "days_of_cover": "lodestone.exposure.compatibility",
        "geopolrisk": "lodestone.exposure.compatibility", "supply_risk": "lodestone.exposure.compatibility",
    }  # fmt: skip
    checked = getattr(importlib.import_module(home), function)
    assert checked is getattr(importlib.import_module(places[function]), function)
    assert row in {check.name for check in published_checks((group,))}


def larger(answer):
    return answer * 1.5


BEHIND = (
    ("geopolrisk-2022", "screening_checks", "characterisation_factor", larger),
    ("cencic-2016", "flow_checks", "reconcile", lambda found: replace(found, iterations=found.iterations + 1)),
    ("farmer", "plan_checks", "worth", lambda found: replace(found, recourse_problem=found.recourse_problem * 1.5)),
    ("tail-mean", "plan_checks", "conditional_value_at_risk", larger),
    ("air-conditioning", "plan_checks", "solve", lambda found: replace(found, objective=found.objective * 1.5)),
    ("hydro-valley", "plan_checks", "solve", lambda found: replace(found, objective=found.objective * 1.5)),
    ("recover", "indicator_checks", "disrupt", lambda found: replace(found, production=found.production * 1.5)),
    ("games", "game_checks", "nucleolus", larger),
    ("eu-supply-risk-2023", "screening_checks", "supply_risk", larger),
    ("ario", "propagation_checks", "run_factored", larger),
    ("ras", "flow_checks", "ras", larger),
    ("concentration", "indicator_checks", "herfindahl_hirschman_index", larger),
    (
        "n-minus-1",
        "indicator_checks",
        "n_minus_1",
        lambda found: found.assign(cover_of_world_demand=found["cover_of_rest_demand"]),
    ),
    ("cover", "indicator_checks", "days_of_cover", larger),
    ("look-through", "indicator_checks", "walk_back", lambda found: (found[0], found[1] * 1.5)),
    ("market", "market_checks", "market_balance", lambda found: replace(found, price=found.price * 1.5)),
    ("farmer-ours", "plan_checks", "worth", lambda found: replace(found, wait_and_see=found.wait_and_see * 1.5)),
    ("embargo-stock", "plan_checks", "solve", lambda found: replace(found, objective=found.objective * 1.5)),
    ("games-ours", "game_checks", "shapley_value", larger),
    ("public-stock", "game_checks", "membership", lambda found: replace(found, payoff=found.payoff * 1.5)),
    ("pooled-stock", "game_checks", "pooled_stock", lambda found: replace(found, cost=found.cost * 1.5)),
    ("cutoff-power", "game_checks", "ces_loss", larger),
)


def test_every_check_has_a_function_that_is_broken_below():
    assert [check for check, *_ in BEHIND] == list(CHECKS)


@pytest.mark.parametrize(("check", "module", "function", "wrong"), BEHIND, ids=list(CHECKS))
def test_a_broken_function_fails_its_check(check, module, function, wrong, monkeypatch):
    home = importlib.import_module(f"lodestone.evidence.{module}")
    right = getattr(home, function)
    monkeypatch.setattr(home, function, lambda *given, **named: wrong(right(*given, **named)))
    assert any(fails(row) for row in published_checks((check,)))


def test_group_a_all_match_and_the_groups_are_ranked_as_the_methods_rank_them(checks):
    members = {group: {row.check for row in checks.values() if row.group == group} for group in GROUPS}
    planning = {"farmer", "tail-mean", "air-conditioning", "hydro-valley"}
    assert members["A"] == {"geopolrisk-2022", "cencic-2016", "recover", "games"} | planning
    assert members["B"] == {"eu-supply-risk-2023", "ario"}
    own = {"ras", "concentration", "n-minus-1", "cover", "look-through", "market", "farmer-ours", "embargo-stock"}
    acting = {"games-ours", "public-stock", "pooled-stock", "cutoff-power"}
    assert members["C"] == own | acting
    gate = [row for row in checks.values() if row.group == "A"]
    assert len(gate) == 82
    assert {row.verdict for row in gate} == {"match"}


def test_within_is_not_enough_in_group_a(checks):
    within = next(row for row in checks.values() if row.verdict == "within")
    assert not fails(within)
    assert fails(replace(within, group="A"))


def test_a_check_without_a_group_is_refused(monkeypatch):
    monkeypatch.setitem(published.CHECKS, "new", lambda _: {})
    with pytest.raises(FactError, match=r"groups\.csv: 'new'"):
        published_checks(("ras",))


def test_a_group_may_be_asked_for_alone():
    assert {row.group for row in published_checks(("A",))} == {"A"}


def test_the_page_of_the_docs_is_what_the_run_makes(checks):
    page = Path(__file__).parents[2] / "docs" / "reference" / "verify.md"
    text = page.read_text("utf-8")
    assert text == as_page(tuple(checks.values()))
    assert "proves plumbing, not the model" in text
    assert "## Not claimed" in text


def test_what_is_not_claimed_has_a_reason_and_is_no_check():
    rows = published.not_claimed()
    assert len({figures for figures, _ in rows}) == len(rows) >= 9
    assert all(reason and not reason.endswith(".") for _, reason in rows)
    modules = set(re.findall(r"`(lodestone[\w.]+)`", " ".join(reason for _, reason in rows)))
    assert modules and all(importlib.import_module(name) for name in modules)
    used = Path(published.__file__).parents[1].rglob("*.py")
    uncalled = "lodestone.impact.embodied"
    assert not [path for path in used if f"from {uncalled} import" in path.read_text("utf-8")], "claim its check"


def test_without_the_split_the_last_two_flows_are_undeterminable(checks):
    row = checks["cencic-2016", "undeterminable without the split (flow6, flow7, TC67)"]
    assert row.verdict == "match"
    assert row.ours == 3
