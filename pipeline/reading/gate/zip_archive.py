"""A zip file's parts, each read to its end and checked; the only place that unpacks.

The format is PKWARE's APPNOTE.TXT: 4.3.7 local file header, 4.3.12 central directory, 4.4 fields.
"""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from pipeline.reading.gate.safe_workbook import Limits, UnreadableError, damaged, not_a_workbook, too_much_inside

_MOST_PARTS = 20_000
_MOST_RATIO = 200
"""How many times larger than packed a part may be; a decompression bomb comes near the thousandfold, the most that deflate can give."""
_RATIO_FROM = 64 << 20
"""Bytes unpacked from which a part's ratio is looked at: smaller ones do no harm. Formatted empty rows shrink to a thousandth."""
_ENCRYPTED, _HAS_DESCRIPTOR, _IN_UTF8 = 0x1, 0x8, 0x800
"""Bits 0, 3 and 11 of an entry's flags (APPNOTE 4.4.4)."""
_IN_ZIP64 = 0xFFFFFFFF
"""Stands in a size's place where the size itself stands in the ZIP64 extra field (APPNOTE 4.5.3)."""
_ENTRY, _LOCAL, _END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class ZipArchive:
    """The parts of a zip file, each by its name with `/`; case does not count where only one has that name.

    Raises UnreadableError unless its directory is in order.
    """

    def __init__(self, content: bytes, limits: Limits, *, ratio_from: int = _RATIO_FROM) -> None:
        """Open a zip file; `ratio_from` is how many bytes unpacked a part must have for its ratio to be looked at."""
        self._content, self._ratio_from = content, ratio_from
        # Counted before the directory is read: zipfile makes an object of every entry, and a small file can list millions.
        if content.count(_ENTRY) > _MOST_PARTS:
            raise too_much_inside()
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
            raise (damaged() if content.startswith(b"PK") else not_a_workbook()) from error
        # Of two entries with one name the last holds, as libraries have it.
        self._parts = {_plain(entry.filename): entry for entry in entries}
        self._parts_by_exact_name = {entry.filename: entry for entry in entries}
        self._bytes_left = limits.unpacked_bytes
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            raise UnreadableError("too-large/unpacked")
        self._ends = _latest_ends(entries)

    @property
    def names(self) -> tuple[str, ...]:
        """Every part's name in lower case, with `/`."""
        return tuple(self._parts)

    def never_had(self, name: str) -> bool:
        """Return whether there is no part of that name. Raises UnreadableError where there may have been.

        A name stands twice: in the directory and before the part's bytes. Where the two differ somewhere, one of them was
        damaged, and the part without a name may be the one that is asked for.
        """
        if _plain(name) in self._parts:
            return False
        for part in self._parts_by_exact_name.values():
            start = part.header_offset + _LOCAL_HEADER.size
            written = part.orig_filename.encode("utf-8" if part.flag_bits & _IN_UTF8 else "cp437")
            if self._content[start : start + len(written)] != written:
                raise damaged()
        return True

    def read(self, name: str) -> bytes:
        """Return the part's bytes, as many as declared and with the right CRC-32.

        Raises UnreadableError where it is missing or not whole, and where all that was read is more than the limit.
        """
        part = self._parts_by_exact_name.get(name) or self._parts.get(_plain(name))
        if part is None:
            raise damaged()
        # Counted at each reading: one part can stand behind the names of two thousand sheets.
        self._bytes_left -= part.file_size
        if self._bytes_left < 0:
            raise too_much_inside()
        if part.flag_bits & _ENCRYPTED:
            raise UnreadableError("encrypted")
        if part.file_size > self._ratio_from and part.file_size > _MOST_RATIO * part.compress_size:
            raise too_much_inside()
        # Read to its end and summed here, since python-calamine trusts what a part declares and takes what it finds.
        unpacked = _unpack(self._packed(part), part)
        if len(unpacked) != part.file_size or zlib.crc32(unpacked) != part.CRC:
            raise damaged()
        return unpacked

    def _packed(self, part: zipfile.ZipInfo) -> bytes:
        """Return the part's packed bytes, where its own header agrees with the directory and no other part overlaps them."""
        header = self._content[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size:
            raise damaged()
        signature, _version, flags, method, _time, _date, crc, packed, unpacked, name, extra = _LOCAL_HEADER.unpack(header)
        start = part.header_offset + _LOCAL_HEADER.size + name + extra
        end = start + part.compress_size
        # A program that writes to a pipe learns the sizes last and leaves them out here (bit 3); ZIP64 has them elsewhere.
        has_sizes = not flags & _HAS_DESCRIPTOR and _IN_ZIP64 not in (packed, unpacked)
        differs = has_sizes and (crc, packed, unpacked) != (part.CRC, part.compress_size, part.file_size)
        if signature != _LOCAL or method != part.compress_type or differs or end > self._ends[part.header_offset]:
            raise damaged()
        if len(self._content) < end:
            raise damaged()
        return self._content[start:end]


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip file of these parts, not compressed.

    Made by hand, which takes a fifth of the time that zipfile takes: every workbook that is read is packed anew.
    """
    pieces: list[bytes] = []
    entries: list[bytes] = []
    at = 0
    for name, part in parts.items():
        written = name.encode()
        # 20 is version 2.0 of the format, the first with folders and deflate, which any program reads (APPNOTE 4.4.3).
        # 33 is 1980-01-01, the first day that a zip file can hold: no clock, so that the same parts give the same bytes.
        fields = struct.pack("<5H3I2H", 20, 0, zipfile.ZIP_STORED, 0, 33, zlib.crc32(part), len(part), len(part), len(written), 0)
        pieces += [_LOCAL, fields, written, part]
        entries.append(_ENTRY + struct.pack("<H", 20) + fields + struct.pack("<3H2I", 0, 0, 0, 0, at) + written)
        at += _LOCAL_HEADER.size + len(written) + len(part)
    directory = b"".join(entries)
    end = struct.pack("<4s4H2IH", _END, 0, 0, len(entries), len(entries), len(directory), at, 0)
    return b"".join([*pieces, directory, end])


def _plain(name: str) -> str:
    # Some programs write \ in place of /. Part names are the same whatever their case (ECMA-376 part 2).
    return name.replace("\\", "/").lstrip("/").lower()


def _latest_ends(entries: Sequence[zipfile.ZipInfo]) -> dict[int, int]:
    """Return, for each part's place, where its bytes must have ended: where the next part begins.

    Parts that overlap are refused: that is how a decompression bomb of a few kilobytes unpacks one block under thousands of names.
    Two at one place leave no room for either.
    """
    begins = sorted(entry.header_offset for entry in entries)
    ends = dict(zip(begins, [*begins[1:], 1 << 62], strict=False))
    return ends | {begin: begin for begin, following in itertools.pairwise(begins) if begin == following}


def _unpack(packed: bytes, part: zipfile.ZipInfo) -> bytes:
    """Unpack at most one byte more than declared: a decompression bomb would give far more."""
    if part.compress_type == zipfile.ZIP_STORED:
        return packed
    if part.compress_type != zipfile.ZIP_DEFLATED:  # ECMA-376 part 2 allows no other method
        raise damaged()
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = stream.decompress(packed, part.file_size + 1)
    except zlib.error as error:
        raise damaged() from error
    if not stream.eof:
        raise damaged()
    return unpacked
