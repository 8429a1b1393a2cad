"""Compound files, the container of .xls, .et and of workbooks with a password: their streams, each from whole chains of sectors.

The format is [MS-CFB]: 2.2 header, 2.3 FAT and 2.5 DIFAT (which sector follows which), 2.4 mini FAT and mini stream (for short
streams), 2.6 directory.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.reading.gate.safe_workbook import unproved

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16x5H6x9I109I")
"""Signature, versions, order of bytes, sizes of sectors, how many of the directory and of tables, where they begin; the FAT's sectors."""
_HEADER_SIZE, _FIRST_OF_FAT = 512, 15
"""Bytes of the header; which of its fields is the first that names a sector of the FAT."""
_ENTRY, _NAME_SIZE = 128, 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_NONE, _END, _LAST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA
"""NOSTREAM; ENDOFCHAIN; MAXREGSECT, the last number that a sector can have."""
_MINI_SHIFT = 6
_SHIFTS = {3: 9, 4: 12}
"""By the version of the format: a sector has two to the power of so many bytes. A mini sector has 64."""
_MINI_CUTOFF = 1 << 12
"""Bytes below which a stream is kept in the mini stream."""
_READ, _FOLLOWED = 1, 2
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


class _Sectors:
    """Sectors of one size that lie behind one another, and which of them follows which in a chain."""

    def __init__(self, content: bytes, shift: int, *, first: int, most: int) -> None:
        self._content, self._shift, self._first = content, shift, first
        self._owners = bytearray(most)
        self.following = array("I")
        """The number of each sector's successor, or what ends a chain."""

    def take(self, number: int, *, whole: bool = False) -> bytes:
        """Return a sector's bytes, which nothing else may have read before.

        The last sector may be short unless it must be `whole`: some programs end a file with its last byte.
        """
        size = 1 << self._shift
        start = self._first + (number << self._shift)
        sector = self._content[start : start + size]
        if not sector or self._owners[number] or (whole and len(sector) < size):
            raise unproved()
        self._owners[number] = _READ
        return sector

    def read(self, sector: int, size: int | None, others: Collection[int] = (), *, may_be_short: bool = False) -> bytes:
        """Return a chain's bytes: so many, or, without a size, up to its end; fewer where that is not looked at here.

        Behind the last it must end, or go on where one of the others begins: PhpSpreadsheet strings all its streams on one chain.
        """
        if size is not None and size > len(self._content):
            raise unproved()
        left = len(self._owners) if size is None else self._count(size)
        pieces = []
        while left and sector < len(self.following):
            pieces.append(self.take(sector, whole=size is None))
            sector, left = self.following[sector], left - 1
        content = b"".join(pieces)
        if (sector != _END and sector not in others) or (size is not None and len(content) < size and not may_be_short):
            raise unproved()
        return content if size is None else content[:size]

    def follow(self, sector: int, size: int) -> None:
        """Follow another stream's chain as far as it goes: it may be broken, but not lie on one that was read."""
        left = self._count(size)
        while left and sector < min(len(self.following), len(self._owners)):
            if self._owners[sector] == _READ:
                raise unproved()
            self._owners[sector] = _FOLLOWED
            sector, left = self.following[sector], left - 1

    def _count(self, size: int) -> int:
        """Return how many sectors hold so many bytes."""
        return -(-size >> self._shift)


class CompoundFile:
    """The streams and storages at the root. Raises UnreadableError unless header, tables and directory are whole.

    No sector may belong to two chains, so that a chain that was led astray is noticed: it meets another, or is too short.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER_SIZE:
            raise unproved()
        header = _HEADER.unpack_from(content)
        version, shift, mini_shift, cutoff = header[2], header[4], header[5], header[10]
        directory_start, mini_start, mini_count = header[8], header[11], header[12]
        # The order of bytes is not looked at: there is only one, and some programs write its mark the wrong way round.
        if shift != _SHIFTS.get(version) or mini_shift != _MINI_SHIFT or cutoff != _MINI_CUTOFF:
            raise unproved()
        # The first sector stands behind the header, which takes a whole sector's room.
        self._sectors = _Sectors(content, shift, first=1 << shift, most=(-(-len(content) >> shift)) + 1)
        self._sectors.following = _fat(self._sectors, header)
        directory = self._sectors.read(directory_start, None)
        # Programs of version 3 leave anything in the upper half of a size.
        is_wide = version > min(_SHIFTS)
        self._entries = [_entry(directory[at : at + _ENTRY], is_wide=is_wide) for at in range(0, len(directory), _ENTRY)]
        if not self._entries or self._entries[0].kind != _ROOT:
            raise unproved()
        self._mini_start, self._directory_start = mini_start if mini_count else _END, directory_start
        # Names are the same whatever their case ([MS-CFB] 2.6.4).
        self._root = {entry.name.lower(): entry for entry in self._siblings(self._entries[0].child)}

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
        entry, root = self._root[name], self._entries[0]
        others = [other for other in self._entries[1:] if other.kind == _STREAM and other is not entry and other.size]
        large = [other for other in others if other.size >= _MINI_CUTOFF]
        begins = {other.start for other in large}
        if entry.size < _MINI_CUTOFF:
            sectors, beside = self._mini_sectors(begins), [other for other in others if other.size < _MINI_CUTOFF]
            content = sectors.read(entry.start, entry.size)
            _follow(self._sectors, large)
        else:
            # The short streams need not be whole where this one is none of them.
            sectors, beside = self._sectors, [*large, *([root] if root.size else [])]
            content = sectors.read(entry.start, entry.size, begins | {root.start, self._directory_start})
        # A chain that was led astray into another stream looks whole by itself; only that one's own chain shows it.
        _follow(sectors, beside)
        return content

    def _mini_sectors(self, others: Collection[int]) -> _Sectors:
        """Return the sectors of the short streams, which lie together in the root's own stream."""
        root = self._entries[0]
        mini_fat = array("I", self._sectors.read(self._mini_start, None)) if self._mini_start != _END else array("I")
        # What fills the last sector up may be missing; a short stream that is not all there shows when it is read.
        mini_stream = self._sectors.read(root.start, root.size, others, may_be_short=True) if root.size else b""
        sectors = _Sectors(mini_stream, _MINI_SHIFT, first=0, most=len(mini_fat) + 1)
        sectors.following = mini_fat
        return sectors

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


def _follow(sectors: _Sectors, entries: Iterable[_Entry]) -> None:
    for entry in entries:
        sectors.follow(entry.start, entry.size)


def _fat(sectors: _Sectors, header: tuple[int, ...]) -> array[int]:
    """Return each sector's successor, from the FAT's sectors, which the header and its chain of more (DIFAT) name."""
    count, following, more = header[7], header[13], header[14]
    places = list(header[_FIRST_OF_FAT:])
    for _ in range(more):
        named = array("I", sectors.take(following, whole=True))
        places += named[:-1]
        following = named[-1]
    # What names no sector is filled up with FREESECT, beyond the last number that one can have.
    places = [place for place in places if place <= _LAST]
    if len(places) < count or not count:
        raise unproved()
    table = array("I")
    for place in places[:count]:
        table.frombytes(sectors.take(place, whole=True))
    return table


def _entry(written: bytes, *, is_wide: bool) -> _Entry:
    if len(written) < _ENTRY:
        raise unproved()
    length, kind, _colour, left, right, child = struct.unpack_from("<HBBIII", written, _NAME_SIZE)
    start, low, high = struct.unpack_from("<III", written, 116)
    # The length counts bytes and the zero behind the name; a damaged one may be odd, or more than there is room for.
    name = written[: min(length, _NAME_SIZE) & ~1].decode("utf-16-le", "replace").rstrip("\0")
    return _Entry(name, kind, left, right, child, start, low + (high << 32) * is_wide)
