"""Constraints of a flow system written as text, e.g. ``f4 = TC34 * f3``, made into polynomials.

The text is parsed by Python's own parser and walked node by node: names, numbers, ``+ - *``,
parentheses and division by a number are known, everything else is refused. Nothing is evaluated.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodestone.errors import LodestoneError

LONGEST_TEXT = 2_000
MOST_TERMS = 500
HIGHEST_DEGREE = 4

Monomial = tuple[str, ...]
Terms = dict[Monomial, float]


class ConstraintError(LodestoneError):
    """A constraint cannot be read as sums and products of variables."""


@dataclass(frozen=True)
class Constraint:
    """One equation ``sum of coefficient x product of variables = 0``, beside the text it came from."""

    text: str
    terms: tuple[tuple[Monomial, float], ...]

    @property
    def variables(self) -> frozenset[str]:
        """Names of all variables in the equation."""
        return frozenset(name for monomial, _ in self.terms for name in monomial)


def parse_constraint(text: str) -> Constraint:
    """Read one equation of sums and products; both sides of ``=`` may hold several terms.

    Parameters
    ----------
    text : str
        E.g. ``f1 + f2 + f4 = f3`` or ``f4 = TC34 * f3``.

    Returns
    -------
    Constraint
        Left side minus right side, as terms that sum to zero.

    Raises
    ------
    ConstraintError
        If the text is not one equation of names, numbers, ``+ - *``, parentheses and division by
        a number, or is longer than 2,000 characters.

    Examples
    --------
    >>> parse_constraint("f4 = TC34 * f3").terms
    ((('f4',), 1.0), (('TC34', 'f3'), -1.0))
    """
    left, right = _split_sides(text)
    terms = _add(_read_side(left, text), _read_side(right, text), -1.0)
    constraint = Constraint(text.strip(), tuple((m, c) for m, c in terms.items() if c != 0.0))
    if not constraint.variables:
        raise ConstraintError(
            f"'{_shown(text)}' holds no variable after simplification. "
            "Remove it, or name the flows it is meant to tie together."
        )
    return constraint


def residual(constraint: Constraint, value: Mapping[str, float]) -> float:
    """Left side minus right side at the given values, in the unit of the equation.

    Raises
    ------
    KeyError
        If a variable of the constraint has no value.

    Examples
    --------
    >>> residual(parse_constraint("f4 = TC34 * f3"), {"f4": 150.0, "TC34": 0.5, "f3": 290.0})
    5.0
    """
    return math.fsum(c * math.prod(value[name] for name in m) for m, c in constraint.terms)


def gradient(constraint: Constraint, value: Mapping[str, float]) -> dict[str, float]:
    """Derivative of the residual by each variable of the constraint, at the given values.

    Examples
    --------
    >>> gradient(parse_constraint("f4 = TC34 * f3"), {"f4": 150.0, "TC34": 0.5, "f3": 290.0})
    {'f4': 1.0, 'TC34': -290.0, 'f3': -0.5}
    """
    slope: dict[str, float] = {}
    for monomial, coefficient in constraint.terms:
        for place, name in enumerate(monomial):
            others = monomial[:place] + monomial[place + 1 :]
            part = coefficient * math.prod(value[other] for other in others)
            slope[name] = slope.get(name, 0.0) + part
    return slope


def _split_sides(text: str) -> tuple[str, str]:
    if len(text) > LONGEST_TEXT:
        raise ConstraintError(
            f"'{_shown(text)}' is {len(text)} characters long, more than {LONGEST_TEXT}. "
            "Split it with an unknown that stands for a partial sum."
        )
    sides = text.split("=")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ConstraintError(f"'{_shown(text)}' is not one equation. Write exactly one '=' with a term on each side.")
    return sides[0], sides[1]


def _read_side(side: str, text: str) -> Terms:
    try:
        tree = ast.parse(side.strip(), mode="eval")
        return _read(tree.body, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ConstraintError(
            f"'{_shown(text)}' cannot be read. Use names, numbers, + - *, parentheses and division by a number."
        ) from error


def _read(node: ast.expr, text: str) -> Terms:
    if isinstance(node, ast.Name):
        return {(node.id,): 1.0}
    if isinstance(node, ast.Constant):
        return {(): _number(node.value, text)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return _add({}, _read(node.operand, text), sign)
    if isinstance(node, ast.BinOp):
        return _read_operation(node, text)
    raise ConstraintError(
        f"'{_shown(text)}' holds something other than a sum or a product "
        f"({type(node).__name__.lower()}). Use names, numbers, + - *, parentheses."
    )


def _read_operation(node: ast.BinOp, text: str) -> Terms:
    left, right = _read(node.left, text), _read(node.right, text)
    if isinstance(node.op, ast.Add):
        return _add(left, right, 1.0)
    if isinstance(node.op, ast.Sub):
        return _add(left, right, -1.0)
    if isinstance(node.op, ast.Mult):
        return _multiply(left, right, text)
    if isinstance(node.op, ast.Div) and set(right) == {()} and right[()] != 0.0:
        return {monomial: c / right[()] for monomial, c in left.items()}
    raise ConstraintError(
        f"'{_shown(text)}' divides by a variable or uses an operator other than + - *. "
        "Write a ratio as a product: f4 = TC34 * f3 instead of TC34 = f4 / f3."
    )


def _number(value: object, text: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConstraintError(f"'{_shown(text)}' holds {value!r:.40}. Only numbers and names count.")
    number = float(value)
    if not math.isfinite(number):
        raise ConstraintError(f"'{_shown(text)}' holds a number too large to use. Rescale the unit.")
    return number


def _add(left: Terms, right: Terms, sign: float) -> Terms:
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, 0.0) + sign * coefficient
    return total


def _multiply(left: Terms, right: Terms, text: str) -> Terms:
    product: Terms = {}
    for (m, c), (n, d) in _pairs(left, right, text):
        monomial = tuple(sorted(m + n))
        product[monomial] = product.get(monomial, 0.0) + c * d
    return product


def _pairs(left: Terms, right: Terms, text: str) -> Iterable[tuple[tuple[Monomial, float], tuple[Monomial, float]]]:
    degree = max(map(len, left), default=0) + max(map(len, right), default=0)
    if len(left) * len(right) > MOST_TERMS or degree > HIGHEST_DEGREE:
        raise ConstraintError(
            f"'{_shown(text)}' multiplies out to more than {MOST_TERMS} terms or "
            f"{HIGHEST_DEGREE} factors. Name the partial sums or products as unknowns."
        )
    return ((one, other) for one in left.items() for other in right.items())


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
