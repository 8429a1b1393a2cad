"""Who reported what: revisions, duplicates, what counts, and whether it came in time.

Covers `handed_in`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from offices import SETTINGS

from pipeline.day.submissions import NO_REPORTS, Submissions
from pipeline.settings.rules import Calendar
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading

DAY = date(2020, 5, 21)
CALENDAR = Calendar()


def a_file(number: int, content: str, received: str, *, district: str = "东胜区", day: date = DAY, accepted: bool = True) -> Filed:
    envelope = Envelope(datetime.fromisoformat(f"{received}+08:00"))
    return Filed(Arrival(number, f"{number}.xlsx", f"{number}.xlsx", content, 1, envelope), Reading(accepted, day, district, {}, (), ()))


FIRST = a_file(1, "a", "2020-05-21T16:00")
CORRECTED = a_file(2, "b", "2020-05-21T18:00")
AGAIN = a_file(3, "b", "2020-05-21T19:00")
REFUSED = a_file(4, "c", "2020-05-21T20:00", accepted=False)
OTHER = a_file(5, "d", "2020-05-21T17:00:01", district="达拉特旗")
EARLIER = a_file(6, "e", "2020-05-20T12:00", day=DAY - timedelta(days=1))
ALL = [AGAIN, REFUSED, CORRECTED, OTHER, FIRST, EARLIER]


def test_revisions_are_numbered_by_arrival_and_duplicates_are_none() -> None:
    reports = Submissions.of(ALL).beside(FIRST)
    assert [(submission.filed.arrival.id, submission.revision, submission.in_force) for submission in reports.submissions] == [
        (1, 1, False),
        (2, 2, True),
        (3, 0, False),
    ]
    assert [submission.filed.arrival.id for submission in reports.revisions] == [1, 2]
    assert (reports.revision, reports.in_force) == (2, CORRECTED)


def test_an_earlier_version_sent_again_is_a_revision_of_its_own() -> None:
    reports = Submissions.of([FIRST, CORRECTED, replace(FIRST, arrival=a_file(7, "a", "2020-05-21T21:00").arrival)]).beside(FIRST)
    assert [submission.revision for submission in reports.submissions] == [1, 2, 3]
    assert reports.in_force is not None
    assert reports.in_force.arrival.id == 7


def test_refused_files_and_assignment_workbooks_have_no_place() -> None:
    workbook = replace(FIRST, arrival=replace(FIRST.arrival, id=8, is_assignment=True))
    index = Submissions.of([*ALL, workbook])
    assert index.place_of(REFUSED) is None
    assert index.place_of(workbook) is None
    assert len(list(index)) == 5


def test_the_first_accepted_report_decides_whether_the_day_came_in_time() -> None:
    reports = Submissions.of(ALL).on(DAY)
    assert reports["东胜区"].standing(DAY, CALENDAR) == "on-time"
    assert reports["达拉特旗"].standing(DAY, CALENDAR) == "late"
    assert NO_REPORTS.standing(DAY, CALENDAR) == "missing"


def test_what_counts_comes_by_arrival_over_all_days() -> None:
    assert [filed.arrival.id for filed in Submissions.of(ALL).in_force()] == [6, 5, 2]


def test_only_days_of_the_named_districts_are_given() -> None:
    index = Submissions.of(ALL)
    assert index.days(["东胜区"]) == [DAY - timedelta(days=1), DAY]
    assert index.days(["达拉特旗"]) == [DAY]
    assert index.days(["乌审旗"]) == []
    assert index.on(DAY + timedelta(days=1)) == {}


def test_the_cut_off_is_the_offices_own_time() -> None:
    reports = Submissions.of([a_file(9, "z", "2020-05-21T17:00")]).on(DAY)["东胜区"]
    assert reports.standing(DAY, CALENDAR) == "on-time"
    assert reports.standing(DAY, Calendar(timezone="Asia/Tokyo")) == "late"


def test_attendance_is_told_of_thirty_days_at_most_and_of_none_before_the_work_began() -> None:
    days = Submissions.of(ALL).attendance(DAY, SETTINGS)
    assert [(day, standings["东胜区"], standings["达拉特旗"]) for day, standings in days] == [
        (DAY - timedelta(days=1), "on-time", "missing"),
        (DAY, "on-time", "late"),
    ]
    assert [list(standings) for _day, standings in days] == [list(SETTINGS.district_names)] * 2
    every_day = [a_file(n, f"{n}", "2020-05-21T16:00", day=DAY - timedelta(days=n)) for n in range(40)]
    attended = Submissions.of(every_day).attendance(DAY, SETTINGS)
    assert (attended[0][0], len(attended), attended[-1][0]) == (DAY - timedelta(days=29), 30, DAY)
    assert Submissions.of([]).attendance(DAY, SETTINGS) == ()


def test_a_correction_makes_no_earlier_day_late() -> None:
    days = dict(Submissions.of(ALL).attendance(DAY + timedelta(days=1), SETTINGS))
    assert days[DAY]["东胜区"] == "on-time"
