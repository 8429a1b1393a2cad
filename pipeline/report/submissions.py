"""What the districts handed in for a day, file by file: what became of each, and what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from pipeline.day.fold import DayState
from pipeline.day.judging import Judgement
from pipeline.day.submissions import NO_REPORTS, Submissions
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms import messages, words
from pipeline.terms.contract import COVER, REPORT_SHEETS
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed, Submission
from pipeline.terms.text import mask

_SHEET_ORDER = {name: index for index, name in enumerate(["", COVER, *(sheet.name for sheet in REPORT_SHEETS)])}


def of(state: DayState, refused: tuple[Filed, ...], settings: Settings) -> tuple[ArrivedReport, ...]:
    """Every report of the day: in force, replaced, repeated or refused whole; by district and arrival."""
    lines = [
        _refused(filed, state.submissions.get(filed.reading.district, NO_REPORTS).revision, settings)
        for filed in refused
        if not filed.arrival.is_assignment
    ]
    lines += [
        _accepted(submission, state.judgements.get(submission.filed.arrival.id), reports.revision, settings)
        for reports in state.submissions.values()
        for submission in reports.submissions
    ]
    place = _places(settings)
    return tuple(sorted(lines, key=place))


def by_outline(of_day: Sequence[Filed], settings: Settings) -> list[tuple[ArrivedReport, Filed]]:
    """The day's reports in the same order, each with its file, without what only the register tells."""
    outlined = [(_refused(filed, 0, settings), filed) for filed in of_day if not filed.reading.accepted]
    for submission in Submissions.of(of_day):
        place = (submission.revision, _use(submission), 0)
        outlined.append((_handed(submission.filed, place, Judgement(), (), settings), submission.filed))
    rank = _places(settings)
    return sorted(outlined, key=lambda pair: rank(pair[0]))


def _use(submission: Submission) -> str:
    if submission.is_duplicate:
        return words.DUPLICATE
    return words.USED if submission.in_force else words.REPLACED


def _places(settings: Settings) -> Callable[[ArrivedReport], tuple[int, datetime, str, str]]:
    order = {district: index for index, district in enumerate((*settings.district_names, ""))}
    return lambda one: (order.get(one.district, len(order)), one.received_at, one.sha256, one.name)


def unsent(filed: Filed, judgement: Judgement | None, settings: Settings) -> ArrivedReport:
    """A file that somebody asks about before sending it, as if it were the first of its day."""
    known = judgement or _by_itself(filed)
    return _handed(filed, (int(filed.reading.accepted), words.UNSENT, 0), known, (*filed.reading.findings, *known.findings), settings)


def _by_itself(filed: Filed) -> Judgement:
    """The judgement where there is no register to judge by."""
    refused = sum(len(rows.refused) for rows in filed.reading.rows)
    return Judgement(rows_accepted=sum(len(rows.lines) for rows in filed.reading.rows) - refused, rows_refused=refused)


def _refused(filed: Filed, in_force: int, settings: Settings) -> ArrivedReport:
    return _handed(filed, (0, words.REFUSED, in_force), Judgement(), filed.reading.findings, settings)


def _accepted(one: Submission, judgement: Judgement | None, in_force: int, settings: Settings) -> ArrivedReport:
    if one.is_duplicate or judgement is None:
        return _handed(one.filed, (0, words.DUPLICATE, in_force), Judgement(), (messages.finding("duplicate"),), settings)
    found = (*one.filed.reading.findings, *judgement.findings)
    return _handed(one.filed, (one.revision, _use(one), in_force), judgement, found, settings)


def _handed(
    filed: Filed, place: tuple[int, str, int], judgement: Judgement, findings: tuple[Finding, ...], settings: Settings
) -> ArrivedReport:
    day, arrival = filed.reading.day, filed.arrival
    revision, use, in_force = place
    return ArrivedReport(
        day=day,
        district=filed.reading.district,
        revision=revision,
        use=use,
        in_force=in_force,
        name=mask(arrival.name),
        sha256=arrival.sha256,
        size=arrival.size,
        received_at=arrival.envelope.received_at.astimezone(settings.calendar.zone),
        rows_accepted=judgement.rows_accepted,
        rows_refused=judgement.rows_refused,
        findings=tuple(sorted(findings, key=address)),
        on_time_until=settings.calendar.last_moment(day),
        unmarked_until=correction_from(day, settings),
    )


def correction_from(day: date, settings: Settings) -> datetime:
    """What arrives after this moment turns the day's results into a correction."""
    return datetime.combine(day + timedelta(days=1), settings.calendar.correction_after, settings.calendar.zone)


def address(found: Finding) -> tuple[int, str, int, int, str]:
    """Where a finding stands among those of its file."""
    return _SHEET_ORDER.get(found.sheet, len(_SHEET_ORDER)), found.sheet, found.row or 0, found.column or 0, found.code
