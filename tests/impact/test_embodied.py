"""The table looked through: the textbook's answers, pymrio's inverse, and the accounts."""

from __future__ import annotations

import numpy as np
import pytest

from lodestone.errors import LabelError, SolverError
from lodestone.facts.place import data_folder
from lodestone.impact.embedded import read_embedded
from lodestone.impact.embodied import embodied_value_added, required_output
from lodestone.impact.table import make_table
from tests.impact.golden_ario import peer_table


def test_one_column_at_a_time_is_the_leontief_inverse():
    import pymrio

    table = peer_table("whole")
    inverse = pymrio.load_test().calc_system().L.to_numpy()
    found = np.array([required_output(table, unit) for unit in np.eye(len(table.output))]).T
    assert found == pytest.approx(inverse, rel=1e-9, abs=1e-12)
    assert found[0, 0] == pytest.approx(1.110102072, abs=5e-10)
    assert np.trace(found) == pytest.approx(49.350711729, abs=5e-9)


def test_all_demand_needs_all_output():
    table = read_embedded(data_folder() / "wiod" / "2011").table
    assert required_output(table, table.final_demand.sum(axis=1)) == pytest.approx(table.output, rel=1e-9, abs=1e-3)


def test_value_added_in_what_is_bought_sums_to_what_is_paid():
    table = read_embedded(data_folder() / "wiod" / "2011").table
    column = table.final_economies.index("JPN")
    told = embodied_value_added(table, "JPN")
    assert told.sum() == pytest.approx(table.final_demand[:, column].sum(), rel=1e-9)
    assert (told >= -1e-6).all()
    assert 0.8 < told["JPN"].sum() / told.sum() < 0.95


def test_no_demand_needs_nothing():
    assert not required_output(peer_table("three"), np.zeros(20)).any()


def test_what_does_not_fit_is_refused():
    table = peer_table("three")
    with pytest.raises(LabelError, match=r"demand has shape \(3,\); give one number for each of 20"):
        required_output(table, np.zeros(3))
    with pytest.raises(LabelError, match="economy 'XXX' buys nothing in the table. There: "):
        embodied_value_added(table, "XXX")


def test_a_circle_that_feeds_on_itself_is_refused():
    table = peer_table("three")
    eaten = make_table(
        table.industries[:2],
        np.array([[1.0, 99.0], [99.0, 1.0]]),
        np.zeros((2, 1)),
        ["reg1"],
        unit="u",
        year=1,
        source="s",
    )
    with pytest.raises(SolverError, match="did not converge"):
        required_output(eaten, np.array([1.0, 0.0]))
