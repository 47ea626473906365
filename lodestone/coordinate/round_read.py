"""Reads the bids, offers and rules of a round; every fault of all files together, with its row. Nothing is repaired."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from lodestone.coordinate.round_nouns import PAY_AS_BID, UNIFORM, Bid, Offer, Rules
from lodestone.errors import FactError, Fault, Faults
from lodestone.facts.documents import read_yaml
from lodestone.facts.user_table import Column, read_user_rows

LIST = ";"  # between windows or certificates of one cell
BID_COLUMNS = (
    Column("bid", number=False, required=False),
    Column("member", number=False), Column("product", number=False), Column("quantity"), Column("highest_price"),
    Column("window", number=False), Column("priority", low=1, high=9, required=False, default=1),
    Column("certificates", number=False, required=False),
)  # fmt: skip
OFFER_COLUMNS = (
    Column("offer", number=False, required=False),
    Column("supplier", number=False), Column("product", number=False), Column("quantity"), Column("lowest_price"),
    Column("lot", required=False), Column("origin", number=False),
    Column("certificates", number=False, required=False), Column("window", number=False, required=False),
)  # fmt: skip
SHARES = ("price_position", "certified_share", "origin_ceiling", "access_share", "small_buyer_share")
SIZES = ("small_buyer_tonnes", "largest_quantity", "largest_price", "gap", "time_limit")
TEXTS = ("title", "currency")
LISTS = ("members", "required_certificates")


@dataclass(frozen=True)
class Known:
    """Labels that a round may use: origins, and certificates."""

    origins: Collection[str]
    certificates: Collection[str]


def read_round(
    bids: Path, offers: Path, rules: Path | None, known: Known
) -> tuple[tuple[Bid, ...], tuple[Offer, ...], Rules]:
    """The bids, offers and rules of three files.

    Parameters
    ----------
    bids : Path
        CSV: member, product, quantity, highest_price, window, and if you like bid, priority, certificates, note.
    offers : Path
        CSV: supplier, product, quantity, lowest_price, origin, and if you like offer, lot, certificates, window, note.
    rules : Path or None
        YAML or JSON with the fields of `Rules`.
    known : Known

    Returns
    -------
    tuple of Bid, tuple of Offer, Rules
        Those without a name are called by their row: ``bid-2``.

    Raises
    ------
    Faults
        Everything wrong in the files together.
    """
    faults: list[Fault] = []
    wanted = _rules(rules, known, faults) if rules else Rules()
    asked = _rows(bids, BID_COLUMNS, faults)
    given = _rows(offers, OFFER_COLUMNS, faults)
    held_bids = tuple(_bid(bids, row, wanted, known, faults) for row in asked)
    held_offers = tuple(_offer(offers, row, wanted, known, faults) for row in given)
    _names_once(bids, "bid", [(b.bid, row) for b, row in zip(held_bids, asked, strict=True)], faults)
    _names_once(offers, "offer", [(o.offer, row) for o, row in zip(held_offers, given, strict=True)], faults)
    if faults:
        raise Faults(sorted(faults, key=lambda fault: (fault.file, fault.line or 0)))
    return held_bids, held_offers, wanted


def _rows(path: Path, columns: tuple[Column, ...], faults: list[Fault]) -> list[dict[Any, Any]]:
    try:
        table, found = read_user_rows(path, columns)
    except Faults as stop:
        faults += stop.faults
        return []
    faults += found
    return table.to_dict("records")


def _bid(path: Path, row: Mapping[Any, Any], rules: Rules, known: Known, faults: list[Fault]) -> Bid:
    line = int(row["line"])
    _above_zero(path, line, "quantity", row["quantity"], rules.largest_quantity, faults)
    _price(path, line, "highest_price", row["highest_price"], rules, faults)
    if float(row["priority"]) % 1:
        faults.append(Fault(str(path), line, "priority", f"{row['priority']:g} is no whole number", "Write 1 to 9."))
    return Bid(
        str(row["bid"] or f"bid-{line}"), str(row["member"]), str(row["product"]), float(row["quantity"]),
        float(row["highest_price"]), _list(row["window"]), int(row["priority"] if row["priority"] == row["priority"] else 1),
        _certificates(path, line, row["certificates"], known, faults),
    )  # fmt: skip


def _offer(path: Path, row: Mapping[Any, Any], rules: Rules, known: Known, faults: list[Fault]) -> Offer:
    line, lot = int(row["line"]), 0.0 if row["lot"] != row["lot"] else float(row["lot"])
    _above_zero(path, line, "quantity", row["quantity"], rules.largest_quantity, faults)
    _price(path, line, "lowest_price", row["lowest_price"], rules, faults)
    if lot < 0.0 or lot > float(row["quantity"]):
        what = f"a lot of {lot:g} of {float(row['quantity']):g} offered"
        faults.append(
            Fault(str(path), line, "lot", what, "A lot is the least that is sold: 0 or blank, up to the quantity.")
        )
    origin = str(row["origin"])
    if origin and origin not in known.origins:
        what = f"'{origin[:40]}' is no origin known here"
        faults.append(Fault(str(path), line, "origin", what, "Use a label of data/labels/economies.csv, such as AUS."))
    return Offer(
        str(row["offer"] or f"offer-{line}"), str(row["supplier"]), str(row["product"]), float(row["quantity"]),
        float(row["lowest_price"]), lot, origin, _certificates(path, line, row["certificates"], known, faults),
        _list(row["window"]),
    )  # fmt: skip


def _above_zero(path: Path, line: int, column: str, value: float, most: float, faults: list[Fault]) -> None:
    if value <= 0.0 or value > most:
        what = f"{value:g} is not above 0 and at most {most:g}"
        faults.append(Fault(str(path), line, column, what, f"Check it and its unit; the limit is largest_{column}."))


def _price(path: Path, line: int, column: str, value: float, rules: Rules, faults: list[Fault]) -> None:
    if value < 0.0 or value > rules.largest_price:
        what = f"{value:g} is not 0 to {rules.largest_price:g}"
        faults.append(Fault(str(path), line, column, what, "Check it and its unit; the limit is largest_price."))


def _list(cell: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in str(cell or "").split(LIST) if part.strip()))


def _certificates(path: Path, line: int, cell: object, known: Known, faults: list[Fault]) -> tuple[str, ...]:
    named = _list(cell)
    for name in named:
        if name not in known.certificates:
            what = f"certificate '{name[:40]}' is not known"
            faults.append(Fault(str(path), line, "certificates", what, f"Use one of: {', '.join(known.certificates)}."))
    return named


def _names_once(path: Path, column: str, names: list[tuple[str, dict[Any, Any]]], faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for name, row in names:
        if name in first:
            what = f"'{name[:40]}' stands in row {first[name]} already"
            faults.append(Fault(str(path), int(row["line"]), column, what, "Give each a name of its own."))
        first.setdefault(name, int(row["line"]))


def _rules(path: Path, known: Known, faults: list[Fault]) -> Rules:
    try:
        held = read_yaml(path)
    except FactError as error:
        faults.append(Fault(str(path), None, None, str(error), "Mend the file."))
        return Rules()
    if not isinstance(held, dict):
        faults.append(
            Fault(str(path), None, None, "no mapping of rules", "Write one rule a line, as pricing: uniform.")
        )
        return Rules()
    names = [field.name for field in fields(Rules)]
    taken: dict[str, Any] = {}
    for key, value in held.items():
        if wrong := _rule_fault(key, value, names, known):
            faults.append(Fault(str(path), None, str(key)[:40], *wrong))
        elif isinstance(value, dict):
            taken[key] = {str(k): float(v) for k, v in value.items()}
        else:
            taken[key] = tuple(value) if isinstance(value, list) else float(value) if key in SHARES + SIZES else value
    rules = Rules(**taken)
    if rules.access_share and not rules.members:
        what = "a share is kept for non-members, and no members are named"
        faults.append(Fault(str(path), None, "access_share", what, "List whom the round is for under members."))
    return rules


def _rule_fault(key: object, value: object, names: list[str], known: Known) -> tuple[str, str] | None:
    """What is wrong with a rule, and the next step; None if nothing is."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
    if key not in names:
        return "no such rule", f"Rules: {', '.join(names)}."
    if key == "pricing" and value not in (UNIFORM, PAY_AS_BID):
        return f"'{value}' is no pricing", f"Write {UNIFORM} or {PAY_AS_BID}."
    if key in SHARES and not (number and 0.0 <= float(str(value)) <= 1.0):
        return f"'{value}' is no share", "Write a fraction of 0 to 1."
    if key in SIZES and not (number and 0.0 < float(str(value)) < float("inf")):
        return f"'{value}' is not above 0", "Write a number."
    if key in TEXTS and not isinstance(value, str):
        return f"'{value}' is no text", "Write it in quotes."
    if key in LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return f"'{value}' is no list of names", "Write it as [A, B]."
    allowed = known.certificates
    if key == "required_certificates" and isinstance(value, list) and (odd := [x for x in value if x not in allowed]):
        return f"certificate '{odd[0]}' is not known", f"Use one of: {', '.join(allowed)}."
    if key == "origin_ceilings":
        shares = value if isinstance(value, dict) else {"": None}
        if not all(
            isinstance(x, (int, float)) and not isinstance(x, bool) and 0.0 <= x <= 1.0 for x in shares.values()
        ):
            return f"'{value}' is no table of shares", "Write an origin and a fraction of 0 to 1 a line."
        if odd := [one for one in shares if one not in known.origins]:
            return f"'{odd[0]}' is no origin known here", "Use a label of data/labels/economies.csv."
    return None
