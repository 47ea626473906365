"""Answers of the US Census Bureau's international trade API, laid out as its guide says, written before the reader.

US Census Bureau, "Guide to the International Trade Datasets" (API timeseries/intltrade): a list of lists, the header
first; the columns a query asks for, and again those it filters by.
"""

from __future__ import annotations

import json

IMPORT_HEADER = [
    "CTY_CODE", "CTY_NAME", "GEN_VAL_MO", "GEN_QY1_MO", "UNIT_QY1", "GEN_QY2_MO", "UNIT_QY2", "SUMMARY_LVL", "DISTRICT",
    "I_COMMODITY", "COMM_LVL", "YEAR", "MONTH", "I_COMMODITY",
]  # fmt: skip
EXPORT_HEADER = [
    "CTY_CODE",
    "CTY_NAME",
    "ALL_VAL_MO",
    "QTY_1_MO",
    "UNIT_QY1",
    "SUMMARY_LVL",
    "DF",
    "E_COMMODITY",
    "COMM_LVL",
    "time",
]


def imported(
    value: str,
    first: tuple[str, str] = ("500", "NO"),
    second: tuple[str, str] = ("20000", "KG"),
    country: tuple[str, str] = ("5700", "CHINA"),
    level: str = "DET",
    district: str = "-",
    code: str = "8505110070",
    comm: str = "HS10",
    month: str = "03",
) -> list[str]:
    return [*country, value, *first, *second, level, district, code, comm, "2024", month, code]


IMPORTS = (
    imported("900000"),
    imported("600000", district="20"),
    imported("300000", district="27"),
    imported("50000", country=("5800", "KOREA, SOUTH"), district="20"),  # its districts stand alone: they are added up
    imported("30000", country=("5800", "KOREA, SOUTH"), district="27"),
    imported("7000", ("0", "X"), ("0", "-"), country=("5880", "JAPAN"), month="04"),
    imported("0", ("0", "NO"), ("0", "KG"), country=("4280", "GERMANY")),
    imported("987000", country=("-", "TOTAL FOR ALL COUNTRIES")),
    imported("900000", country=("0014", "PACIFIC RIM COUNTRIES"), level="CGP"),
    imported("900000", code="850511", comm="HS6"),
)
IMPORTS_ASIDE = {"breakdown": 2, "no trade": 1, "world total": 1, "partner aggregate": 1, "product aggregate": 1}


def as_json(rows: tuple[list[str], ...] = IMPORTS, header: list[str] = IMPORT_HEADER) -> bytes:
    return json.dumps([header, *rows]).encode()
