"""A message's header fields as they stand in its bytes, and text in the charsets that Chinese mail really has.

Fields are told apart here and not by a library, since the sender's right to report hangs on them.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator

Fields = tuple[tuple[str, str], ...]
"""Names in lower case with their unfolded values, in the order in which they stand."""

_MOST_BYTES = 1 << 20
_GB = frozenset({"gb2312", "gb-2312", "gb_2312-80", "gb2312-80", "csgb2312", "euc-cn", "euc_cn", "gbk", "x-gbk", "cp936", "gb18030"})
"""Labels under which GB18030 comes."""
_ENCODED = re.compile(r"=\?([^?\s]{1,40})\?([BbQq])\?([^?\s]*)\?=")


def fields(raw: bytes) -> Fields | None:
    """The fields of the header; None where it is too long or holds what programs take in different ways (a bare CR, a NUL)."""
    head = _head(raw[: _MOST_BYTES + 1])
    if len(head) > _MOST_BYTES or re.search(rb"\r(?!\n)|\0", head):
        return None
    return tuple(_fields(head.replace(b"\r\n", b"\n").split(b"\n")))


def _head(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min(ends)] if ends else raw.rstrip(b"\r\n")


def _fields(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    name, parts = "", [b""]
    for line in [*lines, b":"]:
        if line[:1] in (b" ", b"\t") and name:
            parts.append(line)
            continue
        if name:
            yield name, text(b"".join(parts)).strip()
        before, colon, after = line.partition(b":")
        name, parts = (before.decode("latin-1").strip().lower(), [after]) if colon else ("", [b""])


def values(known: Fields, name: str) -> list[str]:
    """The values of every field of that name, the topmost first."""
    return [value for one, value in known if one == name]


# --- text --------------------------------------------------------------------------------------------------------


def text(written: bytes, charset: str = "") -> str:
    """The bytes as text: in the charset that they are said to have where they are, else as UTF-8, GB18030, Latin-1."""
    label = charset.lower().strip()
    for one in (*(["gb18030"] if label in _GB else [label] if label and not label.startswith("unknown") else []), "utf-8", "gb18030"):
        try:
            return written.decode(one)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return written.decode("latin-1")


def decoded(value: str) -> str:
    """The text with its encoded words (RFC 2047) decoded, also where a character is cut in two by them, or they stand in quotes."""
    out: list[str] = []
    held, charset, end = b"", "", 0
    for found in _ENCODED.finditer(value):
        between = value[end : found.start()]
        is_next = bool(held) and not between.strip()
        if held and not (is_next and found[1].lower() == charset):
            out.append(text(held, charset))
            held = b""
        if not is_next:
            out.append(between)
        charset, end = found[1].lower(), found.end()
        held += _unpacked(found[2].upper(), found[3])
    return "".join([*out, text(held, charset) if held else "", value[end:]])


def _unpacked(way: str, word: str) -> bytes:
    written = word.encode("utf-8")
    if way == "Q":
        return quopri.decodestring(written, header=True)
    try:
        return base64.b64decode(written + b"=" * (-len(written) % 4))
    except binascii.Error:
        return written
