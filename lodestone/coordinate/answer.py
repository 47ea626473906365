"""All that is asked of one game at once: shares by every rule, what blocks each, who would leave, and the game's shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lodestone.coordinate.core import blocking_coalitions, core, exits
from lodestone.coordinate.game import convexity_violations, superadditivity_violations
from lodestone.coordinate.nouns import Blocking, Core, Exits, Game, LeastCore
from lodestone.coordinate.nucleolus import least_core, nucleolus
from lodestone.coordinate.shares import gately_point, shapley_value, shares_by_key
from lodestone.errors import GameError

MOST_NAMED = 20  # coalitions named that block one division


@dataclass(frozen=True, eq=False)
class GameAnswer:
    """Shares by rule, each (n,); what blocks them and how many coalitions do; what members gain by leaving.

    ``missing``: rules without an answer here, and why. ``superadditive``, ``convex``: whether no pair of coalitions says
    otherwise. ``propensity_to_disrupt``: that of the Gately point, None without one.
    """

    game: Game
    superadditive: bool
    convex: bool
    shares: Mapping[str, np.ndarray]
    missing: Mapping[str, str]
    least_core: LeastCore
    core: Core
    propensity_to_disrupt: float | None
    blocking: Mapping[str, tuple[tuple[Blocking, ...], int]]
    exits: Mapping[str, Exits]


def answer(
    game: Game, weights: Mapping[str, np.ndarray] | None = None, outside: np.ndarray | None = None
) -> GameAnswer:
    """Everything about a game.

    Parameters
    ----------
    game : Game
    weights : mapping of str to array (n,), optional
        Further keys to divide by, under their names.
    outside : array (n,), optional
        What each member gets when it leaves and the others stay; what it is worth alone if not given.

    Returns
    -------
    GameAnswer

    Examples
    --------
    >>> from lodestone.coordinate.game import make_game
    >>> glove = make_game("LRS", {"L": 0, "R": 0, "S": 0, "L+R": 1, "L+S": 1, "R+S": 0, "L+R+S": 1})
    >>> found = answer(glove)
    >>> found.core.empty, found.blocking["shapley_value"][1], found.blocking["nucleolus"][1]
    (False, 2, 0)
    """
    count = len(game.members)
    shares: dict[str, np.ndarray] = {"shapley_value": shapley_value(game)}
    missing: dict[str, str] = {}
    for head, per_capita in (("", False), ("per_capita_", True)):
        try:
            shares[f"{head}nucleolus"] = nucleolus(game, per_capita=per_capita)
        except GameError as error:
            missing[f"{head}nucleolus"] = str(error)
            shares[f"{head}prenucleolus"] = nucleolus(game, per_capita=per_capita, individually_rational=False)
    propensity = None
    try:
        shares["gately_point"], propensity = gately_point(game)
    except GameError as error:
        missing["gately_point"] = str(error)
    shares["equal"] = shares_by_key(game, np.ones(count))
    shares["equal_beyond_alone"] = shares_by_key(game, np.ones(count), beyond_alone=True)
    for name, weight in (weights or {}).items():
        shares[name] = shares_by_key(game, weight)
        shares[f"{name}_beyond_alone"] = shares_by_key(game, weight, beyond_alone=True)
    return GameAnswer(
        game=game,
        superadditive=superadditivity_violations(game, 0)[1] == 0,
        convex=convexity_violations(game, 0)[1] == 0,
        shares=shares,
        missing=missing,
        least_core=least_core(game),
        core=core(game),
        propensity_to_disrupt=propensity,
        blocking={name: blocking_coalitions(game, share, MOST_NAMED) for name, share in shares.items()},
        exits={name: exits(game, share, outside) for name, share in shares.items()},
    )
