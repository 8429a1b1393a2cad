"""Binary workbooks (.xlsb) of the pages of `workbooks`, as small as they can be written."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import date, datetime, time

import zips
from workbooks import Formula, Page, Pages, Value
from xlsxwriter.utility import xl_cell_to_rowcol

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.ms-excel"
_EPOCH, _SHIFT_1904 = date(1899, 12, 30), 1462
_PLAIN, _DAY, _MOMENT, _TIME = 0, 1, 2, 3
_FORMATS = (0, 164, 165, 20)
_CODES = {164: "yyyy-mm-dd", 165: "yyyy-mm-dd hh:mm"}
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
ROW, BLANK, PACKED, ERROR, BOOLEAN, NUMBER, TEXT, SHARED = 0, 1, 2, 3, 4, 5, 6, 7


def record(kind: int, body: bytes = b"") -> bytes:
    """One record."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + body


def text(said: str) -> bytes:
    """A text with its length."""
    written = said.encode("utf-16-le")
    return struct.pack("<I", len(written) // 2) + written


def parts(pages: Pages, *, date_1904: bool = False) -> dict[str, bytes]:
    """The workbook's parts."""
    strings: dict[str, int] = {}
    names = list(pages)
    shift = _SHIFT_1904 * date_1904
    sheets = {f"xl/worksheets/sheet{number}.bin": _sheet(page, strings, shift) for number, page in enumerate(pages.values(), 1)}
    bundle = [record(156, struct.pack("<II", 0, n) + text(f"rId{n}") + text(name)) for n, name in enumerate(names, 1)]
    settings = record(153, struct.pack("<II", int(date_1904), 0) + text(""))
    book = [record(131), settings, record(143), *bundle, record(144), record(132)]
    listed = [record(19, b"\0" + text(string)) for string in strings]
    shared = [record(159, struct.pack("<II", len(strings), len(strings))), *listed, record(160)]
    targets = [("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(names) + 1)]
    return {
        "[Content_Types].xml": _types(len(names)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": b"".join(book),
        "xl/_rels/workbook.bin.rels": _relations([*targets, ("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")]),
        **sheets,
        "xl/sharedStrings.bin": b"".join(shared),
        "xl/styles.bin": _styles(),
    }


def write(pages: Pages, *, date_1904: bool = False) -> bytes:
    """The workbook's bytes; the same pages give the same bytes."""
    return zips.pack(zips.Entry(name, data) for name, data in parts(pages, date_1904=date_1904).items())


def _types(sheets: int) -> bytes:
    kinds = {
        "workbook": "sheet.binary.macroEnabled.main", "styles": "styles", "sharedStrings": "sharedStrings",
        **{f"worksheets/sheet{n}": "worksheet" for n in range(1, sheets + 1)},
    }  # fmt: skip
    listed = "".join(f'<Override PartName="/xl/{name}.bin" ContentType="{_KIND}.{kind}"/>' for name, kind in kinds.items())
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_PACKAGE}/content-types">{rels}{listed}</Types>'.encode()


def _relations(targets: Iterable[tuple[str, str]]) -> bytes:
    lines = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{path}"/>' for n, (kind, path) in enumerate(targets, 1))
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'.encode()


def _styles() -> bytes:
    codes = [record(44, struct.pack("<H", number) + text(code)) for number, code in _CODES.items()]
    styles = [record(47, struct.pack("<HHHHHBBI", 0, number_format, 0, 0, 0, 0, 0, 0)) for number_format in _FORMATS]
    return b"".join([
        record(278), record(615, struct.pack("<I", len(codes))), *codes, record(616),
        record(626, struct.pack("<I", 1)), record(47, struct.pack("<HHHHHBBI", 0xFFFF, 0, 0, 0, 0, 0, 0, 0)), record(627),
        record(617, struct.pack("<I", len(styles))), *styles, record(618), record(279),
    ])  # fmt: skip


# --- a sheet -----------------------------------------------------------------------------------------------------


def _sheet(page: Page, strings: dict[str, int], shift: int) -> bytes:
    grid = page.grid
    out = [record(129), record(148, struct.pack("<4I", 0, max(len(grid) - 1, 0), 0, max(map(len, grid), default=1))), record(145)]
    for r, row in enumerate(grid):
        hidden = 0x10 if r in page.hidden_rows else 0
        out.append(record(ROW, struct.pack("<IIHBBBI", r, 0, 300, 0, hidden, 0, 0)))
        out += [_cell(c, value, strings, shift) for c, value in enumerate(row) if value not in (None, "")]
    out.append(record(146))
    if page.merges:
        spans = [(*xl_cell_to_rowcol(merge.partition(":")[0]), *xl_cell_to_rowcol(merge.partition(":")[2])) for merge in page.merges]
        out.append(record(177, struct.pack("<I", len(spans))))
        out += [record(176, struct.pack("<4I", top, bottom, left, right)) for top, left, bottom, right in spans]
        out.append(record(178))
    return b"".join([*out, record(130)])


def cell(kind: int, column: int, body: bytes, style: int = _PLAIN) -> bytes:
    """The record of a cell."""
    return record(kind, struct.pack("<II", column, style) + body)


def _cell(column: int, value: Value, strings: dict[str, int], shift: int) -> bytes:
    match value:
        case Formula():
            return _formula(column, value.result)
        case bool():
            return cell(BOOLEAN, column, bytes([value]))
        case str():
            return cell(SHARED, column, struct.pack("<I", strings.setdefault(value, len(strings))))
        case None:
            raise TypeError(value)
        case _:
            return _number(column, *_serial(value, shift))


def _number(column: int, number: float, style: int) -> bytes:
    if number == int(number) and abs(number) < 1 << 28:
        return cell(PACKED, column, struct.pack("<i", int(number) << 2 | 2), style)
    return cell(NUMBER, column, struct.pack("<d", number), style)


def _serial(value: float | date | time, shift: int) -> tuple[float, int]:
    """The number that stands for a value, and the style that says so."""
    match value:
        case datetime():
            return _days(value.date(), shift) + _share(value.time()), _MOMENT
        case date():
            return _days(value, shift), _DAY
        case time():
            return _share(value), _TIME
        case _:
            return value, _PLAIN


def _days(day: date, shift: int) -> int:
    return (day - _EPOCH).days - shift


def _share(clock: time) -> float:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) / 86400


def _formula(column: int, value: str | float | bool) -> bytes:  # noqa: FBT001
    """A formula that is its own result."""
    if isinstance(value, bool):
        kind, said, code = 10, bytes([value]), bytes([0x1D, value])
    elif isinstance(value, str) and value in ERRORS:
        kind, said, code = 11, bytes([ERRORS[value]]), bytes([0x1C, ERRORS[value]])
    elif isinstance(value, str):
        kind, said, code = 8, text(value), b"\x17" + struct.pack("<H", len(value)) + value.encode("utf-16-le")
    else:
        kind, said, code = 9, struct.pack("<d", value), b"\x1f" + struct.pack("<d", value)
    return cell(kind, column, said + struct.pack("<HI", 0, len(code)) + code + struct.pack("<I", 0))
