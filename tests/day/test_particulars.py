"""What holds of a case today and did not yesterday (contract 6).

Covers `particulars`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import assigned, consolidate
from workbooks import CASES, assignment

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
