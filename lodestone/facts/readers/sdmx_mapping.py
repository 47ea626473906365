"""The small file a user gives along with SDMX: which dimension is which.

YAML. ``reporter``, ``partner``, ``product`` and ``period`` name dimensions; ``flow`` one, with ``flows`` saying which of its
codes is import, export or other (without it every row is an import by its reporter). Either ``measure`` names the dimension
that tells value from weight, with ``measures`` (code: value, quantity or other) and ``figure`` (OBS_VALUE), or ``value`` and
``quantity`` name a column each. ``status`` and ``multiplier`` name the attributes (OBS_STATUS, UNIT_MULT) where there are
any. ``units`` says what a figure with multiplier 0 counts: for value units of the currency (1), for quantity tonnes (1; 0.001
for kg). ``currency`` and ``nomenclature`` are USD and HS if not given; ``economies`` adds codes (code: ISO 3166 alpha-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from lodestone.errors import Fault, Faults
from lodestone.facts.trade_nouns import Document
from lodestone.facts.trade_partners import Partners

NAME = "sdmx_mapping"
LARGEST = 1_000_000  # bytes
REQUIRED = ("reporter", "partner", "product", "period")
COLUMNS = (*REQUIRED, "flow", "measure", "figure", "value", "quantity", "status", "multiplier")
WORDS = {"flows": ("import", "export", "other"), "measures": ("value", "quantity", "other")}
TABLES = (*WORDS, "units", "economies")
TEXTS = ("currency", "nomenclature")


@dataclass(frozen=True)
class Mapping:
    """Columns by our names, meanings of codes, and what one of a figure's unit is. [thousand of the currency, t]"""

    columns: dict[str, str]
    flows: dict[str, str]
    measures: dict[str, str]
    units: dict[str, float]
    economies: dict[str, str]
    currency: str
    nomenclature: str

    @property
    def measure(self) -> bool:
        """Whether value and weight are a row each."""
        return "measure" in self.columns


def read_mapping(documents: tuple[Document, ...], partners: Partners) -> Mapping:
    """The mapping among the documents.

    Raises
    ------
    Faults
        If there is not exactly one, and for everything in it that is missing, unknown or of another kind.
    """
    found = [document for document in documents if NAME in document.name.rsplit("/", 1)[-1]]
    if len(found) != 1:
        step = f"Give one {NAME}.yaml that says which dimension is reporter, partner, product and period."
        raise Faults([Fault("SDMX", None, None, f"{len(found)} mappings were given", step)])
    document = found[0]
    try:
        if document.path.stat().st_size > LARGEST:
            raise ValueError("too large")
        held: Any = yaml.safe_load(document.path.read_text("utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        what = f"cannot be read ({str(error).splitlines()[0][:60]})"
        raise Faults([Fault(document.name, None, None, what, "Write it as YAML.")]) from None
    given = held if isinstance(held, dict) else {}
    faults = _faults(document.name, given, partners)
    if faults:
        raise Faults(faults)
    units = {"value": 1.0, "quantity": 1.0} | {name: float(unit) for name, unit in given.get("units", {}).items()}
    return Mapping(
        columns={name: given[name] for name in COLUMNS if name in given},
        flows={str(code): word for code, word in given.get("flows", {}).items()},
        measures={str(code): word for code, word in given.get("measures", {}).items()},
        units={"value": units["value"] / 1e3, "quantity": units["quantity"]},
        economies={str(code): label for code, label in given.get("economies", {}).items()},
        currency=given.get("currency", "USD"),
        nomenclature=given.get("nomenclature", "HS"),
    )


def _faults(name: str, given: dict[Any, Any], partners: Partners) -> list[Fault]:
    step = f"Known: {', '.join((*COLUMNS, *TABLES, *TEXTS))}."
    faults = [
        Fault(name, None, str(key)[:30], "is no entry of a mapping", step)
        for key in given
        if key not in (*COLUMNS, *TABLES, *TEXTS)
    ]
    faults += [
        Fault(name, None, key, "must be a word", "Write the dimension's name.")
        for key in (*COLUMNS, *TEXTS)
        if key in given and not (isinstance(given[key], str) and given[key])
    ]
    faults += [Fault(name, None, key, "is missing", "Name the dimension.") for key in REQUIRED if key not in given]
    for key in TABLES:
        if not isinstance(given.get(key, {}), dict):
            faults.append(Fault(name, None, key, "must be a table", "Write code: meaning."))
            return faults
    together = [("flow", "flows"), ("measure", "measures"), ("measure", "figure")]
    faults += [
        Fault(name, None, one if one not in given else other, "is missing", f"{one} and {other} go together.")
        for one, other in together
        if (one in given) != (other in given)
    ]
    if ("measure" in given) == bool({"value", "quantity"} & given.keys()):
        step = "Give measure, measures and figure, or value, quantity or both."
        faults.append(Fault(name, None, "measure", "what is value and what weight is not said once", step))
    for key, words in WORDS.items():
        faults += [
            Fault(name, None, key, f"'{str(word)[:20]}' means nothing", f"Write one of {', '.join(words)}.")
            for word in given.get(key, {}).values()
            if word not in words
        ]
    faults += [
        Fault(
            name, None, "units", f"'{str(what)[:20]}: {str(unit)[:20]}' is no unit", "Write value or quantity: 0.001."
        )
        for what, unit in given.get("units", {}).items()
        if what not in ("value", "quantity")
        or isinstance(unit, bool)
        or not (isinstance(unit, int | float) and 1e-9 <= unit <= 1e9)
    ]
    faults += [
        Fault(name, None, "economies", f"'{str(label)[:20]}' is no economy", "Write ISO 3166 alpha-3.")
        for label in given.get("economies", {}).values()
        if not isinstance(label, str) or label not in partners.kinds
    ]
    return faults
