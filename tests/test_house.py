"""The house of the design: who may import whom, how long a file may be, how much a package hands on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LODESTONE = Path(__file__).parent.parent / "lodestone"
ROOT = ("units", "money", "labels", "rng", "executor")
EARLIER = ("facts", "baseline", "exposure", "simulate", "impact", "respond", "coordinate", "record")
MAY_IMPORT = {
    "lodestone": (),  # the package's own first page
    "errors": (),
    **dict.fromkeys(ROOT, ("errors",)),
    "facts": (),
    "record": ("facts",),
    "baseline": ("facts", "record"),
    "exposure": ("facts", "baseline", "record"),
    "simulate": ("facts", "baseline", "exposure", "record"),
    "impact": ("facts", "baseline", "simulate", "record"),
    "respond": ("facts", "baseline", "simulate", "impact", "record"),
    "coordinate": ("facts", "baseline", "simulate", "impact", "respond", "record"),
    "evidence": EARLIER,
    "report": (*EARLIER, "evidence"),
    "chain": (*EARLIER, "evidence", "report"),
    "cli": (*EARLIER, "evidence", "report", "chain", "desk"),
    "desk": (*EARLIER, "evidence", "report", "chain", "cli"),
}
ANYONE = ("errors", *ROOT)
FILES = sorted(path for path in LODESTONE.rglob("*.py") if "data" not in path.relative_to(LODESTONE).parts)


def owner(parts: tuple[str, ...]) -> str:
    """The package or root module a path or dotted name below ``lodestone`` belongs to."""
    return parts[0].removesuffix(".py").replace("__init__", "lodestone") if parts else "lodestone"


def imported(path: Path, tree: ast.AST) -> set[str]:
    """The packages of the house that a file names in any import, also inside functions or for types."""
    names: set[str] = set()
    here = ("lodestone", *path.relative_to(LODESTONE).parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (*here[: len(here) - node.level + 1],) if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names.update(f"{module}.{alias.name}" for alias in node.names)
    inside = (tuple(name.split(".")[1:]) for name in names if name.split(".")[0] == "lodestone")
    return {owner(parts[:1]) for parts in inside if parts and parts[0] != "__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LODESTONE).as_posix())
def test_file_imports_only_what_the_house_allows(path: Path) -> None:
    home = owner(path.relative_to(LODESTONE).parts)
    assert home in MAY_IMPORT, f"{home} has no row in the table of the house; add it to MAY_IMPORT on purpose"
    anyone = ANYONE if home not in ANYONE and home != "lodestone" else ()
    wrong = imported(path, ast.parse(path.read_text("utf-8"))) - {home, *anyone, *MAY_IMPORT[home]}
    assert not wrong, f"{path.name} in {home} imports {', '.join(sorted(wrong))}, which comes later or stands apart"


def test_simulate_takes_only_looked_through_content_from_exposure() -> None:
    names = set()
    for path in (LODESTONE / "simulate").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lodestone.exposure"):
                names.add(node.module)
    assert names <= {"lodestone.exposure.look_through", "lodestone.exposure.content"}, names


def test_no_file_is_over_420_lines() -> None:
    long = {
        p.relative_to(LODESTONE).as_posix(): n for p in FILES if (n := len(p.read_text("utf-8").splitlines())) > 420
    }
    assert not long, f"split these by noun: {long}"


def test_no_package_hands_on_more_than_ten_names() -> None:
    for path in (path for path in FILES if path.name == "__init__.py"):
        handed = {
            alias.asname or alias.name
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, (ast.ImportFrom, ast.Import)) and getattr(node, "module", "") != "__future__"
            for alias in node.names
        }
        assert len(handed) <= 10, f"{path.parent.name} hands on {len(handed)} names: {sorted(handed)}"


def test_no_drawer_is_named_utils() -> None:
    drawers = [p for p in LODESTONE.rglob("*") if p.stem in {"utils", "util", "helpers", "common", "misc"}]
    assert not drawers, f"give these the name of what they help with: {drawers}"
