"""Spoils a sound file as files are spoiled: bytes lost, doubled or foreign, rows and cells moved, odd figures."""

from __future__ import annotations

from hypothesis import strategies as st

ODD = (
    b"", b" ", b"NA", b"NaN", b"inf", b"-1", b"1e999", b"1_000", b"0x10", b"1,5", b"1;5", b"+", b"e", b"\xff", b"\x00", b"\xef\xbb\xbf",
    b'"', b'""', b"'", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"W", b"--", b"99999999999999999999", b"0", b"2099", b"\xe2\x80\x94",
)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn, sound: bytes) -> bytes:
    """The bytes after one to four accidents."""
    content = sound
    for _ in range(draw(st.integers(1, 4))):
        content = draw(st.sampled_from(ACCIDENTS))(draw, content)
    return content


def _place(draw: st.DrawFn, content: bytes) -> int:
    return draw(st.integers(0, max(0, len(content) - 1)))


def _lose(draw: st.DrawFn, content: bytes) -> bytes:
    place = _place(draw, content)
    return content[:place] + content[place + draw(st.integers(1, 40)) :]


def _truncate(draw: st.DrawFn, content: bytes) -> bytes:
    return content[: _place(draw, content)]


def _insert(draw: st.DrawFn, content: bytes) -> bytes:
    place = _place(draw, content)
    return content[:place] + draw(st.one_of(st.sampled_from(ODD), st.binary(max_size=12))) + content[place:]


def _double_a_line(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    place = draw(st.integers(0, len(lines) - 1))
    return b"".join([*lines[: place + 1], *lines[place:]])


def _swap_lines(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _change_a_cell(draw: st.DrawFn, content: bytes) -> bytes:
    cells = content.split(b",")
    cells[draw(st.integers(0, len(cells) - 1))] = draw(st.sampled_from(ODD))
    return b",".join(cells)


ACCIDENTS = (_lose, _truncate, _insert, _double_a_line, _swap_lines, _change_a_cell, _change_a_cell)
