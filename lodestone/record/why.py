"""From a printed figure back to facts and marked assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodestone.errors import FigureError
from lodestone.record.figure import Figure

LEAVES = ("fact", "assumption", "measure", "parameter")


@dataclass(frozen=True)
class Step:
    """One line of an explanation: a figure and how deep it stands below the one asked for."""

    depth: int
    figure: Figure
    seen_before: bool


def why(figures: Mapping[str, Figure], asked: str, deepest: int = 12) -> tuple[Step, ...]:
    """Walk from one figure to the leaves it rests on, depth first, each figure spelled out once.

    Parameters
    ----------
    figures : mapping id -> Figure
    asked : str
        Id of the figure; a unique ending of an id will do.
    deepest : int
        Where to stop: figures this far down are named, not opened.

    Returns
    -------
    tuple of Step

    Raises
    ------
    FigureError
        If there is no such figure, or several end that way.

    Examples
    --------
    >>> leaf = Figure("fact:a", "fact", "a", 2.0, None, None, "t", "", source="s", locator="row 1")
    >>> top = Figure("run:b", "result", "b", 4.0, None, None, "t", "twice a", origin=("fact:a",))
    >>> [(step.depth, step.figure.id) for step in why({"fact:a": leaf, "run:b": top}, "run:b")]
    [(0, 'run:b'), (1, 'fact:a')]
    """
    start = _resolve(figures, asked)
    steps: list[Step] = []
    done: set[str] = set()
    pile: list[tuple[int, str]] = [(0, start)]
    while pile:
        depth, name = pile.pop()
        figure = figures.get(name)
        if figure is None:
            raise FigureError(f"figure '{name}' is named as an origin of '{asked}' but is not recorded. Run again.")
        again = name in done
        steps.append(Step(depth, figure, again))
        if depth < deepest:
            done.add(name)
        if not again and depth < deepest:
            pile.extend((depth + 1, origin) for origin in reversed(figure.origin))
    return tuple(steps)


def _resolve(figures: Mapping[str, Figure], asked: str) -> str:
    if asked in figures:
        return asked
    ending = [name for name in figures if name.endswith(asked)]
    if len(ending) == 1:
        return ending[0]
    if not ending:
        raise FigureError(f"no figure '{asked}' in this run. List ids with 'lodestone why --list'.")
    raise FigureError(
        f"'{asked}' fits {len(ending)} figures, e.g. {', '.join(sorted(ending)[:3])}. Give more of the id."
    )


def leaves(figures: Mapping[str, Figure], asked: str) -> tuple[Figure, ...]:
    """The facts, assumptions, measures and parameters a figure rests on, in order of id.

    Parameters
    ----------
    figures, asked
        As in `why`.

    Returns
    -------
    tuple of Figure

    Raises
    ------
    FigureError
        As `why`.
    """
    found = {step.figure.id: step.figure for step in why(figures, asked, deepest=1_000) if step.figure.kind in LEAVES}
    return tuple(found[name] for name in sorted(found))


def unfounded(figures: Mapping[str, Figure], printed: Iterable[str]) -> tuple[str, ...]:
    """Printed figures that do not reach a source or a marked assumption; a brief with any is refused."""
    return tuple(name for name in printed if not _founded(figures, name, set()))


def _founded(figures: Mapping[str, Figure], name: str, busy: set[str]) -> bool:
    figure = figures.get(name)
    if figure is None or name in busy:
        return False
    if figure.kind in LEAVES:
        return bool(figure.source or figure.rule)
    return any(_founded(figures, origin, busy | {name}) for origin in figure.origin)
