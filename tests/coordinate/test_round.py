"""A round is cleared at the largest surplus its rules allow, prices support it, and each loser is told what would have won."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.round import made_up, ruled
from lodestone.coordinate import round_losers
from lodestone.coordinate.round_check import check_round
from lodestone.coordinate.round_clear import clear
from lodestone.coordinate.round_nouns import PAY_AS_BID, UNIFORM, Bid, Offer, Rules
from lodestone.coordinate.round_publish import published
from lodestone.errors import GameError
from tests.coordinate.rounds import best_surplus, small_round

FINE = 1e-9
RULES = {
    "none": Rules(gap=FINE),
    "origin": Rules(gap=FINE, origin_ceiling=0.6, origin_ceilings={"X": 0.5}),
    "certified": Rules(gap=FINE, certified_share=0.7),
    "required": Rules(gap=FINE, required_certificates=("IRMA",)),
    "access": Rules(gap=FINE, members=("A", "B"), access_share=0.4),
    "small": Rules(gap=FINE, small_buyer_tonnes=6.0, small_buyer_share=0.3),
    "all": Rules(
        gap=FINE, origin_ceiling=0.8, certified_share=0.4, members=("A", "B"), access_share=0.2, small_buyer_tonnes=6.0,
        small_buyer_share=0.2,
    ),
}  # fmt: skip
FREE = Offer("free", "S", "oxide", 10.0, 5.0, 0.0, "X", ())


@pytest.fixture(autouse=True)
def _large_markets(monkeypatch):
    """Losers are solved again with lots as awarded, as in a large market, unless a test says otherwise: it is faster."""
    monkeypatch.setattr(round_losers, "FEW_PAIRS", 0)


def bid(name, tonnes, price, **more):
    return replace(Bid(name, name, "oxide", tonnes, price, ("H1",), 1), **more)


@pytest.mark.parametrize("pricing", [UNIFORM, PAY_AS_BID])
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("seed", range(6))
def test_no_clearing_has_more_surplus(seed, name, pricing):
    bids, offers = small_round(seed)
    rules = replace(RULES[name], pricing=pricing)
    found = clear(bids, offers, rules)
    assert found.surplus == pytest.approx(best_surplus(bids, offers, rules), abs=1e-4)
    assert found.bound == pytest.approx(found.surplus, abs=1e-4)
    assert check_round(published(found)).faults == ()


@pytest.mark.parametrize("name", RULES)
def test_every_rule_binds_where_there_is_too_little(name):
    kept = {"access_share": 0.9} if name == "access" else {"small_buyer_share": 0.9} if name == "small" else {}
    rules = replace(RULES[name], **kept)
    rounds = [small_round(seed, bids=9, offers=3) for seed in range(12)]
    plain, held = ([clear(*given, rule).surplus for given in rounds] for rule in (RULES["none"], rules))
    assert all(h <= p + 1e-4 for h, p in zip(held, plain, strict=True))
    assert name == "none" or sum(held) < sum(plain) - 0.1
    for given, surplus in zip(rounds[:3], held, strict=False):
        assert surplus == pytest.approx(best_surplus(*given, rules), abs=1e-4)


@pytest.mark.parametrize("pricing", [UNIFORM, PAY_AS_BID])
@pytest.mark.parametrize("name", ["none", "origin", "access"])
@pytest.mark.parametrize("pairs", [0, 1000])  # all markets are large, and solved again with lots as awarded; or small
@pytest.mark.parametrize("seed", range(6))
def test_at_a_better_price_than_the_nearest_each_loser_wins(seed, pairs, name, pricing, monkeypatch):
    monkeypatch.setattr(round_losers, "FEW_PAIRS", pairs)
    bids, offers = small_round(seed)
    rules = replace(RULES[name], pricing=pricing)
    for loser in clear(bids, offers, rules).losers:
        if loser.nearest_price is None:
            continue
        if loser.side == "bid":
            moved = [replace(b, highest_price=loser.nearest_price + 1e-3) if b.bid == loser.name else b for b in bids]
            again = clear(moved, offers, rules)
            assert loser.name in {award.bid for award in again.awards}, loser
        elif loser.nearest_price >= 1e-3:
            moved = [
                replace(o, lowest_price=loser.nearest_price - 1e-3) if o.offer == loser.name else o for o in offers
            ]
            again = clear(bids, moved, rules)
            assert loser.name in {award.offer for award in again.awards}, loser


@pytest.mark.parametrize("pairs", [0, 1000])
def test_most_losers_that_fit_are_told_a_price(pairs, monkeypatch):
    monkeypatch.setattr(round_losers, "FEW_PAIRS", pairs)
    found = [loser for seed in range(6) for loser in clear(*small_round(seed), RULES["none"]).losers]
    fit = [loser for loser in found if loser.reason != "nothing fits"]
    assert sum(loser.nearest_price is not None for loser in fit) > 0.8 * len(fit)
    assert {loser.by.split(":")[0] for loser in fit if loser.nearest_price is not None} == {
        "solved again in full" if pairs else "bound"
    }


@pytest.mark.parametrize("pricing", [UNIFORM, PAY_AS_BID])
@pytest.mark.parametrize("seed", range(6))
def test_solved_again_in_full_a_worse_price_than_the_nearest_loses(seed, pricing, monkeypatch):
    monkeypatch.setattr(round_losers, "FEW_PAIRS", 1000)
    bids, offers = small_round(seed)
    rules = replace(RULES["origin"], pricing=pricing)
    for loser in clear(bids, offers, rules).losers:
        if (
            loser.nearest_price is None
            or "full" not in loser.by
            or loser.reason == "at the margin"
            or "a tie" in loser.cause
        ):
            continue
        if loser.side == "bid":
            moved = [replace(b, highest_price=loser.nearest_price - 1e-2) if b.bid == loser.name else b for b in bids]
            assert loser.name not in {award.bid for award in clear(moved, offers, rules).awards}, loser
        else:
            moved = [
                replace(o, lowest_price=loser.nearest_price + 1e-2) if o.offer == loser.name else o for o in offers
            ]
            assert loser.name not in {award.offer for award in clear(bids, moved, rules).awards}, loser


@pytest.mark.parametrize("seed", range(8))
def test_without_lots_the_nearest_price_is_exact(seed):
    rng = np.random.default_rng(seed)
    bids = [bid(f"b{i}", float(rng.integers(1, 9)), float(rng.integers(5, 20))) for i in range(8)]
    offers = [
        replace(FREE, offer=f"o{i}", quantity=float(rng.integers(1, 9)), lowest_price=float(rng.integers(5, 20)))
        for i in range(6)
    ]
    rules = Rules(gap=FINE, pricing=PAY_AS_BID)
    for loser in clear(bids, offers, rules).losers:
        if loser.side == "bid" and loser.nearest_price is not None and loser.reason != "at the margin":
            moved = [replace(b, highest_price=loser.nearest_price - 1e-3) if b.bid == loser.name else b for b in bids]
            assert loser.name not in {award.bid for award in clear(moved, offers, rules).awards}, loser


def test_a_uniform_price_stands_where_the_rules_put_it():
    bids = [bid("a", 6.0, 9.0), bid("b", 4.0, 7.0)]
    for position, price in ((0.0, 5.0), (0.5, 6.0), (1.0, 7.0)):
        found = clear(bids, [FREE], Rules(price_position=position))
        assert found.prices == {"oxide": price}
        assert {award.price for award in found.awards} == {price}
    paid = clear(bids, [FREE], Rules(pricing=PAY_AS_BID))
    assert paid.prices == {}
    assert {award.price for award in paid.awards} == {5.0}


def test_nobody_is_left_out_at_a_good_price_for_want_of_a_higher_one():
    found = clear([bid("a", 10.0, 9.0), bid("b", 10.0, 8.0)], [FREE])
    assert found.prices == {"oxide": 8.5}  # between the bid left out and the one that won, not at the middle of 5 and 9
    assert found.paradoxically_rejected == ()
    short = clear([bid("a", 12.0, 9.0)], [FREE])
    assert short.prices == {"oxide": 9.0}  # the bid wants more than there is
    long = clear([bid("a", 6.0, 9.0)], [FREE])
    assert long.prices == {"oxide": 5.0}  # the offer has more than is wanted
    spare = clear([bid("a", 10.0, 9.0)], [FREE, replace(FREE, offer="spare", lowest_price=6.0)])
    assert spare.prices == {"oxide": 5.5}
    for one in (found, short, long, spare):
        assert check_round(published(one)).faults == ()


def test_a_lot_that_only_an_average_price_supports_is_not_taken_where_each_award_needs_its_own():
    bids = [bid("a", 5.0, 15.0), bid("b", 5.0, 6.0)]
    lot = Offer("lot", "S", "oxide", 8.0, 8.0, 8.0, "X", ())  # 5 x 15 + 3 x 6 is more than 8 x 8, but 6 is less than 8
    found = clear(bids, [lot, replace(FREE, quantity=1.0)], Rules(pricing=PAY_AS_BID))
    assert [(award.bid, award.offer, award.quantity) for award in found.awards] == [("a", "free", 1.0)]
    assert found.bound == pytest.approx(10.0)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_rules_the_checker_accepts(seed):
    rng = np.random.default_rng(seed)
    bids, offers = small_round(1000 + seed, int(rng.integers(1, 9)), int(rng.integers(1, 7)))

    def some(value):
        return value if rng.random() < 0.5 else 0.0

    rules = Rules(
        pricing=(UNIFORM, PAY_AS_BID)[seed % 2], price_position=float(rng.random()), members=("A", "B", "C"),
        certified_share=some(float(rng.random())), origin_ceiling=(1.0, 0.7, 0.4)[int(rng.integers(3))],
        access_share=some(0.3), small_buyer_tonnes=10.0, small_buyer_share=some(0.3),
    )  # fmt: skip
    assert check_round(published(clear(bids, offers, rules))).faults == ()


def test_a_tie_that_lots_decide_is_called_one(monkeypatch):
    monkeypatch.setattr(round_losers, "FEW_PAIRS", 1000)
    whole = replace(FREE, offer="whole", lowest_price=6.0, lot=10.0)
    halves = [replace(FREE, offer=f"half {p:g}", quantity=5.0, lot=5.0, lowest_price=p) for p in (5.0, 7.0)]
    found = clear([bid("a", 10.0, 10.0)], [whole, *halves], Rules(pricing=PAY_AS_BID))
    assert found.surplus == pytest.approx(40.0)
    tied = [x for x in found.losers if x.reason == "paradoxically rejected"]
    assert [x.cause for x in tied] == ["a tie: another clearing with the same surplus takes it"]


def test_a_lot_that_no_one_price_supports_is_rejected_paradoxically():
    bids = [bid("a", 5.0, 10.0), bid("b", 5.0, 6.0)]
    lot = Offer("lot", "S", "oxide", 8.0, 7.0, 8.0, "X", ())
    found = clear(bids, [lot])
    assert found.awards == ()
    assert {(x.name, x.reason) for x in found.losers} == {
        ("a", "paradoxically rejected"), ("b", "no price in common"), ("lot", "paradoxically rejected"),
    }  # fmt: skip
    assert set(found.paradoxically_rejected) == {"bid a", "offer lot"}
    assert check_round(published(found)).faults == ()
    assert clear([bids[0], replace(bids[1], highest_price=7.0)], [lot]).surplus == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("loser", "reason", "cause"),
    [
        (bid("late", 1.0, 99.0, window=("H9",)), "nothing fits", "window"),
        (bid("green", 1.0, 99.0, certificates=("IRMA",)), "nothing fits", "certificates"),
        (bid("other", 1.0, 99.0, product="metal"), "nothing fits", "product"),
        (bid("cheap", 1.0, 4.0), "no price in common", "below every offer it could take"),
        (bid("outbid", 1.0, 6.0), "others paid or asked better", ""),
    ],
)
def test_each_loser_is_told_why(loser, reason, cause):
    offer = replace(FREE, window=("H1",))
    found = clear([bid("winner", 10.0, 9.0), loser], [offer])
    assert [(x.name, x.reason, x.cause) for x in found.losers] == [(loser.bid, reason, cause)]
    assert check_round(published(found)).faults == ()


def test_a_rule_that_keeps_a_bid_out_is_named():
    rules = Rules(members=("in",), access_share=1.0)
    found = clear([bid("in", 5.0, 9.0), bid("out", 10.0, 8.0)], [FREE], rules)
    assert [(x.name, x.reason, x.cause) for x in found.losers] == [("in", "a rule", "kept for non-members")]
    assert [award.bid for award in found.awards] == ["out"]


def test_of_equal_bids_the_lower_priority_number_is_served_first():
    for order in ((1, 2), (2, 1)):
        bids = [bid(f"p{p}", 10.0, 9.0, priority=p) for p in order]
        assert {award.bid for award in clear(bids, [FREE]).awards} == {"p1"}


@pytest.mark.parametrize("pricing", [UNIFORM, PAY_AS_BID])
@pytest.mark.parametrize("pattern", ["plain", "ruled"])
def test_made_up_rounds_are_cleared_to_the_gap_and_accepted(pattern, pricing):
    rules = ruled(pricing) if pattern == "ruled" else Rules(pricing=pricing)
    bids, offers = made_up(40, products=2)
    found = clear(bids, offers, rules)
    checked = check_round(published(found))
    assert checked.faults == ()
    assert found.optimal
    assert found.gap <= rules.gap
    assert checked.certified_bound >= found.bound - 1e-6
    assert checked.surplus == pytest.approx(found.surplus)


def test_the_same_rows_give_the_same_document():
    bids, offers = made_up(24, products=2)
    one, other = (published(clear(bids, offers, ruled(UNIFORM))) for _ in range(2))
    assert one == other
    moved = clear(bids[::-1], offers[::-1], replace(ruled(UNIFORM), gap=FINE))
    assert moved.surplus == pytest.approx(clear(bids, offers, replace(ruled(UNIFORM), gap=FINE)).surplus, rel=1e-6)


def test_renaming_members_and_a_product_more_change_nothing_else():
    bids, offers = small_round(3)
    plain = clear(bids, offers, Rules(gap=FINE))
    more = clear(
        [*bids, bid("x", 3.0, 9.0, product="metal")], [*offers, replace(FREE, product="metal")], Rules(gap=FINE)
    )
    assert more.surplus == pytest.approx(plain.surplus + 12.0)


def test_a_round_without_bids_or_with_names_twice_is_refused():
    with pytest.raises(GameError, match="at least one bid"):
        clear([], [FREE])
    with pytest.raises(GameError, match="different name"):
        clear([bid("a", 1.0, 9.0)], [FREE, FREE])
