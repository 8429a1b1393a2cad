"""The settings: what the office decided in config.yaml, checked whole and frozen. `load` reads them once.

A wrong key, type or contradiction is refused with its line: a setting that was misspelt and passed over would be found out in production.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipeline.settings import config_file, outgoing, uploading
from pipeline.settings.clocks import Clock
from pipeline.settings.config_file import ContradictionError, Lines
from pipeline.settings.mailboxes import Mailbox, twice
from pipeline.terms import contract, text
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Envelope

Days = Annotated[int, Field(ge=0, le=3660, strict=True)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        msg = f"没有“{value}”这个时区，例如 Asia/Shanghai"
        raise ValueError(msg) from error
    return value


def _path(value: Path) -> Path:
    if not str(value).isprintable():
        msg = "路径里有换行或控制字符"
        raise ValueError(msg)
    return value


_Folder = Annotated[Path, AfterValidator(_path)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


ASSIGNMENT = "assignment"
"""The folder of the inbox of case-assignment workbooks; what is elsewhere is a report."""


class Paths(_Frozen):
    """Folders, absolute once the settings are loaded."""

    inbox: _Folder = Path("inbox")
    outbox: _Folder = Path("outbox")
    state: _Folder = Path("state")
    templates: _Folder | None = None

    @property
    def assignment(self) -> Path:
        """Where the office puts the case-assignment workbook."""
        return self.inbox / ASSIGNMENT

    @property
    def archive(self) -> Path:
        """Where originals are kept, each under its SHA-256."""
        return self.state / "archive"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.state / "ledger.sqlite"

    @property
    def replaced(self) -> Path:
        """Where an edition is kept that somebody had changed before it was written again."""
        return self.state / "replaced"


class District(_Frozen):
    """One of the reporting districts."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+$")]
    name: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()

    def accepts(self, envelope: Envelope) -> bool:
        """Whether that sender may report for the district; a file that someone put into the folder has no sender."""
        if envelope.channel == "folder":
            return True
        address = parseaddr(envelope.sender or "")[1].lower()
        allowed = [sender.lower() for sender in self.senders]
        return bool(address) and any(address == sender or (sender.startswith("@") and address.endswith(sender)) for sender in allowed)


class Group(_Frozen):
    """Sources that share a target, in whole percent."""

    name: Annotated[str, Field(min_length=1)]
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    target_percent: Annotated[int, Field(ge=0, le=100, strict=True)]


class Calendar(_Frozen):
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


class Windows(_Frozen):
    """Spans in days."""

    due_soon_days: Days = 3
    stalled_days: Days = 5
    acceptance_days: Days = 15
    conclude_days: Days = 60
    extension_days: Days = 30
    new_cases_per_report: Annotated[int, Field(ge=0, le=1000, strict=True)] = 3


class Limits(_Frozen):
    """What a workbook may measure."""

    file_megabytes: Annotated[int, Field(ge=1, le=1024, strict=True)] = 25
    unpacked_megabytes: Annotated[int, Field(ge=1, le=16_384, strict=True)] = 256
    cells: Annotated[int, Field(ge=1000, le=100_000_000, strict=True)] = 2_000_000
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 30
    memory_megabytes: Annotated[int, Field(ge=256, le=1_048_576, strict=True)] = 1024


class Retention(_Frozen):
    """How long originals stay that are not needed any more, in days."""

    refused_days: Annotated[int, Field(ge=1, le=36600, strict=True)] = 180


class Settings(_Frozen):
    """Everything in config.yaml."""

    paths: Paths = Paths()
    office: str = ""
    districts: Annotated[tuple[District, ...], Field(min_length=1)]
    district_prefixes: tuple[str, ...] = ()
    district_suffixes: tuple[str, ...] = ()
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    calendar: Calendar = Calendar()
    windows: Windows = Windows()
    case_number_pattern: str = r"[A-Z]+-\d{4}-\d+"
    limits: Limits = Limits()
    retention: Retention = Retention()
    outgoing_mail: outgoing.Outgoing | None = None
    mailboxes: tuple[Mailbox, ...] = ()
    upload: uploading.Uploading | None = None

    @model_validator(mode="after")
    def _no_contradiction(self) -> Settings:
        _check_districts(self.districts)
        _check_groups(self.groups)
        reminder = self.outgoing_mail.reminder_at if self.outgoing_mail else None
        if reminder is not None and reminder >= self.calendar.cut_off:
            sentence = f"应早于截止时间 {self.calendar.cut_off:%H:%M}（calendar.cut_off），否则催报一次也发不出去；不催的写 null"
            raise ContradictionError(("outgoing_mail", "reminder_at"), sentence)
        for name in self.outgoing_mail.districts if self.outgoing_mail else ():
            if name not in self.district_names:
                raise ContradictionError(("outgoing_mail", "districts", name), f"没有“{name}”这个旗区，请写全称")
        if repeated := twice(self.mailboxes):
            raise ContradictionError(("mailboxes", repeated[0]), repeated[1])
        try:
            re.compile(self.case_number_pattern)
        except re.error as error:
            place = f"，问题在第 {error.pos + 1} 个字符附近" if error.pos is not None else ""
            raise ContradictionError(("case_number_pattern",), f"不是有效的正则表达式{place}") from error
        return self

    @cached_property
    def district_names(self) -> tuple[str, ...]:
        """The districts' Chinese names in their order."""
        return tuple(district.name for district in self.districts)

    @cached_property
    def group_of_source(self) -> dict[str, Group]:
        """The group that each source counts in."""
        return {source: group for group in self.groups for source in group.sources}

    @cached_property
    def _district_by_key(self) -> dict[str, District]:
        return {text.key(word): d for d in self.districts for word in (d.code, d.name, *d.aliases)}

    def district_named(self, written: str) -> District | None:
        """The district that a form such as 鄂尔多斯市东胜区 or 东胜区住建局 names; None if it is none of them."""
        plain = text.key(written)
        for prefix in ("", *map(text.key, self.district_prefixes)):
            for suffix in ("", *map(text.key, self.district_suffixes)):
                if plain.startswith(prefix) and plain.endswith(suffix):
                    bare = plain[len(prefix) : len(plain) - len(suffix)]
                    if bare in self._district_by_key:
                        return self._district_by_key[bare]
        return None


def _check_districts(districts: tuple[District, ...]) -> None:
    seen: dict[str, str] = {}
    for index, district in enumerate(districts):
        for field, words in (("code", [district.code]), ("name", [district.name]), ("aliases", district.aliases)):
            for word in words:
                owner = seen.setdefault(text.key(word), district.name)
                if owner != district.name:
                    raise ContradictionError(("districts", index, field), f"“{word}”同时指{owner}和{district.name}")


def _check_groups(groups: tuple[Group, ...]) -> None:
    owner: dict[str, str] = {}
    names: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in names:
            raise ContradictionError(("groups", index, "name"), f"分组“{group.name}”出现了两次")
        names.add(group.name)
        for source in group.sources:
            if source not in contract.SOURCES:
                raise ContradictionError(("groups", index, "sources"), f"没有“{source}”这种案件来源，只有：{'、'.join(contract.SOURCES)}")
            if source in owner:
                raise ContradictionError(("groups", index, "sources"), f"案件来源“{source}”同时属于“{owner[source]}”和“{group.name}”")
            owner[source] = group.name
    missing = [source for source in contract.SOURCES if source not in owner]
    if missing:
        raise ContradictionError(("groups",), f"案件来源“{'、'.join(missing)}”不属于任何分组")


def load(path: Path) -> Settings:
    """Read the settings of that file and make its folders absolute, seen from its own folder. Raises ConfigurationError with the line."""
    try:
        written = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        msg = f"找不到设置文件 {path}。请把 config.yaml 放在那里，或用 --config 指出它在哪里。"
        raise ConfigurationError(msg) from error
    except (OSError, UnicodeDecodeError) as error:
        msg = f"设置文件 {path} 读不了：没有权限，或不是用 UTF-8 编码保存的。请检查权限，并用 UTF-8 编码保存。"
        raise ConfigurationError(msg) from error
    data, lines = config_file.read(written, path)
    settings = config_file.validated(data, Settings, lines, path)
    home = path.resolve().parent
    moved = {name: (home / value).resolve() for name, value in settings.paths if value is not None}
    _check_folders(moved, lines, path)
    placed = {
        "paths": settings.paths.model_copy(update=moved),
        "outgoing_mail": settings.outgoing_mail.placed(home) if settings.outgoing_mail else None,
        "upload": settings.upload.placed(home) if settings.upload else None,
        "mailboxes": tuple(mailbox.placed(home) for mailbox in settings.mailboxes),
    }
    return settings.model_copy(update=placed)


def _check_folders(folders: dict[str, Path], lines: Lines, path: Path) -> None:
    """Refuse an outbox or state that is inside another of the three folders: what is written would be taken in again."""
    for name in ("outbox", "state"):
        for other in ("inbox", "outbox", "state"):
            if name != other and folders[name].is_relative_to(folders[other]):
                msg = f"设置文件 {path} 第 {lines.get(('paths', name), 1)} 行，paths.{name}：不能与 {other} 相同或在它里面"
                raise ConfigurationError(msg)
