"""What a file is, told by its content and not by its name, and whether it may be read."""

from __future__ import annotations

from pipeline.gate import ooxml
from pipeline.gate.archive import Archive
from pipeline.gate.nouns import Limits, UnreadableError, Vetted, Wanted

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def vet(content: bytes, limits: Limits, wanted: Wanted) -> Vetted:
    """The workbook with its wanted sheets. Raises UnreadableError unless it is whole, within the limits and free of macros."""
    if len(content) > limits.file_bytes:
        raise UnreadableError("too-large", "bytes")
    if not content:
        raise UnreadableError("unreadable", "empty")
    if content.startswith(_COMPOUND_FILE):
        if _ENCRYPTED in content:
            raise UnreadableError("encrypted")
        raise UnreadableError("unreadable", "format")
    archive = Archive(content, limits)
    main = ooxml.main_part(archive)
    if main is None or main.endswith(".bin"):
        raise UnreadableError("unreadable", "format")
    return ooxml.vet(archive, main, limits, wanted)
