"""The words of a plan: products, economies, sites and numbers as a reader says them, not as tables label them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lodestone.evidence.find import names_of
from lodestone.evidence.plan_case import VALUE
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import Assumption
from lodestone.facts.catalogues import read_facilities
from lodestone.labels import in_sentences, load_labels
from lodestone.respond.nouns import Lever

FIGURES = {
    "most": "the most that can be taken",
    "capex": "capital",
    "premium": "premium over the base price",
    "lead_months": "lead time",
}


def plan_words(setting: Setting) -> dict[str, str]:
    """Labels of products, sectors, economies and sites to what a sentence calls them."""
    sites = read_facilities(setting.folder, setting.facts.as_of).set_index("id")["facility"].to_dict()
    return {str(site): str(name) for site, name in sites.items()} | (
        names_of(setting) | in_sentences(load_labels(setting.folder / "labels", "economies"))
    )


def worded_reason(text: str, names: Mapping[str, str]) -> str:
    """Labels in a reason as the words of their tables.

    >>> worded_reason("open to ALB, BOR alone", {"ALB": "Alba", "BOR": "the Isles"})
    'open to Alba, the Isles alone'
    """
    parts = ((word.rstrip(","), "," if word.endswith(",") else "") for word in text.split(" "))
    return " ".join(names.get(word, word) + comma for word, comma in parts)


def worded_number(
    name: str, assumptions: Mapping[str, Assumption], levers: Iterable[Lever], names: Mapping[str, str] | None = None
) -> str:
    """The name of a number a plan reads: of an assumption, "lever.column", or `VALUE` and a sector.

    >>> from types import SimpleNamespace
    >>> worded_number("mine.capex", {}, [SimpleNamespace(lever="mine", name="the mine")])
    'the mine: capital'
    >>> worded_number("value.motors", {}, [])
    'motors: share of its industry'
    """
    if name in assumptions:
        return assumptions[name].name
    if name.startswith(VALUE):
        sector = name.removeprefix(VALUE)
        return f"{(names or {}).get(sector, sector.replace('_', ' '))}: share of its industry"
    lever, _, column = name.rpartition(".")
    called = {one.lever: one.name for one in levers}
    return f"{called.get(lever, lever)}: {FIGURES.get(column, column.replace('_', ' '))}"
