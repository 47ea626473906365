"""Eurostat's Comext in its two forms, as the user guide and the API's answers lay them out, written before the reader.

Eurostat, "User guide on European statistics on international trade in goods" and "Comext bulk download: instructions":
monthly files full_v2_YYYYMM.dat; dataset DS-045409 of the dissemination API as SDMX-CSV.
"""

from __future__ import annotations

from pathlib import Path

from tests.facts.readers.comtrade_sample import write

BULK_HEADER = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
OLDER_BULK_HEADER = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA2002,PRODUCT_CPA2008,"
    "PRODUCT_CPA2_1,PRODUCT_BEC,PRODUCT_BEC5,PRODUCT_SECTION,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,VALUE_IN_EUROS,"
    "QUANTITY_IN_KG,SUP_QUANTITY"
)


def bulk(
    value: object = 1_000_000,
    kg: object = 20_000,
    reporter: str = "DE",
    partner: str = "CN",
    product: str = "85051110",
    flow: str = "1",
    procedure: str = "1",
    period: str = "202403",
) -> str:
    return f"{reporter},{partner},E,{product},77881,27902,,22,411,16,{flow},{procedure},NO_SU,{period},{value},{value},{kg},0"


BULK = (
    bulk(),
    bulk(500_000, 9_000, procedure="3"),  # after processing elsewhere: added to the first
    bulk(7_000, 0, partner="QV"),  # a partner that is kept secret; no weight
    bulk(3_000, 10, partner="QZ"),
    bulk(40_000, 700, flow="2", partner="US"),
    bulk(2_500, 30, partner="XU"),
    bulk(100, 1, partner="XI"),
    bulk(9_000_000, 80_000, product="85SSS999"),  # the code is kept secret
    bulk(1_000, 5, partner="DE"),
    bulk(1_200, 6, product="01012100", partner="FR"),
)

SDMX_HEADER = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG"


def sdmx(
    value: object,
    indicator: str = "VALUE_IN_EUROS",
    reporter: str = "DE",
    partner: str = "CN",
    product: str = "85051110",
    flow: str = "1",
    period: str = "2024-03",
    flag: str = "",
    freq: str = "M",
) -> str:
    head = f"ESTAT:DS-045409(1.0),21/10/25 11:00:00,{freq},{reporter},{partner},{product},{flow},{indicator}"
    return f"{head},{period},{value},{flag}"


WEIGHT = "QUANTITY_IN_100KG"
SDMX = (
    sdmx(1_500_000),
    sdmx(290, WEIGHT),
    sdmx(40_000, flow="2", partner="US"),
    sdmx(7, WEIGHT, flow="2", partner="US"),
    sdmx(60_000, partner="JP"),  # no weight was published
    sdmx("", WEIGHT, partner="JP", flag="c"),
    sdmx(":", partner="KR"),
    sdmx(55, WEIGHT, partner="TW"),  # a weight without a value
    sdmx(1_200, "SUPPLEMENTARY_QUANTITY"),
    sdmx(9_999_999, partner="WORLD"),
    sdmx(9_999_999, reporter="EU27_2020"),
    sdmx(9_999_999, partner="EU27_2020_EXTRA"),
    sdmx(9_999_999, product="8505"),
    sdmx(9_999_999, product="TOTAL"),
)
SDMX_ASIDE = {
    "confidential": 1,
    "no figure": 1,
    "other indicator": 1,
    "world total": 1,
    "reporter aggregate": 1,
    "partner aggregate": 1,
    "product aggregate": 2,
}


def as_bulk(rows: tuple[str, ...] = BULK, header: str = BULK_HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def as_sdmx(rows: tuple[str, ...] = SDMX) -> bytes:
    return "\r\n".join([SDMX_HEADER, *rows, ""]).encode()


def one(folder: Path, content: bytes) -> list[Path]:
    return [write(folder / "full_v2_202403.dat", content)]
