"""What unity is worth, played out on the small world, and who cannot be valued."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lodestone.cli.coordinate_values import values_document, values_lines
from lodestone.coordinate.stack import Mechanisms
from lodestone.coordinate.unity import GAMES, Values
from lodestone.errors import GameError
from lodestone.evidence.find_unity import ALL, DUPLICATED, RESEARCH, SETS, Unity, _played, largest_clubs, played_out
from lodestone.evidence.unity_case import SHARE, Programme, Ready, refuse_members
from lodestone.evidence.unity_figures import unity_figures
from lodestone.evidence.unity_stocks import stocks_of
from lodestone.respond.home import home_use
from tests.coordinate.unity_world import MEMBERS, planned, planners
from tests.evidence.plan_world import ASSUMPTIONS, watch


def ready(share: float) -> Ready:
    parts = [planned(one, share) for one in MEMBERS]
    cases: Any = tuple(
        SimpleNamespace(home=home, terms=terms, below=(), levers=(), assumptions=ASSUMPTIONS)
        for home, _, terms, _ in parts
    )
    return Ready(cases, planners(share=share), np.array([2.0, 1.0]))


@cache
def unity() -> Unity:
    """Two replicates that differ by how often one is singled out; research worth 4 and 3 to the two, at 5."""
    found = (Programme("grain", "grain boundaries", np.array([4.0, 3.0]), 5.0),)
    return played_out([ready(0.3), ready(0.5)], found, watch)


def test_with_all_off_unity_is_worth_nothing() -> None:
    off, error = unity().off
    assert abs(off) < 1e-7 and error < 1e-7


def test_what_all_gain_is_shared_out_whole_by_every_rule() -> None:
    for one in unity().played.values():
        if one.answer is not None:
            assert one.shares.sum(axis=1).tolist() == pytest.approx([one.value[-1]] * len(one.shares), abs=1e-5)


def test_research_is_worth_what_the_second_payer_would_have_saved() -> None:
    assert unity().played[RESEARCH, GAMES[0]].value.tolist() == pytest.approx([0.0, 0.0, 0.0, 2.0], abs=1e-5)
    assert unity().sources.loc[DUPLICATED, "without"] == pytest.approx(2.0)


def test_both_games_agree_on_all_together_and_more_mechanisms_gain_more() -> None:
    for name in SETS:
        a, b = (unity().played[name, game].value[-1] for game in GAMES)
        assert a == pytest.approx(b, abs=1e-5)
        assert a <= unity().played[ALL, GAMES[0]].value[-1] + 1e-5


def test_every_source_counts_to_all_and_none_against_it() -> None:
    sources = unity().sources
    assert (sources["without"] >= -1e-6).all() and (sources["only"] >= -1e-6).all()
    assert sources["without"].max() > 0.1


def test_the_spread_between_replicates_is_told() -> None:
    one = unity().played[ALL, GAMES[0]]
    half = np.abs(one.replicates[0] - one.replicates[1]) / 2.0
    assert one.error.tolist() == pytest.approx(half.tolist(), abs=1e-9)
    assert half[-1] > 0.0


def valued(value: list[float], members: str) -> Values:
    count = len(members)
    nobody = np.zeros((1 << count, count))
    return Values(
        GAMES[1], Mechanisms(), tuple(members), nobody, np.array(value), nobody.sum(axis=1), 0.0, 0.0, 0.0, 0.0
    )


def test_a_rule_counts_in_the_replicates_in_which_it_has_an_answer() -> None:
    apart, jointly = valued([0, 0, 0, 5, 0, 5, 5, 4], "ABC"), valued([0, 0, 0, 1, 0, 1, 1, 9], "ABC")
    found = _played(ALL, GAMES[1], [apart, jointly, jointly], np.zeros(8), {})  # no Gately point in the first
    assert found.share_error.loc["gately_point"].tolist() == pytest.approx([0.0] * 3)
    assert found.share_error.loc["equal"].tolist() == pytest.approx([5.0 / 9.0] * 3)  # 4/3, 3, 3
    assert found.blocked["gately_point"] == 0.0 and found.blocked["equal"] == pytest.approx(1.0 / 3.0)


def test_the_epsilon_of_an_empty_core_has_a_standard_error_and_a_share_of_replicates() -> None:
    # three alike, each pair worth p and all worth 9: the least core gives each 3, so epsilon is p - 6
    each = [valued([0, 0, 0, p, 0, p, p, 9], "ABC") for p in (5.0, 7.0, 9.0)]
    found = _played(ALL, GAMES[1], each, np.zeros(8), {})
    assert found.answer is not None and found.answer.least_core.epsilon == pytest.approx(1.0)
    assert found.epsilon_error == pytest.approx(2.0 / np.sqrt(3.0))
    assert found.core_empty == pytest.approx(2.0 / 3.0)
    assert np.isnan(_played(ALL, GAMES[1], each[:1], np.zeros(8), {}).epsilon_error)


def test_a_replicate_in_which_nothing_is_gained_shares_nothing_and_blocks_nothing() -> None:
    found = _played(ALL, GAMES[1], [valued([0, 0, 0, 5e-5], "AB"), valued([0, 0, 0, 1.0], "AB")], np.zeros(4), {})
    assert found.share_error.loc["shapley_value"].tolist() == pytest.approx([0.25, 0.25])
    assert set(found.blocked.values()) == {0.0}


def test_a_deposit_is_the_largest_gain_of_keeping_and_never_below_zero() -> None:
    found = unity()
    for member in found.members:
        most = found.walking.loc[found.walking["member"] == member, "gains"].max()
        assert found.deposits[member] == pytest.approx(max(most, 0.0))


def test_a_pair_that_gains_stands_and_no_bound_is_off() -> None:
    found = unity()
    assert largest_clubs(found.played[ALL, GAMES[0]], found.members) == ("BOR+COR",)
    assert found.checks["gap"] < 1e-6 and found.checks["apart"] < 1e-6


def test_every_number_of_the_tables_is_a_figure_with_an_origin_and_means_have_ends() -> None:
    setting: Any = SimpleNamespace(assumptions=ASSUMPTIONS, scenario=SimpleNamespace(measures=()))
    found = unity_figures(setting, unity())
    cells = [
        str(cell) for name in ("members", "values", "sources", "shares", "projects")
        for row in getattr(found, name).itertuples(index=False) for cell in row if str(cell).startswith("unity.")
    ]  # fmt: skip
    assert len(cells) > 40 and set(cells) <= set(found.figures)
    assert f"assumption:{SHARE}" in found.figures[found.off].origin
    gain = found.figures[found.values.set_index(["mechanisms", "game"]).loc[(ALL, GAMES[0]), "all"]]
    assert gain.low is not None and gain.low < gain.value < gain.high
    assert (gain.high - gain.value) / unity().played[ALL, GAMES[0]].error[-1] == pytest.approx(12.706, rel=1e-4)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("BOR",), "name 2 to"),
        (("BOR", "BOR", "COR"), "BOR is named twice"),
        (("BOR", "ALB"), "ALB is who curbs"),
        (("BOR", "XXX"), "no economy 'XXX'"),
        (("BOR", "COR"), "no value added of 'COR'"),
    ],
)
def test_members_that_cannot_be_valued_are_refused_by_name(
    asked: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lodestone.errors import FactError
    from lodestone.evidence import unity_case
    from tests.world import small_network

    def only_bor(setting: Any, economy: str) -> None:
        if economy != "BOR":
            raise FactError(f"no value added of '{economy}' is known.")

    monkeypatch.setattr(unity_case, "refuse_unvalued", only_bor)
    monkeypatch.setattr(unity_case, "only_issuer", lambda scenario: "ALB")
    setting: Any = SimpleNamespace(network=small_network(), scenario=None)
    with pytest.raises(GameError, match=words):
        refuse_members(setting, asked)


def test_dual_shares_and_their_rent_add_up_to_the_gain_without_research() -> None:
    found = unity()
    whole = found.played[ALL, GAMES[0]].value[-1] - found.sources.loc[DUPLICATED, "only"]
    assert found.dual["share"].sum() + found.rent[0] == pytest.approx(whole, abs=1e-4)
    assert (found.dual["share"] >= -1e-6).all() and found.dual["error"].max() > 0.0
    assert any("dual prices" in line for line in values_lines(found, str))
    assert [one["member"] for one in values_document(found)["dual_shares"]] == list(found.members)


def test_what_a_member_brings_is_what_the_others_lack_without_it() -> None:
    one = unity().played[ALL, GAMES[1]]
    line = next(line for line in values_lines(unity(), str) if "marginal contribution" in line)
    assert len(re.findall(r"±", line)) == len(MEMBERS)
    told = next(x for x in values_document(unity())["games"] if (x["mechanisms"], x["outsiders"]) == (ALL, GAMES[1]))
    assert told["marginal_contribution"] == pytest.approx(
        {"BOR": one.value[3] - one.value[2], "COR": one.value[3] - one.value[1]}
    )
    assert sum(told["saves"].values()) == pytest.approx(
        one.value[3] - unity().sources.loc[DUPLICATED, "only"], abs=1e-4
    )


def test_stocks_are_told_in_weeks_of_what_all_use() -> None:
    table = stocks_of(unity().ready)
    used = sum(home_use(planned(one)[0]).to_series() for one in MEMBERS)
    assert len(table) and (table[["alone", "together"]].max(axis=1) > 0.0).any()
    for product, row in table.iterrows():
        assert row["use"] == pytest.approx(used[product])
        if row["use"] > 0.0:
            assert row["weeks_together"] == pytest.approx(row["together"] / row["use"] * 52.0)
    taken = [one.table.takes.buys.sum() for one in unity().ready]
    assert 0.0 < table["alone"].sum() <= np.mean(taken) + 1e-9
