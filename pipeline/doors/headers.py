"""A message's header fields as they stand in its bytes, and text in the charsets that Chinese mail really has.

Fields are separated here and not by a library, since the sender's right to report hangs on them: what one program takes for a field and
another does not is how a sender is forged, so such a header is refused whole.
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
"""Labels under which GB18030 comes: programs name an older, smaller charset and use characters that only the newer one has."""
_ENCODED = re.compile(r"=\?([^?\s]{1,40})\?([BbQq])\?([^?\s]*)\?=")


def fields(raw: bytes) -> Fields | None:
    """Return the fields of the header; None where it is too long or holds what programs take in different ways (a bare CR, a NUL)."""
    head = _head(raw[: _MOST_BYTES + 1])
    if len(head) > _MOST_BYTES or re.search(rb"\r(?!\n)|\0", head):
        return None
    return tuple(_fields(head.replace(b"\r\n", b"\n").split(b"\n")))


def _head(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min(ends)] if ends else raw.rstrip(b"\r\n")


def _fields(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    name, parts = "", [b""]
    for line in [*lines, b":"]:  # the last one closes the field before it
        if line[:1] in (b" ", b"\t") and name:  # a folded line goes on with the field above (RFC 5322, 2.2.3)
            parts.append(line)
            continue
        if name:
            yield name, text(b"".join(parts)).strip()
        before, colon, after = line.partition(b":")
        name, parts = (before.decode("latin-1").strip().lower(), [after]) if colon else ("", [b""])


def values(header: Fields, name: str) -> list[str]:
    """Return the values of every field of that name, the topmost first."""
    return [value for field, value in header if field == name]


# --- text --------------------------------------------------------------------------------------------------------


def text(written: bytes, charset: str = "") -> str:
    """Return the bytes as text: in the charset of their label where they are in it, else as UTF-8, GB18030 or Latin-1, the first that fits.

    Many programs in China write GB18030 into a header without any label. Latin-1 takes all bytes, so it comes last.
    """
    label = charset.lower().strip()
    labelled = ["gb18030"] if label in _GB else [label] if label and not label.startswith("unknown") else []
    for encoding in (*labelled, "utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return written.decode("latin-1")


def decoded(value: str) -> str:
    """Decode the encoded words (RFC 2047) in a text.

    Programs cut a long text into words at any byte, so neighbours of one charset are joined before they become characters.
    They also put such words into quotes, which the standard forbids; the library leaves those as they are.
    """
    out: list[str] = []
    held, charset, end = b"", "", 0
    for word in _ENCODED.finditer(value):
        between = value[end : word.start()]
        is_next = bool(held) and not between.strip()
        if held and not (is_next and word[1].lower() == charset):
            out.append(text(held, charset))
            held = b""
        if not is_next:
            out.append(between)
        charset, end = word[1].lower(), word.end()
        held += _unpacked(word[2].upper(), word[3])
    return "".join([*out, text(held, charset) if held else "", value[end:]])


def _unpacked(encoding: str, content: str) -> bytes:
    written = content.encode("utf-8")
    if encoding == "Q":
        return quopri.decodestring(written, header=True)
    try:
        # some programs leave the padding out
        return base64.b64decode(written + b"=" * (-len(written) % 4))
    except binascii.Error:
        return written
