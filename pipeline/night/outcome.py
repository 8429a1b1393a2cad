"""What a run did, for the summary at its end, and what it reports while it goes on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.intake import facts_known, retention
from pipeline.intake.inbox import Taken
from pipeline.intake.read_new import NewlyRead
from pipeline.intake.retention import Removed
from pipeline.publishing import earlier_claims, held_days, nothing_new
from pipeline.publishing.earlier_claims import Claim
from pipeline.publishing.fault_limits import Written
from pipeline.publishing.held_days import HeldDay
from pipeline.report import receptions, refused_assignments, who_reported
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.handed_in import Arrival, Filed, LeftOut, in_order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run took in, read, wrote and removed."""

    taken: Taken
    read: NewlyRead
    written: Written
    removed: Removed = field(default_factory=Removed)
    """Originals whose time was over."""
    ahead: list[Arrival] = field(default_factory=list)
    """Arrivals dated later than the run."""
    restored: int = 0
    """Arrivals written again from the ledger into a journal that was gone."""
    held_back: list[HeldDay] = field(default_factory=list)
    """Published days that stand as they are, though the rules are others now."""
    claims: list[Claim] = field(default_factory=list)
    """Files whose arrival is earlier than an edition that did not have them."""
    left_out: Sequence[LeftOut] = ()
    """Lost files without which the office decided to go on."""
    remarks: tuple[str, ...] = ()
    """What the office should know about its computer."""

    @property
    def refused(self) -> list[Filed]:
        """The files refused as a whole of which nobody has been told, assignment workbooks first."""
        own = (file for file in self.read.files if not file.reading.accepted)
        return sorted((*self.read.before.refused, *own), key=lambda file: not file.arrival.is_assignment)

    @property
    def taken_in(self) -> int:
        """How many files were taken in of which nobody has been told."""
        return len(self.taken.taken) + self.read.before.taken

    @property
    def about_earlier_editions(self) -> list[str]:
        """Which published days were put back, changed by files of before, or stand under other rules, and what differs, in lines."""
        restored = "、".join(map(str, self.written.restored))
        put_back = [f"结果有缺损，已按发布的那一版放回：{restored}。"] if restored else []
        left_out = [who_reported.left_out(self.left_out, max(file.day for file in self.left_out))] if self.left_out else []
        rewritten = held_days.told_rewritten(self.written.published)
        return [*put_back, *left_out, *earlier_claims.told(self.claims), *rewritten, *held_days.told(self.held_back)]

    def about_the_workbook(self, settings: Settings) -> list[str]:
        """Return what is wrong with the assignment workbook that counts now, in lines: refused rows, no rota, days without anybody.

        One that came after the last day written counts in no result yet, and is judged by itself. Raises LedgerError.
        """
        newest = max(self.written.published, key=lambda report: report.day, default=None)
        workbook = next((file for file in reversed(self.written.workbooks) if file.arrival not in self.ahead), None)
        at = workbook.arrival.envelope.received_at.astimezone(settings.calendar.zone) if workbook else None
        told: tuple[str, ...] = ()
        if at and (at.date() > newest.day if newest else self._has_new_workbook):
            known = facts_known.until([at.date()], settings)
            rows = refused_assignments.of(known.fold(settings, [at.date()])[at.date()])
            which = f"{words.moment(at, at.date())}收到的分解表（还没有写进结果）"
            told = (
                refused_assignments.in_brief(rows, which),
                receptions.amiss(in_order(known.facts.assignments), at.date(), settings.calendar.zone),
            )
        elif newest:
            told = (refused_assignments.in_brief(newest.beyond.refused_assignments), newest.beyond.receptions.amiss(newest.day))
        return [line for line in told if line]

    @property
    def _has_new_workbook(self) -> bool:
        return any(file.arrival.is_assignment and file.reading.accepted for file in self.read.files)

    def is_settled(self, days: Collection[date], now: datetime, refused_days: int) -> bool:
        """Whether the next run for these days has nothing to do and nothing to tell, as long as nothing changes.

        `refused_days`: so long originals that were refused are kept.
        """
        written = self.written
        left = (self.taken.waiting, self.read.damaged, self.faults, self.ahead, self.restored, self.held_back, self.claims, self.left_out)
        told = (self.remarks, self.removed.doubts_clock, written.remarks, written.held, written.failed, written.restored)
        # What this run has read stays until somebody has seen it, however old its envelope says that it is.
        old = now - timedelta(days=refused_days - 1)
        goes = any(retention.is_kept_for_a_time(file.reading) and file.arrival.envelope.received_at < old for file in self.read.files)
        stand = {*written.unchanged, *(report.day for report in written.published)}
        return stand.issuperset(days) and not any((goes, *left, *told))

    @property
    def in_short(self) -> str:
        """What was taken in and written, for the office's log."""
        # Without the place before the colon, which the log's readers elsewhere have no use for.
        why = "".join(f"：{(sentence.partition('：')[2] or sentence).rstrip('。')}" for sentence in self.written.held[:1])
        return nothing_new.in_short(self.taken_in, len(self.refused), len(self.written.published), self.written.not_written, why)

    @property
    def faults(self) -> list[tuple[str, ...]]:
        """Where the program itself failed on a file or a day; the run went on without it."""
        return [*self.read.faults, *self.written.faults]


class Progress:
    """Is called as a run goes on; this one shows nothing."""

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins, of so many parts."""

    def advance(self, count: int = 1) -> None:
        """So many parts are done."""

    def note(self, line: str) -> None:
        """Tell something to whoever waits."""
