"""Reports as .xls, .et, .xlsb and .ods: the same reading as from the .xlsx, or refused where the file does not prove whole.

Covers, of `pipeline.reading.gate`: `formats`, `xls`, `xls_sheet`, `xls_strings`, `compound_file`, `xlsb`, `ods`,
`ods_cell`, `plain_workbook`, `plain_worksheet` and `cell_values`.
"""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Mapping, Sequence
from datetime import date

import compound
import pytest
import richbook
import xls
import xlsb
import zips
from crafting import FILES
from offices import SETTINGS, read_report
from workbooks import Formula, Page, edit, report_pages, write

from pipeline.reading import reading, workbook
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.reading.workbook import Book, Cell, ErrorValue, Formatted, SheetCells

LIMITS = reading.limits(SETTINGS)
RICH = write(richbook.pages())
XLS, ODS = (FILES / "rich.xls").read_bytes(), (FILES / "rich.ods").read_bytes()
_SECTOR = 512


def _book(content: bytes) -> Book:
    return workbook.read(content, LIMITS)


def _sheet(content: bytes) -> SheetCells:
    (sheet,) = _book(content).sheets
    return sheet


def _rows(content: bytes) -> list[list[Cell]]:
    return _sheet(content).rows


def _refusal(content: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        _book(content)
    return str(caught.value)


# --- the same report ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [XLS, ODS, xlsb.write(richbook.pages())], ids=["xls", "ods", "xlsb"])
def test_a_report_reads_the_same_in_every_format(content: bytes) -> None:
    expected = read_report(RICH)
    assert {(finding.code, finding.sheet, finding.cell) for finding in expected.findings} >= {
        ("error-value", "案件进展", "F5"),
        ("error-value", "案件进展", "N6"),
    }
    assert read_report(content) == expected


@pytest.mark.parametrize("content", [XLS, ODS, xlsb.write(richbook.pages())], ids=["xls", "ods", "xlsb"])
def test_every_cell_is_the_same_in_every_format_and_so_are_the_merges(content: bytes) -> None:
    for expected, actual in zip(_book(RICH).sheets, _book(content).sheets, strict=True):
        assert actual.name == expected.name
        assert [*actual.rows] == [*expected.rows]
        assert {*actual.merges} == {*expected.merges}
        assert [*actual.lines] == [*expected.lines]


def test_days_from_1904_are_the_same_days() -> None:
    assert read_report(xlsb.write(report_pages(), date_1904=True)) == read_report(write(report_pages()))
    styles = [xls.record(xls.STYLE, struct.pack("<HHH", 0, number, 0) + bytes(14)) for number in (0, 14)]
    mode = xls.record(xls.DATE_MODE, b"\x01\x00")
    (sheet,) = _book(xls.book({"甲": [xls.number(0, 0, 42510, 1), xls.number(0, 1, 42510)]}, [mode, *styles])).sheets
    assert sheet.rows == [[date(2020, 5, 21), 42510.0]]
    settings = '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    book = _book(_ods(_row(_day("2020-05-21")), settings))
    assert (book.is_1904, book.sheets[0].rows) == (True, [[date(2020, 5, 21)]])


def test_only_the_wanted_sheets_are_looked_at() -> None:
    for content in (XLS, ODS, xlsb.write(richbook.pages())):
        book = workbook.read(content, LIMITS, lambda name: name == "草稿")
        assert [(sheet.name, sheet.rows) for sheet in book.sheets] == [("草稿", [["草稿", ""], ["不读", 1.5]])]


def test_the_limit_of_cells_holds() -> None:
    for content in (XLS, ODS, xlsb.write(richbook.pages())):
        with pytest.raises(UnreadableError) as caught:
            workbook.read(content, Limits(10**9, 10**9, 50))
        assert str(caught.value) == "too-large/cells"


# --- .xls: whole or refused --------------------------------------------------------------------------------------

_CELLS = [(sheet.name, sheet.rows) for sheet in _book(XLS).sheets]


def _is_refused_or_the_same(content: bytes) -> bool:
    try:
        read = _book(content)
    except UnreadableError as error:
        return error.code == "unreadable"
    return [(sheet.name, sheet.rows) for sheet in read.sheets] == _CELLS


def test_an_xls_that_was_cut_off_is_refused_wherever_it_was_cut() -> None:
    chance = random.Random(20200521)  # noqa: S311 - the same places each time
    places = [*range(0, len(XLS), _SECTOR), *(chance.randrange(len(XLS)) for _ in range(200))]
    for at in places:
        with pytest.raises(UnreadableError) as caught:
            _book(XLS[:at])
        assert caught.value.code == "unreadable"


def test_an_xls_whose_end_or_any_sector_became_zeros_is_refused_or_the_same() -> None:
    for at in range(_SECTOR, len(XLS), _SECTOR):
        after = at + _SECTOR
        assert _is_refused_or_the_same(XLS[:at] + bytes(len(XLS) - at)), at
        assert _is_refused_or_the_same(XLS[:at] + bytes(_SECTOR) + XLS[after:]), at
        assert _is_refused_or_the_same(XLS[:at] + XLS[after:]), at
        assert _is_refused_or_the_same(XLS[:at] + XLS[at - _SECTOR : at] + XLS[at:]), at


def test_an_xls_whose_chains_lead_elsewhere_is_refused_or_the_same() -> None:
    (table,) = struct.unpack_from("<I", XLS, 76)
    start = (table + 1) * _SECTOR
    sectors = len(XLS) // _SECTOR - 1
    for link in range(sectors):
        for target in (0, 1, link, link + 2, sectors - 1, sectors + 5, 0xFFFFFFFE, 0xFFFFFFFF):
            changed = bytearray(XLS)
            struct.pack_into("<I", changed, start + 4 * link, target)
            assert _is_refused_or_the_same(bytes(changed)), (link, target)


def test_a_stream_that_ends_too_soon_in_a_whole_container_is_refused_or_the_same_at_every_length() -> None:
    whole = compound.stream(XLS, "Workbook")
    for length in range(0, len(whole), 61):
        assert _is_refused_or_the_same(compound.build({"Workbook": whole[:length]})), length


def _unclosed(*sheets: Sequence[bytes], rest: bytes = b"") -> bytes:
    """A workbook whose substreams are not closed, of sheets with these records."""
    whole = xls.stream({f"表{number}": records for number, records in enumerate(sheets)}, is_closed=False)
    return compound.build({"Workbook": whole + rest, "其他": b"x" * 5000})


def test_sheets_that_are_not_closed_are_read_where_their_cells_are_whole() -> None:
    cells, shown, merges = (
        xls.label(0, 0, "一"),
        xls.record(xls.WINDOW, bytes(18)),
        xls.record(xls.MERGED, struct.pack("<H4H", 1, 0, 1, 0, 0)),
    )
    filler = xls.record(0x1AE, b"x" * 5000)  # longer than what a container fills up with zeros
    assert [sheet.rows for sheet in _book(_unclosed([filler, cells], [xls.label(0, 0, "二"), shown])).sheets] == [[["一"]], [["二"]]]
    (sheet,) = _book(_unclosed([filler, cells, xls.label(1, 1, "末"), shown, merges], rest=bytes(700))).sheets
    assert (sheet.rows, sheet.merges) == ([["一", ""], ["一", "末"]], ((0, 0, 1, 0),))


def test_a_sheet_that_is_not_closed_is_refused_where_cells_or_merges_may_be_missing() -> None:
    cells, shown = xls.label(0, 0, "一"), xls.record(xls.WINDOW, bytes(18))
    filler = xls.record(0x1AE, b"x" * 5000)
    for sheets, rest in (
        ([[filler, cells]], b""),  # nothing shows that this was the last cell
        ([[filler, cells, shown]], bytes(700)),  # merged ranges may have stood where zeros are
        ([[filler, cells, shown]], b"\x0a"),  # half a record
        ([[filler, cells, shown]], xls.begin(0x10) + xls.record(xls.END)),  # one more than the list has
        ([[filler, xls.begin(0x20), xls.cell(xls.SHARED, 0, 0, bytes(4)), shown]], b""),  # a sheet's cell in a chart
    ):
        assert _refusal(_unclosed(*sheets, rest=rest)) == "unreadable/unproved"


def test_a_chart_in_a_sheet_that_is_not_closed_hides_no_cell_and_no_merge() -> None:
    chart = xls.begin(0x20) + xls.number(0, 0, 5)
    shown, merges = xls.record(xls.WINDOW, bytes(18)), xls.record(xls.MERGED, struct.pack("<H4H", 1, 0, 1, 0, 0))
    records = [xls.record(0x1AE, b"x" * 5000), xls.label(0, 0, "一"), xls.label(1, 1, "末"), chart, shown, merges, xls.record(xls.END)]
    first, second = _book(_unclosed(records, [xls.label(0, 0, "二"), shown])).sheets
    assert (first.rows, second.rows) == ([["一", ""], ["一", "末"]], [["二"]])


def test_four_zeros_alone_between_two_records_are_passed_over() -> None:
    cells = [xls.label(0, 0, "一"), xls.record(0), xls.label(1, 0, "二")]
    assert _rows(_xls(*cells)) == [["一"], ["二"]]
    assert _refusal(_xls(*cells[:2], xls.record(0), cells[2])) == "unreadable/unproved"


def test_an_empty_sheet_that_the_list_leaves_out_takes_nothing_away() -> None:
    whole = xls.stream({"甲": [xls.label(0, 0, "一"), xls.record(0x1AE, b"x" * 5000)]})
    empty, filled = (xls.begin(0x10) + cells + xls.record(xls.END) for cells in (b"", xls.number(0, 0, 1)))
    assert _rows(compound.build({"Workbook": whole + empty})) == [["一"]]
    assert _refusal(compound.build({"Workbook": whole + filled})) == "unreadable/unproved"
    assert _refusal(compound.build({"Workbook": whole + empty[:-2]})) == "unreadable/unproved"


def test_a_sheet_that_the_list_leaves_out_is_missed() -> None:
    whole = xls.stream({"甲": [xls.label(0, 0, "一")], "乙": [xls.label(0, 0, "二")]})
    listed = xls.record(xls.SHEET, struct.pack("<IBB", 0, 0, 0) + bytes([1, 1]) + "乙".encode("utf-16-le"))
    at = whole.index(listed[10:]) - 10
    left_out = whole[:at] + xls.record(0x1AE, bytes(len(listed) - 4)) + whole[at + len(listed) :]
    assert [sheet.name for sheet in _book(compound.build({"Workbook": whole})).sheets] == ["甲", "乙"]
    assert _refusal(compound.build({"Workbook": left_out})) == "unreadable/unproved"


def test_a_short_xls_lies_in_the_pool_of_short_streams() -> None:
    whole = xls.stream({"甲": [xls.label(0, 0, "一")]})
    content = compound.build({"Workbook": whole, "其他": b"x" * 200}, pooled=True)
    assert _rows(content) == [["一"]]
    for at in range(_SECTOR, len(content), _SECTOR):
        assert _refusal(content[:at]) == "unreadable/unproved"


def _pooled() -> bytes:
    """A workbook between two other streams, one of them in the pool of short streams."""
    whole = xls.stream({"甲": [xls.label(0, 0, "一"), xls.record(0x1AE, b"x" * 5000)]})
    return compound.build({"其他": b"x" * 200, "Workbook": whole, "更多": b"y" * 5000}, pooled=True)


def test_a_chain_that_runs_on_into_the_next_stream_is_as_whole_as_one_that_ends() -> None:
    content = _pooled()
    (first, size), (pool, _), (after, _) = (compound.place(content, name) for name in ("Workbook", "Root Entry", "更多"))
    last = first + (size - 1) // _SECTOR
    # As PhpSpreadsheet writes it: one chain over the short streams, the workbook, and what comes behind it.
    strung = compound.relinked(compound.relinked(content, pool, first), last, after)
    assert _rows(strung) == _rows(content) == [["一"]]
    for at in (strung[: last * _SECTOR], strung[:-_SECTOR]):
        assert _refusal(at) == "unreadable/unproved"
    for sector in range(first, last + 1):
        for target in {sector, sector + 2, after + 1, 0xFFFFFFFF} - {after}:
            assert _refusal(compound.relinked(strung, sector, target)) == "unreadable/unproved", (sector, target)


def test_a_chain_may_run_on_into_the_directory() -> None:
    content = compound.build({"Workbook": xls.stream({"甲": [xls.label(0, 0, "一"), xls.record(0x1AE, b"x" * 5000)]})})
    (first, size), (directory,) = compound.place(content, "Workbook"), struct.unpack_from("<I", content, 48)
    last = first + (size - 1) // _SECTOR
    assert _rows(compound.relinked(content, last, directory)) == [["一"]]
    assert _refusal(compound.relinked(content, last - 1, directory)) == "unreadable/unproved"


def test_short_streams_that_are_broken_do_a_long_workbook_no_harm_unless_they_lie_on_it() -> None:
    content = _pooled()
    (first, _), (pool, _) = (compound.place(content, name) for name in ("Workbook", "Root Entry"))
    assert _rows(compound.relinked(content, pool, 0xFFFFFFFF)) == [["一"]]
    begins = content.index("Root Entry".encode("utf-16-le")) + 116
    on_it = content[:begins] + struct.pack("<I", first + 1) + content[begins + 4 :]
    assert _refusal(on_it) == "unreadable/unproved"


def test_a_large_xls_names_its_tables_in_sectors_of_their_own() -> None:
    filler = b"".join(xls.record(0x1AE, bytes([n % 256]) * 8000) for n in range(2_100))
    whole = xls.stream({"甲": [xls.label(0, 0, "一"), filler, xls.label(1, 0, "二")]})
    content = compound.build({"Workbook": whole})
    assert len(content) > 16 << 20
    assert _rows(content) == [["一"], ["二"]]
    assert _refusal(content[:-_SECTOR]) == "unreadable/unproved"
    assert _refusal(content[:-_SECTOR] + bytes(_SECTOR)) == "unreadable/unproved"


# --- .xls: what its records say ----------------------------------------------------------------------------------


def _xls(*records: bytes, globals_: Sequence[bytes] = ()) -> bytes:
    return xls.book({"甲": records}, globals_)


def test_errors_truths_and_formulas_of_an_xls() -> None:
    sheet = _sheet(
        _xls(
            xls.cell(xls.BOOLEAN_OR_ERROR, 0, 0, bytes([0x2A, 1])),
            xls.cell(xls.BOOLEAN_OR_ERROR, 0, 1, bytes([1, 0])),
            xls.formula(1, 0, bytes([2, 0, 0x17, 0, 0, 0, 0xFF, 0xFF])),
            xls.formula(1, 1, struct.pack("<d", 2.5)),
            xls.formula(1, 2, bytes([0, 0, 0, 0, 0, 0, 0xFF, 0xFF])) + xls.record(xls.RESULT, xls.text("已约谈")),
            xls.formula(1, 3, bytes([0, 0, 0, 0, 0, 0, 0xFF, 0xFF])),
            xls.formula(1, 4, bytes([3, 0, 0, 0, 0, 0, 0xFF, 0xFF])),
            xls.formula(1, 5, bytes([1, 0, 1, 0, 0, 0, 0xFF, 0xFF])),
            xls.number(2, 0, float("nan")),
        )
    )
    assert sheet.rows == [
        [ErrorValue("#N/A"), True, "", "", "", ""],
        [ErrorValue("#REF!"), 2.5, "已约谈", "", "", True],
        [ErrorValue("#NUM!"), "", "", "", "", ""],
    ]
    assert sheet.uncached == {(1, 3)}


def test_a_text_goes_on_in_the_next_record_in_other_letters() -> None:
    wide = "甲乙丙".encode("utf-16-le")
    blocks = (struct.pack("<HB", 8, 1) + wide[:4], b"\x01" + wide[4:] + "丁戊".encode("utf-16-le"), b"\x00abc" + struct.pack("<HB", 0, 0))
    content = _xls(xls.cell(xls.SHARED, 0, 0, struct.pack("<I", 0)), globals_=[xls.shared(*blocks, count=2)])
    assert _rows(content) == [["甲乙丙丁戊abc"]]
    assert _refusal(_xls(globals_=[xls.shared(*blocks, count=1)])) == "unreadable/unproved"


def test_shared_texts_that_are_fewer_than_declared_do_harm_only_where_a_cell_names_one() -> None:
    text = struct.pack("<HB", 1, 1) + "一".encode("utf-16-le")
    for lies in (2, 4_000_000_000):
        shared = xls.shared(text, count=lies)
        assert _rows(_xls(xls.cell(xls.SHARED, 0, 0, struct.pack("<I", 0)), globals_=[shared])) == [["一"]]
        assert _refusal(_xls(xls.cell(xls.SHARED, 0, 0, struct.pack("<I", 1)), globals_=[shared])) == "unreadable/unproved"
        assert _refusal(_xls(globals_=[xls.shared(text + text[:4], count=lies)])) == "unreadable/unproved"


def test_what_fills_up_the_pool_of_short_streams_may_be_missing_and_so_may_the_order_of_bytes() -> None:
    whole = xls.stream({"甲": [xls.label(0, 0, "一")]})
    content = compound.build({"Workbook": whole}, pooled=True)
    pool, _size = compound.place(content, "Root Entry")
    # The pool last in the file, and the file ending with its last byte.
    used = -(-len(whole) // _SECTOR) * _SECTOR
    last = content[(pool + 1) * _SECTOR : (pool + 1) * _SECTOR + used]
    sectors = len(content) // _SECTOR - 1
    begins = content.index("Root Entry".encode("utf-16-le")) + 116
    moved = bytearray(content[:begins] + struct.pack("<I", sectors) + content[begins + 4 :] + last[: len(whole)])
    for at in range(used // _SECTOR):
        moved = bytearray(compound.relinked(bytes(moved), sectors + at, sectors + at + 1 if at + 1 < used // _SECTOR else 0xFFFFFFFE))
    assert _rows(bytes(moved)) == [["一"]]
    assert _refusal(bytes(moved[:-1])) == "unreadable/unproved"
    assert _rows(content[:28] + b"\xff\xfe" + content[30:]) == [["一"]]


def test_a_rich_text_with_readings_is_its_plain_text() -> None:
    rich = struct.pack("<HBHI", 2, 13, 1, 6) + "甲乙".encode("utf-16-le") + bytes(4) + b"reader"
    content = _xls(xls.cell(xls.SHARED, 0, 0, struct.pack("<I", 0)), globals_=[xls.shared(rich, count=1)])
    assert _rows(content) == [["甲乙"]]


def test_zeros_in_a_text_mean_that_something_is_missing() -> None:
    assert _refusal(_xls(xls.label(0, 0, "甲\0\0乙"))) == "unreadable/unproved"


def test_numbers_packed_by_the_row_and_merges() -> None:
    packed = (
        struct.pack("<HH", 3, 1) + b"".join(struct.pack("<Hi", 0, value) for value in (7 << 2 | 2, 1250 << 2 | 3)) + struct.pack("<H", 2)
    )
    merge = xls.record(xls.MERGED, struct.pack("<H4H", 1, 3, 4, 1, 1))
    sheet = _sheet(_xls(xls.record(xls.PACKED_ROW, packed), xls.label(4, 0, "末"), merge))
    assert sheet.rows[3:] == [["", 7.0, 12.5], ["末", 7.0, ""]]
    assert sheet.merges == ((3, 1, 4, 1),)
    assert _refusal(_xls(xls.record(xls.PACKED_ROW, packed[:-2] + b"\x09\x00"))) == "unreadable/unproved"


def test_a_workbook_of_excel_95_in_its_code_page() -> None:
    written = "包案领导".encode("gbk")
    label = xls.cell(xls.LABEL, 0, 0, struct.pack("<H", len(written)) + written)
    page = xls.record(xls.CODE_PAGE, struct.pack("<H", 936))
    content = xls.book({"案件进展": [label]}, [page], version=xls.OLD)
    assert [(sheet.name, sheet.rows) for sheet in _book(content).sheets] == [("案件进展", [["包案领导"]])]


def test_of_two_workbooks_in_one_container_the_newer_format_is_read() -> None:
    old = xls.stream({"old": [xls.number(0, 0, 1)]}, version=xls.OLD)
    assert _rows(compound.build({"Book": old, "Workbook": xls.stream({"new": [xls.number(0, 0, 2)]})})) == [[2.0]]


def test_an_xls_with_a_password_or_macros_says_so() -> None:
    assert _refusal(_xls(globals_=[xls.record(xls.PASSWORD, bytes(6))])) == "encrypted"
    for kind in (1, 6):
        assert _refusal(xls.book({"宏": [xls.label(0, 0, "一")]}, kind=kind)) == "macro-workbook"
    whole = xls.stream({"甲": [xls.label(0, 0, "一")]})
    assert _refusal(compound.build({"Workbook": whole, "_VBA_PROJECT_CUR/VBA/dir": b"x"})) == "macro-workbook"


def test_macros_inside_an_embedded_document_are_not_the_workbooks() -> None:
    whole = xls.stream({"甲": [xls.label(0, 0, "一")]})
    assert _rows(compound.build({"Workbook": whole, "MBD00001/Macros/VBA/dir": b"x", "MBD00001/Workbook": b"y"})) == [["一"]]


# --- .ods --------------------------------------------------------------------------------------------------------

_SPACES = (
    "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for name, long in (("office", "office"), ("table", "table"), ("text", "text"), ("draw", "drawing"))
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_MEDIA = b"application/vnd.oasis.opendocument.spreadsheet"


def _ods(rows: str, settings: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet with these rows."""
    table = f'<table:table table:name="甲">{rows}</table:table>'
    inner = f"<office:body><office:spreadsheet>{settings}{table}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES}>{inner}</office:document-content>'
    parts = {"mimetype": _MEDIA, "content.xml": content.encode(), **(more or {})}
    return zips.pack(zips.Entry(name, data) for name, data in parts.items())


def _row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def _text(content: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}>{content}</table:table-cell>'


def _day(day: str) -> str:
    return f'<table:table-cell office:value-type="date" office:date-value="{day}"><text:p>x</text:p></table:table-cell>'


_EMPTY = "<table:table-cell/>"


def test_texts_of_an_ods() -> None:
    cells = [
        "<text:p>一<text:s text:c='2'/>二<text:tab/>三<text:line-break/>四</text:p>",
        "<text:p>一</text:p><text:p/><text:p><text:span>二</text:span><text:a>三</text:a></text:p>",
        "<office:annotation><text:p>批注</text:p></office:annotation><text:p>正文</text:p><draw:frame><text:p>图</text:p></draw:frame>",
        "<text:p><text:ruby><text:ruby-base>汉</text:ruby-base><text:ruby-text>han</text:ruby-text></text:ruby></text:p>",
    ]
    assert _rows(_ods(_row(*map(_text, cells)))) == [["一  二\t三\n四", "一\n\n二三", "正文", "汉"]]
    assert _rows(_ods(_row(_text("<text:p>shown</text:p>", 'office:string-value="meant"')))) == [["meant"]]


def test_errors_and_formulas_of_an_ods() -> None:
    formula = 'table:formula="of:=[.Z1]"'
    cells = [
        _text("<text:p>#N/A</text:p>", f'{formula} office:string-value="" calcext:value-type="error"'),
        _text("<text:p>Err:502</text:p>", f'{formula} office:string-value="" calcext:value-type="error"'),
        _text("<text:p>#REF!</text:p>", formula),
        '<table:table-cell office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell>',
        _text("<text:p>#N/A</text:p>"),
        f"<table:table-cell {formula}><text:p/></table:table-cell>",
        f"<table:table-cell {formula}/>",
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
    ]
    sheet = _sheet(_ods(_row(*cells)))
    errors = [ErrorValue(error) for error in ("#N/A", "#VALUE!", "#REF!", "#DIV/0!")]
    assert sheet.rows == [[*errors, "#N/A", "", "", True]]
    assert sheet.uncached == {(0, 6)}


def test_an_xls_that_lists_no_sheet_does_not_prove_whole() -> None:
    """The records of its sheets were lost; nothing says where one begins."""
    assert _refusal(xls.book({})) == "unreadable/unproved"
    assert _refusal(compound.build({"Workbook": xls.begin(5) + xls.record(xls.END) + bytes(4000)})) == "unreadable/unproved"


def test_what_the_formats_of_an_xls_show_is_read() -> None:
    codes = {164: '0"亿"', 165: ";;;", 166: "0"}
    formats = [xls.record(xls.FORMAT, struct.pack("<H", number) + xls.text(code)) for number, code in codes.items()]
    styles = [xls.record(xls.STYLE, struct.pack("<10H", 0, number, *[0] * 8)) for number in (0, 9, *codes)]
    cells = [xls.number(0, column, 5, style=column) for column in range(len(styles))]
    sheet = _sheet(xls.book({"一": cells}, [*formats, *styles]))
    assert sheet.rows == [[5, Formatted("500%", 5), Formatted("5亿", 5), "", 5]]
    assert sheet.hidden == sheet.covered.keys() == {(0, 3)}


def test_what_an_ods_shows_of_a_number_is_read() -> None:
    """Its text is what its style made of it; a program that writes no text says nothing of it."""
    shown = ("5", "500%", "5亿", "", "5.00", "¥5.0", "5户", "1.2E+01", None)
    inner = ["" if text is None else f"<text:p>{text}</text:p>" for text in shown]
    cells = [f'<table:table-cell office:value-type="float" office:value="5">{text}</table:table-cell>' for text in inner]
    sheet = _sheet(_ods(_row(*cells)))
    assert sheet.rows == [[5, Formatted("500%", 5), Formatted("5亿", 5), "", 5, 5, Formatted("5户", 5), 5, 5]]
    assert sheet.hidden == {(0, 3)}


_ID = "ID_" + "0123456789ABCDEF" * 2


def _xls_picture(row: int, *, wide: bool) -> bytes:
    text = b"\x17\x23" + (b"\1" + _ID.encode("utf-16-le") if wide else b"\0" + _ID.encode())
    tokens = text + b"\x1e\x01\x00"
    return xls.cell(xls.FORMULA, row, 0, b"\2\0\x1d\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)


def _xlsb_picture() -> bytes:
    """A workbook with the formula of a picture, whose result is an error."""
    tokens = b"\x17\x23\0" + _ID.encode("utf-16-le") + b"\x1e\x01\x00"
    parts = xlsb.parts({"一": Page([["甲"], ["乙"], [_ID]])})
    formula = xlsb.cell(11, 0, b"\x1d" + struct.pack("<HI", 0, len(tokens)) + tokens + struct.pack("<I", 0))  # BrtFmlaError
    for number in (0, 1):
        text = xlsb.cell(xlsb.SHARED, 0, struct.pack("<I", number))
        parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"].replace(text, formula)
    return zips.pack(zips.Entry(name, part) for name, part in parts.items())


PICTURES = {
    "xlsb": _xlsb_picture(),
    "xls": xls.book({"一": [_xls_picture(0, wide=False), _xls_picture(1, wide=True), xls.label(2, 0, _ID)]}),
    "ods": _ods(
        _row(_text("<text:p>#NAME?</text:p>", f"table:formula='of:=_xlfn.dispimg(&quot;{_ID}&quot;;1)' calcext:value-type='error'"))
        + _row(f"<table:table-cell table:formula='of:=DISPIMG(&quot;{_ID}&quot;;1)'/>")
        + _row(_text(f"<text:p>{_ID}</text:p>"))
    ),
}


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES)
def test_a_picture_in_a_cell_is_one_whatever_a_program_made_of_its_formula(content: bytes) -> None:
    sheet = _sheet(content)
    assert sheet.rows == [[""], [""], [_ID]]
    assert sheet.pictures == sheet.uncached == {(0, 0), (1, 0)}


def test_days_and_times_of_an_ods() -> None:
    def at(time: str) -> str:
        return f'<table:table-cell office:value-type="time" office:time-value="{time}"><text:p>x</text:p></table:table-cell>'

    rows = _rows(_ods(_row(_day("2020-05-21"), _day("2020-05-21T09:30:00"), at("PT09H30M00S"), at("PT36H00M00S"), at("PT1055337H30M00S"))))
    assert [str(value) for value in rows[0]] == ["2020-05-21", "2020-05-21 09:30:00", "09:30:00", "1 day, 12:00:00", "2020-05-21 09:30:00"]


def test_repeated_cells_of_an_ods_are_there_as_often_and_what_is_empty_costs_nothing() -> None:
    two = _text("<text:p>二</text:p>", 'table:number-columns-repeated="2"')
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    rest = _row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1_048_000)
    assert _rows(_ods(_row(gap, two, repeated=2) + rest)) == [["", "", "", "二", "二"]] * 2
    many = _row(_text("<text:p>二</text:p>", 'table:number-columns-repeated="16000"'), repeated=1_000_000)
    assert _refusal(_ods(many)) == "too-large/cells"
    assert _refusal(_ods(_row(_text("<text:p><text:s text:c='1000000'/></text:p>")) * 300)) == "too-large/inside"


def test_texts_of_nothing_are_no_cells_of_an_ods_however_often_they_are_repeated() -> None:
    for nothing in ("", "<text:p/>", "<text:p></text:p>"):
        empty = _text(nothing, 'table:number-columns-repeated="16384"')
        assert _rows(_ods(_row(_text("<text:p>一</text:p>")) + _row(empty, repeated=1_000_000))) == [["一"]]


def test_an_ods_that_shrank_to_very_little_is_read() -> None:
    rows = _row(_text("<text:p>一</text:p>")) + _row(f'<table:table-cell table:style-name="{"x" * 500}"/>') * 20_000
    content = _ods(rows)
    assert len(rows) > 8 << 20
    assert len(content) < len(rows) // 200
    assert _rows(content) == [["一"]]


def test_an_ods_without_its_media_type_is_known_by_its_content() -> None:
    parts = {name: entry.data for name, entry in zips.entries(_ods(_row(_text("<text:p>一</text:p>")))).items() if name != "mimetype"}
    assert _rows(zips.pack(zips.Entry(name, data) for name, data in parts.items())) == [["一"]]
    written = parts["content.xml"].replace(b"office:spreadsheet", b"office:text")
    assert _refusal(zips.pack([zips.Entry("content.xml", written)])) == "unreadable/format"


def test_merged_cells_of_an_ods() -> None:
    merged = _text("<text:p>并</text:p>", 'table:number-columns-spanned="1" table:number-rows-spanned="2"')
    sheet = _sheet(_ods(_row(merged, _text("<text:p>一</text:p>")) + _row("<table:covered-table-cell/>", _text("<text:p>二</text:p>"))))
    assert (sheet.rows, sheet.merges) == ([["并", "一"], ["并", "二"]], ((0, 0, 1, 0),))


def test_an_ods_with_a_password_or_macros_says_so_and_an_empty_library_is_no_macro() -> None:
    row = _row(_text("<text:p>一</text:p>"))
    library = b"<library/>"
    assert _rows(_ods(row, more={"Basic/script-lc.xml": library, "Basic/Standard/script-lb.xml": library})) == [["一"]]
    assert _refusal(_ods(row, more={"Basic/Standard/Module1.xml": library})) == "macro-workbook"
    assert _refusal(_ods(row, more={"Scripts/python/a.py": b"x"})) == "macro-workbook"
    manifest = b'<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    assert _refusal(_ods(row, more={"META-INF/manifest.xml": manifest})) == "encrypted"


def test_copies_of_values_in_other_files_are_no_sheets() -> None:
    copy = _row(_text("<text:p>旧</text:p>"))
    linked = f"</table:table><table:table table:name=\"'file:///a.ods'#$案件进展\"><table:table-source/>{copy}"
    assert [sheet.name for sheet in _book(_ods(_row(_text("<text:p>一</text:p>")) + linked)).sheets] == ["甲"]


def test_what_was_packed_is_called_that() -> None:
    for inside in ("报送/日报.XLSX", "日报.et", "又一个.zip"):
        assert _refusal(zips.pack([zips.Entry(inside, b"x")])) == "unreadable/packed"
    for begins in (b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c"):
        assert _refusal(begins + bytes(40)) == "unreadable/packed"
    assert _refusal(zips.pack([zips.Entry("日报.txt", b"x")])) == "unreadable/format"


def test_an_ods_in_one_piece_of_xml_and_one_that_is_cut_off_are_refused() -> None:
    flat = f'<?xml version="1.0"?><office:document{_SPACES} office:mimetype="{_MEDIA.decode()}"></office:document>'
    assert _refusal(flat.encode()) == "unreadable/format"
    for length in range(0, len(ODS) - 22, 97):
        assert _refusal(ODS[:length]).startswith("unreadable")


# --- .xlsb -------------------------------------------------------------------------------------------------------


def _binary(part: str, old: bytes, new: bytes) -> bytes:
    """A small workbook with one thing changed in one part, every sum right."""
    parts = xlsb.parts({"甲": Page([["一", 2.5, 7]], merges=["A1:A2"])})
    assert old in parts[part]
    return zips.pack(zips.Entry(name, data.replace(old, new, 1) if name == part else data) for name, data in parts.items())


def test_formulas_and_errors_of_an_xlsb() -> None:
    results: tuple[str | float | bool, ...] = ("已约谈", 2.5, True, "#N/A", "", "#DIV/0!")
    sheet = _sheet(xlsb.write({"甲": Page([[Formula("", result) for result in results]])}))
    assert sheet.rows == [["已约谈", 2.5, True, ErrorValue("#N/A"), "", ErrorValue("#DIV/0!")]]
    assert sheet.uncached == frozenset()


def test_an_xlsb_whose_parts_end_too_soon_inside_a_whole_archive_is_refused() -> None:
    parts = xlsb.parts(report_pages())
    for name, length in itertools.product([part for part in parts if part.endswith(".bin")], (0.0, 0.3, 0.6, 0.9, 0.99)):
        cut = {**parts, name: parts[name][: int(len(parts[name]) * length)]}
        assert _refusal(zips.pack(zips.Entry(part, data) for part, data in cut.items())) == "unreadable/damaged", (name, length)


def test_an_xlsb_that_lies_is_refused() -> None:
    sheet, strings = "xl/worksheets/sheet1.bin", "xl/sharedStrings.bin"
    shared = xlsb.cell(xlsb.SHARED, 0, struct.pack("<I", 0))
    for part, old, new in (
        (sheet, shared, xlsb.cell(xlsb.SHARED, 0, struct.pack("<I", 9))),
        (sheet, shared, xlsb.cell(xlsb.SHARED, 16_384, struct.pack("<I", 0))),
        (sheet, shared, xlsb.record(xlsb.SHARED, b"\0\0")),
        (sheet, shared, xlsb.record(xlsb.ROW, struct.pack("<I", 1_048_576))),
        (sheet, shared, b"\x07\xff\xff\xff\x7f"),
        (strings, struct.pack("<II", 1, 1), struct.pack("<II", 1, 4_000_000_000)),
        (strings, xlsb.text("一"), struct.pack("<I", 2_000_000_000) + b"\x00\x4e"),
    ):
        assert _refusal(_binary(part, old, new)) == "unreadable/damaged", (part, new)


def test_short_records_of_an_xlsb_stand_behind_the_cell_before_them() -> None:
    parts = xlsb.parts({"甲": Page([["一", 2.5], ["二"]])})
    sheet, shared = "xl/worksheets/sheet1.bin", struct.pack("<I", 0)

    def content(*cells: bytes) -> bytes:
        rows = [xlsb.record(xlsb.ROW, struct.pack("<I", 0) + bytes(13)), *cells]
        body = b"".join([xlsb.record(129), xlsb.record(145), *rows, xlsb.record(146), xlsb.record(130)])
        return zips.pack(zips.Entry(name, body if name == sheet else data) for name, data in parts.items())

    plain = bytes(4)
    cells = [
        xlsb.cell(xlsb.SHARED, 1, shared),
        xlsb.record(12, plain),
        xlsb.record(13, plain + struct.pack("<i", 7 << 2 | 2)),
        xlsb.record(14, plain + b"\x2a"),
        xlsb.record(15, plain + b"\x01"),
        xlsb.record(16, plain + struct.pack("<d", 2.5)),
        xlsb.cell(xlsb.BLANK, 8, b""),
        xlsb.record(17, plain + xlsb.text("甲")),
        xlsb.record(18, plain + shared),
    ]
    assert _rows(content(*cells)) == [["", "一", "", 7.0, ErrorValue("#N/A"), True, 2.5, "", "", "甲", "一"]]
    for wrong in (
        [xlsb.record(18, plain + shared)],  # behind no cell
        [cells[0], xlsb.record(xlsb.ROW, struct.pack("<I", 1) + bytes(13)), xlsb.record(18, plain + shared)],
        [xlsb.cell(xlsb.SHARED, 16_383, shared), xlsb.record(12, plain)],
        [cells[0], xlsb.record(16, b"\0")],
    ):
        assert _refusal(content(*wrong)) == "unreadable/damaged", wrong


def test_two_cells_at_the_corners_of_an_xlsb_cost_nothing() -> None:
    far = xlsb.record(xlsb.ROW, struct.pack("<I", 1_048_575)) + xlsb.cell(xlsb.SHARED, 16_383, struct.pack("<I", 0))
    packed = xlsb.cell(xlsb.PACKED, 2, struct.pack("<i", 7 << 2 | 2))
    sheet = _sheet(_binary("xl/worksheets/sheet1.bin", packed, packed + far))
    assert (sheet.rows[0][0], sheet.rows[-1][-1], sheet.lines[-1], sheet.columns[-1]) == ("一", "一", 1_048_576, 16_383)


def test_merges_that_lie_on_each_other_a_thousandfold_are_refused_at_once() -> None:
    pages = edit(report_pages(), {"案件进展!A3000": "末"})
    pages["案件进展"].merges += ["A1:A3000"] * 20_000
    assert _refusal(xlsb.write(pages)) == "unreadable/damaged"


def test_an_xlsb_with_macros_says_so() -> None:
    parts = {**xlsb.parts(report_pages()), "xl/vbaProject.bin": b"x"}
    assert _refusal(zips.pack(zips.Entry(name, data) for name, data in parts.items())) == "macro-workbook"
