"""What a leader reads of a day: 专报 and page as running text, and the figures beside them."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
from docx.table import Table
from offices import HOME, SETTINGS, File, Summary, consolidate

from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, briefing_files, own_templates
from pipeline.render.workbook import office_workbook
from pipeline.report.report import Report
from pipeline.settings.config import Settings


@dataclass(frozen=True, slots=True)
class Told:
    """One published day, as its readers have it."""

    paper: str
    """All of 专报, paragraphs and cells by lines."""
    page: str
    """All that a browser shows of the page, opened lists included."""
    summary: Summary
    report: Report

    @property
    def both(self) -> tuple[str, str]:
        """Each of the two by itself: what is said must stand in both."""
        return self.paper, self.page

    @property
    def overview(self) -> str:
        """What the first sheet of 汇总 says, cells by lines."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl knows no extensions
            book = openpyxl.load_workbook(io.BytesIO(office_workbook.render(self.report)))
        return "\n".join(str(cell) for row in book["总览"].iter_rows(values_only=True) for cell in row if cell is not None)


def told(files: Iterable[File], days: Sequence[date], settings: Settings = SETTINGS) -> dict[date, Told]:
    """Return what the readers of these days are told, from the files that ever arrived."""
    templates = HOME / "templates"
    read = {}
    for day, out in consolidate(files, days, settings).items():
        word = own_templates.original(briefing_files.WORD_TEMPLATE)
        paper = briefing_files.docx(briefing.fields(out.report), out.report.data_until, word)  # the PDF beside it says the same
        page = leaders_page.render(out.report, templates).decode("utf-8")
        read[day] = Told(paper_text(paper), page_text(page), out.summary, out.report)
    return read


def paper_text(content: bytes | Path) -> str:
    """Return the text of a Word file, paragraphs and cells by lines."""
    document = docx.Document(io.BytesIO(content) if isinstance(content, bytes) else str(content))
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(line for line in lines if line.strip())


class _Visible(HTMLParser):
    """Collects what a browser shows: no style, no script."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def page_text(markup: str) -> str:
    """Return what stands on a page, with single blanks between the pieces."""
    visible = _Visible()
    visible.feed(markup)
    return re.sub(r"\s+", " ", " ".join(visible.texts))
