"""A small release of BACI as CEPII describes it (The CEPII-BACI dataset, January 2025), written before its reader.

Every trap the description names: numbers of the United Nations that are not ISO's (842, 757, 490), padded NA,
codes that begin with a zero, the readme in the archive, older names of the country table's columns.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

HEADER = "t,i,j,k,v,q"
FLOWS = (
    "2022,156,392,850511,800.5,20.25",
    "2022,490,392,850511,100.25,1.5",
    "2022,842,392,850511,99.25,          NA",
    "2022,156,842,850511,300,10",
    "2022,757,842,850511,50.5,0.125",
    "2022,392,842,010121,12.125,3",
    "2022,156,392,284690,7,0.000",
)
COUNTRIES = """country_code,country_name,country_iso2,country_iso3
156,China,CN,CHN
392,Japan,JP,JPN
490,"Other Asia, not elsewhere specified",TW,S19
757,Switzerland,CH,CHE
842,USA,US,USA
"""
COUNTRIES_BEFORE_2024 = """country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha
156,China,China,CN,CHN
392,Japan,Japan,JP,JPN
490,"Other Asia, nes","Other Asia, not elsewhere specified",NA,TWN
757,Switzerland,"Switzerland, Liechtenstein",CH,CHE
842,USA,"USA, Puerto Rico and US Virgin Islands",US,USA
"""
PRODUCTS = """code,description
010121,Horses: live, pure-bred breeding animals
284690,"Compounds, inorganic or organic, of rare-earth metals"
850511,Magnets: permanent magnets and articles intended to become permanent magnets
""".replace("Horses: live, pure-bred breeding animals", '"Horses: live, pure-bred breeding animals"')


def write_release(
    folder: Path,
    flows: Sequence[str] = FLOWS,
    year: int = 2022,
    release: str = "202401b",
    countries: str = COUNTRIES,
    header: str = HEADER,
) -> list[Path]:
    """The files of a release: flows, countries, products."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        f"BACI_HS92_Y{year}_V{release}.csv": "\n".join([header, *flows]) + "\n",
        f"country_codes_V{release}.csv": countries,
        f"product_codes_HS92_V{release}.csv": PRODUCTS,
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in files]


def zip_release(folder: Path, **terms: object) -> Path:
    """The same as the one archive the producer gives."""
    paths = write_release(folder / "plain", **terms)  # type: ignore[arg-type]
    archive = folder / "BACI_HS92_V202401b.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as handle:
        handle.writestr("Readme.txt", "Version 202401b")
        for path in paths:
            handle.write(path, path.name)
    return archive
