"""Which originals go when their time is over, and that nothing else does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from offices import ZONE, Office, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline.disk.originals import Originals
from pipeline.intake import retention
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.reading.reading import Transcript
from pipeline.render.documents import FIGURES
from pipeline.upkeep import doctor, repair

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
    return nightly.run(office.settings, [DAY], documents=FIGURES, now=now)


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
    assert [problem for check in doctor.examine(office.settings, LATER) for problem in check.problems] == []


def test_what_was_read_from_them_survives_the_loss_of_the_ledger(office_with_all: Office) -> None:
    office = office_with_all
    _night(office, LATER)
    before, facts = tree(office.outbox), office.facts()
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
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


# --- what deceives the clock's guard -----------------------------------------------------------------------------


def test_an_envelope_from_the_future_is_no_witness_for_a_clock_that_jumped(office_with_all: Office) -> None:
    office = office_with_all
    jumped = ARRIVED + timedelta(days=3000)
    office.put(report("准格尔旗", progress=[]), "明天的.xlsx", (jumped + timedelta(days=1)).isoformat())
    assert _night(office, jumped).removed.doubts_clock
    assert _night(office, jumped + timedelta(days=2)).removed.doubts_clock
    assert len(tree(office.archive)) == 5


def test_nor_is_what_arrives_while_the_clock_is_wrong(office_with_all: Office) -> None:
    office = office_with_all
    jumped = ARRIVED + timedelta(days=3000)
    office.put(report("准格尔旗", progress=[]), "照常.xlsx", jumped.isoformat())
    for night in (1, 2, 179):
        assert _night(office, jumped + timedelta(days=night)).removed.doubts_clock
    assert len(tree(office.archive)) == 5


def test_after_a_silence_of_years_originals_go_when_their_time_was_seen_to_pass(office_with_all: Office) -> None:
    office = office_with_all
    again = ARRIVED + timedelta(days=3000)
    for month in range(8):
        received = again + timedelta(days=30 * month)
        office.put(report("准格尔旗", progress=[], day=received.date()), f"{month}.xlsx", received.isoformat())
    removed = _night(office, again + timedelta(days=211)).removed
    assert (removed.doubts_clock, sorted(removed.names)) == (False, ["含号码.xlsx", "坏.xlsx"])


def test_a_journal_made_again_learns_what_went_before(office_with_all: Office) -> None:
    """It was lost, with what it told of originals whose time was over: the ledger may be lost next."""
    office = office_with_all
    _night(office, LATER)
    (office.settings.paths.state / journal.NAME).unlink()
    facts = office.facts()
    _night(office, LATER)
    assert [problem for check in doctor.examine(office.settings, LATER) for problem in check.problems] == []
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert office.facts() == facts


def test_what_the_program_failed_on_stays_since_nobody_knows_what_it_says(office_with_all: Office) -> None:
    office = office_with_all
    with Ledger(office.settings.paths.ledger) as ledger:
        bad = next(outline for outline in ledger.outlines() if outline.arrival.name == "坏.xlsx")
        ledger.file([(bad.arrival, Transcript(bad.reading, "[]", ("fault",)))])
        assert retention.remove_old(ledger, Originals(office.archive), 180, LATER).names == ("含号码.xlsx",)
