"""What board, calendars and home page say of the reports where the night's results could not be written."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from offices import ZONE, Office, moment
from workbooks import assignment, case_row, progress_row, report

from pipeline.office import attendance, district_history, status, today
from pipeline.publishing import outbox

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
NIGHT = datetime(2020, 5, 19, 20, tzinfo=ZONE)


def _refuse(*_args: object, **_named: object) -> str:
    raise outbox.NotPublishedError("磁盘满了。请清理")


@pytest.fixture
def full_disk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office in whose results the reports of the last night are missing: one wholly refused, one for the day before."""
    office.put_assignment(
        assignment([case_row(number, 旗区=name) for number, name in {"SJ-2020-001": "东胜区", "SJ-2020-002": "乌审旗"}.items()])
    )
    office.put(report("东胜区", MONDAY, progress=[progress_row("SJ-2020-001")]), "东胜.xlsx", "2020-05-18T16:00:00+08:00")
    office.run(MONDAY)
    office.put(
        report("东胜区", TUESDAY, progress=[progress_row("SJ-2020-404"), progress_row("SJ-2020-405")]),
        "东胜2.xlsx",
        "2020-05-19T16:00:00+08:00",
    )
    office.put(report("乌审旗", MONDAY, progress=[progress_row("SJ-2020-404")]), "乌审.xlsx", "2020-05-19T16:00:00+08:00")
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "publish", _refuse)
        outcome = office.run(MONDAY, TUESDAY)
    assert outcome.written.held
    assert outcome.in_short.startswith("收下 2 个文件，整份退回 0 个，写出 0 天，没有写成 2 天：磁盘满了。请清理")
    return office


def test_what_was_refused_stands_on_board_calendars_and_home_page_though_it_could_not_be_written(full_disk: Office) -> None:
    settings = full_disk.settings
    by_name = {district.district: district for district in status.look(settings, TUESDAY, (), NIGHT).districts}
    assert (by_name["东胜区"].word, by_name["东胜区"].rows_accepted, by_name["东胜区"].rows_refused) == ("全部退回", 0, 2)
    board = status.look(settings, MONDAY, (), NIGHT)
    assert [board.count(stands) for stands in ("on-time", "refused", "missing")] == [1, 1, 7]
    assert board.rows_refused == 1
    beyond = today.of_day(TUESDAY, (), settings, None).beyond
    strips = {strip.district: strip for strip in attendance.strips(settings, NIGHT, (), beyond)}
    assert [strips[name].on("refused") for name in ("东胜区", "乌审旗")] == [[TUESDAY], [MONDAY]]
    assert attendance.refused_rows(strips.values()) == {TUESDAY: 2, MONDAY: 1}
    history = district_history.of("东胜区", (), settings, MONDAY)
    assert [(file.day, file.rows, file.counts_nothing) for file in history.files] == [
        (TUESDAY, (0, 2, 0), True),
        (MONDAY, (1, 0, 0), False),
    ]


def test_nothing_is_judged_anew_where_the_results_show_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001")]))
    office.put(report(day=MONDAY, progress=[progress_row("SJ-2020-001")]), "东胜.xlsx", moment("2020-05-18 16:00").isoformat())
    office.run(MONDAY)

    def until(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("pipeline.intake.facts_known.until", until)
    assert status.look(office.settings, MONDAY, (), NIGHT).rows_refused == 0
    assert attendance.strips(office.settings, NIGHT)


def test_a_duplicate_of_what_counts_is_not_among_what_will_be_refused(office: Office) -> None:
    office.put_assignment(assignment())
    content = report("达拉特旗", MONDAY, progress=[progress_row("SJ-2020-999")])
    office.put(content, "达旗.xlsx", "2020-05-18T16:00:00+08:00")
    office.put(content, "改名.xlsx", "2020-05-18T16:10:00+08:00")
    board = status.look(office.settings, MONDAY)
    assert {waits.file.name: waits.comes_first for waits in board.waiting} == {"达旗.xlsx": True, "改名.xlsx": False}
