"""Days as they come out of the fold, in the finished page and workbook: every bound and every bridge is the report's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
import weeks
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import assigned, consolidate, handed_in, on
from page_days import RANGE, expected_ladders, ladders, page_of, said_range
from workbook_days import check_bridges, check_figures, opened
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row

from pipeline.render import definitions
from pipeline.render.workbook import office_workbook
from pipeline.report import sentences
from pipeline.report.figures import Bounds
from pipeline.report.report import Report

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def _bounds(report: Report) -> Iterable[Bounds | None]:
    """Those that the page shows: where they change the verdict; a source that is its whole group stands nowhere by itself."""
    shared = {group.name for group in report.settings.groups if len(group.sources) > 1}
    sources = [figure for figure in report.by_source if figure.group in shared]
    figures = (*report.targets, *sources, *report.by_district, *report.by_category, *report.by_leader)
    return (figure.bounds for figure in figures if not figure.is_certain)


def check(report: Report) -> str:
    """The page's text, after everything in page and workbook has been compared with the report."""
    workbook = opened(office_workbook.render(report))
    check_figures(workbook, report)
    check_bridges(workbook, report)
    text = page_of(report).text
    for figure in report.by_district:
        tally = figure.tally
        assert f"\n{figure.label} | {tally.resolved}/{tally.total} | {tally.rate_percent or '—'}" in text
    assert sorted(RANGE.findall(text)) == sorted(said_range(bounds) for bounds in _bounds(report) if bounds)
    since = (sentences.since_yesterday(bridge, report.submissions) for bridge in report.bridges)
    for sentence in (*map(sentences.target, report.targets), *since, *map(sentences.confirmation, report.certainties)):
        assert sentence in text
    shown = ladders(text, report.day)
    assert shown == expected_ladders(report)
    assert all(before + sum(steps) == now for before, steps, now in shown)
    return text


@pytest.mark.parametrize("day", [date(2020, 5, 18), date(2020, 5, 20), date(2020, 5, 22)], ids=str)
@pytest.mark.parametrize("week", weeks.WEEKS)
def test_a_real_day(week: str, day: date) -> None:
    report = on(day, *weeks.files_of(week)).report
    assert any(_bounds(report))
    check(report)


def test_the_first_day_of_all() -> None:
    """The workbook is older, so that the day before is told from it alone; nothing is missing before the first report."""
    text = check(on(DAY, assigned(assignment()), handed_in(report())).report)
    assert text.count("没有日报（此前也没有日报）") == 8


def test_the_day_on_which_the_first_cases_were_handed_over() -> None:
    cases = [case_row("ZZQ-2020-001", 案件来源="自治区交办", 交办日期=DAY), case_row("ZZQ-2020-002", 案件来源="自治区交办", 交办日期=DAY)]
    out = on(DAY, assigned(assignment(cases)), handed_in(report(progress=[], new=[])))
    text = check(out.report)
    assert [(bridge.total_before, bridge.total) for bridge in out.report.bridges] == [(0, 2), (0, 0)]
    assert "市级交办和旗区自行梳理：目前没有案件，不计算化解率；达拉特旗等8个旗区没有日报，补报后" in text


def test_a_day_on_which_everyone_has_told_everything() -> None:
    rows = [handed_in(report(name, progress=[], new=[], urgent=[]), name=name) for name in _names()]
    out = on(DAY, assigned(assignment()), *rows).report
    assert not any(_bounds(out))
    assert definitions.NO_BOUNDS in check(out)


def _names() -> tuple[str, ...]:
    return on(DAY, assigned(assignment())).report.settings.district_names


_ROWS = {
    "none": None,
    "open": progress_row("SJ-2020-001"),
    "resolved": resolved_row("SJ-2020-001"),
    "disputed": resolved_row("SJ-2020-001", 群众确认="不认可"),
    "reopened": progress_row("SJ-2020-001", 重新办理原因="回访发现问题"),
    "refused": resolved_row("SJ-2020-001", 答复日期="5.21"),
}
_KINDS = st.lists(st.sampled_from([*_ROWS, "missing"]), min_size=2, max_size=4)


@settings(max_examples=20)
@given(kinds=_KINDS, cancelled=st.booleans())
def test_whatever_happens_to_a_case_the_bridge_adds_up_in_what_is_shown(kinds: list[str], *, cancelled: bool) -> None:
    days = [DAY + timedelta(days=n) for n in range(len(kinds))]
    files = [assigned(assignment())]
    if cancelled:
        files.append(assigned(assignment([case_row("SJ-2020-001", 撤销依据="重复交办")]), f"{days[-1]} 09:00", "新分解表.xlsx"))
    for day, kind in zip(days, kinds, strict=True):
        row = _ROWS.get(kind)
        if kind != "missing":
            files.append(handed_in(report(day=day, progress=[row] if row else [], new=[]), f"{day} 16:00"))
    check(consolidate(files, [days[-1]])[days[-1]].report)
