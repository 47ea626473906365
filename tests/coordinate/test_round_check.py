"""The checker rejects every tampering, also by someone who works out the digests again, and shares no code with the clearing."""

from __future__ import annotations

import ast
import copy
import json
import sys
from pathlib import Path

import pytest

import lodestone.coordinate
from benchmarks.round import made_up, ruled
from lodestone.coordinate import round_losers
from lodestone.coordinate.round_check import check_round
from lodestone.coordinate.round_clear import clear
from lodestone.coordinate.round_nouns import PAY_AS_BID, UNIFORM
from lodestone.coordinate.round_publish import digests, published

FOLDER = Path(lodestone.coordinate.__file__).parent
CHECKER = {"round_check", "round_check_form"}


@pytest.fixture(scope="module")
def honest():
    bids, offers = made_up(40, products=2, seed=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(round_losers, "FEW_PAIRS", 0)  # the nearest prices come faster so
        return {pricing: published(clear(bids, offers, ruled(pricing))) for pricing in (UNIFORM, PAY_AS_BID)}


def tampered(honest, change, pricing=UNIFORM, sign=True):
    document = copy.deepcopy(honest[pricing])
    change(document)
    if sign:
        document["digests"] = digests(document)
    return check_round(json.loads(json.dumps(document)))


def put(part, place, field, value):
    def change(document):
        row = document[part] if place is None else document[part][place]
        row[field] = value(row[field]) if callable(value) else value

    return change


def bump(d):
    d["awards"][0]["quantity"] += 1.0
    d["awards"][1]["quantity"] -= 1.0


def shared_surplus(d):
    """An award moved to another bid, with the surplus made to fit."""
    winner = d["awards"][0]["bid"]
    loser = next(x["name"] for x in d["losers"] if x["side"] == "bid")
    d["awards"] = [{**a, "bid": loser if a["bid"] == winner else a["bid"]} for a in d["awards"]]


def add_award(d):
    bid = next(b for b in d["bids"] if b["product"] != d["offers"][0]["product"])
    price = d["prices"][bid["product"]]
    d["awards"].append({"bid": bid["bid"], "offer": d["offers"][0]["offer"], "quantity": 1.0, "price": price})


def split_award(d):
    first = d["awards"][0]
    first["quantity"] /= 2.0
    d["awards"].append(dict(first))


def dearer(d):
    product = next(iter(d["prices"]))
    mine = {b["bid"] for b in d["bids"] if b["product"] == product}
    d["prices"][product] *= 1.001
    for award in d["awards"]:
        if award["bid"] in mine:
            award["price"] = d["prices"][product]


def dearer_bid(d):
    next(b for b in d["bids"] if b["bid"] == d["awards"][0]["bid"])["highest_price"] += 5.0


def lower_bound(d):
    d["totals"]["bound"] = d["totals"]["surplus"] * 0.99
    d["totals"]["gap"] = (d["totals"]["bound"] - d["totals"]["surplus"]) / d["totals"]["surplus"]


def slack_bound(d):
    d["totals"]["bound"] = d["totals"]["surplus"] * 1.2
    d["totals"]["gap"] = 0.2


def weaker_certificate(d):
    d["certificate"]["bound"] *= 0.9
    d["totals"]["bound"] = min(d["totals"]["bound"], d["certificate"]["bound"])


def cheaper_certificate(d):
    name = max(d["certificate"]["bids"], key=d["certificate"]["bids"].get)
    tonnes = next(b["quantity"] for b in d["bids"] if b["bid"] == name)
    d["certificate"]["bound"] -= d["certificate"]["bids"].pop(name) * tonnes


def negative_certificate(d):
    offer = next(o for o in d["offers"] if o["offer"] not in d["certificate"]["offers"])
    d["certificate"]["offers"][offer["offer"]] = -5.0
    d["certificate"]["bound"] -= 5.0 * offer["quantity"]


def forget_loser(d):
    gone = d["losers"].pop()
    d["paradoxically_rejected"] = [x for x in d["paradoxically_rejected"] if x != f"{gone['side']} {gone['name']}"]


def hide_paradox(d):
    for row in d["losers"]:
        if row["reason"] in ("a rule", "paradoxically rejected"):
            row["reason"] = "others paid or asked better"
    d["paradoxically_rejected"] = []


def another_rule(d):
    row = next(row for row in d["losers"] if row["reason"] in ("a rule", "paradoxically rejected"))
    row["reason"], row["cause"] = "a rule", "kept for the minister"


def wrong_side(d):
    row = next(row for row in d["losers"] if row["side"] == "bid" and row["nearest_price"] is not None)
    row["nearest_price"] = 0.0


def sell_less_than_a_lot(d):
    gave = {}
    for award in d["awards"]:
        gave.setdefault(award["offer"], []).append(award)
    offer = next(o for o in d["offers"] if o["lot"] > 0.0 and o["offer"] in gave)
    for award in gave[offer["offer"]]:
        award["quantity"] *= 0.5 * offer["lot"] / offer["quantity"]


def tighter_ceiling(d):
    d["rules"]["origin_ceiling"] = 0.2


def oversold(d):
    award = d["awards"][0]
    award["quantity"] += 1e4
    next(b for b in d["bids"] if b["bid"] == award["bid"])["quantity"] += 1e4


def lower_bid(d):
    next(b for b in d["bids"] if b["bid"] == d["awards"][0]["bid"])["highest_price"] = 1.0


def wide_gap(d):
    d["rules"]["gap"] = 0.0
    d["certificate"]["offers"][d["offers"][0]["offer"]] = 50.0 + d["certificate"]["offers"].get(
        d["offers"][0]["offer"], 0.0
    )
    d["certificate"]["bound"] += 50.0 * d["offers"][0]["quantity"]
    d["totals"]["bound"] = d["certificate"]["bound"]
    d["totals"]["gap"] = d["totals"]["bound"] / d["totals"]["surplus"] - 1.0


def rule_priced_twice(d):
    row = {"rule": "certified share", "product": "product 0", "price": 0.0}
    d["certificate"]["rules"] = [r for r in d["certificate"]["rules"] if r["rule"] != row["rule"]] + [row, dict(row)]


TAMPERINGS = {
    "more sold than there is": (oversold, "t and has"),
    "a bid lowered below what it pays": (lower_bid, "outside what is asked and bid"),
    "a gap wider than the rules": (wide_gap, "wider than the rules"),
    "the sum of the tonnes": (put("totals", None, "quantity", 1.0), "awards add up to"),
    "a stranger in the certificate": (lambda d: d["certificate"]["bids"].update(nobody=1.0), "not in the round"),
    "a rule priced twice in the certificate": (rule_priced_twice, "prices a rule twice"),
    "a price of a product that is not there": (lambda d: d["prices"].update(gold=1.0), "which is not in the round"),
    "a lot larger than its offer": (put("offers", 0, "lot", 1e5), "a lot outside"),
    "a share that is none": (put("rules", None, "access_share", 2.0), "outside 0 to 1"),
    "a pricing that is none": (put("rules", None, "pricing", "fair"), "is no pricing"),
    "tonnes moved between awards": (bump, "surplus"),
    "an award raised past what was asked": (put("awards", 0, "quantity", lambda q: q + 1e4), "asked for"),
    "an award given to another bid": (shared_surplus, ""),
    "an award added across products": (add_award, "does not fit: product"),
    "an award split in two": (split_award, "stands twice"),
    "an award deleted": (lambda d: d["awards"].pop(), ""),
    "an award of less than nothing": (put("awards", 0, "quantity", -1.0), "of no tonnes"),
    "an award to a bid that is not there": (put("awards", 0, "bid", "nobody"), "not both in the round"),
    "a price of one award": (put("awards", 0, "price", lambda p: p + 0.01), "not at its uniform price"),
    "a price of a product with all its awards": (dearer, "where the rules put it"),
    "a bid made dearer": (dearer_bid, "surplus of the awards"),
    "a lot sold in part": (sell_less_than_a_lot, "less than its lot"),
    "a rule made tighter": (tighter_ceiling, "is broken"),
    "the standard raised": (put("rules", None, "certified_share", 0.99), "is broken"),
    "the surplus": (put("totals", None, "surplus", lambda x: x + 1.0), "surplus of the awards"),
    "a bound below the surplus": (lower_bound, "below the surplus"),
    "a bound above the certified one": (slack_bound, "above the certified one"),
    "a gap": (put("totals", None, "gap", 0.0005), "gap is not that"),
    "a bound of the certificate": (weaker_certificate, "gives a bound of"),
    "a price left out of the certificate": (cheaper_certificate, "does not cover"),
    "a price below zero in the certificate": (negative_certificate, "below zero"),
    "a loser forgotten": (forget_loser, "list of losers"),
    "a paradox explained away": (hide_paradox, "lost for"),
    "a paradox left off its list": (lambda d: d["paradoxically_rejected"].clear(), "good enough is not theirs"),
    "a rule that there is not": (another_rule, "is not kept out by"),
    "a nearest price on the wrong side": (wrong_side, "wrong side"),
    "an offer twice": (lambda d: d["offers"].append(dict(d["offers"][0])), "stands twice"),
    "a bid of less than nothing": (put("bids", 0, "quantity", -3.0), "outside the limits"),
    "a rule of the certificate without a price": (
        lambda d: d["certificate"]["rules"].append({"rule": "certified share"}),
        "certificate, rule",
    ),
    "a price that is a text": (lambda d: d["prices"].update({"product 0": "100"}), "prices is no table"),
    "a rejected one listed twice": (
        lambda d: d["paradoxically_rejected"].append(d["paradoxically_rejected"][0]),
        "no list of names",
    ),
    "a number that is none": (put("bids", 0, "quantity", float("nan")), "quantity is no number"),
    "a truth for a number": (put("bids", 0, "quantity", True), "quantity is no number"),
    "a field more": (lambda d: d["totals"].update(note="trust me"), "exactly the fields"),
    "a part more": (lambda d: d.update(note="trust me"), "not known"),
    "another format": (lambda d: d.update(format="lodestone-round-9"), "the format is"),
}


def test_an_honest_round_is_accepted(honest):
    for document in honest.values():
        checked = check_round(json.loads(json.dumps(document)), document["digests"]["all"])
        assert checked.faults == ()
        assert checked.surplus == pytest.approx(document["totals"]["surplus"])
    assert honest[UNIFORM]["paradoxically_rejected"]


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_with_fitting_digests_is_rejected(honest, name):
    change, told = TAMPERINGS[name]
    if name == "a number that is none":
        document = copy.deepcopy(honest[UNIFORM])
        change(document)
        faults = check_round(document).faults
    else:
        faults = tampered(honest, change).faults
    assert faults
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize("part", ["rules", "bids", "offers", "awards", "prices", "totals", "certificate", "losers"])
def test_a_part_that_does_not_fit_its_digest_is_rejected(honest, part):
    def change(document):
        document["digests"][part] = "0" * 64

    assert any(f"digest of {part}" in fault for fault in tampered(honest, change, sign=False).faults)


def test_a_digest_of_no_part_is_rejected(honest):
    faults = tampered(honest, lambda d: d["digests"].update(soul="0" * 64), sign=False).faults
    assert any("parts that are none" in fault for fault in faults)


def test_a_document_that_is_another_one_is_rejected(honest):
    document = honest[UNIFORM]
    assert any("another document" in fault for fault in check_round(document, "f" * 64).faults)


def test_pay_as_bid_pays_what_was_asked(honest):
    faults = tampered(honest, put("awards", 0, "price", lambda p: p + 0.01), PAY_AS_BID).faults
    assert any("not at the price asked" in fault for fault in faults)
    faults = tampered(honest, lambda d: d["prices"].update({"product 0": 100.0}), PAY_AS_BID).faults
    assert any("without reason" in fault for fault in faults)


@pytest.mark.parametrize("document", [None, 3, [], {}, {"format": "lodestone-round-1"}, "x"])
def test_what_is_no_round_is_rejected_in_words(document):
    assert check_round(document).faults


@pytest.mark.parametrize(
    "part",
    [
        "rules",
        "bids",
        "offers",
        "awards",
        "prices",
        "totals",
        "certificate",
        "losers",
        "digests",
        "paradoxically_rejected",
    ],
)
@pytest.mark.parametrize("value", [None, 3, "x", [1], {"a": None}, [{}]])
def test_parts_of_another_kind_are_rejected_in_words(honest, part, value):
    document = {**honest[UNIFORM], part: value}
    assert check_round(document).faults


def test_the_checker_imports_nothing_but_the_standard_library_and_itself():
    for name in CHECKER:
        for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                inside = module.startswith("lodestone.coordinate.") and module.rsplit(".", 1)[1] in CHECKER
                assert inside or module.split(".")[0] in sys.stdlib_module_names, module
    for path in FOLDER.glob("round_*.py"):
        if path.stem not in CHECKER:
            assert "round_check" not in path.read_text("utf-8"), f"{path.name} shares code with the checker"
