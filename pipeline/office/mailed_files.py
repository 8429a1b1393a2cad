"""What is said of a file within minutes after it was mailed: what `check` finds, before the night has taken it in.

Covered by tests/post/test_answering.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from pipeline.day.submissions import NO_REPORTS, Submissions
from pipeline.intake import held_files, incoming
from pipeline.intake.incoming import Incoming
from pipeline.office import check, preview_text, status, templates, waiting
from pipeline.office.report_preview import Preview
from pipeline.office.waiting import Waits
from pipeline.reading.readers import Readers
from pipeline.render.receipts import receipt_files
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import ArrivedReport, Waiting
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.terms.handed_in import Filed
from pipeline.terms.mails import answers_notice

_MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class MailedFile:
    """What became of one file, as far as it can be said before the night."""

    name: str
    verdict: str
    findings: tuple[str, ...] = ()
    more: int = 0
    """So many findings are not listed."""
    receipt: bytes = b""
    """The workbook with its findings marked; b"" where there is nothing to mark."""
    day: date | None = None
    """The day as whose report it waits for the night; None where it is none."""
    takes_nothing: bool = False
    """Whether all of it will be refused though it is the report of its day,"""
    takes_less: bool = False
    """and whether fewer rows will count than of the report that it takes the place of."""
    until: str = ""
    """Until when it can be mended in time, in words; '' where it need not be."""
    has_marks: bool = False
    """Whether anything stands on a cell of its receipt."""
    is_moved: bool = False
    """Whether nothing of it is refused but rows of cases that the office has given to other districts."""
    is_old: bool = False
    """Whether it had been taken in before, is the one that counts once more, or a later report counts in its place."""

    @property
    def counts(self) -> bool:
        """Whether it waits for the night as the report of its day, and not all of it will be refused."""
        return self.day is not None and not self.takes_nothing

    @property
    def answers_notice(self) -> bool:
        """Whether it is no report, since it answers a notice."""
        return any(map(answers_notice, self.findings))


class MailedFiles:
    """Looks at files that lie in the inbox, with readers that are started once."""

    def __init__(self, settings: Settings, now: datetime, count: int) -> None:
        self._settings, self._now, self._readers = settings, now, Readers(settings, count)
        self._remembered: incoming.Remembered = {}

    def __enter__(self) -> Self:
        self._readers.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._readers.__exit__()

    def look(self, name: str, path: str, district: str) -> MailedFile:
        """Return what is said of the file at this path in the inbox to the district that has sent it; '' for one that had come before."""
        place = self._settings.paths.inbox / path
        if not path:
            return MailedFile(name, "以前收过，没有再收。", is_old=True)
        if not place.is_file():
            return MailedFile(name, "已收下，已进入汇总，结果见回执。", is_old=True)
        answer = check.check(place, self._settings, self._now, self._readers, waits=self._waiting)
        if answer.reading.is_from_stranger:
            return MailedFile(name, f"不能采用：{next(found.message for found in answer.findings if found.code == 'sender-not-allowed')}")
        if answer.reading.accepted and (after := self._overtaken_by(answer, place)):
            whose = f"收到了，是{district}{words.near(answer.reading.day, self._now.date())}的日报。"
            why = f"。那一份{words.AHEAD}" if after > self._now else ""
            counts = f"同一天的日报又收到一份（{words.moment(after, self._now.date())}），以那一份为准，这一份不算数{why}。"
            return MailedFile(name, f"{whose}{counts}", is_old=True)
        line = handed_in_lines.unsent(answer.filed, answer.judgement, self._settings)
        if answer.preview is not None and answer.preview.is_repeat and answer.reading.accepted:
            return MailedFile(name, self._repeated(answer, answer.preview, line), is_old=True)
        takes_nothing = answer.reading.accepted and answer.refuses and not line.rows_accepted and line.rows_refused > line.rows_moved
        reminders = answer.preview.reminders if answer.preview else ()
        shown = (*(f"（提醒）{said}" for said in reminders), *_shown(line))
        is_slip = any(answers_notice(found.message) for found in answer.findings)  # nothing of it is to be mended
        may_be_marked = (answer.findings or reminders) and not is_slip and receipt_files.may_be_marked(answer.findings)
        accepted = answer.reading.accepted
        return MailedFile(
            name,
            _verdict(answer, line, self._now.date()),
            shown[:_MOST_FINDINGS],
            len(shown[_MOST_FINDINGS:]),
            self._receipt(answer) if may_be_marked else b"",
            day=answer.reading.day if accepted else None,
            takes_nothing=takes_nothing,
            takes_less=answer.preview is not None and answer.preview.takes_less,
            until=self._until(district, answer.reading.day if accepted else self._day(answer))
            if may_be_marked and answer.refuses and not _is_moved(line)
            else "",
            is_moved=_is_moved(line),
            has_marks=any(finding.cell for finding in answer.findings),
        )

    def _repeated(self, answer: check.Answer, preview: Preview, line: ArrivedReport) -> str:
        """Return what is said of the report that counts, come once more: nothing of it is taken, and which later days have none."""
        reading, today, refused = answer.reading, self._now.date(), line.rows_refused - line.rows_moved
        mend = f"：采用{line.rows_accepted}行，退回{refused}行，请照它的回信或回执改好再发一次。" if refused else "，不用再报。"
        same = f"与正在算数的那一份完全相同，汇总时会忽略；那一份照算{mend}"
        between = (reading.day + timedelta(days=count) for count in range(1, (today - reading.day).days))
        lacking = [words.near(day, today) for day in between if not self._has_report(reading.district, day)]
        without = f"{'、'.join(lacking)}的日报没有收到过，请核对是不是发错了文件。" if lacking else ""
        whose = f"收到了，是{reading.district}{words.near(reading.day, today)}的日报。"
        return f"{whose}{same}{preview_text.told_by_mail(preview)}{without}"

    def _day(self, answer: check.Answer) -> date:
        return answer.filed.arrival.envelope.received_at.astimezone(self._settings.calendar.zone).date()

    def of_day(self, district: str, day: date) -> str:
        """Return how it stands with the district's report of that day, in words: to whoever has sent nothing that is one."""
        if self._has_report(district, day):
            came = f"{words.near(day, self._now.date())}的日报另外收到过，这封邮件不改变它"
            board = status.look(self._settings, day).districts
            if any(line.takes_nothing for line in board if line.district == district):
                return f"{came}；那一份一行也没有可以采用的，请照它的回信或回执改好再发一次。"
            return f"{came}。"
        return f"还没有收到{words.near(day, self._now.date())}的日报，请尽快报送（{self._limit(district, day)}）。"

    def form(self, district: str, files: Iterable[MailedFile]) -> tuple[str, bytes] | None:
        """Return today's form, filled in with these files too where one is a report of an earlier day: the form of the night is not.

        None where there is none, where today's report is there, and where it would be late.
        """
        today = self._now.date()
        limit = self._settings.on(today).calendar.last_moment(today)
        if self._now > limit or self._has_report(district, today) or not any(file.counts and file.day != today for file in files):
            return None
        with suppress(NothingToConsolidateError):
            return templates.of_district(self._settings, today, district, incoming.beside(self._waiting(), district, ()))
        return None

    def _until(self, district: str, day: date) -> str:
        return f"{words.near(day, self._now.date())}的日报{self._limit(district, day)}。"

    def _limit(self, district: str, day: date) -> str:
        """Return until when a report of that day is in time, or what it means that this is over."""
        limit = self._settings.on(day).calendar.last_moment(day)
        if self._now <= limit:
            return f"{limit:%H:%M}截止，{'请在截止以前改好' if self._has_report(district, day) else '以后到的算迟报'}"
        meant = (
            "那一天的收到过，再送来的算更正，那一天的结果照更正重新写出"
            if self._has_report(district, day)
            else "现在报算迟报，内容照常采用"
        )
        return f"{limit:%H:%M}已经截止，{meant}"

    def waits(self) -> tuple[Waits, ...]:
        """Return what waits, as nobody has judged it."""
        return waiting.unjudged(self._waiting())

    def _waiting(self) -> Sequence[Incoming]:
        return incoming.look(self._settings, self._readers, self._remembered)

    def _overtaken_by(self, answer: check.Answer, place: Path) -> datetime | None:
        """Return when the other report came that counts in the place of this one; None where none does.

        The same bytes that came once more count in its place too, where another report lay between the two.
        """
        counts = self._counting(answer.reading.district, answer.reading.day)
        came = answer.filed.arrival.envelope.received_at
        is_same_moment = counts is not None and counts.arrival.envelope.received_at == came
        if (
            counts is None
            or counts.arrival.envelope.received_at < came
            or (is_same_moment and counts.arrival.sha256 == held_files.sha256(place))
        ):
            return None
        return counts.arrival.envelope.received_at.astimezone(self._settings.calendar.zone)

    def _has_report(self, district: str, day: date) -> bool:
        return self._counting(district, day) is not None

    def _counting(self, district: str, day: date) -> Filed | None:
        """Return the report of the district that counts for that day, or waits and will."""
        waiting = incoming.beside(self._waiting(), district, ())  # before the ledger: a run may take it in between
        known = held_files.held(self._settings, lambda _file: False).files
        return Submissions.of([*known, *waiting]).on(day).get(district, NO_REPORTS).in_force

    def _receipt(self, answer: check.Answer) -> bytes:
        """Return its receipt as of a report that was sent and waits; where a run takes it in just now, as of one that is asked about."""
        line = waiting.receipt_line(answer.path, self._waiting(), self._settings, self._readers, Waiting())
        line = line or handed_in_lines.unsent(answer.filed, answer.judgement, self._settings)
        return receipt_files.receipt(line, answer.path, self._readers)


def _is_moved(line: ArrivedReport) -> bool:
    """Whether nothing is refused but rows of cases that the office has given to other districts."""
    return 0 < line.rows_refused == line.rows_moved and not any(finding.severity is Severity.SHEET for finding in line.findings)


def _verdict(answer: check.Answer, line: ArrivedReport, today: date) -> str:
    reading, accepted, refused, moved = answer.reading, line.rows_accepted, line.rows_refused, line.rows_moved
    if not reading.accepted:
        return "收到了，但整份不能采用："
    told = preview_text.told_by_mail(answer.preview) if answer.preview else ""
    whose = f"收到了，是{reading.district}{words.near(reading.day, today)}的日报，等待汇总。{told}"
    sound = "。" if answer.preview and answer.preview.masked else "，没有问题。"
    unknown = "" if answer.against_register else "现在不能核对案件编号，其余已核对。"
    has_more = bool(answer.findings or (answer.preview and answer.preview.reminders))
    if refused:
        of_moved = f"（{'' if moved == refused else f'其中{moved}行'}案件已改派）" if moved else ""
        return f"{whose}{unknown}照现在的样子，会采用{accepted}行，退回{refused}行{of_moved}："
    if not accepted:
        return f"{whose}{unknown}{words.without_rows(is_zero=reading.holds_nothing)}，按没有变化汇总{'。另有提醒：' if has_more else '。'}"
    return f"{whose}{unknown}{accepted}行都会采用{'。另有提醒：' if has_more else sound}"


def _shown(line: ArrivedReport) -> Iterator[str]:
    """Yield the findings in words with the case of their row, those that refuse first."""
    for finding, case in sorted(zip(line.findings, line.cases, strict=True), key=lambda pair: not pair[0].refuses):
        message = finding.message
        where = "!".join(part for part in (finding.sheet, finding.cell) if part)
        where = " ".join(part for part in (where, case if case not in message else "") if part)
        yield f"{where + '：' if where else ''}{'' if finding.refuses else '（提醒）'}{message}"
