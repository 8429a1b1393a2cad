r"""A package as openpyxl knows one: its parts where it looks for them, in UTF-8, each relation leading to a part that is there.

The gate finds parts by their relations, in any encoding, with `\` in their names and whatever their case, as Excel does; openpyxl knows
some of them by name alone. The rules are those of ECMA-376 part 2.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from pipeline.reading.gate import plain_worksheet, xml_parts
from pipeline.reading.gate.safe_workbook import UnreadableError
from pipeline.reading.marking.package_parts import NotMarkableError
from pipeline.reading.receipt_layout import Why

Parts = Mapping[str, bytes]
WORKBOOK, STYLES, STRINGS, THEME = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/theme/theme1.xml"
_PLACES = {"styles": STYLES, "sharedStrings": STRINGS, "theme": THEME}
"""Where openpyxl looks for what belongs to the workbook as that."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/{WORKBOOK}" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/{STRINGS}" ContentType="{_TYPES}.sharedStrings+xml"/></Types>'
).encode()
_WITHOUT_STRINGS = re.sub(rb'<Override PartName="/xl/sharedStrings[^>]*>', b"", _CONTENT_TYPES)
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
"""Names in Strict files, which Excel saves as "Strict Open XML", and what openpyxl knows them as."""
_BLANKS = {ord(blank): f"&#{ord(blank)};" for blank in "\t\n\r"}
"""Written as they are, these come back as blanks."""
_UNDERLINE, _KEPT = b"_x005F_", "\ue05f".encode()
"""How a text spells an underline that begins no escape; openpyxl takes it out and does not put it back, so that a character of nobody's
stands there meanwhile."""
_NO_STYLE = re.compile(rb'(<(?:\w+:)?c\b[^>]*?)\ss=""')
_ISO_CELL = re.compile(rb'(<(?:\w+:)?c\b[^>]*\st="d"[^>]*>\s*<(?:\w+:)?v[^>]*>)([^<]*)(</)')
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Relation:
    """A line of a relations part."""

    id: str
    type: str
    target: str
    """A part's name, or, where it lies outside the package, an address."""
    is_external: bool

    @property
    def kind(self) -> str:
        """The last word of the type."""
        return self.type.rpartition("/")[2]


def settled(written: Parts) -> dict[str, bytes]:
    """Return the parts as openpyxl knows them. Raises NotMarkableError where they are a workbook of another format."""
    readable = {name.replace("\\", "/").lstrip("/"): _readable(name, part) for name, part in written.items()}
    parts = {name: part for name, part in readable.items() if part is not None}
    named = {name.lower(): name for name in parts}
    owners = {owner: relations(parts, owner, named) for owner in ("", *parts) if relations_part(owner).lower() in named}
    main = next((relation.target for relation in owners.get("", ()) if relation.kind == "officeDocument"), None)
    if main is None or main.lower().endswith(".bin"):
        raise NotMarkableError(Why.FORMAT, ".ods" if main is None else ".xlsb")
    renamed = {main: WORKBOOK}
    renamed |= {relation.target: _PLACES[relation.kind] for relation in owners.get(main, ()) if relation.kind in _PLACES}
    kept = {renamed.get(name, name): part for name, part in parts.items() if not name.lower().endswith(".rels")}
    kept |= {relations_part(renamed.get(owner, owner)): _written(lines, renamed) for owner, lines in owners.items()}
    return {name: part for name, part in kept.items() if name.lower() != "[content_types].xml"} | {
        "[Content_Types].xml": _CONTENT_TYPES if STRINGS in kept else _WITHOUT_STRINGS
    }


def _readable(name: str, part: bytes) -> bytes | None:
    """Return a part of XML in UTF-8, Strict ones with the usual names; other parts as they are.

    None for what cannot be XML or has a document type: the gate has had no need to read it, and nobody else is to.
    """
    if not name.lower().endswith((".xml", ".rels")):
        return part
    try:
        part = xml_parts.as_utf8(part)
    except UnreadableError:
        return None
    if b"http://purl.oclc.org/ooxml/" in part:
        for strict, known in _STRICT:
            part = part.replace(strict, known)
    if _UNDERLINE in part and _KEPT not in part:
        part = part.replace(_UNDERLINE, _KEPT)
    if b' s=""' in part:
        part = _NO_STYLE.sub(rb"\1", part)
    return _ISO_CELL.sub(_settle_day, part) if b't="d"' in part else part


def restored(part: bytes) -> bytes:
    """Return a part that openpyxl has written, with what was put aside for it."""
    return part.replace(_KEPT, _UNDERLINE)


def _settle_day(cell: re.Match[bytes]) -> bytes:
    """Return a cell with a date in ISO writing as the gate understands it; what is none is a text."""
    day = plain_worksheet.iso_day(cell[2].decode("utf-8", "replace"))
    head = cell[1] if _ISO_DATE.fullmatch(day) else cell[1].replace(b't="d"', b't="str"', 1)
    return head + day.encode() + cell[3]


# --- relations ---------------------------------------------------------------------------------------------------


def relations_part(owner: str) -> str:
    """Return the name of the part that holds the relations of a part ('' for the package)."""
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(parts: Parts, owner: str, named: Mapping[str, str] | None = None) -> tuple[Relation, ...]:
    """Return the relations of a part; those to parts that are not there are left out. `named` are the names by their lower case."""
    named = {name.lower(): name for name in parts} if named is None else named
    part = named.get(relations_part(owner).lower())
    if part is None:
        return ()
    found = []
    try:
        elements = xml_parts.elements(parts[part])
    except UnreadableError:
        return ()
    for element in elements:
        if element.name != "Relationship":
            continue
        id_, type_, target = (element.attributes.get(name, "") for name in ("Id", "Type", "Target"))
        if element.attributes.get("TargetMode") == "External":
            found.append(Relation(id_, type_, target, is_external=True))
            continue
        path = unquote(target).replace("\\", "/").partition("#")[0]
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), path)).lstrip("/")
        there = path if path in parts else named.get(path.lower())
        if there is not None:
            found.append(Relation(id_, type_, there, is_external=False))
    return tuple(found)


def write_relations(lines: tuple[Relation, ...]) -> bytes:
    """Return a relations part of these lines."""
    return _written(lines, {})


def _written(lines: tuple[Relation, ...], renamed: Mapping[str, str]) -> bytes:
    written = "".join(
        f"<Relationship Id={_quoted(line.id)} Type={_quoted(line.type)} "
        + (f'Target={_quoted(line.target)} TargetMode="External"/>' if line.is_external
           else f"Target={_quoted('/' + renamed.get(line.target, line.target))}/>")
        for line in lines
    )  # fmt: skip
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{written}</Relationships>'.encode()


def _quoted(value: str) -> str:
    """Return a value as XML has it in a tag; `xml.sax.saxutils` would load what speaks to networks."""
    return f'"{escape(value).translate(_BLANKS)}"'
