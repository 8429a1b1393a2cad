"""Crafted files of other kinds: what is no workbook at all, what has a password, and the older and open formats."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import partial

import compound
import xls
import xlsb
from crafting import FILES, GOOD, READ, Crafted, swap
from workbooks import Formula, edit, report_pages
from zips import STORED, Entry, entries, pack

_BROKEN = "unreadable"
_XLS, _ODS = (FILES / "report.xls").read_bytes(), (FILES / "report.ods").read_bytes()
"""The good report, saved by LibreOffice."""
_HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>旗区</td><td>东胜区</td></tr></table></body></html>".encode()
_XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    "<Worksheet><Table><Row><Cell><Data>旗区</Data></Cell></Row></Table></Worksheet></Workbook>"
).encode()
_NO_WORKBOOKS = {
    "nothing": b"",
    "one byte": b"P",
    "the first two bytes of a zip file": b"PK",
    "an empty zip file": b"PK\x05\x06" + bytes(18),
    "a page": _HTML,
    "a table in text": "旗区,东胜区\n报告日期,2020-05-21\n".encode("gbk"),
    "a text": "今天没有日报。".encode(),
    "zeros": bytes(8192),
    "a PDF": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "a JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(500) + b"\xff\xd9",
    "a RAR file": b"Rar!\x1a\x07\x01\x00" + bytes(200),
    "a 7z file": b"7z\xbc\xaf\x27\x1c" + bytes(200),
    "a table in XML of 2003": _XML_2003,
    "a text for Word": pack([Entry("[Content_Types].xml", b"<Types/>"), Entry("word/document.xml", b"<w/>")]),
    "a text of LibreOffice": pack([Entry("mimetype", b"application/vnd.oasis.opendocument.text", STORED), Entry("content.xml", b"<x/>")]),
    "a message": b"From: a@example.com\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nhello",
    "rich text": b"{\\rtf1\\ansi hello}",
    "a compound file of zeros": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a compound file for Word": compound.build({"WordDocument": b"\xec\xa5" + bytes(5000)}),
}


def _encrypted() -> bytes:
    return compound.build(
        {"EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>", "EncryptedPackage": struct.pack("<Q", 8000) + b"\x5a" * 8000}
    )


def _stream() -> bytes:
    return compound.stream(_XLS, "Workbook")


def _xls_with_password() -> bytes:
    """A workbook stream that says after its beginning that the rest is encrypted."""
    stream = _stream()
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    locked = struct.pack("<HHHHH", 0x2F, 6, 0, 0x1234, 0x5678)
    return compound.build({"Workbook": stream[:first] + locked + bytes(byte ^ 0x5A for byte in stream[first:])})


def _xls_with_macros() -> bytes:
    return compound.build({
        "Workbook": _stream(), "_VBA_PROJECT_CUR/VBA/dir": b"\x01" * 5000, "_VBA_PROJECT_CUR/VBA/_VBA_PROJECT": b"\xcc\x61" + bytes(5000),
    })  # fmt: skip


def _xls_with_a_short_stream(keep: float) -> bytes:
    """A whole container whose workbook ends too soon."""
    stream = _stream()
    return compound.build({"Workbook": stream[: int(len(stream) * keep)]})


def _ods(changed: dict[str, bytes], *gone: str) -> bytes:
    files = {name: Entry(name, one.data, STORED if name == "mimetype" else 8) for name, one in entries(_ODS).items() if name not in gone}
    return pack({**files, **{name: Entry(name, data) for name, data in changed.items()}}.values())


def _ods_content(old: bytes, new: bytes) -> bytes:
    return _ods({"content.xml": swap(entries(_ODS)["content.xml"].data, old, new, 1)})


def _ods_repeated(*, filled: bool) -> bytes:
    inner = b"<text:p>1</text:p>" if filled else b""
    kind = b' office:value-type="float" office:value="1"' if filled else b""
    cell = b'<table:table-cell table:number-columns-repeated="16000"%s>%s</table:table-cell>' % (kind, inner)
    row = b'<table:table-row table:number-rows-repeated="1000000">%s</table:table-row>' % cell
    return _ods_content(b"</table:table>", row + b"</table:table>")


def _ods_locked() -> bytes:
    listed = entries(_ODS)["META-INF/manifest.xml"].data
    how = b'<manifest:algorithm manifest:algorithm-name="AES"/>'
    secret = b'<manifest:encryption-data manifest:checksum="x">%s</manifest:encryption-data></manifest:file-entry>' % how
    at = listed.index(b'manifest:full-path="content.xml"')
    end = listed.index(b"/>", at)
    return _ods({"META-INF/manifest.xml": listed[:end] + b">" + secret + listed[end + 2 :], "content.xml": bytes(range(256)) * 8})


def _xlsb() -> bytes:
    return xlsb.write(report_pages())


def _xlsb_parts(changed: Mapping[str, bytes]) -> bytes:
    return pack(Entry(name, data) for name, data in {**xlsb.parts(report_pages()), **changed}.items())


def _xlsb_cut(keep: float) -> bytes:
    name = "xl/worksheets/sheet2.bin"
    whole = xlsb.parts(report_pages())[name]
    return _xlsb_parts({name: whole[: int(len(whole) * keep)]})


def _xlsb_cell(address: str, value: Formula) -> bytes:
    return xlsb.write(edit(report_pages(), {f"案件进展!{address}": value}))


def _xlsb_record(record: bytes) -> bytes:
    """One record more behind the cells of 案件进展."""
    name, end = "xl/worksheets/sheet2.bin", xlsb.record(146)
    whole = xlsb.parts(report_pages())[name]
    return _xlsb_parts({name: swap(whole, end, record + end, 1)})


def _xlsb_many_texts() -> bytes:
    name = "xl/sharedStrings.bin"
    whole = xlsb.parts(report_pages())[name]
    return _xlsb_parts({name: whole[:6] + struct.pack("<I", 0xFFFFFFFF) + whole[10:]})


def _xls_texts(count: int, *records: bytes) -> bytes:
    long = struct.pack("<HB", 8000, 0) + b"x" * 8000
    return xls.book({"封面": records}, [xls.shared(long, count=count)])


def _xls_long_texts() -> bytes:
    """A short file in which 200,000 cells show the same text of 8,000 letters."""
    return _xls_texts(1, *(xls.cell(xls.SHARED, at // 250, at % 250, bytes(4)) for at in range(200_000)))


def _xls_many_merges() -> bytes:
    merge = struct.pack("<H", 1000) + struct.pack("<4H", 0, 60_000, 0, 0) * 1000
    return xls.book({"封面": [xls.label(0, 0, "旗区"), xls.label(60_000, 0, "末"), *[xls.record(xls.MERGED, merge)] * 200]})


def _xls_in_a_circle() -> bytes:
    (table,) = struct.unpack_from("<I", _XLS, 76)
    at = (table + 1) * 512
    return _XLS[:at] + struct.pack("<128I", *([1, 0] * 64)) + _XLS[at + 512 :]


KINDS = (
    *(Crafted(f"no workbook: {name}", partial(bytes, data), _BROKEN) for name, data in _NO_WORKBOOKS.items()),
    Crafted("a password to open", _encrypted, "encrypted"),
    Crafted(".xls", lambda: _XLS, READ),
    Crafted(".xls: cut off at a third", lambda: _XLS[: len(_XLS) // 3], _BROKEN),
    Crafted(".xls: cut off at two thirds", lambda: _XLS[: len(_XLS) * 2 // 3], _BROKEN),
    Crafted(".xls: the last sector is missing", lambda: _XLS[:-512], _BROKEN),
    Crafted(".xls: the last bytes are missing", lambda: _XLS[:-100], "unreadable|read"),
    Crafted(".xls: the second half is zeros", lambda: _XLS[: len(_XLS) // 2] + bytes(len(_XLS) // 2), _BROKEN),
    *(Crafted(f".xls: a stream of {keep:.0%}", partial(_xls_with_a_short_stream, keep), _BROKEN) for keep in (0.3, 0.6, 0.9, 0.99)),
    Crafted(".xls: in another container", lambda: compound.build({"Workbook": _stream()}), READ),
    Crafted(".xls: a password to open", _xls_with_password, "encrypted"),
    Crafted(".xls: macros", _xls_with_macros, "macro-workbook"),
    Crafted(".ods", lambda: _ODS, READ),
    Crafted(".ods: cut off", lambda: _ODS[: len(_ODS) * 2 // 3], _BROKEN),
    Crafted(".ods: XML cut off inside", lambda: _ods({"content.xml": entries(_ODS)["content.xml"].data[:-3000]}), _BROKEN),
    Crafted(".ods: without its content", lambda: _ods({}, "content.xml"), _BROKEN),
    Crafted(".ods: billions of empty cells", lambda: _ods_repeated(filled=False), READ),
    Crafted(".ods: billions of filled cells", lambda: _ods_repeated(filled=True), "too-large"),
    Crafted(".ods: macros", lambda: _ods({"Basic/script-lc.xml": b"<x/>", "Basic/Standard/Module1.xml": b"<x/>"}), "macro-workbook"),
    Crafted(".ods: a password to open", _ods_locked, "encrypted"),
    Crafted(".ods: a DTD with entities", lambda: _ods_content(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>'), _BROKEN),
    Crafted(".ods: blanks without end", partial(_ods_content, b"<text:p>", b'<text:p><text:s text:c="1000000"/>' * 300), "too-large"),
    Crafted(".ods: in one piece of XML", lambda: b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis"/>', _BROKEN),
    Crafted(".xlsb", _xlsb, READ),
    Crafted(".xlsb: days from 1904", lambda: xlsb.write(report_pages(), date_1904=True), READ),
    Crafted(".xlsb: cut off", lambda: _xlsb()[:-500], _BROKEN),
    *(Crafted(f".xlsb: a sheet of {keep:.0%}", partial(_xlsb_cut, keep), _BROKEN) for keep in (0.3, 0.6, 0.9, 0.99)),
    Crafted(".xlsb: macros", lambda: _xlsb_parts({"xl/vbaProject.bin": b"x"}), "macro-workbook"),
    Crafted(".xlsb: an error in a cell", partial(_xlsb_cell, "F2", Formula("", "#N/A")), READ, found=("error-value 案件进展!F2",)),
    Crafted(".xlsb: four billion texts declared", _xlsb_many_texts, _BROKEN),
    Crafted(".xlsb: a text that is not there", partial(_xlsb_record, xlsb.cell(xlsb.SHARED, 0, b"\xff\xff\xff\x7f")), _BROKEN),
    Crafted(".xlsb: a cell beyond the last column", partial(_xlsb_record, xlsb.cell(xlsb.BOOLEAN, 1 << 30, b"\1")), _BROKEN),
    Crafted(".xlsb: a row beyond the last", partial(_xlsb_record, xlsb.record(xlsb.ROW, struct.pack("<I", 1 << 30))), _BROKEN),
    Crafted(".xlsb: an empty row at the bottom", partial(_xlsb_record, xlsb.record(xlsb.ROW, struct.pack("<I", 1_048_575))), READ),
    Crafted(".xls: long texts without end", _xls_long_texts, "too-large"),
    Crafted(".xls: merges without end", _xls_many_merges, _BROKEN),
    Crafted(".xls: four billion texts declared", partial(_xls_texts, 0xFFFFFFFF, xls.cell(xls.SHARED, 0, 0, b"\1\0\0\0")), _BROKEN),
    Crafted(".xls: a macro sheet", lambda: xls.book({"宏": [xls.label(0, 0, "一")]}, kind=1), "macro-workbook"),
    Crafted(".xls: sectors in a circle", _xls_in_a_circle, _BROKEN),
    Crafted("both a workbook and an .ods", lambda: pack([*entries(GOOD).values(), *entries(_ODS).values()]), "read|unreadable"),
)
