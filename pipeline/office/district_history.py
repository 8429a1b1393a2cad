"""What a district has handed in, by whatever door, and what became of it: which revision counts, what was refused, what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pipeline.day.submissions import Beyond, OfDay, Submissions
from pipeline.intake import held_files
from pipeline.intake.incoming import Incoming
from pipeline.office import as_published, row_counts
from pipeline.office.row_counts import Figures
from pipeline.office.taken_out import Gone
from pipeline.office.waiting import Waits
from pipeline.render.receipts import receipt_files
from pipeline.report import handed_in_lines
from pipeline.settings.config import Settings
from pipeline.terms.errors import LedgerError
from pipeline.terms.handed_in import Filed, Submission
from pipeline.terms.text import mask

DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Upload:
    """A view on the `Envelope` of a report sent on the upload page, with what its check expected."""

    number: str
    """The receipt number, which is the message id of its envelope."""
    name: str
    received_at: datetime
    expected_day: date | None
    """The day for which the check expects that it counts; None where it expects none."""
    expected_refusal: str
    """Why the check expects that it is refused whole; '' where it does not."""
    expected_rows: tuple[int, int, int] | None = None
    """So many rows the check expects to be taken and refused, and of these of moved cases; None where it could not tell."""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A view on one `Submission`, refused `Filed` or file that still waits: the line that the district is shown of it."""

    received_at: datetime
    name: str
    day: date | None
    """The report's day; None while nobody knows it."""
    number: str
    """The receipt number; '' for what came by another door."""
    channel: str
    became: str
    """waiting, overtaken (while it waited, by a later one), gone (from the inbox, by hand), in-force, replaced, duplicate or refused."""
    revision: int
    in_force: int
    """The revision that counts for that day; 0 for none."""
    reason: str
    """Why it was refused whole, or will be."""
    rows: tuple[int, int, int] | None = None
    """Likewise, so many were taken and refused, or will be as far as the check could tell; None where nobody knows."""

    sha256: str = ""
    is_followed: bool = False
    """Whether it counts, and one that waits will take its place."""
    is_twin_replaced: bool = False
    """Of a duplicate whether the report with the same bytes counts no more, or will not: a later one has taken its place."""

    @property
    def waits(self) -> bool:
        """Whether no run has taken it in."""
        return self.became in ("waiting", "overtaken", "gone") or (self.became == "duplicate" and not self.in_force)

    @property
    def counts_nothing(self) -> bool:
        """Whether rows of it were refused, and not one is taken; those of cases that the office gave to others are no fault."""
        return self.rows is not None and not self.rows[0] and self.rows[1] > self.rows[2]

    @property
    def is_handed_in(self) -> bool:
        """Whether it counts for its day, or will as far as anybody knows."""
        return self.became in ("in-force", "waiting") and not self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether it was refused whole, or will be."""
        return self.became == "refused" or (self.became == "waiting" and bool(self.reason))


@dataclass(frozen=True, slots=True)
class Stands:
    """What became of one report that was sent on the page, and of its day."""

    itself: HandedIn
    counts: HandedIn | None
    """The other report of its day that counts, or will; None where there is none."""
    twin: HandedIn | None
    """Of a duplicate the report with the same bytes."""
    first_at: datetime | None = None
    """When the first report of its day came that is not refused whole; None where there is none, or nobody knows its day."""
    taken_at: datetime | None = None
    """When the first of them came of which rows were taken, or nobody knows that none were; None likewise."""
    is_taken: bool = False
    """Whether anybody knows that rows of that one were taken."""


@dataclass(frozen=True, slots=True)
class History:
    """A district's files of some weeks."""

    files: list[HandedIn]
    """The newest first; what was sent on the page and not yet taken in is among them."""
    receipts: Mapping[tuple[str, str], bool]
    """The district's own receipts by their day and their place in its folder: whether the one that counts. None of a stranger's."""
    receipt_of: Mapping[str, tuple[str, str]]
    """Of them by receipt number those of what was sent on the page."""
    index: Submissions
    """Of every district, however long ago: who reported what."""
    reported: list[date]
    """Every day of which a report of the district counts, however long ago."""
    lost: frozenset[tuple[str, date]] = frozenset()
    """As of `held_files.Held`."""
    returned: frozenset[tuple[str, date]] = frozenset()
    """Of which days a report was refused whole, since the day from which files are there."""
    ledger_fails: bool = False
    """Whether nothing but what was sent on the page is known, since the ledger cannot be used."""

    def beyond(self, refused: Collection[OfDay]) -> Beyond:
        """Return what is known of its reports beside when they came; `refused`: those of which everything was."""
        return Beyond(refused, self.lost, returned=self.returned)

    def stands(self, number: str) -> Stands | None:
        """Return what became of the report with that receipt number; None where it is not among them."""
        itself = next((file for file in self.files if file.number == number), None)
        if itself is None:
            return None
        same_day = [file for file in self.files if file is not itself and file.day and file.day == itself.day]
        counts = next((file for file in same_day if file.is_handed_in and not file.is_followed), None)
        twins = [file for file in same_day if file.sha256 == itself.sha256 and file.became != "duplicate"]
        there = (file for file in (itself, *same_day) if file.day and not file.is_refused and file.became != "gone")
        accepted = sorted(there, key=lambda file: file.received_at)
        taken = next((file for file in accepted if not file.counts_nothing), None)
        return Stands(
            itself,
            counts,
            twins[0] if twins and itself.became == "duplicate" else None,
            first_at=accepted[0].received_at if accepted else None,
            taken_at=taken.received_at if taken else None,
            is_taken=taken is not None and taken.rows is not None,
        )


def of(district: str, uploads: Iterable[Upload], settings: Settings, since: date) -> History:
    """Return the district's history since that day."""
    by_number = {upload.number: upload for upload in uploads}
    try:
        taken, filed, index, lost = _filed(district, by_number, settings, since)
        told = {day: as_published.figures(settings, day) for day in sorted({file.reading.day for file in filed if file.reading.accepted})}
        figures = row_counts.known(told, index, settings)
    except LedgerError:
        waiting = sorted(map(_waiting, by_number.values()), key=_newest, reverse=True)
        return History(waiting, {}, {}, Submissions.of(()), [], ledger_fails=True)
    waiting = [_waiting(upload) for number, upload in by_number.items() if number not in taken]
    files = [*waiting, *_taken_in([file for file in filed if _is_own(file, district, by_number, settings)], by_number, figures, settings)]
    receipts, receipt_of = _receipts(district, filed, by_number, settings)
    returned = handed_in_lines.returned(file for file in filed if not file.reading.accepted)
    return History(sorted(files, key=_newest, reverse=True), receipts, receipt_of, index, index.days([district]), lost, returned)


def without(history: History, district: str, gone: Collection[Gone]) -> History:
    """Return the history of which some is in the inbox no more: what was sent on the page, and what the district mailed."""
    numbers = {file.number for file in gone if file.number}
    files = [replace(file, became="gone") if file.became == "waiting" and file.number in numbers else file for file in history.files]
    mailed = (file for file in gone if not file.number and file.district == district)
    files += [HandedIn(file.received_at, file.name, file.day, "", file.channel, "gone", 0, 0, "") for file in mailed]
    return replace(history, files=sorted(files, key=_newest, reverse=True))


def with_others_waiting(history: History, district: str, waiting: Iterable[Waits]) -> History:
    """Return the history with what waits in the inbox for the district by mail or as a file: what was sent on the page is in it.

    Of what waits for a day only the last that came will count.
    """
    others = [
        HandedIn(
            file.received_at,
            file.name,
            file.about,
            "",
            file.channel,
            "waiting",
            0,
            0,
            _refusal(file),
            waits.rows,
            file.opened.sha256 if file.opened else "",
        )
        for waits, file in ((waits, waits.file) for waits in waiting)
        if file.district == district and file.received_at and file.channel != "upload"
    ]
    return replace(history, files=_settled(sorted([*history.files, *others], key=_newest, reverse=True)))


def _refusal(file: Incoming) -> str:
    return file.refusal if file.day is None else ""


def _settled(files: list[HandedIn]) -> list[HandedIn]:
    """Return the files, the newest first, with what those that wait do to each other and to the one that counts."""
    counting: dict[date, HandedIn] = {}
    settled: dict[int, HandedIn] = {}
    for file in reversed(files):
        before = counting.get(file.day) if file.day else None
        if file.became not in ("waiting", "in-force") or file.day is None or file.reason:
            continue
        if before and before.sha256 == file.sha256 and file.became == "waiting":
            settled[id(file)] = replace(file, became="duplicate")
            continue
        if before:
            settled[id(before)] = replace(before, became="overtaken") if before.became == "waiting" else replace(before, is_followed=True)
        counting[file.day] = file
    return _with_twins([settled.get(id(file), file) for file in files])


def _with_twins(files: list[HandedIn]) -> list[HandedIn]:
    """Return the files with what became of those that are there twice."""
    originals = [file for file in files if file.became != "duplicate" and file.day]
    of_bytes = {(file.day, file.sha256) for file in originals}
    counting = {(file.day, file.sha256) for file in originals if file.is_handed_in and not file.is_followed}
    replaced = of_bytes - counting
    return [replace(file, is_twin_replaced=file.became == "duplicate" and (file.day, file.sha256) in replaced) for file in files]


def _newest(file: HandedIn) -> tuple[datetime, str, str, str]:
    return file.received_at, file.sha256, file.number, file.name  # of two that came at once the one that counts: `handed_in.in_order`


def _filed(
    district: str, uploads: Mapping[str, Upload], settings: Settings, since: date
) -> tuple[set[str | None], list[Filed], Submissions, frozenset[tuple[str, date]]]:
    """Return the message ids of all reports that were taken in; those since that day that are or say they are the district's.

    Also the index of all, and which are lost.
    """

    def is_named(file: Filed) -> bool:
        return file.reading.district in (district, "") or _is_own(file, district, uploads, settings)

    def is_refused(file: Filed) -> bool:  # only the findings say why a file was refused
        return not (file.arrival.is_assignment or file.reading.accepted) and file.reading.day >= since and is_named(file)

    held = held_files.held(settings, is_refused)
    reports = [file for file in held.files if not file.arrival.is_assignment]
    recent = [file for file in reports if file.reading.day >= since and is_named(file)]  # those of no district, too: see `_receipts`
    return {file.arrival.envelope.message_id for file in reports}, recent, Submissions.of(reports), held.lost


def _is_sent_here(filed: Filed, uploads: Mapping[str, Upload]) -> bool:
    return filed.arrival.envelope.channel == "upload" and filed.arrival.envelope.message_id in uploads


def _is_own(filed: Filed, district: str, uploads: Mapping[str, Upload], settings: Settings) -> bool:
    """Whether it is the district's by what it says, and not somebody else's who only named the district; or sent by it.

    Sent by it is what came under its number, and what came from an address of its own that the mail server vouches for.
    """
    envelope = filed.arrival.envelope
    if envelope.channel == "upload":
        return _is_sent_here(filed, uploads)
    if filed.reading.accepted:
        return filed.reading.district == district
    return settings.district_of_sender(envelope) == district


def _receipts(
    district: str, filed: Iterable[Filed], uploads: Mapping[str, Upload], settings: Settings
) -> tuple[dict[tuple[str, str], bool], dict[str, tuple[str, str]]]:
    """Return the receipts that the district may have, and which of them answers what was sent under which number.

    The published folder names a receipt by the district on the cover, also where a stranger wrote that cover, and by none where the file
    names none. So all of a day's files are named again in the order in which the night's run named them, and the others' are left out
    afterwards: of those that name no district all but what its own clerks or addresses sent.
    """
    alike: dict[tuple[date, str], list[Filed]] = {}
    for file in filed:
        if file.reading.district in (district, ""):
            alike.setdefault((file.reading.day, file.reading.district), []).append(file)
    own: dict[tuple[str, str], bool] = {}
    by_number: dict[str, tuple[str, str]] = {}
    for (day, named), files in alike.items():
        in_force = {file.arrival.id for file in Submissions.of(files).in_force()}
        for name, file in receipt_files.files_by_receipt(files, settings).items():
            is_own = not file.reading.is_from_stranger if named else _is_own(file, district, uploads, settings)
            if _is_sent_here(file, uploads) or is_own:
                own[day.isoformat(), name] = file.arrival.id in in_force
            if _is_sent_here(file, uploads):
                by_number[file.arrival.envelope.message_id or ""] = day.isoformat(), name
    return own, by_number


def _taken_in(filed: list[Filed], uploads: Mapping[str, Upload], figures: Mapping[date, Figures], settings: Settings) -> list[HandedIn]:
    index = Submissions.of(filed)
    files = []
    for file in filed:
        envelope, submission = file.arrival.envelope, index.place_of(file)
        upload = uploads.get(envelope.message_id or "")
        files.append(
            HandedIn(
                received_at=envelope.received_at.astimezone(settings.calendar.zone),
                name=upload.name if upload else mask(file.arrival.name),
                day=file.reading.day,
                number=upload.number if upload else "",
                channel=envelope.channel,
                became=_became(submission),
                revision=submission.revision if submission else 0,
                in_force=index.beside(file).revision,
                reason=next((finding.message for finding in file.reading.findings if finding.refuses), ""),
                rows=_rows(submission, upload, figures.get(file.reading.day, {}).get(file.reading.district, {})),
                sha256=file.arrival.sha256,
            )
        )
    return files


def _rows(submission: Submission | None, upload: Upload | None, figures: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Return the counts of rows of the version that counts; of another those that its check expected. `figures`: of its day."""
    if submission and submission.in_force and figures.get("revision") == submission.revision:
        return figures["rows_accepted"], figures["rows_refused"], figures.get("rows_moved", 0)
    return upload.expected_rows if upload else None


def _became(submission: Submission | None) -> str:
    if submission is None:
        return "refused"
    if submission.is_duplicate:
        return "duplicate"
    return "in-force" if submission.in_force else "replaced"


def _waiting(upload: Upload) -> HandedIn:
    return HandedIn(
        received_at=upload.received_at,
        name=upload.name,
        day=upload.expected_day,
        number=upload.number,
        channel="upload",
        became="waiting",
        revision=0,
        in_force=0,
        reason=upload.expected_refusal,
        rows=upload.expected_rows,
        sha256=upload.sha256,
    )
