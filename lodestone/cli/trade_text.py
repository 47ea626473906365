"""What the terminal says of trade tables: the report of an ingest, an importer's suppliers, a ranking."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lodestone.exposure.trade_nouns import TradeExposure, TradeRanking
    from lodestone.facts.trade_nouns import IngestReport, Partition

SHOWN_ROWS = 5
MOST_OUTLIERS = 5


def report_as_text(report: IngestReport) -> str:
    """The report of an ingest as lines."""
    done = "stored" if report.stored else "read; nothing stored"
    years = f"{report.years[0]} to {report.years[-1]}" if len(report.years) > 1 else "".join(map(str, report.years))
    lines = [
        f"{report.producer} {report.edition} {report.nomenclature}, {years}: {done}.",
        f"  {report.rows_read:>12,} rows read",
        f"  {report.rows_kept:>12,} kept, as {report.flows:,} flows; values in {report.value_unit}, "
        f"quantities in {report.quantity_unit}",
        f"  {report.no_quantity:>12,} of them without a weight, {report.no_value:,} without a value",
    ]
    for one in report.left_out:
        lines.append(f"  {one.rows:>12,} set aside: {one.text} ({one.reason})")
        lines += [f"{'':>16}{file}:{line}  {detail}".rstrip() for file, line, detail in one.first[:SHOWN_ROWS]]
    for year, gap in report.mirror.items():
        value = 100 * (gap.value_of_importers / gap.value_of_exporters - 1) if gap.value_of_exporters else math.nan
        lines.append(
            f"  {year}: {gap.flows:,} flows told by both sides; importers say {gap.value_of_importers:,.0f}, "
            f"exporters {gap.value_of_exporters:,.0f} {report.value_unit} ({value:+.1f} %)"
        )
    if not report.mirror:
        lines.append("  No flow is told by both sides in these files, so there is no mirror gap to show.")
    for change in report.changes:
        lines.append(
            f"  {change.year} against {change.edition_before}: {change.flows_added:,} flows added, "
            f"{change.flows_removed:,} gone, {change.flows_changed:,} changed; {change.value_before:,.0f} to "
            f"{change.value_after:,.0f} {report.value_unit}; {change.headlines_moved:,} of {change.headlines:,} headlines move"
        )
        for one in change.largest[:SHOWN_ROWS]:
            lines.append(
                f"{'':>16}{one.importer} {one.product}: {one.top_supplier_before} {one.top_share_before:.0%}, index "
                f"{one.hhi_before:.2f}, becomes {one.top_supplier_after} {one.top_share_after:.0%}, {one.hhi_after:.2f}"
            )
    return "\n".join(lines)


def report_as_json(report: IngestReport) -> dict[str, Any]:
    """The report of an ingest for machines."""
    return dataclasses.asdict(report)


def exposure_as_text(found: TradeExposure, everything: bool) -> str:
    """One importer and product as lines."""
    unit = found.source.value_unit
    weight = f"{found.quantity:,.1f} t" if found.quantity is not None else "weight not known throughout"
    index = (
        f"{found.hhi_low:.3f}" if found.hhi_low == found.hhi_high else f"{found.hhi_low:.3f} to {found.hhi_high:.3f}"
    )
    dependence = found.supplier_dependence
    lines = [
        f"{found.importer} buys {found.product} in {found.year}: {found.value:,.0f} {unit}, {weight}.",
        f"  Largest supplier {found.top_supplier} with {100 * found.top_share:.1f} % by value; "
        f"Herfindahl-Hirschman index {index} by value"
        + (f", {found.hhi_by_quantity:.3f} by weight." if found.hhi_by_quantity is not None else "."),
        "  Supplier dependence: not in this table."
        if dependence is None
        else f"  Supplier dependence {_figure(dependence)}: its imports from {found.top_supplier} over all that others "
        "export elsewhere.",
        "",
        f"  {'':<6}{'value':>14}{'t':>14}{'share':>9}{'by weight':>11}{'per kg':>11}{'mirror gap':>12}{'re-export':>11}",
    ]
    rows = found.suppliers if everything else found.suppliers.head(10)
    for row in rows.to_dict("records"):
        lines.append(
            f"  {row['exporter']:<6}{row['value']:>14,.1f}{_cell(row['quantity'], ',.1f'):>14}"
            f"{_cell(row['value_share'], '.1%'):>9}{_cell(row['quantity_share'], '.1%'):>11}"
            f"{_cell(row['unit_value'], ',.2f'):>11}{_cell(row['mirror_gap'], '+.1%'):>12}"
            f"{_cell(row['re_export_suspicion'], '.0%'):>11}"
        )
    if len(rows) < len(found.suppliers):
        lines.append(f"  and {len(found.suppliers) - len(rows)} more (--all)")
    for row in found.outliers.head(None if everything else MOST_OUTLIERS).to_dict("records"):
        lines.append(
            f"  Odd unit value: {row['exporter']} {row['product']} at {row['unit_value']:,.2f} a kg where the middle is "
            f"{row['median_unit_value']:,.2f} (score {row['unit_value_score']:+.1f})"
        )
    for one in found.contained:
        lines.append(
            f"  Contained {one.element}: {one.central:,.3g} t, between {one.low:,.3g} and {one.high:,.3g} ({one.source})"
        )
    return "\n".join([*lines, "", *_foot(found.remarks, found.source)])


def exposure_as_json(found: TradeExposure) -> dict[str, Any]:
    """One importer and product for machines."""
    document = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    document["suppliers"], document["outliers"] = _records(found.suppliers), _records(found.outliers)
    document["source"] = _source(found.source)
    document["contained"] = [dataclasses.asdict(one) for one in found.contained]
    return {key: _plain(value) for key, value in document.items()}


def ranking_as_text(found: TradeRanking, rows: int) -> str:
    """A ranking as lines."""
    shown = found.table.head(rows)
    lines = [
        f"{found.importer}, {found.year}: {found.products:,} products bought, {found.left_below:,} of them too small to "
        f"show; {len(shown)} of {len(found.table):,} below.",
        f"  {'product':<11}{'value':>14}{'top':>6}{'share':>8}{'HHI':>7}{'dependence':>12}{'re-export':>11}"
        f"{f'share {found.first_year}':>12}{'years led':>11}",
    ]
    for row in shown.to_dict("records"):
        led = f"{row['years_led']:.0f} of {row['years']:.0f}"
        lines.append(
            f"  {row['product']:<11}{row['value']:>14,.0f}{row['top_supplier']:>6}{_cell(row['top_share'], '.1%'):>8}"
            f"{row['herfindahl_hirschman_index']:>7.3f}{_figure(row['supplier_dependence']):>12}"
            f"{_cell(row['re_export_suspicion'], '.0%'):>11}{_cell(row['first_year_share'], '.0%'):>12}"
            f"{led:>11}"
        )
    return "\n".join([*lines, "", *_foot(found.remarks, found.source)])


def ranking_as_json(found: TradeRanking) -> dict[str, Any]:
    """A ranking for machines."""
    document = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return {**document, "table": _records(found.table), "source": _source(found.source)}


def _foot(remarks: Iterable[str], source: Partition) -> list[str]:
    told = f"{source.producer}, {source.title}, {source.edition} {source.nomenclature}"
    return [*remarks, f"Source: {told}; known from {source.known_from}; {source.checksum[:19]}."]


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else "none left" if math.isinf(value) else f"{value:.3g}"


def _cell(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def _records(table: Any) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    """A figure JSON can hold: what is not known, and what nothing can replace, is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _source(source: Partition) -> dict[str, Any]:
    return {**dataclasses.asdict(source), "known_from": str(source.known_from), "read": str(source.read)}
