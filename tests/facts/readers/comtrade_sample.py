"""Answers of UN Comtrade as its documentation lists their fields, written before the reader.

UN Comtrade, "Data availability and extraction: fields of trade records" (developer portal, version 1 of the API, read
November 2026). The same records as CSV of the portal (Latin-1, an empty cell too many at the end of each row) and as
the API's JSON. `KEPT` and `ASIDE` say by hand what a reader must make of each.
"""

from __future__ import annotations

import json
from pathlib import Path

FIELDS = [
    "typeCode",
    "freqCode",
    "refPeriodId",
    "refYear",
    "refMonth",
    "period",
    "reporterCode",
    "reporterISO",
    "reporterDesc",
    "flowCode",
    "flowDesc",
    "partnerCode",
    "partnerISO",
    "partnerDesc",
    "partner2Code",
    "partner2ISO",
    "partner2Desc",
    "classificationCode",
    "classificationSearchCode",
    "isOriginalClassification",
    "cmdCode",
    "cmdDesc",
    "aggrLevel",
    "isLeaf",
    "customsCode",
    "customsDesc",
    "mosCode",
    "motCode",
    "motDesc",
    "qtyUnitCode",
    "qtyUnitAbbr",
    "qty",
    "isQtyEstimated",
    "altQtyUnitCode",
    "altQtyUnitAbbr",
    "altQty",
    "isAltQtyEstimated",
    "netWgt",
    "isNetWgtEstimated",
    "grossWgt",
    "isGrossWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
]


def record(**changed: object) -> dict[str, object]:
    """One record: Japan's imports of metal magnets from China in 2022."""
    base: dict[str, object] = {
        "typeCode": "C",
        "freqCode": "A",
        "refPeriodId": 20220101,
        "refYear": 2022,
        "refMonth": 52,
        "period": "2022",
        "reporterCode": 392,
        "reporterISO": "JPN",
        "reporterDesc": "Japan",
        "flowCode": "M",
        "flowDesc": "Import",
        "partnerCode": 156,
        "partnerISO": "CHN",
        "partnerDesc": "China",
        "partner2Code": 0,
        "partner2ISO": "W00",
        "partner2Desc": "World",
        "classificationCode": "H6",
        "classificationSearchCode": "HS",
        "isOriginalClassification": True,
        "cmdCode": "850511",
        "cmdDesc": "Magnets; permanent, of metal",
        "aggrLevel": 6,
        "isLeaf": True,
        "customsCode": "C00",
        "customsDesc": "TOTAL CPC",
        "mosCode": "0",
        "motCode": 0,
        "motDesc": "TOTAL MOT",
        "qtyUnitCode": 8,
        "qtyUnitAbbr": "kg",
        "qty": 2000000.0,
        "isQtyEstimated": False,
        "altQtyUnitCode": -1,
        "altQtyUnitAbbr": "N/A",
        "altQty": 0.0,
        "isAltQtyEstimated": False,
        "netWgt": 2000000.0,
        "isNetWgtEstimated": False,
        "grossWgt": 0.0,
        "isGrossWgtEstimated": False,
        "cifvalue": 80000000.0,
        "fobvalue": None,
        "primaryValue": 80000000.0,
        "legacyEstimationFlag": 0,
        "isReported": False,
        "isAggregate": True,
    }
    return base | changed


EXPORT = {"flowCode": "X", "flowDesc": "Export"}
FROM_CHINA = {"reporterCode": 156, "reporterISO": "CHN", "partnerCode": 392, "partnerISO": "JPN", **EXPORT}
KEPT = (
    record(),
    record(
        partnerCode=490, partnerISO="S19", partnerDesc="Other Asia, nes", primaryValue=5000.5, netWgt=None, qty=None
    ),
    record(partnerCode=842, partnerISO="USA", primaryValue=1000.0, netWgt=0.0, qty=12.0, qtyUnitCode=5),
    record(partnerCode=757, partnerISO="CHE", primaryValue=700.0, netWgt=None, qty=40.0, qtyUnitCode=8),
    record(partnerCode=899, partnerISO="_X ", partnerDesc="Areas, nes", primaryValue=10.0, netWgt=1.0),
    record(**FROM_CHINA, primaryValue=72000000.0, netWgt=1900000.0),
    record(cmdCode="2846", aggrLevel=4, isLeaf=False, primaryValue=3000.0, netWgt=500.0),  # nothing below it is listed
    record(partnerCode=792, partnerISO="TUR", partnerDesc="Türkiye", primaryValue=1.25, netWgt=0.5),
)
ASIDE = (
    (record(partnerCode=0, partnerISO="W00", partnerDesc="World", primaryValue=86006712.0), "world total"),
    (record(cmdCode="8505", aggrLevel=4, isLeaf=False), "product aggregate"),
    (record(cmdCode="TOTAL", aggrLevel=0, isLeaf=False), "product aggregate"),
    (record(customsCode="C01", primaryValue=79000000.0), "breakdown"),
    (record(motCode=2100, primaryValue=60000000.0), "breakdown"),
    (record(partner2Code=344, partner2ISO="HKG", primaryValue=10000000.0), "breakdown"),
    (record(flowCode="RM", flowDesc="Re-import"), "re-import"),
    (record(**{**FROM_CHINA, "flowCode": "RX", "flowDesc": "Re-export"}), "re-export"),
    (record(flowCode="MIP", flowDesc="Import of goods for inward processing"), "other flow"),
    (record(reporterCode=97, reporterISO="EUR", reporterDesc="European Union"), "reporter aggregate"),
    (record(partnerCode=392, partnerISO="JPN"), "own trade"),
)
RECORDS = (*KEPT, *(one for one, _ in ASIDE))


def as_csv(records: tuple[dict[str, object], ...] = RECORDS) -> bytes:
    """The portal's CSV: Latin-1, all in quotes where needed, an empty cell at the end of each row."""
    lines = [",".join(FIELDS)]
    for one in records:
        cells = [
            "" if one[name] is None else str(one[name]).lower() if isinstance(one[name], bool) else str(one[name])
            for name in FIELDS
        ]
        lines.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + ",")
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def as_json(records: tuple[dict[str, object], ...] = RECORDS) -> bytes:
    """The API's answer."""
    return json.dumps({"elapsedTime": "0.5 secs", "count": len(records), "data": list(records), "error": ""}).encode()


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
