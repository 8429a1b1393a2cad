"""What a district is told of its report besides the findings: answers to no notice, a form older than a correction, an empty report.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import repeat
from typing import Final

from pipeline.day.answers import ANSWERABLE_DAYS
from pipeline.day.cases import RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.judgement import Judgement, TurnedBack
from pipeline.day.supervision import NOTICED
from pipeline.report import notice_answers
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms import messages, words
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import ANSWERS, CASE
from pipeline.terms.findings import column_letter
from pipeline.terms.handed_in import Filed
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import rows_of_sheet
from pipeline.terms.text import document_number, mask

_COLUMN: Final = "通知编号"
_MAY_BE_OLD: Final = "今日进展等都空着，可能是那以前发的旧模板里预先填好的：是这样的，请用新的模板重新报送；确有变化的，不用改。"
_NOTHING_IN_IT: Final = "表里没有内容，封面的“零报告”却不是“是”。当天没有要报的，“零报告”请填“是”；有要报的，是漏填了。"


def answers(filed: Filed) -> bool:
    """Whether a report has any row of 督办回复."""
    rows = rows_of_sheet(filed.reading.rows, ANSWERS.name)
    return rows is not None and bool(rows.lines)


def looked_back_on(filed: Filed, numbers: Sequence[NoticeNumber], settings: Settings) -> frozenset[date]:
    """Return the days whose flags `of` needs: of the notices that the report names, and of its district's of the last thirty days."""
    day, district = filed.reading.day, filed.reading.district
    near = {number.day for number in numbers if number.district == district and 0 < (day - number.day).days <= notice_answers.TOLD_DAYS}
    return notice_answers.quoted([filed], numbers, [day], settings) | near


def reminded(
    reports: Iterable[ArrivedReport], state: DayState, numbers: Sequence[NoticeNumber], settings: Settings
) -> Iterator[ArrivedReport]:
    """Yield the day's reports, those that count with what their districts are told of them."""
    by_district: dict[str, list[NoticeNumber]] = {}
    for number in numbers:
        by_district.setdefault(number.district, []).append(number)
    for report in reports:
        counting = state.in_force.get(report.district) if report.use == words.USED else None
        judgement = state.judgements.get(counting.arrival.id) if counting else None
        if counting and judgement:
            own = by_district.get(counting.reading.district, ())
            yield replace(report, reminders=of(state, counting, judgement, own, settings))
        else:
            yield report


def of(state: DayState, filed: Filed, judgement: Judgement, numbers: Iterable[NoticeNumber], settings: Settings) -> tuple[str, ...]:
    """Return what is told of a report of the state's day, a sentence each; `numbers`: of the notices that it may answer."""
    is_empty = not judgement.rows_accepted and not judgement.rows_refused and not any(found.refuses for found in filed.reading.findings)
    empty = [_NOTHING_IN_IT] if is_empty and not filed.reading.is_zero_report else []
    rows = (f"{told}，按这一份计。{_MAY_BE_OLD}" for told in turned_back(judgement, state.day))
    return (*empty, *rows, *_unanswering(state, filed.reading.district, judgement.answers, numbers, settings))


def turned_back(judgement: Judgement, day: date) -> tuple[str, ...]:
    """Return what each row that may be of an older form changes against what the district reported late; `day`: of the report."""
    return tuple(map(_turned_back, judgement.turned_back, repeat(day)))


def _turned_back(row: TurnedBack, day: date) -> str:
    changes = "，".join(f"{column}“{_brief(was)}” → “{_brief(now)}”" for column, was, now in row.changes)
    line = row.place.rows.lines[row.place.position]
    return (
        f"{mask(row.place.rows.name)} 第{line}行，案件 {messages.brief(row.number)}：与{words.near(row.reported, day)}的日报"
        f"（那天截止以后才报来）相比，{changes}"
    )


def _brief(value: str) -> str:
    return messages.brief(mask(value)) if value else "空"


def _unanswering(
    state: DayState, district: str, rows: Iterable[RowPlace], numbers: Iterable[NoticeNumber], settings: Settings
) -> Iterator[str]:
    """Yield a sentence for each number in taken rows of 督办回复 that answers nothing, in the rows' order."""
    own = {
        document_number(number.written(settings.on(number.day).notices.code)): number for number in numbers if number.district == district
    }
    flags = dict(state.flags_by_day)
    named = {number: _named(flags.get(number.day, {}).get(district, {})) for number in own.values() if number.day < state.day}
    recounted = {day for row in state.answers if (row.day, row.district) == (state.day, district) for day in row.recounted_on}
    alike_rows: dict[tuple[str, str], list[RowPlace]] = {}
    for row in rows:
        meant = own.get(document_number(row[_COLUMN] or ""))
        if meant and meant.day in recounted:
            continue  # the notice that the district had may have named it: that it was written again later is no fault of the row
        if why := _why_not(meant, alike(row[CASE] or ""), named, state.day):
            alike_rows.setdefault((mask(row[_COLUMN] or ""), why), []).append(row)
    yield from (_sentence(written, why, own_rows, named, settings) for (written, why), own_rows in alike_rows.items())


def _named(flags: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return the cases that a notice of a day with these flags names, as numbers are compared."""
    return frozenset(alike(case) for case, raised in flags.items() if {*raised} & {*NOTICED})


def _why_not(meant: NoticeNumber | None, case: str, named: Mapping[NoticeNumber, frozenset[str]], day: date) -> str:
    """Return why a row answers nothing; '' where it answers."""
    if meant is None:
        return "不是本旗区的通知"
    if meant.day >= day:
        return f"是{words.near(meant.day, day)}的通知，要在以后的日报里回复"
    if (day - meant.day).days > ANSWERABLE_DAYS:
        return f"是{words.near(meant.day, day)}的通知，已过{ANSWERABLE_DAYS}天"
    return "" if case in named.get(meant, ()) else "那份通知里没有这一件"


def _sentence(written: str, why: str, rows: Sequence[RowPlace], named: Mapping[NoticeNumber, frozenset[str]], settings: Settings) -> str:
    first = rows[0].rows
    cells = messages.listed([f"{column_letter(first.letters[_COLUMN])}{first.lines[row.position]}" for row in rows], "处")
    asking: dict[str, list[str]] = {}
    for case in dict.fromkeys(row[CASE] or "" for row in rows):
        newest = max((number for number, cases in named.items() if alike(case) in cases), default=None, key=lambda number: number.day)
        whose = newest.written(settings.on(newest.day).notices.code) if newest else ""
        asking.setdefault(whose, []).append(messages.brief(mask(case)))
    meant = "；".join(
        f"{messages.listed(cases, '件')}的通知是{number}"
        if number
        else f"近{notice_answers.TOLD_DAYS}天的通知里没有{messages.listed(cases, '件')}"
        for number, cases in asking.items()
    )
    return f"{mask(first.name)}!{cells}：通知编号“{messages.brief(written)}”{why}，不算回复；{meant}。"
