"""The night's run: take in, read, fold, report, publish. `run` shows the order; what is special about a step is in its module."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date, datetime
from functools import partial

from pipeline.intake import desk, inbox, retention, soundness
from pipeline.intake.read_new import read_new
from pipeline.night.outcome import Outcome, Progress
from pipeline.publishing import earlier_claims, fault_limits, held_days, inputs, periods
from pipeline.publishing.plan import plan
from pipeline.publishing.publish import equipped, publish, restore
from pipeline.render.documents import ALL, Document, Workshop, warm_up
from pipeline.settings.config import Settings


def run(
    settings: Settings,
    days: Sequence[date],
    progress: Progress | None = None,
    *,
    documents: tuple[Document, ...] = ALL,
    now: datetime | None = None,
    without: Sequence[str] = (),
    rewriting: Container[date] = (),
) -> Outcome:
    """Take in what the inbox holds and write the outbox for the days asked for, and for published days that changed.

    With `now`, originals and editions whose time is over are removed at the end, and arrivals dated later than `now` are listed
    in the outcome. `without`: beginnings of the SHA-256 of files that published days rest on, that the state does not know and
    without which the office decided to go on. `rewriting`: published days that are to be written under the present rules. Raises
    PipelineError where nothing can be done, OSError where the disk refuses what every day needs.
    """
    from pipeline.report import compose

    progress = progress or Progress()
    with desk.opened(settings, without) as office:
        ledger, originals = office.ledger, office.originals
        warm_up(documents if office.arriving else ())  # imports take long, and without new files mostly nothing is written

        # 1. take in: from the inbox into archive and ledger
        progress.begin("收文件")
        taken = inbox.take_in(settings.paths.inbox, originals, ledger, settings.calendar.zone, progress.advance)
        soundness.check_archive(ledger, originals)

        # 2. read: what has no verdict yet
        read = read_new(office, partial(progress.begin, "读取核对"), progress.advance, taken=len(taken.taken))
        office.check_lock_still_held()

        # 3. fold: the facts into the state of each day that has to be written
        due = plan(ledger, settings, days, documents, rewriting)
        written = restore(due)
        if due.days:
            progress.begin("汇总", len(due.days))
        office.readers.prepare(due.receipt_count)
        states, *ends = fault_limits.folded(due.facts, due.settings, due.days, due.watched, written, due.beginning)
        numbers = due.numbers(states, ends.pop())  # and lets go of them: of a large day they are hundreds of megabytes
        for day in [*states]:
            with fault_limits.limit_fault_to_day(day, written):
                work, tell = equipped(states[day], due, Workshop(inputs.templates_of(settings), originals, office.readers, written.remarks))
                report, units = compose.all_of(states.pop(day), due.sources(day, numbers), due.settings, tell)
                written.editions[day] = publish(report, due, numbers, work, units)  # 5. publish: the day's folder, whole
                written.published.append(report)
            progress.advance()
        periods.write_due(due, written)

        claims = earlier_claims.look(ledger, written.editions, settings.paths.editions, is_last_alone=True)
        ahead = soundness.ahead((arrival for arrival, _sidecar in ledger.arrivals()), now) if now else []
        kept = settings.retention
        removed = retention.remove_old(ledger, originals, kept.refused_days, now, spared=read.sha256s) if now else retention.Removed()
        if now and not removed.doubts_clock:
            retention.end_editions(ledger, settings.paths, kept.editions_days, now)
        return Outcome(taken, read, written, removed, ahead, office.restored, held_days.look(due), claims, due.left_out, office.remarks)
