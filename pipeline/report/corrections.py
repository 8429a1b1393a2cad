"""What became known later, in sentences: earlier days restated, a day that is a correction, reports that were replaced.

Every sentence says what was told, what is known now, the cases between the two, and whose report it comes from.
Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.day.edit_effects import Effects
from pipeline.day.known_when import known_until
from pipeline.day.restatement import LateReport, Moves, Restated
from pipeline.report import edit_words, matter_words, restated_figures, sentences
from pipeline.report.report import Report
from pipeline.report.restated_figures import MOST, MOVES, moved
from pipeline.report.submission_lines import SubmissionLine
from pipeline.terms import words
from pipeline.terms.contract import SOURCE_DISTRICT


def of_group(report: Report, group: str, most: int = MOST) -> str:
    """Return what the readers of this day have to know of corrections to a group's figures; '' where there is nothing."""
    # Groups that a change of rules has done away with are told of with the first one: they were told of on their days.
    is_first = group == report.settings.groups[0].name
    former = [name for name in groups(report) if name not in {entry.name for entry in report.settings.groups}] if is_first else []
    gone = "".join(f"{name}：{restated(report, name, most)}" for name in former)
    times = (report.overnight_earlier, report.overnight, report.restated)
    is_once = sum(any(entry.group == group for entry in entries) for entries in times) <= 1
    earlier = overnight(report, group, most) + restated(report, group, most) if is_once else _both_times(report, group, most)
    told = f"{_lost(report, group, most)}{earlier}"
    return f"{gone}{told}{all_rewritten(report, group, most)}{_revised(report, group, most)}{of_moved(report, group, most)}"


def told_otherwise(report: Report) -> list[Restated]:
    """Return what is told otherwise of earlier days than at the end of the day before, of each group and day once, oldest first.

    What became known by noon and what did since are one there.
    """
    told = {(entry.day, entry.group): entry for entry in (*report.overnight_earlier, *report.overnight, *report.restated)}
    told |= {(entry.day, entry.group): entry for entry in report.overnight_net}
    return sorted((entry for entry in told.values() if entry.differs), key=lambda entry: entry.day)


def taken_back(report: Report) -> list[Restated]:
    """Return of which days a group's figures were corrected by noon, and corrected back since."""
    return [entry for entry in report.overnight_net if not entry.differs]


# --- earlier days ------------------------------------------------------------------------------------------------


def restated(report: Report, group: str, most: int = MOST) -> str:
    """Return what became known of earlier days since the report before; '' where nothing did."""
    entries = [entry for entry in report.restated if entry.group == group]
    if not entries:
        return ""
    moves = _together(entry.moves for entry in entries)
    parts = [_several(entries, most, report.day), *moved(moves, most), _whose(report, report.late_reports, moves.cases, most)]
    return f"以前的数字，与{_moment_of_noon(report)}所知相比有更正：{'；'.join(part for part in parts if part)}。"


def _both_times(report: Report, group: str, most: int) -> str:
    """Return what became known by noon and what did since as one correction: of each day a pair of figures, the cases once."""
    entries = [entry for entry in told_otherwise(report) if entry.group == group]
    all_moves = _together(entry.moves for entry in (*report.overnight_earlier, *report.overnight, *report.restated) if entry.group == group)
    net = _together(entry.moves for entry in entries)
    moves = replace(
        net,
        disputed=tuple(number for number in all_moves.disputed if number in net.newly_counted),
        passing=all_moves.passing,
        flagged=tuple((number, flag) for number, flag in all_moves.flagged if number in net.left),
    )
    by_noon = {entry.day: entry.tallies[1] for entry in (*report.overnight_earlier, *report.overnight) if entry.group == group}
    again = {entry.day: by_noon[entry.day] for entry in report.overnight_net if entry.group == group and entry.day in by_noon}
    back = [
        f"{sentences.day(entry.day, report.day)}曾改为{restated_figures.counts(again[entry.day])}，{restated_figures.back(entry)}"
        for entry in taken_back(report)
        if entry.group == group and entry.day in again
    ]
    reports = (*report.overnight_reports, *report.late_reports)
    whose = _whose(report, reports, moves.cases or all_moves.cases, most)
    remarks = {day: f"（{_moment_of_noon(report)}所知{restated_figures.counts(tally)}）" for day, tally in again.items()}
    days = _several(entries, most, report.day, remarks)
    parts = [days, *back[: max(1, most)], *moved(moves, most), whose]
    return f"以前的数字，与{_moment_of_night(report)}所知相比有更正：{'；'.join(part for part in parts if part)}。"


def basis(report: Report) -> str:
    """Return as of when the former figures of earlier days are: noon, or the end of the day before where anything came between."""
    return _moment_of_night(report) if report.overnight or report.overnight_earlier else _moment_of_noon(report)


def _moment_of_noon(report: Report) -> str:
    return f"{sentences.day(report.day, report.day)}{noon(report)}"


def _moment_of_night(report: Report) -> str:
    return f"{sentences.day(report.day - timedelta(days=1), report.day)}24:00"


def _lost(report: Report, group: str, most: int) -> str:
    """Return what a group's figures were with the originals that are lost, and are without them; '' where they are the same."""
    entry = next((entry for entry in report.lost_with_originals if entry.group == group), None)
    if entry is None:
        return ""
    parts = [restated_figures.pair(entry), *moved(entry.moves, most)]
    return f"因原件遗失、不计入，{sentences.day(entry.day, report.day)}的数字与以前发布的不同：{'；'.join(parts)}。"


def overnight(report: Report, group: str, most: int = MOST) -> str:
    """Return what came between the end of the day before and noon: it counts as known, and that day's first readers did not have it."""
    before, entry = _overnight_earlier(report, group, most), next((entry for entry in report.overnight if entry.group == group), None)
    if entry is None:
        return before
    parts = [restated_figures.pair(entry), *moved(entry.moves, most), _whose(report, report.overnight_reports, entry.moves.cases, most)]
    came = f"{sentences.day(entry.day, report.day)}的数字，{_between(report)}有更正"
    return f"{before}{came}：{'；'.join(part for part in parts if part)}。"


def _overnight_earlier(report: Report, group: str, most: int) -> str:
    """Return the same of the days before that one: its own report restates them, in an edition that its first readers did not have."""
    entries = [entry for entry in report.overnight_earlier if entry.group == group]
    if not entries:
        return ""
    last = report.day - timedelta(days=1)
    moves = _together(entry.moves for entry in entries)
    parts = [_several(entries, most, report.day), *moved(moves, most), _whose(report, report.overnight_reports, moves.cases, most)]
    came = f"{sentences.day(last, report.day)}{_between(report).removeprefix('当日')}"
    return f"更早的数字，{came}有更正：{'；'.join(part for part in parts if part)}。"


def _several(entries: Sequence[Restated], most: int, told_on: date, remarks: Mapping[date, str] | None = None) -> str:
    """Return what a group's days were told as and are known as, run by run, so many of them; `remarks`: on a day's figures."""
    runs = restated_figures.runs_of(entries)
    beside = remarks or {}
    shown = [
        f"{restated_figures.days_of(run, told_on)}{restated_figures.pair(run[0])}{beside.get(run[0].day, '') if len(run) == 1 else ''}"
        for run in restated_figures.chosen(runs, max(1, most))
    ]
    return "、".join(shown) + (f"等{len(entries)}天" if len(runs) > len(shown) else "")


def _between(report: Report) -> str:
    """Return the time in which reports for the day before count as known, though nobody who read it at once could know them."""
    return f"当日24:00以后、次日{noon(report)}以前"


def noon(report: Report) -> str:
    """Return the time of the next day up to which reports for the day before count as known to its readers."""
    return f"{(report.rules_before or report.settings).calendar.correction_after:%H:%M}"


def all_rewritten(report: Report, group: str, most: int) -> str:
    """Return what later reports of earlier days did to a group's cases but for its figures: to their particulars and flags."""
    before = sentences.day(report.day - timedelta(days=1), report.day)
    of_last_night = f"{before}日报里的案件内容，{_between(report)}有更正"
    return _rewritten(report, group, (of_last_night, report.overnight_effects, report.overnight_reports), most) + _rewritten(
        report, group, ("以前日报里的案件内容有更正", report.late_effects, report.late_reports), most
    )


def _rewritten(report: Report, group: str, told: tuple[str, Effects, Sequence[LateReport]], most: int) -> str:
    """Return it of some of the reports; `told`: what it is called, what they did, and the reports themselves."""
    name, effects, reports = told
    if effects == Effects():
        return ""
    numbers = {case.number for case in report.cases if case.group == group}
    of_group = Effects(
        tuple(edit for edit in effects.edits if edit.number in numbers),
        tuple(shift for shift in effects.shifts if shift.group == group),
        tuple(flag for flag in effects.flags if flag.number in numbers),
        tuple(number for number in effects.referred if number in numbers),
        tuple(number for number in effects.not_referred if number in numbers),
        tuple(flag for flag in effects.then if flag.number in numbers),
        tuple(number for number in effects.unconfirmed if number in numbers),
    )
    said = edit_words.of_late_reports(of_group, report.day, room(most))
    if not said:
        return ""
    whose = _whose(report, reports, of_group.numbers, most)
    return f"{name}：{'；'.join([*said, *([whose] if whose else [])])}。"


def room(most: int) -> edit_words.Room:
    """Return how much is said of particulars and flags where so many cases are named of figures."""
    return edit_words.Room(most, 60 if most > MOST else 20)


def groups(report: Report) -> list[str]:
    """Return the groups that earlier days are told differently of."""
    return list(dict.fromkeys(entry.group for entry in report.restated))


def _together(moves: Iterable[Moves]) -> Moves:
    cases: dict[str, set[str]] = {kind: set() for kind in (*MOVES, "disputed", "passing")}
    flagged: dict[tuple[str, str], None] = {}
    for entry in moves:
        flagged |= dict.fromkeys(entry.flagged)
        for kind, found in cases.items():
            found.update(getattr(entry, kind))
    return Moves(**{kind: tuple(sorted(found)) for kind, found in cases.items()}, flagged=tuple(flagged))


def of_moved(report: Report, group: str, most: int) -> str:
    """Return what was reported of cases given to other districts, and does not count; of a unit also of what it gave away."""
    rows = [row for row in report.of_moved_cases if report.settings.group_of_source[row.source].name == group]
    return matter_words.of_moved_cases(rows, report.day, most)


# --- whose reports -----------------------------------------------------------------------------------------------


def _whose(report: Report, late: Sequence[LateReport], cases: Collection[str], most: int) -> str:
    """Return the late reports behind what is told of cases: those that speak of them, whose ever they are by now."""
    behind = [entry for entry in late if entry.speaks_of(cases)]
    return f"依据{listed(behind, most, report.day)}" if behind and most else ""


def listed(reports: Sequence[LateReport], most: int, told_on: date) -> str:
    """Return whose late reports of which days these are, so many of them by name."""
    if not most:
        return f"{len(reports)}份日报"
    shown = "、".join(late_report(report, told_on) for report in reports[:most])
    return shown if len(reports) <= most else f"{shown}等{len(reports)}份"


def late_report(report: LateReport, told_on: date) -> str:
    """Return whose report of which day it is, and when it came."""
    of_day = f"{sentences.day(report.day, told_on)}日报的更正" if report.is_revision else f"补报的{sentences.day(report.day, told_on)}日报"
    return f"{report.district}{of_day}（{sentences.day(report.received_at.date(), told_on)}{report.received_at:%H:%M}收到）"


# --- reports that were replaced ----------------------------------------------------------------------------------


def handed_in(line: SubmissionLine, day: date, most: int = MOST) -> str:
    """Return when a district's first report and the one in force came, and what that changed; '' where there is nothing to say."""
    if line.received_at is None or line.in_force_received_at is None or not (line.is_replaced or line.was_zero_report):
        return ""
    last = line.in_force_received_at if line.is_replaced else None
    moments = words.first_and_last(day, (line.received_at, line.was_zero_report), (last, line.is_zero))
    again = f"，内容与第 {line.repeats} 版相同" if line.repeats else ""
    told = moved(line.moves, most) or ([matter_words.revised(line.revised, most)] if line.is_replaced and not again else [])
    return "，".join([f"{moments}{again}", *told])


def is_noteworthy(line: SubmissionLine, report: Report) -> bool:
    """Whether leaders have to know that a report was replaced: not where it says by the cut-off what the first said."""
    return line.is_replaced and (line.repeats != 1 or _is_late_or_was_zero(line, report))


def _is_late_or_was_zero(line: SubmissionLine, report: Report) -> bool:
    limit = report.settings.calendar.last_moment(report.day)
    return line.was_zero_report or (line.in_force_received_at or limit) > limit


def _revised(report: Report, group: str, most: int) -> str:
    """Return what reports that were replaced before the day became a correction changed in a group, be it before the cut-off."""
    lines = [line for line in report.submissions if line.is_replaced]
    groups = {case.number: case.group for case in report.cases} if lines else {}
    own = next((entry.name for entry in report.settings.groups if SOURCE_DISTRICT in entry.sources), "")
    until, noted, all_moves = known_until(report.day, report.settings), [], []
    for line in lines:
        came = line.in_force_received_at
        if came is None or came > until:
            continue
        of_group = Moves(
            **{kind: tuple(n for n in getattr(line.moves, kind) if groups.get(n, own) == group) for kind in (*MOVES, "passing")},
            flagged=tuple((number, flag) for number, flag in line.moves.flagged if groups.get(number, own) == group),
        )
        if of_group.cases:
            all_moves.append(of_group)
            noted.append(f"{line.district}{words.clock(came, report.day)}更正，{'，'.join(moved(of_group, most))}")
    if not noted:
        return ""
    shown = noted[: max(1, most)]
    more = f"；等{len(noted)}个旗区" if len(noted) > len(shown) else ""
    return f"首报后又更正：{'；'.join(shown)}{more}{_at_first(report, group, _together(all_moves))}。"


def _at_first(report: Report, group: str, moves: Moves) -> str:
    """Return a group's figure by the first reports, where the revisions lowered it and moved no total; else ''."""
    lost = len(moves.no_longer_counted) - len(moves.newly_counted)
    if lost <= 0 or moves.entered or moves.left or moves.passing:
        return ""
    tally = next(figure.tally for figure in report.targets if figure.group == group)
    return f"；首报时为{tally.resolved + lost}/{tally.total}"
