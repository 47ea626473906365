"""Reads a user's own flow system from YAML, and says of every fault where it stands."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from lodestone.baseline.constraints import Constraint, ConstraintError, parse_constraint
from lodestone.baseline.reconcile import Variable
from lodestone.errors import Fault, Faults

LARGEST_FILE = 5_000_000
DEEPEST = 12
SECTIONS = ("title", "source", "variables", "constraints")
ENTRIES = ("value", "sd", "unit", "note")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

Pair = tuple[yaml.Node, yaml.Node]


@dataclass(frozen=True)
class FlowSystem:
    """A flow system as its file states it."""

    title: str
    source: str
    variables: tuple[Variable, ...]
    constraints: tuple[Constraint, ...]


def read_flow_system(path: Path) -> FlowSystem:
    """Read variables and constraints from a YAML file.

    Parameters
    ----------
    path : Path
        Sections ``title``, ``source``, ``variables`` (name: {value, sd, unit, note}) and
        ``constraints`` (a list of equations). At most 5 MB, no YAML aliases.

    Returns
    -------
    FlowSystem

    Raises
    ------
    Faults
        All faults of the file together, each with its line.

    Examples
    --------
    >>> system = read_flow_system(Path("examples/reconcile/cencic-2016.yaml"))
    >>> len(system.variables), system.constraints[1].text
    (9, 'flow4 = TC34 * flow3')
    """
    return _Reader(str(path)).read(_load(path))


def _load(path: Path) -> yaml.Node:
    text = _read_text(path)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_hostile(str(path), yaml.parse(text, Loader=loader))
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise _stop(path, line, f"not valid YAML: {error.problem}", "Mend the syntax") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _stop(path, None, "not valid YAML", "Save it as plain UTF-8 text") from error
    if node is None:
        raise _stop(path, None, "the file is empty", "State variables and constraints")
    return node


def _read_text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _stop(path, None, "not a file", "Give the path of a YAML file")
        if size > LARGEST_FILE:
            raise _stop(path, None, f"{size:,} bytes, more than 5 MB", "Split the system")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise _stop(path, None, "not UTF-8 text", "Save the file as UTF-8") from error
    except OSError as error:
        raise _stop(path, None, f"cannot be read ({error.strerror})", "Check the path") from error


def _refuse_hostile(file: str, events: Iterator[yaml.Event]) -> None:
    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise _stop(file, line, f"YAML alias '*{event.anchor}'", "Write the values out")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _stop(file, line, f"nested deeper than {DEEPEST} levels", "Flatten it")
        if documents > 1:
            raise _stop(file, line, "a second document", "Keep one system a file")


def _stop(path: Path | str, line: int | None, what: str, next_step: str) -> Faults:
    return Faults([Fault(str(path), line, None, what, f"{next_step}.")])


class _Reader:
    """Walks the parsed file once and collects faults as it goes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def read(self, root: yaml.Node) -> FlowSystem:
        sections = {key: (name, node) for key, name, node in self._pairs(root, "the file", SECTIONS)}
        for section in ("variables", "constraints"):
            if section not in sections:
                self._fault(root, None, f"no section '{section}'", "Add it.")
        variables = self._variables(sections["variables"][1]) if "variables" in sections else {}
        constraints = self._constraints(sections["constraints"][1], set(variables)) if "constraints" in sections else []
        title, source = (self._text(sections[key][1], key) if key in sections else "" for key in ("title", "source"))
        if self.faults:
            raise Faults(sorted(self.faults, key=lambda fault: fault.line or 0))
        return FlowSystem(title, source, tuple(variables.values()), tuple(constraints))

    def _fault(self, node: yaml.Node, column: str | None, what: str, next_step: str) -> None:
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.file, line, column, what, next_step))

    def _pairs(
        self, node: yaml.Node, place: str, allowed: tuple[str, ...] | None
    ) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, None, f"{place} is not a mapping", "Write 'name: value' lines.")
            return
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key in seen:
                self._fault(key_node, key, f"'{key}' stands twice in {place}", "Keep one.")
            elif allowed is not None and key not in allowed:
                known = ", ".join(allowed)
                self._fault(key_node, key, f"'{key}' is not known in {place}", f"Known: {known}.")
            else:
                seen.add(key)
                yield key, key_node, value_node

    def _variables(self, node: yaml.Node) -> dict[str, Variable]:
        found: dict[str, Variable] = {}
        for name, name_node, entry in self._pairs(node, "variables", None):
            if not NAME.match(name) or keyword.iskeyword(name):
                self._fault(
                    name_node,
                    name,
                    f"'{name[:40]}' cannot be a variable's name",
                    "Use letters, digits and underscores, a letter first.",
                )
                continue
            found[name] = self._variable(name, name_node, entry)
        return found

    def _variable(self, name: str, name_node: yaml.Node, entry: yaml.Node) -> Variable:
        if isinstance(entry, yaml.ScalarNode) and entry.tag == "tag:yaml.org,2002:null":
            return Variable(name)
        parts = {key: node for key, _, node in self._pairs(entry, f"variable '{name}'", ENTRIES)}
        value = self._number(name, "value", parts.get("value"))
        sd = self._number(name, "sd", parts.get("sd"))
        if sd is not None and sd <= 0:
            self._fault(parts["sd"], name, f"sd is {sd:g}, not above zero", "Leave sd out for a constant.")
        if "sd" in parts and "value" not in parts:
            self._fault(name_node, name, "sd without a value", "Give the value, or leave both out (unknown).")
        unit = self._text(parts["unit"], name) if "unit" in parts else ""
        return Variable(name, value, sd, unit)

    def _number(self, name: str, key: str, node: yaml.Node | None) -> float | None:
        if node is None:
            return None
        try:
            number = float(node.value) if isinstance(node, yaml.ScalarNode) else math.nan
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        shown = str(node.value)[:40] if isinstance(node, yaml.ScalarNode) else "a list or mapping"
        self._fault(
            node,
            name,
            f"{key} is '{shown}', not a finite number",
            "Write a number, or leave value and sd out if it is unknown.",
        )
        return None

    def _constraints(self, node: yaml.Node, names: set[str]) -> list[Constraint]:
        if not isinstance(node, yaml.SequenceNode):
            self._fault(node, None, "constraints is not a list", "Write one '- a + b = c' a line.")
            return []
        found = [self._constraint(item, names) for item in node.value]
        return [constraint for constraint in found if constraint is not None]

    def _constraint(self, node: yaml.Node, names: set[str]) -> Constraint | None:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            constraint = parse_constraint(text)
        except ConstraintError as error:
            what, _, next_step = str(error).partition(". ")
            self._fault(node, None, what, next_step)
            return None
        for name in sorted(constraint.variables - names):
            self._fault(
                node,
                name,
                f"'{name}' is not among the variables",
                f"Declare it, as '{name}: {{}}' if it is unknown.",
            )
        return constraint

    def _text(self, node: yaml.Node, column: str) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._fault(node, column, "not a text", "Write one line of text.")
        return ""
