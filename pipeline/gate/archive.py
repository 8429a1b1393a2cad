"""A zip file's parts, each read to its end and checked; the only place that unpacks."""

from __future__ import annotations

import io
import zipfile
import zlib

from pipeline.gate.nouns import Limits, UnreadableError


class Archive:
    """The parts of a zip file by their names, in any case. Raises UnreadableError unless its directory is in order."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableError("unreadable", "damaged" if content.startswith(b"PK") else "format") from error
        self._parts = {one.filename.replace("\\", "/").lstrip("/").lower(): one for one in self._archive.infolist()}
        if sum(one.file_size for one in self._parts.values()) > limits.unpacked_bytes:
            raise UnreadableError("too-large", "unpacked")

    @property
    def names(self) -> tuple[str, ...]:
        """Every part's name in lower case, with `/`."""
        return tuple(self._parts)

    def read(self, name: str) -> bytes:
        """The part's bytes, as many as declared and with the right sum; UnreadableError where it is missing or not whole."""
        try:
            return self._archive.read(self._parts[name.lower()])
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
            raise UnreadableError("unreadable", "damaged") from error
