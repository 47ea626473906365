"""The writers on a made-up brief: linked, offline, repeatable, and refusing a number without an origin."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest

from lodestone.errors import FigureError
from lodestone.facts.catalogues import read_measures
from lodestone.report.check import naked_digits, printed_figures
from lodestone.report.draw import svg
from lodestone.report.nouns import Chart, Number, Paragraph, Section, Table
from lodestone.report.pdf import _widths
from lodestone.report.write import write_brief
from tests.report.sample import sample_brief


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brief")
    write_brief(sample_brief(), folder)
    return folder


@pytest.mark.parametrize(
    "chart", [p for p in sample_brief().sections[0].parts if isinstance(p, Chart)], ids=lambda c: c.kind
)
def test_each_chart_draws_with_its_alternative_text(chart):
    drawn = svg(chart)
    assert f"<title>{chart.alternative}</title>" in drawn
    assert len(drawn) > 2000


def test_what_is_pointed_at_says_what_it_is():
    drawn = svg(next(p for p in sample_brief().sections[0].parts if getattr(p, "kind", "") == "plan_frontier"))
    assert "<title>no plan</title></path>" in drawn
    assert "<title>9 &lt; 10 &amp; so</title></path>" in drawn


def test_the_page_asks_for_nothing_outside_itself(written):
    page = (written / "brief.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)[^"']*""", page)
    assert "@import" not in page
    assert "<script" not in page


def test_every_number_links_to_its_origin(written):
    page = (written / "brief.html").read_text(encoding="utf-8")
    wanted = set(re.findall(r'href="#(fig-[^"]+)"', page))
    there = set(re.findall(r'id="(fig-[^"]+)"', page))
    assert wanted
    assert wanted <= there


def test_the_one_page_version_is_one_page(written):
    pymupdf = pytest.importorskip("pymupdf")
    assert len(pymupdf.open(written / "one-page.pdf")) == 1
    assert len(pymupdf.open(written / "brief.pdf")) >= 2


def test_a_bold_heading_has_room_for_its_words():
    columns = (("site", "Site"), ("start", "Announced start"), ("status", "Status"))
    start, status = _widths(Table("sites", "", columns, ({"site": "a", "start": "2025-07", "status": "operating"},)))[
        1:
    ]
    assert start == "1.20fr" and status == "1.00fr"


def test_a_long_first_column_is_broken_and_leaves_the_others_their_room():
    columns = (("site", "Site"), ("weeks", "Survives"))
    short, long = ({"site": "Narva, all", "weeks": "4 weeks"},), ({"site": "Narva, " * 20, "weeks": "4 weeks"},)
    assert _widths(Table("sites", "Sites.", columns, short))[0] == "auto"
    assert _widths(Table("sites", "Sites.", columns, long))[0].endswith("fr")


def test_the_workbook_holds_values_beside_ids(written):
    from openpyxl import load_workbook

    book = load_workbook(written / "tables.xlsx")
    assert [c.value for c in book["stakes"][2]] == ["wind", 3.2, 1, 6, "run:ALB.money"]
    assert "figures" in book.sheetnames


def test_the_summary_prints_what_the_page_prints(written):
    told = json.loads((written / "summary.json").read_text(encoding="utf-8"))
    page = (written / "brief.html").read_text(encoding="utf-8")
    assert told["headlines"][0]["printed"].split("\xa0")[0] in page
    assert {f["id"] for f in told["figures"]} >= set(printed_figures(sample_brief()))


def test_the_same_brief_gives_the_same_bytes(tmp_path):
    digests = []
    for name in ("one", "two"):
        write_brief(sample_brief(), tmp_path / name)
        digests.append(
            {
                path.relative_to(tmp_path / name).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((tmp_path / name).rglob("*"))
                if path.is_file()
            }
        )
    assert digests[0] == digests[1]


def test_a_number_without_an_origin_is_refused_and_nothing_is_written(tmp_path):
    brief = sample_brief()
    figures = {**brief.figures, "run:ALB.share": replace(brief.figures["run:ALB.share"], origin=())}
    with pytest.raises(FigureError, match="neither the figures it came from nor a source"):
        write_brief(replace(brief, figures=figures), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_digits_in_running_text_are_refused(tmp_path):
    brief = sample_brief()
    loose = Section("loose", "Loose", (Paragraph(("about 63 % of supply", Number("run:ALB.share"))),))
    with pytest.raises(FigureError, match="digits outside a Number"):
        write_brief(replace(brief, sections=(*brief.sections, loose)), tmp_path / "out")


def test_every_legal_reference_of_the_catalogue_may_stand_in_a_sentence():
    references = read_measures()["legal_reference"]
    assert len(references) > 100
    assert {text: naked_digits(text) for text in references if naked_digits(text)} == {}
