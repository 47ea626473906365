"""What stops buyers: the word of the makers goes before that of the sector they work for."""

from __future__ import annotations

from types import SimpleNamespace

from lodestone.evidence.find_travel import _finished
from lodestone.facts.place import data_folder


def test_the_makers_word_goes_before_that_of_their_sector():
    setting = SimpleNamespace(folder=data_folder())
    sectors = ("consumer_electronics", "aerospace_defence", "semiconductors")
    plain = _finished(setting, SimpleNamespace(sectors=sectors, makes=("", "", "")))
    assert {"consumer_electronics", "aerospace_defence"} <= plain and "semiconductors" not in plain
    told = _finished(setting, SimpleNamespace(sectors=sectors, makes=("inputs", "", "finished")))
    assert told == plain - {"consumer_electronics"} | {"semiconductors"}
