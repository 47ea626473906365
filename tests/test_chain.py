"""The chain on real facts, small: a brief whose every number answers why, twice the same."""

from __future__ import annotations

import json
import random
import re

import pytest

from lodestone.chain import brief, replay
from lodestone.cli import main
from lodestone.errors import LabelError
from lodestone.evidence.requests import Request
from lodestone.record.bundle import read_bundle
from lodestone.record.why import leaves, unfounded
from lodestone.report.check import printed_figures
from lodestone.report.compose import compose

SMALL = Request("JPN", "october-2025-resumed", members=20, cover_members=4)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder, found = brief(SMALL, tmp_path_factory.mktemp("out") / "jpn")
    return folder, found


def test_twenty_drawn_figures_reach_a_source_or_a_marked_assumption(written):
    folder, found = written
    figures = read_bundle(folder).figures
    printed = printed_figures(compose(found))
    for name in random.Random(20261124).sample(printed, 20):
        ends = leaves(figures, name)
        assert ends, name
        assert all(end.source and (end.locator or end.kind == "measure") for end in ends), name
    assert unfounded(figures, printed) == ()


def test_the_bundle_holds_the_brief_in_every_form(written):
    folder, _ = written
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"brief.html", "brief.pdf", "one-page.pdf", "summary.json", "tables.xlsx", "manifest.json"} <= names
    told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert len(told["headlines"]) == 5


def test_the_market_view_stands_in_every_form_and_its_total_walks_to_facts_and_assumptions(written):
    folder, found = written
    total = found.headline["market.total"]
    assert total in (folder / "tables" / "market-view.csv").read_text(encoding="utf-8")
    told = {one["id"] for one in json.loads((folder / "summary.json").read_text(encoding="utf-8"))["figures"]}
    assert {found.headline[f"market.{word}"] for word in ("using_industries", "price", "rationed", "stopped")} <= told
    assert "no stocks" in (folder / "brief.html").read_text(encoding="utf-8")
    kinds = {end.kind for end in leaves(read_bundle(folder).figures, total)}
    assert {"fact", "assumption", "measure"} <= kinds


def test_a_replay_is_identical(written, tmp_path):
    folder, _ = written
    found = replay(folder, tmp_path / "again")
    assert found.verdict == "identical", found.moves[:3]


def test_an_economy_without_use_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(LabelError, match="Use one of: .*JPN"):
        brief(Request("XXX", "october-2025-resumed", members=20), tmp_path / "run")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("JPN", "--sector", "nosuch", "--sector", "neither"), "'nosuch, neither'.*Use one of: .*electric_vehicles"),
        (("CHN",), r"simulate october-2025-resumed --economy CHN'.*buys from it: \w+, \w+, \w+\."),
    ],
)
def test_what_a_brief_cannot_be_about_is_refused_before_it_is_computed(capsys, tmp_path, monkeypatch, words, told):
    monkeypatch.setattr("lodestone.chain.find_all", lambda *_: pytest.fail("computed"))
    with pytest.raises(SystemExit) as left:
        main(("brief", *words, "--scenario", "october-2025-resumed", "--out", str(tmp_path / "run")))
    assert left.value.code == 2
    assert re.search(told, capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_why_prints_sources_for_a_headline(written, capsys):
    folder, found = written
    main_words = ("why", found.headline["imports.second_group"], "--run", str(folder))
    with pytest.raises(SystemExit) as left:
        main(main_words)
    assert left.value.code == 0
    assert "source: " in capsys.readouterr().out


def test_the_two_parts_of_the_vehicle_industry_earn_what_is_published_in_money_of_2024(written):
    _, found = written
    earns = [
        found.figures[f"run:JPN.pro_rata.earns.{sector}"].value for sector in ("electric_vehicles", "other_vehicles")
    ]
    # 87,465 million USD of 2022 (NSF table), US deflator of 2023 and 2024: about 6.6 %
    assert sum(earns) == pytest.approx(87.465 * 1.066, rel=0.08)
