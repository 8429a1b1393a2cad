"""What a file is, told by its content and not by its name, and whether it may be read."""

from __future__ import annotations

from typing import Final

from pipeline.reading.gate import compound_file, ods, xls, xlsb, xlsx
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted
from pipeline.reading.gate.zip_archive import ZipArchive

_PACKERS: Final = b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"
"""How what other packers than zip wrote begins."""
_PACKED: Final = ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".zip", ".rar", ".7z"
"""What a zip file holds that was packed to send a workbook."""


def make_safe(content: bytes, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """The workbook with its wanted sheets. Raises UnreadableError unless it is whole, within the limits and free of macros."""
    if len(content) > limits.file_bytes:
        raise UnreadableError("too-large", "bytes")
    if not content:
        raise UnreadableError("unreadable", "empty")
    if content.startswith(compound_file.SIGNATURE):
        return xls.make_safe(content, limits, wanted)
    if content.startswith(_PACKERS):
        raise UnreadableError("unreadable", "packed")
    archive = ZipArchive(content, limits)
    main = xlsx.main_part(archive)
    if main is not None:
        make_parts_safe = xlsb.make_safe if main.lower().endswith(".bin") else xlsx.make_safe
        return make_parts_safe(archive, main, limits, wanted)
    if ods.is_one(archive):
        return ods.make_safe(archive, limits, wanted)
    raise UnreadableError("unreadable", "packed" if any(name.endswith(_PACKED) for name in archive.names) else "format")
