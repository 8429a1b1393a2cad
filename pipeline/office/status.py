"""Who has reported, what is waiting, what was refused: a look that changes nothing. Terminal and upload page show the same board."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pipeline.day.submissions import NO_REPORTS, Reports, Standing, Stands, Submissions, stands, takes_nothing
from pipeline.intake import held_files, incoming
from pipeline.office import as_published, row_counts, taken_out, workbook_now
from pipeline.office import waiting as in_inbox
from pipeline.office.taken_out import Gone
from pipeline.office.waiting import Waits
from pipeline.office.workbook_now import NONE_REFUSED, RefusedNow
from pipeline.report import handed_in_lines
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.handed_in import Filed
from pipeline.terms.text import mask

PARTLY: Final = "部分退回"
_ALWAYS: Final = ("on-time", "late", "coming", "missing")
COUNTS: Final = {
    stands: words.ATTENDED[stands]
    for stands in ("on-time", "mended", "late", "excused", "refused", "returned", "coming", "coming-late", "missing", "lost")
}
"""The counts of the board, which add up to all districts and are those of the calendars,"""
AMONG: Final = {"zero": words.ZERO, "partly": PARTLY, "files": "有整份退回"}
"""and what districts in them are besides."""
_ARRIVED = {"upload": "已上传，等待收取", "email": "邮件已到，等待收取", "folder": "文件已到，等待收取"}


@dataclass(frozen=True, slots=True)
class DistrictStatus:
    """What one district has handed in for the day."""

    district: str
    status: Standing
    received_at: datetime | None = None
    """When the first accepted one came."""
    revision: int = 0
    zero_report: bool = False
    is_zero: bool = False
    """Whether its cover says that there is nothing to report, whatever else is in it; and whether nothing is."""
    replaced: str = ""
    """When the first and the one in force came, where that is not the first: 首报 16:59 零报告，23:00 更正."""
    rows_accepted: int | None = None
    rows_refused: int | None = None
    """None where nobody has judged it, since there is no assignment workbook."""
    rows_moved: int = 0
    """Of the refused rows those of cases that the office has given to other districts."""
    refused: tuple[Filed, ...] = ()
    waits: Waits | None = None
    """Its report that will count for the day with the next run, while that waits in the inbox; None where none does."""
    gone: tuple[Gone, ...] = ()
    """What would have been its report of the day, and was taken out of the inbox by hand before a run had it."""
    in_vain: tuple[Waits, ...] = ()
    """What waits, is about the day, and will be refused whole; what a later report has made good is not among it."""
    is_wholly_refused: bool = False
    """Likewise False."""
    is_lost: bool = False
    """Whether it came, its original is lost, and the office decided to go on without it."""
    excused: str = ""
    """By whom, why and until when it is published that its lateness is approved (豁免); '' where that is not."""
    is_due: bool = False
    """Whether the cut-off is still to come: it can report in time."""
    mended_at: datetime | None = None
    """When the first report came of which anything was taken, where all that came by the cut-off was refused."""

    @property
    def waiting(self) -> str:
        """The channel of its report that waits and will count; '' where none does."""
        return self.waits.file.channel if self.waits else ""

    @property
    def takes_nothing(self) -> bool:
        """Whether of what counts for the day now, or will with the next run, everything is refused."""
        return self.waits.takes_nothing if self.waits else self.is_wholly_refused

    @property
    def zero(self) -> str:
        """Return what is said of a report whose cover says that there is nothing to report; '' of others."""
        return words.zero_report(self.rows_accepted, is_zero=self.is_zero) if self.zero_report else ""

    @property
    def refusal(self) -> str:
        """What became of the rows that do not count, in few words; '' where none is known of, and where `word` says it."""
        if not self.rows_refused or self.is_wholly_refused:
            return ""
        return "有案件已改派" if self.rows_refused == self.rows_moved else PARTLY

    @property
    def rows(self) -> str:
        """How many rows of it count and do not, in words; '' of a zero report, and where nothing is taken in."""
        if self.rows_accepted is None or (self.is_zero and not self.rows_refused):
            return ""
        if not (self.rows_accepted or self.rows_refused or self.is_wholly_refused):
            return words.EMPTY
        whole = f"{self.refusal}：" if self.refusal not in ("", PARTLY) else ""
        return f"{whole}采用 {self.rows_accepted} 行，退回 {self.rows_refused} 行"

    @property
    def files_in_vain(self) -> list[str]:
        """How many of its files count for nothing, in words."""
        told = (
            (self.in_vain, "等待收取的 {} 个文件会整份退回"),
            (self.refused, "退回 {} 个文件"),
            (self.gone, "收到过的 {} 个文件已不在收件箱里，没有汇总"),
        )
        return [said.format(len(files)) for files, said in told if files]

    @property
    def is_coming(self) -> bool:
        """Whether nothing of it has been taken in, and something will be."""
        return self.status == "missing" and bool(self.waiting)

    @property
    def is_late_coming(self) -> bool:
        """Whether what waits will be its late report, of which nobody approved that it comes late."""
        return self.waits is not None and self.waits.is_late and not self.excused

    @property
    def stands(self) -> str:
        """The one count of the board that it is in, by `COUNTS`: as the calendars show it, or coming."""
        return f"coming{'-late' if self.is_late_coming else ''}" if self.is_coming else self.shown

    @property
    def among(self) -> tuple[str, ...]:
        """What its report is besides, by `AMONG`."""
        holds = (self.is_zero, self.refusal == PARTLY, bool(self.refused))
        return tuple(kind for kind, is_so in zip(AMONG, holds, strict=True) if is_so)

    @property
    def shown(self) -> Stands:
        """How its report stands, as the calendars show it."""
        return stands(
            self.status,
            is_refused=self.is_wholly_refused,
            is_lost=self.is_lost,
            is_excused=bool(self.excused),
            is_mended=self.mended_at is not None,
            is_returned=any(name == self.district for name, _day in handed_in_lines.returned(self.refused)),
        )

    @property
    def word(self) -> str:
        """How it stands, for people."""
        if self.is_coming and self.waits:
            how = incoming.STOPPED_BEFORE if self.waits.file.is_taken_in else _ARRIVED[self.waiting]
            return how + (self.waits.lateness if self.is_late_coming else "")
        if self.mended_at and self.received_at and self.shown == "mended":
            return words.mended(self.mended_at, self.received_at)
        return words.NOT_YET if self.is_due and self.shown == "missing" else words.STANDS[self.shown]


@dataclass(frozen=True, slots=True)
class Status:
    """The office's board for one day."""

    day: date
    districts: tuple[DistrictStatus, ...]
    unknown: tuple[Filed, ...]
    """Refused files that are of no district, neither by what they say, from a sender who may say so, nor by their sender."""
    waiting: tuple[Waits, ...]
    """The reports in the inbox, of whatever day."""
    has_assignment: bool
    is_published: bool
    published: tuple[str, ...]
    """Every day that has a folder, the newest first."""
    due: datetime | None = None
    """The cut-off, while it is still to come."""
    now: datetime | None = None
    """When it was looked at; None where nobody says."""
    gone: tuple[Gone, ...] = ()
    """What was taken out of the inbox by hand in the last days, of whatever day, and nothing came in its place; likewise."""
    of_workbook: RefusedNow = NONE_REFUSED
    """The rows that are refused of the assignment workbook that counts now; none where nobody says when that is."""

    @property
    def for_office(self) -> list[str]:
        """What the office itself has to find again or to mend, in lines."""
        gone = (file.told(self.day) for file in self.gone)
        return [*gone, *(f"分解表退回（{self.of_workbook.by}）：{row}" for row in self.of_workbook.rows)]

    @property
    def missing(self) -> str:
        """What those are called of whom nothing is there: until the cut-off they have not failed to report."""
        return words.NOT_YET if self.due else words.REPORTED["missing"]

    def count(self, stands: str) -> int:
        """So many districts are in that count."""
        return sum(district.stands == stands for district in self.districts)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """The counts that every district is in exactly one of, each with its name and size."""
        counts = [(stands, name, self.count(stands)) for stands, name in {**COUNTS, "missing": self.missing}.items()]
        return [told for told in counts if told[2] or told[0] in _ALWAYS]

    @property
    def among(self) -> list[tuple[str, str, int]]:
        """So many of them are what besides, each with its name; what nobody is is left out, but for zero reports."""
        counts = [(kind, name, sum(kind in district.among for district in self.districts)) for kind, name in AMONG.items()]
        return [told for told in counts if told[0] != "files" and (told[2] or told[0] == "zero")]

    @property
    def files_refused(self) -> int:
        """So many files were refused whole."""
        return len(self.unknown) + sum(len(district.refused) for district in self.districts)

    @property
    def rows_refused(self) -> int:
        """So many rows of the reports that count were refused."""
        return sum(district.rows_refused or 0 for district in self.districts)

    @property
    def rows_to_be_refused(self) -> int:
        """So many rows of what waits for the day will be refused, as far as anybody knows."""
        return sum(district.waits.rows[1] for district in self.districts if district.waits and district.waits.rows)


def look(
    settings: Settings,
    day: date,
    waiting: Sequence[Waits] | None = None,
    now: datetime | None = None,
    of_workbook: RefusedNow | None = None,
) -> Status:
    """Return the board of that day; `waiting`: the reports in the inbox with their verdicts, where somebody has looked at them.

    `now`: who is not there yet at that moment is missing only once the cut-off is over; None for whom it is over. `of_workbook`: the
    refused rows of the assignment workbook, where somebody has looked.
    """
    # before the ledger: what a run takes in between is in one of the two
    waits = tuple(in_inbox.judge(incoming.look(settings), settings).waits if waiting is None else waiting)

    def is_of_day(file: Filed) -> bool:
        return file.reading.day == day and not file.arrival.is_assignment

    held = held_files.held(settings, is_of_day)
    of_day = [file for file in held.files if is_of_day(file)]
    refused = [file for file in of_day if not (file.reading.accepted or held.is_left_out(file))]
    whose = {filed.arrival.id: sent_by(filed, settings) for filed in refused}
    index = Submissions.of(file for file in held.files if file.reading.day >= day - row_counts.LOOKS_BACK)
    reports, figures = index.on(day), row_counts.known({day: as_published.figures(settings, day)}, index, settings)[day]
    excused = as_published.excused(settings, day, max(held.published, default=""))
    due = limit if now and now <= (limit := settings.on(day).calendar.last_moment(day)) else None
    gone = taken_out.open_now(settings, now.date(), waits) if now else []
    if of_workbook is None:
        of_workbook = workbook_now.look(held, settings, now.date()) if now else NONE_REFUSED
    return Status(
        day=day,
        districts=tuple(
            replace(
                _district(name, reports.get(name, NO_REPORTS), figures.get(name, {}), day, settings),
                refused=tuple(filed for filed in refused if whose[filed.arrival.id] == name),
                waits=_counting(waits, name, day),
                in_vain=tuple(_in_vain(waits, name, day)),
                gone=tuple(file for file in gone if (file.district, file.day) == (name, day)),
                is_due=due is not None,
                is_lost=(name, day) in held.lost,
                excused=excused.get(f"{name} {day}", ""),
            )
            for name in settings.district_names
        ),
        unknown=tuple(filed for filed in refused if not whose[filed.arrival.id]),
        waiting=waits,
        has_assignment=any(file.arrival.is_assignment and file.reading.accepted for file in held.files),
        is_published=(settings.paths.outbox / day.isoformat()).is_dir(),
        published=tuple(sorted(held.published, reverse=True)),
        due=due,
        now=now,
        gone=tuple(gone),
        of_workbook=of_workbook,
    )


def sent_by(filed: Filed, settings: Settings) -> str:
    """Return the district that a refused file came from, as far as anybody can tell; '' where nobody can. A stranger's names nobody."""
    own = "" if filed.reading.is_from_stranger else filed.reading.district
    return own or settings.district_of_sender(filed.arrival.envelope) or filed.reading.meant


def _counting(waits: Sequence[Waits], district: str, day: date) -> Waits | None:
    """Return the district's report of the day that waits and will count: the last that came."""
    own = [waiting for waiting in waits if (waiting.file.district, waiting.counts_for) == (district, day) and not waiting.is_repeat]
    return own[-1] if own else None


def _in_vain(waits: Sequence[Waits], district: str, day: date) -> Iterator[Waits]:
    own = (waiting for waiting in waits if waiting.file.day is None and not waiting.is_made_good)
    return (waiting for waiting in own if (waiting.file.district, waiting.file.about) == (district, day))


def _district(name: str, reports: Reports, figures: Mapping[str, Any], day: date, settings: Settings) -> DistrictStatus:
    status, in_force = reports.standing(day, settings.on(day).calendar), reports.in_force
    if in_force is None or reports.first_received is None:
        return DistrictStatus(name, status)
    is_known = figures.get("revision") == reports.revision
    rows = (figures["rows_accepted"], figures["rows_refused"]) if is_known else None
    moved = figures.get("rows_moved", 0) if is_known else 0
    is_sheet_refused = any(finding.severity is Severity.SHEET for finding in in_force.reading.findings)
    return DistrictStatus(
        name,
        status,
        received_at=reports.first_received.astimezone(settings.calendar.zone),
        revision=reports.revision,
        zero_report=in_force.reading.is_zero_report,
        is_zero=in_force.reading.holds_nothing,
        replaced=_replaced(reports, day, settings),
        rows_accepted=rows[0] if rows else None,
        rows_refused=rows[1] if rows else None,
        is_wholly_refused=rows is not None and takes_nothing(rows[0], rows[1] - moved, is_sheet_refused=is_sheet_refused),
        rows_moved=moved,
        mended_at=datetime.fromisoformat(came) if is_known and (came := figures.get("mended_at")) else None,
    )


def _replaced(reports: Reports, day: date, settings: Settings) -> str:
    first, last = reports.revisions[0].filed, reports.revisions[-1].filed
    came, replaced = (file.arrival.envelope.received_at.astimezone(settings.calendar.zone) for file in (first, last))
    is_zero = first.reading.holds_nothing, last.reading.holds_nothing
    return "" if first is last else words.first_and_last(day, (came, is_zero[0]), (replaced, is_zero[1]))


# --- for monitoring ----------------------------------------------------------------------------------------------


def as_json(board: Status, held_days: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the board as JSON, for programs and for people who look at it; `held_days`: published days that stand under other rules."""
    written = {
        "day": board.day.isoformat(),
        "published": board.is_published,
        "before_cut_off": board.due is not None,
        "has_assignment": board.has_assignment,
        "waiting": [_waits(waiting) for waiting in board.waiting],
        "districts": [
            {
                "district": district.district,
                "status": district.status,
                "lost": district.is_lost and district.status == "missing",
                "excused": bool(district.excused) and district.status == "late",
                "waiting": district.waiting or None,
                "received_at": district.received_at.isoformat(timespec="seconds") if district.received_at else None,
                **({"mended_at": district.mended_at.isoformat(timespec="seconds")} if district.mended_at else {}),
                "revision": district.revision,
                "zero_report": district.zero_report,
                "rows_accepted": district.rows_accepted,
                "rows_refused": district.rows_refused,
                "rows_moved": district.rows_moved,
                "refused_files": [_refused(filed) for filed in district.refused],
            }
            for district in board.districts
        ],
        "refused_files_of_unknown_district": [_refused(filed) for filed in board.unknown],
        **({"refused_assignments": list(board.of_workbook.rows)} if board.of_workbook.rows else {}),
        **({"gone": [_gone(file) for file in board.gone]} if board.gone else {}),
        "held_days": list(held_days),
    }
    return json.dumps(written, ensure_ascii=False, indent=1)


def _waits(waiting: Waits) -> dict[str, Any]:
    file, rows = waiting.file, waiting.rows
    return {
        "file": file.name,
        "district": file.district or None,
        "channel": file.channel,
        "received_at": file.received_at.isoformat(timespec="seconds") if file.received_at else None,
        "number": file.number or None,
        "counts_for": waiting.counts_for.isoformat() if waiting.counts_for else None,
        "replaced": waiting.is_replaced,
        "rows_accepted": rows[0] if rows else None,
        "rows_refused": rows[1] if rows else None,
        "rows_moved": rows[2] if rows else None,
        "refusal": file.refusal or None,
    }


def _gone(file: Gone) -> dict[str, Any]:
    return {
        "file": file.name,
        "district": file.district or None,
        "channel": file.channel,
        "received_at": file.received_at.isoformat(timespec="seconds"),
        "number": file.number or None,
    }


def _refused(filed: Filed) -> dict[str, str]:
    code = next((finding.code for finding in filed.reading.findings if finding.refuses), "")
    return {"file": mask(filed.arrival.name), "code": code}
