"""Rows of the assignment workbook that were refused are the office's own, and told apart from the districts'. Covers `workbook_now` too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from offices import Office, assigned, consolidate, handed_in, moment, on
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row, turn_row

from pipeline.night import nightly
from pipeline.office import status, today
from pipeline.render.documents import FIGURES
from pipeline.report import edit_words, refused_assignments
from pipeline.screen import tell_status

if TYPE_CHECKING:
    import pytest

NEXT_MORNING = moment(f"{DAY + timedelta(days=1)} 11:00")
FIRST = [case_row("SJ-2020-001"), case_row("SJ-2020-002"), case_row("SJ-2020-008", 案由="")]


def test_each_refused_row_says_its_case_its_place_and_what_to_mend() -> None:
    rows = [case_row("SJ-2020-001", 问题类别="别的"), case_row("SJ-2020-002"), case_row("SJ-2020-008", 案由="")]
    files = [assigned(assignment(FIRST), "2020-05-01 09:00"), assigned(assignment(rows, rota=[turn_row(DAY, "", "接访")]), f"{DAY} 09:00")]
    told = on(DAY, *files).report.beyond.refused_assignments
    assert [(row.number, row.sheet, row.line, row.is_listed) for row in told] == [
        ("SJ-2020-001", "群众来访案件", 2, True),
        ("SJ-2020-008", "群众来访案件", 4, False),
        ("", "接访排班", 2, False),
    ]
    assert told[0].told.startswith("SJ-2020-001（“群众来访案件”第2行），台账里沿用原内容：D2 ")
    assert told[1].told.startswith("SJ-2020-008（“群众来访案件”第4行），没有列入台账：E4 “案由”没有填。")
    said = refused_assignments.in_brief(told)
    assert said.startswith("现行分解表退回3行，是办公室的表，请改好后再交一次：SJ-2020-001")
    assert refused_assignments.in_brief(()) == ""


def test_the_paper_names_the_cases_that_are_not_in_the_register() -> None:
    assert edit_words.refused_rows(on(DAY, assigned(assignment(FIRST))).report) == "现行分解表1行没有采用：1行没有列入台账（SJ-2020-008）。"


def test_no_letter_asks_a_district_about_a_case_whose_row_in_the_workbook_was_refused() -> None:
    """The district reports it; the day after the workbook is mended, and the district says nothing."""
    before = DAY - timedelta(days=1)
    files = [assigned(assignment(FIRST)), assigned(assignment([*FIRST[:2], case_row("SJ-2020-008")]), f"{DAY} 09:00")]
    rows = [progress_row("SJ-2020-001"), resolved_row("SJ-2020-008", 答复日期="2020-05-18")]
    files += [handed_in(report(day=before, progress=rows), f"{before} 16:00"), handed_in(report(progress=rows[:1]), f"{DAY} 16:00")]
    told = consolidate(files, [before, DAY])
    found, later = (told[day].report.beyond.reconciliation for day in (before, DAY))
    assert [(each.number, each.is_refused_in_workbook) for each in found.not_assigned] == [("SJ-2020-008", True)]
    assert [each.number for each in found.of_district("东胜区").not_assigned] == []
    assert {each.line.number: each.refused_on for each in later.never_reported} == {"SJ-2020-002": None, "SJ-2020-008": before}
    assert [each.line.number for each in later.of_district("东胜区").never_reported] == ["SJ-2020-002"]


def test_the_board_and_status_show_them_apart_from_the_rows_of_districts(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment(FIRST))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx", f"{DAY}T16:00:00+08:00")
    outcome = nightly.run(office.settings, [DAY], documents=FIGURES)
    assert "现行分解表退回1行，是办公室的表" in outcome.about_the_workbook(office.settings)[0]
    board = status.look(office.settings, DAY + timedelta(days=1), now=NEXT_MORNING)
    assert board.rows_refused == 0
    tell_status(board, (), ())
    told = "分解表退回（按5月21日的结果）：SJ-2020-008（“群众来访案件”第4行），没有列入台账：E4 “案由”没有填"
    assert told in capsys.readouterr().out


def test_a_newer_workbook_is_told_of_in_place_of_the_one_of_the_last_result(office: Office) -> None:
    """It mends a row and has another that is wrong: first it waits, then a run for the day before takes it in."""
    office.put_assignment(assignment(FIRST))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx", f"{DAY}T16:00:00+08:00")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    newer = assignment([*FIRST[:2], case_row("SJ-2020-008")], rota=[turn_row(DAY + timedelta(days=4), "", "接访")])
    office.put_assignment(newer, "新.xlsx", f"{DAY + timedelta(days=1)}T09:30:00+08:00")

    def rows() -> tuple[str, str]:
        found = status.look(office.settings, DAY, now=NEXT_MORNING).of_workbook
        (row,) = found.rows
        assert row.startswith("“接访排班”第2行：")
        assert today.of_day(NEXT_MORNING.date(), (), office.settings, None).of_workbook == found
        return found.by, row

    assert rows()[0] == "5月22日09:30收到的一份，等待汇总"
    office.put(report("达拉特旗", progress=[]), "达拉特旗.xlsx", f"{DAY}T16:10:00+08:00")
    outcome = nightly.run(office.settings, [DAY], documents=FIGURES)
    by, row = rows()
    assert by == "5月22日09:30收到的一份，还没有写进结果"
    said = f"5月22日09:30收到的分解表（还没有写进结果）退回1行，是办公室的表，请改好后再交一次：{row}。"
    assert outcome.about_the_workbook(office.settings)[0] == said
    again = nightly.run(office.settings, [DAY + timedelta(days=1)], documents=FIGURES)
    assert again.about_the_workbook(office.settings)[0] == said.replace("5月22日09:30收到的分解表（还没有写进结果）", "现行分解表")
    assert rows()[0] == "按5月22日的结果"


def test_a_newer_workbook_is_told_of_also_where_no_day_was_written(office: Office) -> None:
    office.put_assignment(assignment(FIRST[:2]))
    nightly.run(office.settings, [DAY], documents=FIGURES)
    office.put_assignment(assignment(FIRST), "新.xlsx", f"{DAY + timedelta(days=1)}T09:30:00+08:00")
    (said,) = nightly.run(office.settings, [DAY], documents=FIGURES).about_the_workbook(office.settings)
    assert "退回1行，是办公室的表，请改好后再交一次：SJ-2020-008" in said
    assert nightly.run(office.settings, [DAY], documents=FIGURES).about_the_workbook(office.settings) == [], "it was told"
