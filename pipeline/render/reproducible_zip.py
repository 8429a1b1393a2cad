"""Office files that are the same bytes whenever they are written: the clock is taken out of the package."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip file can name."""
_PROPERTIES = "docProps/core.xml"
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def settle(content: bytes, moment: datetime) -> bytes:
    """The same package, its entries in their order and without times of their own, written and changed at that moment."""
    return pack(_parts(content), moment)


def pack(parts: Iterable[tuple[str, bytes]], moment: datetime) -> bytes:
    """A package of these parts, written and changed at that moment."""
    written_at = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, part in parts:
            plain = zipfile.ZipInfo(name, _FIRST_DAY)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.create_system = 0  # else it would say whether Windows or Linux wrote it
            package.writestr(plain, _WRITTEN.sub(rb"\g<1>" + written_at + rb"\g<2>", part) if name == _PROPERTIES else part)
    return written.getvalue()


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        yield from ((entry.filename, package.read(entry)) for entry in package.infolist())
