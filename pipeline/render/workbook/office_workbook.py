"""信访事项办理情况汇总: the office's workbook. Its figures are formulas over the register, with the report's values beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from pipeline.render.workbook import (
    answers_sheet,
    attendance_sheet,
    case_register_sheet,
    changes_sheet,
    claims_sheet,
    clocks_sheet,
    corrections_sheet,
    decisions_sheet,
    exemptions_sheet,
    figure_cases_sheet,
    figure_places,
    figure_sheets,
    formulas,
    hints_sheet,
    last_page,
    list_sheets,
    overview_sheet,
    reading_guide_sheet,
    receptions_sheet,
    reconciliation_sheet,
    units_sheet,
)
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import LOOKS, Book, Formats, put, text, widths_in_arial
from pipeline.render.workbook.sheet_frame import TITLE, title
from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook
from pipeline.report.report import Report


def render(report: Report, beside: str = "") -> bytes:
    """The workbook; the same bytes for the same report. `beside`: what 总览 says of another document."""
    workbook, is_split = InMemoryWorkbook(widths_in_arial()), report.has_workbook_per_unit
    book = _begun(workbook, report, words.SHEETS, figure_places.Places([]) if is_split else figure_places.of(report), is_split=is_split)
    trend = figure_sheets.write_targets(book)
    figure_sheets.write_districts(book)
    figure_sheets.write_leaders(book)
    if is_split:
        units_sheet.write(book)
    else:
        case_register_sheet.write(book)
        figure_cases_sheet.write(book)
    decisions_sheet.write(book)
    changes_sheet.write(book)
    corrections_sheet.write(book)
    list_sheets.write(book)
    attendance_sheet.write(book)
    if not is_split:
        hints_sheet.write(book)
        reconciliation_sheet.write(book)
        clocks_sheet.write(book)
    exemptions_sheet.write(book)
    answers_sheet.write(book)
    claims_sheet.write(book)
    receptions_sheet.write(book)
    first = (reading_guide_sheet.NAME, overview_sheet.NAME)
    pages = last_page.spare(sheet for name, sheet in book.sheets.items() if name not in first)
    overview_sheet.write(book, trend, pages, beside)
    reading_guide_sheet.write(book, {**last_page.spare([book.sheets[overview_sheet.NAME]]), **pages})
    _say_where_links_end(book)
    book.sheets[overview_sheet.NAME].activate()
    return workbook.content()


def of_unit(report: Report) -> bytes:
    """Return a unit's own workbook: 案件台账 and the other lists; `report`: what is said of its cases alone."""
    workbook = InMemoryWorkbook(widths_in_arial())
    book = _begun(workbook, report, words.OF_UNIT, figure_places.Places(figure_places.in_order(report)))
    case_register_sheet.write(book)
    decisions_sheet.write(book)
    changes_sheet.write(book)
    list_sheets.write(book)
    clocks_sheet.write(book)
    hints_sheet.write(book)
    reconciliation_sheet.write(book)
    _say_where_links_end(book)
    last_page.spare(book.sheets.values())
    return workbook.content()


def _begun(
    workbook: InMemoryWorkbook, report: Report, sheets: Iterable[str], places: figure_places.Places, *, is_split: bool = False
) -> Book:
    _describe(workbook, report)
    added = {name: workbook.add_worksheet(name) for name in sheets}
    return Book(workbook, report, _are_labels_plain(report), added, Formats(workbook, LOOKS), places, is_split)


def _say_where_links_end(book: Book) -> None:
    for name, sheet in book.sheets.items():
        if sheet.hlink_count >= formulas.MOST_LINKS:
            put(sheet, TITLE, 0, f"{title(book, name)}{words.LINKS_END}", book.look("title"))


def _describe(workbook: InMemoryWorkbook, report: Report) -> None:
    """Document properties; their time is the report's, since the clock would change the bytes."""
    workbook.set_properties(
        {
            "title": f"{report.unit}{words.SHEETS['总览']} {report.day.isoformat()}",
            "author": text(report.office),
            "created": report.data_until.astimezone(UTC).replace(tzinfo=None),
        }
    )


def _are_labels_plain(report: Report) -> bool:
    settings = report.settings
    categories = [*settings.categories, *(figure.label for figure in report.by_category)]
    return formulas.are_plain([*settings.district_names, *(group.name for group in settings.groups), *settings.sources, *categories])
