"""What the office's workbook prints can be read: no number as ###, rows as high as their text, no page for two lines.

Covers `last_page` and `clocks_sheet`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from openpyxl.utils import get_column_letter
from weeks import WEEKS, Published
from workbook_days import CITY, DAY, REGION, a_case, a_full_report, a_report, cut_numbers, letters_on_paper, opened, rows

from pipeline.day.targets import Tally
from pipeline.render.workbook import last_page, office_workbook
from pipeline.render.workbook.cell_formats import MANY, height, lines, widths_in_arial
from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


@pytest.mark.parametrize("week", WEEKS)
def test_no_number_of_any_sheet_is_printed_as_hashes(week: str, published: Published) -> None:
    for report in (*published(week).reports, a_full_report()):
        assert not list(cut_numbers(opened(office_workbook.render(report))))


def test_a_row_of_the_register_is_as_high_as_what_is_printed_of_it() -> None:
    said = "请市级协调不动产登记中心和自然资源局，就首次登记历史遗留问题召开专题会议，明确办理时限和责任单位，并通报旗区"
    case = a_case("SJ-2020-001", matter="某小区业主反映逾期交房、不动产登记证无法办理", coordination=said, next_step=said, plan=said)
    sheet = opened(office_workbook.render(a_report((case,))))["案件台账"]
    assert sheet.row_dimensions[4].height <= height(3)
    assert sheet["O4"].value == said


def test_words_and_numbers_are_not_torn_apart_when_lines_are_counted() -> None:
    assert lines("、".join(f"SJ-2020-0{n}" for n in range(65, 71)), 13) > 6
    assert lines("某房地产开发有限公司开发的某某小区的业主反映逾期交房", 28) == 2
    assert lines("甲" * 13, 28) == 1
    assert lines("SJ-2020-001", 14) == 1
    cases = "、".join(f"11月2{n}日由93/124改为96/124（11月28日12:00所知98/123）" for n in range(4))
    assert lines(cases, 84) == 3, "letters of a substitute font are wider"


def test_a_day_of_which_nobody_reported_has_no_figures_in_the_days_so_far() -> None:
    days = [DAY - timedelta(days=back) for back in (2, 1, 0)]
    tallies = {REGION: Tally(100, 4, 1), CITY: Tally(90, 6, 3)}
    report = replace(a_report(()), trend=tuple((day, tallies) for day in days), silent_days=frozenset(days[1:2]))
    told = [row[1:9] for row in rows(opened(office_workbook.render(report)), "目标完成") if row[0] == "按日"]
    assert [line[3:] for line in told[:3]] == [[4, 1, 0.25, 3, None], [None, None, None, None, "未报"], [4, 1, 0.25, 3, None]]


def _pages_high(sheet: Worksheet) -> int:
    """Onto how many pages a program fits the rows; 0 where it is free. One is what a file does not say."""
    said = sheet.page_setup.fitToHeight
    return 1 if said is None else int(said) % MANY


def test_a_sheet_comes_onto_one_page_less_where_letters_stay_large_enough() -> None:
    fitted = {}
    for count in (20, 24, 40, 400):
        workbook = InMemoryWorkbook(widths_in_arial())
        sheet = workbook.add_worksheet("甲")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 5, 20)
        for row in range(count):
            sheet.set_row(row, 24)
            sheet.write_string(row, 0, "甲")
        last_page.spare([sheet])
        fitted[count] = _pages_high(opened(workbook.content())["甲"])
    assert fitted == {20: 0, 24: 1, 40: 0, 400: 11}, "the longest upright, since it is narrow"


def test_the_sheets_of_a_day_keep_letters_of_eight_points_where_they_have_a_page_less(published: Published) -> None:
    book = opened(office_workbook.render(published("week-messy").reports[-1]))
    fitted = {sheet: _pages_high(sheet) for sheet in book if _pages_high(sheet)}
    assert fitted
    for sheet, pages in fitted.items():
        high = sum(sheet.row_dimensions[row].height or 12.75 for row in range(1, sheet.max_row + 1))
        upright = sheet.page_setup.orientation == "portrait"
        room = ((297 if upright else 210) / 25.4 - sheet.page_margins.top - sheet.page_margins.bottom) * 72 * pages
        assert min(letters_on_paper(sheet), 10 * room / high) >= 8, sheet.title


def test_no_heading_of_the_targets_runs_over_the_table_and_makes_the_page_wider(published: Published) -> None:
    """LibreOffice sets a page as wide as the longest words on it, and cuts those that are in merged cells."""
    sheet = opened(office_workbook.render(published("week-messy").reports[-1]))["目标完成"]
    said = [str(row[0].value) for row in sheet.iter_rows() if row[0].value]
    assert "近日走势" in said
    assert said[said.index("近日走势") + 1].startswith("各日的数字按现在收到的全部材料")
    wide = {cells.min_row: cells.max_col for cells in sheet.merged_cells.ranges}
    assert wide[2] == 11, "the note above the table is as wide as that"


def _told_pages(book: Workbook) -> dict[str, int]:
    """How many pages 说明 says that each sheet takes."""
    return {str(row[1]): int(str(row[3])) for row in rows(book, "说明", 10) if isinstance(row[0], int)}


def test_a_messy_day_says_how_many_pages_each_sheet_takes_and_which_to_print(published: Published) -> None:
    book = opened(office_workbook.render(published("week-messy").reports[-1]))
    told = _told_pages(book)
    assert [*told] == book.sheetnames[1:]
    assert told["总览"] == 2
    assert told["旗区"] == 1, "its notes too"
    assert sum(told.values()) <= 78, "109 with more air, and with what is the same in every row in each of them"
    said = [str(row[0]) for name in ("总览", "说明") for row in rows(book, name) if str(row[0]).startswith("打印：")]
    assert len(said) == 2
    assert len({*said}) == 1
    for name in ("决策事项", "旗区", "今日变化", "督办清单", "报送情况"):
        assert f"“{name}”{told[name]}页" in said[0]
    fitted = {sheet.title: _pages_high(sheet) for sheet in book if _pages_high(sheet) and sheet.title not in ("说明", "总览")}
    assert {name: told[name] for name in fitted} == fitted, "what is told is what a program is bound to"


def test_what_every_row_would_say_stands_once_above_and_the_column_is_not_printed(published: Published) -> None:
    report = published("week-messy").reports[-1]
    book = opened(office_workbook.render(report))
    clocks, findings = book["法定期限"], book["问题清单"]
    assert "依据：受理 《信访条例》第二十一条" in str(clocks["A2"].value)
    for sheet, last in ((clocks, "依据"), (findings, "代码")):
        header = [cell.value for cell in sheet[3] if cell.value]
        printed = str(sheet.print_area).replace("$", "").partition(":")[2]
        assert header[-1] == last
        assert printed.startswith(get_column_letter(len(header) - 1))


def test_a_day_without_corrections_says_so_on_one_page() -> None:
    assert opened(office_workbook.render(a_report(())))["更正情况"].page_setup.fitToWidth in (None, 1)  # the default is not written
