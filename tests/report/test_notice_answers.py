"""督办回复: which cases of which notice are answered, by when, and what answers none.

Covers `notice_answers`, `answer_words`, `reminders` and `answers`, and what of them is shown: `answers_sheet`, and a sentence
in 专报, page and notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from offices import HOME, File, assigned, consolidate, handed_in, read_in
from workbook_days import opened, rows
from workbooks import Row, answer_row, assignment, case_row, progress_row, report, resolved_row

from pipeline.day.answers import AnswerRow, kept
from pipeline.day.cases import RowPlace
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, notice
from pipeline.render.workbook import office_workbook
from pipeline.report import answer_words, notice_answers
from pipeline.terms.rows import Rows

D1, D2, D3 = date(2020, 5, 19), date(2020, 5, 20), date(2020, 5, 21)
LATE = {"交办日期": "2020-04-10", "办结时限": "2020-05-10"}
REGISTER = assigned(
    assignment([case_row("SJ-2020-011", **LATE), case_row("SJ-2020-012", **LATE), case_row("SJ-2020-013", "达拉特旗", **LATE)])
)


def no(number: int) -> str:
    """A notice's number as it is written. Each day 东胜区 and 达拉特旗 have one, in this order, from D1 on."""
    return f"市住建督〔2020〕{number}号"


def sent(day: date, *answers: Row, progress: Iterable[Row] | None = None, district: str = "东胜区", at: str = "16:00") -> File:
    """A district's report of that day with these answers, come the same day."""
    rows = [progress_row("SJ-2020-011" if district == "东胜区" else "SJ-2020-013")] if progress is None else progress
    content = report(district, day, progress=rows, answers=answers)
    return handed_in(content, f"{day} {at}", f"{district}{day.day}日.xlsx")


def told(files: Iterable[File], day: date = D3) -> dict[str, Any]:
    """What extensions.json says of notices on that day."""
    notices: dict[str, Any] = consolidate([REGISTER, *files], [day], noticed=True)[day].beyond["notices"]
    return notices


def answered(files: Iterable[File], day: date = D3) -> list[tuple[str, str, str]]:
    """The answered cases: notice, case and the report's day."""
    return [(case["notice"], case["case"], case["answer"]["day"]) for case in told(files, day)["cases"] if case["answer"]]


STORY = (
    sent(D1),
    sent(D2, answer_row(no(1), "SJ-2020-011", 办理措施="约谈", 完成时限="2020-05-30")),
    sent(
        D3,
        answer_row(no(1), "SJ-2020-011", 办理措施="再约谈", 完成时限="2020-06-02"),
        answer_row(no(3), "SJ-2020-012"),
        answer_row(no(2), "SJ-2020-012"),
        progress=[progress_row("SJ-2020-011"), resolved_row("SJ-2020-012")],
    ),
    sent(D3, answer_row("市住建督[2020] 2号", "SJ-2020-013"), district="达拉特旗"),
)


def test_a_story_told_by_hand() -> None:
    first = {"day": "2020-05-21", "measures": "再约谈", "until": "2020-06-02"}
    usual = {"day": "2020-05-21", "measures": "加派人手", "until": "2020-06-01"}
    expected = [
        (no(1), "东胜区", "SJ-2020-011", "2020-05-19", "2020-05-24", first, "answered"),
        (no(1), "东胜区", "SJ-2020-012", "2020-05-19", "2020-05-24", usual, "answered"),
        (no(2), "达拉特旗", "SJ-2020-013", "2020-05-19", "2020-05-24", usual, "answered"),
        (no(3), "东胜区", "SJ-2020-011", "2020-05-20", "2020-05-25", None, "continued"),
        (no(3), "东胜区", "SJ-2020-012", "2020-05-20", "2020-05-25", usual, "answered"),
        (no(4), "达拉特旗", "SJ-2020-013", "2020-05-20", "2020-05-25", None, "continued"),
        (no(5), "东胜区", "SJ-2020-011", "2020-05-21", "2020-05-26", None, "waiting"),
        (no(6), "达拉特旗", "SJ-2020-013", "2020-05-21", "2020-05-26", None, "waiting"),
    ]
    keys = ("notice", "district", "case", "day", "reply_by", "answer", "standing")
    assert told(STORY) == {
        "sent": 8,
        "answered": 4,
        "overdue": 0,
        "by_case": {"asked": 3, "answered": 3, "unanswered": 0, "settled": 0, "overdue": 0, "again": 0},
        "cases": [dict(zip(keys, case, strict=True)) for case in expected],
        "unmatched": [
            {"notice": no(2), "case": "SJ-2020-012", "district": "东胜区", "file": "东胜区21日.xlsx", "sheet": "督办回复", "cell": "A4"}
        ],
        "earlier": [],
    }


def test_a_receipt_says_which_answers_answer_no_notice_and_whose_number_is_meant() -> None:
    wrong = [
        answer_row(no(99), "SJ-2020-011"),
        answer_row(no(99), "SJ-2020-012"),
        answer_row(no(5), "SJ-2020-011"),  # of the report's own day
        answer_row(no(3), "SJ-2020-014"),
        answer_row(no(3), "SJ-2020-012"),
    ]
    register = assigned(
        assignment(
            [
                *(case_row(f"SJ-2020-01{n}", **LATE) for n in (1, 2)),
                case_row("SJ-2020-014", 交办日期="2020-05-19"),
                case_row("SJ-2020-013", "达拉特旗", **LATE),
            ]
        )
    )
    files = [register, sent(D1), sent(D2), sent(D3, *wrong, progress=[]), sent(D3, *wrong, progress=[], at="16:30")]
    reports = consolidate(files, [D3], noticed=True)[D3].report.arrived_reports
    assert [(report.revision, report.reminders) for report in reports] == [
        (
            1,
            (
                f"督办回复!A2、A3：通知编号“{no(99)}”不是本旗区的通知，不算回复；SJ-2020-011、SJ-2020-012的通知是{no(3)}。",
                f"督办回复!A4：通知编号“{no(5)}”是5月21日的通知，要在以后的日报里回复，不算回复；SJ-2020-011的通知是{no(3)}。",
                f"督办回复!A5：通知编号“{no(3)}”那份通知里没有这一件，不算回复；近30天的通知里没有SJ-2020-014。",
            ),
        ),
        (0, ()),
    ]


def test_what_is_due_and_unanswered_is_overdue_from_the_day_after() -> None:
    by_day = {day: told(STORY, day)["overdue"] for day in (D3, date(2020, 5, 24), date(2020, 5, 25), date(2020, 5, 26))}
    # nos. 3 and 4 leave one case each, due on the 25th.
    assert by_day == {D3: 0, date(2020, 5, 24): 0, date(2020, 5, 25): 0, date(2020, 5, 26): 2}


def test_the_next_form_asks_for_a_case_once_under_the_newest_notice() -> None:
    answers = consolidate([REGISTER, *STORY], [D3], noticed=True)[D3].report.beyond.notices
    assert [(case.written, case.case) for case in answers.to_answer] == [(no(5), "SJ-2020-011"), (no(6), "SJ-2020-013")]
    before = consolidate([REGISTER, *STORY], [D2], noticed=True)[D2].report.beyond.notices
    assert [(case.written, case.case) for case in before.to_answer] == [
        (no(3), "SJ-2020-011"),
        (no(3), "SJ-2020-012"),
        (no(4), "SJ-2020-013"),
    ]


def test_a_settled_case_is_neither_asked_nor_overdue_and_each_case_is_told_once() -> None:
    """012 is settled on the third day without any answer; 011 stands in six notices by the 27th, none of them answered."""
    files = [sent(D1), sent(D2), sent(D3, progress=[progress_row("SJ-2020-011"), resolved_row("SJ-2020-012")])]
    day = D3 + timedelta(days=6)
    answers = consolidate([REGISTER, *files], [day], noticed=True)[day].report.beyond.notices
    assert [(of.newest.written, of.newest.case, of.first_waiting and of.first_waiting.written) for of in answers.overdue] == [
        (no(17), "SJ-2020-011", no(1)),
        (no(18), "SJ-2020-013", no(2)),
    ]
    assert sorted((case.written, case.case) for case in answers.to_answer) == [(no(17), "SJ-2020-011"), (no(18), "SJ-2020-013")]
    standings = {(case["notice"], case["case"]): case["standing"] for case in told(files, day)["cases"]}
    assert {standings[no(number), "SJ-2020-012"] for number in (1, 3)} == {"settled"}
    assert told(files, day)["by_case"] == {"asked": 3, "answered": 0, "unanswered": 2, "settled": 1, "overdue": 2, "again": 0}
    begins = "近30天的督办通知要求回复3件（同一案件只计一次），日报里回复过0件，没有回复2件，没有回复但不再督办1件；"
    assert answer_words.counted(answers) == f"{begins}还在督办、过了回复期限2件（东胜区1、达拉特旗1）。"
    assert [standings[no(number), "SJ-2020-011"] for number in (1, 3, 17)] == ["continued", "continued", "overdue"]
    next_day = consolidate([REGISTER, *files], [D3], noticed=True)[D3].report.beyond.notices
    said = f"上次通知（{no(3)}）2件，日报“督办回复”表里按它回复0件，没有回复但不再督办1件，没有回复：SJ-2020-011。"
    assert answer_words.of_last(no(3), replace(next_day, with_sheet=frozenset({"东胜区"}))) == said


def test_an_answer_to_an_earlier_notice_does_not_answer_a_later_one() -> None:
    files = [sent(D1), sent(D2), sent(D3, answer_row(no(1), "SJ-2020-011"))]
    assert answered(files) == [(no(1), "SJ-2020-011", str(D3))]
    assert answered([*files[:2], sent(D3, answer_row(no(3), "SJ-2020-011"))]) == [
        (no(1), "SJ-2020-011", str(D3)),
        (no(3), "SJ-2020-011", str(D3)),
    ]


def test_days_folded_alone_and_in_a_row_say_the_same() -> None:
    days = [D1, D2, D3, D3 + timedelta(days=1)]
    in_a_row = consolidate([REGISTER, *STORY], days, noticed=True)
    assert [in_a_row[day].beyond["notices"] for day in days] == [told(STORY, day) for day in days]


def test_an_answer_that_a_revision_leaves_out_is_none() -> None:
    files = [sent(D1), sent(D2, answer_row(no(1), "SJ-2020-011")), sent(D2, at="16:30")]
    assert answered(files) == []
    assert answered(files[:2]) == [(no(1), "SJ-2020-011", "2020-05-20")]


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_an_answer_stays_with_its_case_as_long_as_notices_ask_for_it() -> None:
    """No. 1 is answered on the second day; seventy days later its notice is told no more, and every day has asked again."""
    files = [sent(D1), sent(D2, answer_row(no(1), "SJ-2020-011", 办理措施="约谈"))]
    day = D1 + timedelta(days=70)
    made = consolidate([REGISTER, *files, sent(day)], [day], noticed=True)[day]
    notices = made.beyond["notices"]
    assert (notices["answered"], notices["by_case"]["answered"], notices["by_case"]["again"]) == (0, 1, 1)
    expected = {"day": str(D2), "measures": "约谈", "until": "2020-06-01"}
    assert notices["earlier"] == [{"notice": no(1), "district": "东胜区", "case": "SJ-2020-011", "answer": expected}]
    assert notices["unmatched"] == []
    (shown,) = [row for row in rows(opened(office_workbook.render(made.report)), "督办回复") if row[0] == "SJ-2020-011"]
    assert (shown[5], shown[9], shown[11]) == ("续报逾期", "约谈", no(1))
    said = "近30天的督办通知要求回复3件（同一案件只计一次），日报里回复过1件，"
    assert answer_words.counted(made.report.beyond.notices).startswith(said)


def test_of_each_case_the_newest_answers_are_kept_for_good_and_none_that_fits_no_notice() -> None:
    place = RowPlace(0, Rows("督办回复", "督办回复", {}, [], {}, {}), 0)
    named = [AnswerRow(D1 + timedelta(days=n), "东胜区", place, "SJ-2020-011", frozenset({D1})) for n in range(6)]
    wrong = [AnswerRow(D1 + timedelta(days=n), "东胜区", place, "SJ-2020-011") for n in range(6, 9)]
    early, late = D1 + timedelta(days=7), D1 + timedelta(days=50)
    assert kept([*named, *wrong], late) == named[3:]
    assert kept([*named, *wrong], early) == [*named[3:], wrong[-1]]
    assert kept(kept([*named, *wrong], early), late) == named[3:], "whenever it is thinned out"


def test_a_refused_row_answers_nothing() -> None:
    assert answered([sent(D1), sent(D2, answer_row(no(1), "SJ-2020-011", 完成时限=None))]) == []


@pytest.mark.parametrize(
    ("number", "case"),
    [("督办〔2020〕1号", "SJ-2020-011"), (no(2), "SJ-2020-011"), (no(3), "SJ-2020-011"), (no(7), "SJ-2020-011")],
    ids=["another code", "another district's", "of the report's own day", "never given"],
)
def test_a_number_that_fits_no_notice_is_told_with_its_cell_for_thirty_days(number: str, case: str) -> None:
    files = [sent(D1), sent(D2, answer_row(number, case))]
    for day, is_told in ((D2, True), (D2 + timedelta(days=29), True), (D2 + timedelta(days=30), False)):
        rows = told(files, day)["unmatched"]
        assert [(row["notice"], row["case"], row["cell"]) for row in rows] == ([(number, case, "A2")] if is_told else [])


def test_an_answer_to_the_notice_that_was_handed_out_counts_whatever_came_later() -> None:
    """012 stood in 东胜区's notice of the second day, and was answered; then came a report of the first day, by which it was settled."""
    late = handed_in(report("东胜区", D1, progress=[resolved_row("SJ-2020-012", 答复日期="2020-05-19")]), "2020-05-22 10:00", "补.xlsx")
    files = [sent(D1), sent(D2), sent(D3, answer_row(no(3), "SJ-2020-012"))]
    assert answered(files)[-1] == (no(3), "SJ-2020-012", str(D3))
    made = consolidate([REGISTER, *files, late], [D3], noticed=True)[D3]
    assert (made.beyond["notices"]["unmatched"], [report.reminders for report in made.report.arrived_reports]) == ([], [()])
    answer = made.report.beyond.notices.latest["东胜区", "SJ-2020-012"]
    assert answer.origin.endswith("（那份通知发出后按迟来的材料重新算过，现在没有这一件；按已经发出的算作回复）")


STALLED = assigned(assignment([case_row("SJ-2020-011", 交办日期="2020-05-08", 办结时限="2020-06-30")]))
"""011 is stalled until it moves, and again five days after."""


def moving(day: date, *answers: Row) -> File:
    """A report of 东胜区 of that day by which 011 moves."""
    return sent(day, *answers, progress=[progress_row("SJ-2020-011", 今日进展=f"{day}走访")])


@pytest.mark.parametrize(("moves_on", "is_overdue"), [(1, False), (6, False), (7, True)])
def test_what_was_settled_before_it_could_be_overdue_is_asked_anew(moves_on: int, is_overdue: bool) -> None:  # noqa: FBT001 - a row
    """The first notice, of D1, is to be answered within five days; 011 moves so many days after it, and is stalled again later."""
    moved = D1 + timedelta(days=moves_on)
    day = moved + timedelta(days=5)
    files = [STALLED, sent(D1, progress=[]), moving(moved)]
    made = consolidate(files, [day - timedelta(days=1), day], noticed=True)
    (before,) = made[day - timedelta(days=1)].report.beyond.notices.by_case
    (of,) = made[day].report.beyond.notices.by_case
    assert before.waiting == []
    assert of.newest.notice.day == day
    assert (of.is_overdue, len(of.waiting)) == (is_overdue, 1 + is_overdue)


def test_a_case_that_was_moved_counts_once_and_its_new_district_is_asked_anew() -> None:
    """011 goes from 东胜区 to 达拉特旗 on the third day, after two notices that nobody answered."""
    moved = assigned(assignment([case_row("SJ-2020-011", "达拉特旗", **LATE)]), "2020-05-21 09:00", "新.xlsx")
    files = [assigned(assignment([case_row("SJ-2020-011", **LATE)])), moved, sent(D1, progress=[]), sent(D2, progress=[])]
    late = consolidate(files, [D3 + timedelta(days=5)], noticed=True)[D3 + timedelta(days=5)]
    assert late.beyond["notices"]["by_case"] == {"asked": 1, "answered": 0, "unanswered": 1, "settled": 0, "overdue": 0, "again": 0}
    assert {case["standing"] for case in late.beyond["notices"]["cases"] if case["district"] == "东胜区"} == {"settled"}
    after = consolidate(files, [D3 + timedelta(days=6)], noticed=True)[D3 + timedelta(days=6)].report.beyond.notices
    assert [(of.newest.district, of.first_waiting and of.first_waiting.notice.day) for of in after.overdue] == [("达拉特旗", D3)]


def test_thirty_days_of_notices_are_told_and_sixty_may_be_answered() -> None:
    at_30, at_31, at_60, at_61 = (D1 + timedelta(days=days) for days in (29, 30, 60, 61))
    cases = told([sent(D1)], at_30)["cases"]
    assert min(case["day"] for case in cases) == str(D1)
    assert min(case["day"] for case in told([sent(D1)], at_31)["cases"]) == str(D2)
    row = answer_row(no(1), "SJ-2020-011", 完成时限="2020-12-01")
    assert told([sent(D1), sent(at_60, row)], at_60)["unmatched"] == []
    assert [row["notice"] for row in told([sent(D1), sent(at_61, row)], at_61)["unmatched"]] == [no(1)]


def test_the_days_that_an_old_number_hangs_on_are_watched() -> None:
    day = consolidate([REGISTER, sent(D1)], [D3], noticed=True)[D3]
    given = [notice.notice for notice in day.report.beyond.notices.cases]
    answered_late = D1 + timedelta(days=50)
    (file,) = read_in([sent(answered_late, answer_row(no(1), "SJ-2020-011", 完成时限="2020-12-01"))])
    for asked, days in ((answered_late, {D1}), (answered_late + timedelta(days=31), set()), (answered_late - timedelta(days=1), set())):
        assert notice_answers.quoted([file], given, [asked], day.report.settings) == days


def test_the_reply_date_is_that_of_the_paper_also_of_a_corrected_notice() -> None:
    files = [REGISTER, sent(D1), sent(D2)]
    late = handed_in(report("东胜区", D1, progress=[progress_row("SJ-2020-012")]), "2020-05-23 10:00", "补.xlsx")
    days = [D1, D2, D3]
    for come in (files, [*files, late]):
        every_day = consolidate(come, days, noticed=True)
        papers = {notice.number: notice.reply_by for day in days for notice in every_day[day].report.notices}
        listed = {case.written: case.reply_by for case in every_day[D3].report.beyond.notices.cases}
        assert listed == papers
    assert papers[no(1)] == date(2020, 5, 28)


def test_papers_say_nothing_until_a_district_answers_in_its_reports() -> None:
    quiet = consolidate([REGISTER, sent(D1), sent(D2)], [D3 + timedelta(days=20)], noticed=True)
    (day,) = quiet.values()
    answers = day.report.beyond.notices
    assert answers.overdue
    assert (answer_words.told(answers), answer_words.told_overdue(answers), answer_words.of_last(no(1), answers)) == ("", "", "")


def test_a_notice_says_what_is_unanswered_whatever_other_districts_send() -> None:
    left_alone = answer_row(no(1), "SJ-2020-011", 办理措施=None, 完成时限=None)
    own, other = sent(D2, left_alone), sent(D2, answer_row(no(2), "SJ-2020-013"), district="达拉特旗")
    for files, said in (
        ([sent(D1), own], f"上次通知（{no(3)}）2件，日报“督办回复”表里按它回复0件，没有回复：SJ-2020-011、SJ-2020-012。"),
        ([sent(D1), own, other], f"上次通知（{no(3)}）2件，日报“督办回复”表里按它回复0件，没有回复：SJ-2020-011、SJ-2020-012。"),
        ([sent(D1), sent(D2), other], ""),
    ):
        report_of_day = consolidate([REGISTER, *files], [D3], noticed=True)[D3].report
        (of_own, *_others) = report_of_day.notices
        assert answer_words.of_last(of_own.before, report_of_day.beyond.notices) == said
        silent = "你处5月21日没有日报，以上按此前采用的日报；请补报。"
        assert str(notice.fields(of_own, report_of_day)["说明"]).endswith(f"继续督办。{said}{silent}")


def test_the_sentences_say_how_many_and_whose() -> None:
    day = D3 + timedelta(days=5)
    answers = consolidate([REGISTER, *STORY], [day], noticed=True)[day].report.beyond.notices
    # 东胜区 and 达拉特旗 have five more days with one case each
    said = (
        "近30天的督办通知要求回复3件（同一案件只计一次），日报里回复过3件，没有回复0件；"
        "还在督办、过了回复期限2件（东胜区1、达拉特旗1），其中2件以前回复过、这次没有。"
    )
    assert (answer_words.told(answers), answer_words.told_overdue(answers)) == (said, said)
    assert answer_words.of_last(no(1), answers) == f"上次通知（{no(1)}）2件，日报“督办回复”表里按它回复2件。"
    before = f"按更早的{no(1)}回复过、没有按它再回复1件：SJ-2020-011"
    assert answer_words.of_last(no(3), answers) == f"上次通知（{no(3)}）2件，日报“督办回复”表里按它回复1件，{before}。"


def test_a_notice_says_which_cases_were_answered_under_an_earlier_number() -> None:
    """With a new number every day an answer often names the one before the last: it is an answer all the same."""
    files = [sent(D1), sent(D2), sent(D3, answer_row(no(1), "SJ-2020-011"))]
    answers = consolidate([REGISTER, *files], [D3], noticed=True)[D3].report.beyond.notices
    before = f"按更早的{no(1)}回复过、没有按它再回复1件：SJ-2020-011"
    said = f"上次通知（{no(3)}）2件，日报“督办回复”表里按它回复0件，{before}，没有回复：SJ-2020-012。"
    assert answer_words.of_last(no(3), answers) == said


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_the_workbook_lists_what_is_overdue_first_and_leaders_read_how_many() -> None:
    day = D3 + timedelta(days=5)
    made = consolidate([REGISTER, *STORY], [day], noticed=True)[day]
    shown = rows(opened(office_workbook.render(made.report)), "督办回复")

    def short(number: int) -> str:
        return no(number).partition("〕")[2]

    # eight notices of each district name 011 and 013, of which the first is answered; the second was due on the 25th
    assert [(*row[:2], row[3], str(row[4])[:10], *row[5:8], str(row[8])[:10], row[9]) for row in shown[:3]] == [
        ("SJ-2020-011", "东胜区", short(15), "2020-05-31", "续报逾期", 7, short(3), "2020-05-25", "再约谈"),
        ("SJ-2020-013", "达拉特旗", short(16), "2020-05-31", "续报逾期", 7, short(4), "2020-05-25", "加派人手"),
        ("SJ-2020-012", "东胜区", short(3), "2020-05-25", "不再督办", 0, None, "None", "加派人手"),
    ]
    wrong = [row for row in shown[3:] if row[5] == "编号对不上"]
    where = "东胜区21日.xlsx · 督办回复 · A4"
    assert [(row[0], row[2], row[11], row[13]) for row in wrong] == [("SJ-2020-012", f"填的通知编号是“{no(2)}”：{where}", no(2), where)], (
        "in the columns whose header stands above them on every page"
    )
    said = str(opened(office_workbook.render(made.report))["督办回复"]["A2"].value)
    assert f"通知编号前面都是“{no(1).partition('〕')[0]}〕”" in said
    assert said.count("，抓紧办结") <= 1, "what is asked is told once"
    said = answer_words.told(made.report.beyond.notices)
    assert briefing.fields(made.report)["督办"].endswith(said)
    assert said in leaders_page.render(made.report, HOME / "templates").decode("utf-8")
