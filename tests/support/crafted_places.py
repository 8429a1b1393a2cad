"""Crafted sheets whose rows, cells and ranges stand in odd places. The XML is whole, and so is the archive."""

from __future__ import annotations

import re

from crafting import COVER, DRAFT, PARTS, PROGRESS, READ, RECEPTION, Crafted, cells, repacked, respelt, rows, said
from workbooks import report_pages, write

_BROKEN = "unreadable"
_LAST_ROW = 1_048_576
_F2 = '<c r="F2" t="s"><v>27</v></c>'


def _far(row: int) -> tuple[bytes, dict[str, str | None]]:
    """A further row of 案件进展, far below the others."""
    values = {"A": "SJ-2020-002", "E": "办理中", "F": "远处的一行"}
    xml = "".join(said(f"{letter}{row}", value) for letter, value in values.items())
    return rows(PROGRESS, f'<row r="{row}">{xml}</row>'), {f"案件进展!{letter}{row}": value for letter, value in values.items()}


def _far_row(name: str, row: int) -> Crafted:
    return Crafted(name, lambda: _far(row)[0], READ, reads=_far(row)[1])


def _moved_rows(part: str) -> bytes:
    """The same rows, the last one first."""
    head, _, rest = PARTS[part].partition(b"<sheetData>")
    inner, _, tail = rest.partition(b"</sheetData>")
    turned = [row + b"</row>" for row in inner.split(b"</row>")[:-1]]
    return repacked({part: head + b"<sheetData>" + b"".join(reversed(turned)) + b"</sheetData>" + tail})


def _dimension(new: bytes) -> bytes:
    return respelt(PROGRESS, b'<dimension ref="A1:O3"/>', new)


def _without_addresses(*, rows_too: bool) -> bytes:
    """The cells of 接访情况, which has no gaps, without addresses."""
    xml = re.sub(rb'<c r="[A-Z]+\d+"', b"<c", PARTS[RECEPTION])
    return repacked({RECEPTION: re.sub(rb'<row r="\d+"', b"<row", xml) if rows_too else xml})


def _letters(column: int) -> str:
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _styled(count: int, columns: range) -> bytes:
    letters = [_letters(column) for column in columns]
    return rows(
        PROGRESS,
        "".join(f'<row r="{r}">' + "".join(f'<c r="{letter}{r}" s="1"/>' for letter in letters) + "</row>" for r in range(10, 10 + count)),
    )


def _formatted_rows(count: int) -> bytes:
    return rows(PROGRESS, "".join(f'<row r="{r}" s="1" customFormat="1" ht="30"><c r="A{r}" s="1"/></row>' for r in range(10, 10 + count)))


def _merged(refs: str, part: str = PROGRESS) -> bytes:
    return respelt(part, b"</sheetData>", f"</sheetData><mergeCells>{refs}</mergeCells>".encode())


def _merge(ref: str) -> str:
    return f'<mergeCell ref="{ref}"/>'


def _one_filled_row() -> bytes:
    pages = report_pages()
    pages["案件进展"].append(*["x"] * 16_384)
    return write(pages)


KINDS = (
    Crafted("two cells in opposite corners", lambda: rows(PROGRESS, f'<row r="{_LAST_ROW}">{said("XFD1048576", "x")}</row>'), READ),
    Crafted(
        "opposite corners of a sheet that nobody reads", lambda: rows(DRAFT, f'<row r="{_LAST_ROW}">{said("XFD1048576", "x")}</row>'), READ
    ),
    Crafted("opposite corners of the cover", lambda: rows(COVER, f'<row r="{_LAST_ROW}">{said("XFD1048576", "x")}</row>'), READ),
    Crafted("a stray cell at A1048576", lambda: rows(PROGRESS, f'<row r="{_LAST_ROW}">{said("A1048576", "x")}</row>'), READ),
    Crafted("a stray cell at AZ60000", lambda: rows(PROGRESS, f'<row r="60000">{said("AZ60000", "x")}</row>'), READ),
    Crafted("a stray cell at XFD1", lambda: cells(PROGRESS, {"XFD1": said("XFD1", "")}), READ),
    _far_row("a row at 70,000", 70_000),
    _far_row("a row at 1,048,576", _LAST_ROW),
    Crafted(
        "a row that is filled to XFD",
        _one_filled_row,
        READ,
        reads={f"案件进展!{_letters(n)}4": "x" for n in range(1, 16)},
        may=tuple(f"{code} 案件进展!{_letters(n)}4" for code in ("not-in-list", "bad-date", "read-as") for n in range(1, 16)),
    ),
    Crafted("rows out of order", lambda: _moved_rows(PROGRESS), READ),
    Crafted("rows of the cover out of order", lambda: _moved_rows(COVER), READ),
    Crafted(
        "cells out of order",
        lambda: respelt(
            PROGRESS,
            b'<c r="A2" t="s"><v>25</v></c><c r="E2" t="s"><v>26</v></c>',
            b'<c r="E2" t="s"><v>26</v></c><c r="A2" t="s"><v>25</v></c>',
        ),
        READ,
    ),
    Crafted("one row in two pieces", lambda: respelt(PROGRESS, _F2.encode(), b'</row><row r="2">' + _F2.encode()), "read|unreadable"),
    Crafted("one cell twice, the same", lambda: respelt(PROGRESS, _F2.encode(), _F2.encode() * 2), "read|unreadable"),
    Crafted(
        "one cell twice, not the same",
        lambda: respelt(PROGRESS, _F2.encode(), _F2.encode() + said("F2", "又一个").encode()),
        "read|unreadable",
        otherwise={"案件进展!F2": "又一个"},
    ),
    Crafted("cells without addresses", lambda: _without_addresses(rows_too=False), READ),
    Crafted("cells and rows without addresses", lambda: _without_addresses(rows_too=True), READ),
    Crafted("row 1,048,577", lambda: rows(PROGRESS, f'<row r="1048577">{said("A1048577", "x")}</row>'), "unreadable|read"),
    Crafted(
        "row 99,999,999,999", lambda: rows(PROGRESS, f'<row r="99999999999">{said("A99999999999", "x")}</row>'), "unreadable|too-large"
    ),
    Crafted("row 4,294,967,296", lambda: rows(PROGRESS, '<row r="4294967296"><c><v>1</v></c></row>'), "unreadable|too-large"),
    Crafted("row 0", lambda: rows(PROGRESS, f'<row r="0">{said("A0", "x")}</row>'), _BROKEN),
    Crafted("row -1", lambda: rows(PROGRESS, f'<row r="-1">{said("A-1", "x")}</row>'), _BROKEN),
    Crafted("a row that is no number", lambda: rows(PROGRESS, '<row r="x"><c><v>1</v></c></row>'), _BROKEN),
    Crafted("column XFE", lambda: rows(PROGRESS, f'<row r="9">{said("XFE9", "x")}</row>'), "unreadable|read"),
    Crafted("column ZZZZZZZZZ", lambda: rows(PROGRESS, f'<row r="9">{said("ZZZZZZZZZ9", "x")}</row>'), "unreadable|too-large"),
    Crafted("an address that is none", lambda: respelt(PROGRESS, b'<c r="F2"', b'<c r="!!"'), _BROKEN),
    Crafted("an address in small letters", lambda: respelt(PROGRESS, b'<c r="F2"', b'<c r="f2"'), "read|unreadable"),
    Crafted("a dimension that is too small", lambda: _dimension(b'<dimension ref="A1:B2"/>'), READ),
    Crafted("a dimension that is too large", lambda: _dimension(b'<dimension ref="A1:XFD1048576"/>'), READ),
    Crafted("a dimension that is none", lambda: _dimension(b'<dimension ref="hello"/>'), READ),
    Crafted("an empty dimension", lambda: _dimension(b'<dimension ref=""/>'), READ),
    Crafted("a dimension beyond the last column", lambda: _dimension(b'<dimension ref="A0:ZZZZZ99999999999"/>'), READ),
    Crafted("a dimension backwards", lambda: _dimension(b'<dimension ref="O3:A1"/>'), READ),
    Crafted("no dimension", lambda: _dimension(b""), READ),
    Crafted("formats to column XFD on 300 rows", lambda: _styled(300, range(1, 16_385, 64)), READ),
    Crafted("formats in all columns on 40 rows", lambda: _styled(40, range(1, 16_385)), READ),
    Crafted("200,000 formatted empty rows", lambda: _formatted_rows(200_000), READ),
    Crafted(
        "everything is merged",
        lambda: _merged(_merge("A1:XFD1048576")),
        "read|unreadable|too-large|not-the-template",
        otherwise={"案件进展!A2": "案件编号", "案件进展!A3": "案件编号"},
    ),
    Crafted("everything is merged on a sheet that nobody reads", lambda: _merged(_merge("A1:XFD1048576"), DRAFT), READ),
    Crafted("everything beside the table is merged", lambda: _merged(_merge("Q1:XFD1048576")), READ),
    Crafted("everything below the table is merged", lambda: _merged(_merge("A5:O1048576")), READ),
    Crafted("100,000 merges", lambda: _merged("".join(_merge(f"AA{n}:AB{n}") for n in range(1, 100_001))), READ),
    Crafted("merges that overlap", lambda: _merged(_merge("Q1:S9") + _merge("R2:T12")), "read|unreadable"),
    Crafted("merges of whole columns and rows", lambda: _merged(_merge("Q:S") + _merge("90:92") + _merge(":")), READ),
    Crafted("a merge that is none", lambda: _merged(_merge("hello:world")), "read|unreadable"),
    Crafted("a merge backwards", lambda: _merged(_merge("S9:Q1")), "read|unreadable"),
    Crafted("a merge beyond the last row", lambda: _merged(_merge("Q1:Q9999999999")), "read|unreadable"),
)
