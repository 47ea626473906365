"""Shares beside published ones: what is counted, what moves with the prior, what the facts allow."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.explain import Explainer
from lodestone.baseline.make import make_baseline
from lodestone.baseline.prior import PRIORS
from lodestone.errors import FactError
from lodestone.evidence.baseline_published import as_data, published_shares, share_lines
from lodestone.evidence.bound_figures import bound_figures
from lodestone.exposure.bounds import bounding, import_bounds, output_bounds
from lodestone.exposure.imports import import_share
from lodestone.exposure.outputs import output_share
from lodestone.record.figure import Figure
from lodestone.report.words import confidence_of
from tests.baseline.small_material import HERE, MATERIAL, THERE, YEAR, SmallMaterial

TABLE = """\
label,counts,country,economy,elements,stages,facts,note
made,output,AAA,,Nd,magnet,{fact},one year before
oxides,imports,AAA,BBB,*,separation;metal,,
first,first,AAA,BBB,Nd,magnet,,
through,touches,AAA,BBB,Nd,magnet,,
"""


@contextmanager
def silent(_what: str, _total: int):
    yield lambda _done, _all: None


@pytest.fixture
def small(tmp_path: Path) -> SmallMaterial:
    made = SmallMaterial(tmp_path)
    made.magnets("a", 15.0)
    made.magnets("all", 20.0, origin="*", partner="WLD")
    fact = made.fact("stage_share", "magnets", 80.0, unit="%")
    made.tables["published"] = TABLE.format(fact=fact)
    return made


def made_of(small: SmallMaterial):
    facts = small.known()
    return make_baseline(small.folder, MATERIAL, YEAR, facts, draws=2), facts


def test_each_row_has_ours_the_other_prior_and_its_bounds(small):
    baseline, facts = made_of(small)
    made, oxides, first, through = published_shares(small.folder, baseline, facts, silent)
    one, other = (baseline.networks[version] for version in PRIORS)
    assert made.published == (0.8,) and made.facts and oxides.published == ()
    assert made.ours == pytest.approx(output_share(one, None, HERE, ["Nd"], "magnet")[0])
    assert made.other == pytest.approx(output_share(other, None, HERE, ["Nd"], "magnet")[0])
    assert oxides.ours == pytest.approx(
        import_share(one, None, THERE, HERE, ["Nd", "Dy"], ["separation", "metal"]).share[0]
    )
    assert (first.lowest, first.highest) == (pytest.approx(0.75, abs=2e-3), pytest.approx(0.75, abs=2e-3))
    assert (through.lowest, through.highest, through.low) == (None, None, None)
    assert through.ours >= first.ours - 1e-9
    assert as_data((made,))[0]["moved"] == pytest.approx(made.other - made.ours)
    lines = share_lines((made, through))
    assert "80" in lines[1] and "none" in lines[2] and "not bounded" in lines[2]


def test_output_shares_of_all_economies_add_to_one_in_every_draw(small):
    baseline, _ = made_of(small)
    network = baseline.networks[PRIORS[0]]
    shares = [output_share(network, baseline.draws, place, ["Nd", "Dy"], "separation") for place in (HERE, THERE)]
    assert shares[0].shape == (3,)
    assert np.allclose(sum(shares), 1.0)


def test_a_row_that_names_no_fact_is_refused_with_its_line(small):
    small.tables["published"] = TABLE.format(fact="one/none/7")
    baseline, facts = made_of(small)
    with pytest.raises(FactError, match="toy/published.csv:2: no fact 'one/none/7'"):
        published_shares(small.folder, baseline, facts, silent)


def test_a_material_without_the_table_is_told_where_to_put_it(small):
    del small.tables["published"]
    baseline, facts = made_of(small)
    with pytest.raises(FactError, match="has no published.csv"):
        published_shares(small.folder, baseline, facts, silent)


def test_bound_figures_lead_to_the_facts_that_hold_them(small):
    from lodestone.baseline.build import reconcile_once

    baseline, _ = made_of(small)
    base = small.gather()
    asked = bounding(base, reconcile_once(base, PRIORS[0]))
    explainer = Explainer(base, baseline, PRIORS[0])
    share = Figure("run:x", "result", "share of x", 0.7, None, None, "fraction", "a share", source="this run")
    held = bound_figures(
        asked, explainer, share, import_bounds(asked, THERE, HERE, ["Nd", "Dy"], ["magnet"], home=True)
    )
    assert set(held) > {"run:x.lowest", "run:x.highest"}
    assert len(held["run:x.lowest"].origin) == 3
    assert set(held["run:x.lowest"].origin) <= set(held)
    free = bound_figures(asked, explainer, share, output_bounds(asked, HERE, ["Nd", "Dy"], "magnet"))
    assert free["run:x.highest"].origin[-1] in free


@pytest.mark.parametrize(("low", "high", "word"), [(0.60, 0.95, "assumed"), (0.70, 0.95, "high")])
def test_bounds_wider_than_thirty_points_say_assumed(low, high, word):
    def figure(value: float) -> Figure:
        return Figure("run:x", "result", "x", value, 0.79, 0.81, "fraction", "", source="this run")

    none = pd.DataFrame(columns=["headline", "kind", "share"])
    assert confidence_of(figure(0.8), none, "run:x", (figure(low), figure(high))) == word
