"""回执: what is said about one file, and, where the file itself cannot be marked, a workbook with the list alone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.reading import receipt_layout
from pipeline.reading.receipt_layout import Kind, Line, Mark, Slip
from pipeline.render.receipts import receipt_words as words
from pipeline.render.workbook.cell_formats import OPTIONS, text
from pipeline.report.submission_lines import ArrivedReport
from pipeline.terms.findings import Finding
from pipeline.terms.words import COSTS, FINDING_TITLES

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_MOST_LISTED = 30
"""Cells of one group that have a line of their own; the rest are named in one."""
_MOST_NAMED = 300
"""In that one: a cell of a workbook holds 32,767 characters."""
_MOST_GROUPS = 500
"""Of what was refused, and of reminders."""
_MESSAGE = len(receipt_layout.COLUMNS) - 1


def compose(one: ArrivedReport, *, alone: bool = False) -> Slip:
    """The slip of a file; `alone` where it goes back without the file."""
    head = [Line(_kind(one), (words.verdict(one),), height=30.0), _fact(words.state(one))]
    head.append(_fact(f"文件：{one.name}　　收到：{one.received_at:%Y-%m-%d %H:%M:%S}"))
    if again := words.send_again(one):
        head.append(_fact(again))
    if alone or one.findings:
        head.append(receipt_layout.note(words.HOW_ALONE if alone else words.HOW))
    return Slip(
        lines=tuple(_clean(line) for line in chain(head, _list(one.findings))),
        marks=() if alone else tuple(_marks(one.findings)),
        notes_at=len(head),
        personal=tuple((f.sheet, f.row, f.column) for f in one.findings if f.code == "personal-column" and f.row and f.column is not None),
    )


def _kind(one: ArrivedReport) -> Kind:
    if not one.rows_accepted and one.refuses and not one.revision:
        return Kind.NOT_TAKEN
    return Kind.PARTLY if one.refuses else Kind.TAKEN


def _fact(said: str) -> Line:
    return Line(Kind.FACT, (said,), height=receipt_layout.LINE_HEIGHT * receipt_layout.lines(said, sum(receipt_layout.WIDTHS) * 0.9) + 5)


def _clean(line: Line) -> Line:
    return Line(line.kind, tuple(text(one) for one in line.cells), line.place, line.span, line.height)


# --- the list ----------------------------------------------------------------------------------------------------


def _list(findings: Sequence[Finding]) -> Iterator[Line]:
    """What was refused first; what is only a reminder after it, under a band of its own."""
    if not findings:
        yield receipt_layout.note(words.FLAWLESS)
        return
    yield Line(Kind.HEADER, receipt_layout.COLUMNS, height=22.0)
    number = 0
    for band, kind, said, refuses in (
        (Kind.REFUSALS, Kind.REFUSED, words.REFUSALS, True),
        (Kind.WARNINGS, Kind.WARNED, words.WARNINGS, False),
    ):
        found = [one for one in findings if one.refuses is refuses]
        if found:
            yield Line(band, (said.format(count=len(found)),), height=22.0)
        groups = _groups(found)
        for group in groups[:_MOST_GROUPS]:
            number += 1
            yield from _block(group, number, kind)
        if left_out := sum(map(len, groups[_MOST_GROUPS:])):
            yield receipt_layout.note(words.LEFT_OUT.format(count=left_out))


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same of different cells of a column, together; what costs most first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.severity, one.code, one.sheet, one.column, _pattern(one)), []).append(one)
    order = list(COSTS)
    return sorted(groups.values(), key=lambda group: order.index(group[0].severity))


def _pattern(one: Finding) -> str:
    return one.message.replace(f"“{one.value}”", "“…”") if one.value else one.message


def _block(group: list[Finding], number: int, kind: Kind) -> Iterator[Line]:
    """A group: its message once, and a line for each of its cells."""
    first = group[0]
    listed = group[:_MOST_LISTED] if len(group) > _MOST_LISTED + 1 else group
    rest = group[len(listed) :]
    message = first.message if all(one.message == first.message for one in group) else _pattern(first)
    lines = [(_where(one), one.value, _place(one)) for one in listed]
    if rest:
        named = "、".join(map(_where, rest[:_MOST_NAMED])) + (" 等" if len(rest) > _MOST_NAMED else "")
        lines.append(("…", words.MORE.format(count=len(rest), cells=named), None))
    heights = [
        receipt_layout.LINE_HEIGHT * receipt_layout.lines(seen, receipt_layout.WIDTHS[receipt_layout.SEEN]) + 5
        for _cell, seen, _at in lines
    ]
    wanted = receipt_layout.LINE_HEIGHT * receipt_layout.lines(message, receipt_layout.WIDTHS[_MESSAGE]) + 5
    missing = max(0.0, (wanted - sum(heights)) / len(lines))
    for at, (cell, seen, place) in enumerate(lines):
        shared = (str(number), COSTS[first.severity].receipt, first.sheet or "—") if at == 0 else ("", "", "")
        cells = (*shared, cell, seen, f"【{FINDING_TITLES[first.code]}】{message}" if at == 0 else "")
        yield Line(kind, cells, place, len(lines) if at == 0 else 0, min(409.0, heights[at] + missing))


def _where(one: Finding) -> str:
    return one.cell or (f"第{one.row}行" if one.row else "—")


def _place(one: Finding) -> receipt_layout.Place | None:
    return (one.sheet, one.row, one.column or 0) if one.row and one.sheet else None


def _marks(findings: Sequence[Finding]) -> Iterator[Mark]:
    """One mark for each cell, with all that was found there, what refuses first."""
    cells: dict[receipt_layout.Place, list[Finding]] = {}
    for one in findings:
        if one.cell and one.row and one.column is not None:
            cells.setdefault((one.sheet, one.row, one.column), []).append(one)
    for place, found in cells.items():
        found.sort(key=lambda one: not one.refuses)
        said = "\n".join(f"{COSTS[one.severity].receipt}｜{FINDING_TITLES[one.code]}：{one.message}" for one in found)
        yield Mark(place, any(one.refuses for one in found), text(f"{receipt_layout.HEADING}\n{said}"))


# --- the list alone ----------------------------------------------------------------------------------------------


def alone(one: ArrivedReport) -> bytes:
    """A workbook with the list alone; the same bytes for the same file."""
    from xlsxwriter import Workbook

    written, said = io.BytesIO(), compose(one, alone=True)
    with Workbook(written, OPTIONS) as workbook:
        workbook.set_properties({"author": receipt_layout.AUTHOR, "created": one.received_at.astimezone(UTC).replace(tzinfo=None)})
        sheet = workbook.add_worksheet(receipt_layout.SHEET)
        _set_up(sheet, said)
        formats = {(kind, centered): _format(workbook, kind, centered=centered) for kind in Kind for centered in (True, False)}
        for row, line in enumerate(said.lines):
            sheet.set_row(row, line.height)
            _write(sheet, row, line, formats)
        sheet.write_string(0, len(receipt_layout.COLUMNS), receipt_layout.SIGNATURE)
    return written.getvalue()


def _set_up(sheet: Worksheet, said: Slip) -> None:
    for column, width in enumerate(receipt_layout.WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(len(receipt_layout.WIDTHS), len(receipt_layout.WIDTHS), None, None, {"hidden": True})
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&C&P / &N")
    header = next((row for row, line in enumerate(said.lines) if line.kind is Kind.HEADER), None)
    if header is not None:
        sheet.freeze_panes(header + 1, 0)
        sheet.repeat_rows(header)


def _format(workbook: Workbook, kind: Kind, *, centered: bool) -> Format:
    look = receipt_layout.LOOKS[kind]
    said: dict[str, str | int | bool] = {
        "font_name": receipt_layout.FONT, "font_size": look.size, "bold": look.bold, "font_color": f"#{look.ink}",
        "text_wrap": True, "num_format": "@", "valign": "vcenter",
    }  # fmt: skip
    said |= {"align": "center"} if centered else {"align": "left", "indent": 1}
    said |= {"bg_color": f"#{look.fill}"} if look.fill else {}
    said |= {"border": 1, "border_color": f"#{receipt_layout.BORDER}"} if look.is_boxed else {}
    return workbook.add_format(said)


def _write(sheet: Worksheet, row: int, line: Line, formats: dict[tuple[Kind, bool], Format]) -> None:
    last = len(receipt_layout.COLUMNS) - 1
    if len(line.cells) == 1:
        sheet.merge_range(row, 0, row, last, "", formats[line.kind, False])
        sheet.write_string(row, 0, line.cells[0], formats[line.kind, False])
        return
    for column, said in enumerate(line.cells):
        look = formats[line.kind, column in receipt_layout.CENTERED or line.kind is Kind.HEADER]
        is_shared = column not in (receipt_layout.CELL, receipt_layout.SEEN)
        if line.span > 1 and is_shared:
            sheet.merge_range(row, column, row + line.span - 1, column, "", look)
        if line.span or not is_shared:
            sheet.write_string(row, column, said, look)
