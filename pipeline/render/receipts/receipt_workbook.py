"""回执: what is reported about one file, and, where the file itself cannot be marked, a workbook with the list alone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.reading import receipt_layout
from pipeline.reading.receipt_layout import Kind, Line, Mark, Obstacle, ReceiptLines
from pipeline.render.receipts import receipt_words as words
from pipeline.render.workbook.cell_formats import A4, OPTIONS, Look, merge, text
from pipeline.report.submission_lines import ArrivedReport
from pipeline.terms import messages
from pipeline.terms.findings import Finding
from pipeline.terms.grouping import urgent_first
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
_HIGHEST = 409.0
"""Points: Excel allows no higher row."""
_MESSAGE = len(receipt_layout.COLUMNS) - 1
"""The last column."""


def compose(report: ArrivedReport, obstacle: Obstacle | None = None) -> ReceiptLines:
    """Return all that the receipt says about a file; where there is an obstacle it goes back without the file, and says why."""
    head = [Line(_kind(report), (words.verdict(report),), height=30.0), _fact(words.state(report))]
    head.append(_fact(f"文件：{report.name}　　收到：{report.received_at:%Y-%m-%d %H:%M:%S}"))
    if stars := words.masked(report):
        head.append(_fact(stars))
    if again := words.send_again(report):
        head.append(_fact(again))
    head += [_fact(f"提醒：{reminder}") for reminder in report.reminders]
    if obstacle or report.findings:
        head.append(receipt_layout.note(words.how(report, obstacle)))
    return ReceiptLines(
        lines=tuple(_clean(line) for line in chain(head, _list(report))),
        marks=() if obstacle else tuple(_marks(report.findings)),
        notes_at=len(head),
        personal=tuple(
            (finding.sheet, finding.row, finding.column)
            for finding in report.findings
            if finding.code == "personal-column" and finding.row and finding.column is not None
        ),
    )


def _kind(report: ArrivedReport) -> Kind:
    if not report.rows_accepted and report.refuses and not report.refuses_moved_alone:
        return Kind.NOT_TAKEN
    return Kind.PARTLY if report.refuses else Kind.TAKEN


def _fact(sentence: str) -> Line:
    return Line(Kind.FACT, (sentence,), height=_height(sentence, sum(receipt_layout.WIDTHS) * 0.9))


def _height(sentence: str, width: float) -> float:
    """Return the points that a wrapped text needs. Excel fits no row to the text of merged cells."""
    return receipt_layout.LINE_HEIGHT * receipt_layout.wrapped_lines(sentence, width) + 5


def _clean(line: Line) -> Line:
    return replace(line, cells=tuple(map(text, line.cells)))


# --- the list ----------------------------------------------------------------------------------------------------


_Found = tuple[Finding, str]
"""A finding with the case of its row; '' where none is named."""


def _list(report: ArrivedReport) -> Iterator[Line]:
    """Yield what was refused first, reminders after it under a band of their own, and folded what was read all the same."""
    if not report.findings:
        if not (report.masked or report.reminders):
            yield receipt_layout.note(words.FLAWLESS)
        return
    yield Line(Kind.HEADER, receipt_layout.COLUMNS, height=22.0)
    found = list(zip(report.findings, report.cases or [""] * len(report.findings), strict=True))
    number = 0
    for band, kind, heading in (
        (Kind.REFUSALS, Kind.REFUSED, words.refusals(report)),
        (Kind.WARNINGS, Kind.WARNED, words.warnings(report)),
        (Kind.UNDERSTOOD, Kind.READ, words.UNDERSTOOD),
    ):
        below = [(finding, case) for finding, case in found if _kind_of(finding) is kind]
        if below:
            yield Line(band, (heading.format(count=len(below)),), height=22.0)
        groups = _groups(below)
        for group in groups[:_MOST_GROUPS]:
            number += 1
            yield from _block(group, number, kind)
        if left_out := sum(map(len, groups[_MOST_GROUPS:])):
            yield receipt_layout.note(words.LEFT_OUT.format(count=left_out))


def _kind_of(finding: Finding) -> Kind:
    return Kind.REFUSED if finding.refuses else Kind.READ if messages.is_understood(finding) else Kind.WARNED


def _groups(found: Iterable[_Found]) -> list[list[_Found]]:
    """Return findings that say the same of different cells of a column together; what costs most first."""
    groups: dict[tuple[object, ...], list[_Found]] = {}
    for finding, case in found:
        key = (finding.severity, finding.code, finding.sheet, finding.column, _pattern(finding))
        groups.setdefault(key, []).append((finding, case))
    order = list(COSTS)
    return sorted(groups.values(), key=lambda group: (order.index(group[0][0].severity), urgent_first(group[0][0])))


def _pattern(finding: Finding) -> str:
    """Return the message without the value of its cell."""
    return finding.message.replace(f"“{finding.value}”", "“…”") if finding.value else finding.message


def _block(group: list[_Found], number: int, kind: Kind) -> Iterator[Line]:
    """Yield a group: its message once, and a line for each of its cells."""
    first, _case = group[0]
    # A last line that names a single cell would need no less room than a line of that cell's own.
    listed = group[:_MOST_LISTED] if len(group) > _MOST_LISTED + 1 else group
    rest = [_where(finding) for finding, _case in group[len(listed) :]]
    message = first.message if all(finding.message == first.message for finding, _case in group) else _pattern(first)
    rows = [((_where(finding), case or "—", messages.seen(finding)), _place(finding)) for finding, case in listed]
    if rest:
        cells = "、".join(rest[:_MOST_NAMED]) + (" 等" if len(rest) > _MOST_NAMED else "")
        rows.append((("…", "", words.MORE.format(count=len(rest), cells=cells)), None))
    heights = [_height(own[-1], receipt_layout.WIDTHS[receipt_layout.SEEN]) for own, _place in rows]
    # The message goes over all the rows of its group: what they lack in height for it is shared out among them.
    missing = max(0.0, (_height(message, receipt_layout.WIDTHS[_MESSAGE]) - sum(heights)) / len(rows))
    shared = (str(number), words.READ if kind is Kind.READ else COSTS[first.severity].document, first.sheet or "—")
    title = "" if kind is Kind.READ else f"【{FINDING_TITLES[first.code]}】"
    for at, (own, place) in enumerate(rows):
        texts = (*shared, *own, f"{title}{message}") if at == 0 else ("", "", "", *own, "")
        yield Line(kind, texts, place, len(rows) if at == 0 else 0, min(_HIGHEST, heights[at] + missing))


def _where(finding: Finding) -> str:
    return finding.place or "—"


def _place(finding: Finding) -> receipt_layout.Place | None:
    return (finding.sheet, finding.row, finding.column or 0) if finding.row and finding.sheet else None


def _marks(findings: Sequence[Finding]) -> Iterator[Mark]:
    """Yield one mark for each cell, with all that was found there, what refuses first."""
    by_cell: dict[receipt_layout.Place, list[Finding]] = {}
    for finding in findings:
        if finding.cell and finding.row and finding.column is not None:
            by_cell.setdefault((finding.sheet, finding.row, finding.column), []).append(finding)
    for place, of_cell in by_cell.items():
        of_cell.sort(key=lambda finding: list(_COLOURS).index(_kind_of(finding)))
        comment = "\n".join((receipt_layout.HEADING, *map(_comment, of_cell)))
        yield Mark(place, _COLOURS[_kind_of(of_cell[0])], text(comment))


_COLOURS = {Kind.REFUSED: receipt_layout.RED, Kind.WARNED: receipt_layout.YELLOW, Kind.READ: receipt_layout.BLUE}
"""What marks a cell, by the kind of its line; what costs most comes first."""


def _comment(finding: Finding) -> str:
    if messages.is_understood(finding):
        return f"{words.READ}｜{finding.message}"
    return f"{COSTS[finding.severity].document}｜{FINDING_TITLES[finding.code]}：{finding.message}"


# --- the list alone ----------------------------------------------------------------------------------------------


def alone(report: ArrivedReport, obstacle: Obstacle) -> bytes:
    """Return a workbook with the list alone; the same bytes for the same file."""
    from xlsxwriter import Workbook

    written, receipt = io.BytesIO(), compose(report, obstacle)
    with Workbook(written, OPTIONS) as workbook:
        workbook.set_properties({"author": receipt_layout.AUTHOR, "created": report.received_at.astimezone(UTC).replace(tzinfo=None)})
        sheet = workbook.add_worksheet(receipt_layout.SHEET)
        _set_up(sheet, receipt)
        formats = {(kind, centered): _format(workbook, kind, centered=centered) for kind in Kind for centered in (True, False)}
        for row, line in enumerate(receipt.lines):
            folded = {"level": 1, "hidden": True} if line.is_folded else {"collapsed": True} if line.kind is Kind.UNDERSTOOD else {}
            sheet.set_row(row, line.height, None, folded)
            _write(sheet, row, line, formats)
        sheet.write_string(0, receipt_layout.RECORDS, receipt_layout.SIGNATURE)
    return written.getvalue()


def _set_up(sheet: Worksheet, receipt: ReceiptLines) -> None:
    for column, width in enumerate(receipt_layout.WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(receipt_layout.RECORDS, receipt_layout.RECORDS, None, None, {"hidden": True})
    sheet.outline_settings(symbols_below=False)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&C&P / &N")
    header = next((row for row, line in enumerate(receipt.lines) if line.kind is Kind.HEADER), None)
    if header is not None:
        sheet.freeze_panes(header + 1, 0)
        sheet.repeat_rows(header)


def _format(workbook: Workbook, kind: Kind, *, centered: bool) -> Format:
    look = receipt_layout.LOOKS[kind]
    properties: Look = {
        "font_name": receipt_layout.FONT, "font_size": look.size, "bold": look.bold, "font_color": f"#{look.ink}",
        "text_wrap": True, "num_format": "@", "valign": "vcenter",
    }  # fmt: skip
    properties |= {"align": "center"} if centered else {"align": "left", "indent": 1}
    properties |= {"bg_color": f"#{look.fill}"} if look.fill else {}
    properties |= {"border": 1, "border_color": f"#{receipt_layout.BORDER}"} if look.is_boxed else {}
    return workbook.add_format(properties)


def _write(sheet: Worksheet, row: int, line: Line, formats: dict[tuple[Kind, bool], Format]) -> None:
    if len(line.cells) == 1:
        merge(sheet, (row, 0, row, _MESSAGE), line.cells[0], formats[line.kind, False])
        return
    for column, content in enumerate(line.cells):
        look = formats[line.kind, column in receipt_layout.CENTERED or line.kind is Kind.HEADER]
        is_shared = column not in receipt_layout.OF_A_CELL
        if line.span > 1 and is_shared:
            sheet.merge_range(row, column, row + line.span - 1, column, "", look)
        if line.span or not is_shared:
            sheet.write_string(row, column, content, look)
