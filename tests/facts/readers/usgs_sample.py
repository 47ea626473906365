"""A world table of the Mineral Commodity Summaries data release as its metadata describe it, written before its reader.

US Geological Survey, "Mineral Commodity Summaries 2025 Data Release" (MCS2025_World_Data.csv) and the explanations in front
of the Summaries: W withheld, NA not available, a long dash zero, e estimated, a footnote for less than half a unit; names end
with spaces, a column's name has one too many, the text is Windows-1252. The figures are made up.
"""

from __future__ import annotations

HEADER = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,"
    "RESERVES_2024,RESERVE_NOTES"
)
ROWS = (
    'MCS2025,Unobtainium ,United States ,"Mine production, contained unobtainium",metric tons,W,W,,,,,50,',
    'MCS2025,Unobtainium ,China,"Mine production, contained unobtainium",metric tons,"1,200",e1300,,,,,400,',
    'MCS2025,Unobtainium ,Brazil,"Mine production, contained unobtainium",metric tons,300,310,,,,,NA,',
    'MCS2025,Unobtainium ,Japan,"Mine production, contained unobtainium",metric tons,—,—,,,,,,',
    'MCS2025,Unobtainium ,Canada ,"Mine production, contained unobtainium",metric tons,(5),NA,Less than ½ unit,,,,,',
    'MCS2025,Unobtainium ,Other countries,"Mine production, contained unobtainium",metric tons,100,90,,,,,20,',
    'MCS2025,Unobtainium ,World total (rounded),"Mine production, contained unobtainium",metric tons,2000,2100,,,,,700,',
    'MCS2025,Eludium,Côte d’Ivoire,"Refinery production, eludium",thousand metric tons,2,3,,4,4,,,',
    'MCS2025,Eludium,World total,"Refinery production, eludium",thousand metric tons,2,3,,4,4,,,',
    "MCS2025,Dilithium,Ghana,Mine production,million carats,5,6,,,,,,",
)
CELLS = 5  # figures a row: two years of production, two of capacity, reserves


def as_csv(rows: tuple[str, ...] = ROWS) -> bytes:
    return "\r\n".join([HEADER, *rows, ""]).encode("cp1252")
