"""Compound files, the container of .xls, .et and of workbooks with a password: their streams, each from whole chains of sectors.

The format is [MS-CFB]: 2.2 header, 2.3 FAT and 2.5 DIFAT (which sector follows which), 2.4 mini FAT and mini stream (for short
streams), 2.6 directory.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from pipeline.reading.gate.safe_workbook import unproved

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16x5H6x9I")
"""Signature, versions, order of bytes, sizes of sectors, how many of the directory and of tables, and where they begin."""
_HEADER_SIZE, _IN_HEADER = 512, 109
"""Bytes of the header; how many of the FAT's sectors it names itself."""
_ENTRY, _NAME_SIZE = 128, 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_NONE, _END, _LAST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA
"""NOSTREAM; ENDOFCHAIN; MAXREGSECT, the last number that a sector can have."""
_MINI_SHIFT, _BYTE_ORDER = 6, 0xFFFE
_SHIFTS = {3: 9, 4: 12}
"""By the version of the format: a sector has two to the power of so many bytes. A mini sector has 64."""
_MINI_CUTOFF = 1 << 12
"""Bytes below which a stream lies in the mini stream."""
_READ, _WALKED = 1, 2
"""Who has a sector: what was read, or a stream that was only followed."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the directory ([MS-CFB] 2.6.1): its neighbours and its first child are the places of other entries."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    """Its first sector."""
    size: int
    """Of its stream, in bytes."""


class CompoundFile:
    """The streams and storages at the root. Raises UnreadableError unless header, tables and directory are whole.

    No sector may belong to two chains, so that a chain that was led astray is noticed: it meets another, or is too short.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER_SIZE:
            raise unproved()
        header = _HEADER.unpack_from(content)
        version, order, shift, mini_shift, cutoff = header[2], header[3], header[4], header[5], header[10]
        directory_start, mini_start, mini_count = header[8], header[11], header[12]
        if order != _BYTE_ORDER or shift != _SHIFTS.get(version) or mini_shift != _MINI_SHIFT or cutoff != _MINI_CUTOFF:
            raise unproved()
        self._content, self._shift = content, shift
        self._owners = bytearray(-(-len(content) >> shift) + 1)
        self._next = self._fat(header)
        directory = self._read(directory_start, None)
        # Programs of version 3 leave anything in the upper half of a size.
        is_wide = version > min(_SHIFTS)
        self._entries = [_entry(directory[at : at + _ENTRY], is_wide=is_wide) for at in range(0, len(directory), _ENTRY)]
        if not self._entries or self._entries[0].kind != _ROOT:
            raise unproved()
        self._mini_next = array("I", self._read(mini_start, None)) if mini_count else array("I")
        root = self._entries[0]
        self._mini_stream = self._read(root.start, root.size) if root.size else b""
        self._mini_owners = bytearray(len(self._mini_next) + 1)
        self._root = {entry.name.lower(): entry for entry in self._siblings(root.child)}

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of the streams at the root, in lower case."""
        return tuple(name for name, entry in self._root.items() if entry.kind == _STREAM)

    @property
    def storages(self) -> tuple[str, ...]:
        """The names of the storages at the root, in lower case."""
        return tuple(name for name, entry in self._root.items() if entry.kind == _STORAGE)

    def read(self, name: str) -> bytes:
        """Return the stream of that name at the root, as long as declared.

        Raises UnreadableError where not every byte of it is there, or where another stream lies on it.
        """
        entry = self._root[name]
        content = self._read_mini(entry.start, entry.size) if entry.size < _MINI_CUTOFF else self._read(entry.start, entry.size)
        for other in self._entries[1:]:
            if other.kind == _STREAM and other is not entry and other.size:
                self._walk(other)
        return content

    def _walk(self, entry: _Entry) -> None:
        """Follow another stream's sectors as far as they go: it may be broken, but not lie on one that was read."""
        is_mini = entry.size < _MINI_CUTOFF
        table, owners = (self._mini_next, self._mini_owners) if is_mini else (self._next, self._owners)
        sector, left = entry.start, -(-entry.size >> (_MINI_SHIFT if is_mini else self._shift))
        while left and sector < min(len(table), len(owners)):
            if owners[sector] == _READ:
                raise unproved()
            owners[sector] = _WALKED
            sector, left = table[sector], left - 1

    # --- chains --------------------------------------------------------------------------------------------------

    def _fat(self, header: tuple[int, ...]) -> array[int]:
        """Return each sector's successor, from the FAT's sectors, which the header and its chain of more (DIFAT) name."""
        count, following, more = header[7], header[13], header[14]
        places = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, _HEADER.size))
        per_sector = (1 << self._shift) // 4
        for _ in range(more):
            named = array("I", self._sector(following, whole=True))
            places += named[: per_sector - 1]
            following = named[-1]
        places = [place for place in places if place <= _LAST]
        if len(places) < count or not count:
            raise unproved()
        table = array("I")
        for place in places[:count]:
            table.frombytes(self._sector(place, whole=True))
        return table

    def _sector(self, number: int, *, whole: bool = False) -> bytes:
        """Return a sector's bytes, which nothing else may have read before.

        The file's last sector may be short unless it must be `whole`: some programs end a file with its last byte.
        """
        start = (number + 1) << self._shift
        sector = self._content[start : start + (1 << self._shift)]
        if not sector or self._owners[number] or (whole and len(sector) < 1 << self._shift):
            raise unproved()
        self._owners[number] = _READ
        return sector

    def _read(self, sector: int, size: int | None) -> bytes:
        """Return a chain's bytes: so many, or, without a size, up to its end."""
        if size is not None and size > len(self._content):
            raise unproved()
        left = len(self._owners) if size is None else -(-size >> self._shift)
        pieces = []
        while left and sector < len(self._next):
            pieces.append(self._sector(sector, whole=size is None))
            sector, left = self._next[sector], left - 1
        content = b"".join(pieces)
        if sector != _END or (size is not None and len(content) < size):
            raise unproved()
        return content if size is None else content[:size]

    def _read_mini(self, sector: int, size: int) -> bytes:
        """Return a short stream's bytes, from the mini stream that all of them share."""
        pieces, left = [], -(-size >> _MINI_SHIFT)
        while left and sector < len(self._mini_next):
            if self._mini_owners[sector]:
                raise unproved()
            self._mini_owners[sector] = _READ
            pieces.append(self._mini_stream[sector << _MINI_SHIFT : (sector + 1) << _MINI_SHIFT])
            sector, left = self._mini_next[sector], left - 1
        content = b"".join(pieces)
        if sector != _END or len(content) < size:
            raise unproved()
        return content[:size]

    # --- the directory -------------------------------------------------------------------------------------------

    def _siblings(self, first: int) -> list[_Entry]:
        """Return the entries of one storage, which form a tree ([MS-CFB] 2.6.4)."""
        entries, waiting, seen = [], [first], set[int]()
        while waiting:
            at = waiting.pop()
            if at == _NONE:
                continue
            if at >= len(self._entries) or at in seen:  # a tree that leads back to itself has no end
                raise unproved()
            seen.add(at)
            entry = self._entries[at]
            entries.append(entry)
            waiting += [entry.left, entry.right]
        return entries


def _entry(written: bytes, *, is_wide: bool) -> _Entry:
    if len(written) < _ENTRY:
        raise unproved()
    length, kind, _colour, left, right, child = struct.unpack_from("<HBBIII", written, _NAME_SIZE)
    start, low, high = struct.unpack_from("<III", written, 116)
    name = written[: min(length, _NAME_SIZE) & ~1].decode("utf-16-le", "replace").rstrip("\0")
    return _Entry(name, kind, left, right, child, start, low + (high << 32) * is_wide)
