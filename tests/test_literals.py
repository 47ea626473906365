"""No string literal in ``lodestone/`` names an element, economy, HS code, material or country.

What the model knows of the world stands in tables, so that adding a material or an economy is a row.
Labels (Nd, JPN, 284690) count only as a whole literal; names of four letters or more (dysprosium,
Japan) also as a word inside one. Docstrings may name them; ``facts/readers/`` may name its producer's
country, for a reader is about one producer.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent
LODESTONE, DATA = HERE / "lodestone", HERE / "data"
FILES = sorted(path for path in LODESTONE.rglob("*.py") if "data" not in path.relative_to(LODESTONE).parts)
# Words that are names in a table and ordinary English too, and letters that are format codes.
ORDINARY_WORDS = {"world"}
ORDINARY_LABELS = {"C", "W", "Y"}  # a keyword of a library: C order, pandas' weeks and years


def column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[name].strip() for row in csv.DictReader(file)} - {""}


def customs_cells() -> set[str]:
    """The cells of every column ``hs`` of every material's tables."""
    cells: set[str] = set()
    for path in (DATA / "topology").glob("*/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            if "hs" in next(csv.reader(file), []):
                cells |= column(path, "hs")
    return cells


def labels() -> set[str]:
    tables = ("elements.csv", "economies.csv")
    listed = set.union(*(column(DATA / "labels" / table, "label") for table in tables))
    codes = {code.strip() for cell in customs_cells() for code in re.split("[;+]", cell)} - {""}
    return (listed | codes) - ORDINARY_LABELS


def names() -> set[str]:
    tables = ("elements.csv", "economies.csv")
    listed = {n.lower() for table in tables for n in column(DATA / "labels" / table, "name")}
    folders = {path.name.lower() for path in (DATA / "topology").iterdir() if path.is_dir()}
    spaced = {name.replace("_", " ").replace("-", " ") for name in folders}
    return {name for name in listed | folders | spaced if len(name) >= 4} - ORDINARY_WORDS


LABELS = labels()
NAMES = names()
WORD = re.compile(r"(?<![a-z])(" + "|".join(map(re.escape, sorted(NAMES, key=len, reverse=True))) + r")(?![a-z])")


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string literal that is not a docstring (an expression statement), f-string parts included."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def named_in(text: str, *, producer_may_be_named: bool = False) -> str | None:
    """The label or name that a literal holds, or None."""
    if text in LABELS:
        return text
    found = WORD.search(text.lower())
    return found.group(1) if found and not producer_may_be_named else None


def test_tables_are_there() -> None:
    assert {"Nd", "JPN", "EU24", "850511"} <= LABELS
    assert {"dysprosium", "japan"} <= NAMES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dy", "Dy"),
        ("dy", None),
        ("CHN", "CHN"),
        ("china-customs", "china"),
        ("in Japan", "japan"),
        ("indiana", None),
        ("%Y-%m-%d", None),
        ("row", None),
        ("ROW", "ROW"),
        ("850511", "850511"),
        ("C", None),
        ("shares of Neodymium oxide", "neodymium"),
    ],
)
def test_rule_tells_names_from_other_words(text: str, found: str | None) -> None:
    assert named_in(text) == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LODESTONE).as_posix())
def test_no_literal_names_a_place_or_a_material(path: Path) -> None:
    reader = path.parent.name == "readers"
    tree = ast.parse(path.read_text("utf-8"))
    wrong = [
        f"line {line}: {text!r} names {found}"
        for line, text in literals(tree)
        if (found := named_in(text, producer_may_be_named=reader))
    ]
    assert not wrong, f"{path.name}: read these from a table instead:\n" + "\n".join(wrong)
