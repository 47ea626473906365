"""A programme kept in the solver."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from lodestone.errors import SolverError
from lodestone.respond.held import columns, hold, resolve, row_values, set_bounds, set_costs, set_right
from lodestone.respond.solve import new_model

FORMS = {"form": ["oxide", "metal"]}


def two_forms(integer: bool = False):
    """Ten tonnes of two forms at 2 and 3 a tonne, at most six of the first."""
    model = new_model()
    tonnes = model.add_variables(lower=0, coords=FORMS, name="tonnes", integer=integer)
    model.add_constraints(tonnes.sum() >= 10, name="need")
    model.add_constraints(tonnes <= xr.DataArray([6.0, 50.0], FORMS, ("form",)), name="most")
    model.add_objective((tonnes * xr.DataArray([2.0, 3.0], FORMS, ("form",))).sum())
    return model


def test_limits_bounds_and_costs_move_and_the_plan_follows() -> None:
    held = hold(two_forms())
    assert resolve(held).objective == pytest.approx(24.0)
    set_right(held, "need", xr.DataArray(20.0))
    assert resolve(held).objective == pytest.approx(54.0)
    set_right(held, "most", xr.DataArray([8.0, 50.0], FORMS, ("form",)))
    assert resolve(held).objective == pytest.approx(52.0)
    metal = columns(held, "tonnes").sel(form="metal").values
    set_bounds(held, metal, np.array(15.0), np.array(np.inf))
    found = resolve(held)
    assert found.objective == pytest.approx(55.0)
    assert found.values["tonnes"].sel(form="oxide").item() == pytest.approx(5.0)
    assert float(row_values(held, "need")) == pytest.approx(20.0)
    set_costs(held, np.array([2.0, 1.0]))
    assert resolve(held).objective == pytest.approx(20.0)


def test_where_nothing_meets_all_rows_there_is_no_plan_and_the_next_one_is_found() -> None:
    held = hold(two_forms())
    set_right(held, "need", xr.DataArray(100.0))
    assert resolve(held) is None
    set_right(held, "need", xr.DataArray(10.0))
    assert resolve(held).objective == pytest.approx(24.0)


def test_whole_numbers_are_not_kept() -> None:
    with pytest.raises(SolverError, match="linear programme"):
        hold(two_forms(integer=True))
