"""From product weight to contained element: factors a user supplies, each with a range and a source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lodestone.errors import Fault, Faults
from lodestone.facts.user_table import Column, read_user_table

COLUMNS = (
    Column("product", number=False),
    Column("element", number=False),
    Column("low", low=0, high=1),
    Column("central", low=0, high=1),
    Column("high", low=0, high=1),
    Column("source", number=False),
)


@dataclass(frozen=True)
class ContentFactor:
    """Contained element in a tonne of the goods whose code begins with ``product``. [t/t]"""

    product: str
    element: str
    low: float
    central: float
    high: float
    source: str


@dataclass(frozen=True)
class ContainedElement:
    """An element in a weight of goods, with the range its factor leaves. [t]"""

    element: str
    low: float
    central: float
    high: float
    source: str


def read_content_factors(path: Path) -> tuple[ContentFactor, ...]:
    """Factors from a CSV with columns product, element, low, central, high [t/t], source.

    Raises
    ------
    Faults
        If a cell is wrong, a range is reversed, a product and element come twice, or the elements of a product
        weigh more than it.
    """
    table = read_user_table(path, COLUMNS)
    factors = tuple(ContentFactor(*(row[c.name] for c in COLUMNS)) for row in table.to_dict("records"))
    faults: list[Fault] = []
    for line, factor in zip(table["line"], factors, strict=True):
        if not factor.low <= factor.central <= factor.high:
            faults.append(Fault(str(path), int(line), "central", "lies outside low to high", "Order the range."))
        if [(f.product, f.element) for f in factors].count((factor.product, factor.element)) > 1:
            what = f"{factor.element} in {factor.product} comes twice"
            faults.append(Fault(str(path), int(line), "element", what, "Keep one."))
    for product in dict.fromkeys(factor.product for factor in factors):
        whole = sum(factor.central for factor in factors if factor.product == product)
        if whole > 1:
            what = f"the elements in {product} make {whole:.3f} of its weight"
            faults.append(Fault(str(path), None, "central", what, "Check that they are contained element, not oxide."))
    if faults:
        raise Faults(faults)
    return factors


def contained(factors: tuple[ContentFactor, ...], product: str, quantity: float | None) -> tuple[ContainedElement, ...]:
    """What a weight of goods holds, by element; the factor of the longest code that the product begins with.

    Parameters
    ----------
    factors : tuple of ContentFactor
    product : str
        The goods' code.
    quantity : float or None
        Their weight [t]; None, where it is not known, gives nothing.

    Examples
    --------
    >>> factors = (ContentFactor("8505", "Xx", 0.2, 0.3, 0.35, "a study"),)
    >>> contained(factors, "850511", 100.0)
    (ContainedElement(element='Xx', low=20.0, central=30.0, high=35.0, source='a study'),)
    """
    if quantity is None:
        return ()
    held = [factor for factor in factors if product.startswith(factor.product)]
    longest = {e: max(len(f.product) for f in held if f.element == e) for e in {f.element for f in held}}
    return tuple(
        ContainedElement(f.element, quantity * f.low, quantity * f.central, quantity * f.high, f.source)
        for f in held
        if len(f.product) == longest[f.element]
    )
