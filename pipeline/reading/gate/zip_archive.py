"""A zip file's parts, each read to its end and checked; the only place that unpacks."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Mapping

from pipeline.reading.gate.safe_workbook import Limits, UnreadableError

_MOST_PARTS = 20_000
_MOST_RATIO = 200
_RATIO_FROM = 8 << 20
"""Bytes unpacked from which a part's ratio is looked at: small ones do no harm."""
_ENCRYPTED, _HAS_DESCRIPTOR, _IN_UTF8 = 0x1, 0x8, 0x800
_IN_ZIP64 = 0xFFFFFFFF
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class ZipArchive:
    """The parts of a zip file, each by its name with `/`; case does not count where only one has that name.

    Raises UnreadableError unless its directory is in order.
    """

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content = content
        if content.count(_ENTRY) > _MOST_PARTS:  # before the list is read, which takes its time
            raise UnreadableError("too-large", "inside")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                listed = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
            raise UnreadableError("unreadable", "damaged" if content.startswith(b"PK") else "format") from error
        if len(listed) > _MOST_PARTS:
            raise UnreadableError("too-large", "inside")
        self._parts = {_plain(one.filename): one for one in listed}  # of two with one name the last holds, as libraries have it
        self._exactly = {one.filename: one for one in listed}
        self._left = limits.unpacked_bytes
        if sum(one.file_size for one in listed) > limits.unpacked_bytes:
            raise UnreadableError("too-large", "unpacked")
        self._spans = _spans(listed)

    @property
    def names(self) -> tuple[str, ...]:
        """Every part's name in lower case, with `/`."""
        return tuple(self._parts)

    def never_had(self, name: str) -> bool:
        """Whether there is no part of that name. Raises UnreadableError where there may have been: a part's two names differ."""
        if _plain(name) in self._parts:
            return False
        for part in self._exactly.values():
            start = part.header_offset + _LOCAL_HEADER.size
            written = part.orig_filename.encode("utf-8" if part.flag_bits & _IN_UTF8 else "cp437")
            if self._content[start : start + len(written)] != written:
                raise UnreadableError("unreadable", "damaged")
        return True

    def read(self, name: str) -> bytes:
        """The part's bytes, as many as declared and with the right sum.

        Raises UnreadableError where it is missing or not whole, and where all that was read is more than the limit.
        """
        part = self._exactly.get(name) or self._parts.get(_plain(name))
        if part is None:
            raise UnreadableError("unreadable", "damaged")
        self._left -= part.file_size
        if self._left < 0:  # one part under the names of many sheets
            raise UnreadableError("too-large", "inside")
        if part.flag_bits & _ENCRYPTED:
            raise UnreadableError("encrypted")
        if part.file_size > _RATIO_FROM and part.file_size > _MOST_RATIO * part.compress_size:
            raise UnreadableError("too-large", "inside")
        unpacked = _unpack(self._packed(part), part)
        if len(unpacked) != part.file_size or zlib.crc32(unpacked) != part.CRC:
            raise UnreadableError("unreadable", "damaged")
        return unpacked

    def _packed(self, part: zipfile.ZipInfo) -> bytes:
        """The part's packed bytes, where its own header agrees with the directory and no other part lies on them."""
        header = self._content[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size:
            raise UnreadableError("unreadable", "damaged")
        said = _LOCAL_HEADER.unpack(header)
        signature, flags, method, sum_, packed, unpacked, name, extra = (said[n] for n in (0, 2, 3, 6, 7, 8, 9, 10))
        start = part.header_offset + _LOCAL_HEADER.size + name + extra
        end = start + part.compress_size
        is_told = not flags & _HAS_DESCRIPTOR and _IN_ZIP64 not in (packed, unpacked)
        differs = is_told and (sum_, packed, unpacked) != (part.CRC, part.compress_size, part.file_size)
        if signature != b"PK\x03\x04" or method != part.compress_type or differs or end > self._spans[part.header_offset]:
            raise UnreadableError("unreadable", "damaged")
        if len(self._content) < end:
            raise UnreadableError("unreadable", "damaged")
        return self._content[start:end]


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts, not compressed; made by hand, which takes a fifth of the time."""
    pieces: list[bytes] = []
    entries: list[bytes] = []
    at = 0
    for name, part in parts.items():
        written = name.encode()
        said = struct.pack("<5H3I2H", 20, 0, zipfile.ZIP_STORED, 0, 33, zlib.crc32(part), len(part), len(part), len(written), 0)
        pieces += [b"PK\x03\x04", said, written, part]
        entries.append(_ENTRY + struct.pack("<H", 20) + said + struct.pack("<3H2I", 0, 0, 0, 0, at) + written)
        at += _LOCAL_HEADER.size + len(written) + len(part)
    directory = b"".join(entries)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), at, 0)
    return b"".join([*pieces, directory, end])


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _spans(listed: list[zipfile.ZipInfo]) -> dict[int, int]:
    """Where each part's bytes must have ended: where the next begins. Two at one place leave no room for either."""
    begins = sorted(one.header_offset for one in listed)
    ends = dict(zip(begins, [*begins[1:], 1 << 62], strict=False))
    return ends | {one: one for one, following in itertools.pairwise(begins) if one == following}


def _unpack(packed: bytes, part: zipfile.ZipInfo) -> bytes:
    """At most one byte more than declared, however much the packed bytes would give."""
    if part.compress_type == zipfile.ZIP_STORED:
        return packed
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableError("unreadable", "damaged")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = stream.decompress(packed, part.file_size + 1)
        if not stream.eof:
            unpacked += stream.decompress(stream.unconsumed_tail, 1) if len(unpacked) <= part.file_size else b""
    except zlib.error as error:
        raise UnreadableError("unreadable", "damaged") from error
    if not stream.eof:
        raise UnreadableError("unreadable", "damaged")
    return unpacked
