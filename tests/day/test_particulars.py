"""What holds of a case today and did not yesterday (contract 6).

Covers `particulars`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import assigned, consolidate, handed_in
from workbooks import CASES, assignment, case_row, exemption_row, progress_row, report

from pipeline.report import edit_words

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
CASE = "SJ-2020-001"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"办结时限": "2020-06-12"}, [("办结时限", "2020-06-10", "2020-06-12")]),
        ({"延期至": "2020-07-01"}, [("延期至", None, "2020-07-01")]),
        ({"撤销依据": "双方和解"}, [("撤销依据", None, "双方和解")]),
        ({"旗区": "乌审旗", "包案领导": "领导二、领导一"}, [("旗区", "东胜区", "乌审旗"), ("包案领导", "领导一", "领导二")]),
        ({"交办日期": "2020-04-01"}, [("交办日期", "2020-04-20", "2020-04-01")]),
        ({"交办日期": "2020-05-01"}, []),
        ({"案由": "逾期 交房"}, []),
        ({"包案领导": "领导一、领导二", "工作专班": "别的专班"}, []),
    ],
)
def test_what_a_newer_workbook_changes_is_said_column_by_column(
    cells: dict[str, str], expected: list[tuple[str, str | None, str | None]]
) -> None:
    newer = assigned(assignment([CASES[0], {**CASES[1], **cells}, CASES[2]]), "2020-05-19 09:00")
    monday, tuesday = consolidate([assigned(assignment()), newer], [MONDAY, TUESDAY]).values()
    edits = [{"case": CASE, "column": column, "before": before, "after": after} for column, before, after in expected]
    assert (monday.summary["changes"]["particulars"], tuesday.summary["changes"]["particulars"]) == ([], edits)


def test_a_deadline_of_a_cancelled_case_moves_nothing_and_is_told_so() -> None:
    day, before = date(2020, 5, 21), date(2020, 5, 20)
    row = case_row("SJ-2020-009", 交办日期="2020-04-01", 办结时限="2020-05-10")
    cancelled = {**row, "撤销依据": "重复登记", "延期至": "2020-06-30"}
    files = [
        assigned(assignment([*CASES, row])),
        assigned(assignment([*CASES, cancelled], exemptions=[exemption_row("SJ-2020-009", until="2020-07-15")]), f"{day} 09:00", "改.xlsx"),
        handed_in(report("东胜区", before, progress=[progress_row("SJ-2020-001")]), f"{before} 16:00"),
    ]
    told = consolidate(files, [before, day])[day].report
    said = edit_words.edits(told.edited)
    assert said == "台账要素改动1件：撤销依据1件、另有已撤销案件的时限1件，不影响督办。"
    assert [how for edit, how in edit_words.by_edit(told.edited) if edit.column == "延期至"] == ["此案已撤销，时限不起作用"]
    line = next(case for case in told.cases if case.number == "SJ-2020-009")
    assert (line.deadline, line.exempted) == (date(2020, 6, 30), None)
