"""Takes out of a settled package what openpyxl would fail over: values of a kind that it does not know, and what refers to nothing.

Excel and LibreOffice pass over what they do not know; openpyxl gives the whole workbook up. Each piece is tried by itself, so that
the others stay; what a report says stands in rows, and none is touched. Used only where openpyxl fails without it.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl.chartsheet import Chartsheet
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.formatting.formatting import ConditionalFormatting
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.reader.drawings import find_images
from openpyxl.styles.alignment import Alignment
from openpyxl.styles.borders import Border
from openpyxl.styles.cell_style import CellStyle
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.fills import Fill
from openpyxl.styles.fonts import Font
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.views import BookView
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.dimensions import SheetFormatProperties
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.page import PageMargins, PrintOptions, PrintPageSetup
from openpyxl.worksheet.print_settings import PrintArea, PrintTitles
from openpyxl.worksheet.properties import WorksheetProperties
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.views import SheetViewList
from openpyxl.xml.functions import fromstring

from pipeline.reading.gate.plain_worksheet import NAMESPACE
from pipeline.reading.marking import foreign_package
from pipeline.reading.marking.foreign_package import STYLES, WORKBOOK, Parts, Relation

_MAIN, _OFFICE = f"{{{NAMESPACE}}}", "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STATES = ("visible", "hidden", "veryHidden")
_TESTED = {
    "printOptions": PrintOptions, "pageMargins": PageMargins, "pageSetup": PrintPageSetup, "headerFooter": HeaderFooter,
    "autoFilter": AutoFilter, "dataValidations": DataValidationList, "sheetPr": WorksheetProperties, "sheetViews": SheetViewList,
    "sheetFormatPr": SheetFormatProperties, "sheetProtection": SheetProtection, "conditionalFormatting": ConditionalFormatting,
}  # fmt: skip
"""What stands in a sheet beside its rows, and what openpyxl makes of it."""
_NUMBER = re.compile(r"\d{1,7}(?:\.\d+)?")
_ROW, _COLUMN = ("ht", "hidden", "customHeight"), ("width", "hidden", "customWidth", "style")
_STYLE, _LOOK = re.compile(rb'\s(?:s|style)="(\d{1,5})"'), re.compile(rb'\sdxfId="(\d{1,5})"')
_MOST_STYLES = 65_536
_PLAIN_STYLES: dict[str, tuple[str, Any, str]] = {
    "fonts": ("font", Font, '<font><sz val="11"/><name val="宋体"/></font>'),
    "fills": ("fill", Fill, '<fill><patternFill patternType="none"/></fill>'),
    "borders": ("border", Border, "<border/>"),
    "cellStyleXfs": ("xf", CellStyle, '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'),
    "cellXfs": ("xf", CellStyle, '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'),
}
"""The lists of a stylesheet in their order, what they hold, and what stands in the place of one that cannot be kept."""
_SHEET_PARTS: dict[str, Callable[[Any], object]] = {
    "comments": lambda tree: list(CommentSheet.from_tree(tree).comments),  # type: ignore[union-attr]
    "table": Table.from_tree,
}


def mended(parts: Parts, *, is_bare: bool = False) -> dict[str, bytes]:
    """Return the parts without what openpyxl would fail over; bare, with the rows of the sheets and the formats of numbers alone."""
    kept = dict(parts)
    sheets = [relation for relation in foreign_package.relations(parts, WORKBOOK) if relation.kind in ("worksheet", "chartsheet")]
    lost = {chart.target for chart in sheets if chart.kind == "chartsheet" and (is_bare or not _is_chart(parts, chart.target))}
    for relation in sheets:
        if relation.kind == "worksheet":
            lines = () if is_bare else _sheet_relations(parts, relation.target)
            kept[foreign_package.relations_part(relation.target)] = foreign_package.write_relations(lines)
            kept[relation.target] = _sheet(kept[relation.target], {line.id for line in lines}, is_bare=is_bare)
    kept[WORKBOOK] = _workbook(parts, [relation for relation in sheets if relation.target not in lost], is_bare=is_bare)
    counts = [_count(pattern, (kept[relation.target] for relation in sheets)) for pattern in (_STYLE, _LOOK)]
    kept[STYLES] = _styles(parts.get(STYLES, b""), *counts, is_bare=is_bare)
    for name, read in (("docProps/core.xml", DocumentProperties.from_tree), ("docProps/custom.xml", CustomPropertyList.from_tree)):
        if name in kept and not _works(lambda name=name, read=read: read(_tree(parts[name]))):  # type: ignore[misc]
            del kept[name]
    return kept


def _tree(part: bytes) -> Any:  # noqa: ANN401 - an element; openpyxl has a type of its own for what it takes
    return fromstring(part)


def _bytes(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8")
    return written


def _count(pattern: re.Pattern[bytes], sheets: Iterable[bytes]) -> int:
    """Return how many there must be of what the sheets number so, counting from 0; for a number that none can have, nothing is made."""
    numbers = (int(number) for sheet in sheets for number in pattern.findall(sheet))
    return max((number for number in numbers if number < _MOST_STYLES), default=0) + 1


def _works(attempt: Callable[[], object]) -> bool:
    """Return whether openpyxl comes through."""
    try:
        attempt()
    except Exception:  # noqa: BLE001 - whatever it fails over is left out
        return False
    return True


def _parses(kind: Any, element: ET.Element) -> bool:  # noqa: ANN401 - a class of openpyxl
    made: list[object] = []
    return _works(lambda: made.append(kind.from_tree(copy.deepcopy(element)))) and made[0] is not None


def _drop(parent: ET.Element, children: Iterable[ET.Element]) -> None:
    for child in list(children):
        parent.remove(child)


# --- the workbook's own part -------------------------------------------------------------------------------------


def _workbook(parts: Parts, sheets: list[Relation], *, is_bare: bool) -> bytes:
    """Return the workbook's part with the sheets that are there, and its views and names as far as they can be read."""
    root = _tree(parts[WORKBOOK])
    there = {relation.id for relation in sheets}
    is_shorter = False
    for child in list(root):
        match child.tag.removeprefix(_MAIN):
            case "sheets":
                lost = [sheet for sheet in child if sheet.get(f"{_OFFICE}id") not in there]
                is_shorter = bool(lost)
                _drop(child, lost)
                for sheet in child:
                    if sheet.get("state", _STATES[0]) not in _STATES:
                        del sheet.attrib["state"]
            case "workbookPr":
                child.attrib = {name: value for name, value in child.attrib.items() if name == "date1904"}
            case "bookViews" if not is_bare:
                _drop(child, [view for view in child if not _parses(BookView, view) or int(view.get("activeTab", "0")) >= len(sheets)])
            case "definedNames" if not is_bare:
                # A name of one sheet knows it by its place in the list.
                _drop(child, [name for name in child if not _is_name(name) or (is_shorter and name.get("localSheetId"))])
            case _:
                root.remove(child)
    return _bytes(root)


def _is_name(element: ET.Element) -> bool:
    name, value = element.get("name", ""), element.text or ""
    if name.startswith("_xlnm.") and "#REF!" in value:
        return False
    readers = {"_xlnm.Print_Titles": PrintTitles.from_string, "_xlnm.Print_Area": PrintArea.from_string}
    return _parses(DefinedName, element) and (name not in readers or _works(lambda: readers[name](value)))


# --- sheets ------------------------------------------------------------------------------------------------------


def _is_chart(parts: Parts, path: str) -> bool:
    drawings = [line for line in foreign_package.relations(parts, path) if line.kind == "drawing"]
    is_sheet = _works(lambda: Chartsheet.from_tree(_tree(parts[path])))
    return is_sheet and bool(drawings) and all(_is_drawing(parts, line.target) for line in drawings)


def _is_drawing(parts: Parts, path: str) -> bool:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in (path, foreign_package.relations_part(path), *(line.target for line in foreign_package.relations(parts, path))):
            if name in parts:
                archive.writestr(name, parts[name])
        return _works(lambda: find_images(archive, path))


def _sheet_relations(parts: Parts, path: str) -> tuple[Relation, ...]:
    """Return a sheet's relations to what can be read."""

    def is_kept(line: Relation) -> bool:
        if line.is_external:
            return True
        if line.kind == "drawing":
            return _is_drawing(parts, line.target)
        return line.kind in _SHEET_PARTS and _works(lambda: _SHEET_PARTS[line.kind](_tree(parts[line.target])))

    return tuple(line for line in foreign_package.relations(parts, path) if is_kept(line))


def _sheet(part: bytes, related: set[str], *, is_bare: bool) -> bytes:
    """Return a sheet with its rows as they are, and around them what can be read."""
    root = _tree(part)
    filled = {cell.get("r") for cell in root.iterfind(f"{_MAIN}sheetData/{_MAIN}row/{_MAIN}c") if len(cell)}
    for child in list(root):
        name = child.tag.removeprefix(_MAIN)
        match name:
            case "sheetData":
                for row in child:
                    row.attrib = {
                        key: value for key, value in row.attrib.items() if key == "r" or _is_plain(key, value, _ROW, is_bare=is_bare)
                    }
            case "mergeCells":
                _drop(child, [merge for merge in child if not _works(lambda merge=merge: CellRange(merge.get("ref", "")))])  # type: ignore[misc]
            case "cols" if not is_bare:
                _drop(child, [column for column in child if not all(column.get(key, "").isdecimal() for key in ("min", "max"))])
                for column in child:
                    limits = {key: column.get(key, "") for key in ("min", "max")}
                    column.attrib = limits | {
                        key: value for key, value in column.attrib.items() if _is_plain(key, value, _COLUMN, is_bare=False)
                    }
            case "hyperlinks" | "tableParts" if not is_bare:
                _drop(child, [link for link in child if link.get(f"{_OFFICE}id", "") not in {*related, ""}])
                # openpyxl writes a link's target into a cell that is empty.
                _drop(child, [link for link in child if name == "hyperlinks" and link.get("ref") not in filled])
            case _ if is_bare or name not in _TESTED or not _parses(_TESTED[name], child):
                root.remove(child)
    return _bytes(root)


def _is_plain(name: str, value: str, known: tuple[str, ...], *, is_bare: bool) -> bool:
    return not is_bare and name in known and (_NUMBER.fullmatch(value) is not None or value in ("true", "false"))


# --- styles ------------------------------------------------------------------------------------------------------


def _styles(part: bytes, count: int, looks: int, *, is_bare: bool) -> bytes:
    """Return a stylesheet with at least so many styles of cells and looks for rules; what cannot be kept of one is plain."""
    old = _tree(part) if part else ET.Element(f"{_MAIN}styleSheet")
    new = ET.Element(f"{_MAIN}styleSheet")
    formats = ET.SubElement(new, f"{_MAIN}numFmts")
    formats.extend(element for element in old.iterfind(f"{_MAIN}numFmts/*") if _parses(NumberFormat, element) and element.get("formatCode"))
    for name, (tag, kind, plain) in _PLAIN_STYLES.items():
        entries = [_entry(element, kind, plain, is_bare=is_bare) for element in old.iterfind(f"{_MAIN}{name}/{_MAIN}{tag}")]
        entries += [_plain(plain)] * ((count if name == "cellXfs" else 1) - len(entries))  # one element: there may be thousands
        ET.SubElement(new, f"{_MAIN}{name}").extend(entries)
    sizes = {f"{name[:-1]}Id": len(new.find(f"{_MAIN}{name}") or ()) for name in ("fonts", "fills", "borders")}
    sizes["xfId"] = len(new.find(f"{_MAIN}cellStyleXfs") or ())
    for xf in new.iter(f"{_MAIN}xf"):
        for name, size in sizes.items():
            if int(xf.get(name, "0")) >= size:
                xf.set(name, "0")
    dxfs = [look if _parses(DifferentialStyle, look) else _plain("<dxf/>") for look in old.iterfind(f"{_MAIN}dxfs/{_MAIN}dxf")]
    ET.SubElement(new, f"{_MAIN}dxfs").extend([*dxfs, *(_plain("<dxf/>") for _ in range(len(dxfs), looks))])
    return _bytes(new)


def _plain(written: str) -> ET.Element:
    return ET.fromstring(f'<x xmlns="{NAMESPACE}">{written}</x>')[0]  # noqa: S314 - our own


def _entry(element: ET.Element, kind: Any, plain: str, *, is_bare: bool) -> ET.Element:  # noqa: ANN401 - a class of openpyxl
    """Return an entry of a list; of a style of cells that cannot be kept, with what it refers to."""
    if not is_bare and _parses(kind, element) and all(_parses(Alignment, inner) for inner in element.iterfind(f"{_MAIN}alignment")):
        return element
    bare = _plain(plain)
    for name in bare.attrib if kind is CellStyle else ():
        if element.get(name, "").isdecimal():
            bare.set(name, element.get(name, ""))
    return bare
