"""A font made by hand, with a black square for each of a few characters: what a computer may have, or lack."""

from __future__ import annotations

import struct


def make(family: str, characters: str) -> bytes:
    """Return a TrueType font of that name that has these characters and no other."""
    outline = struct.pack(">8h", 0, 0, 1000, 0, 0, 1000, 0, -1000)
    square = struct.pack(">hhhhhH", 1, 0, 0, 1000, 1000, 3) + struct.pack(">H4B", 0, 1, 1, 1, 1) + outline
    square += b"\0" * (-len(square) % 4)
    groups = b"".join(struct.pack(">III", ord(character), ord(character), 1) for character in sorted(characters))
    segments = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(characters)) + groups
    named = family.encode("utf-16-be")
    names = [(1, named), (4, named), (6, named)]
    records = b"".join(struct.pack(">6H", 3, 1, 0x409, number, len(named), 0) for number, named in names)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + segments,
        b"glyf": square,
        b"head": struct.pack(">IIIIHHQQ4hHHhhh", 1 << 16, 1 << 16, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">I3hH11hH", 1 << 16, 800, -200, 0, 1000, *[0] * 11, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 0),
        b"loca": struct.pack(">III", 0, 0, len(square)),
        b"maxp": struct.pack(">I14H", 1 << 16, 2, 4, 1, *[0] * 11),
        b"name": struct.pack(">HHH", 0, len(names), 6 + len(records)) + records + named,
        b"post": struct.pack(">II2hI4I", 3 << 16, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    at, directory, body = 12 + 16 * len(tables), struct.pack(">I4H", 1 << 16, len(tables), 0, 0, 0), b""
    for tag, content in sorted(tables.items()):
        padded = content + b"\0" * (-len(content) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", total, at + len(body), len(content))
        body += padded
    return directory + body
