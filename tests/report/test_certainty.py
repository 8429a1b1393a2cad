"""Whether 达标 or 未达标 would stay whatever is missing or refused (contract 6).

Covers `certainty`.
"""

from __future__ import annotations

from datetime import date

import pytest
from offices import File, afternoon, assigned, on
from workbooks import DISTRICTS, Row, assignment, case_row, progress_row, report, resolved_row

MONDAY = date(2020, 5, 18)
OPEN, RESOLVED = progress_row("SJ-2020-001"), resolved_row("SJ-2020-001", 答复日期="2020-05-18")


@pytest.mark.parametrize(
    ("reports", "certain"),
    [
        ({"东胜区": [RESOLVED]}, False),
        ({name: [RESOLVED] for name in DISTRICTS}, True),
        ({name: [OPEN] for name in DISTRICTS}, True),
        ({name: [{**OPEN, "当前状态": "差不多了"}] for name in DISTRICTS}, False),
    ],
    ids=["districts missing", "all in and met", "all in and missed", "a row refused"],
)
def test_a_verdict_is_certain_when_nothing_missing_or_refused_could_turn_it(reports: dict[str, list[Row]], *, certain: bool) -> None:
    files = [
        File(report(name, MONDAY, progress=rows if name == "东胜区" else []), afternoon(MONDAY), f"{name}.xlsx")
        for name, rows in reports.items()
    ]
    target = on(MONDAY, assigned(assignment([case_row("SJ-2020-001")])), *files).summary["targets"][1]
    assert target["certain"] is certain
