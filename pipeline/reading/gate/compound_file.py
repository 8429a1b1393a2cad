"""Compound files, the container of .xls, .et and of workbooks with a password: their streams, each from whole chains of sectors."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from pipeline.reading.gate.safe_workbook import UnreadableError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16x5H6x9I")
"""Signature, versions, order of bytes, sizes of sectors, how many of the directory and of tables, and where they begin."""
_HEADER_SIZE, _IN_HEADER = 512, 109
_ENTRY, _NAME_SIZE = 128, 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_NONE, _END, _LAST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA
"""No entry; the end of a chain; the last number that a sector can have."""
_MINI, _ORDER = 6, 0xFFFE
_SHIFTS = {3: 9, 4: 12}
"""By the version of the format: a sector has two to the power of so many bytes."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """The streams and storages at the root. Raises UnreadableError unless header, tables and directory are whole.

    No sector may belong to two chains, so that a chain that was led astray is noticed: it meets another, or is too short.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER_SIZE:
            raise _damaged()
        said = _HEADER.unpack_from(content)
        version, order, shift, mini, self._cutoff = said[2], said[3], said[4], said[5], said[10]
        if order != _ORDER or shift != _SHIFTS.get(version) or mini != _MINI or self._cutoff != 1 << 12:
            raise _damaged()
        self._content, self._shift, self._is_wide = content, shift, version > min(_SHIFTS)
        self._owned = bytearray(-(-len(content) >> shift) + 1)
        self._next = self._table(said)
        directory = self._read(said[8], None)
        self._entries = [_entry(directory[at : at + _ENTRY], wide=self._is_wide) for at in range(0, len(directory), _ENTRY)]
        if not self._entries or self._entries[0].kind != _ROOT:
            raise _damaged()
        self._small = array("I", self._read(said[11], None)) if said[12] else array("I")
        root = self._entries[0]
        self._pool = self._read(root.start, root.size) if root.size else b""
        self._small_owned = bytearray(len(self._small) + 1)
        self._root = {one.name.lower(): one for one in self._below(root.child)}

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of the streams at the root, in lower case."""
        return tuple(name for name, one in self._root.items() if one.kind == _STREAM)

    @property
    def storages(self) -> tuple[str, ...]:
        """The names of the storages at the root, in lower case."""
        return tuple(name for name, one in self._root.items() if one.kind == _STORAGE)

    def read(self, name: str) -> bytes:
        """The stream of that name at the root, as long as declared.

        Raises UnreadableError where not every byte of it is there, or where another stream lies on it.
        """
        wanted = self._root[name]
        found = self._stream(wanted)
        for one in self._entries[1:]:
            if one.kind == _STREAM and one is not wanted and one.size:
                self._claim(one)
        return found

    def _stream(self, one: _Entry) -> bytes:
        return self._read_small(one.start, one.size) if one.size < self._cutoff else self._read(one.start, one.size)

    def _claim(self, one: _Entry) -> None:
        """Walk another stream's sectors as far as they go: it may be broken, but not lie on one that was read."""
        small = one.size < self._cutoff
        table, owned = (self._small, self._small_owned) if small else (self._next, self._owned)
        sector, left = one.start, -(-one.size >> (_MINI if small else self._shift))
        while left and sector < min(len(table), len(owned)):
            if owned[sector] == 1:
                raise _damaged()
            owned[sector] = 2
            sector, left = table[sector], left - 1

    # --- chains --------------------------------------------------------------------------------------------------

    def _table(self, said: tuple[int, ...]) -> array[int]:
        """Each sector's successor, from the tables that the header and its chain of more tables name."""
        count, following, more = said[7], said[13], said[14]
        places = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, _HEADER.size))
        per_sector = (1 << self._shift) // 4
        for _ in range(more):
            held = array("I", self._sector(following, whole=True))
            places += held[: per_sector - 1]
            following = held[-1]
        places = [one for one in places if one <= _LAST]
        if len(places) < count or not count:
            raise _damaged()
        table = array("I")
        for one in places[:count]:
            table.frombytes(self._sector(one, whole=True))
        return table

    def _sector(self, number: int, *, whole: bool = False) -> bytes:
        """A sector's bytes, which nothing else may have read before; the file's last one may be short unless it must be `whole`."""
        start = (number + 1) << self._shift
        found = self._content[start : start + (1 << self._shift)]
        if not found or self._owned[number] or (whole and len(found) < 1 << self._shift):
            raise _damaged()
        self._owned[number] = 1
        return found

    def _read(self, sector: int, size: int | None) -> bytes:
        """A chain's bytes: so many, or, without a size, up to its end."""
        if size is not None and size > len(self._content):
            raise _damaged()
        left = len(self._owned) if size is None else -(-size >> self._shift)
        pieces = []
        while left and sector < len(self._next):
            pieces.append(self._sector(sector, whole=size is None))
            sector, left = self._next[sector], left - 1
        found = b"".join(pieces)
        if sector != _END or (size is not None and len(found) < size):
            raise _damaged()
        return found if size is None else found[:size]

    def _read_small(self, sector: int, size: int) -> bytes:
        """A short stream's bytes, from the pool that all of them share."""
        pieces, left = [], -(-size >> _MINI)
        while left and sector < len(self._small):
            if self._small_owned[sector]:
                raise _damaged()
            self._small_owned[sector] = 1
            pieces.append(self._pool[sector << _MINI : (sector + 1) << _MINI])
            sector, left = self._small[sector], left - 1
        found = b"".join(pieces)
        if sector != _END or len(found) < size:
            raise _damaged()
        return found[:size]

    # --- the directory -------------------------------------------------------------------------------------------

    def _below(self, first: int) -> list[_Entry]:
        """The entries of one storage: a tree of siblings."""
        found, waiting, seen = [], [first], set[int]()
        while waiting:
            at = waiting.pop()
            if at == _NONE:
                continue
            if at >= len(self._entries) or at in seen:
                raise _damaged()
            seen.add(at)
            one = self._entries[at]
            found.append(one)
            waiting += [one.left, one.right]
        return found


def _entry(written: bytes, *, wide: bool) -> _Entry:
    if len(written) < _ENTRY:
        raise _damaged()
    length, kind, _colour, left, right, child = struct.unpack_from("<HBBIII", written, _NAME_SIZE)
    start, low, high = struct.unpack_from("<III", written, 116)
    name = written[: min(length, _NAME_SIZE) & ~1].decode("utf-16-le", "replace").rstrip("\0")
    return _Entry(name, kind, left, right, child, start, low + (high << 32) * wide)


def _damaged() -> UnreadableError:
    return UnreadableError("unreadable", "unproved")
