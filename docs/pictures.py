"""Draw the first pages of a brief as the pictures the docs show: ``python docs/pictures.py out/FOLDER [NAME PAGES]``."""

from __future__ import annotations

import sys
from pathlib import Path

PAGES, DOTS = 5, 96


def main(folder: Path, name: str = "brief", pages: int = PAGES) -> None:
    """Write ``docs/images/NAME-page-N.png`` from the brief's PDF, in the few shades a page needs."""
    import pymupdf

    images = Path(__file__).parent / "images"
    images.mkdir(exist_ok=True)
    with pymupdf.open(folder / "brief.pdf") as document:
        for number in range(min(pages, len(document))):
            document[number].get_pixmap(dpi=DOTS).save(images / f"{name}-page-{number + 1}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3], *map(int, sys.argv[3:4]))
