"""Urgent matters of reports that wait, at once: what they say, and who is on duty to hear of it. Nothing is taken in.

What was mailed of them is `post.urgent`'s. Covered by tests/post/test_urgent.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Final

from pipeline.day import refused_matters, rota
from pipeline.day.cases import RowPlace
from pipeline.day.withdrawn_rows import not_again, urgent_rows
from pipeline.intake import held_files, incoming
from pipeline.intake.incoming import Incoming
from pipeline.office import waiting
from pipeline.reading.assignment_workbook import responsible_leader
from pipeline.reading.readers import Readers
from pipeline.reading.reading import Transcript
from pipeline.settings.config import Settings
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import CASE, URGENT, Severity
from pipeline.terms.errors import LostLedgerError
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed, in_order
from pipeline.terms.messages import shorten
from pipeline.terms.rows import Rows, read_rows, rows_of_sheet
from pipeline.terms.text import key, mask
from pipeline.terms.words import moment

COUNTS: Final = "已汇总"
"""What became of a report that was taken in and counts."""
REPLACED: Final = "已被后来的日报代替"
"""What became of a report in whose place a later one counts."""

WaitingFiles = Sequence[Incoming]
"""The reports that wait, for whoever is told of urgent matters."""


@dataclass(frozen=True, slots=True)
class UrgentMatter:
    """One row of 急报事项."""

    district: str
    day: date
    """The report's."""
    number: str
    kind: str
    happened: str
    situation: str
    measures: str
    coordination: str
    came: datetime | None = None
    """When the report came."""
    since: str = ""
    """What became of the report since, in words; '' while it waits and counts."""
    row: tuple[str, int] | None = None
    """The sheet and the row in it, as findings name them."""
    refused: str = ""
    """Why the register of now refuses it; '' where it does not."""
    mailed_before: str = ""
    """Of a matter that was mailed before and differs in one thing alone: what that is."""

    def remark(self, now: datetime) -> str:
        """Return when it came and what became of it, for a letter that is handed over now; '' where it has just been reported."""
        if self.came is None or (not self.since and self.day >= now.date()):
            return ""
        came = self.came.astimezone(now.tzinfo)
        return f"报来于{moment(came, now.date())}，{f'此后{self.since}，以汇总为准' if self.since else '尚未汇总核对'}"

    @property
    def identity(self) -> tuple[str, ...]:
        """The same of two rows that tell of the same matter, in whatever file and of whatever day."""
        return self.district, alike(self.number), self.kind, key(self.happened), key(self.situation)


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits, is or may be urgent, and is mailed to no leader since it will be refused."""

    district: str
    file: str
    where: str
    """Sheet and cell; '' where the file will be refused whole."""
    why: str
    came: datetime | None
    about: str = ""
    """Of a row its case, kind and what it tells, as far as that can be read; '' of a file."""

    @property
    def place(self) -> str:
        """File and cell, and what stands there."""
        place = f"{self.file} {self.where}" if self.where else self.file
        return f"{place}（{self.about}）" if self.about else place

    @property
    def identity(self) -> tuple[str, ...]:
        """The same of what was told before."""
        return self.district, self.file, self.where, self.why, self.came.isoformat() if self.came else ""


@dataclass(frozen=True, slots=True)
class Untold:
    """What no leader was told by mail, or not all were, for whoever can phone."""

    matters: tuple[tuple[UrgentMatter, str], ...] = ()
    """Each with why."""
    unsent: tuple[Unsent, ...] = ()
    dropped: tuple[UrgentMatter, ...] = ()
    """What was mailed and stands in no later report any more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the office knows that mails urgent matters."""

    replaced: frozenset[str]
    """Paths in the inbox of reports in whose place a later one counts."""
    on_duty: tuple[str, ...]
    """Whom 接访排班 of the workbook in force names for the day."""
    refused: Mapping[str, Mapping[tuple[str, int | None], str]]
    """By path and row what the register refuses of those that count, and why."""


def look(settings: Settings, readers: Readers | None = None) -> tuple[Incoming, ...]:
    """Return the reports that wait."""
    return incoming.look(settings, readers)


def of_waiting(file: Incoming) -> list[UrgentMatter]:
    """Return the urgent matters of a report that waits, by itself; none where it will be refused whole."""
    reading = file.opened.transcript.reading if file.opened else None
    if reading is None or file.day is None or file.opened is None:
        return []
    matters = _of(file.district, file.day, read_rows(file.opened.transcript.rows))
    return [replace(matter, came=file.received_at) for matter in matters]


def unsent(files: Sequence[Incoming]) -> list[Unsent]:
    """Return what is not mailed of reports that wait, by itself: refused rows of 急报事项, and files that will be refused whole.

    Not of a file whose 急报事项 can be seen to be empty, nor of a stranger's file. Where later reports of the same district and day wait,
    it is what none of them has again: whoever leaves a refused row out has not mended it.
    """
    found = list[Unsent]()
    for file in files:
        reading = file.opened.transcript.reading if file.opened else None
        if file.opened is None or reading is None or reading.is_from_stranger:
            continue
        later = _later(file, files)
        if file.day is None:
            if reading.urgent_rows != 0 and (not later or refused_matters.beside(reading.refused_urgent, _kinds(later))):
                seen = f"里面“急报事项”有{reading.urgent_rows}行" if reading.urgent_rows else "里面有没有急报看不到"
                found.append(Unsent(file.whose, file.name, "", f"会整份退回，{seen}：{file.refusal}", file.received_at))
            continue
        found += [
            Unsent(
                file.district,
                file.name,
                "!".join(part for part in (refused.sheet, refused.place) if part),
                refused.message,
                file.received_at,
                _about(file.opened.transcript, refused.row) if refused.severity is Severity.ROW else "",
            )
            for refused in _refusals(file.opened.transcript, [_urgent_rows(other) for other in later])
        ]
    return found


def _refusals(transcript: Transcript, later: Sequence[Rows | None]) -> list[Finding]:
    """Return why rows of 急报事项, or the sheet, will be refused, the first finding of each; of rows that no later report has again."""
    by_row: dict[int | None, Finding] = {}
    for finding in transcript.reading.findings:
        if finding.refuses and URGENT.name in finding.sheet:
            by_row.setdefault(finding.row if finding.severity is Severity.ROW else None, finding)
    rows = rows_of_sheet(read_rows(transcript.rows), URGENT.name)
    if not later or rows is None:
        return [] if any(map(urgent_rows, later)) else [*by_row.values()]
    own = urgent_rows(rows)
    left = [place for place in range(len(own)) if rows.lines[place] in by_row]
    taken = Counter(row for place, row in enumerate(own) if place not in left)
    for other in later:
        again, refused = urgent_rows(other), frozenset(other.refused if other else ())
        left = [left[at] for at in not_again([own[place] for place in left], again, taken.elements())]
        taken |= Counter(row for place, row in enumerate(again) if place not in refused)
    return [by_row[rows.lines[place]] for place in left]


def _urgent_rows(file: Incoming) -> Rows | None:
    return rows_of_sheet(read_rows(file.opened.transcript.rows), URGENT.name) if file.opened else None


def _kinds(files: Iterable[Incoming]) -> list[str]:
    """Return the kind of each row of 急报事项 of these reports, '' for one that is not in the list."""
    return [row.kind for file in files for row in urgent_rows(_urgent_rows(file))]


def _about(transcript: Transcript, line: int | None) -> str:
    """Return the case of a refused row, its kind and in a few words what it tells, which is left out where it tells of a person."""
    rows = rows_of_sheet(read_rows(transcript.rows), URGENT.name)
    if rows is None or line not in rows.lines:
        return ""
    row = RowPlace(0, rows, [*rows.lines].index(line))
    number, kind, situation = (row[column] or "" for column in (CASE, "事项类别", "情况说明"))
    is_of_person = any(finding.row == line and finding.code == "personal-information" for finding in transcript.reading.findings)
    return "：".join(part for part in (" ".join(filter(None, (number, kind))), "" if is_of_person else mask(shorten(situation))) if part)


def counting(files: Sequence[Incoming]) -> dict[tuple[str, date], Incoming]:
    """Return of each district and day the last report that waits, as far as it can be judged by itself."""
    return {(file.district, file.day): file for file in files if file.day is not None and not _later(file, files)}


def dropped(files: Sequence[Incoming], mailed: Sequence[UrgentMatter], zone: tzinfo) -> list[UrgentMatter]:
    """Return what was mailed, and stands in a later report that waits neither as it was nor with one thing changed.

    A report of which urgent rows will be refused may have it there: that is told by `unsent`.
    """
    found = list[UrgentMatter]()
    for (district, day), file in counting(files).items():
        came = file.received_at
        earlier = [each for each in mailed if (each.district, each.day) == (district, day) and came and each.came and each.came < came]
        if not earlier or came is None or unsent([file]):
            continue
        own = {matter.identity: matter for matter in of_waiting(file)}
        new = [matter for identity, matter in own.items() if all(identity != each.identity for each in earlier)]
        gone = (
            each
            for each in earlier
            if each.identity not in own and not any(_differing(matter, each) for matter in (*new, *_after(each, earlier)))
        )
        at = moment(came.astimezone(zone), day)
        found += [replace(each, since=f"{at}报来的{file.name}里没有了") for each in {each.identity: each for each in gone}.values()]
    return found


def _after(matter: UrgentMatter, mailed: Iterable[UrgentMatter]) -> Iterator[UrgentMatter]:
    """Go through those of a later report."""
    return (other for other in mailed if other.came and matter.came and other.came > matter.came)


def _later(file: Incoming, files: Iterable[Incoming]) -> list[Incoming]:
    """Return the later reports of its district and day that wait and will be taken, in their order."""
    later = [
        (other.received_at, other)
        for other in files
        if other.day is not None
        and (other.district, other.day) == (file.district, file.about)
        and other.received_at is not None
        and file.received_at is not None
        and other.received_at > file.received_at
    ]
    return [other for _came, other in sorted(later, key=lambda each: each[0])]


def taken_in_since(moment: datetime, settings: Settings, of: Collection[tuple[str, date]] | None = None) -> list[UrgentMatter]:
    """Return the urgent matters of the reports that were taken in and had come since that moment. Raises LedgerError.

    `of`: of these districts and days alone.
    """

    def counts(file: Filed) -> bool:
        reading, is_report = file.reading, file.reading.accepted and not file.arrival.is_assignment
        is_asked = of is None or (reading.day is not None and (reading.district, reading.day) in of)
        return is_report and is_asked and file.arrival.envelope.received_at >= moment

    try:
        files = in_order(file for file in held_files.held(settings, counts).files if counts(file))
    except LostLedgerError:  # what waits is mailed all the same, and not twice: the letters' journal is there
        return []
    in_force = {(file.reading.district, file.reading.day): file.arrival.sha256 for file in files}
    matters, before = list[UrgentMatter](), dict[tuple[str, date], str]()
    for file in files:
        reading, arrival = file.reading, file.arrival
        is_duplicate = before.get((reading.district, reading.day)) == arrival.sha256
        before[reading.district, reading.day] = arrival.sha256
        if is_duplicate:  # it told nothing
            continue
        counting = in_force[reading.district, reading.day] == arrival.sha256
        own = _of(reading.district, reading.day, reading.rows)
        since = COUNTS if counting else REPLACED
        matters += [replace(matter, came=arrival.envelope.received_at, since=since) for matter in own]
    return matters


def _of(district: str, day: date, sheets: Iterable[Rows]) -> Iterator[UrgentMatter]:
    rows = rows_of_sheet(sheets, URGENT.name)
    refused = frozenset(rows.refused if rows else ())
    for position in range(len(rows.lines) if rows else 0):
        if rows and position not in refused:
            row = RowPlace(0, rows, position)
            columns = (CASE, "事项类别", "发生时间", "情况说明", "已采取措施", "需协调事项")
            number, kind, happened, situation, measures, coordination = (row[column] or "" for column in columns)
            place = (rows.name, rows.lines[position])
            yield UrgentMatter(district, day, number, kind, happened, situation, measures, coordination, row=place)


def known(files: Sequence[Incoming], day: date, settings: Settings, readers: Readers | None = None) -> Known:
    """Return what of the waiting files counts no more or will be refused, and who is on duty on that day. Raises LedgerError.

    Nothing of it where the ledger is gone: what is urgent is mailed all the same.
    """
    try:
        judged = waiting.judge(files, settings, readers, [day])
    except LostLedgerError:
        return Known(frozenset(), (), {})
    replaced = frozenset(str(waits.file.path) for waits in judged.waits if waits.is_replaced)
    refused = {
        str(waits.file.path): {(finding.sheet, finding.row): finding.message for finding in waits.answer.findings if finding.refuses}
        for waits in judged.waits
        if waits.answer and waits.counts_for
    }
    return Known(replaced, on_duty(judged.states[day].assignment, day) if judged.states else (), refused)


def corrected(matter: UrgentMatter, mailed: Iterable[UrgentMatter], now: datetime) -> UrgentMatter:
    """Return the matter with what it has other than the newest of these that differs in one thing alone, so that it may be the same.

    `mailed`: what was mailed before, oldest first.
    """
    for earlier in reversed(list(mailed)):
        if differing := _differing(matter, earlier):
            came = f"{moment(earlier.came.astimezone(now.tzinfo), now.date())}报来、" if earlier.came else ""
            was = shorten(getattr(earlier, differing)) or "没有写"
            return replace(matter, mailed_before=f"{came}已经发过的一件只有{_PARTS[differing]}不同（那件：{was}），可能是它的更正")
    return matter


def as_first_reported(matter: UrgentMatter, same: Iterable[UrgentMatter]) -> UrgentMatter:
    """Return the matter with the day and the arrival of the first report that told of it: the same, come again, is no news.

    `same`: the matter in every report that is known.
    """
    came = {other.came: other for other in (matter, *same) if other.came}
    first = came[min(came)] if came else matter
    since = matter.since or (first.since if first.since == COUNTS else "")
    return replace(matter, day=first.day, came=first.came, since=since)


def _differing(matter: UrgentMatter, earlier: UrgentMatter) -> str:
    """Return the one thing in which two matters of a district differ; '' where it is none, or more.

    Two matters without a case may differ in what they say alone, unless the later report stands in place of the other's.
    """
    pairs = zip(_PARTS, matter.identity[1:], earlier.identity[1:], strict=True)
    differing = [part for part, own, other in pairs if own != other]
    is_same = matter.number or matter.day == earlier.day or differing != ["situation"]
    return differing[0] if earlier.district == matter.district and len(differing) == 1 and is_same else ""


_PARTS: Final = {"number": "案件编号", "kind": "事项类别", "happened": "发生时间", "situation": "情况说明"}
"""What tells two matters of a district apart, and what it is called."""


def on_duty(workbook: Filed, day: date) -> tuple[str, ...]:
    """Return whom 接访排班 has receive on that day, each once: the substitute instead of whom he stands in for, nobody on leave."""
    return tuple(dict.fromkeys(turn.receives for turn in rota.of(workbook) if turn.day == day and turn.receives))


def addresses(names: Collection[str], settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return where each of these leaders is written to, by `outgoing_mail.leader_addresses`; () where nothing is set."""
    outgoing = settings.outgoing_mail
    listed: dict[str, tuple[str, ...]] = {}
    for name, own in outgoing.leader_addresses.items() if outgoing else ():
        written = responsible_leader(name)
        listed[written] = (*listed.get(written, ()), *own)
    return {name: listed.get(name, ()) for name in names}
