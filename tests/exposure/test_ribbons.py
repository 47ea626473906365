"""The ribbons of every economy of every stored baseline: made, or empty where it takes nothing of the stage."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from lodestone.baseline.material import Material, base_year_of, read_material
from lodestone.baseline.nouns import Network
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.store import read_baseline
from lodestone.exposure.graph import GraphBuilder, flows_of
from lodestone.exposure.ribbons import ribbons
from lodestone.exposure.stage_balance import element_groups
from lodestone.facts.place import data_folder

MATERIALS = sorted(path.name for path in (data_folder() / "baseline").iterdir() if path.is_dir())


@cache
def stored(material: str) -> tuple[Network, Material, list[str]]:
    """The network under the first prior, its material, and the elements a brief leads with."""
    folder = data_folder()
    baseline = read_baseline(baseline_folder(folder, material, base_year_of(folder, material, None)))
    network = next(iter(baseline.networks.values()))
    return network, read_material(folder, material), [*list(element_groups(folder, network).values())[-1]]


@pytest.mark.parametrize("material", MATERIALS)
def test_ribbons_of_every_economy_are_whole_or_empty(material):
    network, about, lead = stored(material)
    takers = network.nodes.loc[network.nodes["kind"] == "use", "economy"].unique()
    assert len(takers) > 20
    for economy in takers:
        nodes, links = ribbons(network, economy, lead, about.headline_stage, about.layers)
        taken = GraphBuilder(network).demand(flows_of(network), economy, about.headline_stage, lead).sum()
        assert nodes.empty == links.empty == (not taken > 0.0), economy
        assert list(nodes) == ["id", "layer", "label", "value", "economy"]
        assert list(links) == ["from", "to", "economy", "value"]
        if not nodes.empty:
            assert nodes.loc[nodes["layer"] == "use", "value"].sum() == pytest.approx(1.0, abs=1e-3), economy


def test_some_economy_takes_none_of_the_headline_stage():
    """Else the test above says nothing of the empty case."""
    network, about, lead = stored("graphite")
    builder, flows = GraphBuilder(network), flows_of(network)
    taken = pd.Series({
        economy: builder.demand(flows, economy, about.headline_stage, lead).sum()
        for economy in network.nodes.loc[network.nodes["kind"] == "use", "economy"].unique()
    })  # fmt: skip
    assert (taken == 0.0).any()
