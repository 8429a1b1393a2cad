"""Office Open XML workbooks (.xlsx, Strict too): the parts that count, checked, and packed anew for the library."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from pipeline.gate import archive as archives
from pipeline.gate import sheetxml, xml
from pipeline.gate.archive import Archive
from pipeline.gate.nouns import Limits, UnreadableError, Vetted, VettedSheet, Wanted

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TRUE = ("1", "true", "on")
_END_OF_TEXT = re.compile(rb"</(?:\w+:)?si>")
_TEXT_CELL = re.compile(rb't="s"[^<>]*><v>([0-9]{1,9})</v>')
_COUNTS = re.compile(rb"\s(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    """The last word of its type, which Strict files spell with another beginning."""
    path: str


def main_part(archive: Archive) -> str | None:
    """The part that the package names as its document; None where it names none."""
    if "_rels/.rels" not in archive.names:
        return None
    relations = _relations(archive, "")
    return next((one.path for one in relations.values() if one.kind == "officedocument"), None)


def vet(archive: Archive, main: str, limits: Limits, wanted: Wanted) -> Vetted:
    """The workbook with its wanted sheets. Raises UnreadableError where it is damaged, too large or carries macros."""
    relations = _relations(archive, main)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in archive.names) or any(
        one.kind in ("vbaproject", "xlmacrosheet", "xlintlmacrosheet") for one in relations.values()
    ):
        raise UnreadableError("macro-workbook")
    is_1904, listed = _listed(xml.elements(xml.as_utf8(archive.read(main))), relations)
    parts = {f"xl/{kind}.xml": part for kind in ("styles", "sharedStrings") if (part := _optional(archive, relations, kind))}
    sheets: list[VettedSheet] = []
    left = limits.cells
    for name, path in listed:
        if not wanted(name):
            continue
        part, marks, cells = sheetxml.vet(xml.as_utf8(archive.read(path)), left, limits.cells)
        left -= cells
        sheets.append(VettedSheet(name, str(len(sheets) + 1), marks))
        parts[f"xl/worksheets/sheet{len(sheets)}.xml"] = part
    _check_texts(parts, limits.unpacked_bytes)
    return Vetted(_packed(parts, len(sheets), is_1904=is_1904), tuple(sheets), is_1904)


def _relations(archive: Archive, part: str) -> dict[str, _Relation]:
    """The relations of a part ('' for the package) by their ids; none where the part has none."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path.lower() not in archive.names:
        return {}
    found = {}
    for one in xml.elements(xml.as_utf8(archive.read(path))):
        if one.name == "Relationship" and one.attributes.get("TargetMode") != "External":
            target = unquote(one.attributes.get("Target", "")).replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = one.attributes.get("Type", "").rpartition("/")[2].lower()
            found[one.attributes.get("Id", "")] = _Relation(kind, target)
    return found


def _listed(elements: list[xml.Element], relations: dict[str, _Relation]) -> tuple[bool, list[tuple[str, str]]]:
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
            found = relations.get(one.attributes["id"])
            if found is None or found.kind == "worksheet":
                sheets.append((one.attributes.get("name", ""), found.path if found else ""))
    return is_1904, sheets


def _optional(archive: Archive, relations: dict[str, _Relation], kind: str) -> bytes:
    """A part that a workbook may do without; some programs name one that they never wrote."""
    path = next((one.path for one in relations.values() if one.kind == kind.lower()), None)
    if path is None or archive.never_had(path):
        return b""
    part = xml.as_utf8(archive.read(path))
    if kind != "sharedStrings":
        xml.check(part)
        return part
    head = xml.check_head(part) or len(part)
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
        raise UnreadableError("too-large", "unpacked")


# --- packing -----------------------------------------------------------------------------------------------------


def _packed(parts: dict[str, bytes], count: int, *, is_1904: bool) -> bytes:
    """A workbook of these parts alone, not compressed, with sheets named 1, 2, 3."""
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, count + 1))
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904={quoteattr(str(int(is_1904)))}/>'
        f"<sheets>{sheets}</sheets></workbook>"
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)]
    targets += [(kind, f"{kind}.xml") for kind in ("styles", "sharedStrings") if f"xl/{kind}.xml" in parts]
    written = {
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]).encode(),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": _relationships(targets).encode(),
    }
    return archives.packed({**written, **parts})


def _relationships(targets: list[tuple[str, str]]) -> str:
    lines = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{path}"/>' for n, (kind, path) in enumerate(targets, 1))
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'
