"""What a clerk asks before sending: the findings of a file, judged as the night's run would, and nothing taken in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Submissions
from pipeline.intake import envelopes, facts_known, held_files, inbox, incoming
from pipeline.intake.facts_known import Known
from pipeline.intake.incoming import Incoming
from pipeline.office import report_preview
from pipeline.office.report_preview import Preview
from pipeline.reading.readers import Readers
from pipeline.render.receipts import receipt_files
from pipeline.report import handed_in_lines
from pipeline.settings.config import Settings
from pipeline.terms import messages
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import Severity
from pipeline.terms.errors import ConfigurationError, LedgerError
from pipeline.terms.findings import Finding
from pipeline.terms.grouping import urgent_first
from pipeline.terms.handed_in import Envelope, Filed, Reading


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings of one file."""

    path: Path
    filed: Filed
    judgement: Judgement | None
    """What was found when it was compared with the office's register; None where there is none yet, or where nothing is judged by it."""
    ledger_fails: bool = False
    """Whether it could not be compared since the ledger cannot be used."""
    preview: Preview | None = None
    """What it would do, of an accepted report; None for any other file, and where the ledger cannot be used."""
    known: frozenset[str] = frozenset()
    """The cases of the register on its day; none where nobody compared it with the register."""

    @property
    def reading(self) -> Reading:
        """What was read from it alone."""
        return self.filed.reading

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found in it, by sheet, row and column as in the receipt."""
        found = (*self.reading.findings, *(self.judgement.findings if self.judgement else ()))
        return tuple(sorted(found, key=handed_in_lines.address))

    @property
    def left_out(self) -> tuple[str, ...]:
        """What it leaves out that the report before had and that was taken there, urgent matters first."""
        disputes = [f"{finding.value}的不认可" for finding in self.findings if finding.code == "dispute-withdrawn"]
        return (*(taken for taken, _refused in self._withdrawn if taken), *disputes)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What it leaves out of what was refused in the report before, likewise; not the cases that are another district's by now."""
        return tuple(
            refused for _taken, refused in self._withdrawn if any("，不用补）" not in name for name in refused.split("、") if name)
        )

    @property
    def _withdrawn(self) -> list[tuple[str, str]]:
        return [messages.left_out(finding) for finding in sorted(self.findings, key=urgent_first)]

    @property
    def against_register(self) -> bool:
        """Whether it could be compared with the office's register; without one, case numbers are not judged."""
        return self.judgement is not None

    @property
    def refuses(self) -> bool:
        """Whether anything in it would be refused."""
        return any(finding.refuses for finding in self.findings)

    @property
    def refuses_moved_alone(self) -> bool:
        """Whether nothing would be refused but rows of cases that the office has given to other districts."""
        rows = self.judgement
        is_rows_alone = all(finding.severity is Severity.ROW for finding in self.findings if finding.refuses)
        return rows is not None and rows.rows_refused == rows.rows_moved > 0 and is_rows_alone

    @property
    def cases(self) -> dict[tuple[str, int | None], str]:
        """The case number of each row that has one, by sheet and row as findings name them."""
        return handed_in_lines.cases_by_row(self.reading.rows)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Go through the files that are meant: of a folder all that a run would take from it; one without any stands for itself."""
    for path in paths:
        if path.is_dir():
            yield from [seen.path for seen in inbox.files(path)] or [path]
        else:
            yield path


Waiting = Callable[[], Sequence[Incoming]]
"""Gives the reports that wait in the inbox."""


def waiting(settings: Settings) -> Waiting:
    """Return who is asked what waits, for a look at many files: each waiting file is read once."""
    remembered: incoming.Remembered = {}
    return lambda: incoming.look(settings, remembered=remembered)


def check(path: Path, settings: Settings, now: datetime, readers: Readers | None = None, *, waits: Waiting | None = None) -> Answer:
    """Return the findings of that file as if it arrived now, or as its sidecar says. Raises ConfigurationError if it is not there.

    Who checks many files lends readers, since starting one takes longer than most files, and says what waits without reading it each time.
    """
    if path.is_dir():
        msg = f"文件夹 {path} 里没有要核对的文件。请检查文件夹，或写出文件名。"
        raise ConfigurationError(msg)
    envelope = _envelope(path, settings, now)
    try:
        path.open("rb").close()
    except FileNotFoundError as error:
        msg = f"找不到文件 {path}。请检查文件名和所在的文件夹。"
        raise ConfigurationError(msg) from error
    except OSError as error:
        msg = f"打不开文件 {path}。请检查权限；如正在 Excel 中打开，请先关闭。"
        raise ConfigurationError(msg) from error
    is_assignment = path.resolve().parent == settings.paths.assignment.resolve() or "任务分解表" in path.name
    filed = held_files.read(path, envelope, settings, readers, is_assignment=is_assignment)
    if not filed.reading.accepted:
        return Answer(path, filed, None)
    try:
        if is_assignment:
            return Answer(path, filed, _of_assignment(filed, settings, now, readers))
        # before the ledger: what a run takes in between is in one of the two
        others = [file for file in (waits or waiting(settings))() if file.path is None or file.path.resolve() != path.resolve()]
        return _of_report(path, filed, others, settings, now.astimezone(settings.calendar.zone).date(), readers)
    except LedgerError:  # whoever asks is told of it by the command or the page; what the file says by itself is judged all the same
        return Answer(path, filed, None, ledger_fails=True)


def _of_report(path: Path, filed: Filed, others: Sequence[Incoming], settings: Settings, today: date, readers: Readers | None) -> Answer:
    """Judge a report with all that waits beside it and speaks of the same cases, or of others of its district."""
    days, district = sorted({filed.reading.day, max(filed.reading.day, today)}), filed.reading.district
    workbooks, sha256 = held_files.read_waiting_assignments(settings, readers), held_files.sha256(path)

    def judge(beside: Sequence[Filed]) -> tuple[Known, Judgement | None, Preview]:
        known = facts_known.until(days, settings, [*workbooks, *beside])
        return known, *report_preview.of(filed, sha256, known, settings, today=today)

    named = incoming.named_in(filed.reading.rows)
    known, judgement, preview = judge(beside := incoming.beside(others, district, named))
    if len(more := incoming.beside(others, district, named.union(map(alike, preview.known)))) > len(beside):
        known, judgement, preview = judge(more)
    filed = handed_in_lines.placed(filed, Submissions.of(known.files).beside(filed), preview.judgements, settings, is_sent=False)
    return Answer(path, filed, judgement, preview=preview, known=preview.known)


def _of_assignment(filed: Filed, settings: Settings, now: datetime, readers: Readers | None) -> Judgement | None:
    """Return what is found in a workbook against the register, such as numbers that come twice; None where a newer one is there already."""
    today = now.astimezone(settings.calendar.zone).date()
    known = facts_known.until([today], settings, held_files.read_waiting_assignments(settings, readers))
    state = known.fold_of(known.facts_of([*known.files, filed]), settings, [today])[today]
    return Judgement([*state.assignment_findings[len(filed.reading.findings) :]]) if state.assignment is filed else None


def receipt(answer: Answer, wanted: Path, settings: Settings) -> Path:
    """Write the receipt, and return its path. Raises ConfigurationError where it must not be written there, or there can be none."""
    if answer.filed.arrival.is_assignment:
        msg = f"{answer.path} 是案件包案任务分解表，没有回执；请照上面列出的改正。"
        raise ConfigurationError(msg)
    path = _free(wanted, _BEFORE.sub("", answer.path.stem)) if wanted.is_dir() else wanted
    if path.resolve().is_relative_to(settings.paths.inbox.resolve()):
        msg = f"回执不能写进收件箱 {settings.paths.inbox}，否则会被当作日报收走。请在 --receipt 后面写别的文件夹。"
        raise ConfigurationError(msg)
    with Readers(settings, 1) as readers:
        content = receipt_files.before_sending(answer.filed, answer.judgement, answer.path, settings=settings, readers=readers)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        msg = f"已经有 {path} 这个文件，没有覆盖它。请换一个名字。"
        raise ConfigurationError(msg) from error
    except OSError as error:
        msg = f"回执 {path} 写不进去。请检查文件夹和权限，或在 --receipt 后面写别的文件夹。"
        raise ConfigurationError(msg) from error
    return path


_BEFORE = re.compile(r"_回执( \(\d+\))?$")
"""What an earlier receipt's name has at its end."""


def _free(folder: Path, stem: str) -> Path:
    """Return a path that nothing has yet: there may be an earlier receipt that somebody is mending."""
    names = (f"{stem}_回执{f' ({n})' if n > 1 else ''}.xlsx" for n in itertools.count(1))
    return next(path for name in names if not (path := folder / name).exists())


def _envelope(path: Path, settings: Settings, now: datetime) -> Envelope:
    """Return the envelope of the file's own sidecar where it has one, else that of a delivery now, by hand."""
    try:
        sidecar = envelopes.text_of(envelopes.beside(path))
        if sidecar is None or envelopes.names_other_bytes(sidecar, held_files.sha256(path)):
            return Envelope(now)
        return envelopes.read(sidecar, settings.calendar.zone)
    except (OSError, envelopes.EnvelopeError):
        return Envelope(now)
