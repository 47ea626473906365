"""Bounds of shares from tier A facts alone: known answers on a toy, and what holds whatever the facts."""

from __future__ import annotations

import numpy as np
import pytest

from lodestone.baseline.bounds import WIDE, Bounds, least_slack, output_selector, share_bounds
from lodestone.baseline.build import Ingredients, reconcile_once
from lodestone.baseline.influence import trade_selector
from lodestone.baseline.parameters import central
from lodestone.baseline.prior import PRIORS
from lodestone.rng import stream
from tests.baseline.small_material import HERE, THERE, SmallMaterial

NEAR = 2e-3  # the room the total slack is given, as seen in a share


def arriving(base: Ingredients, origin: str | None) -> np.ndarray:
    """Magnets that BBB takes from an economy, or from all, itself included."""
    return trade_selector(base, {"magnet_hot": 1.0}, origin, THERE, True)


def bounds(small: SmallMaterial) -> Bounds:
    base = small.gather()
    return share_bounds(least_slack(base, reconcile_once(base, PRIORS[0])), arriving(base, HERE), arriving(base, None))


def total(small: SmallMaterial, value: float, **more: str) -> None:
    small.magnets("all", value, **({"origin": "*", "partner": "WLD"} | more))


def test_structure_alone_bounds_nothing_and_says_so(small):
    found = bounds(small)
    assert (found.lower, found.upper) == (pytest.approx(0.0, abs=NEAR), pytest.approx(1.0, abs=NEAR))
    assert found.wide and found.slack == pytest.approx(0.0, abs=1e-6)


def test_a_route_and_its_total_fix_a_share(small):
    small.magnets("a", 15.0)
    total(small, 20.0)
    found = bounds(small)
    assert (found.lower, found.upper) == (pytest.approx(0.75, abs=NEAR), pytest.approx(0.75, abs=NEAR))
    assert set(found.lower_facts) == set(found.upper_facts) == {"a", "all"}
    assert not found.wide


def test_a_limit_bounds_one_end(small):
    small.magnets("a", 5.0, mode="total_at_most")
    total(small, 20.0)
    found = bounds(small)
    assert (found.lower, found.upper) == (pytest.approx(0.0, abs=NEAR), pytest.approx(0.25, abs=NEAR))
    assert found.lower_facts == () and "a" in found.upper_facts
    assert not found.wide and found.upper - found.lower <= WIDE


def test_conflicting_facts_have_the_least_total_slack(small):
    small.magnets("a", 15.0)
    small.magnets("b", 17.0)
    total(small, 20.0)
    found = bounds(small)
    assert found.slack == pytest.approx(2.0 / (17.0 * 0.05), rel=1e-3)  # the fact with the wider sd gives way
    assert (found.lower, found.upper) == (pytest.approx(0.75, abs=5e-3), pytest.approx(0.75, abs=5e-3))


def test_facts_of_tier_b_do_not_bind(small):
    small.magnets("a", 15.0, tier="B")
    total(small, 20.0, tier="B")
    assert bounds(small).wide


def test_a_share_without_a_cell_has_no_bounds(small):
    base = small.gather()
    nothing = np.zeros(int(base.cells.starts[-1]))
    found = share_bounds(least_slack(base, reconcile_once(base, PRIORS[0])), nothing, nothing)
    assert np.isnan(found.lower) and found.wide


def test_the_prior_does_not_enter(small):
    small.magnets("a", 5.0, mode="total_at_most")
    total(small, 20.0)
    base = small.gather()
    ends = []
    for version in PRIORS:
        found = share_bounds(
            least_slack(base, reconcile_once(base, version)), arriving(base, HERE), arriving(base, None)
        )
        ends.append((found.lower, found.upper))
    assert np.allclose(ends[0], ends[1], atol=1e-6)


@pytest.mark.parametrize("version", PRIORS)
def test_points_and_draws_lie_within_when_the_facts_hold(small, version):
    small.assumed["baseline.sd.tier.A"] = 1e-4
    small.magnets("a", 12.0, mode="total_at_most")
    total(small, 20.0)
    base = small.gather()
    point = reconcile_once(base, version)
    programme = least_slack(base, point)
    wholes = [(arriving(base, HERE), arriving(base, None))]
    for product in ("oxide_nd", "metal_dy", "magnet_hot"):
        wholes.append(tuple(output_selector(base, point, {product: 1.0}, place) for place in (HERE, None)))
    found = [share_bounds(programme, part, whole) for part, whole in wholes]
    for member in range(6):

        def noise(name: str, size: int, member: int = member) -> np.ndarray:
            return stream(7, name, member).standard_normal(size) * (name == "prior")

        drawn = reconcile_once(base, version, central, noise if member else None).solution.x
        for (part, whole), one in zip(wholes, found, strict=True):
            assert one.lower - NEAR <= (part @ drawn) / (whole @ drawn) <= one.upper + NEAR


@pytest.mark.parametrize("seed", range(4))
def test_a_further_fact_that_agrees_never_widens(small, seed):
    base = small.gather()
    x = reconcile_once(base, PRIORS[0]).solution.x
    route = base.cells.trade[["product", "origin", "destination"]].to_numpy()
    flows = x[base.cells.starts[1] : base.cells.starts[2]]
    order = np.random.default_rng(seed).permutation(np.flatnonzero(flows > 0.01))[:3]
    before = bounds(small)
    for row in order:
        product, origin, destination = route[row]
        small.see(
            f"r{row}", "trade_quantity", f"goods {row}", float(flows[row]), economy=origin, partner=destination,
            products=product, origin=origin, destination=destination,
        )  # fmt: skip
        after = bounds(small)
        assert after.lower >= before.lower - NEAR and after.upper <= before.upper + NEAR
        before = after


def test_renaming_an_economy_changes_nothing(tmp_path):
    ends = []
    for name, new in (("plain", HERE), ("renamed", "ZZZ")):
        small = SmallMaterial(tmp_path / name)
        small.magnets("a", 5.0, mode="total_at_most")
        total(small, 20.0)
        small.rename = {HERE: new}
        base = small.gather()
        programme = least_slack(base, reconcile_once(base, PRIORS[0]))
        found = share_bounds(programme, arriving(base, new), arriving(base, None))
        ends.append((found.lower, found.upper, found.slack))
    assert np.allclose(ends[0], ends[1], atol=1e-6)
