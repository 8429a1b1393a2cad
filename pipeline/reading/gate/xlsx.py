"""Office Open XML workbooks (.xlsx, Strict too): the parts that count, checked, and packed anew for the library.

The elements are those of ECMA-376 part 1, 18.2 (workbook), 18.3 (worksheets), 18.4 (shared texts) and 18.8 (styles).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.reading.gate import number_formats, package_relations, plain_workbook, worksheet_xml, xml_parts
from pipeline.reading.gate.cell_values import is_index
from pipeline.reading.gate.package_relations import Relations
from pipeline.reading.gate.safe_workbook import Limits, SafeSheet, SafeWorkbook, Wanted, not_a_workbook, too_much_inside
from pipeline.reading.gate.zip_archive import ZipArchive

_TRUE = ("1", "true", "on")
_END_OF_TEXT = re.compile(rb"</(?:\w+:)?si>")
_TEXT_CELL = re.compile(rb't="s"[^<>]*><v>([0-9]{1,9})</v>')
_FORMAT = re.compile(rb"formatCode\s*=|numFmtId\s*=\s*[\"'](?:9|10)[\"']")
_LISTS_OF_STYLES = frozenset({"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
"""Elements that begin another list in the part of styles (ECMA-376 part 1, 18.8)."""
_COUNTS = re.compile(rb"\s(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def main_part(archive: ZipArchive) -> str | None:
    """Return the part that the package names as its document; None where it names none.

    Found by its relation: programs are free to call it otherwise than xl/workbook.xml.
    """
    if "_rels/.rels" not in archive.names:
        return None
    return package_relations.path(package_relations.of(archive, ""), "officedocument")


def make_safe(archive: ZipArchive, main: str, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook with its wanted sheets. Raises UnreadableError where it is damaged, too large or carries macros."""
    relations = package_relations.without_macros(archive, main)
    is_1904, listed = _list_sheets(xml_parts.elements(xml_parts.as_utf8(archive.read(main))), relations)
    # Nothing else goes in: what the library is given has no part that was not read to its end here.
    tables = {kind: part for kind in ("styles", "sharedStrings") if (part := _optional(archive, relations, kind))}
    telling = _telling_styles(tables.get("styles", b""))
    safe_sheets: list[SafeSheet] = []
    sheets: list[bytes] = []
    cells_left = limits.cells
    for name, path in listed:
        if not wanted(name):
            continue
        # What may be filled goes down from sheet to sheet; how large one sheet is laid out is asked of each by itself.
        part, facts, cells = worksheet_xml.make_safe(xml_parts.as_utf8(archive.read(path)), telling, cells_left, limits.cells)
        cells_left -= cells
        sheets.append(part)
        safe_sheets.append(SafeSheet(name, facts))
    _check_texts(tables.get("sharedStrings", b""), sheets, limits.unpacked_bytes)
    return SafeWorkbook(plain_workbook.pack(sheets, tables, is_1904=is_1904), tuple(safe_sheets), is_1904)


def _list_sheets(elements: list[xml_parts.Element], relations: Relations) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether days count from 1904, and the worksheets in their order: name and part."""
    is_1904, sheets = False, []
    if not elements or elements[0].name != "workbook":
        raise not_a_workbook()
    for element in elements:
        if element.name == "workbookPr":
            is_1904 = is_1904 or element.attributes.get("date1904", "").lower() in _TRUE
        elif element.name == "sheet" and (id_ := element.attributes.get("id")):  # without an id nothing of it is in the file
            path = package_relations.worksheet(relations, id_)
            if path is not None:
                sheets.append((element.attributes.get("name", ""), path))
    return is_1904, sheets


def _optional(archive: ZipArchive, relations: Relations, kind: str) -> bytes:
    """Return a part that a workbook may do without; some programs name one that they never wrote."""
    path = package_relations.path(relations, kind.lower())
    if path is None or archive.never_had(path):
        return b""
    part = xml_parts.as_utf8(archive.read(path))
    if kind != "sharedStrings":
        xml_parts.check(part)
        return part
    # The library makes room for as many texts as `uniqueCount` declares, before it has seen one.
    head = xml_parts.check_head(part) or len(part)
    return _COUNTS.sub(b"", part[:head]) + part[head:]


def _telling_styles(styles: bytes) -> dict[str, str]:
    """Return, of the cells' styles by their places, those whose number format may show something else than the value, with its code."""
    if not _FORMAT.search(styles):  # most workbooks
        return {}
    codes: dict[int, str] = {}
    formats: list[int] = []
    is_of_cells = False  # the same elements stand in the list of named styles, which no cell refers to
    for element in xml_parts.elements(styles):
        written = element.attributes.get("numFmtId", "0")
        number = int(written) if is_index(written) else 0
        if element.name == "numFmt":
            codes[number] = element.attributes.get("formatCode", "")
        elif element.name == "xf":
            formats += [number] if is_of_cells else []
        elif element.name in _LISTS_OF_STYLES:
            is_of_cells = element.name == "cellXfs"
    return {str(at): code for at, number in enumerate(formats) if (code := number_formats.telling(codes.get(number, number)))}


def _check_texts(strings: bytes, sheets: Sequence[bytes], most: int) -> None:
    """Raise UnreadableError where the cells would hold more text than that, since a library copies a shared one into each cell."""
    cells = sum(sheet.count(b't="s"') for sheet in sheets)
    # Three bounds, each closer and dearer than the one before; for nearly every file the first is enough.
    if cells * len(strings) <= most:
        return
    lengths = [len(text) for text in _END_OF_TEXT.split(strings)]
    if cells * max(lengths) <= most:
        return
    named = Counter(int(index) for sheet in sheets for index in _TEXT_CELL.findall(sheet))
    whole = sum(count * (lengths[index] if index < len(lengths) else 0) for index, count in named.items())
    if whole + (cells - named.total()) * max(lengths) > most:
        raise too_much_inside()
