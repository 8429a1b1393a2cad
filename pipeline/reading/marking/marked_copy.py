"""Bytes in, bytes out: a workbook read by openpyxl, freed of what is personal, marked, and written with all that can be kept."""

from __future__ import annotations

import contextlib
import io
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from pipeline.reading import receipt_layout, table, workbook
from pipeline.reading.gate.safe_workbook import Limits
from pipeline.reading.marking import (
    cell_marks,
    foreign_package,
    kept_pictures,
    mended_parts,
    openpyxl_private,
    package_parts,
    personal_cells,
    plain_copy,
    receipt_sheet,
)
from pipeline.reading.marking.package_parts import NotMarkableError, Results
from pipeline.reading.receipt_layout import HIDDEN, Line, ReceiptLines, Why
from pipeline.reading.workbook import SheetCells
from pipeline.terms.text import as_text, clean, mask, masked_cell

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_LEFT_OUT = "原件里的{what}没有带回，请以您手里的原件为准。"
_UNSEEN = "有批注的{sheets}表是隐藏的：在下面的工作表标签上点右键，选“取消隐藏”，就看得见。"
_PERSONAL = "有 {count} 个单元格含个人信息（号码，或不该有的列），在这份回执里已隐去；重新报送时也不要再填。"


def annotate(original: bytes, receipt: ReceiptLines) -> bytes:
    """Return the workbook with its receipt. Raises NotMarkableError."""
    if len(receipt.marks) > package_parts.MOST_MARKS:
        raise NotMarkableError(Why.MARKS, package_parts.MOST_MARKS)
    try:
        parts = foreign_package.settled(package_parts.unpack(original))
    except NotMarkableError as error:
        if error.obstacle.why is not Why.FORMAT:
            raise
        return _copied(original, receipt, error.obstacle.detail)
    package_parts.count(parts)
    refusal = NotMarkableError(Why.UNKNOWN)
    for prepare, left_out in _WAYS:
        try:
            return _checked(_marked(receipt, parts, prepare(parts), left_out=left_out), original)
        except NotMarkableError as error:
            if error.obstacle.why not in (Why.UNKNOWN, Why.DIFFERS):
                raise
            refusal = error
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever openpyxl fails over; the next way gives it less to fail over
            refusal = NotMarkableError(Why.UNKNOWN, type(error).__name__)
    raise refusal


def _copied(original: bytes, receipt: ReceiptLines, format_: str) -> bytes:
    """Return the receipt of a workbook that is no .xlsx: a copy that is one, marked. Raises NotMarkableError, UnreadableError."""
    parts, is_whole = plain_copy.parts(original, _LIMITS)
    notes = [plain_copy.COPIED.format(format=format_), *([] if is_whole else [plain_copy.SOME_SHEETS])]
    settled = foreign_package.settled(parts)
    return _checked(_marked(receipt, settled, settled, notes=notes), original)


_WAYS: tuple[tuple[Callable[[Mapping[str, bytes]], Mapping[str, bytes]], list[str]], ...] = (
    (lambda parts: parts, []),
    (mended_parts.mended, ["程序不认识的格式和设置"]),
    (partial(mended_parts.mended, is_bare=True), ["格式、批注、图形、链接和页面设置"]),
)
"""How a workbook is prepared for openpyxl, and what is then not in the receipt; the first way that it comes through is taken."""


def _marked(
    receipt: ReceiptLines,
    parts: Mapping[str, bytes],
    prepared: Mapping[str, bytes],
    *,
    notes: Sequence[str] = (),
    left_out: Sequence[str] = (),
) -> bytes:
    """Return the workbook with its receipt, whatever openpyxl made of it.

    In the sheet 回执 stand the `notes`, and what does not go back: what openpyxl drops, and what was `left_out` before.
    """
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # to which openpyxl prints what it does not find
        warnings.simplefilter("ignore")  # openpyxl's remarks on what it does not know; that is told from the parts
        # Packed anew: the parts that go in are those that were counted, under the names that openpyxl knows.
        book, paths, is_whole = openpyxl_private.load(package_parts.pack(prepared))
        if not is_whole or not book.worksheets:
            raise NotMarkableError(Why.UNKNOWN)
        # What an earlier receipt put on goes first: districts mend the receipt itself and send it again.
        cell_marks.remove(book)
        results = {name: package_parts.results(parts[path]) for name, path in paths.items()}
        hidden = personal_cells.hide(book, results, receipt.personal)
        openpyxl_private.disarm(book)
        records = cell_marks.put(book, receipt.marks)
        # What a picture shows cannot be masked: where there is anything personal, pictures stay out as well.
        pictures = kept_pictures.NONE if hidden or receipt.personal else _pictures(book, parts, paths)
        lost = [*package_parts.dropped(parts, pictures.kept), *left_out]
        unseen = cell_marks.unseen(book, receipt.marks)
        said = [
            *notes,
            *([_UNSEEN.format(sheets="、".join(unseen))] if unseen else []),
            *([_LEFT_OUT.format(what="、".join(lost))] if lost else []),
            *([_PERSONAL.format(count=hidden)] if hidden else []),
        ]
        receipt_sheet.write(book, _with_notes(receipt, said), records)
        validations = {name: package_parts.validations(parts[path]) for name, path in paths.items()}
        written = _written(book, results, validations)
        sheets = {paths[sheet.title]: sheet.path[1:] for sheet in book.worksheets if sheet.title in paths}
        kept_pictures.put_back(written, {sheets[path]: shown for path, shown in pictures.by_sheet.items()}, parts)
    if any(len(part) > package_parts.LARGEST_PART for part in written.values()):
        raise NotMarkableError(Why.LARGE_PART, package_parts.LARGEST_PART >> 20)
    return package_parts.pack({name: foreign_package.restored(_without_numbers(name, part)) for name, part in written.items()})


def _pictures(book: Workbook, parts: Mapping[str, bytes], paths: Mapping[str, str]) -> kept_pictures.Pictures:
    """Return the pictures that can go back: those of sheets that are written without a drawing of charts."""
    return kept_pictures.find(parts, [paths[page.title] for page in book.worksheets if not openpyxl_private.has_charts(page)])


def _checked(content: bytes, original: bytes) -> bytes:
    """Return the receipt where it reads like the original. Raises NotMarkableError where it does not."""
    # openpyxl understands some cells in another way than we do (two values in one cell, two parts of one name). A receipt that
    # reads otherwise would be another report, and it is what the district sends next.
    receipt, sent = (workbook.read(written, _LIMITS, table.is_wanted).sheets for written in (content, original))
    if _is_same(receipt, sent):
        return content
    after, before = _as_read(receipt, masked=False), _as_read(sent, masked=True)
    lost = sorted(before.keys() - after.keys())
    other = sorted(place for place, text in after.items() if text not in (HIDDEN, before.get(place)))
    for sheet, line, column in [*lost, *other][:1]:
        raise NotMarkableError(Why.DIFFERS, f"{sheet}!{get_column_letter(column + 1)}{line}")
    return content


def _without_numbers(name: str, part: bytes) -> bytes:
    """Return the document's properties (author, title, remarks) without personal numbers; other parts as they are."""
    return mask(part.decode("utf-8", "replace")).encode() if name.startswith("docProps/") else part


_LIMITS = Limits(package_parts.MOST_PACKED << 4, package_parts.MOST_UNPACKED << 1, package_parts.MOST_CELLS << 5)
"""Wider than what is taken in: the receipt is not compressed, and has marks and a sheet more."""


def _is_same(receipt: Sequence[SheetCells], sent: Sequence[SheetCells]) -> bool:
    """Return whether both have the same cells, as they are read, and none is personal: most receipts."""
    if [_places(sheet) for sheet in receipt] != [_places(sheet) for sheet in sent]:
        return False
    values, others = ([*chain.from_iterable(row for sheet in sheets for row in sheet.rows)] for sheets in (receipt, sent))
    is_same = values == others and all(map(operator.is_, map(type, values), map(type, others)))  # 1 is no True
    return is_same and not personal_cells.are_personal(values)


def _places(sheet: SheetCells) -> tuple[object, ...]:
    return sheet.name, [*sheet.lines], [*sheet.columns], len(sheet.rows)


def _as_read(sheets: Sequence[SheetCells], *, masked: bool) -> dict[tuple[str, int, int], str]:
    """Return what a report's reader sees in each filled cell, by sheet, line and column."""
    texts: dict[tuple[str, int, int], str] = {}
    as_seen = masked_cell if masked else as_text

    @lru_cache(maxsize=None, typed=True)  # cells repeat a lot, and 1 is no True
    def seen(value: workbook.Cell) -> str:
        return clean(as_seen(value))

    for sheet in sheets:
        # Behind the last cell with a value there may be rows and columns of formulas without a result.
        for line, row in zip(sheet.lines, sheet.rows, strict=False):
            for column, value in zip(sheet.columns, row, strict=False):
                if value != "" and (text := seen(value)):
                    texts[sheet.name, line, column] = text
    return texts


def _with_notes(receipt: ReceiptLines, notes: list[str]) -> list[Line]:
    """Return the receipt's lines with what was found only now."""
    lines = list(receipt.lines)
    lines[receipt.notes_at : receipt.notes_at] = [receipt_layout.note(text) for text in notes]
    return lines


def _written(book: Workbook, results: Mapping[str, Results], validations: Mapping[str, bytes]) -> dict[str, bytes]:
    # Excel calculates anew when it opens the receipt; the results that are put back serve programs that do not.
    book.calculation.fullCalcOnLoad = True
    sink = package_parts.Sink()
    openpyxl_private.save(book, sink)
    for sheet in book.worksheets:
        path = sheet.path[1:]
        part = package_parts.with_results(sink.parts[path], results.get(sheet.title, {}))
        sink.parts[path] = package_parts.with_validations(part, validations.get(sheet.title, b""))
    return sink.parts
