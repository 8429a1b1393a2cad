"""The numbers of notices: facts, given once in the order of day and district, kept in the ledger and in the journal beside it.

Covered by tests/report/test_notices.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pipeline.day.day_state import DayState
from pipeline.day.submissions import Submissions
from pipeline.day.work_began import LONGEST_AHEAD, work_began
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.report import notices
from pipeline.settings.config import Settings
from pipeline.terms.notice_number import NoticeNumber

Numbers = tuple[NoticeNumber, ...]


def given_so_far(ledger: Ledger, archive: Path) -> Numbers:
    """Return every number that was given. What a killed run or an older ledger lacks of them is made up for, on both sides."""
    noted = [replace(number, district=ledger.districts.name(number.district)) for number in journal.numbers(archive)]
    ledger.give(set(noted) - {*ledger.numbers()})
    given = ledger.numbers()
    if missing := sorted(set(given) - set(noted)):
        journal.note_numbers(archive, [replace(number, district=ledger.districts.kept(number.district)) for number in missing])
    return given


def watched(
    submissions: Submissions, days: Iterable[date], given: Numbers, settings: Settings, *, numbered_until: date = date.min
) -> frozenset[date]:
    """Return the days whose flags are needed, from the office's first day on.

    Those are the days without a number yet, and for each of the days asked for those before it that its notices look back on.
    `numbered_until`: a day up to which every notice has its number.
    """
    reported = submissions.days(settings.district_names)
    asked = sorted(days)
    if not reported or not asked:
        return frozenset()
    first, last = work_began(reported, asked[-1]), asked[-1]
    if first is None:
        return frozenset()
    at_work = min(last, max(day for day in reported if day <= last) + timedelta(days=LONGEST_AHEAD))
    numbered = {number.day for number in given}
    days_between = (first + timedelta(days=n) for n in range((at_work - first).days + 1))
    new = {day for day in (*days_between, *asked) if day not in numbered and day > numbered_until}
    near = {day - timedelta(days=n) for day in asked for n in range(notices.LOOKS_BACK_DAYS + 1)}
    return frozenset(day for day in new | near if first <= day)


def give(ledger: Ledger, archive: Path, states: Mapping[date, DayState], settings: Settings, *, settled: Container[date] = ()) -> Numbers:
    """Give every notice of the watched days its number, seen on the disk in ledger and journal, and return all given so far.

    Days that are `settled` have theirs.
    """
    given = given_so_far(ledger, archive)
    if states:
        raised = states[max(states)].flags_by_day
        unsettled = [(day, by) for day, by in raised if day not in settled]
        new = _next(given, [(day, name) for day, by in unsettled for name in settings.district_names if notices.concerns(by.get(name, {}))])
        ledger.give(new)
        given = given_so_far(ledger, archive) if new else given
    return given


def _next(given: Numbers, raised: Sequence[tuple[date, str]]) -> list[NoticeNumber]:
    """Return the next free numbers of each year for the notices that have none; `raised`: day and district of each."""
    numbered = {(number.day, number.district) for number in given}
    last = Counter({number.year: number.number for number in given})  # sorted, so a year's last number overwrites the earlier
    new = []
    for day, district in raised:
        if (day, district) not in numbered:
            last[day.year] += 1
            new.append(NoticeNumber(day.year, last[day.year], day, district))
    return new


def answerable_on(given: Numbers, day: date) -> Numbers:
    """Return those of the notices up to that day: an answer to an old one stays with its case."""
    return tuple(number for number in given if number.day <= day)


def shown_on(given: Numbers, day: date) -> Numbers:
    """Return the numbers that a day's notices may show: its own and those of the notices before them."""
    return tuple(number for number in given if 0 <= (day - number.day).days <= notices.LOOKS_BACK_DAYS)
