"""What a procurement round is made of. Quantities are tonnes of the product traded, prices money a tonne in one currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNIFORM, PAY_AS_BID = "uniform", "pay_as_bid"
BUYER, SELLER = "bid", "offer"


@dataclass(frozen=True)
class Bid:
    """A demand: ``window`` holds the delivery windows that will do, ``certificates`` those an offer must all have."""

    bid: str
    member: str
    product: str
    quantity: float
    highest_price: float
    window: tuple[str, ...]
    priority: int  # of equal bids the lower number is served first
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """A supply: ``lot`` is the least that is sold, 0 if any; no ``window``: any will do."""

    offer: str
    supplier: str
    product: str
    quantity: float
    lowest_price: float
    lot: float
    origin: str
    certificates: tuple[str, ...]
    window: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What a round must meet; each share is of the tonnes of a product, fractions of 1.

    ``pricing``: one price a product (uniform), or each award at the price its supplier asked (pay_as_bid).
    ``price_position``: where a uniform price stands in the range that the awards leave (`round_clear`), 0 to 1.
    ``members``: whom the round is for, everybody else is a non-member; none: all are members. ``required_certificates``:
    each offer must hold one of them. ``certified_share``: least share awarded from offers that hold a certificate.
    ``origin_ceiling``, ``origin_ceilings``: largest share awarded from one origin, from a named one. ``access_share``: of what is
    offered, kept for non-members up to what they ask for. ``small_buyer_share``: the same for buyers who ask for at most
    ``small_buyer_tonnes`` of the product. ``gap``: relative gap at which the round counts as cleared.
    """

    title: str = ""
    currency: str = "USD"
    pricing: str = UNIFORM
    price_position: float = 0.5
    members: tuple[str, ...] = ()
    required_certificates: tuple[str, ...] = ()
    certified_share: float = 0.0
    origin_ceiling: float = 1.0
    origin_ceilings: Mapping[str, float] = field(default_factory=dict)
    access_share: float = 0.0
    small_buyer_tonnes: float = 0.0
    small_buyer_share: float = 0.0
    largest_quantity: float = 1e6
    largest_price: float = 1e8
    gap: float = 1e-3
    time_limit: float = 60.0


@dataclass(frozen=True)
class Award:
    """Tonnes that a bid gets from an offer, and the price paid for each."""

    bid: str
    offer: str
    quantity: float
    price: float


@dataclass(frozen=True)
class Loser:
    """A bid or offer without an award, why, and at which price it would have won.

    ``nearest_price``: a better price wins; None where none was found. ``by``: how that was found. ``cause``: what kept a
    bid or offer out whose price was good enough.
    """

    side: str
    name: str
    reason: str
    cause: str
    nearest_price: float | None
    by: str


@dataclass(frozen=True)
class Clearing:
    """The awards of a round with what makes them checkable.

    ``prices``: uniform price by product, empty under pay-as-bid. ``surplus``: what bids would have paid less what offers asked;
    no clearing under the rules has more than ``bound``; ``gap`` = (bound - surplus) / max(surplus, 1).
    ``certificate``: prices of the programme without lots and uniform prices, from which anyone can work out a bound.
    ``paradoxically_rejected``: names of losers whose price was good enough. [money; fraction]
    """

    rules: Rules
    bids: tuple[Bid, ...]
    offers: tuple[Offer, ...]
    awards: tuple[Award, ...]
    prices: Mapping[str, float]
    surplus: float
    bound: float
    gap: float
    optimal: bool
    certificate: Mapping[str, Any]
    losers: tuple[Loser, ...]
    paradoxically_rejected: tuple[str, ...]
    solve_seconds: float
