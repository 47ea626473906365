"""What unity is worth, coalition by coalition, as lines of text and as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from lodestone.evidence.find_unity import Played, Unity

GAME_WORDS = {"same tonnes": "take the same tonnes", "respond": "respond singly"}
MOST_ROWS = 12  # projects told in lines
LEAST = 0.5  # t a year


def values_document(found: Unity) -> dict[str, Any]:
    """Coalition values as plain values: million USD of 2024, expected and discounted."""

    return {
        "members": list(found.members), "order_alone": list(found.order), "replicates": found.replicates, "variables": found.variables,
        "alone": _records(found.alone.rename_axis("member").reset_index()), "sources": _records(found.sources.reset_index()),
        "off": [_plain(one) for one in found.off], "exits": _records(found.exits), "walking": _records(found.walking),
        "deposits": {str(name): float(value) for name, value in found.deposits.items()}, "least_members": dict(found.least_members),
        "dual_shares": _records(found.dual.rename_axis("member").reset_index()), "rent": [_plain(one) for one in found.rent],
        "projects": _records(found.projects.reset_index()), "stocks": _records(found.stocks.reset_index()),
        "scale": _records(found.scale.reset_index()),
        "programmes": [{"name": one.name, "worth": one.worth.tolist(), "cost": one.cost} for one in found.programmes],
        "checks": dict(found.checks), "games": [_played(found, one) for one in found.played.values()],
    }  # fmt: skip


def _played(found: Unity, one: Played) -> dict[str, Any]:
    from lodestone.coordinate.game import marginal_contributions

    names = ["+".join(m for k, m in enumerate(found.members) if mask >> k & 1) for mask in range(len(one.value))]
    told: dict[str, Any] = {
        "mechanisms": one.mechanisms, "outsiders": one.game,
        "coalitions": [
            {"members": name, "value": float(v), "error": _plain(e), "outsiders_get": float(o)}
            for name, v, e, o in zip(names[1:], one.value[1:], one.error[1:], one.outsiders[1:], strict=True)
        ],
        "marginal_contribution": dict(map(_named, zip(found.members, marginal_contributions(one.value), strict=True))),
        "saves": dict(map(_named, zip(found.members, one.payoff[-1], strict=True))), "superadditive": one.superadditive, "blocked": dict(one.blocked),
        "shares": {str(rule): dict(map(_named, row.items())) for rule, row in one.shares.iterrows()},
        "share_errors": {str(rule): dict(map(_named, row.items())) for rule, row in one.share_error.iterrows()},
    }  # fmt: skip
    if one.answer is not None:
        told["epsilon"], told["core_empty"] = float(one.answer.least_core.epsilon), bool(one.answer.core.empty)
        told["epsilon_error"], told["core_empty_in"] = _plain(one.epsilon_error), one.core_empty
    return told


def _records(frame: Any) -> list[dict[str, Any]]:
    return [
        {str(key): _plain(value) if isinstance(value, float) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _named(entry: tuple[Any, float]) -> tuple[str, float | None]:
    return str(entry[0]), _plain(entry[1])


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def values_lines(found: Unity, say: Callable[[str], str]) -> list[str]:
    """Coalition values as lines of text."""
    from lodestone.evidence.find_unity import contributions, largest_clubs, rules_apart
    from lodestone.evidence.unity_figures import RULE
    from lodestone.evidence.unity_replicate import ALL, PROCUREMENT, RESERVE

    respond = found.played[ALL, next(reversed(GAME_WORDS))]
    exits = found.exits[
        (found.exits["rule"] == RULE) & (found.exits["mechanisms"] == ALL) & (found.exits["game"] == respond.game)
    ]
    of = exits.set_index("member")
    lines = [
        "WHAT UNITY IS WORTH: million USD of 2024, expected and discounted over calm and curb, by a reduced form of the planner",
        f"  means over {found.replicates} simulations of the curb, ± their standard error; {found.variables:,} variables; alone, members "
        f"take what there is one after another: {', '.join(say(m) for m in found.order)}",
        f"    {'':<18}{'nothing done':>16}{'alone':>16}{'together':>16}{'share':>10}{'outside':>10}{'tempted by':>12}{'deposit':>10}"
        f"{'in a curb':>11}",
    ]  # fmt: skip
    for member in found.members:
        row = found.alone.loc[member]
        cells = "".join(
            f"{_with_error(row[name], row[f'{name}_error']):>16}" for name in ("nothing", "cost", "together")
        )
        out = "".join(
            f"{of.loc[member, name]:>{width},.1f}" if member in of.index else " " * width
            for name, width in (("share", 10), ("outside", 10), ("temptation", 12), ("deposit", 10))
        )
        lines.append(f"    {_short(say(member)):<18}{cells}{out}{found.deposits[member]:>11,.1f}")
    lines += [
        "  share: Shapley value of the gain, all mechanisms, outsiders respond; tempted by: what it gets outside while the others stay, less "
        "its share;", "  in a curb: the most it gains by keeping its own tonnes once a curb has come, which a deposit must cover too", "",
        f"    {'gain of all':<24}{'outsiders':<24}{'':>14}{'worst for outsiders':>22}{'epsilon':>16}{'blocked in':>12}{'superadditive in':>18}",
    ]  # fmt: skip
    for one in found.played.values():
        epsilon = _with_error(one.answer.least_core.epsilon, one.epsilon_error, digits=2) if one.answer else "no game"
        blocked = f"{one.blocked[RULE]:.0%}" if RULE in one.blocked else ""
        lines.append(
            f"    {one.mechanisms:<24}{GAME_WORDS[one.game]:<24}{_with_error(one.value[-1], one.error[-1]):>14}{one.outsiders.min():>22,.1f}"
            f"{epsilon:>16}{blocked:>12}{one.superadditive:>18.0%}"
        )
    lines += ["  epsilon above zero: the core is empty; blocked: Shapley shares, in so many of the simulations", "",
              f"    {'where the gain comes from':<44}{'without it':>16}{'by it alone':>16}"]  # fmt: skip
    lines += [
        f"    {name!s:<44}{_with_error(-row['without'], row['without_error']):>16}{_with_error(row['only'], row['only_error']):>16}"
        for name, row in found.sources.iterrows()
    ]
    lines += [f"    with all of it off the gain is {_with_error(*found.off, digits=4)}", "",
              "  Shares of the gain, all mechanisms, outsiders respond",
              f"    {'':<30}" + "".join(f"{_short(say(m)):>16}" for m in found.members)]  # fmt: skip
    for rule in rules_apart(respond.shares):
        row, error = respond.shares.loc[rule], respond.share_error.loc[rule]
        lines.append(
            f"    {str(rule).replace('_', ' '):<30}"
            + "".join(f"{_with_error(row[m], error[m]):>16}" for m in found.members)
        )
    lines += [
        f"    {'dual prices *':<30}"
        + "".join(f"{_with_error(found.dual.loc[m, 'share'], found.dual.loc[m, 'error']):>16}" for m in found.members),
        "  * what each saves at the prices the plan of all sets on projects, stock and pooled tonnes, outsiders take the same tonnes, "
        f"research apart; rent of what nobody took alone {_with_error(*found.rent)}",
    ]  # fmt: skip
    lines.append(
        f"    {'marginal contribution **':<30}" + "".join(f"{_with_error(*one):>16}" for one in zip(*contributions(respond), strict=True))
    )  # fmt: skip
    lines += [
        f"    {'saves by ' + name:<30}"
        + "".join(f"{saved:>16,.1f}" for saved in found.played[name, respond.game].payoff[-1])
        for name in (PROCUREMENT, RESERVE, ALL)
    ]
    lines.append("  ** what all gain less what the others gain without it; saves: before transfers")
    clubs = largest_clubs(respond, found.members)
    lines += [
        "", f"  Largest clubs with enough to pay each member what it would get outside: {'; '.join(clubs[:6]) or 'none'}",
        f"  Fewest members a club must have so that nobody leaves all together: {found.least_members[respond.game]}",
    ]  # fmt: skip
    shown = found.projects[(found.projects[["alone", "together"]].max(axis=1) >= LEAST)].sort_values(
        "together", ascending=False
    )
    levers = {lever.lever: lever.name for case in found.cases for lever in case.levers}
    if len(shown):
        lines += ["", f"    {'Projects, t a year':<44}{'there is':>12}{'alone':>12}{'together':>12}"]
        lines += [
            f"    {levers.get(str(name), str(name)):<44}{row['there']:>12,.0f}{row['alone']:>12,.0f}{row['together']:>12,.0f}"
            for name, row in shown.head(MOST_ROWS).iterrows()
        ]
    lines += _scale_lines(found.scale)
    stocks = found.stocks
    held = stocks[stocks[["alone", "together"]].max(axis=1) >= LEAST].head(MOST_ROWS)
    if len(held):
        lines += [
            "",
            f"    {'Bought for stock in the first 2.5 years of calm':<48}{'t alone':>12}{'together':>12}{'weeks alone':>14}{'together':>12}",
        ]
        lines += [
            f"    {say(str(name)):<48}{row.alone:>12,.0f}{row.together:>12,.0f}{_weeks(row.weeks_alone):>14}{_weeks(row.weeks_together):>12}"
            for name, row in held.iterrows()
        ]
        lines.append("  weeks: of what all members use of it")
    lines += [
        f"  {one.name}: worth {one.worth.sum():,.1f} to all, costs {one.cost:,.1f} once" for one in found.programmes
    ]
    checks = found.checks
    return [
        *lines,
        f"  {checks['solves']:,.0f} solves, largest gap to the dual bound {checks['gap']:.0e}, {checks['solved again']:,.0f} solved again "
        f"from nothing, furthest apart {checks['apart']:.0e}",
    ]


def _scale_lines(found: Any) -> list[str]:
    """What scale and learning would add, beside the values."""
    total = found.sum()
    if not len(found) or total["capital"] < LEAST:
        return ["  Scale and learning: nothing with a capital cost is built together"]
    scale, learning = (
        "{:,.1f} ({:,.1f} to {:,.1f})".format(*(round(total[name + end], 1) + 0.0 for end in ("", "_low", "_high")))
        for name in ("scale", "learning")
    )
    return [
        f"  Not in the values: of {total['capital']:,.1f} of capital of projects built together, one plant each saves {scale} beside one for "
        f"each member's part (scale); building more or less than alone takes {learning} off (learning)"
    ]


def _weeks(number: float) -> str:
    """Weeks of cover; blank where nobody uses it.

    >>> _weeks(3.14159), _weeks(float("nan"))
    ('3.1', '')
    """
    return f"{number:,.1f}" if np.isfinite(number) else ""


def _short(words: str) -> str:
    """The head of a narrow column.

    >>> _short("the United Kingdom")
    'United Kingdom'
    """
    return words.removeprefix("the ")[:14]


def _with_error(value: float, error: float, digits: int = 1) -> str:
    """A value and its standard error.

    >>> _with_error(12.34, 0.56), _with_error(-0.01, float("nan"))
    ('12.3 ± 0.6', '0.0')
    """
    told = f"{round(value, digits) + 0.0:,.{digits}f}"
    return f"{told} ± {error:,.{digits}f}" if np.isfinite(error) else told
