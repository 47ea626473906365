"""Published checks of acting together: games, clubs of a public stock, pooled stocks, the power of a cut-off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.coordinate.game import label, make_game, savings_game
from lodestone.coordinate.leverage import ces_loss, ces_price_ratio
from lodestone.coordinate.nouns import Game
from lodestone.coordinate.nucleolus import least_core, nucleolus
from lodestone.coordinate.pooled_stock import covariance_allocation, normal_needs, pooled_stock
from lodestone.coordinate.public_stock import by_size, membership, public_stock
from lodestone.coordinate.shares import gately_point, shapley_value


def games(folder: Path) -> dict[str, float]:
    """Shares and least core of small games; those that the expected rows name.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(games(data_folder() / "checks" / "games")["estate of 300, nucleolus B"], 6)
    100.0
    """
    wanted = set(pd.read_csv(folder / "expected.csv")["name"])
    figures: dict[str, float] = {}
    for name, rows in pd.read_csv(folder / "values.csv").groupby("game", sort=False):
        values = dict(zip(rows["coalition"], rows["value"].astype(float), strict=True))
        members = [coalition for coalition in values if "+" not in coalition]
        make = savings_game if rows["kind"].iloc[0] == "costs" else make_game
        game = make(members, values)
        found = _figures(game) | (_gately(game) if f"{name}, propensity to disrupt" in wanted else {})
        figures |= {f"{name}, {figure}": value for figure, value in found.items()}
    return {name: value for name, value in figures.items() if name in wanted}


def public_stock_clubs(folder: Path) -> dict[str, float]:
    """Payoffs and stability of clubs of every size, from the two-stage game of all clubs.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> public_stock_clubs(data_folder() / "checks" / "public-stock")["club of 7, total_welfare"]
    171.5
    """
    wanted = set(pd.read_csv(folder / "expected.csv")["name"])
    table = pd.read_csv(folder / "members.csv")
    case = public_stock(table["member"].tolist(), table["benefit"].tolist(), table["cost"].tolist())
    figures = {
        f"club of {row['coalition_size']}, {name}": float(value)
        for row in by_size(membership(case))
        for name, value in row.items()
        if value is not None
    }
    return {name: value for name, value in figures.items() if name in wanted}


def pooled_stocks(folder: Path) -> dict[str, float]:
    """Cost of every coalition, the saving and its division, as needs move together more and more.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(pooled_stocks(data_folder() / "checks" / "pooled-stock")["correlation 0, saving share"], 4)
    0.3764
    """
    table = pd.read_csv(folder / "needs.csv")
    members, count = table["member"].tolist(), len(table)
    figures: dict[str, float] = {}
    for case in pd.read_csv(folder / "cases.csv").to_dict("records"):
        head = f"correlation {case['correlation']:g}"
        needs = normal_needs(members, table["mean"].tolist(), table["sd"].tolist(), _alike(count, case["correlation"]))
        found = pooled_stock(needs, case["holding"], case["shortage"])
        figures |= {f"{head}, cost {label(members, mask)}": float(found.cost[mask]) for mask in range(1, 1 << count)}
        figures[f"{head}, saving share"] = _saving_share(found.cost, count)
        parts = {
            "covariance_allocation": covariance_allocation(needs, found),
            "shapley_value": shapley_value(make_game(members, found.cost)),
        }
        for part, shares in parts.items():
            figures |= {f"{head}, {part} {m}": float(x) for m, x in zip(members, shares, strict=True)}
    for case in pd.read_csv(folder / "alike.csv").to_dict("records"):
        count = int(case["count"])
        names = [str(i) for i in range(count)]
        needs = normal_needs(
            names, np.zeros(count).tolist(), np.ones(count).tolist(), _alike(count, case["correlation"])
        )
        found = pooled_stock(needs, case["holding"], case["shortage"])
        figures[f"{count} alike, correlation {case['correlation']:g}, saving share"] = _saving_share(found.cost, count)
    return figures


def cutoff_power(folder: Path) -> dict[str, float]:
    """What a source of some share can do by cutting off an input, at several elasticities.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(cutoff_power(data_folder() / "checks" / "cutoff-power")["share 0.9, elasticity 2, price ratio"], 6)
    10.0
    """
    figures: dict[str, float] = {}
    for case in pd.read_csv(folder / "cases.csv").to_dict("records"):
        share, elasticity = case["share"], case["elasticity"]
        head = f"share {share:g}, elasticity {elasticity:g}"
        figures[f"{head}, price ratio"] = ces_price_ratio(share, elasticity)
        figures[f"{head}, basis points lost"] = 1e4 * ces_loss(share, elasticity, case["cost_share"])
    return figures


def _figures(game: Game) -> dict[str, float]:
    shares = {
        "shapley_value": shapley_value(game),
        "nucleolus": nucleolus(game),
        "per_capita_nucleolus": nucleolus(game, per_capita=True),
    }
    each = {f"{k} {m}": float(x) for k, v in shares.items() for m, x in zip(game.members, v, strict=True)}
    return each | {"epsilon": least_core(game).epsilon}


def _gately(game: Game) -> dict[str, float]:
    point, propensity = gately_point(game)
    shares = {f"gately_point {m}": float(x) for m, x in zip(game.members, point, strict=True)}
    return shares | {"propensity to disrupt": propensity}


def _alike(count: int, correlation: float) -> np.ndarray:
    return np.full((count, count), correlation) + (1.0 - correlation) * np.eye(count)


def _saving_share(cost: np.ndarray, count: int) -> float:
    return float(1.0 - cost[-1] / cost[1 << np.arange(count)].sum())
