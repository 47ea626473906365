"""One year of a small material, reconciled: balances, facts against each other, dates, shares, tiers."""

from __future__ import annotations

import numpy as np
import pytest

from lodestone.baseline.build import Reconciled, build_network, checksum, reconcile_once
from lodestone.baseline.cells import balance_matrix
from lodestone.baseline.draws import draw_network
from lodestone.baseline.nouns import Network
from lodestone.baseline.prior import PRIORS
from lodestone.errors import FactError, Faults
from tests.baseline.balanced import assert_balanced
from tests.baseline.small_material import HERE, THERE, SmallMaterial

ROUTE = ["product", "origin", "destination"]


def network(small: SmallMaterial, version: str = "proportional", as_of: str = "") -> Network:
    base = small.gather(as_of)
    return build_network(base, reconcile_once(base, version))


def magnets(small: SmallMaterial, **more: str) -> float:
    """Magnets shipped from AAA to BBB. [t contained a year]"""
    flow = network(small, **more).trade.set_index(ROUTE)["flow"]
    return float(flow["magnet_hot", HERE, THERE])


def same(one: Network, other: Network) -> bool:
    return bool(np.array_equal(one.trade["flow"], other.trade["flow"]))


@pytest.mark.parametrize("version", PRIORS)
def test_pools_and_stores_balance_to_rounding(small, version):
    small.magnets("a", 30.0)
    made = network(small, version)
    assert_balanced(made, 1e-12)


@pytest.mark.parametrize("version", PRIORS)
def test_no_cell_is_negative_even_where_facts_pull_below_zero(small, version):
    small.magnets("none", 0.001)
    small.magnets("route", 80.0, destination=HERE)
    made = network(small, version)
    for table, column in (("trade", "flow"), ("nodes", "activity"), ("stock_change", "change")):
        assert (getattr(made, table)[column] >= 0).all()
    assert (made.inputs["coefficient"] >= 0).all()


def test_composition_rows_sum_to_one(small):
    assert np.allclose(network(small).composition.sum("element"), 1.0, rtol=0, atol=1e-14)


@pytest.mark.parametrize("version", PRIORS)
def test_relabelling_economies_changes_nothing(tmp_path, version):
    plain, renamed = SmallMaterial(tmp_path / "plain"), SmallMaterial(tmp_path / "renamed")
    for small in (plain, renamed):
        small.magnets("a", 30.0)
    renamed.rename = {HERE: "ZZZ"}  # now comes after the other economy in every sorted table
    before = network(plain, version).trade.replace({HERE: "ZZZ"}).set_index(ROUTE)["flow"]
    after = network(renamed, version).trade.set_index(ROUTE)["flow"]
    assert (after - before.reindex(after.index)).abs().max() < 1e-8


def test_an_exact_observation_is_met(small):
    small.assumed["baseline.sd.tier.A"] = 1e-7
    small.magnets("exact", 23.0)
    assert magnets(small) == pytest.approx(23.0, rel=1e-9)


def test_contradicting_facts_share_the_gap_by_their_variances(small):
    small.assumed |= {"baseline.sd.tier.A": 1e-4, "baseline.sd.tier.B": 3e-4}
    small.magnets("customs", 25.0)
    small.magnets("press", 25.2, tier="B")
    ours = magnets(small)
    assert (ours - 25.0) / (25.2 - ours) == pytest.approx((25.0 * 1e-4) ** 2 / (25.2 * 3e-4) ** 2, rel=1e-3)


def test_an_older_fact_pulls_less(tmp_path):
    ours = []
    for year in ("2024", "2020"):
        small = SmallMaterial(tmp_path / year)
        small.magnets("a", 35.0)
        small.facts[-1]["period"] = small.observations[-1]["period"] = year
        ours.append(magnets(small))
    assert abs(ours[0] - 35.0) < abs(ours[1] - 35.0)


def test_a_fact_known_later_changes_nothing_under_an_earlier_date(tmp_path):
    plain, planted = SmallMaterial(tmp_path / "plain"), SmallMaterial(tmp_path / "planted")
    planted.magnets("later", 45.0, known_from="2025-09-01")
    assert same(network(plain, as_of="2025-06-30"), network(planted, as_of="2025-06-30"))
    assert not same(network(plain), network(planted))
    assert planted.gather("2025-06-30").found.skipped == ("later",)


def test_a_date_before_any_fact_is_refused_with_the_next_step(small):
    with pytest.raises(FactError, match="take a later date"):
        small.gather("2020-01-01")


def test_a_share_holds_between_part_and_whole(small):
    small.assumed["baseline.sd.tier.A"] = 1e-4
    small.see(
        "share", "import_share", "magnets", 75.0, mode="share", economy=HERE, partner=THERE, products="magnet_hot",
        origin=HERE, destination=THERE, over_products="magnet_*", over_origin="*", over_destination=THERE,
    )  # fmt: skip
    made = network(small).trade
    arriving = made[(made["product"] == "magnet_hot") & (made["destination"] == THERE)].set_index("origin")["flow"]
    assert arriving[HERE] / arriving.sum() == pytest.approx(0.75, abs=1e-3)


def test_an_oxide_fact_is_converted_by_the_weight_of_the_oxide(small):
    small.assumed["baseline.sd.tier.A"] = 1e-7
    mined = network(small).nodes.set_index("node").at[f"dig@{HERE}", "activity"]
    neodymium, dysprosium = 2 * 144.24 / (2 * 144.24 + 3 * 15.999), 2 * 162.5 / (2 * 162.5 + 3 * 15.999)
    assert mined == pytest.approx(200.0 * (0.8 * neodymium + 0.2 * dysprosium), rel=1e-9)


def test_a_gross_weight_fact_is_converted_by_content(small):
    small.assumed["baseline.sd.tier.A"] = 1e-7
    small.magnets("gross", 60.0, measure="gross")
    assert magnets(small) == pytest.approx(60.0 * 0.3, rel=1e-9)


def test_tier_c_never_enters(tmp_path):
    plain, planted = SmallMaterial(tmp_path / "plain"), SmallMaterial(tmp_path / "planted")
    planted.magnets("rumour", 45.0)
    planted.facts[-1]["tier"] = "C"
    base = planted.gather()
    assert base.found.skipped == ("rumour",)
    assert same(network(plain), build_network(base, reconcile_once(base, "proportional")))


def test_an_observation_that_meets_two_facts_is_a_fault_with_its_line(small):
    small.magnets("a", 30.0)
    small.magnets("a", 31.0)
    small.observations[-1]["name"] = "a again"
    with pytest.raises(Faults, match=r"toy/observations.csv:3 \[value\]: 'a' meets 2 facts") as raised:
        small.gather()
    assert [fault.line for fault in raised.value.faults] == [3, 4]


def test_a_value_tells_two_facts_apart(small):
    small.assumed["baseline.sd.tier.A"] = 1e-7
    small.magnets("a", 30.0)
    small.observations[-1]["value"] = "30"
    small.fact("trade_quantity", "magnets a", 31.0, economy=HERE, partner=THERE)
    assert magnets(small) == pytest.approx(30.0)


def test_an_observation_without_a_cell_is_listed(small):
    small.see("nowhere", "trade_quantity", "ore", 5.0, economy=THERE, products="ore", origin=THERE, destination=HERE)
    base = small.gather()
    assert reconcile_once(base, "proportional").observations.skipped == ("nowhere (no cell)",)


def test_a_route_has_a_cell_only_between_a_maker_and_a_user(small):
    trade = network(small).trade
    assert set(trade.loc[trade["product"] == "ore", "origin"]) == {HERE}
    assert set(trade.loc[trade["product"] == "swarf_hot", "destination"]) == {HERE}


def test_use_is_split_by_the_driver_and_the_rest_goes_to_the_fill(small):
    base = small.gather()
    assert base.split.share.loc["pumps"].to_dict() == pytest.approx({HERE: 0.3, THERE: 0.7})
    assert base.split.share.loc["motors"].to_dict() == pytest.approx({HERE: 0.6, THERE: 0.4})
    assert base.split.origin["pumps", HERE] == ("one/value_added/3",)


def test_the_checksum_moves_with_facts_tables_and_assumptions_and_with_nothing_else(tmp_path):
    sums = []
    for change in ("nothing", "nothing again", "fact", "table", "assumption", "other", "other fact"):
        small = SmallMaterial(tmp_path / change)
        if change == "other fact":
            small.facts.append(
                {**small.facts[0], "id": "one/price/0", "variable": "price", "product": "nothing here", "value": "1.0"}
            )
        if change == "fact":
            small.facts[0]["value"] = "79.0"
        if change == "table":
            small.edit("mixes", "motor,hot,1", "motor,hot,1.0")
        if change == "assumption":
            small.assumed["baseline.sd.age"] = 0.06
        if change == "other":
            small.assumed["transit.sea"] = 0.06
        sums.append(checksum(small.gather()))
    assert sums[0] == sums[1] == sums[5] == sums[6]
    assert len(set(sums[:5])) == 4


@pytest.mark.parametrize("member", range(6))
def test_every_draw_balances_and_none_is_negative(small, member):
    small.magnets("a", 30.0)
    base = small.gather()
    drawn: Reconciled = draw_network(base, PRIORS[member % 2], 7, member)
    x = drawn.solution.x
    balance = balance_matrix(base.cells, drawn.recipe)
    assert (np.abs(balance @ x) <= 1e-12 * np.maximum(abs(balance) @ x, 1e-3)).all()
    assert x.min() >= 0


def test_draws_spread_around_the_fact(small):
    small.magnets("a", 30.0)
    base = small.gather()
    at = base.cells.starts[1] + int(
        np.flatnonzero((base.cells.trade[ROUTE] == ["magnet_hot", HERE, THERE]).all(axis=1))[0]
    )
    x = [draw_network(base, "proportional", 7, member).solution.x[at] for member in range(30)]
    assert 0.3 < np.std(x) < 3.0
    assert np.mean(x) == pytest.approx(30.0, abs=1.5)


@pytest.mark.parametrize("version", PRIORS)
def test_a_limit_is_silent_below_and_binds_where_it_is_passed(tmp_path, version):
    def flow(limit: float | None) -> float:
        small = SmallMaterial(tmp_path / f"{limit}")
        if limit is not None:
            small.magnets("limit", limit, mode="total_at_most")
        base = small.gather()
        trade = base.cells.trade
        row = (trade["product"] == "magnet_hot") & (trade["origin"] == HERE) & (trade["destination"] == THERE)
        x = reconcile_once(base, version).solution.x
        return float(x[base.cells.starts[1] : base.cells.starts[2]][row.to_numpy()][0])

    free = flow(None)
    assert flow(free * 1.5) == pytest.approx(free, rel=1e-9)
    assert free * 0.5 * 0.9 < flow(free * 0.5) < free * 0.75


def test_a_customs_value_says_what_the_tonnes_are_made_of(small):
    small.assumed["baseline.sd.tier.A"] = 1e-4
    small.tables["prices"] = (
        "product,variable,fact_product,partner,period,source,over_variable,factor,reason\n"
        "oxide_nd,price,neodymium,,2024,office,,,\n"
        "oxide_dy,price,dysprosium,,2024,office,,2,twice the fact\n"
    )
    small.fact("price", "neodymium", 60.0, unit="USD/kg")
    small.fact("price", "dysprosium", 150.0, unit="USD/kg")
    small.see(
        "worth", "trade_value", "oxides", 900.0, economy=HERE, partner=THERE, products="oxide_*", origin=HERE,
        destination=THERE, measure="value",
    )  # fmt: skip
    base = small.gather()
    done = reconcile_once(base, PRIORS[0])
    trade = base.cells.trade.assign(flow=done.solution.x[base.cells.starts[1] : base.cells.starts[2]])
    sent = trade[(trade["origin"] == HERE) & (trade["destination"] == THERE)].set_index("product")["flow"]
    oxide = sent / done.parameters.oxide_factor.rename(lambda e: f"oxide_{e.lower()}")
    assert 60.0 * oxide["oxide_nd"] + 300.0 * oxide["oxide_dy"] == pytest.approx(900.0, rel=1e-3)


def test_a_price_is_part_of_the_checksum(tmp_path):
    digests = set()
    for factor in ("1", "2"):
        small = SmallMaterial(tmp_path / factor)
        small.fact("price", "neodymium", 60.0, unit="USD/kg")
        small.see("worth", "trade_value", "oxides", 90.0, economy=HERE, products="oxide_*", measure="value")
        small.tables["prices"] = (
            "product,variable,fact_product,partner,period,source,over_variable,factor,reason\n"
            f"oxide_nd,price,neodymium,,2024,office,,{factor},\n"
        )
        digests.add(checksum(small.gather()))
    assert len(digests) == 2
