"""What a file is, recognized by its content and not by its name, and whether it may be read."""

from __future__ import annotations

from typing import Final

from pipeline.reading.gate import compound_file, ods, xls, xlsb, xlsx
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted, not_a_workbook
from pipeline.reading.gate.zip_archive import ZipArchive

_OTHER_PACKERS: Final = b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"
"""How a .rar and a .7z begin."""
_PACKED_FILES: Final = ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".zip", ".rar", ".7z"
"""What a zip file holds that was packed to send a workbook."""


def make_safe(content: bytes, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook with its wanted sheets.

    Raises UnreadableError unless it is whole, within the limits and free of macros.
    """
    if len(content) > limits.file_bytes:
        raise UnreadableError("too-large/bytes")
    if not content:
        raise UnreadableError("unreadable/empty")
    # The content decides: WPS's .et is an .xls by another name, and a password turns an .xlsx into a compound file.
    if content.startswith(compound_file.SIGNATURE):
        return xls.make_safe(content, limits, wanted)
    if content.startswith(_OTHER_PACKERS):
        raise UnreadableError("unreadable/packed")
    archive = ZipArchive(content, limits)
    main = xlsx.main_part(archive)
    if main is not None:
        make_parts_safe = xlsb.make_safe if main.lower().endswith(".bin") else xlsx.make_safe
        return make_parts_safe(archive, main, limits, wanted)
    if ods.is_workbook(archive):
        return ods.make_safe(archive, limits, wanted)
    # A workbook in a zip file: its sentence asks to unpack it, where "no workbook" would not tell the sender what to do.
    if any(name.endswith(_PACKED_FILES) for name in archive.names):
        raise UnreadableError("unreadable/packed")
    raise not_a_workbook()
