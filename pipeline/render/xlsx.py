"""信访事项办理情况汇总: the office's workbook. Its figures are formulas over the register, with the report's values beside them."""

from __future__ import annotations

import io
from datetime import UTC

from xlsxwriter import Workbook

from pipeline.contract import CATEGORIES, SOURCES
from pipeline.render import xlsx_changes, xlsx_charts, xlsx_figures, xlsx_formulas, xlsx_ledger, xlsx_lists, xlsx_overview
from pipeline.render import xlsx_words as words
from pipeline.render.xlsx_formats import Book, text
from pipeline.report import Report

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def render(report: Report) -> bytes:
    """The workbook; the same bytes for the same report."""
    written = io.BytesIO()
    with Workbook(written, _OPTIONS) as workbook:
        _describe(workbook, report)
        book = Book(workbook, report, _are_labels_plain(report), {name: workbook.add_worksheet(name) for name in words.SHEETS})
        trend = xlsx_figures.write_targets(book)
        xlsx_figures.write_districts(book)
        xlsx_figures.write_leaders(book)
        xlsx_ledger.write(book)
        xlsx_changes.write(book)
        xlsx_lists.write(book)
        xlsx_charts.write(book, xlsx_overview.write(book), trend)
        book.sheets[xlsx_overview.NAME].activate()
    return written.getvalue()


def _describe(workbook: Workbook, report: Report) -> None:
    """Document properties; their time is the report's, since the clock would change the bytes."""
    workbook.set_properties(
        {
            "title": f"{words.SHEETS['总览']} {report.day.isoformat()}",
            "author": text(report.office),
            "created": report.data_until.astimezone(UTC).replace(tzinfo=None),
        }
    )


def _are_labels_plain(report: Report) -> bool:
    settings = report.settings
    return xlsx_formulas.are_plain([*settings.district_names, *(group.name for group in settings.groups), *SOURCES, *CATEGORIES])
