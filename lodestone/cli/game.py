"""``lodestone game``: shares and stability of a user's own game."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import AsJson

if TYPE_CHECKING:
    import numpy as np

    from lodestone.coordinate.answer import GameAnswer

app = typer.Typer(rich_markup_mode=None)

RULES = {
    "shapley_value": "what each adds, on the mean over all orders of joining; nothing makes it stable",
    "nucleolus": "the worst-treated coalition is treated as well as can be; in the core if there is one",
    "per_capita_nucleolus": "the same, a head of the coalition",
    "prenucleolus": "as the nucleolus, where members get less than alone",
    "per_capita_prenucleolus": "the same, a head of the coalition",
    "gately_point": "all have the same propensity to disrupt",
    "equal": "the same for all",
    "equal_beyond_alone": "what each has alone, and the gain equally",
}
SAY = (
    "Without --outside, who leaves has what it is worth alone. Where the others' action helps outsiders too, leaving is worth "
    "more than that."
)


@app.command()
def game(
    file: Annotated[
        Path, typer.Argument(help="CSV with columns coalition,value (members joined by +), or JSON lists.")
    ],
    weights: Annotated[
        str, typer.Option(help="CSV with a column member and one column for each key to divide by.")
    ] = "",
    outside: Annotated[
        str, typer.Option(help="CSV with columns member,outside: what each gets when it leaves and the others stay.")
    ] = "",
    costs: Annotated[bool, typer.Option("--costs", help="The values are costs: divide what is saved.")] = False,
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Take values that are not superadditive as they are.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Divide the value of acting together, and say which coalitions and members would leave; all faults together."""
    import json

    from lodestone.coordinate.answer import answer
    from lodestone.coordinate.game_file import read_game

    held = read_game(file, costs=costs, as_given=as_given)
    found = answer(held, *_beside(held.members, weights, outside))
    typer.echo(json.dumps(as_data(found), indent=2, allow_nan=False) if as_json else as_text(found))


def _beside(members: tuple[str, ...], weights: str, outside: str) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    """Keys and what members get outside, with the faults of both files together."""
    from lodestone.coordinate.game_file import read_by_member
    from lodestone.errors import Fault, Faults

    faults: list[Fault] = []
    read: list[dict[str, np.ndarray]] = [{}, {}]
    for place, (path, low) in enumerate(((weights, 0.0), (outside, -inf))):
        try:
            read[place] = read_by_member(Path(path), members, low) if path else {}
        except Faults as found:
            faults += found.faults
    if outside and not faults and set(read[1]) != {"outside"}:
        faults.append(Fault(outside, 1, None, f"columns {', '.join(read[1])}", "Write the columns member,outside."))
    if faults:
        raise Faults(faults)
    return read[0], read[1].get("outside")


def as_data(found: GameAnswer) -> dict[str, Any]:
    """The answer as plain values, shares by rule at the top."""
    members = found.game.members
    return {
        "members": list(members),
        "value": float(found.game.value[-1]),
        "superadditive": found.superadditive,
        "convex": found.convex,
        **{rule: _by_member(members, share) for rule, share in found.shares.items()},
        "least_core": {
            "epsilon": found.least_core.epsilon,
            "division": _by_member(members, found.least_core.division),
        },
        "core": {
            "empty": found.core.empty,
            "point": None if found.core.point is None else _by_member(members, found.core.point),
        },
        "propensity_to_disrupt": found.propensity_to_disrupt,
        "missing": dict(found.missing),
        "blocking": {
            rule: {"count": count, "worst": [{"coalition": list(b.coalition), "excess": b.excess} for b in worst]}
            for rule, (worst, count) in found.blocking.items()
        },
        "exit": {
            rule: {name: _by_member(members, getattr(exit_, name)) for name in ("outside", "temptation", "deposit")}
            for rule, exit_ in found.exits.items()
        },
    }


def _by_member(members: tuple[str, ...], share: np.ndarray) -> dict[str, float]:
    return {member: float(x) + 0.0 for member, x in zip(members, share, strict=True)}


def as_text(found: GameAnswer) -> str:
    """The answer as lines for a terminal."""
    members = found.game.members
    width = max(10, *(len(member) + 2 for member in members))
    head = f"{'':<24}" + "".join(f"{member:>{width}}" for member in members)
    lines = [
        f"{len(members)} members are worth {found.game.value[-1]:.6g} together. The game is "
        f"{'superadditive' if found.superadditive else 'NOT superadditive'} and {'convex' if found.convex else 'not convex'}.",
        _core_line(found),
        "",
        head + "   blocked by",
    ]
    for rule, share in found.shares.items():
        cells = "".join(f"{x + 0.0:>{width}.6g}" for x in share)
        lines.append(f"{rule:<24}{cells}   {_blocked(found, rule)}")
    lines += ["", "Deposit that keeps each from leaving:", head]
    for rule, exit_ in found.exits.items():
        lines.append(f"{rule:<24}" + "".join(f"{x:>{width}.6g}" for x in exit_.deposit))
    lines += ["", *(f"{rule}: {RULES[rule]}." for rule in found.shares if rule in RULES)]
    lines += [f"{rule}: {why}" for rule, why in found.missing.items()]
    return "\n".join([*lines, SAY])


def _core_line(found: GameAnswer) -> str:
    epsilon = found.least_core.epsilon
    if found.core.empty:
        return (
            f"The core is EMPTY: some coalition always gains by leaving. Least-core epsilon {epsilon:.6g}: no division "
            "leaves the worst of them less short than that."
        )
    return f"The core is not empty. Least-core epsilon {epsilon + 0.0:.6g}: every proper coalition can be given {-epsilon + 0.0:.6g} more than alone."


def _blocked(found: GameAnswer, rule: str) -> str:
    worst, count = found.blocking[rule]
    if not count:
        return "none: in the core"
    first = worst[0]
    return f"{count}, most {'+'.join(first.coalition)} ({first.excess:.4g} short)"
