"""Text from a cell or a letter as part of a file's name, as every system takes it.

Covered by tests/render/receipts/test_receipt_files.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.terms.text import without_controls

_REFUSED_BY_WINDOWS = re.compile(r'[<>:"/\\|?*\u2028\u2029\ud800-\udfff\ufffe\uffff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
"""Names of devices, which Windows gives to no file, whatever its ending."""
_LONGEST = 150
"""Bytes: folders and synchronisation refuse more than 255 in a whole name."""


def portable(text: str) -> str:
    """Return the text as part of a file's name; what no name can hold is `_`, and it is no path."""
    plain = _REFUSED_BY_WINDOWS.sub("_", without_controls(text)).replace("\n", " ").replace("\r", " ").replace("\t", " ")
    plain = plain.encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    return f"_{plain}" if not plain or _RESERVED.fullmatch(plain) else plain


UNITS = "单位"
"""The folder of what levels above the districts have of their own."""


def unit_folder(way: Iterable[str]) -> str:
    """Return the folder of a unit within a day's, by the names from the top down to it."""
    return "/".join((UNITS, *map(portable, way)))
