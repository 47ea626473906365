"""The chain on the minor metals: one material a brief, thin data said plainly, nothing added over materials."""

from __future__ import annotations

import json
import re

import pytest

from lodestone.chain import run
from lodestone.cli import main
from lodestone.errors import ScenarioError
from lodestone.evidence.requests import Request
from lodestone.report.check import check_brief, printed_figures
from lodestone.report.compose import compose
from lodestone.report.nouns import Paragraph

BAN = "gallium-germanium-antimony-ban"
LISTED = "indium-bismuth-2025"


def small(economy, scenario, material=""):
    return Request(economy, scenario, material=material, members=20, cover_members=4, threads=1)


def words(brief):
    spans = [h.sentence.spans for h in brief.headlines]
    spans += [part.spans for section in brief.sections for part in section.parts if isinstance(part, Paragraph)]
    return " ".join(span for some in spans for span in some if isinstance(span, str))


@pytest.fixture(scope="module")
def gallium():
    return run(small("USA", BAN))[1]


def test_the_first_material_is_taken_on_its_own_base_year(gallium):
    assert (gallium.scenario.material, gallium.scenario.year) == ("gallium", 2022)
    assert gallium.groups == ("gallium",)
    assert "imports.first_group" not in gallium.headline


def test_a_brief_of_one_element_is_whole_and_names_the_other_materials(gallium):
    brief = compose(gallium)
    check_brief(brief)
    told = words(brief)
    for other in ("germanium", "antimony"):
        assert f"lodestone brief USA --scenario {BAN} --material {other}" in told
    assert "losses are not added over materials" in told
    assert "magnet" not in told and "separation" not in told and "rare earth" not in told
    assert len(brief.headlines) == 5


def test_an_economy_stands_in_sentences_with_its_article(gallium):
    brief = compose(gallium)
    parts = [part for section in brief.sections for part in section.parts]
    captions = [part.caption for part in parts if not isinstance(part, Paragraph)]
    told = " ".join((words(brief), brief.subtitle, *(one.title for one in brief.headlines), *captions))
    labels = [gallium.figures[name].label for name in printed_figures(brief)]
    assert "supply of gallium" in brief.subtitle and "the United States' supply" in brief.subtitle
    bare = re.findall(r"(?<!the )(?<!The )United States", " ".join((told, *labels)))
    assert "the United States" in told and not bare
    assert brief.title.startswith("United States: ")


def test_thin_data_stand_on_the_first_page_with_their_counts(gallium):
    brief = compose(gallium)
    told = words(brief)
    assert "The data are thin." in told and "carried back" in told and gallium.about.thin in told
    assert {gallium.headline["facts"], gallium.headline["prior_cells"]} <= set(printed_figures(brief))
    assert gallium.figures[gallium.headline["prior_cells"]].value > 0.8
    assert gallium.figures[gallium.headline["facts"]].value == 10


def test_another_material_of_the_scenario_has_its_own_year_and_no_site_is_not_never():
    found = run(small("USA", BAN, "antimony"))[1]
    assert (found.scenario.material, found.scenario.year) == ("antimony", 2023)
    assert found.figures[found.headline["months.second_group"]].value is None
    brief = compose(found)
    check_brief(brief)
    assert "which is not never" in words(brief)


def test_an_economy_without_a_use_in_some_sector_has_no_value_there():
    found = run(small("USA", BAN, "germanium"))[1]
    assert "chemicals_catalysts" not in set(found.stakes["sector"])


def test_a_material_the_scenario_does_not_touch_is_refused():
    with pytest.raises(ScenarioError, match="does not touch 'tungsten'. Use one of: gallium, germanium, antimony"):
        run(small("USA", BAN, "tungsten"))


@pytest.mark.parametrize("name", ["tungsten-licences", "graphite-licences"])
def test_the_licence_scenarios_reach_their_network(name):
    setting, found = run(small("JPN", name))
    assert set(found.measures["touches"]) == {"directly"}
    assert any(control.kind == "licence" for control in setting.controls.controls)
    check_brief(brief := compose(found))
    assert ("too narrow in " in words(brief)) == (name == "graphite-licences")
    shares = [row.share for row in found.tested.lead.itertuples()]
    assert set(shares) <= set(printed_figures(brief)) and bool(shares) == (name == "graphite-licences")


@pytest.fixture(scope="module")
def licensed():
    return {name: run(small("JPN", LISTED, name))[1] for name in ("indium", "bismuth")}


@pytest.mark.parametrize(
    ("name", "covered", "free", "own"),
    [
        ("indium", {"wafer_indium"}, {"refined_indium", "target_indium"}, "displays"),
        ("bismuth", {"refined_bismuth"}, {"compound_bismuth"}, "pharmaceuticals"),
    ],
)
def test_a_licence_on_one_form_leaves_the_others_and_the_sector_that_takes_them(licensed, name, covered, free, own):
    found = licensed[name]
    reached = found.measures[found.measures["touches"] == "directly"]
    assert len(reached) == 1  # the part on the other element is a row of its own and touches nothing here
    assert set(reached["covered"].iloc[0]) == covered and free <= set(reached["spared"].iloc[0])
    told = words(compose(found))
    assert f"They cover {name}, of its products" in told
    stakes = found.stakes.set_index("sector")
    assert found.figures[stakes.loc[own, "lost"]].value < 1e-9
    assert found.figures[stakes.loc[own, "earns"]].value > 0
    check_brief(compose(found))


def test_materials_added_as_data_have_their_own_stages(licensed):
    stages = {name: found.about.layers for name, found in licensed.items()}
    assert stages["indium"] == ("recovery", "recycling", "refining", "wafer", "target", "use")
    assert stages["bismuth"] == ("recovery", "refining", "compound", "use")


def test_exposure_takes_a_material(capsys):
    with pytest.raises(SystemExit) as left:
        main(("exposure", "show", "JPN", "--material", "gallium", "--json"))
    assert left.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["material"], told["year"]) == ("gallium", 2022)
    rows = [row for one in told["indicators"] for row in one["rows"]]
    assert {row["elements"] for row in rows} & {"Ga", "Nd", "Dy", "light", "heavy"} == {"Ga"}
    assert {"wafer", "recovery"} <= {row["stage"] for row in rows if row.get("stage")}
