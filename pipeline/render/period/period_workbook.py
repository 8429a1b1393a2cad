"""信访事项阶段报告 as a workbook: a sheet for each part, every case by its number.

Covered by tests/render/test_period_files.py.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from itertools import count, cycle, groupby
from typing import TYPE_CHECKING, Final

from xlsxwriter import Workbook

from pipeline.day.restatement import Restated
from pipeline.day.targets import Tally
from pipeline.render import definitions, register_table
from pipeline.render.period.period_page import SIGNS, calendar_rows, stood
from pipeline.render.period.period_sheets import HEADER, Book, Column, Row
from pipeline.render.workbook import last_page, sheet_words
from pipeline.render.workbook.cell_formats import (
    BLUE,
    GRID,
    LOOKS,
    SECOND,
    Formats,
    Value,
    height,
    lines,
    merge,
    put,
    text,
    widths_in_arial,
)
from pipeline.report import not_taken, notice_words, period_words, restated_figures, sentences, verdict_words
from pipeline.report.case_lines import CaseLine
from pipeline.report.period import LOOKED_AFTER, Part, Period, ReportOfDay
from pipeline.settings.units import OF_DISTRICTS, OF_UNITS

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_SHORT: Final = {**period_words.STANDS, "mended": "改好", "excused": "批准", "refused": "全退", "returned": "整退", "lost": "遗失"}
_TONES: Final = {"excused": "on-time", "mended": "late", "refused": "all-refused", "returned": "all-refused"}
_WIDEST_CALENDAR: Final = 31
_Day = tuple[date, Mapping[str, ReportOfDay]]


def render(period: Period) -> bytes:
    """The workbook; the same bytes for the same period."""
    written = io.BytesIO()
    with Workbook(written, widths_in_arial()) as workbook:
        workbook.set_properties(
            {
                "title": f"{period_words.NAME[period.is_closing]} {period.first}_{period.last}",
                "author": text(period.settings.office),
                "created": period.data_until.astimezone(UTC).replace(tzinfo=None),
            }
        )
        book = Book(workbook, period, Formats(workbook, LOOKS))
        for write in (_overview, _parts, _course, _moved, _remaining, _durations, _later, _calendar, _rows, _restated, _exempted, _urgent):
            write(book)
    return written.getvalue()


# --- where it began and ended ------------------------------------------------------------------------------------

_TALLIES: Final = tuple(
    Column(f"{when}{name}", 9, look)
    for when in ("期初", "期末")
    for name, look in (("总数", "count"), ("已化解", "count"), ("化解率", "center"))
)
_MOVES: Final = tuple(Column(name, 9, "count") for name in period_words.PART_COLUMNS[3:])


def _cells(part: Part, period: Period) -> list[Value]:
    tallies: list[Value] = [value for tally in part.tallies for value in (tally.total, tally.resolved, sentences.rate(tally.rate_percent))]
    if not period.has_beginning and part.tallies[0].total:
        tallies[1:3] = ["未报", "未报"]
    return [*tallies, *(len(cases) for _name, cases in period_words.changes(part))]


def _verdict(part: Part) -> str:
    """The verdict alone: why it is provisional stands in the group's own line above."""
    lacking = f"，还差{part.tallies[1].shortfall}件" if part.tallies[1].shortfall else ""
    return f"{part.figure.verdict}{lacking}" if part.figure and part.tallies[1].total else "没有案件"


def _overview(book: Book) -> None:
    period = book.period
    columns = (Column("组别", 27), Column("目标", 8, "center"), *_TALLIES, *_MOVES, Column("期末结论", 24, "long"))
    widths = [column.width for column in columns]
    sheet = book.sheet("总览", widths, f"{period_words.BELONGS}{period_words.NEWLY}")
    row = HEADER
    for name, said in period_words.lines(period):
        put(sheet, row, 0, name, book.formats.look("box", "band"))
        merge(sheet, (row, 1, row, len(columns) - 1), said, book.formats.look("box", "long"))
        sheet.set_row(row, height(lines(said, sum(widths[1:]))))
        row += 1
    rows = [(part.label, f"{part.tallies[1].target_percent}%", *_cells(part, period), _verdict(part)) for part in period.groups]
    row = book.table(sheet, row + 1, columns, rows) + 1
    row, high = last_page.place_of_chart(sheet, row)
    sheet.insert_chart(row, 0, _chart(book, high), {"y_offset": 4})


def _chart(book: Book, high: int) -> Chart:
    """Each group's rate day by day, from the numbers in 走势."""
    chart, last = book.workbook.add_chart({"type": "line"}), _FIRST_DAY + len(book.period.course) - 1
    for part, tone, column in zip(book.period.groups, cycle((BLUE, SECOND)), count(len(_SERIES), len(_SERIES))):
        series = {"name": text(f"{sheet_words.RATE_OF}{part.label}"), "line": {"color": tone, "width": 2.25}}
        places = {"categories": [_COURSE, _FIRST_DAY, 0, last, 0], "values": [_COURSE, _FIRST_DAY, column, last, column]}
        chart.add_series({**series, **places})
    chart.set_y_axis({"min": 0, "max": 1, "num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": GRID}}})
    chart.set_x_axis({"num_format": "m-d", "interval_unit": max(1, len(book.period.course) // 10)})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 1080, "height": high})
    return chart


def _course(book: Book) -> None:
    """The tally of each group day by day."""
    period = book.period
    columns = [Column("日期", 14, "date"), *(Column(name, 12, look) for _part in period.groups for name, look in _SERIES)]
    sheet = book.sheet(_COURSE, [column.width for column in columns], period_words.BELONGS)
    put(sheet, HEADER, 0, None, book.formats.look("band"))
    for index, part in enumerate(period.groups):
        left = 1 + len(_SERIES) * index
        merge(sheet, (HEADER, left, HEADER, left + len(_SERIES) - 1), part.label, book.formats.look("band"))
    rows = [
        (day, *(value for part in period.groups for value in _day(tallies[part.label], is_silent=day in period.silent)))
        for day, tallies in period.course
    ]
    book.table(sheet, HEADER + 1, columns, rows)
    sheet.repeat_rows(HEADER, HEADER + 1)
    sheet.freeze_panes(_FIRST_DAY, 1)


_COURSE: Final = "走势"
_FIRST_DAY: Final = HEADER + 2
_SERIES: Final = (("总数", "count"), ("已化解", "count"), ("化解率", "rate"))


def _day(tally: Tally, *, is_silent: bool) -> tuple[Value, ...]:
    """The rate as a number that a chart can draw, rounded down as every rate; of a day of which nobody reported nothing is drawn."""
    if is_silent:
        return "未报", "未报", None
    return tally.total, tally.resolved, tally.resolved * 1000 // tally.total / 1000 if tally.total else None


def _parts(book: Book) -> None:
    """The levels above the districts stand above them, where there are any, each unit before those under it."""
    tree = book.period.settings.tree
    word = period_words.below(book.period) if len(book.period.units) == len(book.period.below) else OF_UNITS
    districts = f"{word}、{OF_DISTRICTS}" if tree else OF_DISTRICTS
    below = (*(part for part in book.period.units if part.label in tree), *book.period.districts)
    for name, header, parts in (("旗区", districts, below), ("包案领导", "包案领导", book.period.leaders)):
        above = [] if name == "包案领导" else _above(book.period)
        columns = (Column("组别", 27), *above, Column(header, 16), *_TALLIES, *_MOVES)
        rows = [
            (part.group, *(_lies_in(part.label, book.period) if above else ()), part.label, *_cells(part, book.period)) for part in parts
        ]
        book.list_sheet(name, columns, rows, f"{period_words.BELONGS}{period_words.NEWLY}", "没有案件。")


def _above(period: Period) -> list[Column]:
    """Return the column of the units above a unit or district; none where there are no levels."""
    return [Column(register_table.ABOVE, 18)] if period.settings.tree else []


def _lies_in(name: str, period: Period) -> list[Value]:
    """Return what stands in it."""
    return [period.settings.tree.lies_in(name)] if period.settings.tree else []


# --- cases -------------------------------------------------------------------------------------------------------


def _case_columns(period: Period) -> list[Column]:
    own = (Column("旗区", 13), Column("案由", 40, "long"), Column("包案领导", 14), Column("期末状态", 14))
    return [Column("案件编号", 16), *_above(period), *own]


def _case(number: str, period: Period) -> list[Value]:
    line = period.cases[number]
    return [number, *_lies_in(line.district, period), line.district, line.matter, line.leader, _stands(line, period.last)]


def _stands(line: CaseLine, day: date) -> str:
    if line.grounds:
        return "已撤销"
    if "disputed" not in line.flags:
        return line.status
    again = notice_words.again_after(line, day)
    return sheet_words.DISPUTED.replace("群众", f"{again}群众再次") if again else sheet_words.DISPUTED


def _moved(book: Book) -> None:
    rows = [
        (part.group, kind, *_case(number, book.period))
        for part in book.period.groups
        for kind, cases in period_words.all_changes(part)
        for number in cases
    ]
    book.list_sheet(
        "变化的案件", (Column("组别", 27), Column("变化", 11), *_case_columns(book.period)), rows, period_words.NEWLY, "其间没有变化。"
    )


def _remaining(book: Book) -> None:
    columns = (
        Column("组别", 27),
        Column("原因", 14),
        *_case_columns(book.period),
        Column("办结时限", 12, "date"),
        Column("交办日期", 12, "date"),
    )
    rows = [
        (entry.group, entry.reason, *_case(number, book.period), line.deadline, line.assigned)
        for entry in book.period.remaining
        for number in entry.cases
        for line in [book.period.cases[number]]
    ]
    book.list_sheet("余下的案件", columns, rows, "期末在总数里、没有计入化解的案件，按原因列。", "没有余下未化解的案件。")


# --- how long, and whether it lasts ------------------------------------------------------------------------------


def _durations(book: Book) -> None:
    looks = zip(period_words.DURATION_COLUMNS, ("count",) * 3 + ("center",) * 2, strict=True)
    columns = (Column("分类", 24), *(Column(name, 12, look) for name, look in looks))
    sheet = book.sheet("办理用时", [column.width for column in columns], period_words.DURATIONS)
    top = HEADER
    for name, entries in (("问题类别", book.period.by_category), ("案件来源", book.period.by_source)):
        own = (Column(name, 24), *columns[1:])
        rows: list[Row] = [
            (entry.label, entry.n, entry.resolved, entry.censored, *map(period_words.days, (entry.median_days, entry.p90_days)))
            for entry in entries
        ]
        top = book.table(sheet, top, own, rows) + 1


def _later(book: Book) -> None:
    period = book.period
    columns = [Column("化解的日子", 14, "date"), Column("新化解", 10, "count")]
    columns += [Column(name, 26, "long") for after in LOOKED_AFTER for name in (f"满{after}天仍计入", f"满{after}天不再计入的")]
    sheet = book.sheet("确认和回看", [column.width for column in columns], period_words.LATER)
    rows: list[Row] = [
        (
            standing.day,
            len(standing.cases),
            *(
                value
                for index, look in enumerate(standing.later)
                for value in (period_words.look(standing, index), "、".join(look.not_counted) if look else "")
            ),
        )
        for standing in period.standing
    ]
    row = book.table(sheet, HEADER, columns, rows, empty="期内没有新化解的案件。") + 1
    for said in (*period_words.later(period), *period_words.confirmations(period), definitions.CONFIRMATION):
        merge(sheet, (row, 0, row, len(columns) - 1), said, book.formats.look("note", "wrap"))
        sheet.set_row(row, height(lines(said, sum(column.width for column in columns))))
        row += 1


# --- reports -----------------------------------------------------------------------------------------------------


def _calendar(book: Book) -> None:
    """A row for each district, under those of the units in which it lies, a column for each day; after a month another table below."""
    period = book.period
    shown = min(_WIDEST_CALENDAR, max(16, len(period.submissions)))
    widths = [13.0, *(6.5,) * len(period.counted), *(4.2,) * shown]
    signs = "，".join(f"{SIGNS[stands]} {period_words.STANDS[stands]}" for stands in period.counted)
    sheet = book.sheet("报送日历", widths, f"每个旗区每天一格：{signs}。左边的次数是整个阶段的。{definitions.on_time(period.settings)}")
    if not period.submissions:
        put(sheet, HEADER, 0, "期内没有旗区报送过日报。", book.formats.look("note"))
        return
    top = HEADER
    for start in range(0, len(period.submissions), _WIDEST_CALENDAR):
        top = _month(book, sheet, top, start) + 1


def _month(book: Book, sheet: Worksheet, top: int, start: int) -> int:
    period, look = book.period, book.formats.look
    days = period.submissions[start : start + _WIDEST_CALENDAR]
    left = 1 + len(period.counted)
    merge(sheet, (top, 0, top, left - 1), "", look("band"))
    column = left
    for (year, month), of_month in groupby(days, key=lambda entry: (entry[0].year, entry[0].month)):
        right = column + len(list(of_month)) - 1
        merge(sheet, (top, column, top, right), f"{month}月" if year == period.last.year else f"{year}年{month}月", look("band"))
        column = right + 1
    for position, name in enumerate(("旗区", *(_SHORT[stands] for stands in period.counted), *(str(day.day) for day, _of_day in days))):
        put(sheet, top + 1, position, name, look("header"))
    for row in (top, top + 1):
        sheet.set_row(row, 22)
    row = top + 2
    for heading, districts in calendar_rows(period):
        if heading:
            merge(sheet, (row, 0, row, left + len(days) - 1), heading, look("box", "band"))
            sheet.set_row(row, 24)
            row += 1
        for district in districts:
            _district(book, sheet, row, district, days)
            row += 1
    return row


def _district(book: Book, sheet: Worksheet, row: int, district: str, days: Sequence[_Day]) -> None:
    look = book.formats.look
    put(sheet, row, 0, district, look("box", "text"))
    sheet.set_row(row, 24)
    counts = stood(book.period, [district])
    for position, (stands, count_of) in enumerate(counts.items(), 1):
        tone = ("alert",) if stands == "missing" and count_of else ()
        put(sheet, row, position, count_of, look("box", "count", *tone))
    for position, (_day, of_day) in enumerate(days, 1 + len(counts)):
        stands = of_day[district].stands
        put(sheet, row, position, SIGNS[stands], look("box", "centered", _TONES.get(stands, stands)))


def _rows(book: Book) -> None:
    columns = [Column("日期", 12, "date"), *_above(book.period), Column("旗区", 14), Column("报送", 16), Column("采用（行）", 11, "count")]
    columns += [Column("退回（行）", 11, "count"), Column("其中案件已改派（行）", 13, "count")]
    rows: list[Row] = [
        [
            day,
            *_lies_in(district, book.period),
            district,
            period_words.STANDS[report.stands],
            report.rows_accepted,
            report.rows_refused,
            report.rows_moved,
        ]
        for day, of_day in book.period.submissions
        for district, report in of_day.items()
    ]
    book.list_sheet("每日报送", columns, rows, definitions.ROWS, "期内没有旗区报送过日报。")


def _restated(book: Book) -> None:
    columns = [Column("说的那天", 12, "date"), Column("哪一天", 12, "date"), Column("组别", 27), Column("原报", 16, "center")]
    columns += [Column("现在", 16, "center"), Column("按件数", 18, "center"), Column("案件", 46, "long"), Column("原报是何时所知", 18)]
    rows = [(*_restatement(told, entry), period_words.former(told, entry, book.period)) for told, entry in book.period.restated]
    book.list_sheet("更正和版次", columns, rows, definitions.RESTATED, "期内没有更正以前的数字。")
    sheet = book.workbook.get_worksheet_by_name("更正和版次")
    top = HEADER + max(len(rows), 1) + 2
    own = (Column("日期", 12, "date"), Column("版数", 12, "count"))
    book.table(sheet, top, own, [(day, count) for day, count in book.period.editions])


def _urgent(book: Book) -> None:
    widths, narrow = (11, 15, 14, 32, 12, 16, 26, 26, 28), ("旗区", "案件编号", "事项类别", "所报", "发生时间")
    named = zip(period_words.URGENT_COLUMNS, widths, strict=True)
    columns = [Column(name, width, "text" if name in narrow else "long") for name, width in named]
    rows = [not_taken.cells(matter, book.period.last) for matter in book.period.refused_urgent]
    rows += [period_words.urgent_matter(matter, book.period) for matter in period_words.urgent_matters(book.period)]
    book.list_sheet("急报", columns, rows, f"{period_words.urgent(book.period)}{definitions.EARLIER_URGENT}", period_words.NO_URGENT)


def _restatement(told: date, entry: Restated) -> Row:
    then, now = entry.tallies
    verdicts = f"{restated_figures.verdict(then)} → {restated_figures.verdict_since(entry)}"
    cases = "；".join(filter(None, (restated_figures.since(entry), *restated_figures.moved(entry.moves, 20))))
    return told, entry.day, entry.group, verdict_words.counted(then), verdict_words.counted(now), verdicts, cases


def _exempted(book: Book) -> None:
    widths, long = (22, 11, 12, 12, 28, 12, 18, 10, 40), ("理由", "改变了什么")
    named = zip(period_words.EXEMPTION_COLUMNS, widths, strict=True)
    columns = [Column(name, width, "long" if name in long else "text") for name, width in named]
    rows = [period_words.exemption(each, book.period) for each in book.period.exemptions]
    book.list_sheet("豁免", columns, rows, period_words.exempted(book.period), period_words.NO_EXEMPTIONS)
