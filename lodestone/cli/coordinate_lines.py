"""What members gain by acting together, as lines of text and as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lodestone.cli.coordinate_reserve import reserve_document, reserve_lines
from lodestone.cli.coordinate_values import values_document, values_lines
from lodestone.coordinate.leverage import break_even, by_period, target_loss_that_pays_not
from lodestone.labels import capital

if TYPE_CHECKING:
    from lodestone.coordinate.scramble import Bought
    from lodestone.evidence.find_leverage import BothSides, Leverage
    from lodestone.evidence.find_scramble import ProductScramble, Scramble
    from lodestone.evidence.find_together import Together

QUARTER = 13  # weeks
LEAST = 0.05  # million USD: less is not printed
CHANCES = (0.1, 0.5, 1.0)  # probabilities of giving way that are told
GAMES = (("alone", "each member alone"), ("takers", "every firm for itself"), ("joint", "together"))


def spread_of(draws: np.ndarray) -> dict[str, float | None]:
    """Mean, median and the 5th and 95th percentile; None where draws have no end."""
    held = np.asarray(draws, dtype=float)
    low, middle, high = (
        np.quantile(held, (0.05, 0.5, 0.95), method="linear") if np.isfinite(held).all() else _ordered(held)
    )
    told = {"mean": held.mean(), "median": middle, "low": low, "high": high}
    return {name: float(value) if np.isfinite(value) else None for name, value in told.items()}


def _ordered(held: np.ndarray) -> tuple[float, ...]:
    ordered = np.sort(held)
    return tuple(float(ordered[round(level * (len(ordered) - 1))]) for level in (0.05, 0.5, 0.95))


def as_document(found: Together) -> dict[str, Any]:
    """The answer as plain values: million USD of 2024, tonnes of contained element."""
    told: dict[str, Any] = {
        "scenario": found.scenario, "members": list(found.members), "issuer": found.issuer, "unit": "million USD of 2024",
        "draws": int(found.run.lost.shape[1]), "weeks": found.weeks,
        "lost_alone": {m: spread_of(lost.sum(axis=1)) for m, lost in zip(found.members, found.run.lost, strict=True)},
    }  # fmt: skip
    if found.scramble is not None:
        told["scramble"] = _scramble_document(found.scramble)
    if found.leverage is not None:
        told["leverage"] = _leverage_document(found.leverage)
    if found.unity is not None:
        told["values"] = values_document(found.unity)
    if found.reserve is not None:
        told["reserve"] = reserve_document(found.reserve)
    return told


def _scramble_document(found: Scramble) -> dict[str, Any]:
    return {
        "games": dict(GAMES),
        "products": [
            {
                "product": one.product, "base_price_usd_per_kg": spread_of(one.price), "price_assumed": one.assumed,
                "need": dict(zip(one.alone.members, map(float, one.need), strict=True)),
                "gap": _by_member(one.alone, one.gap), "for_sale": spread_of(one.for_sale), "others": spread_of(one.others),
                **{game: _bought(getattr(one, game)) for game, _ in GAMES},
                "unity_is_worth": {game: spread_of(getattr(one, game).cost - one.joint.cost) for game in ("alone", "takers")},
            }
            for one in found.products
        ],
        "at_stake": dict(found.stake), "left_out": [{"product": p, "why": why} for p, why in found.left_out],
        "rests_on": list(found.inputs),
    }  # fmt: skip


def _bought(game: Bought) -> dict[str, Any]:
    return {
        "price_ratio": spread_of(game.price), "choked": float(game.rationed.mean()), "short": _by_member(game, game.short),
        "loss": _by_member(game, game.loss), "premium": _by_member(game, game.premium), "cost": spread_of(game.cost),
    }  # fmt: skip


def _by_member(game: Bought, values: np.ndarray) -> dict[str, dict[str, float | None]]:
    return {member: spread_of(column) for member, column in zip(game.members, values.T, strict=True)}


def _leverage_document(found: Leverage) -> dict[str, Any]:
    return {
        "responses": [_sides_document(one) for one in found.responses], "plans_cost": found.plans_cost,
        "market_lost_a_year": dict(found.market_lost), "market_lost_discounted": found.market_lost_now,
        "sent_without_a_price": found.unpriced,
        "in_place": {m: {"reserve": one.reserve, "brings": one.brings} for m, one in found.standing.items()},
        "counter_measures": [
            {
                "measure": one.measure, "by": one.by, "kind": one.kind, "words": one.words, "reference": one.reference, "gap": one.gap,
                "cost": None if one.cost is None else spread_of(one.cost), "hits": None if one.hits is None else spread_of(one.hits),
                "answer": one.answer,
            }
            for one in found.counters
        ],
        "gaps": list(found.gaps),
    }  # fmt: skip


def _sides_document(one: BothSides) -> dict[str, Any]:
    own, lost = one.own.net, one.lost.sum(axis=0)
    return {
        "response": one.response,
        "forgone": spread_of(one.own.forgone.sum(axis=1)), "dearer": spread_of(one.own.dearer.sum(axis=1)),
        "own_loss": spread_of(own.sum(axis=1)), "members_lose": spread_of(lost.sum(axis=1)),
        "break_even_probability": spread_of(break_even(own.sum(axis=1), lost.sum(axis=1))),
        "earns_by_it": float((own.sum(axis=1) < 0.0).mean()),
        "by_quarter": [
            {"own_loss": spread_of(a), "members_lose": spread_of(b)}
            for a, b in zip(by_period(own, QUARTER).T, by_period(lost, QUARTER).T, strict=True)
        ],
    }  # fmt: skip


def as_lines(found: Together) -> list[str]:
    """The answer as lines of text."""

    def say(label: str) -> str:
        return found.names.get(label, label.replace("_", " "))

    count = found.run.lost.shape[1]
    total = spread_of(found.run.lost.sum(axis=(0, 2)))
    lines = [
        f"{found.scenario}: {capital(', '.join(say(m) for m in found.members))} against a curb by {say(found.issuer)}",
        f"Million USD of 2024; medians (5 % to 95 %) over {count} draws of one simulation unless said; members lose "
        f"{_band(total)} of value added directly in {found.weeks} weeks with nothing done",
    ]
    if found.scramble is not None:
        lines += ["", *_scramble_lines(found.scramble, say)]
    if found.leverage is not None:
        lines += ["", *_leverage_lines(found.leverage, say)]
    if found.unity is not None:
        lines += ["", *values_lines(found.unity, say)]
    if found.reserve is not None:
        lines += ["", *reserve_lines(found.reserve, say)]
    return lines


def _band(told: dict[str, float | None], digits: int = 0) -> str:
    """Median and interval.

    >>> _band({"median": 1234.5, "low": 0.0, "high": None})
    '1,234 (0 to no end)'
    """
    middle, low, high = (_number(told[name], digits) for name in ("median", "low", "high"))
    return f"{middle} ({low} to {high})"


def _number(value: float | None, digits: int) -> str:
    return "no end" if value is None else f"{round(value, digits) + 0.0:,.{digits}f}"


def _scramble_lines(found: Scramble, say: Any) -> list[str]:
    lines = [
        "THE SCRAMBLE: a year of the curb, stocks run down, product by product; never to be added up",
        "  each member alone: one buyer each, a Cournot-Nash equilibrium; every firm for itself: price takers; together: one buyer",
    ]
    for one in found.products:
        lines += ["", *_product_lines(one, say)]
    if not found.products:
        lines.append("  nobody looks for more of a product of known price than usual")
    reasons: dict[str, list[str]] = {}
    for product, why in found.left_out:
        reasons.setdefault(why, []).append(say(product))
    lines += [f"  left out, for {why}: {', '.join(names)}" for why, names in reasons.items()]
    return lines


def _product_lines(one: ProductScramble, say: Any) -> list[str]:
    lacking, sale, others = (float(np.median(x)) for x in (one.gap.sum(axis=1), one.for_sale, one.others))
    price = f"USD {np.median(one.price):,.0f} per kg{' (assumed)' if one.assumed else ''}"
    lines = [
        f"  {capital(say(one.product))}: members look for {lacking:,.1f} of {one.need.sum():,.0f} t a year; {sale:,.1f} t are under no "
        f"contract elsewhere, and others look for {others:,.1f} t; base price {price}",
        f"    {'':<24}{'price, times base':>24}{'at choke':>10}{'loss, mean':>12}{'premium, mean':>15}{'both':>30}",
    ]
    for game, words in GAMES:
        bought: Bought = getattr(one, game)
        lines.append(
            f"    {words:<24}{_band(spread_of(bought.price), 1):>24}{bought.rationed.mean():>10.0%}{bought.loss.sum(axis=1).mean():>12,.0f}"
            f"{bought.premium.sum(axis=1).mean():>15,.0f}{_band(spread_of(bought.cost)):>30}"
        )
    worth = spread_of(one.alone.cost - one.joint.cost), spread_of(one.takers.cost - one.joint.cost)
    lines.append(
        f"    unity is worth {_band(worth[0])} beside each alone, {_band(worth[1])} beside every firm for itself"
    )
    parts = []
    for k, member in enumerate(one.alone.members):
        if one.gap[:, k].mean() > 0.0:
            alone, takers, joint = (float(getattr(one, game).short[:, k].mean()) for game, _ in GAMES)
            parts.append(f"{say(member)} {alone:,.1f} / {takers:,.1f} / {joint:,.1f}")
    lines.append(f"    still short, t a year in the mean, in the three games: {'; '.join(parts)}")
    return lines


def _leverage_lines(found: Leverage, say: Any) -> list[str]:
    head = (
        f"    {'':<24}{'sales forgone':>26}{'the rest dearer':>26}{'own loss':>28}{'members lose':>32}{'pays from':>26}"
    )
    lines = [
        f"LEVERAGE: what the curb costs {say(found.issuer)} beside what it costs the members, before and after each response",
        "  own loss: sales forgone at base prices, less what is earned more on what still crosses; revenue, not profit",
        "  pays from: probability that members give way from which it pays, if that is worth what it spares them; above 1: never",
        head,
    ]
    for one in found.responses:
        own, lost = one.own.net.sum(axis=1), one.lost.sum(axis=(0, 2))
        even = spread_of(break_even(own, lost))
        lines.append(
            f"    {one.response:<24}{_band(spread_of(one.own.forgone.sum(axis=1))):>26}{_band(spread_of(one.own.dearer.sum(axis=1))):>26}"
            f"{_band(spread_of(own)):>28}{_band(spread_of(lost)):>32}{_band(even, 3):>26}"
        )
    lines += ["", "  Over time, medians by quarter: own loss / members' loss"]
    for one in found.responses:
        own, lost = by_period(one.own.net, QUARTER), by_period(one.lost.sum(axis=0), QUARTER)
        cells = [f"{np.median(a):,.0f} / {np.median(b):,.0f}" for a, b in zip(own.T, lost.T, strict=True)]
        lines.append(f"    {one.response:<24}{'   '.join(cells)}")
    lines += ["", *_pays_not(found), *_market_lines(found, say), "", "  Members' own measures, a year at base prices"]
    for counter in found.counters:
        if counter.cost is None or counter.hits is None:
            lines.append(
                f"    {counter.measure} ({say(counter.by)}, {counter.kind.replace('_', ' ')}): {counter.gap}. {capital(counter.words)}"
            )
        else:
            cost, hits = (_band(spread_of(one)) for one in (counter.cost, counter.hits))
            out = f"{counter.gap}. " if counter.gap else ""
            lines.append(
                f"    {counter.measure} ({say(counter.by)}, {counter.kind}): costs its own users {cost}, the issuer sales of {hits}. "
                f"{out}{capital(counter.words)}"
            )
    if not found.counters:
        lines.append("    none of these members in the scenario asked for")
    lines += ["", "  Not known", *(f"    {gap}" for gap in found.gaps)]
    lines.append(f"    {found.unpriced:.0%} of the tonnes the issuer sends have no price; sales of these do not count.")
    return lines


def _pays_not(found: Leverage) -> list[str]:
    """What giving way must be worth so that the curb pays: also the most members may lose so that it does not."""
    first, last = found.responses[0], found.responses[-1]
    lines = []
    for one in (first, last) if first is not last else (first,):
        own, lost = one.own.net.sum(axis=1), one.lost.sum(axis=(0, 2))
        cells = []
        for chance in CHANCES:
            most = target_loss_that_pays_not(own, chance)
            cells.append(
                f"{chance:.0%}: {np.median(most):,.0f} (members lose no more in {(lost <= most).mean():.0%} of draws)"
            )
        lines.append(
            f"  With {one.response}, the curb pays where members' giving way is worth more to the issuer than, by the chance of it, "
            + "; ".join(cells)
        )
    return lines


def _market_lines(found: Leverage, say: Any) -> list[str]:
    if len(found.responses) == 1:
        return []
    lines = [
        f"  The members' own plans cost {found.plans_cost:,.0f}, expected and discounted, as they stand two years from now"
    ]
    if not found.market_lost:
        return [
            *lines,
            "  They hold and build nothing that stands in for the issuer's goods, so it loses no market for good",
        ]
    most = [one for one in sorted(found.market_lost.items(), key=lambda item: -item[1])[:4] if one[1] >= LEAST]
    return [
        *lines,
        f"  Market lost for good once it is built: {sum(found.market_lost.values()):,.1f} a year at base prices "
        f"({', '.join(f'{say(p)} {v:,.1f}' for p, v in most)}), {found.market_lost_now:,.0f} discounted to the plans' horizon",
    ]
