"""What a day's folder rests on: the files that count, those reported beside them, and a fingerprint of it all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline import CONTRACT_VERSION, HOME, __version__
from pipeline.day.known_when import end_of, known_until, late_for, overnight_for
from pipeline.day.submissions import ATTENDED_DAYS, Submissions
from pipeline.disk import storage
from pipeline.publishing import numbering
from pipeline.render.papers import fonts
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Filed, in_order
from pipeline.terms.notice_number import NoticeNumber

_TEMPLATES = HOME / "templates"
_SHOWN = {"office", "sources", "categories", "groups", "windows", "notices", "statute", "hints", "large_day", "case_number_pattern"}
"""Settings that a published day rests on as they are written."""


def templates_of(settings: Settings) -> Path:
    """Return the folder of the templates: the program's own unless set."""
    return settings.paths.templates or _TEMPLATES


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every file that a day's folder rests on, each kind in order of arrival."""

    files_in_force: tuple[Filed, ...]
    """Assignment workbooks and the reports in force, of the day and of those before it."""
    superseded: tuple[Filed, ...]
    """The day's reports that a later one replaced, and duplicates."""
    refused: tuple[Filed, ...]
    """The files refused whole that belong to the day; of assignment workbooks those newer than the one in force."""
    replaced_since: tuple[Filed, ...] = ()
    """Reports for earlier days that counted when the day before was told, and do not any more."""
    refused_late: tuple[Filed, ...] = ()
    """Files refused whole that belong to earlier days and became known on this one."""
    refused_before: tuple[Filed, ...] = ()
    """Those of the days of which a report could still be sent, that were known before: of these the day tells where urgent matters were."""
    firsts_found: tuple[Filed, ...] = ()
    """First reports of earlier days that were taken in after another of their district and day: they can make it punctual after all."""
    refused_found: tuple[Filed, ...] = ()
    """Of those refused whole that are about earlier days and came before this one, what was taken in on it or later."""

    @property
    def all(self) -> tuple[Filed, ...]:
        """All of them but `refused_before`, of which those alone count that have something to tell."""
        return (
            *self.files_in_force,
            *self.superseded,
            *self.refused,
            *self.replaced_since,
            *self.refused_late,
            *self.firsts_found,
            *self.refused_found,
        )


@dataclass(frozen=True, slots=True)
class Outlines:
    """Every file of the ledger without its rows, sorted once to be asked for each day."""

    files: tuple[Filed, ...]
    """In the order of the ledger."""
    arrived: tuple[Filed, ...]
    """The same in order of arrival."""
    submissions: Submissions
    reports: tuple[Filed, ...]
    """The reports that count, of every day, in order of arrival."""
    assignments: tuple[Filed, ...]
    """The usable assignment workbooks, in order of arrival."""

    @classmethod
    def of(cls, files: Sequence[Filed]) -> Outlines:
        """Return the files sorted; their rows are not needed."""
        arrived, submissions = in_order(files), Submissions.of(files)
        assignments = (file for file in arrived if file.arrival.is_assignment and file.reading.accepted)
        return cls(tuple(files), tuple(arrived), submissions, tuple(submissions.in_force()), tuple(assignments))

    @property
    def accepted_reports(self) -> list[Filed]:
        """The usable reports, replaced ones included, in order of arrival."""
        return [file for file in self.arrived if file.reading.accepted and not file.arrival.is_assignment]

    def needed(self, days: Collection[date], settings: Settings) -> list[Filed]:
        """Return the files whose rows or findings these days need.

        Superseded revisions too: they tell of what was refused until it is mended, and how a report stands that was mended.
        """
        last = max(days)
        revisions = {submission.filed.arrival.id for submission in self.submissions if not submission.is_duplicate}
        then = {file.arrival.id for day in days for file in self.known_then(day, settings)}
        return [
            file
            for file in self.files
            if file.arrival.is_assignment
            or file.reading.day in days
            or (file.reading.day <= last and file.arrival.id in revisions)
            or file.arrival.id in then
        ]

    def on(self, day: date, settings: Settings) -> Inputs:
        """Return what counts for the day, and what else is reported for it. Raises IndexError without a usable assignment workbook."""
        assignments = self._assignments_by(day, settings)
        reports = [file for file in self.reports if file.reading.day <= day]
        counted = {file.arrival.id for file in reports}
        of_day = (file for file in self.arrived if file.reading.day == day and not file.arrival.is_assignment)
        superseded = (file for file in of_day if file.reading.accepted and file.arrival.id not in counted)
        newest = assignments[-1].arrival.envelope.received_at
        refused = (file for file in self.arrived if not file.reading.accepted and _is_shown(file, day, newest))
        replaced_since = tuple(file for file in self.known_then(day, settings) if file.arrival.id not in counted)
        earlier = self._refused_earlier(day, settings)
        found = (self._firsts_found(day), self._refused_found(day, settings))
        return Inputs((*assignments, *reports), tuple(superseded), tuple(refused), replaced_since, *earlier, *found)

    def returned_before(self, day: date, settings: Settings) -> tuple[Filed, ...]:
        """Return the reports refused whole, of the days before that the day's attendance shows, that had come when it began."""
        began = end_of(day - timedelta(days=1), settings)
        refused = (file for file in self.arrived if not (file.reading.accepted or file.arrival.is_assignment))
        attended = (file for file in refused if 0 < (day - file.reading.day).days < ATTENDED_DAYS)
        return tuple(file for file in attended if file.arrival.envelope.received_at <= began)

    def _refused_found(self, day: date, settings: Settings) -> tuple[Filed, ...]:
        """Return of these what a run on the day may not have known yet: it was taken in after something that came later."""
        began = end_of(day - timedelta(days=1), settings)
        known = min((file.arrival.id for file in self.files if file.arrival.envelope.received_at > began), default=None)
        return tuple(file for file in self.returned_before(day, settings) if known is not None and file.arrival.id > known)

    def _firsts_found(self, day: date) -> tuple[Filed, ...]:
        """Return them of the days that the day's attendance shows.

        As long as reports are taken in as they arrive, a day's first one was known with those that replaced it, and the files in force tell
        all. An envelope may say that one came before others that were taken in earlier.
        """
        attended = (self.submissions.on(day - timedelta(days=ago)).values() for ago in range(1, ATTENDED_DAYS))
        of_districts = (reports.submissions for districts in attended for reports in districts)
        return tuple(
            sent[0].filed for sent in of_districts if sent[0].filed.arrival.id > min(submission.filed.arrival.id for submission in sent)
        )

    def _refused_earlier(self, day: date, settings: Settings) -> tuple[tuple[Filed, ...], tuple[Filed, ...]]:
        """Return the files of earlier days that were refused whole: those that became known on this one, and others of the last days."""
        refused = (file for file in self.arrived if not file.reading.accepted and not file.arrival.is_assignment)
        earlier = [(file, file.arrival.envelope.received_at) for file in refused if file.reading.day < day]
        told, known = (known_until(known_on, settings) for known_on in (day - timedelta(days=1), day))
        oldest = day - timedelta(days=settings.on(day).calendar.oldest_report_days)
        before = tuple(file for file, at in earlier if at <= told and file.reading.day >= oldest)
        return tuple(file for file, at in earlier if told < at <= known), before

    def known_then(self, day: date, settings: Settings) -> list[Filed]:
        """Return the reports for earlier days that counted when that day, or the day before, was told; none where nothing came late."""
        reports = [file for file in self.arrived if file.reading.accepted and not file.arrival.is_assignment and file.reading.day < day]
        before = day - timedelta(days=1)
        moments = [known_until(known_on, settings) for known_on in (before, day)] if late_for(reports, day, settings) else []
        moments += [end_of(before, settings)] if overnight_for(reports, day, settings) else []
        counted: dict[int, Filed] = {}
        for moment in moments:
            arrived = Submissions.of(file for file in reports if file.arrival.envelope.received_at <= moment)
            counted |= {file.arrival.id: file for file in arrived.in_force()}
        return in_order(counted.values())

    def _assignments_by(self, day: date, settings: Settings) -> tuple[Filed, ...]:
        """Return the usable assignment workbooks that had arrived by the end of the day, or the earliest there is."""
        zone = settings.calendar.zone
        arrived = (file for file in self.assignments if file.arrival.envelope.received_at.astimezone(zone).date() <= day)
        return tuple(arrived) or self.assignments[:1]


def _is_shown(refused: Filed, day: date, newest: datetime) -> bool:
    """Whether the day reports a file refused whole; `newest`: when the assignment workbook in force arrived."""
    if refused.arrival.is_assignment:
        return refused.reading.day <= day and refused.arrival.envelope.received_at > newest
    return refused.reading.day == day


def fingerprint(
    inputs: Iterable[Filed], day: date, numbers: tuple[NoticeNumber, ...], *, figures_alone: bool, left_out: Sequence[str] = ()
) -> str:
    """Return the digest of what came from outside and makes the day's folder: files, numbers of notices, and what the office decided.

    `left_out`: the SHA-256 of the files without which it decided to go on.
    """
    files = [
        (
            file.arrival.path,
            file.arrival.sha256,
            file.arrival.envelope.received_at.isoformat(),
            file.reading.accepted,
            f"{file.reading.day}",
        )
        for file in inputs
    ]
    shown_numbers = [[number.written(), number.day.isoformat()] for number in numbering.shown_on(numbers, day)]
    parts = [json.dumps(shown_numbers), day.isoformat(), str(figures_alone), json.dumps(files)]
    parts += [json.dumps([*left_out])] if left_out else []
    return storage.digest(part.encode() for part in parts)


def digest_of_program(settings: Settings) -> str:
    """Return the digest of what makes every day's folder beside files and settings: templates, the computer's fonts and program."""
    # Word and editors leave lock files and hidden ones beside a template that somebody has open; they change nothing.
    templates = sorted(path for path in templates_of(settings).iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
    written = [__version__, str(CONTRACT_VERSION), json.dumps(fonts.stamp())]
    return storage.digest([*(part.encode() for part in written), *(path.read_bytes() for path in templates)])


def digests_by_setting(held: Settings) -> dict[str, str]:
    """Return a short digest of each setting that a day rests on as it is written, by its name in config.yaml."""
    decided = held.model_dump(mode="json", include=_SHOWN)
    return {name: storage.digest([json.dumps(value, sort_keys=True).encode()])[:16] for name, value in decided.items()}


def digest_of_rules(held: Settings, program: str) -> str:
    """Return the digest of what a day is judged by and written with: the settings that hold on it, and the program's digest."""
    calendar = {name: value for name, value in held.rules.as_json()["calendar"].items() if name != "day_turns"}
    decided = [held.model_dump(mode="json", include=_SHOWN), calendar, [(district.code, district.name) for district in held.districts]]
    if held.tree:  # without levels it is the digest of an office that has never heard of them
        decided.append([held.model_dump(mode="json", include={"units"}), [district.parent for district in held.districts]])
    return storage.digest([json.dumps(decided, sort_keys=True).encode(), program.encode()])
