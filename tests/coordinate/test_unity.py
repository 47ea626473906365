"""Values of coalitions: exact where they can be worked out by hand, and what must hold of any."""

from __future__ import annotations

import dataclasses
from itertools import pairwise, product

import numpy as np
import pytest

from lodestone.coordinate.block import loaded
from lodestone.coordinate.dual_shares import dual_shares
from lodestone.coordinate.game import superadditivity_violations
from lodestone.coordinate.pool_columns import in_pool, pooled_keys
from lodestone.coordinate.reduced import stocks_of
from lodestone.coordinate.small import made_small
from lodestone.coordinate.stack import Mechanisms, by_onset, no_takes, set_state, solved, stack_of
from lodestone.coordinate.unity import (
    GAMES,
    RESPOND,
    SAME,
    Table,
    find_values,
    gray_code,
    set_table,
    shared_cost_game,
    together,
    walking_away,
)
from lodestone.errors import GameError
from lodestone.respond.options import Rules
from lodestone.respond.programme import programme
from lodestone.respond.solve import solve
from tests.coordinate.unity_world import (
    ALONE_A,
    MEMBERS,
    buyer,
    holder,
    holders,
    miners,
    planned,
    planners,
)

OFF, ALL = Mechanisms(), Mechanisms(True, True, True, True)
PROCURE, RESERVE = Mechanisms(projects=True, purchases=True), Mechanisms(common=True, selective=True)
EVERY = [Mechanisms(*on) for on in product((False, True), repeat=4)]


def test_a_mine_first_come_first_served_and_together() -> None:
    table = miners()
    assert table.order == (1, 0)
    assert table.cost.tolist() == pytest.approx([2.0 + 60.0, 10.0])  # A gets the 2 that B leaves of 12
    assert table.takes.projects.ravel().tolist() == pytest.approx([2.0, 10.0])
    for game in GAMES:
        found = find_values(table, PROCURE, game)
        assert found.value.tolist() == pytest.approx([0.0, 0.0, 0.0, 72.0 - (8.0 + 4.0 + 24.0)])
        assert found.payoff[3].tolist() == pytest.approx([62.0 - 8.0, 10.0 - 28.0])  # before transfers B pays


def test_acting_in_the_best_order_leaves_nothing_to_gain() -> None:
    assert find_values(miners((2.0, 1.0)), PROCURE, SAME).value[-1] == pytest.approx(0.0, abs=1e-9)


def test_a_reserve_goes_to_the_highest_loss() -> None:
    table = holders()
    assert table.cost.tolist() == pytest.approx([5.0, 1.5 + 40.0])  # A has no reason to hold, B can buy 1
    found = find_values(table, Mechanisms(common=True), SAME)
    assert found.value[-1] == pytest.approx(46.5 - (9.5 + 5.0))  # A holds 4 and gives them
    assert found.payoff[3].tolist() == pytest.approx([5.0 - (8.0 + 5.0), 41.5 - 1.5])


def test_a_switch_opens_its_own_curbs_alone() -> None:
    for slot, opens in (("1:1:deep/4", "common"), (ALONE_A, "selective")):
        table = holders(slot)
        other = "selective" if opens == "common" else "common"
        assert find_values(table, Mechanisms(**{opens: True}), SAME).value[-1] == pytest.approx(32.0)
        assert find_values(table, Mechanisms(**{other: True}), SAME).value[-1] == pytest.approx(0.0, abs=1e-9)


def test_the_pool_gives_what_was_drawn_and_all_that_was_given() -> None:
    table = planners()
    stack = table.stack
    for on in (one for one in EVERY if one.common or one.selective):
        found = together(table, 3, on, SAME)
        pool = stack.pool.assign(tonnes=found.values[stack.pool["column"].to_numpy(int)])
        gives = pool["gives"].to_numpy(bool)
        assert pool["tonnes"].min() >= -1e-9
        sign = np.where(gives, 1.0, -1.0)
        assert (pool["tonnes"] * sign).groupby([pool["product"], pool["slot"]]).sum().abs().max() < 1e-9
        assert pool.loc[gives, "tonnes"].sum() > 0.1


def test_who_gives_is_tempted_to_keep_once_the_curb_has_come() -> None:
    table = holders()
    found = together(table, 3, Mechanisms(common=True), SAME)
    gains = walking_away(table, found).set_index("member")["gains"]
    assert gains["A"] == pytest.approx(4.0)  # 4 t held for B would save it 1 each
    assert gains["B"] == pytest.approx(-40.0)
    assert by_onset(table.stack, found)[1].to_dict() == pytest.approx({"": 1.5, "1:deep": 0.0})


def test_who_walks_away_does_not_take_the_projects_of_the_others() -> None:
    late = [
        dataclasses.replace(one, onset=np.array(["1:deep", "1:deep"]))
        for one in (buyer("A", 8.0, 10.0), buyer("B", 10.0, 4.0))
    ]
    table = set_table(stack_of(late, {"mine": 12.0}), np.array([1.0, 2.0]))
    gains = walking_away(table, together(table, 3, PROCURE, SAME))["gains"]
    assert gains.tolist() == pytest.approx([0.0, 0.0])


def test_outsiders_that_respond_lose_what_a_coalition_takes_before_them() -> None:
    blocks = [buyer("A", 8.0, 10.0), buyer("B", 10.0, 4.0), buyer("C", 6.0, 7.0)]
    table = set_table(stack_of(blocks, {"mine": 12.0}), np.array([1.0, 3.0, 2.0]))
    assert table.takes.projects.ravel().tolist() == pytest.approx([0.0, 10.0, 2.0])  # B, then C, then A
    pair = 0b011  # A and B, who act when it is B's turn
    same, respond = (find_values(table, PROCURE, game) for game in (SAME, RESPOND))
    assert same.value[pair] == pytest.approx((80.0 + 10.0) - (8.0 + 2.0 + 32.0))  # they have B's 10
    assert respond.value[pair] == pytest.approx((80.0 + 10.0) - (8.0 + 4.0 + 24.0))  # they have all 12
    assert respond.payoff[pair, 2] == pytest.approx((2.0 + 28.0) - 42.0)  # C goes without
    assert same.outsiders.tolist() == pytest.approx([0.0] * 8)
    assert same.value[-1] == pytest.approx(respond.value[-1])


def test_coalitions_of_the_same_tonnes_are_worth_more_together_than_apart() -> None:
    blocks = [buyer("A", 8.0, 10.0), buyer("B", 10.0, 4.0), buyer("C", 6.0, 7.0), buyer("D", 3.0, 6.0)]
    table = set_table(stack_of(blocks, {"mine": 12.0}), np.array([1.0, 4.0, 2.0, 3.0]))  # nothing is left over
    game = find_values(table, PROCURE, SAME).as_game()
    assert superadditivity_violations(game)[1] == 0


def test_a_gray_code_walks_over_every_coalition_one_member_at_a_time() -> None:
    masks = gray_code(5)
    assert sorted(masks) == list(range(1, 32))
    assert all((a ^ b).bit_count() == 1 for a, b in pairwise(masks))


def test_research_is_paid_once_together() -> None:
    assert shared_cost_game("ABC", np.array([1.0, 2.0, 3.0]), 5.0).tolist() == [0, 0, 0, 0, 0, 0, 0, 1.0]


def test_what_is_trimmed_costs_what_the_planner_s_programme_does() -> None:
    for member in MEMBERS:
        home, options, terms, seen = planned(member)
        whole = solve(programme(home, options, terms, Rules())(seen.tree, seen.data))
        single = planners().single[MEMBERS.index(member)]
        zero = no_takes(single)
        set_state(single, [True], ALL, zero, zero)
        limits = np.concatenate([single.levers.to_numpy(), single.purchases.to_numpy()])
        for row, most in zip(single.link_rows, limits, strict=True):
            single.highs.changeRowBounds(int(row), -np.inf, float(most))
            single.bounds["high"][row] = most
        assert solved(single).cost[0] == pytest.approx(whole.objective, rel=1e-6)
        assert len(single.cost) < whole.column_count / 2


def test_what_is_trimmed_gains_what_the_planner_s_programmes_do() -> None:
    blocks = [loaded(*planned(member)).whole() for member in MEMBERS]
    whole = set_table(stack_of(blocks, {"plant": 8.0}), np.array([2.0, 1.0]))
    for on in (one for one in EVERY if not one.selective):  # whole, nobody gives where it is not hit
        trimmed, full = (float((t.cost - together(t, 3, on, SAME).cost).sum()) for t in (planners(), whole))
        assert trimmed == pytest.approx(full, abs=1e-6)


def test_what_is_made_smaller_is_worth_the_same_to_every_coalition(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmers = [loaded(*planned(member)) for member in MEMBERS]
    small = [one.block() for one in trimmers]
    keys = pooled_keys(small)
    smaller = [made_small(in_pool(one, keys)) for one in small]
    monkeypatch.setattr("lodestone.coordinate.block.made_small", lambda block: block)
    large = [one.block() for one in trimmers]
    tables = [set_table(stack_of(blocks, {"plant": 8.0}), np.array([2.0, 1.0])) for blocks in (large, small, smaller)]
    sizes = [len(table.stack.cost) for table in tables]
    assert 0.6 * sizes[0] > sizes[1] >= sizes[2]
    for table in tables[1:]:
        assert table.cost == pytest.approx(tables[0].cost, rel=1e-9)
        for on, game in product(EVERY, GAMES):
            found, whole = (find_values(one, on, game).payoff.sum(axis=1) for one in (table, tables[0]))
            assert found == pytest.approx(whole, abs=1e-8)
        # of plans that cost the same, one may give what the other sells at home: only sums over members are one number
        away, stays = (
            walking_away(one, together(one, 3, ALL, SAME)).groupby("onset")["gains"].sum().to_dict()
            for one in (table, tables[0])
        )
        assert away == pytest.approx(stays, abs=1e-6)


def test_of_two_who_could_hold_a_stock_at_the_same_cost_the_one_that_needs_it_does() -> None:
    blocks = [holder("A", 5.0, 1.0, 2.0, 6.0), holder("B", 5.0, 10.0, 2.0, 6.0)]
    for one in (blocks, blocks[::-1]):
        found = dict(zip((block.member for block in one), stocks_of(one, {}, np.array([2.0, 1.0])), strict=True))
        assert found == {"A": set(), "B": {"ore"}}


@pytest.mark.parametrize("game", GAMES)
def test_with_all_off_no_coalition_gains(game: str) -> None:
    assert np.abs(find_values(planners(), OFF, game).payoff).max() < 1e-7


def test_no_mechanism_lowers_what_all_gain() -> None:
    table = planners()
    worth = {on: float((table.cost - together(table, 3, on, SAME).cost).sum()) for on in EVERY}
    names = [field.name for field in dataclasses.fields(Mechanisms)]
    for on, value in worth.items():
        for name in names:
            assert value <= worth[dataclasses.replace(on, **{name: True})] + 1e-7
    assert worth[ALL] > worth[PROCURE] > 1e-3 and worth[ALL] >= worth[RESERVE] - 1e-9 > 1e-3


def test_values_carry_the_names_of_members_and_nothing_of_their_order() -> None:
    here, there = (find_values(planners(order), ALL, RESPOND) for order in (MEMBERS, MEMBERS[::-1]))
    assert here.value[[1, 2, 3]].tolist() == pytest.approx(there.value[[2, 1, 3]].tolist(), abs=1e-7)
    assert here.payoff.sum(axis=1).tolist() == pytest.approx(there.payoff[[0, 2, 1, 3]].sum(axis=1).tolist(), abs=1e-7)


def test_values_on_the_way_equal_those_solved_from_nothing_and_their_bounds() -> None:
    found = find_values(planners(), ALL, SAME, sample=1)
    assert found.checked == 3
    assert found.apart < 1e-9 and found.gap < 1e-9


def test_a_share_of_selective_curbs_is_taken_from_those_that_hit_all() -> None:
    _, _, _, seen = planned("BOR", 0.0)
    assert not any("alone" in node for node in seen.tree.node)
    _, _, _, seen = planned("BOR", 0.4)
    tree = dict(zip(seen.tree.node, seen.tree.conditional_probability, strict=True))
    assert tree["1:deep"] == pytest.approx(0.6 * (1.0 - 0.5**0.5))
    assert tree["1:alone COR"] == pytest.approx(0.2 * (1.0 - 0.5**0.5))
    assert float(seen.data["opens"].sel(node="1:alone COR").min()) == 1.0
    with pytest.raises(GameError, match="no share"):
        planned("BOR", 1.0)


@pytest.mark.parametrize("table", [miners(), holders(), planners()], ids=["mine", "stock", "plans"])
def test_dual_shares_add_up_and_no_coalition_has_a_reason_to_leave_them(table: Table) -> None:
    found = together(table, 3, ALL, SAME)
    shares, rent = dual_shares(table, found)
    values = find_values(table, ALL, SAME).value
    assert shares.sum() + rent == pytest.approx(values[-1], rel=1e-6, abs=1e-6)
    assert values[-1] > 1e-3 and rent >= -1e-9
    for mask in range(1, len(values)):
        inside = [bool(mask >> i & 1) for i in range(len(shares))]
        assert shares[inside].sum() + rent >= values[mask] - 1e-6


def test_who_pays_for_a_mine_by_its_price() -> None:
    shares, rent = dual_shares(miners(), together(miners(), 3, PROCURE, SAME))
    assert rent == pytest.approx(0.0)  # B left 2 of 12 to A, who took them
    # the last tonne goes to B, who would lose 4 without it and pays 1: its right is worth 3, and A buys 6 of B's 10
    assert shares.tolist() == pytest.approx([54.0 - 6.0 * 3.0, -18.0 + 6.0 * 3.0])
