"""对账: made-up stories with what must be in it written beside them, and neighbours that must not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from offices import CONFIG, SETTINGS, Day, File, assigned, consolidate, handed_in, on
from workbooks import (
    CASES,
    DAY,
    Row,
    answer_row,
    assignment,
    case_row,
    exemption_row,
    new_row,
    progress_row,
    report,
    resolved_row,
    urgent_row,
)  # fmt: skip

from pipeline.report import reconciliation
from pipeline.settings.config import load

if TYPE_CHECKING:
    import pytest

A, B, C = "东胜区", "达拉特旗", "准格尔旗"
BEFORE = DAY - timedelta(days=1)


def said(day: date, district: str = A, *, at: str = "16:00", progress: Sequence[Row] = (), **sheets: Sequence[Row]) -> File:
    return handed_in(report(district, day, progress=progress, **sheets), f"{day} {at}", f"{district}{day}.xlsx")


def kind(name: str, day: Day) -> list[Any]:
    told: list[Any] = day.beyond["reconciliation"][name]
    return told


# --- 已交办、从未报送 ----------------------------------------------------------------------------------------------


def test_never_reported_are_the_listed_cases_of_which_no_row_was_ever_taken() -> None:
    """Each case by what happened to it; who is in the list is written here."""
    stories = {
        "SJ-2020-001": "nothing", "SJ-2020-002": "reported long ago", "SJ-2020-003": "cancelled", "SJ-2020-004": "assigned on the day",
        "SJ-2020-005": "assigned the day before", "SJ-2020-006": "only a row that was refused", "SJ-2020-007": "only an urgent matter",
        "SJ-2020-008": "reported once and corrected away", "SJ-2020-009": "reported by the district that had it before it moved",
        "SJ-2020-010": "moved, and reported by nobody", "SJ-2020-011": "gone from the workbook",
        "SJ-2020-012": "only an answer to a notice", "SJ-2020-013": "a refused urgent matter",
    }  # fmt: skip
    dated = {"SJ-2020-004": str(DAY), "SJ-2020-005": str(BEFORE)}
    cells: dict[str, dict[str, str]] = {number: {"交办日期": day} for number, day in dated.items()} | {"SJ-2020-003": {"撤销依据": "重复"}}
    first = [case_row(number, A, **cells.get(number, {})) for number in stories]
    moved = {"SJ-2020-009", "SJ-2020-010"}
    then = [{**row, "旗区": B if row["案件编号"] in moved else A} for row in first if row["案件编号"] != "SJ-2020-011"]
    urgent = [urgent_row("SJ-2020-007", 发生时间="2020-05-10 09:30")]
    told = on(
        DAY,
        assigned(assignment(first)),
        assigned(assignment(then), f"{BEFORE} 09:00"),
        said(date(2020, 5, 10), progress=[progress_row("SJ-2020-002"), progress_row("SJ-2020-009")], urgent=urgent),
        said(BEFORE, progress=[progress_row("SJ-2020-008")], answers=[answer_row(number="SJ-2020-012")]),
        said(BEFORE, at="16:30", answers=[answer_row(number="SJ-2020-012")], progress=[progress_row("SJ-2020-002")]),
        said(DAY, progress=[progress_row("SJ-2020-006", 当前状态="差不多")], urgent=[urgent_row("SJ-2020-013", 事项类别="别的")]),
    )
    assert kind("never_reported", told) == [
        {"case": "SJ-2020-001", "district": A, "assigned": "2020-04-20"},
        {"case": "SJ-2020-005", "district": A, "assigned": "2020-05-20"},
        {"case": "SJ-2020-006", "district": A, "assigned": "2020-04-20"},
        {"case": "SJ-2020-008", "district": A, "assigned": "2020-04-20"},
        {"case": "SJ-2020-010", "district": B, "assigned": "2020-04-20"},
        {"case": "SJ-2020-011", "district": A, "assigned": "2020-04-20"},
        {"case": "SJ-2020-012", "district": A, "assigned": "2020-04-20"},
        {"case": "SJ-2020-013", "district": A, "assigned": "2020-04-20"},
    ]
    refused = [each.line.number for each in told.report.beyond.reconciliation.never_reported if each.is_refused_today]
    assert refused == ["SJ-2020-006"]


def test_a_case_that_a_district_found_before_the_workbook_had_it_was_reported() -> None:
    found = said(BEFORE, new=[new_row("DS-2020-001")])
    listed = assigned(assignment([*CASES, case_row("DS-2020-001", 交办日期="2020-05-20")]), f"{DAY} 09:00")
    told = on(DAY, assigned(assignment()), found, listed)
    assert "DS-2020-001" not in [entry["case"] for entry in kind("never_reported", told)]
    assert kind("not_assigned", told) == []


# --- 报来、分解表没有 ----------------------------------------------------------------------------------------------


def test_not_assigned_are_found_cases_and_the_numbers_that_nobody_knows() -> None:
    unknown = [progress_row("SJ-2020-777"), progress_row("SJ-2020-888", 当前状态="差不多")]
    told = on(
        DAY,
        assigned(assignment()),
        said(BEFORE, new=[new_row("DS-2020-001"), new_row("DS-2020-002", 案由="屋顶漏水")], progress=[progress_row("SJ-2020-999")]),
        said(DAY, progress=[progress_row("SJ-2020-666")]),  # replaced below: no report in force has it
        said(DAY, at="16:30", progress=unknown, urgent=[urgent_row("SJ-2020-777")]),
        said(DAY, B, progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-777")]),  # the first is A's, and known
    )
    assert kind("not_assigned", told) == [
        {"case": "DS-2020-001", "district": A, "found": True},
        {"case": "DS-2020-002", "district": A, "found": True},
        {"case": "SJ-2020-777", "district": A, "found": False},
        {"case": "SJ-2020-777", "district": B, "found": False},
        {"case": "SJ-2020-888", "district": A, "found": False},
    ]


# --- 内容不一致 ---------------------------------------------------------------------------------------------------


def test_differing_are_leader_and_deadline_that_came_back_changed_in_reports_in_force() -> None:
    rows = [
        progress_row("SJ-2020-001", 包案领导="领导九", 办结时限="2020-07-01", 案由="别的案由"),
        progress_row("ZZQ-2020-001", 包案领导="领导一", 办结时限="6月10日"),  # as it was
        progress_row("SJ-2020-003", 包案领导="领导九"),  # cancelled
        progress_row("SJ-2020-004", 办结时限="7月2日", 当前状态="差不多"),  # refused all the same
    ]
    cases = [case_row("SJ-2020-001"), case_row("ZZQ-2020-001"), case_row("SJ-2020-003", 撤销依据="重复"), case_row("SJ-2020-004")]
    files = [assigned(assignment(cases)), said(DAY, progress=[progress_row("ZZQ-2020-001", 包案领导="领导八")])]
    told = on(DAY, *files, said(DAY, at="16:30", progress=rows))
    assert kind("differing", told) == [
        {"case": "SJ-2020-001", "district": A, "column": "包案领导", "workbook": "领导一", "report": "领导九"},
        {"case": "SJ-2020-001", "district": A, "column": "办结时限", "workbook": "2020-06-10", "report": "2020-07-01"},
        {"case": "SJ-2020-004", "district": A, "column": "办结时限", "workbook": "2020-06-10", "report": "2020-07-02"},
    ]
    assert (
        kind("differing", consolidate([*files, said(DAY, at="16:30", progress=rows)], [DAY + timedelta(days=1)])[DAY + timedelta(days=1)])
        == []
    )


def test_the_unit_of_the_first_row_of_a_found_case_differs_from_the_workbooks_until_they_agree() -> None:
    """The first row holds, whatever the district repeats; the case is that of the district that has it now."""
    found = said(BEFORE, new=[new_row(f"DS-2020-00{n}", 责任单位=unit) for n, unit in ((1, "某街道"), (2, "住 建局"), (3, "某街道"))])
    listed = [case_row(f"DS-2020-00{n}", B if n == 3 else A) for n in (1, 2, 3)]  # all of them 住建局
    files = [assigned(assignment()), found, assigned(assignment(listed), f"{DAY} 09:00")]
    assert kind("differing", on(DAY, *files)) == [
        {"case": "DS-2020-001", "district": A, "column": "责任单位", "workbook": "住建局", "report": "某街道"},
        {"case": "DS-2020-003", "district": B, "column": "责任单位", "workbook": "住建局", "report": "某街道"},
    ]
    agreed = assigned(assignment([{**row, "责任单位": "某街道"} for row in listed]), f"{DAY} 10:00")
    assert [entry["case"] for entry in kind("differing", on(DAY, *files, agreed))] == ["DS-2020-002"]


def test_of_a_units_difference_no_district_is_asked_and_the_entry_ends_after_thirty_days() -> None:
    """The row that the letter would ask for is refused (contract 5: the district's first row is what it is compared with)."""
    found, listed = new_row("DS-2020-001", 责任单位="某街道"), case_row("DS-2020-001")
    files = [assigned(assignment()), said(BEFORE, new=[found]), assigned(assignment([listed]), f"{DAY} 09:00")]
    corrected = on(DAY, *files, said(DAY, new=[{**found, "责任单位": "住建局"}]))
    assert len(corrected.of("case-exists")) == 1
    of_all = corrected.report.beyond.reconciliation
    assert ([each.column for each in of_all.differing], of_all.of_district(A).differing) == (["责任单位"], ())
    last = DAY + timedelta(days=29)
    days = consolidate(files, [DAY, last, last + timedelta(days=1)])
    assert [len(kind("differing", day)) for day in days.values()] == [1, 1, 0]
    another = assigned(assignment([{**listed, "责任单位": "某镇"}]), f"{last} 09:00")
    assert [entry["workbook"] for entry in kind("differing", on(last + timedelta(days=1), *files, another))] == ["某镇"]


# --- 疑似同一事项 -------------------------------------------------------------------------------------------------


def _alike(number: str, district: str = A, day: str = "2020-04-20", **cells: str) -> Row:
    return case_row(number, district, 涉及项目或单位="甲小区", 交办日期=day, **cells)


def test_twice_are_the_pairs_that_the_hints_of_the_last_thirty_days_named() -> None:
    """Against the hints of every single day."""
    cases = [
        _alike("SJ-2020-001"), _alike("SJ-2020-002", B, "2020-05-05"), _alike("SJ-2020-003", A, "2020-05-20"),
        _alike("SJ-2020-004", A, "2020-04-21", 案由="另一件"), _alike("SJ-2020-005", A, "2020-05-12", 案由="物业费", 撤销依据="重复"),
        _alike("SJ-2020-006", A, "2020-05-10", 案由="道路"), case_row("SJ-2020-007", C, 交办日期="2020-03-01"),
    ]  # fmt: skip
    answered = {"答复文号": "东住建信〔2020〕9号"}
    files = [
        assigned(assignment(cases)),
        said(date(2020, 5, 6), progress=[resolved_row("SJ-2020-001", 答复日期="2020-05-06", **answered)]),
        said(date(2020, 5, 14), progress=[resolved_row("SJ-2020-006", 答复日期="2020-05-14", **answered)]),
    ]
    days = [DAY - timedelta(days=back) for back in range(30)]
    told = consolidate(files, days)
    expected: dict[tuple[str, ...], set[str]] = {}
    for day in told.values():
        for hint in day.beyond["hints"]:
            if hint["code"] in ("unlikely-alike", "unlikely-same-reply"):
                newest = max(hint["cases"], key=lambda number: next(str(row["交办日期"]) for row in cases if row["案件编号"] == number))
                for pair in combinations(hint["cases"], 2):
                    if newest in pair:
                        expected.setdefault(tuple(sorted(pair)), set()).add(hint["code"])
    pairs = {tuple(entry["cases"]): entry for entry in kind("twice", told[DAY])}
    assert {pair: set(entry["codes"]) for pair, entry in pairs.items()} == expected
    assert {pair: entry["codes"] for pair, entry in pairs.items()} == {
        ("SJ-2020-001", "SJ-2020-002"): ["unlikely-alike"],
        ("SJ-2020-001", "SJ-2020-003"): ["unlikely-alike"],
        ("SJ-2020-002", "SJ-2020-003"): ["unlikely-alike"],
        ("SJ-2020-001", "SJ-2020-006"): ["unlikely-same-reply"],
    }
    assert pairs["SJ-2020-001", "SJ-2020-002"]["districts"] == [A, B]
    assert pairs["SJ-2020-001", "SJ-2020-003"]["districts"] == [A]
    assert kind("twice", consolidate(files, [date(2020, 6, 30)])[date(2020, 6, 30)]) == []


def test_a_silenced_case_and_a_hint_that_is_not_looked_for_make_no_pair() -> None:
    cases = [_alike("SJ-2020-001"), _alike("SJ-2020-002", A, "2020-05-20")]
    assert len(kind("twice", on(DAY, assigned(assignment(cases))))) == 1
    silent = exemption_row("SJ-2020-002", "核查提示")
    assert kind("twice", on(DAY, assigned(assignment(cases, exemptions=[silent])))) == []
    settings = load(CONFIG).model_copy(update={"hints": SETTINGS.hints.model_copy(update={"skip": ["unlikely-alike"]})})
    assert kind("twice", consolidate([assigned(assignment(cases))], [DAY], settings)[DAY]) == []


def test_of_very_many_pairs_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "MOST_PAIRS", 4)
    assert len(kind("twice", on(DAY, assigned(assignment([_alike(f"SJ-2020-00{n}", day="2020-05-20") for n in range(1, 6)]))))) == 4
