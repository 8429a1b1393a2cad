"""Office Open XML workbooks (.xlsx): what their XML says that a library does not tell."""

from __future__ import annotations

import html
import re

from pipeline.gate.archive import Archive
from pipeline.gate.nouns import Marks, UnreadableError, Vetted, VettedSheet, Wanted

_MAIN = "xl/workbook.xml"
_DATE_1904 = re.compile(rb"date1904\s*=\s*[\"'](?:1|true)[\"']")


def vet(content: bytes, archive: Archive, wanted: Wanted) -> Vetted:
    """The workbook with its wanted sheets. Raises UnreadableError where it is damaged or carries macros."""
    if any(name.endswith("vbaproject.bin") for name in archive.names):
        raise UnreadableError("macro-workbook")
    if _MAIN not in archive.names:
        raise UnreadableError("unreadable", "format")
    parts = {name: archive.read(name) for name in archive.names}
    marks = {name: _marks(parts.get(path, b"")) for name, path in _sheet_parts(parts).items()}
    sheets = tuple(VettedSheet(name, name, one) for name, one in marks.items() if wanted(name))
    return Vetted(content, sheets, _DATE_1904.search(parts[_MAIN]) is not None)


_ELEMENT = re.compile(rb"<(?:\w+:)?(sheet|Relationship)\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>]*>([^<]*)")
_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")


_SIGNS = (b't="e"', b"t='e'", b"</f>", b"<f ", b":f>")
"""What a sheet with an error or a formula has in it somewhere; most sheets need no closer look."""


def _marks(content: bytes) -> Marks:
    if not any(sign in content for sign in _SIGNS):
        return Marks()
    errors: dict[tuple[int, int], str] = {}
    uncached: set[tuple[int, int]] = set()
    for attributes, inner in _CELL.findall(content):
        said = _attributes(attributes)
        place = _place(said.get(b"r", b""))
        result = _RESULT.search(inner)
        if place is None:
            continue
        if said.get(b"t") == b"e":
            errors[place] = result[1].decode("utf-8", "replace") if result else "#VALUE!"
        elif result is None and _FORMULA.search(inner):
            uncached.add(place)
    return Marks(errors, frozenset(uncached))


def _attributes(written: bytes) -> dict[bytes, bytes]:
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(written)}


def _place(reference: bytes) -> tuple[int, int] | None:
    """Row and column from 0 of a reference such as D7."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]) - 1, column - 1


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Each sheet's name with the lower-case name of its part."""
    relations = [
        _attributes(one) for kind, one in _ELEMENT.findall(parts.get("xl/_rels/workbook.xml.rels", b"")) if kind == b"Relationship"
    ]
    targets = {one.get(b"Id", b""): one.get(b"Target", b"").decode("utf-8", "replace") for one in relations}
    found: dict[str, str] = {}
    for kind, written in _ELEMENT.findall(parts.get(_MAIN, b"")):
        said = _attributes(written)
        identity = next((value for name, value in said.items() if name.endswith(b":id")), b"")
        if kind == b"sheet" and identity in targets:
            target = targets[identity]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[html.unescape(said.get(b"name", b"").decode("utf-8", "replace"))] = path.lower()
    return found
