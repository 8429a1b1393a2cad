"""Small untidy offices for properties: reports that come late, are corrected or wrong, and assignment workbooks that are edited."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from offices import File, afternoon, assigned
from workbooks import assignment, case_row, new_row, report, urgent_row

DAYS = [date(2020, 5, 18) + timedelta(days=n) for n in range(5)]
_row = st.fixed_dictionaries(
    {
        "案件编号": st.sampled_from(["SJ-2020-001", "SJ-2020-003", "DS-2020-001"]),
        "当前状态": st.sampled_from(["办理中", "已化解", "已化解", "已化解", "看不懂"]),
        "答复日期": st.sampled_from(["2020-05-17", "2020-05-18", "2020-05-18"]),
        "答复文号": st.sampled_from(["甲1", "甲2"]),
        "群众确认": st.sampled_from(["", "认可", "不认可"]),
        "重新办理原因": st.just("复查"),
    }
)
_urgent = st.sampled_from([urgent_row(number, 发生时间="2020-05-18") for number in ("SJ-2020-001", "SJ-2020-003", "")])
_report = st.tuples(
    st.sampled_from(DAYS),
    st.lists(_row, max_size=3),
    st.booleans(),
    st.sampled_from([0, 0, 0, 17, 20, 21, 30, 50, 80]),
    st.lists(_urgent, max_size=1),
)
_edit = st.sampled_from(
    [
        {},
        {"撤销依据": "双方和解"},
        {"案件来源": "自治区交办"},
        {"旗区": "乌审旗"},
        {"交办日期": "2020-05-20"},
        {"延期至": "2020-05-19"},
        {"办结时限": "2020-06-10"},
    ]
)


@st.composite
def untidy_offices(draw: st.DrawFn) -> list[File]:
    """Reports of one district, many of them late or corrected, and an assignment workbook that is edited twice."""
    rows = [case_row("ZZQ-2020-001"), case_row("SJ-2020-001", 办结时限="2020-05-17"), case_row("SJ-2020-003", 办结时限="2020-05-18")]
    books = [rows, *([rows[0], {**rows[1], **draw(_edit)}, {**rows[2], **draw(_edit)}] for _ in range(2))]
    arrivals = ("2020-05-01 09:00", "2020-05-19 09:00", "2020-05-20 23:00")
    files = [assigned(assignment(book), arrived, f"{arrived[:10]}.xlsx") for book, arrived in zip(books, arrivals, strict=True)]
    for number, (day, progress, finds, hours, urgent) in enumerate(draw(st.lists(_report, min_size=2, max_size=9))):
        new = [new_row(排查日期="2020-05-18")] if finds else []
        files.append(
            File(report(day=day, progress=progress, new=new, urgent=urgent), afternoon(day) + timedelta(hours=hours), f"{number}.xlsx")
        )
    return files
