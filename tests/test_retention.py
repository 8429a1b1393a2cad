"""Which originals go when their time is over, and that nothing else does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from offices import ZONE, Office, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline import doctor, journal, nightly, repair
from pipeline.nightly import Outcome

ARRIVED = datetime(2020, 5, 21, 16, tzinfo=ZONE)
LATER = ARRIVED + timedelta(days=181)
PERSONAL = report("达拉特旗", progress=[progress_row("DLT-2020-001", 今日进展="电话13912345678")])


@pytest.fixture
def office_with_all(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(), "好.xlsx")
    office.put(b"no workbook", "坏.xlsx")
    office.put(PERSONAL, "含号码.xlsx")
    office.run(DAY)
    return office


def _night(office: Office, now: datetime) -> Outcome:
    return nightly.run(office.settings, [DAY], data_only=True, now=now)


def test_before_their_time_all_originals_stay(office_with_all: Office) -> None:
    assert _night(office_with_all, ARRIVED + timedelta(days=179)).removed.names == ()
    assert len(tree(office_with_all.archive)) == 4


def test_refused_ones_and_those_with_personal_information_go_and_the_results_stay(office_with_all: Office) -> None:
    office = office_with_all
    before, facts = tree(office.outbox), office.facts()
    assert sorted(_night(office, LATER).removed.names) == ["含号码.xlsx", "坏.xlsx"]
    assert set(tree(office.archive).values()) == {assignment(), report()}
    assert tree(office.outbox) == before
    assert office.facts() == facts
    assert _night(office, LATER).removed.names == ()
    assert [problem for one in doctor.examine(office.settings, LATER) for problem in one.problems] == []


def test_what_was_read_from_them_survives_the_loss_of_the_ledger(office_with_all: Office) -> None:
    office = office_with_all
    _night(office, LATER)
    before, facts = tree(office.outbox), office.facts()
    nightly.ledger_of(office.settings).unlink()
    repair.repair(office.settings, data_only=True)
    assert office.facts() == facts
    assert tree(office.outbox) == before


def test_the_journal_holds_no_personal_number(office_with_all: Office) -> None:
    _night(office_with_all, LATER)
    assert "13912345678" not in (office_with_all.settings.paths.state / journal.NAME).read_text(encoding="utf-8")


def test_the_same_bytes_that_came_again_lately_stay(office_with_all: Office) -> None:
    office = office_with_all
    office.put(b"no workbook", "又坏.xlsx", (LATER - timedelta(days=3)).isoformat())
    assert _night(office, LATER).removed.names == ("含号码.xlsx",)


def test_a_clock_that_jumped_ahead_removes_nothing(office_with_all: Office) -> None:
    removed = _night(office_with_all, ARRIVED + timedelta(days=3000)).removed
    assert (removed.names, removed.doubts_clock) == ((), True)
    assert len(tree(office_with_all.archive)) == 4


def test_what_a_run_has_only_just_read_stays_until_the_next(office: Office) -> None:
    """However old its envelope says that it is: somebody has to see the refusal first."""
    office.put_assignment(assignment())
    office.put(report(), "好.xlsx")
    office.put(b"no workbook", "坏.xlsx")
    assert _night(office, LATER).removed.names == ()
    assert _night(office, LATER).removed.names == ("坏.xlsx",)
