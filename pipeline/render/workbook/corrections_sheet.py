"""更正情况: what was told of a day and what is known of it now, group by group, with the cases between the two.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.day.restatement import Restated
from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, Value
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, Column, Listing, explain, frame, print_only, write_rows
from pipeline.report import corrections, day_corrected, matter_words, restated_figures, sentences

NAME = "更正情况"


def _pair(title: str, width: float, value: Callable[[Tally], Value]) -> tuple[Column[Restated], Column[Restated]]:
    """Return the columns of what was told and of what is known now."""
    look = "count" if title in ("总数", "已化解") else "center"
    return (
        Column(f"{title}\n（原）", width, look, lambda entry: value(entry.tallies[0])),
        Column(f"{title}\n（现）", width, look, lambda entry: value(entry.tallies[1])),
    )


def _count(title: str, kind: str) -> Column[Restated]:
    """Return the column of how many cases moved so, which leads to them: LibreOffice does not break a linked text into lines."""

    def cases(entry: Restated) -> tuple[str, ...]:
        moved: tuple[str, ...] = getattr(entry.moves, kind)
        return moved

    return Column(f"{title}\n（件）", 8, "listed", lambda entry: len(cases(entry)) or None, cases=cases)


def _cases(entry: Restated) -> str:
    """Return the numbers of the cases, a line for each kind of move."""
    named = ((title, getattr(entry.moves, kind)) for kind, title in restated_figures.MOVES.items())
    return "\n".join(f"{title}：{'、'.join(cases)}" for title, cases in named if cases)


COLUMNS: tuple[Column[Restated], ...] = (
    Column("日期", 12, "date", lambda entry: entry.day),
    Column("组别", 13, "long", lambda entry: entry.group),
    *_pair("总数", 7, lambda tally: tally.total),
    *_pair("已化解", 7, lambda tally: tally.resolved),
    *_pair("化解率", 8, lambda tally: sentences.rate(tally.rate_percent)),
    _pair("按件数", 8, restated_figures.verdict)[0],
    Column("按件数\n（现）", 8, "long", restated_figures.verdict_since),
    *(_count(title, kind) for kind, title in restated_figures.MOVES.items()),
    Column("案件", 42, "long", _cases),
)
FIRST_PAGE = COLUMNS[:-1]
"""What stands on the first of two pages side by side, alone printed where there is no row. No note is wider: no page ends within it."""


def write(book: Book) -> None:
    """The day itself where it is corrected, then the earlier days; below them whose reports that comes from."""
    report = book.report
    rows = [*day_corrected.of_this_day(report), *day_corrected.earlier(report)]

    def known(entry: Restated) -> str:
        return "；".join(filter(None, (day_corrected.known_before(report, entry), restated_figures.since(entry))))

    columns = (*COLUMNS, Column("“原”是\n何时所知", 12, "long", known))
    groups = [group.name for group in report.settings.groups]
    by_noon = [f"{name}：{said}" for name in groups if (said := corrections.overnight(report, name))]
    empty = words.nothing_since_noon(has_earlier=bool(report.overnight_earlier)) if by_noon else words.EMPTY[NAME]
    listing = Listing(columns, rows, lambda entry: ("alert",) if restated_figures.has_turned(entry) else (), empty)
    sheet = frame(book, NAME, listing.widths)
    write_rows(book, sheet, HEADER, listing)
    sheet.freeze_panes(FIRST, 1)
    late = dict.fromkeys((*report.correcting, *report.late_reports))
    notes = (
        day_corrected.correction(report, words.MOST_CASES),
        *by_noon,
        *day_corrected.rewritten_in_full(report),
        *(f"{name}：{said}" for name in groups if (said := corrections.of_moved(report, name, words.MOST_CASES))),
        matter_words.receptions_changed(report),
        definitions.RESTATED,
        *(f"依据：{corrections.late_report(came, report.day)}" for came in late),
    )
    widths = [column.width for column in FIRST_PAGE]
    end = explain(book, sheet, FIRST + max(len(rows), 1) + 1, widths, filter(None, notes))
    if not rows:
        print_only(sheet, end - 1, widths)
