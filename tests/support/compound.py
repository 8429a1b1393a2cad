"""Compound files (the container of .xls and of encrypted workbooks), as small as they can be written and read."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT, _MORE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_IN_HEADER = 109
_NONE = 0xFFFFFFFF
_SMALLEST = 4096
"""Shorter streams lie elsewhere; here all are filled up to this."""
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SMALL = 64
"""Bytes of a sector in the pool of short streams."""
_PER_SECTOR = _SECTOR // 4


def build(streams: Mapping[str, bytes], *, pooled: bool = False) -> bytes:
    """A compound file with these streams; `a/b` is the stream b in the storage a. `pooled`: short ones lie together in a pool."""
    names = sorted({*streams, *(path[:at] for path in streams for at, letter in enumerate(path) if letter == "/")})
    sectors: list[bytes] = []
    chains: list[int] = []
    starts: dict[str, tuple[int, int]] = {}
    pool, small = b"", list[int]()
    for path, data in streams.items():
        if pooled and len(data) < _SMALLEST:
            starts[path] = (len(small), len(data))
            pool += data + bytes(-len(data) % _SMALL)
            small += [*range(len(small) + 1, len(pool) // _SMALL), _END]
            continue
        whole = data.ljust(_SMALLEST, b"\0")
        count = -(-len(whole) // _SECTOR)
        first = len(sectors)
        sectors += [whole[at * _SECTOR : (at + 1) * _SECTOR].ljust(_SECTOR, b"\0") for at in range(count)]
        chains += [*range(first + 1, first + count), _END]
        starts[path] = (first, len(whole))
    table = struct.pack(f"<{len(small)}I", *small) + struct.pack("<I", _FREE) * (-len(small) % _PER_SECTOR)
    begins = []
    for laid in (pool, table, _directory(names, {**starts, "": (len(sectors) if pool else _END, len(pool))})):
        begins.append(len(sectors))
        count = -(-len(laid) // _SECTOR)
        sectors += [laid[at * _SECTOR : (at + 1) * _SECTOR].ljust(_SECTOR, b"\0") for at in range(count)]
        chains += [*range(begins[-1] + 1, begins[-1] + count), _END] if count else []
    fat, places, more = _tables(chains, len(sectors))
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, len(places), begins[2],
                         0, _SMALLEST, begins[1] if pool else _END, len(table) // _SECTOR,
                         len(sectors) + len(places) if more else _END, len(more) // _SECTOR)  # fmt: skip
    header += struct.pack("<109I", *places[:_IN_HEADER], *[_FREE] * (_IN_HEADER - len(places)))
    return header + b"".join(sectors) + fat + more


def _tables(chains: list[int], first: int) -> tuple[bytes, list[int], bytes]:
    """The tables of chains, which lie from that sector on, their places, and the sectors that name those that the header cannot."""
    tables, more = 1, 0
    while len(chains) + tables + more > tables * _PER_SECTOR:
        tables += 1
        more = -(-max(0, tables - _IN_HEADER) // (_PER_SECTOR - 1))
    chains = [*chains, *[_FAT] * tables, *[_MORE] * more]
    fat = struct.pack(f"<{tables * _PER_SECTOR}I", *chains, *[_FREE] * (tables * _PER_SECTOR - len(chains)))
    places = list(range(first, first + tables))
    rest, named = places[_IN_HEADER:], b""
    for at in range(more):
        here = rest[at * (_PER_SECTOR - 1) : (at + 1) * (_PER_SECTOR - 1)]
        following = first + tables + at + 1 if at + 1 < more else _END
        named += struct.pack(f"<{_PER_SECTOR}I", *here, *[_FREE] * (_PER_SECTOR - 1 - len(here)), following)
    return fat, places, named


def _directory(names: list[str], starts: Mapping[str, tuple[int, int]]) -> bytes:
    """The entries, each storage's children in a chain to the right, in the order of length and then of letters."""
    number = {name: at for at, name in enumerate(names, 1)}
    children = {
        parent: sorted(
            (path for path in names if path.rpartition("/")[0] == parent), key=lambda path: (len(_last(path)), _last(path).upper())
        )
        for parent in ("", *names)
    }
    right = {path: number[after] for kin in children.values() for path, after in itertools.pairwise(kin)}
    first = {parent: number[kin[0]] for parent, kin in children.items() if kin}
    entries = [_entry("Root Entry", _ROOT, _NONE, first.get("", _NONE), starts[""])]
    for path in names:
        kind = _STREAM if path in starts else _STORAGE
        entries.append(_entry(_last(path), kind, right.get(path, _NONE), first.get(path, _NONE), starts.get(path, (0, 0))))
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
    start, size = place(content, name)
    return _chain(content, _table(content), start)[:size]


def place(content: bytes, name: str) -> tuple[int, int]:
    """The first sector and the size of the stream of that name; of the pool of short streams, `Root Entry`."""
    directory = _chain(content, _table(content), struct.unpack_from("<I", content, 48)[0])
    wanted = (name + "\0").encode("utf-16-le")
    for at in range(0, len(directory), 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if directory[at : at + length] == wanted:
            start, size = struct.unpack_from("<II", directory, at + 116)
            return start, size
    raise KeyError(name)


def relinked(content: bytes, sector: int, following: int) -> bytes:
    """The file with another successor of one sector, in a file whose table is one sector."""
    (table,) = struct.unpack_from("<I", content, 76)
    changed = bytearray(content)
    struct.pack_into("<I", changed, (table + 1) * _SECTOR + 4 * sector, following)
    return bytes(changed)


def _table(content: bytes) -> list[int]:
    (tables,) = struct.unpack_from("<I", content, 44)
    fat: list[int] = []
    for sector in struct.unpack_from(f"<{tables}I", content, 76):
        fat += struct.unpack_from(f"<{_PER_SECTOR}I", content, (sector + 1) * _SECTOR)
    return fat


def _chain(content: bytes, fat: list[int], sector: int) -> bytes:
    out = b""
    while sector < _FAT:
        out += content[(sector + 1) * _SECTOR : (sector + 2) * _SECTOR]
        sector = fat[sector]
    return out
