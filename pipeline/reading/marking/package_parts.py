"""The package around openpyxl: what goes in, what it drops and is put back, what comes out. Bytes and patterns alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from html import escape
from itertools import accumulate
from xml.parsers import expat

from pipeline.reading.gate import compound_file
from pipeline.reading.gate.cell_values import column_number
from pipeline.reading.receipt_layout import Obstacle, Why

_IS_SHEET = re.compile(rb"<(?:\w+:)?sheetData[\s/>]")
# What is beyond one of these bounds gets the list alone (docs/decisions/0008-receipts.md). The manual tells the districts of
# three of them: 5 MB, 60,000 cells, 12,000 marks.
MOST_PACKED = 5 << 20
MOST_UNPACKED = 64 << 20
"""Bytes of a workbook as it came, and of all its parts."""
MOST_CELLS = 60_000
"""More take openpyxl several seconds; a district's report has some thousands. It makes a cell also of each that a merged range covers."""
MOST_SHEETS = 200
"""Thousands take it half a minute."""
MOST_MARKS = 12_000
"""More come to a part larger than the largest, after seconds of work."""
LARGEST_PART = 8 << 20
"""The gate looks at how far larger parts were packed, and would refuse the receipt."""
_TAG_OF_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})[\"']")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can hold; with the clock in it a receipt would not be the same bytes twice."""

_DROPPED = (
    (re.compile(r"xl/(media/|cellimages)"), "图片"),
    (re.compile(r"xl/drawings/[^/]*\.xml$"), "图形和文本框"),
    (re.compile(r"xl/pivot"), "数据透视表"),
    (re.compile(r"xl/(slicers?|timelines?)"), "切片器"),
    (re.compile(r"xl/(ctrlprops|activex)/"), "控件"),
    (re.compile(r"xl/embeddings/"), "嵌入的对象"),
    (re.compile(r"xl/(connections|querytables)"), "外部数据连接"),
    (re.compile(r"xl/threadedcomments/"), "批注里的对话格式"),
)
"""Parts that do not go back, by their names in lower case, and what people call them."""


Results = Mapping[str, tuple[str, str]]
"""What a sheet's formulas had come to: by cell the kind and the value."""


class NotMarkableError(Exception):
    """The workbook cannot go back with its marks; the list alone will."""

    def __init__(self, why: Why, detail: object = "") -> None:
        super().__init__(why)
        self.obstacle = Obstacle(why, str(detail))


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook. Raises NotMarkableError for one that is too large, or of another format than .xlsx.

    Counted before openpyxl sees it: it makes an object of every cell, which takes many times the memory of the file.
    """
    if len(content) > MOST_PACKED:
        raise NotMarkableError(Why.BYTES, MOST_PACKED >> 20)
    if content.startswith(compound_file.SIGNATURE):
        raise NotMarkableError(Why.FORMAT, ".xls（或 .et）")
    # zipfile will do here: the gate has already read this package to its end and refused what does not agree with itself.
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
            raise NotMarkableError(Why.UNPACKED, MOST_UNPACKED >> 20)
        return {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}


def count(parts: Mapping[str, bytes]) -> None:
    """Raise NotMarkableError where the parts hold too many sheets or cells."""
    sheets = [part for part in parts.values() if _IS_SHEET.search(part)]  # by what they are: their names may be anything
    if len(sheets) > MOST_SHEETS:
        raise NotMarkableError(Why.SHEETS, MOST_SHEETS)
    # Most workbooks have few enough of all that begins like a cell, which is counted in a fifth of the time.
    if sum(part.count(b"<c") + part.count(b":c") + sum(_covered(part)) for part in sheets) <= MOST_CELLS:
        return
    # Added up only as far as the bound: a hostile sheet has millions.
    if any(sum_so_far > MOST_CELLS for sum_so_far in accumulate(cells for part in sheets for cells in _cells(part))):
        raise NotMarkableError(Why.CELLS, MOST_CELLS)


def _cells(part: bytes) -> Iterator[int]:
    """Yield how many cells openpyxl makes of each cell and each merged range of a sheet."""
    yield from (1 for _cell in _TAG_OF_CELL.finditer(part))
    yield from _covered(part)


def _covered(part: bytes) -> Iterator[int]:
    if (first := part.find(b"mergeCell")) < 0:
        return
    for left, top, right, bottom in _MERGED.findall(part, part.rfind(b"<", 0, first)):
        yield (abs(column_number(right) - column_number(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return a package of these parts, not compressed and without a clock."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, _FIRST_DAY), part)
    return written.getvalue()


def dropped(parts: Iterable[str], kept: Container[str] = ()) -> list[str]:
    """Return what people will miss of these parts, in their own words; `kept` are those that go back all the same."""
    lost = [name.lower() for name in parts if name not in kept]
    return [words for pattern, words in _DROPPED if any(pattern.match(name) for name in lost)]


class Sink:
    """What openpyxl takes for a zip file that it writes.

    It keeps the parts as they are, since sheets are changed once more before they are packed.
    """

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}

    def writestr(self, name: str, part: bytes | str) -> None:
        """Keep a part; a later one of the same name replaces it."""
        self.parts[name.lstrip("/")] = part if isinstance(part, bytes) else part.encode()

    def namelist(self) -> list[str]:
        """The parts so far."""
        return list(self.parts)

    def close(self) -> None:
        """Nothing is open."""


# --- what formulas had come to -----------------------------------------------------------------------------------
# openpyxl keeps either a formula or its result. Without results, a receipt that is mended by a program and sent again unopened
# would be full of formulas that came to nothing.

_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_INLINE = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
_NAME = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_KINDS = ("n", "str", "b", "e")
# Python's own XML writes an element without a text as <v />, lxml as <v></v>; openpyxl takes the one that it finds.
_WRITTEN = re.compile(rb"<c( r=\"([A-Z]+[0-9]+)\"[^>]*)>(<f(?:\s[^>]*)?(?:/>|>[^<]*</f>))(?:<v\s*/>|<v></v>)</c>")


def results(part: bytes) -> Results:
    """Return what each formula of a sheet had come to."""
    if not _HAS_FORMULA.search(part):
        return {}
    results = {}
    for head, inner in _CELL.findall(part):
        if not _HAS_FORMULA.search(inner):
            continue
        name, result, type_ = _NAME.search(head), _RESULT.search(inner), _TYPE.search(head)
        kind = type_[1].decode() if type_ else "n"
        if name and result and kind in _KINDS:
            results[name[1].decode()] = kind, _ENTITY.sub(_character, result[1].decode())
        elif name and kind == "inlineStr":
            results[name[1].decode()] = (
                "str",
                _ENTITY.sub(_character, b"".join(_INLINE.findall(inner) or ([result[1]] if result else [])).decode()),
            )
    return results


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return chr(int(decimal)) if decimal else chr(int(hexadecimal, 16)) if hexadecimal else _NAMED.get(name, "")


def with_results(part: bytes, sheet_results: Results) -> bytes:
    """Return a sheet as openpyxl writes it, with what its formulas had come to."""

    def fill(cell: re.Match[bytes]) -> bytes:
        head, name, formula = cell.groups()
        if name.decode() not in sheet_results:
            return cell[0]
        kind, value = sheet_results[name.decode()]
        type_ = b"" if kind == "n" else f' t="{kind}"'.encode()
        return b"<c" + head + type_ + b">" + formula + f"<v>{escape(value, quote=False)}</v></c>".encode()

    return _WRITTEN.sub(fill, part) if sheet_results else part


# --- drop-downs whose list stands on another sheet ---------------------------------------------------------------
# Excel 2010 and later write them as an extension ([MS-XLSX] x14:dataValidations), which openpyxl does not know and drops.

_VALIDATIONS = re.compile(rb"<x14:dataValidations\b[^>]*>.*?</x14:dataValidations>", re.DOTALL)
_FOREIGN = re.compile(rb"\s(?!xm:|x14:)\w+:\w+=(?:\"[^\"]*\"|'[^']*')")
_BEFORE = (
    b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"'
    b' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
    b' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
)
_AFTER = b"</ext></extLst>"
_END = b"</worksheet>"


def validations(part: bytes) -> bytes:
    """Return the sheet's drop-downs that openpyxl does not know, as they can stand in another sheet; b'' where there are none."""
    extension = _VALIDATIONS.search(part)
    if not extension or b"[" in extension[0]:  # a list in another workbook, which a receipt must not ask for
        return b""
    # Attributes with other prefixes go: their namespaces are declared on an element that is not carried over.
    kept = _BEFORE + _FOREIGN.sub(b"", extension[0]) + _AFTER
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(kept, True)
    except expat.ExpatError:
        return b""
    return kept


def with_validations(part: bytes, kept: bytes) -> bytes:
    """Return the sheet with these drop-downs at its end."""
    # A sheet has at most one list of extensions, and nothing stands behind it (ECMA-376 part 1, 18.3.1.99).
    return part.removesuffix(_END) + kept + _END if kept and part.endswith(_END) and b"<extLst" not in part else part
