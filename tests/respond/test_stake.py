"""What a missing tonne stops at home, followed through the economy's own makers."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from lodestone.respond.home import home_of, home_use
from lodestone.respond.stake import stake
from tests.world import small_network

HOME = home_of(small_network(), "BOR", "ALB")


def worth(motors: float = 24.0, speakers: float = 6.0) -> xr.DataArray:
    uses = [str(use) for use in HOME.needs["use"].values]
    return xr.DataArray([motors if use.startswith("motors") else speakers for use in uses], {"use": uses}, ("use",))


def test_a_magnet_stops_the_value_of_what_it_goes_into():
    found = stake(HOME, worth())
    assert found.sel(product="magnet").item() == pytest.approx(30.0 / home_use(HOME).sel(product="magnet").item())


def test_a_tonne_of_oxide_stops_the_magnets_it_would_have_made_that_stay_at_home():
    found = stake(HOME, worth())
    made = float((HOME.gives * HOME.activity).sum("process").sel(product="magnet"))
    kept = 1.0 - float(HOME.exports.sel(product="magnet")) / made
    per_tonne = made / float(home_use(HOME).sel(product="oxide_heavy"))
    expected = per_tonne * max(kept, 0.0) * found.sel(product="magnet").item()
    assert found.sel(product="oxide_heavy").item() == pytest.approx(expected) and expected > 0.0


def test_an_input_that_is_not_essential_counts_by_what_its_absence_takes_off_and_nobody_at_home_by_nothing():
    loose = xr.zeros_like(HOME.essential)
    from dataclasses import replace

    half = stake(replace(HOME, essential=loose), worth(), 0.5)
    assert half.sel(product="magnet").item() == pytest.approx(0.5 * stake(HOME, worth()).sel(product="magnet").item())
    idle = home_use(HOME) <= 0.0
    assert np.abs(stake(HOME, worth()).where(idle, 0.0)).max() == 0.0
    assert stake(HOME, worth() * 2.0).values == pytest.approx(2.0 * stake(HOME, worth()).values)
