"""Crafted sheets: whole XML in a whole archive, whose cells are odd, wrong or far too many."""

from __future__ import annotations

import re
import string
from datetime import date
from itertools import product

from crafting import (
    COVER,
    DRAFT,
    NEW,
    PARTS,
    PROGRESS,
    READ,
    RECEPTION,
    STRINGS,
    STYLES,
    URGENT,
    WORKBOOK,
    Crafted,
    cells,
    repacked,
    respelt,
    rows,
    said,
    shared,
    swap,
    text,
    with_cells,
)  # fmt: skip
from workbooks import Page, report_pages, write

_BROKEN = "unreadable"
_COUNTED = b'count="40" uniqueCount="40"'
_LAST_ROW = 1_048_576
_F2 = '<c r="F2" t="s"><v>27</v></c>'


def _sst(counts: bytes) -> bytes:
    return repacked({STRINGS: re.sub(rb'count="\d+" uniqueCount="\d+"', counts, PARTS[STRINGS])})


def _index(written: str) -> bytes:
    return cells(PROGRESS, {"F2": f'<c r="F2" t="s"><v>{written}</v></c>'})


def _filled(part: str, count: int) -> bytes:
    """So many further cells with a number each."""
    row = b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"
    return rows(part, row * (count // 100))


def _date(number: str) -> bytes:
    return cells(PROGRESS, {"H3": f'<c r="H3" s="1"><v>{number}</v></c>'})


def _count(number: str) -> bytes:
    return cells(NEW, {"E2": f'<c r="E2"><v>{number}</v></c>'})


def _iso(written: str, style: str = ' s="1"') -> bytes:
    return cells(PROGRESS, {"H3": f'<c r="H3"{style} t="d"><v>{written}</v></c>'})


def _error(address: str, shown: str = "#N/A", formula: str = "NA()") -> bytes:
    return cells(PROGRESS, {address: f'<c r="{address}" t="e"><f>{formula}</f><v>{shown}</v></c>'})


def _spelt_error(cell: str) -> bytes:
    return respelt(PROGRESS, _F2.encode(), cell.encode())


def _formula(inside: str, kind: str = ' t="str"') -> bytes:
    return cells(PROGRESS, {"F2": f'<c r="F2"{kind}>{inside}</c>'})


def _hostile(value: str) -> bytes:
    return cells(PROGRESS, {"F2": said("F2", value)})


def _the_1904_calendar() -> bytes:
    pages = report_pages()
    pages["草稿"] = Page([["草稿"]])
    return write(pages, date_1904=True)


_EPOCH = date(1899, 12, 30)
_SERIAL = (date(2020, 5, 20) - _EPOCH).days
_BAD_DATE, _BAD_COUNT = ("bad-date 案件进展!H3",), ("bad-number 新增案件!E2",)


def _three_sheets() -> bytes:
    """Each within the limit, all together beyond it: one is written anew, the others have plain addresses and are counted."""
    letters = ["".join(pair) for pair in product("ABCDEFGHIJ", string.ascii_uppercase)][:250]
    cells = "".join(f'<c r="{letter}#"><v>1</v></c>' for letter in letters)
    plain = "".join(f'<row r="{n}">{cells.replace("#", str(n))}</row>' for n in range(90, 3_890)).encode()
    anew = (b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * 1500
    more = {PROGRESS: anew, NEW: plain, RECEPTION: plain}
    return repacked({part: swap(PARTS[part], b"</sheetData>", cells + b"</sheetData>") for part, cells in more.items()})


def _said_1904() -> bytes:
    return repacked({
        WORKBOOK: swap(PARTS[WORKBOOK], b"<workbookPr ", b"<workbookPr\n date1904 = 'true' "),
        **{part: with_cells(part, {address: f'<c r="{address}" s="1"><v>{serial - 1462}</v></c>' for address, serial in dates.items()})
           for part, dates in {COVER: {"B2": 43972}, PROGRESS: {"H3": 43971}, NEW: {"K2": 43971, "L2": 44002}}.items()},
    })  # fmt: skip


def _error_without_address() -> bytes:
    """接访情况 without addresses, its first number an error."""
    xml = re.sub(rb'(<row|<c) r="[A-Z]*\d+"', rb"\1", PARTS[RECEPTION])
    return repacked({RECEPTION: swap(xml, b"<c><v>5</v></c>", b'<c t="e"><v>#DIV/0!</v></c>')})


def _prefixed_error() -> bytes:
    xml = PARTS[PROGRESS].replace(b"<sheetData>", b'<x:sheetData xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
    xml = swap(xml, b"</sheetData>", b"</x:sheetData>")
    xml = swap(xml, _F2.encode(), b'<x:c r="F2" t="e"><x:v>#N/A</x:v></x:c>')
    return repacked({PROGRESS: xml})


COUNTS = (
    Crafted(
        "4,294,967,295 shared strings, it says", lambda: _sst(b'count="4294967295" uniqueCount="4294967295"'), "read|unreadable|too-large"
    ),
    Crafted("-1 shared strings, it says", lambda: _sst(b'count="-1" uniqueCount="-1"'), "read|unreadable"),
    Crafted("3 shared strings, it says", lambda: _sst(b'count="3" uniqueCount="3"'), READ),
    Crafted("no number of shared strings", lambda: _sst(b""), READ),
    Crafted("a shared string that is not there", lambda: _index("99999"), _BROKEN),
    Crafted("a shared string before the first", lambda: _index("-1"), _BROKEN),
    Crafted("a shared string on a line of its own", lambda: _index("\n   27\t"), READ),
    Crafted("no shared string", lambda: _index(""), READ, reads={"案件进展!F2": None}),
    Crafted("a shared string of blanks", lambda: _index(" \n"), READ, reads={"案件进展!F2": None}),
    Crafted("a shared string beyond 64 bits", lambda: _index("99999999999999999999999"), _BROKEN),
    Crafted("a shared string that is no number", lambda: _index("abc"), _BROKEN),
    Crafted("a style that is not there, on a text", lambda: respelt(PROGRESS, b'<c r="F2" t="s">', b'<c r="F2" s="99999" t="s">'), READ),
    Crafted(
        "a style that is not there, on a date",
        lambda: cells(PROGRESS, {"H3": f'<c r="H3" s="4294967295"><v>{_SERIAL}</v></c>'}),
        "read|unreadable",
        may=("read-as 案件进展!H3",),
    ),
    Crafted(
        "4,294,967,295 styles, it says",
        lambda: respelt(STYLES, b'<cellXfs count="2">', b'<cellXfs count="4294967295">'),
        "read|unreadable|too-large",
    ),
    Crafted(
        "4,294,967,295 number formats, it says",
        lambda: respelt(STYLES, b'<numFmts count="1">', b'<numFmts count="4294967295">'),
        "read|unreadable|too-large",
    ),
    Crafted("3,000,000 filled cells", lambda: _filled(PROGRESS, 3_000_000), "too-large"),
    Crafted("3,000,000 filled cells that nobody reads", lambda: _filled(DRAFT, 3_000_000), READ),
    Crafted("2,050,000 filled cells on three sheets", _three_sheets, "too-large"),
    Crafted("a text of 32,767 characters", lambda: _hostile("长" * 32_767), READ, reads={"案件进展!F2": "长" * 32_767}),
    Crafted(
        "a text of 2,000,000 characters",
        lambda: _hostile("长" * 2_000_000),
        "read|too-large|unreadable",
        reads={"案件进展!F2": "长" * 2_000_000},
    ),
    Crafted(
        "an attribute of 5,000,000 characters",
        lambda: respelt(PROGRESS, b"<sheetData>", b'<sheetData x="' + b"y" * 5_000_000 + b'">'),
        "read|unreadable|too-large",
    ),
    Crafted(
        "100,000 attributes",
        lambda: respelt(PROGRESS, b"<sheetData>", b"<sheetData " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">"),
        "read|unreadable|too-large",
    ),
)


VALUES = (
    Crafted("a date of -1e12", lambda: _date("-1e12"), READ, found=_BAD_DATE),
    Crafted("a date of 1e300", lambda: _date("1e300"), READ, found=_BAD_DATE),
    Crafted("a date of 2958466", lambda: _date("2958466"), READ, found=_BAD_DATE),
    Crafted("a date of -1", lambda: _date("-1"), READ, found=_BAD_DATE),
    Crafted("a date of NaN", lambda: _date("NaN"), "read|unreadable", found=_BAD_DATE),
    Crafted("a date of INF", lambda: _date("INF"), "read|unreadable", found=_BAD_DATE),
    Crafted("a date of -1e12 on the cover", lambda: cells(COVER, {"F9": '<c r="F9" s="1"><v>-1e12</v></c>'}), READ),
    Crafted("a date of -1e12 beside the table", lambda: cells(PROGRESS, {"Z2": '<c r="Z2" s="1"><v>-1e12</v></c>'}), READ),
    Crafted("a number of 1e400", lambda: _count("1e400"), "read|unreadable", found=_BAD_COUNT),
    Crafted("a number of -1e400", lambda: _count("-1e400"), "read|unreadable", found=_BAD_COUNT),
    Crafted("a number of NaN", lambda: _count("NaN"), "read|unreadable", found=_BAD_COUNT),
    Crafted("a number of 1e300", lambda: _count("1e300"), READ, may=_BAD_COUNT),
    Crafted("a number that is none", lambda: _count("zwölf"), "read|unreadable", found=_BAD_COUNT),
    Crafted("a number with blanks", lambda: _count(" 120 "), "read|unreadable", may=("read-as 新增案件!E2",)),
    Crafted("a number as 1.2E2", lambda: _count("1.2E2"), READ),
    Crafted("a number of 5,000 digits", lambda: _count("1" * 5000), "read|unreadable", found=_BAD_COUNT),
    Crafted("an empty number", lambda: _count(""), "read|unreadable", reads={"新增案件!E2": None}),
    Crafted("a truth value of 7", lambda: cells(NEW, {"E2": '<c r="E2" t="b"><v>7</v></c>'}), "read|unreadable", found=_BAD_COUNT),
    Crafted("a truth value as a count", lambda: cells(NEW, {"E2": '<c r="E2" t="b"><v>1</v></c>'}), READ, found=_BAD_COUNT),
    Crafted("a cell of an unknown type", lambda: cells(PROGRESS, {"F2": '<c r="F2" t="zzz"><v>1</v></c>'}), _BROKEN),
    Crafted("a date in ISO writing", lambda: _iso("2020-05-20T00:00:00"), READ),
    Crafted("a date in ISO writing with a zone", lambda: _iso("2020-05-20T00:00:00.000Z"), READ),
    Crafted("a date in ISO writing with another zone", lambda: _iso("2020-05-20T00:00:00+08:00"), READ),
    Crafted("a date in ISO writing without a format", lambda: _iso("2020-05-20T09:30:00Z", ""), READ),
    Crafted("a date in ISO writing on a line of its own", lambda: _iso("\n  2020-05-20\n"), READ),
    Crafted(
        "a time in ISO writing",
        lambda: cells(URGENT, {"D2": '<c r="D2" t="d"><v>09:30:00.500</v></c>'}),
        READ,
        found=(),
        reads={"急报事项!D2": "2020-05-21T09:30:00"},
        may=("read-as 急报事项!D2",),
    ),
    Crafted("a date in ISO writing that is none", lambda: _iso("2020-05-32"), READ, found=_BAD_DATE),
    Crafted("nothing in ISO writing", lambda: _iso(""), READ, found=("reply-missing 案件进展!H3",)),
    Crafted("a number of blanks", lambda: _count(" \n"), READ, reads={"新增案件!E2": None}),
    Crafted("an error in a used column", lambda: _error("F2"), READ, found=("error-value 案件进展!F2",)),
    Crafted("an error in a required column", lambda: _error("E2", "#REF!", "#REF!"), READ, found=("error-value 案件进展!E2",)),
    Crafted("an error in a date", lambda: _error("H3", "#VALUE!"), READ, found=("error-value 案件进展!H3",)),
    Crafted("an error in the case number", lambda: _error("A2", "#NAME?"), READ, found=("error-value 案件进展!A2",)),
    Crafted("an error that Excel does not know", lambda: _error("F2", "#未知!"), "read|unreadable", found=("error-value 案件进展!F2",)),
    Crafted("an error beside the table", lambda: _error("Z2"), READ),
    Crafted("an error on a sheet that nobody reads", lambda: cells(DRAFT, {"A2": '<c r="A2" t="e"><v>#N/A</v></c>'}), READ),
    Crafted(
        "an error of a single quote",
        lambda: respelt(PROGRESS, _F2.encode(), b"<c t='e' r='F2'><v>#N/A</v></c>"),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted(
        "an error with blanks in its tag",
        lambda: _spelt_error('<c r="F2" t = "e" ><v >#N/A</v ></c >'),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted(
        "an error whose type is a reference",
        lambda: _spelt_error('<c r="F2" t="&#101;"><v>#N/A</v></c>'),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted(
        "an error behind an odd attribute",
        lambda: _spelt_error('<c r="F2" x="a>b" t="e"><v>#N/A</v></c>'),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted(
        "an error with a line break in its tag",
        lambda: _spelt_error('<c r="F2"\nt="e"\n><v\n>#N/A</v\n></c\n>'),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted(
        "an error whose text is a section",
        lambda: _spelt_error('<c r="F2" t="e"><v><![CDATA[#N/A]]></v></c>'),
        READ,
        found=("error-value 案件进展!F2",),
    ),
    Crafted("an error without a text", lambda: _spelt_error('<c r="F2" t="e"/>'), "read|unreadable", found=("error-value 案件进展!F2",)),
    Crafted(
        "a formula without a result, with blanks in its tag",
        lambda: _spelt_error('<c r="F2"><f\n>A1</f\n></c>'),
        READ,
        found=("no-cached-value 案件进展!F2",),
    ),
    Crafted("a formula that is empty", lambda: _spelt_error('<c r="F2"><f/></c>'), READ, found=("no-cached-value 案件进展!F2",)),
    Crafted("types and styles before the address", lambda: _spelt_error('<c t="s" s="0" r="F2"><v>27</v></c>'), READ),
    Crafted(
        "attributes of another namespace", lambda: _spelt_error('<c xmlns:z="urn:z" z:r="A9" z:t="e" r="F2" t="s"><v>27</v></c>'), READ
    ),
    Crafted("an error without an address", _error_without_address, READ, found=("error-value 接访情况!B2",)),
    Crafted("an error under a prefix", _prefixed_error, READ, found=("error-value 案件进展!F2",)),
    Crafted("a formula with its result", lambda: _formula("<f>1&amp;2</f><v>结果</v>"), READ, reads={"案件进展!F2": "结果"}),
    Crafted(
        "a formula without a result",
        lambda: _formula("<f>1&amp;2</f>"),
        READ,
        reads={"案件进展!F2": None},
        found=("no-cached-value 案件进展!F2",),
    ),
    Crafted(
        "a formula with an empty result",
        lambda: _formula("<f>1&amp;2</f><v></v>"),
        READ,
        reads={"案件进展!F2": None},
        may=("no-cached-value 案件进展!F2",),
    ),
    Crafted(
        "a formula without a result or a type",
        lambda: _formula("<f>A1</f>", ""),
        READ,
        reads={"案件进展!F2": None},
        found=("no-cached-value 案件进展!F2",),
    ),
    Crafted(
        "a shared formula", lambda: _formula('<f t="shared" ref="F2:F3" si="0">A2</f><v>共享</v>'), READ, reads={"案件进展!F2": "共享"}
    ),
    Crafted(
        "a shared formula of 4,294,967,295",
        lambda: _formula('<f t="shared" ref="A1:XFD1048576" si="4294967295">A2</f><v>共享</v>'),
        READ,
        reads={"案件进展!F2": "共享"},
    ),
    Crafted("an array formula", lambda: _formula('<f t="array" ref="F2">{A2}</f><v>数组</v>'), READ, reads={"案件进展!F2": "数组"}),
    Crafted("a command as a formula", lambda: _formula("<f>cmd|'/c calc'!A1</f><v>外来</v>"), READ, reads={"案件进展!F2": "外来"}),
    Crafted("a command as a text", lambda: _hostile("=cmd|'/c calc'!A1"), READ, reads={"案件进展!F2": "=cmd|'/c calc'!A1"}),
    Crafted("the 1904 calendar", _the_1904_calendar, READ),
    Crafted("the 1904 calendar, said with blanks", _said_1904, READ),
)

TEXTS = (
    Crafted("texts in the cells", lambda: _hostile("就地"), READ, reads={"案件进展!F2": "就地"}),
    Crafted(
        "a rich text in a cell", lambda: text("<r><t>已约</t></r><r><rPr><b/></rPr><t>谈</t></r>"), READ, reads={"案件进展!F2": "已约谈"}
    ),
    Crafted(
        "a rich text among the shared ones",
        lambda: shared("已约谈开发企业", "<r><rPr><b/></rPr><t>已约谈</t></r><r><t>开发企业</t></r>"),
        READ,
    ),
    Crafted(
        "how it is pronounced",
        lambda: shared("已约谈开发企业", '<t>已约谈开发企业</t><rPh sb="0" eb="1"><t>yi</t></rPh><phoneticPr fontId="1"/>'),
        READ,
    ),
    Crafted(
        "how a rich text is pronounced",
        lambda: shared("已约谈开发企业", '<r><t>已约谈</t></r><rPh sb="0" eb="1"><t>yi</t></rPh><r><t>开发企业</t></r>'),
        READ,
    ),
    Crafted(
        "how a text in a cell is pronounced", lambda: text('<t>已</t><rPh sb="0" eb="1"><t>yi</t></rPh>'), READ, reads={"案件进展!F2": "已"}
    ),
    Crafted("blanks that stay", lambda: text('<t xml:space="preserve"> 已 约谈 </t>'), READ, reads={"案件进展!F2": "已 约谈"}),
    Crafted("a text of blanks alone", lambda: text('<t xml:space="preserve">   </t>'), READ, reads={"案件进展!F2": None}),
    Crafted("an empty shared text", lambda: shared("已约谈开发企业", "<t/>"), READ, reads={"案件进展!F2": None}),
    Crafted("an escaped line break", lambda: text("<t>一_x000D_\n二</t>"), READ, reads={"案件进展!F2": "一\n二"}),
    Crafted("an escape that is meant literally", lambda: text("<t>一_x005F_x000D_二</t>"), READ, reads={"案件进展!F2": "一_x000D_二"}),
    Crafted("an escaped control character", lambda: text("<t>一_x0001_二</t>"), READ, reads={"案件进展!F2": "一二"}),
    Crafted("characters beyond 16 bits", lambda: text("<t>𠮷😀</t>"), READ, reads={"案件进展!F2": "𠮷😀"}),
    Crafted(
        "a formula's text result with a type of its own",
        lambda: _formula('<f>T("x")</f><v>甲 &amp; 乙</v>'),
        READ,
        reads={"案件进展!F2": "甲 & 乙"},
    ),
)


KINDS = (*COUNTS, *VALUES, *TEXTS)
