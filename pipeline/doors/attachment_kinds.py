"""What an attachment is, as far as a door must know: whether it could be a report.

In doubt it could: the night's run refuses a wrong file with a reason, while a report that is passed over here is missed by nobody.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from enum import StrEnum

from pipeline.doors import attachment_names
from pipeline.terms import notice_number

WORKBOOKS = frozenset({".xlsx", ".xls", ".et", ".xlsb", ".ods", ".xlsm", ".xltx", ".xltm", ".xlt", ".ett", ".fods", ".csv"})
"""Endings of what could be a report, or a clerk takes for one; the night's run says what is wrong with it."""
_OTHERS = frozenset(
    {
        *(".doc", ".docx", ".docm", ".dot", ".dotx", ".wps", ".wpt", ".odt", ".rtf", ".txt", ".md", ".pdf", ".ofd", ".caj", ".log"),
        *(".ppt", ".pptx", ".pptm", ".pps", ".ppsx", ".dps", ".odp", ".vsd", ".vsdx", ".dwg", ".mpp"),
        *(".htm", ".html", ".xml", ".json", ".css", ".js", ".url", ".ics", ".vcf", ".p7s", ".sig", ".asc", ".cer", ".crt"),
        *(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".svg", ".ico", ".emf", ".wmf", ".psd"),
        *(".mp3", ".mp4", ".wav", ".amr", ".m4a", ".avi", ".mov", ".wmv", ".flv", ".exe", ".dll", ".bat", ".lnk", ".torrent"),
    }
)
"""Endings of what is certainly no report, unless its bytes say otherwise."""
_ARCHIVE_ENDINGS = frozenset({".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zipx", ".cab", ".iso", ".z", ".001", ".z01"})
_SAYS_NOTHING = frozenset({"application/octet-stream", "application/x-msdownload", "application/binary", "application/unknown", ""})
"""Content types that programs give to whatever they do not know."""
_SHEET_TYPES = ("spreadsheet", "excel", "ms-office", "wps-office.et", "kset")
# how the files begin: [MS-CFB] for Office's old format, [MS-OXTNEF] for winmail.dat
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED_FILES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_TNEF_FILE = b"\x78\x9f\x3e\x22"
# in every saved message there are streams whose names begin so ([MS-OXMSG])
_OUTLOOK_STREAM = "__substg1.0_".encode("utf-16-le")
_WORKBOOK_STREAMS = ("Workbook".encode("utf-16-le"), b"B\0o\0o\0k\0\0\0")
"""The streams of an old workbook, whatever its name ends in."""


_SENTENCES = {
    "unreadable/picture": (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"),
    "unreadable/pdf": (".pdf", ".ofd"),
    "unreadable/word": (".doc", ".docx", ".docm", ".wps", ".rtf", ".odt"),
    "unreadable/slides": (".ppt", ".pptx", ".pps", ".ppsx", ".dps"),
    "unreadable/web-page": (".htm", ".html"),
    "unreadable/text": (".txt", ".md", ".log"),
    "unreadable/shortcut": (".lnk", ".url"),
}
"""The finding that such a file gets where it comes into the inbox: what it is, and what to send instead."""


def sentence(called: Sequence[str]) -> str:
    """Return the name of the sentence about what is certainly no report."""
    endings = {attachment_names.ending(name) for name in called}
    return next((name for name, its_endings in _SENTENCES.items() if endings & {*its_endings}), "other")


_LONGEST_TEXT = 4 << 20
"""Bytes of a Word document's text that are looked at."""


def is_slip(content: bytes) -> bool:
    """Return whether this is a Word document (.docx) with the slip of a notice, or that names a notice's number."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("word/document.xml") as document:
            written = document.read(_LONGEST_TEXT)
    except Exception:  # noqa: BLE001 - no such document, or damaged in any of the ways in which a library can stumble
        return False
    return notice_number.has_slip(re.sub(rb"<[^<>]*>", b"", written).decode("utf-8", "replace"))


class Kind(StrEnum):
    """What an attachment is."""

    WORKBOOK = "workbook"
    """Could be a report: goes into the inbox."""
    ZIP = "zip"
    """Files are packed in it: it is opened."""
    MESSAGE = "message"
    """A message as a file of its own (.eml)."""
    TNEF = "tnef"
    """What Outlook packs attachments into when it writes rich text (winmail.dat)."""
    OUTLOOK = "outlook"
    """A message as Outlook saves it (.msg)."""
    ARCHIVE = "archive"
    """Packed in a way that is not opened."""
    OTHER = "other"
    """Certainly no report."""


def of(content: bytes, called: Sequence[str], content_type: str) -> Kind:
    """Return what the attachment is: by its names (a message may give two), else by its bytes, else by its content type."""
    endings = [attachment_names.ending(name) for name in called]
    if content.startswith(_TNEF_FILE) or content_type in _TNEF_TYPES or any(name.lower() == "winmail.dat" for name in called):
        return Kind.TNEF
    if any(ending in WORKBOOKS for ending in endings):
        return Kind.WORKBOOK
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content, endings)
    if content.startswith(_COMPOUND_FILE):
        return _compound_kind(content, endings)
    for kind, its_endings in ((Kind.ZIP, {".zip"}), (Kind.MESSAGE, {".eml"}), (Kind.ARCHIVE, _ARCHIVE_ENDINGS)):
        if any(ending in its_endings for ending in endings):
            return kind
    is_packed = content.startswith(_PACKED_FILES)
    return Kind.ARCHIVE if is_packed else Kind.WORKBOOK if _may_be_workbook(endings, content_type) else Kind.OTHER


def _compound_kind(content: bytes, endings: list[str]) -> Kind:
    """Tell apart what comes in a compound file: old Office documents, any workbook with a password, and Outlook's messages."""
    is_other = any(ending in _OTHERS for ending in endings)
    if ".msg" in endings or (_OUTLOOK_STREAM in content and not is_other):
        return Kind.OUTLOOK
    return Kind.OTHER if is_other and not any(stream in content for stream in _WORKBOOK_STREAMS) else Kind.WORKBOOK


def _may_be_workbook(endings: list[str], content_type: str) -> bool:
    """Return whether bytes that tell nothing could be a workbook all the same."""
    if any(word in content_type for word in _SHEET_TYPES):
        return True
    return content_type in _SAYS_NOTHING and not any(ending in _OTHERS for ending in endings)


def _zip_kind(content: bytes, endings: list[str]) -> Kind:
    """Tell apart what is a zip file: a workbook, another office document, or files that were packed together."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [name.replace("\\", "/").lower() for name in archive.namelist()]  # some programs write Windows' backslashes
            # OpenDocument, part 2, 3.3: the first file is `mimetype` and names the type
            is_open_document = bool(inside) and inside[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100  # noqa: PLR2004
            mimetype = archive.read("mimetype") if is_open_document else b""
    except Exception:  # noqa: BLE001 - damaged in any of the ways in which a library can stumble
        return Kind.ZIP if ".zip" in endings else Kind.WORKBOOK
    if "[content_types].xml" in inside:
        is_sheet = any(name.startswith("xl/") for name in inside)
        is_document = any(name.startswith(("word/", "ppt/", "visio/")) for name in inside)
        return Kind.OTHER if is_document and not is_sheet else Kind.WORKBOOK
    if mimetype:
        return Kind.WORKBOOK if b"spreadsheet" in mimetype else Kind.OTHER
    return Kind.ZIP
