"""Trade in SDMX as the standard lays it out, written before its reader.

SDMX Technical Working Group, "SDMX-CSV 1.0 field guide" (first column DATAFLOW; labels may follow codes after a colon) and
"SDMX-CSV 2.0" (STRUCTURE, STRUCTURE_ID, ACTION; another delimiter is allowed; [] marks attributes of many values), "SDMX-ML
2.1" generic and structure-specific data, and the cross-domain code lists CL_OBS_STATUS and CL_UNIT_MULT (a power of ten). The
figures are made up.
"""

from __future__ import annotations

MAPPING = b"""
reporter: REF_AREA
partner: COUNTERPART_AREA
product: COMMODITY
period: TIME_PERIOD
flow: TRADE_FLOW
flows: {M: import, X: export, RX: other}
measure: INDICATOR
measures: {VAL: value, NETW: quantity, IDX: other}
figure: OBS_VALUE
status: OBS_STATUS
multiplier: UNIT_MULT
units: {value: 1, quantity: 0.001}
currency: USD
nomenclature: HS17
economies: {RESTW: NES}
"""
COLUMNS = ("REF_AREA", "COUNTERPART_AREA", "COMMODITY", "TRADE_FLOW", "INDICATOR", "TIME_PERIOD")
# cells of the columns above, then figure, status, multiplier
ROWS = (
    (("JP", "CN", "850511", "M", "VAL", "2023"), "1.5", "A", "6"),  # 1,500 thousand USD
    (("JP", "CN", "850511", "M", "NETW", "2023"), "20", "E", "3"),  # 20 t, taken up by the value
    (("JP", "VN", "850511", "M", "VAL", "2023"), "250000", "P", "0"),  # 250 thousand USD, not weighed
    (("JP", "RESTW", "850511", "M", "NETW", "2023"), "7000", "", ""),  # 7 t, not valued
    (("JP", "KR", "850511", "X", "VAL", "2023"), "2", "A", "3"),
    (("JP", "KR", "850511", "M", "VAL", "2023"), "", "M", "3"),
    (("JP", "US", "850511", "M", "VAL", "2023"), "", "Q", "3"),
    (("JP", "DE", "850511", "M", "VAL", "2023"), "5", "F", "3"),
    (("JP", "W00", "850511", "M", "IDX", "2023"), "101.2", "A", "0"),
    (("JP", "WORLD", "850511", "M", "VAL", "2023"), "1750000", "A", "0"),
    (("JP", "KR", "850511", "RX", "VAL", "2023"), "1", "A", "0"),
)
KEPT = 5
ASIDE = {"no figure": 1, "confidential": 1, "other indicator": 2, "world total": 1, "other flow": 1}
FLOWS = {
    ("JPN", "CHN"): (1500.0, 20.0),
    ("JPN", "VNM"): (250.0, None),
    ("JPN", "NES"): (None, 7.0),
    ("KOR", "JPN"): (2.0, None),
}

ENDS = (*COLUMNS, "OBS_VALUE", "OBS_STATUS", "UNIT_MULT")


def csv_1(labels: bool = False) -> bytes:
    """SDMX-CSV 1.0; with labels behind the codes if asked for."""
    name = (lambda cell: f"{cell}: a name" if cell else "") if labels else (lambda cell: cell)
    lines = [",".join(["DATAFLOW", *(name(cell) if cell != "OBS_VALUE" else cell for cell in ENDS)])]
    for key, figure, status, power in ROWS:
        lines.append(",".join(["A:TRADE(1.0)", *map(name, key), figure, name(status), name(power)]))
    return "\r\n".join([*lines, ""]).encode()


def csv_2() -> bytes:
    """SDMX-CSV 2.0 with semicolons and an attribute of many values."""
    lines = [";".join(["STRUCTURE", "STRUCTURE_ID", "ACTION", *ENDS, "COMMENT[]"])]
    for key, figure, status, power in ROWS:
        lines.append(";".join(["dataflow", "A:TRADE(1.0)", "I", *key, figure, status, power, ""]))
    return "\n".join([*lines, ""]).encode()


HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<m:{root} xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
 xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
 xmlns:n="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=A:D(1.0):ObsLevelDim:{at}"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
<m:Header><m:ID>x</m:ID><m:Test>false</m:Test><m:Prepared>2024-01-01T00:00:00</m:Prepared><m:Sender id="A"/>
<m:Structure structureID="S" namespace="urn:x" dimensionAtObservation="{at}"><c:Structure>
<Ref agencyID="A" id="D" version="1.0"/></c:Structure></m:Structure></m:Header>
"""


def ml_generic() -> bytes:
    """SDMX-ML 2.1, generic: a series a row, the multiplier at the series."""
    text = HEAD.format(root="GenericData", at="TIME_PERIOD") + '<m:DataSet structureRef="S" action="Replace">'
    for key, figure, status, power in ROWS:
        cells = "".join(f'<g:Value id="{name}" value="{cell}"/>' for name, cell in zip(COLUMNS[:-1], key, strict=False))
        scale = f'<g:Attributes><g:Value id="UNIT_MULT" value="{power}"/></g:Attributes>' if power else ""
        said = f'<g:Attributes><g:Value id="OBS_STATUS" value="{status}"/></g:Attributes>' if status else ""
        value = f'<g:ObsValue value="{figure}"/>' if figure else ""
        text += f'<g:Series><g:SeriesKey>{cells}</g:SeriesKey>{scale}<g:Obs><g:ObsDimension value="{key[-1]}"/>'
        text += f"{value}{said}</g:Obs></g:Series>"
    return (text + "</m:DataSet></m:GenericData>").encode()


def ml_specific() -> bytes:
    """SDMX-ML 2.1, structure-specific and flat: all at the observation."""
    text = HEAD.format(root="StructureSpecificData", at="AllDimensions")
    text += '<m:DataSet s:structureRef="S" xsi:type="n:DataSetType" s:dataScope="DataStructure" s:action="Replace">'
    for key, figure, status, power in ROWS:
        cells = [*zip(COLUMNS, key, strict=True), ("OBS_VALUE", figure), ("OBS_STATUS", status), ("UNIT_MULT", power)]
        text += "<Obs " + " ".join(f'{name}="{cell}"' for name, cell in cells if cell) + "/>"
    return (text + "</m:DataSet></m:StructureSpecificData>").encode()
