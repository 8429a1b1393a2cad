"""诉求认定 by group and district, and extensions.json, which says it to programs. Covers `extension_files` and `extensions`."""

from __future__ import annotations

from offices import assigned, handed_in, on
from workbooks import CASES, DAY, DISTRICTS, assignment, case_row, progress_row, report


def test_cases_are_counted_by_what_their_row_in_force_says() -> None:
    cases = [*CASES, case_row("SJ-2020-003"), case_row("SJ-2020-004", 撤销依据="重复交办")]
    rows = [progress_row("SJ-2020-001", 诉求认定="诉求合理"), progress_row("SJ-2020-004", 诉求认定="诉求合理")]
    day = on(DAY, assigned(assignment(cases)), handed_in(report(progress=rows)))
    written = day.beyond
    assert (written["extensions"], written["report_date"]) == (1, "2020-05-21")
    claims = written["claims"]
    assert [(entry["group"], entry["district"]) for entry in claims] == [
        (group, district) for group in ("自治区交办", "市级交办和旗区自行梳理") for district in DISTRICTS
    ]
    assert claims[9] == {
        "group": "市级交办和旗区自行梳理", "district": "东胜区",
        "诉求合理": 1, "部分合理": 0, "诉求不合理": 0, "生活困难": 0, "暂时难以解决": 0, "none": 1,
    }  # fmt: skip
    assert sum(count for entry in claims for kind, count in entry.items() if kind not in ("group", "district")) == len(day.summary["cases"])
