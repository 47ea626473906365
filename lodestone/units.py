"""Masses: tonnes whatever the source wrote, and oxide weighed against the element in it.

In this field a large factor hides between gross weight, oxide and contained element; every conversion
between them goes through here or through a product's composition.
"""

from __future__ import annotations

import difflib

from lodestone.errors import BalanceError, LabelError

OXYGEN_WEIGHT = 15.999  # standard atomic weight, abridged (IUPAC 2021)

TONNES_PER = {
    "t": 1.0,
    "kt": 1e3,
    "Mt": 1e6,
    "kg": 1e-3,
    "g": 1e-6,
    "mg": 1e-9,
    "lb": 0.45359237e-3,
    "short ton": 0.90718474,
    "long ton": 1.0160469088,
    "mtu": 0.01,  # metric ton unit, 10 kg of contained oxide; how tungsten concentrate is priced
    "flask": 0.034473,  # 76 lb, how mercury is sold
}


def tonnes(value: float, unit: str) -> float:
    """A mass in tonnes; says nothing of gross weight, oxide or contained element.

    Parameters
    ----------
    value : float
        The mass. [unit]
    unit : str
        One of ``TONNES_PER``; a rate such as "kg/y" becomes tonnes in the same time.

    Returns
    -------
    float
        [t, or t in the time the unit named]

    Raises
    ------
    LabelError
        If the unit is not known; the message names the nearest one.

    Examples
    --------
    >>> tonnes(2.0, "kt")
    2000.0
    >>> round(tonnes(1000, "lb"), 4)
    0.4536
    >>> tonnes(500, "kg/y")
    0.5
    """
    mass = unit.partition("/")[0].strip()
    if mass not in TONNES_PER:
        near = difflib.get_close_matches(mass, TONNES_PER, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Use one of: {', '.join(TONNES_PER)}."
        raise LabelError(f"mass unit '{unit}' is not known. {hint}")
    return value * TONNES_PER[mass]


def oxide_to_element(atomic_weight: float, metal_atoms: int, oxygen_atoms: int) -> float:
    """Mass of element in a unit mass of its oxide, from the oxide's formula.

    Parameters
    ----------
    atomic_weight : float
        Standard atomic weight of the element. [dimensionless]
    metal_atoms, oxygen_atoms : int
        Atoms in the formula: 2 and 3 for a sesquioxide, 6 and 11 for Pr6O11.

    Returns
    -------
    float
        Contained element per oxide. [t/t], above 0 and at most 1

    Raises
    ------
    BalanceError
        If the weight or the number of metal atoms is not above zero, or oxygen atoms are below zero.

    Examples
    --------
    Nd2O3 and Dy2O3:

    >>> round(oxide_to_element(144.24, 2, 3), 3)
    0.857
    >>> round(oxide_to_element(162.50, 2, 3), 3)
    0.871
    """
    if atomic_weight <= 0 or metal_atoms <= 0 or oxygen_atoms < 0:
        raise BalanceError(
            f"no oxide has atomic weight {atomic_weight}, {metal_atoms} metal, {oxygen_atoms} oxygen atoms. "
            "Give the element's weight and the atoms of its formula, as in elements.csv."
        )
    metal = metal_atoms * atomic_weight
    return metal / (metal + oxygen_atoms * OXYGEN_WEIGHT)


def element_to_oxide(atomic_weight: float, metal_atoms: int, oxygen_atoms: int) -> float:
    """Mass of oxide that holds a unit mass of the element; the inverse of `oxide_to_element`. [t/t]

    Examples
    --------
    >>> round(element_to_oxide(88.906, 2, 3), 2)
    1.27
    """
    return 1.0 / oxide_to_element(atomic_weight, metal_atoms, oxygen_atoms)
