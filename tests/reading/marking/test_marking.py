"""What goes back to a sender, through the whole of `pipeline.reading.marking`.

Covers `marked_copy`, `plain_copy`, `cell_marks`, `receipt_sheet`, `personal_cells`, `package_parts`, `foreign_package`, `mended_parts`,
`kept_pictures` and `openpyxl_private`, and with them `receipt_layout`.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import crafting
import foreign
import openpyxl
import pytest
import receiving
import xls
import xlsb
import xlsxwriter
import zips
from crafted import EVERY
from crafting import FILES
from hostile import BANK, CITIZEN, HOSTILE, rewrite
from offices import SETTINGS, read_report
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Color, Font, GradientFill, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.fills import Stop
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from receiving import Desk, cell, opened, saved, sheet
from workbooks import PROGRESS, Edits, answer_row, edit, progress_row, report, report_pages, write

from pipeline.reading import receipt_layout
from pipeline.reading.readers import Readers

if TYPE_CHECKING:
    from crafting import Crafted


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Readers(SETTINGS, 1) as readers:
        yield Desk(tmp_path_factory.mktemp("desk"), readers)


BAD: Edits = {"案件进展!E2": "差不多了", "案件进展!E3": "快了", "案件进展!H3": "昨天", "封面!B3": None}
"""Two values outside the list, a date not understood, nobody who filled in."""


def a_bad_report() -> bytes:
    return write(edit(report_pages(), BAD))


def rewritten(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    return saved(book)


# --- what it says ------------------------------------------------------------------------------------------------


def test_the_sheet_lists_what_was_found_and_leads_to_each_cell(desk: Desk, golden: Callable[[str, str], None]) -> None:
    golden("receipt/a-bad-report.txt", receiving.said(desk.marked(a_bad_report())))


def test_every_finding_stands_on_its_cell(desk: Desk, golden: Callable[[str, str], None]) -> None:
    golden("receipt/a-bad-report-marks.txt", receiving.marks(desk.marked(a_bad_report())))


def test_a_report_without_a_fault_goes_back_without_a_mark(desk: Desk) -> None:
    written = desk.marked(write(report_pages()))
    assert receiving.said(written).startswith("全部采用，共 5 行，没有问题。\n")
    assert receiving.marks(written) == "\n"


def test_each_link_leads_to_the_cell_it_names(desk: Desk) -> None:
    pages = edit(report_pages(), BAD)
    pages["1.'案件进展'表"] = pages.pop("案件进展")
    book = opened(desk.marked(write(pages)))
    links = [linked for row in book.worksheets[0].iter_rows() for linked in row if linked.hyperlink]
    assert [linked.hyperlink.location for linked in links if linked.hyperlink] == [
        f"'1.''案件进展''表'!{address}" if address != "B3" else "'封面'!B3" for address in ("E2", "E3", "H3", "B3")
    ]
    assert all(linked.hyperlink and linked.hyperlink.target is None and linked.hyperlink.id is None for linked in links)


def test_half_an_answer_to_a_notice_is_marked_in_its_empty_cell(desk: Desk) -> None:
    marks = receiving.marks(desk.marked(report(answers=[answer_row(完成时限=None)])))
    assert [line.partition(" ")[0] for line in marks.splitlines() if "督办回复" in line] == ["督办回复!E2"]


def test_many_equal_findings_are_one_block_and_the_rest_is_named(desk: Desk) -> None:
    rows = [progress_row(f"SJ-2020-{n + 100}", 当前状态="差不多了") for n in range(40)]
    written = desk.marked(report(progress=rows))
    lines = receiving.said(written).splitlines()
    assert sum("不在可选范围" in line for line in lines) == 1
    assert any(line.startswith("… | 其余 10 处：E32、E33、") for line in lines)
    assert receiving.marks(written).count("｜不在可选范围：") == 40


# --- what stays --------------------------------------------------------------------------------------------------


def _dress(book: openpyxl.Workbook) -> None:
    """Everything that a clerk's own workbook may have."""
    page = sheet(book, "案件进展")
    page.insert_rows(1)
    page["A1"] = "东胜区信访事项日报"
    page.merge_cells("A1:O1")
    page["A1"].font, page["A1"].alignment = Font(name="宋体", size=20, color="FF0000FF"), Alignment(horizontal="center")
    page["B3"].fill = PatternFill("solid", fgColor="FFCCFFCC")
    page["C3"].number_format = "0.00"
    page["P3"], page["Q3"] = "=1+1", '=IF(A3="","",A3)'
    page["R3"] = datetime(2020, 5, 21, 9, 30)  # noqa: DTZ001 - as openpyxl has it
    page["S3"] = CellRichText("一段", TextBlock(InlineFont(b=True), "粗体"))
    page["T3"], page["T3"].hyperlink = "网址", "https://example.org/a"
    page.column_dimensions["B"].width, page.row_dimensions[3].height = 33.5, 44
    page.column_dimensions["N"].hidden, page.row_dimensions[9].hidden = True, True
    page.freeze_panes, page.print_title_rows, page.print_area = "B3", "2:2", "A1:O20"
    page.page_setup.orientation = "landscape"
    if page.oddFooter:
        page.oddFooter.center.text = "第 &P 页"
    green = DifferentialStyle(fill=PatternFill(bgColor="FF00FF00"))
    page.conditional_formatting.add("E3:E20", Rule("cellIs", operator="equal", formula=['"已化解"'], dxf=green))
    rule = DataValidation(type="list", formula1='"已交办,办理中"', allow_blank=True, prompt="请选择")
    rule.add("E3:E20")
    page.add_data_validation(rule)
    page.auto_filter.ref = "A2:O20"
    book.create_sheet("我的草稿")["A1"] = "=SUM(案件进展!E3:E4)"
    book.create_sheet("藏起来的").sheet_state = "hidden"
    book.defined_names["我的名字"] = DefinedName("我的名字", attr_text="案件进展!$A$3")


def _looks(book: openpyxl.Workbook, skipped: frozenset[str]) -> dict[str, object]:
    """What a workbook is, apart from some cells' fills and comments."""
    seen: dict[str, object] = {name: defined.attr_text for name, defined in book.defined_names.items()}
    for page in book.worksheets:
        seen[f"{page.title} page"] = (
            page.sheet_state, page.freeze_panes, page.print_area, page.print_title_rows, page.page_setup.orientation,
            page.oddFooter.center.text if page.oddFooter else None, sorted(map(str, page.merged_cells.ranges)), page.auto_filter.ref,
            [(str(rule.sqref), rule.formula1, rule.prompt) for rule in page.data_validations.dataValidation],
            [(str(area.sqref), [rule.formula for rule in area.rules]) for area in page.conditional_formatting],
            {letter: (at.width, at.hidden) for letter, at in page.column_dimensions.items()},
            {number: (at.height, at.hidden) for number, at in page.row_dimensions.items()},
        )  # fmt: skip
        for row in page.iter_rows():
            for at in row:
                look = (at.font.name, at.font.sz, at.font.color and at.font.color.rgb, at.number_format, at.alignment.horizontal)
                place = f"{page.title}!{at.coordinate}"
                fill = "" if place in skipped else (at.fill.fill_type, at.fill.fgColor.rgb)
                link = at.hyperlink.target if at.hyperlink else ""
                seen[place] = (at.data_type if at.value is not None else "", str(at.value), look, fill, link)
    return seen


def test_everything_of_the_workbook_stays_as_it_was(desk: Desk) -> None:
    original = rewritten(a_bad_report(), _dress)
    back = opened(desk.marked(original))
    assert back.sheetnames[0] == "回执"
    assert back.active is back.worksheets[0]
    del back["回执"]
    skipped = frozenset({"案件进展!E3", "案件进展!E4", "案件进展!H4", "封面!B3"})
    before, after = _looks(opened(original), skipped), _looks(back, skipped)
    assert {name: (look, after.get(name)) for name, look in before.items() if after.get(name) != look} == {}
    assert after.keys() - before.keys() <= {f"案件进展!{get_column_letter(n)}9" for n in range(1, 30)}


def with_formulas() -> bytes:
    """A report whose cells are formulas with what they had come to."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, page in edit(report_pages(), BAD).items():
            written = book.add_worksheet(name)
            for r, c, value in ((r, c, value) for r, row in enumerate(page.grid) for c, value in enumerate(row)):
                if isinstance(value, date):
                    days = (value - date(1899, 12, 30)).days
                    written.write_formula(r, c, f"=DATE({value.year},{value.month},{value.day})", None, days)
                elif isinstance(value, str) and r and name == "案件进展":
                    written.write_formula(r, c, f'=""&"{value}"&IF(1<2,"","&")', None, value)
                elif value is not None:
                    written.write(r, c, value)
    return out.getvalue()


def test_a_formula_stays_a_formula_and_keeps_what_it_had_come_to(desk: Desk) -> None:
    original = with_formulas()
    written = desk.marked(original)
    formulas = {
        f"{page.title}!{at.coordinate}": at.value
        for page in opened(original).worksheets for row in page.iter_rows() for at in row if at.data_type == "f"
    }  # fmt: skip
    back, values, before = opened(written), opened(written, values=True), opened(original, values=True)
    assert len(formulas) == 12
    for address, formula in formulas.items():
        assert cell(back, address).value == formula
        assert cell(values, address).value == cell(before, address).value is not None
    assert sum(at.data_type == "f" for page in back.worksheets for row in page.iter_rows() for at in row) == len(formulas)
    assert read_report(written) == read_report(original)


def test_what_a_formula_had_come_to_may_be_an_error_a_truth_or_nothing(desk: Desk) -> None:
    original = rewritten(a_bad_report(), lambda book: sheet(book, "案件进展").append(["=1"] * 5))
    results = iter(
        (
            b' t="e"><f>1/0</f><v>#DIV/0!</v>',
            b' t="b"><f>1=1</f><v>1</v>',
            b' t="str"><f>"&lt;"</f><v>&lt;&#38;</v>',
            b"><f>1</f><v></v>",
            b"><f>0.5</f><v>.5</v>",
        )
    )
    crafted = rewrite(
        original,
        lambda name, part: re.sub(rb"><f>1</f>(?:<v ?/>|<v></v>)", lambda _f: next(results), part) if name.endswith("sheet2.xml") else part,
    )
    page = sheet(opened(desk.marked(crafted), values=True), "案件进展")
    last = [at.value for at in list(page.iter_rows(max_col=5))[-1]]
    assert last == ["#DIV/0!", True, "<&", None, 0.5]


def test_drop_downs_whose_list_stands_on_another_sheet_stay(desk: Desk) -> None:
    kept = (
        b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        b'<x14:dataValidations count="1" xmlns:xr="urn:xr" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        b'<x14:dataValidation type="list" allowBlank="1" xr:uid="{0}">'
        b"<x14:formula1><xm:f>\xe5\xb0\x81\xe9\x9d\xa2!$B$1:$B$5</xm:f></x14:formula1>"
        b"<xm:sqref>E2:E9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    original = rewrite(a_bad_report(), lambda name, part: part.replace(b"</worksheet>", kept) if name.endswith("sheet2.xml") else part)
    with zipfile.ZipFile(io.BytesIO(desk.marked(original))) as package:
        part = package.read("xl/worksheets/sheet3.xml")
    assert b"<xm:f>\xe5\xb0\x81\xe9\x9d\xa2!$B$1:$B$5</xm:f>" in part
    assert b"xr:uid" not in part


def test_a_date_that_is_none_stays_the_number_that_it_was(desk: Desk) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet(book, "案件进展")["P2"] = -1.5
        sheet(book, "案件进展")["P2"].number_format = "yyyy-mm-dd"
        sheet(book, "案件进展")["P3"] = 43972.1234567891
        sheet(book, "案件进展")["P3"].number_format = "yyyy-mm-dd hh:mm:ss"

    with zipfile.ZipFile(io.BytesIO(desk.marked(rewritten(a_bad_report(), change)))) as package:
        part = package.read("xl/worksheets/sheet3.xml").decode()
    assert re.search('<c r="P2"[^>]*><v>-1.5</v>', part)
    assert re.search('<c r="P3"[^>]*><v>43972.1234567891</v>', part)


# --- nothing comes alive -----------------------------------------------------------------------------------------


def test_text_that_looks_like_a_formula_stays_text(desk: Desk) -> None:
    pages = report_pages(
        progress=[progress_row(今日进展="=cmd|'/C calc'!A0", 下一步措施="=1+1", 需协调事项="@SUM(A1)", 当前状态="=HYPERLINK(1)")]
    )
    written = desk.marked(write(pages))
    book = opened(written)
    assert [cell(book, f"案件进展!{at}2").data_type for at in "EFNO"] == ["s"] * 4
    assert cell(book, "案件进展!F2").value == "=cmd|'/C calc'!A0"
    assert not [at for page in book.worksheets for row in page.iter_rows() for at in row if at.data_type == "f"]
    assert "“=HYPERLINK(1)”" in receiving.said(written)


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word)[:40])
def test_a_hostile_word_comes_back_as_text(desk: Desk, word: str) -> None:
    pages = report_pages(progress=[{**dict.fromkeys(PROGRESS, word), "案件编号": "SJ-2020-001"}])
    written = desk.answer(write(pages), name=f"{word}.xlsx".replace("\0", ""))
    book = opened(written)
    assert not [at for page in book.worksheets for row in page.iter_rows() for at in row if at.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert all(b'TargetMode="External"' not in package.read(name) for name in package.namelist())
        assert not [name for name in package.namelist() if "externalLink" in name]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


_PARTS = (
    (b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)),
    (b"IDAT", zlib.compress((b"\0" + b"\xff\0\0" * 4) * 4)),
    (b"IEND", b""),
)
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in _PARTS)


def with_pictures(edits: Edits = BAD) -> bytes:
    """A report with a picture beside its rows and another on a sheet that nobody reads."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, page in edit(report_pages(), edits).items():
            written = book.add_worksheet(name)
            for r, c, value in ((r, c, value) for r, row in enumerate(page.grid) for c, value in enumerate(row) if value is not None):
                written.write(r, c, value)
            if name == "案件进展":
                written.insert_image("F6", "现场.png", {"image_data": io.BytesIO(PNG), "x_offset": 3, "object_position": 1})
        book.add_worksheet("照片").insert_image("C4", "现场.png", {"image_data": io.BytesIO(PNG)})
    return out.getvalue()


def _pictures(content: bytes) -> dict[str, list[tuple[str, ...]]]:
    """Where pictures stand, by sheet: column and row from 0; each picture is the one that was put in."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for number, title in enumerate(opened(content).sheetnames, 1):  # a receipt's sheets are written in their order
            related = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            lines = package.read(related).decode() if related in package.namelist() else ""
            for drawing in re.findall(r'Target="[^"]*?(drawings/[^"/]+\.xml)"', lines):
                xml = package.read(f"xl/{drawing}").decode()
                media = package.read(f"xl/drawings/_rels/{drawing.rpartition('/')[2]}.rels").decode()
                assert {package.read(f"xl/media/{name}") for name in re.findall(r'media/([^"]+)"', media)} == {PNG}
                found[title] = re.findall(r"<xdr:from><xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", xml)
    return found


def test_pictures_stay_where_they_stood(desk: Desk) -> None:
    written = desk.marked(with_pictures())
    assert _pictures(written) == {"案件进展": [("5", "5")], "照片": [("2", "3")]}
    assert "没有带回" not in receiving.said(written)
    assert cell(opened(written), "案件进展!E2").comment
    assert _pictures(desk.marked(written)) == _pictures(written)
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert package.read("[Content_Types].xml").count(b'Extension="png"') == 1
        assert len([name for name in package.namelist() if "/media/" in name]) == 1


def test_where_anything_is_personal_no_picture_goes_back(desk: Desk) -> None:
    written = desk.marked(with_pictures({"案件进展!F2": "13912345678"}))
    assert _pictures(written) == {}
    assert "原件里的图片、图形和文本框没有带回" in receiving.said(written)


def test_of_a_drawing_nothing_goes_back_but_pictures_that_lie_in_the_workbook(desk: Desk) -> None:
    text = '<xdr:sp macro="" textlink=""><xdr:txBody><a:p><a:r><a:t>找张三</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
    anchor = f"<xdr:twoCellAnchor><xdr:from/><xdr:to/>{text}<xdr:clientData/></xdr:twoCellAnchor>"

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/drawings/drawing1.xml":
            return part.replace(b"</xdr:wsDr>", f"{anchor}</xdr:wsDr>".encode())
        if name == "xl/drawings/_rels/drawing2.xml.rels":  # a picture that would be asked for elsewhere
            return re.sub(rb'Target="[^"]*"', b'Target="https://example.org/a.png" TargetMode="External"', part)
        return part

    written = desk.marked(rewrite(with_pictures(), change))
    assert _pictures(written) == {"案件进展": [("5", "5")]}
    assert "原件里的图形和文本框没有带回" in receiving.said(written)
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        parts = b"".join(package.read(name) for name in package.namelist())
    assert "找张三".encode() not in parts
    assert b"example.org/a.png" not in parts


def test_no_mark_stands_in_a_hidden_column_or_row(desk: Desk) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        page = sheet(book, "案件进展")
        page.column_dimensions.group("H", "J", hidden=True)
        page.row_dimensions[2].hidden = True
        page["G3"].fill = PatternFill("solid", fgColor="FFCCFFCC")
        sheet(book, "封面").sheet_state = "hidden"

    original = rewritten(a_bad_report(), hide)
    written = desk.marked(original)
    marked = {line.split(" ")[0]: line for line in receiving.marks(written).splitlines()}
    assert marked.keys() == {"封面!B3", "案件进展!E1", "案件进展!E3", "案件进展!G3"}
    assert "说的是 H3，它在隐藏的行或列里。⏎退回这一行｜日期看不懂" in marked["案件进展!G3"]
    assert "说的是 E2，它在隐藏的行或列里。⏎退回这一行｜不在可选范围" in marked["案件进展!E1"]
    assert "说的是" not in marked["案件进展!E3"]
    assert "有批注的“封面”表是隐藏的：" in receiving.said(written)
    # Taken off again with the next receipt, the fill is the sender's own.
    again = desk.marked(saved(_mended(opened(written))))
    assert cell(opened(again), "案件进展!G3").fill.fgColor.rgb == "FFCCFFCC"
    assert cell(opened(again), "案件进展!G3").comment is None


def _mended(book: openpyxl.Workbook) -> openpyxl.Workbook:
    page = sheet(book, "案件进展")
    page["E2"], page["E3"], page["H3"] = "办理中", "办理中", None
    return book


def test_what_would_ask_elsewhere_does_not_go_back(desk: Desk) -> None:
    original = rewrite(a_bad_report(), lambda _name, part: part)
    out = io.BytesIO(original)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/connections.xml", "<connections/>")
        package.writestr("xl/media/image1.png", b"\x89PNG")
        package.writestr("xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords/>")
    written = desk.marked(out.getvalue())
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert not [name for name in package.namelist() if re.search("connections|media|pivot", name)]
    assert "原件里的图片、数据透视表、外部数据连接没有带回" in receiving.said(written)


# --- nothing personal goes back ----------------------------------------------------------------------------------


def test_personal_numbers_are_masked_wherever_they_stand(desk: Desk) -> None:
    def change(book: openpyxl.Workbook) -> None:
        page = sheet(book, "案件进展")
        page["F2"], page["G2"] = f"电话 13912345678，证件 {CITIZEN}", 13912345678
        page["P2"], page["S2"], page["T2"] = f'="{BANK}"', 110105194912310000, 11010519491231000
        page["F3"].comment = Comment("请打 13912345678", "甲")
        page["Q2"], page["Q2"].hyperlink = "拨号", "tel:13912345678"
        page["R2"] = CellRichText("一", TextBlock(InlineFont(b=True), "13912345678"))
        book.create_sheet("通讯录")["C7"] = "13912345678"
        book.properties.creator, book.properties.title = "甲 13912345678", CITIZEN
        if page.oddHeader:
            page.oddHeader.center.text = "13912345678"

    written = desk.marked(rewritten(a_bad_report(), change))
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        everything = b"".join(package.read(name) for name in package.namelist()).decode()
    assert not re.search(f"13912345678|{CITIZEN}|{BANK}|1010519491231", everything)
    book = opened(written)
    assert cell(book, "通讯录!C7").value == "139********"
    assert "139********" in str(cell(book, "案件进展!F2").value)
    assert "含个人信息" in receiving.said(written)


def test_the_result_of_a_formula_is_masked_with_its_formula(desk: Desk) -> None:
    original = rewritten(a_bad_report(), lambda book: sheet(book, "案件进展").append([None] * 16 + ['="139"&"12345678"']))
    crafted = rewrite(
        original, lambda _name, part: re.sub(rb'><f>"139"(.*?)</f>(?:<v ?/>|<v></v>)', rb' t="str"><f>"139"\1</f><v>13912345678</v>', part)
    )
    written = desk.marked(crafted)
    assert cell(opened(written), "案件进展!Q4").value == "139********"
    assert cell(opened(written), "案件进展!Q4").data_type == "s"


def test_a_personal_column_goes_back_empty_also_on_sheets_that_nobody_reads(desk: Desk) -> None:
    pages = report_pages()
    pages["案件进展"].insert_column(2, "家庭住址", "某小区一号楼", "某小区二号楼")
    pages["备份"] = report_pages()["案件进展"]
    pages["备份"].insert_column(4, "联系电话", "0477-1", "0477-2")
    written = desk.marked(write(pages))
    book = opened(written)
    assert [cell(book, f"案件进展!C{n}").value for n in (1, 2, 3)] == ["家庭住址", receipt_layout.HIDDEN, receipt_layout.HIDDEN]
    assert [cell(book, f"备份!E{n}").value for n in (1, 2, 3)] == ["联系电话", receipt_layout.HIDDEN, receipt_layout.HIDDEN]
    assert receiving.said(written).startswith("整个文件没有采用：个人信息列。")


def test_a_sheet_named_with_a_number_sends_the_list_alone(desk: Desk) -> None:
    pages = report_pages()
    pages["13912345678"] = report_pages()["封面"]
    written = desk.answer(write(pages))
    assert opened(written).sheetnames == ["回执"]
    assert "工作表的名称里有个人号码，隐去会破坏原件" in receiving.said(written)


# --- marks never add up ------------------------------------------------------------------------------------------


def _fills(book: openpyxl.Workbook) -> None:
    page = sheet(book, "案件进展")
    page["E2"].fill = PatternFill("solid", fgColor=Color(theme=5, tint=0.4))
    page["E3"].fill = GradientFill(stop=[Stop(Color("FFFF0000"), 0), Stop(Color("FF00FF00"), 1)])
    page["H3"].fill = PatternFill("darkGrid", fgColor="FF123456", bgColor="FF654321")
    page["E2"].comment = Comment("我自己的批注\n第二行", "甲")
    sheet(book, "封面")["B3"].fill = PatternFill("solid", fgColor="FFABCDEF")


def test_a_comment_of_the_senders_own_stays_above_ours(desk: Desk) -> None:
    comment = cell(opened(desk.marked(rewritten(a_bad_report(), _fills))), "案件进展!E2").comment
    assert comment is not None
    assert comment.author == "甲"
    assert comment.text.startswith("我自己的批注\n第二行\n\n【信访日报汇总·回执】\n退回这一行｜不在可选范围：当前状态“差不多了”")


def test_a_receipt_of_a_receipt_has_no_more_marks_than_the_first(desk: Desk) -> None:
    first = desk.marked(rewritten(a_bad_report(), _fills))
    second = desk.marked(first)
    assert receiving.marks(second) == receiving.marks(first)
    assert receiving.said(second) == receiving.said(first)
    assert opened(second).sheetnames == opened(first).sheetnames


def test_a_mended_receipt_comes_back_with_its_own_fills_and_comments(desk: Desk) -> None:
    original = rewritten(a_bad_report(), _fills)
    book = openpyxl.load_workbook(io.BytesIO(desk.marked(original)))
    for address, value in {"案件进展!E2": "办理中", "案件进展!E3": "已化解", "案件进展!H3": "2020-05-20", "封面!B3": "甲"}.items():
        cell(book, address).value = value
    last, before = opened(desk.marked(saved(book))), opened(original)
    for address in ("案件进展!E2", "案件进展!E3", "封面!B3"):
        assert repr(cell(last, address).fill) == repr(cell(before, address).fill)
    assert cell(last, "案件进展!H3").fill.fill_type == "solid"  # read-as: it says another thing now
    assert getattr(cell(last, "案件进展!E2").comment, "text", None) == "我自己的批注\n第二行"
    assert cell(last, "案件进展!E3").comment is None


def test_fills_come_back_where_rows_were_inserted_in_between(desk: Desk) -> None:
    book = openpyxl.load_workbook(io.BytesIO(desk.marked(rewritten(a_bad_report(), _fills))))
    sheet(book, "封面").insert_rows(1)
    sheet(book, "封面")["B4"] = "甲"
    assert cell(opened(desk.marked(saved(book))), "封面!B4").fill.fgColor.rgb == "FFABCDEF"


def test_a_sheet_of_the_senders_own_by_the_name_of_ours_stays(desk: Desk) -> None:
    pages = {"回执": report_pages()["急报事项"], **edit(report_pages(), BAD)}
    first = desk.marked(write(pages))
    assert opened(first).sheetnames[:2] == ["回执 (2)", "回执"]
    assert opened(desk.marked(first)).sheetnames[:2] == ["回执 (2)", "回执"]
    assert cell(opened(first), "回执!A1").value == "案件编号"


def test_a_mark_on_a_merged_cell_stands_where_it_shows(desk: Desk) -> None:
    pages = report_pages(progress=[progress_row(当前状态="差不多了"), progress_row("SJ-2020-001", 当前状态=None)])
    pages["案件进展"].merges.append("E2:E3")
    assert re.findall("案件进展!(E[0-9]) red", receiving.marks(desk.marked(write(pages)))) == ["E2"]


# --- workbooks of other programs -----------------------------------------------------------------------------------


FOREIGN = [(name, make, make in foreign.ODD.values()) for name, make in (*foreign.PLACES.items(), *foreign.ODD.items())]


@pytest.mark.parametrize(("name", "make", "is_odd"), FOREIGN, ids=[name for name, _make, _is_odd in FOREIGN])
def test_a_workbook_of_another_program_goes_back_with_its_marks(desk: Desk, name: str, make: Callable[[], bytes], *, is_odd: bool) -> None:
    original = make()
    mark = receipt_layout.Mark(("案件进展", 2, 4), colour=receipt_layout.RED, text=f"{receipt_layout.HEADING}\n一")
    written = desk.marked_at(original, mark)
    assert receiving.marks(written).startswith("案件进展!E2 red")
    assert ("程序不认识的格式和设置没有带回" in receiving.said(written)) is is_odd, name
    assert read_report(written) == read_report(original)


@pytest.mark.parametrize("name", sorted(path.name for path in (FILES / "foreign").glob("*.xlsx")))
def test_a_report_that_another_program_wrote_goes_back_marked(desk: Desk, name: str) -> None:
    original = (FILES / "foreign" / name).read_bytes()
    written = desk.marked(original, "2020-05-18 16:00")
    assert read_report(written, "2020-05-18 16:00").rows == read_report(original, "2020-05-18 16:00").rows
    assert "没有带回" not in receiving.said(written)


@pytest.mark.parametrize(
    ("name", "format_"), [("pool-runs-on.xls", ".xls（或 .et）"), ("records-12-to-18.xlsb", ".xlsb"), ("../report.ods", ".ods")]
)
def test_a_file_of_another_format_goes_back_as_a_copy_that_reads_like_it(desk: Desk, name: str, format_: str) -> None:
    original = (FILES / "foreign" / name).read_bytes()
    written = desk.marked(original, "2020-05-18 16:00")
    assert f"您的原件是 {format_} 格式，标注不了。后面的工作表是按原件做的 .xlsx 副本" in receiving.said(written)
    again, before = read_report(written, "2020-05-18 16:00"), read_report(original, "2020-05-18 16:00")
    assert again.rows == before.rows
    assert [finding.place for finding in again.findings] == [finding.place for finding in before.findings]
    assert desk.answer(original, "2020-05-18 16:00") == written


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_copy_has_every_kind_of_cell_as_the_original_shows_it(desk: Desk, *, is_1904: bool) -> None:
    records = [
        xls.label(0, 0, "一"), xls.number(0, 1, 0.1 + 0.2), xls.cell(xls.BOOLEAN_OR_ERROR, 0, 2, b"\1\0"),
        xls.label(1, 0, "=1+1"), xls.number(1, 1, 43_970.0), xls.cell(xls.BOOLEAN_OR_ERROR, 1, 2, b"\x2a\1"),
        xls.label(2, 0, "长" * 60), xls.number(2, 1, 43_970.75, style=1), xls.label(3, 1, "_x0041_"),
        xls.label(5, 0, "并"), xls.label(6, 1, "盖住"), xls.label(6, 2, "旁"), xls.record(xls.MERGED, struct.pack("<HHHHH", 1, 5, 6, 0, 1)),
    ]  # fmt: skip
    styles = [xls.record(xls.STYLE, struct.pack("<HHHHHHHHHH", 0, number, 0, 0, 0, 0, 0, 0, 0, 0)) for number in (0, 22)]
    globals_ = [*styles, *([xls.record(xls.DATE_MODE, b"\1\0")] if is_1904 else [])]
    original = xls.book({"案件进展": records, "我的笔记": [xls.label(0, 0, "甲")]}, globals_)
    mark = receipt_layout.Mark(("案件进展", 2, 1), colour=receipt_layout.RED, text=f"{receipt_layout.HEADING}\n一")
    book = opened(desk.marked_at(original, mark))
    assert book.sheetnames == ["回执", "案件进展", "我的笔记"]
    rows = [[cell.value for cell in row] for row in book["案件进展"]["A1:C3"]]
    moment = datetime.fromisoformat("2024-05-20T18:00" if is_1904 else "2020-05-19T18:00")
    assert rows == [["一", 0.1 + 0.2, True], ["=1+1", 43_970, "#N/A"], ["长" * 60, moment, None]]
    assert [book["案件进展"][place].value for place in ("B4", "A6", "B7")] == ["_x0041_", "并", None]
    assert [str(merged) for merged in book["案件进展"].merged_cells.ranges] == ["A6:B7"]
    assert book["案件进展"]["A2"].data_type == "s"
    assert book.epoch == (CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900)
    assert receiving.marks(receiving.saved(book)).startswith("案件进展!B2 red")


@pytest.mark.parametrize("name", ["案件进展[1]", "案件进展" + "表" * 28])
def test_a_copy_whose_sheet_could_not_be_called_so_says_that_and_the_list_goes_alone(desk: Desk, name: str) -> None:
    """Programs of other formats allow names that no .xlsx may have."""
    pages = {sheet: rows for sheet, rows in report_pages().items() if sheet != "案件进展"}
    written = desk.answer(xlsb.write({**pages, name: report_pages()["案件进展"]}))
    assert opened(written).sheetnames == ["回执"]
    assert f"工作表“{name[:31]}”的名称 .xlsx 不允许，所以没有标在原件上" in receiving.said(written)


# --- hands that cannot mark --------------------------------------------------------------------------------------


@pytest.mark.parametrize("crafted", EVERY, ids=lambda crafted: crafted.name)
def test_every_crafted_file_gets_a_receipt_that_opens_and_says_what_was_found(desk: Desk, crafted: Crafted) -> None:
    content = crafted.make()
    written, before = desk.answer(content), receiving.reading_of(content)
    book = opened(written)
    words = receiving.said(book)
    for finding in before.findings:
        assert finding.message in words or f"“{finding.value}”" in finding.message
    if len(book.sheetnames) > 1:
        assert read_report(written) == before


def test_a_large_workbook_gets_the_list_alone(desk: Desk) -> None:
    rows = [progress_row(f"SJ-2020-{n}", 当前状态="差不多了", 今日进展=f"进展{n}") for n in range(20_000)]
    written = desk.answer(report(progress=rows))
    assert opened(written).sheetnames == ["回执"]
    assert "要标注的单元格超过 12000 个，所以没有标在原件上" in receiving.said(written)


def test_a_workbook_of_many_sheets_gets_the_list_alone(desk: Desk) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for number in range(200):
            book.create_sheet(f"附表{number}")

    written = desk.answer(rewritten(a_bad_report(), change))
    assert opened(written).sheetnames == ["回执"]
    assert "原件的工作表超过 200 张" in receiving.said(written)


def test_cells_are_counted_whatever_the_parts_are_called(desk: Desk) -> None:
    filled = b"<row>" + b'<c t="n"/>' * 70_000 + b"</row></sheetData>"
    assert _is_too_large_for_marks(desk, lambda part: part.replace(b"</sheetData>", filled), str.upper)


def _is_too_large_for_marks(desk: Desk, change: Callable[[bytes], bytes], renamed: Callable[[str], str] = str) -> bool:
    """Whether the list alone comes back where the sheet that nobody reads is changed so."""
    parts = {renamed(name): change(part) if name == crafting.DRAFT else part for name, part in crafting.PARTS.items()}
    written = desk.answer(zips.pack(zips.Entry(name, part) for name, part in parts.items()))
    return "原件的单元格超过 60000 个，所以没有标在原件上" in receiving.said(written)


@pytest.mark.parametrize(
    ("inside", "behind"),
    [
        (b"<c><v>1</v></c>" * 30_000 + b"<c\n/>" * 30_000, b""),
        (b"", b'<mergeCells><mergeCell ref="J9:A3000"/><mergeCell ref="K1:T3010"/></mergeCells>'),
    ],
    ids=["cells without an attribute", "cells that merged ranges cover"],
)
def test_every_cell_is_counted_that_takes_openpyxl_time(desk: Desk, inside: bytes, behind: bytes) -> None:
    def change(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b"<row>" + inside + b"</row></sheetData>" + behind)

    assert _is_too_large_for_marks(desk, change)


def test_the_same_file_gives_the_same_bytes_twice(desk: Desk, tmp_path: Path) -> None:
    content = rewritten(a_bad_report(), _dress)
    with Readers(SETTINGS, 1) as others:
        assert Desk(tmp_path, others).answer(content) == desk.answer(content)
    assert desk.answer(b"no workbook") == desk.answer(b"no workbook")


def test_the_receipt_reads_like_the_file_itself(desk: Desk) -> None:
    pages = edit(report_pages(), BAD)
    pages["案件进展"].insert_row(0, "案件进展情况")
    before, after = read_report(write(pages)), read_report(desk.marked(write(pages)))
    assert after == before
