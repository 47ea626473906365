"""One file per producer: its published layout in, facts out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from lodestone.errors import FactError

if TYPE_CHECKING:
    from lodestone.facts.trade_nouns import FigureLayout, Layout

LAYOUTS = {
    "baci": "CEPII BACI, yearly: flow files with country_codes and product_codes of the release",
    "comtrade": "UN Comtrade, yearly or monthly: CSV of the portal or JSON of the API",
    "comext": "Eurostat Comext: bulk full_v2_YYYYMM.dat, or SDMX-CSV of DS-045409",
    "japan": "Trade Statistics of Japan, monthly: e-Stat CSV with a country_codes.csv",
    "china": "Chinese customs, monthly: CSV of the query platform named import-... or export-..., with a country_codes.csv",
    "census": "US Census Bureau, monthly: JSON of the API, imports/hs or exports/hs",
    "usgs": "USGS Mineral Commodity Summaries, world table of the data release: figures, not flows",
    "wmd": "World Mining Data (Federal Ministry of Finance of Austria), table 6.4: workbook by minerals; figures, not flows",
    "iea": "IEA Critical Minerals Data Explorer: workbook of demand and supply; figures, not flows",
    "sdmx": "SDMX-CSV or SDMX-ML of any agency, with an sdmx_mapping.yaml of yours that names the dimensions",
    "excel": "an Excel workbook of your own in the plain layout, wherever the table begins",
    "plain": "a CSV of your own: year, importer, exporter, product, value, quantity",
}


def layout_of(kind: str) -> Layout | FigureLayout:
    """The layout of a kind of trade table.

    Raises
    ------
    FactError
        If there is none of that name.

    Examples
    --------
    >>> layout_of("baci").producer
    'CEPII'
    """
    if kind not in LAYOUTS:
        raise FactError(f"'{kind[:40]}' is no kind of table. Known: {', '.join(LAYOUTS)}.")
    layout: Layout | FigureLayout = import_module(f"lodestone.facts.readers.{kind.replace('-', '_')}").LAYOUT
    return layout
