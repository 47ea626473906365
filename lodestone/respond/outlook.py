"""What the planner reckons with: when a curb begins, how deep it is, how long it lasts; and the data of each node.

The world is calm until the curb begins at the start of some stage; how deep it is shows at once, how long it lasts
does not: at each later stage it has ended or goes on. It comes once. A stage is a quarter for two years, then a year
or more, and for a curb that begins with a long one, stages end where it may end; a node holds up to five parts: the
quarter after an onset goes by the month, and where a curb ends within a stage on average, the last part is open again.
What is decided in a node is decided with all its parts in view, and without what comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import PlanError
from lodestone.respond.tree import TREE_COLUMNS, ScenarioTree, scenario_tree

QUARTER, HALF, YEAR = 13.0, 26.0, 52.0
STAGES = (*(QUARTER,) * 8, YEAR, YEAR, 2 * YEAR, 3 * YEAR)  # weeks; nine years
ONSETS = (1, 2, 4, 6, 8, 9, 10, 11)  # stages at whose start a curb may begin
PARTS = 5  # of a node; one that needs fewer leaves the first ones empty
NEAR = 1e-9  # weeks


@dataclass(frozen=True)
class Curb:
    """What a curb may be like.

    ``yearly`` probability that one begins, while there is none. ``level``: names of its depths, ``weight`` the
    probability of each. ``lasts``: weeks it may last and the probability of each. ``crosses`` (level, product, week
    of age): share of the issuer's shipments that crosses the border; ``elsewhere``: share of what suppliers elsewhere
    send, where the issuer's goods are in what they make; ``feeds`` (level, lever, week of age): share of its output at which a
    plant abroad runs on what reaches it, 1 for those that are not named. [0..1]; past the last week the last one holds.
    ``mix`` (level, product, source): a source's share of imports in that depth over its share in the base year; ``cover`` (level, product):
    what companies hold when it begins over the mean of all depths. 1 where not given.
    """

    yearly: float
    level: tuple[str, ...]
    weight: tuple[float, ...]
    lasts: tuple[tuple[float, float], ...]
    crosses: xr.DataArray
    elsewhere: xr.DataArray
    feeds: xr.DataArray | None = None
    mix: xr.DataArray | None = None
    cover: xr.DataArray | None = None


@dataclass(frozen=True)
class Outlook:
    """A tree and what the programme needs to know of each node.

    ``data``: ``weeks`` (node, part), 0 where a part is not used; ``opens`` (node, part, product, source), the share of
    base-year imports that can be had; ``feeds`` (node, part, lever), of plants abroad; ``age`` (node, part), weeks
    since the curb began at the middle of a part, 0 while there is none; ``begins`` (node), years from now to its start; ``cover``
    (node, product): what companies hold over what they held before, 1 but where a curb begins.
    """

    tree: ScenarioTree
    data: xr.Dataset


@dataclass(frozen=True)
class _Path:
    """A node on its way: whether a curb is in force, since when, how deep, and until when it is known to last."""

    label: str
    stage: int
    onset: int = -1
    level: int = -1
    over: int = -1  # the stage at whose start the curb was seen to be over


def build_outlook(curb: Curb, stages: Sequence[float] = STAGES, onsets: Sequence[int] = ONSETS) -> Outlook:
    """The tree of a curb and the data of its nodes.

    Parameters
    ----------
    curb : Curb
    stages : sequence of float
        Weeks of each stage.
    onsets : sequence of int
        Stages at whose start a curb may begin, rising, none the first: what is decided now is decided in calm. Each
        stands for the time since the one before.

    Returns
    -------
    Outlook

    Raises
    ------
    PlanError
        If a probability is none, or durations or depths do not sum to one.

    Examples
    --------
    >>> week = xr.DataArray(np.zeros((1, 1, 52)), {"level": ["total"], "product": ["oxide"]}, ("level", "product", "week"))
    >>> curb = Curb(0.5, ("total",), (1.0,), ((26.0, 0.5), (52.0, 0.5)), week, week + 1.0)
    >>> outlook = build_outlook(curb, (13.0,) * 4, (1,))
    >>> outlook.tree.node
    ('0', '1', '1:total', '2', '2:1:total', '3', '3:1:total', '3:1:total>3')
    """
    _refuse(curb, onsets, len(stages))
    starts = np.concatenate([[0.0], np.cumsum(stages)])
    clocks = {-1: starts} | {stage: _clock(stage, starts, curb) for stage in onsets}
    rows: list[tuple[str, str, int, float]] = []
    of: dict[str, _Path] = {}
    here = [_Path("0", 0)]
    rows.append(("0", "", 0, 1.0))
    of["0"] = here[0]
    for stage in range(1, len(stages)):
        following = []
        for path in here:
            for after, chance in _after(path, stage, curb, clocks, onsets):
                rows.append((after.label, path.label, stage, chance))
                of[after.label] = after
                following.append(after)
        here = following
    tree = scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))
    parts = [_parts(of[node], curb, clocks) for node in tree.node]
    coords = {"node": list(tree.node), "part": range(PARTS)}
    data = xr.Dataset(
        {
            "weeks": (("node", "part"), np.array([weeks for weeks, *_ in parts])),
            "age": (("node", "part"), np.array([age for _, age, *_ in parts])),
            "begins": (("node",), np.array([clocks[of[node].onset][of[node].stage] for node in tree.node]) / YEAR),
        },
        coords,
    )
    opens = np.stack([share for _, _, share, _ in parts])
    products = curb.crosses["product"].to_numpy()
    if curb.mix is not None:
        for place, node in enumerate(tree.node):
            if of[node].level >= 0:
                own = curb.mix.isel(level=of[node].level).reindex(product=products, fill_value=1.0)
                shut = data["age"].values[place] > 0.0
                opens[place, shut] *= own.transpose("product", "source").to_numpy()
    held = np.ones((len(tree.node), len(products)))
    if curb.cover is not None:
        for place, node in enumerate(tree.node):
            if of[node].onset == of[node].stage:
                held[place] = curb.cover.isel(level=of[node].level).reindex(product=products, fill_value=1.0).to_numpy()
    data["cover"] = xr.DataArray(held, {"node": list(tree.node), "product": products}, ("node", "product"))
    data["opens"] = xr.DataArray(
        opens, {**coords, "product": products, "source": ["issuer", "elsewhere"]}, ("node", "part", "product", "source")
    )
    plants = [] if curb.feeds is None else curb.feeds["lever"].values.tolist()
    fed = np.stack([share for *_, share in parts])
    data["feeds"] = xr.DataArray(fed, {**coords, "lever": plants}, ("node", "part", "lever"))
    return Outlook(tree, data)


def in_calm(node: object) -> bool:
    """Whether no curb has begun on the way to a node of an outlook, by its label.

    >>> in_calm("3"), in_calm("3:1:deep"), in_calm("3:1:deep>3")
    (True, False, False)
    """
    return ":" not in str(node)


def told_moment(label: str) -> str:
    """The label of a slot, or of a node after an onset, as people say it; any other as it is.

    >>> told_moment("4/4"), told_moment("4:2:deep/1"), told_moment("4:2:deep>4/4"), told_moment("magnet")
    ('stage 4, in calm', 'stage 4, in a deep curb begun in stage 2', 'stage 4, after a deep curb begun in stage 2', 'magnet')
    """
    found = re.fullmatch(r"(\d+)(?::(?:(\d+):)?([^:>/]+)(>\d+)?)?(/\d+)?", label)
    if found is None or not set(label) & {":", "/"}:  # a bare number may be a year
        return label
    stage, onset, depth, over, _ = found.groups()
    when = f"{'after' if over else 'in'} a {depth} curb begun in stage {onset or stage}" if depth else "in calm"
    return f"stage {stage}, {when}"


def _clock(onset: int, starts: np.ndarray, curb: Curb) -> np.ndarray:
    """When each stage begins for a curb that began with one, in weeks from now; the last entry is the horizon.

    As in calm where the onset's stage is a quarter. A longer one ends where the curb first may, and those after it where
    it may next, for a curb whose length is not known is not over by halves; what stages are left share the rest.
    """
    if starts[onset + 1] - starts[onset] <= QUARTER:
        return starts
    left, whole = len(starts) - 1 - onset, starts[-1] - starts[onset]
    ends = sorted({lasts for lasts, _ in curb.lasts if lasts < whole})[: left - 1]
    rest = np.linspace(ends[-1] if ends else 0.0, whole, left - len(ends) + 1)[1:]
    return np.concatenate([starts[: onset + 1], starts[onset] + np.concatenate([ends, rest])])


def _after(
    path: _Path, stage: int, curb: Curb, clocks: Mapping[int, np.ndarray], onsets: Sequence[int]
) -> Iterator[tuple[_Path, float]]:
    """What a node turns into at the next stage, with probabilities that sum to one."""
    starts = clocks[path.onset]
    if path.onset < 0:
        chance = 0.0
        if stage in onsets:
            before = max((one for one in onsets if one < stage), default=0)
            chance = 1.0 - (1.0 - curb.yearly) ** ((starts[stage] - starts[before]) / YEAR)
        yield _Path(f"{stage}", stage), 1.0 - chance
        if chance > 0.0:
            for number, (level, weight) in enumerate(zip(curb.level, curb.weight, strict=True)):
                yield _Path(f"{stage}:{level}", stage, stage, number), chance * weight
        return
    name = f"{path.onset}:{curb.level[path.level]}"
    if path.over >= 0:
        yield _Path(f"{stage}:{name}>{path.over}", stage, path.onset, path.level, path.over), 1.0
        return
    age, before = starts[stage] - starts[path.onset], starts[path.stage] - starts[path.onset]
    alive = sum(p for lasts, p in curb.lasts if lasts > before)
    ending = sum(p for lasts, p in curb.lasts if before < lasts <= age)
    gone = ending / alive if alive > 0.0 else 1.0
    if gone < 1.0:
        yield _Path(f"{stage}:{name}", stage, path.onset, path.level), 1.0 - gone
    if gone > 0.0:
        yield _Path(f"{stage}:{name}>{stage}", stage, path.onset, path.level, stage), gone


def _parts(
    path: _Path, curb: Curb, clocks: Mapping[int, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weeks, age, open shares and feed of a node's parts."""
    starts = clocks[path.onset]
    whole = starts[path.stage + 1] - starts[path.stage]
    weeks, age = np.zeros(PARTS), np.zeros(PARTS)
    opens = np.ones((PARTS, curb.crosses.sizes["product"], 2))
    feeds = np.ones((PARTS, 0 if curb.feeds is None else curb.feeds.sizes["lever"]))
    if path.onset < 0 or path.over >= 0:
        weeks[-1] = whole
        return weeks, age, opens, feeds
    since = starts[path.stage] - starts[path.onset]
    alive = [(lasts - since, p) for lasts, p in curb.lasts if lasts > since]
    held = sum(p * min(left, whole) for left, p in alive) / sum(p for _, p in alive)
    ends = held < whole - NEAR  # a long stage outlives the curb, on average: its last part is open again
    first = min(QUARTER, held)
    if since < HALF:  # what is new is planned by the month for a quarter
        cuts = [0.0, first / 3, 2 * first / 3, first, held, whole]
    else:
        cuts = [0.0, held, whole]
    cuts = [0.0, *(b for a, b in pairwise(cuts) if b - a > NEAR)]
    for place, (a, b) in enumerate(pairwise(cuts), start=PARTS - len(cuts) + 1):
        weeks[place] = b - a
        if ends and b == whole:
            continue
        age[place] = since + (a + b) / 2
        last = curb.crosses.sizes["week"] - 1
        span = np.unique(np.clip(np.arange(int(since + a), max(int(since + b), int(since + a) + 1)), 0, last))
        here = {"level": path.level, "week": span}
        for source, table in enumerate((curb.crosses, curb.elsewhere)):
            opens[place, :, source] = table.isel(here).mean("week").to_numpy()
        if curb.feeds is not None:
            feeds[place] = curb.feeds.isel(here).mean("week").to_numpy()
    return weeks, age, opens, feeds


def _refuse(curb: Curb, onsets: Sequence[int], stages: int) -> None:
    """Every fault of a curb at once."""
    faults = []
    if not 0.0 < curb.yearly < 1.0:
        faults.append(f"a yearly probability of {curb.yearly:g} is none. Give a number between 0 and 1")
    for what, numbers in (("depths", curb.weight), ("durations", [p for _, p in curb.lasts])):
        if min(numbers) < 0.0 or abs(sum(numbers) - 1.0) > 1e-9:
            faults.append(f"probabilities of the {what} sum to {sum(numbers):g}, not 1. Divide each by their sum")
    if list(onsets) != sorted(set(onsets)) or min(onsets) < 1 or max(onsets) >= stages:
        faults.append(f"onsets {tuple(onsets)} are not rising stages from 1 to {stages - 1}")
    if faults:
        raise PlanError("; ".join(faults) + ".")
