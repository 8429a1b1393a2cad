"""XML parts: as UTF-8, without a document type, and, for the small ones, their elements."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from pipeline.reading.gate.safe_workbook import damaged, too_much_inside

_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DEEPEST = 200
_MOST_ELEMENTS = 200_000
_LONGEST_TAG = 4 << 20
_LONG_TAG = re.compile(rb"<[^<>!?][^<>]{%d}" % _LONGEST_TAG)
"""A tag such as no program writes: what stands in it is attributes without end, which take the parser long."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_ENCODINGS = re.compile(
    "utf-(8|16)(-le|-be)?|ascii|iso8859-[0-9]+|cp(125[0-8]|874|932|949|950)|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)"
)
"""What a part may say that it is written in, by Python's names; some others, as punycode, take for ever on a long text."""


def as_utf8(part: bytes) -> bytes:
    """Return the part in UTF-8 whatever it was written in. Raises UnreadableError for a document type and for what is no text."""
    declaration = _DECLARED.match(part[:300])
    declared = declaration[1].decode("ascii").lower() if declaration else "utf-8"
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if part.startswith(mark)), declared)
    try:
        if encoding in ("utf-8", "utf8"):
            part.decode()
        elif not _ENCODINGS.fullmatch(codecs.lookup(encoding).name.removesuffix("-sig")):
            raise damaged()
        else:
            # Turned into UTF-8 once: the searches of `worksheet_xml` and the library then see the same characters.
            part = _DECLARATION.sub("", part.decode(encoding)).encode()
    except (UnicodeError, LookupError) as error:
        raise damaged() from error
    # A document type declares entities: a few lines of it grow to gigabytes, or read files of this computer. No spreadsheet
    # program writes one.
    if b"<!DOCTYPE" in part or b"\0" in part:
        raise damaged()
    return part


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a small part, without its namespace; so are its attributes."""

    name: str
    attributes: dict[str, str]


def elements(part: bytes) -> list[Element]:
    """Return every element of a part that `as_utf8` gave, in order.

    Raises UnreadableError unless it is well-formed to its end and has no more than a workbook's small parts ever have.
    """
    found: list[Element] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise damaged()
        if len(found) >= _MOST_ELEMENTS:
            raise too_much_inside()
        found.append(Element(local(name), {local(key): value for key, value in attributes.items()}))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    # A blank can stand neither in a namespace, which is a URI, nor in a name.
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    _parse(parser, part)
    return found


def check(part: bytes) -> None:
    """Raise UnreadableError unless the part is well-formed to its end; its elements are not looked at."""
    _parse(expat.ParserCreate(), part)


def check_head(part: bytes) -> int:
    """Do as `check`; return where the root's first child begins, in bytes, or 0 where it has none."""
    places: list[int] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        places.append(parser.CurrentByteIndex)
        if len(places) > 1:
            parser.StartElementHandler = None  # nobody asks for more, and a call for each element takes most of the time

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(parser, part)
    return places[1] if len(places) > 1 else 0


class Listener(Protocol):
    """What hears of a part's elements and texts in their order; a name has its namespace before it, and a blank between."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""

    def end(self, name: str) -> None:
        """Hear that an element ends."""

    def text(self, written: str) -> None:
        """Hear a text, or a piece of one."""


def tell(part: bytes, listener: Listener) -> None:
    """Tell the listener of the whole part. Raises UnreadableError unless it is well-formed to its end."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True  # otherwise expat cuts a text at every entity and every end of a line
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = listener.start, listener.end, listener.text
    _parse(parser, part)


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    # Plain expat, and no package against hostile XML: what such a package forbids needs a document type, which `as_utf8` refuses.
    if len(part) > _LONGEST_TAG and _LONG_TAG.search(part):
        raise too_much_inside()
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise damaged() from error


def local(name: str) -> str:
    """Return the name without its namespace."""
    return name.rpartition(" ")[2]
