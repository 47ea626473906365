"""What was published, by whom, known from when: read, check, correct."""

from lodestone.facts.catalogues import read_facilities, read_measures
from lodestone.facts.check import check_folder
from lodestone.facts.nouns import Fact, FactTable, Source
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.facts.select import select_facts

__all__ = [
    "Fact",
    "FactTable",
    "Source",
    "check_folder",
    "data_folder",
    "read_facilities",
    "read_facts",
    "read_measures",
    "select_facts",
]
