"""Zip files written field by field, so that a test can let any of them lie."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DEFLATED, STORED = 8, 0
_WIDE = 0xFFFFFFFF
_DESCRIPTOR = 8
"""The flag of an entry whose sizes follow its data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive. `local` and `central` override what its two headers say."""

    name: str
    data: bytes
    method: int = DEFLATED
    local: Mapping[str, int | str] = field(default_factory=dict)
    central: Mapping[str, int | str] = field(default_factory=dict)
    packed: bytes | None = None
    """The bytes that stand in the file, where they are not what `method` makes of the data."""
    descriptor: bool = False
    zip64: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end of the directory says, where it is not the truth."""

    comment: bytes = b""
    count: int | None = None
    offset: int | None = None
    disk: int = 0


def entries(content: bytes) -> dict[str, Entry]:
    """The files of an archive by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: Entry(name, archive.read(name)) for name in archive.namelist()}


def pack(files: Iterable[Entry], ending: Ending | None = None, *, prefix: bytes = b"", twice: Mapping[str, str] | None = None) -> bytes:
    """The archive's bytes. `twice` adds names to the directory that point to the data of others."""
    out = bytearray(prefix)
    directory: list[bytes] = []
    places: dict[str, tuple[Entry, int, bytes]] = {}
    for entry in files:
        packed = (
            squeeze(entry.data)
            if entry.packed is None and entry.method == DEFLATED
            else entry.packed
            if entry.packed is not None
            else entry.data
        )
        places[entry.name] = (entry, len(out), packed)
        truth = _truth(entry, packed)
        directory.append(_central(entry, truth, len(out)))
        out += _local(entry, truth) + packed
        if entry.descriptor:
            wide = "<4sIQQ" if entry.zip64 else "<4sIII"
            out += struct.pack(wide, b"PK\x07\x08", truth["crc"], len(packed), len(entry.data))
    for alias, name in (twice or {}).items():
        entry, offset, packed = places[name]
        other = Entry(alias, entry.data, entry.method)
        directory.append(_central(other, _truth(other, packed), offset))
    start = len(out)
    out += b"".join(directory)
    return bytes(out) + _ending(ending or Ending(), len(directory), start, len(out) - start)


def squeeze(data: bytes) -> bytes:
    """The data deflated."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zeros(megabytes: int, before: bytes = b"", after: bytes = b"", filler: bytes = b" ") -> tuple[bytes, bytes]:
    """So many megabytes of entry character between two texts, and the same deflated without deflating all of it."""
    block = filler * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    # Joined at once: three hundred megabytes are copied once and not three times.
    return b"".join([before, *[block] * megabytes, after]), first + middle * megabytes + squeeze(after)


def _truth(entry: Entry, packed: bytes) -> dict[str, int | str]:
    flags = 0x800 if not entry.name.isascii() else 0
    return {
        "version": 45 if entry.zip64 else 20, "flags": flags | (_DESCRIPTOR if entry.descriptor else 0), "method": entry.method,
        "crc": zlib.crc32(entry.data), "packed": len(packed), "size": len(entry.data), "name": entry.name,
    }  # fmt: skip


def _local(entry: Entry, truth: Mapping[str, int | str]) -> bytes:
    declared = dict(truth)
    if entry.descriptor:
        declared |= {"crc": 0, "packed": 0, "size": 0}
    extra = b""
    if entry.zip64 and not entry.descriptor:
        extra = struct.pack("<HHQQ", 1, 16, truth["size"], truth["packed"])
        declared |= {"packed": _WIDE, "size": _WIDE}
    declared |= entry.local
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *_fields(declared, extra)) + str(declared["name"]).encode() + extra


def _central(entry: Entry, truth: Mapping[str, int | str], offset: int) -> bytes:
    declared = dict(truth)
    extra = b""
    if entry.zip64:
        extra = struct.pack("<HHQQQ", 1, 24, truth["size"], truth["packed"], offset)
        declared |= {"packed": _WIDE, "size": _WIDE}
    declared |= entry.central
    name = str(declared["name"]).encode()
    place = _WIDE if entry.zip64 else int(declared.get("offset", offset))
    fields = struct.pack("<4sHHHHHHIIIHH", b"PK\x01\x02", 20, *_fields(declared, extra))
    return fields + struct.pack("<HHHII", 0, 0, 0, 0, place) + name + extra


def _fields(declared: Mapping[str, int | str], extra: bytes) -> tuple[int, ...]:
    numbers = [int(declared[name]) for name in ("version", "flags", "method")]
    day = 33  # 1980-01-01
    return (*numbers, 0, day, *(int(declared[name]) for name in ("crc", "packed", "size")), len(str(declared["name"]).encode()), len(extra))


def _ending(ending: Ending, count: int, start: int, size: int) -> bytes:
    declared = count if ending.count is None else ending.count
    offset = start if ending.offset is None else ending.offset
    wide = b""
    if declared > 0xFFFF:
        record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, declared, declared, size, offset)
        wide = record + struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)
        declared = 0xFFFF
    return (
        wide
        + struct.pack("<4sHHHHIIH", b"PK\x05\x06", ending.disk, ending.disk, declared, declared, size, offset, len(ending.comment))
        + ending.comment
    )
