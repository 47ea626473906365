"""What is published of a round: one JSON document with everything that a checker needs, and digests of its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lodestone.coordinate.round_nouns import Clearing

FORMAT = "lodestone-round-1"
PARTS = ("rules", "bids", "offers", "awards", "prices", "totals", "certificate", "losers", "paradoxically_rejected")


def published(clearing: Clearing) -> dict[str, Any]:
    """The document of a round.

    Parameters
    ----------
    clearing : Clearing

    Returns
    -------
    dict
        ``format``, the parts in `PARTS`, and ``digests``: SHA-256 of the canonical JSON of each part, and ``all`` of them.

    Examples
    --------
    >>> from lodestone.coordinate.round_clear import clear
    >>> from lodestone.coordinate.round_nouns import Bid, Offer
    >>> bids = [Bid("b", "A", "oxide", 5.0, 9.0, ("Q1",), 1)]
    >>> document = published(clear(bids, [Offer("o", "S", "oxide", 5.0, 8.0, 0.0, "X", ())]))
    >>> document["awards"], document["totals"]["surplus"]
    ([{'bid': 'b', 'offer': 'o', 'quantity': 5.0, 'price': 8.5}], 5.0)
    """
    parts: dict[str, Any] = {
        "rules": asdict(clearing.rules),
        "bids": [asdict(bid) for bid in clearing.bids],
        "offers": [asdict(offer) for offer in clearing.offers],
        "awards": [asdict(award) for award in clearing.awards],
        "prices": dict(clearing.prices),
        "totals": {
            "quantity": sum(award.quantity for award in clearing.awards),
            "surplus": clearing.surplus,
            "bound": clearing.bound,
            "gap": clearing.gap,
            "optimal": clearing.optimal,
        },
        "certificate": dict(clearing.certificate),
        "losers": [asdict(loser) for loser in clearing.losers],
        "paradoxically_rejected": list(clearing.paradoxically_rejected),
    }
    plain = json.loads(json.dumps(parts, allow_nan=False))
    return {"format": FORMAT, **plain, "digests": digests(plain)}


def digests(parts: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of each part, and of the parts' digests together."""
    each = {name: _digest(parts[name]) for name in PARTS}
    return {**each, "all": _digest([each[name] for name in PARTS])}


def _digest(part: object) -> str:
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
