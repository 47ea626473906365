"""The documentation runs: every python block, and every ``$ lodestone ...`` line of a console block.

Blocks of one page run in order and share their names, from the repository's root. A console block whose
info string says ``proof`` is slow and runs with make proof.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lodestone.facts.place import data_folder
from lodestone.facts.read import newest_reading, read_facts

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts]
FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"`([a-z_0-9]+)`")
NOUNS = sorted(path.parent.name for path in (ROOT / "lodestone").glob("*/nouns.py"))
PAGE_NOUNS = {"report"}  # what a page is made of; its names are no variables of the model


def blocks(page: Path, language: str) -> Iterator[tuple[list[str], int, str]]:
    """Words after the language, line and body of each fenced block."""
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        words = found["info"].split()
        if words[0] == language:
            yield words[1:], text.count("\n", 0, found.start()) + 1, found["body"]


def short(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands() -> Iterator[object]:
    for page in PAGES:
        for words, line, body in blocks(page, "console"):
            marks = [pytest.mark.proof] if "proof" in words else []
            for typed in re.findall(r"^\$ (lodestone .*)$", body, re.MULTILINE):
                yield pytest.param(typed, id=f"{short(page)}:{line}: {typed}", marks=marks)


@pytest.mark.parametrize("page", [p for p in PAGES if any(blocks(p, "python"))], ids=short)
def test_python_blocks_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for _, line, body in blocks(page, "python"):
        exec(compile("\n" * line + body, short(page), "exec"), names)


@pytest.mark.parametrize("typed", list(commands()))
def test_console_lines_run(typed: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "lodestone.cli", *shlex.split(typed)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{typed}\nleft with {run.returncode}:\n{run.stdout}{run.stderr}"


def test_readme_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            assert "://" in target or (ROOT / target).exists(), f"{page.name} links to {target}, which is not there"


def nomenclature() -> list[str]:
    """The names each row of the nomenclature defines: those in its first cell."""
    rows = (ROOT / "docs/reference/nomenclature.md").read_text("utf-8").splitlines()
    return [name for row in rows if row.startswith("| `") for name in NAME.findall(row.split("|")[1])]


@pytest.mark.parametrize("package", [name for name in NOUNS if name not in PAGE_NOUNS])
def test_every_column_and_field_of_the_nouns_is_in_the_nomenclature(package: str) -> None:
    module = importlib.import_module(f"lodestone.{package}.nouns")
    fields = {
        field.name
        for noun in vars(module).values()
        if dataclasses.is_dataclass(noun) and noun.__module__ == module.__name__
        for field in dataclasses.fields(noun)
    }
    columns = {name for key, names in vars(module).items() if key.endswith("COLUMNS") for name in names}
    missing = sorted((fields | columns) - set(nomenclature()))
    assert not missing, f"add these of lodestone.{package} to docs/reference/nomenclature.md: {missing}"


def test_each_name_is_explained_once() -> None:
    seen = [name for name in nomenclature() if name != "origin"]  # two meanings, told apart there
    twice = sorted({name for name in seen if seen.count(name) > 1})
    assert not twice, f"these have two rows in the nomenclature: {twice}"


def test_the_day_of_the_newest_facts_is_told() -> None:
    newest = newest_reading(read_facts(data_folder()).sources)
    warned = (ROOT / "docs" / "explanation" / "words-of-warning.md").read_text("utf-8")
    assert f"The newest facts were read on {newest.isoformat()}." in warned
