"""The whole baseline of the small material: draws, storing, reading back, and the report on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.describe import describe, lines
from lodestone.baseline.make import make_baseline
from lodestone.baseline.nouns import INPUT_COLUMNS, NODE_COLUMNS, OUTPUT_COLUMNS, STOCK_COLUMNS, TRADE_COLUMNS
from lodestone.baseline.place import baseline_folder, default_material
from lodestone.baseline.store import ARRAYS, Baseline, read_baseline, write_baseline
from lodestone.errors import BundleError, LabelError
from tests.baseline.balanced import assert_balanced
from tests.baseline.small_material import MATERIAL, YEAR, SmallMaterial

DRAWS = 6


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> SmallMaterial:
    small = SmallMaterial(tmp_path_factory.mktemp("material"))
    small.magnets("a", 30.0)
    small.magnets("doubtful", 60.0)
    return small


@pytest.fixture(scope="module")
def made(material: SmallMaterial) -> Baseline:
    return make_baseline(material.write(), MATERIAL, YEAR, material.known(), draws=DRAWS, seed=5)


def test_one_and_two_workers_draw_the_same(material, made):
    ticks: list[int] = []
    two = make_baseline(
        material.folder, MATERIAL, YEAR, material.known(), draws=DRAWS, seed=5, workers=2,
        progress=lambda done, of: ticks.append(done),
    )  # fmt: skip
    assert two.draws.checksum == made.draws.checksum
    assert ticks == list(range(1, DRAWS + 1))


def test_another_seed_draws_otherwise_and_keeps_the_point(material, made):
    other = make_baseline(material.folder, MATERIAL, YEAR, material.known(), draws=2, seed=6)
    assert other.draws.checksum != made.draws.checksum
    assert np.array_equal(other.networks["sparse"].inputs["coefficient"], made.networks["sparse"].inputs["coefficient"])


def test_more_draws_leave_the_first_as_they_were(material, made):
    fewer = make_baseline(material.folder, MATERIAL, YEAR, material.known(), draws=2, seed=5)
    assert np.array_equal(fewer.draws.activity, made.draws.activity[:2])


def test_members_take_the_priors_in_turn(made):
    assert made.draw_prior.tolist() == ["proportional", "sparse"] * (DRAWS // 2)


@pytest.mark.parametrize("draw", range(DRAWS))
def test_a_draw_balances_in_the_row_order_of_the_network(made, draw):
    assert_balanced(made.networks["proportional"], 1e-12, made.draws, draw)


def test_the_interval_of_a_cell_holds_nine_draws_in_ten(made):
    trade = made.networks["proportional"].trade
    low, high = np.quantile(made.draws.trade, [0.05, 0.95], axis=0)
    assert np.allclose(trade["low"], low)
    assert np.allclose(trade["high"], high)


def test_tables_have_the_columns_of_the_noun(made):
    for network in made.networks.values():
        for name, columns in (
            ("nodes", NODE_COLUMNS), ("inputs", INPUT_COLUMNS), ("outputs", OUTPUT_COLUMNS),
            ("trade", TRADE_COLUMNS), ("stock_change", STOCK_COLUMNS),
        ):  # fmt: skip
            assert set(getattr(network, name).columns) == set(columns), name


def test_every_cell_a_fact_speaks_of_is_a_figure_of_the_network(made):
    network = made.networks["proportional"]
    tables = (network.nodes, network.inputs, network.trade, network.stock_change)
    assert set(made.support["cell"]) <= {figure for table in tables for figure in table["figure"]}


def test_a_stored_baseline_reads_back_the_same(made, tmp_path):
    write_baseline(made, tmp_path / "kept")
    back = read_baseline(tmp_path / "kept")
    for version, network in made.networks.items():
        for name in ("products", "nodes", "inputs", "outputs", "trade", "stock_change"):
            pd.testing.assert_frame_equal(
                getattr(back.networks[version], name), getattr(network, name), check_dtype=False
            )
        assert back.networks[version].composition.identical(network.composition)
        assert back.networks[version].checksum == network.checksum
        assert (back.networks[version].year, back.networks[version].known) == (network.year, network.known)
    for name in ARRAYS:
        assert np.array_equal(getattr(back.draws, name), getattr(made.draws, name)), name
    assert (back.draws.seed, back.draws.checksum, back.checksum) == (5, made.draws.checksum, made.checksum)
    assert (back.skipped, back.balance_error) == (made.skipped, made.balance_error)
    assert back.draw_prior.tolist() == made.draw_prior.tolist()
    pd.testing.assert_frame_equal(back.met, made.met, check_dtype=False)
    pd.testing.assert_frame_equal(back.support, made.support, check_dtype=False)


def test_a_baseline_without_draws_says_point_and_reads_back(material, tmp_path):
    point = make_baseline(material.folder, MATERIAL, YEAR, material.known(), draws=0)
    write_baseline(point, tmp_path / "point")
    back = read_baseline(tmp_path / "point")
    assert back.draw_prior.tolist() == point.draw_prior.tolist()
    assert back.networks["sparse"].trade["sd"].isna().all()


def test_a_baseline_stored_before_limits_and_conflicts_were_known_still_reads(made, tmp_path):
    write_baseline(made, tmp_path / "older")
    met = pd.read_parquet(tmp_path / "older" / "met.parquet").drop(columns=["at_most", "gives_way"])
    met.to_parquet(tmp_path / "older" / "met.parquet", index=False)
    back = read_baseline(tmp_path / "older")
    assert not back.met["at_most"].any() and back.met["gives_way"].isna().all()
    assert describe(back)["conflicting_tier_a_facts"] == []


def test_an_interrupted_write_leaves_the_baseline_that_was_there(made, tmp_path):
    write_baseline(made, tmp_path / "kept")
    broken = replace(made, met=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        write_baseline(broken, tmp_path / "kept")
    assert read_baseline(tmp_path / "kept").checksum == made.checksum
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_folder_with_something_else_is_not_replaced(made, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BundleError, match="is not a baseline"):
        write_baseline(made, tmp_path / "letters")
    assert (tmp_path / "letters" / "one.txt").read_text(encoding="utf-8") == "dear"


@pytest.mark.parametrize("lost", ["baseline.json", "draws-trade.parquet", "sparse-nodes.parquet", "met.parquet"])
def test_a_baseline_that_lacks_a_file_says_to_rebuild(made, tmp_path, lost):
    write_baseline(made, tmp_path / "kept")
    (tmp_path / "kept" / lost).unlink()
    with pytest.raises(BundleError, match="lodestone baseline --rebuild"):
        read_baseline(tmp_path / "kept")


def test_the_report_lists_facts_moved_and_a_facts_missed(made):
    told = describe(made)
    missed = {row["observation"]: row["off_percent"] for row in told["tier_a_missed_by_more_than_10_percent"]}
    assert missed["doubtful"] < -10 and missed["a"] > 10
    assert "doubtful" in {row["observation"] for row in told["adjustments_past_three_sd"]}
    text = "\n".join(lines(told))
    assert "tier A facts missed by more than 10 %: 2" in text


def test_the_report_counts_cells_by_how_they_were_filled(made):
    told = describe(made)
    network = made.networks["proportional"]
    assert sum(told["cells"].values()) == len(network.nodes) + len(network.trade)
    assert told["trade_cells_by_product"]["magnet_hot"]["observed"] == 1
    assert told["facts_used"] == 3
    assert told["draws"] == DRAWS


def test_products_no_fact_speaks_of_are_listed_and_the_others_are_not(made):
    listed = describe(made)["undeterminable"]
    assert "ore" not in listed  # a fact about the mine's output speaks of it
    assert "magnet_hot" not in listed
    assert {"component_motor", "metal_dy", "swarf_hot"} <= set(listed)


def test_the_material_of_a_command_is_the_one_with_most_products(material, tmp_path):
    assert default_material(material.folder) == MATERIAL
    assert baseline_folder(material.folder, MATERIAL, YEAR).parts[-3:] == ("baseline", MATERIAL, "2024")
    with pytest.raises(LabelError, match="Add data/topology"):
        default_material(tmp_path)
