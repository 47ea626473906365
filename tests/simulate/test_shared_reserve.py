"""A reserve held together: the compiled step against the plain one, its rule kept, no tonne lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import build_setting, run_many, run_one, simulate
from lodestone.simulate.nouns import Ensemble, Range
from lodestone.simulate.shared_reserve import Holding, ReserveRule
from tests.simulate.real import cut, exports, real
from tests.simulate.two_nodes import STILL
from tests.world import small_network

CUT, END, WEEKS = 4, 40, 100
DRAW = {"BOR": 0, "COR": 0}
RULE = ReserveRule((Holding("magnet", {"BOR": 3.0, "COR": 1.0}, DRAW),), 1.0, 2, 1.0, 0.25, after=4, back=0.0)


def blocked() -> Controls:
    """Alba sends nothing abroad for 36 weeks."""
    trade = small_network().trade
    rows = np.flatnonzero((trade["origin"] == "ALB") & (trade["destination"] != "ALB"))
    all_of_it = {"share": Range(1.0, 1.0, 1.0, "fixed")}
    return Controls((Control("STOP:blocked", "blocked", rows, np.ones(len(rows)), CUT, END, all_of_it, "test"),), ())


def run(rule: ReserveRule, controls: Controls | None = None) -> Ensemble:
    return simulate(
        small_network(), None, controls or blocked(), read_assumptions(data_folder()), scenario_name="cut", weeks=WEEKS,
        members=2, without=STILL, pin={"*": "central"}, reserve=rule, threads=1,
    )  # fmt: skip


def series(found: Ensemble, name: str) -> np.ndarray:
    """The first draw of a series that is kept."""
    names = found.series["series"].iloc[list(found.headline_series)].tolist()
    return found.headline[names.index(name), 0]


def drawn(found: Ensemble, economy: str) -> np.ndarray:
    return series(found, f"drawn:magnet@{economy}")


def lots(found: Ensemble, place: str) -> np.ndarray:
    return series(found, f"held:magnet@{place}:0")


def lost(found: Ensemble, economy: str) -> float:
    rows = [k for k, node in enumerate(found.use_nodes) if node.endswith(f"@{economy}")]
    return float(found.lost_use[rows].sum())


def test_both_steps_agree_with_lots_ranks_rights_and_return_on_the_real_network():
    world = real()
    network = world.network
    need = network.nodes["economy"].unique()
    members = [e for e in ("JPN", "USA", "DEU", "ITA") if e in need]
    products = ["magnet_ndfeb_high", "magnet_ndfeb_standard", "oxide_dy"]
    products = [p for p in network.products["product"] if p in products] or list(network.products["product"][-3:])
    holdings = tuple(
        Holding(
            p, {m: 5.0 + k for k, m in enumerate(members)}, {m: k % 2 for k, m in enumerate(members)}, {members[0]: 3.0}
        )
        for p in products
    )
    rule = ReserveRule(holdings, 0.98, 1, 0.8, 0.1, after=3, back=0.2)
    whole = cut(network, exports(network, "CHN"), 1.0)
    for_a_while = Controls(tuple(replace(one, week_to=30) for one in whole.controls), ())
    setting = build_setting(network, world.draws, for_a_while, world.assumptions, weeks=80, seed=3, reserve=rule)
    beside, _ = run_many(setting, [0, 1])
    at = np.flatnonzero(setting.series["kind"].isin(["held", "drawn"]))
    for lane, member in enumerate((0, 1)):
        plain, _ = run_one(setting, member, oracle=True)
        np.testing.assert_allclose(beside.record[..., lane], plain.record, rtol=1e-9, atol=1e-9)
        assert max(plain.residual, beside.residual[lane]) < 1e-9
        assert plain.record[at].max() > 0.0 and plain.record[at].min() < 0.0  # drawn, and given back


def test_a_reserve_of_nothing_changes_nothing():
    empty = replace(RULE, holdings=(Holding("magnet", {"BOR": 0.0}, DRAW),))
    without, having = run(ReserveRule((), 1.0, 2, 1.0, 0.0)), run(empty)
    assert np.array_equal(without.lost_use, having.lost_use)


def test_what_left_the_lots_reached_who_drew_it_and_the_floor_stays():
    found = run(RULE)
    left = sum(lots(found, place) for place in ("BOR", "COR"))
    assert left[-1] == pytest.approx(0.25 * 4.0)  # emptied down to the floor
    assert sum(drawn(found, e).sum() for e in DRAW) == pytest.approx(3.0)
    assert lost(found, "COR") < lost(run(ReserveRule((), 1.0, 2, 1.0, 0.0)), "COR")


def test_no_curb_no_release():
    found = run(RULE, Controls((), ()))
    assert np.abs(drawn(found, "BOR")).max() == 0.0 and lots(found, "BOR").min() == 3.0


def test_tonnes_arrive_after_their_way_and_the_delay():
    far = replace(RULE, holdings=(Holding("magnet", {"BOR": 4.0}, {"COR": 0}),))
    near = replace(RULE, holdings=(Holding("magnet", {"COR": 4.0}, {"COR": 0}),))
    first = {rule: int(np.flatnonzero(drawn(run(one), "COR"))[0]) for rule, one in (("far", far), ("near", near))}
    assert first["far"] - first["near"] == 4
    later = replace(near, delay=5)
    assert int(np.flatnonzero(drawn(run(later), "COR"))[0]) - first["near"] == 3


def test_who_ranks_first_is_served_first():
    for first, second in (("BOR", "COR"), ("COR", "BOR")):
        held = Holding("magnet", {"BOR": 1.0, "COR": 1.0}, {first: 0, second: 1})
        equal = run(replace(RULE, holdings=(Holding("magnet", {"BOR": 1.0, "COR": 1.0}, DRAW),)))
        ranked = run(replace(RULE, holdings=(held,)))
        assert drawn(ranked, first).sum() > drawn(equal, first).sum()
        assert drawn(ranked, second).sum() < drawn(equal, second).sum()


def test_nobody_owes_more_than_its_right():
    held = Holding("magnet", {"BOR": 4.0}, DRAW, {"BOR": 0.5})
    found = run(replace(RULE, holdings=(held,)))
    assert drawn(found, "BOR").cumsum().max() == pytest.approx(0.5)
    assert drawn(found, "COR").sum() == pytest.approx(2.5)


def test_what_was_drawn_comes_back_once_trade_has():
    found = run(replace(RULE, back=0.5))
    left = sum(lots(found, place) for place in ("BOR", "COR"))
    assert left.min() == pytest.approx(1.0) and left[-1] == pytest.approx(4.0)
    for economy in DRAW:
        assert drawn(found, economy).min() < 0.0
        assert drawn(found, economy).sum() == pytest.approx(0.0, abs=1e-6)
    assert left[END - 1] == pytest.approx(1.0)  # not while the curb lasts


def test_the_order_in_which_places_and_drawers_stand_changes_nothing():
    turned = Holding("magnet", {"COR": 1.0, "BOR": 3.0}, {"COR": 0, "BOR": 0})
    one, other = run(RULE), run(replace(RULE, holdings=(turned,)))
    for economy in DRAW:
        np.testing.assert_allclose(drawn(one, economy), drawn(other, economy), atol=1e-9)


def test_a_product_nobody_knows_and_one_that_is_drawn_twice_are_refused():
    with pytest.raises(ScenarioError, match="reserve of 'gold'"):
        run(replace(RULE, holdings=(Holding("gold", {"BOR": 1.0}, DRAW),)))
    with pytest.raises(ScenarioError, match="BOR draws magnet from two holdings"):
        run(replace(RULE, holdings=(*RULE.holdings, Holding("magnet", {"BOR": 1.0}, {"BOR": 0}))))
