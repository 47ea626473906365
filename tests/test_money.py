import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodestone.errors import FactError
from lodestone.money import MoneyTable, chain_level, usd

TABLE = MoneyTable(
    rate={("JPY", 2022): 131.50, ("EUR", 2023): 0.9245},
    price_level={2022: 118.026, 2023: 122.273, 2024: 125.3},
)


def test_rate_of_the_year_first_then_us_prices() -> None:
    assert usd(100.0, "EUR", 2023, TABLE) == pytest.approx(100 / 0.9245 * 125.3 / 122.273)


def test_dollars_of_the_base_year_stay_as_they_are() -> None:
    assert usd(7.5, "USD", 2024, TABLE) == 7.5


@given(st.floats(-1e12, 1e12), st.floats(0.1, 10))
def test_only_ratios_of_the_price_index_count(amount: float, base: float) -> None:
    rescaled = MoneyTable(TABLE.rate, {year: level * base for year, level in TABLE.price_level.items()})
    assert usd(amount, "JPY", 2022, rescaled) == pytest.approx(usd(amount, "JPY", 2022, TABLE))


@pytest.mark.parametrize(
    ("currency", "year", "message"),
    [
        ("JPY", 2021, "no exchange rate of JPY is known for 2021, only 2022 to 2022"),
        ("KRW", 2022, "no exchange rate of KRW is known. Add"),
        ("USD", 2009, "no US price level is known for 2009, only 2022 to 2024"),
    ],
)
def test_a_missing_year_says_which_years_there_are(currency: str, year: int, message: str) -> None:
    with pytest.raises(FactError, match=message):
        usd(1.0, currency, year, TABLE)


def test_a_gap_in_the_changes_ends_the_chain() -> None:
    assert chain_level({2023: 100.0}, {2024: 2.0, 2026: 3.0}) == pytest.approx({2023: 100.0, 2024: 102.0})
