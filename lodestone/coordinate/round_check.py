"""Checks a published round. Plain Python, and nothing of the code that cleared it: only arithmetic on the document.

It works out again which offers fit which bids, every sum, limit, rule and price, the surplus, the digests, who lost and whether a
losing price was good enough, and the bound that follows from the certificate by weak duality: prices on bids, offers and rules
that cover the margin of every pair leave no clearing more than their worth. What it cannot prove is said: a stated bound below the
certified one is the solver's word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodestone.coordinate.round_check_form import digests_of, form_faults, row_faults

TONNES = 1e-6  # rounding of a published award
MONEY = 1e-9  # rounding of sums of money, of their size
UNSERVED = 1e-3  # tonnes above which a bid wants, or an offer has, more
ROUNDED = 1e-6  # what rounding tonnes may add to a gap, and to a surplus, of its size


@dataclass(frozen=True)
class Limit:
    """A rule of a product: tonnes x (coefficient of the bid + of the offer), over its awards, is at most ``right``."""

    name: str
    product: str
    of_bid: Mapping[str, float]
    of_offer: Mapping[str, float]
    right: float

    def coefficient(self, bid: Mapping[str, Any], offer: Mapping[str, Any]) -> float:
        """What a tonne of a pair takes of the rule."""
        return self.of_bid.get(bid["bid"], 0.0) + self.of_offer.get(offer["offer"], 0.0)


@dataclass(frozen=True)
class Checked:
    """What is wrong with a published round, in words; nothing: it is accepted.

    ``surplus``: as worked out again; ``certified_bound``: what no clearing under the rules exceeds, by the certificate;
    ``certified_gap``: their distance over the surplus; ``digest``: of all parts. NaN and blank where the form is wrong.
    """

    faults: tuple[str, ...]
    surplus: float
    certified_bound: float
    certified_gap: float
    digest: str


def check_round(document: object, digest: str = "") -> Checked:
    """Check a published round.

    Parameters
    ----------
    document : object
        As read from JSON.
    digest : str
        The digest of all parts as made known elsewhere; not held against anything if blank.

    Returns
    -------
    Checked

    Examples
    --------
    >>> check_round({"format": "another"}).faults
    ("the format is 'another', not 'lodestone-round-1'",)
    """
    faults = form_faults(document)
    if faults:
        return Checked(tuple(faults), math.nan, math.nan, math.nan, "")
    assert isinstance(document, dict)
    own = digests_of(document)
    faults += [
        f"the digest of {name} is not that of its content" for name in own if document["digests"].get(name) != own[name]
    ]
    if set(document["digests"]) != set(own):
        faults.append("there are digests of parts that are none")
    if digest and digest != own["all"]:
        faults.append(f"the digest of all parts is {own['all']}, not {digest}: this is another document")
    faults += row_faults(document)
    if faults:  # sums over rows that are none mean nothing
        return Checked(tuple(faults), math.nan, math.nan, math.nan, own["all"])
    book = _Book(document)
    faults += book.awards() + book.prices() + book.rules() + book.losers()
    wrong, surplus = book.totals()
    more, certified = book.certificate()
    gap = (certified - surplus) / max(surplus, 1.0)
    return Checked(tuple(faults + wrong + more), surplus, certified, gap, own["all"])


Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def _agree(bid: Mapping[str, Any], offer: Mapping[str, Any]) -> bool:
    return bool(bid["highest_price"] >= offer["lowest_price"])


class _Book:
    """A document whose form is right, with what was awarded to each bid and from each offer."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document, self.rule = document, document["rules"]
        self.bid = {row["bid"]: row for row in document["bids"]}
        self.offer = {row["offer"]: row for row in document["offers"]}
        self.award = document["awards"]
        self.slack = TONNES * (1 + len(self.award))
        self.got = {name: sum(a["quantity"] for a in self.award if a["bid"] == name) for name in self.bid}
        self.gave = {name: sum(a["quantity"] for a in self.award if a["offer"] == name) for name in self.offer}
        self.uniform = self.rule["pricing"] == "uniform"
        self.asked: dict[tuple[str, str], float] = {}
        for row in self.bid.values():
            key = row["member"], row["product"]
            self.asked[key] = self.asked.get(key, 0.0) + row["quantity"]
        self.pairs = [(b, o) for b in self.bid.values() for o in self.offer.values() if not self.misfit(b, o)]
        self.of_bid: dict[str, list[Pair]] = {name: [] for name in self.bid}
        self.of_offer: dict[str, list[Pair]] = {name: [] for name in self.offer}
        for pair in self.pairs:
            self.of_bid[pair[0]["bid"]].append(pair)
            self.of_offer[pair[1]["offer"]].append(pair)
        self.products = sorted({row["product"] for row in (*self.bid.values(), *self.offer.values())})
        self.limits = [limit for product in self.products for limit in self.limits_of(product)]

    def misfit(self, bid: Mapping[str, Any], offer: Mapping[str, Any]) -> str:
        """Why an offer cannot serve a bid; blank if it can."""
        held = set(offer["certificates"])
        if bid["product"] != offer["product"]:
            return "product"
        if offer["window"] and not set(bid["window"]) & set(offer["window"]):
            return "window"
        if set(bid["certificates"]) - held:
            return "certificates"
        needed = set(self.rule["required_certificates"])
        return "required certificates" if needed and not needed & held else ""

    def limits_of(self, product: str) -> list[Limit]:
        """The rules of a product."""
        rule, limits = self.rule, []
        offers = [row for row in self.offer.values() if row["product"] == product]
        bids = [row for row in self.bid.values() if row["product"] == product]
        for origin in sorted({row["origin"] for row in offers}):
            ceiling = rule["origin_ceilings"].get(origin, rule["origin_ceiling"])
            if ceiling < 1.0:
                by_offer = {row["offer"]: (row["origin"] == origin) - ceiling for row in offers}
                limits.append(Limit(f"origin ceiling {origin}", product, {}, by_offer, 0.0))
        if rule["certified_share"] > 0.0:
            by_offer = {row["offer"]: rule["certified_share"] - bool(row["certificates"]) for row in offers}
            limits.append(Limit("certified share", product, {}, by_offer, 0.0))
        offered = sum(row["quantity"] for row in offers if self.of_offer[row["offer"]])
        kept = (("non-members", "access_share", self.outsider), ("small buyers", "small_buyer_share", self.small))
        for name, key, inside in kept:
            able = [row for row in bids if inside(row) and any(_agree(*pair) for pair in self.of_bid[row["bid"]])]
            right = offered - min(rule[key] * offered, sum(row["quantity"] for row in able))
            if rule[key] > 0.0:
                others = {row["bid"]: 1.0 for row in bids if not inside(row)}
                limits.append(Limit(f"kept for {name}", product, others, {}, right))
        return limits

    def outsider(self, bid: Mapping[str, Any]) -> bool:
        return bool(self.rule["members"]) and bid["member"] not in self.rule["members"]

    def small(self, bid: Mapping[str, Any]) -> bool:
        return self.asked[bid["member"], bid["product"]] <= self.rule["small_buyer_tonnes"]

    def awards(self) -> list[str]:
        """Awards one by one, and their sums against what was asked, offered and sold in lots."""
        faults = []
        seen: set[tuple[str, str]] = set()
        for award in self.award:
            bid, offer, where = (
                self.bid[award["bid"]],
                self.offer[award["offer"]],
                f"award {award['bid']} from {award['offer']}",
            )
            if (award["bid"], award["offer"]) in seen:
                faults.append(f"{where} stands twice")
            seen.add((award["bid"], award["offer"]))
            if award["quantity"] < TONNES:
                faults.append(f"{where} is of no tonnes")
            if why := self.misfit(bid, offer):
                faults.append(f"{where} does not fit: {why}")
            if not offer["lowest_price"] * (1 - MONEY) <= award["price"] <= bid["highest_price"] * (1 + MONEY):
                faults.append(f"{where} is priced outside what is asked and bid")
        for name, row in self.bid.items():
            if self.got[name] > row["quantity"] + self.slack:
                faults.append(f"bid {name} gets {self.got[name]:g} t and asked for {row['quantity']:g}")
        for name, row in self.offer.items():
            if self.gave[name] > row["quantity"] + self.slack:
                faults.append(f"offer {name} sells {self.gave[name]:g} t and has {row['quantity']:g}")
            if 0.0 < self.gave[name] < row["lot"] - self.slack:
                faults.append(f"offer {name} sells {self.gave[name]:g} t, less than its lot of {row['lot']:g}")
        return faults

    def prices(self) -> list[str]:
        """One price a product at the place the rules give it, or what each supplier asked."""
        faults, stated = [], self.document["prices"]
        for product in self.products:
            mine = [a for a in self.award if self.bid[a["bid"]]["product"] == product]
            if not self.uniform or not mine:
                if product in stated:
                    faults.append(f"there is a uniform price of {product} without reason")
                continue
            right = self.uniform_price(mine)
            if product not in stated or abs(stated[product] - right) > MONEY * max(1.0, right):
                faults.append(f"the uniform price of {product} is not {right:g}, where the rules put it")
            elif any(abs(a["price"] - stated[product]) > MONEY * max(1.0, right) for a in mine):
                faults.append(f"an award of {product} is not at its uniform price")
        if not self.uniform:
            for a in self.award:
                if a["price"] != self.offer[a["offer"]]["lowest_price"]:
                    faults.append(f"award {a['bid']} from {a['offer']} is not at the price asked")
        return faults + [
            f"there is a price of {product}, which is not in the round" for product in set(stated) - set(self.products)
        ]

    def uniform_price(self, awards: Sequence[Mapping[str, Any]]) -> float:
        """Where the rules put the price of a product: see the reference of the rules."""
        product = self.bid[awards[0]["bid"]]["product"]
        low = max(self.offer[a["offer"]]["lowest_price"] for a in awards)
        high = min(self.bid[a["bid"]]["highest_price"] for a in awards)
        wants = [low]
        has = [high]
        for name, row in self.bid.items():
            more = row["quantity"] - self.got[name] > UNSERVED and any(_agree(*pair) for pair in self.of_bid[name])
            wants += (
                [row["highest_price"]] if more and row["product"] == product and row["highest_price"] <= high else []
            )
        for name, row in self.offer.items():
            more = row["quantity"] - self.gave[name] > UNSERVED and any(_agree(*pair) for pair in self.of_offer[name])
            has += [row["lowest_price"]] if more and row["product"] == product and row["lowest_price"] >= low else []
        start, end = sorted((max(wants), min(has)))
        return float(start + self.rule["price_position"] * (end - start))

    def used(self, limit: Limit) -> float:
        """What the awards take of a rule."""
        terms = [(self.bid[a["bid"]], self.offer[a["offer"]], a["quantity"]) for a in self.award]
        return math.fsum(limit.coefficient(b, o) * tonnes for b, o, tonnes in terms if b["product"] == limit.product)

    def rules(self) -> list[str]:
        """The rules of every product."""
        return [
            f"rule '{limit.name}' is broken for {limit.product}: {self.used(limit):g} is more than {limit.right:g}"
            for limit in self.limits
            if self.used(limit) > limit.right + self.slack
        ]

    def totals(self) -> tuple[list[str], float]:
        """Tonnes, surplus, bound and gap as stated, against what the awards give; the surplus."""
        stated, faults = self.document["totals"], []
        terms = (
            (self.bid[a["bid"]]["highest_price"] - self.offer[a["offer"]]["lowest_price"]) * a["quantity"]
            for a in self.award
        )
        surplus, tonnes = math.fsum(terms), math.fsum(a["quantity"] for a in self.award)
        near = MONEY * max(1.0, abs(surplus))
        if abs(stated["quantity"] - tonnes) > self.slack:
            faults.append(f"the awards add up to {tonnes:g} t, not {stated['quantity']:g}")
        if abs(stated["surplus"] - surplus) > near:
            faults.append(f"the surplus of the awards is {surplus:.6f}, not {stated['surplus']:.6f}")
        if stated["bound"] < surplus - near:
            faults.append("the stated bound is below the surplus")
        if stated["bound"] > self.document["certificate"]["bound"] + ROUNDED * max(1.0, surplus):
            faults.append("the stated bound is above the certified one")
        if abs(stated["gap"] - (stated["bound"] - surplus) / max(surplus, 1.0)) > 1e-8:
            faults.append("the stated gap is not that of surplus and bound")
        if stated["optimal"] and stated["gap"] > self.rule["gap"] + ROUNDED:
            faults.append("the gap is wider than the rules allow for a cleared round")
        return faults, surplus

    def certificate(self) -> tuple[list[str], float]:
        """Whether the prices of the certificate cover the margin of every pair, and the bound they give."""
        held, faults = self.document["certificate"], []
        of_rule = {(row["rule"], row["product"]): row["price"] for row in held["rules"]}
        known = {(limit.name, limit.product) for limit in self.limits}
        if set(held["bids"]) - set(self.bid) or set(held["offers"]) - set(self.offer) or set(of_rule) - known:
            faults.append("the certificate prices what is not in the round")
        if len(of_rule) < len(held["rules"]):
            faults.append("the certificate prices a rule twice")
        if any(x < 0.0 for x in (*held["bids"].values(), *held["offers"].values(), *of_rule.values())):
            faults.append("the certificate has a price below zero")
        priced = [
            (limit, of_rule[limit.name, limit.product])
            for limit in self.limits
            if (limit.name, limit.product) in of_rule
        ]
        for bid, offer in self.pairs:
            margin = bid["highest_price"] - offer["lowest_price"]
            cover = held["bids"].get(bid["bid"], 0.0) + held["offers"].get(offer["offer"], 0.0)
            cover += sum(x * limit.coefficient(bid, offer) for limit, x in priced if limit.product == bid["product"])
            if margin >= 0.0 and margin > cover + 1e-6:
                faults.append(f"the certificate does not cover bid {bid['bid']} with offer {offer['offer']}")
                break
        bound = math.fsum(held["bids"].get(name, 0.0) * row["quantity"] for name, row in self.bid.items())
        bound += math.fsum(held["offers"].get(name, 0.0) * row["quantity"] for name, row in self.offer.items())
        bound += math.fsum(x * limit.right for limit, x in priced)
        if abs(bound - held["bound"]) > MONEY * max(1.0, abs(bound)):
            faults.append(f"the certificate gives a bound of {bound:.6f}, not {held['bound']:.6f}")
        return faults, bound

    def losers(self) -> list[str]:
        """That all losers and no others are listed, each with a reason that holds."""
        listed = [(row["side"], row["name"]) for row in self.document["losers"]]
        lost = [("bid", name) for name, got in self.got.items() if got == 0.0]
        lost += [("offer", name) for name, gave in self.gave.items() if gave == 0.0]
        if sorted(listed) != sorted(lost):
            return ["the list of losers is not that of the bids and offers without an award"]
        faults = []
        for row in self.document["losers"]:
            right = self.reason(row["side"], row["name"])
            if row["reason"] not in right:
                faults.append(f"{row['side']} {row['name']} lost for '{' or '.join(right)}', not for '{row['reason']}'")
            elif row["reason"] == "a rule" and not self.kept_out(row):
                faults.append(f"{row['side']} {row['name']} is not kept out by '{row['cause']}', which has room")
            bought = row["side"] == "bid"
            own = self.bid[row["name"]]["highest_price"] if bought else self.offer[row["name"]]["lowest_price"]
            nearest = own if row["nearest_price"] is None else row["nearest_price"]
            if (nearest < own) if bought else not 0.0 <= nearest <= own:
                faults.append(f"the nearest price of {row['side']} {row['name']} is on the wrong side of its own")
        good = [
            f"{row['side']} {row['name']}"
            for row in self.document["losers"]
            if row["reason"] in ("a rule", "paradoxically rejected")
        ]
        if sorted(good) != sorted(self.document["paradoxically_rejected"]):
            faults.append("the list of those rejected at a price that was good enough is not theirs")
        return faults

    def reason(self, side: str, name: str) -> tuple[str, ...]:
        """The reasons that may stand beside a loser."""
        mine = self.of_bid[name] if side == "bid" else self.of_offer[name]
        if not mine:
            return ("nothing fits",)
        able = [pair for pair in mine if _agree(*pair)]
        if not able:
            return ("no price in common",)
        product = mine[0][0]["product"]
        awards = [a for a in self.award if self.bid[a["bid"]]["product"] == product]
        if awards:
            if self.uniform:
                level = awards[0]["price"]
            elif side == "bid":
                level = min(self.bid[a["bid"]]["highest_price"] for a in awards)
            else:
                level = max(self.offer[a["offer"]]["lowest_price"] for a in awards)
            own = mine[0][0]["highest_price"] - level if side == "bid" else level - mine[0][1]["lowest_price"]
            if abs(own) <= 2e-9 * max(1.0, level):
                return ("at the margin", "others paid or asked better", "a rule", "paradoxically rejected")
            if own < 0.0:
                return ("others paid or asked better",)
        if self.binding(product, able):
            return ("a rule", "paradoxically rejected")  # a rule that binds may not be what decided
        return ("paradoxically rejected",)

    def kept_out(self, row: Mapping[str, Any]) -> bool:
        """Whether the rule named beside a loser binds it."""
        mine = self.of_bid[row["name"]] if row["side"] == "bid" else self.of_offer[row["name"]]
        able = [pair for pair in mine if _agree(*pair)]
        return bool(able) and row["cause"] in self.binding(able[0][0]["product"], able)

    def binding(self, product: str, able: Sequence[Pair]) -> list[str]:
        """The rules of a product without room that all of these pairs would need."""
        return [
            limit.name
            for limit in self.limits
            if limit.product == product
            and self.used(limit) >= limit.right - self.slack - TONNES * abs(limit.right)
            and all(limit.coefficient(*pair) > 0.0 for pair in able)
        ]
