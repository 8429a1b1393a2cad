"""Which days have to be written, and from which files."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path

from pipeline.day import checkpoints
from pipeline.day.beginning import Beginning
from pipeline.day.day_state import DayState
from pipeline.day.known_when import fold_on, latest_beginning
from pipeline.disk import drawn
from pipeline.disk.drawn import Drawn
from pipeline.ledger import edition_files, editions, journal, lost_files
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.published_rules import PublishedUnder
from pipeline.publishing import held_days, inputs, numbering, outbox
from pipeline.publishing.inputs import Outlines
from pipeline.publishing.numbering import Numbers
from pipeline.render.documents import Document
from pipeline.report import handed_in_lines, notice_answers
from pipeline.report.compose import Sources
from pipeline.settings.config import Settings
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.terms.handed_in import Arrival, Facts, Filed, LeftOut, SaidBefore
from pipeline.terms.text import mask


@dataclass(frozen=True)
class Plan:
    """The days that have to be written, with the files that they need."""

    settings: Settings
    """In which published days keep the rules that they were published under, unless they are to be rewritten."""
    present: Settings
    """As they are written."""
    ledger: Ledger
    documents: tuple[Document, ...]
    outlines: Outlines
    manifests: dict[str, set[str]]
    """The SHA-256 of the manifests of each published day's editions, by the day (ISO)."""
    given: Numbers
    """The numbers that notices have so far; none where no notices are written."""
    under: Mapping[date, PublishedUnder]
    """What is known of the rules that each published day was written under."""
    program: str
    """The digest of templates and program."""
    left_out: Sequence[LeftOut] = ()
    """The files that are lost and without which the office decided to go on, as long as they have not come back."""
    said_before: Mapping[date, SaidBefore] = field(default_factory=dict)
    """By day: what it said of its figures when it still rested on such files."""
    days: list[date] = field(default_factory=list)
    """The days to write."""
    unchanged: list[date] = field(default_factory=list)
    """Days asked for that stand as they are."""
    damaged: list[date] = field(default_factory=list)
    """Published days whose folder is to be that edition again."""
    goes_on: bool = False
    """Whether the days are folded on from where an earlier night ended, and the next may go on from where they end."""
    loaded: Mapping[int, Filed] = field(default_factory=dict)
    """Files that were loaded with their rows for other days already, by arrival."""

    @cached_property
    def beginning(self) -> Beginning | None:
        """From where the days are folded on, as an earlier night kept it; None where they are folded from the first day."""
        if not self.days or not self.goes_on:
            return None
        return checkpoints.newest(self._made_from(self.given), latest_beginning(self.outlines.accepted_reports, self.days, self.settings))

    def as_kept(self) -> Iterator[checkpoints.MadeFrom]:
        """Go through what a checkpoint may have been made from: by nights with documents, or for figures alone."""
        made_from = self._made_from(self.ledger.numbers())
        yield from (replace(made_from, is_numbered=True), replace(made_from, numbers=(), is_numbered=False))

    def _made_from(self, numbers: Numbers) -> checkpoints.MadeFrom:
        return checkpoints.MadeFrom(
            self.settings, self.outlines.reports, self.outlines.assignments, self.ledger.sums(), numbers, is_numbered=bool(self.documents)
        )

    @cached_property
    def _needed(self) -> list[Filed]:
        return self.outlines.needed(self.days, self.settings) if self.days else []

    @cached_property
    def _files(self) -> dict[int, Filed]:
        """The files whose rows the days need, with these, by arrival."""
        needed = [filed for filed in self._needed if filed.arrival.is_assignment or filed.reading.day > self._rows_after]
        missing = self.ledger.load(filed for filed in needed if filed.arrival.id not in self.loaded)
        at_hand = (self.loaded[filed.arrival.id] for filed in needed if filed.arrival.id in self.loaded)
        return {filed.arrival.id: filed for filed in (*at_hand, *missing)}

    @cached_property
    def _refused(self) -> dict[int, Filed]:
        """The reports refused whole, with what is kept of them, by arrival."""
        files = (file for file in self.outlines.files if not file.reading.accepted and not file.arrival.is_assignment)
        return {file.arrival.id: file for file in self.ledger.load(files)}

    def _asking_of(self, refused: Iterable[Filed]) -> tuple[Filed, ...]:
        """Return those of these files that told leaders something urgent, or asked them for something."""
        return tuple(whole for file in refused if (whole := self._refused[file.arrival.id]).reading.asks_leaders)

    def forget_rows(self) -> None:
        """Let go of the rows that were loaded; whoever needs them again loads them again."""
        self.__dict__.pop("_files", None)

    @property
    def _rows_after(self) -> date:
        """The day up to which no report's rows are asked for but 督办回复, which is told of for thirty days: what a fold goes on from."""
        return self.beginning.day if self.beginning else date.min

    def _file(self, filed: Filed) -> Filed:
        """Return the file with its rows where the days need them; one before them with 督办回复 alone."""
        kept = self.beginning.answer_sheets.get(filed.arrival.id) if self.beginning else None
        answering = replace(filed, reading=replace(filed.reading, rows=(kept[1],))) if kept else filed
        return self._files.get(filed.arrival.id, answering)

    @cached_property
    def _arrivals(self) -> dict[int, Arrival]:
        return {filed.arrival.id: filed.arrival for filed in self._needed}

    @property
    def facts(self) -> Facts:
        """What the days are folded from."""
        accepted = (self._file(filed) for filed in self._needed if filed.reading.accepted)
        return Facts.of(accepted, self._rows_after if self.beginning else None)

    @property
    def watched(self) -> Iterable[date]:
        """The days whose flags are needed, for the numbers of notices and for what answers them."""
        if not self.documents:
            return ()
        until = self.beginning.day if self.beginning else date.min
        watched = numbering.watched(self.outlines.submissions, self.days, self.given, self.settings, numbered_until=until)
        return watched | notice_answers.quoted(self.facts.reports, self.given, self.days, self.settings)

    @property
    def _settled(self) -> frozenset[date]:
        """The published days that stand as they are: other rules give them no other numbers."""
        return frozenset({*map(date.fromisoformat, self.manifests)} - {*self.days})

    @property
    def receipt_count(self) -> int:
        """How many receipts the days will have, less those that an earlier run drew."""
        due = {*self.days} if self.documents else set[date]()
        count = sum(not filed.arrival.is_assignment and filed.reading.day in due for filed in self.outlines.files)
        return max(0, count - sum(len(self.drawn_before(day).before) for day in due))

    def drawn_before(self, day: date) -> Drawn:
        """Return what an earlier run drew for the day, as far as it is kept in the editions."""
        return drawn.load(self.place_of_drawn(day), partial(edition_files.read, self.settings.paths.editions), repr(self.settings.limits))

    def place_of_drawn(self, day: date) -> Path:
        """Return where it is noted, beside the checkpoints."""
        return self.settings.paths.checkpoints / "drawn" / f"{day}.json"

    def numbers(self, states: dict[date, DayState], ends: Sequence[Beginning]) -> Numbers:
        """Give the notices of these days their numbers, and return all that were given so far.

        `ends`: how everything stands at the end of the last days, which is kept for later nights then; none where nothing was folded.
        """
        numbers = self.given
        if self.documents and states:
            numbers = numbering.give(self.ledger, self.settings.paths.archive, states, self.settings, settled=self._settled)
        if ends:
            checkpoints.keep(self._made_from(numbers), ends)
        return numbers

    def sources(self, day: date, numbers: Numbers) -> Sources:
        """Return the files behind one day's report."""
        resting = self.outlines.on(day, self.settings)
        refused = tuple(map(self._file, resting.refused))
        files_in_force = tuple(map(self._file, resting.files_in_force))
        under, held = self.under.get(day), self.settings.on(day)
        return Sources(
            self._arrivals,
            files_in_force,
            resting.superseded,
            refused,
            resting.replaced_since,
            numbers=numbering.answerable_on(numbers, day),
            first_rules=held_days.first_rules(under, held),
            first_before=held_days.first_before(under, held, self.settings.on(day - timedelta(days=1))),
            told_before=held_days.told_before(self, day),
            left_out=self._told_left_out(day),
            lost=lost_files.reports(self.left_out),
            refused_late=tuple(self._refused.get(file.arrival.id, file) for file in resting.refused_late),
            refused_before=self._asking_of(resting.refused_before),
            said_before=self._said_before(day),
            former_names=held_days.former_names(self, day, held),
            first_units=held_days.first_units(under, self.settings),
            attendance=self.outlines.submissions.attendance(day, self.settings),
            returned=handed_in_lines.returned(self._refused[file.arrival.id] for file in self.outlines.returned_before(day, self.settings)),
        )

    def fingerprint(self, day: date, numbers: Numbers) -> str:
        """Return the digest of every file and number that the day's folder is made from."""
        resting = self.outlines.on(day, self.settings)
        files = (*resting.all, *self._asking_of(resting.refused_before))
        said = self._said_before(day)
        left_out = (*(file.sha256 for file in self._left_out(day)), *(said.sha256s if said else ()))
        return inputs.fingerprint(files, day, numbers, figures_alone=not self.documents, left_out=left_out)

    def _left_out(self, day: date) -> tuple[LeftOut, ...]:
        """Return the lost files of the day, and those of earlier days that it rested on when it was published."""
        rested_on = self.said_before[day].sha256s if day in self.said_before else ()
        return tuple(file for file in self.left_out if file.day == day or file.sha256 in rested_on)

    def _told_left_out(self, day: date) -> tuple[LeftOut, ...]:
        """Return of which lost files the day tells: its own, and on the day after those that the last readers have read figures of."""
        said = self._said_before(day)
        last = said.sha256s if said else ()
        return tuple(file for file in self.left_out if file in self._left_out(day) or file.sha256 in last)

    def _said_before(self, day: date) -> SaidBefore | None:
        """Return what the day said when it still rested on files that are lost; of a new day, what the day before said."""
        lost = {file.sha256 for file in self.left_out}
        days = (self.said_before.get(said_on) for said_on in (day, day - timedelta(days=1)))
        return next((said for said in days if said and lost.intersection(said.sha256s)), None)

    def over(self, days: Sequence[date]) -> Plan:
        """Return the plan by which other days are computed once more by the same rules; their figures alone."""
        return replace(self, days=list(days), documents=(), goes_on=False, loaded=self._files)

    def for_comparison(self, days: Sequence[date]) -> Plan:
        """Return the plan by which these days would be written under the present rules; their figures alone."""
        return replace(self, settings=self.present, days=list(days), documents=(), goes_on=False)

    def digest_of_rules(self, day: date) -> str:
        """Return the digest of the settings, templates and program that the day is written with."""
        return inputs.digest_of_rules(self.settings.on(day), self.program)


class EveryDay:
    """All days there are: every published day is to be written again under the present rules."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date)


def plan(
    ledger: Ledger, settings: Settings, days: Sequence[date], documents: tuple[Document, ...], rewriting: Container[date] = ()
) -> Plan:
    """Find the days to write: those asked for, and published ones, whose inputs or folder have changed.

    A published day of which only the rules differ stays as it is, unless it is among those of `rewriting`, or a change in the settings
    says from when they hold (decision 17). Raises NothingToConsolidateError where there is no usable assignment workbook.
    """
    drawn = replace(_drawn(ledger, settings, days, documents, rewriting), goes_on=True)
    published = ledger.publications()
    for day in sorted({*days, *map(date.fromisoformat, published)}):
        noted = published.get(day.isoformat())
        if noted is None or _is_due(drawn, day, noted[0], is_rewritten=day in rewriting):
            drawn.days.append(day)
            continue
        if not outbox.is_whole(settings.paths.outbox, day.isoformat(), noted[1]):
            (drawn.damaged if _can_be_restored(drawn, day) else drawn.days).append(day)
            continue
        if day in days:
            drawn.unchanged.append(day)
    return drawn


def to_look_at(ledger: Ledger, settings: Settings, days: Sequence[date]) -> Plan:
    """Return the plan by which these days are computed once more, each under the rules that it was published under; none is due.

    Raises NothingToConsolidateError where there is no usable assignment workbook.
    """
    return replace(_drawn(ledger, settings, days, (), ()), days=list(days))


def forget_checkpoints(settings: Settings) -> None:
    """Have the next night fold from the first day. Raises OSError."""
    checkpoints.forget(settings)


def wrong_checkpoint(ledger: Ledger, settings: Settings) -> date | None:
    """Return the day of the newest checkpoint, where a night would go on from it and a fold of all facts says another thing.

    Raises NothingToConsolidateError where there is no usable assignment workbook.
    """
    day = checkpoints.newest_day(settings.paths.checkpoints)
    if day is None:
        return None
    drawn = to_look_at(ledger, settings, [day])
    kept = next((kept for made_from in drawn.as_kept() if (kept := checkpoints.newest(made_from, day)) and kept.day == day), None)
    if kept is None:
        return None
    # One day more is asked for: a fold of the first day alone would begin before it, as none does that goes on.
    _states, ends = fold_on(drawn.facts, drawn.settings, [day + timedelta(days=1)], ())
    return None if checkpoints.is_same(kept, ends[0]) else day


def _drawn(ledger: Ledger, settings: Settings, days: Sequence[date], documents: tuple[Document, ...], rewriting: Container[date]) -> Plan:
    """Return the plan without a day to write."""
    outlines = Outlines.of(ledger.outlines())
    if not outlines.assignments:
        raise NothingToConsolidateError(_no_assignment(ledger, outlines, settings))
    given = numbering.given_so_far(ledger, settings.paths.archive) if documents else ()
    published = ledger.publications()
    under = held_days.published_under(ledger, settings.paths.outbox, days)
    kept = held_days.rules_kept(under, settings, rewriting, days=days)
    manifests = {day: {manifest} for day, (_made_from, manifest) in published.items()}
    for edition in editions.notes(ledger):
        manifests.setdefault(edition.day.isoformat(), set()).add(edition.manifest)
    return Plan(
        settings=settings.keeping(kept),
        present=settings,
        ledger=ledger,
        documents=documents,
        outlines=outlines,
        manifests=manifests,
        given=given,
        under=under,
        program=inputs.digest_of_program(settings),
        left_out=lost_files.left_out(settings.paths.archive, outlines.files, ledger),
        said_before=journal.said_before(settings.paths.archive),
    )


def _can_be_restored(drawn: Plan, day: date) -> bool:
    """Whether a damaged day can only be had again from what was kept of it: what would be written now is another edition."""
    if not held_days.is_held(drawn.under.get(day), drawn.digest_of_rules(day)):
        return False
    return held_days.kept_edition(drawn.ledger, drawn.settings.paths.editions, day) is not None


def _is_due(drawn: Plan, day: date, made_from: str, *, is_rewritten: bool) -> bool:
    """Whether a published day has to be written again, whatever its folder is like; `made_from`: its fingerprint."""
    under = drawn.under.get(day)
    if under is None or not under.digest:  # published by a program that did not note it apart from the files
        is_same = held_days.rests_on(drawn.settings.paths.outbox, day, drawn.outlines.on(day, drawn.settings))
        return not made_from or not is_same or is_rewritten or bool(drawn.present.named_on(day))
    if made_from != drawn.fingerprint(day, drawn.given):
        return True
    if day - timedelta(days=1) in drawn.under and held_days.is_untrue(under, day, drawn.settings):
        return True
    if is_rewritten:
        return under.digest != drawn.digest_of_rules(day)
    return held_days.is_overruled(under, day, drawn.present)


def _no_assignment(ledger: Ledger, outlines: Outlines, settings: Settings) -> str:
    """Return why there is nothing to consolidate: no assignment workbook, or none that can be used and what is wrong with it."""
    where = settings.paths.assignment
    refused = ledger.load(filed for filed in outlines.arrived if filed.arrival.is_assignment)
    if not refused:
        return f"没有案件包案任务分解表，无法汇总；收到的日报已保存。请把分解表放入 {where} 后再运行。"
    last = refused[-1]
    reason = next((finding.message for finding in last.reading.findings if finding.refuses), "")
    return f"分解表 {mask(last.arrival.name)} 不能用，无法汇总；收到的日报已保存。{reason}改好后放入 {where} 再运行。"
