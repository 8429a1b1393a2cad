"""What a letter to a district says beside what was published: what came since and will change it, and what came and is no report.

Covered by tests/post/test_sending.py and tests/post/test_answering.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from pipeline.ledger import journal
from pipeline.office import status, taken_out, templates, waiting
from pipeline.office import today as today_look
from pipeline.office.status import DistrictStatus, Status
from pipeline.office.taken_out import Gone, TakenOut
from pipeline.office.waiting import Waits
from pipeline.post.letters import Delivery, Item
from pipeline.settings.config import Settings
from pipeline.terms.contract import cases_in
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail, answers_notice
from pipeline.terms.words import clock, near

_MOST_DAYS: Final = 4
"""So many days that are lacking are named."""

_MOST_REASONS = 5
_NOT_ASKED = frozenset({"cancelled", "missing_from_assignment"})
"""The flags that no notice is about."""


@dataclass(frozen=True, slots=True)
class InVain:
    """What came from a district and is no report that counts."""

    name: str
    """Of the file; '' for a message without one."""
    why: str
    at: datetime | None = None
    """When it came, in the office's zone; None where nobody knows."""

    @property
    def is_gone(self) -> bool:
        """Whether it was taken in, and out of the inbox by hand before a run had it."""
        return self.why == taken_out.WHY

    @property
    def answers_notice(self) -> bool:
        """Whether it answers a notice and was meant for no report."""
        return answers_notice(self.why)

    def told(self, today: date) -> tuple[str, str, str]:
        """Return the file's name, why it is no report, and when it came; of a message without a file the reason says when."""
        return self.name, self.why, clock(self.at, today) if self.at and self.name else ""


@dataclass(frozen=True, slots=True)
class NoticeSince:
    """What became of the cases of a day's notice by the newest day that is published: a notice that is sent late asks for no more."""

    by: date | None = None
    """That newest day; None where nothing became of any."""
    over: tuple[str, ...] = ()
    """The cases of which nothing has to be followed up any more, each with what is known of it."""
    answered: tuple[str, ...] = ()
    """Those that are answered and still to be followed up."""
    rest: int = 0
    """How many of its cases are neither."""

    @classmethod
    def of(cls, asked: Iterable[Mapping[str, Any]], newest: date, summary: Mapping[str, Any]) -> NoticeSince:
        """Return it from a notice's cases as `extensions.json` of the newest day tells them, and from that day's `summary.json`."""
        flagged = {number for flag, numbers in summary.get("flags", {}).items() if flag not in _NOT_ASKED for number in numbers}
        over, answered, rest = list[str](), list[str](), 0
        for case in asked:
            number, said = case["case"], case["answer"]
            at = f"{near(date.fromisoformat(said['day']), newest)}的日报已回复" if said else ""
            if case["standing"] == "settled" or (said and number not in flagged):
                over.append(f"{number}（{'，'.join(part for part in (at, _outcome(number, summary)) if part)}）")
            elif said:
                answered.append(f"{number}（{at}）")
            else:
                rest += 1
        return cls(newest if over or answered else None, tuple(over), tuple(answered), rest)


def _outcome(number: str, summary: Mapping[str, Any]) -> str:
    if number in summary.get("flags", {}).get("cancelled", ()):
        return "已撤销"
    case = (cases_in(summary) or {}).get(number)
    return "已化解" if case and case["counted_resolved"] else "不再督办"


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of a district's reports beside the published day that its letter tells of."""

    today: str = ""
    """How its report of today stands, of which the letter has the template: over, there, late; '' where it is still to come."""
    waits: tuple[Waits, ...] = ()
    """Its reports of that day and of earlier ones that came since, and with which the next run will tell another thing."""
    in_vain: tuple[InVain, ...] = ()
    newest_notice: date | None = None
    """The last later day of which it has a notice too: that one is to be answered then."""
    of_notice: NoticeSince = field(default_factory=NoticeSince)
    lacking: tuple[date, ...] = ()
    """Earlier days of which nothing came and nobody was told yet: after nights that were missed."""
    forms: Mapping[str, bytes] = field(default_factory=dict)
    """By name the templates that go with it, filled in with what waits too; none where nothing waits, and where none can be made."""

    def renewed(self, item: Item) -> Item:
        """Return an item of the published day with the template of now; what was sent is noted by the published one all the same."""
        is_here = item.delivery is Delivery.ATTACHED
        return replace(item, content=self.forms.get(item.name, item.content)) if is_here else item

    def told(self, day: date, today: date) -> list[tuple[str, str, bool, bool]]:
        """Return of each report that waits its day, how it came with what becomes of it, whether it is this day's, and worth nothing."""
        return [
            (
                near(of_day, today),
                "，".join(filter(None, (waits.file.how_it_came(today), waits.verdict))),
                of_day == day,
                waits.takes_nothing,
            )
            for waits in self.waits
            if (of_day := waits.counts_for)
        ]

    def still_lacking(self, today: date) -> str:
        """Return these days, without those of which a report waits."""
        return "、".join(near(day, today) for day in self._not_waiting(self.lacking))

    def behind(self, days: Iterable[date], today: date) -> str:
        """Return the days before the letter's that are still lacking, without those that the letter tells already; of many the last."""
        left = self._not_waiting(day for day in days if day not in self.lacking)
        named = "、".join(near(day, today) for day in left[-_MOST_DAYS:])
        return named if len(left) <= _MOST_DAYS else f"{named}等{len(left)}天"

    def _not_waiting(self, days: Iterable[date]) -> list[date]:
        waits = {waits.counts_for for waits in self.waits}
        return [day for day in days if day not in waits]

    def verdict(self, verdict: str, standing: str, day: date) -> str:
        """Return what became of the report of the day, and that another one waits which will change it."""
        own = [waits for waits in self.waits if waits.counts_for == day]
        if own and standing == "missing":
            return "补报的一行也不会采用，请改好再报" if own[-1].takes_nothing else "补报的收到了，等待汇总"
        return f"{verdict}；此后收到的还没有汇总" if self.waits else verdict


class ComeSince:
    """Looks at what came beside what was published; every look is taken once. `mails`: the messages of these days."""

    def __init__(self, settings: Settings, now: datetime, mails: Sequence[Mail] = ()) -> None:
        self._settings, self._now, self._as_noted = settings, now, mails
        self._boards: dict[date, Status] = {}
        self._otherwise: dict[date, list[str]] = {}
        self._taken_out, self._gone = TakenOut(settings), dict[date, list[Gone]]()

    @cached_property
    def _mails(self) -> list[Mail]:
        return self._taken_out.told(self._as_noted, waits=self.board(self._now.date()).waiting)

    def board(self, day: date) -> Status:
        """Return the office's board of that day."""
        if day not in self._boards:
            waits = next((board.waiting for board in self._boards.values()), None)
            self._boards[day] = status.look(self._settings, day, waits)
        return self._boards[day]

    def known_otherwise(self, day: date) -> list[str]:
        """Return what is known to be other than the day's results say, with what waits for it, in words; nothing where nothing waits."""
        files = [waits.file for waits in self.board(day).waiting]
        if files and day not in self._otherwise:
            self._otherwise |= today_look.known_otherwise([day], files, self._settings, None)
        return self._otherwise.get(day, [])

    def todays_report(self, name: str) -> str:
        """Return how the district's report of today stands, as `Since.today` says it."""
        day = self._now.date()
        own, is_over = self._own(name, day), self._now > self._settings.on(day).calendar.last_moment(day)
        if own.takes_nothing or (own.status == "missing" and not own.is_coming):
            return "late" if is_over else ""
        return "over" if is_over else "there"

    def since(self, name: str, day: date, forms: Mapping[str, date]) -> Since:
        """Return what is known beside the published day; `forms`: by name the templates that go with the letter, each with its day."""
        own = (waits for waits in self.board(day).waiting if waits.file.district == name and not waits.is_repeat)
        waits = tuple(waits for waits in own if waits.counts_for and waits.counts_for <= day)
        made = {form: self._form(name, of_day) for form, of_day in forms.items()} if waits else {}
        renewed = {form: content for form, content in made.items() if content}
        return Since(waits=waits, in_vain=self.in_vain(name, day), forms=renewed)

    def in_vain(self, name: str, day: date) -> tuple[InVain, ...]:
        """Return what came from the district for that day, or on it, and is no report that counts."""
        if day not in self._gone:
            self._gone[day] = [file for file in self._taken_out.look(day) if file.number and file.day == day and not file.is_made_good]
        gone = (InVain(file.name, taken_out.WHY, file.received_at) for file in self._gone[day] if file.district == name)
        return (*_in_vain(self._own(name, day), self.board(day), self._mails, self._settings), *gone)

    def of_other_days(self, name: str, day: date) -> tuple[tuple[str, str], ...]:
        """Return its waiting reports of other days than that one, with which nothing is wrong: each by its name and in words."""
        own = ((waits.file.name, waits.file.day) for waits in self.board(day).waiting if waits.file.district == name)
        return tuple((name, f"是{near(other, day)}的日报") for name, other in own if other and other != day)

    def _form(self, name: str, day: date) -> bytes | None:
        """Return the district's template of that day filled in with what waits too; None where none can be made."""
        files = waiting.of_district(self.board(self._now.date()).waiting, name)
        with suppress(NothingToConsolidateError):
            return templates.of_district(self._settings, day, name, files)[1]
        return None

    def _own(self, name: str, day: date) -> DistrictStatus:
        return next(district for district in self.board(day).districts if district.district == name)


def _in_vain(district: DistrictStatus, board: Status, mails: Sequence[Mail], settings: Settings) -> Iterator[InVain]:
    """Yield what came from a district and is no report of that day: whoever sent something is not told that nothing came."""
    if any((file.district, file.day) == (district.district, board.day) for file in journal.left_out(settings.paths.archive)):
        yield InVain("", "收到过的日报原件遗失，经市局决定暂不采用，请重新报送")
    for filed in district.refused:
        why = next(finding.message for finding in filed.reading.findings if finding.refuses)
        yield InVain(filed.arrival.name, why, filed.arrival.envelope.received_at.astimezone(settings.calendar.zone))
    if district.takes_nothing:
        yield _takes_nothing(district.waits)
    for file in (waits.file for waits in district.in_vain):
        yield InVain(file.name, file.refusal or "不能采用，收取以后的回执里有原因", file.received_at)
    yield from _by_mail(district.district, board.day, mails, settings)


def _takes_nothing(waits: Waits | None) -> InVain:
    if waits is None:
        return InVain("", "收到的日报全部退回，一行也没有采用")
    refused = f"，{waits.rows[1]}行会退回" if waits.rows else ""
    return InVain(waits.file.name, f"照现在的样子一行也不会采用{refused}{_reasons(waits)}", waits.file.received_at)


def _reasons(waits: Waits) -> str:
    """Return why rows of it will be refused, each with its cell: the register may be another than when its message was answered."""
    refusing = [finding for finding in (waits.answer.findings if waits.answer else ()) if finding.refuses]
    told = [f"{finding.sheet}!{finding.cell} {finding.message.rstrip('。')}" for finding in refusing[:_MOST_REASONS]]
    more = f"；另有{len(refusing) - len(told)}处" if len(refusing) > len(told) else ""
    return f"：{'；'.join(told)}{more}" if told else ""


def _by_mail(name: str, day: date, mails: Sequence[Mail], settings: Settings) -> Iterator[InVain]:
    """Yield the files that the district's messages of that day held and that were not taken, and messages without any."""
    own = next(district for district in settings.districts if district.name == name)
    for mail in mails:
        if mail.received_at.date() != day or not mail.sender or not own.accepts(Envelope(mail.received_at, "email", mail.sender)):
            continue
        yield from (InVain(name, why, mail.received_at) for name, why in mail.not_taken)
        if not mail.taken and not mail.not_taken and not mail.is_silent:
            yield InVain("", f"{mail.received_at:%H:%M}的邮件里没有附件", mail.received_at)
