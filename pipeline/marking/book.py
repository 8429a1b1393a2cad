"""Bytes in, bytes out: a workbook read by openpyxl, freed of what is personal, marked, and written with all that can be kept."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline import slip, table, workbook
from pipeline.gate.nouns import Limits
from pipeline.marking import inside, marks, package, personal, sheet
from pipeline.marking.package import NotMarkableError, Results
from pipeline.slip import HIDDEN, Job, Line
from pipeline.text import as_text, clean, mask

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_LEFT_OUT = "原件里的{what}没有带回，请以您手里的原件为准。"
_PERSONAL = "有 {count} 个单元格含个人信息（号码，或不该有的列），在这份回执里已隐去；重新报送时也不要再填。"


def annotate(job: Job) -> bytes:
    """The workbook with its slip. Raises NotMarkableError, or whatever openpyxl trips over."""
    if len(job.slip.marks) > package.MOST_MARKS:
        raise NotMarkableError
    original = job.path.read_bytes()
    parts = package.unpack(original)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on what it does not know; that is told from the parts
        book, paths, is_whole = inside.load(package.pack(parts))
        if not is_whole or not book.worksheets:
            raise NotMarkableError
        marks.remove(book)
        results = {name: package.results(parts[path]) for name, path in paths.items()}
        hidden = personal.hide(book, results, job.slip.personal)
        inside.disarm(book)
        records = marks.put(book, job.slip.marks)
        sheet.write(book, _with_notes(job, package.dropped(parts), hidden), records)
        validations = {name: package.validations(parts[path]) for name, path in paths.items()}
        written = _written(book, results, validations)
    if any(len(part) > package.LARGEST_PART for part in written.values()):
        raise NotMarkableError
    content = package.pack({name: _without_numbers(name, part) for name, part in written.items()})
    after, before = _as_read(content, masked=False), _as_read(original, masked=True)
    if not before.keys() <= after.keys() or any(said not in (HIDDEN, before.get(place)) for place, said in after.items()):
        raise NotMarkableError
    return content


def _without_numbers(name: str, part: bytes) -> bytes:
    """The document's properties (author, title, remarks) without personal numbers; other parts as they are."""
    return mask(part.decode("utf-8", "replace")).encode() if name.startswith("docProps/") else part


_LIMITS = Limits(package.MOST_PACKED << 4, package.MOST_UNPACKED << 1, package.MOST_CELLS << 5)


def _as_read(content: bytes, *, masked: bool) -> dict[tuple[str, int, int], str]:
    """What a report's reader sees in each cell: the receipt must read like the original, but for what is hidden in it."""
    seen = {}
    for one in workbook.read(content, _LIMITS, table.is_wanted).sheets:
        for line, row in zip(one.lines, one.rows, strict=True):
            for column, value in zip(one.columns, row, strict=True):
                said = clean(as_text(value)) if value != "" else ""
                if said:
                    seen[one.name, line, column] = mask(said) if masked else said
    return seen


def _with_notes(job: Job, dropped: list[str], hidden: int) -> list[Line]:
    """The slip's lines with what was found only now."""
    notes = [_LEFT_OUT.format(what="、".join(dropped))] if dropped else []
    notes += [_PERSONAL.format(count=hidden)] if hidden else []
    lines = list(job.slip.lines)
    lines[job.slip.notes_at : job.slip.notes_at] = [slip.note(one) for one in notes]
    return lines


def _written(book: Workbook, results: Mapping[str, Results], validations: Mapping[str, bytes]) -> dict[str, bytes]:
    book.calculation.fullCalcOnLoad = True
    sink = package.Sink()
    inside.save(book, sink)
    for one in book.worksheets:
        path = one.path[1:]
        part = package.with_results(sink.parts[path], results.get(one.title, {}))
        sink.parts[path] = package.with_validations(part, validations.get(one.title, b""))
    return sink.parts
