"""Crafted repetitions: a small file in which one thing comes so often that work on it would grow with its square."""

from __future__ import annotations

from crafting import (
    COVER,
    GOOD,
    PARTS,
    PROGRESS,
    READ,
    RELATIONS,
    SPREADSHEET,
    STRINGS,
    STYLES,
    WORKBOOK,
    Crafted,
    cells,
    repacked,
    respelt,
    rows,
    said,
    swap,
)
from zips import Entry, entries, pack

_MANY = 100_000
_COMMENT = "<!-- -->"
"""With it in it, a sheet is written anew."""


def _merged(part: str, ranges: list[str]) -> bytes:
    xml = "".join(f'<mergeCell ref="{place}"/>' for place in ranges)
    return respelt(part, b"</sheetData>", f"</sheetData><mergeCells>{xml}</mergeCells>".encode())


def _alone(inner: str, kind: str = "str") -> bytes:
    """A row far below the table with one cell, which is no row of the table."""
    return rows(PROGRESS, f'<row r="90"><c r="A90" t="{kind}">{inner}</c></row>')


def _rewritten(inner: str) -> bytes:
    return rows(PROGRESS, f'{_COMMENT}<row r="90"><c r="A90" t="inlineStr"><is>{inner}</is></c></row>')


def _in_every_cell() -> bytes:
    """One long text in very many cells: 60 GB of it."""
    strings = swap(PARTS[STRINGS], b"<si>", b"<si><t>" + b"x" * 1_000_000 + b"</t></si><si>", 1)
    more = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(90, 60_090))
    return repacked({STRINGS: strings, PROGRESS: swap(PARTS[PROGRESS], b"</sheetData>", more.encode() + b"</sheetData>")})


def _one_part_for_many_sheets() -> bytes:
    more = "".join(f'<sheet name="案件进展{n}" sheetId="{n + 50}" r:id="rId2"/>' for n in range(2000))
    part = swap(PARTS[PROGRESS], b"</worksheet>", b"<z>" + b"y" * 7_000_000 + b"</z></worksheet>")
    return repacked({WORKBOOK: swap(PARTS[WORKBOOK], b"</sheets>", more.encode() + b"</sheets>"), PROGRESS: part})


def _counted(xml: bytes) -> bytes:
    """Many more texts declared than there are."""
    return swap(xml, b'uniqueCount="', b'uniqueCount="99999999999')


def _prefixed_count() -> bytes:
    xml = PARTS[STRINGS].replace(b"<sst ", b'<x:sst xmlns:x="' + SPREADSHEET + b'" ').replace(b"</sst>", b"</x:sst>")
    return repacked({STRINGS: _counted(xml)})


def _many_entries() -> bytes:
    return pack([*entries(GOOD).values(), Entry("xl/media/a.bin", b"PK\x01\x02" * 30_000, method=0)])


def _many_attributes(count: int) -> bytes:
    said_of_it = " ".join(f'a{n}="1"' for n in range(count))
    return rows(PROGRESS, f'<row r="90" {said_of_it}/>')


REPEATS = (
    Crafted("100,000 merged ranges on one another", lambda: _merged(PROGRESS, ["A1:A1048576"] * _MANY), "unreadable"),
    Crafted("50,000 merged ranges on the cover's cells", lambda: _merged(COVER, ["A1:C1048576"] * 50_000), "unreadable"),
    Crafted("16,000 merged columns of 1,048,576 rows", lambda: _merged(PROGRESS, ["ZZ1:ZZ1048576", "XFD1:XFD1048576"] * 8000), READ),
    Crafted("100,000 values in one cell", lambda: _alone("<v>x</v>" * _MANY), READ),
    Crafted("300,000 elements that begin like cells", lambda: _alone("<c-a></c-a>" * 300_000 + "<v>#N/A</v>", "e"), READ),
    Crafted("100,000 formulas in one cell", lambda: _alone("<f>a</f>" * _MANY + "<v>1</v>"), READ),
    Crafted("a text in 200,000 pieces", lambda: _rewritten("<r><t>x</t></r>" * 200_000), READ),
    Crafted("a text of 5,000,000 characters, rewritten", lambda: _rewritten(f"<t>{'x' * 5_000_000}</t>"), READ),
    Crafted("a text of 300,000 references", lambda: _rewritten(f"<t>{'&#120;' * 300_000}</t>"), READ),
    Crafted("100,000 attributes of one row", lambda: _many_attributes(_MANY), READ),
    Crafted("2,000,000 attributes of one row", lambda: _many_attributes(2_000_000), "too-large"),
    Crafted("a text of 300,000 stars and colons", lambda: cells(PROGRESS, {"A90": said("A90", "*:" * 300_000)}), READ),
    Crafted("a text of 300,000 brackets", lambda: cells(PROGRESS, {"A90": said("A90", "(" * 300_000)}), READ),
    Crafted("a text in 60,000 cells", _in_every_cell, "too-large"),
    Crafted("2,000 sheets that are one part", _one_part_for_many_sheets, "too-large"),
    Crafted("300,000 elements in the workbook", lambda: respelt(WORKBOOK, b"</workbook>", b"<a/>" * 300_000 + b"</workbook>"), "too-large"),
    Crafted(
        "300,000 relations",
        lambda: respelt(RELATIONS, b"</Relationships>", b'<Relationship Id="q"/>' * 300_000 + b"</Relationships>"),
        "too-large",
    ),
    Crafted("30,000 entries of a zip file within another", _many_entries, "too-large"),
    Crafted("100,000 formats of numbers", lambda: respelt(STYLES, b"</cellXfs>", b'<xf numFmtId="14"/>' * _MANY + b"</cellXfs>"), READ),
)

HIDDEN = (
    Crafted("a count of texts behind a prefix", _prefixed_count, READ),
    Crafted(
        "a count of texts behind a comment",
        lambda: repacked({STRINGS: _counted(swap(PARTS[STRINGS], b"<sst ", b"<!-- <sst> --><sst "))}),
        READ,
    ),
    Crafted("a count of texts behind a >", lambda: repacked({STRINGS: _counted(swap(PARTS[STRINGS], b"<sst ", b'<sst a=">" '))}), READ),
    Crafted(
        "a sheet's rows in a comment before its rows",
        lambda: respelt(PROGRESS, b"<sheetData>", b"<!-- <sheetData></sheetData> --><sheetData>"),
        READ,
    ),
    Crafted(
        "a sheet's rows in an instruction before its rows",
        lambda: respelt(PROGRESS, b"<sheetData>", b"<?x <sheetData></sheetData> ?><sheetData>"),
        READ,
    ),
    Crafted(
        "a cell behind a prefix in the farthest corner",
        lambda: rows(
            PROGRESS,
            b'<row r="90"><x:c\nxmlns:x="' + SPREADSHEET + b'" r="XFD1048576"><x:v>1</x:v></x:c></row>',
        ),
        READ,
    ),
    Crafted(
        "a number beside a cell's own text",
        lambda: cells(PROGRESS, {"F2": '<c r="F2" t="inlineStr"><v>1.0</v><is><r><t>已约谈</t></r></is></c>'}),
        READ,
        reads={"案件进展!F2": "已约谈"},
    ),
    Crafted(
        "a sheet without a relation",
        lambda: respelt(WORKBOOK, b"</sheets>", '<sheet name="旧表" sheetId="99"/></sheets>'.encode()),
        READ,
    ),
    Crafted(
        "an encoding that takes for ever",
        lambda: repacked({WORKBOOK: b'<?xml version="1.0" encoding="punycode"?><workbook>' + b"a" * 300_000 + b"</workbook>"}),
        "unreadable",
    ),
)

KINDS = (*REPEATS, *HIDDEN)
