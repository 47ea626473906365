"""Tables of the Chinese customs' query page as they come down, written before their reader. The figures are made up.

General Administration of Customs of China, customs statistics query platform (stats.customs.gov.cn), download of a query by
commodity and trading partner: GB18030, one line of header, amounts with separators of thousands, an empty column at the end;
whether it is imports or exports stands only in the question, here in the file's name.
"""

from __future__ import annotations

from pathlib import Path

HEADER = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,第一数量,第一计量单位,第二数量,第二计量单位,美元,"
COUNTRIES = "code,label\n116,JPN\n502,USA\n304,DEU\n"
ROWS = (
    '202403,85051110,稀土永磁体,116,日本,10,一般贸易,"120,500",千克,0,-,"5,000,250",',
    '202403,85051110,稀土永磁体,116,日本,14,来料加工,"1,500",千克,0,-,"70,000",',  # another way of trading: added up
    '202403,85051110,稀土永磁体,502,美国,10,一般贸易,900,千克,0,-,"45,000",',
    '202404,85051110,稀土永磁体,502,美国,10,一般贸易,12,吨,0,-,"600,000",',
    '202403,85051900,其他永磁体,304,德国,10,一般贸易,"3,000",个,250,千克,"9,000",',  # the second quantity is the weight
    "202403,85051900,其他永磁体,116,日本,10,一般贸易,40,个,0,-,500,",  # not weighed
    "202403,1012100,改良种用马,304,德国,10,一般贸易,2,头,900,千克,8000,",  # lost its zero
)


def as_csv(rows: tuple[str, ...] = ROWS, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode("gb18030")


def files(folder: Path, content: bytes | None = None, name: str = "export-2024.csv") -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(as_csv() if content is None else content)
    (folder / "country_codes.csv").write_text(COUNTRIES)
    return [folder / name, folder / "country_codes.csv"]
