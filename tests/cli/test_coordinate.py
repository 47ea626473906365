"""``lodestone coordinate`` as a user runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import told_by

WORDS = ("coordinate", "october-2025-resumed", "--draws", "12", "--no-plans", "--products", "3")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    import io
    from contextlib import redirect_stdout

    from lodestone.cli import main

    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as end:
        main([*WORDS, "--members", "JPN,USA,DEU", "--json"])
    assert end.value.code == 0
    return dict(json.loads(out.getvalue()))


def test_together_never_costs_more_than_the_scramble(told: dict[str, Any]) -> None:
    assert told["members"] == ["JPN", "USA", "DEU"]
    assert len(told["scramble"]["products"]) == 3
    for one in told["scramble"]["products"]:
        for worth in one["unity_is_worth"].values():
            assert worth["low"] >= -1e-6 * max(1.0, one["joint"]["cost"]["high"])
        assert one["joint"]["price_ratio"]["high"] <= one["takers"]["price_ratio"]["high"] * (1 + 1e-9)
        gap = sum(one["gap"][member]["mean"] for member in one["gap"])
        for game in ("alone", "takers", "joint"):
            assert 0.0 <= sum(one[game]["short"][member]["mean"] for member in one["gap"]) <= gap + 1e-9
    stakes = [told["scramble"]["at_stake"][one["product"]] for one in told["scramble"]["products"]]
    assert stakes == sorted(told["scramble"]["at_stake"].values(), reverse=True)[:3]


def test_quarters_of_both_sides_add_up_and_nothing_is_known_of_the_answer(told: dict[str, Any]) -> None:
    (nothing,) = told["leverage"]["responses"]
    assert len(nothing["by_quarter"]) == 8
    for side in ("own_loss", "members_lose"):
        parts = sum(one[side]["mean"] for one in nothing["by_quarter"])
        assert parts == pytest.approx(nothing[side]["mean"])
    assert nothing["own_loss"]["mean"] == pytest.approx(nothing["forgone"]["mean"] - nothing["dearer"]["mean"])
    alone = sum(one["mean"] for one in told["lost_alone"].values())
    assert nothing["members_lose"]["mean"] == pytest.approx(alone)
    counters = {one["measure"]: one for one in told["leverage"]["counter_measures"]}
    assert counters["US-2024-301-MAG"]["cost"]["low"] > 0.0
    assert "% of the tonnes have no price" in counters["US-2024-301-MAG"]["gap"]  # bonded and samarium-cobalt magnets
    assert counters["US-2025-50"]["cost"] is None and counters["US-2025-50"]["gap"]
    assert all(one["answer"] for one in counters.values())


def test_all_faults_of_members_are_told_together(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told_by(capsys, *WORDS, "--members", "G7,EU27,AUS,CHN,XYZ")
    assert (code, out) == (2, "")
    for word in ("7 faults", "EU27 contains DEU", "'XYZ' is not known", "CHN is who curbs", "no value added of 'AUS'"):
        assert word in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--members", ""), "nobody is named"),
        (("--members", "G7,JPN"), "JPN comes twice"),
        (("--members", "EU24,BEL"), "EU24 contains BEL"),
        (("--members", "JPN", "--section", "song"), "no section song"),
        (("--members", "JPN", "--counter", "no-such"), "no-such"),
        (("--members", "JPN,DEU", "--section", "values"), "--no-plans makes none"),
    ],
)
def test_what_cannot_be_asked_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    code, out, err = told_by(capsys, *WORDS, *words)
    assert (code, out) == (2, "")
    assert told in err


def test_faults_of_sections_and_of_members_come_together_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "coordinate",
        "october-2025-resumed",
        "--members",
        "G7,JPN,JPN,XYZ",
        "--section",
        "song",
        "--section",
        "values",
    )
    code, out, err = told_by(capsys, *words)
    assert (code, out) == (2, "")
    assert "3 faults" in err and "no section song" in err and "'XYZ' is not known" in err
    assert err.count("JPN comes twice") == 1


def test_one_member_has_no_coalition_to_value(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told_by(capsys, "coordinate", "october-2025-resumed", "--members", "JPN", "--section", "values")
    assert (code, out) == (2, "")
    assert "JPN alone makes no coalition" in err


def test_a_material_without_levers_is_asked_without_plans(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("coordinate", "gallium-germanium-total-stop", "--members", "JPN,DEU", "--draws", "8")
    code, out, err = told_by(capsys, *words)
    assert (code, out) == (2, "")
    assert "no levers for" in err and "--no-plans" in err
    code, out, err = told_by(capsys, *words, "--no-plans", "--json")
    assert code == 0, err
    assert json.loads(out)["leverage"]["counter_measures"] == []  # none of them touches the material


def test_a_group_stands_for_the_economies_of_the_network_that_hold_its_members_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = told_by(capsys, *WORDS, "--members", "EU", "--section", "leverage", "--counter", "", "--json")
    assert code == 0, err
    assert sorted(json.loads(out)["members"]) == ["DEU", "EU24", "FRA", "ITA"]
    assert json.loads(out)["leverage"]["counter_measures"] == []


def test_a_shared_reserve_is_played_by_its_file_and_told_on_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = tmp_path / "rule.yaml"
    rule.write_text(
        "title: Two\nholdings: [{product: magnet_ndfeb_standard, weeks: 12}]\nnote: for 2 members\n", encoding="utf-8"
    )
    words = (
        "coordinate",
        "october-2025-resumed",
        "--members",
        "JPN,FRA",
        "--draws",
        "6",
        "--section",
        "reserve",
        "--no-plans",
    )
    code, out, err = told_by(capsys, *words, "--reserve", str(rule), "--json")
    assert code == 0, err
    told = json.loads(out)
    assert "scramble" not in told and told["reserve"]["title"] == "Two"
    (held,) = told["reserve"]["holdings"]
    assert held["cannot"] == ["FRA"] and list(held["can_process"]) == ["JPN"]
    assert [one["hit"] for one in told["reserve"]["cases"]] == ["all", "JPN", "FRA"]
    assert "reserve_trigger" in told["reserve"]["assumed"]
    code, out, err = told_by(capsys, *words, "--reserve", str(rule), "--out", str(tmp_path / "page"))
    assert code == 0, err
    assert "A SHARED RESERVE: Two" in out and "may draw but cannot use it: France" in out
    page = (tmp_path / "page" / "brief.html").read_text(encoding="utf-8")
    assert "What a shared reserve does" in page and "For 2 members" in page and "Weeks from the first call" in page
    assert "your reserve" in (tmp_path / "page" / "manifest.json").read_text(encoding="utf-8")


def test_a_reserve_without_a_rule_and_a_rule_with_faults_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("coordinate", "october-2025-resumed", "--members", "JPN,XYZ")
    code, out, err = told_by(capsys, *words, "--section", "reserve")
    assert (code, out) == (2, "")
    assert "reserve needs a rule" in err and "'XYZ' is not known" in err
    rule = tmp_path / "rule.yaml"
    rule.write_text("title: Two\nholdings: [{product: gold, weeks: 12}]\npays: nobody\n", encoding="utf-8")
    code, out, err = told_by(capsys, *words, "--reserve", str(rule))
    assert (code, out) == (2, "")
    assert "unknown product 'gold'" in err and "'nobody' is no key" in err and "'XYZ' is not known" in err
    code, out, err = told_by(capsys, *words, "--reserve", str(tmp_path / "none.yaml"))
    assert (code, out) == (2, "") and "cannot be read" in err


@pytest.mark.proof
def test_plans_leave_less_of_the_members_loss(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("coordinate", "october-2025-resumed", "--members", "JPN,FRA", "--draws", "24", "--section", "leverage")
    code, out, err = told_by(capsys, *words, "--json")
    assert code == 0, err
    found = json.loads(out)["leverage"]
    losses = [one["members_lose"]["mean"] for one in found["responses"]]
    assert len(losses) >= 2 and losses[1] < losses[0]
    assert found["plans_cost"] > 0.0


@pytest.mark.proof
def test_values_of_coalitions_are_asked_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "coordinate",
        "october-2025-resumed",
        "--members",
        "JPN,ITA",
        "--draws",
        "24",
        "--section",
        "values",
        "--replicates",
        "1",
    )
    code, out, err = told_by(capsys, *words, "--json")
    assert code == 0, err
    told = json.loads(out)["values"]
    assert told["off"][0] == pytest.approx(0.0, abs=1e-3)
    gains = {(one["mechanisms"], one["outsiders"]): one["coalitions"][-1]["value"] for one in told["games"]}
    assert gains["all together", "respond"] == pytest.approx(gains["all together", "same tonnes"])
    assert (
        gains["all together", "respond"]
        >= max(value for (name, _), value in gains.items() if name != "all together") - 1e-3
    )
    costs = {row["member"]: row["cost"] - row["together"] for row in told["alone"]}
    assert sum(costs.values()) == pytest.approx(gains["all together", "respond"], abs=1e-3)
    assert told["checks"]["gap"] < 1e-6 and told["checks"]["apart"] < 1e-6


@pytest.mark.proof
def test_a_brief_is_written_whole_and_its_numbers_lead_somewhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = tmp_path / "together"
    code, text, err = told_by(capsys, *WORDS, "--members", "JPN,DEU", "--out", str(place))
    assert code == 0, err
    assert {path.name for path in place.iterdir()} >= {"brief.html", "brief.pdf", "summary.json", "figures.json"}
    assert not re.search(r"\b(JPN|CHN|DEU|[a-z]+_[a-z]+_[a-z_]+)\b", text), "a label in the text"
    held = {one["id"]: one for one in json.loads((place / "figures.json").read_text(encoding="utf-8"))}
    assert f"lose {1000.0 * held['together:JPN+DEU.lost']['value']:,.0f}" in text
    code, out, _ = told_by(capsys, "why", "together:JPN+DEU.lost", "--run", str(place))
    assert code == 0
    for word in ("value added", "impact.spread"):
        assert word in out
    code, out, err = told_by(capsys, "replay", str(place))
    assert code == 0, err
    assert "identical" in out
