"""Draw the first pages of a brief as the pictures the docs show: ``python docs/pictures.py out/FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

PAGES, DOTS = 5, 96


def main(folder: Path) -> None:
    """Write ``docs/images/brief-page-N.png`` from the brief's PDF, in the few shades a page needs."""
    import pymupdf

    images = Path(__file__).parent / "images"
    images.mkdir(exist_ok=True)
    with pymupdf.open(folder / "brief.pdf") as document:
        for number in range(min(PAGES, len(document))):
            document[number].get_pixmap(dpi=DOTS).save(images / f"brief-page-{number + 1}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
