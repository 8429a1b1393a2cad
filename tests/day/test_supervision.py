"""The flags, each on the last day it is down and the first it is up. All dates are of 2020."""

from __future__ import annotations

from datetime import date

import pytest
from offices import SETTINGS, Day, File, afternoon, assigned, on
from workbooks import assignment, case_row, progress_row, report, resolved_row, table

from pipeline.render.page import case_texts
from pipeline.render.workbook import sheet_words
from pipeline.report import notices

CASE = "SJ-2020-001"

# A case assigned on 05-01 with its deadline on 06-10; what the workbook says otherwise, what the district said, and when.
FLAGS = """
flag                  | asked | up  | 延期至     | 包案领导 | 化解方案 | told  | 当前状态     | 今日进展 | 群众确认
overdue               | 06-10 | no  |            | 领导一     | 有       |       |              |          |
overdue               | 06-11 | yes |            | 领导一     | 有       |       |              |          |
overdue               | 06-11 | no  | 2020-06-20 | 领导一     | 有       |       |              |          |
overdue               | 06-21 | yes | 2020-06-20 | 领导一     | 有       |       |              |          |
overdue               | 06-06 | yes | 2020-06-05 | 领导一     | 有       |       |              |          |
overdue               | 06-30 | no  |            | 领导一     | 有       | 05-20 | 已化解       |          | 认可
overdue               | 06-30 | yes |            | 领导一     | 有       | 05-20 | 已化解       |          | 不认可
overdue               | 06-30 | no  |            | 领导一     | 有       | 05-20 | 导入法定途径 |          |
overdue               | 06-30 | yes |            | 领导一     | 有       | 05-20 | 已答复       |          |
due_soon              | 06-06 | no  |            | 领导一     | 有       |       |              |          |
due_soon              | 06-07 | yes |            | 领导一     | 有       |       |              |          |
due_soon              | 06-10 | yes |            | 领导一     | 有       |       |              |          |
due_soon              | 06-11 | no  |            | 领导一     | 有       |       |              |          |
due_soon              | 06-10 | no  | 2020-06-20 | 领导一     | 有       |       |              |          |
due_soon              | 06-10 | no  |            | 领导一     | 有       | 05-20 | 已化解       |          | 认可
stalled               | 05-05 | no  |            | 领导一     | 有       |       |              |          |
stalled               | 05-06 | yes |            | 领导一     | 有       |       |              |          |
stalled               | 05-24 | no  |            | 领导一     | 有       | 05-20 | 办理中       |          |
stalled               | 05-25 | yes |            | 领导一     | 有       | 05-20 | 办理中       |          |
stalled               | 05-24 | no  |            | 领导一     | 有       | 05-20 | 已交办       | 约谈     |
stalled               | 05-20 | yes |            | 领导一     | 有       | 05-20 | 已交办       | 无       |
stalled               | 05-30 | no  |            | 领导一     | 有       | 05-20 | 导入法定途径 |          |
stalled               | 05-30 | no  |            | 领导一     | 有       | 05-20 | 已化解       |          | 认可
stalled               | 05-30 | yes |            | 领导一     | 有       | 05-20 | 已化解       |          | 不认可
disputed              | 05-20 | yes |            | 领导一     | 有       | 05-20 | 已化解       |          | 不认可
disputed              | 05-20 | no  |            | 领导一     | 有       | 05-20 | 已答复       |          | 不认可
disputed              | 05-20 | no  |            | 领导一     | 有       | 05-20 | 已化解       |          | 未回访
incomplete_assignment | 05-20 | no  |            | 领导一     | 有       |       |              |          |
incomplete_assignment | 05-20 | yes |            | 领导一     |          |       |              |          |
incomplete_assignment | 05-20 | yes |            | 领导一     | 暂无     |       |              |          |
incomplete_assignment | 05-20 | yes |            | 、       | 有       |       |              |          |
incomplete_assignment | 05-20 | yes |            | 领导一     |          | 05-20 | 已化解       |          | 认可
acceptance_overdue    | 05-16 | no  |            | 领导一     | 有       |       |              |          |
acceptance_overdue    | 05-17 | yes |            | 领导一     | 有       |       |              |          |
acceptance_overdue    | 05-20 | no  |            | 领导一     | 有       | 05-20 | 已受理       |          |
acceptance_overdue    | 05-20 | yes |            | 领导一     | 有       | 05-20 | 已交办       | 约谈     |
"""


def _seen(line: dict[str, object]) -> Day:
    said = {name: str(line[name]) for name in ("延期至", "包案领导", "化解方案")}
    files = [assigned(assignment([case_row(CASE, 交办日期="2020-05-01", **said)]))]
    if line["told"]:
        day = date.fromisoformat(f"2020-{line['told']}")
        cells = {name: str(line[name]) for name in ("当前状态", "今日进展", "群众确认")}
        row = (
            {**resolved_row(CASE, 答复日期=day), **cells} if cells["当前状态"] in ("已化解", "已答复") else {**progress_row(CASE), **cells}
        )
        files.append(File(report(day=day, progress=[row]), afternoon(day)))
    return on(date.fromisoformat(f"2020-{line['asked']}"), *files)


@pytest.mark.parametrize("line", table(FLAGS), ids=lambda line: f"{line['flag']} {line['asked']} {line['up']}")
def test_a_flag_goes_up_on_its_day(line: dict[str, object]) -> None:
    day = _seen(line)
    assert [found.code for _file, found in day.findings if found.refuses] == []
    assert (line["flag"] in day.flagged(CASE)) is (line["up"] == "yes")


SETTLED, AGAIN = date(2020, 5, 4), date(2020, 5, 20)
SINCE = "，从5月4日的进展算起"


@pytest.mark.parametrize(
    ("asked", "progress", "told", "briefly"),
    [
        (
            AGAIN,
            "",
            f"停滞（2020年5月20日起群众不认可、重新在办，还没有报来进展{SINCE}16天）",
            f"停滞（重新在办，还没有报来进展{SINCE}16天）",
        ),
        (
            date(2020, 5, 23),
            "",
            f"停滞（2020年5月20日起群众不认可、重新在办，已3天没有报来进展{SINCE}19天）",
            f"停滞（重新在办，已3天没有报来进展{SINCE}19天）",
        ),
        (date(2020, 5, 27), "约谈", "自2020年5月20日起没有报来进展，已7天", "停滞7天"),
    ],
)
def test_the_days_of_a_stalled_case_are_those_on_which_it_was_open(asked: date, progress: str, told: str, briefly: str) -> None:
    settled = resolved_row(CASE, 答复日期=SETTLED, 群众确认="认可")
    disputed = {**settled, "群众确认": "不认可", "今日进展": progress}
    reports = [File(report(day=day, progress=[row]), afternoon(day)) for day, row in ((SETTLED, settled), (AGAIN, disputed))]
    seen = on(asked, assigned(assignment([case_row(CASE, 交办日期="2020-05-01")])), *reports)
    assert "stalled" in seen.flagged(CASE)  # the flag is the contract's, and counts from the last progress
    (line,) = seen.report.cases
    (point,) = (point for point in notices.points_of(asked, [line], SETTINGS.windows)[CASE] if point.flag == "stalled")
    assert (point.reason, point.brief, point.days) == (told, briefly, (asked - AGAIN).days)
    assert ("从化解以前最后的进展算起" in point.rule) is (not progress)
    days, situation = sheet_words.waiting("stalled", line, asked)
    assert (days, "天没有报来进展" in situation or "还没有报来进展" in situation) == (point.days, True)
    assert ("重新在办" in situation) is ("重新在办" in case_texts.stalled(line)) is (not progress)


def test_of_a_case_that_was_answered_anew_and_disputed_again_the_new_answer_is_told() -> None:
    """The rule counts status and 今日进展 alone; people read when it was answered, and not that nothing was done."""
    settled = resolved_row(CASE, 答复日期=SETTLED)
    denied, anew = {**settled, "群众确认": "不认可"}, resolved_row(CASE, 答复日期="2020-05-22", 答复文号="答〔2020〕99号")
    rows = ((SETTLED, settled), (AGAIN, denied), (date(2020, 5, 22), anew), (date(2020, 5, 24), {**anew, "群众确认": "不认可"}))
    reports = [File(report(day=day, progress=[{**row, "今日进展": ""}]), afternoon(day)) for day, row in rows]
    asked = rows[-1][0]
    seen = on(asked, assigned(assignment([case_row(CASE, 交办日期="2020-05-01")])), *reports)
    (line,) = seen.report.cases
    (point,) = (point for point in notices.points_of(asked, [line], SETTINGS.windows)[CASE] if point.flag == "stalled")
    assert point.reason == f"停滞（5月22日另有答复，2020年5月24日起群众不认可、重新在办，还没有报来新的进展{SINCE}20天）"
    assert point.brief == f"停滞（5月22日另有答复，5月24日又不认可，重新在办，还没有报来新的进展{SINCE}20天）"


def test_a_case_that_was_never_settled_is_idle_since_its_last_progress() -> None:
    row = {**resolved_row(CASE, 答复日期=SETTLED), "当前状态": "已答复", "群众确认": ""}
    disputed = {**row, "群众确认": "不认可", "今日进展": ""}
    reports = [File(report(day=day, progress=[said]), afternoon(day)) for day, said in ((SETTLED, row), (AGAIN, disputed))]
    seen = on(date(2020, 5, 23), assigned(assignment([case_row(CASE, 交办日期="2020-05-01")])), *reports)
    (line,) = seen.report.cases
    assert (line.days_idle, line.open_again) == (19, None)
