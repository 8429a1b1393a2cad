"""What a file is, recognized by its content and not by its name, and whether it may be read."""

from __future__ import annotations

from pipeline.reading.gate import compound_file, ods, other_files, xls, xlsb, xlsx
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted, not_a_workbook
from pipeline.reading.gate.zip_archive import ZipArchive


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
    try:
        archive = ZipArchive(content, limits)
    except UnreadableError as error:
        raise UnreadableError(other_files.sentence(content)) if error.message == not_a_workbook().message else error from error
    main = xlsx.main_part(archive)
    if main is not None:
        make_parts_safe = xlsb.make_safe if main.lower().endswith(".bin") else xlsx.make_safe
        try:
            return make_parts_safe(archive, main, limits, wanted)
        except UnreadableError as error:  # Word and PowerPoint name their document in the same way
            raise _of_other(archive) if error.message == not_a_workbook().message else error from error
    if ods.is_workbook(archive):
        return ods.make_safe(archive, limits, wanted)
    raise _of_other(archive)


def _of_other(archive: ZipArchive) -> UnreadableError:
    return UnreadableError(other_files.in_zip(archive.names, archive.read("mimetype") if "mimetype" in archive.names else b""))
