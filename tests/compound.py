"""Compound files (the container of .xls and of encrypted workbooks), as small as they can be written and read."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_SMALLEST = 4096
"""Shorter streams lie elsewhere; here all are filled up to this."""
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_PER_SECTOR = _SECTOR // 4


def build(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams; `a/b` is the stream b in the storage a."""
    names = sorted({*streams, *(path.rpartition("/")[0] for path in streams if "/" in path)})
    sectors: list[bytes] = []
    chains: list[int] = []
    starts: dict[str, tuple[int, int]] = {}
    for path, data in streams.items():
        whole = data.ljust(_SMALLEST, b"\0")
        count = -(-len(whole) // _SECTOR)
        first = len(sectors)
        sectors += [whole[at * _SECTOR : (at + 1) * _SECTOR].ljust(_SECTOR, b"\0") for at in range(count)]
        chains += [*range(first + 1, first + count), _END]
        starts[path] = (first, len(whole))
    directory = _directory(names, starts)
    first = len(sectors)
    count = len(directory) // _SECTOR
    sectors += [directory[at * _SECTOR : (at + 1) * _SECTOR] for at in range(count)]
    chains += [*range(first + 1, first + count), _END]
    tables = 1
    while len(chains) + tables > tables * _PER_SECTOR:
        tables += 1
    places = list(range(len(sectors), len(sectors) + tables))
    chains += [_FAT] * tables
    fat = struct.pack(f"<{tables * _PER_SECTOR}I", *chains, *[_FREE] * (tables * _PER_SECTOR - len(chains)))
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
                         0, tables, first, 0, _SMALLEST, _END, 0, _END, 0)  # fmt: skip
    header += struct.pack("<109I", *places, *[_FREE] * (109 - tables))
    return header + b"".join(sectors) + fat


def _directory(names: list[str], starts: Mapping[str, tuple[int, int]]) -> bytes:
    """The entries, each storage's children in a chain to the right, in the order of length and then of letters."""
    number = {name: at for at, name in enumerate(names, 1)}
    children = {
        parent: sorted((one for one in names if one.rpartition("/")[0] == parent), key=lambda one: (len(_last(one)), _last(one).upper()))
        for parent in ("", *names)
    }
    right = {one: number[after] for kin in children.values() for one, after in itertools.pairwise(kin)}
    first = {parent: number[kin[0]] for parent, kin in children.items() if kin}
    entries = [_entry("Root Entry", _ROOT, _NONE, first.get("", _NONE), (_END, 0))]
    for one in names:
        kind = _STREAM if one in starts else _STORAGE
        entries.append(_entry(_last(one), kind, right.get(one, _NONE), first.get(one, _NONE), starts.get(one, (0, 0))))
    empty = b"\0" * 68 + struct.pack("<III", _NONE, _NONE, _NONE) + b"\0" * 48
    entries += [empty] * (-len(entries) % 4)
    return b"".join(entries)


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _entry(name: str, kind: int, right: int, child: int, place: tuple[int, int]) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, _NONE, right, child)
        + b"\0" * 36
        + struct.pack("<IQ", place[0], place[1])
    )


def stream(content: bytes, name: str) -> bytes:
    """The stream of that name, of 4,096 bytes or more, in a file of at most 7 MB."""
    tables, first = struct.unpack_from("<I", content, 44)[0], struct.unpack_from("<I", content, 48)[0]
    fat: list[int] = []
    for place in struct.unpack_from(f"<{tables}I", content, 76):
        fat += struct.unpack_from(f"<{_PER_SECTOR}I", content, (place + 1) * _SECTOR)
    directory = _chain(content, fat, first)
    wanted = (name + "\0").encode("utf-16-le")
    for at in range(0, len(directory), 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if directory[at : at + length] == wanted:
            start, size = struct.unpack_from("<II", directory, at + 116)
            return _chain(content, fat, start)[:size]
    raise KeyError(name)


def _chain(content: bytes, fat: list[int], sector: int) -> bytes:
    out = b""
    while sector < _FAT:
        out += content[(sector + 1) * _SECTOR : (sector + 2) * _SECTOR]
        sector = fat[sector]
    return out
