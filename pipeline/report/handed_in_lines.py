"""What the districts handed in for a day, file by file: what became of each, and what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.day import judging, row_changes, withdrawn_rows
from pipeline.day.case_book import CaseBook
from pipeline.day.day_state import DayState
from pipeline.day.doubts import first_taken, is_wholly_refused
from pipeline.day.judgement import Judgement
from pipeline.day.known_when import known_until
from pipeline.day.restatement import Moves
from pipeline.day.row_changes import RowChanges
from pipeline.day.submissions import NO_REPORTS, OfDay, Reports, Submissions
from pipeline.report import other_sheets, reminders
from pipeline.report.submission_lines import ArrivedReport, FindingLine, Input, SubmissionLine, Waiting
from pipeline.settings.config import Settings
from pipeline.terms import messages, words
from pipeline.terms.contract import CASE, COVER, REPORT_EXTENSIONS, REPORT_SHEETS, Severity
from pipeline.terms.findings import Finding, column_letter
from pipeline.terms.handed_in import Filed, Submission
from pipeline.terms.rows import Rows
from pipeline.terms.text import is_masked, mask

_SHEET_ORDER = {name: index for index, name in enumerate(["", COVER, *(sheet.name for sheet in (*REPORT_SHEETS, *REPORT_EXTENSIONS))])}


def of(state: DayState, refused: tuple[Filed, ...], settings: Settings) -> tuple[ArrivedReport, ...]:
    """Return every report of the day: in force, replaced, repeated or refused whole; by district and arrival."""
    lines = [
        _refused(filed, state.submissions.get(filed.reading.district, NO_REPORTS).revision, settings)
        for filed in refused
        if not filed.arrival.is_assignment
    ]
    for reports in state.submissions.values():
        lines += _versions(reports, state.judgements, settings)
    sent: Counter[str] = Counter()
    counted = []
    for line in sorted(lines, key=_places(settings)):  # of a district by arrival
        is_own = bool(line.district) and not line.is_from_stranger
        sent[line.district] += is_own
        is_excused = (line.district, line.day) in state.exempted.excused
        counted.append(replace(line, sent=sent[line.district], is_excused=is_excused) if is_own else line)
    return tuple(counted)


def _versions(reports: Reports, judgements: Mapping[int, Judgement], settings: Settings) -> Iterable[ArrivedReport]:
    """Return a district's accepted reports of the day, each version with the counts of the one before it."""
    before, first_at, taken_at = None, None, None
    for submission in reports.submissions:
        line = _accepted(submission, reports, judgements, settings)
        if line.revision:
            first_at = first_at or line.received_at
            taken_at = taken_at or (None if line.takes_nothing else line.received_at)
            line, before = (
                replace(line, before=before, first_at=first_at, taken_at=taken_at),
                (line.rows_accepted, line.rows_refused),
            )
        yield line


def of_earlier_days(refused: Iterable[Filed], settings: Settings) -> tuple[ArrivedReport, ...]:
    """Return the files that belong to earlier days and were refused whole, by day, district and arrival."""
    place = _places(settings)
    return tuple(sorted((_refused(filed, 0, settings) for filed in refused), key=lambda line: (line.day, *place(line))))


def by_outline(of_day: Sequence[Filed], settings: Settings) -> list[tuple[ArrivedReport, Filed]]:
    """Return the day's reports in the same order, each with its file, without the findings that need the register."""
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
    return lambda report: (order.get(report.district, len(order)), report.received_at, report.sha256, report.name)


def unsent(filed: Filed, judgement: Judgement | None, settings: Settings) -> ArrivedReport:
    """Return the line of a file that somebody checks before sending it, as if it were the first of its day."""
    judged = judgement or by_itself(filed)
    return _handed(filed, (int(filed.reading.accepted), words.UNSENT, 0), judged, (*filed.reading.findings, *judged.findings), settings)


def waiting(filed: Filed, state: DayState | None, known: Submissions, settings: Settings, waits: Waiting) -> ArrivedReport:
    """Return the line of a report that no run has taken in, as the next one will write it. `known`: with what else counts or waits.

    `state`: its day folded with all that waits; None where there is no register to judge by.
    """
    if not filed.reading.accepted:
        line = _refused(filed, known.beside(filed).revision, settings)
    elif state:
        reports = state.submissions[filed.reading.district]
        lines = zip(reports.submissions, _versions(reports, state.judgements, settings), strict=True)
        line = next(line for submission, line in lines if submission.filed.arrival.id == filed.arrival.id)
    else:
        submission, in_force = known.place_of(filed), known.beside(filed).revision
        place = (submission.revision, _use(submission), in_force) if submission else (1, words.USED, 1)
        line = _handed(filed, place, by_itself(filed), filed.reading.findings, settings)
    return replace(line, waits=waits)


def by_itself(filed: Filed) -> Judgement:
    """Return the judgement where there is no register to judge by."""
    refused = sum(len(rows.refused) for rows in filed.reading.rows)
    return Judgement(rows_accepted=sum(len(rows.lines) for rows in filed.reading.rows) - refused, rows_refused=refused)


def _refused(filed: Filed, in_force: int, settings: Settings) -> ArrivedReport:
    return _handed(filed, (0, words.REFUSED, in_force), Judgement(), filed.reading.findings, settings)


def _accepted(submission: Submission, reports: Reports, judgements: Mapping[int, Judgement], settings: Settings) -> ArrivedReport:
    in_force, judgement = reports.revision, judgements.get(submission.filed.arrival.id)
    if submission.is_duplicate or judgement is None:
        return _handed(submission.filed, (0, words.DUPLICATE, in_force), Judgement(), (messages.finding("duplicate"),), settings)
    again = (messages.finding("older-revision", revision=submission.repeats),) if submission.repeats else ()
    own = placed(submission.filed, reports, judgements, settings, is_sent=True).reading.findings
    findings = (*own, *judgement.findings, *again)
    return _handed(submission.filed, (submission.revision, _use(submission), in_force), judgement, findings, settings)


def placed(filed: Filed, reports: Reports, judgements: Mapping[int, Judgement], settings: Settings, *, is_sent: bool) -> Filed:
    """Return a report whose `late` says what it means in its place among the district's `reports` of the day, with it or without.

    `judgements`: on these; of one that is not there it counts as refused what is refused by itself, of the others nothing. `is_sent`:
    whether it has been handed in; of one that is not there is no time of arrival to speak of.
    """
    if not any(finding.code == "late" for finding in filed.reading.findings):
        return filed
    limit, received = settings.on(filed.reading.day).calendar.last_moment(filed.reading.day), filed.arrival.envelope.received_at
    first, taken = reports.first_received, first_taken(reports, judgements)
    if first is None or first >= received:
        place = "first"
    else:
        place = "again-late" if first > limit else "again" if taken and taken <= limit else "again-refused"
    if is_wholly_refused(filed, judgements.get(filed.arrival.id) or by_itself(filed)):
        place = {"again": "nothing-again", "again-refused": "nothing-again-refused"}.get(place, "nothing")
    said = messages.late(received.astimezone(settings.calendar.zone), limit, place if is_sent else f"unsent-{place}")
    findings = tuple(said if finding.code == "late" else finding for finding in filed.reading.findings)
    return replace(filed, reading=replace(filed.reading, findings=findings))


def _handed(
    filed: Filed, place: tuple[int, str, int], judgement: Judgement, findings: tuple[Finding, ...], settings: Settings
) -> ArrivedReport:
    day, arrival = filed.reading.day, filed.arrival
    revision, use, in_force = place
    ordered = tuple(sorted(findings, key=address))
    cases = cases_by_row(filed.reading.rows)
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
        findings=ordered,
        cases=tuple(cases.get((finding.sheet, finding.row), "") for finding in ordered),
        on_time_until=settings.on(day).calendar.last_moment(day),
        unmarked_until=known_until(day, settings),
        sent_by=settings.district_of_sender(arrival.envelope) if not filed.reading.district or filed.reading.is_from_stranger else "",
        rows_moved=judgement.rows_moved,
        moved_places=frozenset(judgement.moved_places),
        masked=masked(filed) if use in (words.USED, words.UNSENT) else (),
        reminders=judgement.reminders,
        refused_urgent=filed.reading.refused_urgent,
        meant="" if filed.reading.district else filed.reading.meant,
    )


def cases_by_row(sheets: Iterable[Rows]) -> dict[tuple[str, int | None], str]:
    """Return the case number of each row that has one, by sheet and row as findings name them."""
    return {
        (rows.name, line): messages.brief(number)
        for rows in sheets
        if CASE in rows.values
        for line, number in zip(rows.lines, rows.texts(CASE), strict=True)
        if number
    }


def masked(filed: Filed) -> tuple[str, ...]:
    """Return the cells in which a receipt's stars came back in place of a personal number, sheet by sheet and row by row."""
    return tuple(
        f"{rows.name}!{column_letter(letter)}{line}"
        for rows in filed.reading.rows
        for position, line in enumerate(rows.lines)
        for column, letter in rows.letters.items()
        if "*" in (found := str(rows.values.get(column, rows.lines)[position])) and is_masked(found)
    )


def address(finding: Finding) -> tuple[int, str, int, int, str]:
    """Return the sort key of a finding among those of its file: by sheet, row and column."""
    return _SHEET_ORDER.get(finding.sheet, len(_SHEET_ORDER)), finding.sheet, finding.row or 0, finding.column or 0, finding.code


# --- what is shown of them ---------------------------------------------------------------------------------------


def submission_lines(state: DayState, refused: Sequence[Filed], settings: Settings) -> tuple[SubmissionLine, ...]:
    """Return what each district handed in for the day, in the order of the districts; `refused` are the day's refused files."""
    refused_files: dict[str, list[Filed]] = {}
    for file in refused:
        if not file.reading.is_from_stranger:
            refused_files.setdefault(file.reading.district, []).append(file)
    left_out = _left_out(state)
    lines = (_submission_line(district, state, refused_files.get(district, []), settings) for district in settings.district_names)
    return tuple(replace(line, left_out=left_out.get(line.district, ())) for line in lines)


def may_be_of(file: Filed, districts: Collection[str], settings: Settings) -> bool:
    """Return whether a report is of one of these districts: what names none may be its sender's, or of the one that it seems to mean."""
    own = file.reading.district
    return not {own or settings.district_of_sender(file.arrival.envelope), own or file.reading.meant}.isdisjoint(districts)


def returned(refused: Iterable[Filed]) -> frozenset[OfDay]:
    """Return of which districts and days these files refused whole are reports; of a district that a stranger names they are none."""
    own = (file for file in refused if not file.arrival.is_assignment and not file.reading.is_from_stranger)
    return frozenset((file.reading.district, file.reading.day) for file in own if file.reading.district)


def _left_out(state: DayState) -> dict[str, tuple[str, ...]]:
    """Return by district what its replaced reports of the day had and the one in force has not: rows, and 不认可 that nobody took back."""
    revised = {district: reports for district, reports in state.submissions.items() if reports.revision > 1}
    case_book, left_out = CaseBook.of(state.cases if revised else (), state.day), dict[str, tuple[str, ...]]()
    for district, reports in revised.items():
        *replaced, last = (
            (revision.filed.reading, state.judgements.get(revision.filed.arrival.id, Judgement())) for revision in reports.revisions
        )
        rows = [(reading, judging.refused_rows(reading.rows, judgement.findings)) for reading, judgement in replaced]
        said = {number: answer for _reading, judgement in replaced for number, answer in judgement.confirmations.items()}
        disputes = withdrawn_rows.withdrawn_disputes(said, last[1].confirmations)
        left_out[district] = (
            *withdrawn_rows.missing_at_last(rows, last[0], case_book),
            *(f"{messages.brief(number)} 的群众不认可" for number in disputes),
        )
    return left_out


def _submission_line(district: str, state: DayState, refused: Sequence[Filed], settings: Settings) -> SubmissionLine:
    reports = state.submissions.get(district, NO_REPORTS)
    refused_urgent = other_sheets.refused_urgent(reports, state.judgements, refused)
    asked = other_sheets.refused_requests(reports, state.judgements, refused, state)
    standing, last = reports.standing(state.day, settings.calendar), reports.in_force
    if last is None or reports.first_received is None or reports.in_force_received is None:
        line = SubmissionLine(district, standing, False, 0, None, 0, 0, "", "", len(refused))
        return replace(line, refused_urgent=refused_urgent, refused_requests=asked)
    judgement = state.judgements[last.arrival.id]
    refusing = [finding for finding in (*last.reading.findings, *judgement.findings) if finding.refuses]
    return SubmissionLine(
        district=district,
        status=standing,
        zero_report=last.reading.is_zero_report,
        revision=reports.revision,
        received_at=reports.first_received.astimezone(settings.calendar.zone),
        rows_accepted=judgement.rows_accepted,
        rows_refused=judgement.rows_refused,
        file=mask(last.arrival.name),
        reporter=last.reading.cover.get("填报人", ""),
        refused_files=len(refused),
        in_force_received_at=reports.in_force_received.astimezone(settings.calendar.zone),
        was_zero_report=reports.revisions[0].filed.reading.holds_nothing,
        repeats=reports.revisions[-1].repeats,
        moves=_moves(district, state, reports, settings),
        revised=_revised(reports, state.judgements),
        turned_back=reminders.turned_back(judgement, state.day),
        refused_sheets=tuple(dict.fromkeys(finding.sheet for finding in refusing if finding.severity is Severity.SHEET)),
        refused_urgent=refused_urgent,
        refused_requests=asked,
        rows_moved=judgement.rows_moved,
        is_offices_alone=messages.is_offices_alone(refusing),
        mended_at=came.astimezone(settings.calendar.zone) if (came := mended_on(state).get(district)) else None,
    )


def mended_on(state: DayState) -> Mapping[str, datetime]:
    """Return the districts of whose reports of the day all that came by the cut-off was refused, with when something was taken."""
    return next((past.mended for past in state.recent if past.day == state.day), {})


def _moves(district: str, state: DayState, reports: Reports, settings: Settings) -> Moves:
    """Return what the report in force changed against the first; what came and went before the cut-off has left no total."""
    moves, came = state.replaced.get(district, Moves()), reports.in_force_received
    is_in_time = came is not None and came <= settings.on(state.day).calendar.last_moment(state.day)
    return moves.apart_from(state.withdrawn) if is_in_time else moves


def _revised(reports: Reports, judgements: Mapping[int, Judgement]) -> RowChanges:
    """Return what the report in force says otherwise than the first, row by row."""
    first, last = reports.revisions[0].filed, reports.in_force
    if last is None or last is first:
        return RowChanges()
    refusals = [
        {
            (found.sheet, found.row): found.code
            for found in reversed((*filed.reading.findings, *judgements.get(filed.arrival.id, Judgement()).findings))
            if found.refuses
        }
        for filed in (first, last)
    ]
    return row_changes.row_changes(first.reading, last.reading, (refusals[0], refusals[1]))


def finding_lines(state: DayState, refused: Iterable[Filed], arrived: Iterable[ArrivedReport]) -> tuple[FindingLine, ...]:
    """Return the findings in the assignment workbook in force, then in the reports, then in refused assignment workbooks, file by file."""
    day, assignment = state.day.isoformat(), mask(state.assignment.arrival.name)
    listed = cases_by_row(state.assignment.reading.rows)
    lines = [
        FindingLine(day, "", assignment, words.OF_ASSIGNMENT, finding, case=listed.get((finding.sheet, finding.row), ""))
        for finding in state.assignment_findings
    ]
    lines += [
        FindingLine(
            day,
            report.district,
            report.name,
            report.use,
            finding,
            report.sent_by,
            report.is_from_stranger,
            (finding.sheet, finding.row) in report.moved_places,
            case,
            report.meant,
        )
        for report in arrived
        for finding, case in zip(report.findings, report.cases, strict=True)
    ]
    lines += [
        FindingLine(day, file.reading.district, mask(file.arrival.name), words.REFUSED, finding)
        for file in refused
        if file.arrival.is_assignment
        for finding in sorted(file.reading.findings, key=address)
    ]
    return tuple(lines)


def inputs(files: Iterable[Filed]) -> tuple[Input, ...]:
    """Return a line for each file, for whoever wants to know what a day's figures rest on."""
    return tuple(
        Input(mask(file.arrival.path), file.arrival.sha256, file.arrival.envelope.received_at.isoformat(), _role(file), _whose(file))
        for file in files
    )


def _whose(file: Filed) -> dict[str, str]:
    """Return the district and the day of a report that counts: a manifest may one day be all that tells whose a lost report was."""
    if file.arrival.is_assignment or not file.reading.accepted:
        return {}
    return {"district": file.reading.district, "day": file.reading.day.isoformat()}


def _role(file: Filed) -> str:
    kind = "assignment" if file.arrival.is_assignment else "report"
    return kind if file.reading.accepted else f"{kind}, refused"


def last_arrival(files: Iterable[Filed], settings: Settings) -> datetime:
    """Return when the last of these files came, in the office's zone. There must be at least one."""
    return max(file.arrival.envelope.received_at for file in files).astimezone(settings.calendar.zone)
