"""Crafted files of other kinds: what is no workbook at all, what has a password, and the older and open formats."""

from __future__ import annotations

import struct
from functools import partial

import compound
from crafting import FILES, GOOD, Crafted, swap
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


# .xls and .ods are told apart and refused with the advice to save as .xlsx; what they hold is not looked at yet
KINDS = (
    *(Crafted(f"no workbook: {name}", partial(bytes, data), _BROKEN) for name, data in _NO_WORKBOOKS.items()),
    Crafted("a password to open", _encrypted, "encrypted"),
    Crafted(".xls", lambda: _XLS, _BROKEN),
    Crafted(".xls: cut off at a third", lambda: _XLS[: len(_XLS) // 3], _BROKEN),
    Crafted(".xls: cut off at two thirds", lambda: _XLS[: len(_XLS) * 2 // 3], _BROKEN),
    Crafted(".xls: the last sector is missing", lambda: _XLS[:-512], _BROKEN),
    Crafted(".xls: the last bytes are missing", lambda: _XLS[:-100], "unreadable|read"),
    Crafted(".xls: the second half is zeros", lambda: _XLS[: len(_XLS) // 2] + bytes(len(_XLS) // 2), _BROKEN),
    *(Crafted(f".xls: a stream of {keep:.0%}", partial(_xls_with_a_short_stream, keep), _BROKEN) for keep in (0.3, 0.6, 0.9, 0.99)),
    Crafted(".xls: in another container", lambda: compound.build({"Workbook": _stream()}), _BROKEN),
    Crafted(".xls: a password to open", _xls_with_password, _BROKEN),
    Crafted(".xls: macros", _xls_with_macros, _BROKEN),
    Crafted(".ods", lambda: _ODS, _BROKEN),
    Crafted(".ods: cut off", lambda: _ODS[: len(_ODS) * 2 // 3], _BROKEN),
    Crafted(".ods: XML cut off inside", lambda: _ods({"content.xml": entries(_ODS)["content.xml"].data[:-3000]}), _BROKEN),
    Crafted(".ods: without its content", lambda: _ods({}, "content.xml"), _BROKEN),
    Crafted(".ods: billions of empty cells", lambda: _ods_repeated(filled=False), _BROKEN),
    Crafted(".ods: billions of filled cells", lambda: _ods_repeated(filled=True), _BROKEN),
    Crafted(".ods: macros", lambda: _ods({"Basic/script-lc.xml": b"<x/>", "Basic/Standard/Module1.xml": b"<x/>"}), _BROKEN),
    Crafted(".ods: a password to open", _ods_locked, _BROKEN),
    Crafted(".ods: a DTD with entities", lambda: _ods_content(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>'), _BROKEN),
    Crafted("both a workbook and an .ods", lambda: pack([*entries(GOOD).values(), *entries(_ODS).values()]), "read|unreadable"),
)
