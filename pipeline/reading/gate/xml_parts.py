"""XML parts: as UTF-8, without a document type, and, for the small ones, their elements."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.reading.gate.safe_workbook import UnreadableError

_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DEEPEST = 200
_MOST_ELEMENTS = 200_000
_LONGEST_TAG = 4 << 20
_LONG_TAG = re.compile(rb"<[^<>!?][^<>]{%d}" % _LONGEST_TAG)
"""A tag such as no program writes: what stands in it is attributes without end, which take the parser long."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_ENCODINGS = re.compile(
    "utf-(8|16)(-le|-be)?|ascii|iso8859-[0-9]+|cp(125[0-8]|874|932|949|950)|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)"
)
"""What a part may say that it is written in, by Python's names; some others take for ever on a long text."""


def as_utf8(part: bytes) -> bytes:
    """The part in UTF-8 whatever it was written in. Raises UnreadableError for a document type and for what is no text."""
    declared = _DECLARED.match(part[:300])
    said = declared[1].decode("ascii").lower() if declared else "utf-8"
    encoding = next((name for mark, name in _MARKS if part.startswith(mark)), said)
    try:
        if encoding in ("utf-8", "utf8"):
            part.decode()
        elif not _ENCODINGS.fullmatch(codecs.lookup(encoding).name.removesuffix("-sig")):
            raise UnreadableError("unreadable", "damaged")
        else:
            part = _DECLARATION.sub("", part.decode(encoding)).encode()
    except (UnicodeError, LookupError) as error:
        raise UnreadableError("unreadable", "damaged") from error
    if b"<!DOCTYPE" in part or b"\0" in part:
        raise UnreadableError("unreadable", "damaged")
    return part


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a small part, without its namespace; so are its attributes."""

    name: str
    attributes: dict[str, str]


def elements(part: bytes) -> list[Element]:
    """Every element of a part that `as_utf8` gave, in order.

    Raises UnreadableError unless it is well-formed to its end and has no more than a workbook's small parts ever have.
    """
    found: list[Element] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableError("unreadable", "damaged")
        if len(found) >= _MOST_ELEMENTS:
            raise UnreadableError("too-large", "inside")
        found.append(Element(local(name), {local(key): value for key, value in attributes.items()}))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parse(parser, part)
    return found


def check(part: bytes) -> None:
    """Raise UnreadableError unless the part is well-formed to its end; its elements are not looked at."""
    parse(expat.ParserCreate(), part)


def check_head(part: bytes) -> int:
    """Likewise; tells where the root's first child begins, or 0 where it has none."""
    places: list[int] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        places.append(parser.CurrentByteIndex)
        if len(places) > 1:
            parser.StartElementHandler = None

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parse(parser, part)
    return places[1] if len(places) > 1 else 0


def parse(parser: expat.XMLParserType, part: bytes) -> None:
    """Feed the whole part. Raises UnreadableError unless it is well-formed to its end."""
    if len(part) > _LONGEST_TAG and _LONG_TAG.search(part):
        raise UnreadableError("too-large", "inside")
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise UnreadableError("unreadable", "damaged") from error


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(" ")[2]
