"""Shares and stability of games: published ones, the Talmud rule, and two slow oracles that share no code."""

import numpy as np
import pytest

from lodestone.coordinate.core import blocking_coalitions, core, exits
from lodestone.coordinate.game import (
    alone,
    convexity_violations,
    grand,
    make_game,
    savings_game,
    scale,
    sizes,
    superadditivity_violations,
)
from lodestone.coordinate.nucleolus import least_core, nucleolus
from lodestone.coordinate.shares import gately_point, shapley_value, shares_by_key
from lodestone.errors import GameError
from tests.coordinate.games import KINDS, bankruptcy, names, random_game, talmud_rule
from tests.coordinate.oracle import exact_nucleolus, kohlberg_fails

GLOVE = {"L": 0, "R": 0, "S": 0, "L+R": 1, "L+S": 1, "R+S": 0, "L+R+S": 1}
PAIRS = {"A": 0, "B": 0, "C": 0, "A+B": 0.8, "A+C": 0.8, "B+C": 0.8, "A+B+C": 1}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", KINDS)
def test_a_nucleolus_passes_the_criterion_of_kohlberg(kind, seed):
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    game = random_game(rng, int(rng.integers(3, 8)), kind)
    for rational in (True, False):
        for per_capita in (False, True):
            division = nucleolus(game, per_capita=per_capita, individually_rational=rational)
            assert kohlberg_fails(game.value, division, rational, per_capita) == ""


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_a_nucleolus_is_that_of_exact_fractions(kind, count):
    game = random_game(np.random.default_rng([100 + count, KINDS.index(kind)]), count, kind)
    whole = game.value.astype(int).tolist()
    for rational, per_capita in ((True, False), (False, False), (True, True))[: 3 if count == 3 else 1]:
        exact = [float(x) for x in exact_nucleolus(whole, rational, per_capita)]
        ours = nucleolus(game, per_capita=per_capita, individually_rational=rational)
        np.testing.assert_allclose(ours, exact, atol=1e-9 * scale(game))


def test_the_criterion_refuses_what_is_no_nucleolus():
    game = bankruptcy(300.0, np.array([100.0, 200.0, 300.0]))
    assert kohlberg_fails(game.value, np.array([50.0, 100.0, 150.0]), True) == ""
    assert "not balanced" in kohlberg_fails(game.value, np.array([51.0, 99.0, 150.0]), True)
    assert "not balanced" in kohlberg_fails(game.value, np.array([50.0, 101.0, 149.0]), True)


@pytest.mark.parametrize("count", range(4, 15))
@pytest.mark.parametrize("part", [0.1, 0.5, 0.77])
def test_the_nucleolus_of_a_bankruptcy_is_the_talmud_rule(count, part):
    claims = np.random.default_rng(count).integers(1, 1000, count).astype(float)
    estate = round(part * claims.sum())
    np.testing.assert_allclose(nucleolus(bankruptcy(estate, claims)), talmud_rule(estate, claims), atol=1e-6)


def test_the_estate_of_the_talmud():
    claims = np.array([100.0, 200.0, 300.0])
    for estate, awards in ((100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])):
        np.testing.assert_allclose(talmud_rule(estate, claims), awards)
        np.testing.assert_allclose(nucleolus(bankruptcy(estate, claims)), awards, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_least_core_holds_and_no_smaller_epsilon_does(kind):
    game = random_game(np.random.default_rng(7), 6, kind)
    found = least_core(game)
    assert found.division.sum() == pytest.approx(grand(game))
    _, over = blocking_coalitions(make_game(game.members, _eased(game, found.epsilon + 1e-6)), found.division)
    assert over == 0
    prenucleolus = nucleolus(game, individually_rational=False)
    eased = make_game(game.members, _eased(game, found.epsilon - 1e-4))
    assert blocking_coalitions(eased, prenucleolus)[1] > 0 or kind == "additive"


def _eased(game, epsilon):
    value = game.value - epsilon
    value[0], value[-1] = 0.0, game.value[-1]
    return value


def test_glove_majority_and_a_core_that_is_empty():
    glove = make_game("LRS", GLOVE)
    np.testing.assert_allclose(shapley_value(glove), [2 / 3, 1 / 6, 1 / 6])
    np.testing.assert_allclose(nucleolus(glove), [1, 0, 0], atol=1e-9)
    assert not core(glove).empty
    np.testing.assert_allclose(core(glove).point, [1, 0, 0], atol=1e-9)
    majority = make_game("ABC", {**PAIRS, "A+B": 1, "A+C": 1, "B+C": 1})
    assert core(majority).empty
    assert least_core(majority).epsilon == pytest.approx(1 / 3)
    empty = core(make_game("ABC", PAIRS))
    assert empty.empty
    assert empty.point is None
    assert empty.epsilon == pytest.approx(2 / 15)


@pytest.mark.parametrize("kind", KINDS)
def test_renaming_members_renames_the_shares_and_nothing_else(kind):
    rng = np.random.default_rng(11)
    game = random_game(rng, 5, kind)
    order = rng.permutation(5)
    moved = np.empty_like(game.value)
    for mask in range(32):
        moved[sum(1 << int(order[i]) for i in range(5) if mask >> i & 1)] = game.value[mask]
    other = make_game(names(5), moved)
    for divide in (shapley_value, nucleolus, lambda g: nucleolus(g, per_capita=True)):
        np.testing.assert_allclose(divide(other)[order], divide(game), atol=1e-9 * scale(game))


def test_a_unit_and_a_gift_to_one_member_move_shares_with_them():
    game = random_game(np.random.default_rng(3), 6, "any")
    gift = np.arange(6.0) * 1e4
    moved = make_game(game.members, 1e6 * game.value + (np.arange(64)[:, None] >> np.arange(6) & 1) @ gift)
    for divide in (shapley_value, nucleolus, lambda g: nucleolus(g, per_capita=True)):
        np.testing.assert_allclose(divide(moved), 1e6 * divide(game) + gift, rtol=1e-9)


def test_values_of_one_in_a_million_beside_millions_are_divided_too():
    game = make_game("AB", {"A": 1e6, "B": 1e6, "A+B": 2e6 + 1e-3})
    np.testing.assert_allclose(nucleolus(game) - alone(game), [5e-4, 5e-4], rtol=1e-3)


def test_members_who_add_nothing_but_rounding_get_what_they_have():
    value = {"A": 0.1, "B": 0.2, "C": 30.0, "A+B": 0.3 - 1e-6, "A+C": 30.1, "B+C": 30.2, "A+B+C": 30.3 - 4e-15}
    for per_capita in (False, True):
        np.testing.assert_allclose(
            nucleolus(make_game("ABC", value), per_capita=per_capita), [0.1, 0.2, 30.0], atol=1e-9
        )


def test_members_worth_more_alone_have_no_nucleolus_but_a_prenucleolus():
    game = make_game("AB", {"A": 3, "B": 4, "A+B": 5})
    with pytest.raises(GameError, match="7 alone and 5 together"):
        nucleolus(game)
    np.testing.assert_allclose(nucleolus(game, individually_rational=False), [2, 3])


@pytest.mark.parametrize("count", [3, 9, 11])
def test_superadditivity_and_convexity_by_hand(count):
    square = make_game(names(count), sizes(count).astype(float) ** 2)
    assert superadditivity_violations(square) == ((), 0)
    assert convexity_violations(square) == ((), 0)
    spoilt = square.value.copy()
    spoilt[-1] = 0.0
    found, total = superadditivity_violations(make_game(names(count), spoilt), most=4)
    assert total == 2 ** (count - 1) - 1  # every way to cut all in two
    assert len(found) == min(4, total)
    assert all(not set(one.first) & set(one.second) for one in found)
    assert found[0].shortfall == max(k**2 + (count - k) ** 2 for k in range(1, count))


@pytest.mark.parametrize("kind", KINDS)
def test_violations_are_those_of_all_pairs(kind):
    game = random_game(np.random.default_rng(5), 5, kind)
    v, masks = game.value, range(32)
    apart = {(s, t): v[s] + v[t] - v[s | t] for s in masks for t in range(s) if s & t == 0}
    worst = sorted((x for x in apart.values() if x > 1e-9), reverse=True)
    found, count = superadditivity_violations(game)
    assert count == len(worst)
    assert [one.shortfall for one in found] == pytest.approx(worst[:20])
    convex = all(v[s] + v[t] <= v[s | t] + v[s & t] + 1e-9 for s in masks for t in masks)
    assert (convexity_violations(game)[1] == 0) == convex


def test_shares_add_up_and_a_key_may_start_from_what_members_have():
    game = random_game(np.random.default_rng(9), 5, "any")
    weight = np.array([1.0, 2, 3, 4, 0])
    for shares in (shapley_value(game), shares_by_key(game, weight), shares_by_key(game, weight, beyond_alone=True)):
        assert shares.sum() == pytest.approx(grand(game))
    assert shares_by_key(game, weight, beyond_alone=True)[-1] == pytest.approx(alone(game)[-1])
    for bad in ([1, 2], [0] * 5, [1, 1, 1, 1, -1], [1, 1, 1, 1, np.nan]):
        with pytest.raises(GameError, match="divide nothing"):
            shares_by_key(game, np.array(bad, dtype=float))


def test_exit_temptation_and_the_deposit_that_removes_it():
    game = make_game("LRS", GLOVE)
    found = exits(game, np.array([0.5, 0.25, 0.25]), np.array([0.7, 0.1, 0.25]))
    np.testing.assert_allclose(found.temptation, [0.2, -0.15, 0.0])
    assert (found.outside - found.deposit <= found.share + 1e-12).all()
    np.testing.assert_allclose(exits(game, np.array([1.0, 0, 0])).outside, 0.0)
    with pytest.raises(GameError, match="values outside"):
        exits(game, np.array([1.0, 0, 0]), np.array([1.0]))


@pytest.mark.parametrize(
    ("members", "value", "told"),
    [
        (["A"], {"A": 1}, "1 different members"),
        (["A", "A"], {"A": 1}, "1 different members of 2"),
        (names(21), np.zeros(1 << 21), "Name 2 to 20"),
        (["A", "B"], {"A": 1, "B": 1}, "1 coalitions have no value: A\\+B"),
        (["A", "B"], {"A": 1, "B": 1, "A+B": 2, "B+A": 3}, "stands twice"),
        (["A", "B"], {"A": 1, "B": 1, "A+C": 2}, "'C' of coalition"),
        (["A", "B"], {"A": 1, "B": 1, "A+B": float("nan")}, "A\\+B is no finite number"),
        (["A", "B"], np.array([1.0, 1, 1, 3]), "nobody is worth 1"),
        (["A", "B"], np.zeros(8), "8 values for 2 members"),
    ],
)
def test_a_game_that_is_none_is_refused(members, value, told):
    with pytest.raises(GameError, match=told):
        make_game(members, value)


def test_a_division_that_does_not_add_up_is_refused():
    game = make_game("LRS", GLOVE)
    for bad, told in (([0.5, 0.5, 0.5], "add up to 1.5"), ([0.5, 0.5], "2 shares for 3"), ([np.nan, 1, 0], "finite")):
        with pytest.raises(GameError, match=told):
            blocking_coalitions(game, np.array(bad))


def test_the_gately_point_of_a_game_in_which_nobody_adds_is_refused():
    with pytest.raises(GameError, match="no Gately point"):
        gately_point(make_game("AB", {"A": 1, "B": 1, "A+B": 2}))


def test_costs_become_savings():
    assert savings_game("AB", {"A": 3, "B": 4, "A+B": 5}).value.tolist() == [0, 0, 0, 2]
