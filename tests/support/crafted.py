"""Every crafted workbook there is, by its name; `python tests/support/crafted.py FOLDER` writes them to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import crafted_cells
import crafted_formats
import crafted_parts
import crafted_places
import crafted_repeats
import crafted_zips

EVERY = (
    *crafted_zips.KINDS,
    *crafted_parts.KINDS,
    *crafted_places.KINDS,
    *crafted_cells.KINDS,
    *crafted_formats.KINDS,
    *crafted_repeats.KINDS,
)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, crafted in enumerate(EVERY):
        (folder / f"{number:03}.xlsx").write_bytes(crafted.make())
        print(f"{number:03} {crafted.verdict:26} {crafted.name}")
