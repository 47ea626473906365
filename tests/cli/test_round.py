"""``lodestone round``: a cleared round is published and accepted, a tampered one rejected, every fault of the files told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import told_by

ROUND = Path("examples/round")
FILES = (str(ROUND / "bids.csv"), str(ROUND / "offers.csv"))
BIDS = "member,product,quantity,highest_price,window,priority\n"
OFFERS = "supplier,product,quantity,lowest_price,lot,origin,certificates\n"
BID, OFFER = "A,oxide,5,9,H1,1\n", "S,oxide,5,8,0,AUS,IRMA\n"


def clear(capsys, tmp_path, bids=BIDS + BID, offers=OFFERS + OFFER, rules=None, *words):
    paths = []
    for name, text in (("bids.csv", bids), ("offers.csv", offers), ("rules.yaml", rules)):
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8")
            paths.append(str(tmp_path / name))
    more = ("--rules", paths.pop()) if rules is not None else ()
    return told_by(capsys, "round", "clear", *paths, *more, *words)


def test_a_round_is_cleared_published_and_accepted(capsys, tmp_path):
    rules = str(ROUND / "rules.yaml")
    code, out, _ = told_by(capsys, "round", "clear", *FILES, "--rules", rules, "--out", str(tmp_path), "--json")
    told = json.loads(out)
    assert code == 0
    assert json.loads((tmp_path / "round.json").read_text("utf-8")) == told
    assert sum(award["quantity"] for award in told["awards"]) == pytest.approx(told["totals"]["quantity"])
    asked = {bid["bid"] for bid in told["bids"]}
    won = {award["bid"] for award in told["awards"]}
    assert {row["name"] for row in told["losers"] if row["side"] == "bid"} == asked - won
    code, out, _ = told_by(capsys, "round", "check", str(tmp_path / "round.json"), "--digest", told["digests"]["all"])
    assert code == 0
    assert out.startswith("Accepted.")
    assert told["digests"]["all"] in out


def test_a_tampered_round_is_rejected_with_exit_code_1(capsys, tmp_path):
    told_by(capsys, "round", "clear", *FILES, "--out", str(tmp_path))
    path = tmp_path / "round.json"
    held = json.loads(path.read_text("utf-8"))
    held["awards"][0]["quantity"] += 1.0
    path.write_text(json.dumps(held), encoding="utf-8")
    code, out, _ = told_by(capsys, "round", "check", str(path))
    assert code == 1
    assert out.startswith("REJECTED")
    code, out, _ = told_by(capsys, "round", "check", str(path), "--json")
    assert code == 1
    assert json.loads(out)["accepted"] is False
    path.write_text("{}", encoding="utf-8")
    code, out, _ = told_by(capsys, "round", "check", str(path), "--json")
    assert (code, json.loads(out)["surplus"]) == (1, None)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00"])
def test_what_is_no_json_is_told_with_exit_code_2(capsys, tmp_path, text):
    path = tmp_path / "round.json"
    path.write_text(text, encoding="utf-8")
    code, out, err = told_by(capsys, "round", "check", str(path))
    assert (code, out) == (2, "")
    assert "not valid JSON" in err
    assert "Traceback" not in err


def test_the_text_says_prices_losers_and_the_digest(capsys):
    code, out, _ = told_by(capsys, "round", "clear", *FILES, "--rules", str(ROUND / "rules.yaml"))
    assert code == 0
    for part in ("First round of the three", "price of oxide", "nearest price", "Digest", "Matched is not contracted"):
        assert part in out


def test_rows_without_a_name_are_called_by_their_row(capsys, tmp_path):
    code, out, _ = clear(capsys, tmp_path, BIDS + BID, OFFERS + OFFER, None, "--json")
    assert code == 0
    assert [(a["bid"], a["offer"]) for a in json.loads(out)["awards"]] == [("bid-2", "offer-2")]


@pytest.mark.parametrize(
    ("bids", "offers", "rules", "told"),
    [
        ("A,oxide,-5,9,H1,1\n", OFFER, None, ["bids.csv:2 [quantity]: -5 is not above 0"]),
        ("A,oxide,0,9,H1,1\n", OFFER, None, ["bids.csv:2 [quantity]: 0 is not above 0"]),
        ("A,oxide,5,-9,H1,1\n", OFFER, None, ["bids.csv:2 [highest_price]: -9 is not 0 to"]),
        ("A,oxide,5e9,9,H1,1\n", OFFER, None, ["bids.csv:2 [quantity]: 5e+09 is not above 0 and at most 1e+06"]),
        ("A,oxide,5,9,,1\n", OFFER, None, ["bids.csv:2 [window]: the cell is empty"]),
        ("A,oxide,5,9,H1,1.5\n", OFFER, None, ["bids.csv:2 [priority]: 1.5 is no whole number"]),
        ("A,oxide,5,9,H1,12\n", OFFER, None, ["bids.csv:2 [priority]: 12 is outside 1 to 9"]),
        ("A,oxide,many,9,H1,1\n", OFFER, None, ["bids.csv:2 [quantity]: 'many' is not a finite number"]),
        (BID, "S,oxide,5,8,0,AUS,HEARSAY\n", None, ["offers.csv:2 [certificates]: certificate 'HEARSAY' is not known"]),
        (BID, "S,oxide,5,8,0,ATLANTIS,\n", None, ["offers.csv:2 [origin]: 'ATLANTIS' is no origin known here"]),
        (BID, "S,oxide,5,8,9,AUS,\n", None, ["offers.csv:2 [lot]: a lot of 9 of 5 offered"]),
        (BID, "S,oxide,5,8,-1,AUS,\n", None, ["offers.csv:2 [lot]: a lot of -1"]),
        ("A,oxide,-5,9,H1,1\n", "S,oxide,5,8,0,AUS,HEARSAY\n", "pricing: fair\n", ["bids.csv:2", "offers.csv:2", "rules.yaml [pricing]"]),
        (BID, OFFER, "origin_ceiling: 65\n", ["rules.yaml [origin_ceiling]: '65' is no share"]),
        (BID, OFFER, "origin_ceilings: {ATLANTIS: 0.5}\n", ["'ATLANTIS' is no origin"]),
        (BID, OFFER, "origin_ceilings: {AUS: much}\n", ["is no table of shares"]),
        (BID, OFFER, "required_certificates: [HEARSAY]\n", ["certificate 'HEARSAY' is not known"]),
        (BID, OFFER, "access_share: 0.1\n", ["no members are named"]),
        (BID, OFFER, "gap: 0\n", ["'0' is not above 0"]),
        (BID, OFFER, "members: A\n", ["'A' is no list of names"]),
        (BID, OFFER, "ceiling: 0.5\n", ["rules.yaml [ceiling]: no such rule"]),
        (BID, OFFER, "- 1\n", ["no mapping of rules"]),
        (BID, OFFER, "a: &x [1]\nb: *x\n", ["uses an alias"]),
        (BID, OFFER, "largest_price: 5\n", ["bids.csv:2 [highest_price]: 9 is not 0 to 5", "offers.csv:2 [lowest_price]"]),
    ],
)  # fmt: skip
def test_all_faults_come_together_with_their_rows(capsys, tmp_path, bids, offers, rules, told):
    code, out, err = clear(capsys, tmp_path, BIDS + bids, OFFERS + offers, rules)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    for part in told:
        assert part in err, err


def test_names_that_come_twice_and_missing_columns_are_told(capsys, tmp_path):
    code, _, err = clear(capsys, tmp_path, "bid," + BIDS + "x," + BID + "x," + BID, "supplier,product\nS,oxide\n")
    assert code == 2
    assert "bids.csv:3 [bid]: 'x' stands in row 2 already" in err
    assert "no column 'lowest_price'" in err


def test_a_bid_at_a_price_of_nothing_and_a_round_without_a_match_are_answers(capsys, tmp_path):
    code, out, _ = clear(
        capsys, tmp_path, BIDS + "A,oxide,5,0,H1,1\nB,metal,5,9,H1,\n", OFFERS + "S,oxide,5,8,,AUS,\n", None, "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert told["awards"] == []
    assert [(row["reason"], row["nearest_price"]) for row in told["losers"]] == [
        ("nothing fits", None), ("no price in common", 8.0), ("no price in common", None),
    ]  # fmt: skip
