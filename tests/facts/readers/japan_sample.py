"""Japan's trade statistics as the customs' notes and e-Stat's files lay them out, written before the reader.

Ministry of Finance, Trade Statistics of Japan: "Glossary" and "About Trade Statistics of Japan" (values in thousand yen
rounded down, quantities below the unit disregarded, imports by origin), commodity by country, one row a code and country
with the year so far and twelve months. Codes stand between apostrophes; two quantities with two units.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADER = ["Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2", "Quantity1-Year", "Quantity2-Year", "Value-Year"]
HEADER += [f"{name}-{month}" for month in MONTHS for name in ("Quantity1", "Quantity2", "Value")]
COUNTRIES = "code,name\n103,Rep. of Korea\n105,China\n304,United States of America\n"


def row(
    months: Mapping[int, tuple[int, int, int]],
    hs: str = "'850511000'",
    country: str = "'105'",
    flow: str = "2",
    units: tuple[str, str] = ("NO", "KG"),
    year_value: int | None = None,
    year: int = 2024,
) -> list[str]:
    """One row from (quantity 1, quantity 2, value) by month."""
    cells = [cell for month in range(1, 13) for cell in months.get(month, (0, 0, 0))]
    total = [sum(cells[place::3]) for place in range(3)]
    total[2] = total[2] if year_value is None else year_value
    return [flow, str(year), hs, country, *units, *map(str, total), *map(str, cells)]


MAGNETS = {1: (900, 120_000, 650_000), 2: (800, 90_500, 500_250), 3: (1, 0, 3)}
ROWS = (
    row(MAGNETS, year_value=1_150_255),  # thousand yen are rounded down each month, so the year may be a little more
    row({1: (0, 700, 9_000)}, country="'103'", units=("", "KG")),
    row({2: (5, 0, 1_000)}, country="'304'", units=("NO", "")),  # nobody weighed these
    row({1: (4_000, 2, 70_000)}, hs="'284690100'", units=("GR", "MT")),
    row({1: (0, 300, 8_000)}, flow="1", units=("", "KG")),
)


def as_csv(rows: tuple[list[str], ...] = ROWS, encoding: str = "cp932") -> bytes:
    return "\r\n".join([",".join(HEADER), *(",".join(one) for one in rows), ""]).encode(encoding)


def files(folder: Path, content: bytes | None = None) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ik-100h2024v001.csv").write_bytes(as_csv() if content is None else content)
    (folder / "country_codes.csv").write_text(COUNTRIES)
    return [folder / "ik-100h2024v001.csv", folder / "country_codes.csv"]
