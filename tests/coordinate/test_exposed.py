"""What stops with one product: by hand in the small world."""

import pytest

from lodestone.coordinate.exposed import exposed_uses
from lodestone.respond.home import home_of
from tests.world import small_network


def test_what_is_made_at_home_of_the_product_stops_and_what_comes_ready_made_does_not():
    """Bora makes 18 t of magnets and brings 24.255 t from Alba: without the oxide 18 of 42.255 t lack."""
    network = small_network()
    home = home_of(network, "BOR", "ALB")
    found = exposed_uses(network, home, "oxide_heavy")
    assert found.values == pytest.approx([18.0 / 42.2553191489] * 2)
    assert exposed_uses(network, home, "magnet").values == pytest.approx([1.0, 1.0])


def test_a_use_that_only_buys_ready_made_goods_does_not_need_the_oxide():
    network = small_network()
    home = home_of(network, "BOR", "ALB")
    bare = network.inputs[network.inputs["product"] != "oxide_heavy"]
    found = exposed_uses(type(network)(**{**network.__dict__, "inputs": bare}), home, "oxide_heavy")
    assert found.values.tolist() == [0.0, 0.0]
