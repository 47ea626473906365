"""Inputs of a run in words, and the network's bar split into what facts carry and what the prior carries."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lodestone.evidence.drivers import Drivers
from lodestone.evidence.input_words import driver_table, worded_input
from lodestone.facts.place import data_folder
from lodestone.simulate.schedule import _EFFECTS

FOLDER = data_folder()
WORDS = {row["label"]: row["name"] for row in csv.DictReader((FOLDER / "labels" / "inputs.csv").open())}


def test_the_networks_bar_is_a_fact_only_as_far_as_facts_carry_it():
    drivers = Drivers(("network", "cover"), np.array([0.2, 0.5]), np.array([0.04, 0.1]), 0.7)
    setting = SimpleNamespace(folder=FOLDER, assumptions={"cover": SimpleNamespace(name="Cover")})
    table = driver_table(setting, drivers, 0.05, {})
    assert dict(zip(table["kind"], table["share"], strict=True)) == pytest.approx(
        {"fact": 0.01, "prior": 0.19, "assumption": 0.5}
    )
    assert table["input"][0] == table["input"][1] == WORDS["network"]
    assert table["conf"].tolist() == [0.04, 0.04, 0.1]


def test_every_product_of_a_network_has_a_name():
    held = pd.read_csv(data_folder() / "labels" / "products.csv", index_col="label", keep_default_na=False)["name"]
    used = {
        label for path in (data_folder() / "topology").glob("*/products.csv") for label in pd.read_csv(path)["product"]
    }
    assert used == set(held.index) and held.is_unique and (held != "").all()


@pytest.mark.parametrize("kind", sorted(_EFFECTS))
def test_every_effect_of_a_measure_has_words(kind):
    parameter = _EFFECTS[kind][1]
    told = worded_input(f"XX-1:{kind}:{parameter}", {}, WORDS, {})
    assert told == f"{WORDS[f'{kind}.{parameter}']} (XX-1)"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("XX-1:uncertain:licence:coverage", "Share of the flow that falls under the licence, firms that possibly fall under it (XX-1)"),
        ("XX-1:licence:2:review_weeks", "Weeks of review (XX-1, terms 2)"),
        ("XX-1:blocked:rerouted", "Share of what is blocked that comes round through others (XX-1)"),
        ("XX-1:held:weeks", "Weeks an uncovered shipment is held (XX-1)"),
        ("cover_weeks:own wind oxide", "Your own stock: wind oxide"),
    ],
)  # fmt: skip
def test_names_do_not_fall_through_to_their_parts(name, words):
    assumptions = {"licence.review_weeks": SimpleNamespace(name="Weeks of review")}
    assert worded_input(name, assumptions, WORDS, {}) == words
