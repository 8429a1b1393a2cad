"""What a file is that is no workbook, told by its content: the sentence that fits says what to send instead."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Sequence
from typing import Final

_BEGINNINGS: Final = {
    b"Rar!\x1a\x07": "packed", b"7z\xbc\xaf\x27\x1c": "packed", b"\x1f\x8b\x08": "packed", b"BZh": "packed", b"\xfd7zXZ\x00": "packed",
    b"MSCF": "packed", b"{\\rtf": "word", b"L\0\0\0\x01\x14\x02\0": "shortcut",
}  # fmt: skip
"""How files begin that were packed in a way that is not opened, rich text, and a shortcut ([MS-SHLLINK] 2.1: size and class)."""
_PACKED_FILES: Final = ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".zip", ".rar", ".7z"
"""What a zip file holds that was packed to send a workbook."""
_PICTURES: Final = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"
"""How JPEG, PNG, GIF and TIFF begin."""
_PHOTO_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
"""What follows `ftyp` in a phone's photo (ISO/IEC 23008-12); other brands are films."""
_ENDPOINT: Final = b"%TSD-Header", b"E-SafeNet"
"""What software that encrypts every file of a computer writes into the first bytes; others write nothing that is known."""
_HEAD, _MARK = 1 << 16, 64
"""Bytes that are looked at, and within which such a mark stands."""
_IN_ZIP: Final = {"word/": "word", "ppt/": "slides", "index/document.iwa": "numbers", "index.zip": "numbers", "ofd.xml": "pdf"}
"""By the name of a part, or its folder, what a zip file is."""
_IN_COMPOUND: Final = {
    "worddocument": "word", "powerpoint document": "slides", "__properties_version1.0": "mail", "\tdrmcontent": "rights",
}  # fmt: skip
"""By the name of a stream what a compound file is."""
_WEB_PAGE: Final = re.compile(r"(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|meta|body|table|style)\b", re.IGNORECASE | re.DOTALL)
_EXCEL_XML: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_MAIL: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_FIELDS: Final = re.compile(r"^(?:From|Received|Subject|Return-Path|Message-ID):", re.IGNORECASE | re.MULTILINE)
_WEB_ARCHIVE: Final = re.compile(r"^Content-Type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def sentence(content: bytes) -> str:
    """Return the name of the sentence about bytes that are neither a zip file nor a compound file."""
    return _named(_by_head(content[:_HEAD]) or _as_text(content[:_HEAD]))


def in_zip(names: Sequence[str], media_type: bytes) -> str:
    """Return the name of the sentence about a zip file that is no workbook; its parts in lower case, and its media type."""
    if b"opendocument.text" in media_type or b"opendocument.presentation" in media_type:
        return _named("word" if b"opendocument.text" in media_type else "slides")
    kinds = (
        kind for part, kind in _IN_ZIP.items() if any(name == part or (part.endswith("/") and name.startswith(part)) for name in names)
    )
    if kind := next(kinds, ""):
        return _named(kind)
    # A workbook in a zip file: its sentence asks to unpack it, where "no workbook" would not tell the sender what to do.
    return _named("packed" if any(name.endswith(_PACKED_FILES) for name in names) else "")


def in_compound_file(streams: Collection[str]) -> str:
    """Return the name of the sentence about a compound file with these streams, in lower case, that is no workbook."""
    return _named(next((kind for stream, kind in _IN_COMPOUND.items() if stream in streams), ""))


def _named(kind: str) -> str:
    return "encrypted/rights" if kind == "rights" else f"unreadable/{kind or 'format'}"


def _by_head(head: bytes) -> str:
    if any(mark in head[:_MARK] for mark in _ENDPOINT):
        return "endpoint"
    if head.startswith(_PICTURES) or _is_bitmap(head) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "picture"
    if head[4:8] == b"ftyp":
        return "picture" if head[8:12] in _PHOTO_BRANDS else ""
    return next((kind for begin, kind in _BEGINNINGS.items() if head.startswith(begin)), "pdf" if b"%PDF-" in head[:1024] else "")


def _is_bitmap(head: bytes) -> bool:
    """Return whether it is a BMP: behind its two letters stand four zeros and the size of a header that exists."""
    return (
        head.startswith(b"BM") and head[6:10] == bytes(4) and head[14:18] in {bytes([size, 0, 0, 0]) for size in (12, 40, 56, 64, 108, 124)}
    )


def _as_text(head: bytes) -> str:
    """Return what a text is; '' for what is no text."""
    text = _decoded(head)
    if not text.strip() or _CONTROLS.search(text):
        return ""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml") or _EXCEL_XML in text:
        return "excel-xml" if _EXCEL_XML in text else "web-page" if "<html" in text[:2000].lower() else ""
    if _WEB_PAGE.match(start):
        return "web-page"
    if (fields := _MAIL.match(start.replace("\r\n", "\n"))) and _FIELDS.search(fields[0]):
        return "web-page" if _WEB_ARCHIVE.search(fields[0]) and "snapshot-content-location" in fields[0].lower() else "mail"
    if start.lower().startswith("mime-version:"):
        return "web-page"
    return "shortcut" if start.startswith("[InternetShortcut]") else "text"


def _decoded(head: bytes) -> str:
    """Return the text that the bytes are in one of the writings in use here; '' where in none."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for name in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
    return ""
