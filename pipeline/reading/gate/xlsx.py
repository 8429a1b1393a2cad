"""Office Open XML workbooks (.xlsx, Strict too): the parts that count, checked, and packed anew for the library."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.reading.gate import package_relations, plain_workbook, worksheet_xml, xml_parts
from pipeline.reading.gate.package_relations import Relations
from pipeline.reading.gate.safe_workbook import Limits, SafeSheet, SafeWorkbook, UnreadableError, Wanted
from pipeline.reading.gate.zip_archive import ZipArchive

_TRUE = ("1", "true", "on")
_END_OF_TEXT = re.compile(rb"</(?:\w+:)?si>")
_TEXT_CELL = re.compile(rb't="s"[^<>]*><v>([0-9]{1,9})</v>')
_COUNTS = re.compile(rb"\s(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def main_part(archive: ZipArchive) -> str | None:
    """The part that the package names as its document; None where it names none."""
    if "_rels/.rels" not in archive.names:
        return None
    return package_relations.path(package_relations.of(archive, ""), "officedocument")


def make_safe(archive: ZipArchive, main: str, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """The workbook with its wanted sheets. Raises UnreadableError where it is damaged, too large or carries macros."""
    linked = package_relations.without_macros(archive, main)
    is_1904, listed = _listed(xml_parts.elements(xml_parts.as_utf8(archive.read(main))), linked)
    parts = {f"xl/{kind}.xml": part for kind in ("styles", "sharedStrings") if (part := _optional(archive, linked, kind))}
    sheets: list[SafeSheet] = []
    left = limits.cells
    for name, path in listed:
        if not wanted(name):
            continue
        part, marks, cells = worksheet_xml.make_safe(xml_parts.as_utf8(archive.read(path)), left, limits.cells)
        left -= cells
        sheets.append(SafeSheet(name, str(len(sheets) + 1), marks))
        parts[f"xl/worksheets/sheet{len(sheets)}.xml"] = part
    _check_texts(parts, limits.unpacked_bytes)
    return SafeWorkbook(plain_workbook.packed(parts, len(sheets), is_1904=is_1904), tuple(sheets), is_1904)


def _listed(elements: list[xml_parts.Element], linked: Relations) -> tuple[bool, list[tuple[str, str]]]:
    """Whether days count from 1904, and the worksheets in their order: name and part."""
    is_1904, sheets = False, []
    if not elements or elements[0].name != "workbook":
        raise UnreadableError("unreadable", "format")
    for one in elements:
        if one.name == "workbookPr":
            is_1904 = is_1904 or one.attributes.get("date1904", "").lower() in _TRUE
        elif one.name == "sheet":
            if not one.attributes.get("id"):
                continue  # nothing of it is in the file
            found = linked.get(one.attributes["id"])
            if found is None or found.kind == "worksheet":
                sheets.append((one.attributes.get("name", ""), found.path if found else ""))
    return is_1904, sheets


def _optional(archive: ZipArchive, linked: Relations, kind: str) -> bytes:
    """A part that a workbook may do without; some programs name one that they never wrote."""
    path = package_relations.path(linked, kind.lower())
    if path is None or archive.never_had(path):
        return b""
    part = xml_parts.as_utf8(archive.read(path))
    if kind != "sharedStrings":
        xml_parts.check(part)
        return part
    head = xml_parts.check_head(part) or len(part)
    return _COUNTS.sub(b"", part[:head]) + part[head:]  # a library believes how many strings there will be


def _check_texts(parts: dict[str, bytes], most: int) -> None:
    """Raise UnreadableError where the cells would hold more text than that, since a library copies a shared one into each cell."""
    strings = parts.get("xl/sharedStrings.xml", b"")
    pages = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
    cells = sum(page.count(b't="s"') for page in pages)
    if cells * len(strings) <= most:
        return
    lengths = [len(one) for one in _END_OF_TEXT.split(strings)]
    if cells * max(lengths) <= most:
        return
    named = Counter(int(index) for page in pages for index in _TEXT_CELL.findall(page))
    whole = sum(count * (lengths[index] if index < len(lengths) else 0) for index, count in named.items())
    if whole + (cells - named.total()) * max(lengths) > most:
        raise UnreadableError("too-large", "inside")
