"""From yesterday's figures to today's.

Covers `bridge`, `figures` and `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import File, afternoon, assigned, consolidate
from workbooks import Row, assignment, case_row, new_row, progress_row, report, resolved_row

from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Bridge
from pipeline.terms import words
from pipeline.terms.contract import RESOLVED

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
DAYS = [MONDAY, TUESDAY]
CITY = "市级交办和旗区自行梳理"
OTHER = "SJ-2020-009"


def _report_of(day: date, *rows: Row, new: Iterable[Row] = ()) -> File:
    return File(report(day=day, progress=rows, new=new), afternoon(day))


def _listed(*rows: Row, on: str = "2020-05-01 09:00") -> File:
    return assigned(assignment([*rows, case_row("ZZQ-2020-001"), case_row(OTHER)]), on, f"分解表{on[:10]}.xlsx")


def _bridge(*files: File, group: str = CITY) -> Bridge:
    out = consolidate(files, [TUESDAY])[TUESDAY]
    return next(bridge for bridge in out.report.bridges if bridge.group == group)


def _kinds(bridge: Bridge) -> tuple[dict[str, int], dict[str, int]]:
    total, resolved = ({step.kind: step.change for step in steps} for steps in (bridge.total_steps, bridge.resolved_steps))
    return total, resolved


def _resolved(number: str = "SJ-2020-001", **cells: str) -> Row:
    return resolved_row(number, 答复日期="2020-05-18", **cells)


def _case(**cells: str) -> Row:
    return case_row("SJ-2020-001", **cells)


def test_a_day_without_a_change_has_no_steps() -> None:
    bridge = _bridge(_listed(_case()), _report_of(MONDAY, _resolved()), _report_of(TUESDAY, _resolved()))
    assert _kinds(bridge) == ({}, {})
    assert (bridge.total_before, bridge.total, bridge.resolved_before, bridge.resolved) == (2, 2, 1, 1)


@pytest.mark.parametrize(
    ("monday", "tuesday", "expected"),
    [
        (progress_row("SJ-2020-001"), _resolved(), {"newly_resolved": 1}),
        (_resolved(), progress_row("SJ-2020-001", 重新办理原因="群众反映仍漏水"), {"reopened": -1}),
        (_resolved(), _resolved(群众确认="不认可"), {"disputed": -1}),
        (_resolved(群众确认="不认可"), _resolved(群众确认="认可"), {"newly_resolved": 1}),
    ],
    ids=["newly_resolved", "reopened", "disputed", "settled"],
)
def test_what_a_report_changes_is_a_step(monday: Row, tuesday: Row, expected: dict[str, int]) -> None:
    assert _kinds(_bridge(_listed(_case()), _report_of(MONDAY, monday), _report_of(TUESDAY, tuesday))) == ({}, expected)


def test_a_case_that_a_district_finds_and_resolves_on_the_same_day_is_found_and_newly_resolved() -> None:
    found = new_row("DS-2020-001", 排查日期="2020-05-18")
    bridge = _bridge(_listed(_case()), _report_of(MONDAY), _report_of(TUESDAY, _resolved("DS-2020-001"), new=[found]))
    assert _kinds(bridge) == ({"found": 1}, {"newly_resolved": 1})


_ON_TUESDAY = "2020-05-19 09:00"


@pytest.mark.parametrize(
    ("before", "after", "total", "resolved"),
    [
        ([], [_case(交办日期="2020-05-19")], {"new": 1}, {}),
        ([_case()], [_case(撤销依据="双方和解")], {"cancelled": -1}, {"cancelled": -1}),
        ([_case(撤销依据="双方和解")], [_case()], {"back": 1}, {"back": 1}),
        ([_case(撤销依据="双方和解")], [], {"missing_again": 1}, {"missing_again": 1}),
        ([_case(撤销依据="双方和解")], [_case(问题类别="别的")], {"missing_again": 1}, {"missing_again": 1}),
        ([_case()], [_case(交办日期="2020-06-01")], {}, {}),
        ([_case()], [_case(案件来源="自治区交办")], {"moved_out": -1}, {"moved_out": -1}),
        ([_case()], [], {}, {}),
        ([_case(案件来源="自治区交办", 撤销依据="双方和解")], [_case()], {"back_moved_in": 1}, {"back_moved_in": 1}),
    ],
    ids=["new", "cancelled", "back", "missing again", "refused again", "postponed", "other source", "missing", "back from other source"],
)
def test_what_a_newer_workbook_changes_is_a_step(
    before: list[Row], after: list[Row], total: dict[str, int], resolved: dict[str, int]
) -> None:
    files = [_listed(*before), _listed(*after, on=_ON_TUESDAY)]
    assert _kinds(_bridge(*files, *([_report_of(MONDAY, _resolved())] if before else []))) == (total, resolved)


def test_a_case_of_another_source_moves_into_the_other_group_with_its_resolution() -> None:
    files = [_listed(_case()), _listed(_case(案件来源="自治区交办"), on=_ON_TUESDAY), _report_of(MONDAY, _resolved())]
    assert _kinds(_bridge(*files, group="自治区交办")) == ({"moved_in": 1}, {"moved_in": 1})


def test_a_case_that_comes_back_and_is_resolved_on_the_same_day_is_newly_resolved_and_not_only_back() -> None:
    for cells, come in (({"撤销依据": "双方和解"}, "back"), ({"案件来源": "自治区交办"}, "moved_in")):
        files = [_listed(_case(**cells)), _listed(_case(), on=_ON_TUESDAY), _report_of(MONDAY, progress_row("SJ-2020-001"))]
        bridge = _bridge(*files, _report_of(TUESDAY, resolved_row("SJ-2020-001", 答复日期="2020-05-19")))
        assert _kinds(bridge) == ({come: 1}, {"newly_resolved": 1})
        assert f"{words.STEPS[come].name}增加1件，今日2件；已化解前一日0件，新化解增加1件" in sentences.bridge(bridge)


_STATES = st.sampled_from(["", "办理中", "已化解", "不认可", "认可"])
_LISTS = st.sampled_from(["listed", "cancelled", "gone", "other source", "cancelled elsewhere", "later"])


def _rows_of_state(number: str, state: str) -> list[Row]:
    if not state:
        return []
    row = progress_row(number) if state == "办理中" else _resolved(number, 群众确认="" if state == "已化解" else state)
    return [{**row, "重新办理原因": "群众要求"}]


def _as_listed(number: str, how: str) -> list[Row]:
    cells: dict[str, Row] = {
        "listed": {},
        "cancelled": {"撤销依据": "双方和解"},
        "other source": {"案件来源": "自治区交办"},
        "cancelled elsewhere": {"案件来源": "自治区交办", "撤销依据": "双方和解"},
        "later": {"交办日期": "2020-05-19"},
    }
    return [{**case_row(number), **cells[how]}] if how in cells else []


_NOON = afternoon(TUESDAY).replace(hour=12)


@settings(max_examples=80)
@given(
    cases=st.lists(st.tuples(_STATES, _STATES, _LISTS, _LISTS), min_size=1, max_size=6),
    found=st.lists(st.tuples(st.sampled_from(["", "办理中", "已化解"]), st.sampled_from([MONDAY, TUESDAY])), max_size=2),
    late=st.none() | _STATES,
)
def test_every_bridge_adds_up_to_the_last_case(
    cases: list[tuple[str, str, str, str]], found: list[tuple[str, date]], late: str | None
) -> None:
    """Of cases that are listed, cancelled, moved, found and resolved in any way; `late`: what Monday's report says of one by noon."""
    numbers = [f"SJ-2020-{at:03}" for at in range(len(cases))]
    rows = list(zip(numbers, cases, strict=True))
    own = [(f"DS-2020-{at:03}", state, day) for at, (state, day) in enumerate(found)]
    new = {day: [new_row(number, 案由=number, 排查日期=f"{day}") for number, _state, found_on in own if found_on == day] for day in DAYS}
    monday = [row for number, case in rows for row in _rows_of_state(number, case[0])]
    tuesday = [row for number, case in rows for row in _rows_of_state(number, case[1])]
    tuesday += [{**row, "答复日期": f"{TUESDAY}"} for number, state, _day in own for row in _rows_of_state(number, state)]
    files = [
        _listed(*(row for number, case in rows for row in _as_listed(number, case[2]))),
        _listed(*(row for number, case in rows for row in _as_listed(number, case[3])), on=_ON_TUESDAY),
        _report_of(TUESDAY, *tuesday, new=new[TUESDAY]),
    ]
    reported = _report_of(MONDAY, *monday, new=new[MONDAY])
    if late is not None:
        first = [*_rows_of_state(numbers[0], late), *(row for row in monday if row["案件编号"] != numbers[0])]
        files += [_report_of(MONDAY, *first, new=new[MONDAY]), replace(reported, received=_NOON.replace(hour=13))]
    else:
        files.append(reported)
    out = consolidate(files, DAYS)
    told = consolidate([file for file in files if file.received <= _NOON], [MONDAY])[MONDAY].report
    yesterday, today = ({target.group: target.tally for target in built.targets} for built in (told, out[TUESDAY].report))
    for bridge in out[TUESDAY].report.bridges:
        assert (bridge.total_before, bridge.resolved_before) == (yesterday[bridge.group].total, yesterday[bridge.group].resolved)
        assert (bridge.total, bridge.resolved) == (today[bridge.group].total, today[bridge.group].resolved)
        assert bridge.total_before + sum(step.change for step in bridge.total_steps) == bridge.total
        assert bridge.resolved_before + sum(step.change for step in bridge.resolved_steps) == bridge.resolved
        assert all(len(step.cases) == abs(step.change) for step in (*bridge.total_steps, *bridge.resolved_steps))
        assert all(words.STEPS[step.kind].name in sentences.bridge(bridge) for step in (*bridge.total_steps, *bridge.resolved_steps))
        assert "other" not in _kinds(bridge)[1]
        _assert_true(bridge, *({case.number: case for case in out[day].report.cases} for day in DAYS))


def _assert_true(bridge: Bridge, before: Mapping[str, CaseLine], after: Mapping[str, CaseLine]) -> None:
    """Assert that of every case of a step just that happened which the step's name says."""
    for is_total, steps in ((True, bridge.total_steps), (False, bridge.resolved_steps)):
        for kind, number in [(step.kind, number) for step in steps for number in step.cases if step.kind != "restated"]:
            was, now = before.get(number), after.get(number)
            assert kind in _what_happened(bridge.group, was, now, is_total=is_total), (number, was, now)


def _what_happened(group: str, was: CaseLine | None, now: CaseLine | None, *, is_total: bool) -> set[str]:
    if now is None or now.grounds or now.group != group:
        return {"cancelled"} if now and now.grounds else {"moved_out"}
    was_resolved = was is not None and was.status == RESOLVED and not was.dispute_stands
    if not is_total and now.is_counted and not was_resolved:
        return {"newly_resolved"}
    if not is_total and not now.is_counted:
        return {"disputed" if now.status == RESOLVED else "reopened"}
    if was is None:
        return {"new", "found"}
    if was.grounds:
        return {"back", "missing_again"} if was.group == group else {"back_moved_in"}
    assert was.group != group
    return {"moved_in"}
