"""What the library cannot give a form: many empty rows at the cost of one, and rows that still grow with what is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.render import reproducible_zip
from pipeline.render.forms.form_layout import FIRST

_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_NUMBER = re.compile(rb'<row r="(\d+)"')
_DIMENSION = re.compile(rb'(<dimension ref="A1:[A-Z]+)\d+"')
_HERE = b"\0"


def widen(content: bytes, rooms: Sequence[int]) -> bytes:
    """Return the workbook with the last row of each sheet so many times; 0 leaves a sheet as it is.

    In these sheets the rows below the header no longer count as set by hand, so that a program fits them to what is typed.
    """

    def change(name: str, part: bytes) -> bytes:
        sheet = _SHEET.fullmatch(name)
        room = rooms[int(sheet[1]) - 1] if sheet else 0
        return _widened(part, room) if room else part

    return reproducible_zip.rewrite(content, change)


def _widened(part: bytes, room: int) -> bytes:
    below, last, end = part.index(b'<row r="%d"' % (FIRST + 1)), part.rindex(b"<row "), part.rindex(b"</sheetData>")
    row = _NUMBER.match(part, last)
    number = int(row[1]) if row else 0
    pattern = re.sub(rb'( r="[A-Z]*)%d"' % number, rb"\g<1>" + _HERE + b'"', _by_itself(part[last:end]))
    rows = b"".join(pattern.replace(_HERE, b"%d" % at) for at in range(number, number + room))
    above = _DIMENSION.sub(rb'\g<1>%d"' % (number + room - 1), part[:below], count=1)
    return above + _by_itself(part[below:last]) + rows + part[end:]


def _by_itself(rows: bytes) -> bytes:
    """Return the rows without a height set by hand: Excel fits only the others to what is typed into them."""
    return rows.replace(b' customHeight="1"', b"")
