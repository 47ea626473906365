"""The open fonts every page, picture and PDF is set in, so that no machine's own fonts matter.

Noto Sans regular and bold (Latin, Greek, arrows, mathematical signs) and Noto Sans CJK JP (kana,
signs and the first level of JIS X 0208), both subset, both under the SIL Open Font License in ``OFL.txt``.
``docs/reference/brief.md`` says how the subsets were made.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LATIN = "Noto Sans"
JAPANESE = "Noto Sans CJK JP"
STACK = f"{LATIN}, {JAPANESE}"
FILES = {
    "regular": FOLDER / "NotoSans-Regular.ttf",
    "bold": FOLDER / "NotoSans-Bold.ttf",
    "japanese": FOLDER / "NotoSansCJKjp-Regular.otf",
}


@cache
def glyphs(name: str) -> frozenset[int]:
    """The code points a font of ``FILES`` can draw, read from its ``cmap`` (formats 4 and 12).

    A tiny reader instead of a font library: the tests ask which characters have a picture, and
    nothing else here needs to open a font.
    """
    data = FILES[name].read_bytes()
    tables = {
        data[at : at + 4]: int.from_bytes(data[at + 8 : at + 12], "big")
        for at in range(12, 12 + 16 * int.from_bytes(data[4:6], "big"), 16)
    }
    start = tables[b"cmap"]
    points: set[int] = set()
    for record in range(int.from_bytes(data[start + 2 : start + 4], "big")):
        at = start + 4 + 8 * record
        points |= _subtable(data, start + int.from_bytes(data[at + 4 : at + 8], "big"))
    return frozenset(points)


def _subtable(data: bytes, at: int) -> set[int]:
    """Code points of one ``cmap`` subtable; an unknown format gives none."""

    def short(place: int) -> int:
        return int.from_bytes(data[place : place + 2], "big")

    def long(place: int) -> int:
        return int.from_bytes(data[place : place + 4], "big")

    points: set[int] = set()
    if short(at) == 4:
        double = short(at + 6)
        for offset in range(0, double, 2):
            end, first = short(at + 14 + offset), short(at + 16 + double + offset)
            points.update(code for code in range(first, end + 1) if code != 0xFFFF)
    elif short(at) == 12:
        for group in range(long(at + 12)):
            first, end = long(at + 16 + 12 * group), long(at + 20 + 12 * group)
            points.update(range(first, end + 1))
    return points


def missing_glyphs(text: str) -> set[str]:
    """The characters of ``text`` that none of the fonts can draw; white space needs no picture."""
    known = glyphs("regular") | glyphs("japanese")
    return {letter for letter in text if not letter.isspace() and ord(letter) not in known}


def needs_japanese(text: str) -> bool:
    """Whether ``text`` holds kana, kanji or their punctuation (arrows and signs do not count)."""
    return any(ord(letter) >= 0x3000 for letter in text)
