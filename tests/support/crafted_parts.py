"""Crafted parts: what is missing, elsewhere, not XML, or more than XML should be. The container is in order."""

from __future__ import annotations

import re
from functools import partial

from crafting import (
    DRAFT,
    NEW,
    OFFICE,
    PARTS,
    PICTURE,
    PROGRESS,
    READ,
    RELATIONS,
    SPREADSHEET,
    STRINGS,
    STYLES,
    TYPES,
    WORKBOOK,
    Changes,
    Crafted,
    parts,
    repacked,
    respelt,
    rows,
    shared,
    swap,
    text,
)  # fmt: skip
from zips import Entry, pack

_BROKEN = "unreadable"
_DOCTYPE = b'<!DOCTYPE a [<!ENTITY l0 "haha">' + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12)
) + b"]>"  # fmt: skip
_OUTSIDE = b'<!DOCTYPE a [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
_SERIAL = {"封面!报告日期": "43972"}
"""The day on the cover as a number that has lost its format."""
_LOST_FORMATS = ("read-as 封面!B2", "read-as 案件进展!H3", "read-as 新增案件!K2", "read-as 新增案件!L2")
_CELL = '<c r="F2" t="s"><v>27</v></c>'


def _declared(part: str, doctype: bytes, *, use: bytes = b"", at: bytes = b"") -> bytes:
    xml = swap(PARTS[part], b"?>\n", b"?>\n" + doctype, 1)
    return repacked({part: swap(xml, at, use, 1) if use else xml})


def _cut(part: str, keep: float) -> bytes:
    return repacked({part: PARTS[part][: int(len(PARTS[part]) * keep)]})


def _encoded(part: str, codec: str, name: str) -> bytes:
    xml = PARTS[part].decode().replace('encoding="UTF-8"', f'encoding="{name}"')
    return repacked({part: xml.encode(codec)})


def _deep(part: str, depth: int = 200_000) -> bytes:
    return repacked({part: swap(PARTS[part], b"</worksheet>", b"<extLst>" + b"<e>" * depth + b"</e>" * depth + b"</extLst></worksheet>")})


def _moved() -> bytes:
    """The workbook's own part and its sheets in other places, found through the relations."""
    there = {"xl/workbook.xml": "book/main.xml", RELATIONS: "book/_rels/main.xml.rels", PROGRESS: "book/pages/second.xml"}
    relations = swap(PARTS[RELATIONS], b'Target="', b'Target="/xl/')
    relations = swap(relations, b"/xl/worksheets/sheet2.xml", b"pages/second.xml")
    changed = {
        RELATIONS: relations,
        "_rels/.rels": swap(PARTS["_rels/.rels"], b"xl/workbook.xml", b"/book/main.xml"),
        TYPES: swap(swap(PARTS[TYPES], b"/xl/workbook.xml", b"/book/main.xml"), b"/xl/worksheets/sheet2.xml", b"/book/pages/second.xml"),
    }
    return pack(Entry(there.get(name, name), data) for name, data in parts(changed).items())


def _prefixed(data: bytes) -> bytes:
    """The same XML with every element of the main namespace under a prefix."""
    xml = data.replace(b'xmlns="' + SPREADSHEET, b'xmlns:x="' + SPREADSHEET)
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml)


def _spread() -> Changes:
    return {name: _prefixed(data) for name, data in PARTS.items() if SPREADSHEET in data}


def _strict() -> bytes:
    def strict(data: bytes) -> bytes:
        data = data.replace(SPREADSHEET, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return data.replace(OFFICE, b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    return repacked({name: strict(data) for name, data in PARTS.items()})


def _spelt(part: str) -> bytes:
    """The same XML in other quotes, with blanks where they may be, behind a byte order mark."""
    xml = PARTS[part].replace(b'"', b"'").replace(b"'/>", b"' />").replace(b"<c r='", b"<c\n  r = '").replace(b"</c>", b"</c >")
    return repacked({part: b"\xef\xbb\xbf" + xml})


def _sheets(listed: bytes) -> bytes:
    """The good report whose workbook lists these sheets behind its own."""
    return respelt(WORKBOOK, b"</sheets>", listed + b"</sheets>")


def _many_sheets(count: int) -> bytes:
    listed, relations, more = b"", b"", {}
    for n in range(count):
        listed += b'<sheet name="x%d" sheetId="%d" r:id="rIdX%d"/>' % (n, n + 100, n)
        relations += b'<Relationship Id="rIdX%d" Type="%s/worksheet" Target="worksheets/x%d.xml"/>' % (n, OFFICE, n)
        more[f"xl/worksheets/x{n}.xml"] = (
            b'<worksheet xmlns="%s"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>' % SPREADSHEET
        )
    return repacked({
        **more, WORKBOOK: swap(PARTS[WORKBOOK], b"</sheets>", listed + b"</sheets>"),
        RELATIONS: swap(PARTS[RELATIONS], b"</Relationships>", relations + b"</Relationships>"),
    })  # fmt: skip


def _related(kind: bytes, target: str, data: bytes, name: str = "") -> Changes:
    """A further part of the workbook, listed as a sheet where it has a name."""
    listed = f'<sheet name="{name}" sheetId="99" r:id="rIdZ"/></sheets>'.encode() if name else b"</sheets>"
    relation = b'<Relationship Id="rIdZ" Type="%s" Target="%s"/></Relationships>' % (kind, target.encode())
    return {
        f"xl/{target}": data, WORKBOOK: swap(PARTS[WORKBOOK], b"</sheets>", listed),
        RELATIONS: swap(PARTS[RELATIONS], b"</Relationships>", relation),
    }  # fmt: skip


_CHART = b'<chartsheet xmlns="%s"><sheetViews/></chartsheet>' % SPREADSHEET
_MACRO_SHEET = b"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
_VBA = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_VBA_TYPE = b'<Override PartName="/xl/code.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
_PLAIN_MAIN, _MACRO_MAIN = (
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
)  # fmt: skip
_OTHER_ROOT = b'<?xml version="1.0"?><html><body><table><tr><td>x</td></tr></table></body></html>'


def _chart_in_the_place_of(number: int, name: str) -> bytes:
    changed = _related(OFFICE + b"/chartsheet", "chartsheets/sheet1.xml", _CHART, name)
    old = f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'.encode()
    return repacked({**changed, WORKBOOK: swap(changed[WORKBOOK] or b"", old, b"")})


def _without_styles_part() -> bytes:
    relation = b'<Relationship Id="rId8" Type="%s/styles" Target="styles.xml"/>' % OFFICE
    return repacked({STYLES: None, RELATIONS: swap(PARTS[RELATIONS], relation, b"")})


def _rowless() -> bytes:
    before, _, rest = PARTS[PROGRESS].partition(b"<sheetData>")
    return before + b"<sheetData/>" + rest.partition(b"</sheetData>")[2]


def _names(count: int) -> bytes:
    return b"".join(b'<definedName name="n%d">A1</definedName>' % n for n in range(count))


def _before_its_merges() -> bytes:
    """A case that holds for two rows, in a sheet that is cut off behind an element and before that merge."""
    rows_ = swap(PARTS[PROGRESS], b'<c r="A3" t="s"><v>28</v></c>', b"")
    return repacked({PROGRESS: swap(rows_, b"</sheetData>", b"</sheetData><sheetProtection/>").partition(b"<pageMargins")[0]})


def _latin() -> bytes:
    xml = PARTS[STRINGS].decode().replace("已约谈开发企业", "café").replace("UTF-8", "ISO-8859-1")
    return repacked(
        {STRINGS: "".join(character if ord(character) < 256 else f"&#{ord(character)};" for character in xml).encode("latin-1")}
    )


def _alternatives() -> bytes:
    mc = b"http://schemas.openxmlformats.org/markup-compatibility/2006"
    chosen = b'<mc:AlternateContent xmlns:mc="%s"><mc:Choice Requires="x"><absPath url="C:/"/></mc:Choice></mc:AlternateContent>' % mc
    return respelt(WORKBOOK, b"<bookViews>", chosen + b"<bookViews>")


MISSING = (
    Crafted("missing: the workbook's part", lambda: repacked({WORKBOOK: None}), _BROKEN),
    Crafted("missing: the workbook's relations", lambda: repacked({RELATIONS: None}), _BROKEN),
    Crafted("missing: a used sheet", lambda: repacked({PROGRESS: None}), _BROKEN),
    Crafted("missing: a sheet that may be left out, though listed", lambda: repacked({NEW: None}), _BROKEN),
    Crafted("missing: an unused sheet", lambda: repacked({DRAFT: None}), READ),
    Crafted("missing: every sheet", lambda: repacked({name: None for name in PARTS if "worksheets" in name}), _BROKEN),
    Crafted("missing: the shared strings", lambda: repacked({STRINGS: None}), _BROKEN),
    Crafted(
        "missing: the styles, though there is a relation",
        lambda: repacked({STYLES: None}),
        "read|unreadable",
        reads=_SERIAL,
        may=_LOST_FORMATS,
    ),
    Crafted("missing: the styles, and nothing speaks of them", _without_styles_part, READ, reads=_SERIAL, may=_LOST_FORMATS),
    Crafted("missing: the types", lambda: repacked({TYPES: None}), "read|unreadable"),
    Crafted("missing: the relations of the whole", lambda: repacked({"_rels/.rels": None}), "read|unreadable"),
    Crafted("missing: the properties and the theme", lambda: repacked(dict.fromkeys(("docProps/core.xml", "xl/theme/theme1.xml"))), READ),
    Crafted("missing: the rows of a used sheet", lambda: repacked({PROGRESS: _rowless()}), "not-the-template"),
)


PLACES = (
    Crafted("the workbook's part is elsewhere", _moved, READ),
    Crafted("targets from the root", lambda: respelt(RELATIONS, b'Target="', b'Target="/xl/'), READ),
    Crafted("targets with dots", lambda: respelt(RELATIONS, b'Target="', b'Target="../xl/./'), READ),
    Crafted("targets in capitals", lambda: respelt(RELATIONS, b"worksheets/sheet", b"WorkSheets/Sheet"), READ),
    Crafted("targets with a backslash", lambda: respelt(RELATIONS, b"worksheets/sheet", b"worksheets\\sheet"), "read|unreadable"),
    Crafted(
        "a target that leaves the file", lambda: respelt(RELATIONS, b"worksheets/sheet2", b"../../../worksheets/sheet2"), "read|unreadable"
    ),
    Crafted(
        "a used sheet on another computer",
        lambda: respelt(RELATIONS, b'Target="worksheets/sheet2.xml"', b'TargetMode="External" Target="http://localhost/sheet2.xml"'),
        _BROKEN,
    ),
    Crafted("a used sheet without a relation", lambda: respelt(WORKBOOK, b'r:id="rId2"', b'r:id="rId77"'), _BROKEN),
    Crafted("an unused sheet without a relation", lambda: respelt(WORKBOOK, b'r:id="rId6"', b'r:id="rId77"'), READ),
    Crafted("an unused name for a used sheet's part", lambda: _sheets(b'<sheet name="y" sheetId="9" r:id="rId2"/>'), READ),
    Crafted(
        "a used name twice", lambda: _sheets('<sheet name="案件进展" sheetId="9" r:id="rId6"/>'.encode()), "not-the-template|unreadable"
    ),
    Crafted("a chart among the sheets", lambda: repacked(_related(OFFICE + b"/chartsheet", "chartsheets/sheet1.xml", _CHART, "图")), READ),
    Crafted("a chart in the place of a required sheet", lambda: _chart_in_the_place_of(2, "案件进展"), "not-the-template"),
    Crafted("hidden sheets", lambda: respelt(WORKBOOK, b'sheetId="2"', b'sheetId="2" state="hidden"'), READ),
    Crafted("very hidden sheets", lambda: respelt(WORKBOOK, b'sheetId="3"', b'sheetId="3" state="veryHidden"'), READ),
    Crafted("a sheet's name with odd characters", lambda: respelt(WORKBOOK, "草稿".encode(), b"&lt;&amp;&quot;&apos;&#10;&#x1F600;"), READ),
    Crafted("a sheet's name of 10,000 characters", lambda: respelt(WORKBOOK, "草稿".encode(), b"y" * 10_000), READ),
    Crafted("a sheet's name spelt with references", lambda: respelt(WORKBOOK, "案件进展".encode(), "案件&#36827;&#x5C55;".encode()), READ),
    Crafted("5,000 sheets", lambda: _many_sheets(5000), "read|too-large"),
    Crafted(
        "external links", lambda: repacked(_related(OFFICE + b"/externalLink", "externalLinks/externalLink1.xml", b"<externalLink/>")), READ
    ),
    Crafted("50,000 names", lambda: respelt(WORKBOOK, b"<calcPr", b"<definedNames>" + _names(50_000) + b"</definedNames><calcPr"), READ),
    Crafted(
        "an embedded object", lambda: repacked({"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}), READ
    ),
    Crafted("the 1904 calendar in a comment", lambda: respelt(WORKBOOK, b"<bookViews>", b'<!-- date1904="1" --><bookViews>'), READ),
)


MACROS = (
    Crafted("macros", lambda: repacked({**_related(_VBA, "vbaProject.bin", b"\xd0\xcf\x11\xe0vba")}), "macro-workbook"),
    Crafted(
        "macros under another name",
        lambda: repacked({**_related(_VBA, "code.bin", b"vba"), TYPES: swap(PARTS[TYPES], b"</Types>", _VBA_TYPE)}),
        "macro-workbook",
    ),
    Crafted("macros in capitals", lambda: repacked({"xl/VBAPROJECT.BIN": b"vba"}), "macro-workbook"),
    Crafted(
        "a sheet of Excel 4 macros",
        lambda: repacked(_related(_MACRO_SHEET, "macrosheets/sheet1.xml", PARTS[DRAFT], "宏")),
        "macro-workbook",
    ),
    Crafted("the type of a workbook with macros, but none", lambda: respelt(TYPES, _PLAIN_MAIN, _MACRO_MAIN), READ),
    Crafted("a picture called vbaProject", lambda: repacked({"xl/media/vbaProject.png": b"png"}), READ),
)

XML = (
    Crafted("billion laughs in a used sheet", lambda: _declared(PROGRESS, _DOCTYPE, use=b"<v>&l11;</v>", at=b"<v>43971</v>"), _BROKEN),
    Crafted(
        "billion laughs in the shared strings",
        lambda: _declared(STRINGS, _DOCTYPE, use=b"<t>&l11;</t>", at="<t>已约谈开发企业</t>".encode()),
        _BROKEN,
    ),
    Crafted(
        "an entity from outside in the shared strings",
        lambda: _declared(STRINGS, _OUTSIDE, use=b"<t>&out;</t>", at="<t>已约谈开发企业</t>".encode()),
        _BROKEN,
    ),
    Crafted("an entity from outside in the workbook", lambda: _declared(WORKBOOK, _OUTSIDE), _BROKEN),
    Crafted("billion laughs in an unused sheet", lambda: _declared(DRAFT, _DOCTYPE), READ),
    Crafted("billion laughs in the properties", lambda: _declared("docProps/core.xml", _DOCTYPE), READ),
    Crafted("an entity that nobody declared", lambda: text("<t>已&nbsp;约谈</t>"), _BROKEN),
    Crafted("200,000 levels in a used sheet", lambda: _deep(PROGRESS), "unreadable|too-large|read"),
    Crafted("200,000 levels in an unused sheet", lambda: _deep(DRAFT), READ),
    *(
        Crafted(f"cut off inside: {part}", partial(_cut, part, 0.6), _BROKEN)
        for part in (PROGRESS, NEW, STRINGS, WORKBOOK, STYLES, RELATIONS)
    ),
    Crafted("cut off inside: an unused sheet", lambda: _cut(DRAFT, 0.6), READ),
    Crafted("cut off inside: the theme", lambda: _cut("xl/theme/theme1.xml", 0.6), READ),
    Crafted("a used sheet without its last tag", lambda: respelt(PROGRESS, b"</worksheet>", b""), _BROKEN),
    Crafted("a used sheet that ends before its merges", _before_its_merges, _BROKEN),
    Crafted("a shared text without its end", lambda: respelt(STRINGS, b"</si><si>", b"<si>", 1), _BROKEN),
    Crafted("a shared text without its beginning", lambda: respelt(STRINGS, b"</si><si>", b"</si>", 1), _BROKEN),
    Crafted("a shared text in a shared text", lambda: respelt(STRINGS, b"<si><t>", b"<si><si><t>", 1), _BROKEN),
    Crafted("a shared text that is none", lambda: respelt(STRINGS, b"<si>", b"<sj>", 1), _BROKEN),
    Crafted("a cell without its end", lambda: respelt(PROGRESS, b'</c><c r="F2"', b'<c r="F2"', 1), _BROKEN),
    Crafted("a row without its end", lambda: respelt(PROGRESS, b"</row><row", b"<row", 1), "unreadable|read"),
    Crafted("a value without its end", lambda: respelt(PROGRESS, b"<v>27</v>", b"<v>27"), _BROKEN),
    Crafted(
        "two values in a cell",
        lambda: respelt(PROGRESS, b"<v>27</v>", b"<v>27</v><v>28</v>"),
        "unreadable|read",
        otherwise={"案件进展!F2": "SJ-2020-001"},
    ),
    Crafted("an empty used part", lambda: repacked({PROGRESS: b""}), _BROKEN),
    Crafted("a page in the place of a used sheet", lambda: repacked({PROGRESS: _OTHER_ROOT}), "unreadable|not-the-template"),
    Crafted("a picture in the place of a used sheet", lambda: repacked({PROGRESS: b"\x89PNG\r\n\x1a\n" + bytes(100)}), _BROKEN),
    Crafted("tags that cross", lambda: respelt(PROGRESS, b"</c></row>", b"</row></c>", 1), "unreadable|read"),
    Crafted("more behind the root", lambda: repacked({PROGRESS: PARTS[PROGRESS] + b"<worksheet/>"}), "unreadable|read"),
    Crafted("an attribute twice", lambda: respelt(PROGRESS, b'<c r="F2" ', b'<c r="F2" r="G2" '), _BROKEN),
    Crafted("a bare ampersand", lambda: shared("已约谈开发企业", "<t>已约谈 & 开发企业</t>"), _BROKEN),
    Crafted("UTF-16 in a used sheet", lambda: _encoded(PROGRESS, "utf-16", "UTF-16"), "unreadable|read"),
    Crafted(
        "UTF-16 in a part that nobody reads",
        lambda: repacked({"customXml/item1.xml": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")}),
        READ,
    ),
    Crafted("UTF-16 in an unused sheet", lambda: _encoded(DRAFT, "utf-16", "UTF-16"), READ),
    Crafted("bytes that are no UTF-8 in a used part", lambda: shared("已约谈开发企业", b"<t>\xd2\xd1\xff</t>"), _BROKEN),
    Crafted("bytes that are no UTF-8 in an unused sheet", lambda: respelt(DRAFT, b"</sheetData>", b"</sheetData>\xff\xfe"), READ),
    Crafted("shared strings in GBK", lambda: _encoded(STRINGS, "gbk", "GBK"), "unreadable|read"),
    Crafted("shared strings in Latin-1", _latin, "unreadable|read", reads={"案件进展!F2": "café"}),
    Crafted("a raw control character", lambda: shared("已约谈开发企业", b"<t>a\x01b</t>"), "unreadable|read", reads={"案件进展!F2": "ab"}),
    Crafted("a reference to a control character", lambda: text("<t>a&#1;b</t>"), "unreadable|read", reads={"案件进展!F2": "ab"}),
    Crafted("Strict", _strict, READ),
    Crafted("a prefix on every element", lambda: repacked(_spread()), READ),
    Crafted("other quotes and blanks in a sheet", lambda: _spelt(PROGRESS), READ),
    Crafted("other quotes and blanks in the shared strings", lambda: _spelt(STRINGS), READ),
    Crafted("other quotes and blanks in the workbook", lambda: _spelt(WORKBOOK), READ),
    Crafted(
        "comments and instructions everywhere",
        lambda: respelt(PROGRESS, b"<row", b'<!-- <c r="F2" t="e"><v>#N/A</v></c> --><?x <f>?><row'),
        READ,
    ),
    Crafted(
        "a cell that is commented out",
        lambda: respelt(PROGRESS, _CELL.encode(), f"<!--{_CELL.replace('27', '28')}-->{_CELL}".encode()),
        READ,
    ),
    Crafted("sections of character data", lambda: shared("已约谈开发企业", "<t><![CDATA[已约谈]]>开发<![CDATA[企业]]></t>"), READ),
    Crafted(
        "a section that looks like a cell",
        lambda: text('<t><![CDATA[<c r="F2" t="e"><v>#N/A</v></c>]]></t>'),
        READ,
        reads={"案件进展!F2": '<c r="F2" t="e"><v>#N/A</v></c>'},
    ),
    Crafted("a text with a comment in it", lambda: shared("已约谈开发企业", "<t>已约谈<!-- 不 -->开发企业</t>"), READ),
    Crafted(
        "a value with a comment in it",
        lambda: respelt(PROGRESS, _CELL.encode(), b'<c r="F2" t="s"><v>2<!-- -->7</v></c>'),
        "read|unreadable",
    ),
    Crafted("a text in references", lambda: shared("已约谈开发企业", "<t>&#24050;约&#x8c08;开发企业</t>"), READ),
    Crafted(
        "a text that looks like a cell",
        lambda: text('<t>&lt;c r="F2" t="e"&gt;&lt;f&gt;</t>'),
        READ,
        reads={"案件进展!F2": '<c r="F2" t="e"><f>'},
    ),
    Crafted(
        "elements of another namespace",
        lambda: rows(PROGRESS, '<z:row xmlns:z="urn:z" r="9"><z:c r="A9"><z:v>1</z:v></z:c></z:row>'),
        "read|unreadable",
    ),
    Crafted("a choice among alternatives", _alternatives, "read|unreadable"),
    Crafted("a picture of the wrong kind", lambda: repacked({PICTURE: b"<svg onload='x'/>"}), READ),
    Crafted(
        "extensions behind the rows",
        lambda: respelt(PROGRESS, b"</worksheet>", b'<extLst><ext uri="x"><c r="F2"><v>1</v></c></ext></extLst></worksheet>'),
        READ,
    ),
)


KINDS = (*MISSING, *PLACES, *MACROS, *XML)
