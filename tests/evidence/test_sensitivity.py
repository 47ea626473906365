"""Sobol indices: the published ones of a known function, nothing for what does nothing, and the command."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.chain import prepare
from lodestone.cli import main
from lodestone.errors import FactError, ScenarioError
from lodestone.evidence.requests import SensitivityRequest
from lodestone.evidence.sensitivity import read_groups, too_wide
from lodestone.evidence.sobol import sobol_indices
from lodestone.facts.place import data_folder
from lodestone.simulate.crossed import CrossedDesign
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.luck import Luck

GROUPS = ("x1", "x2", "x3")
# Ishigami and Homma (1990), a = 7, b = 0.1: the shares follow by integration; printed to four digits.
ALONE = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def drawn(design: CrossedDesign, name: str, low: float, high: float) -> np.ndarray:
    """An input by run, drawn as a simulation draws it."""
    return np.array(
        [
            Luck(3, run, None, lambda asked, run=run: design.source(run, asked)).number(name, low, 0.0, high, "uniform")
            for run in range(design.size)
        ]
    )


def test_the_published_indices_of_the_ishigami_function():
    design = CrossedDesign(4096, GROUPS, {name: name for name in GROUPS})
    x1, x2, x3 = (drawn(design, name, -np.pi, np.pi) for name in GROUPS)
    found = sobol_indices(np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1), GROUPS, seed=1)
    for row in found.itertuples():
        assert row.s1 == pytest.approx(ALONE[row.group], abs=0.04)
        assert row.st == pytest.approx(TOTAL[row.group], abs=0.04)
        assert 0.0 < row.s1_conf < 0.06 and 0.0 < row.st_conf < 0.06
    assert found["group"].tolist() == ["x1", "x2", "x3"]


@given(seed=st.integers(0, 1000), weight=st.floats(0.1, 10.0))
@settings(max_examples=20)
def test_an_input_that_does_nothing_has_no_share(seed, weight):
    groups = ("matters", "nothing")
    a, b = np.random.default_rng(seed).random((2, 200, 2))
    runs = [weight * part**2 for part in (a[:, 0], b[:, 0], a[:, 0], b[:, 0])]
    found = sobol_indices(np.column_stack(runs).ravel(), groups, seed).set_index("group")
    assert abs(found.at["nothing", "st"]) <= found.at["nothing", "st_conf"] + 1e-12
    assert abs(found.at["nothing", "s1"]) <= found.at["nothing", "s1_conf"] + 1e-12
    assert found.at["matters", "st"] == pytest.approx(1.0, abs=0.3)


def test_indices_are_the_same_twice_with_any_seed():
    runs = np.random.default_rng(2).random(40)
    first, second = (sobol_indices(runs, ("a", "b"), seed=0) for _ in range(2))
    assert first.equals(second)


def test_what_cannot_be_shared_out_is_refused():
    with pytest.raises(ScenarioError, match="9 runs do not make whole samples of 4"):
        sobol_indices(np.arange(9.0), ("a", "b"), 1)
    with pytest.raises(ScenarioError, match="no finite result"):
        sobol_indices(np.array([1.0, np.inf, 2.0, 3.0]), ("a", "b"), 1)
    with pytest.raises(ScenarioError, match="every run gives 2: there is no variance"):
        sobol_indices(np.full(8, 2.0), ("a", "b"), 1)


def test_every_input_a_run_draws_has_one_group():
    """Of a real run with every kind of measure it can hold, not of the table itself."""
    words, group_of = read_groups(data_folder())
    setting = prepare(SensitivityRequest("october-2025-resumed", "JPN"))
    ensemble = simulate(
        setting.network, setting.baseline.draws, setting.controls, setting.assumptions, scenario_name="a test", weeks=4,
        members=6, seed=1, rule="pro_rata", demand_growth=setting.scenario.demand_growth, keep_series=False,
    )  # fmt: skip
    drawn = [name for name, values in ensemble.inputs.items() if np.ptp(values[~np.isnan(values)]) > 0]
    assert len(drawn) > 10
    design = CrossedDesign(2, (), group_of)
    assert {design.group(name) for name in drawn} <= set(words)


def test_an_input_in_two_groups_is_refused(tmp_path):
    (tmp_path / "sensitivity").mkdir()
    (tmp_path / "sensitivity" / "groups.csv").write_text("group,words,input\na,A,x\nb,B,x\n", encoding="utf-8")
    with pytest.raises(FactError, match="x stands twice"):
        read_groups(tmp_path)


def test_too_few_samples_are_said_to_be_too_few():
    """An interval wider than the whole variance says nothing."""
    rows = pd.DataFrame({"group": ["a", "b"], "s1_conf": [0.1, 0.2], "st_conf": [0.6, 0.4]})
    assert too_wide(rows, {"a": "stocks", "b": "licences"}) == ["stocks"]


def test_the_command_shares_out_two_headlines_of_the_shipped_network(capsys):
    line = "sensitivity october-2025-resumed --economy JPN --samples 16 --weeks 30 --json --headline value.total"
    with pytest.raises(SystemExit) as left:
        main([*line.split(), "--headline", "weeks.first"])
    assert not left.value.code
    told = json.loads(capsys.readouterr().out)
    assert [one["headline"] for one in told["headlines"]] == ["value.total", "weeks.first"]
    value = {row["group"]: row for row in told["headlines"][0]["groups"]}
    assert told["runs"] == 16 * (len(value) + 2)
    assert {"licence", "stocks", "network", "value", "failures"} <= set(value)
    assert value["licence"]["st"] > 0.0 and value["network"]["st"] > 0.0
    weeks = {row["group"]: row for row in told["headlines"][1]["groups"]}
    assert weeks["value"]["st"] == 0.0  # what a sector earns does not move the week it stops in


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--headline", "value.tea"], "no headline 'value.tea'. Use one of: value.total"),
        (["--rule", "political"], "the political rule needs"),
        (["--economy", "XXX"], "no use of 'XXX'"),
    ],
)
def test_what_cannot_be_asked_is_refused(words, message, capsys):
    with pytest.raises(SystemExit) as left:
        main(["sensitivity", "october-2025-resumed", "--economy", "JPN", "--samples", "16", *words])
    assert left.value.code == 2
    assert message in capsys.readouterr().err


def test_a_scenario_that_loses_nothing_has_nothing_to_share_out(capsys):
    with pytest.raises(SystemExit) as left:
        main(["sensitivity", "no-shock", "--economy", "JPN", "--samples", "16", "--weeks", "4"])
    assert left.value.code == 2
    assert "there is no variance to share out" in capsys.readouterr().err
