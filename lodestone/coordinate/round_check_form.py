"""The form of a published round: its fields and their kinds, digests, names and limits. Plain Python, for `round_check`."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

FORMAT = "lodestone-round-1"
TEXT, NUMBER, NAMES = "text", "number", "names"
BID = {
    "bid": TEXT, "member": TEXT, "product": TEXT, "quantity": NUMBER, "highest_price": NUMBER, "window": NAMES,
    "priority": NUMBER, "certificates": NAMES,
}  # fmt: skip
OFFER = {
    "offer": TEXT, "supplier": TEXT, "product": TEXT, "quantity": NUMBER, "lowest_price": NUMBER, "lot": NUMBER,
    "origin": TEXT, "certificates": NAMES, "window": NAMES,
}  # fmt: skip
AWARD = {"bid": TEXT, "offer": TEXT, "quantity": NUMBER, "price": NUMBER}
LOSER = {"side": TEXT, "name": TEXT, "reason": TEXT, "cause": TEXT, "nearest_price": "price or null", "by": TEXT}
RULES = {
    "title": TEXT, "currency": TEXT, "pricing": TEXT, "price_position": NUMBER, "members": NAMES,
    "required_certificates": NAMES, "certified_share": NUMBER, "origin_ceiling": NUMBER, "origin_ceilings": "table",
    "access_share": NUMBER, "small_buyer_tonnes": NUMBER, "small_buyer_share": NUMBER, "largest_quantity": NUMBER,
    "largest_price": NUMBER, "gap": NUMBER, "time_limit": NUMBER,
}  # fmt: skip
TOTALS = {"quantity": NUMBER, "surplus": NUMBER, "bound": NUMBER, "gap": NUMBER, "optimal": "yes or no"}
CERTIFICATE = {"bids": "table", "offers": "table", "rules": "list", "bound": NUMBER}
PRICED_RULE = {"rule": TEXT, "product": TEXT, "price": NUMBER}
PARTS = ("rules", "bids", "offers", "awards", "prices", "totals", "certificate", "losers", "paradoxically_rejected")


def form_faults(document: object) -> list[str]:
    """What is wrong with the fields of a document."""
    if not isinstance(document, dict):
        return ["the document is no JSON object"]
    if document.get("format") != FORMAT:
        return [f"the format is {document.get('format')!r}, not {FORMAT!r}"]
    if odd := sorted({"format", "digests", *PARTS} ^ set(document)):
        return [f"part '{name}' is {'not known' if name in document else 'missing'}" for name in odd]
    faults = []
    for name, fields in (("bids", BID), ("offers", OFFER), ("awards", AWARD), ("losers", LOSER)):
        if not isinstance(document[name], list):
            faults.append(f"{name} is no list")
            continue
        for place, row in enumerate(document[name], start=1):
            faults += _fields(f"{name}, entry {place}", row, fields)
    for name, fields in (("rules", RULES), ("totals", TOTALS), ("certificate", CERTIFICATE)):
        faults += _fields(name, document[name], fields)
    if not faults:
        for place, row in enumerate(document["certificate"]["rules"], start=1):
            faults += _fields(f"certificate, rule {place}", row, PRICED_RULE)
    faults += [] if _is(document["prices"], "table") else ["prices is no table of numbers"]
    faults += [] if _is(document["paradoxically_rejected"], NAMES) else ["paradoxically_rejected is no list of names"]
    return faults if isinstance(document["digests"], dict) else [*faults, "digests is no table"]


def _fields(where: str, row: object, fields: Mapping[str, str]) -> list[str]:
    if not isinstance(row, dict) or set(row) != set(fields):
        return [f"{where} does not have exactly the fields {', '.join(fields)}"]
    return [f"{where}: {name} is no {kind}" for name, kind in fields.items() if not _is(row[name], kind)]


def _is(value: object, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    if kind == NAMES:
        return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)
    if kind == "yes or no":
        return isinstance(value, bool)
    if kind == "list":
        return isinstance(value, list)
    if kind == "table":
        return isinstance(value, dict) and all(_is(one, NUMBER) for one in value.values())
    if kind == "price or null" and value is None:
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def digests_of(document: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the canonical JSON of each part, and of all digests together."""
    each = {name: _digest(document[name]) for name in PARTS}
    return {**each, "all": _digest([each[name] for name in PARTS])}


def _digest(part: object) -> str:
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row_faults(document: Mapping[str, Any]) -> list[str]:
    """Names that come twice, and numbers outside the limits of the round."""
    rules, faults = document["rules"], []
    for side, price in (("bid", "highest_price"), ("offer", "lowest_price")):
        names = [row[side] for row in document[f"{side}s"]]
        faults += [f"{side} {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
        for row in document[f"{side}s"]:
            if (
                not 0.0 < row["quantity"] <= rules["largest_quantity"]
                or not 0.0 <= row[price] <= rules["largest_price"]
            ):
                faults.append(f"{side} {row[side]} has a quantity or price outside the limits of the round")
            if not 0.0 <= row.get("lot", 0.0) <= row["quantity"]:
                faults.append(f"{side} {row[side]} has a lot outside 0 to its quantity")
    shares = ("price_position", "certified_share", "origin_ceiling", "access_share", "small_buyer_share")
    if any(not 0.0 <= x <= 1.0 for x in (*(rules[name] for name in shares), *rules["origin_ceilings"].values())):
        faults.append("a share of the rules is outside 0 to 1")
    if rules["pricing"] not in ("uniform", "pay_as_bid"):
        faults.append(f"'{rules['pricing']}' is no pricing")
    known = ({row["bid"] for row in document["bids"]}, {row["offer"] for row in document["offers"]})
    for award in document["awards"]:
        if award["bid"] not in known[0] or award["offer"] not in known[1]:
            faults.append(
                f"an award names bid {award['bid']} and offer {award['offer']}, which are not both in the round"
            )
    return faults
