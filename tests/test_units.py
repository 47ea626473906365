from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodestone.errors import BalanceError, LabelError
from lodestone.labels import load_labels
from lodestone.units import TONNES_PER, element_to_oxide, oxide_to_element, tonnes

LABELS = Path(__file__).parent.parent / "data" / "labels"


@pytest.mark.parametrize(
    ("element", "published"),
    # Contained element per oxide as usual in the trade (inverse of the oxide factors 1.173, 1.207, ...)
    [
        ("La", 0.8527),
        ("Ce", 0.8141),
        ("Pr", 0.8277),
        ("Nd", 0.8574),
        ("Tb", 0.8502),
        ("Dy", 0.8713),
        ("Y", 0.7874),
    ],
)
def test_oxide_factors_of_the_element_table_are_the_usual_ones(element: str, published: float) -> None:
    row = load_labels(LABELS, "elements").loc[element]
    factor = oxide_to_element(row["atomic_weight"], row["metal_atoms"], row["oxygen_atoms"])
    assert factor == pytest.approx(published, abs=2e-4)


@given(st.floats(1, 300), st.integers(1, 6), st.integers(0, 11))
def test_to_the_element_and_back_is_the_same_mass(weight: float, metal: int, oxygen: int) -> None:
    factor = oxide_to_element(weight, metal, oxygen)
    assert 0 < factor <= 1
    assert factor * element_to_oxide(weight, metal, oxygen) == pytest.approx(1)


def test_a_formula_without_metal_is_refused() -> None:
    with pytest.raises(BalanceError, match=r"0 metal.*elements\.csv"):
        oxide_to_element(144.24, 0, 3)


@given(st.sampled_from(sorted(TONNES_PER)), st.floats(0, 1e9))
def test_a_rate_converts_like_its_mass(unit: str, value: float) -> None:
    assert tonnes(value, f"{unit}/y") == tonnes(value, unit) == pytest.approx(value * TONNES_PER[unit])


def test_an_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(LabelError, match="Did you mean 'short ton'"):
        tonnes(1, "shortton")
