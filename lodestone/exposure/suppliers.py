"""A firm's own list of suppliers against a baseline: who they stand for, and how far they pass through a country.

All of it is worked out here; nothing is sent, kept or logged. The answer names a supplier by its line in the list, and tells
sites by their number, unless names are asked for. Faults name line and column and never repeat what stands in a cell, so that a
name in the wrong column stays in the file.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.errors import Fault, Faults
from lodestone.exposure.look_through import never_touching
from lodestone.exposure.stack import Stack
from lodestone.exposure.stage_balance import dominant_country, headline_stage
from lodestone.facts.catalogues import read_facilities
from lodestone.facts.trade_partners import Partners, name_key
from lodestone.facts.user_table import read_user_text
from lodestone.labels import check_labels

COLUMNS = ("supplier", "economy", "product", "share")
REQUIRED = COLUMNS[:3]
CODE = re.compile(r"\d{4,12}\Z")
SHARE = re.compile(r"(\d+\.?\d*|\.\d+)\Z")
LIKE = 0.88  # of two names: what tells apart spellings of one firm from two firms with a word in common
FORMS = "ag bhd co company corp corporation gmbh group holdings inc kg kk limited llc ltd plc pty sa sdn spa"
LEGAL_FORMS = frozenset(FORMS.split())
LEAST_LETTERS = 4
OTHER_PRODUCT, NOT_MADE = "product not in the network", "the economy makes none of it in the baseline"


@dataclass(frozen=True)
class SupplierList:
    """Lines of a list: line, supplier, economy (ISO 3166 alpha-3), product, share [fraction, NaN where not given]."""

    file: str
    lines: pd.DataFrame


@dataclass(frozen=True)
class SupplierExposure:
    """A list looked through.

    ``lines``: line, economy, place (the economy's label in the baseline), product, share, products (of the network),
    touches_low and touches_high (least and most over elements of the share passing through the country; NaN where set
    aside), sites (number of known sites with a like name in the economy), set_aside; with names also supplier and site_names.
    ``products``: product, share (given for it), covered (share with a known way), touches_low, touches_high (share of all
    that is given for the product and passes through the country).
    """

    country: str
    material: str
    lines: pd.DataFrame
    products: pd.DataFrame


def read_supplier_list(path: Path, partners: Partners) -> SupplierList:
    """The lines of a CSV: supplier, economy, product and, if wanted, share.

    Parameters
    ----------
    path : Path
        UTF-8, commas. ``economy`` as ISO 3166, a number of the United Nations or a name; ``product`` a customs code of four
        digits or more, or a product of the network; ``share`` of the product's purchases. [fraction]
    partners : Partners

    Returns
    -------
    SupplierList

    Raises
    ------
    Faults
        Everything wrong together, by line and column, without the cells' text.
    """
    file = path.name
    reader = csv.reader(io.StringIO(read_user_text(path), newline=""), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise Faults([Fault(file, reader.line_num, None, "is no CSV", "Check the quotes.")]) from None
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if not set(REQUIRED) <= set(header) or len(set(header)) != len(header) or set(header) - set(COLUMNS):
        step = f"Columns: {', '.join(REQUIRED)}, [share], each once, separated by commas."
        raise Faults([Fault(file, 1, None, "the header is another", step)])
    faults: list[Fault] = []
    lines = [
        _line(file, line, header, cells, partners, faults)
        for line, cells in rows[1:]
        if any(cell.strip() for cell in cells)
    ]
    table = pd.DataFrame(lines, columns=["line", *COLUMNS])
    if table.empty:
        faults.append(Fault(file, 1, None, "no row below the header", "Add rows."))
    if not faults:
        for product, sum_ in table.groupby("product")["share"].sum().items():
            if sum_ > 1.0 + 1e-6:
                line = int(table.loc[table["product"] == product, "line"].iloc[-1])
                faults.append(
                    Fault(file, line, "share", f"shares of its product make {sum_:g}", "They make 1 at most.")
                )
    if faults:
        raise Faults(faults)
    return SupplierList(file, table)


def _line(
    file: str, line: int, header: list[str], cells: list[str], partners: Partners, faults: list[Fault]
) -> tuple[int, str, str, str, float]:
    if len(cells) != len(header):
        faults.append(Fault(file, line, None, f"{len(cells)} cells, the header has {len(header)}", "Check the quotes."))
        return line, "", "", "", math.nan
    row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    faults += [Fault(file, line, name, "is empty", "Fill it.") for name in REQUIRED if not row[name]]
    text, economy = row["economy"], ""
    if text:
        found = text if text in partners.kinds else partners.by_iso2.get(text) or partners.by_name.get(name_key(text))
        if found is None and text.isdecimal() and len(text) <= 3:
            found = partners.by_un_code.get(int(text))
        if found is None or partners.is_aggregate(found):
            faults.append(Fault(file, line, "economy", "no economy is known by it", "Write ISO 3166 alpha-3."))
        economy = found or ""
    given = row.get("share", "")
    share = float(given) if SHARE.match(given) else math.nan
    if given and not share <= 1.0:
        faults.append(Fault(file, line, "share", "is no share", "Write a fraction between 0 and 1."))
    return line, row["supplier"], economy, row["product"], share


def supplier_exposure(
    network: Network, folder: Path, suppliers: SupplierList, country: str = "", names: bool = False
) -> SupplierExposure:
    """Match a list to economies, sites and products of a baseline, and look each line through, at the point.

    Parameters
    ----------
    network : Network
    folder : Path
        A data folder: labels of economies and the table of facilities.
    suppliers : SupplierList
    country : str
        Whose hold is asked about; the largest maker of the headline stage if blank.
    names : bool
        Put the suppliers' and sites' names into the answer.

    Returns
    -------
    SupplierExposure
        As many lines as the list has: those without a way through the network say why.

    Raises
    ------
    LabelError
        If the country makes nothing in the baseline.
    """
    country = country or dominant_country(network, headline_stage(network))
    check_labels([country], sorted(set(network.trade["origin"])), "economy")
    stack = Stack(network, None)
    states = stack.builder.states
    places = _places(folder, set(states["economy"]))
    sites = read_facilities(folder)
    lines = suppliers.lines
    matched = [_products(network, product) for product in lines["product"]]
    asked = {(places(economy), tuple(found)) for economy, found in zip(lines["economy"], matched, strict=True) if found}
    touches = _touches(stack, country, asked)
    rows = []
    for row, found in zip(lines.itertuples(), matched, strict=True):
        place = places(str(row.economy))
        low, high = touches.get((place, tuple(found)), (math.nan, math.nan))
        like = [str(s.facility) for s in sites.itertuples() if s.economy == row.economy and _like(str(row.supplier), s)]
        aside = OTHER_PRODUCT if not found else NOT_MADE if math.isnan(low) else ""
        shown = (row.supplier, ";".join(like)) if names else ()
        products = ";".join(found)
        rows.append(
            (row.line, row.economy, place, row.product, row.share, products, low, high, len(like), aside, *shown)
        )
    head = [
        "line",
        "economy",
        "place",
        "product",
        "share",
        "products",
        "touches_low",
        "touches_high",
        "sites",
        "set_aside",
    ]
    table = pd.DataFrame(rows, columns=head + (["supplier", "site_names"] if names else []))
    return SupplierExposure(country, network.material, table, _by_product(table))


@dataclass(frozen=True)
class _Places:
    """What an economy is called in a baseline: itself, the group it is in, or the rest of the world."""

    held: set[str]
    inside: Mapping[str, str]
    rest: str

    def __call__(self, economy: str) -> str:
        return economy if economy in self.held else self.inside.get(economy, self.rest)


def _places(folder: Path, held: set[str]) -> _Places:
    table = pd.read_csv(folder / "labels" / "economies.csv", keep_default_na=False, dtype=str)
    inside = {
        member: str(row.label)
        for row in table[(table["kind"] == "group") & table["label"].isin(held)].itertuples()
        for member in str(row.members).split()
    }
    rest = table.loc[(table["kind"] == "rest") & table["label"].isin(held), "label"]
    return _Places(held, inside, str(rest.iloc[0]) if len(rest) else "")


def _products(network: Network, asked: str) -> list[str]:
    """Products of the network with a label or a customs code; a longer code than the network's finds its six digits."""
    table = network.products
    if not CODE.match(asked):
        return [asked] if asked in set(table["product"]) else []
    codes = [(str(row.product), re.split("[;+]", str(row.hs))) for row in table.itertuples()]
    return [p for p, held in codes if any(c and (c.startswith(asked) or asked.startswith(c)) for c in held)]


def _touches(
    stack: Stack, country: str, asked: set[tuple[str, tuple[str, ...]]]
) -> dict[tuple[str, tuple[str, ...]], tuple[float, float]]:
    """Least and most, over elements, of the share of some products of an economy that passes through a country."""
    states, flows = stack.builder.states, stack.member(0)
    place, product = states["economy"].to_numpy(), states["product"].to_numpy()
    shares: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for element in stack.network.composition["element"].values if asked else ():
        graph = stack.builder.graph(flows, [str(element)])
        avoids = never_touching(graph.intake, place == country)
        for key in asked:
            made = graph.output * ((place == key[0]) & np.isin(product, key[1]))
            if made.sum() > 0:
                shares.setdefault(key, []).append(float(np.clip(1.0 - made / made.sum() @ avoids, 0.0, 1.0)))
    return {key: (min(found), max(found)) for key, found in shares.items()}


def _by_product(lines: pd.DataFrame) -> pd.DataFrame:
    given = lines[lines["share"].notna()]
    known = given["set_aside"] == ""
    parts = pd.DataFrame(
        {
            "product": given["product"],
            "share": given["share"],
            "covered": given["share"].where(known, 0.0),
            "touches_low": (given["share"] * given["touches_low"]).where(known, 0.0),
            "touches_high": (given["share"] * given["touches_high"]).where(known, 0.0),
        }
    )
    return parts.groupby("product", as_index=False).sum()


def _like(supplier: str, site: object) -> bool:
    ours = _words(supplier)
    return any(_same(ours, _words(str(getattr(site, name)))) for name in ("operator", "facility"))


def _same(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two names are of one firm: one holds the other's words, or they are spelt nearly alike.

    >>> _same(_words("Acme Minerals Co., Ltd."), _words("ACME Minerals")), _same(["acme", "tin"], ["apex", "tin"])
    (True, False)
    """
    if not ours or not theirs:
        return False
    fewer, more = sorted((set(ours), set(theirs)), key=len)
    if fewer <= more and max(map(len, fewer)) >= LEAST_LETTERS:
        return True
    return difflib.SequenceMatcher(None, " ".join(ours), " ".join(theirs), autojunk=False).ratio() >= LIKE


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"\w+", name_key(name)) if word not in LEGAL_FORMS]
