"""What an attachment is, as far as a door must know: whether it could be a report. In doubt it could."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from enum import StrEnum

from pipeline.doors import attachment_names

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
_ARCHIVES = frozenset({".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zipx", ".cab", ".iso", ".z", ".001", ".z01"})
_BINARY = frozenset({"application/octet-stream", "application/x-msdownload", "application/binary", "application/unknown", ""})
_SHEET_TYPES = ("spreadsheet", "excel", "ms-office", "wps-office.et", "kset")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_TNEF = b"\x78\x9f\x3e\x22"
_OUTLOOK = "__substg1.0_".encode("utf-16-le")
_BOOKS = ("Workbook".encode("utf-16-le"), b"B\0o\0o\0k\0\0\0")
"""The streams of an old workbook, whatever its name ends in."""


class Kind(StrEnum):
    """What is done with it."""

    WORKBOOK = "workbook"
    """Could be a report: goes into the inbox."""
    ZIP = "zip"
    MESSAGE = "message"
    """A message as a file of its own (.eml)."""
    TNEF = "tnef"
    OUTLOOK = "outlook"
    """A message as Outlook saves it (.msg)."""
    ARCHIVE = "archive"
    """Packed in a way that is not opened."""
    OTHER = "other"
    """Certainly no report."""


def of(content: bytes, called: Sequence[str], content_type: str) -> Kind:
    """What the attachment is, by what it is called, by its bytes and by its type, in that order."""
    endings = [attachment_names.ending(one) for one in called]
    if content.startswith(_TNEF) or content_type in _TNEF_TYPES or any(one.lower() == "winmail.dat" for one in called):
        return Kind.TNEF
    if any(one in WORKBOOKS for one in endings):
        return Kind.WORKBOOK
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(content, endings)
    if content.startswith(_COMPOUND):
        return _compound(content, endings)
    for kind, known in ((Kind.ZIP, {".zip"}), (Kind.MESSAGE, {".eml"}), (Kind.ARCHIVE, _ARCHIVES)):
        if any(one in known for one in endings):
            return kind
    return Kind.ARCHIVE if content.startswith(_PACKED) else Kind.WORKBOOK if _may_be(endings, content_type) else Kind.OTHER


def _compound(content: bytes, endings: list[str]) -> Kind:
    """What old Office programs write, workbooks with a password, and Outlook."""
    is_other = any(one in _OTHERS for one in endings)
    if ".msg" in endings or (_OUTLOOK in content and not is_other):
        return Kind.OUTLOOK
    return Kind.OTHER if is_other and not any(one in content for one in _BOOKS) else Kind.WORKBOOK


def _may_be(endings: list[str], content_type: str) -> bool:
    """Whether bytes that tell nothing could be a workbook all the same."""
    if any(word in content_type for word in _SHEET_TYPES):
        return True
    return content_type in _BINARY and not any(one in _OTHERS for one in endings)


def _packed(content: bytes, endings: list[str]) -> Kind:
    """A zip file: a workbook, another office document, or one that files were packed into."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one.replace("\\", "/").lower() for one in archive.namelist()]
            is_open_document = bool(inside) and inside[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100  # noqa: PLR2004
            described = archive.read("mimetype") if is_open_document else b""
    except Exception:  # noqa: BLE001 - damaged in any of the ways in which a library can stumble
        return Kind.ZIP if ".zip" in endings else Kind.WORKBOOK
    if "[content_types].xml" in inside:
        is_document = any(one.startswith(("word/", "ppt/", "visio/")) for one in inside) and not any(
            one.startswith("xl/") for one in inside
        )
        return Kind.OTHER if is_document else Kind.WORKBOOK
    if described:
        return Kind.WORKBOOK if b"spreadsheet" in described else Kind.OTHER
    return Kind.ZIP
