"""One file with thousands of bad rows beside a good one: every finding is kept, and the day's papers stay papers.

Covers `grouping`, `messages` and `findings`.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import receiving
from offices import SETTINGS, Day, assigned, handed_in, moment, on
from workbooks import assignment, progress_row, report

from pipeline import screen
from pipeline.day.judgement import Judgement
from pipeline.office.check import Answer
from pipeline.reading import receipt_layout
from pipeline.reading.marking import marked_copy
from pipeline.reading.marking.package_parts import NotMarkableError
from pipeline.reading.receipt_layout import Obstacle, Why
from pipeline.render.page import leaders_page
from pipeline.render.receipts import receipt_workbook
from pipeline.render.workbook import office_workbook
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import ArrivedReport
from pipeline.terms import grouping, messages
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading

DAY = date(2020, 5, 21)
ROWS = 3_000
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
GOOD = handed_in(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), name="达旗.xlsx")


def _numbers() -> list[str]:
    return [f"ZZQ-2020-{n + 1000}" for n in range(ROWS)]


@cache
def flooded() -> Day:
    """Two bad cells and an unknown case in each row; one row, far down, has the only contradiction."""
    rows = [progress_row(number, 当前状态="胡写", 答复日期="某日") for number in _numbers()]
    rows.append(progress_row("ZZQ-2020-001", 当前状态="已化解", 诉求认定="暂时难以解决", 答复日期="2020-05-20", 答复文号="一号"))
    return on(DAY, assigned(assignment()), GOOD, handed_in(report(progress=rows), name="东胜.xlsx"))


def lines(day: Day) -> list[dict[str, str]]:
    """findings.csv as a program reads it, with Python's limit for a field."""
    return list(csv.DictReader(io.StringIO(day.files["findings.csv"].decode("utf-8-sig"), newline="")))


def longest(day: Day) -> int:
    return max(len(value) for line in lines(day) for value in line.values())


# --- the day's papers --------------------------------------------------------------------------------------------


def test_the_list_for_programs_has_every_finding() -> None:
    written = lines(flooded())
    assert len(written) == len(flooded().findings)
    for code, column in (("not-in-list", "E"), ("bad-date", "H"), ("unknown-case", "A")):
        assert [entry["cell"] for entry in written if entry["code"] == code] == [f"{column}{row + 2}" for row in range(ROWS)]
    assert longest(flooded()) < 1_000


def test_the_page_shows_the_first_of_each_kind_and_says_how_many_more_there_are() -> None:
    day = flooded()
    page = leaders_page.render(day.report, TEMPLATES).decode()
    calm = leaders_page.render(on(DAY, assigned(assignment()), GOOD).report, TEMPLATES)
    assert len(page.encode()) < len(calm) + 40_000
    assert f"问题 {3 * ROWS + 1} 处" in page
    assert page.count('<td data-label="位置">案件进展!') == 50
    assert f"案件进展!F{ROWS + 2}" not in page
    assert "与诉求认定“暂时难以解决”矛盾" in page
    left = 3 * ROWS + 1 - 50
    assert f"“东胜.xlsx”的问题太多，这里只列一部分，还有 {left} 处没有列出：" in page
    assert "全部见当日的 findings.csv。" in page


def test_the_workbook_lists_a_thousand_and_says_how_many_more_there_are() -> None:
    written = office_workbook.render(flooded().report)
    sheet = receiving.opened(written)["问题清单"]
    files = [row[3] for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert files.count("东胜.xlsx") == 1_000
    last = str(sheet.cell(sheet.max_row, 1).value)
    assert last.startswith(f"“东胜.xlsx”的问题太多，这里只列一部分，还有 {3 * ROWS + 1 - 1_000} 处没有列出：")
    assert len(written) < 250_000  # 法定期限 and 对账 list the flood's own cases, each once


def test_a_small_file_beside_the_flood_is_listed_whole() -> None:
    small = report("达拉特旗", progress=[progress_row(f"SJ-2020-{n + 700}") for n in range(30)])
    rows = [progress_row(number) for number in _numbers()[:200]]
    day = on(DAY, assigned(assignment()), handed_in(report(progress=rows), name="东胜.xlsx"), handed_in(small, name="达旗.xlsx"))
    page = leaders_page.render(day.report, TEMPLATES).decode()
    assert all(f"“SJ-2020-{n + 700}”" in page for n in range(30))
    assert page.count("处没有列出") == 1


# --- what goes back to the sender --------------------------------------------------------------------------------


def _various(count: int) -> tuple[Finding, ...]:
    """Findings no two of which say the same."""
    return tuple(
        messages.finding("status-went-back", sheet="案件进展", row=n + 2, at=4, value="办理中", case=f"ZZQ-2020-{n}", before="已答复")
        for n in range(count)
    )


def _handed(*findings: Finding) -> ArrivedReport:
    arrival = Arrival(1, "日报.xlsx", "日报.xlsx", "~", 1, Envelope(moment("2020-05-21 16:00")))
    return handed_in_lines.unsent(Filed(arrival, Reading(True, date(2020, 5, 21), "东胜区", {}, (), findings)), None, SETTINGS)


def test_a_receipt_has_an_end_and_says_what_is_not_listed() -> None:
    written = receipt_workbook.alone(_handed(*_various(ROWS)), Obstacle(Why.MARKS, "12000"))
    shown = receiving.said(written).splitlines()
    assert len(shown) < 600
    assert f"问题太多，还有 {ROWS - 500} 处没有列出。请先改正上面的，改好后再查一次。" in shown[-1]


def test_equal_findings_are_named_as_far_as_a_cell_holds_them() -> None:
    findings = [messages.finding("unknown-case", sheet="案件进展", row=n + 2, at=0, value=f"ZZQ-2020-{n}") for n in range(30_000)]
    shown = receiving.said(receipt_workbook.alone(_handed(*findings), Obstacle(Why.MARKS, "12000")))
    assert "其余 29970 处：A32、A33、" in shown
    assert "、A331 等" in shown
    assert "A332" not in shown


def test_the_terminal_shows_the_first_kinds_and_counts_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    findings = _various(ROWS)
    arrival = Arrival(1, "日报.xlsx", "日报.xlsx", "~", 1, Envelope(moment("2020-05-21 16:00")))
    filed = Filed(arrival, Reading(True, date(2020, 5, 21), "东胜区", {}, (), findings))
    assert len(grouping.alike(findings)) == ROWS
    screen.tell_check(Answer(Path("日报.xlsx"), filed, Judgement()))
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) < 110
    assert f"    …… 还有 {ROWS - 100} 种没有列出。请先改正上面的，再查一次。" in shown
    assert f"  共 {ROWS} 行会被退回，改好后请再查一次。" in shown


def test_a_workbook_with_more_marks_than_it_could_carry_is_not_begun() -> None:
    marks = tuple(receipt_layout.Mark(("案件进展", row + 2, 4), receipt_layout.RED, "批注") for row in range(12_001))
    with pytest.raises(NotMarkableError):
        marked_copy.annotate(report(), receipt_layout.ReceiptLines((receipt_layout.note("说明"),), marks, 1, ()))
    assert len(marked_copy.annotate(report(), receipt_layout.ReceiptLines((receipt_layout.note("说明"),), marks[:1], 1, ()))) > 1_000
