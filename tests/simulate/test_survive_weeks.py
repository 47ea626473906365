"""The exposure formula and the simulator give the same weeks in a world of two nodes, to the week's rounding."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from lodestone.exposure.survive import weeks_until_stock_out
from tests.simulate.two_nodes import control, run

NEED = 10.0  # t a week


@pytest.mark.parametrize("share", [1.0, 0.6, 0.25])
@pytest.mark.parametrize("cover", [0.4, 1.0, 5.3, 9.9])
@pytest.mark.parametrize("lag", [1.0, 4.0])
def test_the_first_short_week_is_the_whole_part_of_the_time_to_survive(share, cover, lag):
    """Goods underway arrive for ``lag`` weeks; then a share of the flow is missing every week."""
    weeks = 60
    inflow = np.where(np.arange(weeks) < lag, NEED, (1.0 - share) * NEED)
    lasts = weeks_until_stock_out(
        xr.DataArray(cover * NEED), xr.DataArray(np.full(weeks, NEED), dims="week"), xr.DataArray(inflow, dims="week")
    ).item()
    assert lasts == pytest.approx(lag + cover / share)  # by hand
    found = run(
        control("blocked", 0, 999, {"share": share}), weeks=weeks, pins={"cover_weeks": cover, "transit_weeks": lag}
    )
    served = found.record[0]
    assert (served[: int(np.floor(lasts + 1e-9))] > 1 - 1e-9).all()
    assert served[int(np.floor(lasts + 1e-9))] < 1 - 1e-9


def test_a_stock_that_outlasts_the_cut_is_never_short():
    found = run(control("blocked", 0, 3, {"share": 1.0}), weeks=30, pins={"cover_weeks": 8.0, "transit_weeks": 1.0})
    assert found.first_shortage.tolist() == [-1]
