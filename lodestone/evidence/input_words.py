"""The inputs of a run in words, and what each driver of a result rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lodestone.evidence.drivers import Drivers
from lodestone.evidence.setting import Setting
from lodestone.simulate.luck import NETWORK

CODE = re.compile(r"[\d_]")  # in a label that no reader knows; years are no label
SHARE = "impact.share"  # drawn for each sector
REACH = ("certain", "uncertain")  # parts a control is split into by whom it reaches


def driver_table(setting: Setting, drivers: Drivers, fact_share: float, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the drivers' chart: input, share, conf (of the whole bar), kind.

    A driver that is the network itself is a fact only as far as facts carry the network's variance; the
    rest of it is prior, in a row of its own.

    Parameters
    ----------
    drivers : Drivers
    fact_share : float
        Share of the variance of the network's shares that rests on facts. [fraction]
    names : words by label
    """
    words = pd.read_csv(setting.folder / "labels" / "inputs.csv").set_index("label")["name"].to_dict()
    rows = []
    for name, share, conf in zip(drivers.names, drivers.share, drivers.conf, strict=True):
        told = worded_input(name, setting.assumptions, words, names)
        parts = (("fact", fact_share), ("prior", 1.0 - fact_share)) if name == NETWORK else (("assumption", 1.0),)
        rows += [(told, float(share) * part, float(conf), kind) for kind, part in parts]
    return pd.DataFrame(rows, columns=["input", "share", "conf", "kind"])


def worded_input(
    name: str, assumptions: Mapping[str, Any], words: Mapping[str, str], names: Mapping[str, str]
) -> str:  # fmt: skip
    """An input in the words of the assumption table or of ``labels/inputs.csv``, with the measure it belongs to.

    >>> table = {"blocked.share": "Share blocked", "uncertain": "firms that possibly fall under it"}
    >>> worded_input("XX-1:blocked:share", {}, table, {}), worded_input("XX-1:uncertain:blocked:share", {}, table, {})
    ('Share blocked (XX-1)', 'Share blocked, firms that possibly fall under it (XX-1)')
    """
    first, _, rest = name.partition(":")
    if first == SHARE:
        return f"Share of its industry that {_plain(rest, names)} are taken to be"
    if (row := assumptions.get(name)) is not None:
        return str(row.name)
    if f"{first}.{rest.partition(' ')[0]}" in words:  # a user's own figure
        return f"{words[f'{first}.{rest.partition(chr(32))[0]}']}: {worded(rest.partition(' ')[2], names)}"
    if first in words:
        return f"{words[first]}: {_plain(rest, names)}" if rest else words[first]
    parts = [part for part in rest.split(":") if not part.isdigit()]
    reach = [words[part] for part in parts if part in REACH and part in words]
    later = [f"terms {part}" for part in rest.split(":") if part.isdigit()]
    key = ".".join(part for part in parts if part not in REACH)
    row = assumptions.get(key)
    known = row.name if row is not None else words.get(key)
    if known is None:
        return _plain(name.replace(":", ", "), names)
    return f"{', '.join([str(known), *reach])} ({', '.join([first, *later])})"


def worded_cell(name: str, names: Mapping[str, str]) -> str:
    """A cell of the network in the words of the label tables; a label without a row stands without its underscores.

    Parameters
    ----------
    name : str
        Its id: ``cell:trade|PRODUCT|ORIGIN|DESTINATION``, ``cell:use|SECTOR|ECONOMY|PRODUCT``, ``cell:stock|...`` or
        ``cell:activity|PROCESS@ECONOMY``.
    names : words by label of products, sectors, elements and economies

    Examples
    --------
    >>> names = {"ALB": "Alba", "BOR": "the Isles", "oxide_x": "x oxide", "wind": "Wind power", "Xx": "xenium"}
    >>> worded_cell("cell:trade|oxide_x|ALB|BOR", names), worded_cell("cell:use|wind|BOR|oxide_x", names)
    ('x oxide from Alba to the Isles', 'x oxide used by wind power in the Isles')
    >>> worded_cell("cell:activity|reduce_xx@ALB", names)
    'reduce xenium in Alba'
    """
    kind, *labels = name.removeprefix("cell:").split("|")
    if kind == "activity":
        process, _, place = labels[0].partition("@")
        named = {label.lower(): word for label, word in names.items()}
        return f"{' '.join(named.get(part, part) for part in process.split('_'))} in {_plain(place, names)}"
    text = [names.get(label) or label.replace("_", " ") for label in labels]
    if kind == "trade":
        return f"{text[0]} from {text[1]} to {text[2]}"
    if kind == "use":
        return f"{text[2] if len(text) > 2 else 'inputs'} used by {text[0].lower()} in {text[1]}"
    if kind == "stock":
        return f"{text[0]} piled up in {text[1]}"
    return _plain(text[0].replace("@", " in "), names)


def worded_fact(label: str, names: Mapping[str, str]) -> str:
    """The label of a fact's figure with its codes, those of customs among them, in words.

    >>> worded_fact("trade_quantity, 99, ALB to BOR, 2024", {"ALB": "Alba", "BOR": "the Isles", "99": "parts"})
    'trade quantity, parts, Alba to the Isles, 2024'
    """
    parts = [names.get(part, part) if CODE.search(part) else part for part in label.split(", ")]
    return _plain(", ".join(parts), names)


def worded(text: str, names: Mapping[str, str]) -> str:
    """Running text with labels in capitals, such as those of economies and sites, in words.

    >>> worded("oxide from ALB to BO24; no label of ours: XYZ", {"ALB": "Alba", "BO24": "Borduria"})
    'oxide from Alba to Borduria; no label of ours: XYZ'
    """
    return re.sub(r"\b[A-Z][A-Z0-9-]{2,}\b", lambda hit: names.get(hit.group(), hit.group()), text)


def _plain(label: str, names: Mapping[str, str]) -> str:
    return worded(label.replace("_", " "), names)
