"""Messages for tests, byte by byte, as the programs write them that districts use."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable, Mapping

OURS = "mx.office.example"
"""The name of our own mail server in its verdicts."""
SENDER = "dongsheng@example.com"
PASSED = f"{OURS}; dmarc=pass header.from=example.com"
CRLF = b"\r\n"


def header(lines: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Header fields, each on its line; bytes stay as they are."""
    return b"".join(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + CRLF for name, value in lines)


def encoded(name: str, charset: str = "utf-8", label: str | None = None) -> str:
    """A name as one encoded word."""
    return f"=?{label or charset}?B?{base64.b64encode(name.encode(charset)).decode()}?="


def part(content: bytes, *fields: tuple[str, str | bytes]) -> bytes:
    """A part in base64 with these fields."""
    packed = base64.encodebytes(content).replace(b"\n", CRLF)
    return header([*fields, ("Content-Transfer-Encoding", "base64")]) + CRLF + packed


def attached(content: bytes, name: str, kind: str = "application/octet-stream") -> bytes:
    """A part with a name, as most programs write it."""
    said = name if name.isascii() else encoded(name)
    return part(content, ("Content-Type", f'{kind}; name="{said}"'), ("Content-Disposition", f'attachment; filename="{said}"'))


def text(said: str = "附上日报，请查收。") -> bytes:
    """What the clerk writes."""
    return part(said.encode(), ("Content-Type", "text/plain; charset=utf-8"))


def multipart(parts: Iterable[bytes], *, kind: str = "mixed", boundary: str = "=_b") -> bytes:
    """The parts as one."""
    mark = boundary.encode()
    inner = b"".join(b"--" + mark + CRLF + part + CRLF for part in parts)
    return header([("Content-Type", f'multipart/{kind}; boundary="{boundary}"')]) + CRLF + inner + b"--" + mark + b"--" + CRLF


def message(*parts: bytes, fields: Mapping[str, str | bytes | None] | None = None, number: int = 1, top: bytes = b"") -> bytes:
    """A message from 东胜区 whose sender our server vouches for; fields that are None are left out."""
    known: dict[str, str | bytes | None] = {
        "Authentication-Results": PASSED,
        "Received": f"from mail.example.com by {OURS}; Thu, 21 May 2020 16:42:07 +0800",
        "From": f"{encoded('东胜区住建局')} <{SENDER}>",
        "To": "ribao@office.example",
        "Subject": encoded("东胜区日报"),
        "Message-ID": f"<{number}@example.com>",
        "MIME-Version": "1.0",
        **(fields or {}),
    }
    return (
        top
        + header([(name, value) for name, value in known.items() if value is not None])
        + multipart([text(), *parts], boundary=f"=_b{number}")
    )


def zipped(files: Mapping[str, bytes], *, gbk: bool = False, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file; with `gbk` its names are written as programs on Chinese Windows write them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 5, 21, 0, 0, 0)), content, method)
    if not gbk:
        return out.getvalue()
    return _renamed(out.getvalue(), files)


def _renamed(content: bytes, files: Mapping[str, bytes]) -> bytes:
    """The names in GBK and the mark for UTF-8 taken off; a name keeps its length with `_` where it has become shorter."""
    for name in files:
        new = name.encode("gbk")
        stem, dot, last = new.rpartition(b".")
        padded = stem + b"_" * (len(name.encode()) - len(new)) + dot + last
        content = content.replace(name.encode(), padded)
    changed = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            changed[at + place + 1] &= ~0x08
            at = content.find(signature, at + 4)
    return bytes(changed)


def encrypted(content: bytes) -> bytes:
    """The zip file with every entry marked as encrypted."""
    changed = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            changed[at + place] |= 1
            at = content.find(signature, at + 4)
    return bytes(changed)
