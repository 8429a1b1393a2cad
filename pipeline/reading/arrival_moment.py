"""When a file came, as its reader asks for it: what was asked tells for which other arrivals the same bytes say the same.

Times are those of a clock on the wall in the office's zone, without the zone, as everything that a file says is compared.
Covered by tests/intake/test_read_before.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HoldsFor:
    """For which other arrivals some bytes say what was read from them, but for the day and the finding `late`."""

    since: datetime
    until: datetime
    """The first moment that is too late."""
    has_arrival_day: bool
    """Whether the reading's day is that of the arrival."""
    late_at: int | None
    """So many findings stand before the place of `late`; None where nobody asks whether it was late."""

    def covers(self, envelope: Envelope, settings: Settings) -> bool:
        """Whether it holds for a file that came in that envelope; whether its sender may report for the district is not asked."""
        return self.since <= on_the_wall(envelope, settings).replace(tzinfo=None) < self.until

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        ends = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {**ends, "has_arrival_day": self.has_arrival_day, "late_at": self.late_at}

    @classmethod
    def from_json(cls, said: dict[str, Any] | None) -> Self | None:
        """Return what `as_json` made; ValueError, KeyError or TypeError where it is no such thing."""
        if said is None:
            return None
        late_at = said["late_at"] if said["late_at"] is None else int(said["late_at"])
        since, until = (datetime.fromisoformat(said[name]) for name in ("since", "until"))
        return cls(since, until, bool(said["has_arrival_day"]), late_at)


def on_the_wall(envelope: Envelope, settings: Settings) -> datetime:
    """Return when a file came by the clock of the office's zone."""
    return envelope.received_at.astimezone(settings.calendar.zone)


class ArrivalMoment:
    """When a file came; remembers what was asked about it. What is not asked here decides nothing."""

    def __init__(self, envelope: Envelope, settings: Settings) -> None:
        self.envelope = envelope
        self.exact = on_the_wall(envelope, settings)
        """For what `HoldsFor` leaves out: lateness, and the day of a file that has no other."""
        self._wall = self.exact.replace(tzinfo=None)
        self._since, self._until = datetime.min, datetime.max  # noqa: DTZ901 - on the wall
        self._is_sender_refused = False
        self._has_arrival_day = False
        self._late_at: int | None = None

    # --- what is asked ---

    @property
    def day(self) -> date:
        """The day of the arrival: what follows from it holds for that day alone."""
        self._narrow(_begin(self._wall.date()), _end(self._wall.date()))
        return self._wall.date()

    def is_before(self, day: date) -> bool:
        """Whether it came on an earlier day."""
        is_so = self._wall.date() < day
        self._narrow(*((None, _begin(day)) if is_so else (_begin(day), None)))
        return is_so

    def is_after(self, day: date, days: int) -> bool:
        """Whether it came more than so many days after that day."""
        is_so = (self._wall.date() - day).days > days
        over = _later(_end(day), days * _DAY)
        self._narrow(*((over, None) if is_so else (None, over)))
        return is_so

    @property
    def minute(self) -> datetime:
        """The minute of the arrival, likewise."""
        minute = self._wall.replace(second=0, microsecond=0)
        self._narrow(minute, _later(minute, _MINUTE))
        return minute

    def is_minute_before(self, moment: datetime) -> bool:
        """Whether the minute in which it came began before that moment."""
        is_so = self._wall.replace(second=0, microsecond=0) < moment
        if is_so or moment.second or moment.microsecond:
            return self.minute < moment
        self._narrow(moment, None)
        return False

    def settings(self, settings: Settings) -> Settings:
        """Return the settings that held on the day of the arrival."""
        return settings.on(self.day if settings.changes or settings.rules_kept() else self._wall.date())

    # --- what is noted ---

    def arrival_day(self) -> date:
        """Return the day of the arrival, as that of a file that has no other."""
        self._has_arrival_day = True
        return self._wall.date()

    def refuse_sender(self) -> None:
        """Note that whoever sent it may not: from another sender the bytes say another thing."""
        self._is_sender_refused = True

    def ask_lateness_at(self, findings: int) -> None:
        """Note that behind so many findings there is the place of `late`."""
        self._late_at = findings

    @property
    def holds_for(self) -> HoldsFor | None:
        """For which other arrivals all the same would have been answered; None where for no other."""
        if self._is_sender_refused:
            return None
        return HoldsFor(self._since, self._until, self._has_arrival_day, self._late_at)

    def _narrow(self, since: datetime | None, until: datetime | None) -> None:
        self._since, self._until = max(self._since, since or self._since), min(self._until, until or self._until)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _end(day: date) -> datetime:
    return _later(_begin(day), _DAY)


def _later(moment: datetime, span: timedelta) -> datetime:
    return moment + span if moment < datetime.max - span else datetime.max  # noqa: DTZ901 - on the wall
