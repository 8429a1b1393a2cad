"""Sheets beyond the contract: nothing is said where they are missing, and what is wrong with one costs nothing else."""

from __future__ import annotations

import pytest
from offices import assigned, handed_in, on, read_assignment, read_report
from workbooks import DAY, Page, Row, answer_row, assignment, assignment_pages, exemption_row, report, turn_row, write

from pipeline.terms.handed_in import Reading
from pipeline.terms.rows import rows_of_sheet


def _texts(read: Reading, sheet: str, column: str) -> list[str | None]:
    rows = rows_of_sheet(read.rows, sheet)
    return rows.texts(column) if rows else []


def test_nothing_is_said_of_a_workbook_without_them() -> None:
    assert read_assignment(assignment()).findings == ()
    assert read_report(report(progress=())).findings == ()


def test_exemptions_and_turns_are_read() -> None:
    read = read_assignment(assignment(exemptions=[exemption_row()], rota=[turn_row("2020-05-21"), turn_row("2020-05-22", "领导1")]))
    assert read.findings == ()
    assert _texts(read, "豁免", "截止日期") == ["2020-06-30"]
    assert _texts(read, "接访排班", "领导") == ["领导0", "领导1"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (exemption_row(批准人=None), "required"),
        (exemption_row(kind="免检"), "not-in-list"),
        (exemption_row(until="六月底"), "bad-date"),
        (exemption_row(理由="联系 13800138000"), "personal-information"),
    ],
)
def test_a_bad_exemption_is_refused_by_itself(row: Row, code: str) -> None:
    read = read_assignment(assignment(exemptions=[row, exemption_row("SJ-2020-002")]))
    rows = rows_of_sheet(read.rows, "豁免")
    assert read.accepted
    assert [finding.code for finding in read.findings] == [code]
    assert rows
    assert rows.refused == [0]


def test_a_sheet_without_a_starred_column_is_refused_and_the_workbook_is_not() -> None:
    pages = assignment_pages() | {"豁免": Page([["对象", "事项", "批准人", "截止日期"], ["SJ-2020-001", "延期", "领导一", "2020-06-30"]])}
    read = read_assignment(write(pages))
    assert read.accepted
    assert [(finding.code, str(finding.severity)) for finding in read.findings] == [("not-the-template", "refused-sheet")]


def test_a_row_of_answers_that_was_left_alone_is_no_row() -> None:
    left_alone = answer_row(办理措施=None, 完成时限=None)
    read = read_report(report(progress=(), answers=[left_alone, answer_row(number="SJ-2020-002")]))
    assert read.findings == ()
    assert _texts(read, "督办回复", "案件编号") == ["SJ-2020-002"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (answer_row(完成时限=None), "required"),
        (answer_row(办理措施=None), "required"),
        (answer_row(完成时限="2020-05-20"), "date-out-of-range"),
    ],
)
def test_half_an_answer_is_refused(row: Row, code: str) -> None:
    day = on(DAY, assigned(assignment()), handed_in(report(progress=(), answers=[row])))
    assert day.codes() == [code]
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (0, 1)


def test_a_promised_day_without_its_year_is_to_come() -> None:
    read = read_report(report(progress=(), answers=[answer_row(完成时限="1月5日")]))
    assert _texts(read, "督办回复", "完成时限") == ["2021-01-05"]


@pytest.mark.parametrize(("number", "code"), [("SJ-2020-099", "unknown-case"), ("SJ-2020-002", "other-district")])
def test_an_answer_is_about_a_case_of_the_district(number: str, code: str) -> None:
    day = on(DAY, assigned(assignment()), handed_in(report(progress=(), answers=[answer_row(number=number)])))
    assert day.codes() == [code]


def test_a_revision_names_the_answers_that_it_leaves_out() -> None:
    first = handed_in(report(progress=(), answers=[answer_row()]), "2020-05-21 15:00", "一.xlsx")
    second = handed_in(report(progress=()), "2020-05-21 16:00", "二.xlsx")
    day = on(DAY, assigned(assignment()), first, second)
    assert ["督办回复：SJ-2020-001 市住建督〔2020〕1号" in finding.message for finding in day.of("rows-withdrawn")] == [True]
