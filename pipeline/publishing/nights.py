"""Which days a night has to write, and whether the last one came to its end.

That the office's log knows: a run that wrote nothing leaves no other trace.

Covered by tests/post/test_night_watch.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Final

from pipeline.disk import faults, lock, log
from pipeline.settings import config_file
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.settings.rules import Calendar
from pipeline.terms import words
from pipeline.terms.errors import AnotherRunError, ConfigurationError, NothingToConsolidateError
from pipeline.terms.text import mask

COMMAND: Final = "nightly"
_BEGINS: Final = re.compile(r"开始，到 (\d{4}-\d\d-\d\d)")
_ENDS: Final = re.compile(r"(.*?)；退出状态 (\d+)(?:；(错误报告_\w+\.txt))?")
_MOST_MISSED: Final = 31
"""After a longer pause only the day itself is written; the office asks for others with --from and --to."""
_LONGEST: Final = timedelta(hours=1)
"""No run takes so long: before that nobody knows whether it still goes on."""
_FAULT_LINES: Final = 12
_HOW_TO_RUN: Final = "运行一次 run.py，或在网页“汇总和检查”里点“现在汇总”"


def to_write(day: date, settings: Settings) -> tuple[list[date], int]:
    """Return that day with those before it that were missed since the last one written; after a long pause the day alone, and how many."""
    from pipeline.ledger import ledger  # here alone: a run with nothing new needs none

    written = [earlier for earlier in ledger.written_days(settings.paths.ledger_place) if earlier < day]
    missed = (day - max(written)).days - 1 if written else 0
    if missed > _MOST_MISSED:
        return [day], missed
    return [day - timedelta(days=count) for count in range(missed, -1, -1)], 0


def begins(until: date) -> str:
    """Return the log's line of a run that begins, for days up to that one."""
    return f"开始，到 {until}"


def ends(did: str, status: int, report: str = "") -> str:
    """Return the log's line of a run that has ended; `report`: the name of the report that its faults left."""
    return f"{did}；退出状态 {status}{f'；{report}' if report else ''}"


@contextmanager
def noted_if_not_begun(config: Path, last: date | None) -> Iterator[None]:
    """Leave in the log that a night stopped at its settings, by usual hours and where the state folder can be known: else it never ran."""
    try:
        yield
    except ConfigurationError as error:
        _note_not_begun(config, last, error)
        raise


def _note_not_begun(config: Path, last: date | None, error: ConfigurationError) -> None:
    if (state := config_file.state_folder(config)) is None:
        return
    usual = Calendar()
    now = datetime.now(usual.zone)
    until = last or now.date() - timedelta(days=now.time() < usual.day_turns)
    for line in (begins(until), ends(str(error), error.exit_status)):
        log.note_command(state, now, COMMAND, line)


class Wrong(StrEnum):
    """What was wrong with a night."""

    NOT_RUN = "not run"
    NOT_ENDED = "not ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Run:
    begun: datetime
    pid: int
    until: date
    """The last day that it was about."""
    ended: datetime | None = None
    did: str = ""
    status: int = 0
    report: str = ""


@dataclass(frozen=True, slots=True)
class Stands:
    """The newest edition of a day, as the journal has it: the ledger may be what is damaged."""

    number: int
    written: datetime
    """In the office's zone."""
    is_before_cut_off: bool
    is_in_place: bool
    """Whether it is what lies in the day's folder."""


@dataclass(frozen=True, slots=True)
class FailedNight:
    """A night without its result."""

    day: date
    wrong: Wrong
    begun: datetime | None
    """When its last run began; None where there was none."""
    due: datetime
    """When it had to be done."""
    before: datetime | None
    """When the last run before it ended well."""
    did: str
    status: int
    report: str
    """The name of the report below `state/faults`; '' where its faults left none."""
    fault: tuple[str, ...]
    """The last lines of that report: places in the program, no contents."""
    written: datetime | None = None
    """When an earlier run for the day, after its cut-off, ended well: its result is there."""
    edition: Stands | None = None
    """What stands as the day's result; None where none was written."""
    missed: tuple[date, ...] = ()
    """The days directly before it whose nights have no result either, in order."""
    unwritten: tuple[date, ...] = ()
    """Those of them of which no edition was ever written."""

    @property
    def stands(self) -> str:
        """Which edition of the day stands, whatever became of the night."""
        day = self._near(self.day)
        if self.edition is None:
            return f"{day}的结果一版也没有写出过。"
        which = f"第 {self.edition.number} 版（{self._clock(self.edition.written)} 写出）"
        if not self.edition.is_in_place:
            return f"{day}的结果写出过{which}，outbox 里现在不是它，汇总时会核对、重新写出。"
        missing = "是截止以前写的，后来报的都不在里面" if self.edition.is_before_cut_off else "在那以后收到的不在里面"
        return f"{day}的结果现在是{which}，{missing}。"

    @property
    def in_short(self) -> str:
        """What happened, in a few words."""
        happened = {Wrong.NOT_RUN: "没有运行", Wrong.NOT_ENDED: "没有做完", Wrong.FAILED: "出了错"}
        if self.missed:
            return f"{self._near(self.missed[0])}到{self._near(self.day)}晚上的汇总都没有做成"
        if self.written:
            return f"{self._near(self.day)}的汇总已在 {self._clock(self.written)} 做完，后来又运行的一次{happened[self.wrong]}"
        return f"{self._near(self.day)}晚上的汇总{happened[self.wrong]}"

    @property
    def happened(self) -> str:
        """What happened, in sentences that name no place and no content."""
        before = f"此前 {self._clock(self.written)} 做完过一次。" if self.written else ""
        return f"{self._went_wrong}{before}{self._missed_before}"

    @property
    def _missed_before(self) -> str:
        """Which nights before it have no result either, and of which of their days nothing was written."""
        if not self.missed:
            return ""
        missed, unwritten = ("、".join(map(self._near, days)) for days in (self.missed, self.unwritten))
        never = f"；{'这些天' if self.unwritten == self.missed else unwritten}的结果也一版都没有写出过" if unwritten else ""
        return f"此前{missed}晚上的汇总也没有做成{never}。"

    @property
    def _went_wrong(self) -> str:
        match self.wrong:
            case Wrong.NOT_RUN:
                before = f"上一次做完的汇总是 {self._clock(self.before)}" if self.before else "以前也没有做完汇总的记录"
                return f"到 {self._clock(self.due)} 为止，没有找到{self._near(self.day)}截止以后汇总过的记录；{before}。"
            case Wrong.NOT_ENDED:
                return f"{self._clock(self.begun)} 开始的汇总没有记下怎样结束，多半是电脑关机、断电，或者程序被结束了。"
            case _:
                return f"{self._clock(self.begun)} 开始的汇总没有顺利做完（退出状态 {self.status}）。"

    def _near(self, day: date) -> str:
        """Return a day, with its year where the result was due in another."""
        return words.near(day, self.due.date())

    def _clock(self, moment: datetime | None) -> str:
        return f"{self._near(moment.date())} {moment:%H:%M}" if moment else ""

    @property
    def to_do(self) -> str:
        """What somebody should do now."""
        if self.wrong is Wrong.NOT_RUN:
            return f"请看运行汇总的电脑是不是开着、定时任务是不是还在；然后{_HOW_TO_RUN}，漏的日子会自动补写。"
        if self.wrong is Wrong.NOT_ENDED:
            return f"请再{_HOW_TO_RUN}：会从停下的地方继续，不会丢失或重复。又没有做完的，请运行 run.py doctor。"
        if self.report:
            return f"这是程序自身的问题，不是谁的操作有误。请把 state/faults/{self.report} 发给维护人员，然后再{_HOW_TO_RUN}。"
        match self.status:
            case NothingToConsolidateError.exit_status:
                return f"请把案件包案任务分解表放进收件箱的 assignment 文件夹，或在网页“报送情况”里上传，然后{_HOW_TO_RUN}。"
            case ConfigurationError.exit_status:
                return f"请按它说的改好设置（也记在 state/logs/run.log 里），然后{_HOW_TO_RUN}。"
            case _:
                return f"请按它说的处理（也记在 state/logs/run.log 里），然后{_HOW_TO_RUN}；处理不了的，请运行 run.py doctor，照它说的做。"


def look(settings: Settings, now: datetime) -> FailedNight | None:
    """Return the last night where it has no result: at once where its run failed or was killed, else once it had to be done.

    None where it has one, where one still goes on, and in an office that has not begun.
    """
    from pipeline.ledger import places

    runs = _runs(log.lines_of(settings.paths.state, COMMAND))
    if not runs and not places.exists(settings.paths.ledger_place):
        return None
    day = next(day for day in _days_before(now) if now > settings.on(day).calendar.last_moment(day))
    last = _last(runs, day, settings)
    if last is None and now < _due(day, settings):  # its own night is still to come: the one before it
        day -= timedelta(days=1)
        last = _last(runs, day, settings)
    wrong = _wrong(last, settings, now)
    is_known = wrong is Wrong.FAILED or (wrong is Wrong.NOT_ENDED and lock.is_left(settings.paths.state))
    if wrong is None or not (is_known or now >= _due(day, settings)):
        return None
    return _failed(day, wrong, last, runs, settings, now)


def told(settings: Settings, now: datetime) -> Iterator[str]:
    """Yield in a line that the last night has no result; nothing in an office that calls the program in a way that notes no run."""
    failed = look(settings, now)
    if failed and (failed.begun or failed.before):
        yield f"{failed.in_short}。{failed.happened}{f'它说：{failed.did}。' if failed.did else ''}{failed.stands}{failed.to_do}"


def is_at_work(settings: Settings) -> bool:
    """Whether a run seems to be at work."""
    state = settings.paths.state
    return lock.is_renewed(state) and not lock.is_left(state)


def _days_before(now: datetime) -> Iterable[date]:
    return (now.date() - timedelta(days=count) for count in range(3))


def _due(day: date, settings: Settings) -> datetime:
    """Return when that day's run has to be done: at the first such time of day after its cut-off."""
    calendar, outgoing = settings.on(day).calendar, settings.outgoing_mail
    by = outgoing.night_by if outgoing else Outgoing.model_fields["night_by"].default
    due = datetime.combine(day, by, calendar.zone)
    return due if due > calendar.last_moment(day) else due + timedelta(days=1)


def _wrong(last: _Run | None, settings: Settings, now: datetime) -> Wrong | None:
    if last is None:
        return Wrong.NOT_RUN
    if last.ended is not None:
        return Wrong.FAILED if last.status else None
    if lock.is_left(settings.paths.state):
        return Wrong.NOT_ENDED
    is_going_on = now - last.begun < _LONGEST or lock.is_renewed(settings.paths.state)
    return None if is_going_on else Wrong.NOT_ENDED


def _last(runs: Iterable[_Run], day: date, settings: Settings) -> _Run | None:
    """Return the last run for that day that had begun after its cut-off."""
    limit = settings.on(day).calendar.last_moment(day)
    return next((run for run in reversed([*runs]) if run.begun > limit and run.until >= day), None)


def _failed(day: date, wrong: Wrong, last: _Run | None, runs: Iterable[_Run], settings: Settings, now: datetime) -> FailedNight:
    before = [run for run in runs if run.ended and not run.status and (last is None or run.begun < last.begun)]
    written = _last(before, day, settings) if last else None
    run, missed = last or _Run(now, 0, day), _missed(day, runs, settings)
    return FailedNight(
        day=day,
        wrong=wrong,
        begun=last.begun if last else None,
        due=_due(day, settings),
        before=max((run.ended for run in before if run.ended), default=None),
        written=written.ended if written else None,
        edition=_edition(day, settings),
        missed=tuple(missed),
        unwritten=tuple(earlier for earlier in missed if _edition(earlier, settings) is None),
        did=mask(run.did),
        status=run.status,
        report=run.report,
        fault=faults.last_lines(settings.paths.state, run.report, _FAULT_LINES) if run.report else (),
    )


def _missed(day: date, runs: Iterable[_Run], settings: Settings) -> list[date]:
    """Return the days directly before that one whose nights no run did either, in order; none where no run is known to have ended well."""
    did = [run for run in runs if run.ended and not run.status]
    before = (day - timedelta(days=count) for count in range(1, _MOST_MISSED + 1)) if did else ()
    return [*takewhile(lambda earlier: _last(did, earlier, settings) is None, before)][::-1]


def _edition(day: date, settings: Settings) -> Stands | None:
    """Return what stands as the day's result; None where nothing was written."""
    from pipeline.ledger import journal
    from pipeline.publishing import outbox

    newest = [note for note in journal.editions(settings.paths.archive) if note.day == day][-1:]
    calendar = settings.on(day).calendar
    for note in newest:
        written = note.published_at.astimezone(calendar.zone)
        return Stands(note.number, written, written <= calendar.last_moment(day), outbox.has(settings.paths.outbox, day, note.manifest))
    return None


def _runs(lines: Iterable[log.CommandLine]) -> list[_Run]:
    """Return the runs that the log tells of, in the order in which they began; those that another run kept from beginning are none."""
    runs: list[_Run] = []
    for line in lines:
        if match := _BEGINS.fullmatch(line.said):
            runs.append(_Run(line.at, line.pid, date.fromisoformat(match[1])))
        elif match := _ENDS.fullmatch(line.said):
            own = next((at for at in reversed(range(len(runs))) if runs[at].pid == line.pid and runs[at].ended is None), None)
            # an older program left no line where it began: then a run is where it ended
            run = runs.pop(own) if own is not None else _Run(line.at, line.pid, line.at.date())
            if int(match[2]) != AnotherRunError.exit_status:
                ended = replace(run, ended=line.at, did=match[1], status=int(match[2]), report=match[3] or "")
                runs.insert(len(runs) if own is None else own, ended)
    return runs
