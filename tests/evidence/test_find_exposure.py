"""The exposure side of a brief: every number is a figure that leads somewhere, and every table is there."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest

from lodestone.baseline.build import gather
from lodestone.baseline.explain import Explainer
from lodestone.baseline.material import read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prices import with_prices
from lodestone.baseline.store import read_baseline
from lodestone.evidence.find_exposure import Exposed, find_exposure
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.report.check import brief_faults
from lodestone.report.nouns import Brief, Number, Table
from lodestone.report.sections_exposure import exposure_annex
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import read_scenario
from lodestone.simulate.scenario_labels import read_scenario_labels


@pytest.fixture(scope="module")
def told() -> Exposed:
    folder = data_folder()
    facts, assumptions = read_facts(folder), read_assumptions(folder)
    scenario = read_scenario(
        "total-cutoff-one-year",
        read_measures(folder),
        assumptions,
        scenario_folder(),
        None,
        read_scenario_labels(folder),
    )
    baseline = read_baseline(baseline_folder(folder, scenario.material, scenario.year))
    network, prices = with_prices(next(iter(baseline.networks.values())), folder, facts)
    setting = Setting(
        folder,
        facts,
        assumptions,
        scenario,
        baseline,
        network,
        prices,
        compile_controls(scenario, network, assumptions),
        read_material(folder, scenario.material),
    )
    explainer = Explainer(gather(folder, network.material, network.year, facts), baseline, network.prior)
    return find_exposure(setting, explainer, "DEU", "CHN", 1)


@pytest.fixture(scope="module")
def sections(told: Exposed):
    names = {"DEU": "Deutschland", "CHN": "China"}
    return exposure_annex(SimpleNamespace(exposed=told, names=names, spoken=names, economy="DEU", issuer="CHN"))


def test_every_figure_leads_to_a_fact_an_assumption_or_a_parameter(told):
    for figure in told.figures.values():
        assert figure.origin or figure.source, figure.id
        assert not [one for one in figure.origin if one not in told.figures], figure.id
        if figure.kind == "result":
            leaves = {told.figures[one].kind for one in figure.origin}
            assert leaves <= {"cell", "assumption", "parameter"}, figure.id


def test_the_annex_can_be_written(told, sections):
    day = dt.date(2026, 1, 1)
    brief = Brief(
        "t",
        "s",
        "DEU",
        "Deutschland",
        "total-cutoff-one-year",
        "m",
        day,
        day,
        "status",
        (),
        sections,
        told.figures,
        (),
        "run",
    )
    assert brief_faults(brief) == []


def test_the_annex_holds_its_tables_and_no_empty_one(sections):
    tables = {part.name: part for section in sections for part in section.parts if isinstance(part, Table)}
    assert set(tables) == {
        "concentration",
        "ceilings",
        "times-uses",
        "times-recover",
        "times-sites",
        "technology",
        "indices",
    }
    for table in tables.values():
        assert table.rows
        assert any(isinstance(cell, Number) for cell in table.rows[0].values())


def test_dominated_stages_have_an_index_above_a_quarter(told):
    # more than half of supply squared is more than a quarter
    for figure in told.stages["index"]:
        assert told.figures[figure].low > 0.2
        assert told.figures[figure].value >= 0.25


def test_time_to_recover_stands_beside_time_to_survive(told):
    assert (told.uses["survive"] != "").all()
    assert (told.uses["recover"] != "").any()
    assert set(told.sites["exposed"]) <= {"exposed", ""}
    country = told.sites[told.sites["site"] == "China, all"]
    assert len(country) > 0
    for row in country.itertuples():
        survive, recover = told.figures[row.survive].value, told.figures[row.recover].value
        assert (survive < recover) == (row.exposed == "exposed")


def test_a_time_to_recover_is_told_once_for_all_uses_that_wait_for_it(told, sections):
    tables = {part.name: part for section in sections for part in section.parts if isinstance(part, Table)}
    rows = tables["times-recover"].rows
    shown = [(row["waits"], told.figures[row["recover"].figure]) for row in rows]
    assert len({(waits, one.value, one.low, one.high) for waits, one in shown}) == len(rows) < len(told.uses)
    for use in told.uses[told.uses["recover"] != ""]["use"]:
        assert sum(use.replace("_", " ") in str(row["uses"]) for row in rows) >= 1, use


def test_a_missing_score_prints_no_value(told):
    risk = [told.figures[one] for one in told.indices["risk"] if one]
    assert any(one.value is None and one.low is not None for one in risk)
    assert any("bounds from the best to the worst" in remark for remark in told.remarks["eu_supply_risk"])


def test_sites_schemes_and_remarks_have_names_and_no_labels(told):
    said = [*told.sites["site"], *told.cover["rule"], *(one for part in told.remarks.values() for one in part)]
    assert said
    assert [
        text for text in said if re.search(r"\b(CHN|EU24|VNM|JPN)\b|UUUU-WM1|SE-VN|JSL-MY|iea-oil|jpn-2020", text)
    ] == []


def test_sites_that_differ_in_name_alone_share_a_row(told, sections):
    tables = {part.name: part for section in sections for part in section.parts if isinstance(part, Table)}
    rows = tables["times-sites"].rows
    assert 0 < len(rows) < len(told.sites) / 2
    for site in told.sites["site"]:
        assert any(site in str(row["site"]) for row in rows), site
