"""A data folder of five rows that every test may spoil in its own way."""

from __future__ import annotations

from pathlib import Path

from lodestone.facts.nouns import COLUMNS
from lodestone.facts.sources import file_checksum

LABELS = {
    "variables.csv": "variable,meaning,units,may_be_negative\noutput,Mass made,t,no\nprice,Price,USD/kg,no\n"
    "effect,A change,%,yes\n",
    "economies.csv": "label,name,article\nAAA,Aland,\nBBB,Beland,the\n",
    "fact_economies.csv": "label,name,kind\nALL,All of them,group\n",
    "elements.csv": "label,name\nXx,first\nYy,second\n",
    "fact_elements.csv": "element,name\nZz,third\n",
    "calendar.csv": "calendar,meaning,days_after_month,months_after_year,status\ncustoms,,20,6,assumed\n",
}
SOURCES = """\
checksum: {checksum}
sources:
- {{id: office, producer: Office, title: Yearbook, edition: '2025', published: '2025-01', read: '2026-01-10',
   address: here, licence: facts only, tier: A, calendar: customs}}
- {{id: gazette, producer: Gazette, title: Page, edition: '2025-06-02', published: '2025-06-02',
   read: '2026-01-10', address: there, licence: facts only, tier: B}}
"""
ROWS = (
    "one/output/1,output,oxide,Xx,mine,AAA,,2023,100,,,t,oxide,reported,A,office,table 1,2024-06-30,",
    "one/output/2,output,oxide,Xx,mine,BBB,,2023,40,30,50,t,oxide,estimated,A,office,table 1,2024-06-30,",
    "one/output/3,output,oxide,Xx;Yy,mine,AAA,,2024,120,,,t,oxide,reported,A,office,table 1,2025-06-30,",
    "one/output/4,output,oxide,Xx;Yy,mine,AAA,,2024,90,,,t,oxide,reported,B,gazette,line 3,2025-06-02,round",
    "one/price/1,price,metal,Yy,metal,AAA,BBB,2025-05,,10,12,USD/kg,gross weight,reported,B,gazette,line 9,2025-06-02,",
)


class Place:
    """A data folder under test: write its files, with a checksum that fits unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edition = folder / "one" / "2025"
        self.edition.mkdir(parents=True)
        (folder / "labels").mkdir()
        for name, text in LABELS.items():
            (folder / "labels" / name).write_text(text, encoding="utf-8")
        self.write()

    def write(self, rows: tuple[str, ...] = ROWS, corrections: str = "", sources: str = SOURCES) -> None:
        facts = self.edition / "facts.csv"
        facts.write_text("\n".join((",".join(COLUMNS), *rows, "")), encoding="utf-8")
        (self.edition / "source.yaml").write_text(sources.format(checksum=file_checksum(facts)), encoding="utf-8")
        if corrections:
            (self.edition / "corrections.yaml").write_text(corrections, encoding="utf-8")

    def with_row(self, number: int, **cells: str) -> None:
        """Write the five rows, cells of one of them changed."""
        row = dict(zip(COLUMNS, ROWS[number].split(","), strict=True)) | cells
        self.write((*ROWS[:number], ",".join(row.values()), *ROWS[number + 1 :]))
