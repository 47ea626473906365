"""Time to survive in closed form, week by week, and as a linear programme; time to recover."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.recover import disrupt, risk_exposure_index, supply_case
from lodestone.exposure.survive import weeks_until_stock_out

sizes = st.floats(0.5, 100.0)


def scalar(value):
    return xr.DataArray(float(value))


def line(values, dim, labels):
    return xr.DataArray(np.asarray(values, float), dims=dim, coords={dim: list(labels)})


def simulated(inventory, use, inflow, weeks=10_000):
    """Whole weeks served in full by the plainest weekly step."""
    stock = inventory
    for week in range(weeks):
        if stock + inflow < use - 1e-9:
            return week
        stock += inflow - use
    return weeks


@given(sizes, sizes, st.floats(0.0, 0.95))
def test_whole_weeks_equal_a_simulation_in_which_nothing_adapts(inventory, use, part):
    answer = weeks_until_stock_out(scalar(inventory), scalar(use), scalar(part * use)).item()
    assert int(np.floor(answer + 1e-9)) == simulated(inventory, use, part * use)


@given(sizes, sizes, st.floats(0.0, 0.9))
def test_week_by_week_equals_the_closed_form_when_nothing_changes(inventory, use, part):
    closed = weeks_until_stock_out(scalar(inventory), scalar(use), scalar(part * use)).item()
    weeks = xr.DataArray(np.full(int(closed) + 3, part * use), dims="week")
    stepped = weeks_until_stock_out(scalar(inventory), scalar(use), weeks).item()
    assert stepped == pytest.approx(closed, rel=1e-9)


def test_a_use_that_is_supplied_never_stops_and_one_without_stock_stops_at_once():
    uses = {"use": ["a", "b"]}
    answer = weeks_until_stock_out(
        xr.DataArray([0.0, 0.0], uses, ("use",)),
        xr.DataArray([5.0, 5.0], uses, ("use",)),
        xr.DataArray([5.0, 4.0], uses, ("use",)),
    )
    assert answer.values.tolist() == [np.inf, 0.0]


def test_a_stock_refilled_before_it_ends_lasts():
    inflow = xr.DataArray([0.0, 20.0, 0.0, 0.0, 0.0], dims="week")
    assert weeks_until_stock_out(scalar(10.0), scalar(10.0), inflow).item() == 3.0
    assert weeks_until_stock_out(scalar(100.0), scalar(10.0), inflow).item() == np.inf


def test_labels_that_differ_and_nan_are_refused():
    one, two = line([1.0], "use", "a"), line([1.0], "use", "b")
    with pytest.raises(LabelError):
        weeks_until_stock_out(one, two, one)
    with pytest.raises(BalanceError):
        weeks_until_stock_out(line([np.nan], "use", "a"), one, one)


def published_case():
    sites, products = ["S1", "S2", "S3"], ["P1", "P2"]
    return supply_case(
        line([30, 45, 60], "site", sites),
        line([75, 50], "product", products),
        line([20, 25], "product", products),
        line([5000, 6500], "product", products),
    )


def test_published_case():
    table = risk_exposure_index(published_case(), line([2, 2, 2], "site", ["S1", "S2", "S3"]))
    np.testing.assert_allclose(table["cost"], [0, 125_000, 275_000], atol=1e-6)
    np.testing.assert_allclose(table["lost"], [0, 25, 55], atol=1e-6)
    np.testing.assert_allclose(table["production"], [205, 180, 150], atol=1e-6)
    np.testing.assert_allclose(table["time_to_survive"], [2.25, 45 / 35, 0.9])
    np.testing.assert_allclose(table["risk_exposure_index"], [0, 125 / 275, 1])
    assert table["exposed"].tolist() == [False, True, True]
    assert disrupt(published_case(), (), 2.0).time_to_survive == np.inf


@settings(max_examples=30)
@given(sizes, sizes, st.floats(0.0, 0.9))
def test_one_product_survives_as_long_as_the_closed_form_says(inventory, use, part):
    case = supply_case(
        line([part * use, use], "site", "ab"),
        line([use], "product", "p"),
        line([inventory], "product", "p"),
        line([1.0], "product", "p"),
    )
    closed = weeks_until_stock_out(scalar(inventory), scalar(use), scalar(part * use)).item()
    assert disrupt(case, ("b",), 1.0).time_to_survive == pytest.approx(closed, rel=1e-6)


@settings(max_examples=20)
@given(st.floats(0.0, 8.0), st.floats(0.1, 4.0))
def test_a_longer_disruption_never_costs_less_and_costs_nothing_up_to_the_time_to_survive(weeks, more):
    short, long = (disrupt(published_case(), ("S2",), w) for w in (weeks, weeks + more))
    assert long.cost >= short.cost - 1e-6
    assert (short.cost <= 1e-6) == (weeks <= short.time_to_survive + 1e-9)


def test_relabelling_sites_and_products_changes_nothing():
    case = published_case()
    mixed = supply_case(
        case.capacity.isel(site=[2, 0, 1]),
        case.demand,
        case.inventory.isel(product=[1, 0]),
        case.loss,
        case.can_make.isel(product=[1, 0]),
    )
    assert disrupt(mixed, ("S3",), 2.0).cost == pytest.approx(disrupt(case, ("S3",), 2.0).cost)


def test_a_site_that_cannot_make_a_product_does_not_help():
    case = published_case()
    able = case.can_make.copy()
    able.loc[{"product": "P2"}] = [False, False, True]
    alone = supply_case(case.capacity, case.demand, case.inventory, case.loss, able)
    result = disrupt(alone, ("S3",), 2.0)
    assert result.lost.sel(product="P2").item() == pytest.approx(75.0)


def test_a_site_that_is_not_there_is_named():
    with pytest.raises(LabelError, match="S9"):
        disrupt(published_case(), ("S9",), 2.0)
    with pytest.raises(BalanceError):
        disrupt(published_case(), (), float("nan"))
