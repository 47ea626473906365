"""``lodestone round``: clear a round of joint buying, and check a published one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import AsJson

if TYPE_CHECKING:
    from lodestone.coordinate.round_nouns import Clearing

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
FILE = "round.json"
LARGEST_DOCUMENT = 50_000_000
SAY = "Matched is not contracted: nothing here is delivered until buyer and supplier have signed."


@app.callback()
def root() -> None:
    """Clear a round of joint buying, and check a published one."""


@app.command("clear")
def clear_round(
    bids: Annotated[Path, typer.Argument(help="CSV: member, product, quantity, highest_price, window, priority.")],
    offers: Annotated[
        Path, typer.Argument(help="CSV: supplier, product, quantity, lowest_price, lot, origin, certificates.")
    ],
    rules: Annotated[str, typer.Option(help="YAML or JSON with the rules of the round.")] = "",
    out: Annotated[str, typer.Option(help=f"Folder to write {FILE} into, to be published.")] = "",
    as_json: AsJson = False,
) -> None:
    """Award demands and offers for the largest surplus under the rules; all faults of the files together."""
    import json

    from lodestone.coordinate.round_clear import clear
    from lodestone.coordinate.round_publish import published
    from lodestone.coordinate.round_read import Known, read_round
    from lodestone.errors import GameError
    from lodestone.facts.place import data_folder
    from lodestone.labels import load_labels

    labels = data_folder() / "labels"
    known = Known(*(load_labels(labels, table).index.tolist() for table in ("economies", "certificates")))
    found = clear(*read_round(bids, offers, Path(rules) if rules else None, known))
    document = published(found)
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False)
    if out:
        try:
            Path(out).mkdir(parents=True, exist_ok=True)
            (Path(out) / FILE).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise GameError(f"cannot write {FILE} into {out}: {error.strerror}. Name a folder.") from error
    typer.echo(text if as_json else as_text(found, document))


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help=f"The published {FILE}.")],
    digest: Annotated[str, typer.Option(help="Digest of all parts, as made known elsewhere.")] = "",
    as_json: AsJson = False,
) -> None:
    """Work a published round out again by plain arithmetic; exit code 1 if it is rejected."""
    import json
    from dataclasses import asdict
    from math import isfinite

    from lodestone.coordinate.round_check import check_round

    found = check_round(_document(file), digest)
    if as_json:
        plain = {k: v if not isinstance(v, float) or isfinite(v) else None for k, v in asdict(found).items()}
        typer.echo(json.dumps({"accepted": not found.faults, **plain}, indent=1))
    elif found.faults:
        typer.echo("\n".join([f"REJECTED, {len(found.faults)} faults:", *(f"  {fault}." for fault in found.faults)]))
    else:
        typer.echo(
            f"Accepted. Surplus {found.surplus:,.2f}; by the certificate no clearing has more than {found.certified_bound:,.2f} "
            f"({found.certified_gap:.2%} above).\nDigest {found.digest}"
        )
    if found.faults:
        raise typer.Exit(1)


def _document(file: Path) -> Any:
    import json

    from lodestone.errors import GameError
    from lodestone.facts.documents import read_text

    try:
        return json.loads(read_text(file, LARGEST_DOCUMENT))
    except (ValueError, RecursionError) as error:
        raise GameError(f"{file}: not valid JSON ({error}). Give the file that round clear wrote.") from error


def as_text(found: Clearing, document: dict[str, Any]) -> str:
    """A cleared round as lines for a terminal."""
    tonnes = {bid.bid: 0.0 for bid in found.bids}
    for award in found.awards:
        tonnes[award.bid] += award.quantity
    asked = sum(bid.quantity for bid in found.bids)
    certified = found.certificate["bound"]
    lines = [
        found.rules.title or "A round of joint buying",
        f"{len(found.bids)} bids for {asked:,.6g} t, {len(found.offers)} offers of {sum(o.quantity for o in found.offers):,.6g} t: "
        f"{sum(tonnes.values()):,.6g} t awarded.",
        f"Surplus {found.surplus:,.2f} {found.rules.currency}; no clearing has more than {found.bound:,.2f} (gap {found.gap:.3%}); "
        f"by the certificate, than {certified:,.2f}." + ("" if found.optimal else " The time limit was reached."),
        "",
        *(f"price of {product}: {price:,.6g}" for product, price in found.prices.items()),
        "",
        f"{'bid':<16}{'offer':<16}{'t':>12}{'price':>12}",
        *(f"{a.bid:<16}{a.offer:<16}{a.quantity:>12,.6g}{a.price:>12,.6g}" for a in found.awards),
    ]
    if found.losers:
        lines += ["", "Without an award, and the nearest price that would have won:"]
    for loser in found.losers:
        price = "none" if loser.nearest_price is None else f"{loser.nearest_price:,.6g}"
        why = loser.reason + (f": {loser.cause}" if loser.cause else "")
        lines.append(f"{loser.side:<6}{loser.name:<16}{price:>12}  {why} ({loser.by})")
    if found.paradoxically_rejected:
        lines += ["", f"Rejected at a price that was good enough: {', '.join(found.paradoxically_rejected)}."]
    return "\n".join([*lines, "", f"Digest {document['digests']['all']}", SAY])
