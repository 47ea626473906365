"""Concentration, reliance, cover, N-1 and ceilings: one worked example and one property each."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.ceiling import distance_to_ceiling, path_to_ceiling
from lodestone.exposure.concentration import (
    herfindahl_hirschman_index,
    herfindahl_hirschman_interval,
    largest_supplier,
    shares,
)
from lodestone.exposure.cover import (
    collective_action_shares,
    days_of_cover,
    read_cover_rules,
    stock_obligation,
)
from lodestone.exposure.n_minus_1 import n_minus_1
from lodestone.exposure.reliance import apparent_consumption, net_import_reliance


def line(values, labels="ABCDEFGHIJ"):
    labels = list(labels[: len(values)])
    return xr.DataArray(np.asarray(values, float), dims="economy", coords={"economy": labels})


amounts = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=8)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_equal_shares_give_one_over_n(n):
    assert herfindahl_hirschman_index(line([1 / n] * n)).item() == pytest.approx(1 / n)


@given(amounts)
def test_index_lies_between_one_over_n_and_one(values):
    index = herfindahl_hirschman_index(shares(line(values))).item()
    assert 1 / len(values) - 1e-12 <= index <= 1 + 1e-12


@given(amounts, st.randoms())
def test_relabelling_economies_changes_no_indicator(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    plain, mixed = line(values), line(values).isel(economy=order)
    renamed = mixed.assign_coords(economy=[f"x{k}" for k in range(len(values))])
    for other in (mixed, renamed):
        assert herfindahl_hirschman_index(shares(other)).item() == pytest.approx(
            herfindahl_hirschman_index(shares(plain)).item()
        )
        one, two = n_minus_1(plain, plain), n_minus_1(other, other)
        assert two["cover_of_world_demand"].item() == pytest.approx(one["cover_of_world_demand"].item())
        far, near = distance_to_ceiling(plain, 0.5), distance_to_ceiling(other, 0.5)
        assert near["to_add"].item() == pytest.approx(far["to_add"].item())


@given(amounts, st.integers(1, 20))
def test_splitting_the_remainder_stays_inside_the_interval(values, parts):
    share = shares(line(values))
    hidden = share.economy.values[-1]
    interval = herfindahl_hirschman_interval(share, hidden)
    split = [*share.values[:-1], *[share.values[-1] / parts] * parts]
    index = float(np.square(split).sum())
    assert interval["low"].item() - 1e-12 <= index <= interval["high"].item() + 1e-12


def test_remainder_that_one_economy_could_hold_but_the_source_rules_out():
    share = line([0.7, 0.3])
    assert herfindahl_hirschman_interval(share, "B")["high"].item() == pytest.approx(0.58)
    tight = herfindahl_hirschman_interval(share, "B", largest_other=0.12)
    assert tight["high"].item() == pytest.approx(0.49 + 2 * 0.12**2 + 0.06**2)


def test_shares_that_do_not_add_up_name_product_stage_and_sum():
    share = xr.DataArray(
        [[[0.5, 0.45]]],
        dims=("product", "stage", "economy"),
        coords={"product": ["cobalt"], "stage": ["separation"], "economy": ["A", "B"]},
    )
    with pytest.raises(BalanceError, match=r"cobalt, stage separation sum to 0\.9500, not 1\. Divide"):
        herfindahl_hirschman_index(share)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_nan_infinity_and_negative_are_refused_everywhere(value):
    bad, good = line([value, 1.0]), line([1.0, 1.0])
    with pytest.raises(BalanceError, match="economy A"):
        shares(bad)
    with pytest.raises(BalanceError):
        n_minus_1(bad, good)
    with pytest.raises(BalanceError):
        distance_to_ceiling(bad, 0.6)
    with pytest.raises(BalanceError):
        collective_action_shares(bad, 60.0)
    with pytest.raises(BalanceError):
        apparent_consumption(bad, good, good, good)


def test_labels_that_differ_are_an_error_and_never_an_intersection():
    with pytest.raises(LabelError, match="only one has B, C"):
        n_minus_1(line([1.0, 2.0], "AB"), line([1.0, 2.0], "AC"))
    with pytest.raises(LabelError, match="twice"):
        n_minus_1(line([1.0, 2.0], "AA"), line([1.0, 2.0], "AA"))


def test_largest_supplier_breaks_ties_by_label_not_by_row():
    assert largest_supplier(line([0.5, 0.5], "BA"))["supplier"].item() == "A"


def test_net_import_reliance_of_an_exporter_is_negative():
    parts = (line([v]) for v in (100.0, 10.0, 60.0, 0.0))
    assert net_import_reliance(*parts).item() == pytest.approx(-1.0)


@given(st.floats(0.1, 1e3), st.floats(0, 1e3))
def test_reliance_is_one_without_production_and_a_stock_build_is_not_use(imports, built):
    made = (line([v]) for v in (0.0, imports + built, 0.0, built))
    assert net_import_reliance(*made).item() == pytest.approx(1.0)


def test_reliance_without_consumption_says_so():
    with pytest.raises(BalanceError, match="one stage and basis"):
        net_import_reliance(*(line([v]) for v in (1.0, 0.0, 1.0, 0.0)))


@given(st.floats(1.0, 1e6))
def test_the_obligation_gives_exactly_the_target_days(flow):
    for rule in read_cover_rules().values():
        stock = stock_obligation(line([flow]), rule)
        assert days_of_cover(stock, line([flow]), rule).item() == pytest.approx(rule.target_days)


def test_a_net_exporter_owes_nothing():
    rule = read_cover_rules()["iea-oil"]
    assert days_of_cover(line([5.0]), line([0.0]), rule).item() == np.inf
    assert stock_obligation(line([0.0]), rule).item() == 0.0


@given(amounts, st.floats(0.1, 1e3))
def test_collective_action_adds_up(values, total):
    assert collective_action_shares(line(values), total).sum().item() == pytest.approx(total)


def test_n_minus_1_names_both_denominators_and_drops_whom_it_is_told():
    supply, demand = line([600, 200, 100, 100]), line([350, 50, 50, 550])
    result = n_minus_1(supply, demand)
    assert result["cover_of_world_demand"].item() == pytest.approx(0.4)
    assert result["cover_of_rest_demand"].item() == pytest.approx(400 / 650)
    other = n_minus_1(supply, demand, dropped="D")
    assert other["cover_of_world_demand"].item() == pytest.approx(0.9)
    with pytest.raises(LabelError):
        n_minus_1(supply, demand, dropped="Z")


@given(amounts, st.floats(0.05, 0.95))
def test_shifting_or_adding_what_the_distance_says_meets_the_ceiling(values, ceiling):
    supply = line(values)
    result = distance_to_ceiling(supply, ceiling)
    top, total = float(max(values)), float(sum(values))
    assert top / (total + result["to_add"].item()) <= ceiling + 1e-9
    assert (top - result["to_shift"].item()) / total <= ceiling + 1e-9
    assert (result["distance"].item() <= 0) == (result["to_add"].item() == 0)


def test_a_path_that_never_meets_the_ceiling_has_no_year():
    supply = xr.DataArray(
        [[90.0, 10.0], [80.0, 20.0]],
        dims=("year", "economy"),
        coords={"year": [2025, 2030], "economy": ["A", "B"]},
    )
    result = path_to_ceiling(supply, 0.65, by=2030)
    assert np.isnan(result["first_year_met"].item())
    assert result["distance"].item() == pytest.approx(0.15)
    assert result["yearly_change"].item() == pytest.approx(-0.05)
    with pytest.raises(LabelError, match="2031"):
        path_to_ceiling(supply, 0.65, by=2031)
