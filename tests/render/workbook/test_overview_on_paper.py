"""总览 comes onto two pages whatever the day, and says where the rest is.

Covers `two_pages`, `overview_charts`, `decisions_sheet`, `reading_guide_sheet` and `attendance_sheet`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from openpyxl.worksheet.properties import PageSetupProperties
from weeks import DAYS, WEEKS, Published
from workbook_days import CITY, DAY, HOSTILE, REGION, a_case, a_full_report, a_report, letters_on_paper, opened, rows, widths_of

from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.workbook import office_workbook
from pipeline.render.workbook.sheet_words import ATTENDED, GUIDE, REST_OF_DECISION
from pipeline.report.case_lines import Decision
from pipeline.report.figures import Way
from pipeline.report.report import Report
from pipeline.settings.rules import Group
from pipeline.terms.words import REPORTED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
A4 = (297 / 25.4 * 72, 210 / 25.4 * 72)
REQUEST = "请市级协调自然资源、住建、供电部门现场会商，明确补办手续的牵头单位和完成时间"


def _asking(count: int, asked: str = REQUEST) -> Report:
    """A day with so many decisions, all about cases of the register."""
    cases = tuple(a_case(f"SJ-2020-{n:03}", flags=("overdue",), days_overdue=3) for n in range(max(count, 1)))
    decisions = tuple(Decision(("overdue",), case.number, "甲旗", "电梯停运", "领导一", DAY, asked, "") for case in cases)
    return replace(a_report(cases), decisions=decisions[:count])


def _wordy() -> Report:
    """A day with so much to say that no page has room for it as usual."""
    report = _asking(404, "请协调" * 400)
    near = tuple(case.number for case in report.cases)
    ways = tuple(Way(name, Tally(90, 404), 404, None, 0, 1, None, near) for name in (REGION, CITY))
    groups = tuple(Group(name=f"第{n}组", sources=(f"来源{n}",), target_percent=90) for n in range(5))
    settings = report.settings.model_copy(update={"groups": (*report.settings.groups, *groups)})
    more = [replace(report.targets[0], label=group.name, group=group.name) for group in groups]
    certainties = (*report.certainties, *(replace(report.certainties[0], group=group.name) for group in groups))
    by_district = [replace(figure, group=group.name) for group in groups for figure in report.by_district[:3]]
    return replace(
        report,
        new_rules="规则变了，" * 150,
        ways=ways,
        settings=settings,
        targets=(*report.targets, *more),
        certainties=certainties,
        by_district=(*report.by_district, *by_district),
    )


def _high(sheet: Worksheet, first: int, last: int) -> float:
    """Points of the rows from the first to the last."""
    return sum(sheet.row_dimensions[row].height or 12.75 for row in range(first, last + 1))


def _page(sheet: Worksheet) -> float:
    """The points that a page has room for, where Excel makes the sheet as wide as the paper."""
    margins = sheet.page_margins
    wide = sum(round(width * 7) for width in widths_of(sheet, 8)) * 0.75  # a digit is seven pixels wide
    scale = int(100 * (A4[1] - (margins.left + margins.right) * 72) / wide)
    return float((A4[0] - (margins.top + margins.bottom) * 72) * 100 / scale)


DAYS_TOLD = {"nothing": a_report(()), "few": a_full_report(), "seven": _asking(7), "twenty": _asking(20), "many": _asking(404)}


@pytest.mark.parametrize("report", DAYS_TOLD.values(), ids=DAYS_TOLD)
def test_the_overview_has_two_pages_parted_between_two_sections(report: Report) -> None:
    _check_pages(opened(office_workbook.render(report))["总览"])


@pytest.mark.parametrize("week", WEEKS)
def test_the_overview_of_every_sample_day_has_two_pages(week: str, published: Published) -> None:
    for report in published(week).reports:
        _check_pages(opened(office_workbook.render(report))["总览"])


def _check_pages(sheet: Worksheet) -> None:
    assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr) == (
        "portrait",
        PageSetupProperties(fitToPage=True),
    )
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # else LibreOffice keeps no break
    (second,) = (broken.id + 1 for broken in sheet.row_breaks.brk)
    assert sheet.cell(second, 1).value == "案件情况"
    assert sheet.cell(second - 5, 1).value != sheet.cell(second, 1).value
    empty = [row for row in range(second - 4, second) if not any(cell.value for cell in sheet[row])]
    assert len(empty) == 4
    page, last = _page(sheet), sheet.max_row
    # Excel keeps no break of ours: its page has to end within the empty rows.
    assert _high(sheet, 1, second - 5) <= page * 0.98 <= page <= _high(sheet, 1, second - 1)
    assert _high(sheet, second, last) <= page


def test_what_the_second_page_has_no_room_for_is_cut_and_says_where_it_is_whole(published: Published) -> None:
    book = opened(office_workbook.render(published("week-messy").reports[-1]))
    cut = [str(row[2]) for row in rows(book, "总览", 1) if row[1] == "更正"]
    assert len(cut) == 2
    assert cut[1].endswith("……（全部见“更正情况”）")
    assert not re.search("[、，]……", cut[1])
    assert "“补报以后”“达到目标”的口径见“目标完成”，“按时”的见“报送情况”。" in [row[0] for row in rows(book, "总览", 1)]
    assert any(str(row[0]) == definitions.WAY for row in rows(book, "目标完成", 1))


def _thirty_days() -> Report:
    """A day after thirty on which districts stood in every way."""
    ways = tuple(ATTENDED)
    return _of(*[tuple(ways[(at + row) % len(ways)] for row in range(3)) for at in range(30)])


def test_every_sheet_is_printed_in_letters_of_eight_points_at_least(published: Published) -> None:
    # also where a day has so much to say that three pages of 总览 would be needed
    for report in (published("week-messy").reports[-1], a_full_report(), _wordy(), _thirty_days()):
        small = {sheet.title: size for sheet in opened(office_workbook.render(report)) if (size := letters_on_paper(sheet)) < 8}
        assert not small


def test_a_sheet_that_is_too_wide_for_a_page_comes_onto_two_side_by_side() -> None:
    sheet = opened(office_workbook.render(_wordy()))["旗区"]
    assert int(sheet.page_setup.fitToWidth or 1) > 1
    assert sheet.print_title_cols == "$A:$A"


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (3, 3), (20, 20), (404, 20)])
def test_at_most_twenty_decisions_stand_on_the_overview_and_all_in_their_sheet(count: int, shown: int) -> None:
    book = opened(office_workbook.render(_asking(count, "请协调")))
    overview = rows(book, "总览", 1)
    start = next(at for at, row in enumerate(overview) if row[0] == f"需要决策的事项（{count}件）")
    named = [row for row in overview[start + 2 :] if re.fullmatch(r"SJ-2020-\d{3}", str(row[2]))]
    assert len(named) == shown
    assert [row[2] for row in rows(book, "决策事项") if row[2]] == [f"SJ-2020-{n:03}" for n in range(count)]
    rest = [cell for row in book["总览"].iter_rows(max_col=1) for cell in row if str(cell.value).startswith("还有 ")]
    assert [str(cell.value)[:6] for cell in rest] == (["还有 384"] if count > shown else [])
    assert all(cell.hyperlink is not None and cell.hyperlink.location == "'决策事项'!A1" for cell in rest)


def test_a_request_is_shortened_on_the_overview_alone_and_says_where_it_is_whole() -> None:
    asked = "请协调" * 400
    book = opened(office_workbook.render(_asking(1, asked)))
    shown = next(str(row[6]) for row in rows(book, "总览", 1) if row[2] == "SJ-2020-000")
    assert shown.endswith(REST_OF_DECISION)
    assert asked.startswith(shown.removesuffix(REST_OF_DECISION))
    assert rows(book, "决策事项")[0][7] == asked
    whole = opened(office_workbook.render(_asking(1)))
    assert next(row[6] for row in rows(whole, "总览", 1) if row[2] == "SJ-2020-000") == REQUEST


def test_what_a_decision_says_becomes_neither_formula_nor_link() -> None:
    decisions = tuple(Decision(("urgent",), text, text, text, text, DAY, text, text) for text in HOSTILE)
    book = opened(office_workbook.render(replace(a_report(()), decisions=decisions)), values=False)
    for name in ("总览", "决策事项"):
        found = [cell for row in book[name].iter_rows() for cell in row if cell.value in HOSTILE]
        assert len(found) >= 4 * len(HOSTILE), name
        assert {(cell.data_type, cell.hyperlink) for cell in found} == {("s", None)}, name


def test_each_group_has_a_chart_with_its_target_line() -> None:
    content = office_workbook.render(a_full_report())
    sheet = opened(content)["旗区"]
    needed = {cell.value: cell.column_letter for cell in sheet[4] if cell.value in (REGION, CITY)}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [archive.read(name).decode() for name in sorted(archive.namelist()) if name.startswith("xl/charts/chart")]
    assert len(charts) == 4
    for group, target, (districts, trend) in zip((REGION, CITY), (100, 90), (charts[:2], charts[2:]), strict=True):
        assert f"各旗区：{group}（件）" in districts
        assert f"达标线（{target}%）" in districts
        assert f"<c:f>旗区!${needed[group]}$5:${needed[group]}$7</c:f>" in districts.replace("'", "")
        assert f"近日走势：{group}" in trend
        assert f"目标 {target}%" in trend
    letter = needed[CITY]
    assert [sheet[f"{letter}{row}"].value for row in (5, 6, 7)] == [3, 1, 0]  # nine tenths of three, of one and of none, rounded up


def test_the_numbers_over_the_bars_have_room_and_three_digits_stand_upright() -> None:
    few = a_full_report()
    many = replace(few, by_district=tuple(replace(figure, tally=Tally(90, 108, 89)) for figure in few.by_district))
    drawn = []
    for report in (few, many):
        with zipfile.ZipFile(io.BytesIO(office_workbook.render(report))) as book:
            charts = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/charts/chart")]
        drawn.append([chart for chart in charts if "barChart" in chart])
    assert all('rot="-5400000"' not in chart.split("<c:catAx>")[0] for chart in drawn[0])
    assert all('rot="-5400000"' in chart.split("<c:catAx>")[0] for chart in drawn[1])
    assert all('<c:max val="216"/>' in chart for chart in drawn[1])


def test_on_the_first_day_the_districts_are_drawn_and_it_is_said_why_there_is_no_trend() -> None:
    report = a_full_report()
    content = office_workbook.render(replace(report, trend=report.trend[-1:]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len([name for name in archive.namelist() if name.startswith("xl/charts/chart")]) == 2
    assert ["走势自第二个汇总日起显示。"] in [row[:1] for row in rows(opened(content), "总览", 1)]


def test_the_first_sheet_says_in_five_lines_how_to_read_the_rest_and_leads_to_it() -> None:
    book = opened(office_workbook.render(a_report(())))
    guide = book.worksheets[0]
    assert guide.title == "说明"
    assert [row[1] for row in rows(book, "说明", 3)[:5]] == list(GUIDE)
    assert len(GUIDE) == 5
    links = [cell for row in guide.iter_rows(min_col=2, max_col=2) for cell in row if cell.hyperlink]
    assert [cell.value for cell in links] == book.sheetnames[1:]
    assert [cell.hyperlink.location for cell in links if cell.hyperlink] == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert book.active is not None
    assert book.active.title == "总览"


# --- 报送日历 ----------------------------------------------------------------------------------------------------


def _strip(report: Report) -> tuple[list[str], list[list[object]]]:
    """The days' headers and the rows of the districts and of all."""
    sheet = rows(opened(office_workbook.render(report)), "报送日历", 4)
    count = len(report.attendance)
    return [str(cell) for cell in sheet[0][7 : 7 + count]], sheet[1 : 2 + len(report.settings.district_names)]


@pytest.mark.parametrize("week", WEEKS)
def test_the_calendar_says_of_each_day_what_the_summary_of_that_day_said(week: str, published: Published) -> None:
    told = published(week)
    last, signs = DAYS[-1], {status: ATTENDED[status] for status in REPORTED}
    days, strip = _strip(told.reports[-1])
    assert days == [str(day.day) for day in DAYS]
    for line, row in zip(told.office.summary(last)["submissions"], strip, strict=False):
        stood = [
            entry["status"] for day in DAYS for entry in told.office.summary(day)["submissions"] if entry["district"] == line["district"]
        ]
        assert row[7 : 7 + len(DAYS)] == [signs[status] for status in stood]
        counts = [[span.count(status) for status in ("on-time", "late", "missing")] for span in (stood[-7:], stood)]
        assert row[:7] == [line["district"], *counts[0], *counts[1]]
    assert {signs[status] for status in REPORTED} <= {str(cell) for row in strip for cell in row}


def _of(*statuses: Iterable[str]) -> Report:
    """A day after others on which three districts stood so."""
    names = ("甲旗", "乙区", "丙旗")
    days = [DAY - timedelta(days=len(statuses) - 1 - at) for at in range(len(statuses))]
    attendance = tuple((day, dict(zip(names, standing, strict=True))) for day, standing in zip(days, statuses, strict=True))
    return replace(a_report(()), attendance=attendance)  # type: ignore[arg-type]


def test_seven_and_thirty_days_are_counted_each_for_itself() -> None:
    days = [("missing", "late", "on-time")] * 23 + [("on-time", "late", "missing")] * 7
    _days, strip = _strip(_of(*days))
    assert [row[:7] for row in strip] == [
        ["甲旗", 7, 0, 0, 7, 0, 23],
        ["乙区", 0, 7, 0, 0, 30, 0],
        ["丙旗", 0, 0, 7, 23, 0, 7],
        ["全市合计", 7, 7, 7, 30, 30, 30],
    ]
    assert strip[-1][7:37] == [2] * 30


def test_a_day_is_told_by_its_sign_and_by_its_colour() -> None:
    book = opened(office_workbook.render(_of(("on-time", "late", "missing"), ("refused", "on-time", "lost"))))
    shown = [book["报送日历"].cell(row, column) for column in (12, 13) for row in (5, 6, 7)]
    assert [cell.value for cell in shown] == ["√", "迟", "未", "退", "√", "失"]
    assert len({cell.fill.fgColor.rgb for cell in shown}) == 5
    sheet = rows(book, "报送日历", 4)
    assert sheet[0][:6] == ["旗区", "按时", "迟报", "全部退回", "原件遗失", "未报"]
    assert [row[:6] for row in sheet[1:4]] == [["甲旗", 1, 0, 1, 0, 0], ["乙区", 1, 1, 0, 0, 0], ["丙旗", 0, 0, 0, 1, 1]]
    assert sheet[4][11:13] == [2, 3], "whose report is lost has handed it in"
    assert any("√ 按时，迟 迟报，退 全部退回，失 原件遗失，未 未报。" in str(row[0]) for row in sheet)


def test_who_mended_after_the_cut_off_is_counted_and_marked_for_itself() -> None:
    book = opened(office_workbook.render(_of(("on-time", "late", "missing"), ("mended", "on-time", "lost"))))
    sheet = rows(book, "报送日历", 4)
    assert sheet[0][:6] == ["旗区", "按时", "退回后改好", "迟报", "原件遗失", "未报"]
    assert sheet[1][:6] == ["甲旗", 1, 1, 0, 0, 0]
    assert any("改 退回后改好，" in str(row[0]) for row in sheet)
    assert any("退回后改好：截止以前报来的全部退回" in str(row[0]) for row in sheet)
    day = a_report(())
    came = datetime(2020, 5, 21, 16, 10, tzinfo=day.settings.calendar.zone)
    mended = replace(day.submissions[0], status="on-time", received_at=came, mended_at=came.replace(hour=18, minute=20))
    book = opened(office_workbook.render(replace(day, submissions=(mended, *day.submissions[1:]))))
    told = {str(row[0]): row[1:3] for row in rows(book, "总览", 1) if row[0]}
    assert told["退回后改好（旗区）"] == [1, f"{mended.district}18:20"]
    assert f"{mended.district}" not in str(told["按时（旗区）"]), "every district is in one count"
