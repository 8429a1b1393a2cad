"""A report with everything that a format may spell in its own way; it is kept as tests/files/rich.xls and .ods too.

`soffice --convert-to xls` and `--convert-to ods` made these from `python tests/support/richbook.py FILE.xlsx`.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path

from workbooks import Formula, Page, Pages, Text, edit, new_row, progress_row, reception_row, report_pages, resolved_row, urgent_row, write

_LONG = "已约谈开发企业，下周再议。" * 90


def pages() -> Pages:
    """Merges, errors, formulas, dates of every kind, hidden and blank rows, a title, a signature, odd texts."""
    progress = [
        progress_row("ZZQ-2020-001", 今日进展=" 行一\n行二  末尾 ", 下一步措施=_LONG, 办结时限="2020-06-30"),
        resolved_row("SJ-2020-001", 答复日期=Text("2020年5月20日")),
        progress_row("SJ-2020-002", 今日进展=Formula("=NA()", "#N/A")),
        progress_row("SJ-2020-003", 下一步措施=Formula("=1/0", "#DIV/0!"), 接访下访日期=Formula("=DATE(2020,5,21)", 43972)),
        {},
        progress_row("SJ-2020-004", 今日进展="甲😀乙\t_x0041_<b>&", 需协调事项=43972, 接访下访日期=43972),
        progress_row("SJ-2020-005", 今日进展="", 需协调事项=True),
    ]
    new = [new_row(涉及户数=Formula("=60*2", 120)), new_row("DS-2020-002", **{"涉及金额(万元)": 35.55}, 排查日期=20200520)]
    urgent = [
        urgent_row(发生时间=time(9, 30)),
        urgent_row("SJ-2020-002", 发生时间=datetime(2020, 5, 21, 8, 5)),  # noqa: DTZ001 - a cell has no zone
        urgent_row("", 发生时间="上午9时30分"),
    ]
    made = report_pages(progress=progress, new=new, reception=[reception_row(), reception_row("拖欠农民工工资", 1, 1, 0)], urgent=urgent)
    made["案件进展"].insert_row(0, "信访案件进展表")
    made["案件进展"].merges += ["A1:O1", "F8:F9"]
    made["案件进展"].hidden_rows += [2]
    made["案件进展"].hidden_columns += [1]
    made["案件进展"].append()
    made["案件进展"].append("填报人：甲", None, None, "审核人：乙")
    made["草稿"] = Page([["草稿"], ["不读", 1.5]])
    return edit(made, {"接访情况!M40": "远处", "封面!B8": date(2020, 5, 21)})


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(write(pages()))
