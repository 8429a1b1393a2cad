"""Takes workbooks out of a zip file that was attached, within limits; or says what is in the way."""

from __future__ import annotations

import contextlib
import io
import zipfile
from dataclasses import dataclass, field

from pipeline.doors import attachment_kinds, attachment_names, headers
from pipeline.doors.attachment_kinds import Kind
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.reading.gate.zip_archive import ZipArchive

_MOST_ENTRIES = 1000
_MOST_WORKBOOKS = 100
_IS_UTF8, _ENCRYPTED = 0x800, 0x1
"""Bits of an entry's flags (APPNOTE.TXT, 4.4.4)."""
_LEFT_BY_SYSTEMS = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(slots=True)
class Opened:
    """What was in a zip file. Each complaint is a name and the name of a sentence in `fetch_words`."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    """What is certainly no report."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """What could hold one and was not opened."""


_RATIO_FROM = 8 << 20
"""Bytes unpacked: a workbook is packed already, and shrinks little when it is packed again."""


def take_out(content: bytes, called: str, limits: Limits) -> Opened:
    """Return the workbooks in that zip file; of a damaged, encrypted or excessive one what is in the way."""
    opened = Opened()
    try:
        archive = ZipArchive(content, limits, ratio_from=_RATIO_FROM)
        with zipfile.ZipFile(io.BytesIO(content)) as listed:
            entries = [entry for entry in listed.infolist() if not entry.is_dir()]
    except (UnreadableError, zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        opened.left.append((called, _complaint(error)))
        return opened
    if len(entries) > _MOST_ENTRIES:
        opened.left.append((called, "zip-limit"))
        return opened
    for entry in entries:
        _take(entry, archive, opened, limits)
        if len(opened.taken) > _MOST_WORKBOOKS:
            return Opened(left=[(called, "zip-limit")])
    return opened


def _complaint(error: Exception) -> str:
    return "zip-limit" if isinstance(error, UnreadableError) and error.code == "too-large" else "zip-damaged"


def _take(entry: zipfile.ZipInfo, archive: ZipArchive, opened: Opened, limits: Limits) -> None:
    name = _name(entry)
    last = name.rpartition("/")[2]
    if name.lower().startswith(_LEFT_BY_SYSTEMS) or last.lower() in _LEFT_BY_SYSTEMS or last.startswith(("._", "~$")):
        return
    is_workbook = attachment_names.ending(last) in attachment_kinds.WORKBOOKS
    if not is_workbook and attachment_kinds.of(b"", [last], "application/octet-stream") is Kind.OTHER:
        opened.passed_over.append((last, attachment_kinds.sentence([last])))
        return
    if entry.flag_bits & _ENCRYPTED:
        opened.left.append((last, "zip-encrypted"))
    elif entry.file_size > limits.file_bytes:
        opened.left.append((last, "zip-limit"))
    else:
        _sort(last, entry, archive, opened)


def _sort(last: str, entry: zipfile.ZipInfo, archive: ZipArchive, opened: Opened) -> None:
    """Unpack one entry and judge it by its bytes."""
    try:
        content = archive.read(entry.filename)
    except UnreadableError as error:
        opened.left.append((last, _complaint(error)))
        return
    kind = attachment_kinds.of(content, [last], "application/octet-stream")
    if kind is Kind.WORKBOOK:
        opened.taken.append((last, content))
    elif kind is Kind.OTHER:
        opened.passed_over.append((last, attachment_kinds.sentence([last])))
    else:
        opened.left.append((last, "nested" if kind in (Kind.ZIP, Kind.MESSAGE) else kind.value))


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the entry's name. Programs on Chinese Windows write GB18030 without saying so, and the library takes it for cp437."""
    written = entry.filename
    if not entry.flag_bits & _IS_UTF8 and not written.isascii():
        with contextlib.suppress(UnicodeEncodeError):
            written = headers.text(written.encode("cp437"))
    return written.replace("\\", "/")
