"""The good report as other programs write it: what Excel and LibreOffice open, and openpyxl would fail over."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import xlsxwriter
import zips
from crafting import DRAFT, NEW, PARTS, PROGRESS, RELATIONS, STYLES, TYPES, WORKBOOK, Changes, cells, repacked, said, swap, text
from workbooks import report_pages

_SHEET, _BOOK, _LOOKS = PARTS[PROGRESS], PARTS[WORKBOOK], PARTS[STYLES]
_RELATED = "xl/worksheets/_rels/sheet2.xml.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ID = f'xmlns:r="{_OFFICE}" r:id="rId5"'


def _packed(parts: Changes) -> bytes:
    return zips.pack(zips.Entry(name, data) for name, data in parts.items() if data is not None)


def _renamed(change: Callable[[str], str]) -> bytes:
    return _packed({change(name): data for name, data in PARTS.items()})


def _written_in(encoding: str) -> bytes:
    def written(data: bytes) -> bytes:
        text = re.sub(r"^<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{encoding}"?>', data.decode())
        return text.encode(encoding)

    return _packed({name: written(data) if name.endswith((".xml", ".rels")) else data for name, data in PARTS.items()})


def _without(part: str, element: str) -> bytes:
    return repacked({part: re.sub(rb"<%s\b(?:[^>]*/>|.*?</%s>)" % (element.encode(), element.encode()), b"", PARTS[part], flags=re.DOTALL)})


def _looks(element: str, written: str) -> bytes:
    name = element.encode()
    return repacked({STYLES: re.sub(rb"<%s\b.*?</%s>" % (name, name), written.encode(), _LOOKS, count=1, flags=re.DOTALL)})


def _behind_rows(written: str) -> bytes:
    return repacked({PROGRESS: swap(_SHEET, b"</sheetData>", f"</sheetData>{written}".encode())})


def _around(old: bytes, new: str) -> bytes:
    return repacked({PROGRESS: re.sub(old, new.encode(), _SHEET, count=1, flags=re.DOTALL)})


def _related(kind: str, target: str, part: bytes | None = None) -> bytes:
    line = f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="../{target}"/>'
    lines = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{line}</Relationships>'
    return repacked({_RELATED: lines.encode(), f"xl/{target}": part})


def _with_chart_sheet(change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, page in report_pages().items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(page.grid):
                for column, value in enumerate(line):
                    if value is not None:
                        sheet.write(row, column, value, day if hasattr(value, "year") else None)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=接访情况!$B$2:$B$3"})
        book.add_chartsheet("图表").set_chart(chart)
    return _packed({name: change(name, entry.data) for name, entry in zips.entries(out.getvalue()).items()})


def _fonts(inside: str) -> bytes:
    return _looks("fonts", f'<fonts count="1"><font>{inside}<name val="宋体"/></font></fonts>')


PLACES: dict[str, Callable[[], bytes]] = {
    "no calcPr, as of SheetJS, Apache POI and excel4node": lambda: _without(WORKBOOK, "calcPr"),
    "backslashes in the names": lambda: _renamed(lambda name: name.replace("/", "\\")),
    "a slash before the names": lambda: _renamed(lambda name: name if name == TYPES else f"/{name}"),
    "names in capitals": lambda: _renamed(str.upper),
    "a backslash in a target": lambda: repacked({RELATIONS: PARTS[RELATIONS].replace(b'"worksheets/', b'"worksheets\\')}),
    "parts in GB18030": lambda: _written_in("gb18030"),
    "parts in UTF-16": lambda: _written_in("utf-16"),
    "no list of content types": lambda: repacked({TYPES: None}),
    "another type of the main part": lambda: repacked(
        {TYPES: PARTS[TYPES].replace(b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"xml")}
    ),
    "styles under another name": lambda: _packed(
        {name.replace("xl/styles", "xl/looks"): data.replace(b"styles.xml", b"looks.xml") for name, data in PARTS.items()}
    ),
    "shared texts without a type": lambda: repacked(
        {TYPES: re.sub(rb'<Override PartName="/xl/sharedStrings.xml"[^>]*/>', b"", PARTS[TYPES])}
    ),
    "a chart sheet": lambda: _with_chart_sheet(lambda _name, data: data),
    "days in ISO writing": lambda: cells(PROGRESS, {"H3": '<c r="H3" s="1" t="d"><v>2020-05-20T00:00:00.000Z</v></c>'}),
    "days in ISO writing without a format": lambda: cells(PROGRESS, {"H3": '<c r="H3" t="d"><v>2020-05-20</v></c>'}),
    "a span of time in ISO writing": lambda: cells(PROGRESS, {"P2": '<c r="P2" t="d"><v>PT9H</v></c>'}),
    "a number of seventeen digits": lambda: cells(NEW, {"F2": '<c r="F2"><v>0.30000000000000004</v></c>'}),
    "comments that are not there": lambda: _related("comments", "comments1.xml"),
    "a cell with no style in its style": lambda: repacked({PROGRESS: _SHEET.replace(b'<c r="F2" ', b'<c r="F2" s="" ')}),
    "an underline that is no escape": lambda: cells(PROGRESS, {"F2": said("F2", "一_x005F_x0030_二_x005F_x000D_三")}),
    "a blank between two pieces of a text": lambda: text('<r><t>一</t></r><r><t xml:space="preserve"> </t></r><r><t>二</t></r>'),
    "formulas without a result behind the last cell": lambda: cells(PROGRESS, {"Z90": '<c r="Z90"><f>A1</f></c>'}),
    "a formula whose result stands as a text of the cell": lambda: cells(
        PROGRESS, {"F2": '<c r="F2" t="inlineStr"><f>A1</f><is><t>已&amp;约谈</t></is></c>'}
    ),
    "two names that differ in capitals alone": lambda: repacked({PROGRESS.upper(): PARTS[NEW]}),
    "no theme": lambda: repacked({"xl/theme/theme1.xml": None}),
}
"""What goes back with all that it had."""

ODD: dict[str, Callable[[], bytes]] = {
    "no styles": lambda: repacked({STYLES: None}),
    "no fonts": lambda: _without(STYLES, "fonts"),
    "no fills": lambda: _without(STYLES, "fills"),
    "no borders": lambda: _without(STYLES, "borders"),
    "no named styles' looks": lambda: _without(STYLES, "cellStyleXfs"),
    "an empty fill": lambda: _looks("fills", '<fills count="1"><fill/></fills>'),
    "a colour by its name": lambda: _fonts('<color rgb="red"/>'),
    "a colour as on a page": lambda: _fonts('<color rgb="#FF0000"/>'),
    "a family of letters beyond the last": lambda: _fonts('<family val="34"/>'),
    "an unknown underline": lambda: _fonts('<u val="dotted"/>'),
    "an unknown border": lambda: _looks("borders", '<borders count="1"><border><left style="wavy"/></border></borders>'),
    "an unknown attribute of a style": lambda: repacked({STYLES: _LOOKS.replace(b"<xf ", b'<xf odd="1" ')}),
    "an unknown alignment": lambda: repacked(
        {
            STYLES: re.sub(
                rb"(<cellXfs.*?<xf [^>]*?)/>",
                rb'\1><alignment horizontal="start" vertical="middle"/></xf>',
                _LOOKS,
                count=1,
                flags=re.DOTALL,
            )
        }
    ),
    "a format without a code": lambda: _looks("numFmts", '<numFmts count="1"><numFmt numFmtId="164"/></numFmts>'),
    "a style that is not there": lambda: repacked({STYLES: _LOOKS.replace(b'xfId="0"', b'xfId="9"')}),
    "a cell's style that is not there": lambda: cells(PROGRESS, {"N2": '<c r="N2" s="999" t="inlineStr"><is><t>一</t></is></c>'}),
    "a view of a sheet that is not there": lambda: repacked(
        {WORKBOOK: re.sub(rb"<workbookView[^>]*/>", b'<workbookView visibility="odd" activeTab="77"/>', _BOOK)}
    ),
    "an unknown way to calculate": lambda: repacked({WORKBOOK: re.sub(rb"<calcPr[^>]*/>", b'<calcPr calcMode="odd"/>', _BOOK)}),
    "an unknown state of a sheet": lambda: repacked({WORKBOOK: _BOOK.replace(b'<sheet name="', b'<sheet state="shown" name="', 1)}),
    "a print area that is gone": lambda: repacked(
        {
            WORKBOOK: _BOOK.replace(
                b"<calcPr",
                b'<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="1">nowhere</definedName></definedNames><calcPr',
            )
        }
    ),
    "a sheet without its part": lambda: repacked({DRAFT: None}),
    "a link to another file that is not there": lambda: repacked(
        {WORKBOOK: _BOOK.replace(b"<calcPr", b'<externalReferences><externalReference r:id="rId99"/></externalReferences><calcPr')}
    ),
    "a date of creation in words": lambda: repacked(
        {"docProps/core.xml": re.sub(rb"[^>]*</dcterms:created>", b"soon</dcterms:created>", PARTS["docProps/core.xml"])}
    ),
    "properties that are no XML": lambda: repacked({"docProps/core.xml": b"nonsense"}),
    "an unknown pane": lambda: _around(
        rb"<sheetViews>.*?</sheetViews>", '<sheetViews><sheetView workbookViewId="0"><pane state="odd"/></sheetView></sheetViews>'
    ),
    "an unknown rule of colours": lambda: _behind_rows(
        '<conditionalFormatting sqref="A1:A9"><cfRule type="odd" priority="1"/></conditionalFormatting>'
    ),
    "an unknown drop-down": lambda: _behind_rows('<dataValidations count="1"><dataValidation type="odd" sqref="A1"/></dataValidations>'),
    "a rule of colours whose look is not there": lambda: _behind_rows(
        '<conditionalFormatting sqref="A1:A9"><cfRule type="cellIs" dxfId="7" priority="1" operator="equal">'
        "<formula>1</formula></cfRule></conditionalFormatting>"
    ),
    "a link without a target": lambda: _behind_rows(f'<hyperlinks><hyperlink {_ID} ref="A2"/></hyperlinks>'),
    "a link on an empty cell": lambda: _behind_rows('<hyperlinks><hyperlink location="A1" ref="O3"/></hyperlinks>'),
    "a table without its part": lambda: _behind_rows(f'<tableParts count="1"><tablePart {_ID}/></tableParts>'),
    "a page of odd size": lambda: _behind_rows('<pageMargins left="wide"/><pageSetup orientation="odd"/>'),
    "a column of odd width": lambda: _around(rb"<sheetData>", '<cols><col min="1" max="3" width="wide"/></cols><sheetData>'),
    "a row of odd height": lambda: _around(rb'<row r="2"', '<row r="2" ht="high" odd="1"'),
    "comments without authors": lambda: _related(
        "comments",
        "comments1.xml",
        b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors/><commentList>'
        b'<comment ref="A2" authorId="0"><text><t>x</t></text></comment></commentList></comments>',
    ),
    "a drawing that is no XML": lambda: _related("drawing", "drawings/drawing1.xml", b"nonsense"),
    "a chart sheet without its drawing": lambda: _with_chart_sheet(lambda name, data: None if "chartsheets/_rels" in name else data),
    "a chart of an unknown kind": lambda: _with_chart_sheet(
        lambda name, data: data.replace(b"c:barChart", b"c:oddChart") if "charts/chart" in name else data
    ),
}
"""What goes back without what openpyxl does not understand."""
