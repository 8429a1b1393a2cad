"""What changed on a day, case by case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from pipeline.day import supervision
from pipeline.day.cases import Case, RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.disputes import Dispute
from pipeline.day.judgement import Judgement
from pipeline.day.standing import Register, as_it_stood
from pipeline.day.submissions import takes_nothing
from pipeline.report.case_lines import CaseLine, Change, MovedRow
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import CASE, CONFIRMED, DISPUTED, NEW_CASES, OF_THE_DAY, REFERRED, RESOLVED, Severity
from pipeline.terms.handed_in import Filed
from pipeline.terms.messages import brief
from pipeline.terms.rows import rows_of_sheet, written

_WITHDRAWN = "withdrawn"
_NAMED = ("答复文号", "群众确认")
"""What a row says there is told with it: whoever has the case now can build on it."""
_LASTING = ("诉求认定", "答复日期", "答复文号", "群众确认", "下一步措施", "需协调事项")


def numbers(state: DayState, in_use: Sequence[CaseLine], settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return the cases of each kind of change by case number; the kinds are the keys of `words.CHANGES`, in their order.

    `in_use` are the day's cases without the cancelled ones, which are in none of them; `settings` are those of the day before.
    """
    before, ended, answers = status_before(state), ended_disputes(state), _answers_to_dispute(state)
    withdrawn = {number for number, how in ended.items() if how == _WITHDRAWN}
    not_taken = refused_new_cases(state)
    counted = {line.number: line.is_counted for line in in_use}
    gained = [number for number, is_counted in counted.items() if is_counted and number not in state.counted_before]
    again = {number for number in gained if (was := state.before.get(number)) and was.is_cancelled and was.is_resolved}
    by_kind = {
        "newly_resolved": [number for number in gained if number not in again],
        "counted_again": [number for number in gained if number in again],
        "reopened": [number for number in counted if before.get(number) == RESOLVED],
        "no_longer_counted": [number for number, is_counted in counted.items() if not is_counted and number in state.counted_before],
        "new_cases": [number for number in counted if number not in state.register_before],
        "withdrawn_cases": [number for number in state.withdrawn if number not in not_taken],
        "refused_new_cases": list(not_taken),
        "former": sorted((state.before_as_told or {}).keys() - {case.number for case in state.cases} - {*state.withdrawn}),
        "withdrawn_disputes": sorted(withdrawn.union(number for number in withdrawn_disputes(state) if not answers[number])),
        "ended_disputes": [number for number in ended if number not in withdrawn],
    }
    late = {line.number for line in in_use if not {*words.BY_TIME.values()}.isdisjoint(line.flags)}
    flags_before = _flags_before(state, late, settings)
    for kind, flag in words.BY_TIME.items():
        by_kind[kind] = [line.number for line in in_use if flag in line.flags and flag not in flags_before.get(line.number, (flag,))]
    by_kind["newly_disputed"] = [case.number for case in state.cases if case.number in counted and _became_disputed(case, state)]
    named_already = {*gained, *by_kind["reopened"], *by_kind["newly_disputed"]}
    moved = {
        line.number: (before[line.number], line.status) for line in in_use if line.number in before and line.number not in named_already
    }
    by_kind["referred"] = [number for number, (_was, now) in moved.items() if now == REFERRED]
    by_kind["referred_back"] = [number for number, (was, _now) in moved.items() if was == REFERRED]
    named_already.update(by_kind["referred"], by_kind["referred_back"])
    by_kind["status"] = [number for number in counted if number in before and number not in named_already]
    return {kind: tuple(by_kind[kind]) for kind in words.CHANGES if kind in by_kind}


def _flags_before(state: DayState, some: Collection[str], settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return by case the flags that it had on the day before; of some cases, those that were in its register."""
    day = state.day - timedelta(days=1)
    stood = ((case, state.before.get(case.number)) for case in state.cases if case.number in some)
    return {case.number: supervision.flags(as_it_stood(case, then), day, settings.windows) for case, then in stood if then}


def newly_told(state: DayState) -> tuple[str, ...] | None:
    """Return the cases of the register that were newly resolved as the day's own readers could know it; None where it is no correction."""
    told = state.newly_told
    return None if told is None else tuple(case.number for case in state.cases if case.number in told)


def _became_disputed(case: Case, state: DayState) -> bool:
    """Whether a case is disputed (已化解, and a dispute stands) that was not on the day before, as that is known now."""
    then = state.before.get(case.number)
    was_disputed = then is not None and then.dispute is not None and then.status == RESOLVED and not then.grounds
    return case.dispute is not None and case.status == RESOLVED and not was_disputed


def lines(by_kind: Mapping[str, Iterable[str]], cases: Sequence[CaseLine], state: DayState) -> tuple[Change, ...]:
    """Return a line for each change, in the order of the kinds; `cases` is the whole register, cancelled cases included."""
    before, by_number = status_before(state), {line.number: line for line in cases}
    gone, ended, refused, not_taken = former(state), ended_disputes(state), refused_answers(state), refused_new_cases(state)
    listed = ((kind, number) for kind, numbers in by_kind.items() for number in numbers)
    return tuple(
        _line(kind, case, before, ended, is_refused=number in refused)
        if (case := by_number.get(number))
        else _gone(kind, number, *gone.get(number, ("", "")), why=not_taken.get(number, ""))
        for kind, number in listed
    )


def _line(kind: str, case: CaseLine, before: Mapping[str, str], ended: Mapping[str, str], *, is_refused: bool) -> Change:
    status = f"{before[case.number]} → {case.status}" if case.number in before else case.status
    if kind == "withdrawn_disputes" and is_refused:
        status += "，填了群众确认的行退回"
    if case.dispute_stands:
        status += "，群众不认可没有了结，不计入化解"
    elif kind == "withdrawn_disputes":
        status += "，现计入化解" if case.is_counted else "，未计入化解"
    elif how := words.ENDED_DISPUTES.get(ended.get(case.number, "")):
        status += f"，原群众不认可，{how}"
    return Change(kind, case.number, case.district, case.matter, f"{status}；{case.progress}".strip("；"))


def _gone(kind: str, number: str, district: str, matter: str, *, why: str) -> Change:
    """Return the line of a case that is in the register no more, with what was known of it."""
    return Change(kind, number, district, matter, f"{why or '更正后的日报不再包含'}，台账里不再有此案")


def refused_new_cases(state: DayState) -> dict[str, str]:
    """Return the cases that a replaced report of the day had brought in and that the one in force lost by our refusal, each with why."""
    found = {}
    for number in state.withdrawn:
        report = state.in_force.get(written(state.former[number].particulars["旗区"]) or "")
        if report is not None and (why := _why_not_taken(number, report, state.judgements[report.arrival.id])):
            found[number] = why
    return found


def _why_not_taken(number: str, report: Filed, judgement: Judgement) -> str:
    rows = rows_of_sheet(report.reading.rows, NEW_CASES.name)
    if rows is not None and alike(number) in {alike(named) for named in rows.texts(CASE) if named}:
        return "更正后的日报里这一行被退回"
    findings = (*report.reading.findings, *judgement.findings)
    if any(found.severity is Severity.SHEET and NEW_CASES.name in found.sheet for found in findings):
        return "更正后的日报里“新增案件”整表退回"
    is_sheet_refused = any(found.severity is Severity.SHEET for found in findings)
    nothing = takes_nothing(judgement.rows_accepted, judgement.rows_refused - judgement.rows_moved, is_sheet_refused=is_sheet_refused)
    return "更正后的日报全部退回" if nothing else ""


def former(state: DayState) -> dict[str, tuple[str, str]]:
    """Return by case that was told of, or brought in by a replaced report of the day, and is no more: its district and 案由."""
    return {
        number: (written(case.particulars["旗区"]) or "", written(case.particulars["案由"]) or "") for number, case in state.former.items()
    }


def status_before(state: DayState) -> dict[str, str]:
    """Return the cases whose status changed on the day, with the status before."""
    judgements = (state.judgements[report.arrival.id] for report in state.in_force.values())
    return {number: status for judgement in judgements for number, status in judgement.status_before.items()}


def withdrawn_disputes(state: DayState) -> tuple[str, ...]:
    """Return the cases of which any revision of the day took a 不认可 back without saying 认可."""
    return tuple(sorted({number for judgement in state.judgements.values() for number in judgement.withdrawn_disputes}))


def refused_answers(state: DayState) -> tuple[str, ...]:
    """Return the cases that have 不认可 or 认可 in a refused row, of the report in force or of one of an earlier day that became known."""
    of_day = {number for report in state.in_force.values() for number in state.judgements[report.arrival.id].refused_confirmations}
    late = {number for report in (*state.late_reports, *state.overnight.reports) for number in report.refused_answers}
    return tuple(case.number for case in state.cases if case.number in of_day or (late and alike(case.number) in late))


def ended_disputes(state: DayState) -> dict[str, str]:
    """Return how each 不认可 ended that was told before and does not stand: a key of `words.ENDED_DISPUTES` where the case counts now.

    Else it was taken back without 认可, by a correction of an earlier day: that is told whether the case counts or not.
    """
    told = _told_of_disputes(state)
    ended = {
        case.number: _how_ended(standing.dispute, case)
        for case in state.cases
        if (standing := told.get(case.number)) and standing.dispute and not case.dispute and not case.grounds
    }
    ended = _ended_while_open(state) | ended
    answers = _answers_to_dispute(state)
    ended |= {number: "corrected" for number, answer in answers.items() if answer == CONFIRMED}
    others = {case.number for case in state.cases if case.dispute or case.grounds}
    ended |= {number: _WITHDRAWN for number, answer in answers.items() if answer not in (CONFIRMED, DISPUTED) and number not in others}
    ended |= {number: _WITHDRAWN for number in withdrawn_disputes(state) if ended.get(number) == "answered"}
    counted = {case.number for case in state.cases if case.is_counted}
    return {number: how for number, how in sorted(ended.items()) if how == _WITHDRAWN or number in counted}


def _told_of_disputes(state: DayState) -> Register:
    """Return the cases of the day before as they were told, those with the dispute that was told of them before a correction by noon."""
    told = state.before if state.before_as_told is None else state.before_as_told
    at_midnight = state.overnight.registers[0] if state.overnight.registers else {}
    disputed = {number: case for number, case in at_midnight.items() if case.dispute}
    return told | {number: case for number, case in disputed.items() if number in told and told[number].dispute is None}


def _ended_while_open(state: DayState) -> dict[str, str]:
    """Return how disputes ended before today of cases that were not resolved then, and count from today on."""
    gained = (case for case in state.cases if case.is_counted and case.number not in state.counted_before)
    return {case.number: _how_ended(case.ended_dispute, case) for case in gained if case.ended_dispute}


def _how_ended(dispute: Dispute, case: Case) -> str:
    if case.confirmed and case.confirmed >= dispute.since:
        return "corrected" if case.confirmed <= dispute.under_number_since else "confirmed"
    # Another reply in place of the row that had the 不认可 answers nothing: that row was corrected away.
    return "answered" if case.answered and case.answered > dispute.under_number_since else _WITHDRAWN


def _answers_to_dispute(state: DayState) -> dict[str, str]:
    """Return what the report in force says of the cases that any report of the day called 不认可; '' for nothing.

    A revision may say 认可 in between, and the one in force nothing: that takes it back all the same.
    """
    in_force = {district: state.judgements[report.arrival.id].confirmations for district, report in state.in_force.items()}
    return {
        number: in_force.get(district, {}).get(number, "")
        for district, reports in state.submissions.items()
        for revision in reports.revisions
        for number, answer in state.judgements[revision.filed.arrival.id].confirmations.items()
        if answer == DISPUTED
    }


def of_moved_cases(state: DayState) -> Iterator[MovedRow]:
    """Go through what the day's reports say anew of cases that were given to another district, and what does not count for that."""
    cases = {case.number: case for case in state.cases}
    for district, (number, place, move) in (*state.of_moved, *state.told_elsewhere):
        case = cases.get(number) or state.elsewhere[number]
        status, columns = place["当前状态"] or case.status, tuple(_said_anew(place, case.last))
        if columns or status != case.status:
            stands = f"{case.status}（群众不认可，不计入化解）" if case.dispute and case.status == RESOLVED else case.status
            yield MovedRow(number, district, move, (status, stands), case.text("案件来源"), columns)


def _said_anew(place: RowPlace, last: RowPlace | None) -> Iterator[str]:
    for column in (*OF_THE_DAY, *_LASTING):
        stands = last[column] if last and column in _LASTING else None
        if place[column] and place[column] != stands:
            yield f"{column}“{brief(place[column] or '')}”" if column in _NAMED else column
