"""The office's rules: what a day is judged by. `changes` in config.yaml says from which day on others hold (contract 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.settings.clocks import Clock
from pipeline.settings.contradictions import ContradictionError
from pipeline.terms.contract import SOURCE_DISTRICT, SOURCE_REGION
from pipeline.terms.notice_number import WORD

Days = Annotated[int, Field(ge=0, le=3660, strict=True)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        msg = f"没有“{value}”这个时区，例如 Asia/Shanghai"
        raise ValueError(msg) from error
    return value


class Frozen(BaseModel):
    """A part of the settings.

    What validates it is built when it first validates (`defer_build`), and defaults are made without (`model_construct`): a reader, which
    is given settings that are valid, never builds it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Group(Frozen):
    """Sources that share a target, in whole percent."""

    name: Annotated[str, Field(min_length=1)]
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    target_percent: Annotated[int, Field(ge=0, le=100, strict=True)]


class Calendar(Frozen):
    """Times of day in the office's zone."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    cut_off: Clock = time(17)
    day_turns: Clock = time(12)
    correction_after: Clock = time(12)
    oldest_report_days: Days = 31

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    def last_moment(self, day: date) -> datetime:
        """The last moment at which a report of that day is on time."""
        return datetime.combine(day, self.cut_off, self.zone)

    def known_until(self, day: date) -> datetime:
        """The last moment whose arrivals the readers of that day's report could know of: by noon of the next day, unless set."""
        return datetime.combine(day + timedelta(days=1), self.correction_after, self.zone)


class Windows(Frozen):
    """Spans in days."""

    due_soon_days: Days = 3
    stalled_days: Days = 5
    acceptance_days: Days = 15
    conclude_days: Days = 60
    extension_days: Days = 30
    new_cases_per_report: Annotated[int, Field(ge=0, le=1000, strict=True)] = 3


class Notices(Frozen):
    """What the office's 督办通知 carry."""

    code: Annotated[str, Field(pattern=r"^\w{1,20}$")] = WORD
    """The agency's code in their numbers."""
    reply_days: Days = 5


def written_day(value: object) -> object:
    """Return the day that is written so; raise ValueError where it is none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        msg = "应为日期，例如 2020-06-01"
        raise ValueError(msg)
    try:
        return date.fromisoformat(value)
    except ValueError:
        msg = f"没有 {value} 这一天"
        raise ValueError(msg) from None


class Rules(NamedTuple):
    """What a day is judged by."""

    groups: tuple[Group, ...]
    windows: Windows
    calendar: Calendar
    notices: Notices = Notices.model_construct()

    def as_json(self) -> dict[str, Any]:
        """Return them as they are kept with what was published under them."""
        calendar = {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in self.calendar.model_dump().items()}
        return {
            "groups": [group.model_dump() for group in self.groups],
            "windows": self.windows.model_dump(),
            "calendar": calendar,
            "notices": self.notices.model_dump(),
        }

    @classmethod
    def from_json(cls, kept: Any) -> Rules | None:  # noqa: ANN401 - whatever another version of the program kept
        """Return what `as_json` gave; None where it is nothing that this program understands."""
        try:
            groups = tuple(Group.model_validate(group) for group in kept["groups"])
            windows, calendar = Windows.model_validate(kept["windows"]), Calendar.model_validate(kept["calendar"])
            # Before notices had an agency's code, their numbers began with the word that is still the default.
            return cls(groups, windows, calendar, Notices.model_validate(kept.get("notices", {})))
        except (ValueError, LookupError, TypeError):
            return None


class ToldBefore(NamedTuple):
    """A published day, and the rules under which it was published first."""

    day: date
    rules: Rules

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with the next day."""
        return {"day": self.day.isoformat(), **self.rules.as_json()}

    @classmethod
    def from_json(cls, kept: Any) -> ToldBefore | None:  # noqa: ANN401 - whatever another version of the program kept
        """Return what `as_json` gave; None where it is nothing that this program understands."""
        rules = Rules.from_json(kept)
        try:
            return cls(date.fromisoformat(kept["day"]), rules) if rules else None
        except (ValueError, LookupError, TypeError):
            return None


class Change(Frozen):
    """What holds from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    since: Annotated[date, BeforeValidator(written_day)] = Field(alias="from")
    groups: Annotated[tuple[Group, ...], Field(min_length=1)] | None = None
    windows: Windows | None = None
    calendar: Calendar | None = None
    notices: Notices | None = None

    def after(self, before: Rules) -> Rules:
        """Return the rules that hold from that day on. Of all but the groups what is not named stays as it was."""
        parts = (_changed(before.windows, self.windows), _changed(before.calendar, self.calendar), _changed(before.notices, self.notices))
        return Rules(self.groups or before.groups, *parts)

    @property
    def named(self) -> frozenset[str]:
        """What it names, such as `groups` or `windows.stalled_days`."""
        parts = {"windows": self.windows, "calendar": self.calendar, "notices": self.notices}
        inner = {f"{part}.{name}" for part, value in parts.items() if value for name in value.model_fields_set}
        return frozenset(inner | ({"groups"} if self.groups else set()))


_Part = TypeVar("_Part", Windows, Calendar, Notices)


def _changed(before: _Part, change: _Part | None) -> _Part:
    if change is None:
        return before
    return before.model_copy(update={name: getattr(change, name) for name in change.model_fields_set})


def overruled(published: Rules, now: Rules, named: frozenset[str]) -> Rules:
    """Return the rules of a day that was published: those of then, but for what a change names that says from when it holds."""
    groups = now.groups if "groups" in named else published.groups
    windows = published.windows.model_copy(update=_named_in("windows", now.windows, named))
    calendar = published.calendar.model_copy(update=_named_in("calendar", now.calendar, named))
    return Rules(groups, windows, calendar, published.notices.model_copy(update=_named_in("notices", now.notices, named)))


def kept(published: Rules, now: Rules, named: frozenset[str], sources: Sequence[str]) -> Rules:
    """Return the same with every source that there is now.

    A day that has to be written again for a new report is judged as it was: otherwise a target that was edited in the settings
    would come to hold for the days before, one after another, wherever a report came late.
    """
    held = overruled(published, now, named)
    return held._replace(groups=_covering(held.groups, now.groups, sources))


def _named_in(part: str, now: Windows | Calendar | Notices, named: frozenset[str]) -> dict[str, object]:
    return {name: getattr(now, name) for name in type(now).model_fields if f"{part}.{name}" in named}


def _covering(groups: tuple[Group, ...], now: Sequence[Group], sources: Sequence[str]) -> tuple[Group, ...]:
    """Return the groups of then, with the sources that have come since in the group that has them now, without those that are gone."""
    then = {source for group in groups for source in group.sources}
    if then == {*sources}:
        return groups
    covering = {group.name: group.model_copy(update={"sources": tuple(s for s in group.sources if s in sources)}) for group in groups}
    for group in now:
        if added := tuple(source for source in group.sources if source not in then):
            same = covering.get(group.name, group.model_copy(update={"sources": ()}))
            covering[group.name] = same.model_copy(update={"sources": (*same.sources, *added)})
    return tuple(group for group in covering.values() if group.sources)


# --- contradictions ----------------------------------------------------------------------------------------------


def check_lists(sources: Sequence[str], categories: Sequence[str]) -> None:
    """Raise ContradictionError where a source or category comes twice, or a source is missing that the rules themselves speak of."""
    for name, values in (("sources", sources), ("categories", categories)):
        for index, value in enumerate(values):
            if value in values[:index]:
                raise ContradictionError((name, index), f"“{value}”写了两次")
    own = {SOURCE_REGION: "分解表的“自治区交办案件”表里都是这种案件", SOURCE_DISTRICT: "旗区在“新增案件”里报来的都是这种案件"}
    for source, reason in own.items():
        if source not in sources:
            raise ContradictionError(("sources",), f"不能没有“{source}”：{reason}")


def check_groups(groups: Sequence[Group], sources: Sequence[str], place: tuple[str | int, ...] = ()) -> None:
    """Raise ContradictionError unless each source belongs to exactly one group; `place` is where the groups stand."""
    owner: dict[str, str] = {}
    names: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in names:
            raise ContradictionError((*place, "groups", index, "name"), f"分组“{group.name}”出现了两次")
        names.add(group.name)
        for source in group.sources:
            if source not in sources:
                sentence = f"没有“{source}”这种案件来源，只有：{'、'.join(sources)}"
                raise ContradictionError((*place, "groups", index, "sources"), sentence)
            if source in owner:
                sentence = f"案件来源“{source}”同时属于“{owner[source]}”和“{group.name}”"
                raise ContradictionError((*place, "groups", index, "sources"), sentence)
            owner[source] = group.name
    missing = [source for source in sources if source not in owner]
    if missing:
        raise ContradictionError((*place, "groups"), f"案件来源“{'、'.join(missing)}”不属于任何分组")


def check_changes(changes: Sequence[Change], sources: Sequence[str], calendar: Calendar) -> None:
    """Raise ContradictionError where changes are not in order, say nothing, or cannot hold."""
    for index, change in enumerate(changes):
        place = ("changes", index)
        if index and change.since <= changes[index - 1].since:
            raise ContradictionError((*place, "from"), _disorder(change.since, changes[index - 1].since))
        if not change.named:
            raise ContradictionError(place, "没有写从这一天起改什么；可以改的是 groups、windows、calendar、notices")
        if change.groups:
            check_groups(change.groups, sources, place)
        if "calendar.timezone" in change.named and change.calendar and change.calendar.timezone != calendar.timezone:
            raise ContradictionError((*place, "calendar", "timezone"), "时区不能从某一天起改：收到文件的时刻都按同一个时区记")


def _disorder(day: date, before: date) -> str:
    return f"{day} 写了两次，请合成一项" if day == before else f"应按日期先后写，{day} 早于上一项的 {before}"


def in_order(rules: Rules, changes: Iterable[Change]) -> list[Rules]:
    """Return the rules before the first change, and after each."""
    held = [rules]
    for change in changes:
        held.append(change.after(held[-1]))
    return held
