"""Briefs of economies that a table may say nothing of: no published value added, no place, nothing taken of a stage."""

from __future__ import annotations

import csv
import json
import re

import pytest

from lodestone.chain import brief
from lodestone.evidence.requests import Request
from lodestone.report.compose import compose
from lodestone.report.format import printed


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    request = Request("NOR", "october-2025-resumed", members=20, cover_members=4)
    return brief(request, tmp_path_factory.mktemp("out") / "nor")


def test_weeks_and_shares_are_told_and_no_money_is(written):
    folder, found = written
    page = (folder / "brief.html").read_text(encoding="utf-8")
    assert "No published value added for Norway, so no money is put on the shortage." in page
    assert "No value added of Norway is published, so there is no direct loss to follow" in page
    assert "No value added of Norway is published, so a market would show its sellers' gains alone." in page.replace(
        "&#x27;", "'"
    )
    assert "market.total" not in found.market.headline
    assert "takes none of this stage" in page and 'id="origin"' in page
    told = [printed(one.number, found.figures).value for one in compose(found).headlines]
    assert told[2] == told[4] == "not known"
    assert re.search(r"\d", told[0]) and "weeks" in told[1]
    assert len(found.stakes) and not any(found.stakes["value"])


def test_machines_read_numbers_or_nothing(written):
    folder, _ = written
    told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    for row in (*told["headlines"], *told["figures"]):
        for key in ("value", "low", "high"):
            assert row[key] is None or isinstance(row[key], float | int), row
        assert set(row["never"]) <= {"value", "low", "high"} and all(row[key] is None for key in row["never"])
    assert told["headlines"][2]["value"] is None and told["headlines"][2]["never"] == []
    assert any(row["never"] for row in told["figures"])
    with (folder / "tables" / "stakes.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows and {row["Value added lost"] for row in rows} == {"no value added published"}


def test_a_figure_that_is_a_share_is_told_as_one(written):
    """The published one and ours: 0.76 is 76 %, not 0.76 %."""
    _, found = written
    shares = [name for name in found.missed["ours"] if found.figures[name].unit == "fraction"]
    assert shares and all(0.0 <= (found.figures[name].value or 0.0) <= 1.0 for name in shares)
    rows = next(part for part in _parts(found) if getattr(part, "name", "") == "missed").rows
    told = {row["observation"]: printed(row["ours"], found.figures).value for row in rows}
    for row in found.missed[found.missed["ours"].isin(shares)].itertuples():
        value = found.figures[row.ours].value
        assert told[row.observation] == f"{100 * value:.0f}\u00a0%"
    assert not any(
        found.figures[row.ours].unit == "%" and found.figures[row.published].unit == "fraction"
        for row in found.missed.itertuples()
    )


@pytest.mark.proof
def test_no_shock_puts_nothing_at_stake_rather_than_all_on_assumption(tmp_path):
    _, found = brief(Request("JPN", "no-shock", members=20, cover_members=4), tmp_path / "jpn")
    headline = compose(found).headlines[4]
    assert found.figures[headline.number.figure].value is None
    assert printed(headline.number, found.figures).value == "nothing at stake"


def test_influences_and_missed_facts_are_told_in_words(written):
    """No label of a product, process, observation or economy stands in the two tables."""
    _, found = written
    tables = {part.name: part for part in _parts(found) if getattr(part, "name", "") in ("influence", "missed")}
    cells = [row[key] for name, key in (("influence", "label"), ("missed", "observation")) for row in tables[name].rows]
    codes = {label for label in found.names if re.fullmatch("[A-Z]{3}[0-9]*", label)}
    assert len(cells) > 20
    for cell in cells:
        assert "_" not in cell and not codes & set(re.findall(r"[A-Z]{3}[0-9]*", cell)), cell
        assert not re.search(r"\b(oxide|metal) [a-z]{1,2}\b", cell), cell
    assert any("oxide from" in cell for cell in cells)
    missed = [printed(row["published"], found.figures).value for row in tables["missed"].rows]
    assert "unknown" not in missed
    labels = [figure.label for name, figure in found.figures.items() if name.startswith("cell:trade|")]
    assert labels and not [
        label for label in labels if "_" in label or codes & set(re.findall(r"[A-Z]{3}[0-9]*", label))
    ]


def _parts(found):
    return [part for section in compose(found).sections for part in section.parts]
