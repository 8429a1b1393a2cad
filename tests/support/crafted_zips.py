"""Crafted containers: bombs, lies, damage, odd names. What is inside is a good report."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from crafting import DRAFT, GOOD, PARTS, PICTURE, PROGRESS, READ, STRINGS, Crafted, parts, repacked
from zips import STORED, Ending, Entry, entries, pack, squeeze, zeros

_BROKEN = "unreadable"
_HUGE = 300
"""Megabytes: more than may be unpacked."""


def _with(*more: Entry, twice: Mapping[str, str] | None = None) -> bytes:
    """The good report with entries replaced or added."""
    return pack({**entries(GOOD), **{entry.name: entry for entry in more}}.values(), twice=twice)


def _every(change: Callable[[Entry], Entry]) -> bytes:
    return pack(map(change, entries(GOOD).values()))


def _lying(name: str, *, central: Mapping[str, int | str] | None = None, local: Mapping[str, int | str] | None = None) -> bytes:
    return _with(Entry(name, PARTS[name], central=central or {}, local=local or {}))


def _size(name: str, by: int) -> dict[str, int | str]:
    return {"size": len(PARTS[name]) + by}


def _bomb(name: str, before: bytes, after: bytes, *, declared: int | None = None) -> bytes:
    data, packed = zeros(_HUGE, before, after)
    lie: dict[str, int | str] = {} if declared is None else {"size": declared}
    return _with(Entry(name, data, packed=packed, central=lie, local=lie))


def _megabytes() -> bytes:
    data = bytes(1 << 20)
    packed = squeeze(data)
    return _with(*(Entry(f"x/{n}", data, packed=packed) for n in range(_HUGE)))


def _sheet_bomb(declared: int | None = None) -> bytes:
    before, _, after = PARTS[PROGRESS].partition(b"</sheetData>")
    return _bomb(PROGRESS, before, b"</sheetData>" + after, declared=declared)


def _quoted_overlap() -> bytes:
    """Entries that all unpack the one kernel at their end, each quoting the next one's header as its data (Fifield)."""
    kernel, packed = zeros(8, filler=b"\0")
    out, directory = bytearray(), b""
    count = 200
    headers = [
        struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(packed), len(kernel), 8, 0) + b"%08d" % n for n in range(count)
    ]
    for n, header in enumerate(headers):
        central = struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(packed), len(kernel), 8, 0, 0, 0, 0, 0, len(out)
        )
        directory += central + b"%08d" % n
        out += header
    out += packed
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out) + directory + end


def _flipped(name: str, *, stored: bool = False) -> bytes:
    """The good report with one bit of a part's bytes flipped, or one digit of a part that is not compressed."""
    content = bytearray(_with(Entry(name, PARTS[name], STORED)) if stored else GOOD)
    if stored:
        at = content.index(b"<v>43971</v>")
        content[at + 7] = ord("2")
        return bytes(content)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        entry = archive.getinfo(name)
    start = entry.header_offset + 30 + len(name)
    content[start + entry.compress_size // 2] ^= 0x10
    return bytes(content)


def _cut_off(at: int) -> bytes:
    return GOOD[:at]


def _nested() -> bytes:
    content = repacked({PICTURE: zeros(20, filler=b"\0")[0]})
    for depth in range(6):
        content = pack([Entry(f"{depth}-{copy}.zip", content) for copy in range(6)])
    return content


def _many(count: int) -> bytes:
    return pack([*entries(GOOD).values(), *(Entry(f"x/{n}", b"", STORED) for n in range(count))])


def _backslashes() -> bytes:
    return pack(Entry(name.replace("/", "\\"), data) for name, data in PARTS.items())


def _appended(name: str, alias: str, data: bytes) -> bytes:
    """Two entries of one name: `alias` is renamed to `name` in both headers."""
    same = {"name": name}
    return pack([*entries(GOOD).values(), Entry(alias, data, local=same, central=same)])


def _without_count() -> bytes:
    return pack(entries(GOOD).values(), Ending(count=3))


def _overlong() -> bytes:
    packed = squeeze(PARTS[PROGRESS]) + b"junk behind the end of the data"
    return pack([Entry(name, data, packed=packed if name == PROGRESS else None) for name, data in parts({}).items()])


def _renamed(name: str, other: str) -> list[Entry]:
    return [Entry(other if entry.name == name else entry.name, entry.data) for entry in entries(GOOD).values()]


_ELSE = PARTS[PROGRESS].replace(b"<v>43971</v>", b"<v>43970</v>")
_CUTS = {
    "its first byte": 1,
    "a local header": 20,
    "the middle of a part": len(GOOD) // 3,
    "the directory": len(GOOD) - 200,
    "the last byte": len(GOOD) - 1,
}
_NAMES = {
    "dot dot": "../../../../tmp/evil.txt",
    "an absolute path": "/etc/evil.txt",
    "a drive": "C:\\Windows\\evil.txt",
    "a NUL": "xl/evil\0.txt",
    "control characters": "xl/\x1b[2J\r\n.txt",
    "Chinese letters": "xl/图片/图一.png",
    "60,000 letters": "x" * 60_000,
}

BOMBS = (
    Crafted("bomb: a used sheet of 300 MB", _sheet_bomb, "too-large"),
    Crafted("bomb: shared strings of 300 MB", lambda: _bomb(STRINGS, PARTS[STRINGS][:-6], b"</sst>"), "too-large"),
    Crafted("bomb: a picture of 300 MB", lambda: _bomb(PICTURE, b"", b""), "too-large"),
    Crafted("bomb: a used sheet of 300 MB that says it has 1,000 bytes", lambda: _sheet_bomb(1000), "unreadable|too-large"),
    Crafted("bomb: 300 parts of 1 MB", _megabytes, "too-large"),
    Crafted("bomb: quoted overlap", _quoted_overlap, "unreadable|too-large"),
    Crafted("bomb: zip files in zip files", _nested, _BROKEN),
    Crafted("bomb: 100,000 entries", lambda: _many(100_000), "too-large|unreadable|read"),
    Crafted("2,000 entries", lambda: _many(2000), READ),
    Crafted("a file of 26 MB", lambda: _with(Entry(PICTURE, b"\xff" * (26 << 20), STORED)), "too-large"),
)

LIES = (
    Crafted("lie: the directory says less than there is", lambda: _lying(PROGRESS, central=_size(PROGRESS, -100)), _BROKEN),
    Crafted("lie: the directory says more than there is", lambda: _lying(PROGRESS, central=_size(PROGRESS, 100)), _BROKEN),
    Crafted("lie: both headers say less", lambda: _lying(STRINGS, central=_size(STRINGS, -9), local=_size(STRINGS, -9)), _BROKEN),
    Crafted("lie: the local header alone says less", lambda: _lying(PROGRESS, local=_size(PROGRESS, -100)), "unreadable|read"),
    Crafted("lie: the local header alone says 4 GB", lambda: _lying(PROGRESS, local={"size": 0xFFFFFFF0}), "unreadable|read"),
    Crafted("lie: an unused sheet says more than there is", lambda: _lying(DRAFT, central=_size(DRAFT, 100)), "unreadable|read"),
    Crafted("lie: the local header has another name", lambda: _lying(PROGRESS, local={"name": "xl/other.xml"}), "unreadable|read"),
    Crafted("lie: two names for one place", lambda: _with(twice={"xl/copy.xml": PROGRESS}), _BROKEN),
    Crafted("lie: a wrong sum in a used part", lambda: _lying(PROGRESS, central={"crc": 1}, local={"crc": 1}), _BROKEN),
    Crafted("lie: a wrong sum in the styles", lambda: _lying("xl/styles.xml", central={"crc": 1}), _BROKEN),
    Crafted("lie: a wrong sum in an unused sheet", lambda: _lying(DRAFT, central={"crc": 1}, local={"crc": 1}), READ),
    Crafted("lie: a wrong sum in a picture", lambda: _with(Entry(PICTURE, b"png", central={"crc": 1})), READ),
    Crafted("lie: the end counts three entries", _without_count, "unreadable|read"),
    Crafted("lie: the end counts 60,000 entries", lambda: pack(entries(GOOD).values(), Ending(count=60_000)), "unreadable|read"),
    Crafted("lie: the directory is elsewhere", lambda: pack(entries(GOOD).values(), Ending(offset=100)), "unreadable|read"),
    Crafted("lie: the directory is beyond the end", lambda: pack(entries(GOOD).values(), Ending(offset=1 << 30)), _BROKEN),
    Crafted("lie: an entry begins beyond the end", lambda: _lying(PROGRESS, central={"offset": 1 << 30}), _BROKEN),
    Crafted("lie: one of several disks", lambda: pack(entries(GOOD).values(), Ending(disk=3)), "unreadable|read"),
    Crafted("a used part by an unknown method", lambda: _with(Entry(PROGRESS, PARTS[PROGRESS], 97)), _BROKEN),
    Crafted("a used part by AES", lambda: _with(Entry(PROGRESS, PARTS[PROGRESS], 99)), "unreadable|encrypted"),
    Crafted("a picture by an unknown method", lambda: _with(Entry(PICTURE, b"png", 97)), READ),
    Crafted(
        "the flag of encryption on a used part", lambda: _lying(PROGRESS, central={"flags": 1}, local={"flags": 1}), "unreadable|encrypted"
    ),
    Crafted(
        "the flag of encryption on every part",
        lambda: _every(lambda one: replace(one, central={"flags": 1}, local={"flags": 1})),
        "unreadable|encrypted",
    ),
)

HARMLESS = (
    Crafted("sizes behind the data", lambda: _every(lambda one: replace(one, descriptor=True)), READ),
    Crafted("64-bit sizes", lambda: _every(lambda one: replace(one, zip64=True)), READ),
    Crafted("64-bit sizes behind the data", lambda: _every(lambda one: replace(one, zip64=True, descriptor=True)), READ),
    Crafted("nothing is compressed", lambda: _every(lambda one: replace(one, method=STORED)), READ),
    Crafted("a comment of 60,000 bytes", lambda: pack(entries(GOOD).values(), Ending(comment=b"c" * 60_000)), READ),
    Crafted(
        "a comment with another end in it", lambda: pack(entries(GOOD).values(), Ending(comment=GOOD[-22:] + b"more")), "unreadable|read"
    ),
    Crafted("entries for folders", lambda: _with(Entry("xl/", b"", STORED), Entry("xl/worksheets/", b"", STORED)), READ),
    Crafted("a blank line behind the end", lambda: GOOD + b"\r\n", READ),
    Crafted("zeros behind the end", lambda: GOOD + bytes(512), READ),
    Crafted("100 kB behind the end", lambda: GOOD + b"z" * 100_000, "unreadable|read"),
    Crafted("a text in front", lambda: b"Content-Type: application/octet-stream\r\n\r\n" + GOOD, "unreadable|read"),
    Crafted("two workbooks one after the other", lambda: repacked({PROGRESS: _ELSE}) + GOOD, "unreadable|read"),
    Crafted("backslashes in every name", _backslashes, READ),
    Crafted("capitals in every name", lambda: pack(Entry(name.upper(), data) for name, data in PARTS.items()), READ),
    *(
        Crafted(
            f"a further part named with {what}",
            partial(_with, Entry(name, b"x")),
            "unreadable|read" if "letters" not in what else READ,
        )
        for what, name in _NAMES.items()
    ),
    Crafted("an unused part twice", lambda: _appended(DRAFT, "a", b"<other/>"), READ),
    Crafted("a used part twice, both the same", lambda: _appended(PROGRESS, "a", PARTS[PROGRESS]), READ),
    Crafted(
        "a used part twice, not the same",
        lambda: _appended(PROGRESS, "a", _ELSE),
        "unreadable|read",
        otherwise={"案件进展!H3": "2020-05-19"},
    ),
    Crafted(
        "a used part twice, in other letters and not the same",
        lambda: _with(Entry(PROGRESS.upper(), _ELSE)),
        "unreadable|read",
        otherwise={"案件进展!H3": "2020-05-19"},
    ),
    Crafted("a used part's name ends at a NUL", lambda: pack(_renamed(PROGRESS, PROGRESS + "\0.txt")), "unreadable|read"),
)


DAMAGE = (
    Crafted("damage: one bit in a used part", lambda: _flipped(PROGRESS), _BROKEN),
    Crafted("damage: one bit in the shared strings", lambda: _flipped(STRINGS), _BROKEN),
    Crafted("damage: one bit in an unused sheet", lambda: _flipped(DRAFT), READ),
    Crafted("damage: one bit in the theme", lambda: _flipped("xl/theme/theme1.xml"), READ),
    Crafted("damage: one digit in a sheet that is not compressed", lambda: _flipped(PROGRESS, stored=True), _BROKEN),
    *(Crafted(f"damage: cut off behind {where}", partial(_cut_off, at), _BROKEN) for where, at in _CUTS.items()),
    Crafted("damage: the last 4 kB are zeros", lambda: GOOD[:-4096] + bytes(4096), _BROKEN),
    Crafted("damage: the second half is zeros", lambda: GOOD[: len(GOOD) // 2] + bytes(len(GOOD) // 2), _BROKEN),
    Crafted("damage: the first kB is zeros", lambda: bytes(1024) + GOOD[1024:], _BROKEN),
    Crafted("damage: a deflated part goes on behind its end", _overlong, _BROKEN + "|read"),
    Crafted(
        "damage: a used part without its end",
        lambda: _with(Entry(PROGRESS, PARTS[PROGRESS], packed=squeeze(PARTS[PROGRESS])[:-9])),
        _BROKEN,
    ),
    Crafted("gzip of a workbook", lambda: gzip.compress(GOOD, mtime=0), _BROKEN),
    Crafted("a workbook in a zip file", lambda: pack([Entry("日报.xlsx", GOOD)]), _BROKEN),
)


KINDS = (*BOMBS, *LIES, *HARMLESS, *DAMAGE)
